// An account's health computed the obvious way: from the parameter set and the account as data, in unbounded rationals,
// everything anew for every question. Only the schedule's own answer is asked of the product; it has a reference of its own.
#pragma once

#include "plimsoll/account/position.hpp"
#include "plimsoll/market/state.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/risk/requirement.hpp"
#include "support/reference.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <map>
#include <string>

namespace plimsoll::testing {

/// What a venue knows, as plain maps.
struct Venue {
    ParameterSet set;
    std::map<std::uint32_t, MarketState> markets;
    std::map<std::uint32_t, AssetPrice> prices;  // of the numeraire per asset
    std::map<std::uint32_t, Wide> totals;        // held venue-wide
};
struct Owner {
    std::string name;
    Account account;
    std::map<std::uint32_t, GroupSize> group;  // empty: alone
};

struct ReferenceHealth {
    Integer collateral;  // the product's lies in [collateral - slack, collateral]
    Integer slack;
    Integer requirement;
    Integer order_loss;
};

class ReferenceRisk {
public:
    ReferenceRisk(const Venue& venue, const Owner& owner) : venue_(venue), owner_(owner) {}

    /// The cross part, in the numeraire.
    ReferenceHealth health(Purpose purpose) const {
        std::map<std::uint32_t, Integer> credit;
        std::map<std::uint32_t, Integer> need;
        std::map<std::uint32_t, Integer> loss;
        for (const Balance& b : owner_.account.balances) credit[b.asset.index] += b.amount.raw();
        for (std::uint32_t m = 0; m < venue_.set.markets.size(); ++m) {
            const std::uint32_t settle = venue_.set.markets[m].settle.index;
            const Need whole = market_need(m, purpose, loss_weight(settle, purpose));
            need[settle] += whole.margin;
            loss[settle] += whole.loss;
            for (const Position& p : owner_.account.positions)
                if (p.market.index == m && p.mode == MarginMode::cross) credit[settle] += counted(p, purpose);
        }
        ReferenceHealth h;
        for (const auto& [asset, amount] : credit) add_value(h, asset, amount, purpose);
        for (const auto& [asset, amount] : need) h.requirement += ceil_of(Rational(amount) * price(asset, true));
        for (const auto& [asset, amount] : loss)
            h.order_loss += ceil_of(Rational(amount) * price(asset, true) * loss_weight(asset, purpose));
        return h;
    }

    /// An isolated position, in its settle asset.
    ReferenceHealth isolated(const Position& p, Purpose purpose) const {
        const Need need = position_need(p, purpose, 1);
        return {Integer(p.isolated_collateral.raw()) + counted(p, purpose), 0, need.margin, need.loss};
    }

    /// At marks, without weights; what is no collateral covers nothing.
    Integer equity() const {
        std::map<std::uint32_t, Integer> credit;
        for (const Balance& b : owner_.account.balances) credit[b.asset.index] += b.amount.raw();
        for (const Position& p : owner_.account.positions)
            if (p.mode == MarginMode::cross) credit[params(p).settle.index] += floor_of(profit(p));
        Integer total = 0;
        for (const auto& [asset, amount] : credit) {
            const Asset& a = venue_.set.assets[asset];
            if (amount > 0 && !a.collateral) continue;
            const Integer counted = amount > a.amount_max.raw() && !plain_unit(asset) ? Integer(a.amount_max.raw()) : amount;
            total += floor_of(Rational(counted) * scaled_price(asset, venue_.prices.at(asset).mark));
        }
        return total;
    }

private:
    struct Need {
        Integer margin;
        Integer loss;
        Integer margin_most = 0;  // over all fills, each for itself
        Integer loss_most = 0;
    };

    static Rational ten(int digits) {
        return digits >= 0 ? Rational(power(10, static_cast<unsigned>(digits))) : 1 / Rational(power(10, static_cast<unsigned>(-digits)));
    }
    static Rational of(const Decimal& d) { return Rational(d.raw) / ten(d.digits); }
    static Rational of(Rate r) { return Rational(r.raw(), rate_one); }
    const MarketParams& params(const Position& p) const { return venue_.set.markets[p.market.index]; }
    const MarketState& state(const Position& p) const { return venue_.markets.at(p.market.index); }
    static bool initial(Purpose purpose) { return purpose == Purpose::open || purpose == Purpose::withdraw; }

