// Accounts, their settings, and money in and out.
#include "plimsoll/engine/consequences.hpp"
#include "plimsoll/engine/decide.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// Everything that came in and has not gone out stays inside one amount, so no balance of an account can leave it by credits alone.
bool venue_holds(const State& state, AssetId asset, Wide more) {
    const AssetRecord& record = state.assets[asset.index];
    return record.deposits - record.withdrawals + more <= amount_max.raw() && record.deposits <= total_max - more;
}

bool account_holds(const State& state, AccountId account, AssetId asset, Amount more) {
    const Wide after = Wide{balance_of(state, account, asset).raw()} + more.raw();
    return after <= state.active->params().asset(asset).amount_max.raw();
}

/// Room for one more kind of balance, if the account does not hold this one yet.
bool balance_has_room(const State& state, AccountId account, AssetId asset) {
    const Run& run = state.account(account).balances;
    for (const Balance& b : state.balances.of(run))
        if (b.asset == asset) return true;
    return run.count < balances_max && state.balances.can_insert(run);
}

/// Room for `more` positions once `gone` of those there are have made room.
bool position_has_room(const State& state, AccountId account, std::uint32_t more, std::uint32_t gone = 0) {
    Run run = state.account(account).positions;
    run.count = static_cast<std::uint16_t>(run.count - gone);
    if (run.count + more > std::min<std::uint32_t>(state.limits.positions_per_account, positions_max)) return false;
    return more == 0 || state.positions.can_insert(run, more);
}

/// What setting a mode does to the positions that an account holds in a market, and to the collateral of isolated ones.
struct ModeChange {
    std::uint32_t positions_made = 0, positions_gone = 0;
    std::uint32_t collateral_made = 0, collateral_gone = 0;
};

ModeChange change_of(const State& state, const command::SetMode& c) {
    const bool hedge = c.position == command::PositionMode::hedge;
    std::uint32_t kept = 0, leverage = 0, collateral_kept = 0;
    ModeChange change;
    for (const HeldPosition& p : state.positions.of(state.account(c.account).positions)) {
        if (p.market != c.market.index) continue;
        leverage = p.leverage_hundredths;
        const bool isolated = p.isolated != no_place;
        if ((p.leg != Leg::net) == hedge) {
            ++kept;
            collateral_kept += isolated && c.margin == MarginMode::isolated;
            change.collateral_gone += isolated && c.margin != MarginMode::isolated;
        } else {
            ++change.positions_gone;
            change.collateral_gone += isolated;
        }
    }
    const std::uint32_t wanted = hedge ? 2 : says_nothing(c.margin, leverage) ? 0 : 1;
    change.positions_made = wanted > kept ? wanted - kept : 0;
    change.collateral_made = c.margin == MarginMode::isolated ? wanted - collateral_kept : 0;
    if (wanted < kept) change.positions_gone += kept - wanted;
    return change;
}

bool is_used(const State& state, AccountId account, MarketId market) {
    for (const HeldPosition& p : state.positions.of(state.account(account).positions)) {
        if (p.market != market.index) continue;
        if (p.size.raw() != 0 || p.orders != no_place) return true;
        if (p.isolated != no_place && state.isolated.in_place(p.isolated).raw() != 0) return true;
    }
    return false;
}

Reject from_gate(const Admission& admission, AccountId account) {
    if (admission.admitted()) return {};
    Reject r =
        reject(admission.refusal == Refusal::amount_out_of_range ? RejectCode::balance_insufficient : RejectCode::margin_insufficient);
    r.account = account;
    r.required = admission.required;
    r.available = admission.available;
    r.shortfall = admission.shortfall;
    return r;
}

/// Initial requirement of the part that a position belongs to, and what stands against it.
Stand initial_stand(const State& state, const AccountView& view, std::size_t position) {
    if (view.positions[position].mode == MarginMode::isolated) {
        const IsolatedHealth h = isolated_health(state.active->credit, view, position, Purpose::open);
        return {h.requirement + h.order_loss, h.collateral};
    }
    const Health h = health(state.active->credit, view, Purpose::open);
    return {h.requirement + h.order_loss, h.collateral};
}

