// The paths of the engine that are measured, over one venue.
#pragma once

#include "engine_floor.hpp"
#include "paths.hpp"

namespace plimsoll::bench {

/// A venue of accounts with 4 positions each, and orders that pass, one lot at the mark, over accounts in no order.
struct EngineBench {
    explicit EngineBench(std::uint32_t accounts);
    EngineVenue venue;
    std::vector<command::PlaceOrder> orders;
    std::vector<Command> places;  // the same as commands
    std::unique_ptr<CheckFloor> floor;
    std::uint64_t ids = 0;
    std::uint64_t sum = 0;
    std::uint64_t examined = 0, marks = 0;
};

/// One market's marks, 1 to 2 basis points up and down in turn: what a quiet market costs the engine. The other side looks exactly at
/// everyone who holds something in that market, as the engine's own sweep does. Both over all markets in turn.
Path mark_path(const std::shared_ptr<EngineBench>& bench);
Path holders_path(const std::shared_ptr<EngineBench>& bench);

/// "check": places and cancels each order, with a command id of its own. "check-floor": what that cannot do without.
/// "check-batch": the same, with the engine told of each command six commands ahead.
Path engine_path(const std::shared_ptr<EngineBench>& bench, const std::string& name);
std::vector<std::string> engine_path_names();

}  // namespace plimsoll::bench
