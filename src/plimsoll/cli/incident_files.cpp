#include "plimsoll/cli/incident_files.hpp"

#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <filesystem>

namespace plimsoll::cli {

namespace {

namespace fs = std::filesystem;

/// incidents/ of the working folder, of the source tree the tool was built in, or of the place it is installed to.
fs::path find_folder(const std::string& wished) {
    if (!wished.empty()) return wished;
    std::error_code code;
    const fs::path tool = fs::read_symlink("/proc/self/exe", code).parent_path();
    for (const fs::path& candidate : {fs::path("incidents"), tool / "../../../incidents", tool / "../share/plimsoll/incidents"})
        if (fs::exists(candidate / "reference", code)) return candidate.lexically_normal();
    return "incidents";
}

Result<text::Value, Exit> load_json(const fs::path& path, const Console& console) {
    const auto content = read_file(path.string());
    if (!content) {
        console.complain(content.error());
        return fail(Exit::io);
    }
    auto document = text::parse_json(*content, display_name(path.string()));
    if (!document) {
        console.complain(document.error());
        return fail(Exit::bad_input);
    }
    return std::move(*document);
}

/// Nothing when a name fits no incident and no file.
std::optional<std::vector<fs::path>> choose_files(const IncidentOptions& options, const fs::path& folder, const Console& console) {
    std::vector<fs::path> files;
    std::error_code code;
    std::vector<fs::path> known;
    for (const auto& entry : fs::directory_iterator(folder, code))
        if (entry.path().extension() == ".json") known.push_back(entry.path());
    std::sort(known.begin(), known.end());
    if (options.names.empty()) return known;
    for (const std::string& name : options.names) {
        if (name == "-" || name.ends_with(".json") || (fs::exists(name, code) && !fs::is_directory(name, code))) {
            files.emplace_back(name);
            continue;
        }
        const std::size_t before = files.size();
        for (const fs::path& path : known)
            if (path.stem().string().find(name) != std::string::npos) files.push_back(path);
        if (files.size() != before) continue;
        console.complain("no incident is called '" + name + "', and no such file exists; `plimsoll incident list` names them");
        return std::nullopt;
    }
    return files;
}

}  // namespace

Result<Incidents, Exit> load_incidents(const IncidentOptions& options, const Console& console) {
    const fs::path folder = find_folder(options.folder);
    const fs::path shared = folder / "reference" / "schedules.json";
    std::error_code code;
    if (!fs::exists(shared, code)) {
        console.complain(Error{folder.string(), "holds no reference/schedules.json, which names the tables that checks use",
                               "name the folder of the incidents with --incidents"});
        return fail(Exit::io);
    }
    const auto reference = load_json(shared, console);
    if (!reference) return fail(reference.error());
    Incidents loaded;
    auto tables = stress::read_reference(*reference, shared.string());
    if (!tables) {
        console.complain(tables.error());
        return fail(Exit::bad_input);
    }
    loaded.reference = std::move(*tables);
    const auto files = choose_files(options, folder, console);
    if (!files) return fail(Exit::usage);
    bool malformed = false;
    for (const fs::path& path : *files) {
        const auto document = load_json(path, console);
        if (!document) return fail(document.error());
        auto incident = stress::read_incident(*document, display_name(path.string()));
        if (incident) {
            loaded.incidents.push_back(std::move(*incident));
            continue;
        }
        console.complain(incident.error());
        malformed = true;
    }
    if (malformed) return fail(Exit::bad_input);
    return loaded;
}

}  // namespace plimsoll::cli