    /// The numeraire counts its amounts as they are when nothing weighs it.
    bool plain_unit(std::uint32_t asset) const {
        const Asset& a = venue_.set.assets[asset];
        const auto full = [](const WeightCurve& c) {
            return c.weight == hundred_percent && c.tiers.empty() && !c.root && !c.linear && !c.venue_scale_start;
        };
        return asset == venue_.set.numeraire.index && a.collateral && full(a.weight_initial) && full(a.weight_maintenance) &&
               a.liability_weight_initial == hundred_percent && a.liability_weight_maintenance == hundred_percent;
    }

    /// Numeraire's last places per last place of the asset.
    Rational scaled_price(std::uint32_t asset, Price price) const {
        const Asset& a = venue_.set.assets[asset];
        return Rational(price.raw()) * ten(venue_.set.asset(venue_.set.numeraire).digits - a.digits - a.price_digits);
    }
    Rational price(std::uint32_t asset, bool high) const {
        const AssetPrice& p = venue_.prices.at(asset);
        return scaled_price(asset, high ? std::max(p.mark, p.smoothed) : std::min(p.mark, p.smoothed));
    }
    Rational loss_weight(std::uint32_t asset, Purpose purpose) const {
        const Asset& a = venue_.set.assets[asset];
        return of(initial(purpose) ? a.liability_weight_initial : a.liability_weight_maintenance);
    }

    // Contracts.

    /// |size| at a price, in 10^-notional_digits of the settle asset.
    static Rational worth(const Instrument& i, const Integer& size, Price price) {
        const Integer contracts = (size < 0 ? Integer(-size) : size) * i.multiplier.raw;
        if (i.kind != ContractKind::inverse) return Rational(contracts * price.raw());
        if (contracts == 0) return 0;
        const Rational most(exact(inverse_notional_max));
        if (price.raw() == 0) return most;
        const Rational coins =
            Rational(contracts) / price.raw() * ten(i.settle_digits + 6 + i.price_digits - i.size_digits - i.multiplier.digits);
        return coins > most ? most : coins;
    }
    static Rational to_settle(const Instrument& i, const Rational& notional) {
        return notional * ten(i.settle_digits - notional_digits(i));
    }

    Rational profit(const Position& p) const {
        const Instrument& i = params(p).instrument;
        const Rational value = worth(i, p.size.raw(), state(p).mark);
        const Rational signed_value = p.size.raw() < 0 ? Rational(-value) : value;
        const Rational cost(exact(p.cost));
        // A linear long is worth more than it cost; an inverse long owes fewer coins than it cost.
        const Rational gain = i.kind != ContractKind::inverse ? Rational(signed_value - cost) : Rational(cost - signed_value);
        return to_settle(i, gain);
    }

    /// Profit weighted for the purpose, a loss in full.
    Integer counted(const Position& p, Purpose purpose) const {
        Integer gain = floor_of(profit(p));
        if (gain <= 0) return gain;
        const ProfitWeights& w = venue_.set.profit;
        if (initial(purpose) && w.initial_cap) {
            const Integer cap = floor_of(of(*w.initial_cap) * ten(params(p).instrument.settle_digits));
            if (gain > cap) gain = cap;
        }
        const Rate weight = purpose == Purpose::open ? w.initial : purpose == Purpose::withdraw ? w.withdrawal : w.maintenance;
        return floor_of(Rational(gain) * of(weight));
    }

    // Requirements.

    /// The first that names a figure gives it: account in the market, account everywhere, market.
    AccountTerms terms(const Position& p) const {
        const Override* here = nullptr;
        const Override* everywhere = nullptr;
        for (const Override& o : venue_.set.overrides) {
            if (o.account != owner_.name) continue;
            if (!o.market) everywhere = &o;
            else if (*o.market == p.market) here = &o;
        }
        AccountTerms t;
        t.multiplier = params(p).multiplier;
        if (everywhere != nullptr && everywhere->multiplier) t.multiplier = *everywhere->multiplier;
        if (here != nullptr && here->multiplier) t.multiplier = *here->multiplier;
        if (everywhere != nullptr && everywhere->initial_floor) t.initial_floor = *everywhere->initial_floor;
        if (here != nullptr && here->initial_floor) t.initial_floor = *here->initial_floor;
        if (p.leverage_hundredths != 0) t.leverage_rate = {rate_one * 100, p.leverage_hundredths};
        return t;
    }

