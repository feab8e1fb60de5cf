#include "plimsoll/stress/path.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/stress/draw.hpp"

#include <algorithm>
#include <cmath>
#include <deque>

namespace plimsoll::stress {

Path path_of(std::span<const series::Bar> bars, std::int64_t step_s, bool wicks) {
    PLIM_ASSERT(step_s > 0);
    Path path;
    if (bars.empty()) return path;
    const std::int64_t start = bars.front().ts;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const series::Bar& bar = bars[i];
        // Where the next bar comes sooner than the step says, it ends this one.
        const std::int64_t length = (i + 1 < bars.size() ? std::min(step_s, bars[i + 1].ts - bar.ts) : step_s) * 1000;
        const std::int64_t ms = (bar.ts - start) * 1000;
        const bool fell = bar.close < bar.open;
        if (wicks) {
            path.push_back({ms, bar.open});
            path.push_back({ms + length / 4, fell ? bar.high : bar.low});
            path.push_back({ms + length / 2, fell ? bar.low : bar.high});
            path.push_back({ms + length * 3 / 4, bar.close});
        } else {
            if (path.empty()) path.push_back({0, bar.open});
            path.push_back({ms + length, bar.close});
        }
    }
    return path;
}

namespace {

/// Both on the times of both, each as it was last; `set` puts a multiple of the other's first price into a point.
template <class Set>
Path merged(const Path& market, const Path& other, const Set& set) {
    Path both;
    auto next = market.begin();
    auto beside = other.begin();
    PathPoint now;
    double multiple = 1;
    while (next != market.end() || beside != other.end()) {
        const bool is_market = next != market.end() && (both.empty() || beside == other.end() || next->ms <= beside->ms);
        if (is_market) now = *next++;
        else now.ms = beside->ms;
        for (; beside != other.end() && beside->ms <= now.ms; ++beside) multiple = beside->price / other.front().price;
        both.push_back(now);
        set(both.back(), multiple);
    }
    return both;
}

}  // namespace

Path with_pledged(const Path& market, const Path& pledged) {
    if (market.empty() || pledged.empty()) return market;
    return merged(market, pledged, [](PathPoint& point, double multiple) { point.pledged = multiple; });
}

Path with_beside(const Path& market, const Path& other) {
    PLIM_ASSERT(!market.empty() && !other.empty());
    return merged(market, other, [](PathPoint& point, double multiple) { point.beside.push_back(multiple); });
}

void pledge_along(Path& path, double beta) {
    for (PathPoint& point : path) point.pledged = std::pow(point.price / path.front().price, beta);
}

void apply_leaving(Path& path, const Leaving& leaving) {
    // Largest and smallest price of the window, each kept as a queue of candidates.
    std::deque<std::size_t> high;
    std::deque<std::size_t> low;
    for (std::size_t i = 0; i < path.size(); ++i) {
        while (!high.empty() && path[high.back()].price <= path[i].price) high.pop_back();
        while (!low.empty() && path[low.back()].price >= path[i].price) low.pop_back();
        high.push_back(i);
        low.push_back(i);
        while (path[high.front()].ms < path[i].ms - leaving.window_ms) high.pop_front();
        while (path[low.front()].ms < path[i].ms - leaving.window_ms) low.pop_front();
        const double move = path[high.front()].price / std::max(path[low.front()].price, 1e-300) - 1;
        const double gone = leaving.at_move > 0 ? std::min(1.0, move / leaving.at_move) : 1.0;
        path[i].left = std::lerp(1.0, leaving.least, gone);
    }
}

namespace {

/// A jump that has begun spreads over so many steps, most of it at first.
constexpr double jump_fades = 0.75;

class Jump {
public:
    Jump(const DrawnDay& day, std::int64_t steps, Draw& draw) {
        if (!draw.chance(day.jump_chance)) return;
        begins_ = static_cast<std::int64_t>(draw.below(static_cast<std::size_t>(steps)));
        left_ = draw.pareto(day.jump_least, day.jump_tail) * (draw.chance(day.jump_down) ? -1 : 1);
    }
    double at(std::int64_t step) {
        if (step < begins_) return 0;
        const double now = left_ * (1 - jump_fades);
        left_ -= now;
        return now;
    }

private:
    std::int64_t begins_ = 0;
    double left_ = 0;
};

}  // namespace

Path drawn_day(const DrawnDay& day, std::uint64_t seed) {
    PLIM_ASSERT(day.step_ms > 0 && day.length_ms >= day.step_ms && day.tail > 2);
    constexpr double memory = 0.94;
    Draw draw(seed);
    const std::int64_t steps = day.length_ms / day.step_ms;
    const double variance = day.daily_sigma * day.daily_sigma * static_cast<double>(day.step_ms) / 86'400'000;
    const double unit = std::sqrt((day.tail - 2) / day.tail);  // a t of variance 1
    Jump jump(day, steps, draw);
    double log_price = std::log(day.price);
    double own = variance;
    Path path{{0, day.price}};
    for (std::int64_t i = 1; i <= steps; ++i) {
        const double step = std::sqrt((variance + own) / 2) * unit * draw.student(day.tail);
        own = memory * own + (1 - memory) * step * step;
        log_price += step + jump.at(i);
        path.push_back({i * day.step_ms, std::exp(log_price)});
    }
    return path;
}

Path resampled_day(std::span<const double> log_returns, const DrawnDay& day, std::size_t piece, std::uint64_t seed,
                   std::span<const double> pledged_returns, std::span<const std::vector<double>> beside_returns) {
    PLIM_ASSERT(!log_returns.empty() && piece > 0 && day.step_ms > 0);
    PLIM_ASSERT(pledged_returns.empty() || pledged_returns.size() == log_returns.size());
    for (const std::vector<double>& returns : beside_returns) PLIM_ASSERT(returns.size() == log_returns.size());
    Draw draw(seed);
    double log_price = std::log(day.price), log_pledged = 0;
    std::size_t at = draw.below(log_returns.size());
    Path path{{0, day.price, 1, 1, std::vector<double>(beside_returns.size(), 1.0)}};
    for (std::int64_t ms = day.step_ms; ms <= day.length_ms; ms += day.step_ms) {
        log_price += log_returns[at];
        if (!pledged_returns.empty()) log_pledged += pledged_returns[at];
        path.push_back({ms, std::exp(log_price), 1, std::exp(log_pledged), path.back().beside});
        for (std::size_t i = 0; i < beside_returns.size(); ++i) path.back().beside[i] *= std::exp(beside_returns[i][at]);
        at = draw.chance(1.0 / static_cast<double>(piece)) ? draw.below(log_returns.size()) : (at + 1) % log_returns.size();
    }
    return path;
}

double fall_of(const Path& path) {
    double peak = 0;
    double worst = 0;
    for (const PathPoint& point : path) {
        peak = std::max(peak, point.price);
        if (peak > 0) worst = std::max(worst, 1 - point.price / peak);
    }
    return worst;
}

}  // namespace plimsoll::stress
