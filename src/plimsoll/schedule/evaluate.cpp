#include "plimsoll/schedule/evaluate.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/money/reciprocal.hpp"
#include "plimsoll/schedule/curve.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }
constexpr UWide ceiling = static_cast<UWide>(term_max);

Wide up(Wide amount, Wide numerator, Wide denominator) {
    return static_cast<Wide>(mul_div(u(amount), u(numerator), u(denominator), Toward::up, ceiling));
}

RampShare share_of(const CompiledModulator& modulator, Wide input) {
    const Wide along = modulator.descending ? modulator.start - input : input - modulator.start;
    return {std::clamp<Wide>(along, 0, modulator.span), modulator.span};
}

/// What a modulator adds to a value on the guard grid.
Wide added_by(const CompiledModulator& modulator, const RampShare& share, Wide value, Wide notional) {
    if (share.numerator == 0) return 0;
    if (modulator.effect == ModulatorEffect::lift) {
        const Wide room = notional * rate_one - value;
        return room <= 0 ? 0 : up(room, share.numerator, share.denominator);
    }
    const Wide full = up(value, modulator.extra, rate_one);
    return std::min(up(full, share.numerator, share.denominator), term_max - value);
}

Wide term_value(const CompiledSchedule& schedule, const CompiledTerm& term, const Exposure& exposure, const MarketFigures& figures,
                bool modulated, Trace::TermTrace* trace) {
    const AxisPoint point = axis_point(term, exposure, figures);
    const bool unbounded = point.divided && point.unit == 0;  // nothing measured: the caps decide
    const Wide most = exposure.notional * rate_max.raw();  // no cap is greater
    const bool sliced = !unbounded && term.application == Application::marginal && point.x > 0;
    const Wide asked = unbounded ? most
                       : sliced  ? marginal_value(schedule, term, point, exposure.notional)
                                 : whole_value(schedule, term, point, exposure.notional);
    Wide value = std::min(most, asked);
    if (trace != nullptr) {
        trace->x = point.x;
        trace->unit = point.unit;
        trace->row = term.rows > 0 && !unbounded ? row_of(schedule, term, point) : 0;
        trace->area = !sliced ? 0 : point.x == exposure.notional ? asked : marginal_value(schedule, term, point, point.x);
        trace->curve = value;
    }
    for (std::uint32_t i = 0; modulated && i < term.modulators; ++i) {
        const CompiledModulator& modulator = schedule.modulators[term.first_modulator + i];
        const RampShare share = share_of(modulator, modulator_input(modulator, exposure, figures));
        const Wide added = added_by(modulator, share, value, exposure.notional);
        value += added;
        if (trace != nullptr) {
            trace->shares[i] = share;
            trace->added[i] = added;
        }
    }
    if (trace != nullptr) trace->value = value;
    return value;
}

/// Raises (or caps) the running requirement and notes who did it.
struct Running {
    Wide value = 0;
    Binding binding = Binding::term;

    void at_least(Wide bound, Binding who) {
        if (bound <= value) return;
        value = bound;
        binding = who;
    }
    void at_most(Wide bound, Binding who) {
        if (bound >= value) return;
        value = bound;
        binding = who;
    }
};

/// notional * fraction on the guard grid, rounded up.
Wide rate_value(Wide notional, Fraction f) {
    return f.denominator == 1 ? notional * f.numerator : up(notional, f.numerator, f.denominator);
}

}  // namespace

Wide modulator_input(const CompiledModulator& modulator, const Exposure& exposure, const MarketFigures& figures) {
    switch (modulator.input) {
        case ModulatorInput::open_interest: return figures.larger_side();
        case ModulatorInput::side_open_interest: return figures.side(exposure.is_short);
        case ModulatorInput::skew: return std::max<Wide>(0, figures.side(exposure.is_short) - figures.side(!exposure.is_short));
        case ModulatorInput::volatility: return figures.volatility.raw();
        case ModulatorInput::reserve_ratio: return figures.reserve_ratio.raw();
    }
    assertion_failed("a modulator input outside the enumeration", __FILE__, __LINE__);
}

