#include "plimsoll/conformance/kit.hpp"

#include <algorithm>

namespace plimsoll::conformance {

namespace {

constexpr Fraction ten_times = {10 * rate_one, 1};

Term whole(CurveKind kind) {
    Term term;
    term.application = Application::whole;
    term.curve.kind = kind;
    return term;
}

/// The decimals that the figures of a schedule need on the notional's and on the size's scale.
struct Needed {
    int notional = 0;
    int size = 0;

    void look_at(const Schedule& schedule) {
        for (const LevelRule* level : {&schedule.initial, &schedule.maintenance, &schedule.closeout})
            for (const Term& term : level->terms) look_at(term);
        for (const auto* cap : {&schedule.caps.position, &schedule.caps.group, &schedule.caps.open_interest})
            if (*cap) notional = std::max(notional, (*cap)->digits);
    }

private:
    void look_at(const Term& term) {
        if (term.axis.per == Per::nothing) {
            int& digits = term.axis.subject == Subject::own_size ? size : notional;
            digits = std::max({digits, term.curve.origin.digits, term.curve.width.digits});
            for (const Row& row : term.curve.rows) digits = std::max(digits, row.from.digits);
        }
        for (const Modulator& m : term.modulators) {
            const bool bare = m.input == ModulatorInput::volatility || m.input == ModulatorInput::reserve_ratio;
            if (!bare) notional = std::max({notional, m.from.digits, m.to.digits});
        }
    }
};

}  // namespace

Term flat(Fraction rate) {
    Term term = whole(CurveKind::flat);
    term.curve.base = rate;
    return term;
}

Term nothing_asked() { return flat({0, 1}); }

Term linear_in_size(Fraction base, Decimal slope) {
    Term term = whole(CurveKind::linear);
    term.axis.subject = Subject::own_size;
    term.curve.base = base;
    term.curve.slope = slope;
    return term;
}

Term root_in_size(Decimal factor) {
    Term term = whole(CurveKind::root);
    term.axis.subject = Subject::own_size;
    term.curve.factor = factor;
    return term;
}

Term brackets(std::vector<Row> rows, Application application, EdgeRule edge) {
    Term term = whole(CurveKind::brackets);
    term.application = application;
    term.curve.edge = edge;
    term.curve.rows = std::move(rows);
    return term;
}

LevelRule sum_of(std::vector<Term> terms) {
    LevelRule rule;
    rule.terms = std::move(terms);
    rule.combine = Combine::sum;
    return rule;
}

LevelRule max_of(std::vector<Term> terms) {
    LevelRule rule = sum_of(std::move(terms));
    rule.combine = Combine::max;
    return rule;
}

LevelRule part_of_initial(Fraction part, bool modulated) {
    LevelRule rule;
    rule.of_initial = part;
    rule.modulated = modulated;
    return rule;
}

Schedule schedule_of(LevelRule initial, LevelRule maintenance) {
    Schedule schedule;
    schedule.id = "vector";
    schedule.initial = std::move(initial);
    schedule.maintenance = std::move(maintenance);
    schedule.clamp.cap = ten_times;
    return schedule;
}

Schedule schedule_of(LevelRule both) { return schedule_of(both, both); }

Asked::Asked(Translation& translation, const Schedule& schedule, const Question& q) : t_(translation), schedule_(schedule), question_(q) {
    Needed needed;
    needed.look_at(schedule);
    for (const Exact* figure : {&q.notional, &q.open_interest_long, &q.open_interest_short, &q.depth, &q.market_cap})
        needed.notional = std::max(needed.notional, figure->decimals());
    needed_digits_ = needed.notional;
    size_digits_ = std::max(needed.size, q.size.decimals());
}

/// Brings the question to scales; false when they do not hold it.
bool Asked::at_scales(int notional_digits, int amount_digits) {
    bool fits = true;
    const auto figure = [&](const Exact& value, int digits) {
        const auto raw = value.raw(digits);
        if (raw && *raw >= 0 && *raw <= notional_max) return *raw;
        fits = false;
        return Wide{0};
    };
    exposure_.notional = figure(question_.notional, notional_digits);
    exposure_.group_notional = exposure_.notional;
    exposure_.is_short = question_.is_short;
    exposure_.size = figure(question_.size, size_digits_);
    figures_.open_interest_long = figure(question_.open_interest_long, notional_digits);
    figures_.open_interest_short = figure(question_.open_interest_short, notional_digits);
    figures_.depth = figure(question_.depth, notional_digits);
    figures_.market_cap = figure(question_.market_cap, notional_digits);
    figures_.volatility = question_.volatility;
    if (!fits) return false;
    auto made = compile(schedule_, {notional_digits, size_digits_, amount_digits});
    if (!made) {
        if (notional_digits == needed_digits_) t_.refused(made.error());
        return false;
    }
    compiled_ = std::move(*made);
    return true;
}

/// The finest scale that holds the figures: quotients such as a third are then rounded far behind the last place asked for.
bool Asked::compiled(int amount_digits) {
    if (t_.stopped()) return false;
    if (compiled_ && compiled_->scales.amount_digits == amount_digits) return true;
    for (int finer = 18; finer >= 0; finer -= 3)
        if (at_scales(needed_digits_ + finer, amount_digits)) return true;
    t_.not_expressible("beyond the declared domain: a notional of " + question_.notional.text() + " or a figure beside it");
    return false;
}

Exact Asked::rounded(Level level, int digits) {
    if (!compiled(digits)) return {};
    const Wide exact = requirement_exact(*compiled_, level, exposure_, figures_, question_.terms);
    if (!fits_int64(divide(exact, pow10(compiled_->guard_digits()), Round::ceil))) {
        t_.not_expressible("beyond the declared domain: the requirement does not fit an amount at " + std::to_string(digits) + " digits");
        return {};
    }
    return Exact::of(round_requirement(*compiled_, exact).raw(), digits);
}

Exact Asked::exact(Level level) {
    if (!compiled(schedule_.clamp.minimum.digits)) return {};
    return Exact::of(requirement_exact(*compiled_, level, exposure_, figures_, question_.terms),
                     compiled_->scales.notional_digits + rate_digits);
}

std::optional<MarginAnswer> Asked::explained(Level level) {
    if (!compiled(schedule_.clamp.minimum.digits)) return std::nullopt;
    const Wide exact = requirement_exact(*compiled_, level, exposure_, figures_, question_.terms);
    if (!fits_int64(divide(exact, pow10(compiled_->guard_digits()), Round::ceil))) return std::nullopt;
    return explain(*compiled_, level, exposure_, exposure_, figures_, question_.terms);
}

CapBreach Asked::caps() {
    if (!compiled(schedule_.clamp.minimum.digits)) return CapBreach::none;
    return check_caps(*compiled_, exposure_, figures_, question_.terms);
}

}  // namespace plimsoll::conformance
