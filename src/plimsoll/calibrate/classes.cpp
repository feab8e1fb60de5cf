#include "plimsoll/calibrate/classes.hpp"

#include "plimsoll/base/assert.hpp"

namespace plimsoll::calibrate {

namespace {

// Anchored at what advisers of venues have published: slippage below 50 bp for 100,000 and a turnover of 100 million a day for large assets, an open interest of
// 500,000 where depth is some 150,000 to 400,000.
constexpr ClassMeasure measures[] = {
    {"volatility of a day", &AssetFacts::daily_loss, true, {0.12, 0.22, 0.35, 0.60}},
    {"depth within 1 %", &AssetFacts::depth, false, {10e6, 2e6, 400e3, 50e3}},
    {"slippage of 100,000", &AssetFacts::slippage, true, {0.001, 0.005, 0.015, 0.05}},
    {"turnover of a day", &AssetFacts::daily_turnover, false, {1e9, 100e6, 10e6, 1e6}},
    {"days listed", &AssetFacts::listed_days, false, {1'000, 365, 90, 30}},
    {"venues", &AssetFacts::venues, false, {5, 3, 2, 1}},
    {"oracle", &AssetFacts::oracle, false, {3, 2, 2, 1}},
};
constexpr int classes_count = 5;

bool meets(const ClassMeasure& measure, double value, int wanted, double slack) {
    PLIM_ASSERT(wanted >= 0 && wanted < classes_count);
    if (wanted == classes_count - 1) return true;
    const double threshold = measure.enter[wanted];
    return measure.less_is_better ? value <= threshold * (1 + slack) : value >= threshold * (1 - slack);
}

int class_by(const ClassMeasure& measure, double value, std::optional<AssetClass> before) {
    int best = 0;
    while (!meets(measure, value, best, 0)) ++best;
    if (!before) return best;
    const int was = static_cast<int>(*before);
    return best > was && meets(measure, value, was, stay_slack) ? was : best;
}

}  // namespace

std::string_view to_string(AssetClass asset_class) {
    constexpr std::string_view names[] = {"A", "B", "C", "speculative", "highly speculative"};
    return names[static_cast<std::size_t>(asset_class)];
}

std::span<const ClassMeasure> class_measures() { return measures; }

Classed classify(const AssetFacts& facts, std::optional<AssetClass> before) {
    Classed classed;
    int worst = -1;
    for (const ClassMeasure& measure : measures) {
        const std::optional<double>& value = facts.*measure.of;
        if (!value) continue;
        const int by = class_by(measure, *value, before);
        if (by <= worst) continue;
        worst = by;
        classed.decided_by = measure.name;
    }
    if (worst >= 0) classed.asset_class = static_cast<AssetClass>(worst);
    return classed;
}

}  // namespace plimsoll::calibrate
