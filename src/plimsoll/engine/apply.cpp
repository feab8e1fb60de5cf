#include "plimsoll/engine/apply.hpp"

#include "plimsoll/engine/receipt.hpp"
#include "plimsoll/engine/view.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

// ---- what an account holds -----------------------------------------------------------------------------------------

/// A new slot for a position. The legs of a market stand together, the long one first.
[[gnu::noinline]] HeldPosition& make_position(State& state, AccountId id, MarketId market, Leg leg) {
    AccountRecord& account = state.account(id);
    std::uint32_t index = account.positions.count;
    HeldPosition fresh;
    fresh.market = static_cast<std::uint16_t>(market.index);
    fresh.leg = leg;
    fresh.account = id.index;
    if (leg != Leg::net) {
        const Leg other = leg == Leg::long_leg ? Leg::short_leg : Leg::long_leg;
        if (const auto beside = find_position(state, id, market, other)) {
            index = leg == Leg::long_leg ? *beside : *beside + 1;
            fresh.mode = state.positions.of(account.positions)[*beside].mode;
            fresh.leverage_hundredths = state.positions.of(account.positions)[*beside].leverage_hundredths;
        }
    }
    state.positions.insert(account.positions, index, fresh);
    return state.positions.of(account.positions)[index];
}

inline HeldPosition& position_slot(State& state, AccountId id, MarketId market, Leg leg) {
    const auto found = find_position(state, id, market, leg);
    return found ? state.positions.of(state.account(id).positions)[*found] : make_position(state, id, market, leg);
}

/// A slot that says nothing any more makes room for another.
void drop_if_empty(State& state, const HeldPosition& p) {
    const bool empty = p.size.raw() == 0 && p.leg == Leg::net && p.orders == no_place && p.isolated == no_place;
    if (!empty || !says_nothing(p.mode, p.leverage_hundredths)) return;
    Run& held = state.account(AccountId{p.account}).positions;
    state.positions.erase(held, static_cast<std::uint32_t>(&p - state.positions.of(held).data()));
}
void drop_if_empty(State& state, AccountId id, MarketId market, Leg leg) {
    if (const auto found = find_position(state, id, market, leg))
        drop_if_empty(state, state.positions.of(state.account(id).positions)[*found]);
}

/// Positive balances of the venue count for the weight of an asset; the contexts are told when that changes an answer.
void refresh_asset(State& state, AssetId id) {
    if (!state.active) return;
    const AssetRecord& asset = state.assets[id.index];
    for (RiskContext* context : {&state.active->credit, &state.active->liquidation}) {
        const Asset& params = context->set().asset(id);
        const bool by_total = params.weight_initial.venue_scale_start || params.weight_maintenance.venue_scale_start;
        if (!asset.marked && !by_total) continue;
        AssetPrice price = context->asset(id).price;
        if (asset.marked) price = {asset.price, asset.smoothed};
        const std::string fault = context->set_asset(id, price, std::min<Wide>(asset.held, amount_max.raw()));
        PLIM_ASSERT(fault.empty());
    }
}

void credit(State& state, AccountId id, AssetId asset, Wide delta) {
    if (delta == 0) return;
    AccountRecord& account = state.account(id);
    std::span<Balance> owned = state.balances.of(account.balances);
    std::uint32_t i = 0;
    while (i < owned.size() && owned[i].asset < asset) ++i;
    if (i == owned.size() || owned[i].asset != asset) {
        state.balances.insert(account.balances, i, {asset, Amount{}});
        owned = state.balances.of(account.balances);
    }
    const Wide before = owned[i].amount.raw();
    owned[i].amount = Amount::narrow(before + delta);
    const Wide counted = std::max<Wide>(0, before + delta) - std::max<Wide>(0, before);
    AssetRecord& record = state.assets[asset.index];
    record.held += counted;
    const Asset& params = state.active->params().asset(asset);
    const bool by_total = params.weight_initial.venue_scale_start || params.weight_maintenance.venue_scale_start;
    if (by_total && counted != 0) refresh_asset(state, asset);
}

