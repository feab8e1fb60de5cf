// Accounts short of the close-out level, and closing at the mark computed the obvious way, in unbounded rationals.
#pragma once

#include "plimsoll/liquidation/plan.hpp"
#include "support/gen_risk.hpp"

#include <optional>

namespace plimsoll::testing {

/// An amount of the settle asset in its last places: what `size` > 0 of a contract is worth at a price.
inline Rational worth_of(const Instrument& i, Size size, Price price) {
    const auto ten = [](int digits) { return Rational(power(10, static_cast<unsigned>(digits))); };
    const Rational contracts = Rational(size.raw()) / ten(i.size_digits) * Rational(i.multiplier.raw) / ten(i.multiplier.digits);
    const Rational at = Rational(price.raw()) / ten(i.price_digits);
    return (i.kind == ContractKind::inverse ? Rational(contracts / at) : Rational(contracts * at)) * ten(i.settle_digits);
}
inline Rational in_settle(const Instrument& i, const Integer& notional) {
    return Rational(notional) / Rational(power(10, static_cast<unsigned>(notional_digits(i)))) *
           Rational(power(10, static_cast<unsigned>(i.settle_digits)));
}
/// What a position has gained: a long linear contract by its worth less its cost, an inverse one by its cost less its worth.
inline Rational gain_of(const Instrument& i, Size size, Wide cost, Price mark) {
    if (size.raw() == 0) return 0;
    const Rational worth = worth_of(i, abs(size), mark) * (size.raw() < 0 ? -1 : 1);
    const Rational paid = in_settle(i, exact(cost));
    return i.kind == ContractKind::inverse ? Rational(paid - worth) : Rational(worth - paid);
}

/// Closes `by` of a position and gives what is booked. The fee is on the notional as the venue counts it, on its grid.
inline Integer close_plainly(const Instrument& i, Position& p, Size by, Price mark, Rate fee) {
    const Integer held = abs(p.size).raw();
    const Rational kept = Rational(abs(exact(p.cost)) * (held - by.raw())) / Rational(held);
    const Integer cost = p.cost < 0 ? Integer(-ceil_of(kept)) : ceil_of(kept);
    const Size closed = p.size.raw() < 0 ? -by : by;
    const Integer taken = exact(p.cost) - cost;
    const Rational gain = gain_of(i, closed, static_cast<Wide>(taken), mark);
    const Rational grid = in_settle(i, 1);
    const Rational charged = Rational(ceil_of(worth_of(i, by, mark) / grid)) * grid * Rational(fee.raw(), rate_one);
    p.size = p.size - closed;
    p.cost = static_cast<Wide>(cost);
    return floor_of(gain) - ceil_of(charged);
}

/// The case after closing, with the owner's group as much smaller.
inline void close_plainly(RiskCase& c, std::size_t position, Size by, Rate fee) {
    Position& p = c.owner.account.positions[position];
    const MarketView& market = c.context.market(p.market);
    if (!c.group.empty()) {
        Size& side = p.size.raw() < 0 ? c.group[p.market.index].short_size : c.group[p.market.index].long_size;
        side = side - by;
    }
    const auto booked = Amount::narrow(static_cast<Wide>(close_plainly(market.params->instrument, p, by, market.state.mark, fee)));
    if (p.mode == MarginMode::isolated) {
        p.isolated_collateral += booked;
        return;
    }
    for (Balance& b : c.owner.account.balances)
        if (b.asset == market.settle) {
            b.amount += booked;
            return;
        }
    c.owner.account.balances.push_back({market.settle, booked});
}

/// A case whose lots are so large that every position has at most `lots_most` of them; 0: as drawn.
inline RiskCase gen_with_lots(RiskGenerator& generator, std::int64_t lots_most) {
    RiskCase drawn = gen_risk(generator);
    if (lots_most == 0) return drawn;
    for (const Position& p : drawn.owner.account.positions) {
        Instrument& i = drawn.venue.set.markets[p.market.index].instrument;
        i.lot = std::max(i.lot, Size::from_raw(abs(p.size).raw() / lots_most + 1));
    }
    RiskContext context = context_of(drawn.venue);
    return {std::move(drawn.venue), std::move(drawn.owner), std::move(context), std::move(drawn.group)};
}

/// Takes collateral away or adds it until the account is short of the close-out level by less than what it requires; false
/// where this cannot be done with the first asset.
inline bool bring_short(RiskCase& c, Random& random) {
    const Health before = health(c.context, c.view(), Purpose::closeout);
    if (before.requirement <= 0) return false;
    const Wide most = std::max<Wide>(1, std::min<Wide>(before.requirement, pow10(18)) / random.between(1, 20));
    const Wide short_by = 1 + static_cast<Wide>(random.next() % static_cast<std::uint64_t>(most));
    auto& balances = c.owner.account.balances;
    if (balances.empty() || balances.front().asset != AssetId{0}) balances.insert(balances.begin(), {{0}, Amount{}});
    const Wide wanted = balances.front().amount.raw() - before.value() - short_by;
    if (wanted > c.venue.set.assets[0].amount_max.raw() || -wanted > amount_max.raw()) return false;
    balances.front().amount = Amount::narrow(wanted);
    return health(c.context, c.view(), Purpose::closeout).value() < 0;
}

inline Rate closing_fee(RiskGenerator& generator) {
    if (generator.draw().chance(4)) return {};
    return generator.draw().chance(8) ? Rate::from_raw(generator.draw().magnitude(9)) : Rate::from_raw(generator.draw().magnitude(7));
}

}  // namespace plimsoll::testing
