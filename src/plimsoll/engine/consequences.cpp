#include "plimsoll/engine/consequences.hpp"

#include "plimsoll/engine/decide.hpp"
#include "plimsoll/engine/trade.hpp"
#include "plimsoll/money/mul_div.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace plimsoll {

namespace {

std::span<const HeldPosition> held_by(const State& state, AccountId account) {
    return state.positions.of(state.account(account).positions);
}

// ---- breaches ------------------------------------------------------------------------------------------------------

/// Whether the threshold has passed, or the breach is too deep to wait.
bool is_ripe(const State& state, const Breach& breach, const SubjectHealth& h) {
    const LiquidationRules& rules = state.active->params().liquidation;
    if (rules.critical_share && h.equity * rate_one < h.requirement * rules.critical_share->raw()) return true;
    return state.marks - breach.seen_marks >= rules.threshold_marks && state.time_ms - breach.seen_ms >= rules.threshold_ms;
}

bool belongs_to(const State& state, const Order& order, const LiquidationSubject& subject) {
    if (!subject.cross()) return order.market == subject.market && order.leg == subject.leg;
    const auto place = find_position(state, order.account, order.market, order.leg);
    return !place || held_by(state, order.account)[*place].mode == MarginMode::cross;
}

/// Cancels a subject's orders, oldest first.
void cancel_orders(Emit& emit, const LiquidationSubject& subject, bool only_liquidation) {
    const State& state = emit.state();
    for (OrderId id = state.account(subject.account).first_order; id.value != 0;) {
        const Order order = state.orders.at(id);
        const bool goes = belongs_to(state, order, subject) && (!only_liquidation || order.kind == OrderKind::liquidation);
        if (goes) emit(event::OrderCancelled{id, order.account, order.market, order.size, CancelReason::liquidation});
        id = order.after;
    }
}

void start(Emit& emit, LiquidationId id, const SubjectHealth& h) {
    const Breach breach = emit.state().breaches.at(id);
    emit(event::LiquidationStarted{id, breach.subject, breach.seen_ms, h.equity, h.requirement});
    cancel_orders(emit, breach.subject, false);
}

void examine_subject(Emit& emit, const LiquidationSubject& subject, Room& room) {
    const State& state = emit.state();
    LiquidationId id = find_breach(state, subject);
    if (id.value != 0 && state.breaches.at(id).active) return;
    const SubjectHealth h = subject_health(state, subject, Purpose::maintenance, room);
    if (h.health >= 0) {
        if (id.value != 0) emit(event::BreachCleared{subject});
        return;
    }
    if (id.value == 0) {
        if (!state.breaches.can_add()) return;  // seen again as soon as another one ends
        id = state.breaches.next_id();
        emit(event::BreachSeen{subject, h.health});
    }
    if (is_ripe(state, state.breaches.at(id), h)) start(emit, id, h);
}

void examine(Emit& emit, AccountId account, Room& room) {
    const State& state = emit.state();
    const AccountRecord& record = state.account(account);
    const std::span<const Balance> balances = state.balances.of(record.balances);
    const bool owes = std::any_of(balances.begin(), balances.end(), [](const Balance& b) { return b.amount.raw() < 0; });
    bool holds = false;
    bool isolated = false;
    for (const HeldPosition& p : held_by(state, account)) {
        if (p.mode == MarginMode::isolated) isolated = true;
        else holds |= p.size.raw() != 0;
    }
    if (holds || owes || record.breaches != 0) examine_subject(emit, {account}, room);
    if (!isolated) return;
    for (std::size_t i = 0; i < held_by(state, account).size(); ++i) {
        const HeldPosition p = held_by(state, account)[i];
        if (p.mode == MarginMode::isolated) examine_subject(emit, {account, MarketId{p.market}, p.leg}, room);
    }
}

// ---- steps of a liquidation ----------------------------------------------------------------------------------------

bool holds_anything(const State& state, const LiquidationSubject& subject) {
    for (const HeldPosition& p : held_by(state, subject.account)) {
        const bool part = subject.cross() ? p.mode == MarginMode::cross : p.market == subject.market.index && p.leg == subject.leg;
        if (part && p.size.raw() != 0) return true;
    }
    return false;
}

void end(Emit& emit, LiquidationId id, Outcome outcome) {
    const Breach breach = emit.state().breaches.at(id);
    cancel_orders(emit, breach.subject, true);
    const Breach last = emit.state().breaches.at(id);
    emit(event::LiquidationEnded{id, last.subject, outcome, last.intervals, last.receipt_high, last.receipt_low});
}

/// Ends what has come back to the close-out level. True: it is over.
bool end_if_solvent(Emit& emit, LiquidationId id, Room& room) {
    const State& state = emit.state();
    const LiquidationSubject subject = state.breaches.at(id).subject;
    if (subject_health(state, subject, Purpose::closeout, room).health < 0) return false;
    end(emit, id, holds_anything(state, subject) ? Outcome::solvent : Outcome::closed);
    return true;
}

/// What may be closed of a position now: nothing where the guard forbids it, else what the pacing leaves.
Closing closing_of(const State& state, const Position& p) {
    const MarketParams& market = state.market_params(p.market);
    const MarketView& view = state.active->liquidation.market(p.market);
    Closing closing{market.liquidation_fee, Size{}};
    if (!guard_allows(state, p.market, GuardedAction::liquidate) || state.markets[p.market.index].settled) return closing;
    if (!market.depth_share) return {market.liquidation_fee, market.instrument.size_max};
    const LiquidationRules& rules = state.active->params().liquidation;
    const bool new_interval = state.time_ms - state.interval_ms >= rules.interval_ms;
    const Size used = new_interval ? Size{} : state.markets[p.market.index].paced;
    const Size most = paced_size(view, market.depth_share);
    if (most > used) closing.size_most = most - used;
    return closing;
}

void plan(const State& state, const LiquidationSubject& subject, Room& room) {
    const AccountView view = view_of(state, subject.account, Reading::held, room.positions, room.balances);
    room.closings.clear();
    for (const Position& p : view.positions) room.closings.push_back(closing_of(state, p));
    room.reductions.clear();
    if (subject.cross()) return plan_cross(state.active->liquidation, view, room.closings, room.plan, room.reductions);
    const auto place = find_position(state, subject.account, subject.market, subject.leg);
    if (place) plan_isolated(state.active->liquidation, view, *place, room.closings[*place], room.plan, room.reductions);
}

void place_reductions(Emit& emit, const LiquidationSubject& subject, Room& room) {
    const State& state = emit.state();
    for (const Reduction& reduction : room.reductions) {
        if (!state.orders.can_add()) return;  // the next interval tries again
        const Position& p = room.positions[reduction.position];
        // Of two legs of one market, planned one by one, the later may find less room than it was planned with.
        emit(event::OrderPlaced{state.orders.next_id(), subject.account, p.market, closing_side(p.size), p.leg, OrderKind::liquidation,
                                true, reduction.size, Price{}, Amount{}, 0, 0});
    }
}

/// One due step. False: nothing could be done now, and the step stays due.
bool take_step(Emit& emit, LiquidationId id, Room& room) {
    const State& state = emit.state();
    const Breach breach = state.breaches.at(id);
    const LiquidationRules& rules = state.active->params().liquidation;
    const SubjectHealth h = subject_health(state, breach.subject, Purpose::closeout, room);
    const bool may_close = std::any_of(
        held_by(state, breach.subject.account).begin(), held_by(state, breach.subject.account).end(), [&](const HeldPosition& p) {
            const bool part = breach.subject.cross() ? p.mode == MarginMode::cross
                                                     : p.market == breach.subject.market.index && p.leg == breach.subject.leg;
            return part && p.size.raw() != 0 && guard_allows(state, MarketId{p.market}, GuardedAction::liquidate);
        });
    if (holds_anything(state, breach.subject) && !may_close) return false;
    if (h.equity < 0 || breach.intervals >= rules.intervals_max || !holds_anything(state, breach.subject)) {
        resolve(emit, id, room);
        return true;
    }
    cancel_orders(emit, breach.subject, true);
    plan(state, breach.subject, room);
    if (room.reductions.empty()) return false;
    emit(event::LiquidationStep{id, breach.subject, breach.intervals + 1, h.equity, h.requirement});
    place_reductions(emit, breach.subject, room);
    return true;
}

/// The stressed loss of an isolated position, in the numeraire.
Wide isolated_loss(const RiskContext& context, const AccountView& view, std::size_t place, Rate stress) {
    const Wide loss = stressed_loss_isolated(context, view, place, stress);
    const AssetView& settle = context.asset(context.market(view.positions[place].market).settle);
    return settle.is_unit ? loss : liability_value(hundred_percent, settle.scales, loss, settle.price.mark);
}

Wide expected_loss(const State& state, const LiquidationSubject& subject, Room& room) {
    const Rate stress = state.active->params().liquidation.stress;
    const RiskContext& context = state.active->liquidation;
    const AccountView view = view_of(state, subject.account, Reading::held, room.positions, room.balances);
    if (subject.cross()) return stressed_loss(context, view, stress);
    const auto place = find_position(state, subject.account, subject.market, subject.leg);
    return place ? isolated_loss(context, view, *place, stress) : 0;
}

bool interval_has_room(const State& state) {
    const LiquidationRules& rules = state.active->params().liquidation;
    if (!rules.per_interval_max) return true;
    if (state.time_ms - state.interval_ms >= rules.interval_ms) return true;
    return state.interval_used < *rules.per_interval_max;
}

/// Every liquidation whose step is due, the largest expected loss first.
void take_steps(Emit& emit, Room& room) {
    const State& state = emit.state();
    room.due.clear();
    state.breaches.each([&](LiquidationId id, const Breach& breach) {
        if (breach.active) room.due.push_back({id, breach.subject, 0});
    });
    if (room.due.empty()) return;
    std::erase_if(room.due, [&](const DueStep& due) {
        return end_if_solvent(emit, due.id, room) || state.breaches.at(due.id).next_ms > state.time_ms;
    });
    for (DueStep& due : room.due) due.loss = expected_loss(state, due.subject, room);
    std::sort(room.due.begin(), room.due.end(),
              [](const DueStep& a, const DueStep& b) { return a.loss != b.loss ? a.loss > b.loss : a.subject < b.subject; });
    for (const DueStep& due : room.due) {
        if (!interval_has_room(state)) return;
        // What an earlier one did, deleveraging above all, may have ended or mended this one.
        if (state.breaches.find(due.id) == nullptr || end_if_solvent(emit, due.id, room)) continue;
        take_step(emit, due.id, room);
    }
}

std::uint64_t next_step_ms(const State& state) {
    std::uint64_t next = std::numeric_limits<std::uint64_t>::max();
    state.breaches.each([&](LiquidationId, const Breach& breach) {
        if (breach.active) next = std::min(next, breach.next_ms > state.time_ms ? breach.next_ms : 0);
    });
    return next;
}

// ---- what single commands bring with them ---------------------------------------------------------------------------

/// Reduce-only orders for everything an account holds, at any price.
void place_closing_orders(Emit& emit, AccountId account) {
    const State& state = emit.state();
    for (std::size_t i = 0; i < held_by(state, account).size(); ++i) {
        const HeldPosition p = held_by(state, account)[i];
        const MarketId market{p.market};
        if (p.size.raw() == 0 || !state.orders.can_add() || !state.order_sums.can_add()) continue;
        if (state.markets[p.market].settled || !guard_allows(state, market, GuardedAction::reduce)) continue;
        const Instrument& instrument = state.market_params(market).instrument;
        const Side side = closing_side(p.size);
        const Price limit = side == Side::buy ? Price::from_raw(instrument.price_max.raw() / instrument.tick.raw() * instrument.tick.raw())
                                              : instrument.tick;
        const Amount fee = fee_bound(state.market_params(market), abs(p.size), limit);
        emit(event::OrderPlaced{state.orders.next_id(), account, market, side, p.leg, OrderKind::ordinary, true, abs(p.size), limit, fee, 0,
                                0});
    }
}

/// fund / stressed, rounded down, at most 10; nothing at risk is the most.
Rate reserve_ratio_of(Wide fund, Wide stressed) {
    const Wide most = 10 * Wide{rate_one};
    if (stressed <= 0 || fund >= 10 * stressed) return Rate::narrow(most);
    return Rate::narrow(static_cast<Wide>(
        mul_div(static_cast<UWide>(fund), static_cast<UWide>(Wide{rate_one}), static_cast<UWide>(stressed), Toward::down)));
}

void measure_reserve(Emit& emit, Room& room) {
    const State& state = emit.state();
    const LiquidationRules& rules = state.active->params().liquidation;
    if (!rules.reserve_interval_ms || state.time_ms - state.reserve_ms < *rules.reserve_interval_ms) return;
    room.losses.clear();
    for (std::uint32_t a = 0; a < state.accounts.size(); ++a) {
        const AccountView view = view_of(state, AccountId{a}, Reading::held, room.positions, room.balances);
        Wide loss = stressed_loss(state.active->liquidation, view, rules.stress);
        for (std::size_t i = 0; i < view.positions.size(); ++i)
            if (view.positions[i].mode == MarginMode::isolated) loss += isolated_loss(state.active->liquidation, view, i, rules.stress);
        room.losses.push_back(loss);
    }
    const std::size_t n = std::min<std::size_t>(rules.reserve_accounts, room.losses.size());
    std::partial_sort(room.losses.begin(), room.losses.begin() + static_cast<std::ptrdiff_t>(n), room.losses.end(), std::greater<>());
    Wide stressed = 0;
    for (std::size_t i = 0; i < n; ++i) stressed += room.losses[i];
    const Wide fund = fund_value(state);
    emit(event::ReserveMeasured{fund, stressed, reserve_ratio_of(fund, stressed)});
}

/// The position that an order is for; null: there is none yet.
template <class StateType>
auto held_at(StateType& state, AccountId account, MarketId market, Leg leg) {
    const auto place = find_position(state, account, market, leg);
    return place ? &state.positions.of(state.account(account).positions)[*place] : nullptr;
}
template <class StateType>
auto held_for(StateType& state, const event::OrderPlaced& e) {
    return held_at(state, e.account, e.market, e.leg);
}
template <class StateType>
auto held_for(StateType& state, const event::OrderCancelled& e) {
    return held_at(state, e.account, e.market, state.orders.at(e.order).leg);
}

/// The accounts whose intervals an event breaks: those whose money, positions, terms or places of positions it changes.
struct Disturbs {
    const State& state;
    Watch& watch;

