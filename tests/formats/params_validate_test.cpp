// What validate() says about sets that read well and mean something wrong.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/canonical.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::formats {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string good = R"(
[set]
name = "try"
numeraire = "USD"
[profit]
initial = "0.2"
withdrawal = "0"
maintenance = "1"
[[asset]]
name = "USD"
digits = 6
price_digits = 2
price_max = "2"
amount_max = "1000000"
weight = "1"
[[asset]]
name = "ETH"
digits = 6
price_digits = 2
price_max = "100000"
amount_max = "1000000"
liability_weight = "1.1"
weight = { base = "0.9", tiers = [ { from = "0", weight = "0.9" }, { from = "1000000", weight = "0.5" } ] }
[[schedule]]
id = "main"
[[schedule.initial.term]]
curve = "brackets"
apply = "marginal"
rows = [ { from = "0", rate = "0.05" }, { from = "50000", rate = "0.1" } ]
[schedule.maintenance]
of_initial = "0.5"
[schedule.caps]
open_interest = "100000000"
[[market]]
name = "BTC"
kind = "linear"
settle = "USD"
schedule = "main"
price_digits = 1
size_digits = 4
price_max = "100000"
size_max = "100"
margin_multiplier = "1.5"
[[market]]
name = "BTC-2"
kind = "linear"
settle = "USD"
schedule = "main"
price_digits = 2
size_digits = 3
price_max = "100000"
size_max = "100"
[[override]]
account = "whale"
margin_multiplier = "2"
[[override]]
account = "whale"
market = "BTC"
margin_multiplier = "3"
initial_floor = "0.2"
)";

ParameterSet read(const std::string& source) {
    auto set = read_parameter_set(source, "p.toml");
    if (!set) ADD_FAILURE() << to_string(set.error().front());
    return set.value_or(ParameterSet{});
}

std::vector<std::string> findings_of(const ParameterSet& set) {
    std::vector<std::string> lines;
    for (const Finding& finding : validate(set)) lines.push_back(to_string(finding));
    return lines;
}

/// The findings after one replacement in the good set.
std::vector<std::string> findings(const std::string& what, const std::string& with) {
    const std::size_t at = good.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    if (at == std::string::npos) return {};
    std::string text = good;
    return findings_of(read(text.replace(at, what.size(), with)));
}

}  // namespace

TEST(PARAM_008, a_sound_set_has_no_finding) { EXPECT_THAT(findings_of(read(good)), IsEmpty()); }

TEST(PARAM_008, weights_and_bounds_of_assets_are_held_to_their_domain) {
    EXPECT_THAT(
        findings("weight = \"1\"", "weight = \"1.5\""),
        ElementsAre(
            "error weight-out-of-range (asset USD initial weight): a weight of 1.5 does not lie between 0 and 1; write \"0.9\" for 90 %",
            "error weight-out-of-range (asset USD maintenance weight): a weight of 1.5 does not lie between 0 and 1; write \"0.9\" for 90 "
            "%"));
    EXPECT_THAT(
        findings("price_max = \"2\"", "price_max = \"0\""),
        ElementsAre("error bound-zero (asset USD price_max): the largest price must be above 0; write the largest price that can be met"));
    EXPECT_THAT(
        findings("amount_max = \"1000000\"", "amount_max = \"2000000000000\""),
        ElementsAre(
            "error out-of-domain (asset USD amount_max): a balance may hold at most 1152921504606.846976; lower it or use fewer digits"));
    EXPECT_THAT(findings("amount_max = \"1000000\"\nliability", "amount_max = \"1000000000000\"\nliability"), IsEmpty());
    EXPECT_THAT(
        findings("price_max = \"100000\"\namount_max = \"1000000\"", "price_max = \"100000000000\"\namount_max = \"1000000000000\""),
        ElementsAre(
            "error out-of-domain (asset ETH): amount_max at price_max is beyond the declared domain (2^90 last places of value); lower "
            "amount_max or price_max, or use fewer digits"));
}

TEST(PARAM_008, collateral_curves_start_at_zero_rise_in_size_and_fall_in_weight) {
    EXPECT_THAT(findings("{ from = \"0\", weight = \"0.9\" }", "{ from = \"5\", weight = \"0.4\" }"),
                ElementsAre("error rows-gap-at-zero (asset ETH initial weight tier 1): the first tier starts at 5, what lies below has no "
                            "weight; start the first tier at 0",
                            "error weights-not-falling (asset ETH initial weight tier 2): its weight is above that of the tier before; a "
                            "larger holding never counts for more per unit",
                            "error rows-gap-at-zero (asset ETH maintenance weight tier 1): the first tier starts at 5, what lies below has "
                            "no weight; start the first tier at 0",
                            "error weights-not-falling (asset ETH maintenance weight tier 2): its weight is above that of the tier before; "
                            "a larger holding never counts for more per unit"));
    EXPECT_THAT(findings("{ base = \"0.9\"", "{ venue_scale_start = \"0\", base = \"0.9\"").size(), 2u);
    EXPECT_THAT(findings("liability_weight = \"1.1\"", "weight_maintenance = \"0.4\""),
                ElementsAre("error initial-weight-above-maintenance (asset ETH): it counts for more when a position is opened than when it "
                            "is kept; lower weight_initial"));
    EXPECT_THAT(findings("liability_weight = \"1.1\"", "weight_initial = { base = \"0.4\", linear = { slope = \"0.001\" } }"),
                ElementsAre("error collateral-not-monotone (asset ETH initial weight linear): beyond a discount of one half more "
                            "collateral is worth less; let most "
                            "be at most \"0.5\", or lower amount_max"));
}

