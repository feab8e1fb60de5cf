// Division by a divisor that is known in advance, without a division: the same quotient to the last unit, from
// multiplications. A schedule or a market makes its reciprocals once, when it is loaded; every evaluation uses them.
#pragma once

#include "plimsoll/money/round.hpp"
#include "plimsoll/money/wide.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace plimsoll {

/// Divides natural numbers below 2^127 by one divisor d, 0 < d < 2^127, exactly.
///
/// Why `divide_down` is exact (after Granlund and Montgomery, 1994). Let l be the least integer with d <= 2^l, and
/// m = floor(2^(127+l) / d) + 1, so that m*d = 2^(127+l) + e with 0 < e <= d <= 2^l. For n < 2^127
///     n*m / 2^(127+l)  =  n/d + n*e / (d * 2^(127+l))  and  0 <= n*e / (d * 2^(127+l)) < 2^127 * 2^l / (d * 2^(127+l)) = 1/d.
/// n/d lies at least 1/d below the next integer, so both sides have the same floor. m fits 128 bits: for l > 0,
/// d >= 2^(l-1) + 1, hence d * (2^128 - 1) > 2^(127+l) and floor(2^(127+l) / d) < 2^128 - 1. The code computes
/// floor(2n * m / 2^128) and shifts the rest: two floors by powers of two are one.
///
/// Why `divide_down_64` is exact (Möller and Granlund, 2011, algorithm 4). With D = d shifted so that its top bit is the
/// top of 64 bits, and v = floor((2^128 - 1) / D) - 2^64, a two-limb number u below D * 2^64 has the quotient that the high
/// limb of v*u1 + u estimates to within one below and one above; the two corrections look at the remainder. It needs the
/// bits of d to fit 64 once the zeros at its end are dropped: every 64-bit divisor, and 10^k up to k = 27 (5^27 < 2^63).
///
/// Rounding up: ceil(n/d) = floor((n-1)/d) + 1 for n > 0.
class Reciprocal {
public:
    explicit constexpr Reciprocal(UWide divisor) : divisor_(divisor) {
        PLIM_ASSERT(divisor > 0 && (divisor >> 127) == 0);
        shift_ = bit_width(divisor - 1);
        multiplier_ = multiplier_of(divisor, shift_);
        const int bits = bit_width(divisor);
        right_ = bits > 64 ? bits - 64 : 0;
        left_ = bits > 64 ? 0 : 64 - bits;
        if ((divisor >> right_) << right_ != divisor) return;  // more than 64 bits matter: no short path
        significant_ = static_cast<std::uint64_t>(divisor >> right_);
        top_ = significant_ << left_;
        inverse_ = static_cast<std::uint64_t>(~UWide{0} / top_);  // less 2^64, which the cast drops
    }

    constexpr UWide divisor() const { return divisor_; }

    /// floor(n / d). Errors  n < 2^127 is asserted.
    constexpr UWide divide_down(UWide n) const {
        PLIM_ASSERT((n >> 127) == 0);
        return multiply_high(n << 1, multiplier_) >> shift_;
    }

    /// ceil(n / d). Errors  n <= 2^127 is asserted.
    constexpr UWide divide_up(UWide n) const {
        const auto some = static_cast<UWide>(n != 0);
        return divide_down(n - some) + some;
    }

    /// Whether `divide_down_64` and `divide_up_64` may be asked at all; the quotient of each question must fit besides.
    constexpr bool has_short_path() const { return significant_ != 0; }

    /// floor(n / d) that is known to fit a count: half the multiplications of `divide_down`.
    /// Errors  asserted: `has_short_path()`, and that the quotient is below 2^63.
    constexpr std::int64_t divide_down_64(UWide n) const {
        const auto quotient = static_cast<std::int64_t>(short_quotient(n).down);
        PLIM_ASSERT(quotient >= 0);
        return quotient;
    }

