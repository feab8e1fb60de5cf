// The README's examples, run with the tool that was just built.
#include "tools/source_text.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace plimsoll::tools {
namespace {

constexpr std::string_view indent = "    ";
constexpr std::string_view prompt = "    $ build/release/bin/plimsoll ";

std::string output_of(const std::string& arguments) {
    const std::string command = "cd '" PLIM_SOURCE_DIR "' && NO_COLOR=1 '" PLIM_BINARY_DIR "/bin/plimsoll' " + arguments;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return "the tool cannot be started";
    std::string text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text.push_back(static_cast<char>(c));
    pclose(pipe);
    return text;
}

TEST(ARCH_007, the_examples_of_the_readme_print_what_it_shows) {
    const std::string readme = read_text(PLIM_SOURCE_DIR "/README.md");
    const auto lines = lines_of(readme);
    int examples = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].starts_with(prompt)) continue;
        std::string shown;
        for (std::size_t j = i + 1; j < lines.size() && lines[j].starts_with(indent); ++j)
            shown += std::string(lines[j].substr(indent.size())) + "\n";
        EXPECT_EQ(output_of(std::string(lines[i].substr(prompt.size()))), shown) << "README.md:" << i + 1;
        ++examples;
    }
    EXPECT_GE(examples, 1);
}

}  // namespace
}  // namespace plimsoll::tools
