#include "plimsoll/gateway/routes.hpp"

#include "plimsoll/codec/event_text.hpp"
#include "plimsoll/codec/json.hpp"
#include "plimsoll/codec/state_json.hpp"
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::gateway {

namespace {

using node::Answer;
using node::Lane;
using node::Venue;

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' ? '_' : c;
    return result;
}

int status_of(RejectCode code) {
    switch (code) {
        case RejectCode::none: return 200;
        case RejectCode::id_reused: return 409;
        case RejectCode::set_unknown:
        case RejectCode::account_unknown:
        case RejectCode::group_unknown:
        case RejectCode::asset_unknown:
        case RejectCode::market_unknown:
        case RejectCode::order_unknown:
        case RejectCode::deposit_unknown:
        case RejectCode::liquidation_unknown:
        case RejectCode::position_unknown: return 404;
        default: return 422;
    }
}

std::string meaning_of(RejectCode code) {
    for (const RejectText& text : reject_texts())
        if (text.code == code) return std::string(text.meaning) + "; " + std::string(text.cure);
    return {};
}

Answer unreadable(const std::vector<Error>& errors) {
    text::JsonWriter list;
    list.begin_array();
    for (const Error& e : errors)
        list.begin_object().key("where").string(e.where).key("what").string(e.what).key("cure").string(e.cure).end_object();
    list.end_array();
    return problem(400, "MALFORMED", "the command cannot be read", to_string(errors.front()), "\"errors\":" + list.take());
}

/// {"reply":…} as a good answer, or as a problem that says why not.
Answer told(const Venue& venue, const Reply& reply) {
    const std::string json = codec::reply_json(venue.engine().state(), venue.names(), reply);
    if (reply.accepted()) return {200, json, "application/json"};
    const RejectCode code = reply.reject.code;
    return problem(status_of(code), upper(to_string(code)), to_string(code), meaning_of(code), "\"reply\":" + json);
}

CommandId id_of_key(const std::string& key) {
    const Hash128 hash = hash_bytes(key.data(), key.size());
    return {hash.high, hash.low};
}

/// Reads and decides one command.
Result<Answer> decide_text(Venue& venue, const std::string& text, const std::string& name, const std::string& key, const Rules& rules) {
    const State& state = venue.engine().state();
    auto command = codec::read_command(state, venue.names(), text, name, std::max(rules.now_ms(), state.time_ms));
    if (!command) return unreadable(command.error());
    if (!key.empty() && command->id == CommandId{}) command->id = id_of_key(key);
    const auto reply = venue.execute(*command);
    if (!reply) return fail(reply.error());
    return told(venue, *reply);
}

/// Each in its order; one that is refused does not stop those after it.
Result<Answer> decide_all(Venue& venue, const std::vector<std::string>& texts, const Rules& rules) {
    std::string results;
    bool all = true;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto answer = decide_text(venue, texts[i], "commands[" + std::to_string(i) + "]", {}, rules);
        if (!answer) return answer;
        all = all && answer->status == 200;
        results += (i == 0 ? "" : ",") + ("{\"status\":" + std::to_string(answer->status)) + ",\"body\":" + answer->body + "}";
    }
    return Answer{all ? 200 : 422, "{\"all_accepted\":" + std::string(all ? "true" : "false") + ",\"results\":[" + results + "]}",
                  "application/json"};
}

/// Whether nothing may hold a command up: it lowers risk, moves prices, or lets time pass.
bool is_urgent(const text::Value& command) {
    static constexpr std::array<std::string_view, 9> urgent = {"cancel-order", "close-all", "mark-prices", "index-prices", "tick",
                                                               "halt",         "deposit",   "deleverage",  "funding"};
    if (command.kind != text::Kind::object) return false;
    bool reduces = false;
    bool listed = false;
    for (const text::Member& member : command.members) {
        if (member.key == "command") listed = std::find(urgent.begin(), urgent.end(), member.value.text) != urgent.end();
        if (member.key == "reduce_only") reduces = member.value.text == "true";
    }
    return listed || reduces;
}

const text::Value* batch_of(const text::Value& document) {
    if (document.kind != text::Kind::object || document.members.size() != 1) return nullptr;
    const text::Member& only = document.members.front();
    return only.key == "commands" && only.value.kind == text::Kind::array ? &only.value : nullptr;
}

