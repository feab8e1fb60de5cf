// The way back: members in a fixed order, numbers without trailing zeros, and what a format asks for computed or refused.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

#include <algorithm>

namespace plimsoll::formats {

using text::Value;

Value number(const Decimal& value) { return Value::of_number(to_text(value)); }
Value string(const Decimal& value) { return Value::of_string(to_text(value)); }
Value bound_number(const std::optional<Decimal>& to) { return to ? number(*to) : Value::of_number(std::string(unbounded_text)); }
Value bound_string(const std::optional<Decimal>& to) { return to ? string(*to) : Value::of_string(std::string(unbounded_text)); }

void append(Value& object, const std::vector<text::Member>& extra) {
    for (const text::Member& member : extra)
        if (object.find(member.key) == nullptr) object.set(member.key, member.value);
}

bool holds(const std::vector<text::Member>& extra, std::string_view key) {
    return std::any_of(extra.begin(), extra.end(), [&](const text::Member& member) { return member.key == key; });
}

std::optional<Decimal> leverage_for(const TierTable& table, const Tier& tier, Report& report) {
    if (tier.leverage) return tier.leverage;
    const std::string row = row_name(table, tier);
    if (!tier.initial_rate || tier.initial_rate->raw <= 0) {
        report.add(Severity::error, {}, row, "it has neither leverage nor an initial rate", "the format asks for the leverage");
        return std::nullopt;
    }
    constexpr int leverage_digits = 2;  // as venues print it
    const auto leverage = reciprocal(*tier.initial_rate, leverage_digits, Round::floor);
    if (leverage)
        report.add(Severity::note, {}, row,
                   "leverage " + to_text(*leverage) + " is computed from the initial rate " + to_text(*tier.initial_rate), "");
    return leverage;
}

std::optional<Decimal> initial_for(const TierTable& table, const Tier& tier, Report& report) {
    if (tier.initial_rate) return tier.initial_rate;
    const std::string row = row_name(table, tier);
    const auto initial = initial_rate(tier);
    if (initial)
        report.add(Severity::note, {}, row, "initial rate " + to_text(*initial) + " is computed from leverage " + to_text(*tier.leverage),
                   "");
    else report.add(Severity::error, {}, row, "it has neither leverage nor an initial rate", "the format asks for the initial rate");
    return initial;
}

std::optional<Decimal> cum_for(const TierTable& table, std::size_t index, const std::optional<Decimal>& carried, Report& report) {
    const Tier& tier = table.tiers[index];
    if (tier.cum) return tier.cum;
    if (index == 0) return Decimal{};
    const auto cum = carried ? next_cum(*carried, table.tiers[index - 1], tier) : std::nullopt;
    if (cum) report.add(Severity::note, {}, row_name(table, tier), "cum " + to_text(*cum) + " is computed by the recursion", "");
    else report.add(Severity::error, {}, row_name(table, tier), "its cum has more than 18 digits", "shorten the rates or the bounds");
    return cum;
}

bool basis_is(const TierTable& table, std::initializer_list<Basis> allowed, std::string_view format, Report& report) {
    if (std::find(allowed.begin(), allowed.end(), table.basis) != allowed.end()) return true;
    const std::string_view counted = table.basis == Basis::contracts   ? "contracts"
                                     : table.basis == Basis::base_coin ? "the base coin"
                                                                       : "notional";
    report.add(Severity::error, {}, text::shown(table.symbol),
               "its bounds count " + std::string(counted) + ", which " + std::string(format) + " cannot say",
               "convert the bounds with a price and a contract size first");
    return false;
}

}  // namespace plimsoll::formats
