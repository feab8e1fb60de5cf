// A schedule drawn: initial and maintenance as a share of the position, the rate of the next unit, jumps marked.
#pragma once

#include "plimsoll/plot/chart.hpp"
#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/exposure.hpp"

namespace plimsoll::plot {

struct ScheduleView {
    Wide most = 0;       // largest notional drawn; 0: a little beyond the last edge
    Wide unit_notional = 0;  // notional of one unit of size, for axes in size; 0: one unit a unit
    MarketFigures figures;
    bool is_short = false;
};

/// Effective initial and maintenance rate and the marginal initial rate against notional, with a mark at each jump.
Chart schedule_chart(const CompiledSchedule& schedule, const ScheduleView& view);

}  // namespace plimsoll::plot
