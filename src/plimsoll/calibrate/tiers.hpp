// The smallest table of tiers above a curve.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace plimsoll::calibrate {

/// A tier: from which notional on, and the rate of the units in it, in thousandths of a per cent.
struct Tier {
    double from = 0;
    std::int64_t rate = 0;
    friend bool operator==(const Tier&, const Tier&) = default;
};
inline constexpr double rate_unit = 1e-5;

struct TierTable {
    std::vector<Tier> tiers;
    double cap = 0;   // the last tier ends here
    double cost = 0;  // integral of (rate of the next unit - what the curve asks for it) over the logarithm of the notional

    /// Marginal: each tier charges the units in it. Share of the notional.
    double effective(double notional) const;
};

/// The notionals and rates that a table may have.
struct Round {
    std::vector<double> edges;          // rising, the first above 0
    std::vector<std::int64_t> rates;    // rising
};
/// 1, 1.5, 2, 3, 5 and 7 times powers of ten from `least` to below `cap`; rates in steps that grow with them, 0.1 % at first, 5 % at last.
Round round_figures(double least, double cap);

/// Of all tables with at most `tiers` tiers, edges and rates out of `round`, whose marginal charge is nowhere below curve(Q) Q on (0, cap], the cheapest, by
/// dynamic programming over edges. Rates rise from tier to tier.
///
/// Errors  asserted: tiers > 0, cap > 0. A curve that asks more than the largest rate for the next unit is charged the largest rate.
TierTable fit_tiers(const std::function<double(double)>& curve, double cap, std::size_t tiers, const Round& round);

}  // namespace plimsoll::calibrate