    void operator()(const event::Credited& e) { watch.disarm(state, e.account); }
    void operator()(const event::Withdrawn& e) { watch.disarm(state, e.account); }
    void operator()(const event::Transferred& e) {
        watch.disarm(state, e.from);
        watch.disarm(state, e.to);
    }
    void operator()(const event::MarginMoved& e) { watch.disarm(state, e.account); }
    void operator()(const event::ModeSet& e) { watch.disarm(state, e.account); }
    void operator()(const event::LeverageSet& e) { watch.disarm(state, e.account); }
    void operator()(const event::OverrideSet& e) { watch.disarm(state, e.account); }
    void operator()(const event::GroupSet& e) { watch.disarm(state, e.account); }
    void operator()(const event::PositionChanged& e) { watch.disarm(state, e.account); }
    void operator()(const event::FundingPaid& e) { watch.disarm(state, e.account); }
    void operator()(const event::BreachSeen& e) { watch.disarm(state, e.subject.account); }
    void operator()(const event::LiquidationFee& e) {
        watch.disarm(state, e.subject.account);
        watch.disarm(state, e.liquidator);
    }
    void operator()(const event::FundPaid& e) { watch.disarm(state, e.subject.account); }
    void operator()(const event::CollateralTaken& e) { watch.disarm(state, e.subject.account); }
    void operator()(const event::LossShared& e) {
        watch.disarm(state, e.subject.account);
        watch.disarm(state, e.account);
    }
    void operator()(const event::LossBooked& e) { watch.disarm(state, e.subject.account); }
    void operator()(const event::SetActivated&) { watch.disarm_all(); }
    // An order changes no requirement at maintenance, but the first and the last of a position without a size make and drop its place,
    // and the account's other positions may move.
    void operator()(const event::OrderPlaced& e) {
        if (held_for(state, e) == nullptr) watch.disarm(state, e.account);
    }
    void operator()(const event::OrderCancelled& e) { of_cancelled(e, held_for(state, e)); }
    template <class Other>
    void operator()(const Other&) {}

