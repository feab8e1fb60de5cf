// Whether a command is accepted, and what it then changes. Pure: it looks at the state and writes nothing but its answer.
#pragma once

#include "plimsoll/engine/state.hpp"
#include "plimsoll/engine/view.hpp"

namespace plimsoll {

/// What a command does by itself, as events in the order in which they are to be applied; what follows from them (liquidations,
/// orders that no longer fit) is found afterwards by settle_consequences().
///
/// Errors  a reject; `out` is then empty.
/// Order   of checks: the numbers of RejectCode.
Reject decide(const State& state, const Command& command, Room& room, Events& out);
/// The same into `answer`, which comes as a Reject that refuses nothing: it is large, and mostly empty.
void decide(const State& state, const Command& command, Room& room, Events& out, Reject& answer);

// One of these for each command; command bodies are in command.hpp.
Reject decide_one(const State& state, const command::DefineSet& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::ActivateSet& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::OpenAccount& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::SetGroup& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::SetMode& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::SetLeverage& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::SetOverride& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Deposit& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::ConfirmDeposit& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::DropDeposit& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Withdraw& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Transfer& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::MoveMargin& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::AmendOrder& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Fill& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::CloseAll& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::MarkPrices& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::IndexPrices& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::MarketRisk& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Funding& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Halt& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Tick& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::MoveFund& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::TakeFees& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::SetBackstop& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Deleverage& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Delist& c, Room& room, Events& out);
Reject decide_one(const State& state, const command::Settle& c, Room& room, Events& out);
// These two are most of what a venue sends. They leave `answer` as it is when nothing is refused.
void decide_order(const State& state, const command::PlaceOrder& c, Room& room, Events& out, Reject& answer);
void decide_order(const State& state, const command::CancelOrder& c, Room& room, Events& out, Reject& answer);

// ---- what the decisions share --------------------------------------------------------------------------------------

/// Both sides of a gate. Numeraire, or the settle asset of an isolated position.
struct Stand {
    Wide required = 0;
    Wide available = 0;
};

inline Reject reject(RejectCode code) {
    Reject r;
    r.code = code;
    return r;
}

/// decide() where it is known which command it is. `answer` comes as a Reject that refuses nothing, and stays so when nothing is refused:
/// it is large, and mostly empty.
template <class Body>
void decide_body(const State& state, std::uint64_t time_ms, const Body& body, Room& room, Events& out, Reject& answer) {
    out.clear();
    if (time_ms < state.time_ms) {
        answer.code = RejectCode::time_backwards;
        return;
    }
    room.now_ms = time_ms;
    if constexpr (requires { decide_order(state, body, room, out, answer); }) decide_order(state, body, room, out, answer);
    else answer = decide_one(state, body, room, out);
    if (answer.refused()) out.clear();
}

/// The first that refuses.
template <class... Codes>
RejectCode first_of(Codes... codes) {
    RejectCode first = RejectCode::none;
    ((first = first != RejectCode::none ? first : codes), ...);
    return first;
}

inline RejectCode need_set(const State& state) { return state.active ? RejectCode::none : RejectCode::no_active_set; }
inline RejectCode need_account(const State& state, AccountId account) {
    return account.index < state.accounts.size() ? RejectCode::none : RejectCode::account_unknown;
}
RejectCode need_asset(const State& state, AssetId asset);
inline RejectCode need_market(const State& state, MarketId market) {
    if (!state.active) return RejectCode::no_active_set;
    return market.index < state.markets.size() ? RejectCode::none : RejectCode::market_unknown;
}

/// Whether an account has a liquidation going on that this market's position is part of: its cross part or that isolated position.
bool in_liquidation(const State& state, AccountId account, MarketId market, Leg leg);
/// Whether anything of the account is being liquidated.
bool in_liquidation(const State& state, AccountId account);

inline bool guard_allows(const State& state, MarketId market, GuardedAction action) {
    return state.market_params(market).guard.actions.allows(state.markets[market.index].guard.state, action);
}
/// Whether the guards of all markets in which the account holds something allow it.
bool guards_allow(const State& state, AccountId account, GuardedAction action);

/// Whether a balance may be brought to this amount: inside the domain on both sides.
bool balance_fits(Wide amount);

}  // namespace plimsoll
