// How good an asset is, by the worst of what is known of it; entering a class takes more than staying in it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace plimsoll::calibrate {

/// What is known of an asset. Units  quote currency; shares of the price; absent: not known, and then it decides nothing.
struct AssetFacts {
    std::optional<double> daily_loss;     // quantile of the coverage of a day's move, historical simulation
    std::optional<double> depth;          // low quantile over time of what rests within a per cent, the worse side
    std::optional<double> slippage;       // of selling 100,000 at a poor moment
    std::optional<double> daily_turnover;  // mean of 180 days
    std::optional<double> listed_days;
    std::optional<double> venues;         // that trade it against real money
    std::optional<double> oracle;         // 0: none, 1: one source, 2: several, 3: several with depth behind each
};

enum class AssetClass : std::uint8_t { a, b, c, speculative, highly_speculative };
std::string_view to_string(AssetClass asset_class);

/// A measure, what each class asks of it to be entered (the best class first), and how much less is enough to stay.
struct ClassMeasure {
    std::string_view name;
    std::optional<double> AssetFacts::* of;
    bool less_is_better;
    double enter[4];  // a, b, c, speculative; whoever meets none is highly speculative
};
std::span<const ClassMeasure> class_measures();
inline constexpr double stay_slack = 0.25;  // of a threshold

struct Classed {
    AssetClass asset_class = AssetClass::highly_speculative;
    std::string_view decided_by;  // the measure; empty: nothing is known
};
/// The worst class of all measures that are known. `before`: the class it was in; a measure that would put it lower keeps it there while it meets that class's
/// threshold with the slack.
Classed classify(const AssetFacts& facts, std::optional<AssetClass> before = {});

}  // namespace plimsoll::calibrate
