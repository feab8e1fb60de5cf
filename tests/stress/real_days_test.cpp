// Real days through the engine, when the public prices lie in the folder that PLIM_SHARED_DATA names; they are not part of this tree.
#include "plimsoll/series/bars.hpp"
#include "plimsoll/stress/crash.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/venue_desk.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace plimsoll::stress {
namespace {

struct RealDay {
    const char* file;
    const char* column;
    std::int64_t from;
    std::int64_t seconds;
    double fall;  // at least
};

constexpr RealDay real_days[] = {
    {"spot_1h_early/ETHUSDT.csv.gz", "", 1'583'971'200, 2 * 86'400, 0.5},               // 2020-03-12
    {"spot_1h/DOGEUSDT.csv.gz", "", 1'621'382'400, 86'400, 0.4},                        // 2021-05-19
    {"spot_1h_early/LUNAUSDT.csv.gz", "", 1'652'054'400, 4 * 86'400, 0.999},            // 2022-05-09 to 12
    {"stress/ftx_20221108_spot_1m.csv.gz", "SOLUSDT", 1'667'946'600, 86'400, 0.3},      // FTX, by minutes
    {"perp_15m/ETHUSDT.csv.gz", "", 1'722'816'000, 86'400, 0.2},                        // 2024-08-05
    {"stress/crash_20251010_1s.csv.gz", "binance-delivery:ATOMUSD_PERP", 1'760'129'400, 3 * 3'600, 0.7},  // 2025-10-10, by seconds
};

Path path_of_day(const std::string& folder, const RealDay& day) {
    std::vector<series::Bar> bars;
    const auto found = series::read_bars(folder + day.file, {day.column, 0}, [&](const series::Bar& bar) {
        if (bar.ts >= day.from && bar.ts < day.from + day.seconds) bars.push_back(bar);
    });
    EXPECT_TRUE(found.has_value()) << (found ? "" : to_string(found.error()));
    Path path = found ? path_of(bars, found->step, true) : Path{};
    apply_leaving(path, {0.1, 0.1, 900'000});
    return path;
}

TEST(STR_009, real_days_end_with_every_account_settled) {
    const char* data = std::getenv("PLIM_SHARED_DATA");
    if (data == nullptr) GTEST_SKIP() << "set PLIM_SHARED_DATA to the folder that holds market/ to run these";
    for (const RealDay& day : real_days) {
        const Path path = path_of_day(std::string(data) + "/market/", day);
        ASSERT_FALSE(path.empty());
        EXPECT_GT(fall_of(path), day.fall) << day.file;
        const double price = path.front().price;
        Scene scene;
        scene.set = bare_venue("day", flat_scheme({1, 1}), Price::from_raw(static_cast<std::int64_t>(price * 50 * 1e7)),
                               Size::from_raw(static_cast<std::int64_t>(1e11 / price * 1e4)));
        scene.set.liquidation.intervals_max = 10;
        scene.crowd.owners = 400;
        scene.sources = {{"own", Profile::even(BookSide::bids, 100'000, 1e8), Profile::even(BookSide::asks, 100'000, 1e8), 0, 0, 60'000}};
        scene.fund = 10'000;
        scene.feed.own_weight = 0.2;
        const auto crash = Crash::make(scene, price);
        ASSERT_TRUE(crash.has_value()) << to_string(crash.error());
        const Outcome outcome = crash->run(path);
        EXPECT_EQ(outcome.unfinished, 0u) << day.file;
        EXPECT_GT(outcome.accounts_liquidated, 100u) << day.file;
        EXPECT_EQ(outcome.booked, 0) << "winners are there who bear it: " << day.file;
        EXPECT_NEAR(outcome.shortfall, outcome.fund_paid + outcome.shared + outcome.booked, 1e-6 * (1 + outcome.shortfall));
        EXPECT_EQ(crash->run(path).chain, outcome.chain) << day.file;
    }
}

}  // namespace
}  // namespace plimsoll::stress
