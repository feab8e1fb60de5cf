// A file of spec/ as data: requirements with their code, and below each the examples that the test run executes.
//
//     ### NUM-001 A quotient is rounded in one of five directions
//     Prose.
//     ```example
//     divide -7 / 2 floor = -4
//     ```
//
// An example block is a list of lines. `words = expected` asks and compares; a line without " = " sets something up for
// the lines below it in the block; `#` starts a comment line. A fenced block opened with ```LANGUAGE as NAME is a document
// that the examples of the same requirement may call by its name.
#pragma once

#include "tools/source_text.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::tools {

struct ExampleLine {
    std::size_t line = 0;  // in the file, from 1
    std::vector<std::string> words;
    bool asks = false;  // has an expectation
    std::string expected;
};

struct Example {
    std::size_t line = 0;
    std::vector<ExampleLine> lines;
};

struct Requirement {
    std::string code;  // "NUM-001"
    std::string title;
    std::string path;
    std::size_t line = 0;
    std::vector<Example> examples;
    std::map<std::string, std::string> documents;
};

struct Spec {
    std::vector<Requirement> requirements;
    std::vector<std::string> findings;  // "spec/01-numbers.md:12: what cannot be read"
};

/// Reads one file. Findings: a code used twice, a code heading without a title, a block outside a requirement or never
/// closed, an example block without a line, a document name used twice.
void read_spec(const SourceFile& file, Spec& spec);

/// Reads every *.md below `folder`; paths in findings start with the folder's own name.
Spec read_spec_folder(const std::filesystem::path& folder);

/// "NUM-001" as a test suite spells it: "NUM_001".
std::string suite_of(std::string_view code);
/// Whether a name is a requirement's code as a suite spells it: capitals, '_', three digits.
bool is_suite_of_code(std::string_view name);

}  // namespace plimsoll::tools
