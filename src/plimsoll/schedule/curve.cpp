#include "plimsoll/schedule/curve.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/money/root.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }
constexpr Wide s(UWide value) { return static_cast<Wide>(value); }
constexpr UWide ceiling = static_cast<UWide>(term_max);

Wide clip(const Natural256& value) {
    return value > Natural256(ceiling) ? term_max : s(value.to_uwide());
}

/// amount * fraction, rounded up; amount <= term_max / 10.
Wide times(Wide amount, Fraction f) {
    if (f.denominator == 1) return std::min(amount * f.numerator, term_max);
    return s(mul_div(u(amount), u(f.numerator), u(f.denominator), Toward::up, ceiling));
}

/// A figure given in x units (a bare number when the axis is divided) in units of the subject.
Wide in_subject(Wide figure, const AxisPoint& point, Toward toward) {
    if (!point.divided) return figure;
    return s(mul_div(u(figure), u(point.unit), rate_one, toward, u(wide_max) / 4));
}

/// x beyond `origin`, at least 0; the origin rounded down, so the result is never too small.
Wide beyond(Wide origin, const AxisPoint& point) {
    return std::max<Wide>(0, point.x - in_subject(origin, point, Toward::down));
}

/// numerator * 10^-digits, divided by the axis unit where there is one: brings products with x to a bare number.
Natural256 to_bare(Natural256 value, const CompiledTerm& term, const AxisPoint& point, Toward toward) {
    if (point.divided) return divide(value, u(point.unit), toward);
    return toward == Toward::up ? value.divided_up_by_pow10(term.x_digits) : value.divided_down_by_pow10(term.x_digits);
}

/// Where x stands among the steps, at the axis' own resolution: a width is never rounded to the subject's last place.
struct Steps {
    Wide begun = 0;  // ceil((x - origin)+ / width), at most what reaches rate_max
    Natural256 over;   // (x - origin)+ times the scale
    Natural256 width;  // width times the scale
    std::uint64_t scale = 1;  // rate_one for a divided axis, whose figures count 10^-9
};

Steps steps_at(const CompiledTerm& term, const AxisPoint& point) {
    Steps steps;
    steps.scale = point.divided ? static_cast<std::uint64_t>(rate_one) : 1;
    const UWide unit = point.divided ? u(point.unit) : 1;
    const Natural256 x = multiply(u(point.x), steps.scale);
    const Natural256 origin = multiply(u(term.origin), unit);
    if (x <= origin) return steps;
    steps.over = x - origin;
    steps.width = multiply(u(term.width), unit);
    const Wide most = divide(Wide{rate_max.raw()}, term.step.numerator, Round::ceil);
    // A step wider than what 128 bits hold is wider than x.
    const Natural256 begun = steps.width.fits_uwide() ? divide(steps.over, steps.width.to_uwide(), Toward::up) : Natural256(UWide{1});
    steps.begun = begun > Natural256(u(most)) ? most : s(begun.to_uwide());
    return steps;
}

/// notional * slope * (x - origin)+ on the guard grid. slope counts 10^-18.
Wide slope_value(const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const Natural256 product = Natural256(u(notional)) * u(Wide{term.slope}) * u(beyond(term.origin, point));
    return clip(to_bare(product, term, point, Toward::up).divided_up_by_pow10(digits_max - rate_digits));
}

// A power's rate is counted in 10^-18 up to 1800 %, so that its average over the slices (5/9 of it at least) still
// reaches rate_max where it is cut off.
constexpr std::uint64_t rate18_max = 18'000'000'000'000'000'000u;
static_assert(rate18_max / 9 * 5 / 1'000'000'000u >= static_cast<std::uint64_t>(rate_max.raw()));

/// factor * sqrt(x) as a count of 10^-18, rounded up, at most rate18_max.
std::uint64_t root_rate18(const CompiledTerm& term, const AxisPoint& point) {
    const Natural256 radicand =
        to_bare(multiply(u(Wide{term.factor}) * u(Wide{term.factor}), u(point.x)), term, point, Toward::up);
    if (radicand >= multiply(rate18_max, rate18_max)) return rate18_max;
    return static_cast<std::uint64_t>(square_root(radicand.to_uwide(), Toward::up));
}

/// factor * x^(4/5) as a count of 10^-18, rounded up, at most rate18_max: the least r with
/// r^5 * (scale of x)^4 >= factor^5 * x^4. Limbs of 1024 bits hold both sides.
std::uint64_t power_rate18(const CompiledTerm& term, const AxisPoint& point) {
    const auto fourth = [](const Natural1024& value) { return value * value * (value * value); };
    const Natural1024 factor(u(Wide{term.factor}));
    const Natural1024 target = fourth(factor) * factor * fourth(Natural1024(u(point.x)));
    const Natural1024 scale = fourth(Natural1024(point.divided ? u(point.unit) : u(pow10(term.x_digits))));
    const auto enough = [&](std::uint64_t r) { return fourth(Natural1024(UWide{r})) * Natural1024(UWide{r}) * scale >= target; };
    std::uint64_t low = 0;
    std::uint64_t high = rate18_max;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (enough(middle)) high = middle;
        else low = middle + 1;
    }
    return high;
}

