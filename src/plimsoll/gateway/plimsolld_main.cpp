// The service: one venue, its journal, and HTTP in front of it.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/gateway/server.hpp"

#include <CLI/CLI.hpp>

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
    app.add_option("--address", o.server.address, "loopback address to listen on")->type_name("ADDRESS")->capture_default_str();
    app.add_option("--port", o.server.port, "0: any that is free")->type_name("PORT")->capture_default_str();
    app.add_flag("--allow-commands", o.allow_commands,
                 "take commands from whoever can reach the address; without it everything is read-only");
    app.add_option("--accounts", o.venue.limits.accounts, "most accounts of a new journal")->type_name("N")->capture_default_str();
    app.add_option("--orders", o.venue.limits.orders, "most resting orders of a new journal")->type_name("N")->capture_default_str();
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

int serve(Options& o) {
    if (!is_loopback(o.server.address))
        return complain({"--address " + o.server.address, "only loopback addresses are served: requests are not authenticated yet",
                         "use 127.0.0.1 and put an authenticating proxy in front"},
                        exit_usage);
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
    node::Core core(std::move(*venue), o.core, {stop_at_once, notice});
    const auto server = gateway::Server::listen(o.server, {o.allow_commands, now_ms, 8'192}, core);
    if (!server) return complain(server.error(), exit_io);
    std::printf("http://%s:%u/v1/markets\n", o.server.address.c_str(), (*server)->port());
    std::fflush(stdout);
    (*server)->run();
    std::fprintf(stderr, "plimsolld: stopped; %llu records in %llu syncs\n", static_cast<unsigned long long>(core.commands()),
                 static_cast<unsigned long long>(core.syncs()));
    return 0;
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
