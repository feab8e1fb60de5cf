#include "plimsoll/stress/extract.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace plimsoll::stress {
namespace {

TEST(STR_001, the_published_bounds_come_out) {
    // Of the incident files: 4,040,000 spent on a push to 23.822 times the price.
    const double depth = 4'040'000 / (100 * std::log(23.822));
    EXPECT_EQ(std::round(manipulation_bound({depth, 23.8220, 1, 1, {}})), 177'022);
    EXPECT_EQ(std::round(manipulation_bound({depth, 1.5, 1, 1, {}})), 1'033'290);
    EXPECT_EQ(std::round(manipulation_bound({2'000'000, 1.01, 1, 1, {}})), 199'006'617);
}

TEST(STR_001, the_formula_is_what_trying_finds) {
    std::mt19937 random(4);
    const auto draw = [&](double low, double high) { return low * std::pow(high / low, static_cast<double>(random() % 10'000) / 1e4); };
    int pays = 0;
    for (int i = 0; i < 2'000; ++i) {
        Target target{draw(1e3, 1e7), 1 + draw(0.01, 20), draw(0.05, 1), static_cast<std::uint32_t>(1 + random() % 8), {}};
        const double base = draw(0.002, 0.3);
        const double slope = draw(1e-11, 1e-7);
        if (i % 4 != 0) target.margin = calibrate::by_worth([=](double n) { return n * std::min(1.0, base + slope * n); });
        const double open_interest = draw(1e3, 1e9);
        const Attack formula = best_attack(target, open_interest);
        const Attack tried = searched_attack(target, open_interest);
        EXPECT_GE(formula.value(), tried.value() - 1e-9 * open_interest) << "nobody does better than the formula says";
        EXPECT_NEAR(formula.value(), tried.value(), 1e-6 * open_interest + 1e-6);
        pays += formula.value() > 0;
    }
    EXPECT_GT(pays, 100);
    EXPECT_LT(pays, 1'900);
}

TEST(STR_001, below_the_safe_open_interest_nothing_pays_and_above_it_something_does) {
    std::mt19937 random(6);
    const auto draw = [&](double low, double high) { return low * std::pow(high / low, static_cast<double>(random() % 10'000) / 1e4); };
    int found = 0;
    for (int i = 0; i < 300; ++i) {
        Target target{draw(1e3, 1e6), 1 + draw(0.05, 5), 1, 1, {}};
        const double base = draw(0.002, 0.2);
        const double slope = draw(1e-10, 1e-7);
        target.margin = calibrate::by_worth([=](double n) { return n * std::min(1.0, base + slope * n); });
        const auto safe = safe_open_interest(target, 1e10);
        if (!safe) {
            for (double n = 10; n < 1e10; n *= 3) EXPECT_LE(best_attack(target, n).value(), 0);
            continue;
        }
        ++found;
        for (double n = *safe; n > 1; n /= 1.7) EXPECT_LE(best_attack(target, n).value(), 1e-6 * n);
        EXPECT_GT(best_attack(target, *safe * 1.001).value(), 0);
        EXPECT_GE(*safe * 1.0001, manipulation_bound(target)) << "margin that is left behind only helps";
    }
    EXPECT_GT(found, 50);
}

TEST(STR_001, what_a_venue_can_turn_lowers_what_can_be_taken) {
    Target target{50'000, 3, 1, 1, calibrate::by_worth([](double n) { return n * 0.05; })};
    const double as_it_is = best_attack(target, 1e7).value();
    EXPECT_GT(as_it_is, 0);
    Target slower = target;
    slower.push_most = 1.3;
    Target weighted = target;
    weighted.profit_weight = 0;
    Target dearer = target;
    dearer.margin = calibrate::by_worth([](double n) { return n; });
    Target deeper = target;
    deeper.depth_per_percent *= 10;
    for (const Target& better : {slower, weighted, dearer, deeper}) EXPECT_LT(best_attack(better, 1e7).value(), as_it_is);
    EXPECT_LE(best_attack(weighted, 1e12).value(), 0) << "a gain on paper that backs nothing cannot be taken";
    EXPECT_FALSE(safe_open_interest(weighted, 1e12));
    // A margin that grows with size is got round by splitting, unless owners' accounts are charged together.
    Target grows = target;
    grows.margin = calibrate::by_worth([](double n) { return n * std::min(1.0, 0.01 + n / 1e7); });
    const double together = best_attack(grows, 1e7).value();
    grows.accounts_most = 64;
    const Attack split = best_attack(grows, 1e7);
    EXPECT_GT(split.value(), together);
    EXPECT_EQ(split.accounts, 64u);
}

}  // namespace
}  // namespace plimsoll::stress
