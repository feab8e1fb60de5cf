// spec_coverage [--list] DIR: compares the requirements of DIR/spec with the tests below DIR/src and DIR/tests; exit 1
// when a requirement has no test or a test names none. --list prints every requirement with the number of its tests.
#include "tools/spec_coverage.hpp"

#include <cstdio>
#include <cstring>
#include <map>

namespace tools = plimsoll::tools;

namespace {

void list(const tools::Spec& spec, const std::vector<tools::SourceFile>& files) {
    std::map<std::string, std::size_t> tests;
    for (const auto& file : files)
        for (const auto& test : tools::tests_in(file)) ++tests[test.suite];
    for (const auto& requirement : spec.requirements) {
        std::size_t examples = 0;
        for (const auto& example : requirement.examples) examples += example.lines.size();
        std::fprintf(stdout, "%s  %3zu tests  %3zu example lines  %s\n", requirement.code.c_str(), tests[tools::suite_of(requirement.code)],
                     examples, requirement.title.c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    const bool listing = argc == 3 && std::strcmp(argv[1], "--list") == 0;
    if (argc != 2 && !listing) {
        std::fputs("usage: spec_coverage [--list] DIR   (DIR holds spec, src and tests)\n", stderr);
        return 2;
    }
    const std::filesystem::path root = argv[argc - 1];
    const auto spec = tools::read_spec_folder(root / "spec");
    const auto files = tools::read_test_files(root);
    if (spec.requirements.empty() || files.empty()) {
        std::fprintf(stderr, "spec_coverage: no requirements or no tests below %s\n", argv[argc - 1]);
        return 2;
    }
    if (listing) list(spec, files);
    const auto findings = tools::check_coverage(spec, files);
    for (const std::string& finding : findings) std::fprintf(stdout, "%s\n", finding.c_str());
    std::fprintf(stdout, "%zu requirements, %zu findings\n", spec.requirements.size(), findings.size());
    return findings.empty() ? 0 : 1;
}
