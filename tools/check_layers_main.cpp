// check_layers DIR: applies DIR/layers.txt and DIR/banned.txt to the sources below DIR; exit 1 when a rule is broken.
#include "tools/check_layers.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    namespace tools = plimsoll::tools;
    if (argc != 2) {
        std::fputs("usage: check_layers DIR   (DIR holds layers.txt and banned.txt)\n", stderr);
        return 2;
    }
    const std::filesystem::path root = argv[1];
    const auto files = tools::read_tree(root, {".hpp", ".cpp"});
    if (files.empty()) {
        std::fprintf(stderr, "check_layers: no sources below %s\n", argv[1]);
        return 2;
    }
    const auto findings = tools::check_layers(tools::read_text(root / "layers.txt"), tools::read_text(root / "banned.txt"), files);
    for (const std::string& finding : findings) std::fprintf(stdout, "%s\n", finding.c_str());
    std::fprintf(stdout, "%zu files, %zu findings\n", files.size(), findings.size());
    return findings.empty() ? 0 : 1;
}