/// Whether the chosen leverage does not carry a position's size, now or when its orders fill.
bool leverage_caps(const State& state, const AccountView& view, std::size_t position) {
    const Position& p = view.positions[position];
    const MarketView& market = state.active->credit.market(p.market);
    if (!market.schedule->leverage_caps_size) return false;
    const Wide cap = notional_cap_of_leverage(*market.schedule, terms_of(market, view, position).leverage_rate);
    const GroupSize* group = view.group.empty() ? nullptr : &view.group[p.market.index];
    const WorstFills fills = worst_fills(market.params->open_orders, p);
    for (const Size size : {p.size, fills.with_buys, fills.with_sells})
        if (exposure_of(market, group, p.size, size).exposure.notional > cap) return true;
    return false;
}

/// Money that leaves the cross part of an account: the same scaled requirement that gates orders.
Reject gate_leaving(const State& state, AccountId account, AssetId asset, Amount amount, Room& room) {
    const AccountView view = view_of(state, account, Reading::withdraw, room.positions, room.balances);
    const Admission admission = admit_withdrawal(state.active->credit, view, asset, amount, room.admission);
    Reject r = from_gate(admission, account);
    if (!r.refused()) return r;
    const auto largest = max_withdrawal(state.active->credit, view, asset, room.admission);
    if (largest) r.largest_amount = Amount::from_raw(largest->value);
    r.size_passes = r.largest_amount.raw() > 0;
    r.cheapest = r.size_passes ? Cure::smaller_size : Cure::deposit;
    return r;
}

/// Whether money may leave the cross part at all.
RejectCode may_leave(const State& state, AccountId account) {
    if (!guards_allow(state, account, GuardedAction::withdraw)) return RejectCode::guard_forbids;
    if (in_liquidation(state, account)) return RejectCode::in_liquidation;
    return RejectCode::none;
}

/// A gain leaves the venue only after the loss on its other side: while debts stand open that the fund does not cover, or could
/// stand open unseen, nothing does.
Reject may_leave_venue(const State& state, AccountId account, Room& room) {
    if (!state.active->params().liquidation.withdrawals_wait) return {};
    const Wide debts = unsettled_debts(state, room);
    const Wide fund = debts > 0 ? fund_value(state) : 0;
    if (debts <= fund && state.breaches.can_add()) return {};
    Reject r = reject(RejectCode::debts_unsettled);
    r.account = account;
    r.required = debts;
    r.available = fund;
    r.shortfall = std::max<Wide>(debts - fund, 0);
    return r;
}

}  // namespace

Reject decide_one(const State& state, const command::OpenAccount& c, Room&, Events& out) {
    if (c.group != no_group && c.group.index >= state.limits.groups) return reject(RejectCode::group_unknown);
    if (state.accounts.size() >= state.limits.accounts) return reject(RejectCode::capacity_exhausted);
    out.push_back(event::AccountOpened{AccountId{static_cast<std::uint32_t>(state.accounts.size())}, c.group});
    return {};
}

Reject decide_one(const State& state, const command::SetGroup& c, Room&, Events& out) {
    RejectCode code = need_account(state, c.account);
    if (code == RejectCode::none && c.group != no_group && c.group.index >= state.limits.groups) code = RejectCode::group_unknown;
    if (code == RejectCode::none && state.account(c.account).group == c.group) code = RejectCode::already_done;
    if (code != RejectCode::none) return reject(code);
    out.push_back(event::GroupSet{c.account, c.group});
    return {};
}

Reject decide_one(const State& state, const command::SetMode& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account), need_market(state, c.market)); code != RejectCode::none)
        return reject(code);
    const ModeChange change = change_of(state, c);
    if (state.isolated.size() - change.collateral_gone + change.collateral_made > state.isolated.capacity())
        return reject(RejectCode::capacity_exhausted);
    if (is_used(state, c.account, c.market)) return reject(RejectCode::in_use);
    if (!position_has_room(state, c.account, change.positions_made, change.positions_gone)) return reject(RejectCode::too_many_positions);
    out.push_back(event::ModeSet{c.account, c.market, c.margin, c.position});
    return {};
}

