#include "plimsoll/account/collateral.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/money/reciprocal.hpp"
#include "plimsoll/money/root.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }
constexpr std::int64_t one18 = 1'000'000'000'000'000'000;

int value_digits(const ValueScales& scales) { return scales.asset_digits + scales.price_digits; }

/// A decimal of the data at `digits`; what is finer is dropped (checked when the set is loaded).
Wide at_digits(const Decimal& d, int digits) {
    return d.digits <= digits ? Wide{d.raw} * pow10(digits - d.digits) : d.raw / pow10(d.digits - digits);
}

/// ceil(sqrt(value)) of what outgrows the 128 bits of square_root(); value < 2^250.
UWide wide_root_up(const Natural256& value) {
    UWide root = 0;
    for (int bit = 124; bit >= 0; --bit) {
        const UWide candidate = root | UWide{1} << bit;
        if (multiply(candidate, candidate) <= value) root = candidate;
    }
    return multiply(root, root) == value ? root : root + 1;
}

/// top / (1 + factor * sqrt(amount)), 10^-18, rounded down.
Wide root_weight18(const RootDiscount& root, int asset_digits, Amount amount) {
    const UWide factor18 = u(at_digits(root.factor, digits_max));
    const Natural256 radicand = (Natural256(factor18) * factor18 * u(amount.raw())).divided_up_by_pow10(asset_digits);
    const UWide discount = radicand.fits_uwide() ? square_root(radicand.to_uwide(), Toward::up) : wide_root_up(radicand);
    return static_cast<Wide>(mul_div(u(Wide{root.top.raw()}) * 1'000'000'000u, one18, one18 + discount, Toward::down));
}

/// 1 - clamp(slope * amount, least, most), 10^-18, rounded down.
Wide linear_weight18(const LinearDiscount& linear, int asset_digits, Amount amount) {
    const Wide slope18 = at_digits(linear.slope, digits_max);
    const Natural256 product = multiply(u(slope18), u(amount.raw())).divided_up_by_pow10(asset_digits);
    const Wide least = Wide{linear.least.raw()} * rate_one;
    const Wide most = Wide{linear.most.raw()} * rate_one;
    const Wide discount = product > Natural256(u(most)) ? most : static_cast<Wide>(product.to_uwide());
    return one18 - std::clamp(discount, least, most);
}

/// value * weight in 10^-9 of the value's last place: the marginal tiers, or the plain weight where there are none.
Wide tiered(const WeightCurve& curve, int digits, Wide value) {
    if (curve.tiers.empty()) return value * curve.weight.raw();
    Wide sum = 0;
    for (std::size_t i = 0; i < curve.tiers.size(); ++i) {
        const Wide from = at_digits(curve.tiers[i].from, digits);
        const bool last = i + 1 == curve.tiers.size();
        const Wide to = last ? value : std::min(value, at_digits(curve.tiers[i + 1].from, digits));
        if (to > from) sum += (to - from) * std::min(curve.weight, curve.tiers[i].weight).raw();
    }
    return sum;
}

Wide weighted_down(Wide value, Wide weight18) { return static_cast<Wide>(mul_div(u(value), u(weight18), rate_one, Toward::down)); }

}  // namespace

Wide collateral_value(const WeightCurve& curve, const ValueScales& scales, Amount amount, Price price, Wide venue_total) {
    PLIM_ASSERT(amount.raw() >= 0 && price.raw() >= 0);
    const int digits = value_digits(scales);
    const Wide value = Wide{amount.raw()} * price.raw();
    PLIM_ASSERT(value <= notional_max);
    Wide weighted = tiered(curve, digits, value);  // 10^-(digits + 9)
    if (curve.root) weighted = std::min(weighted, weighted_down(value, root_weight18(*curve.root, scales.asset_digits, amount)));
    if (curve.linear) weighted = std::min(weighted, weighted_down(value, linear_weight18(*curve.linear, scales.asset_digits, amount)));

    const int shift = digits + rate_digits - scales.numeraire_digits;
    PLIM_ASSERT(shift >= 0);
    if (!curve.venue_scale_start) return static_cast<Wide>(pow10_reciprocal(shift).divide_down(u(weighted)));  // weighted < 2^120
    Natural256 result(u(weighted));
    const UWide start = u(at_digits(*curve.venue_scale_start, digits));
    const Natural256 total = multiply(u(venue_total), u(Wide{price.raw()}));
    if (total > Natural256(start)) result = divide(result * start, total.to_uwide(), Toward::down);
    return static_cast<Wide>(result.divided_down_by_pow10(shift).to_uwide());
}

Wide liability_value(Rate weight, const ValueScales& scales, Wide amount, Price price) {
    PLIM_ASSERT(amount >= 0 && price.raw() >= 0);
    const int shift = value_digits(scales) + rate_digits - scales.numeraire_digits;
    PLIM_ASSERT(shift >= 0);
    const Wide value = fits_int64(amount) ? amount * price.raw() : wide_max;
    if (value <= notional_max && weight <= multiplier_max)
        return static_cast<Wide>(pow10_reciprocal(shift).divide_up(u(value * weight.raw())));
    const Natural256 exact = Natural256(u(amount)) * u(Wide{price.raw()}) * u(Wide{weight.raw()});
    return static_cast<Wide>(exact.divided_up_by_pow10(shift).to_uwide());
}

}  // namespace plimsoll
