// The incidents under incidents/, as the tests read them. A file that cannot be read ends the test with the reason.
#pragma once

#include "plimsoll/stress/incident.hpp"
#include "plimsoll/text/json.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace plimsoll::testing {

inline const std::filesystem::path incidents_folder = std::filesystem::path(PLIM_SOURCE_DIR) / "incidents";

inline text::Value load_json(const std::filesystem::path& path) {
    std::ostringstream content;
    content << std::ifstream(path).rdbuf();
    auto document = text::parse_json(content.str(), path.filename().string());
    if (!document) throw std::runtime_error(to_string(document.error()));
    return std::move(*document);
}

inline const stress::Reference& incident_reference() {
    static const stress::Reference read = [] {
        auto found = stress::read_reference(load_json(incidents_folder / "reference" / "schedules.json"), "schedules.json");
        if (!found) throw std::runtime_error(to_string(found.error().front()));
        return std::move(*found);
    }();
    return read;
}

inline stress::Incident incident_of(const std::string& id) {
    auto found = stress::read_incident(load_json(incidents_folder / (id + ".json")), id);
    if (!found) throw std::runtime_error(to_string(found.error().front()));
    return std::move(*found);
}

}  // namespace plimsoll::testing
