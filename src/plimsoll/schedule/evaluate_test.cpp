// Published schemes as compositions of the algebra, and the laws on hand-made ones.
#include "plimsoll/schedule/explain.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

constexpr Scales usd{8, 4, 6};  // price 4 digits, size 4 digits, settle asset 6

Decimal dec(std::string_view text) { return *parse_decimal_free(text); }
Fraction rate(std::string_view text) { return Fraction::from_rate(Rate::from_raw(*parse_decimal(text, rate_digits))); }

Schedule brackets(Application application, std::vector<Row> rows) {
    Schedule schedule;
    schedule.id = "test";
    Term term;
    term.application = application;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = std::move(rows);
    schedule.initial.terms = {term};
    schedule.maintenance.of_initial = rate("0.5");
    return schedule;
}

Exposure long_of(std::string_view notional, std::string_view size = "0") {
    Exposure exposure;
    exposure.notional = *parse_decimal_wide(notional, usd.notional_digits);
    exposure.size = *parse_decimal_wide(size, usd.size_digits);
    exposure.group_notional = exposure.notional;
    return exposure;
}

std::string initial(const Schedule& schedule, const Exposure& exposure, const MarketFigures& figures = {}) {
    const auto compiled = compile(schedule, usd);
    if (!compiled) return to_string(compiled.error().front());
    return format_decimal_short(requirement(*compiled, Level::initial, exposure, figures).raw(), usd.amount_digits);
}

TEST(SCHED_001, a_marginal_table_taxes_each_slice_at_its_own_rate) {
    const auto schedule = brackets(Application::marginal, {{dec("0"), rate("0.04")}, {dec("10000"), rate("0.0625")}});
    EXPECT_EQ(initial(schedule, long_of("18000")), "900");  // 10000 at 4 %, 8000 at 6.25 %
    EXPECT_EQ(initial(schedule, long_of("10000")), "400");
    EXPECT_EQ(initial(schedule, long_of("0")), "0");
}

TEST(SCHED_001, a_whole_table_charges_the_entire_position_the_rate_of_its_last_slice) {
    const auto schedule = brackets(Application::whole, {{dec("0"), rate("0.04")}, {dec("10000"), rate("0.0625")}});
    EXPECT_EQ(initial(schedule, long_of("10000")), "400");
    EXPECT_EQ(initial(schedule, long_of("10000.00000001")), "625.000001");
}

TEST(SCHED_001, a_rate_given_as_a_leverage_is_exact) {
    const auto schedule = brackets(Application::whole, {{dec("0"), {rate_one, 75}}});
    EXPECT_EQ(initial(schedule, long_of("75")), "1");
    EXPECT_EQ(initial(schedule, long_of("100")), "1.333334");
}

TEST(SCHED_002, a_linear_rate_grows_with_the_position) {  // Deribit's published example: 25 coins at 100,000
    Schedule schedule = brackets(Application::whole, {});
    Curve& curve = schedule.initial.terms[0].curve;
    curve = {CurveKind::linear, rate("0.02"), dec("0.00005"), {}, {}, {}, {}, EdgeRule::lower_row, {}};
    schedule.initial.terms[0].axis.subject = Subject::own_size;
    EXPECT_EQ(initial(schedule, long_of("2500000", "25")), "53125");
    EXPECT_EQ(initial(schedule, long_of("35000000", "350")), "1312500");
}

TEST(SCHED_002, every_step_of_a_marginal_curve_counts_so_that_lower_steps_never_ask_more) {
    const auto steps_of = [](std::string_view step) {
        Schedule schedule = brackets(Application::marginal, {});
        Curve& curve = schedule.initial.terms.front().curve;
        curve.kind = CurveKind::steps;
        curve.base = rate("0.01");
        curve.step = rate(step);
        curve.width = dec("100");
        curve.origin = dec("6500000");
        schedule.clamp.cap = rate("10");
        return schedule;
    };
    // 650 steps have begun: 65,650 at 1 %, and 100 * (1 + ... + 650) = 21,157,500 at a step. The last slices are far beyond 1000 %.
    EXPECT_EQ(initial(steps_of("0.325"), long_of("6565000")), "6941837.5");
    EXPECT_EQ(initial(steps_of("0.24375"), long_of("6565000")), "5222790.625");
}

TEST(SCHED_002, a_root_curve_is_capped_at_the_whole_notional) {  // FTX: 500m MNGO, "500 %, bounded"
    Schedule schedule = brackets(Application::whole, {});
    schedule.initial.terms[0].curve = {CurveKind::root, {}, {}, {}, {}, {}, dec("0.00025"), EdgeRule::lower_row, {}};
    schedule.initial.terms[0].axis.subject = Subject::own_size;
    EXPECT_EQ(initial(schedule, long_of("1000", "160000")), "100");  // 0.00025 * 400
    EXPECT_EQ(initial(schedule, long_of("1000", "500000000")), "1000");
}

TEST(SCHED_003, open_interest_lifts_the_rate_toward_the_whole_notional) {  // dYdX long tail
    Schedule schedule = brackets(Application::whole, {{dec("0"), rate("0.2")}});
    schedule.initial.terms[0].modulators = {
        {ModulatorInput::open_interest, ModulatorEffect::lift, dec("5000000"), dec("10000000"), hundred_percent}};
    MarketFigures figures;
    figures.open_interest_long = *parse_decimal_wide("6562500", 8);
    EXPECT_EQ(initial(schedule, long_of("1000"), figures), "450");
    figures.open_interest_long = *parse_decimal_wide("67000000", 8);
    EXPECT_EQ(initial(schedule, long_of("1000"), figures), "1000");
}

TEST(SCHED_005, the_explanation_adds_up_to_the_margin) {
    auto schedule = brackets(Application::marginal, {{dec("0"), rate("0.04")}, {dec("10000"), rate("0.0625")}});
    const auto compiled = *compile(schedule, usd);
    const auto answer = explain(compiled, Level::initial, long_of("18000"), long_of("18001"), {});
    ASSERT_EQ(answer.terms.size(), 1u);
    ASSERT_EQ(answer.terms[0].steps.size(), 2u);
    EXPECT_EQ(answer.terms[0].steps[0].amount + answer.terms[0].steps[1].amount, answer.exact);
    EXPECT_EQ(answer.margin.raw(), 900'000'000);
    EXPECT_EQ(answer.marginal_rate.raw(), 62'500'000);
    EXPECT_EQ(answer.effective_rate.raw(), 50'000'000);
}

}  // namespace
}  // namespace plimsoll
