#include "plimsoll/stress/schemes.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/evaluate.hpp"

#include <algorithm>

namespace plimsoll::stress {

namespace {

Term flat_term(Fraction rate) {
    Term term;
    term.application = Application::whole;
    term.curve.base = rate;
    return term;
}

}  // namespace

Wide figure(const Decimal& value) {
    PLIM_ASSERT(value.digits <= figure_digits);
    return Wide{value.raw} * pow10(figure_digits - value.digits);
}

Fraction rate_of(const Decimal& value) {
    if (value.digits <= rate_digits) return {value.raw * pow10_64(rate_digits - value.digits), 1};
    return {value.raw, pow10_64(value.digits - rate_digits)};
}

Schedule flat_scheme(const Decimal& rate) {
    Schedule schedule;
    schedule.id = "flat";
    schedule.initial.terms = {flat_term(rate_of(rate))};
    schedule.maintenance.of_initial = Fraction{rate_one / 2, 1};
    schedule.clamp.cap = Fraction::from_rate(rate_max);
    return schedule;
}

Schedule table_scheme(const std::vector<TableRow>& rows, Application application, Subject subject) {
    PLIM_ASSERT(!rows.empty());
    Schedule schedule;
    schedule.id = "table";
    Term initial;
    initial.axis.subject = subject;
    initial.application = application;
    initial.curve.kind = CurveKind::brackets;
    Term maintenance = initial;
    maintenance.application = Application::marginal;
    for (const TableRow& row : rows) {
        initial.curve.rows.push_back({row.from, {rate_one * pow10_64(row.leverage.digits), row.leverage.raw}});
        maintenance.curve.rows.push_back({row.from, rate_of(row.maintenance)});
    }
    schedule.initial.terms = {initial};
    schedule.maintenance.terms = {maintenance};
    (subject == Subject::group_notional ? schedule.caps.group : schedule.caps.position) = rows.back().to;
    return schedule;
}

Schedule open_interest_scheme(const OpenInterestSet& set) {
    Schedule schedule = flat_scheme(set.base);
    schedule.id = "open-interest";
    schedule.clamp.cap = Fraction::from_rate(hundred_percent);
    if (set.upper.raw != 0)
        schedule.initial.terms[0].modulators = {
            {ModulatorInput::open_interest, ModulatorEffect::lift, set.lower, set.upper, hundred_percent}};
    return schedule;
}

Schedule depth_scheme(const Decimal& base, const Decimal& slope) {
    Schedule schedule = flat_scheme(base);
    schedule.id = "depth";
    Term& term = schedule.initial.terms[0];
    term.axis.per = Per::depth;
    term.curve.kind = CurveKind::linear;
    term.curve.slope = slope;
    schedule.clamp.cap = Fraction::from_rate(hundred_percent);
    return schedule;
}

Schedule larger_of(const Schedule& a, const Schedule& b) {
    Schedule both = a;
    both.id = a.id + " or " + b.id;
    both.initial.terms.insert(both.initial.terms.end(), b.initial.terms.begin(), b.initial.terms.end());
    if (!both.caps.group) both.caps.group = b.caps.group;
    if (!both.caps.position) both.caps.position = b.caps.position;
    both.clamp.cap = less(a.clamp.cap, b.clamp.cap) ? b.clamp.cap : a.clamp.cap;
    return both;
}

CompiledSchedule compiled(const Schedule& schedule) {
    auto result = compile(schedule, figure_scales);
    PLIM_ASSERT(result);
    return std::move(*result);
}

Exposure exposure_of(Wide notional, Wide group_notional, bool is_short) {
    return {notional, 0, std::max(notional, group_notional), is_short};
}

MarketFigures figures_of(Wide open_interest, Wide depth) {
    MarketFigures figures;
    figures.open_interest_long = figures.open_interest_short = open_interest;
    figures.depth = depth;
    return figures;
}

bool admits(const CompiledSchedule& schedule, const Exposure& exposure, const MarketFigures& figures, Wide equity) {
    if (check_caps(schedule, exposure, figures) != CapBreach::none) return false;
    return requirement(schedule, Level::initial, exposure, figures).raw() <= equity;
}

Wide profit(Wide notional, bool is_short, const Decimal& from, const Decimal& to) {
    // notional * (to - from) / from with both prices at the same digits.
    const int digits = std::max(from.digits, to.digits);
    const Wide start = Wide{from.raw} * pow10(digits - from.digits);
    const Wide move = Wide{to.raw} * pow10(digits - to.digits) - start;
    const Wide gain = is_short ? -move : move;
    const Toward toward = gain < 0 ? Toward::up : Toward::down;  // against the account both ways
    const auto size = static_cast<Wide>(mul_div(static_cast<UWide>(notional), magnitude(gain), static_cast<UWide>(start), toward));
    return gain < 0 ? -size : size;
}

}  // namespace plimsoll::stress
