// At which price: liquidation and bankruptcy price of one market, everything else held.
#pragma once

#include "plimsoll/risk/health.hpp"

#include <optional>

namespace plimsoll {

/// Where the account stops passing as one market's mark moves against it. `last_safe` passes, `first_breach`, one unit of
/// the price's last place further, fails.
struct PriceAnswer {
    Price last_safe;
    Price first_breach;
    bool breached_now = false;  // it fails at the present mark already; both are the present mark
    int evaluations = 0;
};

/// The first price, moving from the present mark against the position, at which maintenance health falls below zero; an
/// absent answer is the state "none": no price from 0 to price_max liquidates.
///
/// Units     the market's price digits.
/// Shape     the tier is the one at the solution. A whole-position table lowers the requirement as the notional falls
///           through an edge, so each of its slices is searched on its own, nearest to the mark first.
/// Source    spec/RISK-005.
std::optional<PriceAnswer> liquidation_price(const RiskContext& context, const AccountView& account, std::size_t position);

/// The same for equity without requirements: beyond it the account's losses exceed what it holds.
std::optional<PriceAnswer> bankruptcy_price(const RiskContext& context, const AccountView& account, std::size_t position);

}  // namespace plimsoll
