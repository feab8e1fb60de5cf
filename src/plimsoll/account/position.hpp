// What an account holds: balances, positions, and its open orders as sums per side.
#pragma once

#include "plimsoll/base/id.hpp"
#include "plimsoll/money/count.hpp"

#include <span>
#include <type_traits>
#include <vector>

namespace plimsoll {

struct Balance {
    AssetId asset;
    Amount amount;  // negative: a liability

    friend bool operator==(const Balance&, const Balance&) = default;
};

enum class Leg : std::uint8_t { net, long_leg, short_leg };  // one-way mode holds one net leg, hedge mode up to two
enum class MarginMode : std::uint8_t { cross, isolated };

/// One position with the open orders of its market and leg. A market is held in one mode, and either as one net leg or as
/// a long leg with, right behind it, a short one. Laid out for the hot path: what one requirement reads of an
/// account lies in consecutive cache lines.
///
/// Units  size signed, at the market's size digits; costs exact, 10^-notional_digits, >= 0 for orders; the entry cost is
///        signed like the size (what was paid for a long, received for a short).
struct Position {
    MarketId market;
    Leg leg = Leg::net;
    MarginMode mode = MarginMode::cross;
    std::uint32_t leverage_hundredths = 0;  // chosen leverage times 100; 0: none chosen
    Size size;
    Amount isolated_collateral;  // settle asset; isolated only
    Wide cost = 0;
    Size buys;   // open orders, >= 0
    Size sells;
    Wide buy_cost = 0;   // sum of order size * limit price, as a notional
    Wide sell_cost = 0;

    friend bool operator==(const Position&, const Position&) = default;
};
static_assert(std::is_trivially_copyable_v<Position> && sizeof(Position) == 96);

/// Overrides of one account in one market; 0 means that none is named there.
struct PositionTerms {
    Rate multiplier;
    Rate initial_floor;

    friend bool operator==(const PositionTerms&, const PositionTerms&) = default;
};

/// What one owner's accounts hold together in a market, this account's position included.
struct GroupSize {
    Size long_size;
    Size short_size;
};

/// The inputs of every account question, without owning them.
struct AccountView {
    std::span<const Balance> balances;
    std::span<const Position> positions;
    std::span<const GroupSize> group;  // by market index; empty: the account is its own group
    std::span<const PositionTerms> terms;  // by market index; empty: none
    PositionTerms everywhere;              // overrides of the account in every market
};

struct Account {
    std::vector<Balance> balances;
    std::vector<Position> positions;
    std::vector<PositionTerms> terms;  // by market index; empty: none
    PositionTerms everywhere;

    AccountView view() const { return {balances, positions, {}, terms, everywhere}; }
};

}  // namespace plimsoll
