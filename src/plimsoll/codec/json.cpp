#include "plimsoll/codec/json.hpp"

#include "plimsoll/codec/scale.hpp"
#include "plimsoll/codec/speech.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plimsoll::codec {

namespace {

template <class Type>
inline constexpr bool is_count = false;
template <class Tag>
inline constexpr bool is_count<Count<Tag>> = true;
template <class Type>
inline constexpr bool is_vector = false;
template <class Item>
inline constexpr bool is_vector<std::vector<Item>> = true;

using text::hex;

/// Exactly as many bytes as the text has room for; false: it is no such text.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) {
    if (text.size() != 2 * bytes.size()) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char* at = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(at, at + 2, bytes[i], 16);
        if (error != std::errc{} || end != at + 2) return false;
    }
    return true;
}

std::string decimal_text(std::optional<int> digits, Wide raw) {
    return digits ? format_decimal_short(raw, *digits) : '#' + format_decimal_short(raw, 0);
}

using codec::word;
std::string_view word(GuardState state) {
    static constexpr std::array<std::string_view, guard_states_count> words{"normal", "clamped", "stale", "halted"};
    return words[static_cast<std::size_t>(state)];
}
std::string_view word(RejectCode code) { return to_string(code); }

// ---- writing ---------------------------------------------------------------------------------------------------------------------

class Writer {
public:
    Writer(const State& state, const Names& names) : state_(state), names_(names) {}

    template <Described Record>
    void members(const Record& record, const Where& outer) {
        const Where where = where_of(state_, record, outer);
        each_field(record, [&](const auto& field, const auto& value) {
            json.key(field.name);
            put(value, field.unit, where);
        });
    }

    text::JsonWriter json;

private:
    template <class Type>
    void put(const Type& value, Unit unit, const Where& where) {
        if constexpr (std::is_same_v<Type, bool>) json.boolean(value);
        else if constexpr (std::is_enum_v<Type>) json.string(word(value));
        else if constexpr (std::is_same_v<Type, std::uint64_t>) json.number(std::to_string(value));
        else if constexpr (std::is_same_v<Type, std::uint32_t>) json.number(std::int64_t{value});
        else if constexpr (std::is_same_v<Type, Wide>) json.string(decimal_text(digits_of(state_, unit, where), value));
        else if constexpr (is_count<Type>) json.string(decimal_text(digits_of(state_, unit, where), value.raw()));
        else if constexpr (std::is_same_v<Type, Digest>) json.string(hex(value));
        else if constexpr (std::is_same_v<Type, std::shared_ptr<const ParameterSet>>) put_set(value);
        else if constexpr (std::is_same_v<Type, LiquidationSubject>) put_subject(value);
        else if constexpr (std::is_same_v<Type, Guard>) put_guard(value, where);
        else if constexpr (is_vector<Type>) put_items(value, where);
        else put_id(value);
    }
    void put_id(MarketId id) {
        if (id == every_market) json.null();
        else if (state_.active && id.index < state_.markets.size()) json.string(state_.active->params().market(id).name);
        else json.string(std::to_string(id.index));
    }
    void put_id(AssetId id) {
        if (state_.active && id.index < state_.assets.size()) json.string(state_.active->params().asset(id).name);
        else json.string(std::to_string(id.index));
    }
    void put_id(GroupId id) {
        if (id == no_group) json.null();
        else json.number(std::int64_t{id.index});
    }
    template <class Id>
    void put_id(Id id) {
        json.string(names_.of(id));
    }
    template <class Tag>
    void put_slot(SlotId<Tag> id) {
        if (id.value == 0) json.null();
        else json.string(names_.of(id));
    }
    void put_id(OrderId id) { put_slot(id); }
    void put_id(DepositId id) { put_slot(id); }
    void put_id(LiquidationId id) { put_slot(id); }
    void put_set(const std::shared_ptr<const ParameterSet>& set) {
        if (set == nullptr || !references_hold(*set)) json.null();
        else json.string(formats::write_parameter_set(*set));
    }
    void put_subject(const LiquidationSubject& subject) {
        json.begin_object().key("account");
        put_id(subject.account);
        json.key("market");
        put_id(subject.market);
        json.key("leg").string(word(subject.leg));
        json.end_object();
    }
    void put_paced(std::string_view key, const Paced& paced, Unit unit, const Where& where) {
        json.key(key);
        if (paced.set) json.string(decimal_text(digits_of(state_, unit, where), paced.value));
        else json.null();
    }
    void put_guard(const Guard& guard, const Where& where) {
        json.begin_object().key("state").string(word(guard.state)).key("halted").boolean(guard.halted).key("reported");
        if (guard.reported_set) json.string(decimal_text(digits_of(state_, Unit::price, where), guard.reported.raw()));
        else json.null();
        json.key("reported_ms").number(std::to_string(guard.reported_ms));
        json.key("index");
        if (guard.index.raw() != 0) json.string(decimal_text(digits_of(state_, Unit::price, where), guard.index.raw()));
        else json.null();
        put_paced("credit", guard.credit, Unit::price, where);
        put_paced("liquidation", guard.liquidation, Unit::price, where);
        put_paced("depth", guard.depth, Unit::settle, where);
        put_paced("daily_volume", guard.daily_volume, Unit::settle, where);
        put_paced("volatility", guard.volatility, Unit::rate, where);
        json.end_object();
    }
    template <class Item>
    void put_items(const std::vector<Item>& items, const Where& outer) {
        json.begin_array();
        for (const Item& item : items) {
            json.begin_object();
            members(item, outer);
            json.end_object();
        }
        json.end_array();
    }

