#include "plimsoll/params/rules.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/params/figures.hpp"
#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/probes.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

class RuleChecker {
public:
    Findings run(const ParameterSet& set) {
        for (const Asset& each : set.assets) deposits(each, "asset " + each.name);
        for (const MarketParams& each : set.markets) market(each, "market " + each.name);
        liquidation(set.liquidation);
        return std::move(findings_);
    }

private:
    void error(std::string code, std::string where, std::string message, std::string cure) {
        findings_.push_back({Severity::error, std::move(code), std::move(where), std::move(message), std::move(cure)});
    }

    void share(Rate value, Rate least, Rate most, const std::string& where, const std::string& cure) {
        if (value < least || value > most)
            error("share-out-of-range", where,
                  to_text(value) + " does not lie " + (least > Rate{} ? "above 0 and at most at " : "between 0 and ") + to_text(most),
                  cure);
    }
    void count(std::uint64_t value, const std::string& where, const std::string& cure) {
        if (value == 0) error("count-zero", where, "it must be above 0", cure);
    }
    /// A time in which something happens.
    void interval(std::uint64_t ms, const std::string& where, const std::string& cure) {
        if (ms == 0) error("interval-zero", where, "a time must be above 0", cure);
        duration(ms, where);
    }
    void duration(std::uint64_t ms, const std::string& where) {
        if (ms > duration_ms_max)
            error("interval-out-of-domain", where, std::to_string(ms) + " ms are beyond " + std::to_string(duration_ms_max),
                  "write a shorter time");
    }
    void interval(const std::optional<std::uint64_t>& ms, const std::string& where, const std::string& cure) {
        if (ms) interval(*ms, where, cure);
    }

    void deposits(const Asset& a, const std::string& where) {
        share(a.pending_weight, Rate{}, hundred_percent, where + " pending_weight", "write \"0.5\" for a half");
        interval(a.smoothing_ms, where + " smoothing_ms", "leave it out to take the mark as it is");
    }

    void market(const MarketParams& m, const std::string& where) {
        const std::string unit = "check the unit: 0.05 % is written \"0.0005\"";
        share(m.fee_max, Rate{}, fee_rate_max, where + " fee_max", unit);
        share(m.liquidation_fee, Rate{}, hundred_percent, where + " liquidation_fee", unit);
        if (m.depth_share)
            share(*m.depth_share, Rate::from_raw(1), hundred_percent, where + " depth_share", "leave it out to set no limit");
        guard(m.guard, where + " guard");
    }

    void guard(const GuardParams& g, const std::string& where) {
        if (const std::string_view fault = guard_fault(g); !fault.empty()) error("guard-out-of-domain", where, std::string(fault), "");
        if (g.source_stale_ms) duration(*g.source_stale_ms, where + " source_stale_ms");
        if (g.mark_stale_ms) duration(*g.mark_stale_ms, where + " mark_stale_ms");
        for (const auto& [velocity, name] : {std::pair{&g.credit, " credit"},
                                             {&g.liquidation, " liquidation"},
                                             {&g.depth.velocity, " depth"},
                                             {&g.daily_volume.velocity, " daily_volume"},
                                             {&g.volatility.velocity, " volatility"}})
            if (*velocity) duration((*velocity)->interval_ms, where + name);
    }

    void liquidation(const LiquidationRules& r) {
        const std::string where = "liquidation ";
        duration(r.threshold_ms, where + "threshold_ms");
        if (r.critical_share)
            share(*r.critical_share, Rate{}, hundred_percent, where + "critical_share", "leave it out for a threshold without exception");
        interval(r.interval_ms, where + "interval_ms", "write the time between two steps, such as 1000");
        count(r.intervals_max, where + "intervals_max", "write after how many steps the rest is closed");
        if (r.per_interval_max) count(*r.per_interval_max, where + "per_interval_max", "leave it out to set no limit");
        shares(r, where);
        share(r.stress, Rate::from_raw(1), hundred_percent, where + "stress", "write \"0.1\" for a move of 10 %");
        count(r.reserve_accounts, where + "reserve_accounts", "write how many of the largest accounts the fund must bear");
        interval(r.reserve_interval_ms, where + "reserve_interval_ms", "leave it out to never measure the reserve");
    }

