// Binance leverageBracket, USD-M (notionalFloor, notionalCap) and COIN-M (qtyFloor, qtyCap: the base coin).
// Maintenance is notional * maintMarginRatio - cum. A request for one symbol answers with an object, not a list.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

std::optional<Tier> read_bracket(Row& row, const TierTable& table, std::set<std::string>& noted) {
    const bool coin = table.basis == Basis::base_coin;
    const auto number = row.integer_or_missing("bracket");
    const auto leverage = row.number_or_missing({"initialLeverage"});
    const auto cap = row.bound({coin ? "qtyCap" : "notionalCap"});
    const auto floor = row.number_or_missing({coin ? "qtyFloor" : "notionalFloor"});
    const auto rate = row.number_or_missing({"maintMarginRatio"});
    const auto cum = row.number_or_missing({"cum"});
    if (!cap.given) row.missing(coin ? "qtyCap" : "notionalCap");
    auto extra = row.rest({}, noted);
    if (!number || !leverage || !cap.given || !cap.valid || !floor || !rate || !cum) return std::nullopt;
    Tier tier;
    tier.number = *number;
    tier.from = *floor;
    tier.to = cap.value;
    tier.leverage = leverage;
    tier.maintenance_rate = *rate;
    tier.cum = cum;
    tier.extra = std::move(extra);
    tier.place = row.place();
    return tier;
}

void read_symbol(const Value& value, std::set<std::string>& symbols, std::set<std::string>& noted, Import& import) {
    Row row(value, "", import.report);
    if (!row.is_object()) return;
    if (!row.has("symbol") && row.has("code")) {
        const auto message = row.string("msg");
        return row.error("the venue refused" + (message ? ": " + text::shown(*message) : std::string()), "ask again");
    }
    const auto symbol = row.string("symbol");
    if (!symbol) return row.has("symbol") ? void() : row.missing("symbol");
    row.rename(text::shown(*symbol));
    if (!symbols.insert(*symbol).second) row.error("the symbol is listed twice", "keep one of the lists");
    const Value* brackets = row.array_or_missing("brackets");
    if (brackets == nullptr) return;

    TierTable table;
    table.symbol = *symbol;
    table.place = value.place;
    if (!brackets->items.empty() && brackets->items[0].find("qtyCap") != nullptr) table.basis = Basis::base_coin;
    bool whole = true;
    for (std::size_t i = 0; i < brackets->items.size(); ++i) {
        Row bracket(brackets->items[i], text::shown(*symbol) + " tier " + std::to_string(i + 1), import.report);
        auto tier = read_bracket(bracket, table, noted);
        whole = whole && tier;
        if (tier) table.tiers.push_back(std::move(*tier));
    }
    table.extra = row.rest({"notionalCoef"}, noted);
    if (const Value* coefficient = value.find("notionalCoef"); coefficient != nullptr && coefficient->text != "1")
        row.note("notionalCoef " + text::shown(coefficient->text) + ": these brackets are one account's, not the venue's own", "");
    if (whole) check_table(table, import.report);
    import.set.tables.push_back(std::move(table));
}

Value write_symbol(const TierTable& table, Report& report) {
    const bool coin = table.basis == Basis::base_coin;
    Value brackets = Value::of_array();
    std::optional<Decimal> cum;
    for (std::size_t i = 0; i < table.tiers.size(); ++i) {
        const Tier& tier = table.tiers[i];
        cum = cum_for(table, i, cum, report);
        const auto leverage = leverage_for(table, tier, report);
        if (!cum || !leverage) continue;
        Value row = Value::of_object();
        row.set("bracket", Value::of_number(tier.number)).set("initialLeverage", number(*leverage));
        row.set(coin ? "qtyCap" : "notionalCap", bound_number(tier.to)).set(coin ? "qtyFloor" : "notionalFloor", number(tier.from));
        row.set("maintMarginRatio", number(tier.maintenance_rate)).set("cum", number(*cum));
        append(row, tier.extra);
        brackets.push(std::move(row));
    }
    Value object = Value::of_object();
    object.set("symbol", Value::of_string(table.symbol));
    append(object, table.extra);
    object.set("brackets", std::move(brackets));
    return object;
}

}  // namespace

void read_binance(std::span<const Value> documents, Import& import) {
    const Value& document = documents[0];
    std::set<std::string> symbols;
    std::set<std::string> noted;
    if (document.is(Kind::object)) {
        import.set.envelope = Envelope::bare;
        return read_symbol(document, symbols, noted, import);
    }
    if (!document.is(Kind::array) || document.items.empty()) {
        import.report.add(Severity::error, document.place, "", "a list of symbols with brackets is expected",
                          "give the answer of leverageBracket");
        return;
    }
    for (const Value& symbol : document.items) read_symbol(symbol, symbols, noted, import);
}

Value write_binance(const TierSet& set, Report& report) {
    Value list = Value::of_array();
    for (const TierTable& table : set.tables)
        if (basis_is(table, {Basis::notional_quote, Basis::base_coin}, "binance", report)) list.push(write_symbol(table, report));
    if (set.envelope == Envelope::bare && list.items.size() == 1) return std::move(list.items[0]);
    return list;
}

}  // namespace plimsoll::formats
