// What a parameter file may say of guards, fees and liquidation, and the exact words with which the rest is refused.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/diff.hpp"
#include "plimsoll/params/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::formats {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string head = R"([set]
name = "try"
numeraire = "USD"
)";
const std::string asset_text = R"([[asset]]
name = "USD"
digits = 6
price_digits = 2
price_max = "2"
amount_max = "1000000"
weight = "1"
)";
const std::string market_text = R"([[schedule]]
id = "flat"
[[schedule.initial.term]]
curve = "flat"
rate = "0.05"
[schedule.maintenance]
of_initial = "0.5"
[schedule.caps]
position = "5000000"
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

/// A set with further lines in its asset, its market, and tables of its own.
std::string set_text(const std::string& asset, const std::string& market, const std::string& tables = "") {
    return head + asset_text + asset + market_text + market + tables;
}

std::vector<std::string> errors_of(const std::string& source) {
    std::vector<std::string> lines;
    const auto set = read_parameter_set(source, "p.toml");
    if (!set)
        for (const Error& error : set.error()) lines.push_back(to_string(error));
    return lines;
}

ParameterSet read(const std::string& source) {
    auto set = read_parameter_set(source, "p.toml");
    if (!set) ADD_FAILURE() << to_string(set.error().front());
    return set.value_or(ParameterSet{});
}

std::vector<std::string> findings(const std::string& asset, const std::string& market, const std::string& tables = "") {
    std::vector<std::string> lines;
    for (const Finding& finding : validate(read(set_text(asset, market, tables)))) lines.push_back(to_string(finding));
    return lines;
}

/// The difference from the set that says nothing, as lines.
std::vector<std::string> told(const std::string& asset, const std::string& market, const std::string& tables = "") {
    std::vector<std::string> lines;
    for (const DiffEntry& entry : diff(read(set_text("", "")), read(set_text(asset, market, tables))).entries)
        lines.push_back(to_string(entry));
    return lines;
}

Rate ppm(std::int64_t count) { return Rate::from_raw(count * 1000); }

}  // namespace

TEST(PARAM_013, a_set_that_says_nothing_has_the_defaults) {
    const ParameterSet set = read(set_text("", ""));
    EXPECT_EQ(set.liquidation, LiquidationRules{});
    EXPECT_EQ(set.markets[0].guard, GuardParams{});
    EXPECT_EQ(set.assets[0].smoothing_ms, std::nullopt);
    const std::string text = write_parameter_set(set);
    for (const char* key : {"liquidation", "guard", "fee", "confirmations", "pending", "smoothing", "depth_share"})
        EXPECT_EQ(text.find(key), std::string::npos) << key;
}

