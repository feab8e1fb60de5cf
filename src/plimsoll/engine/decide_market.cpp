// Prices, measurements and the life of a market.
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/engine/trade.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

MarketState figures_with(const State& state, MarketId id, const Guard& guard, Amount market_cap) {
    const MarketRecord& market = state.markets[id.index];
    MarketState figures;
    figures.mark = Price::from_raw(guard.credit.value);
    figures.open_interest_long = market.open_interest_long;
    figures.open_interest_short = market.open_interest_short;
    figures.depth = Amount::from_raw(guard.depth.value);
    figures.daily_volume = Amount::from_raw(guard.daily_volume.value);
    figures.volatility = Rate::from_raw(guard.volatility.value);
    figures.market_cap = market_cap;
    figures.reserve_ratio = state.reserve_ratio;
    return figures;
}

/// Whether both contexts take a market with this guard. One that has let no price through yet is in neither.
bool guard_fits(const State& state, MarketId id, const Guard& guard) {
    if (!guard.credit.set) return true;
    MarketState figures = figures_with(state, id, guard, state.markets[id.index].market_cap);
    if (!state.active->credit.state_fault(id, figures).empty()) return false;
    figures.mark = Price::from_raw(guard.liquidation.value);
    return state.active->liquidation.state_fault(id, figures).empty();
}

/// Whether two of the items have the same `member`.
template <class Item, class Key>
bool any_twice(const std::vector<Item>& items, Key Item::* member) {
    for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (items[i].*member == items[j].*member) return true;
    return false;
}

RejectCode decide_mark(const State& state, const command::MarketMark& mark, std::uint64_t now_ms, Events& out) {
    const GuardParams& params = state.market_params(mark.market).guard;
    const Guard& guard = state.markets[mark.market.index].guard;
    if (mark.price.raw() < 0 || mark.price > state.market_params(mark.market).instrument.price_max) return RejectCode::price_out_of_range;
    // An inverse contract has marks so low that a position outgrows an amount: the report itself is held to the domain.
    MarketState figures = state.active->credit.market(mark.market).state;
    figures.mark = mark.price;
    if (!state.active->credit.state_fault(mark.market, figures).empty()) return RejectCode::price_out_of_range;
    const Guard after = advance(params, guard, mark.price, now_ms);
    if (!guard_fits(state, mark.market, after)) return RejectCode::price_out_of_range;
    out.push_back(event::Marked{mark.market, after});
    return RejectCode::none;
}

/// Time passes for the guards of every market but those that were just marked: a feed may have died, a clamped price may go on.
void age_guards(const State& state, std::span<const command::MarketMark> marked, std::uint64_t now_ms, Events& out) {
    for (const MarketId id : state.active->ageing) {
        if (std::any_of(marked.begin(), marked.end(), [&](const command::MarketMark& m) { return m.market == id; })) continue;
        const Guard& guard = state.markets[id.index].guard;
        Guard after = advance(state.market_params(id).guard, guard, std::nullopt, now_ms);
        const Guard aged = after;
        after.time_ms = guard.time_ms;
        if (after != guard && guard_fits(state, id, aged)) out.push_back(event::Marked{id, aged});
    }
}

/// The smoothed price makes up its distance to the mark in smoothing_ms: the share of that time which has passed, of the distance,
/// rounded toward where it was.
Price smoothed_toward(const AssetRecord& asset, const std::optional<std::uint64_t>& smoothing_ms, Price mark, std::uint64_t now_ms) {
    if (!asset.marked || !smoothing_ms) return mark;
    const std::uint64_t passed = now_ms - asset.marked_ms;
    if (passed >= *smoothing_ms) return mark;
    const Wide distance = Wide{mark.raw()} - asset.smoothed.raw();
    return Price::narrow(asset.smoothed.raw() +
                         divide(distance * static_cast<Wide>(passed), static_cast<Wide>(*smoothing_ms), Round::toward_zero));
}

RejectCode decide_asset(const State& state, const command::AssetMark& mark, std::uint64_t now_ms, Events& out) {
    const ParameterSet& set = state.active->params();
    const Asset& params = set.asset(mark.asset);
    if (mark.price.raw() < 0 || mark.price > params.price_max) return RejectCode::price_out_of_range;
    const bool is_numeraire = mark.asset == set.numeraire;
    if (is_numeraire && mark.price.raw() != pow10_64(params.price_digits)) return RejectCode::price_out_of_range;
    const Price smoothed = smoothed_toward(state.assets[mark.asset.index], params.smoothing_ms, mark.price, now_ms);
    out.push_back(event::AssetMarked{mark.asset, mark.price, smoothed});
    return RejectCode::none;
}

