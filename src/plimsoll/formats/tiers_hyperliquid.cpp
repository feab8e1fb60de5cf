// Hyperliquid margin tables: lower bounds in quote notional and the highest leverage; maintenance is half the initial
// rate, 1 / (2 maxLeverage). Ids under 50 are no tables: the id itself is the one leverage. Three shapes are read:
// one table, the [id, table] pairs of meta.marginTables, and meta with its universe of markets.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

constexpr std::int64_t flat_id_max = 49;

bool set_leverage(Tier& tier, const Decimal& leverage) {
    const auto divisor = multiply(leverage, {2, 0});
    if (leverage.raw <= 0 || !divisor) return false;
    tier.leverage = leverage;
    tier.maintenance_divisor = divisor;
    tier.maintenance_rate = reciprocal(*divisor, rate_digits, Round::ceil).value_or(Decimal{});
    return true;
}

class HyperliquidReader {
public:
    explicit HyperliquidReader(Import& import) : import_(import), report_(import.report) {}

    void read(const Value& document) {
        if (document.is(Kind::array)) {
            import_.set.envelope = Envelope::bare;
            return pairs(document);
        }
        Row meta(document, "", report_);
        if (!meta.is_object()) return;
        if (document.find("marginTables") == nullptr) return single(document);
        const Value* tables = meta.array_or_missing("marginTables");
        const Value* universe = meta.get("universe");
        meta.drop_rest({});
        const bool flat_only = universe != nullptr && tables != nullptr && tables->items.empty();
        if (tables != nullptr && !flat_only) pairs(*tables);
        if (universe == nullptr) return;
        if (!universe->is(Kind::array))
            return report_.add(Severity::error, universe->place, "", "'universe' should be an array", "give the answer of meta");
        for (const Value& market : universe->items) this->market(market);
    }

private:
    void single(const Value& document) {
        import_.set.category = "marginTable";
        TierTable table;
        if (read_table(document, "", table)) import_.set.tables.push_back(std::move(table));
    }

    void pairs(const Value& list) {
        if (list.items.empty()) report_.add(Severity::error, list.place, "", "the list of margin tables is empty", "give at least one");
        for (const Value& pair : list.items) {
            const bool fits =
                pair.is(Kind::array) && pair.items.size() == 2 && pair.items[0].is(Kind::number) && pair.items[1].is(Kind::object);
            if (!fits) {
                report_.add(Severity::error, pair.place, "", "a pair of id and margin table is expected",
                            "give [56, {\"description\": ..., \"marginTiers\": [...]}]");
                continue;
            }
            const std::string& id = pair.items[0].text;
            if (!parse_decimal(id, 0))
                report_.add(Severity::error, pair.place, "margin table " + text::shown(id), "the id is no whole number",
                            "give a whole number");
            if (!ids_.insert(id).second)
                report_.add(Severity::error, pair.place, "margin table " + text::shown(id), "the id is listed twice", "keep one of them");
            TierTable table;
            table.id = id;
            if (read_table(pair.items[1], "table " + text::shown(id) + " ", table)) import_.set.tables.push_back(std::move(table));
        }
    }

    bool read_table(const Value& value, const std::string& name, TierTable& table) {
        Row row(value, name, report_);
        table.place = value.place;
        table.boundary = Boundary::lower_belongs;
        table.currency = "USDC";
        const std::size_t errors = report_.count(Severity::error);
        row.string("description");
        const Value* tiers = row.array_or_missing("marginTiers");
        if (tiers == nullptr) return false;
        for (std::size_t i = 0; i < tiers->items.size(); ++i) tier(tiers->items[i], name + "tier " + std::to_string(i + 1), table);
        table.extra = row.rest({}, noted_);
        if (const Value* description = value.find("description"))
            table.extra.insert(table.extra.begin(), {"description", description->place, *description});
        if (report_.count(Severity::error) == errors) check_table(table, report_);
        return report_.count(Severity::error) == errors;
    }

    void tier(const Value& value, std::string name, TierTable& table) {
        Row row(value, std::move(name), report_);
        if (!row.is_object()) return;
        const auto from = row.number_or_missing({"lowerBound"});
        const auto leverage = row.number_or_missing({"maxLeverage"});
        if (!from || !leverage) return;
        Tier tier;
        tier.number = static_cast<std::int64_t>(table.tiers.size()) + 1;
        tier.from = *from;
        tier.place = value.place;
        if (!set_leverage(tier, *leverage))
            return row.error("leverage " + to_text(*leverage) + " is not above 0", "give the multiple, 20 for 20x");
        tier.extra = row.rest({}, noted_);
        if (!table.tiers.empty()) table.tiers.back().to = tier.from;
        table.tiers.push_back(std::move(tier));
    }

