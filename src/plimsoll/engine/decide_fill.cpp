// A match: both sides are checked on the state as it would stand after it.
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/engine/trade.hpp"
#include "plimsoll/liquidation/waterfall.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// One side of a match.
struct MatchSide {
    OrderId id;
    const Order* order = nullptr;
    Amount fee;
    event::PositionChanged change;
    Size size_before;
    bool increases = false;
};

/// How much a position's long and short parts grow.
struct SideDelta {
    std::int64_t longs = 0;
    std::int64_t shorts = 0;
};
SideDelta delta_of(Size before, Size after) {
    const auto part = [](Size s, int sign) { return std::max<std::int64_t>(0, sign * s.raw()); };
    return {part(after, 1) - part(before, 1), part(after, -1) - part(before, -1)};
}

RejectCode check_orders(const State& state, const command::Fill& c, const MatchSide& buy, const MatchSide& sell) {
    if (buy.order == nullptr || sell.order == nullptr) return RejectCode::order_unknown;
    const MarketParams& market = state.market_params(buy.order->market);
    const Instrument& instrument = market.instrument;
    if (c.size.raw() <= 0 || c.size > instrument.size_max) return RejectCode::size_out_of_range;
    if (c.price.raw() <= 0 || c.price > instrument.price_max) return RejectCode::price_out_of_range;
    const auto fee_fits = [&](const MatchSide& side) {
        if (side.order->kind == OrderKind::liquidation) return side.fee.raw() == 0;
        return side.fee.raw() >= 0 && side.fee <= fee_bound(market, c.size, c.price);
    };
    if (!fee_fits(buy) || !fee_fits(sell)) return RejectCode::fee_out_of_range;
    return RejectCode::none;
}

RejectCode check_match(const command::Fill& c, const Order& buy, const Order& sell) {
    if (buy.market != sell.market || buy.side != Side::buy || sell.side != Side::sell) return RejectCode::sides_differ;
    if (buy.account == sell.account) return RejectCode::self_trade;
    if (c.size > buy.size || c.size > sell.size) return RejectCode::beyond_order;
    const auto beyond = [&](const Order& order) {
        if (order.kind == OrderKind::liquidation) return false;
        return order.side == Side::buy ? c.price > order.limit : c.price < order.limit;
    };
    return beyond(buy) || beyond(sell) ? RejectCode::beyond_limit : RejectCode::none;
}

/// What the state of the market and of the account allows a side to do.
RejectCode check_side(const State& state, const MatchSide& side) {
    const Order& order = *side.order;
    const MarketRecord& market = state.markets[order.market.index];
    const bool liquidates = order.kind == OrderKind::liquidation;
    if (market.settled || (market.delisted && side.increases)) return RejectCode::market_delisted;
    const GuardedAction action = liquidates ? GuardedAction::liquidate : side.increases ? GuardedAction::open : GuardedAction::reduce;
    if (!guard_allows(state, order.market, action)) return RejectCode::guard_forbids;
    if (side.increases && in_liquidation(state, order.account, order.market, order.leg)) return RejectCode::in_liquidation;
    if ((order.reduce_only || liquidates) && side.increases) return RejectCode::reduce_only_would_increase;
    const Size after = side.change.size_after;
    const bool leg_turned = (order.leg == Leg::long_leg && after.raw() < 0) || (order.leg == Leg::short_leg && after.raw() > 0);
    if (leg_turned) return RejectCode::beyond_leg;
    return RejectCode::none;
}

/// The market as it would stand after the match.
MarketState state_after(const State& state, MarketId id, std::span<const MatchSide* const> sides) {
    MarketState after = state.active->credit.market(id).state;
    for (const MatchSide* side : sides) {
        const SideDelta d = delta_of(side->size_before, side->change.size_after);
        after.open_interest_long += Size::from_raw(d.longs);
        after.open_interest_short += Size::from_raw(d.shorts);
    }
    return after;
}

RejectCode code_of(CapBreach breach) {
    switch (breach) {
        case CapBreach::none: return RejectCode::none;
        case CapBreach::position: return RejectCode::position_cap;
        case CapBreach::group: return RejectCode::group_cap;
        case CapBreach::open_interest: return RejectCode::open_interest_cap;
        case CapBreach::market_cap: return RejectCode::market_cap_share;
        case CapBreach::leverage: return RejectCode::leverage_caps_size;
    }
    assertion_failed("a cap outside the enumeration", __FILE__, __LINE__);
}

