// Closing and planning: the edges. The laws are in tests/property/liquidation_plan_test.cpp, the worked figures in spec/12-liquidation.md.
#include "plimsoll/liquidation/plan.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace plimsoll {
namespace {

LevelRule flat(std::int64_t percent) {
    LevelRule level;
    Term term;
    term.curve.base = Fraction::from_rate(Rate::from_raw(percent * (rate_one / 100)));
    level.terms = {term};
    return level;
}

/// Two markets settled in USD with cents and lots of 10: 5 % at the close-out level, both legs charged or the larger.
RiskContext venue(HedgeRule hedge = HedgeRule::sum_of_legs, std::int64_t lot = 10) {
    ParameterSet set;
    set.name = "test";
    Asset usd;
    usd.name = "USD";
    usd.digits = 2;
    usd.price_max = Price::from_raw(1);
    usd.amount_max = amount_max;
    usd.weight_initial.weight = usd.weight_maintenance.weight = hundred_percent;
    set.assets = {usd};
    Schedule schedule;
    schedule.id = "flat";
    schedule.initial = flat(10);
    schedule.maintenance = flat(5);
    set.schedules = {schedule};
    for (const char* name : {"A", "B"}) {
        MarketParams m;
        m.name = name;
        m.hedge = hedge;
        m.instrument = {ContractKind::linear, 2, 3, 2, {1, 0}, Price::from_raw(10'000'000), Size::from_raw(1'000'000), Price::from_raw(1),
                        Size::from_raw(lot)};
        set.markets.push_back(m);
    }
    auto made = RiskContext::make(std::move(set));
    if (!made) throw std::runtime_error(to_string(made.error().front()));
    MarketState state;
    state.mark = Price::from_raw(100'000);  // 1,000.00
    for (std::uint32_t i = 0; i < 2; ++i)
        if (!made->set_market({i}, state).empty()) throw std::runtime_error("mark");
    return std::move(*made);
}

Position position_of(std::uint32_t market, std::int64_t size, Leg leg = Leg::net) {
    Position p;
    p.market = {market};
    p.leg = leg;
    p.size = Size::from_raw(size);
    p.cost = Wide{size} * 100'000;
    return p;
}

Account account_of(std::int64_t cents, std::vector<Position> positions) {
    return {{{{0}, Amount::from_raw(cents)}}, std::move(positions), {}, {}};
}

std::vector<Reduction> plan(const RiskContext& context, const Account& account, Rate fee = {}, Size most = Size::max()) {
    PlanRoom room;
    std::vector<Reduction> out;
    const std::vector<Closing> closings(account.positions.size(), Closing{fee, most});
    plan_cross(context, account.view(), closings, room, out);
    return out;
}

TEST(LIQ_001, the_cost_that_stays_is_rounded_away_from_zero) {
    EXPECT_EQ(remaining_cost(10, Size::from_raw(3), Size::from_raw(1)), 7);
    EXPECT_EQ(remaining_cost(-10, Size::from_raw(-3), Size::from_raw(1)), -7);
    EXPECT_EQ(remaining_cost(10, Size::from_raw(3), Size::from_raw(3)), 0);
    EXPECT_EQ(remaining_cost(notional_max, Size::max(), Size::from_raw(1)), notional_max - notional_max / Size::max().raw());
    EXPECT_DEATH(remaining_cost(10, Size::from_raw(3), Size::from_raw(4)), "closed");
}

TEST(LIQ_001, a_balance_is_appended_where_there_is_none_and_orders_stay) {
    const RiskContext context = venue();
    std::vector<Position> positions{position_of(0, -1'000)};
    positions[0].buys = Size::from_raw(500);
    positions[0].buy_cost = 1;
    std::vector<Balance> balances;
    close_at_mark(context, positions, balances, 0, Size::from_raw(1'000), Rate::from_raw(1));
    ASSERT_EQ(balances.size(), 1u);
    EXPECT_EQ(balances[0], (Balance{{0}, Amount::from_raw(-1)}));  // a fee of 0.0001 cents is a cent
    ASSERT_EQ(positions.size(), 1u);
    EXPECT_EQ(positions[0].size, Size{});
    EXPECT_EQ(positions[0].cost, 0);
    EXPECT_EQ(positions[0].buys, Size::from_raw(500));
}

TEST(LIQ_002, what_is_left_over_the_last_lot_goes_with_the_whole_position) {
    const RiskContext context = venue();
    // 1.005 coins ask 50.25; with nothing there all of it goes, the 0.005 too.
    EXPECT_EQ(plan(context, account_of(-1, {position_of(0, 1'005)})), (std::vector<Reduction>{{0, Size::from_raw(1'005)}}));
    EXPECT_EQ(plan(context, account_of(4'925, {position_of(0, 1'005)})), (std::vector<Reduction>{{0, Size::from_raw(20)}}));
}

TEST(LIQ_002, an_empty_account_that_owes_has_no_plan) {
    const RiskContext context = venue();
    EXPECT_TRUE(plan(context, account_of(-100, {})).empty());
    EXPECT_TRUE(plan(context, account_of(-100, {position_of(0, 0)})).empty());
}

TEST(LIQ_002, equal_legs_that_relieve_nothing_alone_come_down_together) {
    const RiskContext context = venue(HedgeRule::larger_leg);
    const Account account = account_of(4'000, {position_of(0, 1'000, Leg::long_leg), position_of(0, -1'000, Leg::short_leg)});
    EXPECT_EQ(plan(context, account), (std::vector<Reduction>{{0, Size::from_raw(200)}, {1, Size::from_raw(200)}}));
}

TEST(LIQ_003, one_leg_that_may_not_be_closed_leaves_the_other_to_wait_and_then_go) {
    const RiskContext context = venue(HedgeRule::larger_leg);
    const Account account =
        account_of(4'000, {position_of(0, 1'000, Leg::long_leg), position_of(0, -1'000, Leg::short_leg), position_of(1, 100)});
    PlanRoom room;
    std::vector<Reduction> out;
    const std::vector<Closing> closings{{Rate{}, Size::max()}, {Rate{}, Size{}}, {Rate::from_raw(1'000'000), Size::max()}};
    plan_cross(context, account.view(), closings, room, out);
    EXPECT_EQ(out, (std::vector<Reduction>{{2, Size::from_raw(100)}, {0, Size::from_raw(1'000)}}));
}

TEST(LIQ_003, the_most_that_may_be_closed_is_rounded_down_to_a_lot) {
    const RiskContext context = venue();
    const Account account = account_of(0, {position_of(0, 1'005)});
    EXPECT_EQ(plan(context, account, {}, Size::from_raw(1'004)), (std::vector<Reduction>{{0, Size::from_raw(1'000)}}));
    EXPECT_TRUE(plan(context, account, {}, Size::from_raw(9)).empty());
}

}  // namespace
}  // namespace plimsoll