/// To an account's balance, or to the collateral of its isolated position there.
void pay(State& state, AccountId id, MarketId market, Leg leg, Wide delta) {
    const auto place = find_position(state, id, market, leg);
    if (place) {
        const HeldPosition& p = state.positions.of(state.account(id).positions)[*place];
        if (p.mode == MarginMode::isolated) {
            Amount& collateral = state.isolated.in_place(p.isolated);
            collateral = Amount::narrow(collateral.raw() + delta);
            return;
        }
    }
    credit(state, id, state.market_params(market).settle, delta);
}

void pay(State& state, const LiquidationSubject& subject, AssetId asset, Wide delta) {
    if (subject.cross()) credit(state, subject.account, asset, delta);
    else pay(state, subject.account, subject.market, subject.leg, delta);
}

// ---- orders --------------------------------------------------------------------------------------------------------

Wide order_cost(const MarketParams& market, const Order& order) {
    const Instrument& instrument = market.instrument;
    const bool inverse = instrument.kind == ContractKind::inverse;
    if (inverse) return notional(instrument, order.size, order.limit, order.side == Side::sell ? Round::ceil : Round::floor);
    // What rests was inside the domain when it was placed, so nothing overflows.
    const Wide cost = Wide{order.size.raw()} * order.limit.raw() * instrument.multiplier.raw;
    PLIM_ASSERT_SLOW(cost == notional(instrument, order.size, order.limit));
    return cost;
}

/// Whether an order comes into the sums of its position or leaves them.
enum class Counted { in, out };

/// Adds or takes away what an order puts into the sums of its position.
template <Counted way>
void count_in(OrderSums& sums, const MarketParams& market, const Order& order) {
    const auto move = [](auto& sum, auto part) {
        if constexpr (way == Counted::in) sum += part;
        else sum -= part;
    };
    const bool buys = order.side == Side::buy;
    move(buys ? sums.buys : sums.sells, order.size);
    move(buys ? sums.buy_cost : sums.sell_cost, order_cost(market, order));
    move(sums.fees, order.fee_reserved);
    move(sums.count, std::uint32_t{1});
}

/// The same at the position's place, `p`, whose sums begin with its first order and end with its last.
template <Counted way>
void count_order(State& state, HeldPosition& p, const Order& order) {
    if (way == Counted::in && p.orders == no_place) {
        const OrderId id = state.order_sums.next_id();
        state.order_sums.add(id, OrderSums{});
        p.orders = id.slot();
    }
    OrderSums& sums = state.order_sums.in_place(p.orders);
    count_in<way>(sums, state.market_params(order.market), order);
    if (way == Counted::in || sums.count != 0) return;
    PLIM_ASSERT(sums.buys.raw() == 0 && sums.sells.raw() == 0 && sums.buy_cost == 0 && sums.sell_cost == 0 && sums.fees.raw() == 0);
    state.order_sums.remove_place(p.orders);
    p.orders = no_place;
}

/// A liquidation order takes any price and only reduces: it reserves nothing and is in no sum. Gives the position, or nothing where it is
/// in no sum. `known`: the position, where it has been looked up already.
template <Counted way>
HeldPosition* count_order(State& state, const Order& order, HeldPosition* known = nullptr) {
    if (order.kind == OrderKind::liquidation) return nullptr;
    HeldPosition& p = known != nullptr ? *known : position_slot(state, order.account, order.market, order.leg);
    count_order<way>(state, p, order);
    return &p;
}

void remove_order(State& state, OrderId id, HeldPosition* known = nullptr) {
    const Order& order = state.orders.at(id);
    const HeldPosition* counted = count_order<Counted::out>(state, order, known);
    AccountRecord& account = state.account(order.account);
    (order.before.value != 0 ? state.orders.at(order.before).after : account.first_order) = order.after;
    (order.after.value != 0 ? state.orders.at(order.after).before : account.last_order) = order.before;
    --account.orders;
    if (counted != nullptr) drop_if_empty(state, *counted);
    else drop_if_empty(state, order.account, order.market, order.leg);
    state.orders.remove(id);
}

