// dYdX v4 liquidity tiers: rates in parts per million, caps in quote quantums of 10^-6. They lift the initial rate with
// the market's open interest; an upper cap of 0 switches that off.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

constexpr int ppm_digits = 6;
constexpr int quantum_digits = 6;
constexpr std::int64_t million = 1'000'000;

Decimal from_count(std::int64_t count, int digits) { return shift_down({count, 0}, digits).value_or(Decimal{}); }

/// The count of 10^-digits that a value is; nothing when it has more decimals.
std::optional<std::int64_t> to_count(const Decimal& value, int digits) {
    const auto count = multiply(value, {pow10_64(digits), 0});
    return count && count->digits == 0 ? std::optional(count->raw) : std::nullopt;
}

class DydxReader {
public:
    explicit DydxReader(Import& import) : import_(import), report_(import.report) {}

    void read(const Value& document) {
        const Value* tiers = &document;
        if (document.is(Kind::array)) {
            import_.set.envelope = Envelope::bare;
        } else {
            Row answer(document, "", report_);
            if (!answer.is_object()) return;
            page(answer);
            tiers = answer.array_or_missing("liquidity_tiers");
            answer.drop_rest({});
        }
        if (tiers == nullptr) return;
        if (tiers->items.empty())
            report_.add(Severity::error, tiers->place, "", "the list of liquidity tiers is empty", "give at least one");
        for (const Value& tier : tiers->items) row(tier);
    }

private:
    void page(Row& answer) {
        const Value* pagination = answer.get("pagination");
        const Value* next = pagination == nullptr ? nullptr : pagination->find("next_key");
        if (next == nullptr || next->is(Kind::null) || next->text.empty()) return;
        answer.error("the list is cut: pagination.next_key '" + text::shown(next->text) + "' is not empty",
                     "fetch the pages that are left into one list");
    }

    void row(const Value& value) {
        Row row(value, "", report_);
        if (!row.is_object()) return;
        const std::size_t errors = report_.count(Severity::error);
        LiquidityTier tier;
        tier.place = value.place;
        tier.id = row.integer_or_missing("id").value_or(0);
        tier.name = row.string("name").value_or("");
        row.rename("liquidity tier " + std::to_string(tier.id) + (tier.name.empty() ? "" : " (" + text::shown(tier.name) + ")"));
        if (!ids_.insert(tier.id).second) row.error("the id is listed twice", "keep one of them");
        tier.initial_rate = ppm(row, "initial_margin_ppm");
        tier.maintenance_fraction = ppm(row, "maintenance_fraction_ppm");
        if (const auto impact = row.integer("impact_notional")) tier.impact_notional = from_count(*impact, quantum_digits);
        caps(row, tier);
        tier.extra = row.rest({"base_position_notional"}, noted_);
        if (report_.count(Severity::error) == errors) import_.set.liquidity_tiers.push_back(std::move(tier));
    }

    Decimal ppm(Row& row, std::string_view key) {
        const auto value = row.integer_or_missing(key);
        if (!value) return {};
        if (*value <= 0 || *value > million)
            row.error("'" + std::string(key) + "': " + std::to_string(*value) + " is not in 1..1000000",
                      "parts per million, 50000 for 5 %");
        return from_count(*value, ppm_digits);
    }

    void caps(Row& row, LiquidityTier& tier) {
        const std::int64_t lower = row.integer("open_interest_lower_cap").value_or(0);
        const std::int64_t upper = row.integer("open_interest_upper_cap").value_or(0);
        if (lower < 0 || upper < 0) row.error("an open-interest cap is below zero", "give quote quantums, or 0 for no scaling");
        else if (lower > upper)
            row.error("the lower open-interest cap " + std::to_string(lower) + " is above the upper one " + std::to_string(upper),
                      upper == 0 ? "an upper cap of 0 means no scaling; then the lower one is 0 too" : "swap them");
        tier.open_interest_lower = from_count(lower, quantum_digits);
        if (upper != 0) tier.open_interest_upper = from_count(upper, quantum_digits);
    }

    Import& import_;
    Report& report_;
    std::set<std::int64_t> ids_;
    std::set<std::string> noted_;
};

Value write_row(const LiquidityTier& tier, Report& report) {
    Value row = Value::of_object();
    row.set("id", Value::of_number(tier.id)).set("name", Value::of_string(tier.name));
    const auto put = [&](std::string_view key, const Decimal& value, int digits, bool quoted) {
        const auto count = to_count(value, digits);
        if (!count) {
            report.add(Severity::error, {}, "liquidity tier " + std::to_string(tier.id),
                       std::string(key) + ": " + to_text(value) + " has more than 6 decimals", "round it first");
        } else {
            row.set(std::string(key), quoted ? Value::of_string(std::to_string(*count)) : Value::of_number(*count));
        }
    };
    put("initial_margin_ppm", tier.initial_rate, ppm_digits, false);
    put("maintenance_fraction_ppm", tier.maintenance_fraction, ppm_digits, false);
    for (const text::Member& member : tier.extra)
        if (member.key == "base_position_notional") row.set(member.key, member.value);
    if (tier.impact_notional) put("impact_notional", *tier.impact_notional, quantum_digits, true);
    put("open_interest_lower_cap", tier.open_interest_lower, quantum_digits, true);
    put("open_interest_upper_cap", tier.open_interest_upper.value_or(Decimal{}), quantum_digits, true);
    append(row, tier.extra);
    return row;
}

}  // namespace

void read_dydx(std::span<const Value> documents, Import& import) { DydxReader(import).read(documents[0]); }

Value write_dydx(const TierSet& set, Report& report) {
    Value list = Value::of_array();
    for (const LiquidityTier& tier : set.liquidity_tiers) list.push(write_row(tier, report));
    if (set.envelope == Envelope::bare) return list;
    Value answer = Value::of_object();
    answer.set("liquidity_tiers", std::move(list));
    return answer;
}

}  // namespace plimsoll::formats
