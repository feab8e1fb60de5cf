// A contract: what one unit of it is worth at a price, exactly.
#pragma once

#include "plimsoll/base/id.hpp"
#include "plimsoll/money/limits.hpp"
#include "plimsoll/money/text.hpp"

#include <string>

namespace plimsoll {

enum class ContractKind : std::uint8_t {
    linear,   // notional = size * multiplier * price, settled in the quote asset
    inverse,  // notional = size * multiplier / price, settled in the base asset
    quanto,   // notional = size * multiplier * price, the multiplier being settle asset per unit of price and contract
};

/// Scales and bounds of a market's contract.
struct Instrument {
    ContractKind kind = ContractKind::linear;
    int price_digits = 0;
    int size_digits = 0;
    int settle_digits = 0;    // of the settle asset
    Decimal multiplier{1, 0}; // > 0
    Price price_max;          // > 0; a price above it is out of domain
    Size size_max;            // > 0; of one account, and of a market side
    Price tick = Price::from_raw(1);
    Size lot = Size::from_raw(1);

    friend bool operator==(const Instrument&, const Instrument&) = default;
};

/// Inverse notionals are quotients; they are held this many digits finer than the settle asset.
inline constexpr int inverse_guard_digits = 6;

/// The most an inverse position counts for: ten times it (1000 %) still fits an amount of the settle asset.
inline constexpr Wide inverse_notional_max = Wide{amount_max.raw() / 10} * pow10(inverse_guard_digits);
static_assert(inverse_notional_max < notional_max);

/// Decimals of the instrument's notionals.
constexpr int notional_digits(const Instrument& instrument) {
    if (instrument.kind == ContractKind::inverse) return instrument.settle_digits + inverse_guard_digits;
    return instrument.price_digits + instrument.size_digits + instrument.multiplier.digits;
}

/// |size| at `price`: what a full loss of the position would cost a long.
///
/// Units     10^-notional_digits of the settle asset, >= 0.
/// Shape     never decreases in |size|; rises with the price (inverse: falls). Never above notional_max (inverse:
///           inverse_notional_max, which is also what a contract is worth at price 0).
/// Rounding  linear and quanto exact; inverse once, as stated (up for requirements).
/// Errors    price >= 0 is asserted. A size of up to 2^63, such as the open interest of a group, saturates.
Wide notional(const Instrument& instrument, Size size, Price price, Round round = Round::ceil);

/// Why an instrument is outside the declared domain; empty when it is inside.
///
/// Inside it, ten times size_max at price_max (1000 %) fits an amount of the settle asset. An inverse contract has no
/// greatest price in this sense: its notional is held at inverse_notional_max, and a mark that low is refused on entry.
std::string domain_fault(const Instrument& instrument);

}  // namespace plimsoll
