// What is said about a command line that is not understood, and the completions that spare people one.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace plimsoll::cli {

/// One sentence and a cure: the command or option that was meant, or what is missing.
std::string usage_fault(const CLI::App& app, const CLI::ParseError& error);

/// Every command with its help, as docs/reference/cli.md holds it.
std::string help_page(CLI::App& app);

/// A completion script of bash, zsh or fish, made from the commands themselves.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace plimsoll::cli
