// The command line of `plimsoll`: options and help; every command is a function of its own file.
#pragma once

namespace plimsoll::cli {

/// Runs the tool and gives its exit code. Never throws.
int run_app(int argc, char** argv);

}  // namespace plimsoll::cli
