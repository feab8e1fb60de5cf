// What buying or selling does to a position, exactly: sizes and costs move, what is closed is paid, and what rounding leaves over is
// named. Every way of changing a position goes through here: fills, liquidations, the backstop, deleveraging, settlement.
#pragma once

#include "plimsoll/engine/view.hpp"

namespace plimsoll {

/// What becomes of a position of `size` and `cost` when `amount` of it is bought or sold for `worth` in all.
struct Traded {
    Size size_after;
    Wide cost_after = 0;
    Amount realised;       // rounded down
    Wide remainder = 0;    // notional units, >= 0: exact profit less what was paid
    bool increases = false;  // |size| grows, or the position changes its side
};

/// Units     size signed; amount > 0; worth in notional units, the same figure for both sides of the trade.
/// Rounding  the part of the cost that is taken out is rounded toward zero and stays in the position; the profit is rounded down.
/// Law       linear and quanto: cost_after - cost == exact profit + (worth when bought, -worth when sold); inverse: the profit with
///           the other sign. So the costs of a market add up to all profits ever paid there with their remainders.
Traded traded(const Instrument& instrument, Size size, Wide cost, Side side, Size amount, Wide worth);

/// The event of trading `amount` of an account's position at `price`. The position need not exist yet. `worth`: what both sides book for
/// it, where that is not trade_worth().
event::PositionChanged position_change(const State& state, AccountId account, MarketId market, Leg leg, Side side, Size amount, Price price,
                                       Cause cause, OrderId order, Amount fee);
event::PositionChanged position_change(const State& state, AccountId account, MarketId market, Leg leg, Side side, Size amount, Price price,
                                       Wide worth, Cause cause, OrderId order, Amount fee);

constexpr Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }
/// The side that closes a position of this size.
constexpr Side closing_side(Size size) { return size.raw() > 0 ? Side::sell : Side::buy; }

}  // namespace plimsoll
