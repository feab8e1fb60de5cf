// `plimsoll import` and `plimsoll export`: leverage tiers of eight formats to schedules, from schedules, and between them.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>

namespace plimsoll::cli {

struct TiersOptions {
    std::string file;
    std::string format;
    std::string to;           // import: another tier format instead of TOML
    std::string symbol;       // only this one
    std::string currency;     // export
    std::string maintenance = "by-source";
    std::string out;          // empty: standard output
    bool dry_run = false;     // findings only
};

/// Exit  bad_input when the file is refused. Findings go to standard error, with --json as one object a line.
Exit import_command(const TiersOptions& options, const Console& console);
Exit export_command(const TiersOptions& options, const Console& console);

}  // namespace plimsoll::cli
