// Bybit v5 risk limits: 15 symbols a page, pages saved one after the other or as an array. Only upper bounds are given;
// rates come as numbers or strings, and for some symbols in percent.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

class BybitReader {
public:
    explicit BybitReader(Import& import) : import_(import), report_(import.report), groups_(import.set) {}

    void read(std::span<const Value> documents) {
        const bool wrapped = documents.size() == 1 && documents[0].is(Kind::array);
        const std::span<const Value> pages = wrapped ? std::span<const Value>(documents[0].items) : documents;
        if (pages.empty()) report_.add(Severity::error, documents[0].place, "", "there is no page", "give the answers of risk-limit");
        for (std::size_t i = 0; i < pages.size(); ++i) page(pages[i], i + 1, i + 1 == pages.size());
        for (TierTable& table : import_.set.tables) units(table);
        groups_.check(report_);
    }

private:
    void page(const Value& value, std::size_t number, bool last) {
        Row answer(value, "page " + std::to_string(number), report_);
        if (!answer.is_object()) return;
        const auto code = answer.integer("retCode");
        if (code && *code != 0) {
            const auto message = answer.string("retMsg");
            return answer.error("the venue refused: retCode " + std::to_string(*code) + (message ? " " + text::shown(*message) : ""),
                                "ask again");
        }
        const Value* result = answer.get("result");
        if (result == nullptr) return answer.missing("result");
        Row inner(*result, answer.name(), report_);
        if (!inner.is_object()) return;
        category(inner);
        const auto cursor = inner.string("nextPageCursor");
        if (last && cursor && !cursor->empty())
            inner.error("the list is cut: nextPageCursor '" + text::shown(*cursor) + "' is not followed by its page",
                        "fetch the pages that are left");
        const Value* list = inner.array_or_missing("list");
        if (list == nullptr) return;
        for (const Value& item : list->items) row(item);
        answer.get("retMsg");
        answer.drop_rest({"retExtInfo", "time"});
        inner.drop_rest({});
    }

    void category(Row& result) {
        const auto category = result.string("category");
        if (!category || category->empty()) return;
        std::string& known = import_.set.category;
        if (known.empty()) known = *category;
        if (known != *category)
            result.error("category '" + text::shown(*category) + "' after '" + text::shown(known) + "'", "one file holds one category");
    }

    void row(const Value& value) {
        Row row(value, "", report_);
        if (!row.is_object()) return;
        const auto symbol = row.string("symbol");
        if (!symbol) return row.has("symbol") ? void() : row.missing("symbol");
        const auto id = row.integer_or_missing("id");
        if (id) row.rename(text::shown(*symbol) + " tier " + std::to_string(*id));
        auto tier = read_tier(row, id);
        TierTable& table = groups_.table(*symbol, value.place);
        table.basis = import_.set.category == "inverse" ? Basis::base_coin : Basis::notional_quote;
        if (tier && id && !ids_.insert({*symbol, *id}).second) {
            row.error("the row is listed twice", "is one page there twice?");
            tier.reset();
        }
        if (tier) append_touching(table, std::move(*tier));
        else groups_.spoil(*symbol);
    }

    std::optional<Tier> read_tier(Row& row, std::optional<std::int64_t> id) {
        const auto limit = row.bound({"riskLimitValue", "limit"});
        if (!limit.given) row.missing("riskLimitValue");
        const auto maintenance = row.number_or_missing({"maintenanceMargin", "maintainMargin"});
        const auto initial = row.number_or_missing({"initialMargin"});
        const auto leverage = row.number_or_missing({"maxLeverage"});
        const Value* deduction = row.get("mmDeduction");
        const bool deducts = deduction != nullptr && !deduction->text.empty();  // some symbols send ""
        const auto cum = deducts ? row.number({"mmDeduction"}) : std::nullopt;
        auto extra = row.rest({"isLowestRisk", "isLowerRisk"}, noted_);
        if (!id || !limit.given || !limit.valid || !maintenance || !initial || !leverage || (deducts && !cum)) return std::nullopt;
        Tier tier;
        tier.number = *id;
        tier.to = limit.value;
        tier.leverage = leverage;
        tier.initial_rate = initial;
        tier.maintenance_rate = *maintenance;
        tier.cum = cum;
        tier.extra = std::move(extra);
        tier.place = row.place();
        return tier;
    }

