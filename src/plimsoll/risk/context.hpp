// Parameters and market state brought together: what every account question is asked against.
#pragma once

#include "plimsoll/account/position.hpp"
#include "plimsoll/base/result.hpp"
#include "plimsoll/market/state.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/exposure.hpp"

#include <array>
#include <vector>

namespace plimsoll {

/// What the fast way (quick_position.hpp) asks of a market at one price, apart from its table. Levels it cannot answer are
/// left out: inverse contracts, schedules that are no plain table or look at open interest, hedge and order policies of their own.
struct QuickMarket {
    std::int64_t unit = 0;        // worth of one last place of size
    std::int64_t size_most = 0;   // 2^k - 1; larger sizes are not answered
    std::int64_t worth_most = 0;  // 2^k - 1; nor larger costs
    std::uint64_t size_beyond = ~std::uint64_t{0};  // the bits that neither has
    std::uint64_t worth_beyond = ~std::uint64_t{0};
    std::int64_t widen = 1;       // notional to settle asset: times `widen`, by `settle`
    Reciprocal63 settle;
    std::array<const PlainTable*, levels_count> tables{};  // null: not answered
};

/// One market at one price. `figures` are the state's figures as notionals at that price.
struct MarketView {
    const MarketParams* params = nullptr;
    const CompiledSchedule* schedule = nullptr;
    MarketState state;
    MarketFigures figures;
    bool uses_open_interest = false;  // whether the requirement can change with it
    AssetId settle;
    Rate loss_weight = hundred_percent;  // what a loss of an order counts at the initial level, see position_risk()
    QuickMarket quick;
    bool weighs_candidate = false;  // its orders are an order that asks to be let in, see admit()
    bool capped = false;            // its schedule has a limit of position, group, open interest or share of the capitalisation
    bool settles_in_unit = false;   // AssetView::is_unit of the settle asset

    /// What the orders here reserve by. A candidate is weighed as a worst side even where resting orders reserve nothing.
    OpenOrderPolicy open_orders() const {
        const bool alone = params->open_orders == OpenOrderPolicy::each_alone;
        return alone && weighs_candidate ? OpenOrderPolicy::worst_side : params->open_orders;
    }
};

/// A weight of profit as the fast way takes it.
class QuickProfit {
public:
    QuickProfit() = default;
    explicit QuickProfit(Rate weight) : line_(LimbSlope::of(scale, static_cast<std::uint64_t>(weight.raw()))) {}

    /// profit * weight, rounded down. Errors  the caller has profit < 2^62.
    std::uint64_t weighted(std::uint64_t profit) const { return line_.down(scale, profit); }

private:
    static constexpr LimbScale scale = LimbScale::of(static_cast<std::uint64_t>(rate_one), static_cast<std::uint64_t>(rate_one));
    LimbSlope line_;
};

/// What an asset with a plain weight counts for, at its price: the same as collateral_value().
struct QuickAsset {
    std::int64_t amount_most = -1;  // larger amounts are not answered; -1: none is
    LimbScale scale;
    LimbSlope line;

    Wide value(std::uint64_t amount) const { return static_cast<Wide>(line.down(scale, amount)); }
};

struct AssetView {
    const Asset* params = nullptr;
    AssetPrice price;
    Wide venue_total = 0;  // what all accounts hold
    ValueScales scales;
    bool is_unit = false;  // the numeraire itself, counted in full: its amounts are values
    QuickAsset quick_initial;
    QuickAsset quick_maintenance;
};

inline constexpr std::size_t assets_max = 64;
inline constexpr std::size_t markets_max = 65'536;

/// The profit weights of the set.
struct ProfitShares {
    QuickProfit initial;
    QuickProfit withdrawal;
    QuickProfit maintenance;
};

/// Errors  make() gives every finding of severity error of the set.
class RiskContext {
public:
    static Result<RiskContext, Findings> make(ParameterSet set);

    /// Why the state is refused: a mark below 0 or above price_max (inverse: so low that size_max outgrows an amount), or a
    /// figure out of domain. Empty: it is in force. A mark of 0 is a price like any other; nothing is opened at it.
    std::string set_market(MarketId id, const MarketState& state);
    /// The same answer without putting the state in force.
    std::string state_fault(MarketId id, const MarketState& state) const;
    /// Why the price or total is refused. Until one is set, an asset counts for nothing and costs price_max.
    std::string set_asset(AssetId id, const AssetPrice& price, Wide venue_total = 0);

    const ParameterSet& set() const { return set_; }
    const MarketView& market(MarketId id) const { return markets_[id.index]; }
    const AssetView& asset(AssetId id) const { return assets_[id.index]; }
    const ProfitShares& profit_shares() const { return profit_; }
    std::size_t market_count() const { return markets_.size(); }

    /// The market as it would stand at another mark.
    MarketView at_price(MarketId id, Price mark) const;
    /// The market as it would stand in another state, which has no state_fault().
    MarketView at_state(MarketId id, const MarketState& state) const;

    RiskContext(RiskContext&&) = default;
    RiskContext& operator=(RiskContext&&) = default;

private:
    RiskContext() = default;

    ParameterSet set_;
    std::vector<CompiledSchedule> schedules_;  // one per market, on its scales
    std::vector<MarketView> markets_;
    std::vector<AssetView> assets_;
    ProfitShares profit_;
};

}  // namespace plimsoll
