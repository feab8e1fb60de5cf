// The strong types. A price, a size and an amount are 64-bit counts of a decimal scale that their market or asset
// declares; a rate is a count of 10^-9 everywhere. They share a representation and never mix: price + size does not compile.
#pragma once

#include "plimsoll/money/round.hpp"
#include "plimsoll/money/wide.hpp"

#include <compare>
#include <cstdint>

namespace plimsoll {

/// An exact count of 10^-digits, where `digits` belongs to the market or asset, not to the type.
template <class Tag>
class Count {
public:
    constexpr Count() = default;
    static constexpr Count from_raw(std::int64_t raw) {
        Count count;
        count.raw_ = raw;
        return count;
    }
    /// Checked narrowing of an exact intermediate.
    static constexpr Count narrow(Wide wide) { return from_raw(narrow64(wide)); }
    static constexpr Count max() { return from_raw(std::numeric_limits<std::int64_t>::max()); }

    constexpr std::int64_t raw() const { return raw_; }

    friend constexpr auto operator<=>(Count, Count) = default;
    friend constexpr Count operator+(Count a, Count b) {
        std::int64_t sum = 0;
        const bool fits_int64 = !__builtin_add_overflow(a.raw_, b.raw_, &sum);
        PLIM_ASSERT(fits_int64);
        return from_raw(sum);
    }
    friend constexpr Count operator-(Count a, Count b) {
        std::int64_t difference = 0;
        const bool fits_int64 = !__builtin_sub_overflow(a.raw_, b.raw_, &difference);
        PLIM_ASSERT(fits_int64);
        return from_raw(difference);
    }
    friend constexpr Count operator-(Count a) { return narrow(-Wide{a.raw_}); }
    constexpr Count& operator+=(Count b) { return *this = *this + b; }
    constexpr Count& operator-=(Count b) { return *this = *this - b; }

private:
    std::int64_t raw_ = 0;
};

using Price = Count<struct PriceTag>;    // quote per base unit, at the market's price_digits
using Size = Count<struct SizeTag>;      // base units or contracts, at the market's size_digits
using Amount = Count<struct AmountTag>;  // of an asset, at the asset's digits
using Rate = Count<struct RateTag>;      // 10^-9: 50'000'000 means five per cent

inline constexpr int rate_digits = 9;
inline constexpr std::int64_t rate_one = 1'000'000'000;
inline constexpr Rate hundred_percent = Rate::from_raw(rate_one);

template <class Tag>
constexpr Count<Tag> abs(Count<Tag> value) {
    return value.raw() < 0 ? -value : value;
}

}  // namespace plimsoll
