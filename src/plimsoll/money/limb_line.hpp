// (n * rate - saved) / divisor for figures known in advance but for n, on the paths that are asked millions of times a second: a
// product with a ratio kept beforehand guesses the quotient, and one look at what is left over makes it exact.
#pragma once

#include "plimsoll/money/round.hpp"
#include "plimsoll/money/wide.hpp"

#include <cstdint>

namespace plimsoll {

/// floor(n / d) for n < 2^63 and 0 < d < 2^62: as Reciprocal (reciprocal.hpp) does it for 127 bits, with its proof.
class Reciprocal63 {
public:
    constexpr Reciprocal63() : Reciprocal63(1) {}
    explicit constexpr Reciprocal63(std::uint64_t divisor) : divisor_(divisor) {
        PLIM_ASSERT(divisor > 0 && divisor >> 62 == 0);
        shift_ = bit_width(UWide{divisor} - 1);
        multiplier_ = static_cast<std::uint64_t>((UWide{1} << (63 + shift_)) / divisor) + 1;
    }

    constexpr std::uint64_t divisor() const { return divisor_; }

    /// Errors  the caller has n < 2^63.
    constexpr std::uint64_t divide_down(std::uint64_t n) const {
        PLIM_ASSERT_SLOW(n >> 63 == 0);
        return static_cast<std::uint64_t>((UWide{n << 1} * multiplier_) >> 64) >> shift_;
    }

private:
    std::uint64_t multiplier_ = 0;  // floor(2^(63+l) / d) + 1
    std::uint64_t divisor_ = 1;
    int shift_ = 0;  // l: the least with d <= 2^l
};

/// What every line of one family shares: its divisor, and by how many bits n is widened so that each ratio fits a limb.
struct LimbScale {
    std::uint64_t divisor = 1;
    int finer = 0;

    /// The least widening for rates up to `rate_most`: rate_most < divisor * 2^finer.
    ///
    /// Errors  asserted: 0 < divisor < 2^62 and rate_most < 2^62.
    static constexpr LimbScale of(std::uint64_t divisor, std::uint64_t rate_most) {
        PLIM_ASSERT(divisor > 0 && divisor >> 62 == 0 && rate_most >> 62 == 0);
        LimbScale scale{divisor, 0};
        while (UWide{divisor} << scale.finer <= rate_most) ++scale.finer;
        return scale;
    }
    /// The n that lines answer: below it.
    constexpr UWide limit() const { return (UWide{1} << (64 - finer)) - 1; }
};

/// A line through nothing: n * rate / divisor, rounded down. The proof is LimbLine's, with less = 0.
struct LimbSlope {
    std::uint64_t rate = 0;
    std::uint64_t ratio = 0;  // ceil(rate * 2^(64 - finer) / divisor)

    /// Errors  asserted: the rate is one that the scale was made for.
    static constexpr LimbSlope of(const LimbScale& scale, std::uint64_t rate) {
        PLIM_ASSERT(UWide{scale.divisor} << scale.finer > rate);
        const UWide top = UWide{rate} << (64 - scale.finer);
        return {rate, static_cast<std::uint64_t>(top / scale.divisor + (top % scale.divisor != 0 ? 1 : 0))};
    }

    /// floor(n * rate / divisor). Errors  the caller has n < scale.limit() and a quotient below 2^63.
    constexpr std::uint64_t down(const LimbScale& scale, std::uint64_t n) const {
        PLIM_ASSERT_SLOW(n < scale.limit());
        const auto quotient = static_cast<std::uint64_t>((UWide{n << scale.finer} * ratio) >> 64);
        const std::uint64_t left = n * rate - quotient * scale.divisor;
        return quotient - (left >> 63);
    }
};

/// One line, rounded up, and how it is asked: ceil((n * rate - saved) / d) is floor((n * rate - less) / d) with less = saved - (d - 1).
///
/// Why it is exact. Let e = (n * rate - less) / d >= 0, and m = n * 2^finer < 2^64 - 1. `ratio` exceeds rate * 2^(64-finer) / d by
/// less than 1 and `offset` falls short of less * 2^64 / d by less than 1, so
///     e  <=  (m * ratio - offset) / 2^64  <  e + (m + 1) / 2^64  <=  e + 1,
/// and its whole part q is floor(e) or one more. Then n * rate - less - q * d lies between -d and d: modulo 2^64 its sign is seen,
/// and it is below 0 exactly when q = floor(e) + 1.
struct LimbLine {
    Wide less = 0;
    Wide offset = 0;  // floor(less * 2^64 / divisor)
    LimbSlope slope;

    /// A line that is saved 2^62 times the divisor or more has no quotient that fits: it answers nothing.
    ///
    /// Errors  asserted: saved < 2^126, and that the rate is one that the scale was made for.
    static constexpr LimbLine of(const LimbScale& scale, std::uint64_t rate, UWide saved) {
        PLIM_ASSERT(saved >> 126 == 0);
        const Wide divisor = scale.divisor;
        LimbLine line{static_cast<Wide>(saved) - (divisor - 1), 0, LimbSlope::of(scale, rate)};
        // Of less * 2^64 / divisor first the whole part, rounded down, then 64 bits of what is left.
        const Wide whole = divide(line.less, divisor, Round::floor);
        const auto left = static_cast<UWide>(line.less - whole * divisor);
        if (whole >> 62 <= 0) line.offset = whole * (Wide{1} << 64) + static_cast<Wide>((left << 64) / scale.divisor);
        return line;
    }

    constexpr std::uint64_t rate() const { return slope.rate; }
    constexpr UWide saved(const LimbScale& scale) const { return static_cast<UWide>(less + static_cast<Wide>(scale.divisor - 1)); }

    /// The quotient rounded up. Errors  the caller has n < scale.limit(), n * rate >= saved, and a quotient below 2^62.
    constexpr std::uint64_t up(const LimbScale& scale, std::uint64_t n) const {
        PLIM_ASSERT_SLOW(n < scale.limit() && UWide{n} * rate() >= saved(scale));
        const UWide guess = UWide{n << scale.finer} * slope.ratio - static_cast<UWide>(offset);
        const auto quotient = static_cast<std::uint64_t>(guess >> 64);
        const std::uint64_t left = n * rate() - static_cast<std::uint64_t>(less) - quotient * scale.divisor;
        return quotient - (left >> 63);
    }
};

}  // namespace plimsoll
