// Random venues and accounts, valid by construction: contracts of all kinds, collateral of all forms, hedge mode, isolated
// positions, open orders, groups and overrides.
#pragma once

#include "plimsoll/risk/context.hpp"
#include "plimsoll/risk/domain.hpp"
#include "plimsoll/risk/overrides.hpp"
#include "support/gen_schedule.hpp"
#include "support/risk_reference.hpp"

namespace plimsoll::testing {

class RiskGenerator {
public:
    explicit RiskGenerator(Random& random) : random_(random), schedules_(random) {}

    /// Which shapes of collateral and schedule are drawn; laws that hold only without one of them switch it off.
    bool odd_weights = true;   // roots, slopes and venue-wide scales beside plain weights and tiers
    bool plain_schedules = false;  // only flat and bracket tables on own notional, no caps, no modulators
    bool caps = false;             // hard limits, which matter to admission only
    std::int64_t price_max = 10'000'000;

    Venue venue() {
        Venue v;
        v.set.name = "generated";
        const auto assets = random_.between(1, 3);
        for (std::int64_t i = 0; i < assets; ++i) v.set.assets.push_back(asset(v.set, i));
        const auto weight = [&] {
            return schedules_.pick({Rate{}, Rate::from_raw(333'333'333), Rate::from_raw(500'000'000), hundred_percent});
        };
        v.set.profit = {weight(), weight(), schedules_.chance(3) ? weight() : hundred_percent, {}};
        if (schedules_.chance(4)) v.set.profit.initial_cap = Decimal{schedules_.magnitude(8), static_cast<int>(random_.between(0, 3))};
        const auto markets = random_.between(1, 3);
        for (std::int64_t i = 0; i < markets; ++i) add_market(v, static_cast<std::uint32_t>(i));
        for (std::uint32_t i = 0; i < v.set.assets.size(); ++i) {
            v.prices[i] = price(v.set, i);
            v.totals[i] = schedules_.chance(2) ? 0 : schedules_.magnitude(18);
        }
        overrides(v.set);
        return v;
    }

    Owner owner(const Venue& v) {
        Owner o;
        o.name = "alice";
        for (std::uint32_t i = 0; i < v.set.assets.size(); ++i) {
            if (schedules_.chance(4)) continue;
            const std::int64_t most = v.set.assets[i].amount_max.raw();
            const std::int64_t amount = std::min(most, schedules_.magnitude(15));
            o.account.balances.push_back({{i}, Amount::from_raw(schedules_.chance(5) ? -amount : amount)});
        }
        for (std::uint32_t m = 0; m < v.set.markets.size(); ++m)
            if (!schedules_.chance(6)) positions(v, m, o.account);
        if (schedules_.chance(3))
            for (std::uint32_t m = 0; m < v.set.markets.size(); ++m) o.group[m] = group(v, m, o.account);
        return o;
    }

    /// The market's figures after the accounts were drawn: open interest mostly holds what the owner holds.
    void settle_figures(Venue& v, const Owner& o) {
        for (auto& [m, state] : v.markets) {
            for (const Position& p : o.account.positions) {
                if (p.market.index != m || schedules_.chance(8)) continue;
                Size& side = p.size.raw() < 0 ? state.open_interest_short : state.open_interest_long;
                side = std::min(side + abs(p.size), v.set.markets[m].instrument.size_max);
            }
        }
    }

    Random& random() { return random_; }
    ScheduleGenerator& draw() { return schedules_; }

    Price price_in(const Instrument& i) { return Price::from_raw(std::min(i.price_max.raw(), schedules_.magnitude(6))); }

private:
    Asset asset(const ParameterSet& set, std::int64_t index) {
        Asset a;
        a.name = "asset" + std::to_string(index);
        a.digits = static_cast<int>(index == 0 ? random_.between(2, 6) : random_.between(0, 6));
        const int least = index == 0 ? 0 : std::max(1, set.assets[0].digits - a.digits);
        a.price_digits = static_cast<int>(index == 0 ? 0 : random_.between(least, least + 3));
        a.price_max = Price::from_raw(index == 0 ? 1 : pow10_64(9));
        a.amount_max = Amount::from_raw(pow10_64(17));
        const bool plain = index == 0 && !schedules_.chance(4);
        a.weight_initial = weight(plain);
        a.weight_maintenance = weight(plain);
        if (!plain && schedules_.chance(3)) a.liability_weight_initial = Rate::from_raw(rate_one + schedules_.magnitude(9));
        if (!plain && schedules_.chance(3)) a.liability_weight_maintenance = Rate::from_raw(rate_one + schedules_.magnitude(8));
        a.collateral = plain || !schedules_.chance(8);
        return a;
    }

