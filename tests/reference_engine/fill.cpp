// A match: both sides are checked on the state after it.
#include "plimsoll/schedule/evaluate.hpp"
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

void Engine::check_match(const command::Fill& c) const {
    const RestingOrder* buy = s.orders.find(c.buy.value);
    const RestingOrder* sell = s.orders.find(c.sell.value);
    refuse_if(buy == nullptr || sell == nullptr, RejectCode::order_unknown);
    const Instrument& i = instrument(buy->market);
    refuse_if(c.size.raw() <= 0 || c.size > i.size_max, RejectCode::size_out_of_range);
    refuse_if(c.price.raw() <= 0 || c.price > i.price_max, RejectCode::price_out_of_range);
    const auto fee_fits = [&](const RestingOrder& order, Amount fee) {
        const Rate most = order.kind == OrderKind::liquidation ? Rate{} : market_params(buy->market).fee_max;
        return fee.raw() >= 0 && Integer(fee.raw()) <= rate_of_notional(i, c.size.raw(), c.price, most);
    };
    refuse_if(!fee_fits(*buy, c.buy_fee) || !fee_fits(*sell, c.sell_fee), RejectCode::fee_out_of_range);
    refuse_if(buy->side != Side::buy || sell->side != Side::sell || buy->market != sell->market, RejectCode::sides_differ);
    refuse_if(buy->account == sell->account, RejectCode::self_trade);
    refuse_if(c.size > buy->size || c.size > sell->size, RejectCode::beyond_order);
    refuse_if(buy->kind == OrderKind::ordinary && c.price > buy->limit, RejectCode::beyond_limit);
    refuse_if(sell->kind == OrderKind::ordinary && c.price < sell->limit, RejectCode::beyond_limit);
}

RejectCode Engine::check_side(const FillSide& side) const {
    const RestingOrder& o = side.order;
    const bool liquidates = o.kind == OrderKind::liquidation;
    const bool grows = side.traded.increases;
    const GuardedAction action = liquidates ? GuardedAction::liquidate : grows ? GuardedAction::open : GuardedAction::reduce;
    const Market& market = s.markets[o.market.index];
    if (market.settled || (market.delisted && grows)) return RejectCode::market_delisted;
    if (!allows(o.market, action)) return RejectCode::guard_forbids;
    if (grows && in_liquidation(o.account, o.market, o.leg)) return RejectCode::in_liquidation;
    if ((o.reduce_only || liquidates) && grows) return RejectCode::reduce_only_would_increase;
    if ((o.leg == Leg::long_leg && side.traded.size_after < 0) || (o.leg == Leg::short_leg && side.traded.size_after > 0))
        return RejectCode::beyond_leg;
    return RejectCode::none;
}

/// On the state after the match: a mark, the caps, and initial health that is not below 0 or not below what it was.
void Engine::check_after(const FillSide& side) const {
    const RestingOrder& o = side.order;
    const Market& m = s.markets[o.market.index];
    refuse_if(m.guard.credit.value == 0, RejectCode::mark_missing);
    const MarketView& market = credit().market(o.market);
    const Shown a = shown(o.account, Reading::open);
    const std::size_t place = place_of(o.account, o.market, o.leg);
    const Position& p = a.positions[place];
    const FilledExposure e = exposure_of(market, a.group.empty() ? nullptr : &a.group[o.market.index], p.size, p.size);
    const Standing after = standing(o.account, o.market, o.leg, mode_of(o.account, o.market), Purpose::open, Reading::open);
    const auto refuse_with = [&](RejectCode code) {
        Refused refused;
        refused.reject.code = code;
        refused.reject.account = o.account;
        refused.reject.market = o.market;
        refused.reject.required = after.required;
        refused.reject.available = after.available;
        refused.reject.shortfall = std::max<Wide>(0, after.required - after.available);
        throw refused;
    };
    switch (check_caps(*market.schedule, e.exposure, e.figures, terms_of(market, a.view(), place))) {
        case CapBreach::none: break;
        case CapBreach::position: return refuse_with(RejectCode::position_cap);
        case CapBreach::group: return refuse_with(RejectCode::group_cap);
        case CapBreach::open_interest: return refuse_with(RejectCode::open_interest_cap);
        case CapBreach::market_cap: return refuse_with(RejectCode::market_cap_share);
        case CapBreach::leverage: return refuse_with(RejectCode::leverage_caps_size);
    }
    if (after.health() < 0 && after.health() < side.before.health()) refuse_with(RejectCode::margin_insufficient);
}

/// Nobody closes at a price worse than the market's for which others would have to pay.
void Engine::check_owing(const FillSide& side, Price price) const {
    const RestingOrder& o = side.order;
    const Price mark = liquidation().market(o.market).state.mark;
    const bool worse = o.side == Side::buy ? price > mark : price < mark;
    const Wide left = equity_of(o.account, o.market, o.leg);
    if (!worse || left >= 0 || left >= side.equity_before) return;
    Refused refused;
    refused.reject.code = RejectCode::margin_insufficient;
    refused.reject.account = o.account;
    refused.reject.market = o.market;
    refused.reject.available = left;
    refused.reject.shortfall = -left;
    throw refused;
}

