// The few ways in which anything changes.
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

/// The position of an account; a net cross one is made where there is none.
Holding& Engine::holding(AccountId account, MarketId market, Leg leg) {
    figures_old_ = true;
    auto& holdings = s.owners[account.index].holdings;
    const std::size_t place = place_of(account, market, leg);
    if (place == holdings.size()) holdings.push_back({market, leg, MarginMode::cross, 0, 0, 0, 0});
    return holdings[place];
}

/// A net cross position without size, orders and chosen leverage is forgotten.
void Engine::forget_empty(AccountId account, MarketId market) {
    auto& holdings = s.owners[account.index].holdings;
    std::erase_if(holdings, [&](const Holding& h) {
        return h.market == market && h.leg == Leg::net && h.mode == MarginMode::cross && h.size == 0 && h.leverage_hundredths == 0 &&
               sums(account, market, h.leg).count == 0;
    });
}

/// Money of a position: its own collateral when it is isolated, else the balance of the settle asset.
void Engine::pay(AccountId account, MarketId market, Leg leg, const Integer& amount) {
    Holding& h = holding(account, market, leg);
    if (h.mode == MarginMode::isolated) h.collateral += amount;
    else s.owners[account.index].balances[settle_of(market).index] += amount;
}

/// Whole last places of what realising left over are the asset's.
void Engine::round_off(MarketId market) {
    const Rational unit = settle_unit(instrument(market));
    Integer& left = s.markets[market.index].rounding;
    const Integer whole = floor_of(Rational(left) / unit);
    s.assets[settle_of(market).index].rounding += whole;
    left -= floor_of(Rational(whole) * unit);
}

Trade Engine::trade_of(AccountId account, MarketId market, Leg leg, Side side, const Integer& amount, Price price,
                       std::optional<Integer> worth) const {
    const Holding* h = find(account, market, leg);
    const Instrument& i = instrument(market);
    return trade(i, h == nullptr ? Integer(0) : h->size, h == nullptr ? Integer(0) : h->cost, side, amount,
                 worth ? *worth : trade_worth(i, amount, price));
}

void Engine::change_position(AccountId account, MarketId market, Leg leg, Side side, const Integer& amount, Price price, Cause cause,
                             std::uint64_t order, const Integer& fee, std::optional<Integer> worth) {
    const Trade t = trade_of(account, market, leg, side, amount, price, worth);
    Holding& h = holding(account, market, leg);
    h.size = t.size_after;
    h.cost = t.cost_after;
    pay(account, market, leg, t.realised - fee);
    s.assets[settle_of(market).index].fees += fee;
    s.markets[market.index].rounding += t.remainder;
    round_off(market);
    if (order != 0) {
        RestingOrder& filled = s.orders.at(order);
        filled.size -= counted<Size>(amount);
        if (filled.size.raw() == 0) remove_order(order);
    }
    forget_empty(account, market);
    emit(event::PositionChanged{account,
                                market,
                                leg,
                                side,
                                cause,
                                {order},
                                counted<Size>(amount),
                                price,
                                counted<Amount>(fee),
                                counted<Amount>(t.realised),
                                wide(t.remainder),
                                counted<Size>(t.size_after),
                                wide(t.cost_after)});
}

std::uint64_t Engine::place(const RestingOrder& order, Wide required, Wide available) {
    holding(order.account, order.market, order.leg);
    const std::uint64_t id = s.orders.add(order);
    s.owners[order.account.index].orders.push_back(id);
    if (order.kind == OrderKind::liquidation) s.markets[order.market.index].paced += order.size.raw();
    emit(event::OrderPlaced{{id},
                            order.account,
                            order.market,
                            order.side,
                            order.leg,
                            order.kind,
                            order.reduce_only,
                            order.size,
                            order.limit,
                            fee_reserved(order),
                            required,
                            available});
    return id;
}

void Engine::remove_order(std::uint64_t id) {
    const RestingOrder order = s.orders.at(id);
    std::erase(s.owners[order.account.index].orders, id);
    s.orders.remove(id);
    forget_empty(order.account, order.market);
}

void Engine::cancel(std::uint64_t id, CancelReason reason) {
    const RestingOrder order = s.orders.at(id);
    remove_order(id);
    emit(event::OrderCancelled{{id}, order.account, order.market, order.size, reason});
}

}  // namespace plimsoll::reference
