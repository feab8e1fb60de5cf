// The latest commands that were decided, with what they did, for those who follow a venue.
#pragma once

#include "plimsoll/engine/engine.hpp"

#include <deque>

namespace plimsoll::node {

/// One command as a follower is told of it.
struct Told {
    std::uint64_t seq = 0;
    std::uint64_t time_ms = 0;
    Hash128 chain;
    std::vector<Event> events;  // none: it was refused
};

class Feed {
public:
    static constexpr std::size_t commands_most = 65'536;
    static constexpr std::size_t events_most = 1'000'000;

    /// The command that the engine has just decided. They come one after the other without a gap.
    void add(const Engine& engine, std::uint64_t time_ms) {
        std::vector<Event> room;
        while (told_.size() >= commands_most || (events_ > events_most && !told_.empty())) {
            events_ -= told_.front().events.size();
            room = std::move(told_.front().events);  // its memory is used again
            told_.pop_front();
        }
        room.assign(engine.events().begin(), engine.events().end());
        events_ += room.size();
        told_.push_back({engine.seq(), time_ms, engine.chain(), std::move(room)});
    }

    bool empty() const { return told_.empty(); }
    /// Of the oldest that is kept, and of the latest. Errors  asserted: not empty.
    std::uint64_t first() const { return told_.front().seq; }
    std::uint64_t last() const { return told_.back().seq; }
    /// Errors  asserted: first() <= seq <= last().
    const Told& at(std::uint64_t seq) const {
        PLIM_ASSERT(!told_.empty() && seq >= first() && seq <= last());
        return told_[static_cast<std::size_t>(seq - first())];
    }

private:
    std::deque<Told> told_;
    std::size_t events_ = 0;
};

}  // namespace plimsoll::node
