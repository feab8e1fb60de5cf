#include "plimsoll/calibrate/liquidity.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/calibrate/estimate.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::calibrate {

Walk walk(std::span<const series::Level> levels, double mid, double notional) {
    Walk result;
    double costs = 0;
    for (const series::Level& level : levels) {
        const double here = std::min(level.price * level.size, notional - result.filled);
        costs += here * std::abs(level.price / mid - 1);
        result.filled += here;
        if (result.filled >= notional) break;
    }
    result.executable = result.filled >= notional;
    result.cost = result.filled > 0 ? costs / result.filled : 0;
    return result;
}

DepthCurve::DepthCurve(std::vector<series::Band> bands) : bands_(std::move(bands)) {
    PLIM_ASSERT(!bands_.empty());
    for (std::size_t i = 1; i < bands_.size(); ++i) PLIM_ASSERT(bands_[i].notional >= bands_[i - 1].notional);
}

std::optional<double> DepthCurve::cost(double notional) const {
    if (notional > most()) return std::nullopt;
    double taken = 0;
    double distance = 0;
    double costs = 0;
    for (const series::Band& band : bands_) {
        const double here = std::min(band.notional, notional) - taken;
        const double room = band.notional - taken;
        if (here > 0) {
            // Evenly filled: the last unit taken lies as far into the band as the part of it that is taken.
            const double end = distance + (band.within - distance) * here / room;
            costs += here * (distance + end) / 2;
        }
        taken = band.notional;
        distance = band.within;
        if (taken >= notional) break;
    }
    return notional > 0 ? costs / notional : 0;
}

double DepthCurve::within(double distance) const {
    double before = 0;
    double at = 0;
    for (const series::Band& band : bands_) {
        if (distance < band.within) return before + (band.notional - before) * (distance - at) / (band.within - at);
        before = band.notional;
        at = band.within;
    }
    return before;
}

DepthCurve DepthCurve::scaled(double share) const {
    std::vector<series::Band> bands = bands_;
    for (series::Band& band : bands) band.notional *= share;
    return DepthCurve(std::move(bands));
}

void DepthHistory::add(const series::DepthLook& look) {
    if (columns_.empty())
        for (const series::Band& band : look.bids) columns_.push_back({band.within, {}, {}});
    if (look.bids.size() != columns_.size() || look.asks.size() != columns_.size()) return;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        columns_[i].bids.push_back(look.bids[i].notional);
        columns_[i].asks.push_back(look.asks[i].notional);
    }
    ++looks_;
}

DepthCurve DepthHistory::at(double q) const {
    PLIM_ASSERT(looks_ > 0);
    std::vector<series::Band> bands;
    double before = 0;
    for (const Column& column : columns_) {
        // Quantiles of cumulative figures may shrink where their order over time differs.
        before = std::max(before, std::min(quantile(column.bids, q), quantile(column.asks, q)));
        bands.push_back({column.within, before});
    }
    return DepthCurve(std::move(bands));
}

std::optional<double> fitted_impact(const series::Book& book, double daily_sigma, double daily_turnover) {
    if (daily_sigma <= 0 || daily_turnover <= 0) return std::nullopt;
    const double mid = (book.bids.front().price + book.asks.front().price) / 2;
    double sum = 0;
    int count = 0;
    for (double notional = 1e6; notional <= 1e9; notional *= 2) {
        for (const auto* side : {&book.bids, &book.asks}) {
            const Walk walked = walk(*side, mid, notional);
            if (!walked.executable) continue;
            sum += walked.cost / (daily_sigma * std::sqrt(notional / daily_turnover));
            ++count;
        }
    }
    return count == 0 ? std::nullopt : std::optional(sum / count);
}

void SteadyDepth::look(std::span<const series::Level> levels) {
    latest_.assign(levels.begin(), levels.end());
    std::map<double, double>& sizes = looks_.emplace_back();
    for (const series::Level& level : levels) sizes[level.price] += level.size;
    if (looks_.size() > age_) looks_.pop_front();
}

std::vector<series::Level> SteadyDepth::counted() const {
    std::vector<series::Level> levels;
    if (looks_.size() < age_) return levels;
    double total = 0;
    for (const series::Level& level : latest_) {
        double stood = level.size;
        for (const auto& sizes : looks_) {
            const auto found = sizes.find(level.price);
            stood = std::min(stood, found == sizes.end() ? 0 : found->second);
        }
        if (stood <= 0) continue;
        levels.push_back({level.price, stood});
        total += level.price * stood;
    }
    for (series::Level& level : levels) level.size = std::min(level.size, share_most_ * total / level.price);
    return levels;
}

}  // namespace plimsoll::calibrate
