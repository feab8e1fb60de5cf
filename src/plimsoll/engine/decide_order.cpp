// Orders: whether one may rest, what it reserves, and what would help when it may not.
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/engine/quick_order.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

RejectCode code_of(Refusal refusal) {
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
    assertion_failed("a refusal outside the enumeration", __FILE__, __LINE__);
}

/// An order as it is asked for, with the mode in which the account holds the market.
struct Candidate {
    OrderRequest request;
    RejectCode conflict = RejectCode::none;  // the leg does not fit the mode
    bool reduces = false;                    // no way of filling it can do more than reduce
    bool has_slot = false;
    bool has_sums = false;
};

Candidate candidate_of(const State& state, const command::PlaceOrder& c, const AccountView& view) {
    Candidate candidate;
    candidate.request = {c.market, c.side, c.size, c.limit, c.leg, MarginMode::cross, 0, c.reduce_only};
    bool in_market = false;
    for (std::size_t i = 0; i < view.positions.size(); ++i) {
        const Position& p = view.positions[i];
        if (p.market != c.market) continue;
        in_market = true;
        candidate.request.mode = p.mode;
        if ((p.leg == Leg::net) != (c.leg == Leg::net)) candidate.conflict = RejectCode::mode_conflict;
        if (p.leg != c.leg) continue;
        candidate.has_slot = true;
        candidate.has_sums = state.positions.of(state.account(c.account).positions)[i].orders != no_place;
        const bool opposes = c.side == Side::buy ? p.size.raw() < 0 : p.size.raw() > 0;
        const Size resting = c.side == Side::buy ? p.buys : p.sells;
        candidate.reduces = opposes && c.size.raw() > 0 && Wide{c.size.raw()} + resting.raw() <= abs(Wide{p.size.raw()});
    }
    if (!in_market && c.leg != Leg::net) candidate.conflict = RejectCode::mode_conflict;
    return candidate;
}

RejectCode check_capacity(const State& state, const command::PlaceOrder& c, const Candidate& candidate) {
    const bool room = state.orders.can_add() && (candidate.has_sums || state.order_sums.can_add()) &&
                      (candidate.has_slot || state.positions.can_insert(state.account(c.account).positions));
    return room ? RejectCode::none : RejectCode::capacity_exhausted;
}

/// What the engine's own state forbids, apart from what risk/ weighs.
RejectCode check_state(const State& state, const command::PlaceOrder& c, const Candidate& candidate, bool amends) {
    const AccountRecord& account = state.account(c.account);
    const MarketRecord& market = state.markets[c.market.index];
    if (market.settled || (market.delisted && !candidate.reduces)) return RejectCode::market_delisted;
    if (!guard_allows(state, c.market, candidate.reduces ? GuardedAction::reduce : GuardedAction::open)) return RejectCode::guard_forbids;
    if (!candidate.reduces && in_liquidation(state, c.account, c.market, c.leg)) return RejectCode::in_liquidation;
    if (candidate.conflict != RejectCode::none) return candidate.conflict;
    if (!amends && account.orders >= state.limits.orders_per_account) return RejectCode::too_many_positions;
    if (!candidate.has_slot && account.positions.count >= state.limits.positions_per_account) return RejectCode::too_many_positions;
    return RejectCode::none;
}

/// An account as it stands, in vectors that may be changed.
struct Desk {
    std::vector<Position>& positions;
    std::vector<Balance>& balances;
    AccountView view;  // of the two

    void look() {
        view.positions = positions;
        view.balances = balances;
    }
    /// What fills of an order may be charged is not there for anything else; a negative fee gives it back.
    void hold(const OrderRequest& request, AssetId settle, Wide fee) {
        if (fee == 0) return;
        if (request.mode == MarginMode::cross) {
            Balance& b = balance_entry(balances, settle);
            b.amount = Amount::narrow(b.amount.raw() - fee);
        } else {
            for (Position& p : positions)
                if (p.market == request.market && p.leg == request.leg)
                    p.isolated_collateral = Amount::narrow(p.isolated_collateral.raw() - fee);
        }
        look();
    }
};

