// `plimsoll incident list | run | commands`: the public disasters, replayed against three ways of charging.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>
#include <vector>

namespace plimsoll::cli {

struct IncidentOptions {
    std::vector<std::string> names;  // ids, parts of ids, or files
    bool all = false;
    std::string folder;              // with the files and reference/; empty: found beside the tool
    std::string report;              // where the HTML report goes; empty: none
    bool verbose = false;            // every check and assumption
    std::string control = "controls off";  // commands: the run they are of
};

Exit incident_list(const IncidentOptions& options, const Console& console);

/// Exit  no when a reference check comes out differently, bad_input when a file is malformed.
Exit incident_run(const IncidentOptions& options, const Console& console);

/// One JSON object a line: what was sent to the engine in one run of an incident, for a service of one's own.
///
/// Exit  usage when the name fits several incidents or none, or the run does not exist; no when the incident does not go through the engine.
Exit incident_commands(const IncidentOptions& options, const Console& console);

}  // namespace plimsoll::cli