/// What is left of an order after a fill, or after it was amended.
void replace_order(State& state, OrderId id, Size size, Price limit, Amount fee_reserved) {
    Order& order = state.orders.at(id);
    count_order<Counted::out>(state, order);
    order.size = size;
    order.limit = limit;
    order.fee_reserved = fee_reserved;
    count_order<Counted::in>(state, order);
}

// ---- positions -----------------------------------------------------------------------------------------------------

void count_open_interest(State& state, AccountId id, MarketId market, Size before, Size after) {
    const auto side = [](Size size, bool is_long) { return std::max<std::int64_t>(0, is_long ? size.raw() : -size.raw()); };
    MarketRecord& record = state.markets[market.index];
    const std::int64_t longs = side(after, true) - side(before, true);
    const std::int64_t shorts = side(after, false) - side(before, false);
    record.open_interest_long += Size::from_raw(longs);
    record.open_interest_short += Size::from_raw(shorts);
    if (const GroupId group = state.account(id).group; group != no_group) {
        GroupSize& sizes = state.groups[group.index].markets[market.index];
        sizes.long_size += Size::from_raw(longs);
        sizes.short_size += Size::from_raw(shorts);
    }
}

/// Whole last places of what rounding left over are the venue's.
void book_remainder(State& state, MarketId market, Wide remainder) {
    if (remainder == 0) return;
    const MarketParams& params = state.market_params(market);
    const int shift = notional_digits(params.instrument) - params.instrument.settle_digits;
    PLIM_ASSERT(shift > 0);
    MarketRecord& record = state.markets[market.index];
    record.rounding += remainder;
    const Wide whole = record.rounding / pow10(shift);
    record.rounding -= whole * pow10(shift);
    Amount& booked = state.assets[params.settle.index].rounding;
    booked = Amount::narrow(booked.raw() + whole);
}

void change_position(State& state, const event::PositionChanged& e) {
    HeldPosition& p = position_slot(state, e.account, e.market, e.leg);
    const Size before = p.size;
    MarketRecord& market = state.markets[e.market.index];
    market.cost += e.cost_after - p.cost();
    p.size = e.size_after;
    p.set_cost(e.cost_after);
    count_open_interest(state, e.account, e.market, before, e.size_after);
    pay(state, e.account, e.market, e.leg, Wide{e.realised.raw()} - e.fee.raw());
    book_remainder(state, e.market, e.remainder);
    AssetRecord& settle = state.assets[state.market_params(e.market).settle.index];
    settle.fees = Amount::narrow(Wide{settle.fees.raw()} + e.fee.raw());
    if (e.order.value != 0) {
        const Order& order = state.orders.at(e.order);
        if (order.size == e.size) {
            remove_order(state, e.order);
        } else {
            const MarketParams& params = state.market_params(e.market);
            const Size left = order.size - e.size;
            const bool ordinary = order.kind == OrderKind::ordinary;
            replace_order(state, e.order, left, order.limit, ordinary ? fee_bound(params, left, order.limit) : Amount{});
        }
    }
    drop_if_empty(state, e.account, e.market, e.leg);
    refresh_market(state, e.market);
}

// ---- sets ----------------------------------------------------------------------------------------------------------

/// Without an age that counts and without a velocity, time alone changes nothing.
bool ages(const GuardParams& guard) { return guard.source_stale_ms || guard.mark_stale_ms || guard.credit || guard.liquidation; }

/// Whether a guard as the last set left it would stand otherwise under the new one, at any time.
bool was_otherwise(const State& state, const ParameterSet& set, std::uint32_t market) {
    if (market >= state.markets.size()) return false;
    const Guard& guard = state.markets[market].guard;
    Guard after = advance(set.markets[market].guard, guard, std::nullopt, state.time_ms);
    after.time_ms = guard.time_ms;
    return after != guard;
}

void bring_into_force(State& state, const ReadySet& ready) {
    const ParameterSet& set = *ready.set;
    std::vector<MarketId> ageing;
    for (std::uint32_t i = 0; i < set.markets.size(); ++i)
        if (ages(set.markets[i].guard) || was_otherwise(state, set, i)) ageing.push_back(MarketId{i});
    state.markets.resize(set.markets.size());
    state.assets.resize(set.assets.size());
    for (GroupRecord& group : state.groups)
        if (!group.markets.empty()) group.markets.resize(set.markets.size());
    // Accounts may have joined a group before there was a market to count in.
    for (const AccountRecord& account : state.accounts)
        if (account.group != no_group) state.groups[account.group.index].markets.resize(set.markets.size());
    state.terms.each([&](OrderId id, const AccountTermsRecord&) { state.terms.at(id).markets.resize(set.markets.size()); });
    compile_active(state, ready);
    state.active->ageing = std::move(ageing);
}