Reject decide_one(const State& state, const command::SetLeverage& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account), need_market(state, c.market)); code != RejectCode::none)
        return reject(code);
    const MarketParams& market = state.market_params(c.market);
    if (c.leverage_hundredths != 0 && c.leverage_hundredths < 100) return reject(RejectCode::leverage_above_max);
    if (market.leverage_max_hundredths != 0 && c.leverage_hundredths > market.leverage_max_hundredths)
        return reject(RejectCode::leverage_above_max);
    const AccountView view = view_of(state, c.account, Reading::open, room.positions, room.balances);
    bool held = false;
    for (const Position& p : view.positions) held |= p.market == c.market;
    if (!held && c.leverage_hundredths != 0 && !position_has_room(state, c.account, 1)) return reject(RejectCode::too_many_positions);
    std::vector<Stand> before;
    for (std::size_t i = 0; i < room.positions.size(); ++i) before.push_back(initial_stand(state, view, i));
    for (Position& p : room.positions)
        if (p.market == c.market) p.leverage_hundredths = c.leverage_hundredths;
    for (std::size_t i = 0; i < room.positions.size(); ++i)
        if (room.positions[i].market == c.market && leverage_caps(state, view, i)) return reject(RejectCode::leverage_caps_size);
    // A choice that asks more than before has to be covered; one that asks less is always taken.
    for (std::size_t i = 0; i < room.positions.size(); ++i) {
        if (room.positions[i].market != c.market) continue;
        const Stand after = initial_stand(state, view, i);
        if (after.required <= after.available || after.required <= before[i].required) continue;
        Reject r = reject(RejectCode::margin_insufficient);
        r.account = c.account;
        r.market = c.market;
        r.required = after.required;
        r.available = after.available;
        r.shortfall = after.required - after.available;
        return r;
    }
    out.push_back(event::LeverageSet{c.account, c.market, c.leverage_hundredths});
    return {};
}

Reject decide_one(const State& state, const command::SetOverride& c, Room&, Events& out) {
    RejectCode code = first_of(need_set(state), need_account(state, c.account));
    if (code == RejectCode::none && c.market != every_market) code = need_market(state, c.market);
    if (code != RejectCode::none) return reject(code);
    const bool multiplier_fits = c.multiplier.raw() == 0 || (c.multiplier >= hundred_percent && c.multiplier <= multiplier_max);
    if (!multiplier_fits || c.initial_floor.raw() < 0 || c.initial_floor > rate_max) return reject(RejectCode::rate_out_of_range);
    if (state.account(c.account).terms == no_place && !state.terms.can_add()) return reject(RejectCode::capacity_exhausted);
    out.push_back(event::OverrideSet{c.account, c.market, c.multiplier, c.initial_floor});
    return {};
}

Reject decide_one(const State& state, const command::Deposit& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account), need_asset(state, c.asset)); code != RejectCode::none)
        return reject(code);
    if (c.amount.raw() <= 0 || c.amount > state.active->params().asset(c.asset).amount_max) return reject(RejectCode::amount_out_of_range);
    if (!venue_holds(state, c.asset, c.amount.raw()) || !account_holds(state, c.account, c.asset, c.amount))
        return reject(RejectCode::amount_out_of_range);
    if (state.active->params().asset(c.asset).confirmations == 0) {
        if (!balance_has_room(state, c.account, c.asset)) return reject(RejectCode::capacity_exhausted);
        out.push_back(event::Credited{{}, c.account, c.asset, c.amount});
        return {};
    }
    if (!state.deposits.can_add()) return reject(RejectCode::capacity_exhausted);
    out.push_back(event::DepositPending{state.deposits.next_id(), c.account, c.asset, c.amount});
    return {};
}

Reject decide_one(const State& state, const command::ConfirmDeposit& c, Room&, Events& out) {
    const PendingDeposit* deposit = state.deposits.find(c.deposit);
    if (deposit == nullptr) return reject(RejectCode::deposit_unknown);
    const bool enough = c.confirmations >= state.active->params().asset(deposit->asset).confirmations;
    const bool fits = venue_holds(state, deposit->asset, deposit->amount.raw()) &&
                      account_holds(state, deposit->account, deposit->asset, deposit->amount);
    if (enough && !fits) return reject(RejectCode::amount_out_of_range);
    if (enough && !balance_has_room(state, deposit->account, deposit->asset)) return reject(RejectCode::capacity_exhausted);
    if (c.confirmations <= deposit->confirmations) return reject(RejectCode::already_done);
    if (!enough) {
        out.push_back(event::DepositConfirmed{c.deposit, c.confirmations});
        return {};
    }
    out.push_back(event::Credited{c.deposit, deposit->account, deposit->asset, deposit->amount});
    return {};
}

