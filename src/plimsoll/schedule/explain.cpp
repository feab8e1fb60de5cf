#include "plimsoll/schedule/explain.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/curve.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// part / whole as a rate, rounded up, at most what a Rate holds for display.
Rate ratio_up(Wide part, Wide whole) {
    if (whole <= 0 || part <= 0) return Rate{};
    return Rate::narrow(std::min<Wide>((part - 1) / whole + 1, std::numeric_limits<std::int64_t>::max()));
}

/// The slices of a marginal table in the order in which they are filled. Each slice's amount is the difference of two
/// sums of the evaluation itself, so that they add up to it exactly.
void marginal_steps(const CompiledSchedule& schedule, const CompiledTerm& term, const Trace::TermTrace& trace, TermAnswer& answer) {
    AxisPoint point{0, trace.unit, term.axis.per != Per::nothing};
    Wide from = 0;
    Wide area_before = 0;
    answer.steps.reserve(trace.row + 1);
    for (std::uint32_t row = 0; row <= trace.row; ++row) {
        const bool last = row == trace.row;
        const Wide to = last ? trace.x : edge_of(schedule, term, point, row + 1);
        point.x = to;
        const CompiledRow& r = schedule.rows[term.first_row + row];
        const bool table = term.kind == CurveKind::brackets;
        // Under the lower-row rule the row's end is its own, so what the evaluation would answer there is read off the row.
        const bool own_end = table && term.axis == Axis{} && term.edge == EdgeRule::lower_row && r.denominator == 1;
        const Wide area = last      ? trace.area
                          : own_end ? to * r.numerator - r.carry
                          : to == 0 ? 0
                                    : marginal_value(schedule, term, point, to);
        const Fraction rate = table ? Fraction{r.numerator, r.denominator} : Fraction::from_rate(ratio_up(area - area_before, to - from));
        answer.steps.push_back({row + 1, from, to, rate, area - area_before});
        from = to;
        area_before = area;
    }
}

/// Brings the steps of a term whose axis is not its own notional from the axis to the position: each slice takes its
/// share, and the last one what is left, so that nothing is lost.
void spread(std::vector<Step>& steps, Wide area, Wide value) {
    Wide left = value;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool last = i + 1 == steps.size();
        const Wide share = last || area == 0 ? left
                                             : static_cast<Wide>(mul_div(static_cast<UWide>(steps[i].amount), static_cast<UWide>(value),
                                                                         static_cast<UWide>(area), Toward::down));
        steps[i].amount = share;
        left -= share;
    }
}

TermAnswer answer_term(const CompiledSchedule& schedule, const CompiledTerm& term, const Trace::TermTrace& trace, const Exposure& exposure,
                       const MarketFigures& figures, bool modulated) {
    TermAnswer answer{term.axis, term.kind, term.application, trace.x, trace.unit, term.x_digits, {}, {}, trace.value, {}};
    const bool divided = term.axis.per != Per::nothing;
    const bool measured = !divided || trace.unit > 0;
    const AxisPoint point{trace.x, trace.unit, divided};
    if (term.rows > 0 && measured && term.application == Application::marginal && trace.x > 0) {
        marginal_steps(schedule, term, trace, answer);
        if (term.axis.subject != Subject::own_notional) spread(answer.steps, trace.area, trace.curve);
    } else {
        const std::uint32_t row = term.rows > 0 && measured ? trace.row + 1 : 0;
        Fraction rate = Fraction::from_rate(ratio_up(trace.curve, exposure.notional));
        if (row > 0 && term.kind == CurveKind::brackets) {
            const CompiledRow& r = schedule.rows[term.first_row + trace.row];
            rate = {r.numerator, r.denominator};
        }
        answer.steps.push_back({row, 0, trace.x, rate, trace.curve});
    }
    if (term.rows > 0 && measured && trace.row + 1 < term.rows) answer.next_edge = edge_of(schedule, term, point, trace.row + 1);
    if (modulated) answer.modulators.reserve(term.modulators);
    for (std::uint32_t i = 0; modulated && i < term.modulators; ++i) {
        const CompiledModulator& m = schedule.modulators[term.first_modulator + i];
        answer.modulators.push_back({m.input, m.effect, modulator_input(m, exposure, figures), trace.shares[i], trace.added[i]});
    }
    return answer;
}

}  // namespace

MarginAnswer explain(const CompiledSchedule& schedule, Level which, const Exposure& exposure, const Exposure& next,
                     const MarketFigures& figures, const AccountTerms& account) {
    MarginAnswer answer;
    answer.schedule_id = schedule.id;
    answer.schedule_version = schedule.version;
    answer.level = which;
    Trace trace;
    answer.exact = requirement_exact(schedule, which, exposure, figures, account, &trace);
    answer.margin = round_requirement(schedule, answer.exact);
    answer.effective_rate = ratio_up(answer.exact, exposure.notional);
    const Wide next_exact = requirement_exact(schedule, which, next, figures, account);
    answer.marginal_rate = ratio_up(next_exact - answer.exact, next.notional - exposure.notional);
    if (exposure.notional == 0) return answer;

    const CompiledLevel& level = schedule.level(which);
    answer.combine = level.combine;
    answer.terms.reserve(level.terms);
    for (std::uint32_t i = 0; i < level.terms; ++i)
        answer.terms.push_back(
            answer_term(schedule, schedule.terms[level.first_term + i], trace.terms[i], exposure, figures, level.modulated));
    answer.binding_term = trace.binding_term;
    answer.binding = trace.binding;
    answer.combined = trace.combined;
    answer.multiplied = trace.multiplied;
    answer.rounding = Wide{answer.margin.raw()} * pow10(schedule.guard_digits()) - answer.exact;
    return answer;
}

}  // namespace plimsoll
