// Tiers through the tool: in, judged, out, and in again.
#include "cli/tool.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

struct Sample {
    const char* format;
    const char* file;
    bool exports;  // whether its schedules are tables that the format can hold
};

constexpr Sample samples[] = {
    {"binance", "binance-list", true},
    {"ccxt", "ccxt-map", true},
    {"bybit", "bybit-pages", true},
    {"okx", "okx-swap", true},
    {"dydx", "dydx-genesis", false},
    {"gate", "gate-all", true},
    {"hyperliquid", "hyperliquid-meta", true},
    {"hyperliquid", "hyperliquid-table", true},
    {"freqtrade", "freqtrade-file", true},
};

std::string path_of(const Sample& sample) { return std::string("tests/formats/samples/") + sample.file + ".json"; }

TEST(CLI_007, what_import_writes_is_checked_and_asked) {
    const std::string folder = tool::scratch("tiers");
    for (const Sample& sample : samples) {
        const std::string toml = folder + "/" + sample.format + ".toml";
        const tool::Ran in = tool::sh(std::string("plimsoll import -f ") + sample.format + " " + path_of(sample) + " -o " + toml);
        ASSERT_EQ(in.code, 0) << sample.file << in.err;
        EXPECT_EQ(in.out, "");
        EXPECT_EQ(tool::sh("plimsoll schedule check " + toml).code, 0) << sample.file;
        EXPECT_EQ(tool::sh(std::string("plimsoll import -f ") + sample.format + " - <" + path_of(sample) + " | cmp - " + toml).code, 0)
            << "standard input and output give the same bytes";
        EXPECT_EQ(tool::sh("plimsoll schedule diff " + toml + " " + toml).code, 0) << sample.file;
    }
}

TEST(CLI_007, the_second_round_is_the_same_bytes) {
    const std::string folder = tool::scratch("tiers");
    for (const Sample& sample : samples) {
        const std::string f = std::string(" -f ") + sample.format + " ";
        const std::string once = folder + "/once.json";
        ASSERT_EQ(tool::sh("plimsoll import" + f + path_of(sample) + " --to " + sample.format + " -o " + once).code, 0) << sample.file;
        const tool::Ran twice = tool::sh("plimsoll import" + f + once + " --to " + sample.format);
        EXPECT_EQ(twice.out, tool::content_of(once)) << sample.file;
    }
}

TEST(CLI_007, what_export_writes_from_schedules_imports_as_the_same_schedules) {
    const std::string folder = tool::scratch("tiers");
    for (const Sample& sample : samples) {
        const std::string f = std::string(" -f ") + sample.format + " ";
        ASSERT_EQ(tool::sh("plimsoll import" + f + path_of(sample) + " -o " + folder + "/a.toml").code, 0);
        const tool::Ran out = tool::sh("plimsoll export" + f + folder + "/a.toml --currency USDT -o " + folder + "/b.json");
        if (!sample.exports) {
            EXPECT_EQ(out.code, 3) << sample.file;
            EXPECT_NE(out.err.find("a tier table holds"), std::string::npos) << out.err;
            continue;
        }
        ASSERT_EQ(out.code, 0) << sample.file << out.err;
        ASSERT_EQ(tool::sh("plimsoll import" + f + folder + "/b.json -o " + folder + "/c.toml").code, 0) << sample.file;
        ASSERT_EQ(tool::sh("plimsoll export" + f + folder + "/c.toml --currency USDT -o " + folder + "/d.json").code, 0) << sample.file;
        EXPECT_EQ(tool::content_of(folder + "/b.json"), tool::content_of(folder + "/d.json")) << sample.file;
    }
}

TEST(CLI_007, a_dry_run_writes_nothing_and_shows_the_findings) {
    const tool::Ran ran = tool::sh("plimsoll import -f okx tests/formats/samples/okx-swap.json --dry-run -o /nonexistent/x");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, "");
    const tool::Ran bad = tool::sh("plimsoll import -f okx tests/formats/malformed/25-okx-wide-gap.json --dry-run");
    EXPECT_EQ(bad.code, 3);
    EXPECT_NE(bad.err.find("25-okx-wide-gap.json:"), std::string::npos) << bad.err;
}

}  // namespace
}  // namespace plimsoll
