#include "plimsoll/calibrate/tiers.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace plimsoll::calibrate {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr int points_a_piece = 24;  // at which the curve is looked at between two edges

/// Between two neighbouring edges: the most that the curve asks for a further unit, and what it asks over the logarithm of the notional.
struct Piece {
    double slope = 0;
    double asked = 0;    // integral of the slope
    double length = 0;   // logarithm of the ratio of its ends
};

/// The first piece begins at nothing; its length is counted from a thousandth of its end.
Piece piece_between(const std::function<double(double)>& curve, double from, double to) {
    Piece piece;
    const double begin = from > 0 ? from : to / 1000;
    piece.length = std::log(to / begin);
    double before = from > 0 ? from : 0;
    double charged_before = before > 0 ? curve(before) * before : 0;
    for (int i = 1; i <= points_a_piece; ++i) {
        const double at = begin * std::exp(piece.length * i / points_a_piece);
        const double charged = curve(at) * at;
        const double slope = (charged - charged_before) / (at - before);
        piece.slope = std::max(piece.slope, slope);
        piece.asked += std::max(0.0, slope) * piece.length / points_a_piece;
        before = at;
        charged_before = charged;
    }
    return piece;
}

std::int64_t rate_above(double share, const std::vector<std::int64_t>& rates) {
    // A hair of slack, so that a figure that is round already stays.
    const auto wanted = static_cast<std::int64_t>(std::ceil(share / rate_unit - 1e-6));
    const auto found = std::lower_bound(rates.begin(), rates.end(), wanted);
    return found == rates.end() ? rates.back() : *found;
}

/// The cheapest way to cover the pieces up to each edge with so many tiers.
class Program {
public:
    Program(const std::vector<Piece>& pieces, const std::vector<std::int64_t>& rates, std::size_t tiers) : pieces_(pieces), rates_(rates) {
        const std::size_t n = pieces.size();
        best_.assign(tiers + 1, std::vector<double>(n + 1, never));
        from_.assign(tiers + 1, std::vector<std::size_t>(n + 1, 0));
        best_[0][0] = 0;
        for (std::size_t k = 1; k <= tiers; ++k)
            for (std::size_t end = k; end <= n; ++end) extend(k, end);
    }
    double cost(std::size_t tiers) const { return best_[tiers].back(); }
    /// The pieces at which its tiers begin.
    std::vector<std::size_t> beginnings(std::size_t tiers) const {
        std::vector<std::size_t> result;
        for (std::size_t k = tiers, end = pieces_.size(); k > 0; --k) {
            end = from_[k][end];
            result.push_back(end);
        }
        std::reverse(result.begin(), result.end());
        return result;
    }
    std::int64_t rate(std::size_t begin, std::size_t end) const {
        double slope = 0;
        for (std::size_t i = begin; i < end; ++i) slope = std::max(slope, pieces_[i].slope);
        return rate_above(slope, rates_);
    }

private:
    /// Tries every beginning of the k-th tier that ends at `end`.
    void extend(std::size_t k, std::size_t end) {
        double slope = 0;
        double asked = 0;
        double length = 0;
        for (std::size_t begin = end; begin-- > k - 1;) {
            slope = std::max(slope, pieces_[begin].slope);
            asked += pieces_[begin].asked;
            length += pieces_[begin].length;
            const double rate = static_cast<double>(rate_above(slope, rates_)) * rate_unit;
            const double cost = best_[k - 1][begin] + rate * length - asked;
            if (cost < best_[k][end]) {
                best_[k][end] = cost;
                from_[k][end] = begin;
            }
        }
    }

    const std::vector<Piece>& pieces_;
    const std::vector<std::int64_t>& rates_;
    std::vector<std::vector<double>> best_;  // by tiers and edge
    std::vector<std::vector<std::size_t>> from_;
};

}  // namespace

double TierTable::effective(double notional) const {
    double charged = 0;
    for (std::size_t i = 0; i < tiers.size() && tiers[i].from < notional; ++i) {
        const double end = i + 1 < tiers.size() ? std::min(notional, tiers[i + 1].from) : notional;
        charged += static_cast<double>(tiers[i].rate) * rate_unit * (end - tiers[i].from);
    }
    return notional > 0 ? charged / notional : 0;
}

Round round_figures(double least, double cap) {
    Round round;
    const auto first = static_cast<int>(std::floor(std::log10(least)));
    const auto last = static_cast<int>(std::floor(std::log10(cap)));
    for (int power = first; power <= last; ++power)
        for (const double digit : {1.0, 1.5, 2.0, 3.0, 5.0, 7.0})
            if (const double edge = std::round(std::pow(10.0, power) * digit); edge >= least && edge < cap) round.edges.push_back(edge);
    const auto add = [&](std::int64_t to, std::int64_t step) {
        for (std::int64_t rate = (round.rates.empty() ? 0 : round.rates.back()) + step; rate <= to; rate += step)
            round.rates.push_back(rate);
    };
    add(2'000, 100);
    add(5'000, 250);
    add(10'000, 500);
    add(25'000, 1'000);
    add(100'000, 5'000);
    return round;
}

TierTable fit_tiers(const std::function<double(double)>& curve, double cap, std::size_t tiers, const Round& round) {
    PLIM_ASSERT(tiers > 0 && cap > 0 && !round.rates.empty());
    std::vector<double> ends;
    for (const double edge : round.edges)
        if (edge < cap) ends.push_back(edge);
    ends.push_back(cap);
    std::vector<Piece> pieces;
    double from = 0;
    double most = 0;
    for (const double to : ends) {
        Piece piece = piece_between(curve, from, to);
        // A unit never costs less than one before it.
        most = piece.slope = std::max(piece.slope, most);
        pieces.push_back(piece);
        from = to;
    }
    const Program program(pieces, round.rates, std::min(tiers, pieces.size()));
    std::size_t used = 1;
    for (std::size_t k = 2; k <= std::min(tiers, pieces.size()); ++k)
        if (program.cost(k) < program.cost(used) - 1e-12) used = k;
    TierTable table;
    table.cap = cap;
    table.cost = program.cost(used);
    const auto beginnings = program.beginnings(used);
    for (std::size_t i = 0; i < beginnings.size(); ++i) {
        const std::size_t end = i + 1 < beginnings.size() ? beginnings[i + 1] : pieces.size();
        const std::int64_t rate = program.rate(beginnings[i], end);
        if (!table.tiers.empty() && table.tiers.back().rate == rate) continue;  // both are the largest
        table.tiers.push_back({beginnings[i] == 0 ? 0 : ends[beginnings[i] - 1], rate});
    }
    return table;
}

}  // namespace plimsoll::calibrate
