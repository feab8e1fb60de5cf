// Small venues in which much goes wrong quickly: every kind of contract, thin limits, guards that clamp and go stale, thresholds, pacing.
#pragma once

#include "plimsoll/engine/limits.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/risk/context.hpp"
#include "plimsoll/schedule/validate.hpp"
#include "support/gen_schedule.hpp"

#include <algorithm>
#include <string>

namespace plimsoll::reference {

/// Whether anything may be drawn, or what most venues have: orders that go the engine's quick way (spec/ENG-045).
enum class Kind : std::uint8_t { any, ordinary };

class VenueGenerator {
public:
    explicit VenueGenerator(Random& random, Kind kind = Kind::any) : random_(random), schedules_(random), kind_(kind) {}

    bool is_ordinary() const { return kind_ == Kind::ordinary; }

    /// A set that is let in.
    ParameterSet set() {
        for (;;) {
            ParameterSet drawn = draw();
            if (is_ordinary()) make_ordinary(drawn);
            if (valid(drawn)) return drawn;
        }
    }

    /// The same contracts under other rules; now and then narrower bounds, or something that may not change.
    ParameterSet changed(const ParameterSet& before) {
        for (;;) {
            ParameterSet next = before;
            ++next.version;
            next.profit = profit();
            next.liquidation = rules();
            for (std::size_t m = 0; m < next.markets.size(); ++m) {
                next.schedules[m] = schedule(next, next.markets[m]);
                settings(next.markets[m]);
                Instrument& i = next.markets[m].instrument;
                if (one_in(8)) i.size_max = Size::from_raw(std::max<std::int64_t>(i.lot.raw(), i.size_max.raw() / 2));
                if (one_in(8)) i.price_max = Price::from_raw(i.price_max.raw() / 2);
            }
            for (plimsoll::Asset& a : next.assets) waiting(a);
            if (one_in(12)) next.assets.back().name += "X";
            if (one_in(12)) next.markets.pop_back(), next.schedules.pop_back();
            else if (one_in(6) && next.markets.size() < 4) add_market(next);
            if (one_in(12)) next.overrides.push_back({"somebody", {}, Rate::from_raw(2 * rate_one), {}});
            if (is_ordinary()) make_ordinary(next);
            if (valid(next)) return next;
        }
    }

    Limits limits() {
        Limits l;
        l.accounts = 12;
        l.groups = 2;
        l.position_slots = 4096;
        l.balance_slots = 4096;
        l.positions_per_account = static_cast<std::uint32_t>(one_in(3) ? 2 : 8);
        l.orders = static_cast<std::uint32_t>(one_in(3) ? random_.between(6, 30) : 200);
        l.orders_per_account = static_cast<std::uint32_t>(random_.between(3, 12));
        l.isolated = static_cast<std::uint32_t>(random_.between(2, 8));
        l.overrides = static_cast<std::uint32_t>(random_.between(1, 4));
        l.deposits = static_cast<std::uint32_t>(random_.between(1, 5));
        l.breaches = static_cast<std::uint32_t>(one_in(3) ? random_.between(1, 3) : 40);
        l.replies = 16;
        l.marks_per_command = 6;
        l.sets = static_cast<std::uint32_t>(random_.between(2, 4));
        return l;
    }

    bool one_in(int n) { return random_.between(1, n) == 1; }

private:
    static bool valid(const ParameterSet& set) {
        for (const Finding& f : validate(set))
            if (f.severity == Severity::error) return false;
        return RiskContext::make(set).has_value();
    }
    /// What was drawn, brought to what is ordinary. Fees, caps, guards, grids and multipliers of contracts stay as they are.
    void make_ordinary(ParameterSet& set) {
        set.profit.initial_cap.reset();
        plimsoll::Asset& unit = set.assets.front();
        unit.weight_initial = unit.weight_maintenance = WeightCurve{hundred_percent, {}, {}, {}, {}};
        unit.liability_weight_initial = unit.liability_weight_maintenance = hundred_percent;
        for (plimsoll::Asset& a : set.assets) a.confirmations = 0;
        for (MarketParams& m : set.markets) {
            m.settle = {0};
            m.instrument.settle_digits = unit.digits;
            m.multiplier = hundred_percent;
            m.open_orders = OpenOrderPolicy::worst_side;
            m.hedge = HedgeRule::sum_of_legs;
            Schedule brackets = table();
            brackets.id = m.name;
            brackets.initial.terms.front().axis = Axis{};
            brackets.initial.terms.front().modulators.clear();
            set.schedules[m.schedule.index] = std::move(brackets);
        }
    }