/// The account's view with the match written into it; `held_fees` says whether the view holds what its orders may be charged.
void write_match(const State& state, const MatchSide& side, Room& room, AccountView& view, bool held_fees) {
    const Order& order = *side.order;
    const MarketParams& market = state.market_params(order.market);
    Wide cash = Wide{side.change.realised.raw()} - side.fee.raw();
    auto found = std::find_if(room.positions.begin(), room.positions.end(),
                              [&](const Position& p) { return p.market == order.market && p.leg == order.leg; });
    PLIM_ASSERT(found != room.positions.end());
    Position& p = *found;
    p.size = side.change.size_after;
    p.cost = side.change.cost_after;
    if (order.kind == OrderKind::ordinary) {
        const bool up = (order.side == Side::buy) != (market.instrument.kind == ContractKind::inverse);
        const auto cost = [&](Size size) { return notional(market.instrument, size, order.limit, up ? Round::ceil : Round::floor); };
        const Size left = order.size - side.change.size;
        (order.side == Side::buy ? p.buys : p.sells) -= side.change.size;
        (order.side == Side::buy ? p.buy_cost : p.sell_cost) += cost(left) - cost(order.size);
        if (held_fees) cash += order.fee_reserved.raw() - (left.raw() == 0 ? 0 : fee_bound(market, left, order.limit).raw());
    }
    if (p.mode == MarginMode::isolated) {
        p.isolated_collateral = Amount::narrow(p.isolated_collateral.raw() + cash);
    } else {
        auto balance = std::find_if(room.balances.begin(), room.balances.end(), [&](const Balance& b) { return b.asset == market.settle; });
        if (balance == room.balances.end()) balance = room.balances.insert(room.balances.end(), {market.settle, Amount{}});
        balance->amount = Amount::narrow(balance->amount.raw() + cash);
    }
    view.balances = room.balances;
}

/// Into a view whose reading holds fees, and into one that does not.
void write_into(const State& state, const MatchSide& side, Room& room, AccountView& view) { write_match(state, side, room, view, true); }
void write_held(const State& state, const MatchSide& side, Room& room, AccountView& view) { write_match(state, side, room, view, false); }

Stand stand_of(const RiskContext& context, const AccountView& view, std::size_t position, const Replacement* replaced) {
    if (view.positions[position].mode == MarginMode::isolated) {
        const IsolatedHealth h = isolated_health(context, view, position, Purpose::open, replaced);
        return {h.requirement + h.order_loss, h.collateral};
    }
    const Health h = health(context, view, Purpose::open, replaced);
    return {h.requirement + h.order_loss, h.collateral};
}

/// Limits and margin of a side that increases. It may go on when its initial health is not below 0 afterwards, or not below what it
/// was: an order reserved what its fill needs, so a fill within its limit is refused only when what it reserved has been used up.
Reject check_increase(const State& state, const MatchSide& side, const MatchSide& other, const MarketState& market_after, Room& room) {
    const Order& order = *side.order;
    const RiskContext& context = state.active->credit;
    if (context.market(order.market).state.mark.raw() == 0) return reject(RejectCode::mark_missing);
    AccountView view = view_of(state, order.account, Reading::open, room.positions, room.balances);
    const auto place =
        static_cast<std::size_t>(std::find_if(room.positions.begin(), room.positions.end(),
                                              [&](const Position& p) { return p.market == order.market && p.leg == order.leg; }) -
                                 room.positions.begin());
    const Stand before = stand_of(context, view, place, nullptr);
    write_into(state, side, room, view);
    const Replacement replaced{order.market, context.at_state(order.market, market_after)};
    const Size size = side.change.size_after;
    room.group.assign(view.group.begin(), view.group.end());
    if (!room.group.empty()) {
        const GroupId group = state.account(order.account).group;
        for (const MatchSide* each : {&side, &other}) {
            if (state.account(each->order->account).group != group) continue;
            const SideDelta d = delta_of(each->size_before, each->change.size_after);
            room.group[order.market.index].long_size += Size::from_raw(d.longs);
            room.group[order.market.index].short_size += Size::from_raw(d.shorts);
        }
        view.group = room.group;
    }
    const GroupSize* group = view.group.empty() ? nullptr : &view.group[order.market.index];
    const FilledExposure exposure = exposure_of(replaced.view, group, size, size);
    const CapBreach breach = check_caps(*replaced.view.schedule, exposure.exposure, exposure.figures, terms_of(replaced.view, view, place));
    const Stand after = stand_of(context, view, place, &replaced);
    RejectCode code = code_of(breach);
    const bool short_of_margin = after.required > after.available && after.available - after.required < before.available - before.required;
    if (code == RejectCode::none && short_of_margin) code = RejectCode::margin_insufficient;
    Reject r = reject(code);
    if (code == RejectCode::none) return r;
    r.required = after.required;
    r.available = after.available;
    r.shortfall = std::max<Wide>(0, after.required - after.available);
    r.price = market_after.mark;
    r.open_interest_long = market_after.open_interest_long;
    r.open_interest_short = market_after.open_interest_short;
    r.depth = market_after.depth;
    r.schedule_version = replaced.view.schedule->version;
    r.set_version = state.active->params().version;
    return r;
}

