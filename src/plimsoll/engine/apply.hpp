// Writing down what happened. Total: what was decided always applies.
#pragma once

#include "plimsoll/engine/state.hpp"

namespace plimsoll {

/// Brings the state to where the event says it is. Looks at nothing but the event and the place it changes.
void apply(State& state, const Event& event);
/// The same, where it is known that the event is `record`: an order placed, amended or cancelled. `position`: the one that the order is for,
/// where it has been looked up; null: it has not, or there is none yet.
template <class Record>
void apply_known(State& state, const Record& record, const Event& event, HeldPosition* position);

/// Brings the figures that both contexts of the active set hold of a market up to the state's.
void refresh_market(State& state, MarketId market);

/// Compiles a set into force and brings every figure of the state into its contexts. Asserted: it is valid, and the state has a record for
/// each of its markets and assets.
void compile_active(State& state, const ReadySet& ready);

}  // namespace plimsoll
