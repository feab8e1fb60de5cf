// How many decimals the figures of a record have: its market's, its asset's, or those of the numeraire.
#pragma once

#include "plimsoll/engine/state.hpp"

#include <optional>

namespace plimsoll::codec {

/// What gives the figures of a record their decimals. Gathered from its ids; a record inside another inherits what it does not say.
struct Where {
    std::optional<MarketId> market;
    std::optional<AssetId> asset;
    std::optional<AssetId> paid_asset;
    bool isolated = false;  // figures of health are in the settle asset of the market
};

/// Decimals of a field of this unit; nothing when the set in force does not know, or nothing says, to whom the figure belongs.
/// A Unit::none has none.
std::optional<int> digits_of(const State& state, Unit unit, const Where& where);

/// The asset that a figure is an amount of; nothing for prices, sizes and rates.
std::optional<AssetId> asset_of(const State& state, Unit unit, const Where& where);

/// Takes over what one field says. Orders say it by the market they rest in, accounts by how they hold it.
class Gatherer {
public:
    Gatherer(const State& state, const Where& outer) : state_(state), where_(outer) {}

    void see(MarketId market) {
        if (!state_.active || market.index >= state_.markets.size()) return;
        where_.market = market;
        note_isolated();
    }
    void see(AccountId account) {
        if (!account_) account_ = account;
        note_isolated();
    }
    void see(AssetId asset) {
        if (!state_.active || asset.index >= state_.assets.size()) return;
        (where_.asset ? where_.paid_asset : where_.asset) = asset;
    }
    void see(OrderId order) {
        if (where_.market) return;
        if (const Order* found = state_.orders.find(order)) see(found->market);
    }
    void see(const LiquidationSubject& subject) {
        if (subject.cross()) return;
        see(subject.market);
        where_.isolated = true;
    }
    template <class Other>
    void see(const Other&) {}

    const Where& where() const { return where_; }

private:
    void note_isolated();

    const State& state_;
    Where where_;
    std::optional<AccountId> account_;
};

template <Described Record>
Where where_of(const State& state, const Record& record, const Where& outer = {}) {
    Gatherer gatherer(state, outer);
    each_field(record, [&](const auto&, const auto& value) { gatherer.see(value); });
    return gatherer.where();
}

}  // namespace plimsoll::codec
