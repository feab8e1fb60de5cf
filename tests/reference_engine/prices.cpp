// Prices and measurements, funding, delisting and settling.
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

/// Only its time has changed.
static bool same_but_for_time(Guard a, const Guard& b) {
    a.time_ms = b.time_ms;
    return a == b;
}

void Engine::advance_market(MarketId market, std::optional<Price> mark, bool always) {
    Guard& guard = s.markets[market.index].guard;
    const Guard after = advance(market_params(market).guard, guard, mark, s.time_ms);
    if (!always && same_but_for_time(after, guard)) return;
    guard = after;
    figures_old_ = true;
    emit(event::Marked{market, after});
}

void Engine::mark_asset(const command::AssetMark& mark) {
    Money& money = s.assets[mark.asset.index];
    const auto& smoothing = params().asset(mark.asset).smoothing_ms;
    if (!money.marked || !smoothing) {
        money.smoothed = mark.price;
    } else {
        const Integer distance = Integer(mark.price.raw()) - money.smoothed.raw();
        const Integer passed = std::min(exact(s.time_ms - money.marked_ms), exact(*smoothing));
        const Integer moved = distance * passed / exact(*smoothing);  // toward zero: toward where it was
        money.smoothed = counted<Price>(money.smoothed.raw() + moved);
    }
    money.price = mark.price;
    money.marked = true;
    money.marked_ms = s.time_ms;
    figures_old_ = true;
    emit(event::AssetMarked{mark.asset, money.price, money.smoothed});
}

void Engine::run(const command::MarkPrices& c) {
    need_set();
    for (const auto& mark : c.assets) need_asset(mark.asset);
    for (const auto& mark : c.markets) need_market(mark.market);
    for (const auto& mark : c.assets) {
        const plimsoll::Asset& asset = params().asset(mark.asset);
        const bool numeraire = mark.asset == params().numeraire;
        refuse_if(mark.price.raw() < 0 || mark.price > asset.price_max, RejectCode::price_out_of_range);
        refuse_if(numeraire && mark.price.raw() != pow10_64(asset.price_digits), RejectCode::price_out_of_range);
    }
    for (const auto& mark : c.markets) {
        MarketState state = credit().market(mark.market).state;
        state.mark = mark.price;
        refuse_if(!credit().state_fault(mark.market, state).empty(), RejectCode::price_out_of_range);
    }
    refuse_if(c.markets.size() + c.assets.size() > s.limits.marks_per_command, RejectCode::figure_out_of_range);
    std::set<std::uint32_t> seen;
    for (const auto& mark : c.markets) refuse_if(!seen.insert(mark.market.index).second, RejectCode::figure_out_of_range);
    seen.clear();
    for (const auto& mark : c.assets) refuse_if(!seen.insert(mark.asset.index).second, RejectCode::figure_out_of_range);

    for (const auto& mark : c.assets) mark_asset(mark);
    for (const auto& mark : c.markets) advance_market(mark.market, mark.price, true);
    for (std::uint32_t m = 0; m < s.markets.size(); ++m) {
        const bool marked = std::any_of(c.markets.begin(), c.markets.end(), [&](const auto& mark) { return mark.market.index == m; });
        if (!marked) advance_market({m}, std::nullopt, false);
    }
    ++s.marks;
}

/// Time passes whether a set is in force or not.
void Engine::run(const command::Tick&) {
    for (std::uint32_t m = 0; m < s.markets.size(); ++m) advance_market({m}, std::nullopt, false);
}

void Engine::run(const command::IndexPrices& c) {
    need_set();
    need_market(c.market);
    std::vector<SourcePrice> sources;
    for (const auto& source : c.sources) {
        refuse_if(source.price.raw() < 0 || source.price > instrument(c.market).price_max, RejectCode::price_out_of_range);
        sources.push_back({source.source, source.price, source.time_ms});
    }
    refuse_if(c.sources.size() > sources_most, RejectCode::figure_out_of_range);
    std::set<std::uint32_t> seen;
    for (const auto& source : c.sources) refuse_if(!seen.insert(source.source).second, RejectCode::figure_out_of_range);
    const auto answer = index_of(market_params(c.market).guard, sources, s.time_ms);
    Guard& guard = s.markets[c.market.index].guard;
    guard.index = answer ? answer->index : Price{};
    guard.index_ms = answer ? answer->oldest_ms : 0;
    advance_market(c.market, std::nullopt, true);
}

