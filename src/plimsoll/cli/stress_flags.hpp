// The options of `plimsoll stress`.
#pragma once

#include "plimsoll/cli/stress_command.hpp"

#include <CLI/CLI.hpp>

namespace plimsoll::cli {

void add_run_flags(CLI::App& verb, StressOptions& options);
void add_extract_flags(CLI::App& verb, ExtractOptions& options);

}  // namespace plimsoll::cli