/// Figures outside their domain are refused by admit() and never multiplied before.
bool in_domain(const MarketParams& market, Size size, Price limit) {
    return size.raw() > 0 && size <= market.instrument.size_max && limit.raw() > 0 && limit <= market.instrument.price_max;
}

/// admit() with the candidate's own fees held.
Admission admit_with_fees(const State& state, Desk& desk, const OrderRequest& request, Room& room) {
    const MarketParams& market = state.market_params(request.market);
    const Amount fee = in_domain(market, request.size, request.limit) ? fee_bound(market, request.size, request.limit) : Amount{};
    desk.hold(request, market.settle, fee.raw());
    const Admission admission = admit(state.active->credit, desk.view, request, room.admission);
    desk.hold(request, market.settle, -Wide{fee.raw()});
    return admission;
}

/// Takes an order out of a desk in which it rests.
void take_out(const State& state, const Order& order, Desk& desk) {
    const MarketParams& market = state.market_params(order.market);
    const bool up = (order.side == Side::buy) != (market.instrument.kind == ContractKind::inverse);
    const Wide cost = notional(market.instrument, order.size, order.limit, up ? Round::ceil : Round::floor);
    for (Position& p : desk.positions) {
        if (p.market != order.market || p.leg != order.leg) continue;
        (order.side == Side::buy ? p.buys : p.sells) -= order.size;
        (order.side == Side::buy ? p.buy_cost : p.sell_cost) -= cost;
        const OrderRequest rested{order.market, order.side, order.size, order.limit, order.leg, p.mode, 0, false};
        desk.hold(rested, market.settle, -Wide{order.fee_reserved.raw()});
    }
    desk.look();
}

// ---- what would help -----------------------------------------------------------------------------------------------

void explain_binding(const RiskContext& context, const AccountView& view, const OrderRequest& request, Room& room, Reject& r) {
    const WithOrder after(context, view, request, room.admission);
    const Position& p = after.view().positions[after.position()];
    const MarketView& market = context.market(request.market);
    const OpenOrderPolicy policy =
        market.params->open_orders == OpenOrderPolicy::gross_per_side ? OpenOrderPolicy::gross_per_side : OpenOrderPolicy::worst_side;
    const WorstFills fills = worst_fills(policy, p);
    const Size filled = request.side == Side::buy ? fills.with_buys : fills.with_sells;
    const GroupSize* group = view.group.empty() ? nullptr : &view.group[request.market.index];
    const FilledExposure exposure = exposure_of(market, group, p.size, filled);
    Trace trace;
    requirement_exact(*market.schedule, Level::initial, exposure.exposure, exposure.figures,
                      terms_of(market, after.view(), after.position()), &trace);
    r.binding = trace.binding;
    r.binding_term = trace.binding_term + 1;
    const CompiledTerm& term = market.schedule->terms[market.schedule->level(Level::initial).first_term + trace.binding_term];
    r.binding_row = term.rows > 0 ? trace.terms[trace.binding_term].row + 1 : 0;
}

void fill_inputs(const State& state, MarketId id, Reject& r) {
    const MarketView& market = state.active->credit.market(id);
    r.market = id;
    r.price = market.state.mark;
    r.open_interest_long = market.state.open_interest_long;
    r.open_interest_short = market.state.open_interest_short;
    r.depth = market.state.depth;
    r.schedule_version = market.schedule->version;
    r.set_version = state.active->params().version;
}

/// The oldest order of the account whose cancellation alone lets the candidate in; not the one it is to replace.
OrderId order_to_cancel(const State& state, AccountId account, const Desk& desk, const OrderRequest& request, OrderId replaced,
                        Room& room) {
    for (OrderId id = state.account(account).first_order; id.value != 0; id = state.orders.at(id).after) {
        const Order& order = state.orders.at(id);
        if (order.kind != OrderKind::ordinary || id == replaced) continue;
        room.other_positions = desk.positions;
        room.other_balances = desk.balances;
        Desk without{room.other_positions, room.other_balances, desk.view};
        take_out(state, order, without);
        if (admit_with_fees(state, without, request, room).admitted()) return id;
    }
    return {};
}