    WeightCurve weight(bool plain) {
        WeightCurve c;
        c.weight = plain || schedules_.chance(3) ? hundred_percent : Rate::from_raw(random_.between(0, rate_one));
        if (plain) return c;
        if (schedules_.chance(3)) {
            std::int64_t from = 0;
            Rate w = Rate::from_raw(rate_one);
            for (auto i = random_.between(1, 4); i > 0; --i) {
                c.tiers.push_back({{from, 0}, w});
                from += schedules_.magnitude(8);
                w = Rate::from_raw(random_.between(0, w.raw()));
            }
        }
        if (!odd_weights) return c;
        if (schedules_.chance(3))
            c.root = RootDiscount{Rate::from_raw(rate_one - random_.between(0, rate_one / 2)),
                                  {schedules_.magnitude(8), static_cast<int>(random_.between(2, 9))}};
        if (schedules_.chance(3))
            c.linear = LinearDiscount{{schedules_.magnitude(8), static_cast<int>(random_.between(4, 12))},
                                      Rate{},
                                      Rate::from_raw(random_.between(0, rate_one / 2))};
        if (schedules_.chance(3)) c.venue_scale_start = Decimal{schedules_.magnitude(10), 0};
        return c;
    }

    AssetPrice price(const ParameterSet& set, std::uint32_t index) {
        if (index == set.numeraire.index) return {Price::from_raw(1), Price::from_raw(1)};
        const std::int64_t mark = schedules_.magnitude(8);
        const std::int64_t smoothed = schedules_.chance(2) ? mark : std::max<std::int64_t>(1, mark + random_.between(-mark / 4, mark / 4));
        return {Price::from_raw(mark), Price::from_raw(smoothed)};
    }

    Instrument instrument(int settle_digits) {
        Instrument i;
        i.kind = schedules_.pick({ContractKind::linear, ContractKind::linear, ContractKind::inverse, ContractKind::quanto});
        i.price_digits = static_cast<int>(random_.between(0, 3));
        i.size_digits = static_cast<int>(random_.between(0, 4));
        i.settle_digits = settle_digits;
        i.multiplier = i.kind == ContractKind::linear && !schedules_.chance(4)
                           ? Decimal{1, 0}
                           : Decimal{schedules_.magnitude(3), static_cast<int>(random_.between(0, 4))};
        i.price_max = Price::from_raw(price_max);
        i.size_max = Size::from_raw(pow10_64(9));
        i.tick = Price::from_raw(schedules_.pick<std::int64_t>({1, 1, 5}));
        i.lot = Size::from_raw(schedules_.pick<std::int64_t>({1, 1, 10}));
        while (i.size_max.raw() > 10 && (!domain_fault(i).empty() || out_of_reach(i))) i.size_max = Size::from_raw(i.size_max.raw() / 10);
        return i;
    }

    /// An inverse contract that no mark up to price_max brings inside the domain.
    static bool out_of_reach(const Instrument& i) {
        return i.kind == ContractKind::inverse && notional(i, i.size_max, i.price_max) >= inverse_notional_max / 10;
    }

    Schedule schedule(const Scales& scales) {
        Schedule s = schedules_.schedule(scales);
        while (plain_schedules && !is_plain(s)) s = schedules_.schedule(scales);
        if (!caps) s.caps = {};
        return s;
    }
    static bool is_plain(Schedule& s) {
        for (LevelRule* level : {&s.initial, &s.maintenance, &s.closeout})
            for (Term& t : level->terms) {
                t.modulators.clear();
                if (t.axis != Axis{} || (t.curve.kind != CurveKind::flat && t.curve.kind != CurveKind::brackets)) return false;
            }
        return true;
    }

