#include "plimsoll/cli/conformance_command.hpp"

#include "plimsoll/conformance/runner.hpp"
#include "plimsoll/text/json.hpp"

#include <filesystem>

namespace plimsoll::cli {

namespace {

using conformance::Outcome;
using conformance::VectorResult;

bool is_bad(const VectorResult& result) { return result.outcome == Outcome::off || result.outcome == Outcome::malformed; }

std::string json_line(const VectorResult& result) {
    text::JsonWriter out;
    out.begin_object()
        .key("outcome")
        .string(conformance::to_string(result.outcome))
        .key("id")
        .string(result.id)
        .key("venue")
        .string(result.venue);
    out.key("kind").string(result.kind).key("file").string(result.file).key("reason").string(result.reason).key("fields").begin_array();
    for (const conformance::FieldResult& field : result.fields) {
        out.begin_object().key("name").string(field.name).key("expected").string(field.expected).key("got").string(field.got);
        out.key("difference").string(field.difference).key("left_out").string(field.left_out).end_object();
    }
    return out.end_array().end_object().take();
}

std::string shown_line(const VectorResult& result, const Console& console) {
    const std::string line = conformance::line_of(result);
    return is_bad(result) ? console.red(line) : line;
}

}  // namespace

Exit conformance_run(const ConformanceOptions& options, const Console& console) {
    for (const std::string& path : options.paths) {
        std::error_code code;
        if (std::filesystem::exists(path, code)) continue;
        console.complain(Error{path, "cannot be read: there is no such file or folder", "check the path"});
        return Exit::io;
    }
    const std::vector<VectorResult> results = conformance::run_paths(options.paths, {options.data});
    if (results.empty()) {
        console.complain(Error{options.paths.front(), "holds no vectors", "name a JSON file of vectors, or a folder of them"});
        return Exit::bad_input;
    }
    if (options.markdown) console.print(conformance::conformance_markdown(results));
    for (const VectorResult& result : results)
        if (!options.markdown && (!options.off_only || is_bad(result)))
            console.print((console.json ? json_line(result) : shown_line(result, console)) + "\n");
    if (!console.json && !options.markdown) console.say(conformance::summary_of(results));
    return static_cast<Exit>(conformance::exit_code(results));
}

}  // namespace plimsoll::cli
