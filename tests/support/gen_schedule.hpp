// Random schedules that are valid by construction, and exposures and market figures that crowd their edges: every axis,
// curve, application, modulator, combiner and clamp, at scales from whole units to twelve decimals.
#pragma once

#include "plimsoll/base/random.hpp"
#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/evaluate.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace plimsoll::testing {

/// One question: whom, in what market, on what terms.
struct Question {
    Exposure exposure;
    MarketFigures figures;
    AccountTerms account;
};

class ScheduleGenerator {
public:
    explicit ScheduleGenerator(Random& random) : random_(random) {}

    bool chance(int one_in) { return random_.between(1, one_in) == 1; }
    template <class T>
    T pick(std::initializer_list<T> values) {
        return values.begin()[random_.between(0, static_cast<std::int64_t>(values.size()) - 1)];
    }
    /// Every magnitude up to 10^digits is as likely as any other.
    std::int64_t magnitude(int digits) {
        const std::int64_t top = pow10_64(static_cast<int>(random_.between(0, digits)));
        return chance(4) ? top : random_.between(1, top);
    }

    Scales scales() {
        if (chance(2)) return {8, 4, 6};
        Scales s;
        s.notional_digits = static_cast<int>(random_.between(0, 12));
        s.size_digits = static_cast<int>(random_.between(0, s.notional_digits));
        s.amount_digits = static_cast<int>(random_.between(0, std::min(9, s.notional_digits + 2)));
        return s;
    }

    Schedule schedule(const Scales& scales) {
        scales_ = scales;
        Schedule s;
        s.id = "generated";
        s.initial.combine = pick({Combine::max, Combine::sum});
        const auto terms = chance(2) ? 1 : random_.between(1, terms_max);
        for (std::int64_t i = 0; i < terms; ++i) s.initial.terms.push_back(term());
        lower_levels(s);
        s.clamp = clamp();
        s.caps = caps();
        return s;
    }

    /// A question whose figures lie on, next to or far from what the schedule names.
    Question question(const Schedule& s, const Scales& scales) {
        scales_ = scales;
        collect(s);
        Question q;
        q.exposure.notional = near(notionals_, 12);
        q.exposure.size = near(sizes_, 9);
        q.exposure.group_notional = std::max(q.exposure.notional, chance(2) ? q.exposure.notional : near(notionals_, 13));
        q.exposure.is_short = chance(2);
        q.figures.open_interest_long = near(interests_, 13);
        q.figures.open_interest_short = near(interests_, 13);
        q.figures.depth = divisor(q.exposure);
        q.figures.daily_volume = divisor(q.exposure);
        q.figures.market_cap = near(notionals_, 13);
        q.figures.volatility = Rate::from_raw(narrow64(std::min<Wide>(near(bare_, 1), pow10(12))));
        q.figures.reserve_ratio = Rate::from_raw(narrow64(std::min<Wide>(near(bare_, 1), pow10(12))));
        q.account = account();
        return q;
    }

    AccountTerms account() {
        AccountTerms terms;
        if (chance(6)) terms.multiplier = Rate::from_raw(rate_one + magnitude(10));
        if (chance(6)) terms.initial_floor = rate();
        if (chance(4)) terms.leverage_rate = {rate_one, random_.between(1, 200)};
        return terms;
    }

    Rate rate() { return Rate::from_raw(chance(3) ? magnitude(9) : magnitude(3) * 1'000'000); }
    Random& random() { return random_; }

