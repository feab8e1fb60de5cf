// An incident as something that may happen to any market: how its price went, or that of the collateral, and who stood in it.
#pragma once

#include "plimsoll/stress/incident.hpp"
#include "plimsoll/stress/path.hpp"

#include <string>
#include <vector>

namespace plimsoll::stress {

/// Where prices stand at the end of one of equal parts of the time, as multiples of the start.
struct IncidentTurn {
    double market = 1;
    double pledged = 1;
    bool at_once = false;  // they stand still until then, and are there with the last step
};

/// Units  quote currency.
struct IncidentScene {
    std::vector<IncidentTurn> turns;
    bool pledged = false;  // it was collateral that moved, and the market stands still
    double position = 0;  // notional of one hand that held it; 0: nobody in particular, or its money is not known
    double capital = 0;  // of that hand
    bool is_short = false;
    double depth_per_percent = 0;  // 0: not in the file
    std::vector<std::string> assumptions;
};

/// What the file of an incident says, made a scene. `rate`: what the stressed market asks of a small position, for a move that is known in
/// margins alone.
///
/// Shape   replay.price_from to price_to in one turn, against the position of the replay; AVAX by its rounds, Nasdaq by margins, XVS, LUNA
/// at the floor of its         feed and the depeg of October 2025 as moves of the collateral.
/// Errors  a file without a move of a price, with the reason that it gives.
Result<IncidentScene> scene_of(const Incident& incident, const Reference& reference, double rate);

/// The scene from a price on, spread evenly by the logarithm over so many minutes, a point each; each turn takes at least one.
Path path_of(const IncidentScene& scene, double price, std::int64_t minutes);

}  // namespace plimsoll::stress
