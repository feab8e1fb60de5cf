// At which price: liquidation and bankruptcy price of one market, everything else held.
#pragma once

#include "plimsoll/risk/health.hpp"

#include <optional>

namespace plimsoll {

enum class PriceMove : std::uint8_t { down, up };

/// Where the account stops passing as one market's mark moves. `last_safe` passes, `first_breach`, one unit of the price's
/// last place further, fails.
struct PriceAnswer {
    Price last_safe;
    Price first_breach;
    bool breached_now = false;  // it fails at the present mark already; both are the present mark
    int evaluations = 0;        // of the account's health
};

/// The first price, moving from the present mark, at which maintenance health falls below zero; an absent answer is the
/// state "none": no price up to the end of the domain liquidates. That end is 0 or price_max, or downward for an inverse
/// contract the price at which the position outgrows an amount.
///
/// Units     the market's price digits.
/// Shape     the tier is the one at the solution. Where a whole-position rate, a cap or a saturated ramp lets the
///           requirement jump or bend, the path is cut there and each part searched on its own, nearest to the mark first.
///           No price before the first breach falls short by more than the roundings of one answer (a unit per position
///           and asset): where one step of the price moves less than a unit of money, health may touch zero and return.
/// Cost      two evaluations and one per bit of the path without such cuts; up to two more for each cut that the
///           requirement at the near and the collateral at the far end of its part do not rule out.
/// Held      all other markets, the prices of assets, and the sizes of open interest. Collateral in the coin of the
///           market keeps its value: the mark alone moves.
/// Source    spec/RISK-005.
std::optional<PriceAnswer> liquidation_price(const RiskContext& context, const AccountView& account, std::size_t position, PriceMove move);

/// Moving against the position: against the net of both legs for a cross pair, and when they net to nothing, whichever way
/// the line is nearer.
std::optional<PriceAnswer> liquidation_price(const RiskContext& context, const AccountView& account, std::size_t position);

/// The same for equity without requirements: beyond it the account's losses exceed what it holds. It moves against the
/// position; a net of nothing has no bankruptcy price.
std::optional<PriceAnswer> bankruptcy_price(const RiskContext& context, const AccountView& account, std::size_t position);

}  // namespace plimsoll