    Wide notional_up(const Instrument& i, const Integer& size, Price price) const {
        const Integer value = ceil_of(worth(i, size, price));
        const Integer most = exact(notional_max);
        return static_cast<Wide>(value > most ? most : value);
    }

    /// What the schedule asks when the position holds `size` instead of what it holds.
    Integer margin(const Position& p, const Integer& size, Level level) const {
        const MarketParams& m = params(p);
        const MarketState& s = state(p);
        const bool is_short = size < 0;
        const auto on_side = [](const Integer& signed_size, bool shorts) {
            const Integer v = shorts ? Integer(-signed_size) : signed_size;
            return v > 0 ? v : Integer(0);
        };
        const auto without = [](const Integer& whole, const Integer& own) { return whole > own ? Integer(whole - own) : Integer(0); };
        const Integer held(p.size.raw());
        Exposure e;
        e.is_short = is_short;
        e.size = static_cast<Wide>(is_short ? Integer(-size) : size);
        e.notional = notional_up(m.instrument, size, s.mark);
        e.group_notional = e.notional;
        if (!owner_.group.empty()) {
            const GroupSize& g = owner_.group.at(p.market.index);
            const Integer others = without(is_short ? g.short_size.raw() : g.long_size.raw(), on_side(held, is_short));
            e.group_notional = notional_up(m.instrument, others + on_side(size, is_short), s.mark);
        }
        const auto side = [&](Size interest, bool shorts) {
            const Wide traded = notional_up(m.instrument, without(interest.raw(), on_side(held, shorts)) + on_side(size, shorts), s.mark);
            return shorts == is_short ? std::max(traded, e.group_notional) : traded;  // a group is part of its side
        };
        const auto money = [&](Amount a) {
            const Integer value = floor_of(Rational(a.raw()) * ten(notional_digits(m.instrument) - m.instrument.settle_digits));
            const Integer most = exact(notional_max);
            return static_cast<Wide>(value > most ? most : value);
        };
        const MarketFigures f{side(s.open_interest_long, false),
                              side(s.open_interest_short, true),
                              money(s.depth),
                              money(s.daily_volume),
                              money(s.market_cap),
                              s.volatility,
                              s.reserve_ratio};
        const auto compiled = compile(venue_.set.schedules[m.schedule.index], scales_of(venue_.set, m));
        return requirement(*compiled, level, e, f, terms(p)).raw();
    }

    /// What filling `orders` at their limits would lose at once at the mark.
    Integer fill_loss(const Position& p, Size orders, Wide cost, bool buys) const {
        const Instrument& i = params(p).instrument;
        const Rational value = worth(i, orders.raw(), state(p).mark);
        const bool pays_over = buys == (i.kind != ContractKind::inverse);
        const Rational lost = to_settle(i, pays_over ? Rational(Rational(exact(cost)) - value) : Rational(value - Rational(exact(cost))));
        return lost > 0 ? ceil_of(lost) : Integer(0);
    }

    Need position_need(const Position& p, Purpose purpose, const Rational& weight) const {
        const Level level = purpose == Purpose::maintenance ? Level::maintenance
                            : purpose == Purpose::closeout  ? Level::closeout
                                                            : Level::initial;
        const Integer held(p.size.raw());
        Need worst{margin(p, held, level), 0};
        worst.margin_most = worst.margin;
        const OpenOrderPolicy policy = params(p).open_orders;
        if (!initial(purpose) || policy == OpenOrderPolicy::each_alone) return worst;
        const bool gross = policy == OpenOrderPolicy::gross_per_side;
        const Integer from_long = gross && held < 0 ? Integer(0) : held;
        const Integer from_short = gross && held > 0 ? Integer(0) : held;
        std::vector<Need> fills;
        if (p.buys.raw() > 0) fills.push_back({margin(p, from_long + p.buys.raw(), level), fill_loss(p, p.buys, p.buy_cost, true)});
        if (p.sells.raw() > 0) fills.push_back({margin(p, from_short - p.sells.raw(), level), fill_loss(p, p.sells, p.sell_cost, false)});
        if (fills.size() == 2) {
            // Or those of either side that lose, with the rest still resting.
            const Integer most = std::max(fills[0].margin, std::max(fills[1].margin, worst.margin));
            fills.push_back({most, fills[0].loss + fills[1].loss});
        }
        for (const Need& fill : fills) {
            if (heavier(fill, worst, weight)) {
                worst.margin = fill.margin;
                worst.loss = fill.loss;
            }
            if (fill.margin > worst.margin_most) worst.margin_most = fill.margin;
            if (fill.loss > worst.loss_most) worst.loss_most = fill.loss;
        }
        return worst;
    }
    static bool heavier(const Need& a, const Need& b, const Rational& weight) {
        return Rational(a.margin) + Rational(a.loss) * weight > Rational(b.margin) + Rational(b.loss) * weight;
    }

