// Decimal text both ways. Nothing is rounded on the way in: a text that the scale cannot hold is refused with its place.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/money/count.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace plimsoll {

enum class DecimalFault : std::uint8_t {
    empty,
    leading_plus,
    exponent,          // "1e5", "1.5E-7"
    not_a_number,      // NaN, inf, infinity in any case
    not_a_digit,
    digit_missing,     // "5." or ".5" or "-"
    leading_zero,      // "007"
    too_many_decimals, // more digits behind the point than the scale has; trailing zeros count
    out_of_range,
};

/// Where and why a decimal text was refused. `at` is a byte offset into the text: the end of the longest beginning that a
/// plain decimal could have, the zero in front, the first decimal too many, or the first digit of a number out of range.
struct DecimalError {
    DecimalFault fault = DecimalFault::empty;
    std::size_t at = 0;
    friend bool operator==(const DecimalError&, const DecimalError&) = default;
};

/// A sentence for a person: "'1e5' is in exponent form (character 2); write the digits out". A text that is long is
/// shown by its beginning, and what is not printable ASCII as '?'; characters are counted in bytes from 1.
Error describe(const DecimalError& error, std::string_view text, int digits);

/// Reads "-12.5" as a count of 10^-digits. Accepts a minus sign, digits, and a point between digits; nothing else.
Result<std::int64_t, DecimalError> parse_decimal(std::string_view text, int digits);
/// The same into 128 bits.
Result<Wide, DecimalError> parse_decimal_wide(std::string_view text, int digits);

/// An exact decimal whose scale travels with it: what a schedule's data is made of before it meets a market.
struct Decimal {
    std::int64_t raw = 0;
    int digits = 0;
    friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// Reads a decimal and keeps as many digits as were written (trailing zeros of the fraction dropped), at most `digits`.
/// A fraction that needs more is refused; zeros at its end need none, however many they are.
Result<Decimal, DecimalError> parse_decimal_free(std::string_view text, int digits = digits_max);

/// Every digit of the scale: 5 at 2 digits is "0.05".
std::string format_decimal(Wide raw, int digits);
/// Without trailing zeros of the fraction: 50 at 2 digits is "0.5", 0 is "0".
std::string format_decimal_short(Wide raw, int digits);
/// A rate as a person reads it: 0.012 is "1.2 %".
std::string format_percent(Rate rate);

/// A strong type from text.
template <class CountType>
Result<CountType, DecimalError> parse_count(std::string_view text, int digits) {
    return parse_decimal(text, digits).map([](std::int64_t raw) { return CountType::from_raw(raw); });
}

}  // namespace plimsoll
