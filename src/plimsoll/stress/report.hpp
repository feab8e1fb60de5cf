// The results of incident replays for other eyes: one JSON object each, and one self-contained HTML page for all.
#pragma once

#include "plimsoll/stress/incident_replay.hpp"

#include <string>
#include <vector>

namespace plimsoll::stress {

/// One line of JSON: figures as decimal strings, absent ones null.
std::string result_json(const IncidentResult& result);

/// A page with the table, a plot of each incident and its checks; no script, no file beside it, no address outside it.
std::string html_report(const std::vector<IncidentResult>& results);

}  // namespace plimsoll::stress
