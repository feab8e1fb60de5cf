// Collateral weights as data: what one unit of an asset counts for, falling with the amount held by the account and by the
// whole venue.
#pragma once

#include "plimsoll/money/count.hpp"
#include "plimsoll/money/limits.hpp"
#include "plimsoll/money/text.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll {

/// From a value (numeraire) upward, each further unit counts `weight`.
struct WeightTier {
    Decimal from;
    Rate weight;
    friend bool operator==(const WeightTier&, const WeightTier&) = default;
};

/// weight = top / (1 + factor * sqrt(amount)).
struct RootDiscount {
    Rate top = hundred_percent;
    Decimal factor;
    friend bool operator==(const RootDiscount&, const RootDiscount&) = default;
};

/// weight = 1 - clamp(slope * amount, least, most). It must not grow beyond 1/2 within amount_max: a larger balance would be
/// worth less. Without a slope it is the same for every amount.
struct LinearDiscount {
    Decimal slope;
    Rate least;
    Rate most;
    friend bool operator==(const LinearDiscount&, const LinearDiscount&) = default;
};

/// The least of all that is given counts; `venue_scale_start` then scales it by min(1, start / value held venue-wide).
struct WeightCurve {
    Rate weight;                    // at no size
    std::vector<WeightTier> tiers;  // marginal, by the value held; the first from 0
    std::optional<RootDiscount> root;
    std::optional<LinearDiscount> linear;
    std::optional<Decimal> venue_scale_start;
    friend bool operator==(const WeightCurve&, const WeightCurve&) = default;
};

/// What an asset is worth as collateral or costs as a liability.
///
/// Units  prices are numeraire per unit of the asset at `price_digits`.
struct AssetPrice {
    Price mark;
    Price smoothed;

    constexpr Price low() const { return mark < smoothed ? mark : smoothed; }
    constexpr Price high() const { return mark < smoothed ? smoothed : mark; }
};

struct ValueScales {
    int asset_digits = 0;
    int price_digits = 0;
    int numeraire_digits = 0;
};

/// The collateral value of `amount` >= 0.
///
/// Units     numeraire's last place; `venue_total` is what all accounts hold, in the asset's last place.
/// Shape     zero at zero; never decreases in amount (a root or linear weight: but for its own rounding); never increases
///           in the venue-wide total. It never decreases in price either, except that scaling by a venue-wide value
///           together with tiers can take more from a dearer asset than the price adds.
/// Rounding  down, once, for plain weights and tiers; a root or linear weight is itself rounded down at 10^-18.
/// Errors    none for what weight_faults() and the domain of the asset let through; asserted.
/// Source    spec/ACCT-002; the forms are OKX's discount tiers, FTX's and Drift's root, Synthetix' slope, Mango's scale.
Wide collateral_value(const WeightCurve& curve, const ValueScales& scales, Amount amount, Price price, Wide venue_total);

/// The bounds of the asset that a curve weighs; they are inside the declared domain.
struct WeightedAsset {
    int digits = 0;
    int price_digits = 0;
    Amount amount_max;
};

/// One thing that is wrong with a weight curve, in the words of a finding. `part` is "tier 2", "root", "linear",
/// "venue_scale_start", or empty for the plain weight.
struct WeightFault {
    std::string code;
    std::string part;
    std::string message;
    std::string cure;
};

/// Why a weight curve is refused: everything that is wrong with it; empty when it is fine. The only judge: validation reports
/// what it says and a context refuses what it refuses.
///
/// Source  spec/ACCT-007.
std::vector<WeightFault> weight_faults(const WeightCurve& curve, const WeightedAsset& asset);

/// What owing `amount` >= 0 costs: amount * price * weight, rounded up.
Wide liability_value(Rate weight, const ValueScales& scales, Wide amount, Price price);

}  // namespace plimsoll
