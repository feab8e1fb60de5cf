// Questions that are answered by the engine's own decisions, without their effect.
#include "plimsoll/gateway/call.hpp"
#include "plimsoll/gateway/sent_commands.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/codec/state_json.hpp"
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/node/snapshot.hpp"
#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"

#include <algorithm>

namespace plimsoll::gateway {

namespace {

using node::Lane;
using node::Venue;

/// A command that is read on the venue as it stands and then looked at.
Plan of_command(const Call& call, const std::shared_ptr<SentCommands>& body, Answer (*look)(Venue&, Command&)) {
    return Planned{Lane::ordinary,
                   [body, now = call.rules.now_ms, look](Venue& venue) -> Result<Answer> {
                       Command command;
                       const auto faults = body->command(0, venue, std::max(now(), venue.engine().state().time_ms), command);
                       return faults.empty() ? look(venue, command) : unreadable(faults);
                   },
                   {},
                   true};
}

Answer no_order() { return problem(400, "MALFORMED", "only orders can be checked", "send a place-order command, or ask /v1/simulate"); }

Answer check(Venue& venue, Command& command) {
    Looking looking;
    return std::holds_alternative<command::PlaceOrder>(command.body) ? told(venue, decided_without_effect(venue, command, looking))
                                                                     : no_order();
}

/// Some are read before the first of them is decided, so that what a decision looks at is on its way.
Answer check_all(Venue& venue, SentCommands& orders, std::uint64_t time) {
    constexpr std::size_t together = 64;
    Looking looking;
    AnswerList answers(orders.size());
    std::vector<Command> commands(std::min(together, orders.size()));
    std::vector<std::vector<Error>> faults(commands.size());
    for (std::size_t from = 0; from < orders.size(); from += together) {
        const std::size_t count = std::min(together, orders.size() - from);
        for (std::size_t i = 0; i < count; ++i) faults[i] = orders.command(from + i, venue, time, commands[i]);
        for (std::size_t i = 0; i < count; ++i) {
            venue.engine().fetch_ahead(i, count, [&](std::size_t at) -> const Command& { return commands[at]; });
            if (!faults[i].empty()) answers.add(unreadable(faults[i]));
            else if (!std::holds_alternative<command::PlaceOrder>(commands[i].body)) answers.add(no_order());
            else answers.add(venue, decided_without_effect(venue, commands[i], looking));
        }
    }
    return answers.take(venue);
}

std::string solved(const Venue& venue, std::string_view what, const std::string& value) {
    text::JsonWriter json;
    json.begin_object().key("seq").number(std::to_string(venue.engine().seq())).key(what);
    if (value.empty()) json.null();
    else json.string(value);
    return json.end_object().take();
}

/// By the order of the largest size there is: what refuses it says which would pass.
Answer largest(Venue& venue, Command& command) {
    auto* order = std::get_if<command::PlaceOrder>(&command.body);
    if (order == nullptr)
        return problem(400, "MALFORMED", "the size of an order is solved for", "send a place-order command; its size says nothing");
    const State& state = venue.engine().state();
    if (!state.active || order->market.index >= state.active->params().markets.size())
        return problem(404, "MARKET_UNKNOWN", "there is no such market", "/v1/markets lists them");
    const Instrument& instrument = state.market_params(order->market).instrument;
    order->size = Size::from_raw(instrument.size_max.raw() / instrument.lot.raw() * instrument.lot.raw());
    Looking looking;
    const Reply reply = decided_without_effect(venue, command, looking);
    if (reply.reject.refused() && !reply.reject.size_passes && reply.reject.required == 0) return told(venue, reply);
    const Size most = reply.accepted() ? order->size : reply.reject.size_passes ? reply.reject.largest_size : Size{};
    return Answer{200, solved(venue, "max_size", format_decimal_short(most.raw(), instrument.size_digits))};
}

/// Fields of a question that is no command.
struct Asked {
    AccountId account{};
    AssetId asset{};
};
Result<Asked, std::vector<Error>> read_asked(const Venue& venue, const std::string& body) {
    const auto document = text::parse_json(body, "body");
    if (!document) return fail(std::vector{document.error()});
    text::Issues issues("body");
    text::ObjectReader reader(*document, "", issues);
    const State& state = venue.engine().state();
    Asked asked;
    if (const auto name = reader.string("account")) {
        const auto account = venue.names().account(*name);
        if (account && account->index < state.accounts.size()) asked.account = *account;
        else reader.issue("account", "there is no account '" + text::shown(*name) + "'", "accounts are numbered from 0");
    }
    if (const auto name = reader.string("asset")) {
        const auto& assets = state.active->params().assets;
        const auto found = std::find_if(assets.begin(), assets.end(), [&](const Asset& a) { return a.name == *name; });
        if (found != assets.end()) asked.asset = {static_cast<std::uint32_t>(found - assets.begin())};
        else reader.issue("asset", "there is no asset '" + text::shown(*name) + "'", "/v1/venue lists them");
    }
    reader.finish();
    if (!issues.empty()) return fail(issues.errors());
    return asked;
}

/// What a question about an asset of an account finds.
Planned of_asset(const Call& call, std::function<std::string(const State&, const Asked&)> ask, std::string_view what) {
    return {Lane::ordinary,
            [body = call.request.body, ask = std::move(ask), what](Venue& venue) -> Result<Answer> {
                if (!venue.engine().state().active)
                    return problem(404, "NO_ACTIVE_SET", "no parameter set is in force", "define one and activate it");
                const auto asked = read_asked(venue, body);
                if (!asked) return unreadable(asked.error());
                return Answer{200, solved(venue, what, ask(venue.engine().state(), *asked))};
            },
            {}};
}

struct Simulation {
    text::Value commands;  // a list
    std::vector<std::string> accounts;
};

Result<Simulation, std::vector<Error>> read_simulation(const std::string& body) {
    const auto document = text::parse_json(body, "body");
    if (!document) return fail(std::vector{document.error()});
    text::Issues issues("body");
    text::ObjectReader reader(*document, "", issues);
    Simulation simulation;
    reader.array("commands");
    if (const text::Value* commands = document->find("commands")) simulation.commands = *commands;
    for (const text::Value& item : reader.array("accounts", text::Need::optional))
        if (auto name = text::read_string(item, reader.path_of("accounts"), issues)) simulation.accounts.push_back(std::move(*name));
    reader.finish();
    if (!issues.empty()) return fail(issues.errors());
    return simulation;
}

/// The commands on an engine that nobody else sees.
Answer run_simulation(Engine& engine, const Simulation& simulation, std::uint64_t now_ms) {
    codec::Names names(engine.state().limits);
    std::string results;
    for (const text::Value& item : simulation.commands.items) {
        const auto command = codec::read_command(engine.state(), names, item, "body", std::max(now_ms, engine.state().time_ms));
        if (!command) return unreadable(command.error());
        const Reply reply = engine.execute(*command);
        std::string events;
        for (const Event& event : engine.events()) events += (events.empty() ? "" : ",") + codec::event_json(engine.state(), names, event);
        results += (results.empty() ? "" : ",") + ("{\"reply\":" + codec::reply_json(engine.state(), names, reply)) + ",\"events\":[" +
                   events + "]}";
    }
    std::string accounts;
    for (const std::string& name : simulation.accounts) {
        const auto account = names.account(name);
        if (!account || account->index >= engine.state().accounts.size())
            return problem(404, "ACCOUNT_UNKNOWN", "there is no such account", "'" + text::shown(name) + "' after the commands");
        accounts += (accounts.empty() ? "" : ",") + codec::account_json(engine, names, *account);
    }
    return {200, "{\"seq\":" + std::to_string(engine.seq()) + ",\"results\":[" + results + "],\"accounts\":[" + accounts + "]}"};
}

}  // namespace

Reply decided_without_effect(const Venue& venue, const Command& command, Looking& looking) {
    looking.events.clear();
    Reply reply;
    decide(venue.engine().state(), command, looking.room, looking.events, reply.reject);
    reply.seq = venue.engine().seq();
    reply.chain = venue.engine().chain();
    return reply;
}

Plan check_orders(const Call& call) {
    constexpr std::size_t quick_most = 16;  // more are not to hold up whoever asks for something else
    const auto read = SentCommands::read(call.request.body, "orders");
    if (!read) return unreadable({read.error()});
    const auto& orders = *read;
    if (!orders->is_list()) return of_command(call, orders, check);
    if (orders->size() == 0) return problem(400, "MALFORMED", "there is no order in the batch", "send one at least");
    if (orders->size() > call.rules.checks_most)
        return problem(413, "TOO_MANY", "too many orders in one batch", "at most " + std::to_string(call.rules.checks_most));
    return Planned{Lane::ordinary,
                   [orders, now = call.rules.now_ms](Venue& venue) -> Result<Answer> {
                       return check_all(venue, *orders, std::max(now(), venue.engine().state().time_ms));
                   },
                   {},
                   orders->size() <= quick_most};
}

/// The copy is made in the venue's turn; deciding on it holds nobody up.
Plan simulate(const Call& call) {
    auto simulation = read_simulation(call.request.body);
    if (!simulation) return unreadable(simulation.error());
    if (simulation->commands.items.size() > call.rules.commands_most)
        return problem(413, "TOO_MANY", "too many commands in one simulation", "at most " + std::to_string(call.rules.commands_most));
    const auto image = std::make_shared<ByteSink>();
    return Planned{Lane::ordinary,
                   [image](Venue& venue) -> Result<Answer> {
                       node::write_engine(venue.engine(), *image);
                       return Answer{};
                   },
                   [image, asked = std::move(*simulation), now = call.rules.now_ms](Answer) {
                       const auto engine = node::read_engine(image->bytes());
                       if (!engine) return problem(500, "INTERNAL", "the venue cannot be copied", to_string(engine.error()));
                       return run_simulation(**engine, asked, now());
                   }};
}

Plan solve_max_size(const Call& call) {
    const auto read = SentCommands::read(call.request.body);
    if (!read) return unreadable({read.error()});
    return of_command(call, *read, largest);
}

Plan solve_max_withdrawal(const Call& call) {
    return of_asset(
        call,
        [](const State& state, const Asked& asked) {
            const command::Withdraw all{asked.account, asked.asset, state.active->params().asset(asked.asset).amount_max};
            Room room;
            Events events;
            const Reject reject = decide(state, {{}, state.time_ms, all}, room, events);
            const Amount most = reject.refused() ? reject.largest_amount : all.amount;
            return format_decimal_short(most.raw(), state.active->params().asset(asked.asset).digits);
        },
        "max_withdrawal");
}

Plan solve_deposit(const Call& call) {
    return of_asset(
        call,
        [](const State& state, const Asked& asked) -> std::string {
            std::vector<Position> positions;
            std::vector<Balance> balances;
            const AccountView view = view_of(state, asked.account, Reading::open, positions, balances);
            const auto least = deposit_needed(state.active->credit, view, asked.asset, Purpose::open);
            return least ? format_decimal_short(least->value, state.active->params().asset(asked.asset).digits) : std::string();
        },
        "deposit_needed");
}

}  // namespace plimsoll::gateway
