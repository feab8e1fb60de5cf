// The money of the rules, in rationals: what a trade is worth, what closing pays, what a fee may be.
#pragma once

#include "plimsoll/market/instrument.hpp"
#include "reference_engine/state.hpp"

namespace plimsoll::reference {

inline Rational ten_to(int digits) {
    const Rational power_of_ten(power(10, static_cast<unsigned>(digits < 0 ? -digits : digits)));
    return digits < 0 ? Rational(1 / power_of_ten) : power_of_ten;
}
inline Rational as_rational(Rate rate) { return Rational(rate.raw(), rate_one); }
inline Integer magnitude_of(const Integer& value) { return value < 0 ? Integer(-value) : value; }
inline Wide wide(const Integer& value) { return static_cast<Wide>(value); }
template <class Count>
Count counted(const Integer& value) {
    return Count::narrow(wide(value));
}

/// In notional units; an inverse contract counts for at most inverse_notional_max.
Rational worth_at(const Instrument& instrument, const Integer& size, Price price);
/// What both sides of a trade book.
Integer trade_worth(const Instrument& instrument, const Integer& size, Price price);
/// Notional units in one last place of the settle asset.
Rational settle_unit(const Instrument& instrument);
/// `rate` of the notional, rounded up twice: the notional, then the amount.
Integer rate_of_notional(const Instrument& instrument, const Integer& size, Price price, Rate rate);

struct Trade {
    Integer size_after;
    Integer cost_after;
    Integer realised;   // settle asset
    Integer remainder;  // notional units
    bool increases = false;
};
/// Buying or selling `amount` for `worth` in all.
Trade trade(const Instrument& instrument, const Integer& size, const Integer& cost, Side side, const Integer& amount, const Integer& worth);

/// An amount of an asset in the numeraire's last places.
Rational value_of(const ParameterSet& set, AssetId asset, const Integer& amount, Price price);

}  // namespace plimsoll::reference
