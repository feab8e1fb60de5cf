// What stands between a reported price and the prices the engine believes. A reported mark is held to a band around the index,
// and what is left may move only so fast: one speed for the price that grants credit, another for the price that liquidates.
// What a market may do in each state of its guard is a table.
#pragma once

#include "plimsoll/money/count.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace plimsoll {

/// The worst that holds is the state, in the order of the enumeration.
enum class GuardState : std::uint8_t {
    normal,
    clamped,  // the band or a velocity holds a guarded price away from the reported one
    stale,    // no mark yet, none for `mark_stale_ms`, or too few fresh sources for an index
    halted,   // by command, until a command ends it
};
inline constexpr int guard_states_count = 4;

enum class GuardedAction : std::uint8_t { open, reduce, withdraw, liquidate };
inline constexpr int guarded_actions_count = 4;

/// Which actions are allowed in which state. Reducing always is: validation refuses a table that forbids it.
struct GuardActions {
    std::array<std::array<bool, guarded_actions_count>, guard_states_count> allowed{{
        {true, true, true, true},    // normal
        {true, true, false, true},   // clamped: nothing leaves on a price that is not believed
        {false, true, false, true},  // stale: a dead feed shields nobody from a breach that stands
        {false, true, false, false}, // halted
    }};
    constexpr bool allows(GuardState state, GuardedAction action) const {
        return allowed[static_cast<std::size_t>(state)][static_cast<std::size_t>(action)];
    }
    friend bool operator==(const GuardActions&, const GuardActions&) = default;
};

/// Within one interval a price stays within anchor * (1 - rate) and anchor * (1 + rate), where the anchor is the guarded price
/// with which the interval began. rate > 0, interval_ms > 0.
struct Velocity {
    Rate rate;
    std::uint64_t interval_ms = 0;
    friend bool operator==(const Velocity&, const Velocity&) = default;
};

/// How a measured figure (depth, volume, volatility) may enter: held to [floor, cap], and within one interval to
/// anchor * (1 - rate) and anchor * (1 + rate). Figures are 64-bit counts of whatever they measure.
struct Slew {
    std::int64_t floor = 0;
    std::optional<std::int64_t> cap;
    std::optional<Velocity> velocity;
    friend bool operator==(const Slew&, const Slew&) = default;
};

/// Absent means that the check is not made; a zero in its place is refused when the set is loaded.
struct GuardParams {
    std::uint32_t sources_min = 1;                 // fewest fresh sources that make an index
    std::optional<Rate> outlier_max;               // a source further than this share from the median is left out
    std::optional<std::uint64_t> source_stale_ms;  // older sources are left out
    std::optional<Rate> mark_band;                 // how far, as a share of the index, a mark may lie from it
    bool index_required = false;                   // without a fresh index the market is stale
    std::optional<std::uint64_t> mark_stale_ms;
    std::optional<Velocity> credit;
    std::optional<Velocity> liquidation;
    Slew depth;
    Slew daily_volume;
    Slew volatility;
    GuardActions actions;
    friend bool operator==(const GuardParams&, const GuardParams&) = default;
};

inline constexpr std::size_t sources_most = 16;

struct SourcePrice {
    std::uint32_t source = 0;  // named at the edge
    Price price;
    std::uint64_t time_ms = 0;
    friend bool operator==(const SourcePrice&, const SourcePrice&) = default;
};

/// A figure under a velocity.
struct Paced {
    std::int64_t value = 0;
    std::int64_t anchor = 0;
    std::uint64_t anchor_ms = 0;
    bool set = false;
    friend bool operator==(const Paced&, const Paced&) = default;
};

/// What a market's guard remembers. Everything in it was brought by commands.
struct Guard {
    Price reported;               // the last mark as it came
    std::uint64_t reported_ms = 0;
    bool reported_set = false;
    Price index;                  // median of the fresh sources that are no outliers; 0: none
    std::uint64_t index_ms = 0;   // the oldest time among the sources it was made of
    Paced credit;                 // the price for initial margin and withdrawals
    Paced liquidation;            // the price for maintenance and liquidation
    Paced depth;
    Paced daily_volume;
    Paced volatility;
    bool halted = false;
    GuardState state = GuardState::stale;
    friend bool operator==(const Guard&, const Guard&) = default;
};

/// The index of several sources: the median of those that are fresh at `now_ms`, then of those no further than outlier_max from
/// that median (of an even number the lower middle one, so that it is a price that somebody reported). Absent with fewer than
/// sources_min.
struct IndexAnswer {
    Price index;
    std::uint64_t oldest_ms = 0;
    std::uint32_t used = 0;
};
std::optional<IndexAnswer> index_of(const GuardParams& params, std::span<const SourcePrice> sources, std::uint64_t now_ms);

/// A value let toward `wanted` as far as the velocity allows at `now_ms`; without one, all the way. The first value is taken as
/// it is. When the interval that began at the anchor has passed, the present value becomes the anchor.
///
/// Rounding  the bounds are rounded toward the anchor.
/// Errors    now_ms before anchor_ms counts as the same interval.
Paced paced_toward(const Paced& now, const std::optional<Velocity>& velocity, std::int64_t wanted, std::uint64_t now_ms);
/// The same for a measured figure, held to floor and cap first. The floor and cap win over the velocity.
Paced measured(const Paced& now, const Slew& slew, std::int64_t wanted, std::uint64_t now_ms);

/// A new mark, a new index or only time: the guard as it stands afterwards. `reported` absent: no new mark.
Guard advance(const GuardParams& params, const Guard& guard, std::optional<Price> reported, std::uint64_t now_ms);

/// Why the params are refused; empty when they are fine: a zero where a limit should be, a rate of 100 % or more in a band or
/// velocity going down to 0, a table that forbids reducing, a cap below its floor.
std::string_view guard_fault(const GuardParams& params);

}  // namespace plimsoll