std::variant<Answer, Planned> plan_commands(const Request& request, const Rules& rules) {
    if (!rules.takes_commands)
        return problem(403, "READ_ONLY", "this service takes no commands",
                       "start it with --allow-commands, which it does on the loopback interface only");
    if (request.idempotency_key.size() > 200) return problem(400, "MALFORMED", "the Idempotency-Key is too long", "at most 200 bytes");
    const auto document = text::parse_json(request.body, "body");
    if (!document) return unreadable({document.error()});
    const text::Value* batch = batch_of(*document);
    if (batch == nullptr)
        return Planned{is_urgent(*document) ? Lane::urgent : Lane::ordinary,
                       [request, rules](Venue& venue) { return decide_text(venue, request.body, "body", request.idempotency_key, rules); }};
    if (!request.idempotency_key.empty())
        return problem(400, "MALFORMED", "an Idempotency-Key names one command", "give each command of the batch an id of its own");
    if (batch->items.size() > rules.commands_most)
        return problem(413, "TOO_MANY", "too many commands in one batch", "at most " + std::to_string(rules.commands_most));
    std::vector<std::string> texts;
    bool urgent = !batch->items.empty();
    for (const text::Value& item : batch->items) {
        urgent = urgent && is_urgent(item);
        texts.push_back(text::dump_json(item, text::Layout::compact));
    }
    return Planned{urgent ? Lane::urgent : Lane::ordinary,
                   [texts = std::move(texts), rules](Venue& venue) { return decide_all(venue, texts, rules); }};
}

/// The same decision that place-order would get, without its effect.
Result<Answer> check_order(Venue& venue, const std::string& body, const Rules& rules) {
    const State& state = venue.engine().state();
    const auto command = codec::read_command(state, venue.names(), body, "body", std::max(rules.now_ms(), state.time_ms));
    if (!command) return unreadable(command.error());
    if (!std::holds_alternative<command::PlaceOrder>(command->body))
        return problem(400, "MALFORMED", "only orders can be checked", "send a place-order command");
    Room room;
    Events events;
    Reply reply;
    reply.reject = decide(state, *command, room, events);
    reply.seq = venue.engine().seq();
    reply.chain = venue.engine().chain();
    return told(venue, reply);
}

Result<Answer> show_account(const Venue& venue, const std::string& name) {
    const auto account = venue.names().account(name);
    if (!account || account->index >= venue.engine().state().accounts.size())
        return problem(404, "ACCOUNT_UNKNOWN", "there is no such account",
                       "accounts are numbered from 0 in the order in which they were opened");
    return Answer{200, codec::account_json(venue.engine(), venue.names(), *account), "application/json"};
}

std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

std::variant<Answer, Planned> plan_read(const std::string& path) {
    constexpr std::string_view accounts = "/v1/accounts/";
    if (path == "/livez" || path == "/startupz") return Answer{200, "{\"status\":\"ok\"}", "application/json"};
    if (path == "/readyz")
        return Planned{Lane::urgent, [](Venue& venue) -> Result<Answer> {
                           const bool has_set = venue.engine().state().active != nullptr;
                           return Answer{has_set ? 200 : 503,
                                         std::string("{\"status\":\"") + (has_set ? "ready" : "no parameter set is in force") +
                                             "\",\"seq\":" + std::to_string(venue.engine().seq()) + "}",
                                         "application/json"};
                       }};
    if (path == "/v1/venue")
        return Planned{Lane::ordinary, [](Venue& venue) -> Result<Answer> { return Answer{200, codec::venue_json(venue.engine())}; }};
    if (path == "/v1/markets")
        return Planned{Lane::ordinary, [](Venue& venue) -> Result<Answer> { return Answer{200, codec::markets_json(venue.engine())}; }};
    if (path.starts_with(accounts) && path.find('/', accounts.size()) == std::string::npos && path.size() > accounts.size())
        return Planned{Lane::ordinary, [name = path.substr(accounts.size())](Venue& venue) { return show_account(venue, name); }};
    return problem(404, "NOT_FOUND", "nothing is served here",
                   "see docs/reference/http.md: /v1/venue, /v1/markets, /v1/accounts/{account}, /v1/commands, /v1/orders:check");
}

}  // namespace

Answer problem(int status, std::string_view code, std::string_view title, std::string_view detail, std::string_view more) {
    text::JsonWriter json;
    json.begin_object().key("type").string("about:blank").key("title").string(title).key("status").number(std::int64_t{status});
    json.key("code").string(code).key("detail").string(detail).end_object();
    std::string body = json.take();
    if (!more.empty()) body.insert(body.size() - 1, "," + std::string(more));
    return {status, std::move(body), "application/problem+json"};
}

std::variant<Answer, Planned> plan(const Request& request, const Rules& rules) {
    const std::string path = path_of(request.target);
    const bool posts = path == "/v1/commands" || path == "/v1/orders:check";
    if (posts && request.method != "POST") return problem(405, "METHOD_NOT_ALLOWED", "this is asked by POST", path);
    if (path == "/v1/commands") return plan_commands(request, rules);
    if (path == "/v1/orders:check")
        return Planned{Lane::ordinary, [body = request.body, rules](Venue& venue) { return check_order(venue, body, rules); }};
    if (request.method != "GET" && request.method != "HEAD") return problem(405, "METHOD_NOT_ALLOWED", "this is asked by GET", path);
    return plan_read(path);
}

}  // namespace plimsoll::gateway
