#include "plimsoll/stress/engine_replay.hpp"

#include "plimsoll/stress/engine_recipes.hpp"
#include "plimsoll/stress/schemes.hpp"

#include <algorithm>

namespace plimsoll::stress {

Wide Figures::fact(const char* name) {
    const auto found = std::find_if(incident_.facts.begin(), incident_.facts.end(), [&](const Fact& f) { return f.name == name; });
    if (found != incident_.facts.end())
        if (const auto parsed = parse_decimal_free(found->value, figure_digits); parsed && in_figures(*parsed) && parsed->raw > 0)
            return figure(*parsed);
    miss(std::string("fact '") + name + "' as one figure");
    return pow10(figure_digits);
}

Wide Figures::given(const char* name, const std::optional<Decimal>& value) {
    if (value && value->raw > 0) return figure(*value);
    miss(std::string("replay figure '") + name + "'");
    return pow10(figure_digits);
}

Decimal Figures::decimal(const char* name, const std::optional<Decimal>& value) {
    if (value && value->raw > 0) return *value;
    miss(std::string("replay figure '") + name + "'");
    return {1, 0};
}

Wide Figures::expected(const char* schedule, const char* field) {
    for (const ReferenceCheck& check : incident_.checks) {
        const text::Value* value = check.schedule == schedule ? check.expect.find(field) : nullptr;
        if (value == nullptr) continue;
        if (const auto parsed = parse_decimal_free(value->text, figure_digits); parsed && in_figures(*parsed)) return figure(*parsed);
    }
    miss(std::string("check ") + schedule + " with its " + field);
    return pow10(figure_digits);
}

Decimal Figures::param(const char* schedule, const char* name) {
    for (const ReferenceCheck& check : incident_.checks) {
        if (check.schedule != schedule) continue;
        for (const text::Value* part : {&check.params, &check.inputs})
            if (const text::Value* value = part->find(name); value != nullptr)
                if (const auto parsed = parse_decimal_free(value->text, figure_digits); parsed && in_figures(*parsed)) return *parsed;
    }
    miss(std::string("check ") + schedule + " with its " + name);
    return {1, 0};
}

const std::vector<TableRow>& Figures::table() {
    const auto& name = incident_.replay->bracket_table;
    const auto found = name ? reference_.tables.find(*name) : reference_.tables.end();
    if (found != reference_.tables.end()) return found->second;
    miss("size table");
    PLIM_ASSERT(!reference_.tables.empty());
    return reference_.tables.begin()->second;
}

OpenInterestSet Figures::oi_set() {
    const auto& name = incident_.replay->oi_set;
    const auto found = name ? reference_.oi_sets.find(*name) : reference_.oi_sets.end();
    if (found != reference_.oi_sets.end()) return found->second;
    miss("open-interest set");
    return {{1, 0}, {}, {}};
}

void Figures::miss(std::string what) {
    if (missing_.empty()) missing_ = std::move(what);
}

namespace {

constexpr Wide price_most = Wide{1'000'000'000} * pow10(replay_price_digits);

/// What a missing figure is replaced by is never played: the recipe is only built with it.
Price played_price(Figures& f, const char* name, const std::optional<Decimal>& value) {
    const Price one = Price::from_raw(pow10_64(replay_price_digits));
    const Price price = replay_price(f.decimal(name, value));
    if (price.raw() >= 1 && price.raw() <= price_most) return price;
    f.miss(std::string("replay figure '") + name + "' between 0.0000001 and 1000000000");
    return one;
}

Size played_size(Figures& f, Price price) {
    const Wide size = f.given("position_notional", f.replay().position_notional) * pow10(replay_price_digits) / price.raw();
    if (size >= 1 && size <= Wide{1'000'000'000'000} * pow10(replay_size_digits)) return Size::narrow(size);
    f.miss("replay figure 'position_notional' of 0.0001 to 1000000000000 units");
    return Size::from_raw(pow10_64(replay_size_digits));
}

}  // namespace

Stage position_stage(Figures& f) {
    const Replay& r = f.replay();
    Stage stage;
    const Price from = played_price(f, "price_from", r.price_from);
    const Price to = played_price(f, "price_to", r.price_to);
    stage.price = from;
    stage.path = {to};
    stage.is_short = r.is_short.value_or(false);
    stage.accounts = r.accounts.value_or(1);
    stage.size = played_size(f, from);
    stage.collateral = f.given("collateral", r.collateral);
    const Price most = Price::from_raw(4 * std::max(from.raw(), to.raw()));
    const Schedule flat = flat_scheme(f.decimal("flat_rate", r.flat_rate));
    stage.opening = bare_venue(f.incident().id, flat, most, Size::from_raw(2 * stage.size.raw() + pow10_64(replay_size_digits)));
    return stage;
}

namespace {

using Maker = Recipe (*)(Figures&);
struct Entry {
    const char* id;
    Maker make;
};
constexpr Entry entries[] = {
    {"2023-11-17-dydx-yfi", yfi_recipe},
    {"2022-10-11-mango-mngo", mango_recipe},
    {"2025-03-12-hyperliquid-eth-whale", eth_recipe},
    {"2025-03-26-hyperliquid-jelly", jelly_recipe},
};

}  // namespace

EngineReplay engine_replay(const Incident& incident, const Reference& reference) {
    EngineReplay none;
    if (!incident.replay || reference.tables.empty()) {
        none.why_none = "the file has no replay";
        return none;
    }
    Figures figures(incident, reference);
    const auto entry = std::find_if(std::begin(entries), std::end(entries), [&](const Entry& e) { return incident.id == e.id; });
    const Recipe recipe = entry != std::end(entries) ? entry->make(figures) : plain_recipe(figures);
    if (!figures.missing().empty()) {
        none.why_none = "it lacks the " + figures.missing();
        return none;
    }
    EngineReplay replay = play(recipe);
    if (recipe.splits && replay.why_none.empty()) replay.splits = splits_of(recipe.stage, figures.table());
    return replay;
}

}  // namespace plimsoll::stress
