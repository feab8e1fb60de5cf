// The unified tier that ccxt defined: touching bounds, the highest leverage, and the venue's own row under `info`.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

/// What Binance's row under `info` says must agree with the unified fields; hand edits break that.
void agree_with_info(const Tier& tier, const Value& info, const std::string& name, Report& report) {
    struct Pair {
        std::string_view key;
        std::optional<Decimal> value;
    };
    const std::array<Pair, 5> pairs{{{"initialLeverage", tier.leverage},
                                     {"notionalCap", tier.to},
                                     {"notionalFloor", tier.from},
                                     {"maintMarginRatio", tier.maintenance_rate},
                                     {"cum", tier.cum}}};
    for (const Pair& pair : pairs) {
        const Value* own = info.find(pair.key);
        if (own == nullptr || !pair.value || !(own->is(Kind::string) || own->is(Kind::number))) continue;
        const auto plain = without_exponent(own->text);
        const auto read = parse_decimal_free(plain ? *plain : own->text);
        if (read && equal(*read, *pair.value)) continue;
        report.add(Severity::error, own->place, name,
                   "info." + std::string(pair.key) + " says " + text::shown(own->text) + ", the tier says " + to_text(*pair.value),
                   "was one of them edited by hand? make them agree");
    }
}

/// Binance's deduction travels in info.cum, freqtrade's own form carries it as maintAmt.
std::optional<Decimal> read_cum(Row& row, const Value* info, Report& report) {
    if (const auto amount = row.number({"maintAmt"})) return amount;
    if (info == nullptr || info->find("cum") == nullptr) return std::nullopt;
    return Row(*info, row.name(), report).number({"cum"});
}

/// The source's lower bound, or where the tier before ended.
Decimal read_from(Row& row, const TierTable& table) {
    const auto from = row.number({"minNotional", "notionalFloor"});
    if (from) return *from;
    const Decimal assumed = table.tiers.empty() || !table.tiers.back().to ? Decimal{} : *table.tiers.back().to;
    row.repair("minNotional is not given; read as " + to_text(assumed), "");
    return assumed;
}

std::optional<Tier> read_tier(Row& row, const TierTable& table, Report& report, std::set<std::string>& noted) {
    const std::size_t position = table.tiers.size() + 1;
    const auto number = row.integer("tier");
    const std::size_t errors = report.count(Severity::error);
    const Decimal from = read_from(row, table);
    const auto cap = row.bound({"maxNotional", "notionalCap"});
    const auto rate = row.number_or_missing({"maintenanceMarginRate", "maintenanceMarginRatio"});
    const auto leverage = row.number({"maxLeverage"});
    const Value* info = row.get("info");
    const auto cum = read_cum(row, info, report);
    if (!number && !row.has("tier")) row.repair("it has no number; read as tier " + std::to_string(position), "");
    if (!cap.given) row.note("maxNotional is not given: the tier has no upper bound", "");
    if (!leverage) row.note("maxLeverage is not given: nothing is known of the initial margin", "");
    if (report.count(Severity::error) != errors || !rate || !cap.valid) return std::nullopt;
    Tier tier;
    tier.number = number.value_or(static_cast<std::int64_t>(position));
    tier.from = from;
    tier.to = cap.value;
    tier.leverage = leverage;
    tier.maintenance_rate = *rate;
    tier.cum = cum;
    tier.place = row.place();
    tier.extra = row.rest({}, noted);
    if (info != nullptr) {
        agree_with_info(tier, *info, row.name(), report);
        tier.extra.insert(tier.extra.begin(), text::Member{"info", info->place, *info});
    }
    return tier;
}

bool same_symbol(Row& row, TierTable& table) {
    const auto symbol = row.string("symbol");
    if (!symbol) return true;
    if (table.symbol.empty() && table.tiers.empty()) table.symbol = *symbol;
    if (*symbol == table.symbol) return true;
    row.error("the row is of symbol '" + text::shown(*symbol) + "', the list of '" + text::shown(table.symbol) + "'",
              "one list holds one symbol");
    return false;
}

bool same_currency(Row& row, TierTable& table) {
    auto currency = row.string("currency");
    if (!currency) currency = row.string("notionalCurrency");
    if (!currency) return true;
    if (table.currency.empty() && table.tiers.empty()) table.currency = *currency;
    if (*currency == table.currency) return true;
    row.error("the row counts " + text::shown(*currency) + ", the rows before " + text::shown(table.currency),
              "one list counts one currency");
    return false;
}

/// The venue's own row comes before other members; where there is none, the deduction makes one.
void put_info(Value& row, const Tier& tier) {
    const auto own = std::find_if(tier.extra.begin(), tier.extra.end(), [](const text::Member& member) { return member.key == "info"; });
    if (own != tier.extra.end()) row.set("info", own->value);
    else if (tier.cum) row.set("info", std::move(Value::of_object().set("cum", string(*tier.cum))));
    if (tier.cum && row.find("info")->find("cum") == nullptr) row.set("maintAmt", number(*tier.cum));
}

}  // namespace

void read_unified(const Value& list, const std::string& symbol, Import& import, std::set<std::string>& noted) {
    TierTable table;
    table.symbol = symbol;
    table.place = list.place;
    if (!list.is(Kind::array)) {
        import.report.add(Severity::error, list.place, text::shown(symbol),
                          "a list of tiers is expected, " + std::string(text::describe(list.kind)) + " is given",
                          "one list of tiers a symbol");
        return;
    }
    bool whole = true;
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        Row row(list.items[i], (symbol.empty() ? "" : text::shown(symbol) + " ") + "tier " + std::to_string(i + 1), import.report);
        if (!row.is_object()) {
            whole = false;
            continue;
        }
        const bool symbol_same = same_symbol(row, table);
        const bool same = same_currency(row, table) && symbol_same;
        auto tier = read_tier(row, table, import.report, noted);
        whole = whole && same && tier;
        if (tier) table.tiers.push_back(std::move(*tier));
    }
    if (whole) {
        close_gaps(table, import.report);
        check_table(table, import.report);
    }
    import.set.tables.push_back(std::move(table));
}

Value write_unified(const TierTable& table, Unified form, Report& report) {
    Value list = Value::of_array();
    for (std::size_t i = 0; i < table.tiers.size(); ++i) {
        const Tier& tier = table.tiers[i];
        const bool leverage_known = tier.leverage || tier.initial_rate;
        const auto leverage = leverage_known ? leverage_for(table, tier, report) : std::nullopt;
        Value row = Value::of_object();
        row.set("tier", Value::of_number(tier.number)).set("symbol", Value::of_string(table.symbol));
        row.set("currency", table.currency.empty() ? Value{} : Value::of_string(table.currency));
        row.set("minNotional", number(source_from(table, i)));
        row.set("maxNotional", tier.to || form == Unified::freqtrade ? bound_number(tier.to) : Value{});
        row.set("maintenanceMarginRate", number(tier.maintenance_rate));
        row.set("maxLeverage", leverage ? number(*leverage) : Value{});
        put_info(row, tier);
        append(row, tier.extra);
        if (const Value* info = row.find("info")) agree_with_info(tier, *info, row_name(table, tier), report);
        list.push(std::move(row));
    }
    return list;
}

}  // namespace plimsoll::formats
