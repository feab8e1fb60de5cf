// `plimsoll incident list | run`: the public disasters, replayed against three ways of charging.
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
};

Exit incident_list(const IncidentOptions& options, const Console& console);

/// Exit  no when a reference check comes out differently, bad_input when a file is malformed.
Exit incident_run(const IncidentOptions& options, const Console& console);

}  // namespace plimsoll::cli