/// What a position receives of a funding payment; payments are rounded up, receipts down.
Amount funding_of(const MarketParams& market, Price mark, Size size, Rate rate) {
    const bool pays = (size.raw() > 0) == (rate.raw() > 0);
    const Wide worth = notional(market.instrument, size, mark, pays ? Round::ceil : Round::floor);
    const int shift = notional_digits(market.instrument) + rate_digits - market.instrument.settle_digits;
    const Wide exact = worth * abs(Wide{rate.raw()});
    const Wide amount = divide(exact, pow10(shift), pays ? Round::ceil : Round::floor);
    return Amount::narrow(pays ? -amount : amount);
}

/// Whether a position's money may change by `delta`.
bool money_fits(const State& state, AccountId account, const HeldPosition& p, AssetId settle, Amount delta) {
    const Wide now = p.isolated != no_place ? state.isolated.in_place(p.isolated).raw() : balance_of(state, account, settle).raw();
    return balance_fits(now + delta.raw());
}

}  // namespace

Reject decide_one(const State& state, const command::MarkPrices& c, Room& room, Events& out) {
    if (const auto code = need_set(state); code != RejectCode::none) return reject(code);
    for (const command::AssetMark& mark : c.assets)
        if (const auto code = need_asset(state, mark.asset); code != RejectCode::none) return reject(code);
    for (const command::MarketMark& mark : c.markets)
        if (const auto code = need_market(state, mark.market); code != RejectCode::none) return reject(code);
    for (const command::AssetMark& mark : c.assets)
        if (const auto code = decide_asset(state, mark, room.now_ms, out); code != RejectCode::none) return reject(code);
    for (const command::MarketMark& mark : c.markets)
        if (const auto code = decide_mark(state, mark, room.now_ms, out); code != RejectCode::none) return reject(code);
    if (c.markets.size() + c.assets.size() > state.limits.marks_per_command) return reject(RejectCode::figure_out_of_range);
    if (any_twice(c.markets, &command::MarketMark::market) || any_twice(c.assets, &command::AssetMark::asset))
        return reject(RejectCode::figure_out_of_range);
    age_guards(state, c.markets, room.now_ms, out);
    return {};
}

Reject decide_one(const State& state, const command::IndexPrices& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_market(state, c.market)); code != RejectCode::none) return reject(code);
    const MarketParams& market = state.market_params(c.market);
    for (const command::IndexSource& source : c.sources)
        if (source.price.raw() < 0 || source.price > market.instrument.price_max) return reject(RejectCode::price_out_of_range);
    std::array<SourcePrice, sources_most> sources;
    if (c.sources.size() > sources.size() || any_twice(c.sources, &command::IndexSource::source))
        return reject(RejectCode::figure_out_of_range);
    for (std::size_t i = 0; i < c.sources.size(); ++i) sources[i] = {c.sources[i].source, c.sources[i].price, c.sources[i].time_ms};
    Guard guard = state.markets[c.market.index].guard;
    const auto index = index_of(market.guard, {sources.data(), c.sources.size()}, room.now_ms);
    guard.index = index ? index->index : Price{};
    guard.index_ms = index ? index->oldest_ms : 0;
    const Guard after = advance(market.guard, guard, std::nullopt, room.now_ms);
    if (!guard_fits(state, c.market, after)) return reject(RejectCode::price_out_of_range);
    out.push_back(event::Marked{c.market, after});
    return {};
}

Reject decide_one(const State& state, const command::MarketRisk& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_market(state, c.market)); code != RejectCode::none) return reject(code);
    if (c.depth.raw() < 0 || c.daily_volume.raw() < 0 || c.volatility.raw() < 0 || c.market_cap.raw() < 0)
        return reject(RejectCode::figure_out_of_range);
    if (c.depth > amount_max || c.daily_volume > amount_max || c.market_cap > amount_max) return reject(RejectCode::figure_out_of_range);
    const GuardParams& params = state.market_params(c.market).guard;
    Guard guard = state.markets[c.market.index].guard;
    guard.depth = measured(guard.depth, params.depth, c.depth.raw(), room.now_ms);
    guard.daily_volume = measured(guard.daily_volume, params.daily_volume, c.daily_volume.raw(), room.now_ms);
    guard.volatility = measured(guard.volatility, params.volatility, c.volatility.raw(), room.now_ms);
    out.push_back(event::RiskMeasured{c.market, guard, c.market_cap});
    return {};
}

