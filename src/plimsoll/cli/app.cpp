#include "plimsoll/cli/app.hpp"

#include "plimsoll/cli/incident_command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>

namespace plimsoll::cli {

namespace {

/// The options every command takes, and the command that was chosen.
struct Choice {
    bool json = false;
    bool quiet = false;
    Color color = Color::automatic;
    std::function<Exit(const Console&)> command;
};

const std::map<std::string, Color> color_names{{"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};

/// A verb with its example in --help.
CLI::App* verb(CLI::App& noun, const std::string& name, const std::string& what, const std::string& example) {
    CLI::App* app = noun.add_subcommand(name, what);
    app->footer("Example:\n  " + example);
    return app;
}

void add_incident(CLI::App& app, Choice& choice) {
    CLI::App* noun = app.add_subcommand("incident", "public disasters, replayed against three ways of charging");
    noun->require_subcommand(1);
    static IncidentOptions options;
    CLI::App* list = verb(*noun, "list", "name the incidents", "plimsoll incident list");
    CLI::App* run = verb(*noun, "run", "replay incidents and compute their reference checks", "plimsoll incident run yfi --verbose");
    for (CLI::App* each : {list, run}) each->add_option("--incidents", options.folder, "folder with the incident files and reference/")->type_name("DIR");
    run->add_option("name", options.names, "ids, parts of ids, or files of the schema plimsoll-incident/1 (- reads standard input)")->type_name("NAME|FILE");
    run->add_flag("--all", options.all, "every incident of the folder");
    run->add_option("--report", options.report, "write a self-contained HTML report")->type_name("FILE");
    run->add_flag("-v,--verbose", options.verbose, "every check, every assumption");
    list->callback([&choice] { choice.command = [](const Console& c) { return incident_list(options, c); }; });
    run->callback([&choice] { choice.command = [](const Console& c) { return incident_run(options, c); }; });
}

int parse_and_run(int argc, char** argv) {
    CLI::App app{"plimsoll draws the load line for leverage: how much collateral a position needs, and why.\n"
                 "Data goes to standard output, talk to standard error. Exit codes: 0 ok, 1 the check says no, 2 usage,\n"
                 "3 bad input, 4 input or output, 70 internal."};
    app.set_version_flag("--version", PLIM_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    Choice choice;
    app.add_flag("--json", choice.json, "one JSON object per line instead of a table");
    app.add_flag("-q,--quiet", choice.quiet, "no talk on standard error, errors only");
    app.add_option("--color", choice.color, "auto, always or never; NO_COLOR is respected")->transform(CLI::CheckedTransformer(color_names))->type_name("WHEN");
    add_incident(app, choice);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked = error.get_exit_code() == 0;  // --help and --version
        app.exit(error);
        return static_cast<int>(asked ? Exit::ok : Exit::usage);
    }
    return static_cast<int>(choice.command(make_console(choice.json, choice.quiet, choice.color)));
}

}  // namespace

int run_app(int argc, char** argv) {
    try {
        return parse_and_run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "plimsoll: internal error: %s\n", error.what());
        return static_cast<int>(Exit::internal);
    }
}

}  // namespace plimsoll::cli
