// Natural numbers of a fixed number of 64-bit limbs, for the few exact products that outgrow 128 bits. No allocation;
// a result that would not fit is a broken invariant, because the domain bounds of limits.hpp exclude it.
#pragma once

#include "plimsoll/money/wide.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace plimsoll {

template <std::size_t Limbs>
class Natural {
    static_assert(Limbs >= 2, "a Natural holds at least 128 bits");

public:
    constexpr Natural() = default;
    constexpr Natural(UWide value) {  // NOLINT(google-explicit-constructor): widening loses nothing
        limbs_[0] = static_cast<std::uint64_t>(value);
        limbs_[1] = static_cast<std::uint64_t>(value >> 64);
    }

    constexpr bool fits_uwide() const {
        for (std::size_t i = 2; i < Limbs; ++i)
            if (limbs_[i] != 0) return false;
        return true;
    }
    /// The value as 128 bits; asserted to fit.
    constexpr UWide to_uwide() const {
        PLIM_ASSERT(fits_uwide());
        return (UWide{limbs_[1]} << 64) | limbs_[0];
    }

    constexpr unsigned bit(int index) const {
        return static_cast<unsigned>(limbs_[static_cast<std::size_t>(index / 64)] >> (index % 64)) & 1u;
    }
    constexpr void set_bit(int index) { limbs_[static_cast<std::size_t>(index / 64)] |= std::uint64_t{1} << (index % 64); }

    /// The limbs, the lowest first.
    constexpr const std::array<std::uint64_t, Limbs>& limbs() const { return limbs_; }

    friend constexpr bool operator==(const Natural&, const Natural&) = default;
    friend constexpr std::strong_ordering operator<=>(const Natural& a, const Natural& b) {
        for (std::size_t i = Limbs; i-- > 0;)
            if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] <=> b.limbs_[i];
        return std::strong_ordering::equal;
    }

    friend constexpr Natural operator+(const Natural& a, const Natural& b) {
        Natural sum;
        UWide carry = 0;
        for (std::size_t i = 0; i < Limbs; ++i) {
            carry += UWide{a.limbs_[i]} + b.limbs_[i];
            sum.limbs_[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        PLIM_ASSERT(carry == 0);
        return sum;
    }

    /// a - b, a >= b asserted.
    friend constexpr Natural operator-(const Natural& a, const Natural& b) {
        Natural difference;
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < Limbs; ++i) {
            const UWide taken = UWide{b.limbs_[i]} + borrow;
            borrow = UWide{a.limbs_[i]} < taken ? 1 : 0;
            difference.limbs_[i] = static_cast<std::uint64_t>(a.limbs_[i] - taken);
        }
        PLIM_ASSERT(borrow == 0);
        return difference;
    }

    friend constexpr Natural operator*(const Natural& a, UWide factor) { return a * Natural(factor); }

    friend constexpr Natural operator*(const Natural& a, const Natural& b) {
        Natural product;
        const std::size_t width = b.limbs_used();  // most factors are far shorter than the product may grow
        for (std::size_t i = 0; i < Limbs; ++i) {
            if (a.limbs_[i] == 0) continue;
            UWide carry = 0;
            PLIM_ASSERT(i + width <= Limbs);
            for (std::size_t j = 0; j < width; ++j) {
                carry += UWide{a.limbs_[i]} * b.limbs_[j] + product.limbs_[i + j];
                product.limbs_[i + j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            PLIM_ASSERT(carry == 0 || i + width < Limbs);
            if (carry != 0) product.limbs_[i + width] = static_cast<std::uint64_t>(carry);  // no row has come this far before
        }
        return product;
    }

    /// Divides in place by a 64-bit divisor > 0 and gives the remainder.
    constexpr std::uint64_t divide_by(std::uint64_t divisor) {
        PLIM_ASSERT(divisor > 0);
        UWide remainder = 0;
        for (std::size_t i = Limbs; i-- > 0;) {
            const UWide current = (remainder << 64) | limbs_[i];
            if (current == 0) continue;
            limbs_[i] = static_cast<std::uint64_t>(current / divisor);  // fits: remainder < divisor
            remainder = current - UWide{limbs_[i]} * divisor;
        }
        return static_cast<std::uint64_t>(remainder);
    }

    /// ceil(this / divisor). Rounding up in two steps equals rounding up once, so long divisors may be taken in parts.
    constexpr Natural divided_up(std::uint64_t divisor) const {
        Natural quotient = *this;
        return quotient.divide_by(divisor) == 0 ? quotient : quotient + Natural(UWide{1});
    }

    /// floor(this / divisor).
    constexpr Natural divided_down(std::uint64_t divisor) const {
        Natural quotient = *this;
        quotient.divide_by(divisor);
        return quotient;
    }

    constexpr Natural divided_up_by_pow10(int digits) const { return by_pow10<true>(digits); }
    constexpr Natural divided_down_by_pow10(int digits) const { return by_pow10<false>(digits); }

private:
    /// Limbs up to the highest that is not zero.
    constexpr std::size_t limbs_used() const {
        std::size_t used = Limbs;
        while (used > 0 && limbs_[used - 1] == 0) --used;
        return used;
    }

    template <bool Up>
    constexpr Natural by_pow10(int digits) const {
        PLIM_ASSERT(digits >= 0);
        Natural quotient = *this;
        for (; digits > 0; digits -= digits_max) {
            const auto part = static_cast<std::uint64_t>(pow10_64(digits < digits_max ? digits : digits_max));
            quotient = Up ? quotient.divided_up(part) : quotient.divided_down(part);
        }
        return quotient;
    }

    std::array<std::uint64_t, Limbs> limbs_{};
};

using Natural256 = Natural<4>;
using Natural512 = Natural<8>;
using Natural1024 = Natural<16>;

/// a * b exactly.
constexpr Natural256 multiply(UWide a, UWide b) { return Natural256(a) * Natural256(b); }

}  // namespace plimsoll
