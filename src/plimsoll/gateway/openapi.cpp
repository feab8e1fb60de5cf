// The list of endpoints for programs and for readers.
#include "plimsoll/gateway/call.hpp"

#include "plimsoll/codec/schema.hpp"
#include "plimsoll/engine/command.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::gateway {

namespace {

using text::JsonWriter;

constexpr std::string_view min_seq = "answer only when the venue has come so far, as the seq of an earlier answer said; 409 otherwise";

/// Whether a parameter of this name is a whole number.
bool counts(std::string_view name) { return name == "min_seq" || name == "from_seq" || name == "limit" || name == "as_of"; }

void parameter(JsonWriter& json, std::string_view name, std::string_view where, bool required, std::string_view meaning) {
    json.begin_object().key("name").string(name).key("in").string(where).key("required").boolean(required);
    if (!meaning.empty()) json.key("description").string(meaning);
    json.key("schema").begin_object().key("type").string(counts(name) ? "integer" : "string").end_object().end_object();
}

void parameters(JsonWriter& json, const Endpoint& endpoint) {
    json.key("parameters").begin_array();
    for (std::size_t at = endpoint.path.find('{'); at != std::string_view::npos; at = endpoint.path.find('{', at + 1))
        parameter(json, endpoint.path.substr(at + 1, endpoint.path.find('}', at) - at - 1), "path", true,
                  "by its name, accounts by their number");
    for (const Parameter& p : endpoint.query) parameter(json, p.name, "query", p.name == "from_seq" || p.name == "format", p.meaning);
    if (endpoint.scope) parameter(json, "min_seq", "query", false, min_seq);
    if (endpoint.id == "commands")
        parameter(json, "Idempotency-Key", "header", false, "the same key and body is the same command, told again");
    json.end_array();
}

JsonWriter& refer(JsonWriter& json, std::string_view schema) {
    return json.key("$ref").string("#/components/schemas/" + std::string(schema));
}

void content(JsonWriter& json, std::string_view type, std::string_view schema) {
    json.key("content").begin_object().key(type).begin_object().key("schema").begin_object();
    if (type == "application/json" || type == "application/problem+json") refer(json, schema);
    else json.key("type").string("string");
    json.end_object().end_object().end_object();
}

void operation(JsonWriter& json, const Endpoint& endpoint) {
    std::string method(endpoint.method);
    std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    json.key(method).begin_object().key("operationId").string(endpoint.id).key("summary").string(endpoint.summary);
    json.key("security").begin_array();
    if (endpoint.scope) json.begin_object().key("signature").begin_array().string(auth::word(*endpoint.scope)).end_array().end_object();
    json.end_array();
    parameters(json, endpoint);
    if (!endpoint.body.empty()) {
        json.key("requestBody").begin_object().key("required").boolean(true).key("content").begin_object().key("application/json");
        json.begin_object().key("schema").begin_object();
        if (endpoint.takes.empty()) json.key("type").string("object");
        else refer(json, endpoint.takes);
        json.end_object().key("example");
        json.value(*text::parse_json(endpoint.body, "example")).end_object().end_object().end_object();
    }
    json.key("responses").begin_object().key("200").begin_object().key("description").string(endpoint.answer);
    content(json, endpoint.type, endpoint.gives);
    json.end_object().key("default").begin_object().key("description").string("why not, by RFC 9457");
    content(json, "application/problem+json", "Problem");
    json.end_object().end_object().end_object();
}

/// One of them, or an object with a list of them under `list`.
void one_or_list(JsonWriter& json, std::string_view name, std::string_view one, std::string_view list) {
    json.key(name).begin_object().key("oneOf").begin_array().begin_object();
    refer(json, one).end_object().begin_object().key("type").string("object").key("properties").begin_object();
    json.key(list).begin_object().key("type").string("array").key("minItems").number(std::int64_t{1}).key("items").begin_object();
    refer(json, one).end_object().end_object().end_object().key("required").begin_array().string(list).end_array();
    json.key("additionalProperties").boolean(false).end_object().end_array().end_object();
}

/// What goes into and comes out of the endpoints that decide commands.
void bodies(JsonWriter& json) {
    one_or_list(json, "Commands", "Command", "commands");
    one_or_list(json, "Orders", "command.place-order", "orders");
    json.key("Simulation").begin_object().key("type").string("object").key("properties").begin_object();
    json.key("commands").begin_object().key("type").string("array").key("items").begin_object();
    refer(json, "Command").end_object().end_object();
    json.key("accounts").begin_object().key("type").string("array").key("items").begin_object().key("type").string("string").end_object();
    json.end_object().end_object().key("required").begin_array().string("commands").end_array().end_object();
    json.key("AccountAsset").begin_object().key("type").string("object").key("properties").begin_object();
    for (const std::string_view name : {"account", "asset"}) json.key(name).begin_object().key("type").string("string").end_object();
    json.end_object().key("required").begin_array().string("account").string("asset").end_array().end_object();
    json.key("Replies").begin_object().key("oneOf").begin_array().begin_object();
    refer(json, "Reply").end_object().begin_object().key("type").string("object").key("properties").begin_object();
    json.key("seq").begin_object().key("type").string("integer").end_object();
    json.key("all_accepted").begin_object().key("type").string("boolean").end_object();
    json.key("results").begin_object().key("type").string("array").key("items").begin_object().key("type").string("object");
    json.key("properties").begin_object().key("status").begin_object().key("type").string("integer").end_object();
    json.key("body").begin_object().key("type").string("object").end_object().end_object().end_object().end_object().end_object();
    json.key("required").begin_array().string("seq").string("results").end_array().end_object().end_array().end_object();
}

void schemas(JsonWriter& json) {
    json.key("schemas").begin_object();
    codec::put_schemas(json);
    bodies(json);
    json.key("Answer").begin_object().key("type").string("object");
    json.key("description").string("Decimals are strings. Figures that count commands are numbers.").end_object();
    json.key("Problem").begin_object().key("type").string("object").key("required").begin_array();
    for (const std::string_view name : {"type", "title", "status", "code", "detail"}) json.string(name);
    json.end_array().key("properties").begin_object();
    for (const std::string_view name : {"type", "title", "code", "detail"})
        json.key(name).begin_object().key("type").string("string").end_object();
    json.key("status").begin_object().key("type").string("integer").end_object();
    json.end_object().end_object().end_object();
}

/// An operation of the document, for readers.
void row(std::string& page, std::string_view method, std::string_view path, const text::Value& operation) {
    const text::Value& good = *operation.find("responses")->find("200");
    const std::string& type = good.find("content")->members.front().key;
    const std::vector<text::Value>& security = operation.find("security")->items;
    page += "### `" + std::string(method) + " " + std::string(path) + "`\n\n" + operation.find("summary")->text + "\n\n";
    if (security.empty()) page += "Open to everyone. ";
    else if (operation.find("operationId")->text == "commands") page += "Scope: that of each command, below. ";
    else page += "Scope: " + security.front().members.front().value.items.front().text + ". ";
    page += "Answer: " + good.find("description")->text + (type == "application/json" ? ".\n\n" : " (`" + type + "`).\n\n");
    std::string asked;
    for (const text::Value& p : operation.find("parameters")->items)
        if (p.find("in")->text == "query" && p.find("name")->text != "min_seq")
            asked += "- `" + p.find("name")->text + "`: " + p.find("description")->text + "\n";
    if (!asked.empty()) page += asked + "\n";
    if (const text::Value* body = operation.find("requestBody")) {
        const text::Value& example = *body->find("content")->find("application/json")->find("example");
        page += "```json\n" + text::dump_json(example, text::Layout::compact) + "\n```\n\n";
    }
}

template <std::size_t... Kinds>
void command_scopes(std::string& page, std::index_sequence<Kinds...>) {
    const auto one = [&](std::string_view name, std::string_view meaning) {
        page +=
            "| `" + std::string(name) + "` | " + std::string(auth::word(*scope_of_command(name))) + " | " + std::string(meaning) + " |\n";
    };
    (one(std::variant_alternative_t<Kinds, CommandBody>::name, std::variant_alternative_t<Kinds, CommandBody>::meaning), ...);
}

constexpr std::string_view page_head = R"(# HTTP

*Written by `./dev docs` from the service's own `/openapi.json`. Do not edit it by hand.*

`plimsolld` answers on `http://127.0.0.1:8471`. Bodies are JSON; every price, size, rate and amount is a decimal string. An answer carries `seq`, the
number of the latest command that was decided, and every answer, whatever its status, the header `PLIM-SEQ`, the number of the latest command that is on the disk; a read
with `?min_seq=` is answered only by a venue that has come so far. `/openapi.json` has this list
for programs.

A status tells the truth: 200 done, 400 it cannot be read, 401 not signed well, 403 not allowed, 404 no such thing, 405 another method, 409 the same id
for something else or a seq not reached, 410 events no longer kept, 413 or 431 too large, 422 refused by the rules, 426 a socket is to be opened by an
upgrade, 429 too much waits (nothing was done; `Retry-After` says when), 500 a fault of ours, 503 not ready, 507 the journal has no room (nothing was done). Whatever is not 200 has a body by RFC 9457 (`application/problem+json`): `title`, `status`, a stable `code`,
`detail`, and of a refused command its `reply` with `required`, `available`, `shortfall`, the rule that decided, the inputs and the cheapest cure
(docs/reference/rejects.md).

A command is on the disk before it is answered. When an answer does not come, whether it was decided is not known: send it again under the same `id` (or
`Idempotency-Key`), and it is decided once, and its reply told again. An `id` is the venue's, an `Idempotency-Key` its sender's own: two holders of keys who choose the same one
mean two commands. The replies of the latest 65,536 commands with an id are remembered (`--replies` of a new journal); whoever sends again after
more than that asks first what became of it (`/v1/events`).

A command may say its time (`time_ms`); one of more than a second ahead of the service's clock is refused. A body of commands holds at most 8,192, one of checks 1,024.
Without keys a request of a browser page that is not of this machine (`Origin`) is refused.

## Signing

Without `--keys` nobody signs: everyone who reaches the address may read, and with `--allow-commands` may do everything. With `--keys FILE`
(`plimsoll keys new`) every request but those open to everyone carries

- `PLIM-API-KEY`: the id of the key
- `PLIM-TIMESTAMP`: milliseconds since 1970
- `PLIM-RECV-WINDOW`: for how many milliseconds it is good, at most 60000; 5000 when left out
- `PLIM-NONCE`: anything, to tell two equal requests of one millisecond apart; may be left out
- `PLIM-SIGN`: lower-case hexadecimal, HMAC-SHA256 (32 bytes) or Ed25519 (64 bytes), by the key's scheme, over these lines joined by line feeds, none
  after the last: key id, timestamp, window as sent or empty, nonce or empty, method, path with query as sent, SHA-256 of the body in hexadecimal

A request is taken once. One that was signed before the service started is refused, because what was taken then is not remembered.

## Endpoints

)";

}  // namespace

