// What the rules of a set may say: how deposits wait, what trades and liquidations cost, how prices are guarded and accounts liquidated.
#pragma once

#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/schedule/compiled.hpp"

namespace plimsoll {

/// Figures outside their domain, each an error. Arithmetic relies on every one of them, so validate() and the engine's own loading
/// both ask this.
Findings rule_faults(const ParameterSet& set);

/// The least requirement per notional of what can be held in the market, counted in 10^-9 and rounded down.
///
/// Shape   over every probe of the schedule in a calm market, long and short, with the market's multiplier, from one lot at the lowest
///         price to size_max at the highest, and where a least margin ends: overrides, chosen leverages and strained markets only
///         raise it.
/// Errors  an instrument outside its domain, or a multiplier outside 1 to 100, was refused earlier.
/// Source  spec/PARAM-015
Rate least_rate(const CompiledSchedule& schedule, Level level, const MarketParams& market);

/// Whether an account at its maintenance line can pay for its own liquidation: an error when the fee is not below the least rate of
/// maintenance. Close-out asks no less than maintenance in a set that loads, so what a close frees is above the fee there too.
Findings fee_faults(const CompiledSchedule& schedule, const MarketParams& market);

}  // namespace plimsoll
