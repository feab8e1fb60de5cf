// The incidents through the engine: losses with the controls off, and what each control leaves of them.
#include "plimsoll/stress/incident_replay.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "support/incident_files.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace plimsoll::stress {
namespace {

using testing::incident_of;
using testing::incident_reference;
using testing::incidents_folder;

constexpr Wide unit = 10'000;  // one of the quote asset

std::vector<Incident> all_incidents() {
    std::vector<Incident> all;
    for (const auto& entry : std::filesystem::directory_iterator(incidents_folder))
        if (entry.path().extension() == ".json") all.push_back(incident_of(entry.path().stem().string()));
    std::sort(all.begin(), all.end(), [](const Incident& a, const Incident& b) { return a.id < b.id; });
    return all;
}

const EngineRun& run_of(const EngineReplay& replay, const std::string& control) {
    const auto found = std::find_if(replay.runs.begin(), replay.runs.end(), [&](const EngineRun& r) { return r.control == control; });
    if (found == replay.runs.end()) throw std::runtime_error("no run is called " + control);
    return *found;
}

void expect_near(Wide got, std::int64_t expected, std::int64_t within, const char* what) {
    EXPECT_LE(abs(got - expected * unit), within * unit) << what << ": " << format_decimal_short(got, figure_digits);
}

TEST(INC_004, what_a_flat_rate_leaves_uncovered_is_what_the_engine_books) {
    for (const char* id :
         {"2023-11-17-dydx-yfi", "2022-11-22-aave-crv", "2021-03-26-archegos-credit-suisse", "2025-08-26-hyperliquid-xpl"}) {
        const Incident given = incident_of(id);
        const IncidentRow row = replay_row(given, incident_reference());
        const EngineRun off = engine_replay(given, incident_reference()).runs.front();
        const std::int64_t accounts = given.replay->accounts.value_or(1);
        ASSERT_TRUE(row.flat.uncovered && row.flat.asked && off.asked) << id;
        EXPECT_LE(abs(*off.asked - *row.flat.asked), accounts * unit) << id;
        // The table leaves the position with what was asked; the engine with the collateral that really stood behind it.
        const Wide beyond = std::max<Wide>(0, figure(*given.replay->collateral) - *row.flat.asked);
        EXPECT_LE(abs(off.loss() - std::max<Wide>(0, *row.flat.uncovered - beyond)), accounts * unit) << id;
    }
}

TEST(INC_004, yfi_the_fund_pays_what_a_hundred_accounts_leave) {
    const EngineReplay replay = engine_replay(incident_of("2023-11-17-dydx-yfi"), incident_reference());
    const EngineRun& off = replay.runs.front();
    expect_near(off.paid.fund, 12'500'000, 0, "the fund pays");
    EXPECT_EQ(off.ledger.ended[static_cast<std::size_t>(Outcome::resolved)], 100U);
    EXPECT_EQ(off.paid.shared() + off.paid.booked, 0);
}

TEST(INC_004, mango_paper_profit_is_carried_off_as_a_loan) {
    const EngineRun off = engine_replay(incident_of("2022-10-11-mango-mngo"), incident_reference()).runs.front();
    expect_near(off.extracted(), 116'000'000, 0, "taken");
    expect_near(off.loss(), 116'000'000, 1, "lost by the others");
}

TEST(INC_004, eth_the_hole_is_as_deep_as_the_vault_said) {
    const EngineRun off = engine_replay(incident_of("2025-03-12-hyperliquid-eth-whale"), incident_reference()).runs.front();
    expect_near(off.withdrawn, 17'090'000, 0, "taken out");
    expect_near(off.extracted(), 1'860'000, 0, "beyond the deposit");  // the venue speaks of 1.8 million
    expect_near(off.loss(), 4'000'000, 100, "left to others");
}

TEST(INC_004, jelly_the_backstop_loses_what_the_pump_gains) {
    const EngineRun off = engine_replay(incident_of("2025-03-26-hyperliquid-jelly"), incident_reference()).runs.front();
    EXPECT_GE(off.backstop, 10'630'000 * unit);  // published: 10.63 to 13.5 million
    EXPECT_LE(off.backstop, 13'500'000 * unit);
    EXPECT_EQ(off.ledger.to_backstop, 1U);
}

TEST(INC_005, every_required_control_is_switched_or_said_to_lie_outside) {
    for (const Incident& given : all_incidents()) {
        const EngineReplay replay = engine_replay(given, incident_reference());
        if (replay.runs.empty()) {
            EXPECT_FALSE(replay.why_none.empty()) << given.id;
            continue;
        }
        for (const std::string& control : given.required_controls) {
            const bool run = std::any_of(replay.runs.begin(), replay.runs.end(), [&](const EngineRun& r) { return r.control == control; });
            const bool told =
                std::any_of(replay.outside.begin(), replay.outside.end(), [&](const OutsideControl& o) { return o.control == control; });
            EXPECT_NE(run, told) << given.id << " " << control;
        }
    }
}

/// The list is closed: what is not in it is switched, or lies outside for a reason of its own.
TEST(INC_005, the_controls_without_a_recipe_are_these) {
    std::set<std::string> without;
    for (const Incident& given : all_incidents())
        for (const OutsideControl& control : engine_replay(given, incident_reference()).outside)
            if (control.why.find("no recipe of its own") != std::string::npos) without.insert(control.control);
    EXPECT_THAT(without,
                ::testing::UnorderedElementsAre("size_and_days_to_exit_im", "remargin_live_positions", "limit_breach_is_blocking",
                                                "hard_position_cap", "fast_parameter_path", "outside_price_clamp", "adl_fairness"));
}

TEST(INC_005, no_control_makes_it_worse_and_all_of_them_leave_nothing_to_extract) {
    for (const Incident& given : all_incidents()) {
        const EngineReplay replay = engine_replay(given, incident_reference());
        if (replay.runs.empty()) continue;
        for (const EngineRun& run : replay.runs) {
            EXPECT_LE(run.loss(), replay.runs.front().loss() + unit) << given.id << " " << run.control;
            EXPECT_LE(run.extracted(), replay.runs.front().extracted()) << given.id << " " << run.control;
        }
        EXPECT_EQ(replay.runs.back().extracted(), 0) << given.id;
    }
}

TEST(INC_005, where_scaling_is_said_to_stop_it_nothing_is_lost_with_all_controls) {
    for (const Incident& given : all_incidents()) {
        const EngineReplay replay = engine_replay(given, incident_reference());
        if (replay.runs.empty() || given.replay->verdict != "stopped") continue;
        EXPECT_LT(replay.runs.back().loss(), unit) << given.id;
    }
}

TEST(INC_005, profit_on_paper_that_counts_for_nothing_ends_mango_alone) {
    const EngineReplay replay = engine_replay(incident_of("2022-10-11-mango-mngo"), incident_reference());
    EXPECT_EQ(run_of(replay, "upnl_weight").extracted(), 0);
    EXPECT_EQ(run_of(replay, "upnl_weight").loss(), 0);
    // Caps and clamps bound it below what moving the price had cost, 4.04 million.
    EXPECT_LT(run_of(replay, "price_velocity_clamp").loss(), 4'040'000 * unit);
    EXPECT_LT(run_of(replay, "oi_cap_vs_manipulation_cost").loss(), 4'040'000 * unit);
}

TEST(INC_005, of_the_whale_neither_the_gate_nor_the_table_alone_is_both) {
    const EngineReplay replay = engine_replay(incident_of("2025-03-12-hyperliquid-eth-whale"), incident_reference());
    expect_near(run_of(replay, "size_scaled_im").opened, 150'000'000, 1, "the table's cliff");
    EXPECT_GT(run_of(replay, "size_scaled_im").loss(), 1'000'000 * unit);  // what it admits can still be emptied
    EXPECT_EQ(run_of(replay, "withdrawal_check_at_im").withdrawn, 0);
    EXPECT_EQ(run_of(replay, "withdrawal_check_at_im").loss(), 0);
}

TEST(INC_006, splitting_multiplies_what_a_table_per_account_lets_in_and_not_what_one_per_group_does) {
    const EngineReplay replay = engine_replay(incident_of("2023-11-17-dydx-yfi"), incident_reference());
    ASSERT_EQ(replay.splits.size(), 4U);
    const std::int64_t alone[] = {10, 20, 50, 100};  // million: the tiers of 1x, 2x to 4x, 5x and 10x
    for (std::size_t i = 0; i < replay.splits.size(); ++i) {
        EXPECT_EQ(replay.splits[i].accounts, pow10_64(static_cast<int>(i)));
        expect_near(replay.splits[i].alone, alone[i] * 1'000'000, replay.splits[i].accounts, "each alone");
        expect_near(replay.splits[i].grouped, 10'000'000, replay.splits[i].accounts, "one group");
    }
}

}  // namespace
}  // namespace plimsoll::stress
