// The five directions in which venues round, and the one division that everything else uses.
#pragma once

#include "plimsoll/money/wide.hpp"

#include <cstdint>

namespace plimsoll {

enum class Round : std::uint8_t {
    floor,           // toward minus infinity
    ceil,            // toward plus infinity: requirements
    toward_zero,     // truncation, as most contracts on chains do
    away_from_zero,  // larger in magnitude: liabilities
    half_away,       // to the nearest, a half away from zero
};

/// numerator / denominator, rounded in the stated direction. Exact when it divides.
///
/// Errors  denominator > 0 is asserted; the quotient of wide_min by 1 is wide_min.
constexpr Wide divide(Wide numerator, Wide denominator, Round round) {
    PLIM_ASSERT(denominator > 0);
    const Wide quotient = numerator / denominator;
    const Wide remainder = numerator % denominator;
    if (remainder == 0) return quotient;
    const bool negative = numerator < 0;
    switch (round) {
        case Round::floor: return negative ? quotient - 1 : quotient;
        case Round::ceil: return negative ? quotient : quotient + 1;
        case Round::toward_zero: return quotient;
        case Round::away_from_zero: return negative ? quotient - 1 : quotient + 1;
        case Round::half_away: {
            const UWide left = magnitude(remainder);
            const bool up = left >= magnitude(denominator) - left;  // 2 * left could overflow
            return !up ? quotient : negative ? quotient - 1 : quotient + 1;
        }
    }
    assertion_failed("the direction is one of the five", __FILE__, __LINE__);
}

/// The least multiple of `step` that is >= value.
///
/// Errors  value >= 0 and step > 0 are asserted, and so is that the multiple fits.
constexpr Wide round_up_to_multiple(Wide value, Wide step) {
    PLIM_ASSERT(value >= 0);
    PLIM_ASSERT(step > 0);
    const Wide over = value % step;
    if (over == 0) return value;
    const Wide short_by = step - over;
    PLIM_ASSERT(value <= wide_max - short_by);
    return value + short_by;
}

}  // namespace plimsoll
