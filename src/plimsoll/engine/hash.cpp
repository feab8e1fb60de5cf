#include "plimsoll/engine/hash.hpp"

#include "plimsoll/engine/view.hpp"

namespace plimsoll {

namespace {

void put_position(const State& state, const HeldPosition& held, ByteSink& sink) {
    const Position p = position_of(state, held);
    sink.put(p.market);
    sink.put(p.leg);
    sink.put(p.mode);
    sink.put(p.leverage_hundredths);
    sink.put(p.size);
    sink.put(p.cost);
    sink.put(p.isolated_collateral);
    sink.put(p.buys);
    sink.put(p.sells);
    sink.put(p.buy_cost);
    sink.put(p.sell_cost);
}

void put_account(const State& state, const AccountRecord& account, ByteSink& sink) {
    sink.put(account.group);
    for (const Balance& b : state.balances.of(account.balances)) {
        if (b.amount.raw() == 0) continue;
        sink.put(b.asset);
        sink.put(b.amount);
    }
    for (const HeldPosition& p : state.positions.of(account.positions)) put_position(state, p, sink);
    if (account.terms != no_place) {
        const AccountTermsRecord& terms = state.terms.in_place(account.terms);
        sink.put(terms.everywhere.multiplier);
        sink.put(terms.everywhere.initial_floor);
        for (const PositionTerms& t : terms.markets) {
            sink.put(t.multiplier);
            sink.put(t.initial_floor);
        }
    }
    for (OrderId id = account.first_order; id.value != 0; id = state.orders.at(id).after) {
        const Order& order = state.orders.at(id);
        sink.put(id);
        sink.put(order.market);
        sink.put(order.side);
        sink.put(order.leg);
        sink.put(order.kind);
        sink.put(order.reduce_only);
        sink.put(order.size);
        sink.put(order.limit);
        sink.put(order.fee_reserved);
    }
}

void put_market(const MarketRecord& market, ByteSink& sink) {
    sink.put(market.guard);
    sink.put(market.open_interest_long);
    sink.put(market.open_interest_short);
    sink.put(market.market_cap);
    sink.put(market.cost);
    sink.put(market.rounding);
    sink.put(market.paced);
    sink.put(market.delisted);
    sink.put(market.settled);
}

void put_asset(const AssetRecord& asset, ByteSink& sink) {
    sink.put(asset.price);
    sink.put(asset.smoothed);
    sink.put(asset.marked_ms);
    sink.put(asset.marked);
    sink.put(asset.deposits);
    sink.put(asset.withdrawals);
    sink.put(asset.held);
    sink.put(asset.fund);
    sink.put(asset.fees);
    sink.put(asset.rounding);
    sink.put(asset.bad_debt);
}

void put_breach(LiquidationId id, const Breach& breach, ByteSink& sink) {
    sink.put(id);
    sink.put(breach.subject);
    sink.put(breach.seen_ms);
    sink.put(breach.seen_marks);
    sink.put(breach.active);
    sink.put(breach.intervals);
    sink.put(breach.next_ms);
    sink.put(breach.receipt_high);
    sink.put(breach.receipt_low);
}

}  // namespace

Hash128 state_hash(const State& state) {
    ByteSink sink;
    sink.put(state.time_ms);
    sink.put(state.marks);
    sink.put(state.active != nullptr);
    if (state.active) sink.put(state.active->hash);
    for (const ReadySet& ready : state.ready) sink.put(ready.hash);
    for (const AccountRecord& account : state.accounts) {
        sink.put(static_cast<std::uint32_t>(&account - state.accounts.data()));
        put_account(state, account, sink);
    }
    for (const MarketRecord& market : state.markets) put_market(market, sink);
    for (const AssetRecord& asset : state.assets) put_asset(asset, sink);
    state.deposits.each([&](DepositId id, const PendingDeposit& d) {
        sink.put(id);
        sink.put(d.account);
        sink.put(d.asset);
        sink.put(d.amount);
        sink.put(d.confirmations);
    });
    state.breaches.each([&](LiquidationId id, const Breach& breach) { put_breach(id, breach, sink); });
    sink.put(state.backstop.has_value());
    sink.put(state.backstop.value_or(AccountId{}));
    sink.put(state.backstop_budget);
    sink.put(state.interval_ms);
    sink.put(state.interval_used);
    sink.put(state.reserve_ms);
    sink.put(state.reserve_ratio);
    return sink.hash();
}

}  // namespace plimsoll