    /// ceil(n / d) that is known to fit a count. Errors  as `divide_down_64`.
    constexpr std::int64_t divide_up_64(UWide n) const {
        const ShortQuotient exact = short_quotient(n);
        const auto quotient = static_cast<std::int64_t>(exact.down + static_cast<std::uint64_t>(exact.left_over));
        PLIM_ASSERT((quotient | static_cast<std::int64_t>(exact.down)) >= 0);  // `down` may end just before 2^64
        return quotient;
    }

private:
    /// floor(2^(127+l) / d) + 1 by long division. For l > 0, 2^(l-1) < d: the first l-1 steps leave 2^(l-1), 128 are left.
    static constexpr UWide multiplier_of(UWide divisor, int shift) {
        if (shift == 0) return (UWide{1} << 127) + 1;
        UWide remainder = UWide{1} << (shift - 1);
        UWide quotient = 0;
        for (int i = 0; i < 128; ++i) {
            remainder <<= 1;  // fits: remainder < divisor < 2^127
            const bool taken = remainder >= divisor;
            if (taken) remainder -= divisor;
            quotient = (quotient << 1) | static_cast<UWide>(taken);
        }
        return quotient + 1;
    }

    struct ShortQuotient {
        std::uint64_t down;
        bool left_over;
    };

    /// A quotient below 2^64, which is what n / 2^64 < d means.
    constexpr ShortQuotient short_quotient(UWide n) const {
        bool dropped = false;
        if (right_ != 0) {  // the divisor ends in as many zeros: nothing that is dropped can reach the quotient
            dropped = (n & ((UWide{1} << right_) - 1)) != 0;
            n >>= right_;
        }
        PLIM_ASSERT(static_cast<std::uint64_t>(n >> 64) < significant_);
        n <<= left_ & 63;  // fits: n < significant * 2^64 and significant << left is below 2^64
        const auto u0 = static_cast<std::uint64_t>(n), u1 = static_cast<std::uint64_t>(n >> 64);
        const UWide estimate = UWide{inverse_} * u1 + n;
        auto quotient = static_cast<std::uint64_t>(estimate >> 64) + 1;
        std::uint64_t remainder = u0 - quotient * top_;  // modulo 2^64
        // Every other numerator needs this step, so a branch would be guessed wrong every other time.
        const std::uint64_t one_less = std::uint64_t{0} - static_cast<std::uint64_t>(remainder > static_cast<std::uint64_t>(estimate));
        quotient += one_less;
        remainder += one_less & top_;
        if (__builtin_expect(remainder >= top_, 0)) {
            ++quotient;
            remainder -= top_;
        }
        return {quotient, dropped || remainder != 0};
    }

    UWide divisor_;
    UWide multiplier_ = 0;            // m
    std::uint64_t significant_ = 0;   // d without `right_` zeros at its end; 0 when it does not fit
    std::uint64_t top_ = 0;           // D
    std::uint64_t inverse_ = 0;       // v
    int shift_ = 0;                   // l
    int right_ = 0, left_ = 0;
};

/// numerator / d in any of the five directions, as `divide` without the division.
///
/// Errors  |numerator| < 2^127 is asserted.
constexpr Wide divide(Wide numerator, const Reciprocal& reciprocal, Round round) {
    const UWide size = magnitude(numerator);
    const UWide down = reciprocal.divide_down(size);
    const UWide left = size - down * reciprocal.divisor();
    const bool negative = numerator < 0;
    bool away = false;
    switch (round) {
        case Round::floor: away = negative; break;
        case Round::ceil: away = !negative; break;
        case Round::toward_zero: break;
        case Round::away_from_zero: away = true; break;
        case Round::half_away: away = left >= reciprocal.divisor() - left; break;
    }
    const auto quotient = static_cast<Wide>(down + static_cast<UWide>(away && left != 0));
    return negative ? -quotient : quotient;
}

namespace detail {

template <std::size_t... Digits>
constexpr std::array<Reciprocal, sizeof...(Digits)> pow10_table(std::index_sequence<Digits...>) {
    return {Reciprocal(static_cast<UWide>(pow10(static_cast<int>(Digits))))...};
}

inline constexpr auto pow10_reciprocals = pow10_table(std::make_index_sequence<wide_digits_max + 1>());

}  // namespace detail

inline constexpr int short_pow10_max = 27;  // 10^k has a short path up to here

/// The reciprocal of 10^digits, 0 <= digits <= 38, in one step however many digits.
constexpr const Reciprocal& pow10_reciprocal(int digits) {
    PLIM_ASSERT(digits >= 0 && digits <= wide_digits_max);
    return detail::pow10_reciprocals[static_cast<std::size_t>(digits)];
}

}  // namespace plimsoll
