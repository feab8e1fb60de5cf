// Closing prices of one market and what may be seen of them at a time. Doubles are fine here: what is computed becomes margin only after it was
// rounded to rates, and those are judged exactly.
#pragma once

#include "plimsoll/series/bars.hpp"

#include <cmath>
#include <map>
#include <span>
#include <vector>

namespace plimsoll::calibrate {

using series::Bar;

/// Bars up to a time and nothing later: an estimator is given this and cannot look ahead.
class Past {
public:
    explicit Past(std::span<const Bar> bars) : bars_(bars) {}

    std::span<const Bar> bars() const { return bars_; }
    bool empty() const { return bars_.empty(); }
    const Bar& last() const { return bars_.back(); }

    /// Simple returns between closes `every` bars apart, counted back from the last bar; the latest `most` of them, oldest first. Returns of
    /// neighbours do not overlap.
    std::vector<double> returns(std::size_t every, std::size_t most) const;
    /// Mean turnover of a day, quote currency, over the latest `days` whole days. Units  `step`: seconds between bars.
    double daily_turnover(std::int64_t step, std::size_t days) const;

private:
    std::span<const Bar> bars_;
};

/// The largest fall and rise over windows, as losses of a long and of a short.
struct Worst {
    double down = 0;
    double up = 0;
};

/// All bars of a market, to be looked at as of a time. Several threads may ask, once each length of worst_window() was asked for.
class Prices {
public:
    explicit Prices(std::vector<Bar> bars, std::int64_t step) : bars_(std::move(bars)), step_(step) {}

    /// Bars that have closed by `ts`: their open time and their step are not after it.
    Past as_of(std::int64_t ts) const;
    Past all() const { return Past(bars_); }
    std::span<const Bar> bars() const { return bars_; }
    std::int64_t step() const { return step_; }
    /// Over windows of `length` bars that end within a past of this market, by closes before and highs and lows in it. The first question about a length
    /// looks at every bar, each later one at none.
    Worst worst_window(const Past& past, std::size_t length) const;
    /// Bars in a time of so many seconds; at least one.
    std::size_t bars_in(std::int64_t seconds) const { return static_cast<std::size_t>(std::max<std::int64_t>(1, seconds / step_)); }

private:
    std::vector<Bar> bars_;
    std::int64_t step_;
    mutable std::map<std::size_t, std::vector<Worst>> worst_;  // by length: the worst up to and with each bar
};

}  // namespace plimsoll::calibrate