    void add_market(Venue& v, std::uint32_t index) {
        MarketParams m;
        m.name = "market" + std::to_string(index);
        m.settle = {static_cast<std::uint32_t>(random_.between(0, static_cast<std::int64_t>(v.set.assets.size()) - 1))};
        m.instrument = instrument(v.set.asset(m.settle).digits);
        m.schedule = {index};
        if (schedules_.chance(4)) m.multiplier = Rate::from_raw(rate_one + schedules_.magnitude(9));
        m.open_orders = schedules_.pick(
            {OpenOrderPolicy::worst_side, OpenOrderPolicy::worst_side, OpenOrderPolicy::gross_per_side, OpenOrderPolicy::each_alone});
        m.hedge = schedules_.pick({HedgeRule::sum_of_legs, HedgeRule::larger_leg});
        v.set.markets.push_back(m);
        v.set.schedules.push_back(schedule(scales_of(v.set, m)));
        MarketState s;
        s.mark = price_in(m.instrument);
        // An inverse contract's mark is not so low that size_max outgrows an amount.
        while (m.instrument.kind == ContractKind::inverse &&
               notional(m.instrument, m.instrument.size_max, s.mark) >= inverse_notional_max) {
            s.mark = Price::from_raw(std::min(m.instrument.price_max.raw(), s.mark.raw() * 10));
            if (s.mark == m.instrument.price_max) break;
        }
        s.open_interest_long = Size::from_raw(random_.between(0, m.instrument.size_max.raw()));
        s.open_interest_short =
            schedules_.chance(2) ? s.open_interest_long : Size::from_raw(random_.between(0, m.instrument.size_max.raw()));
        s.depth = Amount::from_raw(schedules_.chance(6) ? 0 : schedules_.magnitude(15));
        s.daily_volume = Amount::from_raw(schedules_.chance(6) ? 0 : schedules_.magnitude(15));
        s.market_cap = Amount::from_raw(schedules_.magnitude(17));
        s.volatility = Rate::from_raw(schedules_.magnitude(10));
        s.reserve_ratio = Rate::from_raw(schedules_.magnitude(10));
        v.markets[index] = s;
    }

    void overrides(ParameterSet& set) {
        for (const char* name : {"alice", "bob"}) {
            for (std::uint32_t m = 0; m <= set.markets.size(); ++m) {
                if (!schedules_.chance(4)) continue;
                Override o;
                o.account = name;
                if (m < set.markets.size()) o.market = MarketId{m};
                if (schedules_.chance(2)) o.multiplier = Rate::from_raw(rate_one + schedules_.magnitude(9) - 1);
                if (schedules_.chance(2)) o.initial_floor = Rate::from_raw(schedules_.magnitude(9));
                set.overrides.push_back(o);
            }
        }
    }

    Size size_in(const Instrument& i) { return Size::from_raw(random_.between(0, std::min(i.size_max.raw(), schedules_.magnitude(9)))); }

    Wide cost_of(const Instrument& i, Size size, Round round) {
        const Price entry = schedules_.chance(4) ? price_in(i) : near_price_;
        return notional(i, abs(size), entry, round);
    }

    void orders(const MarketParams& m, Position& p) {
        const Instrument& i = m.instrument;
        const auto room = [&](Wide most) {
            return Size::from_raw(random_.between(0, narrow64(std::max<Wide>(0, std::min<Wide>(most, schedules_.magnitude(9))))));
        };
        const Wide size = p.size.raw();
        const bool gross = m.open_orders == OpenOrderPolicy::gross_per_side;
        const Wide from_long = gross ? std::max<Wide>(0, size) : size;
        const Wide from_short = gross ? std::min<Wide>(0, size) : size;
        if (schedules_.chance(2)) p.buys = room(p.leg == Leg::short_leg ? -size : i.size_max.raw() - from_long);
        if (schedules_.chance(2)) p.sells = room(p.leg == Leg::long_leg ? size : i.size_max.raw() + from_short);
        const bool inverse = i.kind == ContractKind::inverse;
        p.buy_cost = cost_of(i, p.buys, inverse ? Round::floor : Round::ceil);
        p.sell_cost = cost_of(i, p.sells, inverse ? Round::ceil : Round::floor);
    }