/// liquidation_fee of the notional, but never more than leaves an equity of 0.
void Engine::charge_liquidation(const FillSide& side, AccountId liquidator, const Integer& size, Price price) {
    const RestingOrder& o = side.order;
    if (o.kind != OrderKind::liquidation) return;
    const MarketParams& market = market_params(o.market);
    const bool isolated = mode_of(o.account, o.market) == MarginMode::isolated;
    const LiquidationSubject subject = isolated ? LiquidationSubject{o.account, o.market, o.leg} : LiquidationSubject{o.account};
    const Integer asked = rate_of_notional(market.instrument, size, price, market.liquidation_fee);
    const auto left_with = [&](std::int64_t fee) {
        Shown a = shown(o.account, Reading::held);
        if (isolated) {
            const std::size_t place = place_of(o.account, o.market, o.leg);
            a.positions[place].isolated_collateral -= Amount::from_raw(fee);
            return isolated_equity(liquidation(), a.view(), place);
        }
        for (Balance& b : a.balances)
            if (b.asset == market.settle) b.amount -= Amount::from_raw(fee);
        return equity(liquidation(), a.view());
    };
    const auto most = largest_passing(0, counted<Amount>(asked).raw(), [&](std::int64_t fee) { return left_with(fee) >= 0; });
    const Integer fee = most ? most->value : 0;
    const LiquidationRules& rules = params().liquidation;
    const Integer to_fund = floor_of(Rational(fee) * as_rational(rules.fund_share));
    const Integer to_liquidator = floor_of(Rational(fee) * as_rational(rules.liquidator_share));
    if (isolated) holding(o.account, o.market, o.leg).collateral -= fee;
    else s.owners[o.account.index].balances[market.settle.index] -= fee;
    Money& money = s.assets[market.settle.index];
    money.fund += to_fund;
    money.fees += fee - to_fund - to_liquidator;
    s.owners[liquidator.index].balances[market.settle.index] += to_liquidator;
    figures_old_ = true;
    if (fee == 0) return;
    emit(event::LiquidationFee{{find_short(subject)},
                               subject,
                               o.market,
                               liquidator,
                               counted<Amount>(to_fund),
                               counted<Amount>(to_liquidator),
                               counted<Amount>(Integer(fee - to_fund - to_liquidator))});
}

void Engine::run(const command::Fill& c) {
    need_set();
    check_match(c);
    std::array<FillSide, 2> sides{FillSide{c.buy.value, s.orders.at(c.buy.value), c.buy_fee.raw(), {}, {}},
                                  FillSide{c.sell.value, s.orders.at(c.sell.value), c.sell_fee.raw(), {}, {}}};
    const MarketId market = sides[0].order.market;
    RejectCode first = RejectCode::none;
    for (FillSide& side : sides) {
        const RestingOrder& o = side.order;
        side.traded = trade_of(o.account, market, o.leg, o.side, c.size.raw(), c.price);
        side.before = standing(o.account, market, o.leg, mode_of(o.account, market), Purpose::open, Reading::open);
        const Integer money = own_money(mode_of(o.account, market) == MarginMode::isolated ? LiquidationSubject{o.account, market, o.leg}
                                                                                           : LiquidationSubject{o.account},
                                        settle_of(market)) +
                              side.traded.realised - side.fee;
        refuse_if(magnitude_of(money) > amount_max.raw(), RejectCode::amount_out_of_range);
        side.equity_before = equity_of(o.account, market, o.leg);
        const RejectCode code = check_side(side);
        if (first == RejectCode::none || (code != RejectCode::none && code < first)) first = code;
    }
    refuse_if(first != RejectCode::none, first);
    held_before_.emplace();
    for (std::uint32_t a = 0; a < s.assets.size(); ++a) held_before_->push_back(held({a}));
    for (const FillSide& side : sides)
        change_position(side.order.account, market, side.order.leg, side.order.side, c.size.raw(), c.price,
                        side.order.kind == OrderKind::liquidation ? Cause::liquidation : Cause::fill, side.id, side.fee);
    const Integer size_most = instrument(market).size_max.raw();
    const auto refuse_side = [&](const FillSide& side, RejectCode code) {
        Refused refused;
        refused.reject.code = code;
        refused.reject.account = side.order.account;
        refused.reject.market = market;
        throw refused;
    };
    for (const FillSide& side : sides)
        if (side.traded.increases && magnitude_of(side.traded.size_after) > size_most) refuse_side(side, RejectCode::position_cap);
    if (open_interest(market, false) > size_most || open_interest(market, true) > size_most)
        refuse_side(sides[0], RejectCode::open_interest_cap);
    // The smaller number of both sides' reasons, the buyer's when they are equal.
    std::optional<Refused> why;
    for (const FillSide& side : sides) try {
            if (side.traded.increases) check_after(side);
            else check_owing(side, c.price);
        } catch (const Refused& refused) {
            if (!why || refused.reject.code < why->reject.code) why = refused;
        }
    if (why) throw *why;
    held_before_.reset();
    figures_old_ = true;
    charge_liquidation(sides[0], sides[1].order.account, c.size.raw(), c.price);
    charge_liquidation(sides[1], sides[0].order.account, c.size.raw(), c.price);
}

}  // namespace plimsoll::reference
