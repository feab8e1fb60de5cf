#include "plimsoll/engine/receipt.hpp"

namespace plimsoll {

namespace {

void add_line(State& state, LiquidationId id, const Event& event) {
    Breach& breach = state.breaches.at(id);
    state.bytes.clear();
    state.bytes.put(breach.receipt_high);
    state.bytes.put(breach.receipt_low);
    state.bytes.put(state.time_ms);
    state.bytes.put(event);
    const Hash128 hash = state.bytes.hash();
    breach.receipt_high = hash.high;
    breach.receipt_low = hash.low;
}

/// Adds an event to each receipt that it is a line of.
struct Lines {
    State& state;
    const Event& event;

    template <class IsLine>
    void of_account(AccountId account, IsLine&& is_line) const {
        each_breach(state, account, [&](LiquidationId id, const Breach& breach) {
            if (is_line(breach.subject)) add_line(state, id, event);
        });
    }
    void operator()(const event::PositionChanged& e) const {
        of_account(e.account, [&](const LiquidationSubject& s) { return s.cross() || (e.market == s.market && e.leg == s.leg); });
    }
    void operator()(const event::OrderPlaced& e) const {
        if (e.kind == OrderKind::liquidation)
            of_account(e.account, [&](const LiquidationSubject& s) { return s.cross() || e.market == s.market; });
    }
    void operator()(const event::OrderCancelled& e) const {
        of_account(e.account, [&](const LiquidationSubject& s) { return s.cross() || e.market == s.market; });
    }
    void operator()(const event::BreachSeen& e) const { add_line(state, find_breach(state, e.subject), event); }
    void operator()(const event::LiquidationEnded&) const {}  // it carries the hash
    template <class Other>
    void operator()(const Other& e) const {
        if constexpr (requires { e.liquidation; })
            if (state.breaches.find(e.liquidation) != nullptr) add_line(state, e.liquidation, event);
    }
};

}  // namespace

void add_to_receipts(State& state, const Event& event) {
    if (state.breaches.size() != 0) std::visit(Lines{state, event}, event);
}

}  // namespace plimsoll
