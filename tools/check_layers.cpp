#include "tools/check_layers.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <sstream>

namespace plimsoll::tools {

namespace {

using Findings = std::vector<std::string>;
using Names = std::set<std::string>;

std::string at_line(const std::string& path, std::size_t line) { return path + ":" + std::to_string(line) + ": "; }

std::string joined(const Names& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    return text.empty() ? "nothing" : text;
}

std::string_view without_comment(std::string_view line) { return line.substr(0, line.find('#')); }

// ---- layers.txt: "folder -> imported imported" ---------------------------------------------------------------------

struct Layers {
    std::map<std::string, Names> imports;  // as written
    std::map<std::string, Names> allowed;  // with what the imported ones may import
};

void read_line(Layers& layers, std::string_view text, std::size_t line, Findings& findings) {
    std::istringstream words{std::string(text)};
    std::string folder;
    std::string arrow;
    if (!(words >> folder)) return;
    if (!(words >> arrow) || arrow != "->") {
        findings.push_back(at_line("layers.txt", line) + "expected 'folder -> folders it imports'");
        return;
    }
    if (layers.imports.count(folder) != 0) findings.push_back(at_line("layers.txt", line) + folder + " is listed twice");
    Names& imports = layers.imports[folder];
    for (std::string name; words >> name;) imports.insert(name);
}

void close_over(Layers& layers, Findings& findings) {
    for (const auto& [folder, imports] : layers.imports) {
        Names& reached = layers.allowed[folder];
        const std::function<void(const std::string&)> visit = [&](const std::string& from) {
            const auto found = layers.imports.find(from);
            if (found == layers.imports.end()) return;
            for (const std::string& next : found->second)
                if (reached.insert(next).second) visit(next);
        };
        visit(folder);
        if (reached.count(folder) != 0) findings.push_back("layers.txt: " + folder + " imports itself in a circle");
        for (const std::string& name : imports)
            if (layers.imports.count(name) == 0) findings.push_back("layers.txt: " + folder + " imports " + name + ", which is not listed");
    }
}

Layers read_layers(std::string_view text, Findings& findings) {
    Layers layers;
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) read_line(layers, without_comment(lines[i]), i + 1, findings);
    close_over(layers, findings);
    return layers;
}

// ---- banned.txt: "in folder folder" once, then one word a line ---------------------------------------------------------

struct Banned {
    Names folders;
    std::vector<std::string> words;
    bool floating_literals = false;
};

Banned read_banned(std::string_view text, Findings& findings) {
    Banned banned;
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::istringstream words{std::string(without_comment(lines[i]))};
        std::string word;
        if (!(words >> word)) continue;
        if (word == "in") {
            for (std::string folder; words >> folder;) banned.folders.insert(folder);
        } else if (word == "floating-literal") {
            banned.floating_literals = true;
        } else {
            banned.words.push_back(word);
        }
        if (words >> word) findings.push_back(at_line("banned.txt", i + 1) + "one word a line; '" + word + "' is left over");
    }
    if (banned.folders.empty()) findings.push_back("banned.txt: names no folder ('in base money ...')");
    return banned;
}

/// Whether `word` stands in the line as a word of its own; "rand(" also matches "rand (".
bool contains_word(std::string_view line, std::string_view word) {
    const bool call = word.ends_with('(');
    const std::string_view name = call ? word.substr(0, word.size() - 1) : word;
    for (std::size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
        std::size_t end = at + name.size();
        if (is_word(name.front()) && at > 0 && is_word(line[at - 1])) continue;
        if (is_word(name.back()) && end < line.size() && is_word(line[end])) continue;
        if (!call) return true;
        while (end < line.size() && line[end] == ' ') ++end;
        if (end < line.size() && line[end] == '(') return true;
    }
    return false;
}

/// The first floating-point literal of the line, empty when there is none. Hexadecimal integers may hold an e.
std::string_view floating_literal(std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
        const bool starts = is_digit(line[at]) || (line[at] == '.' && at + 1 < line.size() && is_digit(line[at + 1]));
        if (!starts || (at > 0 && is_word(line[at - 1]))) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < line.size() && (is_word(line[end]) || line[end] == '.' || line[end] == '\'')) ++end;
        const std::string_view number = line.substr(at, end - at);
        const bool hex = number.starts_with("0x") || number.starts_with("0X");
        if (number.find_first_of(hex ? ".pP" : ".eEfF") != std::string_view::npos) return number;
        at = end;
    }
    return {};
}

// ---- one source file -----------------------------------------------------------------------------------------------

bool is_test(const std::string& path) { return path.ends_with("_test.cpp") || path.ends_with("_test.hpp"); }

/// The path of `#include "path"`, empty for any other line.
std::string_view quoted_include(std::string_view line) {
    const std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || line[hash] != '#') return {};
    const std::size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string_view::npos || !line.substr(word).starts_with("include")) return {};
    const std::size_t open = line.find('"', word);
    if (open == std::string_view::npos) return {};
    return line.substr(open + 1, line.find('"', open + 1) - open - 1);
}

void check_includes(const SourceFile& file, const std::string& folder, const Names& allowed, Findings& findings) {
    const std::string code = blanked(file.text, Blank::comments);
    const auto lines = lines_of(code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view included = quoted_include(lines[i]);
        if (included.empty()) continue;
        constexpr std::string_view ours = "plimsoll/";
        if (!included.starts_with(ours)) {
            if (!is_test(file.path))
                findings.push_back(at_line(file.path, i + 1) + "\"" + std::string(included) + "\" is no full path (\"plimsoll/...\")");
            continue;
        }
        const std::string target(included.substr(ours.size(), included.find('/', ours.size()) - ours.size()));
        if (target == folder || allowed.count(target) != 0) continue;
        findings.push_back(at_line(file.path, i + 1) + folder + " may not include " + target + "; layers.txt lets it import " +
                           joined(allowed));
    }
}

void check_words(const SourceFile& file, const Banned& banned, Findings& findings) {
    const std::string code = blanked(file.text, Blank::comments_and_literals);
    const auto lines = lines_of(code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const std::string& word : banned.words)
            if (contains_word(lines[i], word)) findings.push_back(at_line(file.path, i + 1) + "'" + word + "' is banned here");
        const std::string_view number = banned.floating_literals ? floating_literal(lines[i]) : std::string_view{};
        if (!number.empty())
            findings.push_back(at_line(file.path, i + 1) + "the floating-point literal " + std::string(number) + " is banned here");
    }
}

}  // namespace

std::vector<std::string> check_layers(std::string_view layers_text, std::string_view banned_text, const std::vector<SourceFile>& files) {
    Findings findings;
    const Layers layers = read_layers(layers_text, findings);
    const Banned banned = read_banned(banned_text, findings);
    Names unlisted;
    for (const SourceFile& file : files) {
        const std::size_t slash = file.path.find('/');
        if (slash == std::string::npos) {
            findings.push_back(file.path + ": sources live in a folder of their own");
            continue;
        }
        const std::string folder = file.path.substr(0, slash);
        const auto found = layers.allowed.find(folder);
        if (found == layers.allowed.end()) {
            if (unlisted.insert(folder).second) findings.push_back(folder + "/: not listed in layers.txt");
            continue;
        }
        check_includes(file, folder, found->second, findings);
        if (banned.folders.count(folder) != 0 && !is_test(file.path)) check_words(file, banned, findings);
    }
    return findings;
}

}  // namespace plimsoll::tools