    Rate rate(std::int64_t low, std::int64_t high) { return Rate::from_raw(random_.between(low, high)); }
    std::uint64_t ms(std::int64_t most) { return static_cast<std::uint64_t>(random_.between(1, most)); }

    ParameterSet draw() {
        ParameterSet set;
        set.name = "drawn";
        set.assets.push_back(asset("USD", static_cast<int>(random_.between(2, 4)), 0));
        set.assets.push_back(asset("BTC", static_cast<int>(random_.between(5, 8)), 1));
        if (one_in(2)) set.assets.push_back(asset("EUR", 2, 4));
        set.numeraire = {0};
        set.profit = profit();
        set.liquidation = rules();
        const auto markets = random_.between(1, 3);
        for (std::int64_t m = 0; m < markets; ++m) add_market(set);
        return set;
    }

    void waiting(plimsoll::Asset& a) {
        a.confirmations = static_cast<std::uint32_t>(one_in(2) ? 0 : random_.between(1, 4));
        a.pending_weight = one_in(2) ? Rate{} : rate(0, rate_one);
        a.smoothing_ms.reset();
        if (one_in(2)) a.smoothing_ms = ms(5000);
    }
    plimsoll::Asset asset(std::string name, int digits, int price_digits) {
        plimsoll::Asset a;
        a.name = std::move(name);
        a.digits = digits;
        a.price_digits = price_digits;
        const bool unit = a.name == "USD";
        a.price_max = Price::from_raw(unit ? 1 : 1'000'000 * pow10_64(price_digits));
        a.amount_max = Amount::from_raw((one_in(4) ? 1'000'000 : 100'000'000) * pow10_64(digits));
        const bool plain = unit && !one_in(4);
        a.weight_maintenance.weight = plain ? hundred_percent : rate(rate_one / 2, rate_one);
        a.weight_initial.weight = plain ? hundred_percent : rate(rate_one / 3, a.weight_maintenance.weight.raw());
        if (!plain && one_in(3)) {
            a.weight_initial.venue_scale_start = Decimal{random_.between(100'000, 10'000'000), 0};
            a.weight_maintenance.venue_scale_start = a.weight_initial.venue_scale_start;
        }
        if (!plain && one_in(3))
            for (WeightCurve* curve : {&a.weight_initial, &a.weight_maintenance})
                curve->tiers = {{{0, 0}, curve->weight}, {{200'000, 0}, Rate::from_raw(curve->weight.raw() / 2)}};
        if (!plain && one_in(3)) a.liability_weight_maintenance = rate(rate_one, rate_one * 5 / 4);
        a.liability_weight_initial = rate(a.liability_weight_maintenance.raw(), a.liability_weight_maintenance.raw() * 5 / 4);
        if (plain) a.liability_weight_initial = a.liability_weight_maintenance = hundred_percent;
        a.collateral = unit || !one_in(6);
        waiting(a);
        return a;
    }

    ProfitWeights profit() {
        ProfitWeights p;
        p.maintenance = one_in(3) ? rate(rate_one / 2, rate_one) : hundred_percent;
        p.initial = one_in(2) ? Rate{} : rate(0, p.maintenance.raw());
        p.withdrawal = one_in(2) ? Rate{} : rate(0, p.maintenance.raw());
        if (one_in(4)) p.initial_cap = Decimal{random_.between(1, 100'000), 0};
        return p;
    }

    LiquidationRules rules() {
        LiquidationRules r;
        if (one_in(3)) r.threshold_marks = static_cast<std::uint32_t>(random_.between(1, 3));
        if (one_in(3)) r.threshold_ms = ms(2000);
        if (one_in(2)) r.critical_share = rate(0, rate_one);
        r.interval_ms = ms(1500);
        r.intervals_max = static_cast<std::uint32_t>(random_.between(1, 8));
        if (one_in(2)) r.per_interval_max = static_cast<std::uint32_t>(random_.between(1, 3));
        r.fund_share = rate(0, rate_one);
        r.liquidator_share = rate(0, rate_one - r.fund_share.raw());
        r.stress = rate(rate_one / 100, rate_one / 2);
        r.reserve_accounts = static_cast<std::uint32_t>(random_.between(1, 4));
        if (one_in(2)) r.reserve_interval_ms = ms(4000);
        r.withdrawals_wait = r.reserve_accounts > 1;  // no draw of its own: known seeds stay what they were
        return r;
    }

    Slew slew() {
        Slew slew;
        if (one_in(4)) slew.floor = random_.between(1, 100'000);
        if (one_in(4)) slew.cap = random_.between(1'000'000, 1'000'000'000);
        if (one_in(3)) slew.velocity = Velocity{rate(rate_one / 100, rate_one / 2), ms(3000)};
        return slew;
    }
    GuardParams guard() {
        GuardParams g;
        if (one_in(2)) return g;
        g.sources_min = static_cast<std::uint32_t>(random_.between(1, 3));
        if (one_in(2)) g.outlier_max = rate(rate_one / 50, rate_one / 5);
        if (one_in(2)) g.source_stale_ms = ms(20'000);
        if (one_in(3)) g.mark_band = rate(rate_one / 50, rate_one / 3);
        g.index_required = one_in(10);
        if (one_in(3)) g.mark_stale_ms = ms(10'000);
        if (one_in(3)) g.credit = Velocity{rate(rate_one / 50, rate_one / 3), ms(3000)};
        if (one_in(3)) g.liquidation = Velocity{rate(rate_one / 50, rate_one / 2), ms(3000)};
        g.depth = slew();
        g.daily_volume = slew();
        g.volatility = slew();
        for (std::size_t state = 0; state < g.actions.allowed.size(); ++state)
            for (const GuardedAction action : {GuardedAction::open, GuardedAction::withdraw, GuardedAction::liquidate})
                if (one_in(8)) g.actions.allowed[state][static_cast<std::size_t>(action)] = state != 0;
        return g;
    }

    void settings(MarketParams& m) {
        m.multiplier = one_in(5) ? rate(rate_one, 2 * rate_one) : hundred_percent;
        m.open_orders = schedules_.pick(
            {OpenOrderPolicy::worst_side, OpenOrderPolicy::worst_side, OpenOrderPolicy::gross_per_side, OpenOrderPolicy::each_alone});
        m.hedge = schedules_.pick({HedgeRule::sum_of_legs, HedgeRule::larger_leg});
        m.leverage_max_hundredths = static_cast<std::uint32_t>(one_in(2) ? 0 : random_.between(200, 10'000));
        m.guard = guard();
        m.fee_max = one_in(4) ? Rate{} : rate(0, rate_one / 500);
        m.liquidation_fee = one_in(4) ? Rate{} : rate(0, rate_one / 100);
        m.depth_share.reset();
        if (one_in(2)) m.depth_share = rate(rate_one / 100, rate_one);
    }

    void add_market(ParameterSet& set) {
        MarketParams m;
        m.name = "M" + std::to_string(set.markets.size());
        Instrument& i = m.instrument;
        i.kind = schedules_.pick({ContractKind::linear, ContractKind::linear, ContractKind::inverse, ContractKind::quanto});
        if (is_ordinary() && i.kind == ContractKind::inverse) i.kind = ContractKind::linear;
        m.settle = {i.kind == ContractKind::inverse ? 1u
                    : one_in(4) ? static_cast<std::uint32_t>(random_.between(0, static_cast<std::int64_t>(set.assets.size()) - 1))
                                : 0u};
        i.settle_digits = set.asset(m.settle).digits;
        i.price_digits = static_cast<int>(random_.between(0, 2));
        i.size_digits = static_cast<int>(i.kind == ContractKind::inverse ? 0 : random_.between(0, 3));
        if (i.kind == ContractKind::inverse) i.multiplier = {100, 0};
        else if (i.kind == ContractKind::quanto) i.multiplier = {random_.between(1, 50), 2};
        else if (one_in(4)) i.multiplier = {random_.between(1, 20), 1};
        i.price_max = Price::from_raw(1'000'000 * pow10_64(i.price_digits));
        i.size_max = Size::from_raw(random_.between(20, 2000) * pow10_64(i.size_digits));
        i.tick = Price::from_raw(one_in(3) ? 5 : 1);
        i.lot = Size::from_raw(one_in(3) ? std::min<std::int64_t>(10, pow10_64(i.size_digits)) : 1);
        i.size_max = Size::from_raw(i.size_max.raw() / i.lot.raw() * i.lot.raw());
        settings(m);
        m.schedule = {static_cast<std::uint32_t>(set.schedules.size())};
        set.markets.push_back(m);
        set.schedules.push_back(schedule(set, m));
    }

    Schedule schedule(const ParameterSet& set, const MarketParams& m) {
        for (int tries = 0;; ++tries) {
            Schedule s = one_in(3) && tries < 20 ? schedules_.schedule(scales_of(set, m)) : table();
            s.id = m.name;
            bool fine = compile(s, scales_of(set, m)).has_value();
            for (const Finding& f : validate(s, scales_of(set, m))) fine = fine && f.severity != Severity::error;
            if (fine) return s;
        }
    }

    /// What venues publish: brackets over the own notional, with caps and sometimes a lift over the open interest.
    Schedule table() {
        Schedule s;
        s.version = static_cast<std::uint32_t>(random_.between(1, 9));
        Term t;
        t.axis.subject = schedules_.pick({Subject::own_notional, Subject::own_notional, Subject::group_notional});
        t.application = schedules_.pick({Application::marginal, Application::whole});
        t.curve.kind = CurveKind::brackets;
        std::int64_t from = 0;
        std::int64_t initial = random_.between(1, 10);
        for (auto rows = random_.between(1, 4); rows > 0; --rows) {
            t.curve.rows.push_back({{from, 0}, Fraction::from_rate(Rate::from_raw(initial * rate_one / 100))});
            from += random_.between(1, 100) * 1000;
            initial += random_.between(1, 10);
        }
        if (one_in(3))
            t.modulators.push_back(schedules_.pick(
                {lift(ModulatorInput::open_interest), lift(ModulatorInput::side_open_interest), lift(ModulatorInput::skew)}));
        if (one_in(6))
            t.modulators.push_back(
                {ModulatorInput::reserve_ratio, ModulatorEffect::multiply, {1, 0}, {0, 0}, Rate::from_raw(2 * rate_one)});
        s.initial.terms = {t};
        s.maintenance.of_initial = Fraction{rate_one, 2};
        s.maintenance.modulated = one_in(2);
        if (one_in(2)) s.closeout.of_initial = Fraction{3 * rate_one, 4};
        if (one_in(4)) s.clamp.minimum = {random_.between(1, 20), 0};
        if (one_in(3)) s.caps.position = Decimal{random_.between(10'000, 1'000'000), 0};
        if (one_in(3)) s.caps.group = Decimal{random_.between(10'000, 1'000'000), 0};
        if (one_in(3)) s.caps.open_interest = Decimal{random_.between(100'000, 3'000'000), 0};
        if (one_in(5)) s.caps.open_interest_market_cap = Fraction{rate_one, random_.between(1, 10)};
        s.caps.leverage_caps_size = one_in(3);
        return s;
    }
    Modulator lift(ModulatorInput input) {
        return {input, ModulatorEffect::lift, {random_.between(0, 100'000), 0}, {random_.between(200'000, 2'000'000), 0}, hundred_percent};
    }

    Random& random_;
    plimsoll::testing::ScheduleGenerator schedules_;
    Kind kind_;
};

}  // namespace plimsoll::reference
