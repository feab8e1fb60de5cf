// Where a liquidation can sell: a venue's own book, books elsewhere that are reached later, pools; what was taken from them comes back in time.
#pragma once

#include "plimsoll/stress/profile.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll::stress {

struct Source {
    std::string name;
    Profile bids{BookSide::bids};
    Profile asks{BookSide::asks};
    double fee = 0;  // share of the price, added to the distance
    std::int64_t delay_ms = 0;  // an order reaches it so long after it was sent: depth elsewhere counts less
    std::int64_t half_life_ms = 60'000;  // in which half of what was taken is there again; 0: it never comes back
};

/// What was taken. Units  as in Profile; `x` the distance of the last unit, fee included.
struct Taken {
    double amount = 0;
    double worth = 0;
    double x = 0;
};

/// All sources of one market. The first is the venue's own book.
class Sources {
public:
    /// Errors  asserted: there is one.
    explicit Sources(std::vector<Source> sources);

    /// Time in which what was taken comes back.
    void pass(std::int64_t ms);
    /// From now on only this share of every source's depth is there. What was taken stays taken.
    void leave(double share);

    /// Takes up to `amount` from a side, at one distance everywhere, from the sources that an order which has waited so long has reached, and nothing
    /// beyond `x_most`.
    Taken take(BookSide side, double amount, std::int64_t waited_ms, double x_most);

    /// Takes the last take() back.
    void undo();

    /// How far the own book has moved, as ln(price / reference): what is taken from the bids pushes it down, what is taken from the asks up.
    double own_offset() const;
    /// Amount within a distance that is there now, in the sources reached within `waited_ms`.
    double within(BookSide side, double x, std::int64_t waited_ms) const;

private:
    struct Held {
        Source source;
        double bids_taken = 0;
        double asks_taken = 0;
        double bids_before = 0;  // the last take()
        double asks_before = 0;
    };
    const Profile& profile(const Held& held, BookSide side) const { return side == BookSide::bids ? held.source.bids : held.source.asks; }
    double taken(const Held& held, BookSide side) const { return side == BookSide::bids ? held.bids_taken : held.asks_taken; }
    double& taken(Held& held, BookSide side) { return side == BookSide::bids ? held.bids_taken : held.asks_taken; }
    double free_within(const Held& held, BookSide side, double x) const;
    void take_from(Held& held, BookSide side, double x, double amount, Taken& all);
    double distance_for(BookSide side, double amount, std::int64_t waited_ms, double x_most) const;

    std::vector<Held> sources_;
    double left_ = 1;
};

}  // namespace plimsoll::stress
