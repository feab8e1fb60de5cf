// The reference checks of an incident, computed with the product's own schedules, caps and collateral weights.
#pragma once

#include "plimsoll/stress/incident.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll::stress {

enum class CheckStatus : std::uint8_t { passed, failed, not_covered };

struct CheckField {
    std::string name;
    std::string expected;
    std::string got;
    bool same = false;
};

struct CheckOutcome {
    CheckStatus status = CheckStatus::not_covered;
    std::string schedule;
    std::vector<CheckField> fields;
    std::string reason;  // why it is not covered, or what in the check could not be read
};

/// One outcome for each check, in order; none is skipped.
///
/// Rounding  a computed figure is brought to the last place that the file prints: requirements and losses up, sizes and
///           collateral values as their rule states.
std::vector<CheckOutcome> run_checks(const Incident& incident, const Reference& reference);

/// What may be borrowed against pledged collateral: its value by a weight that is flat, and by one that falls with size.
/// Absent: the incident has no check about that.
struct Borrowable {
    std::optional<Wide> flat;
    std::optional<Wide> scaled;
};
Borrowable borrowable(const Incident& incident, const Reference& reference);

}  // namespace plimsoll::stress