    void market(const Value& value) {
        Row row(value, "", report_);
        if (!row.is_object()) return;
        const auto name = row.string("name");
        if (!name) return row.has("name") ? void() : row.missing("name");
        row.rename(text::shown(*name));
        if (!names_.insert(*name).second) row.error("the market is listed twice", "keep one of them");
        const auto id = row.integer_or_missing("marginTableId");
        if (!id) return;
        auto table = table_of(*id, row);
        if (!table) return;
        table->symbol = *name;
        table->id = std::to_string(*id);
        table->place = value.place;
        table->extra = row.rest({"szDecimals", "maxLeverage", "onlyIsolated", "isDelisted", "marginMode"}, noted_);
        import_.set.tables.push_back(std::move(*table));
    }

    std::optional<TierTable> table_of(std::int64_t id, Row& row) {
        if (id >= 1 && id <= flat_id_max) {
            TierTable flat;
            flat.boundary = Boundary::lower_belongs;
            flat.currency = "USDC";
            Tier tier;
            tier.number = 1;
            tier.place = row.place();
            set_leverage(tier, {id, 0});
            flat.tiers.push_back(std::move(tier));
            return flat;
        }
        for (const TierTable& table : import_.set.tables)
            if (table.symbol.empty() && table.id == std::to_string(id)) return table;
        row.error("margin table " + std::to_string(id) + " is not in the document", "give meta with its marginTables");
        return std::nullopt;
    }

    Import& import_;
    Report& report_;
    std::set<std::string> ids_;
    std::set<std::string> names_;
    std::set<std::string> noted_;
};

/// Lower bounds are written as the venue does, with a decimal: "0.0".
Value bound(const Decimal& from) { return Value::of_string(to_text(from) + (from.digits == 0 ? ".0" : "")); }

std::optional<Value> write_table(const TierTable& table, Report& report) {
    if (!basis_is(table, {Basis::notional_quote}, "hyperliquid", report)) return std::nullopt;
    if (!table.tiers.empty() && table.tiers.back().to)
        report.add(Severity::repair, {}, row_name(table, table.tiers.back()),
                   "its upper bound " + to_text(*table.tiers.back().to) + " is lost: a margin table has none",
                   "cap the position by another rule");
    Value tiers = Value::of_array();
    for (const Tier& tier : table.tiers) {
        const auto leverage = leverage_for(table, tier, report);
        if (!leverage) return std::nullopt;
        const auto divisor = multiply(*leverage, {2, 0});
        const bool half = tier.maintenance_divisor ? divisor && equal(*tier.maintenance_divisor, *divisor)
                                                   : divisor && product_against_one(tier.maintenance_rate, *divisor) == 0;
        if (!half) {
            report.add(Severity::error, {}, row_name(table, tier), "its maintenance rate is not half of 1/" + to_text(*leverage),
                       "hyperliquid knows no other");
            continue;
        }
        Value row = Value::of_object();
        row.set("lowerBound", bound(tier.from)).set("maxLeverage", number(*leverage));
        append(row, tier.extra);
        tiers.push(std::move(row));
    }
    Value object = Value::of_object();
    if (table.symbol.empty()) append(object, table.extra);
    if (object.find("description") == nullptr) {
        Value described = Value::of_object();
        described.set("description", Value::of_string(table.symbol));
        append(described, object.members);
        object = std::move(described);
    }
    object.set("marginTiers", std::move(tiers));
    return object;
}

Value pair_of(const TierTable& table, const std::string& id, Report& report) {
    Value pair = Value::of_array();
    pair.push(Value::of_number(id)).push(write_table(table, report).value_or(Value{}));
    return pair;
}

/// Ids for tables that come from elsewhere start here, above those that mean one flat leverage.
std::string id_for(const TierTable& table, std::int64_t& next) { return table.id.empty() ? std::to_string(next++) : table.id; }

}  // namespace

void read_hyperliquid(std::span<const Value> documents, Import& import) { HyperliquidReader(import).read(documents[0]); }

Value write_hyperliquid(const TierSet& set, Report& report) {
    if (set.category == "marginTable" && set.tables.size() == 1) return write_table(set.tables[0], report).value_or(Value{});
    Value pairs = Value::of_array();
    Value universe = Value::of_array();
    std::int64_t next = flat_id_max + 1;
    std::set<std::string> written;
    for (const TierTable& table : set.tables)
        if (table.symbol.empty() && !table.id.empty()) written.insert(table.id);
    for (const TierTable& table : set.tables) {
        const std::string id = id_for(table, next);
        const auto number_of_id = parse_decimal(id, 0);
        const bool flat = number_of_id && *number_of_id <= flat_id_max;
        if (table.symbol.empty() || (!flat && written.insert(id).second)) pairs.push(pair_of(table, id, report));
        if (table.symbol.empty()) continue;
        Value market = Value::of_object();
        market.set("name", Value::of_string(table.symbol)).set("marginTableId", Value::of_number(id));
        append(market, table.extra);
        universe.push(std::move(market));
    }
    if (set.envelope == Envelope::bare && universe.items.empty()) return pairs;
    Value meta = Value::of_object();
    if (!universe.items.empty()) meta.set("universe", std::move(universe));
    meta.set("marginTables", std::move(pairs));
    return meta;
}

}  // namespace plimsoll::formats
