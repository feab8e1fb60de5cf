// Incidents in which a price was moved, as attacks to be searched: what could be taken under the venue's rules, under scaling alone, and under the controls that
// their files require.
#pragma once

#include "plimsoll/stress/attack.hpp"
#include "plimsoll/stress/incident.hpp"

#include <string>
#include <vector>

namespace plimsoll::stress {

/// Units  quote currency.
struct AttackRow {
    std::string control;  // "controls off", "scaling", a name of required_controls, "all together"
    std::string how;
    double open_interest = 0;  // of the attackers: what their money opens under the rules
    AttackPlan plan;
};

struct IncidentAttack {
    std::vector<AttackRow> rows;  // empty: this incident moved no price, or lacks figures: `why_none`
    std::string verdict;  // by the figures: "stopped", "bounded" or "not_by_scaling"
    std::vector<std::string> assumptions;
    std::string why_none;
};

/// `depth_times` of the depth that the file gives or that is assumed, to see what hangs on it.
///
/// Shape  the rule of the reference checks: a book even by notional, nothing fetched for what was bought (AVAX, where it was: all of it), the margin as posted. The verdict is
///        "stopped" when scaling leaves nothing, "not_by_scaling" when the gain it leaves is what the file says was lost (where nothing was: what
///        could be gained before), else "bounded".
IncidentAttack attack_of(const Incident& incident, const Reference& reference, double depth_times = 1);

}  // namespace plimsoll::stress
