// Division by a divisor that is known in advance, for the paths that are asked millions of times a second. Reciprocal
// (reciprocal.hpp) holds every divisor and checks every question; these two ask their caller to prove that the quotient fits one
// limb of 64 bits, and then cost a few multiplications and no branch that has to be guessed.
#pragma once

#include "plimsoll/money/wide.hpp"

#include <cstdint>

namespace plimsoll {

/// Divides 128 bits by d, 0 < d < 2^63.
///
/// Why it is exact (Möller and Granlund, 2011, algorithm 4). D is d shifted so that its top bit is the top of 64 bits and
/// v = floor((2^128 - 1) / D) - 2^64. For u = u1 * 2^64 + u0 with u1 < D, the high limb of v*u1 + u, plus one, is the quotient, one
/// above it, or (rarely) one below it. The remainder modulo 2^64 tells which: it exceeds the low limb of v*u1 + u exactly when
/// the guess was one above. Shifting numerator and divisor alike does not change the quotient.
class Reciprocal64 {
public:
    constexpr Reciprocal64() : Reciprocal64(1) {}
    explicit constexpr Reciprocal64(std::uint64_t divisor) {
        PLIM_ASSERT(divisor > 0 && divisor >> 63 == 0);
        shift_ = __builtin_clzll(divisor);
        top_ = divisor << shift_;
        inverse_ = static_cast<std::uint64_t>(~UWide{0} / top_);  // less 2^64, which the cast drops
    }

    constexpr std::uint64_t divisor() const { return top_ >> shift_; }

    /// floor(n / d). Errors  the caller has n < d * 2^64: the quotient fits.
    constexpr std::uint64_t divide_down(UWide n) const { return quotient_of(n).quotient; }

    /// ceil(n / d). Errors  the caller has n <= d * (2^64 - 1): the quotient fits.
    constexpr std::uint64_t divide_up(UWide n) const {
        const Limb limb = quotient_of(n);
        return limb.quotient + (limb.remainder != 0 ? 1 : 0);
    }

private:
    struct Limb {
        std::uint64_t quotient, remainder;
    };

    constexpr Limb quotient_of(UWide n) const {
        PLIM_ASSERT_SLOW(static_cast<std::uint64_t>(n >> 64) < divisor());
        // Limb by limb: compilers make little of a 128-bit shift by a count that they do not know to be below 64.
        const auto low = static_cast<std::uint64_t>(n), high = static_cast<std::uint64_t>(n >> 64);
        const std::uint64_t u0 = low << (shift_ & 63), u1 = (high << (shift_ & 63)) | (low >> (-shift_ & 63));
        const UWide estimate = UWide{inverse_} * u1 + ((UWide{u1} << 64) | u0);
        Limb limb{static_cast<std::uint64_t>(estimate >> 64) + 1, 0};
        limb.remainder = u0 - limb.quotient * top_;  // modulo 2^64
        // One above, half of the time: taken back without a branch, which nobody could foresee.
        const std::uint64_t above = limb.remainder > static_cast<std::uint64_t>(estimate) ? ~std::uint64_t{0} : 0;
        limb.quotient += above;
        limb.remainder += above & top_;
        if (__builtin_expect(limb.remainder >= top_, 0)) {
            ++limb.quotient;
            limb.remainder -= top_;
        }
        return limb;
    }

    std::uint64_t top_ = 0;      // D
    std::uint64_t inverse_ = 0;  // v
    int shift_ = 0;              // 1 to 63
};

/// A natural number of three limbs: high * 2^64 + low.
struct Limbs3 {
    UWide high = 0;
    std::uint64_t low = 0;

    /// Errors  the caller has a * b < 2^192.
    static constexpr Limbs3 product(UWide a, std::uint64_t b) {
        const UWide low = UWide{static_cast<std::uint64_t>(a)} * b;
        return {UWide{static_cast<std::uint64_t>(a >> 64)} * b + static_cast<std::uint64_t>(low >> 64), static_cast<std::uint64_t>(low)};
    }
    /// Errors  the caller has a >= b.
    friend constexpr Limbs3 operator-(Limbs3 a, Limbs3 b) { return {a.high - b.high - (a.low < b.low ? 1 : 0), a.low - b.low}; }
};

/// Divides three limbs by d, 2^64 < d < 2^127.
///
/// Why it is exact (Möller and Granlund, 2011, algorithm 5). D is d shifted so that its top bit is the top of 128 bits and
/// v = floor((2^192 - 1) / D) - 2^64. For a numerator u of three limbs u2, u1, u0 with u2:u1 < D, the high limb of
/// v*u2 + u2:u1, plus one, is the quotient, one above it, or (rarely) one below it. The remainder modulo 2^128 tells which: its
/// high limb is no less than the low limb of v*u2 + u2:u1 exactly when the guess was one above.
class Reciprocal128 {
public:
    constexpr Reciprocal128() : Reciprocal128((UWide{1} << 64) + 1) {}
    explicit constexpr Reciprocal128(UWide divisor) {
        PLIM_ASSERT(divisor >> 64 != 0 && divisor >> 127 == 0);
        shift_ = 128 - bit_width(divisor);
        top_ = divisor << shift_;
        // (2^192 - 1) / D bit by bit. 2^128 - 1 holds D once, which is the 2^64 to be taken off, and 64 bits of ones follow.
        UWide remainder = ~UWide{0} - top_;
        for (int bit = 0; bit < 64; ++bit) {
            const bool carry = remainder >> 127 != 0;
            remainder = (remainder << 1) | 1;
            const bool taken = carry || remainder >= top_;
            if (taken) remainder -= top_;
            inverse_ = (inverse_ << 1) | (taken ? 1 : 0);
        }
    }

    constexpr UWide divisor() const { return top_ >> shift_; }

    /// ceil(n / d). Errors  the caller has n <= d * (2^64 - 1): the quotient fits.
    constexpr std::uint64_t divide_up(Limbs3 n) const {
        PLIM_ASSERT_SLOW(n.high < divisor());
        const UWide u = (n.high << (shift_ & 63)) | (n.low >> (64 - shift_));  // u2:u1; the shift is 1 to 63
        const auto d1 = static_cast<std::uint64_t>(top_ >> 64), d0 = static_cast<std::uint64_t>(top_);
        const UWide estimate = UWide{inverse_} * static_cast<std::uint64_t>(u >> 64) + u;
        auto quotient = static_cast<std::uint64_t>(estimate >> 64);
        const std::uint64_t r1 = static_cast<std::uint64_t>(u) - quotient * d1;
        UWide remainder = ((UWide{r1} << 64) | (n.low << (shift_ & 63))) - UWide{d0} * quotient - top_;
        ++quotient;
        // Taken back without a branch, as above.
        const UWide above = static_cast<std::uint64_t>(remainder >> 64) >= static_cast<std::uint64_t>(estimate) ? ~UWide{0} : 0;
        quotient += static_cast<std::uint64_t>(above);
        remainder += above & top_;
        if (__builtin_expect(remainder >= top_, 0)) {
            ++quotient;
            remainder -= top_;
        }
        return quotient + (remainder != 0 ? 1 : 0);
    }

private:
    UWide top_ = 0;              // D
    std::uint64_t inverse_ = 0;  // v
    int shift_ = 0;
};

}  // namespace plimsoll