    void of_cancelled(const event::OrderCancelled& e, const HeldPosition* held) {
        const std::span<const HeldPosition> all = held_by(state, e.account);
        const bool moves_others = held == nullptr || (held->size.raw() == 0 && held != &all.back());
        if (moves_others) watch.disarm(state, e.account);
    }
};

/// Whether the place of a position that begins with an order comes behind the account's others, and leaves them where they are.
bool comes_behind(const Run& positions, Leg leg) { return leg == Leg::net && (positions.count == 0 || positions.count < positions.room()); }

}  // namespace

void Emit::write(const Event& event) {
    if (watch_ != nullptr) std::visit(Disturbs{state_, *watch_}, event);
    plimsoll::apply(state_, event);
}

template <class Record>
void Emit::write_known(const Record& record, const Event& event) {
    HeldPosition* held = nullptr;
    bool begins = false;
    if constexpr (!std::is_same_v<Record, event::OrderAmended>) held = held_for(state_, record);
    if (watch_ != nullptr) {
        if constexpr (std::is_same_v<Record, event::OrderPlaced>) {
            begins = held == nullptr && comes_behind(state_.account(record.account).positions, record.leg);
            if (held == nullptr && !begins) watch_->disarm(state_, record.account);
        }
        if constexpr (std::is_same_v<Record, event::OrderCancelled>) Disturbs{state_, *watch_}.of_cancelled(record, held);
    }
    apply_known(state_, record, event, held);
    if (!begins) return;
    const Run& positions = state_.account(record.account).positions;
    watch_->begin_place(state_, positions.first + positions.count - 1);
}
template void Emit::write_known(const event::OrderPlaced&, const Event&);
template void Emit::write_known(const event::OrderAmended&, const Event&);
template void Emit::write_known(const event::OrderCancelled&, const Event&);

