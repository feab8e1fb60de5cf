// The public disasters, re-entered under incidents/, come out as their files say.
#include "plimsoll/stress/incident_replay.hpp"
#include "plimsoll/stress/price_source.hpp"
#include "support/incident_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace plimsoll::stress {
namespace {

using testing::incident_reference;
using testing::incidents_folder;
using testing::load_json;

std::vector<Incident> incidents() {
    std::vector<Incident> all;
    for (const auto& entry : std::filesystem::directory_iterator(incidents_folder)) {
        if (entry.path().extension() != ".json") continue;
        auto read = read_incident(load_json(entry.path()), entry.path().filename().string());
        if (!read) throw std::runtime_error(to_string(read.error().front()));
        all.push_back(std::move(*read));
    }
    std::sort(all.begin(), all.end(), [](const Incident& a, const Incident& b) { return a.id < b.id; });
    return all;
}

TEST(INC_001, every_reference_check_about_schedules_collateral_and_caps_comes_out_as_given) {
    const Reference given = incident_reference();
    int passed = 0;
    int waiting = 0;
    for (const Incident& incident : incidents()) {
        for (const CheckOutcome& outcome : run_checks(incident, given)) {
            (outcome.status == CheckStatus::passed ? passed : waiting) += outcome.status == CheckStatus::failed ? 0 : 1;
            EXPECT_NE(outcome.status, CheckStatus::failed) << incident.id << " " << outcome.schedule << " " << outcome.reason;
            for (const CheckField& field : outcome.fields)
                EXPECT_TRUE(field.same) << incident.id << " " << outcome.schedule << " " << field.name << ": expected " << field.expected
                                        << ", got " << field.got;
        }
    }
    EXPECT_EQ(passed + waiting, 45);
    EXPECT_EQ(waiting, 0);
}

/// What a check of this text is answered, field by field.
std::map<std::string, std::string> answers_of(const std::string& check) {
    const std::string file = R"({"schema":"plimsoll-incident/1","id":"drill","title":"A drill","date":"2026-01-01","venue":"ours",
        "kind":["drill"],"facts":{"position":{"value":"1000","source":"made up","confidence":"stated"}},"derived":{},
        "would_scaling_have_stopped_it":"a drill","required_controls":["none"],"reference_checks":[)" +
                             check + "]}";
    const auto document = text::parse_json(file, "drill.json");
    if (!document) throw std::runtime_error(to_string(document.error()));
    const auto incident = read_incident(*document, "drill.json");
    if (!incident) throw std::runtime_error(to_string(incident.error().front()));
    std::map<std::string, std::string> answers;
    const auto outcomes = run_checks(*incident, incident_reference());
    for (const CheckField& field : outcomes.front().fields) answers[field.name] = field.got;
    return answers;
}

using Fields = std::map<std::string, std::string>;

TEST(INC_001, a_feed_is_judged_by_its_age_and_its_floor) {
    const auto feed = [](const std::string& price, const std::string& age) {
        return answers_of(R"({"schedule":"FEED_RULE","params":{"max_age_seconds":60,"reject_at_min_answer":true},
            "inputs":{"price":")" +
                          price + R"(","age_seconds":)" + age + R"(,"min_answer":"0.107"},
            "expect":{"usable":true,"new_risk_allowed":true,"reduce_only_allowed":true}})");
    };
    const Fields fine{{"usable", "true"}, {"new_risk_allowed", "true"}, {"reduce_only_allowed", "true"}};
    const Fields reducing{{"usable", "false"}, {"new_risk_allowed", "false"}, {"reduce_only_allowed", "true"}};
    EXPECT_EQ(feed("0.108", "60"), fine);
    EXPECT_EQ(feed("0.108", "61"), reducing);
    EXPECT_EQ(feed("0.107", "0"), reducing);
    EXPECT_EQ(feed("5000", "0"), Fields{}) << "beyond the drill's prices: unreadable, not a crash";
}

TEST(INC_001, profit_on_paper_is_carried_off_only_where_it_counts) {
    const auto carried = [](const std::string& weight) {
        return answers_of(R"({"schedule":"UPNL_WEIGHT","params":{"w_upnl_for_withdrawal_and_borrow":")" + weight + R"("},
            "inputs":{"N":"1000000","r":"20"},"expect":{"extractable":"0"}})")["extractable"];
    };
    EXPECT_EQ(carried("0"), "0");
    EXPECT_GT(std::stoll(carried("1")), 5'000'000);
}

TEST(INC_001, liquidations_take_the_stated_share_of_the_bids) {
    const auto paced = [](const std::string& share) {
        return answers_of(R"({"schedule":"LIQUIDATION_RATE","params":{"max_fraction_of_visible_bids_per_step":")" + share + R"("},
            "inputs":{"pending":"1000000","bids":"200000"},"expect":{"first_step_notional":"0","never_exceeds_visible_depth":true}})");
    };
    EXPECT_EQ(paced("0.1"), (Fields{{"first_step_notional", "20000"}, {"never_exceeds_visible_depth", "true"}}));
    EXPECT_EQ(paced("1"), (Fields{{"first_step_notional", "200000"}, {"never_exceeds_visible_depth", "true"}}));
}

TEST(INC_002, splitting_over_accounts_evades_a_table_read_per_account_and_not_one_read_together) {
    for (const Incident& incident : incidents()) {
        if (incident.id != "2023-11-17-dydx-yfi") continue;
        const IncidentRow row = replay_row(incident, incident_reference());
        EXPECT_EQ(row.flat.asked, row.per_account.asked);
        EXPECT_EQ(row.per_account.uncovered, Wide{12'500'000} * 10'000);
        EXPECT_EQ(row.together.largest, Wide{10'000'000} * 10'000);
        EXPECT_EQ(row.together.uncovered, 0);
    }
}

TEST(INC_003, a_price_rule_is_exact_and_says_what_it_does_not_understand) {
    const PriceSources sources{{"own", {65, 2}}, {"other", {92, 2}}, {"redemption", {1, 0}}};
    EXPECT_EQ(choose_price("median(own, other, redemption)", sources), (Decimal{92, 2}));
    EXPECT_EQ(choose_price("max(own, min(other, redemption)*0.98)", sources), (Decimal{9016, 4}));
    EXPECT_FALSE(choose_price("median(own, other)", sources));
    EXPECT_FALSE(choose_price("own +", sources));
    EXPECT_FALSE(choose_price("", sources));
    EXPECT_FALSE(choose_price(std::string(1000, '('), sources));
}

}  // namespace
}  // namespace plimsoll::stress
