// Integer roots with a stated direction; no floating point takes part.
#pragma once

#include "plimsoll/money/natural.hpp"
#include "plimsoll/money/wide.hpp"

namespace plimsoll {

enum class Toward : std::uint8_t { down, up };

/// The square root of `value`: the largest r with r*r <= value (down) or the least r with r*r >= value (up).
UWide square_root(UWide value, Toward toward);

/// value^(4/5): the largest r with r^5 <= value^4 (down) or the least r with r^5 >= value^4 (up).
/// Errors  value < 2^96 is asserted (value^4 must fit 512 bits with room to spare).
UWide power_four_fifths(UWide value, Toward toward);

}  // namespace plimsoll