Wide fund_value(const State& state) {
    const WeightCurve full{hundred_percent, {}, {}, {}, {}};
    Wide fund = 0;
    for (std::uint32_t i = 0; i < state.assets.size(); ++i) {
        const AssetView& asset = state.active->liquidation.asset(AssetId{i});
        const Amount counted = std::min(state.assets[i].fund, asset.params->amount_max);
        fund += asset.is_unit ? Wide{state.assets[i].fund.raw()} : collateral_value(full, asset.scales, counted, asset.price.low(), 0);
    }
    return fund;
}

Wide unsettled_debts(const State& state, Room& room) {
    Wide debts = 0;
    state.breaches.each([&](LiquidationId, const Breach& breach) {
        const Wide owed = -std::min<Wide>(subject_health(state, breach.subject, Purpose::maintenance, room).equity, 0);
        if (owed == 0) return;
        const RiskContext& context = state.active->liquidation;
        const AssetView& unit =
            context.asset(breach.subject.cross() ? context.set().numeraire : context.market(breach.subject.market).settle);
        debts += unit.is_unit ? owed : liability_value(hundred_percent, unit.scales, owed, unit.price.high());
    });
    return debts;
}

SubjectHealth subject_health(const State& state, const LiquidationSubject& subject, Purpose purpose, Room& room) {
    const RiskContext& context = state.active->liquidation;
    const AccountView view = view_of(state, subject.account, Reading::held, room.positions, room.balances);
    if (subject.cross()) {
        const Health h = health(context, view, purpose);
        return {h.value(), h.value() < 0 ? equity(context, view) : 0, h.requirement + h.order_loss};
    }
    const auto place = find_position(state, subject.account, subject.market, subject.leg);
    if (!place) return {};
    const IsolatedHealth h = isolated_health(context, view, *place, purpose);
    return {h.value(), h.value() < 0 ? isolated_equity(context, view, *place) : 0, h.requirement + h.order_loss};
}

