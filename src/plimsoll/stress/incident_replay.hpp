// One row of the main job: what three ways of charging asked of the position of an incident, the largest position each
// would have admitted on that collateral, and the loss left uncovered at the price that came.
#pragma once

#include "plimsoll/stress/engine_replay.hpp"
#include "plimsoll/stress/incident.hpp"
#include "plimsoll/stress/incident_attack.hpp"
#include "plimsoll/stress/incident_checks.hpp"

namespace plimsoll::stress {

/// Units  counts of 10^-figure_digits. Absent: the incident has no such figure.
struct SchemeRow {
    std::optional<Wide> asked;      // initial margin of the position as it stood, over all its accounts
    std::optional<Wide> largest;    // notional admitted on the collateral, over all accounts
    std::optional<Wide> uncovered;  // loss of min(position, largest) at the price that came, beyond the margin asked for it
};

struct IncidentRow {
    bool pledged = false;   // no position was held: `largest` is what may be borrowed against the pledged collateral
    SchemeRow flat;         // the rate the venue asked, whatever the size
    SchemeRow per_account;  // a size table, each account read alone
    SchemeRow together;     // the table read over the owner's group, and open interest lifting the rate
};

/// What a curve of the plot shows against the position.
enum class CurveOf : std::uint8_t { flat, per_account, together, loss, collateral };

struct SchemeCurve {
    CurveOf kind = CurveOf::flat;
    std::string name;
    std::vector<std::pair<Wide, Wide>> points;  // position, amount
};

struct IncidentResult {
    Incident incident;
    IncidentRow row;
    std::vector<SchemeCurve> curves;  // empty: no position to draw
    std::vector<CheckOutcome> checks;
    EngineReplay engine;
    IncidentAttack attack;  // empty: no price was moved in it
};

IncidentRow replay_row(const Incident& incident, const Reference& reference);
/// The margin each scheme asks, the loss that came and the collateral, over positions up to half as large again.
std::vector<SchemeCurve> replay_curves(const Incident& incident, const Reference& reference);
IncidentResult run_incident(Incident incident, const Reference& reference);

}  // namespace plimsoll::stress
