#include "plimsoll/risk/domain.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/risk/requirement.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }

// What the positions of one account can owe or gain together in one asset, with room to spare: a position's profit is at
// most a fifth of amount_max, its requirement at most all of it.
constexpr Wide account_amount_max = 4 * Wide{positions_max} * amount_max.raw();
static_assert(account_amount_max < Wide{1} << 73);

// In the numeraire; what all assets add up to still fits 128 bits.
constexpr Wide liabilities_max = Wide{1} << 110;
static_assert(liabilities_max <= wide_max / (8 * Wide{assets_max}));

bool digits_fit(int digits) { return digits >= 0 && digits <= digits_max; }

/// amount * price in the numeraire's last place stays within `most`.
bool value_fits(Wide amount, Price price, int shift, Wide most) {
    const Natural256 product = Natural256(u(amount)) * u(Wide{price.raw()});
    const Natural256 value = shift >= 0 ? product.divided_up_by_pow10(shift) : product * u(pow10(-shift));
    return value <= Natural256(u(most));
}

bool multiplier_fits(Rate multiplier) { return multiplier >= hundred_percent && multiplier <= multiplier_max; }

bool terms_fit(const PositionTerms& terms) {
    return (terms.multiplier.raw() == 0 || multiplier_fits(terms.multiplier)) && terms.initial_floor.raw() >= 0 &&
           terms.initial_floor <= rate_max;
}

/// The largest |cost| of `size`: at price_max, or for an inverse contract the most it counts for.
Wide cost_max(const Instrument& instrument, Size size) {
    if (instrument.kind == ContractKind::inverse) return size.raw() == 0 ? 0 : inverse_notional_max;
    return notional(instrument, size, instrument.price_max);
}

std::string side_fault(const Instrument& instrument, Size orders, Wide cost, const char* side) {
    const std::string name = std::string("open ") + side;
    if (orders.raw() < 0 || orders.raw() > 2 * Wide{instrument.size_max.raw()}) return name + " are below 0 or beyond twice size_max";
    if (cost < 0 || cost > 2 * cost_max(instrument, std::min(orders, instrument.size_max)))
        return "the cost of " + name + " is below 0 or above what they cost at price_max";
    return {};
}

std::string position_fault(const RiskContext& context, const Position& p) {
    const MarketParams& market = *context.market(p.market).params;
    const Instrument& instrument = market.instrument;
    if (abs(Wide{p.size.raw()}) > instrument.size_max.raw()) return "its size is beyond the market's size_max";
    if ((p.leg == Leg::long_leg && p.size.raw() < 0) || (p.leg == Leg::short_leg && p.size.raw() > 0))
        return "its size has the sign of the other leg";
    if ((p.cost < 0 && p.size.raw() >= 0) || (p.cost > 0 && p.size.raw() <= 0)) return "its cost has not the sign of its size";
    if (abs(p.cost) > cost_max(instrument, p.size)) return "its cost is above what the size costs at price_max";
    if (std::string fault = side_fault(instrument, p.buys, p.buy_cost, "buys"); !fault.empty()) return fault;
    if (std::string fault = side_fault(instrument, p.sells, p.sell_cost, "sells"); !fault.empty()) return fault;
    const WorstFills fills = worst_fills(market.open_orders, p);
    if (abs(Wide{fills.with_buys.raw()}) > instrument.size_max.raw() || abs(Wide{fills.with_sells.raw()}) > instrument.size_max.raw())
        return "filling its orders would exceed the market's size_max";
    if (p.leg == Leg::long_leg && p.sells > p.size) return "its sells exceed the long leg";
    if (p.leg == Leg::short_leg && Wide{p.buys.raw()} > -Wide{p.size.raw()}) return "its buys exceed the short leg";
    if (p.mode == MarginMode::cross && p.isolated_collateral.raw() != 0) return "a cross position has no collateral of its own";
    if (abs(Wide{p.isolated_collateral.raw()}) > amount_max.raw()) return "its collateral is beyond an amount";
    if (market.leverage_max_hundredths != 0 && p.leverage_hundredths > market.leverage_max_hundredths)
        return "its leverage is above the market's maximum";
    return {};
}

/// How a market is held so far.
struct Held {
    std::size_t count = 0;
    std::size_t last = 0;
};

std::string structure_fault(const AccountView& account, std::size_t index, Held& held) {
    const Position& p = account.positions[index];
    const bool first = held.count++ == 0;
    const std::size_t before = held.last;
    held.last = index;
    if (first) return {};
    const Position& other = account.positions[before];
    if (other.leg != Leg::long_leg || p.leg != Leg::short_leg || held.count > 2)
        return "the market is held once, or as a long leg and a short leg in this order";
    if (before + 1 != index) return "the short leg does not follow its long leg";
    if (other.mode != p.mode) return "one leg is isolated and the other is not";
    return {};
}

}  // namespace

