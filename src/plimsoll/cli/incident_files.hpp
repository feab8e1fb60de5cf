// The files of the public disasters, found and read for the commands that ask about them.
#pragma once

#include "plimsoll/cli/incident_command.hpp"
#include "plimsoll/stress/incident.hpp"

namespace plimsoll::cli {

struct Incidents {
    std::vector<stress::Incident> incidents;
    stress::Reference reference;
};

/// Those that the options name, or all of the folder. What is wrong has been said when it fails.
Result<Incidents, Exit> load_incidents(const IncidentOptions& options, const Console& console);

}  // namespace plimsoll::cli