TEST(PARAM_008, profit_never_counts_for_more_when_opening_than_when_keeping) {
    EXPECT_THAT(findings("maintenance = \"1\"", "maintenance = \"0.1\""),
                ElementsAre("error profit-above-maintenance (profit): profit counts for more when opening or withdrawing than toward "
                            "maintenance; give maintenance the "
                            "largest of the three weights"));
    EXPECT_THAT(findings("initial = \"0.2\"", "initial = \"1\"").at(0), ::testing::StartsWith("warning profit-in-full (profit): "));
}

TEST(PARAM_008, contracts_outside_the_domain_are_refused) {
    EXPECT_THAT(findings("size_max = \"100\"", "size_max = \"100000000\"").at(0),
                ::testing::StartsWith("error out-of-domain (market BTC): "));
    EXPECT_THAT(findings("size_max = \"100\"", "size_max = \"100\"\ntick = \"200000\""),
                ElementsAre("error bound-order (market BTC tick): the tick is above price_max; lower it"));
    EXPECT_THAT(findings("margin_multiplier = \"1.5\"", "margin_multiplier = \"0.5\""),
                ElementsAre("error multiplier-out-of-domain (market BTC margin_multiplier): a multiplier of 0.5 does not lie between 1 and "
                            "100; overrides only raise a "
                            "requirement: write \"1.5\" for half as much again"));
    EXPECT_THAT(findings("margin_multiplier = \"1.5\"", "leverage_max = \"0.5\""),
                ElementsAre("error leverage-below-one (market BTC leverage_max): a leverage below 1 asks more than the position is worth; "
                            "write 1 or more"));
}

TEST(PARAM_008, a_schedule_is_judged_on_the_scale_of_each_market_and_its_findings_are_said_once) {
    EXPECT_THAT(findings("from = \"50000\"", "from = \"50000.000001\""),
                ElementsAre("error too-many-decimals (main: initial term 1 row 2): 50000.000001 has more decimals than the 5 that the "
                            "market's scale holds; write "
                            "fewer decimals or raise the market's digits"));
    EXPECT_THAT(findings("rate = \"0.1\"", "rate = \"0.01\""),
                ElementsAre("error rates-not-monotone (main: initial term 1 row 2): its rate is below the rate of the row before; a larger "
                            "position never asks a lower rate"));
}

TEST(PARAM_008, an_unused_schedule_is_noted_and_still_judged) {
    const auto lines = findings("[[market]]", R"([[schedule]]
id = "spare"
[[schedule.initial.term]]
curve = "root"
apply = "whole"
factor = "0"
[schedule.maintenance]
of_initial = "0.5"
[[market]])");
    EXPECT_THAT(lines, ElementsAre("note schedule-unused (schedule spare): no market uses it; remove it, or name it in a market",
                                   "error factor-degenerate (spare: initial term 1 factor): a factor of 0 switches the curve off; give a "
                                   "factor above 0 or drop the term"));
}

TEST(PARAM_008, an_override_only_raises) {
    EXPECT_THAT(findings("margin_multiplier = \"3\"", "margin_multiplier = \"1.2\""),
                ElementsAre("error override-lowers (override whale): its multiplier 1.2 is below the market's 1.5; give at least that",
                            "error override-lowers (override whale): its multiplier 1.2 is below the account's own 2; give at least that"));
    EXPECT_THAT(findings("margin_multiplier = \"2\"", "margin_multiplier = \"1.2\""), IsEmpty()) << "the market is named apart";
    EXPECT_THAT(findings("market = \"BTC\"\nmargin_multiplier = \"3\"\n", "market = \"BTC\"\n"), IsEmpty());
    EXPECT_THAT(findings("account = \"whale\"\nmargin_multiplier = \"2\"", "account = \"minnow\"\nmargin_multiplier = \"1.2\""),
                ElementsAre("error override-lowers (override minnow): its multiplier 1.2 is below the 1.5 of market BTC; give at least "
                            "that, or an override for that market"));
    EXPECT_THAT(findings("initial_floor = \"0.2\"", "initial_floor = \"0\""),
                ElementsAre("error rate-out-of-domain (override whale initial_floor): a floor of 0 does not lie above 0 and at most at 10; "
                            "check the unit: 5 % is written \"0.05\""));
    EXPECT_THAT(findings("market = \"BTC\"\nmargin", "margin").at(0), ::testing::StartsWith("error override-twice (override whale): "));
}

TEST(PARAM_008, what_only_a_program_can_get_wrong_is_found_too) {
    ParameterSet set = read(good);
    set.markets[0].settle = {7};
    set.markets[1].schedule = {7};
    set.markets[1].name = "BTC";
    set.overrides[1].market = MarketId{9};
    set.schedules[0].initial.terms[0].curve.slope = {1, 0};
    set.assets[0].name = "U\nD";
    std::vector<std::string> codes;
    for (const Finding& finding : validate(set)) codes.push_back(finding.code + " " + finding.where);
    EXPECT_THAT(codes, ElementsAre("name-unprintable asset 1", "name-twice market BTC", "field-unused main: term 1",
                                   "reference-unknown market BTC settle", "reference-unknown market BTC schedule",
                                   "reference-unknown override whale market"));
    EXPECT_THAT(validate(ParameterSet{}).size(), 2u);
}

TEST(PARAM_006, comments_order_and_spelling_leave_the_hash_alone) {
    const std::string spelled = R"(
[[override]]
initial_floor = "0.20"  # the same
margin_multiplier = "3.0"
market = "BTC"
account = "whale"
)";
    const std::size_t at = good.rfind("[[override]]");
    EXPECT_EQ(hash_of(read(good)), hash_of(read(good.substr(0, at) + spelled)));
    EXPECT_NE(hash_of(read(good)), hash_of(read(good.substr(0, at))));
}

}  // namespace plimsoll::formats