Reject decide_one(const State& state, const command::Funding& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_market(state, c.market)); code != RejectCode::none) return reject(code);
    if (abs(Wide{c.rate.raw()}) > rate_one) return reject(RejectCode::rate_out_of_range);
    if (state.markets[c.market.index].settled) return reject(RejectCode::market_delisted);
    const Price mark = state.active->liquidation.market(c.market).state.mark;
    if (!state.markets[c.market.index].guard.reported_set) return reject(RejectCode::mark_missing);
    const MarketParams& market = state.market_params(c.market);
    Wide paid = 0;
    for (std::uint32_t a = 0; a < state.accounts.size(); ++a) {
        for (const HeldPosition& p : state.positions.of(state.accounts[a].positions)) {
            if (p.market != c.market.index || p.size.raw() == 0 || c.rate.raw() == 0) continue;
            const Amount amount = funding_of(market, mark, p.size, c.rate);
            if (!money_fits(state, AccountId{a}, p, market.settle, amount)) return reject(RejectCode::amount_out_of_range);
            paid += amount.raw();
            if (amount.raw() != 0) out.push_back(event::FundingPaid{AccountId{a}, c.market, p.leg, amount});
        }
    }
    PLIM_ASSERT(paid <= 0);
    out.push_back(event::FundingSettled{c.market, c.rate, Amount::narrow(-paid)});
    return {};
}

Reject decide_one(const State& state, const command::Halt& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_market(state, c.market)); code != RejectCode::none) return reject(code);
    Guard guard = state.markets[c.market.index].guard;
    if (guard.halted == c.halted) return reject(RejectCode::already_done);
    guard.halted = c.halted;
    const Guard after = advance(state.market_params(c.market).guard, guard, std::nullopt, room.now_ms);
    if (!guard_fits(state, c.market, after)) return reject(RejectCode::price_out_of_range);
    out.push_back(event::Marked{c.market, after});
    return {};
}

Reject decide_one(const State& state, const command::Tick&, Room& room, Events& out) {
    if (state.active) age_guards(state, {}, room.now_ms, out);
    return {};
}

Reject decide_one(const State& state, const command::Delist& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_market(state, c.market)); code != RejectCode::none) return reject(code);
    if (state.markets[c.market.index].delisted) return reject(RejectCode::already_done);
    out.push_back(event::MarketDelisted{c.market});
    // Orders rest in the order of their places here, not of their age: both are the same on every machine.
    state.orders.each([&](OrderId id, const Order& order) {
        if (order.market == c.market && order.kind == OrderKind::ordinary)
            out.push_back(event::OrderCancelled{id, order.account, order.market, order.size, CancelReason::delisted});
    });
    return {};
}

namespace {

/// Divides what a side of a market is worth over its positions: together they book trade_worth() of their whole size, so that both
/// sides book the same. Each alone would be rounded down, and an inverse contract's sides would differ by what that loses.
class SideWorth {
public:
    SideWorth(const Instrument& instrument, Price price) : instrument_(instrument), price_(price) {}
    Wide next(Size size) {
        const Wide before = trade_worth(instrument_, seen_, price_);
        seen_ += size;
        return trade_worth(instrument_, seen_, price_) - before;
    }

private:
    const Instrument& instrument_;
    Price price_;
    Size seen_;
};

}  // namespace

Reject decide_one(const State& state, const command::Settle& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_market(state, c.market)); code != RejectCode::none) return reject(code);
    const MarketParams& params = state.market_params(c.market);
    if (c.price.raw() < 0 || c.price > params.instrument.price_max) return reject(RejectCode::price_out_of_range);
    if (params.instrument.kind == ContractKind::inverse &&
        notional(params.instrument, params.instrument.size_max, c.price) >= inverse_notional_max)
        return reject(RejectCode::price_out_of_range);
    const MarketRecord& market = state.markets[c.market.index];
    if (!market.delisted) return reject(RejectCode::market_not_delisted);
    if (market.settled) return reject(RejectCode::already_done);
    state.orders.each([&](OrderId id, const Order& order) {
        if (order.market == c.market)
            out.push_back(event::OrderCancelled{id, order.account, order.market, order.size, CancelReason::delisted});
    });
    SideWorth longs(params.instrument, c.price);
    SideWorth shorts(params.instrument, c.price);
    for (std::uint32_t a = 0; a < state.accounts.size(); ++a) {
        for (const HeldPosition& p : state.positions.of(state.accounts[a].positions)) {
            if (p.market != c.market.index || p.size.raw() == 0) continue;
            const Wide worth = (p.size.raw() > 0 ? longs : shorts).next(abs(p.size));
            const auto change = position_change(state, AccountId{a}, c.market, p.leg, closing_side(p.size), abs(p.size), c.price, worth,
                                                Cause::settlement, {}, {});
            if (!money_fits(state, AccountId{a}, p, params.settle, change.realised)) return reject(RejectCode::amount_out_of_range);
            out.push_back(change);
        }
    }
    out.push_back(event::MarketSettled{c.market, c.price});
    return {};
}

}  // namespace plimsoll
