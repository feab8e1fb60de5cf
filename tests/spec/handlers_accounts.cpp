// The verbs that ask about the accounts of a whole parameter set: an account is described line by line and asked. The lines become one question in the
// form that `plimsoll margin` and `plimsoll solve` take, so the answers are those that a user gets.
#include "documents.hpp"
#include "table.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/json.hpp"

namespace plimsoll::spec {

using text::Value;

Result<Table*, std::string> table_of(Context& context) {
    const auto at = context.kept.find("table");
    if (at == context.kept.end()) return fail(std::string("begin the block with: set NAME"));
    return std::any_cast<Table>(&at->second);
}

Value question_of(const Table& table, const std::string& ask, const Value& target) {
    Value account = Value::of_object();
    if (!table.owner.empty()) account.set("name", Value::of_string(table.owner));
    account.set("balances", table.balances).set("positions", table.positions).set("group", table.group);
    Value question = Value::of_object()
                         .set("ask", Value::of_string(ask))
                         .set("markets", table.markets)
                         .set("assets", table.assets)
                         .set("account", account);
    for (const text::Member& member : target.members) question.set(member.key, member.value);
    return question;
}

namespace {

/// set NAME: the parameter set that the lines below are asked against.
Answer set_verb(const Call& call) {
    if (call.words.size() != 2) return senseless("set NAME");
    const auto source = document(call.context, call.words[1]);
    if (!source) return senseless(source.error());
    const auto set = formats::read_parameter_set(*source, call.words[1]);
    if (!set) return senseless(joined(set.error()));
    auto context = RiskContext::make(*set);
    if (!context) return senseless(to_string(context.error().front()));
    Table table;
    table.oracle = std::make_shared<cli::Oracle>(std::move(*context), cli::Ask::margin);
    call.context.kept["table"] = std::move(table);
    return answer("");
}
const Verb set_registered("set", set_verb);

/// KEY VALUE KEY VALUE ... as members of an object; nothing when a value is missing or a key comes twice.
bool read_members(const std::vector<std::string>& words, std::size_t at, Value& object) {
    for (; at + 1 < words.size(); at += 2) {
        if (object.find(words[at]) != nullptr) return false;
        object.set(words[at], words[at + 1] == "true" ? Value::of_bool(true) : Value::of_string(words[at + 1]));
    }
    return at == words.size();
}

/// market NAME mark PRICE [open_interest SIZE] [depth AMOUNT] ..., asset NAME price PRICE [smoothed PRICE] [venue_total AMOUNT],
/// group MARKET long SIZE short SIZE: one named object each.
Handler named_line(Value Table::* where) {
    return [where](const Call& call) {
        const auto table = table_of(call.context);
        if (!table) return senseless(table.error());
        Value members = Value::of_object();
        const bool readable = call.words.size() > 3 && read_members(call.words, 2, members);
        if (!readable || ((*table)->*where).find(call.words[1]) != nullptr)
            return senseless(call.words[0] + " NAME KEY VALUE ..., each name once");
        ((*table)->*where).set(call.words[1], std::move(members));
        return answer("");
    };
}
const Verb market_registered("market", named_line(&Table::markets));
const Verb asset_registered("asset", named_line(&Table::assets));
const Verb group_registered("group", named_line(&Table::group));

/// deposited ASSET AMOUNT
Answer balance_verb(const Call& call) {
    const auto table = table_of(call.context);
    if (!table || call.words.size() != 3) return senseless(table ? "deposited ASSET AMOUNT" : table.error());
    (*table)->balances.set(call.words[1], Value::of_string(call.words[2]));
    return answer("");
}
const Verb balance_registered("deposited", balance_verb);

/// owner NAME: the overrides that the set has for this account hold.
Answer owner_verb(const Call& call) {
    const auto table = table_of(call.context);
    if (!table || call.words.size() != 2) return senseless(table ? "owner NAME" : table.error());
    (*table)->owner = call.words[1];
    return answer("");
}
const Verb owner_registered("owner", owner_verb);

/// open MARKET size SIZE [entry PRICE] [leverage L] [leg long|short] [mode isolated collateral AMOUNT]
Answer position_verb(const Call& call) {
    const auto table = table_of(call.context);
    if (!table) return senseless(table.error());
    Value position = Value::of_object();
    if (call.words.size() < 2 || !read_members(call.words, 2, position)) return senseless("open MARKET size SIZE [KEY VALUE ...]");
    position.set("market", Value::of_string(call.words[1]));
    (*table)->positions.push(std::move(position));
    return answer("");
}
const Verb position_registered("open", position_verb);

/// resting buys|sells SIZE at PRICE: an open order in the market of the last position (of size 0 where there is none).
Answer resting_verb(const Call& call) {
    const auto table = table_of(call.context);
    const auto& words = call.words;
    const bool shaped = words.size() == 5 && (words[1] == "buys" || words[1] == "sells") && words[3] == "at";
    if (!table || !shaped || (*table)->positions.items.empty()) return senseless("after a position: resting buys|sells SIZE at PRICE");
    Value& position = (*table)->positions.items.back();
    if (position.find(words[1]) == nullptr) position.set(words[1], Value::of_array());
    for (text::Member& member : position.members)
        if (member.key == words[1])
            member.value.push(Value::of_object().set("size", Value::of_string(words[2])).set("price", Value::of_string(words[4])));
    return answer("");
}
const Verb resting_registered("resting", resting_verb);

Result<Value, std::string> reply_to(Context& context, const std::string& ask, const Value& target = Value::of_object()) {
    const auto table = table_of(context);
    if (!table) return fail(table.error());
    cli::Oracle& oracle = *(*table)->oracle;
    const auto question = oracle.read(question_of(**table, ask, target), "question");
    if (!question) return fail(joined(question.error()));
    const auto document = text::parse_json(cli::answer_json(oracle.context(), *question), "answer");
    if (!document) return fail(to_string(document.error()));
    return *document;
}

std::string field(const Value& reply, std::string_view key) {
    const Value* value = reply.find(key);
    return value == nullptr || value->is(text::Kind::null) ? "none" : value->text;
}

/// headroom|counted|required|lost-at-once PURPOSE: health, collateral, requirement and order loss for one of initial, withdrawal, maintenance, closeout.
Handler of_purpose(const char* key) {
    return [key](const Call& call) {
        const auto reply = reply_to(call.context, "margin");
        if (!reply) return senseless(reply.error());
        const Value* purpose = call.words.size() == 2 ? reply->find(call.words[1]) : nullptr;
        if (purpose == nullptr || !purpose->is(text::Kind::object))
            return senseless(call.words[0] + " initial|withdrawal|maintenance|closeout");
        return answer(field(*purpose, key));
    };
}
const Verb health_registered("headroom", of_purpose("health"));
const Verb collateral_registered("counted", of_purpose("collateral"));
const Verb requirement_registered("required", of_purpose("requirement"));
const Verb order_loss_registered("lost-at-once", of_purpose("order_loss"));

/// net-worth: equity at marks, without weights or requirements.
Answer equity_verb(const Call& call) {
    const auto reply = reply_to(call.context, "margin");
    return reply ? answer(field(*reply, "equity")) : senseless(reply.error());
}
const Verb equity_registered("net-worth", equity_verb);

/// of-position N FIGURE: one figure of the Nth position: pnl, initial, maintenance, isolated_maintenance_health, ...
Answer of_position_verb(const Call& call) {
    const auto reply = reply_to(call.context, "margin");
    if (!reply) return senseless(reply.error());
    const auto number = call.words.size() == 3 ? small(call.words[1]) : fail(std::string());
    const Value* positions = reply->find("positions");
    if (!number || *number < 1 || static_cast<std::size_t>(*number) > positions->items.size())
        return senseless("of-position N FIGURE, counted from 1");
    return answer(field(positions->items[static_cast<std::size_t>(*number) - 1], call.words[2]));
}
const Verb of_position_registered("of-position", of_position_verb);

/// place MARKET buy|sell SIZE [KEY VALUE ...]: admitted, or the refusal with its shortfall and the largest size that passes.
Answer order_verb(const Call& call) {
    const auto& words = call.words;
    Value target = Value::of_object();
    if (words.size() < 4 || !read_members(words, 4, target)) return senseless("place MARKET buy|sell SIZE [KEY VALUE ...]");
    target.set("market", Value::of_string(words[1])).set("side", Value::of_string(words[2])).set("size", Value::of_string(words[3]));
    const auto reply = reply_to(call.context, "order", target);
    if (!reply) return senseless(reply.error());
    if (field(*reply, "admitted") == "true") return answer(reply->find("reducing") != nullptr ? "admitted, it only reduces" : "admitted");
    return answer("refused, " + field(*reply, "refusal") + ", short of " + field(*reply, "shortfall") + ", at most " +
                  field(*reply, "max_passing_size"));
}
const Verb order_registered("place", order_verb);

/// largest-order MARKET buy|sell [KEY VALUE ...]
Answer max_size_verb(const Call& call) {
    const auto& words = call.words;
    Value target = Value::of_object();
    if (words.size() < 3 || !read_members(words, 3, target)) return senseless("largest-order MARKET buy|sell [KEY VALUE ...]");
    target.set("market", Value::of_string(words[1])).set("side", Value::of_string(words[2]));
    const auto reply = reply_to(call.context, "max-size", target);
    return reply ? answer(field(*reply, "max_size")) : senseless(reply.error());
}
const Verb max_size_registered("largest-order", max_size_verb);

/// liquidated-at|safe-at|bankrupt-at MARKET [leg long|short] [mode isolated]
Handler price_verb(const char* key) {
    return [key](const Call& call) {
        Value target = Value::of_object();
        if (call.words.size() < 2 || !read_members(call.words, 2, target)) return senseless(call.words[0] + " MARKET [KEY VALUE ...]");
        target.set("market", Value::of_string(call.words[1]));
        const auto reply = reply_to(call.context, "liquidation-price", target);
        return reply ? answer(field(*reply, key)) : senseless(reply.error());
    };
}
const Verb liquidation_price_registered("liquidated-at", price_verb("liquidation_price"));
const Verb last_safe_price_registered("safe-at", price_verb("last_safe_price"));
const Verb bankruptcy_price_registered("bankrupt-at", price_verb("bankruptcy_price"));

/// withdrawable ASSET
Answer max_withdrawal_verb(const Call& call) {
    if (call.words.size() != 2) return senseless("withdrawable ASSET");
    const auto reply = reply_to(call.context, "max-withdrawal", Value::of_object().set("asset", Value::of_string(call.words[1])));
    return reply ? answer(field(*reply, "max_withdrawal")) : senseless(reply.error());
}
const Verb max_withdrawal_registered("withdrawable", max_withdrawal_verb);

/// missing ASSET for open|withdraw|maintenance|closeout
Answer deposit_needed_verb(const Call& call) {
    if (call.words.size() != 4 || call.words[2] != "for") return senseless("missing ASSET for open|withdraw|maintenance|closeout");
    const Value target = Value::of_object().set("asset", Value::of_string(call.words[1])).set("purpose", Value::of_string(call.words[3]));
    const auto reply = reply_to(call.context, "deposit-needed", target);
    return reply ? answer(field(*reply, "state") == "beyond-reach" ? "beyond reach" : field(*reply, "deposit_needed"))
                 : senseless(reply.error());
}
const Verb deposit_needed_registered("missing", deposit_needed_verb);

}  // namespace

}  // namespace plimsoll::spec
