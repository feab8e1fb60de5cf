#include "plimsoll/plot/schedule_plot.hpp"

#include "plimsoll/schedule/evaluate.hpp"

#include <algorithm>

namespace plimsoll::plot {

namespace {

constexpr int samples = 480;

/// The exposure of a notional, its size following from the notional of one unit.
Exposure exposure_at(const CompiledSchedule& schedule, const ScheduleView& view, Wide notional) {
    Exposure exposure{notional, 0, notional, view.is_short};
    const Wide unit = view.unit_notional > 0 ? view.unit_notional : pow10(schedule.scales.notional_digits);
    exposure.size = divide(notional * pow10(std::min(6, schedule.scales.size_digits)), unit, Round::floor) *
                    pow10(std::max(0, schedule.scales.size_digits - 6));
    return exposure;
}

double rate_at(const CompiledSchedule& schedule, const ScheduleView& view, Level level, Wide notional) {
    const Wide exact = requirement_exact(schedule, level, exposure_at(schedule, view, notional), view.figures, {});
    return static_cast<double>(exact) / static_cast<double>(notional) / rate_one;
}

double marginal_at(const CompiledSchedule& schedule, const ScheduleView& view, Wide notional, Wide step) {
    const Wide before = requirement_exact(schedule, Level::initial, exposure_at(schedule, view, notional), view.figures, {});
    const Wide after = requirement_exact(schedule, Level::initial, exposure_at(schedule, view, notional + step), view.figures, {});
    return static_cast<double>(after - before) / static_cast<double>(step) / rate_one;
}

/// A little beyond the last edge or cap, or a round million when the schedule has neither.
Wide chosen_most(const CompiledSchedule& schedule) {
    Wide last = 0;
    for (const CompiledTerm& term : schedule.terms)
        if (term.rows > 0 && term.axis.per == Per::nothing && term.axis.subject != Subject::own_size)
            last = std::max(last, schedule.edges[term.first_row + term.rows - 1]);
    for (const CompiledModulator& m : schedule.modulators)
        if (m.input == ModulatorInput::open_interest || m.input == ModulatorInput::side_open_interest)
            last = std::max(last, m.start + m.span);
    if (last == 0) last = 1'000'000 * pow10(schedule.scales.notional_digits);
    const Wide wished = last + last / 5;
    return std::min(wished, std::min(schedule.position_cap, notional_max));
}

/// The jumps of whole-position tables inside the picture.
std::vector<Mark> jumps(const CompiledSchedule& schedule, const ScheduleView& view, Wide most, double scale) {
    std::vector<Mark> marks;
    const CompiledLevel& level = schedule.level(Level::initial);
    for (std::uint32_t i = 0; i < level.terms; ++i) {
        const CompiledTerm& term = schedule.terms[level.first_term + i];
        const bool table = term.kind == CurveKind::brackets && term.application == Application::whole && term.axis.per == Per::nothing &&
                           term.axis.subject != Subject::own_size;
        for (std::uint32_t row = 1; table && row < term.rows; ++row) {
            const Wide edge = schedule.edges[term.first_row + row];
            if (edge >= most) continue;
            const double before = rate_at(schedule, view, Level::initial, edge);
            const double after = rate_at(schedule, view, Level::initial, edge + 1);
            if (after <= before) continue;
            const double x = static_cast<double>(edge) / scale;
            marks.push_back({{x, after},
                             "jump at " + short_number(x) + ": " + short_number(before * 100) + " % to " + short_number(after * 100) + " %",
                             "#c62828"});
        }
    }
    return marks;
}

}  // namespace

Chart schedule_chart(const CompiledSchedule& schedule, const ScheduleView& view) {
    const double scale = static_cast<double>(pow10(schedule.scales.notional_digits));
    const Wide most = view.most > 0 ? view.most : chosen_most(schedule);
    const Wide step = std::max<Wide>(1, most / samples);
    Chart chart;
    chart.title = schedule.id + " version " + std::to_string(schedule.version);
    chart.x_label = "position notional";
    chart.y_label = "share of the position";
    chart.percent_y = true;
    chart.series = {{"initial", "#1e88e5", {}, false}, {"maintenance", "#fb8c00", {}, false}, {"next unit", "#2e7d32", {}, true}};
    const bool whole_table = !jumps(schedule, view, most, scale).empty();
    for (Wide notional = step; notional <= most; notional += step) {
        const double x = static_cast<double>(notional) / scale;
        chart.series[0].points.push_back({x, rate_at(schedule, view, Level::initial, notional)});
        chart.series[1].points.push_back({x, rate_at(schedule, view, Level::maintenance, notional)});
        // Across a cliff the price of a next unit is the whole jump; the marks show those, the line what lies between.
        if (!whole_table) chart.series[2].points.push_back({x, marginal_at(schedule, view, notional, step)});
    }
    if (whole_table) chart.series.pop_back();
    chart.marks = jumps(schedule, view, most, scale);
    return chart;
}

}  // namespace plimsoll::plot
