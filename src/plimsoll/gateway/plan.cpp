// From a request to its endpoint: path, query, who asks, and whether he may.
#include "plimsoll/gateway/call.hpp"

#include "plimsoll/codec/event_text.hpp"
#include "plimsoll/codec/json.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <charconv>

namespace plimsoll::gateway {

namespace {

/// The part of a path up to its next slash, which is taken off with it.
std::string_view take_part(std::string_view& path) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    return part;
}

std::optional<char> hex_char(std::string_view two) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(two.data(), two.data() + two.size(), value, 16);
    if (two.size() != 2 || error != std::errc{} || end != two.data() + 2) return std::nullopt;
    return static_cast<char>(value);
}

std::optional<std::string> unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const auto c = hex_char(text.substr(i + 1, 2));
        if (!c) return std::nullopt;
        result += *c;
        i += 2;
    }
    return result;
}

/// Whether a path is of a pattern, and what stands for its {…}. A request is held to every pattern, so it takes no memory until one fits.
bool match(std::string_view pattern, std::string_view path, std::vector<std::string>& names) {
    if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/')) return false;
    names.clear();
    while (!pattern.empty() || !path.empty()) {
        const std::string_view wanted = take_part(pattern);
        const std::string_view given = take_part(path);
        const bool is_name = wanted.starts_with('{');
        if (!is_name && wanted != given) return false;
        if (!is_name) continue;
        auto name = unescape(given);
        if (!name || name->empty()) return false;
        names.push_back(std::move(*name));
    }
    return true;
}

/// Why the query is refused; empty: it was read.
std::string read_query(std::string_view text, const Endpoint& endpoint, Call& call) {
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        if (one.empty()) continue;
        const std::size_t equals = std::min(one.find('='), one.size());
        const auto value = unescape(one.substr(std::min(equals + 1, one.size())));
        const std::string key(one.substr(0, equals));
        if (!value) return "'" + text::shown(one) + "' has an escape that is none";
        const bool known = key == "min_seq" ||
                           std::any_of(endpoint.query.begin(), endpoint.query.end(), [&](const Parameter& p) { return p.name == key; });
        if (!known) return "there is no parameter '" + text::shown(key) + "' here";
        if (!call.query.emplace(key, *value).second) return "'" + text::shown(key) + "' is given twice";
    }
    return {};
}

/// Reads that are to see what their sender was told before wait for nothing: the venue is there, or it is another one.
Plan from_seq_on(Plan planned, const Call& call) {
    auto* work = std::get_if<Planned>(&planned);
    if (work == nullptr || !call.query.contains("min_seq")) return planned;
    const auto least = codec::number_of(call.asked("min_seq"));
    if (!least) return problem(400, "MALFORMED", "min_seq is no whole number", "give the seq of an answer you had");
    work->run = [run = std::move(work->run), least = *least](node::Venue& venue) -> Result<Answer> {
        const std::uint64_t seq = venue.engine().seq();
        if (seq >= least) return run(venue);
        return problem(409, "SEQ_CONFLICT", "this venue has not come so far", "its seq is " + std::to_string(seq),
                       "\"seq\":" + std::to_string(seq));
    };
    return planned;
}

Answer refuse(auth::Refusal refusal) {
    const auth::RefusalText& text = auth::text_of(refusal);
    return problem(text.status, text.code, text.title, text.cure);
}

Plan call_endpoint(const Endpoint& endpoint, Call& call, std::string_view query) {
    // Commands say themselves what they need: each has a scope of its own.
    if (endpoint.scope && endpoint.id != "commands" && !call.may(*endpoint.scope)) return refuse(auth::Refusal::scope);
    if (const std::string fault = read_query(query, endpoint, call); !fault.empty())
        return problem(400, "MALFORMED", "the query cannot be read", fault);
    return from_seq_on(endpoint.plan(call), call);
}

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

const RejectText& text_of(RejectCode code) {
    const auto texts = reject_texts();
    return *std::find_if(texts.begin(), texts.end(), [&](const RejectText& text) { return text.code == code; });
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

Answer unreadable(const std::vector<Error>& errors) {
    text::JsonWriter list;
    list.begin_array();
    for (const Error& e : errors)
        list.begin_object().key("where").string(e.where).key("what").string(e.what).key("cure").string(e.cure).end_object();
    list.end_array();
    return problem(400, "MALFORMED", "what was sent cannot be read", to_string(errors.front()), "\"errors\":" + list.take());
}

Answer told(const node::Venue& venue, const Reply& reply) {
    const std::string json = codec::reply_json(venue.engine().state(), venue.names(), reply);
    if (reply.accepted()) return {200, json};
    const RejectText& text = text_of(reply.reject.code);
    const std::string detail = std::string(text.meaning) + "; " + std::string(text.cure);
    return problem(status_of(reply.reject.code), upper(text.name), text.name, detail,
                   "\"seq\":" + std::to_string(reply.seq) + ",\"reply\":" + json);
}

std::variant<std::uint8_t, Answer> scopes_of(const Request& request, const Rules& rules) {
    if (rules.gate == nullptr) return rules.unsigned_scopes;
    auth::Signed signature = request.signature;
    signature.method = request.method;
    signature.target = request.target;
    signature.body = request.body;
    const auth::Verdict verdict = rules.gate->check(signature, rules.now_ms());
    if (verdict.refusal != auth::Refusal::none) return refuse(verdict.refusal);
    return verdict.scopes;
}

namespace {

/// Finds the endpoint; `scopes` is asked only where one is needed.
Plan plan_with(const Request& request, const Rules& rules, const std::function<std::variant<std::uint8_t, Answer>()>& scopes) {
    const std::string_view target = request.target;
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view();
    const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    std::string allowed;
    std::vector<std::string> names;
    for (const Endpoint& endpoint : endpoints()) {
        if (!match(endpoint.path, path, names)) continue;
        if (endpoint.method != method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(endpoint.method);
            continue;
        }
        Call call{request, rules, std::move(names), {}, 0};
        if (!endpoint.scope) return call_endpoint(endpoint, call, query);
        auto granted = scopes();
        if (auto* turned_away = std::get_if<Answer>(&granted)) return std::move(*turned_away);
        call.scopes = std::get<std::uint8_t>(granted);
        return call_endpoint(endpoint, call, query);
    }
    if (!allowed.empty()) return problem(405, "METHOD_NOT_ALLOWED", "this is asked in another way", "by " + allowed);
    return problem(404, "NOT_FOUND", "nothing is served here", "/openapi.json lists what is");
}

}  // namespace

Plan plan(const Request& request, const Rules& rules) {
    return plan_with(request, rules, [&] { return scopes_of(request, rules); });
}

Plan plan_for(std::uint8_t scopes, const Request& request, const Rules& rules) {
    return plan_with(request, rules, [&]() -> std::variant<std::uint8_t, Answer> { return scopes; });
}

}  // namespace plimsoll::gateway
