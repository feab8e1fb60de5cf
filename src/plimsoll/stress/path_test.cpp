#include "plimsoll/stress/path.hpp"

#include "plimsoll/stress/crowd.hpp"
#include "plimsoll/stress/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plimsoll::stress {
namespace {

TEST(STR_003, a_path_passes_everything_that_a_bar_says) {
    const std::vector<series::Bar> bars{{0, 100, 103, 99, 102, 1}, {60, 102, 104, 80, 90, 1}};
    const Path path = path_of(bars, 60, true);
    ASSERT_EQ(path.size(), 8u);
    const std::vector<double> prices{100, 99, 103, 102, 102, 104, 80, 90};
    for (std::size_t i = 0; i < prices.size(); ++i) {
        EXPECT_EQ(path[i].price, prices[i]) << i;
        EXPECT_EQ(path[i].ms, static_cast<std::int64_t>(i) * 15'000);
    }
    EXPECT_DOUBLE_EQ(fall_of(path), 1 - 80.0 / 104);
    const Path closes = path_of(bars, 60, false);
    ASSERT_EQ(closes.size(), 3u);
    EXPECT_EQ(closes.back().price, 90);
    EXPECT_EQ(closes.back().ms, 120'000);
    // Bars by the second with gaps: the first two lie eleven seconds apart, and that is taken for the step.
    const Path uneven =
        path_of(std::vector<series::Bar>{{0, 1, 2, 1, 1, 0}, {11, 1, 2, 1, 1, 0}, {12, 1, 2, 1, 1, 0}, {40, 1, 2, 1, 1, 0}}, 11, true);
    for (std::size_t i = 1; i < uneven.size(); ++i) EXPECT_GT(uneven[i].ms, uneven[i - 1].ms);
}

TEST(STR_003, depth_leaves_with_the_move_and_comes_back) {
    Path path;
    for (int minute = 0; minute < 60; ++minute) path.push_back({minute * 60'000, minute < 20 || minute > 24 ? 100.0 : 95.0});
    apply_leaving(path, {0.2, 0.1, 900'000});
    EXPECT_DOUBLE_EQ(path[10].left, 1);
    EXPECT_NEAR(path[20].left, 1 - 0.8 * (100.0 / 95 - 1) / 0.1, 1e-12) << "half of the move that takes all, and a little";
    EXPECT_DOUBLE_EQ(path[59].left, 1) << "the window has passed over it";
    for (const PathPoint& point : path) {
        EXPECT_GE(point.left, 0.2);
        EXPECT_LE(point.left, 1);
    }
    Path crash{{0, 100}, {1'000, 50}};
    apply_leaving(crash, {0.01, 0.1, 900'000});
    EXPECT_DOUBLE_EQ(crash[1].left, 0.01);
}

TEST(STR_003, drawn_days_are_as_they_were_asked_for) {
    DrawnDay day;
    day.jump_chance = 0;
    day.daily_sigma = 0.04;
    double squares = 0, beyond = 0;
    int steps = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Path path = drawn_day(day, seed);
        ASSERT_EQ(path.size(), 1'441u);
        for (std::size_t i = 1; i < path.size(); ++i) {
            const double step = std::log(path[i].price / path[i - 1].price);
            squares += step * step;
            beyond += std::abs(step) > 4 * 0.04 / std::sqrt(1440.0);
            ++steps;
        }
    }
    EXPECT_NEAR(std::sqrt(squares / 200), 0.04, 0.006);
    EXPECT_GT(beyond / steps, 20 * 6.3e-5) << "tails far fatter than the normal's";
    const Path once = drawn_day(day, 3), again = drawn_day(day, 3), other = drawn_day(day, 4);
    EXPECT_TRUE(std::equal(once.begin(), once.end(), again.begin(), [](const auto& a, const auto& b) { return a.price == b.price; }));
    EXPECT_NE(once.back().price, other.back().price);

    day.jump_chance = 1;
    day.jump_down = 1;
    day.jump_least = 0.2;
    day.daily_sigma = 0.005;
    for (std::uint64_t seed = 0; seed < 50; ++seed) EXPECT_GT(fall_of(drawn_day(day, seed)), 0.1) << "a jump that comes late has begun";
}

TEST(STR_003, resampled_days_are_made_of_the_returns_that_were) {
    const std::vector<double> returns{0.001, -0.002, 0.003, -0.0015, 0.0005};
    DrawnDay day;
    day.length_ms = 3'600'000;
    const Path path = resampled_day(returns, day, 3, 9);
    ASSERT_EQ(path.size(), 61u);
    for (std::size_t i = 1; i < path.size(); ++i) {
        const double step = std::log(path[i].price / path[i - 1].price);
        EXPECT_TRUE(std::any_of(returns.begin(), returns.end(), [&](double r) { return std::abs(r - step) < 1e-12; }));
    }
}

TEST(STR_010, two_paths_on_the_times_of_both) {
    Draw draw(3);
    for (int i = 0; i < 300; ++i) {
        Path market{{0, 100}}, pledged;
        for (std::size_t k = 0; k < draw.below(12); ++k)
            market.push_back({market.back().ms + static_cast<std::int64_t>(1 + draw.below(4)), 100 * draw.uniform()});
        std::int64_t ms = static_cast<std::int64_t>(draw.below(9)) - 4;
        for (std::size_t k = 0; k < 1 + draw.below(12); ++k, ms += static_cast<std::int64_t>(1 + draw.below(4)))
            pledged.push_back({ms, 5 * draw.uniform()});
        const Path both = with_pledged(market, pledged);
        const auto last = [](const Path& of, std::int64_t at, double otherwise) {
            double price = otherwise;
            for (const PathPoint& point : of)
                if (point.ms <= at) price = point.price;
            return price;
        };
        std::vector<std::int64_t> times, seen;
        for (const PathPoint& point : market) times.push_back(point.ms);
        for (const PathPoint& point : pledged)
            if (point.ms > 0) times.push_back(point.ms);
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
        const Path market_beside = with_beside(both, pledged);
        ASSERT_EQ(market_beside.size(), both.size());
        for (std::size_t k = 0; k < both.size(); ++k) {
            EXPECT_EQ(market_beside[k].price, both[k].price);
            EXPECT_EQ(market_beside[k].beside, std::vector{both[k].pledged}) << "the same times, the same rule";
        }
        for (const PathPoint& point : both) {
            seen.push_back(point.ms);
            EXPECT_EQ(point.price, last(market, point.ms, 0));
            EXPECT_EQ(point.pledged, last(pledged, point.ms, pledged.front().price) / pledged.front().price);
        }
        EXPECT_EQ(seen, times);
    }
}

TEST(STR_010, what_fell_together_is_drawn_together) {
    const std::vector<double> returns{0.001, -0.02, 0.003, -0.0015, 0.0005}, beside{-0.5, 0.25, 0.125, 1, -2};
    DrawnDay day;
    day.length_ms = 3'600'000;
    std::vector<double> third = beside;
    for (double& r : third) r *= -0.1;
    const std::vector<std::vector<double>> others{beside, third};
    const Path alone = resampled_day(returns, day, 3, 9), path = resampled_day(returns, day, 3, 9, beside, others);
    ASSERT_EQ(path.size(), alone.size());
    for (std::size_t i = 1; i < path.size(); ++i) {
        EXPECT_EQ(path[i].price, alone[i].price) << "the market's way is what it is without";
        const double step = std::log(path[i].price / path[i - 1].price), other = std::log(path[i].pledged / path[i - 1].pledged);
        EXPECT_NEAR(path[i].beside[0], path[i].pledged, 1e-9 * path[i].pledged);
        EXPECT_NEAR(std::log(path[i].beside[1]), -0.1 * std::log(path[i].pledged), 1e-9);
        bool found = false;
        for (std::size_t k = 0; k < returns.size(); ++k)
            found = found || (std::abs(returns[k] - step) < 1e-9 && std::abs(beside[k] - other) < 1e-9);
        EXPECT_TRUE(found) << step << " " << other;
    }
}

TEST(STR_003, a_crowd_is_as_it_was_asked_for) {
    CrowdShape shape;
    shape.owners = 20'000;
    shape.whales = 2;
    shape.whale_capital = 5e6;
    const std::vector<Agent> crowd = make_crowd(shape, 5);
    ASSERT_EQ(crowd.size(), 20'002u);
    std::vector<double> capital;
    int longs = 0, stops = 0;
    for (std::size_t i = 0; i < shape.owners; ++i) {
        capital.push_back(crowd[i].capital);
        longs += !crowd[i].is_short;
        stops += crowd[i].stop_loss > 0;
        EXPECT_GE(crowd[i].capital, shape.capital_least);
        EXPECT_GE(crowd[i].leverage, shape.leverage_least);
        EXPECT_LE(crowd[i].leverage, shape.leverage_most);
    }
    EXPECT_NEAR(longs / 20'000.0, shape.long_share, 0.02);
    EXPECT_NEAR(stops / 20'000.0, shape.stop_share, 0.02);
    std::sort(capital.rbegin(), capital.rend());
    const double all = std::accumulate(capital.begin(), capital.end(), 0.0);
    EXPECT_GT(std::accumulate(capital.begin(), capital.begin() + 4'000, 0.0) / all, 0.6) << "a fifth has most of it";
    EXPECT_EQ(crowd.back().capital, 5e6);
    EXPECT_FALSE(crowd.back().is_short);
    shape.whales_short = true;
    EXPECT_TRUE(make_crowd(shape, 5).back().is_short);
    shape.owners = 10;
    EXPECT_EQ(make_crowd(shape, 5)[9].capital, crowd[9].capital) << "the first of a larger crowd are those of a smaller one";

    EXPECT_DOUBLE_EQ(concentration_of({1, 1, 1, 1}).herfindahl, 0.25);
    EXPECT_DOUBLE_EQ(concentration_of({3, 1, 0}).top_1, 0.75);
    EXPECT_DOUBLE_EQ(concentration_of({}).herfindahl, 0);
}

}  // namespace
}  // namespace plimsoll::stress
