// Differences of parameter sets: nothing for the same set, something for every change, in the words of the spec.
#include "support/cases.hpp"
#include "support/params_change.hpp"
#include "support/params_gen.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/canonical.hpp"
#include "plimsoll/params/diff.hpp"

#include <gmock/gmock.h>

namespace plimsoll::testing {

namespace {

using ::testing::ElementsAre;

const std::string base = R"(
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
[[asset]]
name = "BETH"
digits = 6
price_digits = 2
price_max = "100000"
amount_max = "1000000"
weight = "0.95"
[[schedule]]
id = "main"
[[schedule.initial.term]]
curve = "brackets"
apply = "whole"
rows = [ { from = "0", leverage = "50" }, { from = "50000", leverage = "25" }, { from = "250000", leverage = "20" } ]
[[schedule.initial.term.modulator]]
input = "open-interest"
effect = "lift"
from = "40000000"
to = "100000000"
[[schedule.maintenance.term]]
curve = "brackets"
apply = "marginal"
rows = [ { from = "0", rate = "0.004" }, { from = "50000", rate = "0.005" }, { from = "250000", rate = "0.01" } ]
[schedule.caps]
open_interest = "500000000"
[[market]]
name = "BTC-PERP"
kind = "linear"
settle = "USD"
schedule = "main"
price_digits = 1
size_digits = 4
price_max = "100000"
size_max = "100"
[[market]]
name = "ETH-PERP"
kind = "linear"
settle = "USD"
schedule = "main"
price_digits = 1
size_digits = 4
price_max = "100000"
size_max = "100"
)";

ParameterSet read(const std::string& text) {
    auto set = formats::read_parameter_set(text, "p.toml");
    if (!set) ADD_FAILURE() << to_string(set.error().front());
    return set.value_or(ParameterSet{});
}

/// The difference after replacements, as lines.
std::vector<std::string> lines(std::initializer_list<std::pair<std::string, std::string>> changes) {
    std::string text = base;
    for (const auto& [what, with] : changes) {
        const std::size_t at = text.find(what);
        EXPECT_NE(at, std::string::npos) << what;
        if (at != std::string::npos) text.replace(at, what.size(), with);
    }
    const std::string all = to_string(diff(read(base), read(text)));
    std::vector<std::string> found;
    for (std::size_t from = 0; from < all.size(); from = all.find('\n', from) + 1)
        found.push_back(all.substr(from, all.find('\n', from) - from));
    return found;
}

}  // namespace

TEST(PARAM_009, a_tier_is_named_by_the_markets_that_use_it) {
    EXPECT_THAT(
        lines({{"rate = \"0.01\"", "rate = \"0.012\""}}),
        ElementsAre("BTC-PERP, ETH-PERP tier 3: maintenance 1 % → 1.2 % (tighter)", "BTC-PERP maintenance margin: tighter",
                    "BTC-PERP closeout margin: tighter", "ETH-PERP maintenance margin: tighter", "ETH-PERP closeout margin: tighter"));
    EXPECT_THAT(lines({{"leverage = \"20\"", "leverage = \"22.5\""}}).at(0), "BTC-PERP, ETH-PERP tier 3: initial 20x → 22.5x (looser)");
}

TEST(PARAM_009, ramps_weights_and_limits_read_as_figures) {
    EXPECT_THAT(lines({{"from = \"40000000\"\nto = \"100000000\"", "from = \"30000000\"\nto = \"80000000\""}}),
                ElementsAre("BTC-PERP, ETH-PERP open interest ramp: 40,000,000–100,000,000 → 30,000,000–80,000,000 (tighter)",
                            "BTC-PERP initial margin: tighter", "ETH-PERP initial margin: tighter"));
    EXPECT_THAT(lines({{"weight = \"0.95\"", "weight = \"0.90\""}}), ElementsAre("asset BETH weight 0.95 → 0.9 (tighter)"));
    EXPECT_THAT(lines({{"open_interest = \"500000000\"", "position = \"1000000\""}}),
                ElementsAre("BTC-PERP, ETH-PERP position limit none → 1,000,000 (tighter)",
                            "BTC-PERP, ETH-PERP open interest limit 500,000,000 → none (looser)"));
}

