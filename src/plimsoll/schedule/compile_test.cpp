// Figures that the compiled form cannot hold are findings, and figures next to them are not.
#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/validate.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

constexpr Scales usd{8, 4, 6};

Decimal dec(std::string_view text) { return *parse_decimal_free(text); }

Schedule with(CurveKind kind, Application application = Application::whole) {
    Schedule schedule;
    schedule.id = "test";
    Term term;
    term.application = application;
    term.curve.kind = kind;
    term.curve.base = Fraction::from_rate(Rate::from_raw(10'000'000));
    schedule.initial.terms = {term};
    schedule.maintenance.of_initial = Fraction{rate_one, 2};
    return schedule;
}
Curve& curve(Schedule& schedule) { return schedule.initial.terms[0].curve; }

std::string refusal(const Schedule& schedule, const Scales& scales = usd) {
    const auto compiled = compile(schedule, scales);
    return compiled ? "" : to_string(compiled.error().front());
}

TEST(SCHED_006, a_slope_or_factor_beyond_the_compiled_form_is_a_finding) {
    Schedule steep = with(CurveKind::linear);
    curve(steep).slope = dec("10");
    EXPECT_EQ(refusal(steep), "error out-of-domain (test: initial term 1 slope): 10 is beyond the declared domain at 18 digits; lower it; "
                              "the largest figure is 9.223372036854775807");
    curve(steep).slope = dec("9.2");
    EXPECT_EQ(refusal(steep), "");
    Schedule root = with(CurveKind::root);
    curve(root).factor = dec("10");
    EXPECT_EQ(refusal(root).substr(0, 52), "error out-of-domain (test: initial term 1 factor): 1");
}

TEST(SCHED_006, a_minimum_beyond_every_balance_is_a_finding) {
    Schedule schedule = with(CurveKind::flat);
    schedule.clamp.minimum = dec("9000000000000");  // 9e18 last places, amount_max is 2^60
    EXPECT_EQ(refusal(schedule).substr(0, 43), "error out-of-domain (test: clamp minimum): ");
    schedule.clamp.minimum = dec("1000000000000");
    EXPECT_EQ(refusal(schedule), "");
}

TEST(SCHED_006, a_decimal_with_impossible_digits_is_a_finding) {
    Schedule schedule = with(CurveKind::linear);
    curve(schedule).slope = {1, 40};
    EXPECT_EQ(refusal(schedule).substr(0, 61), "error decimal-out-of-domain (test: initial term 1 slope): a d");
    curve(schedule).slope = {1, -1};
    EXPECT_EQ(refusal(schedule).substr(0, 61), "error decimal-out-of-domain (test: initial term 1 slope): a d");
}

TEST(SCHED_010, a_requirement_that_no_count_holds_is_one_that_no_balance_covers) {
    const auto compiled = *compile(with(CurveKind::flat), Scales{0, 0, 9});
    Exposure exposure;
    exposure.notional = notional_max;
    EXPECT_EQ(requirement(compiled, Level::initial, exposure, {}), Amount::max());
    EXPECT_GT(Amount::max(), amount_max);
}

TEST(SCHED_010, a_power_curve_cut_off_still_reaches_the_greatest_cap) {  // its slices average 2/3 and 5/9 of its end
    for (const CurveKind kind : {CurveKind::root, CurveKind::power_four_fifths}) {
        Schedule schedule = with(kind, Application::marginal);
        curve(schedule).factor = dec("1");
        schedule.clamp.cap_short = Fraction::from_rate(rate_max);
        Exposure exposure;
        exposure.notional = pow10(16);
        exposure.is_short = true;
        EXPECT_EQ(requirement_exact(*compile(schedule, usd), Level::initial, exposure, {}, {}), pow10(26));
    }
}

TEST(SCHED_011, a_step_narrower_than_the_last_place_keeps_its_width) {  // 0.001 of a depth of 100 last places
    Schedule schedule = with(CurveKind::steps);
    schedule.initial.terms[0].axis.per = Per::depth;
    curve(schedule).step = Fraction{1'000'000, 1};
    curve(schedule).width = dec("0.001");
    Exposure exposure;
    exposure.notional = 7;
    MarketFigures figures;
    figures.depth = 100;  // 7 / 100 / 0.001: 70 steps
    EXPECT_EQ(requirement_exact(*compile(schedule, usd), Level::initial, exposure, figures, {}), 7 * (10'000'000 + 70 * 1'000'000));
}

TEST(SCHED_011, contracts_pay_the_rate_of_a_leverage_to_the_last_unit) {  // one contract worth 60,000 at 1/75
    Schedule schedule = with(CurveKind::brackets, Application::marginal);
    schedule.initial.terms[0].axis.subject = Subject::own_size;
    curve(schedule).rows = {{{}, {rate_one, 75}}};
    Exposure exposure;
    exposure.notional = 60'000 * pow10(8);
    exposure.size = 1;
    EXPECT_EQ(requirement(*compile(schedule, Scales{8, 0, 6}), Level::initial, exposure, {}).raw(), 800'000'000);
}

TEST(SCHED_004, a_larger_group_never_asks_a_unit_less) {  // 2/5 in slices of a group of 3 and 5 last places
    Schedule schedule = with(CurveKind::brackets, Application::marginal);
    schedule.initial.terms[0].axis.subject = Subject::group_notional;
    curve(schedule).rows = {{{}, {2, 5}}};
    const auto compiled = *compile(schedule, Scales{0, 0, 9});
    Exposure exposure;
    exposure.notional = 2;
    Wide last = 0;
    for (exposure.group_notional = 2; exposure.group_notional < 100; ++exposure.group_notional) {
        const Wide value = requirement_exact(compiled, Level::initial, exposure, {}, {});
        EXPECT_GE(value, last);
        last = value;
    }
}

}  // namespace
}  // namespace plimsoll
