// Validation at load: all findings in one report, each naming the row it is about.
#pragma once

#include "plimsoll/schedule/exposure.hpp"
#include "plimsoll/schedule/finding.hpp"
#include "plimsoll/schedule/schedule.hpp"

namespace plimsoll {

/// What must hold for a schedule to be evaluated at all: counts within limits, edges in order, rates within the domain and
/// not falling, no degenerate scale, window or cap. Independent of any market.
Findings check_structure(const Schedule& schedule);

/// Everything that is known to be wrong, implausible or worth knowing: check_structure, and on the scales of a market
/// maintenance against initial at every edge, monotonicity, units that cannot be meant, and every jump with its height.
Findings validate(const Schedule& schedule, const Scales& scales);

}  // namespace plimsoll