TEST(PARAM_009, rows_that_come_and_go_are_matched_by_where_they_start) {
    EXPECT_THAT(lines({{"{ from = \"50000\", rate = \"0.005\" }, ", ""}}).at(0),
                "BTC-PERP, ETH-PERP tier from 50,000: maintenance removed: 0.5 % (looser)");
    EXPECT_THAT(lines({{"{ from = \"50000\", rate = \"0.005\" }",
                        "{ from = \"50000\", rate = \"0.005\" }, { from = \"100000\", rate = \"0.0075\" }"}})
                    .at(0),
                "BTC-PERP, ETH-PERP tier from 100,000: maintenance added: 0.75 % (tighter)");
}

TEST(PARAM_009, markets_and_overrides_come_and_go) {
    EXPECT_THAT(lines({{"name = \"ETH-PERP\"", "name = \"SOL-PERP\""}}), ElementsAre("market ETH-PERP removed", "market SOL-PERP added"));
    EXPECT_THAT(lines({{"[[market]]", "[[override]]\naccount = \"whale\"\nmarket = \"BTC-PERP\"\nmargin_multiplier = \"2\"\n[[market]]"}}),
                ElementsAre("account whale in market BTC-PERP margin multiplier added: 2 (tighter)"));
}

TEST(PARAM_010, a_verdict_weighs_all_changes_of_a_market) {
    EXPECT_THAT(lines({{"rate = \"0.004\"", "rate = \"0.003\""}, {"rate = \"0.01\"", "rate = \"0.012\""}}),
                ElementsAre("BTC-PERP, ETH-PERP tier 1: maintenance 0.4 % → 0.3 % (looser)",
                            "BTC-PERP, ETH-PERP tier 3: maintenance 1 % → 1.2 % (tighter)", "BTC-PERP maintenance margin: mixed",
                            "BTC-PERP closeout margin: mixed", "ETH-PERP maintenance margin: mixed", "ETH-PERP closeout margin: mixed"));
    EXPECT_THAT(lines({{"size_max = \"100\"", "size_max = \"100\"\nmargin_multiplier = \"1.5\""}}),
                ElementsAre("BTC-PERP margin multiplier 1 → 1.5 (tighter)", "BTC-PERP initial margin: tighter",
                            "BTC-PERP maintenance margin: tighter", "BTC-PERP closeout margin: tighter"));
}

TEST(PARAM_010, a_schedule_that_asks_the_same_has_no_verdict) {
    EXPECT_THAT(lines({{"id = \"main\"", "id = \"main\"\nversion = 2"}}), ElementsAre("BTC-PERP, ETH-PERP schedule version 1 → 2"));
}

TEST(PARAM_009, a_set_does_not_differ_from_itself) {
    for_cases(
        [](Random& random) -> std::string {
            const ParameterSet set = SetGenerator(random).set();
            const SetDiff found = diff(set, set);
            return found.empty() && found.verdicts.empty() ? "" : to_string(found);
        },
        1000);
}

TEST(PARAM_009, every_change_that_the_hash_sees_is_told) {
    for_cases(
        [&](Random& random) -> std::string {
            const ParameterSet set = SetGenerator(random).set();
            const Change& change =
                all_changes()[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(all_changes().size()) - 1))];
            ParameterSet changed = set;
            if (!change.apply(changed, random)) return "";
            if (hash_of(changed) == hash_of(set)) return "";
            return diff(set, changed).empty() ? std::string("nothing is told of a change of ") + change.name : "";
        },
        40);
}

}  // namespace plimsoll::testing
