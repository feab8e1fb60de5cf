// `plimsoll size` as a person runs it.
#include "tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using ::testing::HasSubstr;

const std::string params = PLIM_SOURCE_DIR "/params/venues/binance.toml";

TEST(CLI_013, a_size_is_what_was_asked_for_within_what_passes) {
    const std::string ask = "plimsoll size -p " + params + " --market BTCUSDT --price 60000 --json ";
    // 20 % a year of 10,000 at 2.5 % a day (47.76 % a year) is 4,187.4.
    const tool::Ran target = tool::sh(ask + "--equity 10000 --daily-volatility 0.025 --target 0.2");
    ASSERT_EQ(target.code, 0) << target.err;
    EXPECT_EQ(tool::field(target.out, "size"), "0.069");
    EXPECT_EQ(tool::field(target.out, "limited_by_schedule"), "false");
    EXPECT_EQ(tool::field(target.out, "margin"), "33.12") << "0.069 at 60,000, by the bracket of 125 times";
    EXPECT_EQ(tool::field(target.out, "liquidation_price"), "") << "it cannot lose what it has";
    EXPECT_EQ(tool::field(tool::sh(ask + "--equity 10000 --risk 0.01 --stop 0.05").out, "size"), "0.033");
    EXPECT_EQ(tool::field(tool::sh(ask + "--equity 10000 --daily-volatility 0.025 --edge 0.3 --kelly-share 1").out, "size"), "0.219");
    // Too much is asked: the answer of solve max-size, and the price at which solve liquidation-price says it ends.
    const tool::Ran most = tool::sh(ask + "--equity 10000 --risk 0.5 --stop 0.001");
    EXPECT_EQ(tool::field(most.out, "limited_by_schedule"), "true");
    const tool::Ran solved = tool::sh("plimsoll solve max-size -p " + params +
                                      " --market BTCUSDT --side buy --limit 60000 --mark 60000 --balance USDT=10000 --json");
    EXPECT_EQ(tool::field(most.out, "size"), tool::field(solved.out, "max_size"));
    const tool::Ran ends = tool::sh("plimsoll solve liquidation-price -p " + params + " --market BTCUSDT --size " +
                                    tool::field(most.out, "size") + " --entry 60000 --balance USDT=10000 --json");
    EXPECT_EQ(tool::field(most.out, "liquidation_price"), tool::field(ends.out, "liquidation_price"));
}

TEST(CLI_013, what_cannot_be_sized_is_said) {
    const std::string ask = "plimsoll size -p " + params + " --market BTCUSDT --price 60000 ";
    EXPECT_EQ(tool::sh(ask + "--equity 10000").code, 2);
    EXPECT_THAT(tool::sh(ask + "--equity 10000 --target 0.2").err, HasSubstr("give --daily-volatility with --target"));
    EXPECT_EQ(tool::sh(ask + "--equity 0.001 --risk 0.1 --stop 0.1").code, 1) << "no lot passes";
    EXPECT_EQ(tool::sh(ask + "--equity ten --risk 0.1 --stop 0.1").code, 3);
    EXPECT_EQ(tool::sh("plimsoll size -p " + params + " --market NONE --price 1 --equity 1 --risk 0.1 --stop 0.1").code, 3);
    EXPECT_EQ(tool::sh("plimsoll size -p /nowhere --market NONE --price 1 --equity 1 --risk 0.1 --stop 0.1").code, 4);
}

}  // namespace
}  // namespace plimsoll