std::string asset_fault(const ParameterSet& set, const Asset& asset) {
    if (!digits_fit(asset.digits) || !digits_fit(asset.price_digits)) return "digits lie between 0 and 18";
    if (asset.price_max.raw() <= 0 || asset.amount_max.raw() <= 0 || asset.amount_max > amount_max)
        return "price_max and amount_max lie above 0, and amount_max is at most 2^60 last places";
    const int shift = asset.digits + asset.price_digits - set.asset(set.numeraire).digits;
    if (shift + rate_digits < 0) return "the digits of the asset and its price are too few for the numeraire's";
    if (Wide{asset.amount_max.raw()} * asset.price_max.raw() > notional_max ||
        !value_fits(asset.amount_max.raw(), asset.price_max, shift, notional_max))
        return "amount_max at price_max is beyond the declared domain; lower one of the two";
    if (!value_fits(account_amount_max * 10, asset.price_max, shift, liabilities_max))
        return "what one account can owe at price_max is beyond the declared domain; lower price_max or use fewer digits";
    for (const WeightCurve* curve : {&asset.weight_initial, &asset.weight_maintenance})
        if (const auto faults = weight_faults(*curve, {asset.digits, asset.price_digits, asset.amount_max}); !faults.empty())
            return (faults.front().part.empty() ? "" : faults.front().part + ": ") + faults.front().message;
    for (const Rate weight : {asset.liability_weight_initial, asset.liability_weight_maintenance})
        if (weight < hundred_percent || weight > rate_max) return "a liability weight lies between 1 and 10";
    if (&asset == &set.asset(set.numeraire) && asset.price_max.raw() < pow10(asset.price_digits))
        return "the numeraire's price is 1 and price_max is below it";
    return {};
}

std::string market_fault(const ParameterSet& set, const MarketParams& market) {
    if (market.settle.index >= set.assets.size()) return "the settle asset is not in the set";
    if (market.schedule.index >= set.schedules.size()) return "the schedule is not in the set";
    if (std::string fault = domain_fault(market.instrument); !fault.empty()) return fault;
    if (market.instrument.settle_digits != set.asset(market.settle).digits)
        return "settle_digits differ from the digits of the settle asset";
    if (!multiplier_fits(market.multiplier)) return "the multiplier lies between 1 and 100";
    return {};
}

std::string account_fault(const RiskContext& context, const AccountView& account) {
    if (account.balances.size() > static_cast<std::size_t>(balances_max)) return "more balances than an account holds";
    if (account.positions.size() > static_cast<std::size_t>(positions_max)) return "more positions than an account holds";
    std::vector<bool> seen(context.set().assets.size());
    for (std::size_t i = 0; i < account.balances.size(); ++i) {
        const Balance& b = account.balances[i];
        const std::string name = "balance " + std::to_string(i + 1) + ": ";
        if (b.asset.index >= seen.size()) return name + "the asset is not in the set";
        if (seen[b.asset.index]) return name + "the asset is held twice";
        seen[b.asset.index] = true;
        if (b.amount > context.asset(b.asset).params->amount_max || -Wide{b.amount.raw()} > amount_max.raw())
            return name + "it is beyond the asset's amount_max";
    }
    if (!account.terms.empty() && account.terms.size() < context.market_count()) return "the overrides do not cover every market";
    if (!terms_fit(account.everywhere) || !std::all_of(account.terms.begin(), account.terms.end(), terms_fit))
        return "an override's multiplier lies between 1 and 100, its initial floor between 0 and 10";
    if (!account.group.empty() && account.group.size() < context.market_count()) return "the group's sizes do not cover every market";
    for (const GroupSize& g : account.group)
        if (g.long_size.raw() < 0 || g.short_size.raw() < 0) return "a group's size is below 0";
    std::vector<Held> held(context.market_count());
    for (std::size_t i = 0; i < account.positions.size(); ++i) {
        const std::string name = "position " + std::to_string(i + 1) + ": ";
        const Position& p = account.positions[i];
        if (p.market.index >= held.size()) return name + "the market is not in the set";
        if (std::string fault = structure_fault(account, i, held[p.market.index]); !fault.empty()) return name + fault;
        if (std::string fault = position_fault(context, p); !fault.empty()) return name + fault;
    }
    return {};
}

}  // namespace plimsoll
