// Tiers become schedules and come back the same.
#include "plimsoll/formats/tiers_schedule.hpp"

#include "plimsoll/schedule/evaluate.hpp"

#include <gtest/gtest.h>

namespace plimsoll::formats {
namespace {

constexpr const char* unified = R"([
  {"tier": 1, "symbol": "ABC/USDT:USDT", "currency": "USDT", "minNotional": 0, "maxNotional": 5000, "maintenanceMarginRate": 0.01, "maxLeverage": 50, "info": {}},
  {"tier": 2, "symbol": "ABC/USDT:USDT", "currency": "USDT", "minNotional": 5000, "maxNotional": 25000, "maintenanceMarginRate": 0.025, "maxLeverage": 30, "info": {}},
  {"tier": 3, "symbol": "ABC/USDT:USDT", "currency": "USDT", "minNotional": 25000, "maxNotional": 100000, "maintenanceMarginRate": 0.05, "maxLeverage": 10, "info": {}}
])";

TierTable table() {
    const Import imported = import_tiers(Format::ccxt, unified, "abc.json");
    if (!imported.ok() || imported.set.tables.size() != 1) throw std::runtime_error("the sample is refused");
    return imported.set.tables[0];
}

TEST(FMT_020, a_table_asks_its_leverage_of_the_whole_position_and_its_maintenance_slice_by_slice) {
    const auto schedule = schedule_of(table());
    ASSERT_TRUE(schedule);
    const auto compiled = compile(*schedule, {4, 4, 4});
    ASSERT_TRUE(compiled);
    const auto ask = [&](Level level, std::int64_t notional) {
        return requirement(*compiled, level, {notional * 10'000, 0, notional * 10'000, false}, {}).raw();
    };
    EXPECT_EQ(ask(Level::initial, 5'000), 100'0000);
    EXPECT_EQ(ask(Level::initial, 9'000), 300'0000);            // 30x
    EXPECT_EQ(ask(Level::maintenance, 9'000), 150'0000);        // 50 + 100
    EXPECT_EQ(compiled->position_cap, Wide{100'000} * 10'000);
}

TEST(FMT_020, a_schedule_of_a_table_becomes_the_same_table) {
    const TierTable before = table();
    const auto after = table_of(*schedule_of(before), before.symbol, before.currency);
    ASSERT_TRUE(after);
    ASSERT_EQ(after->tiers.size(), before.tiers.size());
    for (std::size_t i = 0; i < before.tiers.size(); ++i) {
        EXPECT_EQ(after->tiers[i].from, before.tiers[i].from);
        EXPECT_EQ(after->tiers[i].to, before.tiers[i].to);
        EXPECT_EQ(after->tiers[i].leverage, before.tiers[i].leverage);
        EXPECT_EQ(after->tiers[i].maintenance_rate, before.tiers[i].maintenance_rate);
    }
}

TEST(FMT_020, what_a_tier_table_cannot_say_is_refused_with_its_reason) {
    Schedule schedule = *schedule_of(table());
    schedule.initial.terms[0].modulators.push_back({});
    const auto refused = table_of(schedule, "ABC", "USDT");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "its initial level is more than one table of brackets");
}

TEST(FMT_020, open_interest_tiers_lift_the_initial_rate_and_leave_maintenance_alone) {
    LiquidityTier tier;
    tier.name = "Long-Tail";
    tier.initial_rate = {2, 1};
    tier.maintenance_fraction = {5, 1};
    tier.open_interest_lower = {5'000'000, 0};
    tier.open_interest_upper = Decimal{10'000'000, 0};
    const auto compiled = compile(*schedule_of(tier), {2, 2, 2});
    ASSERT_TRUE(compiled);
    MarketFigures figures;
    figures.open_interest_long = 7'500'000'00;
    const Exposure thousand{1'000'00, 0, 1'000'00, false};
    EXPECT_EQ(requirement(*compiled, Level::initial, thousand, figures).raw(), 600'00);
    EXPECT_EQ(requirement(*compiled, Level::maintenance, thousand, figures).raw(), 100'00);
}

}  // namespace
}  // namespace plimsoll::formats
