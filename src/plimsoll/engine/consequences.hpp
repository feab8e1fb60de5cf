// What follows from a command once it is written down: orders that no longer fit go, breaches are seen, liquidations begin, take their
// steps and end. Each step is computed from the state as it stands and then written; the next sees it.
#pragma once

#include "plimsoll/engine/apply.hpp"
#include "plimsoll/engine/command.hpp"
#include "plimsoll/engine/view.hpp"
#include "plimsoll/engine/watch.hpp"

namespace plimsoll {

/// Writes an event down and keeps it. The index hears of it first: what it knows of an account may hold no longer.
class Emit {
public:
    Emit(State& state, Events& out, Watch* watch) : state_(state), out_(out), watch_(watch) {}
    void operator()(Event event) {
        write(event);
        out_.push_back(std::move(event));
    }
    void write(const Event& event);
    /// The same, where it is known that the event is `record`: an order placed, amended or cancelled.
    template <class Record>
    void write_known(const Record& record, const Event& event);
    const State& state() const { return state_; }
    const Events& events() const { return out_; }

private:
    State& state_;
    Events& out_;
    Watch* watch_;  // none: everything is examined
};

/// Before which time no step of a liquidation can be due, as long as nothing but orders comes and goes. No part of the state: what is
/// skipped by it would have found nothing to do.
struct NextStep {
    std::uint64_t quiet_until_ms = 0;  // 0: a step is due and could not be taken, or it is not known
};

/// An order reserves nothing at maintenance or close-out, and no position changes with it: nobody's maintenance is in question, and before
/// NextStep's time nothing follows from it.
template <class Body>
inline constexpr bool moves_orders_only =
    std::is_same_v<Body, command::PlaceOrder> || std::is_same_v<Body, command::AmendOrder> || std::is_same_v<Body, command::CancelOrder>;

/// Everything that follows from `command`, whose own events are in emit.events() and applied. `examined` names the accounts whose
/// maintenance the command may have broken, in ascending order.
void settle_consequences(Emit& emit, const Command& command, std::span<const AccountId> examined, NextStep& next, Room& room);

/// Cancels, newest first, what rests on a position and is no longer able to do only what it may: reduce-only orders and orders that
/// close a leg beyond what is left, and orders whose fill would leave the market's size_max.
void trim_orders(Emit& emit, AccountId account, MarketId market, Leg leg);

/// Health of a subject at the liquidation price.
struct SubjectHealth {
    Wide health = 0;
    Wide equity = 0;  // 0 where health is not below 0: nobody asks
    Wide requirement = 0;
};
SubjectHealth subject_health(const State& state, const LiquidationSubject& subject, Purpose purpose, Room& room);

/// What the insurance fund is worth, each asset at its lower price. Numeraire, rounded down.
Wide fund_value(const State& state);

/// What subjects below maintenance owe beyond all that they have, at the liquidation price. Numeraire, rounded up. It asks each of them:
/// as long as there are none it costs nothing.
Wide unsettled_debts(const State& state, Room& room);

/// Ends a liquidation by the waterfall.
void resolve(Emit& emit, LiquidationId liquidation, Room& room);

}  // namespace plimsoll
