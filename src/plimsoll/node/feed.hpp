// The latest commands that were decided, with what they did, for those who follow a venue.
#pragma once

#include "plimsoll/base/prefetch.hpp"
#include "plimsoll/engine/engine.hpp"

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

    /// Takes the events of the command that the engine has just decided. They come one after the other without a gap.
    void add(Engine& engine, std::uint64_t time_ms) {
        if (told_.empty()) begin(engine.seq());
        const std::uint64_t seq = ++last_;
        PLIM_ASSERT_SLOW(seq == engine.seq());
        while (seq - first_ > commands_most || (events_ > events_most && seq - first_ > 1)) forget();
        const std::size_t place = place_of(seq);
        if (place == told_.size()) told_.emplace_back();
        Told& told = told_[place];
        told.seq = seq;
        told.time_ms = time_ms;
        told.chain = engine.chain();
        told.events = engine.take_events(std::move(told.events));
        events_ += told.events.size();
        ask_for_next(place);
    }

    bool empty() const { return first_ == last_; }
    /// Of the oldest that is kept, and of the latest. Errors  asserted: not empty.
    std::uint64_t first() const {
        PLIM_ASSERT(!empty());
        return first_ + 1;
    }
    std::uint64_t last() const { return last_; }
    /// Errors  asserted: first() <= seq <= last().
    const Told& at(std::uint64_t seq) const {
        PLIM_ASSERT(seq > first_ && seq <= last_);
        return told_[place_of(seq)];
    }

private:
    // Beyond so many events a command's memory is given back when it is forgotten, or in time every place would hold as much as the largest.
    static constexpr std::size_t kept_most = 16;
    static constexpr std::size_t ahead = 12;

    void begin(std::uint64_t seq) {
        begun_ = seq;
        first_ = last_ = seq - 1;
    }
    std::size_t place_of(std::uint64_t seq) const { return static_cast<std::size_t>((seq - begun_) % commands_most); }
    void forget() {
        Told& oldest = told_[place_of(++first_)];
        events_ -= oldest.events.size();
        if (oldest.events.capacity() > kept_most) oldest.events = {};
        else oldest.events.clear();
    }
    /// What was told long ago lies in memory that nobody has looked at since, and the next commands' events go there.
    void ask_for_next(std::size_t place) const {
        const std::size_t soon = place + ahead;
        if (soon + ahead < told_.size()) {
            prefetch_line(&told_[soon + ahead]);
            const auto* events = reinterpret_cast<const char*>(told_[soon].events.data());
            for (std::size_t at = 0; at < sizeof(Event); at += 64) prefetch_line(events + at);
        }
    }

    std::vector<Told> told_;  // a ring, by number
    std::uint64_t begun_ = 1;  // the number that lies at place 0
    std::uint64_t first_ = 0;  // the latest that is forgotten
    std::uint64_t last_ = 0;
    std::size_t events_ = 0;
};

}  // namespace plimsoll::node
