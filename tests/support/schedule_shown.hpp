// Counterexamples in words, and what an explanation must add up to.
#pragma once

#include "plimsoll/schedule/explain.hpp"
#include "support/gen_schedule.hpp"
#include "support/reference.hpp"

#include <string>

namespace plimsoll::testing {

inline std::string described(const Schedule& schedule, const Scales& s, const Question& q) {
    std::string text;
    for (const LevelRule* level : {&schedule.initial, &schedule.maintenance, &schedule.closeout}) {
        text += "\n  level";
        for (const Term& t : level->terms) {
            const Curve& c = t.curve;
            text += "\n   term axis " + shown(std::int64_t(t.axis.subject)) + "/" + shown(std::int64_t(t.axis.per)) + " curve " +
                    shown(std::int64_t(c.kind)) + " application " + shown(std::int64_t(t.application)) + " edge " +
                    shown(std::int64_t(c.edge)) + " base " + shown(c.base.numerator) + "/" + shown(c.base.denominator) + " slope " +
                    format_decimal_short(c.slope.raw, c.slope.digits) + " origin " + format_decimal_short(c.origin.raw, c.origin.digits) +
                    " step " + shown(c.step.numerator) + " width " + format_decimal_short(c.width.raw, c.width.digits) + " factor " +
                    format_decimal_short(c.factor.raw, c.factor.digits);
            for (const Row& row : c.rows)
                text += " [" + format_decimal_short(row.from.raw, row.from.digits) + ": " + shown(row.rate.numerator) + "/" +
                        shown(row.rate.denominator) + "]";
            for (const Modulator& m : t.modulators)
                text += " (" + shown(std::int64_t(m.input)) + " " + shown(std::int64_t(m.effect)) + " " +
                        format_decimal_short(m.from.raw, m.from.digits) + ".." + format_decimal_short(m.to.raw, m.to.digits) + " x" +
                        shown(m.multiplier.raw()) + ")";
        }
    }
    text += "\n  digits " + std::to_string(s.notional_digits) + " " + std::to_string(s.size_digits) + " " +
            std::to_string(s.amount_digits) + " notional " + shown(q.exposure.notional) + " size " + shown(q.exposure.size) + " group " +
            shown(q.exposure.group_notional) + (q.exposure.is_short ? " short" : " long") + " open interest " +
            shown(q.figures.open_interest_long) + " / " + shown(q.figures.open_interest_short) + " depth " + shown(q.figures.depth) +
            " volume " + shown(q.figures.daily_volume) + " volatility " + shown(q.figures.volatility.raw()) + " reserve " +
            shown(q.figures.reserve_ratio.raw()) + " account x" + shown(q.account.multiplier.raw()) + " floor " +
            shown(q.account.initial_floor.raw()) + " leverage rate " + shown(q.account.leverage_rate.numerator) + "/" +
            shown(q.account.leverage_rate.denominator);
    return text;
}

/// One unit of the guard grid for each row of a marginal table, as far as it reaches the position.
inline Wide rows_apart(const CompiledSchedule& schedule, const Question& q) {
    Wide units = 2;
    for (const CompiledTerm& t : schedule.terms) {
        const Wide per_row = t.axis.subject == Subject::own_size ? 1 + q.exposure.notional / std::max<Wide>(1, q.exposure.size) : 1;
        const Wide divided = t.axis.per == Per::nothing
                                 ? 1
                                 : 1 + std::max({q.figures.depth, q.figures.daily_volume, q.figures.side(q.exposure.is_short)}) / rate_one;
        Wide loss = (t.rows + 2) * per_row * divided;
        for (std::uint32_t i = 0; i < t.modulators; ++i) loss += loss * schedule.modulators[t.first_modulator + i].extra / rate_one + 2;
        units += loss;
    }
    return units * (1 + q.account.multiplier.raw() / rate_one);
}

/// What does not add up in an explanation, or nothing.
inline std::string wrong_explanation(const CompiledSchedule& schedule, const MarginAnswer& answer, Level level, const Question& q) {
    const Wide exact = requirement_exact(schedule, level, q.exposure, q.figures, q.account);
    if (answer.exact != exact) return "the exact values differ";
    if (answer.margin != requirement(schedule, level, q.exposure, q.figures, q.account)) return "the margins differ";
    if (q.exposure.notional == 0) return answer.margin == Amount{} ? "" : "nothing asks something";
    Wide combined = 0;
    for (const TermAnswer& term : answer.terms) {
        Wide value = 0;
        Wide reached = 0;
        for (const Step& step : term.steps) {
            if (step.amount < 0) return "a step is negative";
            if (step.from != reached || step.to < step.from) return "the steps do not follow each other";
            reached = step.to;
            value += step.amount;
        }
        if (reached != term.x) return "the steps do not end at x";
        for (const ModulatorStep& step : term.modulators) {
            if (step.added < 0) return "a modulator takes away";
            if (step.share.numerator < 0 || step.share.numerator > step.share.denominator) return "a share lies outside 0 and 1";
            value += step.added;
        }
        if (value != term.value) return "steps and modulators do not make the term";
        combined = answer.combine == Combine::sum ? combined + value : std::max(combined, value);
    }
    if (combined != answer.combined) return "the terms do not make the combination";
    if (answer.terms.at(answer.binding_term).value !=
        std::max_element(answer.terms.begin(), answer.terms.end(), [](const TermAnswer& a, const TermAnswer& b) {
            return a.value < b.value;
        })->value)
        return "the binding term is not the largest";
    if (answer.binding == Binding::term && answer.exact != answer.multiplied) return "a term binds and is not the answer";
    if (answer.binding == Binding::cap && answer.exact >= std::max(answer.multiplied, answer.exact + 1)) return "a cap raises";
    if (answer.binding != Binding::term && answer.binding != Binding::cap && answer.exact <= 0) return "a floor asks nothing";
    const Wide grid = pow10(schedule.guard_digits());
    if (answer.rounding < 0 || answer.rounding >= grid) return answer.margin == Amount::max() ? "" : "the rounding is a whole unit or more";
    if (answer.exact + answer.rounding != Wide{answer.margin.raw()} * grid) return "exact and rounding do not make the margin";
    return "";
}

}  // namespace plimsoll::testing
