// A parameter set: assets, markets, schedules, account rules and overrides of one venue, as data.
#pragma once

#include "plimsoll/account/collateral.hpp"
#include "plimsoll/base/id.hpp"
#include "plimsoll/market/guard.hpp"
#include "plimsoll/market/instrument.hpp"
#include "plimsoll/schedule/exposure.hpp"
#include "plimsoll/schedule/finding.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// Bounds of what a set may say, so that sums of times and shares of notionals stay inside their types.
inline constexpr std::uint64_t duration_ms_max = 4'000'000'000'000;           // some 126 years
inline constexpr Rate fee_rate_max = Rate::from_raw(rate_one / 10);            // of a notional

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
    std::uint32_t confirmations = 0;             // that a deposit waits for; 0: it is credited at once
    Rate pending_weight{};                       // what a waiting deposit counts for, 0 to 1, as a share of its value
    std::optional<std::uint64_t> smoothing_ms{}; // time in which the smoothed price makes up its distance to the mark; absent: at once
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
    GuardParams guard;
    Rate fee_max;                               // of a trade's notional; orders reserve it. 0: trades carry no fee
    Rate liquidation_fee;                       // of the notional that a liquidation closes
    std::optional<Rate> depth_share;            // of the measured depth that liquidations may close in one interval; absent: all
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

/// How accounts below maintenance are brought back, for the whole venue.
struct LiquidationRules {
    std::uint32_t threshold_marks = 0;            // consecutive marks a breach must last beyond the one that showed it
    std::uint64_t threshold_ms = 0;               // and the time
    std::optional<Rate> critical_share;           // equity below this share of the maintenance requirement: no threshold
    std::uint64_t interval_ms = 1000;             // > 0; between two steps of one liquidation
    std::uint32_t intervals_max = 10;             // > 0; after so many the waterfall closes what is left
    std::optional<std::uint32_t> per_interval_max;  // liquidations that may take a step within one interval of the venue
    Rate fund_share;                              // of a liquidation fee
    Rate liquidator_share;                        // what is left is the venue's
    Rate stress = Rate::from_raw(100'000'000);    // > 0; price move against each position that stressed losses are measured with
    std::uint32_t reserve_accounts = 2;           // > 0; the fund is measured against the stressed loss of so many largest
    std::optional<std::uint64_t> reserve_interval_ms;  // > 0; how often; absent: never, the ratio stays at 1
    bool withdrawals_wait = true;  // while subjects below maintenance owe more than the fund holds, nothing leaves the venue
    friend bool operator==(const LiquidationRules&, const LiquidationRules&) = default;
};

struct ParameterSet {
    std::string name;
    std::uint32_t version = 1;
    std::string source;
    AssetId numeraire;  // what health is counted in
    ProfitWeights profit;
    LiquidationRules liquidation;
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
