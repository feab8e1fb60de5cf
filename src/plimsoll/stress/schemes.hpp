// The margin schemes that incidents are asked about, built as the product's own schedules.
#pragma once

#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/stress/incident.hpp"

namespace plimsoll::stress {

inline constexpr Scales figure_scales{figure_digits, 0, figure_digits};

/// An amount or notional of an incident: a count of 10^-figure_digits.
Wide figure(const Decimal& value);

Fraction rate_of(const Decimal& value);

Schedule flat_scheme(const Decimal& rate);
/// A leverage table: initial at the row's leverage, maintenance at its rate, nothing admitted above the last cap.
Schedule table_scheme(const std::vector<TableRow>& rows, Application application, Subject subject);
/// Open interest between two caps lifts the base toward 100 %; an upper cap of 0 switches that off.
Schedule open_interest_scheme(const OpenInterestSet& set);
/// base + slope * notional / depth.
Schedule depth_scheme(const Decimal& base, const Decimal& slope);
/// What size and market ask together: the terms of both, the larger counts, and the caps of both hold.
Schedule larger_of(const Schedule& a, const Schedule& b);

/// Compiled on figure_scales; the schemes here are well-formed by construction, so a failure is a broken invariant.
CompiledSchedule compiled(const Schedule& schedule);

/// One account's exposure of a notional in a market whose sides stand at `open_interest`.
Exposure exposure_of(Wide notional, Wide group_notional, bool is_short);
MarketFigures figures_of(Wide open_interest, Wide depth);

/// Whether a position of this notional is within the caps and its initial margin within `equity`.
bool admits(const CompiledSchedule& schedule, const Exposure& exposure, const MarketFigures& figures, Wide equity);

/// The profit (negative: loss) of a notional whose price went from `from` to `to`; exact, rounded down at the last place.
Wide profit(Wide notional, bool is_short, const Decimal& from, const Decimal& to);

}  // namespace plimsoll::stress