/// Orders reserve what the set in force lets their fills be charged.
void reserve_fees_anew(State& state) {
    for (std::uint32_t a = 0; a < state.accounts.size(); ++a) {
        for (OrderId id = state.accounts[a].first_order; id.value != 0; id = state.orders.at(id).after) {
            Order& order = state.orders.at(id);
            if (order.kind == OrderKind::liquidation) continue;
            const Amount fee = fee_bound(state.market_params(order.market), order.size, order.limit);
            const HeldPosition& p = position_slot(state, order.account, order.market, order.leg);
            OrderSums& sums = state.order_sums.in_place(p.orders);
            sums.fees = Amount::narrow(Wide{sums.fees.raw()} + fee.raw() - order.fee_reserved.raw());
            order.fee_reserved = fee;
        }
    }
}

void set_override(State& state, const event::OverrideSet& e) {
    AccountRecord& account = state.account(e.account);
    if (account.terms == no_place) {
        const OrderId id = state.terms.next_id();
        state.terms.add(id, AccountTermsRecord{{}, std::vector<PositionTerms>(state.markets.size())});
        account.terms = id.slot();
    }
    AccountTermsRecord& terms = state.terms.in_place(account.terms);
    (e.market == every_market ? terms.everywhere : terms.markets[e.market.index]) = {e.multiplier, e.initial_floor};
}

void set_group(State& state, AccountId id, GroupId group) {
    AccountRecord& account = state.account(id);
    const auto count = [&](GroupId which, int sign) {
        if (which == no_group) return;
        std::vector<GroupSize>& sizes = state.groups[which.index].markets;
        if (sizes.empty()) sizes.resize(state.markets.size());
        for (const HeldPosition& p : state.positions.of(account.positions)) {
            GroupSize& s = sizes[p.market];
            const std::int64_t size = p.size.raw();
            if (size > 0) s.long_size = Size::narrow(s.long_size.raw() + sign * Wide{size});
            if (size < 0) s.short_size = Size::narrow(s.short_size.raw() - sign * Wide{size});
        }
    };
    count(account.group, -1);
    account.group = group;
    count(group, +1);
}

void set_leg_mode(State& state, const event::ModeSet& e, Leg leg) {
    HeldPosition& p = position_slot(state, e.account, e.market, leg);
    // By what is there, not by the mode: a leg made beside another starts in that one's mode.
    if (p.isolated == no_place && e.margin == MarginMode::isolated) {
        const OrderId id = state.isolated.next_id();
        state.isolated.add(id, Amount{});
        p.isolated = id.slot();
    }
    if (p.isolated != no_place && e.margin == MarginMode::cross) {
        state.isolated.remove_place(p.isolated);
        p.isolated = no_place;
    }
    p.mode = e.margin;
}

void set_mode(State& state, const event::ModeSet& e) {
    AccountRecord& account = state.account(e.account);
    std::uint32_t leverage = 0;
    const bool hedge = e.position == command::PositionMode::hedge;
    for (const Leg leg : {Leg::net, Leg::long_leg, Leg::short_leg}) {
        const auto found = find_position(state, e.account, e.market, leg);
        if (!found) continue;
        const HeldPosition p = state.positions.of(account.positions)[*found];
        leverage = p.leverage_hundredths;
        if ((leg != Leg::net) == hedge) continue;
        if (p.isolated != no_place) state.isolated.remove_place(p.isolated);
        state.positions.erase(account.positions, *found);
    }
    for (const Leg leg : {Leg::net, Leg::long_leg, Leg::short_leg}) {
        if ((leg != Leg::net) != hedge) continue;
        const bool held = find_position(state, e.account, e.market, leg).has_value();
        if (!held && !hedge && says_nothing(e.margin, leverage)) continue;
        set_leg_mode(state, e, leg);
        position_slot(state, e.account, e.market, leg).leverage_hundredths = leverage;
        drop_if_empty(state, e.account, e.market, leg);
    }
}

