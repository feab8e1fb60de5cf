// What is wrong with a collateral weight, for whoever loads one: a parameter file and a context ask the same judge.
#include "plimsoll/account/collateral.hpp"
#include "plimsoll/money/natural.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr Rate half = Rate::from_raw(rate_one / 2);
constexpr Rate root_top_max = Rate::from_raw(2 * rate_one);
constexpr int root_factor_digits_max = 9;  // a factor stays below 10^9, so that its square times an amount fits 256 bits

bool share(Rate rate) { return rate >= Rate{} && rate <= hundred_percent; }

std::string text_of(const Decimal& d) { return format_decimal_short(d.raw, d.digits); }
std::string text_of(Rate rate) { return format_decimal_short(rate.raw(), rate_digits); }

/// Without trailing zeros of the fraction.
Decimal shortest(Decimal d) {
    while (d.digits > 0 && d.raw % 10 == 0) d = {d.raw / 10, d.digits - 1};
    return d;
}

bool above(const Decimal& a, const Decimal& b) {
    return Wide{a.raw} * pow10(b.digits) > Wide{b.raw} * pow10(a.digits);  // 63 bits and 18 digits: below 2^123
}

class Judge {
public:
    Judge(const WeightCurve& curve, const WeightedAsset& asset) : curve_(curve), asset_(asset) {}

    std::vector<WeightFault> run() {
        if (!figures_have_digits()) return std::move(faults_);
        weight(curve_.weight, "");
        tiers();
        if (curve_.root) root(*curve_.root);
        if (curve_.linear) linear(*curve_.linear);
        if (curve_.venue_scale_start) scale(*curve_.venue_scale_start);
        return std::move(faults_);
    }

private:
    void fault(std::string code, std::string part, std::string message, std::string cure) {
        faults_.push_back({std::move(code), std::move(part), std::move(message), std::move(cure)});
    }

    /// A parameter file holds no others; a program may.
    bool figures_have_digits() {
        const auto check = [&](const Decimal& d, const std::string& part) {
            if (d.digits < 0 || d.digits > digits_max)
                fault("digits-out-of-domain", part, "a figure has between 0 and 18 decimals", "write fewer decimals");
        };
        for (std::size_t i = 0; i < curve_.tiers.size(); ++i) check(curve_.tiers[i].from, tier_name(i));
        if (curve_.root) check(curve_.root->factor, "root");
        if (curve_.linear) check(curve_.linear->slope, "linear");
        if (curve_.venue_scale_start) check(*curve_.venue_scale_start, "venue_scale_start");
        return faults_.empty();
    }

    void weight(Rate weight, const std::string& part) {
        if (!share(weight))
            fault("weight-out-of-range", part, "a weight of " + text_of(weight) + " does not lie between 0 and 1",
                  "write \"0.9\" for 90 %");
    }

    /// A figure that is compared with the value of a holding.
    void value(const Decimal& figure, const std::string& part) {
        const int digits = asset_.digits + asset_.price_digits;
        const Decimal bare = shortest(figure);
        if (bare.digits > digits)
            return fault("too-many-decimals", part,
                         text_of(figure) + " has more decimals than the " + std::to_string(digits) + " of its scale",
                         "write fewer decimals");
        if (bare.raw > notional_max / pow10(std::min(digits - bare.digits, wide_digits_max - 1)))
            fault("out-of-domain", part, text_of(figure) + " is beyond the declared domain", "lower it");
    }

    static std::string tier_name(std::size_t index) { return "tier " + std::to_string(index + 1); }

    void tiers() {
        for (std::size_t i = 0; i < curve_.tiers.size(); ++i) {
            const WeightTier& tier = curve_.tiers[i];
            const std::string part = tier_name(i);
            weight(tier.weight, part);
            value(tier.from, part);
            if (i == 0 && tier.from.raw != 0)
                fault("rows-gap-at-zero", part, "the first tier starts at " + text_of(tier.from) + ", what lies below has no weight",
                      "start the first tier at 0");
            if (i == 0) continue;
            if (!above(tier.from, curve_.tiers[i - 1].from))
                fault("rows-out-of-order", part, "starts at " + text_of(tier.from) + ", not above the tier before",
                      "sort the tiers and drop overlaps");
            if (curve_.tiers[i - 1].weight < tier.weight)
                fault("weights-not-falling", part, "its weight is above that of the tier before",
                      "a larger holding never counts for more per unit");
        }
    }

    /// A top above 1 leaves small amounts at the plain weight, which bounds the value.
    void root(const RootDiscount& r) {
        if (r.factor.raw <= 0)
            fault("factor-degenerate", "root", "a factor of 0 discounts nothing", "give a factor above 0 or drop the root");
        else if (above(r.factor, {pow10_64(root_factor_digits_max), 0}))
            fault("factor-out-of-domain", "root", "a factor of " + text_of(r.factor) + " is above 10^9", "lower it");
        if (r.top <= Rate{} || r.top > root_top_max)
            fault("weight-out-of-range", "root", "its top of " + text_of(r.top) + " does not lie above 0 and at most at 2",
                  "write \"1.1\"");
    }

    void linear(const LinearDiscount& l) {
        weight(l.least, "linear least");
        weight(l.most, "linear most");
        if (l.slope.raw < 0 || (l.slope.raw == 0 && l.least.raw() == 0))
            return fault("slope-degenerate", "linear", "a slope of 0 discounts nothing", "give a slope above 0 or drop the discount");
        if (l.most < l.least) return fault("range-inverted", "linear", "most is below least", "swap them");
        if (falls_somewhere(l))
            fault("collateral-not-monotone", "linear", "beyond a discount of one half more collateral is worth less",
                  "let most be at most \"0.5\", or lower amount_max");
    }

    /// amount * (1 - slope * amount) rises up to a discount of one half and falls beyond it, wherever neither end holds the
    /// discount: between the larger of 1/2 and least, and the smaller of most and what amount_max comes to.
    bool falls_somewhere(const LinearDiscount& l) const {
        const Rate from = std::max(half, l.least);
        const auto u = [](Wide value) { return static_cast<UWide>(value); };
        // slope * amount_max > from, both times 10^(9 + digits of slope and asset): below 2^153 and 2^150.
        const Natural256 largest = multiply(u(l.slope.raw), u(asset_.amount_max.raw())) * u(rate_one);
        const Natural256 bound = multiply(u(from.raw()), u(pow10(asset_.digits))) * u(pow10(l.slope.digits));
        return l.most > from && largest > bound;
    }

    void scale(const Decimal& start) {
        if (start.raw <= 0)
            fault("scale-degenerate", "venue_scale_start", "a scale of 0 would give no weight at all",
                  "leave it out for no scaling by the venue's total");
        value(start, "venue_scale_start");
    }

    const WeightCurve& curve_;
    const WeightedAsset& asset_;
    std::vector<WeightFault> faults_;
};

}  // namespace

std::vector<WeightFault> weight_faults(const WeightCurve& curve, const WeightedAsset& asset) { return Judge(curve, asset).run(); }

}  // namespace plimsoll
