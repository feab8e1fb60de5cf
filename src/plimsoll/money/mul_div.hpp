// a * b / c with a 256-bit product and one rounding: the step behind every ratio that is not a plain rate.
#pragma once

#include "plimsoll/money/natural.hpp"
#include "plimsoll/money/root.hpp"
#include "plimsoll/money/wide.hpp"

namespace plimsoll {

/// numerator / divisor rounded as stated, divisor > 0, for a divisor of up to 128 bits.
Natural256 divide(const Natural256& numerator, UWide divisor, Toward toward);

/// a * b / divisor, rounded as stated; a result above `ceiling` is given as `ceiling`.
UWide mul_div(UWide a, UWide b, UWide divisor, Toward toward, UWide ceiling = ~UWide{0});

}  // namespace plimsoll
