#include "plimsoll/engine/state.hpp"

namespace plimsoll {

namespace {

std::uint32_t or_else(std::uint32_t given, std::uint32_t fallback) { return given != 0 ? given : fallback; }

}  // namespace

State::State(const Limits& l)
    : limits(l),
      positions(or_else(l.position_slots, 4 * l.accounts), 2),
      balances(or_else(l.balance_slots, 2 * l.accounts), 1),
      order_sums(l.orders),
      isolated(l.isolated),
      terms(l.overrides),
      orders(l.orders),
      deposits(l.deposits),
      breaches(l.breaches),
      groups(l.groups) {
    accounts.reserve(l.accounts);
}

Amount balance_of(const State& state, AccountId account, AssetId asset) {
    for (const Balance& balance : state.balances.of(state.account(account).balances))
        if (balance.asset == asset) return balance.amount;
    return Amount{};
}

LiquidationId find_breach(const State& state, const LiquidationSubject& subject) {
    LiquidationId found;
    each_breach(state, subject.account, [&](LiquidationId id, const Breach& breach) {
        if (breach.subject == subject) found = id;
    });
    return found;
}

}  // namespace plimsoll