void trim_orders(Emit& emit, AccountId account, MarketId market, Leg leg) {
    const State& state = emit.state();
    const Size size_max = state.market_params(market).instrument.size_max;
    for (OrderId id = state.account(account).last_order; id.value != 0;) {
        const Order order = state.orders.at(id);
        const OrderId next = order.before;
        if (order.market == market && order.leg == leg) {
            const auto place = find_position(state, account, market, leg);
            PLIM_ASSERT(place.has_value() || order.kind == OrderKind::liquidation);
            const Position p = place ? position_of(state, held_by(state, account)[*place]) : Position{};
            const bool opposes = order.side == Side::buy ? p.size.raw() < 0 : p.size.raw() > 0;
            const Wide held = opposes ? abs(Wide{p.size.raw()}) : 0;
            const Wide resting = order.side == Side::buy ? p.buys.raw() : p.sells.raw();
            const bool closes_leg = leg == Leg::net ? false : (leg == Leg::long_leg) == (order.side == Side::sell);
            const Wide filled = order.side == Side::buy ? Wide{p.size.raw()} + p.buys.raw() : Wide{p.size.raw()} - p.sells.raw();
            const bool too_much =
                (order.reduce_only && Wide{order.size.raw()} > held) || (closes_leg && resting > held) ||
                (order.kind == OrderKind::ordinary && abs(filled) > size_max.raw() && abs(filled) > abs(Wide{p.size.raw()}));
            if (too_much) emit(event::OrderCancelled{id, account, market, order.size, CancelReason::would_increase});
        }
        id = next;
    }
}

