// Where output goes, and what becomes of it when it cannot go there.
#include "cli/tool.hpp"
#include "plimsoll/text/json.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace plimsoll {
namespace {

const std::string plot = "plimsoll schedule plot docs/reference/example.toml --name BTC-PERP";
const std::string run_all = "plimsoll incident run --all";

TEST(CLI_003, talk_is_not_on_standard_output) {
    const tool::Ran ran = tool::sh("plimsoll schedule check docs/reference/example.toml");
    EXPECT_EQ(ran.err, "2 schedules checked: 0 errors, 0 warnings, 2 notes\n");
    EXPECT_EQ(ran.out.find("checked"), std::string::npos);
    EXPECT_EQ(tool::sh("plimsoll schedule check docs/reference/example.toml --quiet").err, "");
}

TEST(CLI_003, colour_is_only_where_it_is_wished) {
    EXPECT_EQ(tool::sh(run_all).out.find('\x1b'), std::string::npos);
    EXPECT_EQ(tool::sh("NO_COLOR=1 " + run_all).out.find('\x1b'), std::string::npos);
    EXPECT_NE(tool::sh(run_all + " --color always").out.find('\x1b'), std::string::npos);
    EXPECT_EQ(tool::sh(run_all + " --color always --json").out.find('\x1b'), std::string::npos);
    EXPECT_EQ(tool::sh(plot).out.find('\x1b'), std::string::npos);
    // On a terminal of its own: colour, unless NO_COLOR says otherwise.
    if (tool::sh("command -v script").code != 0) GTEST_SKIP() << "there is no script(1) to make a terminal with";
    EXPECT_NE(tool::sh("script -qec '" + run_all + "' /dev/null").out.find("\x1b[31m"), std::string::npos);
    EXPECT_EQ(tool::sh("NO_COLOR=1 script -qec '" + run_all + "' /dev/null").out.find("\x1b[31m"), std::string::npos);
}

TEST(CLI_003, a_reader_that_goes_away_is_no_fault_worth_a_word) {
    EXPECT_EQ(tool::sh(run_all + " | head -n 1").err, "");
    EXPECT_EQ(tool::sh("trap '' PIPE; " + run_all + " --json | true").err, "");
}

TEST(CLI_003, a_full_disk_is_told) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
    for (const std::string& line : {run_all, plot, std::string("plimsoll completions bash")}) {
        const tool::Ran ran = tool::sh(line + " >/dev/full");
        EXPECT_EQ(ran.code, 4) << line;
        EXPECT_NE(ran.err.find("standard output: cannot be written"), std::string::npos) << ran.err;
    }
}

TEST(CLI_003, json_lines_are_json) {
    for (const std::string& line :
         {run_all + " --json", std::string("plimsoll incident list --json"),
          std::string("plimsoll schedule check params/venues/binance.toml --json"),
          std::string("plimsoll schedule explain docs/reference/example.toml --name BTC-PERP --notional 1 --json"),
          std::string("plimsoll conformance run tests/conformance/vectors --json")}) {
        const auto lines = tool::lines_of(tool::sh(line).out);
        EXPECT_FALSE(lines.empty()) << line;
        for (const std::string& text : lines) EXPECT_TRUE(text::parse_json(text, "line")) << line << ": " << text;
    }
}

TEST(CLI_011, a_file_that_cannot_be_finished_is_not_there) {
    const std::string folder = tool::scratch("out");
    EXPECT_EQ(tool::sh(plot + " --svg " + folder + "/new/plot.svg").code, 0);
    EXPECT_NE(tool::content_of(folder + "/new/plot.svg").find("</svg>"), std::string::npos);
    tool::write(folder + "/file", "kept");
    const tool::Ran ran = tool::sh(plot + " --svg " + folder + "/file/plot.svg");
    EXPECT_EQ(ran.code, 4);
    EXPECT_NE(ran.err.find("cannot be written"), std::string::npos) << ran.err;
    EXPECT_EQ(tool::content_of(folder + "/file"), "kept");
    EXPECT_EQ(tool::sh("plimsoll import --format ccxt tests/formats/samples/nothing.json -o " + folder + "/x.toml").code, 4);
    EXPECT_FALSE(std::filesystem::exists(folder + "/x.toml"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        EXPECT_NE(entry.path().extension(), ".part") << entry.path();
}

}  // namespace
}  // namespace plimsoll
