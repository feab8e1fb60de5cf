#include "scenario/replay.hpp"

#include "scenario/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace plimsoll::scenario {

namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Reads the file from top to bottom and writes it again.
class Reader {
public:
    Reader(std::string_view file, std::string_view text) : file_(file), lines_(lines_of(text)) {}

    Replay run() {
        while (at_ < lines_.size()) {
            const std::string& line = lines_[at_++];
            if (line.starts_with("== ")) open(line);
            else if (line == "----") print();
            else if (!broken_) command(line);
            if (line != "----") out_ += line + '\n';
        }
        close();
        replay_.text = std::move(out_);
        return std::move(replay_);
    }

private:
    void mistake(const std::string& what) { replay_.mistakes.push_back(std::string(file_) + ':' + std::to_string(at_) + ": " + what); }

    void open(const std::string& line) {
        close();
        session_.emplace();
        broken_ = false;
        unprinted_ = false;
        ++replay_.scenarios;
        if (line.size() < 10) mistake("the title is to be a sentence that says what holds");
    }
    void close() {
        if (!session_) return;
        if (!broken_ && unprinted_) mistake("the scenario ends without ---- below its last commands");
        try {
            if (!broken_) session_->check_replay();
        } catch (const Mistake& m) {
            mistake(m.what);
        }
        replay_.commands += session_->commands();
        session_.reset();
    }
    void command(const std::string& line) {
        const std::size_t start = line.find_first_not_of(' ');
        if (start == std::string::npos || line[start] == '#') return;
        if (!session_) return mistake("a command stands before the first scenario; open one with == and a sentence");
        unprinted_ = true;
        try {
            session_->run(line);
        } catch (const Mistake& m) {
            mistake(m.what);
            broken_ = true;  // what follows would only repeat it
        }
    }
    void print() {
        out_ += "----\n";
        unprinted_ = false;
        if (!session_) return mistake("---- stands before the first scenario");
        const std::size_t kept_from = at_;
        while (at_ < lines_.size() && !lines_[at_].empty()) ++at_;
        if (broken_) {  // nothing can be said about what would be printed: what is there stays
            for (std::size_t i = kept_from; i < at_; ++i) out_ += lines_[i] + '\n';
            return;
        }
        for (const std::string& line : session_->take_output()) out_ += line + '\n';
    }

    std::string_view file_;
    std::vector<std::string> lines_;
    std::size_t at_ = 0;
    std::optional<Session> session_;
    bool broken_ = false;
    bool unprinted_ = false;
    std::string out_;
    Replay replay_;
};

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Replay replay(std::string_view file, std::string_view text) { return Reader(file, text).run(); }

std::string difference(std::string_view file, const std::string& kept, const std::string& now) {
    const auto a = lines_of(kept);
    const auto b = lines_of(now);
    std::size_t same = 0;
    while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
    if (same == a.size() && same == b.size()) return {};
    std::size_t tail = 0;
    while (tail < a.size() - same && tail < b.size() - same && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    std::string text = std::string(file) + ':' + std::to_string(same + 1) + ": what is printed differs from here (- kept, + now)\n";
    for (std::size_t i = same < 6 ? 0 : same - 6; i < same; ++i) text += "  " + a[i] + '\n';
    constexpr std::size_t shown_most = 30;
    for (std::size_t i = same; i < std::min(a.size() - tail, same + shown_most); ++i) text += "- " + a[i] + '\n';
    for (std::size_t i = same; i < std::min(b.size() - tail, same + shown_most); ++i) text += "+ " + b[i] + '\n';
    return text;
}

std::size_t expect_scenarios(const std::string& file) {
    const std::string shown = "tests/scenario/" + file;
    const std::string path = std::string(PLIM_SOURCE_DIR) + '/' + shown;
    const std::string kept = content_of(path);
    EXPECT_FALSE(kept.empty()) << shown << " is not there, or empty";
    const Replay now = replay(shown, kept);
    for (const std::string& mistake : now.mistakes) ADD_FAILURE() << mistake;
    EXPECT_GT(now.scenarios, 0U) << shown << " holds no scenario";
    if (const char* rewrite = std::getenv("PLIM_REWRITE"); rewrite != nullptr && std::string_view(rewrite) == "1") {
        if (now.text != kept) std::ofstream(path, std::ios::binary) << now.text;
        return now.scenarios;
    }
    const std::string differs = difference(shown, kept, now.text);
    EXPECT_TRUE(differs.empty()) << differs << "If this is right, ./dev test --rewrite -R scenario writes it down; read its diff.";
    return now.scenarios;
}

}  // namespace plimsoll::scenario