    /// The leverage is the witness: times the initial rate it is 1 for fractions and 100 for percent.
    void units(TierTable& table) {
        if (table.tiers.empty()) return;
        std::size_t percent = 0;
        for (const Tier& tier : table.tiers) percent += in_percent(tier) ? 1 : 0;
        if (percent == 0) return;
        const std::string name = text::shown(table.symbol);
        if (percent != table.tiers.size()) {
            report_.add(Severity::error, table.place, name, "some rows give rates in percent, others as fractions", "give one unit");
            return groups_.spoil(table.symbol);
        }
        report_.add(Severity::repair, table.place, name,
                    "rates are in percent (initial " + to_text(*table.tiers[0].initial_rate) + " at " + to_text(*table.tiers[0].leverage) +
                        "x) and were divided by 100",
                    "");
        for (Tier& tier : table.tiers) {
            const auto initial = shift_down(*tier.initial_rate, 2);
            const auto maintenance = shift_down(tier.maintenance_rate, 2);
            if (!initial || !maintenance) {
                report_.add(Severity::error, tier.place, row_name(table, tier), "a rate in percent has too many decimals", "shorten it");
                return groups_.spoil(table.symbol);
            }
            tier.initial_rate = initial;
            tier.maintenance_rate = *maintenance;
        }
    }

    static bool in_percent(const Tier& tier) {
        const auto product = multiply(*tier.initial_rate, *tier.leverage);
        return product && !less(*product, {50, 0}) && !less({200, 0}, *product);
    }

    Import& import_;
    Report& report_;
    Grouped groups_;
    std::set<std::pair<std::string, std::int64_t>> ids_;
    std::set<std::string> noted_;
};

void write_rows(const TierTable& table, Value& list, Report& report) {
    for (std::size_t i = 0; i < table.tiers.size(); ++i) {
        const Tier& tier = table.tiers[i];
        const auto initial = initial_for(table, tier, report);
        const auto leverage = leverage_for(table, tier, report);
        if (!initial || !leverage) continue;
        Value row = Value::of_object();
        row.set("id", Value::of_number(tier.number)).set("symbol", Value::of_string(table.symbol));
        row.set("riskLimitValue", bound_string(tier.to)).set("maintenanceMargin", string(tier.maintenance_rate));
        row.set("initialMargin", string(*initial)).set("maxLeverage", string(*leverage));
        row.set("mmDeduction", tier.cum ? string(*tier.cum) : Value::of_string(""));
        if (!holds(tier.extra, "isLowestRisk") && !holds(tier.extra, "isLowerRisk"))
            row.set("isLowestRisk", Value::of_number(i == 0 ? 1 : 0));
        append(row, tier.extra);
        list.push(std::move(row));
    }
}

}  // namespace

void read_bybit(std::span<const Value> documents, Import& import) { BybitReader(import).read(documents); }

Value write_bybit(const TierSet& set, Report& report) {
    Value list = Value::of_array();
    std::string category = set.category;
    for (const TierTable& table : set.tables) {
        if (!basis_is(table, {Basis::notional_quote, Basis::base_coin}, "bybit", report)) continue;
        const std::string own = table.basis == Basis::base_coin ? "inverse" : "linear";
        if (category.empty()) category = own;
        if ((category == "inverse") != (own == "inverse"))
            report.add(Severity::error, {}, text::shown(table.symbol), "an answer of Bybit's holds one category, and this table is " + own,
                       "write the categories apart");
        write_rows(table, list, report);
    }
    Value result = Value::of_object();
    result.set("category", Value::of_string(category)).set("list", std::move(list)).set("nextPageCursor", Value::of_string(""));
    Value answer = Value::of_object();
    answer.set("retCode", Value::of_number(0)).set("retMsg", Value::of_string("OK")).set("result", std::move(result));
    return answer;
}

}  // namespace plimsoll::formats