/// The least deposit of the market's settle asset (of the numeraire where that is no collateral) after which the candidate passes.
void find_deposit(const State& state, const Desk& desk, const OrderRequest& request, Room& room, Reject& r) {
    const ParameterSet& set = state.active->params();
    const AssetId settle = set.market(request.market).settle;
    r.deposit_asset = set.asset(settle).collateral ? settle : set.numeraire;
    if (request.mode == MarginMode::isolated) {
        r.deposit = Amount::narrow(std::min<Wide>(r.shortfall, amount_max.raw()));
        return;
    }
    room.other_positions = desk.positions;
    room.other_balances = desk.balances;
    const Amount now = balance_entry(room.other_balances, r.deposit_asset).amount;
    const Wide most = Wide{set.asset(r.deposit_asset).amount_max.raw()} - now.raw();
    if (most <= 0) return;
    Desk richer{room.other_positions, room.other_balances, desk.view};
    const auto fails = [&](std::int64_t amount) {
        balance_entry(richer.balances, r.deposit_asset).amount = Amount::narrow(Wide{now.raw()} + amount);
        richer.look();
        return !admit_with_fees(state, richer, request, room).admitted();
    };
    const auto solution = largest_passing(0, narrow64(std::min<Wide>(most, amount_max.raw())), fails);
    if (solution && !solution->at_bound) r.deposit = Amount::from_raw(solution->value + 1);
}

/// The largest multiple of the lot that would pass, everything else of the order as asked.
void find_size(const State& state, Desk& desk, OrderRequest request, Room& room, Reject& r) {
    const Instrument& instrument = state.market_params(request.market).instrument;
    const std::int64_t lot = instrument.lot.raw();
    if (instrument.size_max.raw() < lot) return;
    const auto passes = [&](std::int64_t lots) {
        request.size = Size::from_raw(lots * lot);
        return admit_with_fees(state, desk, request, room).admitted();
    };
    if (const auto largest = largest_passing(1, instrument.size_max.raw() / lot, passes)) {
        r.size_passes = true;
        r.largest_size = Size::from_raw(largest->value * lot);
    }
}

bool is_limit(RejectCode code) { return code >= RejectCode::position_cap; }

/// The reasons and the cures of a refusal that a limit or the margin decided.
Reject with_reasons(const State& state, AccountId account, Desk& desk, const OrderRequest& request, const Admission& admission,
                    RejectCode code, OrderId replaced, Room& room) {
    Reject r = reject(code);
    r.account = account;
    r.market = request.market;
    if (!is_limit(code)) return r;
    r.required = admission.required;
    r.available = admission.available;
    r.shortfall = admission.shortfall;
    fill_inputs(state, request.market, r);
    explain_binding(state.active->credit, desk.view, request, room, r);
    find_size(state, desk, request, room, r);
    r.cancel = order_to_cancel(state, account, desk, request, replaced, room);
    if (code == RejectCode::margin_insufficient) find_deposit(state, desk, request, room, r);
    r.cheapest = r.cancel.value != 0    ? Cure::cancel_order
                 : r.size_passes        ? Cure::smaller_size
                 : r.deposit.raw() != 0 ? Cure::deposit
                                        : Cure::none;
    return r;
}

struct Weighed {
    Reject reject;
    Amount fee;
    Admission admission;
};

/// Weighs an order on a desk on which it does not lie, and neither does the one it is to replace.
Weighed weigh(const State& state, const command::PlaceOrder& c, Desk& desk, OrderId replaced, Room& room) {
    const bool amends = replaced.value != 0;
    const Candidate candidate = candidate_of(state, c, desk.view);
    Weighed weighed;
    const RejectCode own =
        first_of(amends ? RejectCode::none : check_capacity(state, c, candidate), check_state(state, c, candidate, amends));
    weighed.admission = admit_with_fees(state, desk, candidate.request, room);
    const RejectCode weighs = code_of(weighed.admission.refusal);
    const RejectCode code = own == RejectCode::none ? weighs : weighs == RejectCode::none ? own : std::min(own, weighs);
    if (code != RejectCode::none)
        weighed.reject = with_reasons(state, c.account, desk, candidate.request, weighed.admission, code, replaced, room);
    else weighed.fee = fee_bound(state.market_params(c.market), c.size, c.limit);
    return weighed;
}