    const State& state_;
    const Names& names_;
};

// ---- reading ---------------------------------------------------------------------------------------------------------------------

/// The same of both sources: what stands in a tree, and what is plain.
template <class Object>
class Reader {
public:
    /// Absent issues: the source makes none.
    Reader(const State& state, const Names& names, text::Issues* issues) : state_(state), names_(names), issues_(issues) {}

    /// Names first, for they give the figures their scale.
    template <Described Record>
    void members(Object& object, Record& record, const Where& outer) {
        each_field(record, [&](const auto& field, auto& value) {
            using Type = std::remove_cvref_t<decltype(value)>;
            if constexpr (!is_count<Type> && !is_vector<Type>) take(object, field.name, value);
        });
        const Where where = where_of(state_, record, outer);
        each_field(record, [&](const auto& field, auto& value) {
            using Type = std::remove_cvref_t<decltype(value)>;
            if constexpr (is_count<Type>) take_count(object, field.name, value, digits_of(state_, field.unit, where));
            if constexpr (is_vector<Type>) take_items(object, field.name, value, where);
        });
    }

private:
    // What most commands do not say may be left out: the net leg, an empty list, and an order that may also open.
    void take(Object& object, std::string_view key, bool& value) {
        value = object.boolean(key, key == "reduce_only" ? text::Need::optional : text::Need::required).value_or(value);
    }
    void take(Object& object, std::string_view key, std::uint32_t& value) {
        value = static_cast<std::uint32_t>(object.integer(key, 0, 0xFFFFFFFF).value_or(value));
    }
    void take(Object& object, std::string_view key, std::uint64_t& value) {
        value = static_cast<std::uint64_t>(object.integer(key, 0, std::numeric_limits<std::int64_t>::max()).value_or(0));
    }
    void take(Object& object, std::string_view key, Side& value) { take_word(object, key, value, {"buy", "sell"}); }
    void take(Object& object, std::string_view key, Leg& value) {
        if (absent(object, key)) return;
        take_word(object, key, value, {word(Leg::net), word(Leg::long_leg), word(Leg::short_leg)}, text::Need::optional);
    }
    void take(Object& object, std::string_view key, MarginMode& value) {
        take_word(object, key, value, {word(MarginMode::cross), word(MarginMode::isolated)});
    }
    void take(Object& object, std::string_view key, command::PositionMode& value) {
        take_word(object, key, value, {word(command::PositionMode::one_way), word(command::PositionMode::hedge)});
    }
    template <class Enum>
    void take_word(Object& object, std::string_view key, Enum& value, std::initializer_list<std::string_view> words,
                   text::Need need = text::Need::required) {
        if (const auto index = object.one_of(key, words, need)) value = static_cast<Enum>(*index);
    }
    void take(Object& object, std::string_view key, Digest& value) {
        const auto text = object.string(key);
        if (!text) return;
        constexpr std::string_view prefix = "sha256:";  // as hashes of sets are shown
        std::string_view digits = *text;
        if (digits.starts_with(prefix)) digits.remove_prefix(prefix.size());
        if (!read_hex(digits, value)) object.issue(key, "a hash is 64 hexadecimal digits", "take it from the set-defined event");
    }
    void take(Object& object, std::string_view key, std::shared_ptr<const ParameterSet>& value) {
        const auto text = object.string(key);
        if (!text) return;
        auto set = formats::read_parameter_set(*text, object.path_of(key));
        if (set) value = std::make_shared<const ParameterSet>(std::move(*set));
        else
            for (const Error& error : set.error()) object.issue(key, error.where + ": " + error.what, error.cure);
    }
    void take(Object& object, std::string_view key, GroupId& value) {
        if (!absent(object, key)) value = GroupId{static_cast<std::uint32_t>(object.integer(key, 0, 0xFFFFFFFE).value_or(0))};
        else value = no_group;
    }
    void take(Object& object, std::string_view key, MarketId& value) {
        if (value == every_market && absent(object, key)) return;
        take_name(object, key, value, "market",
                  [&](std::string_view name) { return state_.active ? state_.active->params().market_id(name) : std::nullopt; });
    }
    void take(Object& object, std::string_view key, AssetId& value) {
        take_name(object, key, value, "asset",
                  [&](std::string_view name) { return state_.active ? state_.active->params().asset_id(name) : std::nullopt; });
    }
    void take(Object& object, std::string_view key, AccountId& value) {
        take_name(object, key, value, "account", [&](std::string_view name) { return names_.account(name); });
    }
    void take(Object& object, std::string_view key, OrderId& value) {
        take_slot(object, key, value, "order", names_.order(string_of(object, key)));
    }
    void take(Object& object, std::string_view key, DepositId& value) {
        take_slot(object, key, value, "deposit", names_.deposit(string_of(object, key)));
    }
    void take(Object& object, std::string_view key, LiquidationId& value) {
        take_slot(object, key, value, "liquidation", names_.liquidation(string_of(object, key)));
    }
    template <class Id>
    void take_slot(Object& object, std::string_view key, Id& value, std::string_view kind, std::optional<Id> found) {
        if (found) value = *found;
        else if (object.string(key))
            object.issue(key, "there is no " + std::string(kind) + " of that name",
                         "use the name from the event that made it, or its number as text");
    }
    template <class Id, class Find>
    void take_name(Object& object, std::string_view key, Id& value, std::string_view kind, Find&& find) {
        const auto text = object.string(key);
        if (!text) return;
        if (const std::optional<Id> found = find(*text)) value = *found;
        else if (const auto number = number_of(*text); number && *number < 0xFFFFFFFFu) value = Id{static_cast<std::uint32_t>(*number)};
        else object.issue(key, "there is no " + std::string(kind) + " of that name", "use a name that exists, or a number as text");
    }
    static bool absent(Object& object, std::string_view key) { return !object.has(key); }
    static std::string_view string_of(text::ObjectReader& object, std::string_view key) {
        const text::Value* value = object.get(key, text::Need::optional);
        return value != nullptr && value->is(text::Kind::string) ? std::string_view(value->text) : std::string_view();
    }
    static std::string_view string_of(text::PlainReader& object, std::string_view key) { return object.text_of(key); }
    static bool require(text::ObjectReader& object, std::string_view key) { return object.get(key) != nullptr; }
    static bool require(text::PlainReader& object, std::string_view key) { return object.has(key) || !object.string(key); }
    template <class CountType>
    void take_count(Object& object, std::string_view key, CountType& value, std::optional<int> digits) {
        const std::string_view text = string_of(object, key);
        if (text.starts_with('#')) {
            std::int64_t raw = 0;
            const char* end = text.data() + text.size();
            const auto [at, error] = std::from_chars(text.data() + 1, end, raw);
            if (error == std::errc{} && at == end && text.size() > 1) value = CountType::from_raw(raw);
            else object.issue(key, "after # stands a whole number of 64 bits", "write a decimal, or # and a count of last places");
        } else if (digits) {
            if (const auto read = object.template count<CountType>(key, *digits)) value = *read;
        } else if (require(object, key)) {
            object.issue(key, "its scale is not known, because its market, asset or order is not",
                         "name one that exists, or write # and a count of last places");
        }
    }
    template <class Item>
    void take_items(Object& object, std::string_view key, std::vector<Item>& items, const Where& outer) {
        for (const text::Value& value : object.array(key, text::Need::optional)) {
            text::ObjectReader inner(value, object.path_of(key) + '[' + std::to_string(items.size()) + ']', *issues_);
            Reader<text::ObjectReader>(state_, names_, issues_).members(inner, items.emplace_back(), outer);
            inner.finish();
        }
    }

