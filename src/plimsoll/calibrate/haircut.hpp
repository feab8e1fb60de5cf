// What a collateral is worth when it has to be sold: the move until it is, and the cost of selling all that the venue holds of it.
#pragma once

#include "plimsoll/calibrate/curve.hpp"

#include <string>

namespace plimsoll::calibrate {

struct HaircutAsked {
    double held = 0;             // value of all of it on the venue, at most; quote currency
    std::size_t tiers = 6;
    double concentration = 0;    // share of its supply in few hands, or of its supply that the venue would hold
    double concentration_most = 0.5;  // at or above it the weight is 0
};

/// The weight of a further unit when so much is held on the whole venue.
struct HaircutTier {
    double from = 0;
    double weight = 0;
};
struct Haircut {
    double move = 0;             // q_alpha over the time of its liquidation at no size, with the stress floor
    double joint = 0;  // wrong-way part: by how much more it falls on the days on which the position loses; 0 without a position
    std::vector<HaircutTier> tiers;
    double held = 0;             // up to which they were asked for
    bool depth_known = false;
};

/// 1 - H(V) = (1 - q(h(V))) (1 - C(V)); q is at least the worst move on record times the appetite's stress weight. Weights fall with V and are rounded down to
/// whole per cents; what depth does not hold is worth nothing.
///
/// `position`: prices of what it would be collateral for, on the same bars; the quantile is then that of the collateral's fall on the days in the worst twentieth of the
/// position, when that is larger. Errors  those of measure().
Result<Haircut> haircut(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs,
                        const HaircutAsked& asked, const Prices* position = nullptr);

/// Mean weight of so much, by the tiers as marginal weights.
double weight_of(const Haircut& haircut, double held);
/// What a parameter set can say of it: a weight for every account, and the value on the whole venue from which it falls so that all of it together counts no more. Tiers of
/// a set look at one account alone, and would let many accounts count what one could not.
///
/// Shape  at no holding do all accounts together count more than by weight_of(); of all such lines the one whose worst share of it is largest. Rounding  of the weight: down
///        to a whole per cent.
struct VenueWeight {
    double weight = 0;
    double scale_start = 0;
};
VenueWeight venue_weight(const Haircut& haircut);
/// As the line `weight` of an asset in a parameter set.
std::string to_toml(const Haircut& haircut);

}  // namespace plimsoll::calibrate
