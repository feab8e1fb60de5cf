#include "plimsoll/stress/ledger.hpp"

namespace plimsoll::stress {

namespace {

struct Count {
    Ledger& ledger;

    LossPaid& paid(AssetId asset) {
        if (ledger.paid.size() <= asset.index) ledger.paid.resize(asset.index + 1);
        return ledger.paid[asset.index];
    }
    void operator()(const event::PositionChanged& e) {
        // Every match has one buyer.
        if ((e.cause == Cause::fill || e.cause == Cause::liquidation) && e.side == Side::buy) ++ledger.fills;
        if (e.cause == Cause::deleverage) ++ledger.deleveraged;
    }
    void operator()(const event::BackstopCharged&) { ++ledger.to_backstop; }
    void operator()(const event::LiquidationStarted&) { ++ledger.started; }
    void operator()(const event::LiquidationStep&) { ++ledger.steps; }
    void operator()(const event::LiquidationEnded& e) { ++ledger.ended[static_cast<std::size_t>(e.outcome)]; }
    void operator()(const event::FundPaid& e) { paid(e.asset).fund += e.amount.raw(); }
    void operator()(const event::LossShared& e) { (e.from_profit ? paid(e.asset).profits : paid(e.asset).balances) += e.amount.raw(); }
    void operator()(const event::LossBooked& e) { paid(e.asset).booked += e.amount.raw(); }
    template <class Other>
    void operator()(const Other&) {}
};

}  // namespace

void count(Ledger& ledger, const Reply& reply, std::span<const Event> events) {
    ++ledger.commands;
    if (reply.accepted()) ++ledger.accepted;
    else ++ledger.rejects[reply.reject.code];
    ledger.events += events.size();
    for (const Event& event : events) std::visit(Count{ledger}, event);
}

void add(Ledger& ledger, const Ledger& other) {
    ledger.commands += other.commands;
    ledger.accepted += other.accepted;
    ledger.events += other.events;
    ledger.fills += other.fills;
    ledger.deleveraged += other.deleveraged;
    ledger.to_backstop += other.to_backstop;
    ledger.started += other.started;
    ledger.steps += other.steps;
    for (std::size_t i = 0; i < ledger.ended.size(); ++i) ledger.ended[i] += other.ended[i];
    for (const auto& [code, times] : other.rejects) ledger.rejects[code] += times;
    if (ledger.paid.size() < other.paid.size()) ledger.paid.resize(other.paid.size());
    for (std::size_t i = 0; i < other.paid.size(); ++i) {
        ledger.paid[i].fund += other.paid[i].fund;
        ledger.paid[i].profits += other.paid[i].profits;
        ledger.paid[i].balances += other.paid[i].balances;
        ledger.paid[i].booked += other.paid[i].booked;
    }
}

}  // namespace plimsoll::stress
