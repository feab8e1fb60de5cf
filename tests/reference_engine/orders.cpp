// Placing, amending and cancelling.
#include "plimsoll/risk/admission.hpp"
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

static RejectCode code_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::none: return RejectCode::none;
        case Refusal::market_unknown: return RejectCode::market_unknown;
        case Refusal::asset_unknown: return RejectCode::asset_unknown;
        case Refusal::size_out_of_range: return RejectCode::size_out_of_range;
        case Refusal::amount_out_of_range: return RejectCode::amount_out_of_range;
        case Refusal::price_out_of_range: return RejectCode::price_out_of_range;
        case Refusal::leverage_above_max: return RejectCode::leverage_above_max;
        case Refusal::mode_conflict: return RejectCode::mode_conflict;
        case Refusal::too_many_positions: return RejectCode::too_many_positions;
        case Refusal::reduce_only_would_increase: return RejectCode::reduce_only_would_increase;
        case Refusal::beyond_leg: return RejectCode::beyond_leg;
        case Refusal::mark_missing: return RejectCode::mark_missing;
        case Refusal::position_cap: return RejectCode::position_cap;
        case Refusal::group_cap: return RejectCode::group_cap;
        case Refusal::open_interest_cap: return RejectCode::open_interest_cap;
        case Refusal::market_cap_share: return RejectCode::market_cap_share;
        case Refusal::leverage_caps_size: return RejectCode::leverage_caps_size;
        case Refusal::margin_insufficient: return RejectCode::margin_insufficient;
    }
    return RejectCode::none;
}

/// It opposes its position and is, with all resting on its side, no larger.
bool Engine::only_reduces(const RestingOrder& order) const {
    const Holding* h = find(order.account, order.market, order.leg);
    if (h == nullptr) return false;
    const bool buys = order.side == Side::buy;
    const OrderSums resting = sums(order.account, order.market, order.leg);
    const Integer on_side = Integer((buys ? resting.buys : resting.sells).raw()) + order.size.raw();
    return (buys ? h->size < 0 : h->size > 0) && on_side <= magnitude_of(h->size);
}

/// What refuses an order besides admit(). The smallest number.
RejectCode Engine::own_checks(const RestingOrder& order, bool amended) const {
    const Owner& owner = s.owners[order.account.index];
    const Market& market = s.markets[order.market.index];
    const bool reduces = only_reduces(order);
    const Holding* h = find(order.account, order.market, order.leg);
    bool held_otherwise = false;
    for (const Holding& other : owner.holdings)
        held_otherwise = held_otherwise || (other.market == order.market && other.leg != order.leg && h == nullptr);
    if (!amended && s.orders.room() == 0) return RejectCode::capacity_exhausted;
    if (market.settled || (market.delisted && !reduces)) return RejectCode::market_delisted;
    if (!allows(order.market, reduces ? GuardedAction::reduce : GuardedAction::open)) return RejectCode::guard_forbids;
    if (!reduces && in_liquidation(order.account, order.market, order.leg)) return RejectCode::in_liquidation;
    if (held_otherwise || (h == nullptr && order.leg != Leg::net)) return RejectCode::mode_conflict;
    if (h == nullptr && owner.holdings.size() >= s.limits.positions_per_account) return RejectCode::too_many_positions;
    if (!amended && owner.orders.size() >= s.limits.orders_per_account) return RejectCode::too_many_positions;
    return RejectCode::none;
}

Engine::Weighed Engine::weigh(const RestingOrder& order, bool amended) const {
    Shown a = shown(order.account, Reading::open);
    const MarginMode mode = mode_of(order.account, order.market);
    const Instrument& i = instrument(order.market);
    const bool sized = order.size.raw() > 0 && order.size <= i.size_max && order.limit.raw() > 0 && order.limit <= i.price_max;
    const Integer fee = sized ? Integer(fee_reserved(order).raw()) : Integer(0);
    if (mode == MarginMode::isolated) {
        for (Position& p : a.positions)
            if (p.market == order.market && p.leg == order.leg) p.isolated_collateral -= counted<Amount>(fee);
    } else if (fee != 0) {
        const AssetId settle = settle_of(order.market);
        auto found = std::find_if(a.balances.begin(), a.balances.end(), [&](const Balance& b) { return b.asset == settle; });
        if (found == a.balances.end()) found = a.balances.insert(found, {settle, {}});
        found->amount -= counted<Amount>(fee);
    }
    const Admission admission =
        admit(credit(), a.view(), {order.market, order.side, order.size, order.limit, order.leg, mode, 0, order.reduce_only});
    const RejectCode theirs = code_of(admission.refusal);
    const RejectCode ours = own_checks(order, amended);
    Weighed w;
    w.standing = {admission.required, admission.available};
    w.code = theirs == RejectCode::none ? ours : ours == RejectCode::none ? theirs : std::min(theirs, ours);
    return w;
}