void Engine::run(const command::MarketRisk& c) {
    need_set();
    need_market(c.market);
    const bool fits = c.depth.raw() >= 0 && c.daily_volume.raw() >= 0 && c.volatility.raw() >= 0 && c.market_cap.raw() >= 0;
    refuse_if(!fits, RejectCode::figure_out_of_range);
    const GuardParams& params_of = market_params(c.market).guard;
    Guard& guard = s.markets[c.market.index].guard;
    guard.depth = measured(guard.depth, params_of.depth, c.depth.raw(), s.time_ms);
    guard.daily_volume = measured(guard.daily_volume, params_of.daily_volume, c.daily_volume.raw(), s.time_ms);
    guard.volatility = measured(guard.volatility, params_of.volatility, c.volatility.raw(), s.time_ms);
    s.markets[c.market.index].market_cap = c.market_cap;
    figures_old_ = true;
    emit(event::RiskMeasured{c.market, guard, c.market_cap});
}

void Engine::run(const command::Halt& c) {
    need_set();
    need_market(c.market);
    Guard& guard = s.markets[c.market.index].guard;
    refuse_if(guard.halted == c.halted, RejectCode::already_done);
    guard.halted = c.halted;
    advance_market(c.market, std::nullopt, true);
}

void Engine::run(const command::Funding& c) {
    need_set();
    need_market(c.market);
    refuse_if(magnitude_of(c.rate.raw()) > rate_one, RejectCode::rate_out_of_range);
    refuse_if(s.markets[c.market.index].settled, RejectCode::market_delisted);
    refuse_if(!s.markets[c.market.index].guard.reported_set, RejectCode::mark_missing);
    const Instrument& i = instrument(c.market);
    const Price price = Price::from_raw(s.markets[c.market.index].guard.liquidation.value);
    Integer rounding;
    for (std::uint32_t a = 0; a < s.owners.size(); ++a) {
        const auto holdings = s.owners[a].holdings;
        for (const Holding& h : holdings) {
            if (h.market != c.market || h.size == 0) continue;
            const bool pays = (h.size > 0) == (c.rate.raw() > 0);
            const Rational worth = worth_at(i, h.size, price);
            const Rational due = Rational(pays ? ceil_of(worth) : floor_of(worth)) *
                                 as_rational(Rate::from_raw(c.rate.raw() < 0 ? -c.rate.raw() : c.rate.raw())) / settle_unit(i);
            const Integer amount = pays ? Integer(-ceil_of(due)) : floor_of(due);
            if (amount == 0) continue;
            const LiquidationSubject subject =
                h.mode == MarginMode::isolated ? LiquidationSubject{{a}, c.market, h.leg} : LiquidationSubject{{a}};
            pay({a}, c.market, h.leg, amount);
            refuse_if(magnitude_of(own_money(subject, settle_of(c.market))) > amount_max.raw(), RejectCode::amount_out_of_range);
            rounding -= amount;
            emit(event::FundingPaid{{a}, c.market, h.leg, counted<Amount>(amount)});
        }
    }
    s.assets[settle_of(c.market).index].rounding += rounding;
    emit(event::FundingSettled{c.market, c.rate, counted<Amount>(rounding)});
}

void Engine::run(const command::Delist& c) {
    need_set();
    need_market(c.market);
    Market& market = s.markets[c.market.index];
    refuse_if(market.delisted, RejectCode::already_done);
    market.delisted = true;
    emit(event::MarketDelisted{c.market});
    for (const std::uint64_t id : s.orders.ids())
        if (s.orders.at(id).market == c.market && s.orders.at(id).kind == OrderKind::ordinary) cancel(id, CancelReason::delisted);
}

void Engine::run(const command::Settle& c) {
    need_set();
    need_market(c.market);
    Market& market = s.markets[c.market.index];
    MarketState state = credit().market(c.market).state;
    state.mark = c.price;
    refuse_if(!credit().state_fault(c.market, state).empty(), RejectCode::price_out_of_range);
    refuse_if(!market.delisted, RejectCode::market_not_delisted);
    refuse_if(market.settled, RejectCode::already_done);
    for (const std::uint64_t id : s.orders.ids())
        if (s.orders.at(id).market == c.market) cancel(id, CancelReason::delisted);
    Integer seen[2];  // of the long side and of the short side: what each books adds up to what the whole side is worth
    for (std::uint32_t a = 0; a < s.owners.size(); ++a) {
        const auto holdings = s.owners[a].holdings;
        for (const Holding& h : holdings) {
            if (h.market != c.market || h.size == 0) continue;
            Integer& side = seen[h.size < 0];
            const Integer before = trade_worth(instrument(c.market), side, c.price);
            side += magnitude_of(h.size);
            change_position({a}, c.market, h.leg, h.size > 0 ? Side::sell : Side::buy, magnitude_of(h.size), c.price, Cause::settlement, 0,
                            0, trade_worth(instrument(c.market), side, c.price) - before);
            refuse_if(
                magnitude_of(own_money(h.mode == MarginMode::isolated ? LiquidationSubject{{a}, c.market, h.leg} : LiquidationSubject{{a}},
                                       settle_of(c.market))) > amount_max.raw(),
                RejectCode::amount_out_of_range);
        }
    }
    market.settled = true;
    emit(event::MarketSettled{c.market, c.price});
}

}  // namespace plimsoll::reference
