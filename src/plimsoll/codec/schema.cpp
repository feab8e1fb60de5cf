#include "plimsoll/codec/schema.hpp"

#include "plimsoll/codec/json.hpp"
#include "plimsoll/codec/speech.hpp"

#include <type_traits>

namespace plimsoll::codec {

namespace {

using text::JsonWriter;

// ---- the words of an enumeration -------------------------------------------------------------------------------------

template <class Enum>
inline constexpr Enum last_of{};
template <>
inline constexpr Side last_of<Side> = Side::sell;
template <>
inline constexpr Leg last_of<Leg> = Leg::short_leg;
template <>
inline constexpr MarginMode last_of<MarginMode> = MarginMode::isolated;
template <>
inline constexpr command::PositionMode last_of<command::PositionMode> = command::PositionMode::hedge;
template <>
inline constexpr Cause last_of<Cause> = Cause::settlement;
template <>
inline constexpr CancelReason last_of<CancelReason> = CancelReason::delisted;
template <>
inline constexpr OrderKind last_of<OrderKind> = OrderKind::liquidation;
template <>
inline constexpr Outcome last_of<Outcome> = Outcome::resolved;
template <>
inline constexpr Binding last_of<Binding> = Binding::minimum;
template <>
inline constexpr Cure last_of<Cure> = Cure::deposit;

template <class Enum>
void put_words(JsonWriter& json) {
    static_assert(last_of<Enum> != Enum{}, "the last of its words has to be named");
    for (int i = 0; i <= static_cast<int>(last_of<Enum>); ++i) json.string(word(static_cast<Enum>(i)));
}
template <>
void put_words<RejectCode>(JsonWriter& json) {
    for (const RejectText& reject : reject_texts()) json.string(reject.name);
}

// ---- the type of a field ---------------------------------------------------------------------------------------------

template <class Type>
inline constexpr bool is_list = false;
template <class Item>
inline constexpr bool is_list<std::vector<Item>> = true;

/// What may stand as null: no group, every market, and where it is told what happened, no order.
template <class Type>
bool may_be_null(const Type& value, bool asked) {
    if constexpr (std::is_same_v<Type, MarketId>) return !asked || value == every_market;
    constexpr bool told = std::is_same_v<Type, OrderId> || std::is_same_v<Type, DepositId> || std::is_same_v<Type, LiquidationId>;
    return std::is_same_v<Type, GroupId> || (told && !asked);
}

void put_type(JsonWriter& json, std::string_view type, bool null) {
    json.key("type");
    if (null) json.begin_array().string(type).string("null").end_array();
    else json.string(type);
}

template <class Record>
void put_members(JsonWriter& json, bool asked);

/// The members of a field's schema but for its description. `asked`: of a command, else of what is told.
template <class Type>
void put_field(JsonWriter& json, const Type& value, bool asked) {
    if constexpr (is_list<Type>) {
        json.key("type").string("array").key("items").begin_object();
        put_members<typename Type::value_type>(json, asked);
        json.end_object();
    } else if constexpr (std::is_enum_v<Type>) {
        json.key("type").string("string").key("enum").begin_array();
        put_words<Type>(json);
        json.end_array();
    } else if constexpr (std::is_same_v<Type, bool>) {
        json.key("type").string("boolean");
    } else if constexpr (std::is_same_v<Type, GroupId> || std::is_same_v<Type, std::uint32_t> || std::is_same_v<Type, std::uint64_t>) {
        put_type(json, "integer", may_be_null(value, asked));
        json.key("minimum").number(std::int64_t{0});
    } else if constexpr (std::is_same_v<Type, Digest>) {
        json.key("type").string("string").key("pattern").string("^(sha256:)?[0-9a-f]{64}$");
    } else if constexpr (std::is_same_v<Type, LiquidationSubject> || std::is_same_v<Type, Guard>) {
        json.key("type").string("object");
    } else {
        put_type(json, "string", may_be_null(value, asked));
    }
}

/// Whether a command may leave the field out: see Reader in json.cpp.
template <class Type>
bool may_be_left_out(std::string_view name, const Type& value) {
    if constexpr (std::is_same_v<Type, bool>) return name == "reduce_only";
    if constexpr (std::is_same_v<Type, MarketId>) return value == every_market;
    static_cast<void>(value);
    return is_list<Type> || std::is_same_v<Type, Leg> || std::is_same_v<Type, GroupId>;
}

template <class Record>
void put_properties(JsonWriter& json, bool asked) {
    const Record record{};
    each_field(record, [&](const auto& field, const auto& value) {
        json.key(field.name).begin_object().key("description").string(field.meaning);
        put_field(json, value, asked);
        json.end_object();
    });
}
template <class Record>
void put_required(JsonWriter& json, bool asked) {
    const Record record{};
    each_field(record, [&](const auto& field, const auto& value) {
        if (!asked || !may_be_left_out(field.name, value)) json.string(field.name);
    });
}

/// Of a record within a record.
template <class Record>
void put_members(JsonWriter& json, bool asked) {
    json.key("type").string("object").key("properties").begin_object();
    put_properties<Record>(json, asked);
    json.end_object().key("required").begin_array();
    put_required<Record>(json, asked);
    json.end_array().key("additionalProperties").boolean(false);
}

/// A command or an event: its fields, and its name under `kind`.
template <class Record>
void put_record(JsonWriter& json, std::string_view kind, bool asked) {
    json.key(std::string(kind) + '.' + std::string(Record::name)).begin_object();
    json.key("type").string("object").key("description").string(Record::meaning).key("properties").begin_object();
    if (asked) {
        json.key("id").begin_object().key("description").string("32 hexadecimal digits of the sender's: the same id is the same command");
        json.key("type").string("string").key("pattern").string("^[0-9a-f]{32}$").end_object();
        json.key("time_ms").begin_object().key("description").string("milliseconds since 1970; the service's clock when left out");
        json.key("type").string("integer").key("minimum").number(std::int64_t{0}).end_object();
    }
    json.key(kind).begin_object().key("type").string("string").key("enum").begin_array().string(Record::name).end_array().end_object();
    put_properties<Record>(json, asked);
    json.end_object().key("required").begin_array().string(kind);
    put_required<Record>(json, asked);
    json.end_array().key("additionalProperties").boolean(false).end_object();
}

template <class... Records>
void put_all(JsonWriter& json, const std::variant<Records...>*, std::string_view kind, std::string_view any, bool asked) {
    (put_record<Records>(json, kind, asked), ...);
    const auto refer = [&](std::string_view name) {
        json.begin_object().key("$ref").string("#/components/schemas/" + std::string(kind) + '.' + std::string(name)).end_object();
    };
    json.key(any).begin_object().key("oneOf").begin_array();
    (refer(Records::name), ...);
    json.end_array().key("discriminator").begin_object().key("propertyName").string(kind).key("mapping").begin_object();
    (json.key(Records::name).string("#/components/schemas/" + std::string(kind) + '.' + std::string(Records::name)), ...);
    json.end_object().end_object().end_object();
}

void put_reply(JsonWriter& json) {
    const auto plain = [&](std::string_view name, std::string_view type, std::string_view meaning) {
        json.key(name).begin_object().key("type").string(type).key("description").string(meaning).end_object();
    };
    json.key("Reply").begin_object().key("type").string("object").key("properties").begin_object();
    plain("seq", "integer", "of the command among all that were decided, from 1");
    plain("accepted", "boolean", "whether it was done");
    plain("repeated", "boolean", "it had been decided before, and this is what was said then");
    plain("made", "string", "number of the account, order or deposit that it made");
    plain("chain", "string", "hash over all events up to and with this command");
    json.key("reject").begin_object().key("$ref").string("#/components/schemas/Reject").end_object();
    json.end_object().key("required").begin_array();
    for (const std::string_view name : {"seq", "accepted", "repeated", "made", "chain"}) json.string(name);
    json.end_array().key("additionalProperties").boolean(false).end_object();
}

}  // namespace

void put_schemas(JsonWriter& json) {
    put_all(json, static_cast<const CommandBody*>(nullptr), "command", "Command", true);
    put_all(json, static_cast<const Event*>(nullptr), "event", "Event", false);
    json.key("Reject").begin_object().key("description").string(Reject::meaning);
    put_members<Reject>(json, false);
    json.end_object();
    put_reply(json);
}

}  // namespace plimsoll::codec
