#include "plimsoll/engine/trade.hpp"

#include "plimsoll/liquidation/plan.hpp"
#include "plimsoll/money/mul_div.hpp"

namespace plimsoll {

namespace {

/// `exact` in whole last places of the settle asset, rounded down, and what is left.
void pay_out(const Instrument& instrument, Wide exact, Traded& t) {
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    if (shift <= 0) {
        t.realised = Amount::narrow(exact * pow10(-shift));
        return;
    }
    t.realised = Amount::narrow(divide(exact, pow10(shift), Round::floor));
    t.remainder = exact - Wide{t.realised.raw()} * pow10(shift);
}

}  // namespace

Traded traded(const Instrument& instrument, Size size, Wide cost, Side side, Size amount, Wide worth) {
    PLIM_ASSERT(amount.raw() > 0 && worth >= 0);
    const bool buys = side == Side::buy;
    Traded t;
    t.size_after = buys ? size + amount : size - amount;
    const bool opposes = buys ? size.raw() < 0 : size.raw() > 0;
    if (!opposes) {
        t.cost_after = cost + (buys ? worth : -worth);
        t.increases = true;
        return t;
    }
    const Size closed = amount < abs(size) ? amount : abs(size);
    // Of a trade that turns a position round, the part that closes is worth its share, rounded down; the rest opens.
    const Wide worth_closed = closed == amount
                                  ? worth
                                  : static_cast<Wide>(divide(Natural256(static_cast<UWide>(worth)) * static_cast<UWide>(Wide{closed.raw()}),
                                                             static_cast<UWide>(Wide{amount.raw()}), Toward::down)
                                                          .to_uwide());
    const Wide cost_left = remaining_cost(cost, size, closed);
    const Wide taken_out = cost - cost_left;
    const Wide received = buys ? -worth_closed : worth_closed;
    pay_out(instrument, instrument.kind == ContractKind::inverse ? taken_out - received : received - taken_out, t);
    t.increases = closed != amount;
    t.cost_after = t.increases ? (buys ? worth - worth_closed : worth_closed - worth) : cost_left;
    return t;
}

event::PositionChanged position_change(const State& state, AccountId account, MarketId market, Leg leg, Side side, Size amount, Price price,
                                       Cause cause, OrderId order, Amount fee) {
    const Wide worth = trade_worth(state.market_params(market).instrument, amount, price);
    return position_change(state, account, market, leg, side, amount, price, worth, cause, order, fee);
}

event::PositionChanged position_change(const State& state, AccountId account, MarketId market, Leg leg, Side side, Size amount, Price price,
                                       Wide worth, Cause cause, OrderId order, Amount fee) {
    const Instrument& instrument = state.market_params(market).instrument;
    Size size;
    Wide cost = 0;
    if (const auto place = find_position(state, account, market, leg)) {
        const HeldPosition& p = state.positions.of(state.account(account).positions)[*place];
        size = p.size;
        cost = p.cost();
    }
    const Traded t = traded(instrument, size, cost, side, amount, worth);
    return {account, market, leg, side, cause, order, amount, price, fee, t.realised, t.remainder, t.size_after, t.cost_after};
}

}  // namespace plimsoll
