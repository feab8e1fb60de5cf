// Those who stand on one side of a market, ranked for deleveraging, and kept for as long as one command lasts: in a crash hundreds of
// accounts are closed against the same few thousand, and looking at all of those anew each time would take minutes.
#pragma once

#include "plimsoll/engine/state.hpp"
#include "plimsoll/liquidation/waterfall.hpp"

#include <span>
#include <vector>

namespace plimsoll {

/// Value of an amount >= 0 in the numeraire: rounded up at the higher price, or down at the lower one.
Wide numeraire_worth(const State& state, AssetId asset, Wide amount, bool high);
/// A position's notional at the mark: rounded up to the settle asset, and that valued as a debt.
Wide numeraire_notional(const State& state, const HeldPosition& position);

class WinnersBook {
public:
    /// Prices may have changed: nothing is known any more.
    void forget() {
        if (!lists_.empty()) lists_.clear();
    }
    /// Everyone who is long (or short) there, in the order of rank_winners(). A Winner's `position` holds its leg, which with the market names
    /// it as well as a place. `events` are those of the command so far: whom they name is looked at anew. The answer holds until the next call.
    std::span<const Winner> of(const State& state, MarketId market, bool longs, std::span<const Event> events,
                               std::vector<Position>& positions, std::vector<Balance>& balances);

private:
    struct List {
        MarketId market;
        bool longs = false;
        std::size_t seen = 0;  // events of the command that are in it
        std::vector<Winner> winners;
    };
    std::vector<List> lists_;
};

}  // namespace plimsoll