    const State& state_;
    const Names& names_;
    text::Issues* issues_;
};

template <class Body>
struct Type {};
/// Calls visit with each kind of body until it says true.
template <class... Bodies, class Visit>
bool any_body(const std::variant<Bodies...>*, Visit&& visit) {
    return (visit(Type<Bodies>{}) || ...);
}

void unknown_command(text::PlainReader& object, std::string_view) { object.issue("command", {}, {}); }
void unknown_command(text::ObjectReader& object, std::string_view name) {
    std::vector<std::string_view> known;
    any_body(static_cast<const CommandBody*>(nullptr), [&]<class Body>(Type<Body>) {
        known.emplace_back(Body::name);
        return false;
    });
    const std::string_view near = text::nearest(name, known);
    const std::string cure = near.empty() ? "docs/reference/commands.md lists them" : "did you mean '" + std::string(near) + "'?";
    object.issue("command", "there is no command '" + std::string(name) + "'", cure);
}

}  // namespace

std::string command_json(const State& state, const Names& names, const Command& command) {
    Writer writer(state, names);
    writer.json.begin_object();
    if (command.id != CommandId{}) writer.json.key("id").string(hex(command.id.high, command.id.low));
    writer.json.key("time_ms").number(std::to_string(command.time_ms));
    std::visit(
        [&](const auto& body) {
            writer.json.key("command").string(body.name);
            writer.members(body, {});
        },
        command.body);
    writer.json.end_object();
    return writer.json.take();
}

