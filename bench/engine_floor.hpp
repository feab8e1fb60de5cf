// What a pre-trade check cannot do without, over the bytes that the engine itself reads and writes: the id is looked up, the account's
// four positions are loaded and multiplied out with the order in place, the order's place is written and taken back, the reply is
// remembered, and both commands and their events are hashed. It is told outside the clock which bracket holds each exposure and that
// everything is ordinary, so it decides nothing; that it comes to the engine's own requirement shows that nothing was left out.
#pragma once

#include "engine_venue.hpp"
#include "workload.hpp"

#include "plimsoll/money/limb_line.hpp"
#include "plimsoll/money/limb_reciprocal.hpp"

namespace plimsoll::bench {

struct CheckAnswer {
    std::int64_t required = 0, available = 0;
    friend bool operator==(const CheckAnswer&, const CheckAnswer&) = default;
};

class CheckFloor {
public:
    CheckFloor(const EngineVenue& venue, std::span<const command::PlaceOrder> orders);
    /// Places and cancels every order once.
    void run();
    std::span<const CheckAnswer> answers() const { return answers_; }

private:
    struct Market {
        std::int64_t mark;
        LimbScale grid;
        Reciprocal63 settle;
        std::int64_t widen;
        std::array<LimbLine, venue_brackets> rows;
    };
    struct Known {
        std::uint8_t rows[4];
        std::uint8_t with_order;
        std::uint8_t place;
    };
    struct Account {
        AccountRecord record;
        HeldPosition positions[4];
        Balance balances[2];
    };
    struct Remembered {
        std::uint64_t id[2];
        Hash128 body;
        std::uint64_t seq, made;
        Hash128 chain;
    };
    CheckAnswer check(const Account& account, const command::PlaceOrder& order, const Known& known) const;
    void look_up(std::uint64_t id, Hash128 body, std::uint64_t made);
    Hash128 hash_of(const void* bytes, std::size_t size);

    std::vector<Market> markets_;
    LimbSlope profit_;
    std::vector<Account> accounts_;
    std::vector<command::PlaceOrder> orders_;
    std::vector<Known> known_;
    std::vector<CheckAnswer> answers_;
    std::vector<Order> slots_;
    std::vector<OrderSums> sums_;
    std::vector<std::uint32_t> table_;
    std::vector<Remembered> ring_;
    std::uint64_t ids_ = 0;
    Hash128 chain_;
};

}  // namespace plimsoll::bench