void set_leverage(State& state, const event::LeverageSet& e) {
    bool held = false;
    for (const Leg leg : {Leg::net, Leg::long_leg, Leg::short_leg}) {
        if (!find_position(state, e.account, e.market, leg)) continue;
        position_slot(state, e.account, e.market, leg).leverage_hundredths = e.leverage_hundredths;
        drop_if_empty(state, e.account, e.market, leg);
        held = true;
    }
    if (!held && e.leverage_hundredths != 0)
        position_slot(state, e.account, e.market, Leg::net).leverage_hundredths = e.leverage_hundredths;
}

// ---- liquidations --------------------------------------------------------------------------------------------------

void see_breach(State& state, const LiquidationSubject& subject) {
    Breach breach;
    breach.subject = subject;
    breach.seen_ms = state.time_ms;
    breach.seen_marks = state.marks;
    AccountRecord& account = state.account(subject.account);
    breach.next = account.first_breach;
    const LiquidationId id = state.breaches.next_id();
    state.breaches.add(id, breach);
    account.first_breach = id.slot();
    ++account.breaches;
}

void end_breach(State& state, LiquidationId id) {
    const Breach& breach = state.breaches.at(id);
    AccountRecord& account = state.account(breach.subject.account);
    std::uint32_t* link = &account.first_breach;
    while (*link != id.slot()) link = &state.breaches.at(state.breaches.id_at(*link)).next;
    *link = breach.next;
    --account.breaches;
    state.breaches.remove(id);
}

void step(State& state, const event::LiquidationStep& e) {
    Breach& breach = state.breaches.at(e.liquidation);
    const LiquidationRules& rules = state.active->params().liquidation;
    breach.intervals = e.interval;
    breach.next_ms = state.time_ms + rules.interval_ms;
    if (state.time_ms - state.interval_ms >= rules.interval_ms) {
        state.interval_ms = state.time_ms;
        state.interval_used = 0;
        for (MarketRecord& market : state.markets) market.paced = Size{};
    }
    ++state.interval_used;
}

struct Writer {
    State& state;
    HeldPosition* known = nullptr;  // the position that an order is for, where it has been looked up

    void operator()(const event::SetDefined& e) {
        std::erase_if(state.ready, [&](const ReadySet& r) { return r.hash == e.hash; });
        state.ready.push_back({e.set, e.hash});
    }
    void operator()(const event::SetActivated& e) {
        const auto ready = std::find_if(state.ready.begin(), state.ready.end(), [&](const ReadySet& r) { return r.hash == e.hash; });
        PLIM_ASSERT(ready != state.ready.end());
        bring_into_force(state, *ready);
        reserve_fees_anew(state);
    }
    void operator()(const event::AccountOpened& e) {
        PLIM_ASSERT(e.account.index == state.accounts.size());
        state.accounts.emplace_back();
        if (e.group != no_group) set_group(state, e.account, e.group);
    }
    void operator()(const event::GroupSet& e) { set_group(state, e.account, e.group); }
    void operator()(const event::ModeSet& e) { set_mode(state, e); }
    void operator()(const event::LeverageSet& e) { set_leverage(state, e); }
    void operator()(const event::OverrideSet& e) { set_override(state, e); }

