// OKX position tiers: sizes in contracts, all strings, and tiers that stand one unit apart (1..500, 501..1000).
// Poloniex v3 sends the same table under other names.
#include "plimsoll/formats/tiers_formats.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

constexpr std::array<std::string_view, 3> naming{"uly", "instFamily", "instId"};

/// The rows of {"code":"0","msg":"","data":[...]}, or of a bare list.
const Value* rows_of(const Value& document, Import& import) {
    if (document.is(Kind::array)) {
        import.set.envelope = Envelope::bare;
        return &document;
    }
    Row answer(document, "", import.report);
    if (!answer.is_object()) return nullptr;
    const Value* code = answer.get("code");
    if (code != nullptr && code->text != "0" && code->text != "200") {
        answer.error("the venue refused: code " + text::shown(code->text), "ask again");
        return nullptr;
    }
    const Value* data = answer.array_or_missing("data");
    answer.drop_rest({"msg"});
    return data;
}

/// Derivatives are named by instFamily (older: uly), margin pairs by instId, Poloniex's by symbol.
std::string symbol_of(Row& row) {
    for (const std::string_view key : {"instId", "instFamily", "uly", "symbol"}) {
        const Value* value = row.has(key) ? row.get(key) : nullptr;
        if (value != nullptr && value->is(Kind::string) && !value->text.empty()) return value->text;
    }
    return {};
}

std::optional<Tier> read_tier(Row& row, std::set<std::string>& noted) {
    const auto number = row.integer_or_missing("tier");
    const auto from = row.number_or_missing({"minSz", "minSize"});
    const auto to = row.bound({"maxSz", "maxSize"});
    const auto maintenance = row.number_or_missing({"mmr", "mMRatio"});
    const auto leverage = row.number_or_missing({"maxLever"});
    const auto initial = row.number({"imr"});
    if (!to.given) row.missing("maxSz");
    auto extra = row.rest({"optMgnFactor", "quoteMaxLoan", "baseMaxLoan", "mgnMode"}, noted);
    if (!number || !from || !to.given || !to.valid || !maintenance || !leverage || (row.has("imr") && !initial)) return std::nullopt;
    Tier tier;
    tier.number = *number;
    tier.from = *from;
    tier.to = to.value;
    tier.leverage = leverage;
    tier.initial_rate = initial;
    tier.maintenance_rate = *maintenance;
    tier.extra = std::move(extra);
    tier.place = row.place();
    return tier;
}

void keep_names(const Value& row, Tier& tier) {
    std::vector<text::Member> names;
    for (const std::string_view key : naming)
        if (const Value* value = row.find(key)) names.push_back({std::string(key), value->place, *value});
    if (names.empty())
        if (const Value* value = row.find("symbol")) names.push_back({"instId", value->place, *value});
    tier.extra.insert(tier.extra.begin(), names.begin(), names.end());
}

void read_row(const Value& value, Grouped& groups, std::set<std::string>& noted, Report& report) {
    Row row(value, "", report);
    if (!row.is_object()) return;
    for (const std::string_view key : {"uly", "instFamily", "instId", "symbol"}) row.get(key);
    const std::string symbol = symbol_of(row);
    if (symbol.empty()) return row.error("neither instId, instFamily nor uly names the instrument", "give one of them");
    const Value* number = row.get("tier");
    row.rename(text::shown(symbol) + (number == nullptr ? "" : " tier " + text::shown(number->text)));
    auto tier = read_tier(row, noted);
    TierTable& table = groups.table(symbol, value.place);
    table.basis = Basis::contracts;
    if (!tier) return groups.spoil(symbol);
    keep_names(value, *tier);
    if (row.has("symbol")) row.repair("'symbol' names the instrument and is read as 'instId'", "");
    table.tiers.push_back(std::move(*tier));
}

}  // namespace

void read_okx(std::span<const Value> documents, Import& import) {
    const Value* rows = rows_of(documents[0], import);
    if (rows == nullptr) return;
    if (rows->items.empty())
        import.report.add(Severity::error, rows->place, "", "the list of tiers is empty", "ask with the instrument's name");
    Grouped groups(import.set);
    std::set<std::string> noted;
    for (const Value& row : rows->items) read_row(row, groups, noted, import.report);
    for (TierTable& table : import.set.tables) close_gaps(table, import.report);
    groups.check(import.report);
}

Value write_okx(const TierSet& set, Report& report) {
    Value data = Value::of_array();
    for (const TierTable& table : set.tables) {
        if (!basis_is(table, {Basis::contracts}, "okx", report)) continue;
        for (std::size_t i = 0; i < table.tiers.size(); ++i) {
            const Tier& tier = table.tiers[i];
            const auto leverage = leverage_for(table, tier, report);
            if (!leverage) continue;
            Value row = Value::of_object();
            for (const text::Member& member : tier.extra)
                if (std::find(naming.begin(), naming.end(), member.key) != naming.end()) row.set(member.key, member.value);
            if (row.members.empty()) row.set("instFamily", Value::of_string(table.symbol));
            row.set("tier", Value::of_string(std::to_string(tier.number)));
            row.set("minSz", string(source_from(table, i))).set("maxSz", bound_string(tier.to));
            row.set("mmr", string(tier.maintenance_rate));
            if (tier.initial_rate) row.set("imr", string(*tier.initial_rate));
            row.set("maxLever", string(*leverage));
            append(row, tier.extra);
            data.push(std::move(row));
        }
    }
    if (set.envelope == Envelope::bare) return data;
    Value answer = Value::of_object();
    answer.set("code", Value::of_string("0")).set("msg", Value::of_string("")).set("data", std::move(data));
    return answer;
}

}  // namespace plimsoll::formats