/// notional * rate18 * share on the guard grid; `share` is the average of the curve over [0, x] as a part of its end value.
Wide power_value(std::uint64_t rate18, Wide notional, Fraction share) {
    const Natural256 product = Natural256(u(notional)) * UWide{rate18} * u(Wide{share.numerator});
    return clip(product.divided_up(static_cast<std::uint64_t>(share.denominator)).divided_up_by_pow10(digits_max - rate_digits));
}

struct Segment {
    Wide from = 0, to = 0;  // units of the subject
    Wide rate = 0, rise = 0;
};

Segment segment_of(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, std::uint32_t row) {
    const CompiledRow& here = schedule.rows[term.first_row + row];
    Segment segment{edge_of(schedule, term, point, row), 0, here.numerator, 0};
    if (row + 1 == term.rows) return segment;
    segment.to = edge_of(schedule, term, point, row + 1);
    segment.rise = schedule.rows[term.first_row + row + 1].numerator - here.numerator;
    return segment;
}

Wide knots_whole(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const Segment segment = segment_of(schedule, term, point, row_of(schedule, term, point));
    const Wide level = notional * segment.rate;
    const Wide run = segment.to - segment.from;
    if (segment.rise == 0 || run <= 0) return level;
    const UWide part = u(std::max<Wide>(0, point.x - segment.from));
    return std::min(term_max, level + clip(divide(Natural256(u(notional)) * u(segment.rise) * part, u(run), Toward::up)));
}

/// Twice the area is a whole number but for the triangle above the last knot's rate, so one rounding serves both.
Wide knots_area(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point) {
    const std::uint32_t row = row_of(schedule, term, point);
    const Segment segment = segment_of(schedule, term, point, row);
    const Wide part = std::max<Wide>(0, point.x - segment.from);
    const Wide run = segment.to - segment.from;
    const Wide twice_below = in_subject(schedule.rows[term.first_row + row].carry, point, Toward::up);
    Natural256 twice = Natural256(u(twice_below)) + multiply(u(part), u(segment.rate * 2));
    if (segment.rise == 0 || run <= 0) return clip(twice.divided_up(2));
    twice = twice * u(run) + multiply(u(part), u(part)) * u(segment.rise);
    return clip(divide(twice.divided_up(2), u(run), Toward::up));
}

/// x at the rate of its row less what the slices below save against that rate, as one exact numerator. With `notional`
/// above 0 it is the position's share of it, notional / x. One rounding, so it never falls as x grows.
Wide brackets_area(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const CompiledRow& row = schedule.rows[term.first_row + row_of(schedule, term, point)];
    if (!point.divided && notional == 0 && row.denominator == 1) return std::min(term_max, point.x * row.numerator - row.carry);
    const std::uint64_t scale = point.divided ? static_cast<std::uint64_t>(rate_one) : 1;
    const Natural256 saved = multiply(u(row.carry), static_cast<std::uint64_t>(row.denominator)) * (point.divided ? u(point.unit) : 1);
    Natural256 area = multiply(u(point.x), static_cast<std::uint64_t>(row.numerator)) * scale - saved;
    if (notional != 0) area = area * u(notional);
    area = area.divided_up(scale).divided_up(static_cast<std::uint64_t>(row.denominator));
    return clip(notional != 0 ? divide(area, u(point.x), Toward::up) : area);
}

/// n * over - width * (1 + ... + (n-1)), times the step.
Wide steps_area(const CompiledTerm& term, const AxisPoint& point) {
    const Wide flat = times(point.x, term.base);
    const Steps steps = steps_at(term, point);
    if (steps.begun == 0) return flat;
    // Not negative, because over > (n - 1) * width.
    Natural256 area = steps.over * u(steps.begun);
    if (steps.begun > 1) area = area - (steps.width * u(steps.begun) * u(steps.begun - 1)).divided_down(2);
    return std::min(term_max, flat + clip((area * u(Wide{term.step.numerator})).divided_up(steps.scale)));
}