    Position position(const Venue& v, std::uint32_t m, Leg leg, MarginMode mode) {
        const MarketParams& market = v.set.markets[m];
        const Instrument& i = market.instrument;
        const std::int64_t mark = v.markets.at(m).mark.raw();
        near_price_ = Price::from_raw(std::clamp<std::int64_t>(mark + random_.between(-mark / 5, mark / 5), 1, i.price_max.raw()));
        Position p;
        p.market = {m};
        p.leg = leg;
        p.mode = mode;
        p.size = size_in(i);
        if (leg == Leg::short_leg || (leg == Leg::net && schedules_.chance(2))) p.size = -p.size;
        const bool is_short = p.size.raw() < 0;
        const bool inverse = i.kind == ContractKind::inverse;
        p.cost = cost_of(i, p.size, is_short != inverse ? Round::floor : Round::ceil);
        if (is_short) p.cost = -p.cost;
        if (mode == MarginMode::isolated) p.isolated_collateral = Amount::from_raw(schedules_.magnitude(13));
        if (schedules_.chance(3)) p.leverage_hundredths = static_cast<std::uint32_t>(random_.between(50, 12'500));
        orders(market, p);
        return p;
    }

    void positions(const Venue& v, std::uint32_t m, Account& account) {
        const MarginMode mode = schedules_.chance(4) ? MarginMode::isolated : MarginMode::cross;
        if (!schedules_.chance(3)) {
            account.positions.push_back(position(v, m, Leg::net, mode));
            return;
        }
        const auto which = random_.between(1, 3);
        if (which != 2) account.positions.push_back(position(v, m, Leg::long_leg, mode));
        if (which != 1) account.positions.push_back(position(v, m, Leg::short_leg, mode));
    }

    GroupSize group(const Venue& v, std::uint32_t m, const Account& account) {
        GroupSize g{size_in(v.set.markets[m].instrument), size_in(v.set.markets[m].instrument)};
        for (const Position& p : account.positions) {
            if (p.market.index != m) continue;
            Size& side = p.size.raw() < 0 ? g.short_size : g.long_size;
            side = side + abs(p.size);
        }
        return g;
    }

    Random& random_;
    ScheduleGenerator schedules_;
    Price near_price_ = Price::from_raw(1);
};

/// A venue, an owner, and the product's view of both.
struct RiskCase {
    Venue venue;
    Owner owner;
    RiskContext context;
    std::vector<GroupSize> group;

    AccountView view() const { return view(owner.account); }
    AccountView view(const Account& account) const {
        AccountView v = account.view();
        v.group = group;
        return v;
    }
};

/// The product's context for a venue; what generates only what is valid is wrong when it is refused.
inline RiskContext context_of(const Venue& venue) {
    auto made = RiskContext::make(venue.set);
    if (!made) assertion_failed(to_string(made.error().front()).c_str(), __FILE__, __LINE__);
    for (const auto& [m, state] : venue.markets)
        if (const std::string fault = made->set_market({m}, state); !fault.empty()) assertion_failed(fault.c_str(), __FILE__, __LINE__);
    for (const auto& [a, price] : venue.prices)
        if (const std::string fault = made->set_asset({a}, price, venue.totals.at(a)); !fault.empty())
            assertion_failed(fault.c_str(), __FILE__, __LINE__);
    return std::move(*made);
}

inline RiskCase gen_risk(RiskGenerator& generator) {
    Venue venue = generator.venue();
    Owner owner = generator.owner(venue);
    generator.settle_figures(venue, owner);
    apply_overrides(venue.set, owner.name, owner.account);
    RiskContext context = context_of(venue);
    std::vector<GroupSize> group;
    for (const auto& entry : owner.group) group.push_back(entry.second);
    RiskCase made{std::move(venue), std::move(owner), std::move(context), std::move(group)};
    if (const std::string fault = account_fault(made.context, made.view()); !fault.empty())
        assertion_failed(fault.c_str(), __FILE__, __LINE__);
    return made;
}

}  // namespace plimsoll::testing
