// What a run over the engine came to, counted from its replies and events and from nothing else.
#pragma once

#include "plimsoll/engine/engine.hpp"

#include <array>
#include <map>
#include <vector>

namespace plimsoll::stress {

/// Who paid what accounts could not, in one asset. Units: the asset's last place.
struct LossPaid {
    Wide fund = 0;      // by the insurance fund
    Wide profits = 0;   // out of profits that deleveraging had just paid
    Wide balances = 0;  // by everyone who holds the asset
    Wide booked = 0;    // by nobody: the venue's bad debt

    Wide shared() const { return profits + balances; }
    Wide total() const { return fund + shared() + booked; }
    friend bool operator==(const LossPaid&, const LossPaid&) = default;
};

struct Ledger {
    std::uint64_t commands = 0;
    std::uint64_t accepted = 0;
    std::uint64_t events = 0;
    std::uint64_t fills = 0;
    std::uint64_t deleveraged = 0;  // positions of winners that were closed
    std::uint64_t to_backstop = 0;  // positions it took over
    std::uint64_t started = 0;      // liquidations
    std::uint64_t steps = 0;
    std::array<std::uint64_t, 3> ended{};  // liquidations, by outcome
    std::map<RejectCode, std::uint64_t> rejects;
    std::vector<LossPaid> paid;  // by asset; as long as the largest asset that lost

    LossPaid paid_in(AssetId asset) const { return asset.index < paid.size() ? paid[asset.index] : LossPaid{}; }
};

/// Counts one command that was decided, with its reply and what it brought about.
void count(Ledger& ledger, const Reply& reply, std::span<const Event> events);
/// Adds the counts of another run.
void add(Ledger& ledger, const Ledger& other);

}  // namespace plimsoll::stress