/// slope * over^2 / 2 above the base.
Wide linear_area(const CompiledTerm& term, const AxisPoint& point) {
    const Wide over = beyond(term.origin, point);
    const Natural256 square = Natural256(u(over)) * u(over) * u(Wide{term.slope});
    const Natural256 bare = to_bare(square, term, point, Toward::up).divided_up_by_pow10(digits_max - rate_digits).divided_up(2);
    return std::min(term_max, times(point.x, term.base) + clip(bare));
}

}  // namespace

AxisPoint axis_point(const CompiledTerm& term, const Exposure& exposure, const MarketFigures& figures) {
    AxisPoint point;
    switch (term.axis.subject) {
        case Subject::own_size: point.x = exposure.size; break;
        case Subject::own_notional: point.x = exposure.notional; break;
        case Subject::group_notional: point.x = std::max(exposure.group_notional, exposure.notional); break;
        case Subject::side_open_interest: point.x = figures.side(exposure.is_short); break;
    }
    point.divided = term.axis.per != Per::nothing;
    switch (term.axis.per) {
        case Per::nothing: break;
        case Per::depth: point.unit = figures.depth; break;
        case Per::daily_volume: point.unit = figures.daily_volume; break;
        case Per::side_open_interest: point.unit = figures.side(exposure.is_short); break;
    }
    PLIM_ASSERT(point.x >= 0 && point.x <= notional_max);
    PLIM_ASSERT(point.unit >= 0 && point.unit <= notional_max);
    return point;
}

Wide edge_of(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, std::uint32_t index) {
    const Wide edge = schedule.edges[term.first_row + index];
    return in_subject(edge, point, term.edge == EdgeRule::lower_row ? Toward::down : Toward::up);
}

std::uint32_t row_of(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point) {
    // Under the lower-row rule an edge is passed only by what exceeds it. On a divided axis x becomes a count of 10^-9,
    // rounded so that its comparison with whole counts stays exact (x * rate_one fits 120 bits).
    const bool lower = term.edge == EdgeRule::lower_row;
    const Wide reached = point.divided ? divide(point.x * rate_one, point.unit, lower ? Round::ceil : Round::floor) : point.x;
    const Wide x = lower ? reached - 1 : reached;
    const Wide* edges = schedule.edges.data() + term.first_row;
    std::uint32_t row = 0;
    for (std::uint32_t i = 1; i < term.rows; ++i) row += edges[i] <= x ? 1u : 0u;
    return row;
}

Wide whole_value(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    switch (term.kind) {
        case CurveKind::flat: return times(notional, term.base);
        case CurveKind::brackets: {
            const CompiledRow& row = schedule.rows[term.first_row + row_of(schedule, term, point)];
            return times(notional, {row.numerator, row.denominator});
        }
        case CurveKind::linear: return std::min(term_max, times(notional, term.base) + slope_value(term, point, notional));
        case CurveKind::steps:
            return std::min(term_max, times(notional, term.base) +
                                          clip(multiply(u(notional), u(steps_at(term, point).begun * term.step.numerator))));
        case CurveKind::root: return power_value(root_rate18(term, point), notional, {1, 1});
        case CurveKind::power_four_fifths: return power_value(power_rate18(term, point), notional, {1, 1});
        case CurveKind::knots: return knots_whole(schedule, term, point, notional);
    }
    assertion_failed("a curve kind outside the enumeration", __FILE__, __LINE__);
}

Wide marginal_area(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point) {
    switch (term.kind) {
        case CurveKind::flat: return times(point.x, term.base);
        case CurveKind::brackets: return brackets_area(schedule, term, point, 0);
        case CurveKind::linear: return linear_area(term, point);
        case CurveKind::steps: return steps_area(term, point);
        case CurveKind::root: return power_value(root_rate18(term, point), point.x, {2, 3});
        case CurveKind::power_four_fifths: return power_value(power_rate18(term, point), point.x, {5, 9});
        case CurveKind::knots: return knots_area(schedule, term, point);
    }
    assertion_failed("a curve kind outside the enumeration", __FILE__, __LINE__);
}

Wide marginal_value(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    if (term.axis.subject == Subject::own_notional) return marginal_area(schedule, term, point);
    // Where the average over the slices is known in closed form, the position pays it at once.
    switch (term.kind) {
        case CurveKind::flat: return times(notional, term.base);
        case CurveKind::brackets: return brackets_area(schedule, term, point, notional);
        case CurveKind::root: return power_value(root_rate18(term, point), notional, {2, 3});
        case CurveKind::power_four_fifths: return power_value(power_rate18(term, point), notional, {5, 9});
        default: return s(mul_div(u(marginal_area(schedule, term, point)), u(notional), u(point.x), Toward::up, ceiling));
    }
}

}  // namespace plimsoll
