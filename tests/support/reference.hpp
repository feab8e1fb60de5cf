// The obvious way to compute what money/ computes: unbounded integers and rationals, nothing narrowed, nothing clever.
#pragma once

#include "plimsoll/money/natural.hpp"
#include "plimsoll/money/round.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <string>

namespace plimsoll::testing {

using Integer = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

inline Integer exact(UWide value) {
    Integer big = static_cast<std::uint64_t>(value >> 64);
    big <<= 64;
    return big + static_cast<std::uint64_t>(value);
}
inline Integer exact(Wide value) { return value < 0 ? Integer(-exact(magnitude(value))) : exact(magnitude(value)); }
inline Integer exact(std::int64_t value) { return Integer(value); }
inline Integer exact(std::uint64_t value) { return Integer(value); }

template <class Number>
std::string shown(const Number& value) {
    return exact(value).str();
}

inline Integer power(const Integer& base, unsigned exponent) { return boost::multiprecision::pow(base, exponent); }
inline bool in_range(const Integer& value, const Integer& min, const Integer& max) { return min <= value && value <= max; }
inline bool fits_64(const Integer& value) { return in_range(value, -power(2, 63), power(2, 63) - 1); }
inline bool fits_128(const Integer& value) { return in_range(value, -power(2, 127), power(2, 127) - 1); }

inline Integer floor_of(const Rational& value) {
    const Integer top = numerator(value);
    const Integer bottom = denominator(value);  // > 0
    const Integer toward_zero = top / bottom;
    return toward_zero * bottom > top ? Integer(toward_zero - 1) : toward_zero;
}
inline Integer ceil_of(const Rational& value) { return -floor_of(-value); }

inline Integer rounded(const Rational& value, Round round) {
    const bool negative = value < 0;
    switch (round) {
        case Round::floor: return floor_of(value);
        case Round::ceil: return ceil_of(value);
        case Round::toward_zero: return negative ? ceil_of(value) : floor_of(value);
        case Round::away_from_zero: return negative ? floor_of(value) : ceil_of(value);
        case Round::half_away: return negative ? Integer(-floor_of(-value + Rational(1, 2))) : floor_of(value + Rational(1, 2));
    }
    return 0;
}

}  // namespace plimsoll::testing