const Order* order_of(const State& state, AccountId account, OrderId id) {
    const Order* order = state.orders.find(id);
    return order != nullptr && order->account == account && order->kind == OrderKind::ordinary ? order : nullptr;
}

/// Whatever the order and the account.
Reject place_any(const State& state, const command::PlaceOrder& c, Room& room, event::OrderPlaced& placed) {
    Desk desk{room.positions, room.balances, view_of(state, c.account, Reading::open, room.positions, room.balances)};
    const Weighed weighed = weigh(state, c, desk, OrderId{}, room);
    placed = {state.orders.next_id(),
              c.account,
              c.market,
              c.side,
              c.leg,
              OrderKind::ordinary,
              c.reduce_only,
              c.size,
              c.limit,
              weighed.fee,
              weighed.admission.required,
              weighed.admission.available};
    return weighed.reject;
}

/// What the general way says to an order that the quick way let in.
[[maybe_unused]] bool would_place(const State& state, const command::PlaceOrder& c, Room& room, const event::OrderPlaced& quick) {
    event::OrderPlaced placed;
    return !place_any(state, c, room, placed).refused() && placed == quick;
}

}  // namespace

void decide_order(const State& state, const command::PlaceOrder& c, Room& room, Events& out, Reject& answer) {
    answer.code = first_of(need_set(state), need_account(state, c.account), need_market(state, c.market));
    if (answer.refused()) return;
    auto& placed = std::get<event::OrderPlaced>(out.emplace_back(std::in_place_type<event::OrderPlaced>));
    if (quick_order(state, c, placed)) {
        PLIM_ASSERT_SLOW(would_place(state, c, room, placed));
        return;
    }
    answer = place_any(state, c, room, placed);
    if (answer.refused()) out.clear();
}

Reject decide_one(const State& state, const command::AmendOrder& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account)); code != RejectCode::none) return reject(code);
    const Order* order = order_of(state, c.account, c.order);
    if (order == nullptr) return reject(RejectCode::order_unknown);
    const MarketParams& market = state.market_params(order->market);
    const command::PlaceOrder anew{c.account, order->market, order->side, order->leg, c.size, c.limit, order->reduce_only};
    const bool shrinks =
        c.size.raw() > 0 && c.size <= order->size && c.size.raw() % market.instrument.lot.raw() == 0 && c.limit == order->limit;
    if (shrinks) {
        out.push_back(event::OrderAmended{c.order, c.account, order->market, c.size, c.limit, fee_bound(market, c.size, c.limit)});
        return {};
    }
    Desk desk{room.positions, room.balances, view_of(state, c.account, Reading::open, room.positions, room.balances)};
    take_out(state, *order, desk);
    const Weighed weighed = weigh(state, anew, desk, c.order, room);
    if (weighed.reject.refused()) return weighed.reject;
    out.push_back(event::OrderAmended{c.order, c.account, order->market, c.size, c.limit, weighed.fee});
    return {};
}

void decide_order(const State& state, const command::CancelOrder& c, Room&, Events& out, Reject& answer) {
    answer.code = need_account(state, c.account);
    if (answer.refused()) return;
    if (const Order* order = order_of(state, c.account, c.order))
        out.emplace_back(event::OrderCancelled{c.order, c.account, order->market, order->size, CancelReason::asked});
    else answer.code = RejectCode::order_unknown;
}

Reject decide_one(const State& state, const command::CloseAll& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account)); code != RejectCode::none) return reject(code);
    for (OrderId id = state.account(c.account).first_order; id.value != 0; id = state.orders.at(id).after) {
        const Order& order = state.orders.at(id);
        if (order.kind == OrderKind::ordinary)
            out.push_back(event::OrderCancelled{id, c.account, order.market, order.size, CancelReason::close_all});
    }
    return {};
}

}  // namespace plimsoll
