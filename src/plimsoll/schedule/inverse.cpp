#include "plimsoll/schedule/inverse.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/curve.hpp"

#include <algorithm>
#include <limits>

namespace plimsoll {

namespace {

constexpr Wide int64_max = std::numeric_limits<std::int64_t>::max();

/// exact / notional <= rate.
bool pays_at_most(Wide exact, Wide notional, Rate rate) { return exact <= notional * rate.raw(); }

}  // namespace

Exposure Growing::exposure(std::int64_t size) const {
    const Wide notional = notional_per_size * size;
    return {notional, size, group_others + notional, is_short};
}

MarketFigures Growing::figures(std::int64_t size) const {
    MarketFigures after = others;
    (is_short ? after.open_interest_short : after.open_interest_long) += notional_per_size * size;
    return after;
}

std::int64_t Growing::size_max() const {
    PLIM_ASSERT(notional_per_size > 0);
    const Wide taken = std::max(group_others, others.side(is_short));
    PLIM_ASSERT(taken >= 0 && taken <= notional_max);
    return static_cast<std::int64_t>(std::min(int64_max, (notional_max - taken) / notional_per_size));
}

std::optional<Solution> largest_size(const CompiledSchedule& schedule, Level level, const Growing& growing, Amount available,
                                     const AccountTerms& account) {
    return largest_passing(0, growing.size_max(), [&](std::int64_t size) {
        const Exposure exposure = growing.exposure(size);
        const MarketFigures figures = growing.figures(size);
        return check_caps(schedule, exposure, figures, account) == CapBreach::none &&
               requirement(schedule, level, exposure, figures, account) <= available;
    });
}

std::optional<Solution> largest_open_interest(const CompiledSchedule& schedule, Level level, const Exposure& exposure,
                                              const MarketFigures& figures, Rate rate, const AccountTerms& account) {
    const CompiledLevel& l = schedule.level(level);
    for (std::uint32_t i = 0; i < l.terms; ++i)
        if (schedule.terms[l.first_term + i].axis.per == Per::side_open_interest) return std::nullopt;
    if (exposure.notional > int64_max) return std::nullopt;
    const auto passes = [&](std::int64_t side) {
        MarketFigures fuller = figures;
        (exposure.is_short ? fuller.open_interest_short : fuller.open_interest_long) = side;
        return pays_at_most(requirement_exact(schedule, level, exposure, fuller, account), exposure.notional, rate);
    };
    return largest_passing(static_cast<std::int64_t>(exposure.notional), static_cast<std::int64_t>(std::min(int64_max, notional_max)),
                           passes);
}

std::optional<Wide> leverage_that_results(const CompiledSchedule& schedule, Level level, const Exposure& exposure,
                                          const MarketFigures& figures, const AccountTerms& account) {
    const Wide exact = requirement_exact(schedule, level, exposure, figures, account);
    if (exact == 0) return std::nullopt;
    const UWide grid = static_cast<UWide>(exposure.notional * rate_one);
    return static_cast<Wide>(
        mul_div(grid, static_cast<UWide>(rate_one), static_cast<UWide>(exact), Toward::down, static_cast<UWide>(wide_max)));
}

std::optional<Wide> notional_to_next_edge(const CompiledSchedule& schedule, Level level, const Exposure& exposure) {
    const CompiledLevel& l = schedule.level(level);
    std::optional<Wide> nearest;
    for (std::uint32_t i = 0; i < l.terms; ++i) {
        const CompiledTerm& term = schedule.terms[l.first_term + i];
        const bool notional = term.axis.subject == Subject::own_notional || term.axis.subject == Subject::group_notional;
        if (!notional || term.axis.per != Per::nothing || term.rows == 0) continue;
        const AxisPoint point = axis_point(term, exposure, {});
        const std::uint32_t row = row_of(schedule, term, point);
        if (row + 1 == term.rows) continue;
        const Wide last = schedule.edges[term.first_row + row + 1] - (term.edge == EdgeRule::lower_row ? 0 : 1);
        nearest = std::min(nearest.value_or(notional_max), last - point.x);
    }
    return nearest;
}

}  // namespace plimsoll
