// Overrides: the account in a market comes first, then the account, then the market, then the schedule.
#include "plimsoll/risk/overrides.hpp"
#include "plimsoll/risk/requirement.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

Rate times(std::int64_t tenths) { return Rate::from_raw(tenths * rate_one / 10); }

TEST(RISK_008, the_first_override_that_names_a_figure_gives_it) {
    ParameterSet set;
    set.overrides = {{"maker", MarketId{1}, times(15), std::nullopt}, {"maker", std::nullopt, times(20), Rate::from_raw(rate_one / 4)}};
    MarketParams params;
    params.multiplier = times(30);
    MarketView market;
    market.params = &params;
    const Position positions[2] = {};
    const auto ask = [&](std::string_view name, MarketId id) {
        const PositionTerms here[1] = {overrides_in(set, name, id)};
        AccountView account;
        account.positions = {positions, 1};
        account.terms = here;
        account.everywhere = overrides_everywhere(set, name);
        return terms_of(market, account, 0);
    };
    EXPECT_EQ(ask("maker", {1}).multiplier, times(15));  // account in the market
    EXPECT_EQ(ask("maker", {1}).initial_floor, Rate::from_raw(rate_one / 4));
    EXPECT_EQ(ask("maker", {0}).multiplier, times(20));  // account
    EXPECT_EQ(ask("other", {0}).multiplier, times(30));  // market
    params.multiplier = hundred_percent;
    EXPECT_EQ(ask("other", {0}).multiplier, hundred_percent);  // the schedule alone
}

}  // namespace
}  // namespace plimsoll
