// Requirements without a test, and tests that name no requirement.
#pragma once

#include "tools/spec_file.hpp"

#include <string>
#include <vector>

namespace plimsoll::tools {

/// A place that tests a requirement, or claims to.
struct TestName {
    std::string suite;  // "NUM_001"
    std::string where;  // "tests/a_test.cpp:12"
};

/// The suites named in one file:
///   in C++, the first argument of TEST, TEST_F, TEST_P, TYPED_TEST, TYPED_TEST_P, RC_GTEST_PROP and RC_GTEST_FIXTURE_PROP;
///   in a CMakeLists.txt, the part before the dot of add_test(NAME SUITE.fact ...);
///   in tests/compile_fail/*.cpp, the word before the colon of the first line ("// NUM_002: a fact").
std::vector<TestName> tests_in(const SourceFile& file);

/// Findings, one line each: the findings of `spec`, each code without a test, each test naming no code.
std::vector<std::string> check_coverage(const Spec& spec, const std::vector<SourceFile>& files);

/// The files of a repository that may hold tests: src and tests, paths relative to `root`.
std::vector<SourceFile> read_test_files(const std::filesystem::path& root);

}  // namespace plimsoll::tools
