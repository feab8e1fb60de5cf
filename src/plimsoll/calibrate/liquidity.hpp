// What closing a position costs, and how that grows with its size.
#pragma once

#include "plimsoll/series/depth.hpp"

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace plimsoll::calibrate {

/// What walking a book gives. Units  notional in the quote currency; cost as a share of the mid.
struct Walk {
    bool executable = false;  // the book holds all of it; nothing beyond its end is made up
    double filled = 0;
    double cost = 0;          // mean over what was filled
};
/// Fills levels from the best on until `notional` is used.
Walk walk(std::span<const series::Level> levels, double mid, double notional);

/// Cumulative depth of the worse side by distance from the mid.
class DepthCurve {
public:
    DepthCurve() = default;
    /// `bands` by growing distance, cumulative. Errors  asserted: there is one, and none shrinks.
    explicit DepthCurve(std::vector<series::Band> bands);

    bool empty() const { return bands_.empty(); }
    /// Notional that the curve knows of: beyond it nothing is executable.
    double most() const { return bands_.empty() ? 0 : bands_.back().notional; }
    /// Mean cost of taking so much, each band taken as evenly filled; absent: not executable.
    std::optional<double> cost(double notional) const;
    /// Notional within a distance; what the curve does not reach counts as its last band.
    double within(double distance) const;
    /// The same curve with every notional times `share`.
    DepthCurve scaled(double share) const;
    const std::vector<series::Band>& bands() const { return bands_; }

private:
    std::vector<series::Band> bands_;
};

/// Looks at a book over time, as quantiles of each band.
class DepthHistory {
public:
    void add(const series::DepthLook& look);
    std::size_t looks() const { return looks_; }
    /// The quantile over time of each band of each side, the worse side of the two. Errors  asserted: a look was added.
    DepthCurve at(double quantile) const;

private:
    struct Column {
        double within = 0;
        std::vector<double> bids;
        std::vector<double> asks;
    };
    std::vector<Column> columns_;
    std::size_t looks_ = 0;
};

/// Y in cost = Y sigma_d sqrt(Q / ADV), the mean over sizes at which the book is still executable. Absent: it is at none.
std::optional<double> fitted_impact(const series::Book& book, double daily_sigma, double daily_turnover);

/// Depth that an order placed for show cannot raise: of each level what has stood through the latest `age` looks, and of what remains no level more than
/// `share_most` of its side.
class SteadyDepth {
public:
    SteadyDepth(std::size_t age, double share_most) : age_(age), share_most_(share_most) {}

    /// The next look at a side, best first.
    void look(std::span<const series::Level> levels);
    /// What counts now, best first; nothing before `age` looks.
    std::vector<series::Level> counted() const;

private:
    std::size_t age_;
    double share_most_;
    std::deque<std::map<double, double>> looks_;  // size by price, the latest last
    std::vector<series::Level> latest_;
};

}  // namespace plimsoll::calibrate
