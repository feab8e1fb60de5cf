// How a market's prices are guarded and how accounts are liquidated, from their tables. A figure that is left out keeps the default
// of its struct; what the figures may be is judged by validate().
#include "plimsoll/formats/params_parts.hpp"

#include <limits>

namespace plimsoll::formats {

using text::Issues;
using text::Need;
using text::ObjectReader;
using text::Value;

namespace {

constexpr std::uint64_t count_max = std::numeric_limits<std::uint32_t>::max();

std::optional<std::uint32_t> count(ObjectReader& table, std::string_view key) {
    const auto number = read_natural(table, key, count_max, Need::optional);
    return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}
std::optional<std::uint64_t> duration(ObjectReader& table, std::string_view key) {
    return read_natural(table, key, duration_ms_max, Need::optional);
}
std::optional<Rate> share(ObjectReader& table, std::string_view key) { return read_plain_rate(table, key, Need::optional); }

Velocity velocity_in(ObjectReader& table) {
    Velocity velocity;
    velocity.rate = read_plain_rate(table, "rate", Need::required).value_or(Rate{});
    velocity.interval_ms = read_natural(table, "interval_ms", duration_ms_max, Need::required).value_or(0);
    return velocity;
}

std::optional<Velocity> velocity(ObjectReader& guard, std::string_view key) {
    auto table = guard.object(key, Need::optional);
    if (!table) return std::nullopt;
    const Velocity velocity = velocity_in(*table);
    table->finish();
    return velocity;
}

Slew slew(ObjectReader& guard, std::string_view key, int digits) {
    Slew slew;
    auto table = guard.object(key, Need::optional);
    if (!table) return slew;
    slew.floor = table->count<Amount>("floor", digits, Need::optional).value_or(Amount{}).raw();
    if (const auto cap = table->count<Amount>("cap", digits, Need::optional)) slew.cap = cap->raw();
    const bool has_rate = table->has("rate");
    const bool has_interval = table->has("interval_ms");
    if (has_rate || has_interval) slew.velocity = velocity_in(*table);
    table->finish();
    return slew;
}

void actions_of(const Value& list, const std::string& path, std::array<bool, guarded_actions_count>& allowed, Issues& issues) {
    allowed = {};
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        const auto action = read_word_index(list.items[i], path + " " + std::to_string(i + 1), words::guarded_actions, issues);
        if (!action) continue;
        if (allowed[*action])
            issues.add(list.items[i].place, path + ": '" + std::string(words::guarded_actions[*action]) + "' is given twice",
                       "write it once");
        allowed[*action] = true;
    }
}

GuardActions actions(ObjectReader& guard, Issues& issues) {
    GuardActions actions;
    auto table = guard.object("actions", Need::optional);
    if (!table) return actions;
    for (std::size_t state = 0; state < words::guard_states.size(); ++state) {
        const std::string_view name = words::guard_states[state];
        table->array(name, Need::optional);  // makes the finding when it is no array
        const Value* list = table->get(name, Need::optional);
        if (list != nullptr && list->is(text::Kind::array)) actions_of(*list, table->path_of(name), actions.allowed[state], issues);
    }
    table->finish();
    return actions;
}

}  // namespace

GuardParams read_guard(ObjectReader& market, int settle_digits, Issues& issues) {
    GuardParams guard;
    auto table = market.object("guard", Need::optional);
    if (!table) return guard;
    guard.sources_min = count(*table, "sources_min").value_or(guard.sources_min);
    guard.outlier_max = share(*table, "outlier_max");
    guard.source_stale_ms = duration(*table, "source_stale_ms");
    guard.mark_band = share(*table, "mark_band");
    guard.index_required = table->boolean("index_required", Need::optional).value_or(guard.index_required);
    guard.mark_stale_ms = duration(*table, "mark_stale_ms");
    guard.credit = velocity(*table, "credit");
    guard.liquidation = velocity(*table, "liquidation");
    guard.depth = slew(*table, "depth", settle_digits);
    guard.daily_volume = slew(*table, "daily_volume", settle_digits);
    guard.volatility = slew(*table, "volatility", rate_digits);
    guard.actions = actions(*table, issues);
    table->finish();
    return guard;
}

LiquidationRules read_liquidation(ObjectReader& root) {
    LiquidationRules rules;
    auto table = root.object("liquidation", Need::optional);
    if (!table) return rules;
    rules.threshold_marks = count(*table, "threshold_marks").value_or(rules.threshold_marks);
    rules.threshold_ms = duration(*table, "threshold_ms").value_or(rules.threshold_ms);
    rules.critical_share = share(*table, "critical_share");
    rules.interval_ms = duration(*table, "interval_ms").value_or(rules.interval_ms);
    rules.intervals_max = count(*table, "intervals_max").value_or(rules.intervals_max);
    rules.per_interval_max = count(*table, "per_interval_max");
    rules.fund_share = share(*table, "fund_share").value_or(rules.fund_share);
    rules.liquidator_share = share(*table, "liquidator_share").value_or(rules.liquidator_share);
    rules.stress = share(*table, "stress").value_or(rules.stress);
    rules.reserve_accounts = count(*table, "reserve_accounts").value_or(rules.reserve_accounts);
    rules.reserve_interval_ms = duration(*table, "reserve_interval_ms");
    rules.withdrawals_wait = table->boolean("withdrawals_wait", Need::optional).value_or(rules.withdrawals_wait);
    table->finish();
    return rules;
}

}  // namespace plimsoll::formats
