// Who pays, exact to the unit: how a liquidation fee is split, in which order winners are deleveraged, how a loss is shared.
#pragma once

#include "plimsoll/base/id.hpp"
#include "plimsoll/money/count.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll {

struct FeeSplit {
    Amount fund;
    Amount liquidator;
    Amount venue;  // what is left
    friend bool operator==(const FeeSplit&, const FeeSplit&) = default;
};

/// Shares between 0 and 1 that together are at most 1 (asserted). fund + liquidator + venue == fee, each >= 0.
/// Rounding  fund and liquidator down; the venue takes the rest.
FeeSplit split_fee(Amount fee, Rate fund_share, Rate liquidator_share);

/// An account on the winning side of a market in which a bankrupt position has to be closed.
///
/// Units  profit: unrealised, notional units, > 0 for a winner; notional: of the position at the mark; equity: what stands behind it,
///        brought to the same units by the caller, at least 1.
struct Winner {
    AccountId account;
    std::uint32_t position = 0;  // its place among the account's positions
    Size size;                   // of the position, > 0
    Wide profit = 0;
    Wide cost = 0;               // |cost|, > 0 where there is a profit; one that was rounded to 0 counts as 1
    Wide notional = 0;
    Wide equity = 1;
    friend bool operator==(const Winner&, const Winner&) = default;
};

/// Sorts by profit share times leverage, (profit / cost) * (notional / equity), largest first; equal ones by account, then by
/// position. Those without a profit come behind all that have one, by leverage (notional / equity), then by account.
/// Exact: compared as fractions, in as many bits as that takes. Sorts in place and allocates nothing.
void rank_winners(std::span<Winner> winners);
/// Whether `a` comes before `b` in that order.
bool ranks_before(const Winner& a, const Winner& b);

/// Divides a loss over what each can bear: charges in proportion to `bearable` (each >= 0), none above what it bears, and
/// sum == min(loss, sum of bearable). `charges` has the size of `bearable` and is overwritten.
///
/// Rounding  each share down; the units that are then missing are charged one each to the first accounts that still can bear one.
void share_loss(Amount loss, std::span<const Amount> bearable, std::span<Amount> charges);

}  // namespace plimsoll
