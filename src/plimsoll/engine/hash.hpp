// The hash of a state: everything it means, in an order that does not depend on how it came about in memory.
#pragma once

#include "plimsoll/engine/bytes.hpp"
#include "plimsoll/engine/state.hpp"

namespace plimsoll {

/// Over parameters in force, accounts with their positions, orders and terms, markets, assets, breaches and the venue's own money.
/// Room that is reserved, places that were given back and scratch play no part.
///
/// Cost  every account; for tests, snapshots and comparing replicas.
Hash128 state_hash(const State& state);

}  // namespace plimsoll
