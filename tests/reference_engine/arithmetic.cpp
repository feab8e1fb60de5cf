#include "reference_engine/arithmetic.hpp"

namespace plimsoll::reference {

Rational worth_at(const Instrument& i, const Integer& size, Price price) {
    const Integer contracts = magnitude_of(size);
    if (i.kind != ContractKind::inverse) return Rational(contracts * i.multiplier.raw * price.raw());
    if (contracts == 0) return 0;
    const Rational most(exact(inverse_notional_max));
    if (price.raw() == 0) return most;
    const Rational coins = Rational(contracts) / ten_to(i.size_digits) * Rational(i.multiplier.raw) / ten_to(i.multiplier.digits) /
                           (Rational(price.raw()) / ten_to(i.price_digits));
    const Rational worth = coins * ten_to(notional_digits(i));
    return worth > most ? most : worth;
}

Integer trade_worth(const Instrument& i, const Integer& size, Price price) { return floor_of(worth_at(i, size, price)); }

Rational settle_unit(const Instrument& i) { return ten_to(notional_digits(i) - i.settle_digits); }

Integer rate_of_notional(const Instrument& i, const Integer& size, Price price, Rate rate) {
    const Integer notional = ceil_of(worth_at(i, size, price));
    return ceil_of(Rational(notional) * as_rational(rate) / settle_unit(i));
}

Trade trade(const Instrument& i, const Integer& size, const Integer& cost, Side side, const Integer& amount, const Integer& worth) {
    const bool buys = side == Side::buy;
    const bool opposes = buys ? size < 0 : size > 0;
    const Integer held = magnitude_of(size);
    const Integer closed = !opposes ? Integer(0) : amount < held ? amount : held;
    const Integer opened = amount - closed;
    const Integer worth_closed = closed == amount ? worth : floor_of(Rational(worth * closed, amount));

    Trade t;
    t.cost_after = cost;
    if (closed > 0) {
        // What stays with the rest is rounded away from zero.
        const Integer kept_most = ceil_of(Rational(magnitude_of(cost) * (held - closed), held));
        const Integer kept = cost < 0 ? Integer(-kept_most) : kept_most;
        const Integer taken = cost - kept;
        const Integer received = buys ? Integer(-worth_closed) : worth_closed;
        const Integer profit = i.kind == ContractKind::inverse ? Integer(taken - received) : Integer(received - taken);
        t.realised = floor_of(Rational(profit) / settle_unit(i));
        const Rational left = Rational(profit) - Rational(t.realised) * settle_unit(i);
        t.remainder = floor_of(left);
        t.cost_after = kept;
    }
    if (opened > 0) t.cost_after += buys ? Integer(worth - worth_closed) : Integer(worth_closed - worth);
    t.size_after = buys ? Integer(size + amount) : Integer(size - amount);
    t.increases = opened > 0;
    return t;
}

Rational value_of(const ParameterSet& set, AssetId asset, const Integer& amount, Price price) {
    const plimsoll::Asset& a = set.asset(asset);
    return Rational(amount * price.raw()) * ten_to(set.asset(set.numeraire).digits - a.digits - a.price_digits);
}

}  // namespace plimsoll::reference