    void operator()(const event::DepositPending& e) {
        state.deposits.add(e.deposit, {e.account, e.asset, e.amount, 0});
        ++state.account(e.account).pending;
    }
    void operator()(const event::DepositConfirmed& e) { state.deposits.at(e.deposit).confirmations = e.confirmations; }
    void operator()(const event::DepositDropped& e) {
        --state.account(e.account).pending;
        state.deposits.remove(e.deposit);
    }
    void operator()(const event::Credited& e) {
        if (e.deposit.value != 0) {
            --state.account(e.account).pending;
            state.deposits.remove(e.deposit);
        }
        state.assets[e.asset.index].deposits += e.amount.raw();
        credit(state, e.account, e.asset, e.amount.raw());
    }
    void operator()(const event::Withdrawn& e) {
        state.assets[e.asset.index].withdrawals += e.amount.raw();
        credit(state, e.account, e.asset, -Wide{e.amount.raw()});
    }
    void operator()(const event::Transferred& e) {
        credit(state, e.from, e.asset, -Wide{e.amount.raw()});
        credit(state, e.to, e.asset, e.amount.raw());
    }
    void operator()(const event::MarginMoved& e) {
        pay(state, e.account, e.market, e.leg, e.amount.raw());
        credit(state, e.account, state.market_params(e.market).settle, -Wide{e.amount.raw()});
    }

    void operator()(const event::OrderPlaced& e) {
        AccountRecord& account = state.account(e.account);
        Order order{e.account, e.market, e.side, e.leg, e.kind, e.reduce_only, e.size, e.limit, e.fee_reserved, account.last_order, {}};
        state.orders.add(e.order, order);
        (account.last_order.value != 0 ? state.orders.at(account.last_order).after : account.first_order) = e.order;
        account.last_order = e.order;
        ++account.orders;
        count_order<Counted::in>(state, order, known);
        if (e.kind == OrderKind::liquidation) state.markets[e.market.index].paced += e.size;
    }
    void operator()(const event::OrderAmended& e) { replace_order(state, e.order, e.size, e.limit, e.fee_reserved); }
    void operator()(const event::OrderCancelled& e) { remove_order(state, e.order, known); }
    void operator()(const event::PositionChanged& e) { change_position(state, e); }

    void operator()(const event::Marked& e) {
        state.markets[e.market.index].guard = e.guard;
        refresh_market(state, e.market);
    }
    void operator()(const event::AssetMarked& e) {
        AssetRecord& asset = state.assets[e.asset.index];
        asset.price = e.price;
        asset.smoothed = e.smoothed;
        asset.marked_ms = state.time_ms;
        asset.marked = true;
        refresh_asset(state, e.asset);
    }
    void operator()(const event::RiskMeasured& e) {
        state.markets[e.market.index].guard = e.guard;
        state.markets[e.market.index].market_cap = e.market_cap;
        refresh_market(state, e.market);
    }
    void operator()(const event::FundingPaid& e) { pay(state, e.account, e.market, e.leg, e.amount.raw()); }
    void operator()(const event::FundingSettled& e) {
        Amount& booked = state.assets[state.market_params(e.market).settle.index].rounding;
        booked += e.rounding;
    }
    void operator()(const event::FundMoved& e) {
        AssetRecord& asset = state.assets[e.asset.index];
        asset.fund += e.amount;
        (e.amount.raw() > 0 ? asset.deposits : asset.withdrawals) += abs(Wide{e.amount.raw()});
    }
    void operator()(const event::FeesTaken& e) {
        AssetRecord& asset = state.assets[e.asset.index];
        asset.fees -= e.amount;
        asset.withdrawals += e.amount.raw();
    }
    void operator()(const event::BackstopSet& e) {
        state.backstop = e.account;
        if (e.budget.raw() == 0) state.backstop.reset();
        state.backstop_budget = e.budget;
    }
    void operator()(const event::MarketDelisted& e) { state.markets[e.market.index].delisted = true; }
    void operator()(const event::MarketSettled& e) { state.markets[e.market.index].settled = true; }
    void operator()(const event::ReserveMeasured& e) {
        state.reserve_ms = state.time_ms;
        state.reserve_ratio = e.ratio;
        for (std::uint32_t i = 0; i < state.markets.size(); ++i) refresh_market(state, MarketId{i});
    }

