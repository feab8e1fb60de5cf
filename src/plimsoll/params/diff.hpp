// What changed between two parameter sets, in the words of a risk manager: "BTC-PERP tier 3: maintenance 1 % → 1.2 %".
#pragma once

#include "plimsoll/params/parameter_set.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

enum class Direction : std::uint8_t {
    neutral,  // no requirement changes
    tighter,  // asks more somewhere and less nowhere
    looser,   // asks less somewhere and more nowhere
    mixed,    // both, or it cannot be told from this line alone
};
std::string_view to_string(Direction direction);

/// One figure that changed. An empty `before` means added, an empty `after` removed; when both are, `what` says it all.
struct DiffEntry {
    std::string subject;  // "BTC-PERP", "asset BETH", "BTC-PERP, ETH-PERP" for a schedule that both use
    std::string path;     // "schedule.majors.maintenance.term.1.row.3.rate": stable, for programs
    std::string what;     // "tier 3: maintenance"
    std::string before;
    std::string after;
    Direction direction = Direction::neutral;
    friend bool operator==(const DiffEntry&, const DiffEntry&) = default;
};

/// What all changes together do to one market's requirement at one level.
struct Verdict {
    std::string market;
    Level level = Level::initial;
    Direction direction = Direction::neutral;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

struct SetDiff {
    std::vector<DiffEntry> entries;
    std::vector<Verdict> verdicts;  // of markets that both sets have on the same scales
    bool empty() const { return entries.empty(); }
};

/// Every difference of meaning, each once; empty exactly when the hashes are equal.
///
/// Shape   the direction of an entry is that of the one figure; a verdict evaluates both schedules with the market's multiplier
///         at every edge of either, one unit around it and between, in calm and strained markets, long and short.
/// Errors  references out of range were refused by validate() and are asserted by it.
SetDiff diff(const ParameterSet& before, const ParameterSet& after);
/// Two schedules of one market's scales; `subject` names them.
SetDiff diff(const Schedule& before, const Schedule& after, const Scales& scales, std::string subject);

/// "BTC-PERP tier 3: maintenance 1 % → 1.2 % (tighter)".
std::string to_string(const DiffEntry& entry);
/// All entries and verdicts, one a line.
std::string to_string(const SetDiff& diff);

}  // namespace plimsoll
