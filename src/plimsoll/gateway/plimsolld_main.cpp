// The service: one venue, its journal, and HTTP in front of it.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/gateway/config.hpp"
#include "plimsoll/text/source.hpp"

#include <CLI/CLI.hpp>

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace {

using namespace plimsoll;
using gateway::Config;

constexpr int exit_usage = 2;
constexpr int exit_bad_input = 3;
constexpr int exit_io = 4;

int complain(const Error& error, int code) {
    std::fprintf(stderr, "plimsolld: %s\n", to_string(error).c_str());
    return code;
}

std::uint64_t now_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

/// What the command line says, before it is put together with file and environment.
struct Said {
    std::string config;
    std::vector<std::pair<std::string, std::string>> flags;
    bool show = false;
    bool effective = false;
};

void add_options(CLI::App& app, Said& said) {
    app.set_version_flag("--version", PLIM_VERSION);
    app.footer("Every flag is also a key of the file and a variable: --tls-cert, tls_cert, PLIMSOLLD_TLS_CERT. Flags count first, then "
               "variables.\n\n"
               "Examples:\n"
               "  plimsolld --data data --params params/venues/binance.toml --allow-commands\n"
               "  plimsolld --config /etc/plimsoll/plimsolld.toml\n"
               "  plimsolld config show --effective --port 9000\n"
               "  curl http://127.0.0.1:8471/v1/markets");
    app.add_option("--config", said.config, "TOML file of settings; or the variable PLIMSOLLD_CONFIG")->type_name("FILE");
    gateway::Config built;
    for (const gateway::Setting& setting : gateway::settings()) {
        const std::string name(setting.name);
        const std::string flag = "--" + name;
        if (setting.type.empty()) {
            app.add_flag_callback(flag, [&said, name] { said.flags.emplace_back(name, "true"); }, std::string(setting.meaning));
            continue;
        }
        CLI::Option* option = app.add_option_function<std::string>(
            flag, [&said, name](const std::string& value) { said.flags.emplace_back(name, value); }, std::string(setting.meaning));
        option->type_name(std::string(setting.type));
        const std::string as_built = std::visit(
            [](auto* place) -> std::string {
                if constexpr (std::is_same_v<decltype(place), std::string*>) return *place;
                else return std::to_string(*place);
            },
            setting.place(built));
        option->default_str(as_built);
    }
    CLI::App* config = app.add_subcommand("config", "shows the settings")->fallthrough()->require_subcommand(1);
    CLI::App* show = config->add_subcommand("show", "prints what somebody has set, as a file that gives it again")->fallthrough();
    show->add_flag("--effective", said.effective, "all settings, also those nobody has set");
    show->callback([&said] { said.show = true; });
}

/// Puts the first set in force. 0, or an exit code.
int begin_with(node::Venue& venue, const std::string& path) {
    if (path.empty() || venue.engine().state().active) return 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return complain({path, "cannot open", "check the path"}, exit_io);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    auto set = formats::read_parameter_set(text, path);
    if (!set) return complain(set.error().front(), exit_bad_input);
    const auto shared = std::make_shared<const ParameterSet>(std::move(*set));
    const std::uint64_t time = std::max(now_ms(), venue.engine().state().time_ms);
    for (const CommandBody& body :
         {CommandBody(command::DefineSet{shared}), CommandBody(command::ActivateSet{digest_of(canonical_bytes(*shared))})}) {
        const auto reply = venue.execute({{}, time, body});
        if (!reply) return complain(reply.error(), exit_io);
        if (!reply->accepted())
            return complain({path, "the set is refused: " + std::string(to_string(reply->reject.code)), "see plimsoll schedule check"},
                            exit_bad_input);
    }
    const auto done = venue.commit();
    return done ? 0 : complain(done.error(), exit_io);
}

/// What the disk holds is not known any more; the next start finds out. Nothing that was not synced was answered.
void stop_at_once(const Error& error) {
    complain(error, exit_io);
    std::_Exit(exit_io);
}

void notice(const Error& error) { std::fprintf(stderr, "plimsolld: notice: %s\n", to_string(error).c_str()); }

/// The keys of a file that is its owner's alone.
Result<std::vector<auth::Key>> read_keys_of(const std::string& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) return fail(Error{path, "cannot open", "make it with plimsoll keys new"});
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return fail(Error{path, "others can read or write this file", "chmod 600 " + path});
    const auto text = text::read_file(path);
    if (!text) return fail(text.error());
    auto keys = auth::read_keys(*text, path);
    if (!keys) return fail(keys.error().front());
    return std::move(*keys);
}

/// Who may ask: the keys of the file, or nobody needs one.
int read_gate(const Config& o, std::unique_ptr<auth::Gate>& gate) {
    if (o.keys.empty()) return 0;
    auto keys = read_keys_of(o.keys);
    if (!keys) return complain(keys.error(), keys.error().what.starts_with("cannot ") ? exit_io : exit_bad_input);
    gate = std::make_unique<auth::Gate>(std::move(*keys), now_ms());
    return 0;
}

