// `plimsoll conformance run`: a venue's own figures against the product's schedules and account rules.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>
#include <vector>

namespace plimsoll::cli {

struct ConformanceOptions {
    std::vector<std::string> paths;
    std::string data;       // folder of tables that vectors refer to
    bool markdown = false;  // the page docs/conformance.md instead of lines
    bool off_only = false;  // only lines that are off or malformed
};

/// Exit  no when a figure is off, bad_input when a vector cannot be read.
Exit conformance_run(const ConformanceOptions& options, const Console& console);

}  // namespace plimsoll::cli
