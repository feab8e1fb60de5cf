// Transcripts: what every verb prints, and the documented examples.
#include "cli/tool.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace plimsoll {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_of(const char* folder, const char* extension) {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(fs::path(PLIM_SOURCE_DIR) / folder))
        if (entry.path().extension() == extension) files.push_back(entry.path().string());
    return files;
}

TEST(CLI_001, every_transcript_is_what_the_tool_prints) {
    const auto files = files_of("tests/cli/sessions", ".txt");
    ASSERT_GE(files.size(), 4U);
    for (const std::string& file : files) tool::expect_transcript(file);
}

TEST(CLI_005, documented_examples_print_what_the_page_shows) {
    std::size_t pages = 0;
    for (const std::string& file : files_of("docs/reference", ".md")) {
        if (tool::content_of(file).find("```console\n") == std::string::npos) continue;
        ++pages;
        tool::expect_transcript(file);
    }
    EXPECT_GE(pages, 1U);
}

TEST(CLI_002, exit_codes_are_the_documented_ones) {
    const std::string set = " -p docs/reference/example.toml ";
    const std::string account = "--market BTC-PERP --entry 50000 --balance USD=1000 ";
    const std::pair<std::string, int> cases[] = {
        {"plimsoll --version", 0},
        {"plimsoll --help", 0},
        {"plimsoll margin" + set + account + "--size 1", 0},
        {"echo "
         "'{\"ask\":\"order\",\"market\":\"BTC-PERP\",\"side\":\"buy\",\"size\":\"1000\",\"markets\":{\"BTC-PERP\":{\"mark\":\"1\"}},"
         "\"account\":{}}' | plimsoll margin" +
             set + "--question -",
         1},
        {"plimsoll schedule explain docs/reference/example.toml --name ALT-PERP --notional 5000001", 1},
        {"plimsoll", 2},
        {"plimsoll nonsense", 2},
        {"plimsoll schedule", 2},
        {"plimsoll schedule check", 2},
        {"plimsoll margin --nonsense", 2},
        {"plimsoll margin" + set, 2},
        {"plimsoll margin" + set + account + "--size one", 2},
        {"plimsoll margin" + set + account + "--size 1 --question x.json", 2},
        {"plimsoll margin" + set + "--question x.json --batch x.json", 2},
        {"plimsoll solve max-size" + set + "--market NONE --limit 1", 2},
        {"plimsoll incident run", 2},
        {"plimsoll incident run no-such-incident", 2},
        {"plimsoll import --format nonsense x.json", 2},
        {"echo 'a = ' | plimsoll schedule check -", 3},
        {"echo '{' | plimsoll margin" + set + "--question -", 3},
        {"echo '{' | plimsoll margin" + set + "--batch -", 3},
        {"echo '{' | plimsoll incident run -", 3},
        {"echo '{' | plimsoll import --format binance -", 3},
        {"plimsoll schedule check no-such-file.toml", 4},
        {"plimsoll margin -p no-such-file.toml" + std::string(" --market X"), 4},
        {"plimsoll margin" + set + "--batch no-such-file.nd", 4},
        {"plimsoll conformance run no-such-file.json", 4},
        {"plimsoll incident run --all --incidents docs", 4},
    };
    for (const auto& [line, code] : cases) {
        const tool::Ran ran = tool::sh(line);
        EXPECT_EQ(ran.code, code) << line << "\n" << ran.out << ran.err;
        EXPECT_EQ(code >= 2, ran.out.empty() || line.find("--batch") != std::string::npos)
            << line << ": what fails says so on standard error only\n"
            << ran.out;
        EXPECT_TRUE(code < 2 || !ran.err.empty()) << line;
    }
}

}  // namespace
}  // namespace plimsoll