void settle_consequences(Emit& emit, const Command& command, std::span<const AccountId> examined, NextStep& next, Room& room) {
    const State& state = emit.state();
    if (!state.active) return;
    room.winners.forget();
    if (const auto* close = std::get_if<command::CloseAll>(&command.body)) place_closing_orders(emit, close->account);
    const std::size_t own = emit.events().size();
    for (std::size_t i = 0; i < own; ++i) {
        const auto* change = std::get_if<event::PositionChanged>(&emit.events()[i]);
        if (change == nullptr) continue;
        const event::PositionChanged moved = *change;
        trim_orders(emit, moved.account, moved.market, moved.leg);
    }
    for (const AccountId account : examined) examine(emit, account, room);
    if (const auto* forced = std::get_if<command::Deleverage>(&command.body))
        if (state.breaches.find(forced->liquidation) != nullptr) resolve(emit, forced->liquidation, room);
    const std::size_t before_steps = emit.events().size();
    take_steps(emit, room);
    const bool timed = std::holds_alternative<command::Tick>(command.body) || std::holds_alternative<command::MarkPrices>(command.body);
    if (timed) measure_reserve(emit, room);
    // A step and a measured reserve may have made another subject solvent that was looked at before: the next command sees it, whatever it is.
    next.quiet_until_ms = emit.events().size() == before_steps ? next_step_ms(state) : 0;
}

}  // namespace plimsoll
