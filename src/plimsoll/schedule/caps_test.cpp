// Hard limits on the state after the trade: the limit itself passes, one last place more does not.
#include "plimsoll/schedule/evaluate.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

constexpr Scales usd{2, 0, 2};
constexpr AccountTerms leverage_10{hundred_percent, {}, {rate_one, 10}};

Decimal dec(std::string_view text) { return *parse_decimal_free(text); }

CompiledSchedule with(const Caps& caps, EdgeRule edge = EdgeRule::lower_row) {
    Schedule schedule;
    schedule.id = "caps";
    Term term;
    term.curve.kind = CurveKind::brackets;
    term.curve.edge = edge;
    term.curve.rows = {{dec("0"), {rate_one, 20}}, {dec("500"), {rate_one, 10}}, {dec("2000"), {rate_one, 5}}};
    schedule.initial.terms = {term};
    schedule.maintenance.of_initial = Fraction{rate_one, 2};
    schedule.caps = caps;
    return *compile(schedule, usd);
}

Exposure holding(Wide notional, Wide group, bool is_short = false) { return {notional, 1, group, is_short}; }

TEST(SCHED_009, a_position_ends_at_its_limit) {
    Caps caps;
    caps.position = dec("1000");
    const auto schedule = with(caps);
    EXPECT_EQ(check_caps(schedule, holding(100'000, 900'000), {}), CapBreach::none);
    EXPECT_EQ(check_caps(schedule, holding(100'001, 100'001), {}), CapBreach::position);
}

TEST(SCHED_009, a_group_ends_at_its_limit_and_holds_at_least_the_position) {
    Caps caps;
    caps.group = dec("1000");
    const auto schedule = with(caps);
    EXPECT_EQ(check_caps(schedule, holding(1, 100'000), {}), CapBreach::none);
    EXPECT_EQ(check_caps(schedule, holding(1, 100'001), {}), CapBreach::group);
    EXPECT_EQ(check_caps(schedule, holding(100'001, 0), {}), CapBreach::group);
}

TEST(SCHED_009, the_side_of_the_position_ends_at_the_open_interest_limit) {
    Caps caps;
    caps.open_interest = dec("1000");
    const auto schedule = with(caps);
    MarketFigures figures;
    figures.open_interest_long = 100'000;
    figures.open_interest_short = 100'001;
    EXPECT_EQ(check_caps(schedule, holding(1, 1, false), figures), CapBreach::none);
    EXPECT_EQ(check_caps(schedule, holding(1, 1, true), figures), CapBreach::open_interest);
}

TEST(SCHED_009, a_side_ends_at_its_share_of_the_market_capitalisation) {
    Caps caps;
    caps.open_interest_market_cap = Fraction{rate_one, 3};
    const auto schedule = with(caps);
    MarketFigures figures;
    figures.market_cap = 1000;  // a third is 333.33
    figures.open_interest_long = 333;
    EXPECT_EQ(check_caps(schedule, holding(1, 1), figures), CapBreach::none);
    figures.open_interest_long = 334;
    EXPECT_EQ(check_caps(schedule, holding(1, 1), figures), CapBreach::market_cap);
    figures.market_cap = 0;  // never measured: no position fits into a share of it
    EXPECT_EQ(check_caps(schedule, holding(1, 1), figures), CapBreach::market_cap);
}

TEST(SCHED_009, a_chosen_leverage_ends_with_the_last_bracket_that_offers_it) {
    Caps caps;
    caps.leverage_caps_size = true;
    EXPECT_EQ(notional_cap_of_leverage(with(caps), {rate_one, 20}), 50'000);
    EXPECT_EQ(notional_cap_of_leverage(with(caps), {rate_one, 11}), 50'000);  // the second row offers 10
    EXPECT_EQ(notional_cap_of_leverage(with(caps), {rate_one, 10}), 200'000);
    EXPECT_EQ(notional_cap_of_leverage(with(caps), {rate_one, 5}), notional_max);
    EXPECT_EQ(notional_cap_of_leverage(with(caps), {rate_one, 21}), 0);  // no row offers it
    const auto upper = with(caps, EdgeRule::upper_row);  // an edge belongs to the row above it
    EXPECT_EQ(notional_cap_of_leverage(upper, {rate_one, 10}), 199'999);
    EXPECT_EQ(check_caps(with(caps), holding(200'000, 200'000), {}, leverage_10), CapBreach::none);
    EXPECT_EQ(check_caps(with(caps), holding(200'001, 200'001), {}, leverage_10), CapBreach::leverage);
    EXPECT_EQ(check_caps(with({}), holding(200'001, 200'001), {}, leverage_10), CapBreach::none);
}

TEST(SCHED_011, a_group_holds_at_least_the_position) {
    Schedule schedule;
    schedule.id = "group";
    Term term;
    term.axis.subject = Subject::group_notional;
    term.application = Application::whole;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = {{dec("0"), {rate_one, 20}}, {dec("5"), {rate_one, 10}}};
    schedule.initial.terms = {term};
    schedule.maintenance.of_initial = Fraction{rate_one, 2};
    const auto compiled = *compile(schedule, usd);
    EXPECT_EQ(requirement(compiled, Level::initial, holding(1000, 0), {}).raw(), 100);
}

}  // namespace
}  // namespace plimsoll
