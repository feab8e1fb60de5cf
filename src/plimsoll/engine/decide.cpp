#include "plimsoll/engine/decide.hpp"

namespace plimsoll {

Reject decide(const State& state, const Command& command, Room& room, Events& out) {
    out.clear();
    if (command.time_ms < state.time_ms) return reject(RejectCode::time_backwards);
    room.now_ms = command.time_ms;
    const Reject answer = std::visit([&](const auto& body) { return decide_one(state, body, room, out); }, command.body);
    if (answer.refused()) out.clear();
    return answer;
}

RejectCode need_set(const State& state) { return state.active ? RejectCode::none : RejectCode::no_active_set; }

RejectCode need_account(const State& state, AccountId account) {
    return account.index < state.accounts.size() ? RejectCode::none : RejectCode::account_unknown;
}

RejectCode need_asset(const State& state, AssetId asset) {
    if (!state.active) return RejectCode::no_active_set;
    return asset.index < state.assets.size() ? RejectCode::none : RejectCode::asset_unknown;
}

RejectCode need_market(const State& state, MarketId market) {
    if (!state.active) return RejectCode::no_active_set;
    return market.index < state.markets.size() ? RejectCode::none : RejectCode::market_unknown;
}

bool in_liquidation(const State& state, AccountId account, MarketId market, Leg leg) {
    if (state.account(account).breaches == 0) return false;
    bool isolated = false;
    if (const auto place = find_position(state, account, market, leg))
        isolated = state.positions.of(state.account(account).positions)[*place].mode == MarginMode::isolated;
    bool found = false;
    each_breach(state, account, [&](LiquidationId, const Breach& breach) {
        if (!breach.active) return;
        found |= isolated ? breach.subject.market == market && breach.subject.leg == leg : breach.subject.cross();
    });
    return found;
}

bool in_liquidation(const State& state, AccountId account) {
    bool found = false;
    each_breach(state, account, [&](LiquidationId, const Breach& breach) { found |= breach.active; });
    return found;
}

bool guard_allows(const State& state, MarketId market, GuardedAction action) {
    return state.market_params(market).guard.actions.allows(state.markets[market.index].guard.state, action);
}

bool guards_allow(const State& state, AccountId account, GuardedAction action) {
    for (const HeldPosition& p : state.positions.of(state.account(account).positions))
        if (p.size.raw() != 0 && !guard_allows(state, MarketId{p.market}, action)) return false;
    return true;
}

bool balance_fits(Wide amount) { return abs(amount) <= amount_max.raw(); }

}  // namespace plimsoll