    void operator()(const event::BreachSeen& e) { see_breach(state, e.subject); }
    void operator()(const event::BreachCleared& e) { end_breach(state, find_breach(state, e.subject)); }
    void operator()(const event::LiquidationStarted& e) {
        Breach& breach = state.breaches.at(e.liquidation);
        breach.active = true;
        breach.next_ms = state.time_ms;
    }
    void operator()(const event::LiquidationStep& e) { step(state, e); }
    void operator()(const event::LiquidationFee& e) {
        const AssetId asset = state.market_params(e.market).settle;
        pay(state, e.subject, asset, -(Wide{e.fund_part.raw()} + e.liquidator_part.raw() + e.venue_part.raw()));
        credit(state, e.liquidator, asset, e.liquidator_part.raw());
        state.assets[asset.index].fund += e.fund_part;
        state.assets[asset.index].fees += e.venue_part;
    }
    void operator()(const event::FundPaid& e) {
        state.assets[e.asset.index].fund -= e.amount;
        pay(state, e.subject, e.asset, e.amount.raw());
    }
    void operator()(const event::CollateralTaken& e) {
        credit(state, e.subject.account, e.asset, -Wide{e.amount.raw()});
        credit(state, e.subject.account, e.paid_asset, e.paid.raw());
        state.assets[e.asset.index].fund += e.amount;
        state.assets[e.paid_asset.index].fund -= e.paid;
    }
    void operator()(const event::BackstopCharged& e) { state.backstop_budget = e.left; }
    void operator()(const event::LossShared& e) {
        if (e.market == every_market) credit(state, e.account, e.asset, -Wide{e.amount.raw()});
        else pay(state, e.account, e.market, e.leg, -Wide{e.amount.raw()});
        pay(state, e.subject, e.asset, e.amount.raw());
    }
    void operator()(const event::LossBooked& e) {
        state.assets[e.asset.index].bad_debt += e.amount;
        pay(state, e.subject, e.asset, e.amount.raw());
    }
    void operator()(const event::LiquidationEnded& e) { end_breach(state, e.liquidation); }
};

}  // namespace

void refresh_market(State& state, MarketId id) {
    const MarketRecord& market = state.markets[id.index];
    if (!market.guard.credit.set) return;  // no price yet, so nothing can be held; an inverse contract has no worth at a mark of 0
    MarketState figures;
    figures.open_interest_long = market.open_interest_long;
    figures.open_interest_short = market.open_interest_short;
    figures.depth = Amount::from_raw(market.guard.depth.value);
    figures.daily_volume = Amount::from_raw(market.guard.daily_volume.value);
    figures.volatility = Rate::from_raw(market.guard.volatility.value);
    figures.market_cap = market.market_cap;
    figures.reserve_ratio = state.reserve_ratio;
    figures.mark = Price::from_raw(market.guard.credit.value);
    // The two contexts differ by the price alone. What the state holds was inside the domain when it was decided.
    const std::string credit_fault = state.active->credit.set_market(id, figures);
    figures.mark = Price::from_raw(market.guard.liquidation.value);
    const std::string liquidation_fault = state.active->liquidation.set_market(id, figures);
    PLIM_ASSERT(credit_fault.empty() && liquidation_fault.empty());
}

void compile_active(State& state, const ReadySet& ready) {
    auto credit_context = RiskContext::make(*ready.set);
    auto liquidation_context = RiskContext::make(*ready.set);
    PLIM_ASSERT(credit_context.has_value() && liquidation_context.has_value());
    state.active = std::make_unique<ActiveSet>(ActiveSet{std::move(*credit_context), std::move(*liquidation_context), ready.hash, {}});
    const ParameterSet& set = state.active->params();
    PLIM_ASSERT(set.markets.size() == state.markets.size() && set.assets.size() == state.assets.size());
    for (std::uint32_t i = 0; i < set.markets.size(); ++i) refresh_market(state, MarketId{i});
    for (std::uint32_t i = 0; i < set.assets.size(); ++i) refresh_asset(state, AssetId{i});
}

void apply(State& state, const Event& event) {
    std::visit(Writer{state}, event);
    add_to_receipts(state, event);
}

template <class Record>
void apply_known(State& state, const Record& record, const Event& event, HeldPosition* position) {
    Writer{state, position}(record);
    add_to_receipts(state, event);
}
template void apply_known(State&, const event::OrderPlaced&, const Event&, HeldPosition*);
template void apply_known(State&, const event::OrderAmended&, const Event&, HeldPosition*);
template void apply_known(State&, const event::OrderCancelled&, const Event&, HeldPosition*);

}  // namespace plimsoll
