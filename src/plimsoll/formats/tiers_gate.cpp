// Gate v4 futures risk_limit_tiers: upper bounds in the settle currency's notional, all strings. `contract` names the
// market when several are asked for at once. Maintenance is value * maintenance_rate - deduction.
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

std::optional<Tier> read_tier(Row& row, std::set<std::string>& noted) {
    const auto number = row.integer_or_missing("tier");
    const auto limit = row.bound({"risk_limit"});
    if (!limit.given) row.missing("risk_limit");
    const auto initial = row.number_or_missing({"initial_rate"});
    const auto maintenance = row.number_or_missing({"maintenance_rate"});
    const auto leverage = row.number_or_missing({"leverage_max"});
    const bool deducts = row.get("deduction") != nullptr;
    const auto cum = row.number({"deduction"});
    auto extra = row.rest({}, noted);
    if (!number || !limit.given || !limit.valid || !initial || !maintenance || !leverage || (deducts && !cum)) return std::nullopt;
    Tier tier;
    tier.number = *number;
    tier.to = limit.value;
    tier.leverage = leverage;
    tier.initial_rate = initial;
    tier.maintenance_rate = *maintenance;
    tier.cum = cum;
    tier.extra = std::move(extra);
    tier.place = row.place();
    return tier;
}

void read_row(const Value& value, Grouped& groups, std::set<std::string>& noted, Report& report) {
    Row row(value, "", report);
    if (!row.is_object()) return;
    const std::string symbol = row.string("contract").value_or("");
    const Value* number = row.get("tier");
    row.rename((symbol.empty() ? "" : text::shown(symbol) + " ") + "tier" + (number == nullptr ? "" : " " + text::shown(number->text)));
    auto tier = read_tier(row, noted);
    TierTable& table = groups.table(symbol, value.place);
    if (tier) append_touching(table, std::move(*tier));
    else groups.spoil(symbol);
}

}  // namespace

void read_gate(std::span<const Value> documents, Import& import) {
    const Value& document = documents[0];
    if (!document.is(Kind::array) || document.items.empty()) {
        import.report.add(Severity::error, document.place, "", "a list of tiers is expected", "give the answer of risk_limit_tiers");
        return;
    }
    Grouped groups(import.set);
    std::set<std::string> noted;
    for (const Value& row : document.items) read_row(row, groups, noted, import.report);
    groups.check(import.report);
}

Value write_gate(const TierSet& set, Report& report) {
    Value list = Value::of_array();
    for (const TierTable& table : set.tables) {
        if (!basis_is(table, {Basis::notional_quote}, "gate", report)) continue;
        for (const Tier& tier : table.tiers) {
            const auto initial = initial_for(table, tier, report);
            const auto leverage = leverage_for(table, tier, report);
            if (!initial || !leverage) continue;
            Value row = Value::of_object();
            if (!table.symbol.empty()) row.set("contract", Value::of_string(table.symbol));
            row.set("tier", Value::of_number(tier.number)).set("risk_limit", bound_string(tier.to));
            row.set("initial_rate", string(*initial)).set("maintenance_rate", string(tier.maintenance_rate));
            row.set("leverage_max", string(*leverage));
            if (tier.cum) row.set("deduction", string(*tier.cum));
            append(row, tier.extra);
            list.push(std::move(row));
        }
    }
    return list;
}

}  // namespace plimsoll::formats
