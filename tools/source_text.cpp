#include "tools/source_text.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace plimsoll::tools {

namespace {

bool ends_with_any(const std::string& name, const std::vector<std::string>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) { return name.ends_with(ending); });
}

/// Walks over a text once; what is skipped is blanked or kept.
class Blanker {
public:
    Blanker(std::string_view text, Blank blank) : text_(text), out_(text), literals_(blank == Blank::comments_and_literals) {}

    std::string run() {
        while (at_ < text_.size()) step();
        return std::move(out_);
    }

private:
    bool next_is(std::string_view what) const { return text_.substr(at_).starts_with(what); }

    void step() {
        if (next_is("//")) return skip_to(text_.find('\n', at_), true);
        if (next_is("/*")) return skip_to(after("*/", at_ + 2), true);
        if (is_word(text_[at_])) return word();
        if (text_[at_] == '"') return skip_to(end_of_quoted('"'), literals_);
        if (text_[at_] == '\'') return skip_to(end_of_quoted('\''), literals_);
        ++at_;
    }

    /// A name, a number with its separators, or the prefix of a raw string.
    void word() {
        const std::size_t start = at_;
        const bool number = is_digit(text_[at_]);
        while (at_ < text_.size() && (is_word(text_[at_]) || (number && text_[at_] == '\'' && separates()))) ++at_;
        const std::string_view name = text_.substr(start, at_ - start);
        if (name.ends_with('R') && name.size() <= 3 && at_ < text_.size() && text_[at_] == '"') raw_string();
    }
    bool separates() const { return at_ + 1 < text_.size() && is_word(text_[at_ + 1]); }

    void raw_string() {
        const std::size_t open = text_.find('(', at_);
        if (open == std::string_view::npos) return skip_to(open, literals_);
        const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
        skip_to(after(close, open), literals_);
    }

    std::size_t after(std::string_view mark, std::size_t from) const {
        const std::size_t found = text_.find(mark, from);
        return found == std::string_view::npos ? found : found + mark.size();
    }

    std::size_t end_of_quoted(char quote) const {
        std::size_t at = at_ + 1;
        while (at < text_.size() && text_[at] != quote && text_[at] != '\n') at += text_[at] == '\\' ? 2 : 1;
        return at + 1;
    }

    void skip_to(std::size_t end, bool blank) {
        end = std::min(end, text_.size());
        for (; at_ < end; ++at_)
            if (blank && text_[at_] != '\n') out_[at_] = ' ';
    }

    std::string_view text_;
    std::string out_;
    bool literals_;
    std::size_t at_ = 0;
};

}  // namespace

std::string blanked(std::string_view text, Blank blank) { return Blanker(text, blank).run(); }

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root, const std::vector<std::string>& endings) {
    std::vector<SourceFile> files;
    if (!std::filesystem::is_directory(root)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file() || !ends_with_any(entry.path().filename().string(), endings)) continue;
        files.push_back({entry.path().lexically_relative(root).generic_string(), read_text(entry.path())});
    }
    std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

}  // namespace plimsoll::tools