/// The figures of a refusal by a limit or by margin, and what would help.
Reject Engine::explained(const RestingOrder& order, const Weighed& weighed) const {
    Reject r;
    r.code = weighed.code;
    r.account = order.account;
    r.market = order.market;
    if (weighed.code < RejectCode::position_cap) return r;
    r.required = weighed.standing.required;
    r.available = weighed.standing.available;
    r.shortfall = std::max<Wide>(0, r.required - r.available);
    return r;
}

void Engine::refuse_order(const RestingOrder& order, bool amended, const Weighed& weighed) {
    Refused refused{explained(order, weighed)};
    if (weighed.code < RejectCode::position_cap) throw refused;
    Reject& r = refused.reject;
    // The largest size, by trying.
    const std::int64_t lot = instrument(order.market).lot.raw();
    const auto passes_at = [&](std::int64_t lots) {
        RestingOrder smaller = order;
        smaller.size = Size::from_raw(lots * lot);
        return weigh(smaller, amended).code == RejectCode::none;
    };
    if (const auto most = largest_passing(1, std::max<std::int64_t>(1, instrument(order.market).size_max.raw() / lot), passes_at)) {
        r.size_passes = true;
        r.largest_size = Size::from_raw(most->value * lot);
    }
    // The oldest order without which it would pass.
    const Known before = s;
    for (const std::uint64_t id : s.owners[order.account.index].orders) {
        remove_order(id);
        figures_old_ = true;
        const bool helps = weigh(order, amended).code == RejectCode::none;
        s = before;
        figures_old_ = true;
        if (!helps) continue;
        r.cancel = {id};
        break;
    }
    throw refused;
}

void Engine::run(const command::PlaceOrder& c) {
    need_set();
    need_account(c.account);
    need_market(c.market);
    const RestingOrder order{c.account, c.market, c.side, c.leg, OrderKind::ordinary, c.reduce_only, c.size, c.limit};
    const Weighed weighed = weigh(order, false);
    if (weighed.code != RejectCode::none) refuse_order(order, false, weighed);
    made_ = place(order, weighed.standing.required, weighed.standing.available);
}

void Engine::run(const command::AmendOrder& c) {
    need_set();
    need_account(c.account);
    const RestingOrder* found = s.orders.find(c.order.value);
    refuse_if(found == nullptr || found->account != c.account || found->kind != OrderKind::ordinary, RejectCode::order_unknown);
    const RestingOrder old = *found;
    RestingOrder order = old;
    order.size = c.size;
    order.limit = c.limit;
    refuse_if(c.size.raw() <= 0, RejectCode::size_out_of_range);
    const bool off_lot = c.size.raw() % instrument(old.market).lot.raw() != 0;
    if (c.size > old.size || c.limit != old.limit || off_lot) {
        const Known before = s;
        auto& orders = s.owners[c.account.index].orders;
        std::erase(orders, c.order.value);
        s.orders.remove(c.order.value);
        figures_old_ = true;
        const Weighed weighed = weigh(order, true);
        if (weighed.code != RejectCode::none) refuse_order(order, true, weighed);
        s = before;
        figures_old_ = true;
    }
    s.orders.at(c.order.value) = order;
    emit(event::OrderAmended{c.order, c.account, order.market, c.size, c.limit, fee_reserved(order)});
}

void Engine::run(const command::CancelOrder& c) {
    need_account(c.account);
    const RestingOrder* found = s.orders.find(c.order.value);
    refuse_if(found == nullptr || found->account != c.account || found->kind != OrderKind::ordinary, RejectCode::order_unknown);
    cancel(c.order.value, CancelReason::asked);
}

void Engine::run(const command::CloseAll& c) {
    need_set();
    need_account(c.account);
    const auto orders = s.owners[c.account.index].orders;
    for (const std::uint64_t id : orders)
        if (s.orders.at(id).kind == OrderKind::ordinary) cancel(id, CancelReason::close_all);
}

/// The other half of close-all: a reduce-only order of each position at any price on the tick.
void Engine::close_at_any_price(AccountId account) {
    const auto holdings = s.owners[account.index].holdings;
    for (const Holding& h : holdings) {
        if (h.size == 0 || s.markets[h.market.index].settled || !allows(h.market, GuardedAction::reduce)) continue;
        if (s.orders.room() == 0) continue;
        const Instrument& i = instrument(h.market);
        const bool buys = h.size < 0;
        const Price highest = Price::from_raw(i.price_max.raw() / i.tick.raw() * i.tick.raw());
        place({account, h.market, buys ? Side::buy : Side::sell, h.leg, OrderKind::ordinary, true, counted<Size>(magnitude_of(h.size)),
               buys ? highest : i.tick},
              0, 0);
    }
}

}  // namespace plimsoll::reference
