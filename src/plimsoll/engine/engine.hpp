// The engine: commands in, events out. One thread, no clock, no file; the same commands give the same events and the same hashes on
// every machine.
#pragma once

#include "plimsoll/engine/bytes.hpp"
#include "plimsoll/engine/consequences.hpp"
#include "plimsoll/engine/decide.hpp"

#include <span>

namespace plimsoll {

/// What a command's sender is told. The same command id gets the same reply for as long as the engine remembers it.
struct Reply {
    std::uint64_t seq = 0;   // of the command among all that were decided, from 1
    Reject reject;           // code none: accepted
    std::uint64_t made = 0;  // id of the account, order, deposit that the command made; 0 for none, and for account 0
    Hash128 chain;           // of the event stream up to and with this command
    bool repeated = false;   // it had been decided before

    bool accepted() const { return !reject.refused(); }
};

/// How accounts below maintenance are found. All find the same ones: looking through the screen at everyone, and examining
/// everyone exactly, are there to measure the index by and to hold it to.
enum class Examine : std::uint8_t { indexed, screened, everyone };

class Engine {
public:
    explicit Engine(const Limits& limits, Examine examine = Examine::indexed);

    /// Decides a command, writes down what it does and what follows from it.
    ///
    /// A command id that is remembered gives the reply it gave then, and nothing happens; with another body it is refused.
    /// A refused command leaves the state as it was, to the last byte of its hash.
    Reply execute(const Command& command) {
        Reply reply;
        execute(command, reply);
        return reply;
    }
    /// The same, for who says where the reply goes: it is large, and copying it is dear. `reply` comes as Reply{}.
    void execute(const Command& command, Reply& reply);

    /// Of a batch of which the command at `i` comes next: asks memory for what those behind it will look at. Changes nothing.
    ///
    /// Shape  `at(k)` gives the command at k, for k < count.
    template <class At>
    void fetch_ahead(std::size_t i, std::size_t count, At&& at) const {
        // An account says where its positions lie, so it is asked for first.
        if (i + 2 * commands_ahead < count) fetch_account(at(i + 2 * commands_ahead));
        if (i + commands_ahead < count) fetch(at(i + commands_ahead));
    }
    static constexpr std::size_t commands_ahead = 6;

    /// Events of the last command that was decided, in order. Overwritten by the next.
    std::span<const Event> events() const { return events_; }
    /// Hands them over, to who keeps them: they are no longer among events() then. `room` is memory for those of the next command, if any.
    Events take_events(Events room = {}) {
        room.clear();
        return std::exchange(events_, std::move(room));
    }
    const State& state() const { return state_; }
    std::uint64_t seq() const { return seq_; }
    /// Runs over every command's reply and events.
    Hash128 chain() const { return chain_; }
    /// How many accounts the last command examined for a breach.
    std::size_t examined() const { return examined_.size(); }

private:
    friend class EngineImage;  // image.cpp: takes all of it to the disk and back
    /// A reply without its reject, which is the larger part of it and stands apart: most commands are accepted. One line of memory.
    struct alignas(64) Remembered {
        CommandId id;
        Hash128 body;
        std::uint64_t seq : 63 = 0;
        std::uint64_t refused : 1 = 0;
        std::uint64_t made = 0;
        Hash128 chain;
    };
    static_assert(sizeof(Remembered) == 64);
    template <class Body>
    void run(const Command& command, const Body& body, Reply& reply);
    template <class Body>
    Hash128 hash_of(const Body& body);
    template <class Body>
    void carry_out(const Command& command, Reply& reply);
    template <class Body>
    void extend_chain(const Reply& reply);
    void fetch_account(const Command& command) const;
    void fetch(const Command& command) const;
    /// A command id as the window of replies looks for it.
    struct Sought {
        explicit Sought(CommandId id);
        CommandId id;
        std::uint64_t print;  // the upper half of its hash, in the upper half
    };
    std::size_t home_of(std::uint64_t print) const { return print >> 32 & table_mask_; }
    const Remembered* find(const Sought& sought) const;
    Reply recall(const Remembered& remembered, Hash128 body) const;
    void remember(const Sought& sought, Hash128 body, const Reply& reply);
    void keep(std::uint32_t place, const Sought& sought, Hash128 body, const Reply& reply);
    void forget(std::uint32_t place);
    void fetch_ring(std::uint32_t place) const;
    std::uint32_t behind(std::uint32_t place, std::uint32_t further) const;
    void find_examined(bool all);

    State state_;
    Examine examine_;
    Watch watch_;
    NextStep next_step_;
    Events events_;
    Room room_;
    ByteSink sink_;
    std::vector<AccountId> examined_;
    std::uint64_t seq_ = 0;
    Hash128 chain_;
    // The last `replies` commands in the order in which they came, and where each id lies in that ring.
    std::vector<Remembered> ring_;
    std::vector<Reject> rejects_;  // by place in the ring
    std::vector<std::uint64_t> table_;  // open addressing by id; a place in the ring, and above it 32 bits of the id's hash
    std::size_t table_mask_ = 0;
    std::uint64_t remembered_ = 0;
    std::uint32_t next_place_ = 0;  // in the ring, of the command that comes next
};

/// Laws that hold after every command: money and open interest are conserved, sums agree with what they sum, nothing is below zero
/// that may not be. Empty when they hold, else the first that does not.
std::string check_invariants(const State& state);

}  // namespace plimsoll
