// A venue in the engine itself, brought about by commands: accounts with positions in several of 64 markets, and a market maker that
// took the other side of them.
#pragma once

#include "plimsoll/engine/engine.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace plimsoll::bench {

struct EngineVenue {
    std::unique_ptr<Engine> engine;
    std::uint32_t accounts = 0;
    std::uint64_t time_ms = 0;
    std::vector<Price> marks;

    Reply send(CommandBody body) { return engine->execute({{}, time_ms, std::move(body)}); }
    /// Every market at its mark times (10000 + basis) / 10000.
    void mark_all(std::int64_t basis);
    void mark(MarketId market, std::int64_t hundredths_of_basis);
    /// Ticks until every account that can be armed is.
    void settle();
};

/// `count` accounts of `per_account` positions each, from one seed. Takes about a second for each 40,000.
/// `threshold_ms`: how long a breach lasts before its liquidation starts; an hour, where only finding it is measured.
EngineVenue make_engine_venue(std::uint32_t count, std::uint32_t per_account, Examine examine = Examine::indexed,
                              std::uint64_t threshold_ms = 3'600'000);

}  // namespace plimsoll::bench
