// What a schedule asks, computed the obvious way: from the data as published, with unbounded rationals, no compilation,
// no clipping of intermediates and no rounding. Roots are taken to 60 digits of 100.
#pragma once

#include "plimsoll/money/limits.hpp"
#include "plimsoll/schedule/exposure.hpp"
#include "plimsoll/schedule/schedule.hpp"
#include "support/reference.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <algorithm>

namespace plimsoll::testing {

/// A value on the guard grid and how far above it the product may be.
struct Bounded {
    enum State {
        integer,  // the product has exactly this
        rounded,  // the product has exactly this, rounded up to the grid
        loose,    // the product has at least this and at most `slack` more
    };
    Rational value;
    State state = integer;
    Rational slack = 0;

    /// One more step of arithmetic that rounds up: exact as long as nothing was rounded before it.
    Bounded step(const Rational& result, const Rational& slack_after) const {
        const bool whole = denominator(result) == 1;
        if (state == integer) return {result, whole ? integer : rounded, whole ? Rational(0) : Rational(1)};
        return {result, loose, slack_after + 1};
    }
};

class ReferenceSchedule {
public:
    ReferenceSchedule(const Schedule& schedule, const Scales& scales, const Exposure& exposure, const MarketFigures& figures,
                      const AccountTerms& account)
        : schedule_(schedule),
          scales_(scales),
          exposure_(exposure),
          figures_(figures),
          account_(account),
          notional_(exact(exposure.notional)) {}

    Bounded requirement(Level level) const {
        if (exposure_.notional == 0) return {};
        Bounded value = terms(rule(level), level);
        if (account_.multiplier != hundred_percent) value = scaled(value, Rational(account_.multiplier.raw(), rate_one));
        if (level == Level::initial) {
            at_least(value, notional_ * fraction(account_.leverage_rate));
            at_least(value, notional_ * account_.initial_floor.raw());
        }
        at_least(value, notional_ * fraction(schedule_.clamp.floor));
        const Fraction cap = exposure_.is_short && schedule_.clamp.cap_short ? *schedule_.clamp.cap_short : schedule_.clamp.cap;
        if (notional_ * fraction(cap) <= value.value) value = Bounded{}.step(notional_ * fraction(cap), 1);
        at_least(value, decimal(schedule_.clamp.minimum) * ten(scales_.notional_digits + rate_digits));
        return value;
    }

private:
    static Rational ten(int digits) { return Rational(power(10, static_cast<unsigned>(digits))); }
    static Rational decimal(const Decimal& d) { return Rational(d.raw) / ten(d.digits); }
    static Rational fraction(Fraction f) { return Rational(f.numerator, f.denominator); }
    static Rational positive(const Rational& value) { return value > 0 ? value : Rational(0); }

    const LevelRule& rule(Level level) const {
        if (level == Level::initial) return schedule_.initial;
        const bool closes = !schedule_.closeout.terms.empty() || schedule_.closeout.of_initial;
        return level == Level::closeout && closes ? schedule_.closeout : schedule_.maintenance;
    }

    Bounded terms(const LevelRule& rule, Level) const {
        const LevelRule& source = rule.of_initial ? schedule_.initial : rule;
        Bounded combined;
        for (const Term& t : source.terms) {
            const Bounded value = term(t, !rule.of_initial || rule.modulated);
            combined = source.combine == Combine::sum ? sum(combined, value) : larger(combined, value);
        }
        const Rational most(exact(term_max));
        if (combined.value > most) combined = {most, Bounded::integer, 0};
        return rule.of_initial ? scaled(combined, fraction(*rule.of_initial) / rate_one) : combined;
    }

    static Bounded scaled(const Bounded& v, const Rational& factor) { return v.step(v.value * factor, v.slack * factor); }
    static Bounded sum(const Bounded& a, const Bounded& b) {
        const Rational value = a.value + b.value;
        if (a.state == Bounded::integer || b.state == Bounded::integer) {
            const Bounded& other = a.state == Bounded::integer ? b : a;
            return {value, other.state, other.slack};
        }
        return {value, Bounded::loose, a.slack + b.slack};
    }
    static Bounded larger(const Bounded& a, const Bounded& b) {
        const bool exact_both = a.state != Bounded::loose && b.state != Bounded::loose;
        const Bounded& top = a.value >= b.value ? a : b;
        if (exact_both) return top;
        return {top.value, Bounded::loose, std::max(a.slack, b.slack)};
    }
    static void at_least(Bounded& value, const Rational& bound) { value = larger(value, Bounded{}.step(bound, 1)); }

