// A file of scenarios run anew: the same text with what is printed now below each `----`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::scenario {

struct Replay {
    std::string text;
    std::size_t scenarios = 0;
    std::size_t commands = 0;
    std::vector<std::string> mistakes;  // "file:line: ..."
};

/// `== A sentence` opens a scenario. Its lines are commands; `----` ends some of them, and below it, up to the next empty line,
/// stands what they printed. A scenario starts with nothing. `#` begins a comment.
Replay replay(std::string_view file, std::string_view text);

/// The first difference with its line, and some lines around it, as one reads a diff. Empty when there is none.
std::string difference(std::string_view file, const std::string& kept, const std::string& now);

/// Replays tests/scenario/<file> and holds it to what is printed now; with PLIM_REWRITE=1 writes it anew. Answers the number of scenarios.
std::size_t expect_scenarios(const std::string& file);

}  // namespace plimsoll::scenario
