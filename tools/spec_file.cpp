#include "tools/spec_file.hpp"

#include <algorithm>
#include <sstream>

namespace plimsoll::tools {

namespace {

constexpr std::string_view fence = "```";

bool is_code(std::string_view word, char separator) {
    const std::size_t at = word.find(separator);
    if (at == std::string_view::npos || at == 0 || word.size() != at + 4) return false;
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(at), capital) &&
           std::all_of(word.begin() + static_cast<std::ptrdiff_t>(at) + 1, word.end(), is_digit);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> words_of(std::string_view text) {
    std::istringstream stream{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

ExampleLine read_example_line(std::string_view text, std::size_t line) {
    constexpr std::string_view equals = " = ";
    const std::size_t at = text.rfind(equals);
    ExampleLine example{line, {}, at != std::string_view::npos, {}};
    if (example.asks) example.expected = trimmed(text.substr(at + equals.size()));
    example.words = words_of(text.substr(0, at));
    return example;
}

class Reader {
public:
    Reader(const SourceFile& file, Spec& spec) : file_(file), spec_(spec), first_(spec.requirements.size()) {}

    void run() {
        for (const std::string_view text : lines_of(file_.text)) {
            ++line_;
            if (in_block_) block_line(text);
            else if (text.starts_with(fence)) open(trimmed(text.substr(fence.size())));
            else if (text.starts_with("##")) heading(text.substr(text.find_first_not_of('#')));
        }
        if (in_block_) find(block_at_, "this block is never closed");
    }

private:
    void find(std::size_t line, const std::string& what) {
        spec_.findings.push_back(file_.path + ":" + std::to_string(line) + ": " + what);
    }
    Requirement* current() { return spec_.requirements.size() > first_ ? &spec_.requirements.back() : nullptr; }

    void heading(std::string_view text) {
        text = trimmed(text);
        const std::string_view code = text.substr(0, text.find(' '));
        if (!is_code(code, '-')) return;
        const std::string_view title = trimmed(text.substr(code.size()));
        if (title.empty()) find(line_, std::string(code) + " has no title");
        for (const Requirement& other : spec_.requirements)
            if (other.code == code) find(line_, std::string(code) + " stands already in " + other.path + ":" + std::to_string(other.line));
        spec_.requirements.push_back({std::string(code), std::string(title), file_.path, line_, {}, {}});
    }

    void open(std::string_view info) {
        in_block_ = true;
        block_at_ = line_;
        document_ = nullptr;
        example_ = false;
        const auto words = words_of(info);
        const bool example = words.size() == 1 && words[0] == "example";
        const bool document = words.size() == 3 && words[1] == "as";
        if (!example && !document) return;  // prose: a table, a command
        if (current() == nullptr) return find(line_, "an example stands below a requirement");
        if (example) {
            example_ = true;
            current()->examples.push_back({line_, {}});
        } else if (auto [at, fresh] = current()->documents.emplace(words[2], ""); fresh) {
            document_ = &at->second;
        } else {
            find(line_, "the document '" + words[2] + "' stands already in " + current()->code);
        }
    }

    void block_line(std::string_view text) {
        if (text.starts_with(fence)) return close();
        if (document_ != nullptr) document_->append(text).push_back('\n');
        if (!example_) return;
        text = trimmed(text);
        if (text.empty() || text.front() == '#') return;
        current()->examples.back().lines.push_back(read_example_line(text, line_));
    }

    void close() {
        in_block_ = false;
        if (!example_) return;
        const auto& lines = current()->examples.back().lines;
        if (std::none_of(lines.begin(), lines.end(), [](const ExampleLine& line) { return line.asks; }))
            find(block_at_, "this example asks nothing (no line with ' = ')");
    }

    const SourceFile& file_;
    Spec& spec_;
    std::size_t first_;
    std::size_t line_ = 0;
    std::size_t block_at_ = 0;
    bool in_block_ = false;
    bool example_ = false;
    std::string* document_ = nullptr;
};

}  // namespace

void read_spec(const SourceFile& file, Spec& spec) { Reader(file, spec).run(); }

Spec read_spec_folder(const std::filesystem::path& folder) {
    Spec spec;
    for (SourceFile& file : read_tree(folder, {".md"})) {
        file.path = folder.filename().string() + "/" + file.path;
        read_spec(file, spec);
    }
    return spec;
}

std::string suite_of(std::string_view code) {
    std::string suite(code);
    std::replace(suite.begin(), suite.end(), '-', '_');
    return suite;
}

bool is_suite_of_code(std::string_view name) { return is_code(name, '_'); }

}  // namespace plimsoll::tools