    Rational subject(const Term& t) const {
        switch (t.axis.subject) {
            case Subject::own_size: return Rational(exact(exposure_.size));
            case Subject::own_notional: return notional_;
            case Subject::group_notional: return Rational(exact(std::max(exposure_.group_notional, exposure_.notional)));
            case Subject::side_open_interest: return Rational(exact(figures_.side(exposure_.is_short)));
        }
        return 0;
    }
    /// How many last places of the subject make 1 on the axis.
    Rational unit(const Term& t) const {
        switch (t.axis.per) {
            case Per::nothing: return ten(t.axis.subject == Subject::own_size ? scales_.size_digits : scales_.notional_digits);
            case Per::depth: return Rational(exact(figures_.depth));
            case Per::daily_volume: return Rational(exact(figures_.daily_volume));
            case Per::side_open_interest: return Rational(exact(figures_.side(exposure_.is_short)));
        }
        return 1;
    }

    Bounded term(const Term& t, bool modulated) const {
        Bounded value = unmodulated(t);
        const Rational most = notional_ * rate_max.raw();  // 1000 %
        if (value.value >= most) value = {most, Bounded::integer, 0};
        for (std::size_t i = 0; modulated && i < t.modulators.size(); ++i) value = modulate(t.modulators[i], value);
        return value;
    }

    Bounded unmodulated(const Term& t) const {
        const Rational per = unit(t);
        if (per == 0) return {notional_ * rate_max.raw()};
        const Rational last_place = subject(t);
        const Rational x = last_place / per;
        const bool divided = t.axis.per != Per::nothing;
        if (t.application == Application::whole || x == 0) {
            return whole(t.curve, x, 3 + notional_ / Rational(power(10, 8)));
        }
        Bounded value{notional_ * area(t.curve, x) / x, Bounded::loose, 0};
        const bool table = t.curve.kind == CurveKind::brackets;
        const bool power_curve = t.curve.kind == CurveKind::root || t.curve.kind == CurveKind::power_four_fifths;
        const bool two_parts = (t.curve.kind == CurveKind::linear || t.curve.kind == CurveKind::steps) && t.curve.base.denominator != 1;
        if (power_curve || two_parts) value.slack = notional_ / Rational(power(10, 8)) + 3;
        else if (!table || decimals(t.curve)) return Bounded{}.step(value.value, 1);
        if (value.slack > 0) return value;
        // Every row's sum may have lost up to one count of 10^-9 of the axis' last place.
        const Rational row_loss = Rational(static_cast<long>(t.curve.rows.size())) * (divided ? Rational(per / rate_one) : Rational(1));
        value.slack = notional_ / last_place * (row_loss + 3) + 3;
        return value;
    }

    static bool decimals(const Curve& c) {
        return std::all_of(c.rows.begin(), c.rows.end(), [](const Row& row) { return row.rate.denominator == 1; });
    }

    /// Parts are rounded one by one: exact when at most one of them needs it.
    Bounded whole(const Curve& c, const Rational& x, const Rational& slack) const {
        const Rational value = notional_ * rate(c, x);
        const bool two_parts = (c.kind == CurveKind::linear || c.kind == CurveKind::steps) && c.base.denominator != 1;
        const bool inexact = c.kind == CurveKind::root || c.kind == CurveKind::power_four_fifths;
        return !inexact && !two_parts ? Bounded{}.step(value, 1) : Bounded{value, Bounded::loose, slack};
    }

    static Rational from_float(const boost::multiprecision::cpp_bin_float_100& value) {
        const Rational scale(power(10, 60));
        return Rational(Integer(boost::multiprecision::floor(value * boost::multiprecision::cpp_bin_float_100(power(10, 60))))) / scale;
    }
    static Rational root(const Rational& x, CurveKind kind) {
        using Float = boost::multiprecision::cpp_bin_float_100;
        const Float value = Float(numerator(x)) / Float(denominator(x));
        if (value == 0) return 0;
        return from_float(kind == CurveKind::root ? Float(sqrt(value)) : Float(pow(value, Float(4) / 5)));
    }

    static std::size_t row_of(const Curve& c, const Rational& x) {
        std::size_t row = 0;
        for (std::size_t i = 1; i < c.rows.size(); ++i) {
            const Rational from = decimal(c.rows[i].from);
            if (c.edge == EdgeRule::lower_row ? from < x : from <= x) row = i;
        }
        return row;
    }

    /// How many steps have begun at x. What is cut off at 1000 % is the requirement, not a step.
    static Integer steps(const Curve& c, const Rational& x) {
        return ceil_of(Rational(positive(x - decimal(c.origin)) / decimal(c.width)));
    }