    void shares(const LiquidationRules& r, const std::string& where) {
        const std::string cure = "write the fund's share and the liquidator's; what is left is the venue's";
        share(r.fund_share, Rate{}, hundred_percent, where + "fund_share", cure);
        share(r.liquidator_share, Rate{}, hundred_percent, where + "liquidator_share", cure);
        const Wide sum = Wide{r.fund_share.raw()} + r.liquidator_share.raw();
        const bool each_fits = r.fund_share <= hundred_percent && r.liquidator_share <= hundred_percent;
        if (each_fits && sum > rate_one)
            error("shares-above-one", "liquidation",
                  "fund_share and liquidator_share are " + to_text(Rate::from_raw(static_cast<std::int64_t>(sum))) +
                      " of a fee together, more than there is",
                  cure);
    }

    Findings findings_;
};

/// The least requirement per notional, over what it is asked about.
class LeastRate {
public:
    LeastRate(const CompiledSchedule& schedule, Level level, const MarketParams& market)
        : schedule_(schedule), level_(level), terms_{market.multiplier, {}, {}}, lot_(market.instrument.lot.raw()) {
        const Instrument& i = market.instrument;
        const bool inverse = i.kind == ContractKind::inverse;
        smallest_ = std::max<Wide>(1, notional(i, i.lot, inverse ? i.price_max : i.tick));
        largest_ = std::clamp(inverse ? inverse_notional_max : notional(i, i.size_max, i.price_max), smallest_, figure_large);
    }

    Rate run() {
        for (const Probe& probe : probes(schedule_))
            if (!probe.strained && probe.exposure.notional >= smallest_ && probe.exposure.notional <= largest_)
                ask(probe.exposure, probe.figures);
        ask(smallest_);
        where_the_minimum_ends();
        return Rate::from_raw(static_cast<std::int64_t>(std::min<Wide>(least_, Rate::max().raw())));
    }

private:
    static constexpr Wide figure_large = notional_max / 1024;

    Exposure lot_worth(Wide notional) const { return {notional, lot_, notional, false}; }

    /// The market in which such an exposure is asked the least: deep, and its own side either it alone or much larger than it.
    static MarketFigures calm(Wide open_interest) {
        MarketFigures figures;
        figures.depth = figures.daily_volume = figure_large;
        figures.open_interest_long = figures.open_interest_short = open_interest;
        figures.reserve_ratio = Rate::max();
        return figures;
    }

    Binding ask(Exposure exposure, const MarketFigures& figures) {
        Trace trace;
        for (const bool is_short : {false, true}) {
            exposure.is_short = is_short;
            least_ = std::min(least_, requirement_exact(schedule_, level_, exposure, figures, terms_, &trace) / exposure.notional);
        }
        return trace.binding;
    }
    Binding ask(Wide notional) {
        ask(lot_worth(notional), calm(figure_large));
        return ask(lot_worth(notional), calm(notional));
    }

    /// A least margin weighs less the larger the position, until the rates take over: there the rate is least, between all probes.
    void where_the_minimum_ends() {
        Wide low = smallest_;
        Wide high = largest_;
        if (ask(low) != Binding::minimum) return;
        while (high - low > 1) {
            const Wide middle = low + (high - low) / 2;
            (ask(middle) == Binding::minimum ? low : high) = middle;
        }
        ask(high);
    }

    const CompiledSchedule& schedule_;
    Level level_;
    AccountTerms terms_;
    Wide lot_;
    Wide smallest_ = 1;
    Wide largest_ = 1;
    Wide least_ = wide_max;
};

}  // namespace

Findings rule_faults(const ParameterSet& set) { return RuleChecker().run(set); }

Rate least_rate(const CompiledSchedule& schedule, Level level, const MarketParams& market) {
    return LeastRate(schedule, level, market).run();
}

Findings fee_faults(const CompiledSchedule& schedule, const MarketParams& market) {
    const Rate fee = market.liquidation_fee;
    if (fee <= Rate{}) return {};
    const Rate least = least_rate(schedule, Level::maintenance, market);
    if (fee < least) return {};
    return {{Severity::error, "fee-above-requirement", "market " + market.name + " liquidation_fee",
             "a fee of " + to_text(fee) + " is not below the least maintenance rate, " + to_text(least) +
                 ": an account that is liquidated there cannot pay for it",
             "lower the fee, or raise the floor of the schedule"}};
}

}  // namespace plimsoll