Result<Command, std::vector<Error>> read_command(const State& state, const Names& names, std::string_view source, std::string_view file,
                                                 std::optional<std::uint64_t> stamp) {
    const auto document = text::parse_json(source, file);
    if (!document) return fail(std::vector<Error>{document.error()});
    return read_command(state, names, *document, file, stamp);
}

namespace {

template <class Object>
void read_into(Command& command, Object& object, const State& state, const Names& names, text::Issues* issues,
               std::optional<std::uint64_t> stamp) {
    command.id = {};
    if (const auto id = object.string("id", text::Need::optional)) {
        std::array<std::uint8_t, 16> bytes{};
        if (!read_hex(*id, bytes)) object.issue("id", "an id is 32 hexadecimal digits", "leave it out where no reply is to be remembered");
        for (std::size_t i = 0; i < 8; ++i) {
            command.id.high = command.id.high << 8 | bytes[i];
            command.id.low = command.id.low << 8 | bytes[8 + i];
        }
    }
    const auto need = stamp ? text::Need::optional : text::Need::required;
    const auto time = object.integer("time_ms", 0, std::numeric_limits<std::int64_t>::max(), need);
    command.time_ms = time ? static_cast<std::uint64_t>(*time) : stamp.value_or(0);
    const auto name = object.string("command");
    if (!name) return;
    Reader<Object> reader(state, names, issues);
    const bool known = any_body(static_cast<const CommandBody*>(nullptr), [&]<class Body>(Type<Body>) {
        if (*name != Body::name) return false;
        reader.members(object, command.body.template emplace<Body>(), {});
        return true;
    });
    if (known) object.finish();
    else unknown_command(object, *name);
}

}  // namespace

Result<Command, std::vector<Error>> read_command(const State& state, const Names& names, const text::Value& document, std::string_view file,
                                                 std::optional<std::uint64_t> stamp) {
    text::Issues issues{std::string(file)};
    text::ObjectReader object(document, "", issues);
    Command command;
    read_into(command, object, state, names, &issues, stamp);
    if (!issues.empty()) return fail(issues.errors());
    return command;
}

bool read_plain_command(const State& state, const Names& names, const text::PlainObject& source, std::uint64_t stamp, Command& command) {
    text::PlainReader object(source);
    read_into(command, object, state, names, nullptr, stamp);
    return object.good();
}

std::string event_json(const State& state, const Names& names, const Event& event) {
    Writer writer(state, names);
    writer.json.begin_object();
    std::visit(
        [&](const auto& record) {
            writer.json.key("event").string(record.name);
            writer.members(record, {});
        },
        event);
    writer.json.end_object();
    return writer.json.take();
}

void append_reply(std::string& text, const State& state, const Names& names, const Reply& reply) {
    // Of a list there are hundreds: put together in one place, and appended once.
    using namespace std::string_view_literals;
    std::array<char, 192> room;
    char* end = room.data();
    const auto put = [&](std::string_view part) { end = std::copy(part.begin(), part.end(), end); };
    const auto put_number = [&](std::uint64_t number) { end = std::to_chars(end, room.data() + room.size(), number).ptr; };
    put("{\"seq\":"sv);
    put_number(reply.seq);
    put(reply.accepted() ? ",\"accepted\":true"sv : ",\"accepted\":false"sv);
    put(reply.repeated ? ",\"repeated\":true"sv : ",\"repeated\":false"sv);
    put(",\"made\":\""sv);
    put_number(reply.made);
    put("\",\"chain\":\""sv);
    end = text::put_hex(text::put_hex(end, reply.chain.high), reply.chain.low);
    *end++ = '"';
    text.append(room.data(), end);
    if (!reply.accepted()) {
        Writer writer(state, names);
        writer.json.begin_object();
        writer.members(reply.reject, {});
        writer.json.end_object();
        text.append(",\"reject\":").append(writer.json.take());
    }
    text += '}';
}

std::string reply_json(const State& state, const Names& names, const Reply& reply) {
    std::string text;
    append_reply(text, state, names, reply);
    return text;
}

}  // namespace plimsoll::codec
