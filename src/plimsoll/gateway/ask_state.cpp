// What the venue is: reads that change nothing and take no figures.
#include "plimsoll/gateway/call.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/codec/state_json.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/json.hpp"
#include "plimsoll/text/toml.hpp"

namespace plimsoll::gateway {

namespace {

using node::Lane;
using node::Venue;

/// A read of the venue, in its turn.
Planned read(std::function<Answer(Venue&)> ask) {
    return {Lane::ordinary, [ask = std::move(ask)](Venue& venue) -> Result<Answer> { return ask(venue); }, {}, true};
}

std::string with_seq(const Venue& venue) { return "\"seq\":" + std::to_string(venue.engine().seq()); }

Answer no_set(const Venue& venue) {
    return problem(404, "NO_ACTIVE_SET", "no parameter set is in force", "define one and activate it", with_seq(venue));
}

/// Answers with the account, if there is one and it can be judged.
Planned of_account(const std::string& name, std::function<std::string(Venue&, AccountId)> say) {
    return read([name, say = std::move(say)](Venue& venue) {
        const auto account = venue.names().account(name);
        if (account && account->index < venue.engine().state().accounts.size()) return Answer{200, say(venue, *account)};
        return problem(404, "ACCOUNT_UNKNOWN", "there is no such account",
                       "accounts are numbered from 0 in the order in which they were opened", with_seq(venue));
    });
}

constexpr std::uint64_t events_default = 100;
constexpr std::uint64_t events_most = 1'000;

Answer tell_events(const Venue& venue, std::uint64_t from, std::uint64_t limit) {
    const node::Feed& feed = venue.feed();
    const std::uint64_t last = venue.engine().seq();
    if (from <= last && (feed.empty() || from < feed.first()))
        return problem(410, "EVENTS_GONE", "events so old are not kept in memory", "plimsoll journal dump --events has all of them",
                       with_seq(venue) + ",\"first_seq\":" + std::to_string(feed.empty() ? last + 1 : feed.first()));
    std::string items;
    std::uint64_t seq = from;
    for (; seq <= last && seq - from < limit; ++seq) items += (items.empty() ? "" : ",") + told_json(venue, feed.at(seq));
    return {200, "{" + with_seq(venue) + ",\"next_seq\":" + std::to_string(seq) + ",\"commands\":[" + items + "]}"};
}

}  // namespace

std::string told_json(const Venue& venue, const node::Told& told) {
    return codec::told_json(venue.engine().state(), venue.names(), told.seq, told.time_ms, node::hash_text(told.chain), told.events);
}

Plan ask_alive(const Call&) { return Answer{200, "{\"status\":\"ok\"}"}; }

Plan ask_ready(const Call& call) {
    // In the urgent lane: a crowd does not make a venue look dead.
    return Planned{Lane::urgent,
                   [threads = call.rules.commit_threads](Venue& venue) -> Result<Answer> {
                       const bool has_set = venue.engine().state().active != nullptr;
                       text::JsonWriter json;
                       json.begin_object().key("status").string(has_set ? "ready" : "no parameter set is in force");
                       json.key("seq").number(std::to_string(venue.engine().seq()));
                       json.key("commit_threads").string(threads ? threads() : "unknown").end_object();
                       return Answer{has_set ? 200 : 503, json.take()};
                   },
                   {}};
}

Plan ask_metrics(const Call& call) {
    return read([metrics = call.rules.metrics](Venue& venue) {
        return Answer{200, metrics ? metrics(venue) : std::string(), "text/plain; version=0.0.4; charset=utf-8"};
    });
}

Plan ask_openapi(const Call&) { return Answer{200, openapi_json()}; }

Plan ask_venue(const Call&) {
    return read([](Venue& venue) { return Answer{200, codec::venue_json(venue.engine(), node::hash_text(venue.engine().chain()))}; });
}

Plan ask_set(const Call&) {
    return read([](Venue& venue) {
        if (!venue.engine().state().active) return no_set(venue);
        return Answer{200, formats::write_parameter_set(venue.engine().state().active->params()), "application/toml"};
    });
}

namespace {

/// Which set, and since when.
void write_in_force(text::JsonWriter& json, const node::InForce& one) {
    json.begin_object().key("name").string(one.set->name).key("version").number(std::to_string(one.set->version));
    json.key("hash").string("sha256:" + text::hex(one.hash)).key("since_seq").number(std::to_string(one.seq));
    json.key("since_ms").number(std::to_string(one.time_ms)).end_object();
}

/// The members of the set's file under which its schedules stand, and which market uses which.
void write_schedules(text::JsonWriter& json, const ParameterSet& set) {
    const auto document = text::parse_toml(formats::write_parameter_set(set), "set");
    const text::Value* schedules = document ? document->find("schedule") : nullptr;
    json.key("schedules");
    if (schedules == nullptr) json.begin_array().end_array();
    else json.value(*schedules);
    json.key("markets").begin_array();
    for (const MarketParams& market : set.markets)
        json.begin_object().key("market").string(market.name).key("schedule").string(set.schedules[market.schedule.index].id).end_object();
    json.end_array();
}

Answer tell_schedules(const Venue& venue, std::optional<std::uint64_t> as_of) {
    const node::History& history = venue.history();
    if (!as_of && history.all().empty()) return no_set(venue);
    const node::InForce* found = as_of ? history.at(*as_of) : &history.all().back();
    if (found == nullptr)
        return problem(404, "NO_SET_THEN", "no parameter set was in force then, or it is no longer known",
                       "the latest 64 sets are kept; plimsoll journal dump has all of them", with_seq(venue));
    text::JsonWriter json;
    json.begin_object().key("seq").number(std::to_string(venue.engine().seq())).key("set");
    write_in_force(json, *found);
    write_schedules(json, *found->set);
    return {200, json.end_object().take()};
}

}  // namespace

Plan ask_schedules(const Call& call) {
    std::optional<std::uint64_t> as_of;
    if (call.query.contains("as_of")) {
        as_of = codec::number_of(call.asked("as_of"));
        if (!as_of) return problem(400, "MALFORMED", "as_of is no whole number", "give milliseconds since 1970, as in time_ms");
    }
    return read([as_of](Venue& venue) { return tell_schedules(venue, as_of); });
}

/// Sets that were defined and could be put in force.
Plan ask_proposals(const Call&) {
    return read([](Venue& venue) {
        const State& state = venue.engine().state();
        text::JsonWriter json;
        json.begin_object().key("seq").number(std::to_string(venue.engine().seq())).key("proposals").begin_array();
        for (const ReadySet& ready : state.ready) {
            if (state.active && state.active->hash == ready.hash) continue;
            json.begin_object().key("name").string(ready.set->name).key("version").number(std::to_string(ready.set->version));
            json.key("hash").string("sha256:" + text::hex(ready.hash)).end_object();
        }
        json.end_array().end_object();
        return Answer{200, json.take()};
    });
}

Plan ask_markets(const Call&) {
    return read([](Venue& venue) { return Answer{200, codec::markets_json(venue.engine())}; });
}

Plan ask_market(const Call& call) {
    return read([name = call.names[0]](Venue& venue) {
        if (!venue.engine().state().active) return no_set(venue);
        const ParameterSet& set = venue.engine().state().active->params();
        if (const MarketParams* market = set.find_market(name))
            return Answer{200, codec::market_json(venue.engine(), MarketId{static_cast<std::uint32_t>(market - set.markets.data())})};
        return problem(404, "MARKET_UNKNOWN", "there is no such market", "/v1/markets lists them", with_seq(venue));
    });
}

Plan ask_account(const Call& call) {
    return of_account(call.names[0],
                      [](Venue& venue, AccountId account) { return codec::account_json(venue.engine(), venue.names(), account); });
}

Plan ask_margin(const Call& call) {
    return of_account(call.names[0],
                      [](Venue& venue, AccountId account) { return codec::margin_json(venue.engine(), venue.names(), account); });
}

Plan ask_events(const Call& call) {
    const auto from = codec::number_of(call.asked("from_seq"));
    const auto limit = call.query.contains("limit") ? codec::number_of(call.asked("limit")) : std::optional(events_default);
    if (!from || *from == 0)
        return problem(400, "MALFORMED", "from_seq is missing or no whole number above 0", "the first command has seq 1");
    if (!limit || *limit == 0 || *limit > events_most)
        return problem(400, "MALFORMED", "limit is no whole number of 1 to 1000", "leave it out for 100");
    return read([from = *from, limit = *limit](Venue& venue) { return tell_events(venue, from, limit); });
}

}  // namespace plimsoll::gateway
