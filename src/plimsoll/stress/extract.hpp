// What an attacker can take out of a market by moving its price: the figure that says whether a schedule and its limits are manipulation-proof.
#pragma once

#include "plimsoll/calibrate/stake.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace plimsoll::stress {

/// A market as an attacker sees it. Units  notionals in the quote currency.
struct Target {
    double depth_per_percent = 0;  // notional that the reference book holds per 1 % of price, evenly by the logarithm of the price
    double push_most = 1;  // how many times its price a push can make the price that grants credit; what clamps and windows leave
    double profit_weight = 1;  // what a gain on paper counts for in a withdrawal
    std::uint32_t accounts_most = 1;  // over which a position may be split; 1 where owners' accounts are charged together
    std::function<double(const calibrate::Stake&)>
        margin;  // initial margin of one account's position, in the quote currency; empty: none is asked
};

/// One way to attack: hold so much, split so, push the price so many times, leave with the gain and the margin lost.
struct Attack {
    double open_interest = 0;
    double push = 1;  // times the price
    bool is_short = false;  // the price is pushed down to 1 / push
    std::uint32_t accounts = 1;
    double gain = 0;  // what the profit weight lets out
    double cost = 0;  // of moving the price through the book
    double margin = 0;  // left behind
    double value() const { return gain - cost - margin; }
};

/// depth * ln r for each per cent: what buying (or selling) through the book costs.
double cost_to_push(const Target& target, double push);

/// The best attack with so much open interest, by its formula: a long gains more the further it pushes, so only no push and the furthest one count.
///
/// Shape  a book that is even by the logarithm of the price.
Attack best_attack(const Target& target, double open_interest);
/// The same by trying pushes and splits one after the other, for books and rules without a formula, and to hold the formula to.
Attack searched_attack(const Target& target, double open_interest, int steps = 400);

/// The open interest from which on an attack pays, found to one part in a million; absent: none up to `most` does.
std::optional<double> safe_open_interest(const Target& target, double most);

/// What the reference bound gives without margin: the least over pushes of cost / (weight (push - 1)).
double manipulation_bound(const Target& target);

}  // namespace plimsoll::stress