    Need market_need(std::uint32_t market, Purpose purpose, const Rational& weight) const {
        std::vector<Need> legs;
        for (const Position& p : owner_.account.positions)
            if (p.market.index == market && p.mode == MarginMode::cross) legs.push_back(position_need(p, purpose, weight));
        if (legs.size() == 1) return legs.front();
        Need whole{0, 0};
        const bool larger = venue_.set.markets[market].hedge == HedgeRule::larger_leg;
        for (const Need& leg : legs) {
            if (larger) {
                whole.margin = leg.margin_most > whole.margin ? leg.margin_most : whole.margin;
                whole.loss += leg.loss_most;
            } else {
                whole.margin += leg.margin;
                whole.loss += leg.loss;
            }
        }
        return whole;
    }

    // Collateral.

    void add_value(ReferenceHealth& h, std::uint32_t asset, Integer credit, Purpose purpose) const {
        const Asset& a = venue_.set.assets[asset];
        if (plain_unit(asset)) {
            h.collateral += credit;
            return;
        }
        if (credit < 0) {
            h.collateral -= ceil_of(Rational(-credit) * price(asset, true) * loss_weight(asset, purpose));
            return;
        }
        if (!a.collateral) return;
        if (credit > a.amount_max.raw()) credit = a.amount_max.raw();
        const WeightCurve& curve = initial(purpose) ? a.weight_initial : a.weight_maintenance;
        const Rational value = Rational(credit) * price(asset, false);
        Rational counted = tiered(curve, a, value);
        const Rational amount = Rational(credit) / ten(a.digits);
        if (curve.root) counted = std::min<Rational>(counted, value * of(curve.root->top) / (1 + of(curve.root->factor) * root(amount)));
        if (curve.linear) {
            const Rational cut =
                std::min<Rational>(of(curve.linear->most), std::max<Rational>(of(curve.linear->least), of(curve.linear->slope) * amount));
            counted = std::min<Rational>(counted, value * (1 - cut));
        }
        if (curve.venue_scale_start) {
            const Rational venue_value = Rational(exact(venue_.totals.at(asset))) * price(asset, false);
            const Rational start = of(*curve.venue_scale_start) * ten(venue_.set.asset(venue_.set.numeraire).digits);
            if (venue_value > start) counted = counted * start / venue_value;
        }
        const Integer whole = floor_of(counted);
        // The weight of a root or a slope is itself rounded down, three counts of 10^-18 in all.
        if (curve.root || curve.linear) h.slack += whole - floor_of(Rational(counted - value * 3 / ten(18)));
        h.collateral += whole;
    }

    Rational tiered(const WeightCurve& curve, const Asset&, const Rational& value) const {
        const Rational unit = ten(venue_.set.asset(venue_.set.numeraire).digits);
        if (curve.tiers.empty()) return value * of(curve.weight);
        Rational sum = 0;
        for (std::size_t i = 0; i < curve.tiers.size(); ++i) {
            const Rational from = of(curve.tiers[i].from) * unit;
            Rational to = value;
            if (i + 1 < curve.tiers.size()) to = std::min<Rational>(value, of(curve.tiers[i + 1].from) * unit);
            if (to > from) sum += (to - from) * of(std::min(curve.weight, curve.tiers[i].weight));
        }
        return sum;
    }

    static Rational root(const Rational& x) {
        using Float = boost::multiprecision::cpp_bin_float_100;
        if (x == 0) return 0;
        const Float value = sqrt(Float(numerator(x)) / Float(denominator(x)));
        return Rational(Integer(boost::multiprecision::floor(value * Float(power(10, 60))))) / ten(60);
    }

    const Venue& venue_;
    const Owner& owner_;
};

}  // namespace plimsoll::testing
