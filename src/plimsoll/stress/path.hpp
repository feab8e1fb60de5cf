// How a price goes through a stressed day, and how much of the depth stays with it: from real bars, or drawn under a seed.
#pragma once

#include "plimsoll/series/bars.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll::stress {

/// What the outside says at a time. Units  ms from the start; price of the reference, quote currency; left: share of usual depth that is
/// there; pledged: price of the collateral that is held beside money, as a multiple of what it was at the start; beside: prices of further
/// markets, as multiples of what they were at the start.
struct PathPoint {
    std::int64_t ms = 0;
    double price = 0;
    double left = 1;
    double pledged = 1;
    std::vector<double> beside{};
};
using Path = std::vector<PathPoint>;

/// The path through bars: of each its open, its low and high (the one that lies against the bar's direction first), and its close, spread over the bar. Without
/// wicks the closes alone. Errors  asserted: step_s > 0.
Path path_of(std::span<const series::Bar> bars, std::int64_t step_s, bool wicks);

/// A market's path and that of the collateral, on the times of both: each price is as it was last, the collateral's a multiple of its
/// first. What it does before the market's first time has happened by then.
Path with_pledged(const Path& market, const Path& pledged);
/// A market's path with that of one more beside it, on the times of both, as with_pledged().
Path with_beside(const Path& market, const Path& other);
/// Collateral that moves with the market: by (price / first price)^beta.
void pledge_along(Path& path, double beta);

/// Liquidity that leaves when the price moves: in full at no move, `least` of it once the price has moved by `at_move` within `window_ms`, and in proportion
/// between. It comes back when the window has passed over the move.
struct Leaving {
    double least = 1;
    double at_move = 0.1;
    std::int64_t window_ms = 900'000;
};
void apply_leaving(Path& path, const Leaving& leaving);

/// Days drawn under a seed: returns with fat tails (Student's t) whose scale follows its own past, and a jump that spreads over some minutes.
struct DrawnDay {
    double price = 100;
    double daily_sigma = 0.05;
    double tail = 3.5;  // degrees of freedom, above 2
    double jump_chance = 0.3;  // of one in the day
    double jump_least = 0.05;  // size of a jump as |ln|; Pareto above it
    double jump_tail = 2.5;  // its exponent
    double jump_down = 0.75;  // share of jumps that go down
    std::int64_t step_ms = 60'000;
    std::int64_t length_ms = 86'400'000;
};
/// The same seed gives the same path on the same machine, whatever else is drawn.
Path drawn_day(const DrawnDay& day, std::uint64_t seed);

/// Days put together from pieces of real returns: pieces of a geometric length (mean `piece`) that start anywhere in `returns`
/// (stationary bootstrap). Returns of the collateral and of further markets, where given, are taken from the same times, so that what fell
/// together falls together; they change nothing about the market's. Errors  asserted: there are returns, and as many of the collateral or
/// none.
Path resampled_day(std::span<const double> log_returns, const DrawnDay& day, std::size_t piece, std::uint64_t seed,
                   std::span<const double> pledged_returns = {}, std::span<const std::vector<double>> beside_returns = {});

/// Largest fall from a peak before it, share of the peak.
double fall_of(const Path& path);

}  // namespace plimsoll::stress
