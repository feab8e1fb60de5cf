// The layer check finds what it is meant to find, and our own tree keeps its rules.
#include "tools/check_layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto layers = "base ->\nmoney -> base\nrisk -> money  # a comment\n";
constexpr auto banned = "in money\nfloat\nrand(\n<chrono>\nfloating-literal\n";

std::vector<std::string> check(const std::string& path, const std::string& text) { return check_layers(layers, banned, {{path, text}}); }

TEST(ARCH_001, our_own_tree_imports_only_what_the_list_allows) {
    const std::filesystem::path root = PLIM_SOURCE_DIR "/src/plimsoll";
    const auto files = read_tree(root, {".hpp", ".cpp"});
    EXPECT_GT(files.size(), 10u);
    EXPECT_THAT(check_layers(read_text(root / "layers.txt"), read_text(root / "banned.txt"), files), IsEmpty());
}

TEST(ARCH_001, an_import_to_the_left_is_found_with_its_line) {
    EXPECT_THAT(check("base/id.hpp", "#pragma once\n#include \"plimsoll/money/wide.hpp\"\n"),
                ElementsAre("base/id.hpp:2: base may not include money; layers.txt lets it import nothing"));
    EXPECT_THAT(check("money/wide.hpp", "  #  include \"plimsoll/risk/a.hpp\"\n"),
                ElementsAre("money/wide.hpp:1: money may not include risk; layers.txt lets it import base"));
}

TEST(ARCH_001, what_an_imported_folder_imports_is_allowed) {
    EXPECT_THAT(check("risk/a.cpp", "#include \"plimsoll/base/id.hpp\"\n#include \"plimsoll/risk/a.hpp\"\n"), IsEmpty());
}

TEST(ARCH_001, an_include_in_a_comment_is_no_import) {
    EXPECT_THAT(check("base/id.hpp", "// #include \"plimsoll/money/wide.hpp\"\n/*\n#include \"plimsoll/risk/a.hpp\"\n*/\n"), IsEmpty());
}

TEST(ARCH_001, an_include_that_is_no_full_path_is_found) {
    EXPECT_THAT(check("base/id.hpp", "#include \"result.hpp\"\n"),
                ElementsAre("base/id.hpp:1: \"result.hpp\" is no full path (\"plimsoll/...\")"));
}

TEST(ARCH_001, a_folder_that_is_not_listed_is_found_once) {
    EXPECT_THAT(check_layers(layers, banned, {{"engine/a.cpp", ""}, {"engine/b.cpp", ""}, {"stray.cpp", ""}}),
                ElementsAre("engine/: not listed in layers.txt", "stray.cpp: sources live in a folder of their own"));
}

TEST(ARCH_001, a_list_that_contradicts_itself_is_found) {
    EXPECT_THAT(check_layers("a -> b\nb -> a\n", banned, {}),
                ElementsAre("layers.txt: a imports itself in a circle", "layers.txt: b imports itself in a circle"));
    EXPECT_THAT(check_layers("a -> c\n", banned, {}), ElementsAre("layers.txt: a imports c, which is not listed"));
    EXPECT_THAT(check_layers("a ->\na ->\nb\n", banned, {}),
                ElementsAre("layers.txt:2: a is listed twice", "layers.txt:3: expected 'folder -> folders it imports'"));
}

TEST(ARCH_002, a_banned_word_is_found_with_its_line) {
    EXPECT_THAT(check("money/a.cpp", "int a;\nfloat b;\n"), ElementsAre("money/a.cpp:2: 'float' is banned here"));
    EXPECT_THAT(check("money/a.cpp", "#include <chrono>\n"), ElementsAre("money/a.cpp:1: '<chrono>' is banned here"));
    EXPECT_THAT(check("money/a.cpp", "int a = std::rand ();\n"), ElementsAre("money/a.cpp:1: 'rand(' is banned here"));
}

TEST(ARCH_002, a_floating_literal_is_found_and_an_integer_is_not) {
    EXPECT_THAT(check("money/a.cpp", "auto a = 0.5;\n"), ElementsAre("money/a.cpp:1: the floating-point literal 0.5 is banned here"));
    EXPECT_THAT(check("money/a.cpp", "auto a = 1e9;\n"), ElementsAre("money/a.cpp:1: the floating-point literal 1e9 is banned here"));
    EXPECT_THAT(check("money/a.cpp", "auto a = 1'000.5;\n"),
                ElementsAre("money/a.cpp:1: the floating-point literal 1'000.5 is banned here"));
    EXPECT_THAT(check("money/a.cpp", "auto a = 0x9E3779B97F4A7C15u + 1'000'000u + x1.e5;\n"), IsEmpty());
}

TEST(ARCH_002, words_in_comments_strings_tests_and_other_folders_are_free) {
    EXPECT_THAT(check("money/a.cpp", "// a float\n/* 0.5 */ auto a = \"float 0.5 // \"; auto b = R\"x(float \" )x\"; char c = '\"';\n"),
                IsEmpty());
    EXPECT_THAT(check("money/a.cpp", "int afloat, float_, brand(int);\n"), IsEmpty());
    EXPECT_THAT(check("money/a_test.cpp", "float a = 0.5;\n"), IsEmpty());
    EXPECT_THAT(check("risk/a.cpp", "float a = 0.5;\n"), IsEmpty());
}

TEST(ARCH_002, code_after_a_literal_is_still_read) {
    EXPECT_THAT(check("money/a.cpp", "auto a = 1'000; auto b = \"\\\"\"; float c;\n"),
                ElementsAre("money/a.cpp:1: 'float' is banned here"));
}

TEST(ARCH_002, rules_that_cannot_be_read_are_found) {
    EXPECT_THAT(check_layers(layers, "float double\n", {}),
                ElementsAre("banned.txt:1: one word a line; 'double' is left over", "banned.txt: names no folder ('in base money ...')"));
}

}  // namespace
}  // namespace plimsoll::tools
