// What planning and the stressed losses share.
#pragma once

#include "plimsoll/risk/context.hpp"

namespace plimsoll {

/// |notional| at the market's mark times `stress` (0 to 10), in the settle asset and then in the numeraire at the asset's mark.
///
/// Rounding  up, in both steps.
Wide stressed_worth(const RiskContext& context, const Position& position, Rate stress);

}  // namespace plimsoll
