// One curve at one x: the arithmetic of each kind, on the guard grid.
#pragma once

#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/evaluate.hpp"

namespace plimsoll {

/// Where a position stands on a term's axis.
struct AxisPoint {
    Wide x = 0;            // the subject at its own scale
    Wide unit = 0;         // market figure it is divided by
    bool divided = false;  // whether it is divided at all
};

AxisPoint axis_point(const CompiledTerm& term, const Exposure& exposure, const MarketFigures& figures);

/// The edge of row `index` in units of the subject: exact when nothing divides it, else rounded so that "x reaches the
/// edge" stays exact under the term's edge rule.
Wide edge_of(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, std::uint32_t index);

/// The row that holds x (brackets, knots).
std::uint32_t row_of(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point);

/// Whole application: notional times the rate at x, clipped to term_max.
Wide whole_value(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional);

/// Marginal application: the position's share, notional / x, of the sum over the slices of x; x > 0. Clipped to term_max.
/// Rounding  one, up, but for a base that is no decimal (one more) and what the rows of a table carry.
Wide marginal_value(const CompiledSchedule& schedule, const CompiledTerm& term, const AxisPoint& point, Wide notional);

}  // namespace plimsoll
