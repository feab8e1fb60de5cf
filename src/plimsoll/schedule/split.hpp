// What many accounts save: per-account scaling is evaded by splitting a position, so the saving is a figure of a schedule.
#pragma once

#include "plimsoll/schedule/inverse.hpp"

#include <vector>

namespace plimsoll {

inline constexpr int split_accounts_max = 1000;

/// `accounts` of the split hold `size` each.
struct SplitPart {
    std::int64_t size = 0;
    int accounts = 0;
    friend bool operator==(const SplitPart&, const SplitPart&) = default;
};

/// Units  one and split: the guard grid, before rounding; one / split is the gain.
struct SplitGain {
    Wide one = 0;                   // the requirement of one account
    Wide split = 0;                 // the cheapest requirement found over at most n accounts
    std::vector<SplitPart> parts;   // the split that asks it; sizes add up to the whole
    bool exhaustive = false;        // every number of accounts at the end of every row was tried
};

/// The requirement of one account against the cheapest over at most `accounts` accounts of one owner, who together are the
/// same group and the same share of the market.
///
/// Shape   never less than 1: one account is among the splits. 1 when only the group's or the market's size counts.
/// Method  Over one row a marginal or smooth requirement is convex, so accounts in it are best equal; over one row a whole
///         table is a straight line through zero, so size can be moved between two accounts in it at no cost until one
///         stands at an end: all but one account stand at ends. So the splits tried are every number of accounts at the
///         end of every row with the rest equal or in one account (`exhaustive`); where those are over 100,000, only
///         those with at most two different rows. Exhaustive is the cheapest for a single table or convex curve, but for
///         the one unit of the guard grid that each account may round; else it is a split that exists, and the true gain
///         is at least the answer.
/// Errors  accounts in [1, split_accounts_max] and size in [0, growing.size_max()] are asserted.
SplitGain split_gain(const CompiledSchedule& schedule, Level level, const Growing& growing, std::int64_t size, int accounts);

}  // namespace plimsoll
