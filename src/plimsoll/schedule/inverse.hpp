// Questions asked backwards: how large, how leveraged, how full a market. Each answer is found on the integer grid and
// proves itself: the value passes and the value plus one unit fails.
#pragma once

#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/solve.hpp"

#include <optional>

namespace plimsoll {

/// A position that grows from nothing in a given market, taking its group and its side of the market with it.
///
/// Units  notional_per_size: notional of one last place of size, > 0. `others` are without the position.
struct Growing {
    Wide notional_per_size = 1;
    bool is_short = false;
    Wide group_others = 0;
    MarketFigures others;

    Exposure exposure(std::int64_t size) const;
    MarketFigures figures(std::int64_t size) const;
    /// The largest size whose notional, group and side stay in the declared domain.
    std::int64_t size_max() const;
};

/// The largest size that `available` carries at `level` and that breaks no hard limit.
///
/// Units   last places of size and of the settle asset.
/// Errors  nothing when not even size 0 passes: a hard limit is broken without the position.
/// Cost    at most 64 evaluations.
std::optional<Solution> largest_size(const CompiledSchedule& schedule, Level level, const Growing& growing, Amount available,
                                     const AccountTerms& account = {});

/// The largest open interest of the position's side at which the exposure pays at most `rate`.
///
/// Units   last places of notional, at most what 63 bits hold.
/// Errors  nothing when the rate is exceeded at an open interest of the position alone, or when the schedule divides by
///         open interest, so that a fuller market asks less.
/// Cost    at most 64 evaluations.
std::optional<Solution> largest_open_interest(const CompiledSchedule& schedule, Level level, const Exposure& exposure,
                                              const MarketFigures& figures, Rate rate, const AccountTerms& account = {});

/// notional / requirement as a count of 10^-9, rounded down; nothing for an empty position.
std::optional<Wide> leverage_that_results(const CompiledSchedule& schedule, Level level, const Exposure& exposure,
                                          const MarketFigures& figures, const AccountTerms& account = {});

/// How much more notional stays in the present row of every table over own or group notional; one unit more enters the
/// next row of one of them. Nothing on the last rows.
std::optional<Wide> notional_to_next_edge(const CompiledSchedule& schedule, Level level, const Exposure& exposure);

}  // namespace plimsoll
