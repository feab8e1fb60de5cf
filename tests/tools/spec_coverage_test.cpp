// The coverage check finds what it is meant to find, and our own requirements and tests name each other.
#include "tools/spec_coverage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Spec spec_of(const std::string& text) {
    Spec spec;
    read_spec({"spec/a.md", text}, spec);
    return spec;
}

std::vector<std::string> suites_in(const std::string& path, const std::string& text) {
    std::vector<std::string> suites;
    for (const TestName& test : tests_in({path, text})) suites.push_back(test.suite);
    return suites;
}

TEST(ARCH_005, our_own_requirements_and_tests_name_each_other) {
    const std::filesystem::path root = PLIM_SOURCE_DIR;
    const auto files = read_test_files(root);
    const Spec spec = read_spec_folder(root / "spec");
    EXPECT_GT(files.size(), 5u);
    EXPECT_GT(spec.requirements.size(), 10u);
    EXPECT_THAT(check_coverage(spec, files), IsEmpty());
}

TEST(ARCH_005, a_requirement_without_a_test_is_found) {
    const Spec spec = spec_of("### NUM-001 First\n### NUM-002 Second\n");
    EXPECT_THAT(check_coverage(spec, {{"tests/a.cpp", "TEST(NUM_001, holds) {}\n// TEST(NUM_002, commented_out)\n"}}),
                ElementsAre("spec/a.md:2: NUM-002 has no test"));
}

TEST(ARCH_005, a_test_that_names_no_requirement_is_found) {
    const Spec spec = spec_of("### NUM-001 First\n");
    EXPECT_THAT(check_coverage(spec, {{"tests/a.cpp", "TEST(NUM_001, holds) {}\nTEST(Number, holds) {}\nTEST(NUM_009, holds) {}\n"}}),
                ElementsAre("tests/a.cpp:2: the suite 'Number' is no requirement's code (like NUM_001)",
                            "tests/a.cpp:3: NUM_009 is stated in no file of spec/"));
}

TEST(ARCH_005, suites_are_read_from_every_kind_of_test) {
    EXPECT_THAT(suites_in("tests/a.cpp", "TEST_F(A_001, x) {}\nTEST_P (\n  A_002, x) {}\nRC_GTEST_PROP(A_003, x, ()) {}\n"),
                ElementsAre("A_001", "A_002", "A_003"));
    EXPECT_THAT(suites_in("tests/a.cpp", "#define TEST(a, b)\nauto s = \"TEST(A_004, x)\";\nMY_TEST(A_005, x) {}\n"), IsEmpty());
    EXPECT_THAT(
        suites_in("tests/CMakeLists.txt", "add_test(NAME A_006.holds COMMAND x)\n# add_test(NAME A_007.x)\nadd_test(NAME ${n} x)\n"),
        ElementsAre("A_006"));
    EXPECT_THAT(suites_in("tests/compile_fail/a.cpp", "// A_008: a fact\nint main() {}\n"), ElementsAre("A_008"));
    EXPECT_THAT(suites_in("tests/compile_fail/a.cpp", "int main() {}\n"), ElementsAre(""));
}

TEST(ARCH_006, examples_and_documents_are_read_with_their_lines) {
    const Spec spec = spec_of("### NUM-001 First\n```example\n# note\nlet a 1\nadd 1 2 = 3\n```\n```toml as set\nx = 1\n```\n");
    ASSERT_THAT(spec.findings, IsEmpty());
    const Requirement& requirement = spec.requirements.at(0);
    const auto& lines = requirement.examples.at(0).lines;
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_FALSE(lines[0].asks);
    EXPECT_EQ(lines[1].line, 5u);
    EXPECT_THAT(lines[1].words, ElementsAre("add", "1", "2"));
    EXPECT_EQ(lines[1].expected, "3");
    EXPECT_EQ(requirement.documents.at("set"), "x = 1\n");
}

TEST(ARCH_006, a_spec_that_cannot_be_read_is_found) {
    EXPECT_THAT(spec_of("### NUM-001\n").findings, ElementsAre("spec/a.md:1: NUM-001 has no title"));
    EXPECT_THAT(spec_of("### NUM-001 A\n### NUM-001 B\n").findings, ElementsAre("spec/a.md:2: NUM-001 stands already in spec/a.md:1"));
    EXPECT_THAT(spec_of("```example\na = 1\n```\n").findings, ElementsAre("spec/a.md:1: an example stands below a requirement"));
    EXPECT_THAT(spec_of("### NUM-001 A\n```example\na\n```\n").findings,
                ElementsAre("spec/a.md:2: this example asks nothing (no line with ' = ')"));
    EXPECT_THAT(spec_of("### NUM-001 A\n```example\na = 1\n").findings, ElementsAre("spec/a.md:2: this block is never closed"));
    EXPECT_THAT(spec_of("### A-001 A\n```toml as x\n```\n```toml as x\n```\n").findings,
                ElementsAre("spec/a.md:4: the document 'x' stands already in A-001"));
}

}  // namespace
}  // namespace plimsoll::tools
