// A parameter set: assets, markets, schedules, account rules and overrides of one venue, as data.
#pragma once

#include "plimsoll/account/collateral.hpp"
#include "plimsoll/base/id.hpp"
#include "plimsoll/market/instrument.hpp"
#include "plimsoll/schedule/exposure.hpp"
#include "plimsoll/schedule/finding.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

struct Asset {
    std::string name;
    int digits = 0;
    int price_digits = 0;  // of its price in the numeraire
    Price price_max;
    Amount amount_max;     // of one balance
    bool collateral = true;
    WeightCurve weight_initial;
    WeightCurve weight_maintenance;
    Rate liability_weight_initial = hundred_percent;  // >= 1
    Rate liability_weight_maintenance = hundred_percent;
    friend bool operator==(const Asset&, const Asset&) = default;
};

enum class OpenOrderPolicy : std::uint8_t {
    worst_side,      // the larger of "all buys fill" and "all sells fill", each netted against the position (default)
    gross_per_side,  // the larger of "long plus buys" and "short plus sells", nothing netted
    each_alone,      // an order is tested alone when it is placed and reserves nothing afterwards
};

/// How the two legs of hedge mode are charged together.
enum class HedgeRule : std::uint8_t { sum_of_legs, larger_leg };

struct MarketParams {
    std::string name;
    AssetId settle;
    ScheduleId schedule;
    Instrument instrument;
    Rate multiplier = hundred_percent;  // override of the market, every account; >= 1
    OpenOrderPolicy open_orders = OpenOrderPolicy::worst_side;
    HedgeRule hedge = HedgeRule::sum_of_legs;
    std::uint32_t leverage_max_hundredths = 0;  // of what a user may choose, times 100; 0: the schedule's own limit
    friend bool operator==(const MarketParams&, const MarketParams&) = default;
};

/// What unrealised profit counts for. Losses always count in full.
struct ProfitWeights {
    Rate initial = Rate::from_raw(0);
    Rate withdrawal = Rate::from_raw(0);
    Rate maintenance = hundred_percent;
    std::optional<Decimal> initial_cap;  // largest usable profit of one position, settle asset
    friend bool operator==(const ProfitWeights&, const ProfitWeights&) = default;
};

/// A named exception for an account, in one market or in all. Precedence: account in a market, account, market, schedule;
/// the first that names a figure gives it.
struct Override {
    std::string account;
    std::optional<MarketId> market;
    std::optional<Rate> multiplier;
    std::optional<Rate> initial_floor;
    friend bool operator==(const Override&, const Override&) = default;
};

struct ParameterSet {
    std::string name;
    std::uint32_t version = 1;
    std::string source;
    AssetId numeraire;  // what health is counted in
    ProfitWeights profit;
    std::vector<Asset> assets;
    std::vector<Schedule> schedules;
    std::vector<MarketParams> markets;
    std::vector<Override> overrides;

    const Asset* find_asset(std::string_view name) const;
    const MarketParams* find_market(std::string_view name) const;
    std::optional<MarketId> market_id(std::string_view name) const;
    std::optional<AssetId> asset_id(std::string_view name) const;
    std::optional<ScheduleId> schedule_id(std::string_view id) const;
    const MarketParams& market(MarketId id) const { return markets[id.index]; }
    const Asset& asset(AssetId id) const { return assets[id.index]; }

    friend bool operator==(const ParameterSet&, const ParameterSet&) = default;
};

/// The scales on which a market's schedule is evaluated.
Scales scales_of(const ParameterSet& set, const MarketParams& market);

/// Every finding of the set: names that are missing or double, references, the domain of every instrument and asset, and
/// each market's schedule validated on that market's scales.
Findings validate(const ParameterSet& set);

}  // namespace plimsoll