Wide requirement_exact(const CompiledSchedule& schedule, Level which, const Exposure& exposure, const MarketFigures& figures,
                       const AccountTerms& account, Trace* trace) {
    PLIM_ASSERT(exposure.notional >= 0 && exposure.notional <= notional_max);
    if (exposure.notional == 0) return 0;
    const CompiledLevel& level = schedule.level(which);
    Wide combined = 0;
    for (std::uint32_t i = 0; i < level.terms; ++i) {
        const Wide value = term_value(schedule, schedule.terms[level.first_term + i], exposure, figures, level.modulated,
                                      trace != nullptr ? &trace->terms[i] : nullptr);
        if (trace != nullptr && (i == 0 || value > trace->terms[trace->binding_term].value)) trace->binding_term = i;
        combined = level.combine == Combine::sum ? combined + value : std::max(combined, value);
    }
    Running running{std::min(combined, term_max), Binding::term};
    if (level.derived) running.value = up(running.value, level.factor.numerator, Wide{level.factor.denominator} * rate_one);
    if (account.multiplier != hundred_percent) running.value = up(running.value, account.multiplier.raw(), rate_one);
    const Wide multiplied = running.value;

    if (which == Level::initial) {
        if (account.leverage_rate.numerator != 0) running.at_least(rate_value(exposure.notional, account.leverage_rate), Binding::leverage);
        if (account.initial_floor.raw() != 0) running.at_least(exposure.notional * account.initial_floor.raw(), Binding::account_floor);
    }
    if (schedule.floor.numerator != 0) running.at_least(rate_value(exposure.notional, schedule.floor), Binding::floor);
    running.at_most(rate_value(exposure.notional, exposure.is_short ? schedule.cap_short : schedule.cap_long), Binding::cap);
    running.at_least(schedule.minimum, Binding::minimum);

    if (trace != nullptr) {
        trace->combined = combined;
        trace->multiplied = multiplied;
        trace->binding = running.binding;
        trace->exact = running.value;
    }
    return running.value;
}

Amount round_requirement(const CompiledSchedule& schedule, Wide exact) {
    const Wide rounded = divide(exact, pow10_reciprocal(schedule.guard_digits()), Round::ceil);
    return rounded > Amount::max().raw() ? Amount::max() : Amount::narrow(rounded);
}

Amount requirement_general(const CompiledSchedule& schedule, Level level, const Exposure& exposure, const MarketFigures& figures,
                           const AccountTerms& account) {
    return round_requirement(schedule, requirement_exact(schedule, level, exposure, figures, account));
}

CapBreach check_caps(const CompiledSchedule& schedule, const Exposure& exposure, const MarketFigures& figures,
                     const AccountTerms& account) {
    if (exposure.notional > schedule.position_cap) return CapBreach::position;
    if (std::max(exposure.group_notional, exposure.notional) > schedule.group_cap) return CapBreach::group;
    const Wide side = figures.side(exposure.is_short);
    if (side > schedule.open_interest_cap) return CapBreach::open_interest;
    if (schedule.market_cap_share.numerator != 0) {
        const Fraction share = schedule.market_cap_share;
        const UWide cap = mul_div(u(figures.market_cap), u(share.numerator), u(Wide{share.denominator} * rate_one), Toward::down);
        if (u(side) > cap) return CapBreach::market_cap;
    }
    if (schedule.leverage_caps_size && account.leverage_rate.numerator != 0 &&
        exposure.notional > notional_cap_of_leverage(schedule, account.leverage_rate))
        return CapBreach::leverage;
    return CapBreach::none;
}

Wide notional_cap_of_leverage(const CompiledSchedule& schedule, Fraction leverage_rate) {
    const CompiledLevel& level = schedule.level(Level::initial);
    Wide cap = notional_max;
    for (std::uint32_t i = 0; i < level.terms; ++i) {
        const CompiledTerm& term = schedule.terms[level.first_term + i];
        const bool table = term.kind == CurveKind::brackets && term.axis == Axis{};
        for (std::uint32_t row = 0; table && row < term.rows; ++row) {
            const CompiledRow& r = schedule.rows[term.first_row + row];
            if (!less(leverage_rate, {r.numerator, r.denominator})) continue;
            // Under the lower-row rule the edge itself still belongs to the row below.
            const Wide end = schedule.edges[term.first_row + row] - (term.edge == EdgeRule::lower_row ? 0 : 1);
            cap = std::min(cap, std::max<Wide>(0, end));
            break;
        }
    }
    return cap;
}

}  // namespace plimsoll