TEST(PARAM_013, each_figure_comes_where_it_is_written) {
    const ParameterSet set = read(
        set_text("confirmations = 12\npending_weight = \"0.5\"\nsmoothing_ms = 300000\n",
                 "fee_max = \"0.0006\"\nliquidation_fee = \"0.005\"\ndepth_share = \"0.25\"\n[market.guard]\nsources_min = 3\n"
                 "outlier_max = \"0.02\"\nsource_stale_ms = 10000\nmark_band = \"0.05\"\nindex_required = true\nmark_stale_ms = 60000\n"
                 "credit = { rate = \"0.01\", interval_ms = 60000 }\nliquidation = { rate = \"0.1\", interval_ms = 1000 }\n"
                 "depth = { floor = \"1.5\", cap = \"20\", rate = \"0.2\", interval_ms = 3600000 }\n"
                 "volatility = { cap = \"0.9\" }\nactions = { stale = [\"reduce\"], normal = [\"liquidate\", \"reduce\"] }\n",
                 "[liquidation]\nthreshold_marks = 1\nthreshold_ms = 2\ncritical_share = \"0.3\"\ninterval_ms = 4\nintervals_max = 5\n"
                 "per_interval_max = 6\nfund_share = \"0.7\"\nliquidator_share = \"0.08\"\nstress = \"0.9\"\nreserve_accounts = 10\n"
                 "reserve_interval_ms = 11\nwithdrawals_wait = false\n"));
    const Asset& asset = set.assets[0];
    EXPECT_EQ(std::tuple(asset.confirmations, asset.pending_weight, asset.smoothing_ms), std::tuple(12u, ppm(500'000), 300'000u));
    const MarketParams& market = set.markets[0];
    EXPECT_EQ(std::tuple(market.fee_max, market.liquidation_fee, market.depth_share), std::tuple(ppm(600), ppm(5000), ppm(250'000)));
    const GuardParams& guard = market.guard;
    EXPECT_EQ(std::tuple(guard.sources_min, guard.outlier_max, guard.source_stale_ms), std::tuple(3u, ppm(20'000), 10'000u));
    EXPECT_EQ(std::tuple(guard.mark_band, guard.index_required, guard.mark_stale_ms), std::tuple(ppm(50'000), true, 60'000u));
    EXPECT_EQ(guard.credit, (Velocity{ppm(10'000), 60'000}));
    EXPECT_EQ(guard.liquidation, (Velocity{ppm(100'000), 1000}));
    EXPECT_EQ(guard.depth, (Slew{1'500'000, 20'000'000, Velocity{ppm(200'000), 3'600'000}}));
    EXPECT_EQ(guard.daily_volume, Slew{});
    EXPECT_EQ(guard.volatility, (Slew{0, 900'000'000, {}}));
    GuardActions actions;
    actions.allowed[0] = {false, true, false, true};
    actions.allowed[2] = {false, true, false, false};
    EXPECT_EQ(guard.actions, actions);
    const LiquidationRules& rules = set.liquidation;
    EXPECT_EQ(rules, (LiquidationRules{1, 2, ppm(300'000), 4, 5, 6, ppm(700'000), ppm(80'000), ppm(900'000), 10, 11, false}));
}

TEST(PARAM_013, what_is_misspelt_or_incomplete_is_refused_with_its_line) {
    EXPECT_THAT(errors_of(set_text("confirmatons = 1\n", "")),
                ElementsAre("p.toml:11:1: asset USD: unknown key 'confirmatons'; did you mean 'confirmations'?"));
    EXPECT_THAT(errors_of(set_text("", "liquidation_fe = \"0\"\n")),
                ElementsAre("p.toml:29:1: market BTC: unknown key 'liquidation_fe'; did you mean 'liquidation_fee'?"));
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\nmark_bnd = \"0.1\"\n")),
                ElementsAre("p.toml:30:1: market BTC.guard: unknown key 'mark_bnd'; did you mean 'mark_band'?"));
    EXPECT_THAT(errors_of(set_text("", "", "[liquidation]\nstres = \"0.1\"\n")),
                ElementsAre("p.toml:30:1: liquidation: unknown key 'stres'; did you mean 'stress'?"));
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\ncredit = { rate = \"0.1\" }\n")),
                ElementsAre("p.toml:30:10: market BTC.guard.credit: key 'interval_ms' is missing; add it"));
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\ndepth = { cap = \"5\", interval_ms = 5 }\n")),
                ElementsAre("p.toml:30:9: market BTC.guard.depth: key 'rate' is missing; add it"));
    EXPECT_THAT(
        errors_of(set_text("", "[market.guard]\ndepth = { cap = \"0.0000001\" }\n")),
        ElementsAre("p.toml:30:17: market BTC.guard.depth.cap: '0.0000001' has more decimals than the scale holds (character 9); at "
                    "most 6 decimals are held here; nothing is rounded on the way in"));
    EXPECT_THAT(errors_of(set_text("smoothing_ms = -1\n", "")),
                ElementsAre("p.toml:11:16: asset USD.smoothing_ms: -1 is not a whole number from 0 to 4000000000000; write one of these"));
}

TEST(PARAM_013, an_action_is_one_of_four_and_written_once) {
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\nactions = { stale = [\"reduce\", \"liquidat\"] }\n")),
                ElementsAre("p.toml:30:32: market BTC.guard.actions.stale 2: 'liquidat' is not known here; did you mean 'liquidate'? known "
                            "are 'open', 'reduce', 'withdraw', 'liquidate'"));
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\nactions = { stale = [\"reduce\", \"reduce\"] }\n")),
                ElementsAre("p.toml:30:32: market BTC.guard.actions.stale: 'reduce' is given twice; write it once"));
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\nactions = { stale = \"reduce\" }\n")),
                ElementsAre("p.toml:30:21: market BTC.guard.actions.stale: an array is expected, a string is given; put it in [ and ]"));
    EXPECT_THAT(errors_of(set_text("", "[market.guard]\nactions = { stael = [\"reduce\"] }\n")),
                ElementsAre("p.toml:30:13: market BTC.guard.actions: unknown key 'stael'; did you mean 'stale'?"));
}

TEST(PARAM_014, sound_rules_have_no_finding) {
    EXPECT_THAT(findings("pending_weight = \"1\"\n", "fee_max = \"0.1\"\nliquidation_fee = \"0.024\"\ndepth_share = \"1\"\n",
                         "[liquidation]\nfund_share = \"0.4\"\nliquidator_share = \"0.6\"\nstress = \"1\"\ncritical_share = \"1\"\n"),
                IsEmpty());
}

TEST(PARAM_014, shares_and_times_are_held_to_their_domain) {
    EXPECT_THAT(
        findings("pending_weight = \"1.1\"\nsmoothing_ms = 0\n", ""),
        ElementsAre("error share-out-of-range (asset USD pending_weight): 1.1 does not lie between 0 and 1; write \"0.5\" for a half",
                    "error interval-zero (asset USD smoothing_ms): a time must be above 0; leave it out to take the mark as it is"));
    EXPECT_THAT(
        findings("", "fee_max = \"0.100000001\"\ndepth_share = \"0\"\n"),
        ElementsAre("error share-out-of-range (market BTC fee_max): 0.100000001 does not lie between 0 and 0.1; check the unit: 0.05 % is "
                    "written \"0.0005\"",
                    "error share-out-of-range (market BTC depth_share): 0 does not lie above 0 and at most at 1; leave it out to set no "
                    "limit"));
    EXPECT_THAT(findings("", "liquidation_fee = \"-0.001\"\n"),
                ElementsAre("error share-out-of-range (market BTC liquidation_fee): -0.001 does not lie between 0 and 1; check the unit: "
                            "0.05 % is written \"0.0005\""));
    EXPECT_THAT(findings("", "", "[liquidation]\nfund_share = \"0.6\"\nliquidator_share = \"0.5\"\n"),
                ElementsAre("error shares-above-one (liquidation): fund_share and liquidator_share are 1.1 of a fee together, more than "
                            "there is; write the fund's share and the liquidator's; what is left is the venue's"));
    EXPECT_THAT(
        findings("", "",
                 "[liquidation]\ninterval_ms = 0\nintervals_max = 0\nper_interval_max = 0\nstress = \"0\"\n"
                 "reserve_accounts = 0\nreserve_interval_ms = 0\n"),
        ElementsAre("error interval-zero (liquidation interval_ms): a time must be above 0; write the time between two steps, such "
                    "as 1000",
                    "error count-zero (liquidation intervals_max): it must be above 0; write after how many steps the rest is closed",
                    "error count-zero (liquidation per_interval_max): it must be above 0; leave it out to set no limit",
                    "error share-out-of-range (liquidation stress): 0 does not lie above 0 and at most at 1; write \"0.1\" for a "
                    "move of 10 %",
                    "error count-zero (liquidation reserve_accounts): it must be above 0; write how many of the largest accounts "
                    "the fund must bear",
                    "error interval-zero (liquidation reserve_interval_ms): a time must be above 0; leave it out to never measure "
                    "the reserve"));
    ParameterSet set = read(set_text("", ""));
    set.liquidation.threshold_ms = duration_ms_max + 1;
    set.markets[0].guard.credit = Velocity{ppm(1), duration_ms_max + 1};
    const Findings found = validate(set);
    ASSERT_EQ(found.size(), 2u);
    for (const Finding& finding : found) EXPECT_EQ(finding.code, "interval-out-of-domain");
}

TEST(PARAM_014, a_guard_says_what_is_wrong_with_it) {
    EXPECT_THAT(findings("", "[market.guard]\nactions = { halted = [] }\n"),
                ElementsAre("error guard-out-of-domain (market BTC guard): actions: reducing must be allowed in every state"));
    EXPECT_THAT(findings("", "[market.guard]\ndepth = { floor = \"2\", cap = \"1\" }\n"),
                ElementsAre("error guard-out-of-domain (market BTC guard): depth: floor must not be below 0, and cap must be above 0 and "
                            "not below floor"));
}

TEST(PARAM_015, a_fee_must_be_below_maintenance) {
    EXPECT_THAT(findings("", "liquidation_fee = \"0.025\"\n"),
                ElementsAre("error fee-above-requirement (market BTC liquidation_fee): a fee of 0.025 is not below the least maintenance "
                            "rate, 0.025: an account that is liquidated there cannot pay for it; lower the fee, or raise the floor of the "
                            "schedule"));
    EXPECT_THAT(findings("", "liquidation_fee = \"0.024999999\"\n"), IsEmpty());
    EXPECT_THAT(findings("", "liquidation_fee = \"0.04\"\nmargin_multiplier = \"2\"\n"), IsEmpty());
}

TEST(PARAM_009, rules_are_told_in_the_words_of_a_risk_manager) {
    EXPECT_THAT(
        told("confirmations = 6\npending_weight = \"0.5\"\nsmoothing_ms = 300000\n", ""),
        ElementsAre("asset USD confirmations of a deposit 0 → 6 (tighter)", "asset USD weight of a waiting deposit 0 → 0.5 (looser)",
                    "asset USD smoothed price follows within no time → 300 s (mixed)"));
    EXPECT_THAT(told("", "fee_max = \"0.0006\"\nliquidation_fee = \"0.0075\"\ndepth_share = \"0.25\"\n"),
                ElementsAre("BTC largest fee 0 % → 0.06 % (tighter)", "BTC liquidation fee 0 % → 0.75 %",
                            "BTC liquidations of one interval close at most any size → 25 % of depth"));
    EXPECT_THAT(
        told("", "[market.guard]\nmark_band = \"0.05\"\nmark_stale_ms = 1500\ncredit = { rate = \"0.01\", interval_ms = 60000 }\n"
                 "depth = { cap = \"250000\" }\nvolatility = { cap = \"0.9\" }\n"
                 "actions = { stale = [\"reduce\", \"open\"] }\n"),
        ElementsAre("BTC guard: a mark may leave the index by anything → 5 % (mixed)",
                    "BTC guard: a mark counts for ever → 1,500 ms (tighter)",
                    "BTC guard: the price that grants credit moves at most any distance → 1 % per 60 s (mixed)",
                    "BTC guard: depth counts at most none → 250,000 (tighter)", "BTC guard: volatility counts at most none → 0.9 (looser)",
                    "BTC guard: stale now allows open (looser)", "BTC guard: stale no longer allows liquidate (looser)"));
    EXPECT_THAT(told("", "", "[liquidation]\nthreshold_ms = 5000\ncritical_share = \"0.5\"\nfund_share = \"0.8\"\n"),
                ElementsAre("liquidation waits for 0 ms → 5 s (looser)",
                            "liquidation does not wait below this share of maintenance: none → 50 % (tighter)",
                            "liquidation fee's share to the fund 0 % → 80 %"));
}

}  // namespace plimsoll::formats
