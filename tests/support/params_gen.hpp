// Random parameter sets: inside the declared domain, structurally sound, every kind of every part among them.
#pragma once

#include "plimsoll/base/random.hpp"
#include "plimsoll/params/figures.hpp"
#include "plimsoll/params/parameter_set.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace plimsoll::testing {

class SetGenerator {
public:
    explicit SetGenerator(Random& random) : random_(random) {}

    ParameterSet set() {
        ParameterSet set;
        set.name = "set-" + number(1, 99);
        set.version = static_cast<std::uint32_t>(random_.between(1, 1000));
        if (coin()) set.source = "a \"source\" with \\ and \t, n\u00b0 " + number(0, 9);
        const auto assets = random_.between(1, 4);
        for (std::int64_t i = 0; i < assets; ++i) set.assets.push_back(asset("A" + std::to_string(i)));
        const auto schedules = random_.between(1, 4);
        for (std::int64_t i = 0; i < schedules; ++i) set.schedules.push_back(schedule("s" + std::to_string(i)));
        const auto markets = random_.between(1, 4);
        for (std::int64_t i = 0; i < markets; ++i) set.markets.push_back(market("M" + std::to_string(i), set));
        set.numeraire = {index(set.assets.size())};
        set.profit = profit();
        if (coin()) set.liquidation = liquidation();
        const auto overrides = random_.between(0, 3);
        for (std::int64_t i = 0; i < overrides; ++i) set.overrides.push_back(exception("acct" + std::to_string(i), set));
        return set;
    }

    Schedule schedule(std::string id) {
        Schedule schedule;
        schedule.id = std::move(id);
        schedule.version = static_cast<std::uint32_t>(random_.between(1, 9));
        terms(schedule.initial);
        if (coin()) {
            schedule.maintenance.of_initial = coin() ? Fraction{2 * rate_one, 3} : Fraction{rate(100'000'000, 900'000'000).raw(), 1};
            schedule.maintenance.modulated = coin();
        } else {
            terms(schedule.maintenance);
        }
        if (coin()) schedule.closeout.of_initial = Fraction{rate(1, 500'000'000).raw(), 1};
        schedule.clamp = clamp();
        schedule.caps = caps();
        return schedule;
    }

    bool coin() { return random_.next() % 2 == 0; }

private:
    std::string number(std::int64_t low, std::int64_t high) { return std::to_string(random_.between(low, high)); }
    std::uint32_t index(std::size_t count) { return static_cast<std::uint32_t>(random_.between(0, static_cast<std::int64_t>(count) - 1)); }
    Rate rate(std::int64_t low, std::int64_t high) { return Rate::from_raw(random_.between(low, high)); }
    /// At most two decimals, so that every market's scale holds it.
    Decimal figure(std::int64_t low, std::int64_t high) {
        return normalised(Decimal{random_.between(low, high), static_cast<int>(random_.between(0, 2))});
    }

    Asset asset(std::string name) {
        Asset asset;
        asset.name = std::move(name);
        asset.digits = static_cast<int>(random_.between(2, 8));
        asset.price_digits = static_cast<int>(random_.between(0, 4));
        asset.price_max = Price::from_raw(random_.between(1, 1'000'000));
        asset.amount_max = Amount::from_raw(random_.between(1, 1'000'000'000'000));
        asset.weight_maintenance = weight();
        asset.weight_initial = coin() ? asset.weight_maintenance : weight();
        asset.collateral = random_.next() % 4 != 0;
        if (coin()) asset.liability_weight_initial = rate(rate_one, 3 * rate_one);
        if (coin()) asset.liability_weight_maintenance = asset.liability_weight_initial;
        if (coin()) asset.confirmations = static_cast<std::uint32_t>(random_.between(0, 100));
        if (coin()) asset.pending_weight = rate(0, rate_one);
        if (coin()) asset.smoothing_ms = duration();
        return asset;
    }

