// 128-bit integers: every product of two 64-bit counts fits, so overflow and rounding can happen only where a wide
// number is narrowed, and that step has a name and a direction.
#pragma once

#include "plimsoll/base/assert.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace plimsoll {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

inline constexpr Wide wide_max = static_cast<Wide>(~UWide{0} >> 1);
inline constexpr Wide wide_min = -wide_max - 1;
inline constexpr int digits_max = 18;        // 10^18 < 2^63
inline constexpr int wide_digits_max = 38;   // 10^38 < 2^127

/// 10^digits, 0 <= digits <= 38.
constexpr Wide pow10(int digits) {
    PLIM_ASSERT(digits >= 0 && digits <= wide_digits_max);
    Wide power = 1;
    for (int i = 0; i < digits; ++i) power *= 10;
    return power;
}

/// 10^digits as a 64-bit count, 0 <= digits <= 18.
constexpr std::int64_t pow10_64(int digits) {
    PLIM_ASSERT(digits <= digits_max);
    return static_cast<std::int64_t>(pow10(digits));
}

/// |value|; wide_min has none in 128 signed bits and is asserted out (`magnitude` holds it).
constexpr Wide abs(Wide value) {
    PLIM_ASSERT(value != wide_min);
    return value < 0 ? -value : value;
}
/// |value| of every value.
constexpr UWide magnitude(Wide value) { return value < 0 ? UWide{0} - static_cast<UWide>(value) : static_cast<UWide>(value); }

/// Bits needed to write `value`: 0 for 0, 1 for 1.
constexpr int bit_width(UWide value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    const auto low = static_cast<std::uint64_t>(value);
    if (high != 0) return 128 - __builtin_clzll(high);
    return low == 0 ? 0 : 64 - __builtin_clzll(low);
}

/// floor(a * b / 2^128). No sum overflows: a product of two limbs leaves room for two more limbs.
constexpr UWide multiply_high(UWide a, UWide b) {
    const auto a0 = static_cast<std::uint64_t>(a), a1 = static_cast<std::uint64_t>(a >> 64);
    const auto b0 = static_cast<std::uint64_t>(b), b1 = static_cast<std::uint64_t>(b >> 64);
    const UWide low = UWide{a0} * b0;
    const UWide first = UWide{a0} * b1 + static_cast<std::uint64_t>(low >> 64);
    const UWide second = UWide{a1} * b0 + static_cast<std::uint64_t>(first);
    return UWide{a1} * b1 + static_cast<std::uint64_t>(first >> 64) + static_cast<std::uint64_t>(second >> 64);
}

constexpr bool fits_int64(Wide value) {
    return value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max();
}

/// Checked narrowing: inputs were bounded at the edge, so a value that does not fit is a bug of ours.
constexpr std::int64_t narrow64(Wide value) {
    PLIM_ASSERT(fits_int64(value));
    return static_cast<std::int64_t>(value);
}

}  // namespace plimsoll
