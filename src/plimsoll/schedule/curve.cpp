#include "plimsoll/schedule/curve.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/money/root.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }
constexpr Wide s(UWide value) { return static_cast<Wide>(value); }
constexpr UWide ceiling = static_cast<UWide>(term_max);

template <std::size_t Limbs>
Wide clip(const Natural<Limbs>& value) {
    return value > Natural<Limbs>(ceiling) ? term_max : s(value.to_uwide());
}

/// ceil(value / divisor) where the product outgrew 256 bits. Such products come from axes that no hot table uses.
Natural512 divided_up(const Natural512& value, UWide divisor) {
    if (divisor >> 64 == 0) return value.divided_up(static_cast<std::uint64_t>(divisor));
    Natural512 quotient;
    UWide remainder = 0;
    for (int bit = 511; bit >= 0; --bit) {
        const bool carry = (remainder >> 127) != 0;
        remainder = (remainder << 1) | value.bit(bit);
        if (!carry && remainder < divisor) continue;
        remainder -= divisor;
        quotient.set_bit(bit);
    }
    return remainder == 0 ? quotient : quotient + Natural512(UWide{1});
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

/// x and what the axis' figures are multiplied by to stand beside it. Figures of a divided axis count 10^-9, so x is taken
/// times 10^9 and they times the unit: nothing is rounded to the subject's last place.
struct Scaled {
    UWide x = 0;                // 120 bits
    UWide unit = 1;             // 90 bits
    std::uint64_t scale = 1;

    explicit Scaled(const AxisPoint& point) {
        if (point.divided) {
            scale = static_cast<std::uint64_t>(rate_one);
            unit = u(point.unit);
        }
        x = u(point.x) * scale;
    }
    /// (x - figure)+.
    UWide beyond(Wide figure) const {
        const Natural256 at = multiply(u(figure), unit);
        return Natural256(x) > at ? x - at.to_uwide() : 0;
    }
};

/// numerator * 10^-digits, divided by the axis unit where there is one: brings products with x to a bare number.
Natural256 to_bare(Natural256 value, const CompiledTerm& term, const AxisPoint& point, Toward toward) {
    if (point.divided) return divide(value, u(point.unit), toward);
    return toward == Toward::up ? value.divided_up_by_pow10(term.x_digits) : value.divided_down_by_pow10(term.x_digits);
}

/// Where x stands among the steps.
struct Steps {
    UWide begun = 0;   // ceil((x - origin)+ / width), 120 bits
    UWide over = 0;    // (x - origin)+, scaled
    Natural256 width;  // scaled
};

Steps steps_at(const CompiledTerm& term, const AxisPoint& point) {
    const Scaled scaled(point);
    Steps steps;
    steps.over = scaled.beyond(term.origin);
    steps.width = multiply(u(term.width), scaled.unit);
    if (steps.over == 0) return steps;
    // A step wider than what 128 bits hold is wider than x.
    steps.begun = steps.width.fits_uwide() ? (steps.over - 1) / steps.width.to_uwide() + 1 : 1;
    return steps;
}

/// n * over - width * (1 + ... + (n-1)), times the step; not negative, because over > (n - 1) * width. Every step counts, also beyond rate_max: what is
/// cut off there is the sum, as on a line, or a schedule of lower steps could ask more.
Natural512 steps_area(const CompiledTerm& term, const AxisPoint& point) {
    const Steps steps = steps_at(term, point);
    Natural512 area = Natural512(steps.over) * steps.begun;
    if (steps.begun > 1) area = area - (Natural512(steps.width.to_uwide()) * steps.begun * (steps.begun - 1)).divided_down(2);
    return area * u(Wide{term.step.numerator});
}

/// notional * slope * (x - origin)+ on the guard grid. slope counts 10^-18.
Wide slope_value(const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const UWide over = Scaled(point).beyond(term.origin);
    if (!point.divided) {
        const Natural256 product = Natural256(u(notional)) * u(Wide{term.slope}) * over;
        return clip(product.divided_up_by_pow10(term.x_digits + digits_max - rate_digits));
    }
    const Natural512 product = Natural512(u(notional)) * u(Wide{term.slope}) * over;
    return clip(divided_up(product.divided_up_by_pow10(digits_max), u(point.unit)));
}

// A power's rate is counted in 10^-18 up to 1800 %, so that its average over the slices (5/9 of it at least) still
// reaches rate_max where it is cut off.
constexpr std::uint64_t rate18_max = 18'000'000'000'000'000'000u;
static_assert(rate18_max / 9 * 5 / 1'000'000'000u >= static_cast<std::uint64_t>(rate_max.raw()));

/// factor * sqrt(x) as a count of 10^-18, rounded up, at most rate18_max.
std::uint64_t root_rate18(const CompiledTerm& term, const AxisPoint& point) {
    const Natural256 radicand = to_bare(multiply(u(Wide{term.factor}) * u(Wide{term.factor}), u(point.x)), term, point, Toward::up);
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

/// The line that holds x.
struct Segment {
    UWide part = 0;  // how far x lies along it, scaled
    Wide run = 0;  // its length, unscaled; 0 after the last knot
    Wide rate = 0, rise = 0;
    Wide carry = 0;
};

Segment segment_of(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point) {
    const std::uint32_t row = row_of(schedule, term, point);
    const CompiledRow* here = &schedule.rows[term.first_row + row];
    const Wide* edge = &schedule.edges[term.first_row + row];
    Segment segment{Scaled(point).beyond(*edge), 0, here->numerator, 0, here->carry};
    if (row + 1 == term.rows) return segment;
    segment.rise = here[1].numerator - here[0].numerator;
    segment.run = segment.rise == 0 ? 0 : edge[1] - edge[0];
    return segment;
}

Wide knots_whole(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const Segment segment = segment_of(schedule, term, point);
    const Wide level = notional * segment.rate;
    if (segment.run == 0) return level;
    const Natural256 rising = divide(Natural256(u(notional)) * u(segment.rise) * segment.part, u(segment.run), Toward::up);
    return std::min(term_max, level + clip(divide(rising, Scaled(point).unit, Toward::up)));
}

/// Twice the area is a whole number but for the triangle above the last knot's rate, so one rounding serves both.
Wide knots_area(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point) {
    const Segment segment = segment_of(schedule, term, point);
    const Natural256 twice = Natural256(u(segment.carry)) + multiply(segment.part, u(segment.rate * 2));
    if (segment.run == 0) return clip(twice.divided_up(2));
    const Natural256 all = twice * u(segment.run) + multiply(segment.part, segment.part) * u(segment.rise);
    return clip(divide(all.divided_up(2), u(segment.run), Toward::up));
}

/// The same on any axis, and the position's share of it, notional / x.
Wide knots_share(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const Scaled scaled(point);
    const Segment segment = segment_of(schedule, term, point);
    Natural512 twice = Natural512(u(segment.carry)) * scaled.unit + Natural512(segment.part) * u(segment.rate * 2);
    if (segment.run > 0) {
        twice = twice * u(segment.run) * scaled.unit + Natural512(segment.part) * segment.part * u(segment.rise);
        twice = divided_up(divided_up(twice * u(notional), u(segment.run)), scaled.unit);
    } else {
        twice = twice * u(notional);
    }
    return clip(divided_up(twice.divided_up(2).divided_up(scaled.scale), u(point.x)));
}

/// (slope * over^2 / 2 or the begun steps) above the base, on any axis, and the position's share of it.
Wide rising_share(const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const Scaled scaled(point);
    Natural512 area;
    if (term.kind == CurveKind::steps) {
        area = (steps_area(term, point) * u(notional)).divided_up(scaled.scale);
    } else {
        const UWide over = scaled.beyond(term.origin);
        area = (Natural512(over) * over * u(Wide{term.slope}) * u(notional)).divided_up(2).divided_up_by_pow10(digits_max - rate_digits);
        area = point.divided ? divided_up(area.divided_up_by_pow10(digits_max), scaled.unit) : area.divided_up_by_pow10(term.x_digits);
    }
    return std::min(term_max, times(notional, term.base) + clip(divided_up(area, u(point.x))));
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

Wide steps_value(const CompiledTerm& term, const AxisPoint& point) {
    return std::min(term_max, times(point.x, term.base) + clip(steps_area(term, point)));
}

/// slope * over^2 / 2 above the base.
Wide linear_value(const CompiledTerm& term, const AxisPoint& point) {
    const UWide over = Scaled(point).beyond(term.origin);
    const Natural256 square = multiply(over, over) * u(Wide{term.slope});
    return std::min(term_max,
                    times(point.x, term.base) + clip(square.divided_up_by_pow10(term.x_digits + digits_max - rate_digits).divided_up(2)));
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
                                          clip(multiply(steps_at(term, point).begun, u(Wide{term.step.numerator})) * u(notional)));
        case CurveKind::root: return power_value(root_rate18(term, point), notional, {1, 1});
        case CurveKind::power_four_fifths: return power_value(power_rate18(term, point), notional, {1, 1});
        case CurveKind::knots: return knots_whole(schedule, term, point, notional);
    }
    assertion_failed("a curve kind outside the enumeration", __FILE__, __LINE__);
}

Wide marginal_value(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional) {
    const bool own = term.axis == Axis{};  // x is the position itself, in its own units
    switch (term.kind) {
        case CurveKind::flat: return times(notional, term.base);
        case CurveKind::brackets: return brackets_area(schedule, term, point, term.axis.subject == Subject::own_notional ? 0 : notional);
        case CurveKind::linear: return own ? linear_value(term, point) : rising_share(term, point, notional);
        case CurveKind::steps: return own ? steps_value(term, point) : rising_share(term, point, notional);
        case CurveKind::root: return power_value(root_rate18(term, point), notional, {2, 3});
        case CurveKind::power_four_fifths: return power_value(power_rate18(term, point), notional, {5, 9});
        case CurveKind::knots: return own ? knots_area(schedule, term, point) : knots_share(schedule, term, point, notional);
    }
    assertion_failed("a curve kind outside the enumeration", __FILE__, __LINE__);
}

}  // namespace plimsoll
