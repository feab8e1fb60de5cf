#include "plimsoll/engine/receipt.hpp"

#include "plimsoll/engine/bytes.hpp"

namespace plimsoll {

namespace {

/// Whether an event is a line of a subject's receipt.
struct IsLine {
    const LiquidationSubject& subject;
    LiquidationId id;

    bool operator()(const event::PositionChanged& e) const {
        return e.account == subject.account && (subject.cross() || (e.market == subject.market && e.leg == subject.leg));
    }
    bool operator()(const event::OrderPlaced& e) const {
        return e.account == subject.account && e.kind == OrderKind::liquidation && (subject.cross() || e.market == subject.market);
    }
    bool operator()(const event::OrderCancelled& e) const {
        return e.account == subject.account && (subject.cross() || e.market == subject.market);
    }
    bool operator()(const event::BreachSeen& e) const { return e.subject == subject; }
    bool operator()(const event::LiquidationEnded&) const { return false; }  // it carries the hash
    template <class Other>
    bool operator()(const Other& e) const {
        if constexpr (requires { e.liquidation; }) return e.liquidation == id;
        return false;
    }
};

}  // namespace

void add_to_receipts(State& state, const Event& event) {
    if (state.breaches.size() == 0) return;
    ByteSink sink;
    state.breaches.each([&](LiquidationId id, const Breach& seen) {
        if (!std::visit(IsLine{seen.subject, id}, event)) return;
        Breach& breach = state.breaches.at(id);
        sink.clear();
        sink.put(breach.receipt_high);
        sink.put(breach.receipt_low);
        sink.put(state.time_ms);
        sink.put(event);
        const Hash128 hash = sink.hash();
        breach.receipt_high = hash.high;
        breach.receipt_low = hash.low;
    });
}

}  // namespace plimsoll
