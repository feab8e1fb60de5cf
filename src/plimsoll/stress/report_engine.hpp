// The part of the report that the engine's own figures fill.
#pragma once

#include "plimsoll/stress/incident_replay.hpp"
#include "plimsoll/text/json.hpp"

#include <string>
#include <vector>

namespace plimsoll::stress {

/// One row for each incident that was run through the engine: controls off against all of them together.
std::string engine_overview_html(const std::vector<IncidentResult>& results);
/// The runs of one incident as a table with bars; why there is none.
std::string engine_section_html(const IncidentResult& result);
void write_engine(text::JsonWriter& out, const EngineReplay& replay);

}  // namespace plimsoll::stress
