#include "plimsoll/codec/reference.hpp"

#include "plimsoll/engine/bytes.hpp"
#include "plimsoll/engine/command.hpp"
#include "plimsoll/engine/event.hpp"
#include "plimsoll/engine/reject.hpp"

#include <set>
#include <type_traits>

namespace plimsoll::codec {

namespace {

std::string_view counted_in(Unit unit) {
    switch (unit) {
        case Unit::none: return "";
        case Unit::price: return "price of the market";
        case Unit::size: return "size of the market";
        case Unit::settle: return "settle asset of the market";
        case Unit::exact: return "notional of the market, unrounded";
        case Unit::amount: return "the asset";
        case Unit::numeraire: return "numeraire; settle asset for an isolated position";
        case Unit::rate: return "rate, 9 decimals";
        case Unit::asset_price: return "price of the asset in the numeraire";
        case Unit::paid_amount: return "the second asset";
    }
    return "";
}

template <class Type>
struct TypeWord {
    static std::string text() { return std::is_enum_v<Type> ? "word" : "decimal"; }
};
#define PLIM_WORD(type, word)                      \
    template <>                                    \
    struct TypeWord<type> {                        \
        static std::string text() { return word; } \
    }
PLIM_WORD(bool, "true or false");
PLIM_WORD(std::uint32_t, "whole number");
PLIM_WORD(std::uint64_t, "whole number");
PLIM_WORD(Digest, "64 hexadecimal digits");
PLIM_WORD(AccountId, "account");
PLIM_WORD(MarketId, "market; null: every market, or the cross part");
PLIM_WORD(AssetId, "asset");
PLIM_WORD(GroupId, "whole number; null: none");
PLIM_WORD(OrderId, "order; null: none");
PLIM_WORD(DepositId, "deposit; null: none");
PLIM_WORD(LiquidationId, "liquidation");
PLIM_WORD(LiquidationSubject, "object: account, market (null: its cross part), leg");
PLIM_WORD(Guard, "object: state, halted, reported, reported_ms, index, credit, liquidation, depth, daily_volume, volatility");
PLIM_WORD(std::shared_ptr<const ParameterSet>, "text of a parameter file");
#undef PLIM_WORD

template <class Item>
struct TypeWord<std::vector<Item>> {
    static std::string text() {
        std::string text = "array of objects:";
        const Item item{};
        each_field(item, [&](const auto& field, const auto&) { text += (text.back() == ':' ? " " : ", ") + std::string(field.name); });
        return text;
    }
};

/// How many bytes a field takes; of a list, and a set, what there is beside its items.
template <class Type>
std::string bytes_of(const Type& value) {
    ByteSink sink;
    sink.put(value);
    return std::to_string(sink.bytes().size());
}
template <class Item>
std::string bytes_of(const std::vector<Item>&) {
    return "4 + " + bytes_of(Item{}) + " each";
}
std::string bytes_of(const std::shared_ptr<const ParameterSet>&) { return "4 + text"; }

template <Described Record>
std::string fields_of(const Record& record) {
    std::string rows;
    each_field(record, [&](const auto& field, const auto& value) {
        rows += "| `" + std::string(field.name) + "` | " + TypeWord<std::remove_cvref_t<decltype(value)>>::text() + " | " +
                bytes_of(value) + " | " + std::string(counted_in(field.unit)) + " | " + std::string(field.meaning) + " |\n";
    });
    if (rows.empty()) return "No fields.\n";
    return "| field | type | bytes | counted in | meaning |\n| --- | --- | --- | --- | --- |\n" + rows;
}

template <class Record>
std::string section(std::size_t number) {
    return "\n## " + std::to_string(number) + " " + std::string(Record::name) + "\n\n" + std::string(Record::meaning) + ".\n\n" +
           fields_of(Record{});
}
template <class... Records>
std::string sections(const std::variant<Records...>*) {
    std::string text;
    std::size_t number = 0;
    ((text += section<Records>(number++)), ...);
    return text;
}

constexpr std::string_view written_by = "<!-- written by ./dev docs; a test holds it to the code -->\n\n";

}  // namespace

std::string commands_page() {
    return std::string(written_by) +
           "# Commands\n\n"
           "Everything that can be asked of the engine, by its number in the canonical bytes. As JSON a command is one object: `id` (32 "
           "hexadecimal "
           "digits, chosen by the sender; left out: no reply is remembered), `time_ms`, `command` (the name) and the fields below. "
           "Accounts, orders, "
           "deposits and liquidations are called by name, or by number as text; markets and assets by the names of the parameter set. "
           "Decimals are text "
           "in the scale of what they count; `\"#123\"` is a count of last places. The `leg` (net), `reduce_only` (false) and empty lists "
           "may be "
           "left out, and `time_ms` where a service stamps it. What each command does stands in "
           "[engine-rules.md](engine-rules.md), why it may be refused in [rejects.md](rejects.md).\n" +
           sections(static_cast<const CommandBody*>(nullptr));
}

std::string events_page() {
    return std::string(written_by) +
           "# Events\n\n"
           "Everything that happens, by its number in the canonical bytes. Events are the engine's only output; the state is rebuilt from "
           "them alone. "
           "A hash runs over them from the first command on: each reply carries it.\n" +
           sections(static_cast<const Event*>(nullptr));
}

std::string rejects_page() {
    std::string text = std::string(written_by) +
                       "# Rejects\n\n"
                       "Why a command is refused. The list is closed, a number never changes its meaning, and where several reasons hold "
                       "the smallest number is "
                       "the answer; of fills and funding, which look at several accounts, it is the first in the order that "
                       "[engine-rules.md](engine-rules.md) gives. A refused command changes nothing.\n\n| number | name | meaning | cure "
                       "|\n| --- | --- | --- | --- |\n";
    for (const RejectText& reject : reject_texts())
        text += "| " + std::to_string(static_cast<int>(reject.code)) + " | `" + std::string(reject.name) + "` | " +
                std::string(reject.meaning) + " | " + std::string(reject.cure) + " |\n";
    return text + "\n## What a reject carries\n\nFigures that have no meaning for its reason are zero.\n\n" + fields_of(Reject{});
}

}  // namespace plimsoll::codec