    WeightCurve weight() {
        WeightCurve curve;
        curve.weight = rate(1, rate_one);
        if (coin()) return curve;
        const auto tiers = random_.between(0, 4);
        Decimal from{};
        std::int64_t top = curve.weight.raw();
        for (std::int64_t i = 0; i < tiers; ++i) {
            curve.tiers.push_back({from, Rate::from_raw(top)});
            from = Decimal{from.raw + random_.between(1, 1'000'000), 0};
            top = random_.between(0, top);
        }
        if (coin())
            curve.root = RootDiscount{rate(rate_one / 2, rate_one + rate_one / 5), normalised(Decimal{random_.between(1, 1'000'000), 9})};
        if (coin()) {
            const Rate least = rate(0, rate_one / 2);
            curve.linear = LinearDiscount{normalised(Decimal{random_.between(1, 1'000'000), 12}), least, rate(least.raw(), rate_one)};
        }
        if (coin()) curve.venue_scale_start = figure(1, 1'000'000'000);
        return curve;
    }

    ProfitWeights profit() {
        ProfitWeights profit;
        profit.initial = rate(0, rate_one);
        profit.withdrawal = rate(0, rate_one);
        profit.maintenance = rate(std::max(profit.initial, profit.withdrawal).raw(), rate_one);
        if (coin()) profit.initial_cap = figure(1, 1'000'000);
        return profit;
    }

    MarketParams market(std::string name, const ParameterSet& set) {
        MarketParams market;
        market.name = std::move(name);
        market.settle = {index(set.assets.size())};
        market.schedule = {index(set.schedules.size())};
        Instrument& instrument = market.instrument;
        instrument.kind = static_cast<ContractKind>(random_.between(0, 2));
        instrument.price_digits = static_cast<int>(random_.between(1, 3));
        instrument.size_digits = static_cast<int>(random_.between(2, 4));
        instrument.settle_digits = set.assets[market.settle.index].digits;
        instrument.multiplier =
            coin() ? Decimal{1, 0} : normalised(Decimal{random_.between(1, 1000), static_cast<int>(random_.between(0, 3))});
        instrument.price_max = Price::from_raw(random_.between(1000, 10'000'000));
        instrument.size_max = Size::from_raw(random_.between(1000, 10'000'000));
        if (coin()) instrument.tick = Price::from_raw(random_.between(1, 100));
        if (coin()) instrument.lot = Size::from_raw(random_.between(1, 100));
        if (coin()) market.multiplier = rate(rate_one, 5 * rate_one);
        market.open_orders = static_cast<OpenOrderPolicy>(random_.between(0, 2));
        market.hedge = static_cast<HedgeRule>(random_.between(0, 1));
        if (coin()) market.leverage_max_hundredths = static_cast<std::uint32_t>(random_.between(100, 12'500));
        if (coin()) market.fee_max = rate(0, rate_one / 10);
        if (coin()) market.liquidation_fee = rate(0, rate_one / 10);
        if (coin()) market.depth_share = rate(1, rate_one);
        if (coin()) market.guard = guard();
        return market;
    }

    /// From 1 ms to the longest that a set may say.
    std::uint64_t duration() { return static_cast<std::uint64_t>(random_.between(1, coin() ? 3'600'000 : 4'000'000'000'000)); }
    std::uint32_t some() { return static_cast<std::uint32_t>(random_.between(1, 1000)); }

    LiquidationRules liquidation() {
        LiquidationRules rules;
        if (coin()) rules.threshold_marks = some();
        if (coin()) rules.threshold_ms = duration();
        if (coin()) rules.critical_share = rate(0, rate_one);
        if (coin()) rules.interval_ms = duration();
        if (coin()) rules.intervals_max = some();
        if (coin()) rules.per_interval_max = some();
        if (coin()) rules.fund_share = rate(0, rate_one);
        if (coin()) rules.liquidator_share = rate(0, rate_one - rules.fund_share.raw());
        if (coin()) rules.stress = rate(1, rate_one);
        if (coin()) rules.reserve_accounts = some();
        if (coin()) rules.reserve_interval_ms = duration();
        rules.withdrawals_wait = coin();
        return rules;
    }

    std::optional<Velocity> velocity() {
        if (coin()) return std::nullopt;
        return Velocity{rate(1, rate_one - 1), duration()};
    }

    Slew slew() {
        Slew slew;
        if (coin()) slew.floor = random_.between(0, 1'000'000'000'000);
        if (coin()) slew.cap = random_.between(std::max<std::int64_t>(1, slew.floor), 2'000'000'000'000);
        slew.velocity = velocity();
        return slew;
    }

    GuardParams guard() {
        GuardParams guard;
        if (coin()) guard.sources_min = static_cast<std::uint32_t>(random_.between(1, 16));
        if (coin()) guard.outlier_max = rate(1, rate_one - 1);
        if (coin()) guard.source_stale_ms = duration();
        if (coin()) guard.mark_band = rate(1, rate_one - 1);
        guard.index_required = coin();
        if (coin()) guard.mark_stale_ms = duration();
        guard.credit = velocity();
        guard.liquidation = velocity();
        guard.depth = slew();
        guard.daily_volume = slew();
        guard.volatility = slew();
        for (std::size_t state = 0; state < guard.actions.allowed.size(); ++state)
            for (const GuardedAction action : {GuardedAction::open, GuardedAction::withdraw, GuardedAction::liquidate})
                if (random_.next() % 4 == 0) guard.actions.allowed[state][static_cast<std::size_t>(action)] = coin();
        return guard;
    }

    Override exception(std::string account, const ParameterSet& set) {
        Override exception;
        exception.account = std::move(account);
        if (coin()) exception.market = MarketId{index(set.markets.size())};
        if (coin()) exception.multiplier = rate(rate_one + 1, 5 * rate_one);
        if (coin() || !exception.multiplier) exception.initial_floor = rate(1, rate_one);
        return exception;
    }

    void terms(LevelRule& rule) {
        rule.combine = coin() ? Combine::max : Combine::sum;
        const auto count = random_.between(1, 3);
        for (std::int64_t i = 0; i < count; ++i) rule.terms.push_back(term());
    }

    Term term() {
        Term term;
        term.axis.subject = static_cast<Subject>(random_.between(0, 3));
        const bool divisible = term.axis.subject == Subject::own_notional || term.axis.subject == Subject::group_notional;
        if (divisible && coin()) term.axis.per = static_cast<Per>(random_.between(1, 3));
        const bool sliceable = term.axis.subject != Subject::side_open_interest;
        term.application = sliceable && coin() ? Application::marginal : Application::whole;
        term.curve = curve();
        const auto modulators = random_.between(0, 2);
        for (std::int64_t i = 0; i < modulators; ++i) term.modulators.push_back(modulator());
        return term;
    }

    Curve curve() {
        Curve curve;
        curve.kind = static_cast<CurveKind>(random_.between(0, 6));
        const Fraction base{random_.between(1, 50'000'000), 1};
        switch (curve.kind) {
            case CurveKind::flat: curve.base = coin() ? base : Fraction{rate_one, random_.between(2, 125)}; break;
            case CurveKind::linear:
                curve.base = base;
                curve.slope = normalised(Decimal{random_.between(1, 1'000'000), 12});
                if (coin()) curve.origin = figure(0, 1'000'000);
                break;
            case CurveKind::steps:
                curve.base = base;
                curve.step = {random_.between(1, 10'000'000), 1};
                curve.width = figure(1, 1'000'000);
                if (coin()) curve.origin = figure(0, 1'000'000);
                break;
            case CurveKind::root:
            case CurveKind::power_four_fifths: curve.factor = normalised(Decimal{random_.between(1, 1'000'000), 12}); break;
            case CurveKind::brackets:
                curve.edge = coin() ? EdgeRule::lower_row : EdgeRule::upper_row;
                rows(curve.rows, true);
                break;
            case CurveKind::knots: rows(curve.rows, false); break;
        }
        return curve;
    }

    void rows(std::vector<Row>& rows, bool leverages) {
        const auto count = random_.between(1, 6);
        std::int64_t from = 0;
        std::int64_t hundredths = random_.between(2000, 12'500);
        std::int64_t rate = random_.between(1, 10'000'000);
        const bool as_leverage = leverages && coin();
        for (std::int64_t i = 0; i < count; ++i) {
            Fraction fraction{rate, 1};
            if (as_leverage) {
                fraction = hundredths % 10 != 0    ? Fraction{100 * rate_one, hundredths}
                           : hundredths % 100 != 0 ? Fraction{10 * rate_one, hundredths / 10}
                                                   : Fraction{rate_one, hundredths / 100};
            }
            rows.push_back({normalised(Decimal{from, 2}), fraction});
            from += random_.between(1, 100'000'000);
            rate += random_.between(0, 100'000'000);
            hundredths = random_.between(std::max<std::int64_t>(110, hundredths / 2), hundredths);
        }
    }

    Modulator modulator() {
        Modulator modulator;
        modulator.input = static_cast<ModulatorInput>(random_.between(0, 4));
        modulator.effect = static_cast<ModulatorEffect>(random_.between(0, 1));
        const std::int64_t low = random_.between(0, 1'000'000);
        const std::int64_t high = random_.between(low + 1, 100'000'000);
        const bool falling = modulator.input == ModulatorInput::reserve_ratio;
        modulator.from = normalised(Decimal{falling ? high : low, 2});
        modulator.to = normalised(Decimal{falling ? low : high, 2});
        if (modulator.effect == ModulatorEffect::multiply) modulator.multiplier = rate(rate_one + 1, 10 * rate_one);
        return modulator;
    }

    Clamp clamp() {
        Clamp clamp;
        if (coin()) clamp.floor = {random_.between(0, 20'000'000), 1};
        if (coin()) clamp.cap = {random_.between(20'000'000, rate_one), 1};
        if (coin()) clamp.cap_short = Fraction{random_.between(rate_one, 3 * rate_one), 1};
        if (coin()) clamp.minimum = figure(0, 1000);
        return clamp;
    }

    Caps caps() {
        Caps caps;
        if (coin()) caps.position = figure(1, 1'000'000'000);
        if (coin()) caps.group = figure(1, 1'000'000'000);
        if (coin()) caps.open_interest = figure(1, 1'000'000'000);
        if (coin()) caps.open_interest_market_cap = Fraction{random_.between(1, rate_one), 1};
        caps.leverage_caps_size = coin();
        return caps;
    }

    Random& random_;
};

}  // namespace plimsoll::testing