    Term term() {
        Term t;
        t.application = pick({Application::marginal, Application::whole});
        t.axis.subject =
            pick({Subject::own_notional, Subject::own_notional, Subject::own_size, Subject::group_notional, Subject::side_open_interest});
        if (t.axis.subject == Subject::side_open_interest) t.application = Application::whole;
        if (t.axis.subject != Subject::own_size && chance(3)) t.axis.per = pick({Per::depth, Per::daily_volume, Per::side_open_interest});
        if (t.axis.subject == Subject::side_open_interest && t.axis.per == Per::side_open_interest) t.axis.per = Per::depth;
        t.curve = curve(t.axis);
        for (auto i = random_.between(-3, chance(8) ? modulators_max : 2); i > 0; --i) t.modulators.push_back(modulator());
        return t;
    }

private:
    Fraction fraction() {
        if (chance(3)) return {rate_one, random_.between(1, 200)};
        if (chance(8)) return {rate_one * 100, random_.between(100, 100'000)};
        return Fraction::from_rate(rate());
    }

    int digits_of(const Axis& axis) const {
        if (axis.per != Per::nothing) return rate_digits;
        return axis.subject == Subject::own_size ? scales_.size_digits : scales_.notional_digits;
    }
    /// A figure on an axis: a bare number is small, a notional or a size may be large.
    Decimal figure(const Axis& axis) {
        const int digits = static_cast<int>(random_.between(0, std::min(6, digits_of(axis))));
        return {magnitude((axis.per != Per::nothing ? 2 : 9) + digits), digits};
    }

    Curve curve(const Axis& axis) {
        Curve c;
        c.kind = pick({CurveKind::flat, CurveKind::linear, CurveKind::steps, CurveKind::brackets, CurveKind::brackets, CurveKind::brackets,
                       CurveKind::root, CurveKind::power_four_fifths, CurveKind::knots, CurveKind::knots});
        c.edge = pick({EdgeRule::lower_row, EdgeRule::upper_row});
        switch (c.kind) {
            case CurveKind::flat: c.base = fraction(); break;
            case CurveKind::linear:
                c.base = fraction();
                c.slope = {magnitude(10), static_cast<int>(random_.between(10, digits_max))};
                if (chance(2)) c.origin = figure(axis);
                break;
            case CurveKind::steps:
                c.base = fraction();
                c.step = Fraction::from_rate(rate());
                c.width = figure(axis);
                if (chance(2)) c.origin = figure(axis);
                break;
            case CurveKind::brackets:
            case CurveKind::knots: rows(c, axis); break;
            case CurveKind::root:
            case CurveKind::power_four_fifths: c.factor = {magnitude(12), static_cast<int>(random_.between(12, digits_max))}; break;
        }
        return c;
    }

    void rows(Curve& c, const Axis& axis) {
        const int digits = static_cast<int>(random_.between(0, std::min(6, digits_of(axis))));
        const int size = (axis.per != Per::nothing ? 2 : 9) + digits;
        const auto count = chance(8) ? rows_max : random_.between(1, 12);
        std::vector<std::int64_t> edges{0};
        for (std::int64_t i = 1; i < count; ++i) edges.push_back(magnitude(size));
        std::sort(edges.begin(), edges.end());
        edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
        std::vector<Fraction> rates;
        for (std::size_t i = 0; i < edges.size(); ++i)
            rates.push_back(c.kind == CurveKind::knots ? Fraction::from_rate(rate()) : fraction());
        std::sort(rates.begin(), rates.end(), [](Fraction a, Fraction b) { return less(a, b); });
        for (std::size_t i = 0; i < edges.size(); ++i) c.rows.push_back({{edges[i], digits}, rates[i]});
    }

    Modulator modulator() {
        Modulator m;
        m.input = pick({ModulatorInput::open_interest, ModulatorInput::side_open_interest, ModulatorInput::skew, ModulatorInput::volatility,
                        ModulatorInput::reserve_ratio});
        m.effect = pick({ModulatorEffect::lift, ModulatorEffect::multiply});
        const bool bare = m.input == ModulatorInput::volatility || m.input == ModulatorInput::reserve_ratio;
        const int digits = static_cast<int>(random_.between(0, bare ? 9 : std::min(6, scales_.notional_digits)));
        const std::int64_t a = chance(4) ? 0 : magnitude((bare ? 1 : 9) + digits);
        const std::int64_t b = a + magnitude((bare ? 1 : 9) + digits);
        const bool descending = m.input == ModulatorInput::reserve_ratio;
        m.from = {descending ? b : a, digits};
        m.to = {descending ? a : b, digits};
        if (m.effect == ModulatorEffect::multiply) m.multiplier = Rate::from_raw(rate_one + magnitude(10));
        return m;
    }

    static Fraction part(Fraction f, std::int64_t numerator, std::int64_t denominator) {
        if (f.denominator == 1) return {f.numerator == 0 ? 0 : std::max<std::int64_t>(1, f.numerator * numerator / denominator), 1};
        return {f.numerator / denominator * numerator, f.denominator};
    }
    /// The same term asking at most numerator/denominator of it before modulators.
    static Term lowered(Term t, std::int64_t numerator, std::int64_t denominator) {
        const auto down = [&](std::int64_t raw) { return std::max<std::int64_t>(1, raw / denominator * numerator); };
        Curve& c = t.curve;
        c.base = part(c.base, numerator, denominator);
        if (c.kind == CurveKind::steps) c.step = {down(c.step.numerator), 1};
        if (c.kind == CurveKind::linear) c.slope.raw = down(c.slope.raw);
        if (c.factor.raw > 0) c.factor.raw = down(c.factor.raw);
        for (Row& row : c.rows) {
            // Of a bracket that asks few last places the part is a fraction: whole it might be as much as all of it, and then the
            // roundings of the table decide which level asks more. A knot's rate is a decimal.
            const bool fine = c.kind == CurveKind::brackets && row.rate.denominator == 1 && row.rate.numerator < 1'000;
            row.rate = fine ? Fraction{row.rate.numerator * numerator, denominator} : part(row.rate, numerator, denominator);
        }
        return t;
    }
    /// Maintenance at most initial, close-out between them.
    void lower_levels(Schedule& s) {
        const bool closes = chance(3);
        if (chance(2)) {
            s.maintenance.of_initial = {rate_one, random_.between(2, 5)};
            s.maintenance.modulated = chance(2);
            if (closes) s.closeout.of_initial = {rate_one * 3, 4};
            return;
        }
        s.maintenance.combine = s.initial.combine;
        if (closes) s.closeout.combine = s.initial.combine;
        for (const Term& t : s.initial.terms) {
            s.maintenance.terms.push_back(lowered(t, 1, 2));
            if (closes) s.closeout.terms.push_back(lowered(t, 3, 4));
        }
    }

    Clamp clamp() {
        Clamp c;
        if (chance(6)) c.floor = {rate_one, random_.between(20, 1000)};
        if (chance(6)) c.cap = Fraction::from_rate(Rate::from_raw(rate_one / 10 * random_.between(5, 100)));
        if (chance(4)) c.cap_short = chance(2) ? Fraction::from_rate(rate_max) : c.cap;
        if (chance(6))
            c.minimum = {magnitude(std::min(6, scales_.amount_digits + 3)), static_cast<int>(random_.between(0, scales_.amount_digits))};
        return c;
    }
    Caps caps() {
        Caps c;
        if (chance(4)) c.position = Decimal{magnitude(10), 0};
        if (chance(4)) c.group = Decimal{magnitude(11), 0};
        if (chance(4)) c.open_interest = Decimal{magnitude(12), 0};
        if (chance(8)) c.open_interest_market_cap = Fraction{rate_one, 10};
        c.leverage_caps_size = chance(4);
        return c;
    }

    static Wide at(const Decimal& d, int digits) {
        return d.digits > digits ? d.raw / pow10(d.digits - digits) : d.raw * pow10(digits - d.digits);
    }

    void collect(const Schedule& s) {
        notionals_ = {0, 1};
        sizes_ = {0, 1};
        interests_ = {0, 1};
        bare_ = {0, rate_one};
        edges_ = {1, rate_one};
        for (const LevelRule* level : {&s.initial, &s.maintenance, &s.closeout})
            for (const Term& t : level->terms) collect(t);
        for (const auto& cap : {s.caps.position, s.caps.group, s.caps.open_interest})
            if (cap) notionals_.push_back(at(*cap, scales_.notional_digits));
    }
    void collect(const Term& t) {
        const int digits = digits_of(t.axis);
        std::vector<Wide>& into = t.axis.per != Per::nothing                      ? edges_
                                  : t.axis.subject == Subject::own_size           ? sizes_
                                  : t.axis.subject == Subject::side_open_interest ? interests_
                                                                                  : notionals_;
        for (const Row& row : t.curve.rows) into.push_back(at(row.from, digits));
        if (t.curve.origin.raw > 0) into.push_back(at(t.curve.origin, digits));
        if (t.curve.width.raw > 0) into.push_back(at(t.curve.origin, digits) + at(t.curve.width, digits) * random_.between(1, 5));
        for (const Modulator& m : t.modulators) {
            const bool bare = m.input == ModulatorInput::volatility || m.input == ModulatorInput::reserve_ratio;
            for (const Decimal& d : {m.from, m.to})
                (bare ? bare_ : interests_).push_back(at(d, bare ? rate_digits : scales_.notional_digits));
        }
    }

    /// One of `figures` give or take a unit, or any magnitude up to 10^digits whole units.
    Wide near(const std::vector<Wide>& figures, int digits) {
        if (chance(3)) {
            Wide value = magnitude(digits);
            for (int i = 0; i < scales_.notional_digits && value < notional_max / 100; ++i)
                value = value * 10 + (chance(2) ? 0 : random_.between(0, 9));
            return std::min(value, notional_max);
        }
        const Wide at_edge = figures[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(figures.size()) - 1))];
        return std::clamp<Wide>(at_edge + random_.between(-1, 1), 0, notional_max);
    }
    /// A market figure that brings the exposure onto or next to an edge of a divided axis; sometimes none was measured.
    Wide divisor(const Exposure& exposure) {
        if (chance(12)) return 0;
        if (chance(2)) return near(notionals_, 12);
        const Wide edge = std::max<Wide>(1, near(edges_, 2));
        return std::clamp<Wide>(exposure.notional * rate_one / edge + random_.between(-1, 1), 1, notional_max);
    }

    Random& random_;
    Scales scales_;
    std::vector<Wide> notionals_, sizes_, interests_, bare_, edges_;
};

/// A schedule with everything a test asks it.
struct ScheduleCase {
    Scales scales;
    Schedule schedule;
    CompiledSchedule compiled;
};

inline ScheduleCase gen_schedule(Random& random) {
    ScheduleGenerator generator(random);
    ScheduleCase made;
    made.scales = generator.scales();
    made.schedule = generator.schedule(made.scales);
    auto compiled = compile(made.schedule, made.scales);
    if (!compiled) assertion_failed(to_string(compiled.error().front()).c_str(), __FILE__, __LINE__);
    made.compiled = std::move(*compiled);
    return made;
}

inline Question gen_question(Random& random, const ScheduleCase& made) {
    return ScheduleGenerator(random).question(made.schedule, made.scales);
}

}  // namespace plimsoll::testing
