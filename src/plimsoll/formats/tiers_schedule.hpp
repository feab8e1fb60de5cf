// Between tier tables and schedules: what a venue publishes becomes a composition of the algebra, and back.
#pragma once

#include "plimsoll/formats/tiers.hpp"
#include "plimsoll/schedule/schedule.hpp"

namespace plimsoll::formats {

/// How the maintenance rates of a table apply. Most tables do not say; by_source takes marginal, but whole for gapped
/// tables (OKX charges the entire position the rate of its tier).
enum class MaintenanceRule : std::uint8_t { by_source, marginal, whole };

/// A table as a schedule: initial on the entire position at the tier's leverage or rate, maintenance as the rule says, the
/// last bound as position cap where bounds are notionals, a chosen leverage ending at the last tier that offers it.
///
/// Errors  a sentence naming the tier whose figures the algebra cannot hold.
Result<Schedule> schedule_of(const TierTable& table, MaintenanceRule rule = MaintenanceRule::by_source);

/// Open-interest scaling as a schedule: the initial rate lifted between the two caps, maintenance a fraction of the base.
Result<Schedule> schedule_of(const LiquidityTier& tier);

/// The way back, for schedules of the shape that schedule_of gives: one initial table and one maintenance table over the
/// same bounds. `symbol` and `currency` go into the table.
///
/// Errors  a sentence saying which part of the schedule no tier table can say.
Result<TierTable> table_of(const Schedule& schedule, const std::string& symbol, const std::string& currency);

}  // namespace plimsoll::formats
