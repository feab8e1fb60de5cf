// Commands: who may give them, which of them wait for nobody, and what is said of each.
#include "plimsoll/gateway/call.hpp"
#include "plimsoll/gateway/sent_commands.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/engine/command.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::gateway {

namespace {

using auth::Scope;
using node::Lane;
using node::Venue;

/// What a command is to the edge.
struct CommandTraits {
    std::string_view name;
    Scope scope;
    bool urgent;  // it lowers risk, moves prices or lets time pass: nothing may hold it up
};

constexpr std::array<CommandTraits, 30> traits = {{
    {command::DefineSet::name, Scope::admin, false},       {command::ActivateSet::name, Scope::admin, false},
    {command::OpenAccount::name, Scope::operate, false},   {command::SetGroup::name, Scope::admin, false},
    {command::SetMode::name, Scope::trade, false},         {command::SetLeverage::name, Scope::trade, false},
    {command::SetOverride::name, Scope::admin, false},     {command::Deposit::name, Scope::operate, true},
    {command::ConfirmDeposit::name, Scope::operate, true}, {command::DropDeposit::name, Scope::operate, false},
    {command::Withdraw::name, Scope::operate, false},      {command::Transfer::name, Scope::operate, false},
    {command::MoveMargin::name, Scope::trade, false},      {command::PlaceOrder::name, Scope::trade, false},
    {command::AmendOrder::name, Scope::trade, false},      {command::CancelOrder::name, Scope::trade, true},
    {command::Fill::name, Scope::operate, true},  // it has happened
    {command::CloseAll::name, Scope::trade, true},         {command::MarkPrices::name, Scope::operate, true},
    {command::IndexPrices::name, Scope::operate, true},    {command::MarketRisk::name, Scope::operate, true},
    {command::Funding::name, Scope::operate, true},        {command::Halt::name, Scope::admin, true},
    {command::Tick::name, Scope::operate, true},           {command::MoveFund::name, Scope::admin, false},
    {command::TakeFees::name, Scope::admin, false},        {command::SetBackstop::name, Scope::admin, false},
    {command::Deleverage::name, Scope::admin, true},       {command::Delist::name, Scope::admin, false},
    {command::Settle::name, Scope::admin, false},
}};
static_assert(traits.size() == std::variant_size_v<CommandBody>, "a command was added: say here who may give it");
template <std::size_t... Kinds>
constexpr bool in_order(std::index_sequence<Kinds...>) {
    return ((traits[Kinds].name == std::variant_alternative_t<Kinds, CommandBody>::name) && ...);
}
static_assert(in_order(std::make_index_sequence<traits.size()>{}), "they stand in the order of their numbers");

const CommandTraits* traits_of(std::string_view name) {
    const auto found = std::find_if(traits.begin(), traits.end(), [&](const CommandTraits& t) { return t.name == name; });
    return found == traits.end() ? nullptr : &*found;
}

using Body = std::shared_ptr<SentCommands>;

bool is_urgent(const SentCommands& body, std::size_t i) {
    const CommandTraits* known = traits_of(body.name(i));
    return known != nullptr && (known->urgent || body.says_reduce_only(i));
}

/// What cannot be a command needs no scope: it is refused when it is read.
bool may_give(const Call& call, std::string_view name) {
    const auto scope = scope_of_command(name);
    return scope ? call.may(*scope) : call.scopes != 0;
}

Answer not_allowed(const Call& call, std::string_view name) {
    const auto scope = scope_of_command(name);
    const std::string needed = scope ? std::string(auth::word(*scope)) : "another";
    if (call.rules.gate == nullptr)
        return problem(403, "READ_ONLY", "this service takes no commands from those who do not sign",
                       "start it with --keys, or with --allow-commands on a machine of your own");
    return problem(403, "SCOPE_MISSING", "the key may not do this", "'" + text::shown(name) + "' needs the scope " + needed);
}

/// Two holders of keys who choose the same word mean two commands.
CommandId id_of_key(const std::string& sender, const std::string& key) {
    const std::string text = sender.empty() ? key : sender + '\n' + key;
    const Hash128 hash = hash_bytes(text.data(), text.size());
    return {hash.high, hash.low};
}

std::uint64_t stamp(const Venue& venue, const Rules& rules) { return std::max(rules.now_ms(), venue.engine().state().time_ms); }

/// Reads and decides the one command of a body.
Result<Answer> decide_one(Venue& venue, SentCommands& body, const CommandId& id, const Rules& rules) {
    Command command;
    if (const auto faults = body.command(0, venue, stamp(venue, rules), command); !faults.empty()) return unreadable(faults);
    if (const auto why = of_the_future(command, venue, rules.now_ms())) return unreadable({*why});
    if (id != CommandId{} && command.id != CommandId{})
        return problem(400, "MALFORMED", "the command has two names", "give it an id, or send an Idempotency-Key");
    if (id != CommandId{}) command.id = id;
    const auto reply = venue.execute(command);
    if (!reply) return fail(reply.error());
    return told(venue, *reply);
}

/// A full disk ends no service: what cannot be written down is not begun.
std::optional<Answer> no_room(Venue& venue, std::size_t bytes, bool urgent) {
    const auto why = venue.no_room_for(record_bound(bytes), urgent);
    if (!why) return std::nullopt;
    return problem(507, "NO_ROOM", "the journal has no room: " + why->what,
                   "nothing was done, and questions are answered; make room on its disk, and send it again");
}

/// Each in its order; one that is refused does not stop those after it.
Result<Answer> decide_all(Venue& venue, SentCommands& batch, const Rules& rules) {
    AnswerList answers(batch.size());
    Command command;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (const auto faults = batch.command(i, venue, stamp(venue, rules), command); !faults.empty()) {
            answers.add(unreadable(faults));
            continue;
        }
        if (const auto why = of_the_future(command, venue, rules.now_ms())) {
            answers.add(unreadable({*why}));
            continue;
        }
        const auto reply = venue.execute(command);
        if (!reply) return fail(reply.error());
        answers.add(venue, *reply);
    }
    return answers.take(venue);
}

