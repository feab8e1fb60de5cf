#include "plimsoll/calibrate/haircut.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/plot/page.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace plimsoll::calibrate {

namespace {

/// Falls of the collateral over windows in which the position lost most, either way.
std::vector<double> falls_beside(const Past& collateral, const Past& position, std::int64_t step, std::size_t length) {
    std::map<std::int64_t, double> closes;
    for (const Bar& bar : position.bars()) closes[bar.ts] = bar.close;
    std::vector<std::pair<double, double>> both;  // move of the position, fall of the collateral
    const auto bars = collateral.bars();
    for (std::size_t i = length; i < bars.size(); i += length) {
        const Bar& from = bars[i - length];
        const auto before = closes.find(from.ts), after = closes.find(bars[i].ts);
        if (before == closes.end() || after == closes.end() || bars[i].ts - from.ts != static_cast<std::int64_t>(length) * step) continue;
        both.emplace_back(after->second / before->second - 1, 1 - bars[i].close / from.close);
    }
    std::vector<double> moves;
    moves.reserve(both.size());
    for (const auto& [move, fall] : both) moves.push_back(move);
    std::vector<double> falls;
    if (both.size() < 100) return falls;
    constexpr double tail = 0.05;
    const double low = quantile(moves, tail), high = quantile(moves, 1 - tail);
    for (const auto& [move, fall] : both)
        if (move <= low || move >= high) falls.push_back(fall);
    return falls;
}

/// Edges of tiers: the smallest a sixty-fourth of the whole.
std::vector<double> edges_of(double held, std::size_t tiers) {
    std::vector<double> edges{0};
    for (std::size_t i = 1; i <= tiers; ++i)
        edges.push_back(held * std::exp2(6 * (static_cast<double>(i) / static_cast<double>(tiers) - 1)));
    return edges;
}

double whole_percent(double weight) { return std::floor(std::max(0.0, weight) * 100 + 1e-9) / 100; }

}  // namespace

Result<Haircut> haircut(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs,
                        const HaircutAsked& asked, const Prices* position) {
    PLIM_ASSERT(asked.held > 0 && asked.tiers > 0);
    const auto measured = measure(prices, as_of, appetite, inputs);
    if (!measured) return fail(measured.error());
    const MarginCurve curve(*measured, appetite, inputs);
    Haircut result;
    result.held = asked.held;
    result.depth_known = !measured->depth.empty();
    result.move = measured->volatility;
    if (position != nullptr) {
        const auto falls = falls_beside(prices.as_of(as_of), position->as_of(as_of), prices.step(), prices.bars_in(appetite.horizon_s));
        if (!falls.empty()) result.joint = std::max(0.0, quantile(falls, appetite.coverage) - result.move);
    }
    // What all of it fetches when so much is sold; what depth does not hold fetches nothing.
    double most_known = asked.held;
    if (result.depth_known) most_known = std::min(most_known, measured->depth.most());
    const auto fetched = [&](double value) {
        const double sold = std::min(value, most_known);
        const MarginCurve::Parts parts = curve.initial_parts(sold);
        const double move = std::min(1.0, parts.volatility / (1 + appetite.buffer) + result.joint);
        return sold * (1 - move) * (1 - std::min(1.0, parts.liquidity + parts.spread_and_fee));
    };
    const std::vector<double> edges = edges_of(asked.held, asked.tiers);
    double weight = 1;
    double charged = 0;  // by the tiers so far
    double most = 0;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        // More of it never fetches less: nobody has to sell the rest.
        most = std::max(most, fetched(edges[i + 1]));
        weight = std::min(weight, whole_percent((most - charged) / (edges[i + 1] - edges[i])));
        if (asked.concentration >= asked.concentration_most) weight = 0;
        charged += weight * (edges[i + 1] - edges[i]);
        if (!result.tiers.empty() && result.tiers.back().weight == weight) continue;
        result.tiers.push_back({edges[i], weight});
    }
    return result;
}

double weight_of(const Haircut& haircut, double held) {
    double sum = 0;
    for (std::size_t i = 0; i < haircut.tiers.size(); ++i) {
        const double to = i + 1 < haircut.tiers.size() ? std::min(held, haircut.tiers[i + 1].from) : held;
        if (to > haircut.tiers[i].from) sum += haircut.tiers[i].weight * (to - haircut.tiers[i].from);
    }
    return held > 0 ? sum / held : 0;
}

VenueWeight venue_weight(const Haircut& haircut) {
    const double first = haircut.tiers.front().weight;
    if (first <= 0) return {0, haircut.held};
    VenueWeight best{first, haircut.tiers.size() > 1 ? std::floor(haircut.tiers[1].from) : haircut.held};
    double best_share = 0;
    const double all = weight_of(haircut, haircut.held) * haircut.held;
    for (std::size_t i = 1; i <= haircut.tiers.size(); ++i) {
        const double start = std::floor(i < haircut.tiers.size() ? haircut.tiers[i].from : haircut.held);
        const double weight = whole_percent(weight_of(haircut, start));
        // Below the start a little counts for less than it could, above it all does.
        const double share = std::min(weight / first, weight * start / all);
        if (share <= best_share) continue;
        best = {weight, start};
        best_share = share;
    }
    return best;
}

std::string to_toml(const Haircut& haircut) {
    const VenueWeight line = venue_weight(haircut);
    if (line.weight <= 0) return "weight = \"0\"\n";
    return "weight = { base = \"" + plot::fixed(line.weight, 2) + "\", venue_scale_start = \"" + plot::fixed(line.scale_start, 0) +
           "\" }\n";
}

}  // namespace plimsoll::calibrate
