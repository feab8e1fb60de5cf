// What a parameter file may say, and the exact words with which the rest is refused.
#include "plimsoll/formats/params_toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::formats {

namespace {

using ::testing::ElementsAre;

const std::string asset_text = R"(
[set]
name = "try"
numeraire = "USD"
[[asset]]
name = "USD"
digits = 6
price_digits = 2
price_max = "2"
amount_max = "1000000"
weight = "1"
)";
const std::string schedule_text = R"(
[[schedule]]
id = "flat"
[[schedule.initial.term]]
curve = "flat"
rate = "0.05"
[schedule.maintenance]
of_initial = "0.5"
)";
const std::string market_text = R"(
[[market]]
name = "BTC"
kind = "linear"
settle = "USD"
schedule = "flat"
price_digits = 1
size_digits = 4
price_max = "100000"
size_max = "100"
)";

std::vector<std::string> errors_of(const std::string& source) {
    std::vector<std::string> lines;
    const auto set = read_parameter_set(source, "p.toml");
    if (!set)
        for (const Error& error : set.error()) lines.push_back(to_string(error));
    return lines;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

ParameterSet read(const std::string& source) {
    auto set = read_parameter_set(source, "p.toml");
    if (!set) ADD_FAILURE() << to_string(set.error().front());
    return set.value_or(ParameterSet{});
}

Schedule schedule_of(const std::string& source) {
    auto schedules = read_schedules(source, "s.toml");
    if (!schedules) ADD_FAILURE() << to_string(schedules.error().front());
    return schedules ? schedules->front() : Schedule{};
}

std::vector<std::string> schedule_errors(const std::string& source) {
    std::vector<std::string> lines;
    const auto schedules = read_schedules(source, "s.toml");
    if (!schedules)
        for (const Error& error : schedules.error()) lines.push_back(to_string(error));
    return lines;
}

const std::string whole_text = asset_text + schedule_text + market_text;

}  // namespace

TEST(PARAM_001, the_smallest_set_reads) {
    const ParameterSet set = read(whole_text);
    ASSERT_EQ(set.markets.size(), 1u);
    EXPECT_EQ(set.markets[0].name, "BTC");
    EXPECT_EQ(set.markets[0].instrument.price_max, Price::from_raw(1'000'000));
    EXPECT_EQ(set.markets[0].instrument.size_max, Size::from_raw(1'000'000));
    EXPECT_EQ(set.markets[0].instrument.settle_digits, 6);
    EXPECT_EQ(set.schedules[0].initial.terms[0].curve.base, (Fraction{50'000'000, 1}));
}

TEST(PARAM_001, every_finding_of_a_file_is_given_at_once_with_its_place) {
    std::string text = replaced(whole_text, "rate = \"0.05\"", "rate = \"5 %\"");
    text = replaced(text, "settle = \"USD\"", "settle = \"USB\"");
    text = replaced(text, "size_digits = 4\n", "");
    text = replaced(text, "weight = \"1\"", "weigth = \"1\"");
    EXPECT_THAT(
        errors_of(text),
        ElementsAre("p.toml:5:1: asset USD.weight: collateral needs a weight at both levels; add weight = \"0.9\", or collateral = false",
                    "p.toml:11:1: asset USD: unknown key 'weigth'; did you mean 'weight'?",
                    "p.toml:17:8: schedule flat.initial.term 1.rate: '5 %' is a percentage; write a decimal: 5 % is \"0.05\"",
                    "p.toml:24:10: market BTC.settle: there is no asset 'USB' in this file; did you mean 'USD'?",
                    "p.toml:21:1: market BTC: key 'size_digits' is missing; add it"));
}

TEST(PARAM_002, an_unknown_key_names_its_line_and_the_nearest_known_one) {
    EXPECT_THAT(errors_of(replaced(whole_text, "of_initial", "of_inital")),
                ElementsAre("p.toml:18:1: schedule flat.maintenance.term: the level has no term; add a [[schedule.maintenance.term]] or "
                            "of_initial = \"0.5\"",
                            "p.toml:19:1: schedule flat.maintenance: unknown key 'of_inital'; did you mean 'of_initial'?"));
    EXPECT_THAT(errors_of(whole_text + "[[markets]]\nname = \"x\"\n"),
                ElementsAre("p.toml:30:3: unknown key 'markets'; did you mean 'market'?"));
}

TEST(PARAM_002, a_key_of_another_kind_of_curve_is_unknown) {
    EXPECT_THAT(errors_of(replaced(whole_text, "rate = \"0.05\"", "rate = \"0.05\"\nwidth = \"3\"")),
                ElementsAre("p.toml:18:1: schedule flat.initial.term 1: unknown key 'width'; remove it"));
}

