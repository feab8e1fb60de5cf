// How long a command takes from when it was due to when its events are there, at shares of what the engine can do at most.
#pragma once

#include <cstdint>

namespace plimsoll::bench {

/// Prints the table of docs/performance.md: open loop, arrivals at a fixed distance, latency from the arrival that was due and not from
/// when the engine got to it. Of 100 commands 99 place and cancel orders, one marks a market by a basis point. Then how long one mark
/// takes until the orders of the liquidations it started are out, with a threshold of 0: quiet marks, and a fall of 5 % everywhere.
void latencies(std::uint32_t accounts);

}  // namespace plimsoll::bench
