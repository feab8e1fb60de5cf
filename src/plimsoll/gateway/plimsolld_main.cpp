// The service: one venue, its journal, and HTTP in front of it.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/gateway/server.hpp"
#include "plimsoll/text/source.hpp"

#include <CLI/CLI.hpp>

#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {

using namespace plimsoll;

constexpr int exit_usage = 2;
constexpr int exit_bad_input = 3;
constexpr int exit_io = 4;

struct Options {
    std::string data = "data";
    std::string params;
    gateway::ServerOptions server;
    node::VenueOptions venue;
    node::CoreOptions core;
    std::string keys;
    bool allow_commands = false;
};

int complain(const Error& error, int code) {
    std::fprintf(stderr, "plimsolld: %s\n", to_string(error).c_str());
    return code;
}

std::uint64_t now_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

bool is_loopback(const std::string& address) { return address == "::1" || address.starts_with("127."); }

void add_options(CLI::App& app, Options& o) {
    app.set_version_flag("--version", PLIM_VERSION);
    app.footer(
        "Example:\n  plimsolld --data data --params params/venues/binance.toml --allow-commands\n  curl http://127.0.0.1:8471/v1/markets");
    app.add_option("--data", o.data, "folder of the journal; made when it is missing")->type_name("DIR")->capture_default_str();
    app.add_option("--params", o.params, "parameter set that is put in force when none is yet")->type_name("FILE");
    app.add_option("--address", o.server.address, "to listen on; others than loopback need --keys and TLS")
        ->type_name("ADDRESS")
        ->capture_default_str();
    app.add_option("--port", o.server.port, "0: any that is free")->type_name("PORT")->capture_default_str();
    app.add_option("--keys", o.keys, "who may ask and do what; made by plimsoll keys new. Without it nobody signs")->type_name("FILE");
    app.add_flag("--allow-commands", o.allow_commands,
                 "without keys: take commands from whoever reaches the address, else all is read-only");
    app.add_option("--tls-cert", o.server.certificate, "certificate chain, PEM")->type_name("FILE");
    app.add_option("--tls-key", o.server.certificate_key, "its key, PEM")->type_name("FILE");
    app.add_option("--accounts", o.venue.limits.accounts, "most accounts of a new journal")->type_name("N")->capture_default_str();
    app.add_option("--orders", o.venue.limits.orders, "most resting orders of a new journal")->type_name("N")->capture_default_str();
    app.add_option("--connections", o.server.connections_most, "most at one time")->type_name("N")->capture_default_str();
    app.add_option("--idle-seconds", o.server.idle_seconds, "for a request to come in, and for an answer to be taken")
        ->type_name("S")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    app.add_option("--body-bytes", o.server.body_most, "of a request")->type_name("N")->capture_default_str();
    app.add_option("--snapshot-every", o.core.snapshot_every, "records between snapshots; 0: only when it stops")
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--segment-bytes", o.venue.journal.segment_bytes, "room that a segment of the journal reserves")
        ->type_name("BYTES")
        ->check(CLI::Range(std::uint64_t{4096}, std::uint64_t{1} << 40))
        ->capture_default_str();
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

/// Until it is told to stop.
int serve_venue(const Options& o, node::Venue venue, auth::Gate* gate) {
    gateway::Metrics metrics;
    node::Core* running = nullptr;
    const std::uint8_t nobody_signs = o.allow_commands ? auth::every_scope : std::uint8_t{1} << static_cast<int>(auth::Scope::read);
    const gateway::Rules rules{gate, nobody_signs, now_ms, 8'192,
                               [&](const node::Venue& v) { return metrics.text(v, running->waiting(), now_ms()); }};
    const auto server = gateway::Server::listen(o.server, rules, metrics);
    if (!server) return complain(server.error(), exit_io);
    node::CoreEvents events{stop_at_once, notice, [&](double seconds, std::uint64_t commands) { metrics.synced(seconds, commands); },
                            [&](const node::Venue& v, std::uint64_t from, std::uint64_t to) { (*server)->decided(v, from, to); }};
    node::Core core(std::move(venue), o.core, std::move(events));
    running = &core;
    std::printf("%s://%s:%u\n", o.server.certificate.empty() ? "http" : "https", o.server.address.c_str(), (*server)->port());
    std::fflush(stdout);
    (*server)->run(core);
    std::fprintf(stderr, "plimsolld: stopped; %llu commands in %llu syncs\n", static_cast<unsigned long long>(core.commands()),
                 static_cast<unsigned long long>(core.syncs()));
    return 0;
}

/// Who may ask: the keys of the file, or nobody needs one.
int read_gate(const Options& o, std::unique_ptr<auth::Gate>& gate) {
    if (o.keys.empty()) return 0;
    struct stat status{};
    if (stat(o.keys.c_str(), &status) != 0) return complain({o.keys, "cannot open", "make it with plimsoll keys new"}, exit_io);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return complain({o.keys, "others can read or write this file", "chmod 600 " + o.keys}, exit_bad_input);
    const auto text = text::read_file(o.keys);
    if (!text) return complain(text.error(), exit_io);
    auto keys = auth::read_keys(*text, o.keys);
    if (!keys) return complain(keys.error().front(), exit_bad_input);
    gate = std::make_unique<auth::Gate>(std::move(*keys), now_ms());
    return 0;
}

/// Nothing that would let strangers in by a slip. 0, or an exit code.
int check_options(const Options& o) {
    if (o.server.certificate.empty() != o.server.certificate_key.empty())
        return complain({"--tls-cert", "a certificate and its key go together", "give both --tls-cert and --tls-key"}, exit_usage);
    if (!o.keys.empty() && o.allow_commands)
        return complain({"--allow-commands", "with keys, what may be done is what the keys may do", "leave it out"}, exit_usage);
    const bool guarded = !o.keys.empty() && !o.server.certificate.empty();
    if (!is_loopback(o.server.address) && !guarded)
        return complain({"--address " + o.server.address, "other machines are served with keys and TLS only",
                         "give --keys, --tls-cert and --tls-key, or use 127.0.0.1"},
                        exit_usage);
    return 0;
}

int serve(Options& o) {
    if (const int code = check_options(o); code != 0) return code;
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

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"plimsolld keeps one venue's margin: commands in, decisions out, everything on the disk before it is said."};
    Options options;
    add_options(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    try {
        return serve(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "plimsolld: internal error: %s\n", error.what());
        return 70;
    }
}
