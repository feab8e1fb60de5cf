#include "plimsoll/params/parameter_set.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

template <class Item, class Key>
std::optional<std::uint32_t> index_of(const std::vector<Item>& items, std::string_view name, Key key) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.*key == name; });
    if (found == items.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - items.begin());
}

}  // namespace

std::optional<AssetId> ParameterSet::asset_id(std::string_view wanted) const {
    const auto index = index_of(assets, wanted, &Asset::name);
    return index ? std::optional(AssetId{*index}) : std::nullopt;
}

std::optional<MarketId> ParameterSet::market_id(std::string_view wanted) const {
    const auto index = index_of(markets, wanted, &MarketParams::name);
    return index ? std::optional(MarketId{*index}) : std::nullopt;
}

std::optional<ScheduleId> ParameterSet::schedule_id(std::string_view wanted) const {
    const auto index = index_of(schedules, wanted, &Schedule::id);
    return index ? std::optional(ScheduleId{*index}) : std::nullopt;
}

const Asset* ParameterSet::find_asset(std::string_view wanted) const {
    const auto id = asset_id(wanted);
    return id ? &assets[id->index] : nullptr;
}

const MarketParams* ParameterSet::find_market(std::string_view wanted) const {
    const auto id = market_id(wanted);
    return id ? &markets[id->index] : nullptr;
}

Scales scales_of(const ParameterSet& set, const MarketParams& market) {
    return {notional_digits(market.instrument), market.instrument.size_digits, set.asset(market.settle).digits};
}

}  // namespace plimsoll