    /// The rate at x in 10^-9.
    static Rational rate(const Curve& c, const Rational& x) {
        switch (c.kind) {
            case CurveKind::flat: return fraction(c.base);
            case CurveKind::linear: return fraction(c.base) + decimal(c.slope) * rate_one * positive(x - decimal(c.origin));
            case CurveKind::steps: return fraction(c.base) + fraction(c.step) * Rational(steps(c, x));
            case CurveKind::brackets: return fraction(c.rows[row_of(c, x)].rate);
            case CurveKind::root:
            case CurveKind::power_four_fifths: return decimal(c.factor) * root(x, c.kind) * rate_one;
            case CurveKind::knots: break;
        }
        const std::size_t row = row_of(c, x);
        if (row + 1 == c.rows.size()) return fraction(c.rows[row].rate);
        const Rational from = decimal(c.rows[row].from);
        const Rational rise = fraction(c.rows[row + 1].rate) - fraction(c.rows[row].rate);
        return fraction(c.rows[row].rate) + rise * (x - from) / (decimal(c.rows[row + 1].from) - from);
    }

    /// The integral of the rate over [0, x].
    static Rational area(const Curve& c, const Rational& x) {
        const Rational over = positive(x - decimal(c.origin));
        switch (c.kind) {
            case CurveKind::flat: return fraction(c.base) * x;
            case CurveKind::linear: return fraction(c.base) * x + decimal(c.slope) * rate_one * over * over / 2;
            case CurveKind::steps: {
                const Rational n{steps(c, x)};
                const Rational full = n > 0 ? Rational(decimal(c.width) * n * (n - 1) / 2) : Rational(0);
                return fraction(c.base) * x + fraction(c.step) * (n * over - full);
            }
            case CurveKind::root: return x * rate(c, x) * 2 / 3;
            case CurveKind::power_four_fifths: return x * rate(c, x) * 5 / 9;
            case CurveKind::brackets:
            case CurveKind::knots: break;
        }
        Rational sum = 0;
        for (std::size_t i = 0; i < c.rows.size() && decimal(c.rows[i].from) < x; ++i) {
            const Rational from = decimal(c.rows[i].from);
            const Rational to = i + 1 < c.rows.size() ? std::min<Rational>(x, decimal(c.rows[i + 1].from)) : x;
            const Rational start = fraction(c.rows[i].rate);
            Rational end = start;
            if (c.kind == CurveKind::knots && i + 1 < c.rows.size())
                end += (fraction(c.rows[i + 1].rate) - start) * (to - from) / (decimal(c.rows[i + 1].from) - from);
            sum += (to - from) * (start + end) / 2;
        }
        return sum;
    }

    Rational input(const Modulator& m) const {
        const Rational scale = ten(scales_.notional_digits);
        const Wide own = figures_.side(exposure_.is_short);
        const Wide other = figures_.side(!exposure_.is_short);
        switch (m.input) {
            case ModulatorInput::open_interest: return Rational(exact(std::max(own, other))) / scale;
            case ModulatorInput::side_open_interest: return Rational(exact(own)) / scale;
            case ModulatorInput::skew: return positive(Rational(exact(own)) - Rational(exact(other))) / scale;
            case ModulatorInput::volatility: return Rational(figures_.volatility.raw(), rate_one);
            case ModulatorInput::reserve_ratio: return Rational(figures_.reserve_ratio.raw(), rate_one);
        }
        return 0;
    }

    Bounded modulate(const Modulator& m, const Bounded& value) const {
        Rational share = (input(m) - decimal(m.from)) / (decimal(m.to) - decimal(m.from));
        share = std::clamp<Rational>(share, 0, 1);
        if (share == 0) return value;
        if (m.effect == ModulatorEffect::lift) {
            const Rational room = notional_ * rate_one - value.value;
            if (share == 1 && room >= 0)
                return {notional_ * rate_one, value.state == Bounded::loose ? Bounded::loose : Bounded::integer, value.slack};
            return room <= 0 ? value : value.step(value.value + room * share, value.slack);
        }
        const Rational extra = Rational(m.multiplier.raw() - rate_one, rate_one);
        const Rational most(exact(term_max));
        const Rational raised = value.value * (1 + share * extra);
        if (raised >= most) return {most, Bounded::loose, 0};
        // Two divisions, each rounded up.
        const bool once = value.state == Bounded::integer && (share == 1 || denominator(Rational(value.value * extra)) == 1);
        if (once) return value.step(raised, 1);
        return {raised, Bounded::loose, value.slack * (1 + extra) + 3};
    }

    const Schedule& schedule_;
    const Scales& scales_;
    const Exposure& exposure_;
    const MarketFigures& figures_;
    const AccountTerms& account_;
    Rational notional_;
};

}  // namespace plimsoll::testing