TEST(PARAM_002, a_word_that_is_not_known_lists_those_that_are) {
    EXPECT_THAT(
        errors_of(replaced(whole_text, "curve = \"flat\"", "curve = \"flatt\"")),
        ElementsAre(
            "p.toml:16:9: schedule flat.initial.term 1.curve: 'flatt' is not known here; did you mean 'flat'? known are 'flat', 'linear', "
            "'steps', 'brackets', 'root', 'power-four-fifths', 'knots'"));
    EXPECT_THAT(
        errors_of(replaced(whole_text, "curve =", "axis = \"size\"\ncurve =")),
        ElementsAre(
            "p.toml:16:8: schedule flat.initial.term 1.axis: 'size' is no axis; known are 'own-size', 'own-notional', 'group-notional', "
            "'side-open-interest', each alone or followed by '/ depth', '/ daily-volume', '/ side-open-interest'"));
}

TEST(PARAM_003, a_rate_is_a_decimal_a_quotient_or_a_leverage) {
    const auto base = [](const std::string& entry) {
        return read(replaced(whole_text, "rate = \"0.05\"", entry)).schedules[0].initial.terms[0].curve.base;
    };
    EXPECT_EQ(base("rate = \"0.05\""), (Fraction{50'000'000, 1}));
    EXPECT_EQ(base("rate = \"2/3\""), (Fraction{2'000'000'000, 3}));
    EXPECT_EQ(base("leverage = \"75\""), (Fraction{1'000'000'000, 75}));
    EXPECT_EQ(base("leverage = 75"), (Fraction{1'000'000'000, 75}));
    EXPECT_EQ(base("leverage = \"33.33\""), (Fraction{100'000'000'000, 3333}));
    EXPECT_EQ(base("leverage = \"33.30\""), (Fraction{10'000'000'000, 333}));
}

TEST(PARAM_003, what_is_no_exact_rate_is_refused) {
    const auto errors = [](const std::string& entry) { return errors_of(replaced(whole_text, "rate = \"0.05\"", entry)); };
    EXPECT_THAT(errors("rate = 0.05"),
                ElementsAre("p.toml:17:8: a floating-point number cannot be read exactly; write it as a string, such as \"0.05\""));
    EXPECT_THAT(
        errors("leverage = \"0\""),
        ElementsAre(
            "p.toml:17:12: schedule flat.initial.term 1.leverage: a leverage of 0 cannot be; write a figure above 0, such as \"20\""));
    EXPECT_THAT(errors("rate = \"1/0\""), ElementsAre("p.toml:17:8: schedule flat.initial.term 1.rate: '1/0' is no fraction; write a "
                                                      "decimal, a stroke and a whole number above 0, such as \"2/3\""));
    EXPECT_THAT(
        errors("rate = \"0.05\"\nleverage = \"20\""),
        ElementsAre(
            "p.toml:18:12: schedule flat.initial.term 1.leverage: the rate is given twice, as rate and as leverage; keep one of the two"));
    EXPECT_THAT(
        errors("# no rate"),
        ElementsAre("p.toml:15:1: schedule flat.initial.term 1.rate: the rate is missing; add rate = \"0.05\" or leverage = \"20\""));
}

TEST(PARAM_003, a_figure_finer_than_its_scale_is_refused) {
    const auto errors = errors_of(replaced(whole_text, "price_max = \"100000\"", "price_max = \"100000.05\""));
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0], ::testing::StartsWith("p.toml:28:13: market BTC.price_max: '100000.05' has "));
}

TEST(PARAM_005, what_a_file_leaves_out_takes_the_careful_value) {
    const ParameterSet set = read(whole_text);
    EXPECT_EQ(set.profit.initial, Rate{});
    EXPECT_EQ(set.profit.withdrawal, Rate{});
    EXPECT_EQ(set.profit.maintenance, hundred_percent);
    EXPECT_EQ(set.markets[0].open_orders, OpenOrderPolicy::worst_side);
    EXPECT_EQ(set.markets[0].hedge, HedgeRule::sum_of_legs);
    EXPECT_EQ(set.markets[0].multiplier, hundred_percent);
    EXPECT_EQ(set.assets[0].liability_weight_initial, hundred_percent);
    EXPECT_EQ(set.schedules[0].clamp, Clamp{});
    EXPECT_EQ(set.schedules[0].caps, Caps{});
}

TEST(PARAM_005, how_a_curve_applies_is_never_guessed) {
    EXPECT_THAT(schedule_errors(R"([[schedule]]
id = "x"
[[schedule.initial.term]]
curve = "brackets"
rows = [ { from = "0", rate = "0.01" } ]
[schedule.maintenance]
of_initial = "0.5"
)"),
                ElementsAre("s.toml:3:1: schedule x.initial.term 1: key 'apply' is missing; add it"));
}

TEST(PARAM_001, a_whole_schedule_reads) {
    const Schedule schedule = schedule_of(R"(
[[schedule]]
id = "majors"
version = 7
[schedule.initial]
combine = "sum"
[[schedule.initial.term]]
axis = "own-notional / depth"
curve = "brackets"
apply = "whole"
edge = "upper"
rows = [ { from = "0", rate = "0.008" }, { from = "0.5", leverage = "75" } ]
[[schedule.initial.term.modulator]]
input = "open-interest"
effect = "lift"
from = "5000000"
to = "10000000"
[[schedule.initial.term.modulator]]
input = "volatility"
effect = "multiply"
from = "0.5"
to = "1"
multiplier = "2.5"
[[schedule.initial.term]]
axis = "own-size"
curve = "steps"
apply = "marginal"
base = "0.01"
step = "0.005"
width = "150"
origin = "200"
[schedule.maintenance]
of_initial = "2/3"
modulated = false
[[schedule.closeout.term]]
curve = "root"
apply = "whole"
factor = "0.0001"
[schedule.clamp]
floor = "0.01"
cap = "0.9"
cap_short = "1.5"
minimum = "5"
[schedule.caps]
position = "1000000"
group = "2000000"
open_interest = "50000000"
open_interest_market_cap = "0.1"
leverage_caps_size = true
)");
    EXPECT_EQ(schedule.version, 7u);
    EXPECT_EQ(schedule.initial.combine, Combine::sum);
    const Term& first = schedule.initial.terms.at(0);
    EXPECT_EQ(first.axis, (Axis{Subject::own_notional, Per::depth}));
    EXPECT_EQ(first.application, Application::whole);
    EXPECT_EQ(first.curve.edge, EdgeRule::upper_row);
    EXPECT_EQ(first.curve.rows, (std::vector<Row>{{Decimal{0, 0}, Fraction{8'000'000, 1}}, {Decimal{5, 1}, Fraction{rate_one, 75}}}));
    EXPECT_EQ(first.modulators.at(0), (Modulator{ModulatorInput::open_interest, ModulatorEffect::lift, Decimal{5'000'000, 0},
                                                 Decimal{10'000'000, 0}, hundred_percent}));
    EXPECT_EQ(first.modulators.at(1).multiplier, Rate::from_raw(2'500'000'000));
    const Curve& steps = schedule.initial.terms.at(1).curve;
    EXPECT_EQ(steps.kind, CurveKind::steps);
    EXPECT_EQ(steps.width, (Decimal{150, 0}));
    EXPECT_EQ(steps.origin, (Decimal{200, 0}));
    EXPECT_EQ(schedule.maintenance.of_initial, (Fraction{2'000'000'000, 3}));
    EXPECT_FALSE(schedule.maintenance.modulated);
    EXPECT_EQ(schedule.closeout.terms.at(0).curve.factor, (Decimal{1, 4}));
    EXPECT_EQ(schedule.clamp.cap_short, (Fraction{1'500'000'000, 1}));
    EXPECT_EQ(schedule.caps.group, (Decimal{2'000'000, 0}));
    EXPECT_TRUE(schedule.caps.leverage_caps_size);
}

TEST(PARAM_001, schedules_alone_are_read_from_a_file_of_their_own_or_from_a_set) {
    EXPECT_EQ(schedule_of(schedule_text), schedule_of(whole_text));
    EXPECT_THAT(schedule_errors(asset_text), ElementsAre("s.toml:1:1: schedule: the file holds no schedule; add a [[schedule]]"));
}

TEST(PARAM_001, names_that_are_given_twice_are_refused) {
    EXPECT_THAT(errors_of(whole_text + market_text),
                ElementsAre("p.toml:32:8: the market 'BTC' is given twice; rename or remove one of them"));
}

TEST(PARAM_001, a_table_with_one_bracket_too_few_is_told_apart) {
    EXPECT_THAT(errors_of(asset_text + "[schedule]\nid = \"x\"\n"),
                ElementsAre("p.toml:12:1: schedule: there may be several of these; write [[...]] with two brackets instead of [...]"));
}

TEST(PARAM_001, an_override_that_changes_nothing_is_refused) {
    EXPECT_THAT(errors_of(whole_text + "[[override]]\naccount = \"whale\"\nmarket = \"BTC\"\n"),
                ElementsAre("p.toml:30:1: override whale.margin_multiplier: the override changes nothing; add margin_multiplier = \"1.5\" "
                            "or initial_floor = \"0.2\""));
}

TEST(PARAM_001, collateral_weights_are_one_figure_or_a_curve_at_each_level) {
    const ParameterSet set = read(replaced(whole_text, "weight = \"1\"", R"(weight = "0.9"
weight_initial = { tiers = [ { from = "0", weight = "0.95" }, { from = "2000000", weight = "0.85" } ], root = { top = "1.1", factor = "0.0005" }, linear = { slope = "0.001", least = "0.01", most = "0.5" }, venue_scale_start = "50000000" })"));
    EXPECT_EQ(set.assets[0].weight_maintenance, (WeightCurve{Rate::from_raw(900'000'000), {}, {}, {}, {}}));
    const WeightCurve& curve = set.assets[0].weight_initial;
    EXPECT_EQ(curve.weight, Rate::from_raw(950'000'000));
    EXPECT_EQ(curve.tiers.at(1), (WeightTier{Decimal{2'000'000, 0}, Rate::from_raw(850'000'000)}));
    EXPECT_EQ(curve.root, (RootDiscount{Rate::from_raw(1'100'000'000), Decimal{5, 4}}));
    EXPECT_EQ(curve.linear, (LinearDiscount{Decimal{1, 3}, Rate::from_raw(10'000'000), Rate::from_raw(500'000'000)}));
    EXPECT_EQ(curve.venue_scale_start, (Decimal{50'000'000, 0}));
}

}  // namespace plimsoll::formats
