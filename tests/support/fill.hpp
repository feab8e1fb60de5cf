// Fills as an engine books them: what is closed is realised into the balance of the settle asset (or an isolated position's
// own collateral), what is opened adds to size and cost. Every division is rounded against the account.
#pragma once

#include "plimsoll/risk/admission.hpp"
#include "support/reference.hpp"

namespace plimsoll::testing {

inline Amount to_settle_down(const Instrument& i, Wide exact_notional) {
    const int shift = notional_digits(i) - i.settle_digits;
    return Amount::narrow(shift >= 0 ? divide(exact_notional, pow10(shift), Round::floor) : exact_notional * pow10(-shift));
}

inline void credit(const RiskContext& context, Account& account, Position& p, Amount amount) {
    if (p.mode == MarginMode::isolated) {
        p.isolated_collateral += amount;
        return;
    }
    const AssetId settle = context.market(p.market).params->settle;
    for (Balance& b : account.balances)
        if (b.asset == settle) {
            b.amount += amount;
            return;
        }
    account.balances.push_back({settle, amount});
}

/// |part| of |whole|'s cost, rounded toward zero, with its sign.
inline Wide share_of_cost(Wide cost, Size part, Size whole) {
    const Integer share = exact(magnitude(cost)) * exact(abs(part).raw()) / exact(abs(whole).raw());
    const auto value = static_cast<Wide>(share);
    return cost < 0 ? -value : value;
}

/// Closes `by` > 0 of the position at `price`.
inline void close_at(const RiskContext& context, Account& account, Position& p, Size by, Price price) {
    const Instrument& i = context.market(p.market).params->instrument;
    const Size closed = p.size.raw() > 0 ? by : -by;
    const Wide cost = by == abs(p.size) ? p.cost : share_of_cost(p.cost, by, p.size);
    credit(context, account, p, to_settle_down(i, pnl_exact(i, closed, cost, price)));
    p.size = p.size - closed;
    p.cost -= cost;
}

/// Reduces a position at its mark by an order of its own side's resting ones: they shrink along.
inline void reduce_at_mark(const RiskContext& context, Account& account, std::size_t index, Size by) {
    Position& p = account.positions[index];
    const bool sells = p.size.raw() > 0;
    close_at(context, account, p, by, context.market(p.market).state.mark);
    Size& orders = sells ? p.sells : p.buys;
    Wide& cost = sells ? p.sell_cost : p.buy_cost;
    const Size gone = std::min(orders, by);
    if (gone.raw() == 0) return;
    cost -= gone == orders ? cost : share_of_cost(cost, gone, orders);
    orders = orders - gone;
}

/// Opens `by` more at `price`; the sign is the side's.
inline void open_at(const RiskContext& context, Position& p, Size by, Price price, bool buys) {
    const Instrument& i = context.market(p.market).params->instrument;
    const bool inverse = i.kind == ContractKind::inverse;
    const Wide cost = notional(i, by, price, buys != inverse ? Round::ceil : Round::floor);
    p.size = buys ? p.size + by : p.size - by;
    p.cost += buys ? cost : -cost;
}

/// Fills `by` of a candidate at its limit, as it stands among the orders of its side: closing first, then opening.
inline void fill_candidate(const RiskContext& context, Position& p, Account& account, const OrderRequest& order, Size by) {
    const bool buys = order.side == Side::buy;
    Size& orders = buys ? p.buys : p.sells;
    Wide& cost = buys ? p.buy_cost : p.sell_cost;
    const MarketView& market = context.market(order.market);
    const bool inverse = market.params->instrument.kind == ContractKind::inverse;
    // The rest of the side goes on at no better than the mark, as admission weighed it.
    const Wide filled_cost = notional(market.params->instrument, by, order.limit, buys != inverse ? Round::ceil : Round::floor);
    const Wide at_mark = notional(market.params->instrument, by, market.state.mark, buys != inverse ? Round::floor : Round::ceil);
    cost -= buys != inverse ? std::max(filled_cost, at_mark) : std::min(filled_cost, at_mark);
    orders = orders - by;
    if (orders.raw() == 0) cost = 0;
    const bool opposing = buys ? p.size.raw() < 0 : p.size.raw() > 0;
    const Size closing = opposing ? std::min(by, abs(p.size)) : Size{};
    if (closing.raw() > 0) close_at(context, account, p, closing, order.limit);
    if (by > closing) open_at(context, p, by - closing, order.limit, buys);
}

}  // namespace plimsoll::testing