Plan plan_batch(const Call& call, const Body& batch) {
    if (!call.request.idempotency_key.empty())
        return problem(400, "MALFORMED", "an Idempotency-Key names one command", "give each command of the batch an id of its own");
    if (batch->size() > call.rules.commands_most)
        return problem(413, "TOO_MANY", "too many commands in one batch", "at most " + std::to_string(call.rules.commands_most));
    if (batch->size() == 0) return problem(400, "MALFORMED", "there is no command in the batch", "send one at least");
    bool urgent = true;
    for (std::size_t i = 0; i < batch->size(); ++i) {
        if (!may_give(call, batch->name(i))) return not_allowed(call, batch->name(i));
        urgent = urgent && is_urgent(*batch, i);
    }
    return Planned{urgent ? Lane::urgent : Lane::ordinary,
                   [batch, urgent, bytes = call.request.body.size(), rules = call.rules](Venue& venue) -> Result<Answer> {
                       if (auto full = no_room(venue, bytes, urgent)) return *full;
                       return decide_all(venue, *batch, rules);
                   },
                   {}};
}

}  // namespace

std::optional<Scope> scope_of_command(std::string_view name) {
    const CommandTraits* known = traits_of(name);
    return known != nullptr ? std::optional(known->scope) : std::nullopt;
}

std::optional<Scope> scope_of_command(std::size_t kind) { return kind < traits.size() ? std::optional(traits[kind].scope) : std::nullopt; }

std::optional<Error> of_the_future(const Command& command, const Venue& venue, std::uint64_t now_ms) {
    constexpr std::uint64_t ahead_most = 1'000;  // clocks differ a little
    if (command.time_ms <= std::max(now_ms + ahead_most, venue.engine().state().time_ms)) return std::nullopt;
    return Error{"time_ms", "it is " + std::to_string(now_ms) + " here, and the command is of " + std::to_string(command.time_ms),
                 "leave time_ms out, or set the clock right"};
}

bool is_urgent_command(std::size_t kind) { return kind < traits.size() && traits[kind].urgent; }

void AnswerList::add(const Answer& answer) {
    all_ = all_ && answer.status == 200;
    results_.append(results_.empty() ? "{\"status\":" : ",{\"status\":").append(std::to_string(answer.status));
    results_.append(",\"body\":").append(answer.body).append("}");
}

void AnswerList::add(const Venue& venue, const Reply& reply) {
    if (!reply.accepted()) return add(told(venue, reply));
    const Accepted said{reply.seq, reply.made, reply.chain, reply.repeated};
    if (said != last_) {
        last_ = said;
        text_ = "{\"status\":200,\"body\":";
        codec::append_reply(text_, venue.engine().state(), venue.names(), reply);
        text_ += '}';
    }
    if (!results_.empty()) results_ += ',';
    results_ += text_;
}

Answer AnswerList::take(const Venue& venue) {
    std::string body = "{\"seq\":" + std::to_string(venue.engine().seq()) + ",\"all_accepted\":" + (all_ ? "true" : "false");
    body.reserve(body.size() + results_.size() + 16);
    body.append(",\"results\":[").append(results_).append("]}");
    return {all_ ? 200 : 422, std::move(body)};
}

Plan decide_commands(const Call& call) {
    if (call.request.idempotency_key.size() > 200) return problem(400, "MALFORMED", "the Idempotency-Key is too long", "at most 200 bytes");
    const auto read = SentCommands::read(call.request.body, "commands");
    if (!read) return unreadable({read.error()});
    const Body& body = *read;
    if (body->is_list()) return plan_batch(call, body);
    if (!may_give(call, body->name(0))) return not_allowed(call, body->name(0));
    const bool urgent = is_urgent(*body, 0);
    const std::string& key = call.request.idempotency_key;
    const CommandId id = key.empty() ? CommandId{} : id_of_key(call.request.signature.key, key);
    return Planned{urgent ? Lane::urgent : Lane::ordinary,
                   [body, urgent, bytes = call.request.body.size(), id, rules = call.rules](Venue& venue) -> Result<Answer> {
                       if (auto full = no_room(venue, bytes, urgent)) return *full;
                       return decide_one(venue, *body, id, rules);
                   },
                   {}};
}

}  // namespace plimsoll::gateway
