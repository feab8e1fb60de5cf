// One request on its way: what came, what it may, and what is planned for it. Nothing here knows of sockets.
#pragma once

#include "plimsoll/auth/signature.hpp"
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/node/core.hpp"
#include "plimsoll/text/value.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace plimsoll::gateway {

using node::Answer;

struct Request {
    std::string method;
    std::string target;           // path and query, as sent
    std::string body;
    std::string idempotency_key;  // the header's value; empty: none
    auth::Signed signature;  // its headers; method, target and body are filled in from here. Of a call in a socket: the socket's key
};

/// Work for the venue's thread, and for a thread of its own what takes long and needs no venue.
struct Planned {
    node::Lane lane = node::Lane::ordinary;
    std::function<Result<Answer>(node::Venue&)> run;
    std::function<Answer(Answer)> after;  // may be empty
    bool question = false;  // it changes nothing and is quick: whoever holds the venue may answer it
};
using Plan = std::variant<Answer, Planned>;

struct Rules {
    auth::Gate* gate = nullptr;  // none: nobody signs, and everyone may do what `unsigned_scopes` allows
    std::uint8_t unsigned_scopes = 1;  // a bit for each auth::Scope; as it stands: read
    std::function<std::uint64_t()> now_ms;  // the clock that stamps commands
    std::size_t commands_most = 8'192;  // in one batch
    std::size_t checks_most = 1'024;  // likewise: one that is refused is a search for what would pass, and holds up everyone meanwhile
    std::function<std::string(const node::Venue&)> metrics;  // what /metrics says
    std::function<std::string()> commit_threads;  // what /readyz says of how they are scheduled
};

struct Call {
    const Request& request;
    const Rules& rules;
    std::vector<std::string> names;  // what stands for the {…} of the path
    std::map<std::string, std::string> query;
    std::uint8_t scopes = 0;

    bool may(auth::Scope scope) const { return (scopes >> static_cast<int>(scope) & 1) != 0; }
    std::string asked(const std::string& key) const {
        const auto found = query.find(key);
        return found == query.end() ? std::string() : found->second;
    }
};

/// A question of the address, for those who read about it.
struct Parameter {
    std::string_view name;
    std::string_view meaning;
};

struct Endpoint {
    std::string_view method;
    std::string_view path;  // "/v1/accounts/{account}"
    std::string_view id;  // for clients that are generated
    std::string_view summary;
    std::optional<auth::Scope> scope;  // none: open to everyone
    Plan (*plan)(const Call&);
    std::vector<Parameter> query;
    std::string_view body;  // an example; empty: it has none
    std::string_view answer;  // what the body of a good answer is
    std::string_view type = "application/json";
    std::string_view takes = {};  // the schema of the body in the OpenAPI document; empty: any object
    std::string_view gives = "Answer";  // and of a good answer, when it is JSON
};

/// Everything that is served, in the order in which it is documented.
std::span<const Endpoint> endpoints();

/// Either an answer that needs no venue, or work. Never throws: what cannot be understood is an answer.
Plan plan(const Request& request, const Rules& rules);

/// What the sender of a request may do, or why he is turned away.
std::variant<std::uint8_t, Answer> scopes_of(const Request& request, const Rules& rules);
/// plan() for somebody who is known already: a request inside a connection that was signed when it began.
Plan plan_for(std::uint8_t scopes, const Request& request, const Rules& rules);

/// One command as followers are told of it.
std::string told_json(const node::Venue& venue, const node::Told& told);

/// A problem of RFC 9457: title, status, code and detail, and what else is given as JSON members.
Answer problem(int status, std::string_view code, std::string_view title, std::string_view detail, std::string_view more = {});
/// What a reader of JSON or TOML said against it.
Answer unreadable(const std::vector<Error>& errors);
/// {"reply":…} as a good answer, or as a problem that says why not.
Answer told(const node::Venue& venue, const Reply& reply);

// ---- what the endpoints do -------------------------------------------------------------------------------------------

Plan ask_alive(const Call& call);
Plan ask_ready(const Call& call);
Plan ask_metrics(const Call& call);
Plan ask_openapi(const Call& call);
Plan ask_venue(const Call& call);
Plan ask_set(const Call& call);
Plan ask_schedules(const Call& call);
Plan ask_proposals(const Call& call);
Plan ask_markets(const Call& call);
Plan ask_market(const Call& call);
Plan ask_account(const Call& call);
Plan ask_margin(const Call& call);
Plan ask_events(const Call& call);
Plan check_orders(const Call& call);
Plan simulate(const Call& call);
Plan solve_max_size(const Call& call);
Plan solve_max_withdrawal(const Call& call);
Plan solve_deposit(const Call& call);
Plan decide_commands(const Call& call);
Plan import_tiers(const Call& call);
Plan export_tiers(const Call& call);

/// The scope that a command needs, by its name; absent when there is no such command.
std::optional<auth::Scope> scope_of_command(std::string_view name);
/// The same by its number in the canonical bytes.
std::optional<auth::Scope> scope_of_command(std::size_t kind);
/// Whether a command of this number lowers risk, moves prices or lets time pass, so that nothing may hold it up.
bool is_urgent_command(std::size_t kind);
/// No more bytes than this are written down for commands that came in so many: their own, and what each record has around it.
constexpr std::uint64_t record_bound(std::size_t bytes) { return 4 * std::uint64_t{bytes} + (std::uint64_t{64} << 10); }
/// Room for decisions without effect, used again from one to the next.
struct Looking {
    plimsoll::Room room;
    Events events;
};
/// Why a command may not be decided yet: it is of a time that has not come. A sender whose clock runs ahead would take everybody's with him.
std::optional<Error> of_the_future(const Command& command, const node::Venue& venue, std::uint64_t now_ms);
/// What a command would be answered on the venue as it stands.
Reply decided_without_effect(const node::Venue& venue, const Command& command, Looking& looking);

/// The answers to a list, one after the other.
class AnswerList {
public:
    /// `expected`: about so many answers.
    explicit AnswerList(std::size_t expected = 0) { results_.reserve(expected * 160); }
    void add(const Answer& answer);
    /// As add(told(venue, reply)).
    void add(const node::Venue& venue, const Reply& reply);
    /// {"seq":…,"all_accepted":…,"results":[{"status":…,"body":…}]}, and 200 or 422.
    Answer take(const node::Venue& venue);

private:
    /// What the text of an accepted reply is made of.
    struct Accepted {
        std::uint64_t seq = 0;
        std::uint64_t made = 0;
        Hash128 chain;
        bool repeated = false;
        friend bool operator==(const Accepted&, const Accepted&) = default;
    };

    std::string results_;
    std::optional<Accepted> last_;  // and its text: checks change nothing, so that most are answered alike
    std::string text_;
    bool all_ = true;
};

/// The OpenAPI 3.1 document of the table above.
std::string openapi_json();
/// docs/reference/http.md.
std::string http_page();

}  // namespace plimsoll::gateway