/// At a hangup: the keys as they are now. A file that cannot be used changes nothing, and is named.
bool read_keys_again(const Config& o, auth::Gate* gate) {
    if (gate == nullptr) return false;
    auto keys = read_keys_of(o.keys);
    if (!keys) {
        notice({keys.error().where, keys.error().what + "; the keys are as they were", keys.error().cure});
        return false;
    }
    std::fprintf(stderr, "plimsolld: %s: %zu keys read anew\n", o.keys.c_str(), keys->size());
    gate->replace(std::move(*keys));
    return true;
}

/// How the threads of a commit run, for people.
std::string scheduling(int real_time) {
    if (real_time == 0) return "real-time";
    return real_time < 0 ? "ordinary" : std::string("ordinary: real-time is refused, ") + std::strerror(real_time);
}

/// Until it is told to stop.
int serve_venue(const Config& o, node::Venue venue, auth::Gate* gate) {
    gateway::Metrics metrics;
    node::Core* running = nullptr;
    const std::uint8_t nobody_signs = o.allow_commands ? auth::every_scope : std::uint8_t{1} << static_cast<int>(auth::Scope::read);
    gateway::Rules rules;
    rules.gate = gate;
    rules.unsigned_scopes = nobody_signs;
    rules.now_ms = now_ms;
    rules.metrics = [&](const node::Venue& v) { return metrics.text(v, running->waiting(), now_ms()); };
    rules.commit_threads = [&] { return scheduling(running->real_time()); };
    gateway::ServerOptions server_options = o.server;
    server_options.on_hangup = [&] { return read_keys_again(o, gate); };
    const auto server = gateway::Server::listen(server_options, rules, metrics);
    if (!server) return complain(server.error(), exit_io);
    node::CoreEvents events{stop_at_once, notice, [&](double seconds, std::uint64_t commands) { metrics.synced(seconds, commands); },
                            [&](const node::Venue& v, std::uint64_t from, std::uint64_t to) { (*server)->decided(v, from, to); }};
    node::CoreOptions core_options = o.core;
    core_options.real_time = !o.ordinary_threads;
    node::Core core(std::move(venue), core_options, std::move(events));
    running = &core;
    std::printf("%s://%s:%u\n", o.server.certificate.empty() ? "http" : "https", o.server.address.c_str(), (*server)->port());
    std::fflush(stdout);
    (*server)->run(core);
    std::fprintf(stderr, "plimsolld: stopped; %llu commands in %llu syncs\n", static_cast<unsigned long long>(core.commands()),
                 static_cast<unsigned long long>(core.syncs()));
    return 0;
}

/// File, environment and flags put together. 0, or an exit code.
int configure(const Said& said, gateway::Configuration& configuration) {
    const char* variable = std::getenv("PLIMSOLLD_CONFIG");
    const std::string file = !said.config.empty() ? said.config : variable != nullptr ? variable : "";
    std::vector<Error> errors;
    if (!file.empty()) {
        const auto source = text::read_file(file);
        if (!source) return complain(source.error(), exit_io);
        errors = configuration.read_file(*source, file);
    }
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
    for (const Error& error : configuration.read_environment(variables)) errors.push_back(error);
    for (const auto& [name, value] : said.flags)
        if (const auto error = configuration.read_flag(name, value)) errors.push_back(*error);
    for (const Error& error : errors) complain(error, exit_usage);
    if (!errors.empty()) return exit_usage;
    const auto error = gateway::check_together(configuration.config());
    return error ? complain(*error, exit_usage) : 0;
}

int serve(Config& o) {
    std::unique_ptr<auth::Gate> gate;
    if (const int code = read_gate(o, gate); code != 0) return code;
    o.venue.progress = [](std::uint64_t records) {
        std::fprintf(stderr, "plimsolld: recovering, %llu records\n", static_cast<unsigned long long>(records));
    };
    o.venue.notice = notice;
    auto venue = node::Venue::open(journal::real_files(), o.data, o.venue);
    if (!venue) return complain(venue.error(), exit_io);
    if (venue->journal().cut() != 0)
        std::fprintf(stderr, "plimsolld: cut a torn tail of %llu bytes that was never acknowledged\n",
                     static_cast<unsigned long long>(venue->journal().cut()));
    std::fprintf(stderr, "plimsolld: %s: snapshot of record %llu, and %llu commands after it\n", o.data.c_str(),
                 static_cast<unsigned long long>(venue->from_snapshot()), static_cast<unsigned long long>(venue->recovered()));
    if (const int code = begin_with(*venue, o.params); code != 0) return code;
    return serve_venue(o, std::move(*venue), gate.get());
}

/// Batches come and go in megabytes. As it is built the allocator gives such memory back to the system at once and asks for it again with the next
/// one, a fault for each of its pages.
void keep_freed_memory() {
    constexpr int kept_most = 64 << 20;
    mallopt(M_TRIM_THRESHOLD, kept_most);
    mallopt(M_MMAP_THRESHOLD, kept_most / 2);
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();
    CLI::App app{"plimsolld keeps one venue's margin: commands in, decisions out, everything on the disk before it is said."};
    Said said;
    add_options(app, said);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    try {
        gateway::Configuration configuration;
        if (const int code = configure(said, configuration); code != 0) return code;
        if (!said.show) return serve(configuration.config());
        std::fputs(configuration.show(said.effective).c_str(), stdout);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "plimsolld: internal error: %s\n", error.what());
        return 70;
    }
}
