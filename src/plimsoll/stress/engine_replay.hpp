// The incidents through the real engine: a small venue, the attack as a stream of commands, once with the controls off and then with
// each required control switched on alone and all of them together. Every figure is one that the engine stated or booked.
#pragma once

#include "plimsoll/stress/incident.hpp"
#include "plimsoll/stress/ledger.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll::stress {

/// What came of one way of running an incident. Units: figures (10^-figure_digits of the quote asset).
struct EngineRun {
    std::string control;  // "controls off", a name of required_controls, or "all together"
    std::string how;      // what was switched, in words
    std::optional<Wide> asked;  // initial requirement stated for the whole position, over all accounts; absent: a cap spoke first
    Wide opened = 0;      // notional admitted, over all accounts, at the price it was built up at
    Wide withdrawn = 0;   // by those who attack
    Wide paid_in = 0;     // by them
    LossPaid paid;        // what accounts could not pay, by who paid it
    Wide own_share = 0;   // of what was shared, what those who attack bore themselves
    Wide backstop = 0;    // what the backstop has lost on positions it took over
    RejectCode refused = RejectCode::none;  // the first refusal the attack met
    Ledger ledger;
    std::vector<Command> commands;  // all that were sent, for whoever wants to send them to a venue of his own

    Wide extracted() const { return withdrawn > paid_in ? withdrawn - paid_in : 0; }
    /// What everybody else lost by it.
    Wide loss() const { return paid.total() - own_share + backstop; }
};

/// A control that is no rule of the engine, and where it belongs.
struct OutsideControl {
    std::string control;
    std::string why;
};

/// How much one owner opens on one collateral, spread over more and more accounts.
struct SplitRow {
    std::int64_t accounts = 1;
    Wide alone = 0;    // each account its own group
    Wide grouped = 0;  // all in one group, the table read over the group
};

struct EngineReplay {
    std::vector<EngineRun> runs;  // the first with the controls off, the last with all of them; empty: `why_none`
    std::vector<OutsideControl> outside;
    std::vector<SplitRow> splits;
    std::vector<std::string> assumptions;
    std::string why_none;
};

/// Incidents without a recipe of their own are run as the building and closing of one position when their file has the figures.
EngineReplay engine_replay(const Incident& incident, const Reference& reference);

}  // namespace plimsoll::stress
