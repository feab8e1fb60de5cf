// Where a requirement jumps: the cliffs of whole application.
#pragma once

#include "plimsoll/schedule/compiled.hpp"

#include <vector>

namespace plimsoll {

/// One more unit of the subject beyond `at` asks `after` where `at` itself asks `before`.
///
/// Units  at: of the axis at `x_digits` decimals; before and after: the guard grid, for own notional; the term's rates
///        otherwise, because what a size or a share costs depends on figures that no schedule holds.
struct Jump {
    Level level = Level::initial;
    std::uint32_t term = 0;  // 1-based
    std::uint32_t row = 0;   // 1-based row that begins, or the number of the step that begins
    Axis axis;
    Wide at = 0;
    int x_digits = 0;
    Wide before = 0;
    Wide after = 0;
    bool in_rates = false;  // before and after are rates
};

inline constexpr int steps_listed_max = 8;  // a stepped curve repeats itself; its first steps stand for the others

/// Every jump of a level in a calm market (no modulator in effect), in the order of its terms.
///
/// Shape  over own notional: the requirement itself rises there by more than twice the greatest rate (1000 %) on one unit;
///        an edge that another term or a clamp hides is not listed, nor is a line that is merely steep. Over other axes: every edge at which the rate differs.
std::vector<Jump> jumps(const CompiledSchedule& schedule, Level level);

/// How much a requirement without a jump may rise per unit of notional, on the guard grid.
inline constexpr Wide smooth_rise_max = 2 * Wide{rate_max.raw()} + 16;

}  // namespace plimsoll
