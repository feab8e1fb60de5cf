// The declared domain and the proof that no intermediate can overflow inside it.
//
// Notionals are exact: |size| * price * multiplier, a count of 10^-notional_digits, where notional_digits is the sum of
// the digits of its factors. A margin is carried on the guard grid, 10^-9 of the notional's last place, because a rate
// counts 10^-9; it is rounded to the asset's digits once, at the end.
#pragma once

#include "plimsoll/money/count.hpp"
#include "plimsoll/money/wide.hpp"

namespace plimsoll {

inline constexpr int notional_bits = 90;  // 1.2e27 last places
inline constexpr Wide notional_max = (Wide{1} << notional_bits) - 1;
inline constexpr Rate rate_max = Rate::from_raw(10 * rate_one);  // 1000 %: a short may need more than its notional
inline constexpr Rate multiplier_max = Rate::from_raw(100 * rate_one);
inline constexpr int terms_max = 4;               // terms of one level of a schedule
inline constexpr int modulators_max = 4;          // modulators of one term
inline constexpr int rows_max = 64;               // brackets or knots of one curve
inline constexpr int positions_max = 1024;        // positions of one account
inline constexpr int balances_max = 64;           // assets held by one account
inline constexpr Amount amount_max = Amount::from_raw(std::int64_t{1} << 60);
inline constexpr Wide total_max = Wide{1} << 100;

/// One term on the guard grid: notional * rate.
inline constexpr Wide term_max = notional_max * rate_max.raw();
static_assert(bit_width(static_cast<UWide>(notional_max)) <= notional_bits);
static_assert(bit_width(static_cast<UWide>(rate_max.raw())) <= 34);
static_assert(term_max / rate_max.raw() == notional_max, "notional * rate fits 128 bits");
static_assert(term_max <= wide_max / terms_max, "a sum of all terms fits 128 bits");
// A product of a term and a multiplier or a lift is carried in 256 bits and clipped to term_max again.
static_assert(bit_width(static_cast<UWide>(term_max)) + bit_width(static_cast<UWide>(multiplier_max.raw())) <= 256);
// Totals over the positions of one account stay inside 128 bits, and inside total_max in amounts.
static_assert(Wide{positions_max} * amount_max.raw() <= total_max);

}  // namespace plimsoll
