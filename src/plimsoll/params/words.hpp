// The words that parameter files, findings and differences use for each kind: one table per enumeration, in its order.
#pragma once

#include "plimsoll/market/instrument.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace plimsoll::words {

using Table = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, levels_count> levels{"initial", "maintenance", "closeout"};
inline constexpr std::array<std::string_view, 4> subjects{"own-size", "own-notional", "group-notional", "side-open-interest"};
inline constexpr std::array<std::string_view, 4> pers{"", "depth", "daily-volume", "side-open-interest"};
inline constexpr std::array<std::string_view, 7> curves{"flat", "linear", "steps", "brackets", "root", "power-four-fifths", "knots"};
inline constexpr std::array<std::string_view, 2> applications{"marginal", "whole"};
inline constexpr std::array<std::string_view, 2> edges{"lower", "upper"};
inline constexpr std::array<std::string_view, 5> inputs{"open-interest", "side-open-interest", "skew", "volatility", "reserve-ratio"};
inline constexpr std::array<std::string_view, 2> effects{"lift", "multiply"};
inline constexpr std::array<std::string_view, 2> combines{"max", "sum"};
inline constexpr std::array<std::string_view, 3> contracts{"linear", "inverse", "quanto"};
inline constexpr std::array<std::string_view, 3> open_orders{"worst-side", "gross-per-side", "each-alone"};
inline constexpr std::array<std::string_view, guard_states_count> guard_states{"normal", "clamped", "stale", "halted"};
inline constexpr std::array<std::string_view, guarded_actions_count> guarded_actions{"open", "reduce", "withdraw", "liquidate"};
inline constexpr std::array<std::string_view, 2> hedges{"sum-of-legs", "larger-leg"};

constexpr std::string_view of(Level value) { return levels[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(CurveKind value) { return curves[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(Application value) { return applications[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(EdgeRule value) { return edges[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(ModulatorInput value) { return inputs[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(ModulatorEffect value) { return effects[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(Combine value) { return combines[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(ContractKind value) { return contracts[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(OpenOrderPolicy value) { return open_orders[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(GuardState value) { return guard_states[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(GuardedAction value) { return guarded_actions[static_cast<std::size_t>(value)]; }
constexpr std::string_view of(HedgeRule value) { return hedges[static_cast<std::size_t>(value)]; }

/// "own-notional / depth".
std::string of(const Axis& axis);
/// The axis of such a text; spaces around the stroke are free.
std::optional<Axis> axis_from(std::string_view text);
/// Every text that axis_from() takes, for messages.
std::string axis_list();

}  // namespace plimsoll::words