Reject decide_one(const State& state, const command::DropDeposit& c, Room&, Events& out) {
    const PendingDeposit* deposit = state.deposits.find(c.deposit);
    if (deposit == nullptr) return reject(RejectCode::deposit_unknown);
    out.push_back(event::DepositDropped{c.deposit, deposit->account});
    return {};
}

Reject decide_one(const State& state, const command::Withdraw& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account), need_asset(state, c.asset)); code != RejectCode::none)
        return reject(code);
    if (c.amount.raw() <= 0) return reject(RejectCode::amount_out_of_range);
    if (const auto code = may_leave(state, c.account); code != RejectCode::none) return reject(code);
    if (const Reject r = may_leave_venue(state, c.account, room); r.refused()) return r;
    if (const Reject r = gate_leaving(state, c.account, c.asset, c.amount, room); r.refused()) return r;
    out.push_back(event::Withdrawn{c.account, c.asset, c.amount});
    return {};
}

Reject decide_one(const State& state, const command::Transfer& c, Room& room, Events& out) {
    const auto code = first_of(need_set(state), need_account(state, c.from), need_account(state, c.to), need_asset(state, c.asset));
    if (code != RejectCode::none) return reject(code);
    if (c.amount.raw() <= 0) return reject(RejectCode::amount_out_of_range);
    if (c.from != c.to && !account_holds(state, c.to, c.asset, c.amount)) return reject(RejectCode::amount_out_of_range);
    if (!balance_has_room(state, c.to, c.asset)) return reject(RejectCode::capacity_exhausted);
    if (const auto may = may_leave(state, c.from); may != RejectCode::none) return reject(may);
    if (c.from == c.to) return reject(RejectCode::already_done);
    if (const Reject r = gate_leaving(state, c.from, c.asset, c.amount, room); r.refused()) return r;
    out.push_back(event::Transferred{c.from, c.to, c.asset, c.amount});
    return {};
}

Reject decide_one(const State& state, const command::MoveMargin& c, Room& room, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account), need_market(state, c.market)); code != RejectCode::none)
        return reject(code);
    const auto place = find_position(state, c.account, c.market, c.leg);
    if (!place || state.positions.of(state.account(c.account).positions)[*place].mode != MarginMode::isolated)
        return reject(RejectCode::position_unknown);
    const AssetId settle = state.market_params(c.market).settle;
    const HeldPosition& held = state.positions.of(state.account(c.account).positions)[*place];
    const Wide collateral = state.isolated.in_place(held.isolated).raw();
    const bool fits = c.amount.raw() != 0 && balance_fits(c.amount.raw()) && collateral + c.amount.raw() <= amount_max.raw();
    if (!fits || (c.amount.raw() < 0 && !account_holds(state, c.account, settle, -c.amount)))
        return reject(RejectCode::amount_out_of_range);
    if (!balance_has_room(state, c.account, settle)) return reject(RejectCode::capacity_exhausted);
    if (c.amount.raw() > 0) {
        // Taken from the cross part: gated there. A position that is being liquidated may be helped.
        if (!guards_allow(state, c.account, GuardedAction::withdraw)) return reject(RejectCode::guard_forbids);
        if (in_liquidation(state, c.account, every_market, Leg::net)) return reject(RejectCode::in_liquidation);
        if (const Reject r = gate_leaving(state, c.account, settle, c.amount, room); r.refused()) return r;
    } else {
        if (held.size.raw() != 0 && !guard_allows(state, c.market, GuardedAction::withdraw)) return reject(RejectCode::guard_forbids);
        if (in_liquidation(state, c.account, c.market, c.leg)) return reject(RejectCode::in_liquidation);
        const AccountView view = view_of(state, c.account, Reading::withdraw, room.positions, room.balances);
        if (const Reject r = from_gate(admit_removal(state.active->credit, view, *place, -c.amount), c.account); r.refused()) return r;
    }
    out.push_back(event::MarginMoved{c.account, c.market, c.leg, c.amount});
    return {};
}

}  // namespace plimsoll