/// A side that does not increase is asked for no margin, so a price worse than the mark could take from it more than it has: what it then
/// owes would be paid by others, and whoever stands on the other side, a friend perhaps, would carry it away. Liquidation orders
/// have no limit of their own and end here too; what finds no better price is left to the waterfall, which closes at the mark.
Reject check_owing(const State& state, const MatchSide& side, Price price, Room& room) {
    const Order& order = *side.order;
    const RiskContext& context = state.active->liquidation;
    const Price mark = context.market(order.market).state.mark;
    if (order.side == Side::buy ? price <= mark : price >= mark) return {};
    AccountView view = view_of(state, order.account, Reading::held, room.positions, room.balances);
    const auto place =
        static_cast<std::size_t>(std::find_if(room.positions.begin(), room.positions.end(),
                                              [&](const Position& p) { return p.market == order.market && p.leg == order.leg; }) -
                                 room.positions.begin());
    const auto left = [&] {
        return view.positions[place].mode == MarginMode::isolated ? isolated_equity(context, view, place) : equity(context, view);
    };
    const Wide before = left();
    write_held(state, side, room, view);
    const Wide after = left();
    if (after >= 0 || after >= before) return {};
    Reject r = reject(RejectCode::margin_insufficient);
    r.available = after;
    r.shortfall = -after;
    r.price = mark;
    return r;
}

/// Where a side's money lies afterwards stays inside the domain.
bool money_fits(const State& state, const MatchSide& side) {
    const Order& order = *side.order;
    const Wide delta = Wide{side.change.realised.raw()} - side.fee.raw();
    const HeldPosition& p =
        state.positions.of(state.account(order.account).positions)[*find_position(state, order.account, order.market, order.leg)];
    const AssetId settle = state.market_params(order.market).settle;
    if (p.mode == MarginMode::isolated) return balance_fits(state.isolated.in_place(p.isolated).raw() + delta);
    return balance_fits(balance_of(state, order.account, settle).raw() + delta);
}

/// An account that receives an asset for the first time needs room for it.
bool balance_has_room(const State& state, AccountId account, AssetId asset) {
    const Run& run = state.account(account).balances;
    for (const Balance& b : state.balances.of(run))
        if (b.asset == asset) return true;
    return run.count < balances_max && state.balances.can_insert(run);
}

/// The fee of a liquidation fill: liquidation_fee of the notional, but never more than leaves the account an equity of 0; an account
/// without equity pays none. The liquidator is who took the other side.
void charge_liquidation(const State& state, const MatchSide& side, AccountId liquidator, Room& room, Events& out) {
    const Order& order = *side.order;
    const MarketParams& market = state.market_params(order.market);
    if (order.kind != OrderKind::liquidation || market.liquidation_fee.raw() == 0) return;
    const Wide worth = notional(market.instrument, side.change.size, side.change.price, Round::ceil);
    const int shift = notional_digits(market.instrument) + rate_digits - market.instrument.settle_digits;
    Wide fee = divide(worth * market.liquidation_fee.raw(), pow10(shift), Round::ceil);
    AccountView view = view_of(state, order.account, Reading::held, room.positions, room.balances);
    write_into(state, side, room, view);
    const RiskContext& context = state.active->liquidation;
    const auto place =
        static_cast<std::size_t>(std::find_if(room.positions.begin(), room.positions.end(),
                                              [&](const Position& p) { return p.market == order.market && p.leg == order.leg; }) -
                                 room.positions.begin());
    const bool isolated = room.positions[place].mode == MarginMode::isolated;
    const Wide left = isolated ? isolated_equity(context, view, place) : equity(context, view);
    if (isolated || context.asset(market.settle).is_unit) {
        fee = std::min(fee, std::max<Wide>(0, left));
    } else {
        // Valued in the numeraire, where what is taken from a balance and what is then owed have two prices: found by trying.
        Balance& balance = balance_entry(room.balances, market.settle);
        view.balances = room.balances;
        const Amount before = balance.amount;
        const auto passes = [&](std::int64_t taken) {
            balance.amount = Amount::narrow(Wide{before.raw()} - taken);
            return equity(context, view) >= 0;
        };
        const auto most = largest_passing(0, narrow64(fee), passes);
        fee = most ? most->value : 0;
    }
    if (fee == 0) return;
    const LiquidationRules& rules = state.active->params().liquidation;
    const FeeSplit split = split_fee(Amount::narrow(fee), rules.fund_share, rules.liquidator_share);
    const LiquidationSubject subject =
        isolated ? LiquidationSubject{order.account, order.market, order.leg} : LiquidationSubject{order.account};
    out.push_back(
        event::LiquidationFee{find_breach(state, subject), subject, order.market, liquidator, split.fund, split.liquidator, split.venue});
}

