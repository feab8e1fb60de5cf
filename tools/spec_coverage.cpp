#include "tools/spec_coverage.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace plimsoll::tools {

namespace {

constexpr std::array<std::string_view, 7> test_macros = {
    "TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P", "RC_GTEST_PROP", "RC_GTEST_FIXTURE_PROP"};
constexpr std::string_view compile_fail_folder = "tests/compile_fail/";

std::string place(const SourceFile& file, std::size_t line) { return file.path + ":" + std::to_string(line); }

std::string_view word_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    return text.substr(at, end - at);
}

std::size_t after_spaces(std::string_view text, std::size_t at) { return std::min(text.find_first_not_of(" \t\n", at), text.size()); }

std::vector<TestName> tests_in_code(const SourceFile& file) {
    const std::string code = blanked(file.text, Blank::comments_and_literals);
    std::vector<TestName> tests;
    std::size_t line = 1;
    bool directive = false;  // #define TEST(...) defines, it does not test
    for (std::size_t at = 0; at < code.size();) {
        if (code[at] == '\n') {
            ++line;
            directive = false;
        }
        if (code[at] == '#') directive = true;
        const std::string_view word = word_at(code, at);
        if (word.empty()) {
            ++at;
            continue;
        }
        at += word.size();
        if (directive || std::find(test_macros.begin(), test_macros.end(), word) == test_macros.end()) continue;
        const std::size_t open = after_spaces(code, at);
        if (open >= code.size() || code[open] != '(') continue;
        tests.push_back({std::string(word_at(code, after_spaces(code, open + 1))), place(file, line)});
    }
    return tests;
}

std::vector<TestName> tests_in_cmake(const SourceFile& file) {
    std::vector<TestName> tests;
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = lines[i].substr(0, lines[i].find('#'));
        constexpr std::string_view opening = "add_test(NAME ";
        const std::size_t at = line.find(opening);
        if (at == std::string_view::npos) continue;
        const std::string_view name = line.substr(at + opening.size());
        if (name.starts_with("${")) continue;  // a loop over files that name their own code
        tests.push_back({std::string(name.substr(0, name.find_first_of(". )"))), place(file, i + 1)});
    }
    return tests;
}

std::vector<TestName> test_of_compile_fail(const SourceFile& file) {
    const auto lines = lines_of(file.text);
    constexpr std::string_view opening = "// ";
    std::string suite;
    if (!lines.empty() && lines[0].starts_with(opening)) suite = lines[0].substr(opening.size(), lines[0].find(':') - opening.size());
    return {{suite, place(file, 1)}};
}

}  // namespace

std::vector<TestName> tests_in(const SourceFile& file) {
    if (file.path.ends_with("CMakeLists.txt")) return tests_in_cmake(file);
    if (file.path.starts_with(compile_fail_folder)) return test_of_compile_fail(file);
    return tests_in_code(file);
}

std::vector<std::string> check_coverage(const Spec& spec, const std::vector<SourceFile>& files) {
    std::vector<std::string> findings = spec.findings;
    std::set<std::string> stated;
    for (const Requirement& requirement : spec.requirements) stated.insert(suite_of(requirement.code));
    std::set<std::string> tested;
    for (const SourceFile& file : files) {
        for (const TestName& test : tests_in(file)) {
            tested.insert(test.suite);
            if (!is_suite_of_code(test.suite))
                findings.push_back(test.where + ": the suite '" + test.suite + "' is no requirement's code (like NUM_001)");
            else if (stated.count(test.suite) == 0) findings.push_back(test.where + ": " + test.suite + " is stated in no file of spec/");
        }
    }
    for (const Requirement& requirement : spec.requirements)
        if (tested.count(suite_of(requirement.code)) == 0)
            findings.push_back(requirement.path + ":" + std::to_string(requirement.line) + ": " + requirement.code + " has no test");
    return findings;
}

std::vector<SourceFile> read_test_files(const std::filesystem::path& root) {
    std::vector<SourceFile> files;
    for (const char* folder : {"src", "tests"}) {
        for (SourceFile& file : read_tree(root / folder, {".cpp", ".hpp", "CMakeLists.txt"})) {
            file.path = std::string(folder) + "/" + file.path;
            files.push_back(std::move(file));
        }
    }
    return files;
}

}  // namespace plimsoll::tools
