// The receipt of a liquidation: a hash that runs over every event of it, from the breach to the end, so that the lines a venue shows
// can be held to what happened.
#pragma once

#include "plimsoll/engine/state.hpp"

namespace plimsoll {

/// Adds the event to the receipts it is a line of: those of the account it is about, while a breach of that account stands.
void add_to_receipts(State& state, const Event& event);

}  // namespace plimsoll