std::string openapi_json() {
    JsonWriter json(text::Layout::pretty);
    json.begin_object().key("openapi").string("3.1.0");
    json.key("info").begin_object().key("title").string("plimsolld").key("version").string(PLIM_VERSION);
    json.key("summary").string("A venue's margin: commands in, decisions out.").end_object();
    json.key("servers").begin_array().begin_object().key("url").string("/").end_object().end_array();
    json.key("paths").begin_object();
    std::string_view last;
    for (const Endpoint& endpoint : endpoints()) {
        if (endpoint.path != last && !last.empty()) json.end_object();
        if (endpoint.path != last) json.key(endpoint.path).begin_object();
        last = endpoint.path;
        operation(json, endpoint);
    }
    json.end_object().end_object().key("components").begin_object();
    schemas(json);
    json.key("securitySchemes").begin_object().key("signature").begin_object().key("type").string("apiKey").key("in").string("header");
    json.key("name").string("PLIM-SIGN").key("description").string("See docs/reference/http.md, Signing.").end_object().end_object();
    return json.end_object().end_object().take();
}

std::string http_page() {
    std::string page(page_head);
    const text::Value document = *text::parse_json(openapi_json(), "openapi.json");
    for (const text::Member& path : document.find("paths")->members)
        for (const text::Member& operation : path.value.members)
            row(page, operation.key == "get" ? "GET" : "POST", path.key, operation.value);
    page +=
        "## Commands and their scopes\n\nTheir fields are in [commands.md](commands.md).\n\n| command | scope | |\n| --- | --- | --- |\n";
    command_scopes(page, std::make_index_sequence<std::variant_size_v<CommandBody>>{});
    return page;
}

}  // namespace plimsoll::gateway
