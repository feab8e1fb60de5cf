#include "plimsoll/stress/ensemble.hpp"

#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/venue_desk.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace plimsoll::stress {
namespace {

Crash small_crash() {
    Scene scene;
    scene.set = bare_venue("stress", flat_scheme({5, 2}), Price::from_raw(100'000 * pow10_64(replay_price_digits)),
                           Size::from_raw(1'000'000 * pow10_64(replay_size_digits)));
    scene.set.liquidation.intervals_max = 5;
    scene.crowd.owners = 40;
    scene.crowd.capital_most = 1e5;
    scene.fund = 50;
    scene.sources = {{"own", Profile::even(BookSide::bids, 10'000, 1e6), Profile::even(BookSide::asks, 10'000, 1e6), 0, 0, 60'000}};
    auto crash = Crash::make(scene, 100);
    EXPECT_TRUE(crash.has_value());
    return std::move(*crash);
}

Ensemble jumps(std::uint64_t paths, unsigned threads) {
    Ensemble ensemble;
    ensemble.paths = paths;
    ensemble.threads = threads;
    ensemble.asked = "jumps";
    ensemble.path = [](std::uint64_t index) {
        DrawnDay day;
        day.length_ms = 7'200'000;
        day.jump_chance = 1;
        return drawn_day(day, index);
    };
    return ensemble;
}

bool same(const std::vector<Outcome>& a, const std::vector<Outcome>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Outcome& x, const Outcome& y) {
        for (const OutcomeFigure& figure : outcome_figures())
            if (figure.get(x) != figure.get(y)) return false;
        return x.chain == y.chain;
    });
}

TEST(STR_005, outcomes_do_not_depend_on_the_threads) {
    const Crash crash = small_crash();
    const auto one = run_all(crash, jumps(40, 1));
    const auto three = run_all(crash, jumps(40, 3));
    ASSERT_TRUE(one && three);
    EXPECT_TRUE(same(*one, *three));
    EXPECT_FALSE(same(*one, *run_all(crash, jumps(39, 2))));
    const Summary summary = summary_of(*one);
    EXPECT_GT(summary.shortfall.mean, 0);
    EXPECT_GE(summary.cover_2, summary.cover_1);
    EXPECT_GT(summary.ruined, 0);
}

TEST(STR_005, a_run_that_was_broken_off_goes_on) {
    const Crash crash = small_crash();
    const std::string file = ::testing::TempDir() + "paths-kept.txt";
    std::filesystem::remove(file);
    Ensemble ensemble = jumps(12, 2);
    const auto whole = *run_all(crash, ensemble);
    ensemble.kept = file;
    EXPECT_TRUE(same(*run_all(crash, ensemble), whole));
    // A loss of power within a row: what comes after the last whole row is done again.
    std::filesystem::resize_file(file, std::filesystem::file_size(file) * 2 / 3);
    std::atomic<int> again = 0;
    ensemble.path = [&, path = ensemble.path](std::uint64_t index) {
        ++again;
        return path(index);
    };
    EXPECT_TRUE(same(*run_all(crash, ensemble), whole));
    EXPECT_GT(again, 0);
    EXPECT_LT(again, 8);
    again = 0;
    EXPECT_TRUE(same(*run_all(crash, ensemble), whole));
    EXPECT_EQ(again, 0) << "all of it is there";
    ensemble.paths = 20;
    EXPECT_EQ(run_all(crash, ensemble)->size(), 20u);
    EXPECT_EQ(again, 8) << "more of the same question";
    ensemble.asked = "something else";
    EXPECT_NE(to_string(run_all(crash, ensemble).error()).find("another question"), std::string::npos);
    ensemble.kept = "/nowhere/at/all";
    EXPECT_FALSE(run_all(crash, ensemble).has_value());
}

TEST(STR_005, spreads_and_funds) {
    std::vector<double> values;
    for (int i = 100; i >= 1; --i) values.push_back(i);
    const Spread spread = spread_of(values);
    EXPECT_NEAR(spread.mean, 50.5, 1e-9);
    EXPECT_EQ(spread.median, 50);
    EXPECT_EQ(spread.p95, 95);
    EXPECT_EQ(spread.p99, 99);
    EXPECT_EQ(spread.most, 100);

    // One day in ten costs 100: of three days, P(sum >= 200) = 3 * 0.01 * 0.9 + 0.001 = 0.028.
    std::vector<Outcome> outcomes(10);
    outcomes.front().shortfall = 100;
    EXPECT_EQ(fund_for(outcomes, 3, 0.05, 1), 100);
    EXPECT_EQ(fund_for(outcomes, 3, 0.01, 1), 200);
    EXPECT_EQ(fund_for(outcomes, 1, 0.2, 1), 0);
    double before = 0;
    for (std::size_t days = 1; days < 30; ++days) {
        const double fund = fund_for(outcomes, days, 0.01, 1);
        EXPECT_GE(fund, before);
        before = fund;
    }
}

}  // namespace
}  // namespace plimsoll::stress