MatchSide side_of(const State& state, OrderId id, Amount fee) {
    MatchSide side;
    side.id = id;
    side.order = state.orders.find(id);
    side.fee = fee;
    return side;
}

void find_change(const State& state, const command::Fill& c, MatchSide& side) {
    const Order& order = *side.order;
    if (const auto place = find_position(state, order.account, order.market, order.leg))
        side.size_before = state.positions.of(state.account(order.account).positions)[*place].size;
    const Cause cause = order.kind == OrderKind::liquidation ? Cause::liquidation : Cause::fill;
    side.change = position_change(state, order.account, order.market, order.leg, order.side, c.size, c.price, cause, side.id, side.fee);
    const Wide before = abs(Wide{side.size_before.raw()});
    const Wide after = abs(Wide{side.change.size_after.raw()});
    const bool turned = side.size_before.raw() != 0 && side.change.size_after.raw() != 0 &&
                        (side.size_before.raw() > 0) != (side.change.size_after.raw() > 0);
    side.increases = after > before || turned;
}

/// The reject of one of two sides that comes first: the smaller number, the buyer's where they are equal.
Reject worse_of(const Reject& buy, const Reject& sell) {
    if (!buy.refused()) return sell;
    return sell.refused() && sell.code < buy.code ? sell : buy;
}

Reject of_account(Reject r, const Order& order) {
    r.account = order.account;
    r.market = order.market;
    return r;
}

}  // namespace

Reject decide_one(const State& state, const command::Fill& c, Room& room, Events& out) {
    if (!state.active) return reject(RejectCode::no_active_set);
    MatchSide buy = side_of(state, c.buy, c.buy_fee);
    MatchSide sell = side_of(state, c.sell, c.sell_fee);
    if (const RejectCode code = check_orders(state, c, buy, sell); code != RejectCode::none) return reject(code);
    const RejectCode match = check_match(c, *buy.order, *sell.order);
    if (match != RejectCode::none) return reject(match);
    const std::array<MatchSide*, 2> sides{&buy, &sell};
    const MarketId market = buy.order->market;
    for (MatchSide* side : sides) find_change(state, c, *side);
    for (const MatchSide* side : sides) {
        if (!money_fits(state, *side)) return of_account(reject(RejectCode::amount_out_of_range), *side->order);
        if (!balance_has_room(state, side->order->account, state.market_params(market).settle))
            return of_account(reject(RejectCode::capacity_exhausted), *side->order);
    }
    const Reject allowed =
        worse_of(of_account(reject(check_side(state, buy)), *buy.order), of_account(reject(check_side(state, sell)), *sell.order));
    if (allowed.refused()) return allowed;

    const MarketState after = state_after(state, market, std::array<const MatchSide*, 2>{&buy, &sell});
    const Size size_max = state.market_params(market).instrument.size_max;
    for (const MatchSide* side : sides)
        if (side->increases && abs(side->change.size_after) > size_max) return of_account(reject(RejectCode::position_cap), *side->order);
    if (after.open_interest_long > size_max || after.open_interest_short > size_max)
        return of_account(reject(RejectCode::open_interest_cap), *buy.order);
    const auto increase = [&](const MatchSide& side, const MatchSide& other) {
        return of_account(side.increases ? check_increase(state, side, other, after, room) : check_owing(state, side, c.price, room),
                          *side.order);
    };
    if (const Reject r = worse_of(increase(buy, sell), increase(sell, buy)); r.refused()) return r;
    out.push_back(buy.change);
    out.push_back(sell.change);
    charge_liquidation(state, buy, sell.order->account, room, out);
    charge_liquidation(state, sell, buy.order->account, room, out);
    return {};
}

}  // namespace plimsoll
