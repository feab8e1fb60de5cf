#include "plimsoll/stress/incident_attack.hpp"

#include "support/incident_files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace plimsoll::stress {
namespace {

using testing::incident_of;
using testing::incident_reference;

double value_of(const IncidentAttack& attack, const std::string& control) {
    for (const AttackRow& row : attack.rows)
        if (row.control == control) return row.plan.value();
    ADD_FAILURE() << "no row " << control;
    return -1;
}

TEST(STR_007, the_verdicts_of_the_files_come_out) {
    const Reference& known = incident_reference();
    for (const char* id : {"2022-10-11-mango-mngo", "2023-11-17-dydx-yfi", "2025-03-26-hyperliquid-jelly", "2025-08-26-hyperliquid-xpl",
                           "2022-09-18-gmx-avax"}) {
        const Incident incident = incident_of(id);
        // What is assumed of depth decides nothing.
        for (const double depth_times : {0.25, 1.0, 2.0}) {
            const IncidentAttack attack = attack_of(incident, known, depth_times);
            ASSERT_FALSE(attack.rows.empty()) << id << ": " << attack.why_none;
            EXPECT_EQ(attack.verdict, incident.replay->verdict) << id << " at " << depth_times;
            EXPECT_GT(value_of(attack, "controls off"), 0) << id;
            EXPECT_EQ(value_of(attack, "all together"), 0) << id << " at " << depth_times;
            for (const AttackRow& row : attack.rows)
                EXPECT_LE(row.plan.value(), value_of(attack, "controls off") * (1 + 1e-9)) << id << " " << row.control;
        }
    }
}

TEST(STR_007, the_figures_are_those_of_the_incidents) {
    const Reference& known = incident_reference();
    const auto of = [&](const std::string& id) { return attack_of(incident_of(id), known); };
    const IncidentAttack mango = of("2022-10-11-mango-mngo");
    // A push to 7.3 times would have been enough for what was there to take; they pushed to 23.8.
    EXPECT_NEAR(value_of(mango, "controls off"), 116e6 - 100 * 12'742 * std::log(1 + 116 / 18.4506) - 3'690'120, 1e5);
    EXPECT_EQ(value_of(mango, "upnl_weight"), 0);
    EXPECT_EQ(value_of(mango, "oi_cap_vs_manipulation_cost"), 0);
    EXPECT_NEAR(mango.rows[1].open_interest, 7'771'238, 2) << "the largest position of the reference check";
    const IncidentAttack jelly = of("2025-03-26-hyperliquid-jelly");
    EXPECT_GT(value_of(jelly, "scaling"), 0.4 * value_of(jelly, "controls off")) << "cut by about a third, and no more";
    EXPECT_EQ(value_of(jelly, "short_side_stress_above_100pct"), 0);
    const IncidentAttack avax = of("2022-09-18-gmx-avax");
    EXPECT_NEAR(value_of(avax, "controls off"), 500'000 - 10'000, 1'000) << "a round of 1 %; the file says 400,000 to 565,000";
    EXPECT_EQ(value_of(avax, "scaling"), value_of(avax, "controls off")) << "the margin is handed back";
    EXPECT_FALSE(of("2018-09-10-nasdaq-clearing-aas").why_none.empty());
}

}  // namespace
}  // namespace plimsoll::stress
