#include "plimsoll/engine/decide.hpp"

namespace plimsoll {

Reject decide(const State& state, const Command& command, Room& room, Events& out) {
    Reject answer;
    decide(state, command, room, out, answer);
    return answer;
}

void decide(const State& state, const Command& command, Room& room, Events& out, Reject& answer) {
    std::visit([&](const auto& body) { decide_body(state, command.time_ms, body, room, out, answer); }, command.body);
}

RejectCode need_asset(const State& state, AssetId asset) {
    if (!state.active) return RejectCode::no_active_set;
    return asset.index < state.assets.size() ? RejectCode::none : RejectCode::asset_unknown;
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

bool guards_allow(const State& state, AccountId account, GuardedAction action) {
    for (const HeldPosition& p : state.positions.of(state.account(account).positions))
        if (p.size.raw() != 0 && !guard_allows(state, MarketId{p.market}, action)) return false;
    return true;
}

bool balance_fits(Wide amount) { return abs(amount) <= amount_max.raw(); }

}  // namespace plimsoll
