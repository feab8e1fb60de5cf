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
    stale,    // no mark yet, none for longer than `mark_stale_ms`, or no fresh index where one is required
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
/// with which the interval began; one last place is always allowed. 0 < rate < 1, interval_ms > 0.
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
    std::uint32_t sources_min = 1;                 // fewest fresh sources that agree with an index
    std::optional<Rate> outlier_max;               // a source further than this share from the median does not agree
    std::optional<std::uint64_t> source_stale_ms;  // older sources are left out; an older index is none
    std::optional<Rate> mark_band;                 // how far, as a share of the index, a mark may lie from it; no index: no band
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
    std::uint64_t time_ms = 0;    // the latest time it was advanced to; an earlier one counts as this
    Price index;                  // of an IndexAnswer; 0: none
    std::uint64_t index_ms = 0;   // its oldest_ms
    Paced credit;                 // the price for initial margin and withdrawals
    Paced liquidation;            // the price for maintenance and liquidation
    Paced depth;
    Paced daily_volume;
    Paced volatility;
    bool halted = false;
    GuardState state = GuardState::stale;
    friend bool operator==(const Guard&, const Guard&) = default;
};

/// The index of several sources: the median of those that are fresh at `now_ms` (of an even number the lower middle one, so that it
/// is a price that somebody reported). Absent when fewer than sources_min of them lie within outlier_max of it.
///
/// Shape   while fewer than half of the fresh sources are wrong, however wrong they are, the index lies within the range of the
///         others. A second median, over what is left without the outliers, would not: where the right ones differ, their extremes
///         are outliers too, and what is left of the wrong ones may be half.
/// Errors  a price of 0 or below is none and is left out. Fresh is within source_stale_ms of now_ms on either side, so a source
///         whose clock runs far ahead does not stay fresh for ever. At most sources_most are asserted, and each source once.
struct IndexAnswer {
    Price index;
    std::uint64_t oldest_ms = 0;  // the oldest time among the sources that agree, at most now_ms
    std::uint32_t used = 0;       // how many agree: fresh and within outlier_max
};
std::optional<IndexAnswer> index_of(const GuardParams& params, std::span<const SourcePrice> sources, std::uint64_t now_ms);

/// A value let toward `wanted` as far as the velocity allows at `now_ms`; without one, all the way. The first value is taken as
/// it is. When the interval that began at the anchor has passed, the present value becomes the anchor and a new interval begins.
///
/// Shape     the result lies between the present value and `wanted`, so a constant `wanted` is reached and kept. A velocity that was
///           lowered within an interval pushes nothing back. Two intervals may meet: any span of interval_ms sees at most two bands.
/// Rounding  the bounds are rounded toward the anchor, but lie at least one last place from it: otherwise a value too small for its
///           rate (3 at 10 %, or 0) would stand still for ever.
/// Errors    now_ms before anchor_ms counts as the same interval, and never sets anchor_ms back.
Paced paced_toward(const Paced& now, const std::optional<Velocity>& velocity, std::int64_t wanted, std::uint64_t now_ms);
/// The same for a measured figure, held to floor and cap first. The floor and cap win over the velocity.
Paced measured(const Paced& now, const Slew& slew, std::int64_t wanted, std::uint64_t now_ms);

/// A new mark, a new index (the caller has put it into `guard`) or only time: the guard as it stands afterwards. `reported` absent:
/// no new mark.
///
/// 1. A reported mark replaces `reported` and `reported_ms`, in every state.
/// 2. Halted when `guard.halted`. Else stale without a mark, with one older than mark_stale_ms, or without a fresh index where it is
///    required. In both the guarded prices and their anchors stay where they are.
/// 3. Else both guarded prices follow the wanted price, each under its own velocity. Wanted is the reported mark, held to
///    index * (1 - mark_band) and index * (1 + mark_band) when there is a band and a fresh index. An index is fresh within
///    source_stale_ms of now.
/// 4. Clamped when one of them differs from the reported mark afterwards, else normal.
///
/// Time alone lets a clamped price go on toward the last reported mark as intervals pass.
///
/// Rounding  the band is rounded toward the index, the velocities as in paced_toward.
/// Errors    a time before `guard.time_ms` counts as that time, so one that runs backwards never makes anything fresh or wide again.
///           reported >= 0 is asserted.
Guard advance(const GuardParams& params, const Guard& guard, std::optional<Price> reported, std::uint64_t now_ms);

/// Why the params are refused; empty when they are fine: a zero where a limit should be, a rate of 100 % or more in a band or
/// velocity (it would go down to 0), more sources demanded than there can be, a cap below its floor, a floor below 0, a table that
/// forbids reducing. The first of them in the order of the fields.
std::string_view guard_fault(const GuardParams& params);

}  // namespace plimsoll
