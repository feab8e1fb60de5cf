// How an account below maintenance is brought back: the smallest set of reductions that lifts its health to the close-out level.
// Pure: it looks at an account and says what to sell; orders, time and money are the engine's.
#pragma once

#include "plimsoll/risk/health.hpp"

#include <optional>
#include <span>
#include <vector>

namespace plimsoll {

/// What closing a position costs and how much of it may be closed now.
struct Closing {
    Rate fee;               // of the notional closed, charged in the settle asset
    Size size_most;         // pacing: at most so much in this interval, a multiple of the lot; 0: nothing may be closed now
    friend bool operator==(const Closing&, const Closing&) = default;
};

/// Close `size` > 0 of the position at this place among the account's positions.
struct Reduction {
    std::size_t position = 0;
    Size size;
    friend bool operator==(const Reduction&, const Reduction&) = default;
};

/// A position that may be closed, with what planning looks at.
struct PlanCandidate {
    std::size_t position = 0;
    Size held;            // |size|
    Size most;            // of it, now
    Size planned;         // so far
    Rate fee;
    Wide notional = 0;    // at the mark
    Wide worth = 0;       // the same in the numeraire
    Amount requirement;   // at the close-out level, settle asset
    int digits = 0;       // of the notional beyond the settle asset's

    Size left() const { return most - planned; }
};

/// Room for what a plan works on, kept by the caller so that planning allocates nothing once it has grown.
struct PlanRoom {
    std::vector<Position> positions;
    std::vector<Balance> balances;
    std::vector<GroupSize> group;
    std::vector<PlanCandidate> order;
};

/// What is left of the account after closing `size` of a position at the market's mark and paying the fee: the cost of what
/// remains keeps its share (rounded as remaining_cost()), profit or loss and fee go to the settle balance, or to the isolated
/// position's own collateral. `positions` and `balances` are changed in place; a balance of the settle asset is appended when there
/// is none. A position that is wholly closed keeps its place with size and cost 0; open orders stay.
///
/// Rounding  profit or loss down, fee up, each once.
/// Errors    0 < size <= |size held|, 0 <= fee <= rate_max, and that the balance still fits an amount, are asserted.
/// Source    spec/LIQ-001.
void close_at_mark(const RiskContext& context, std::vector<Position>& positions, std::vector<Balance>& balances, std::size_t position,
                   Size size, Rate fee);

/// Plans the reductions of the cross positions (isolated: of that one position) that bring health at the close-out level to 0 or
/// above, were they closed at the mark and their fees paid.
///
/// Order     by relief per expected cost: the effective close-out rate of the position over its fee rate, largest first (a fee of 0
///           before any other), then by larger notional, then by place. Positions of size 0 and those with size_most 0 are skipped.
/// Size      of each in turn the least multiple of the lot that suffices, or all of it (what is left over the last lot too), and
///           at most size_most. What a tier's edge relieves counts: the least size that suffices is often the one that steps a tier down.
/// Result    `out` is replaced. Empty: health is not below 0 at the close-out level, or nothing may be closed now. When everything
///           that may be closed does not suffice, all of it is planned.
/// Waiting   what brings no relief even wholly closed (one leg of a pair, a fee above what is required) waits until all others
///           are planned. Both legs of a pair whose larger leg is charged come down together, the smaller from where they are equal.
/// Law       with all size_most at least the sizes: after the plan health >= 0 or nothing is left; and a plan with its last
///           reduction one lot smaller does not suffice. Of a single position no smaller size suffices by more than the
///           roundings of profit, fee and requirement, even where the fee takes more than the last lots relieve.
/// Held      the market's figures: somebody takes the other side. The owner's group is smaller by what is closed.
/// Errors    a closing for each position (plan_cross), fees between 0 and rate_max: asserted.
/// Cost      per candidate a few evaluations of health for each stretch of sizes without a jump of the requirement, and two per
///           bit of the size on the one that suffices.
/// Open orders of the account play no part (the close-out level does not look at them).
/// Source    spec/LIQ-002, LIQ-003, LIQ-004.
void plan_cross(const RiskContext& context, const AccountView& account, std::span<const Closing> closings, PlanRoom& room,
                std::vector<Reduction>& out);
void plan_isolated(const RiskContext& context, const AccountView& account, std::size_t position, const Closing& closing, PlanRoom& room,
                   std::vector<Reduction>& out);

/// The cost that stays with a position of `size` (signed) when `closed` > 0 of it is closed: cost * (1 - closed / |size|), rounded
/// away from zero, so that the part that is taken out is rounded toward zero. All of it closed: 0.
Wide remaining_cost(Wide cost, Size size, Size closed);

/// How much of a market may be liquidated in one interval: a share of its measured depth (settle asset, one side) at this mark,
/// down to a lot but at least one lot. Nothing measured (depth 0) or no share given: everything (size_max).
Size paced_size(const MarketView& market, std::optional<Rate> depth_share);

/// What the account would owe beyond its equity if every position of it (cross part) moved by `stress` against it:
/// max(0, sum of ceil(|notional| * stress) in the numeraire at the asset's mark - equity). Used to order the queue, to measure the
/// reserve and to hold the backstop to its budget. Numeraire, rounded up.
Wide stressed_loss(const RiskContext& context, const AccountView& account, Rate stress);
/// Of one isolated position against its own collateral; settle asset.
Wide stressed_loss_isolated(const RiskContext& context, const AccountView& account, std::size_t position, Rate stress);

}  // namespace plimsoll
