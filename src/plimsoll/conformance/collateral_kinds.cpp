// What collateral counts for: OKX's tiers, FTX's root, Synthetix' slope, plain haircuts.
#include "plimsoll/conformance/collateral_setup.hpp"
#include "plimsoll/conformance/kinds.hpp"

#include <array>

namespace plimsoll::conformance {

Exact counted(Translation& t, const AssetSetup& asset, const Exact& amount, Purpose purpose) {
    Desk desk(t, 15);
    AssetSetup held = asset;
    held.amount_max = amount;
    const AssetId id = desk.add_asset(held);
    const RiskContext* context = desk.open();
    if (context == nullptr) return {};
    desk.balance(id, amount);
    if (t.stopped()) return {};
    return desk.exact(health(*context, desk.account().view(), purpose).collateral);
}

AssetSetup asset_worth_one(const Exact& amount) {
    AssetSetup asset;
    asset.price = Exact::of(1, 0);
    asset.digits = amount.decimals();
    asset.amount_max = amount;
    return asset;
}

std::optional<LinearDiscount> haircut_of(Translation& t, const Exact& haircut) {
    if (haircut.zero()) return std::nullopt;
    return LinearDiscount{{0, 0}, t.rate(haircut), t.rate(haircut)};
}

std::optional<RootDiscount> root_of(Translation& t, const Exact& factor) {
    if (factor.zero()) return std::nullopt;
    return RootDiscount{Rate::from_raw(1'100'000'000), t.decimal(factor)};
}

namespace {

void okx_haircut(Translation& t) {
    const Inputs in = t.in();
    AssetSetup asset = asset_worth_one(in.number("equity_usd"));
    Exact from;
    for (const Inputs& tier : in.list("tiers")) {
        asset.initial.tiers.push_back({t.decimal(from), t.rate(tier.number("rate"))});
        from = tier.number_or("upto", "0");
    }
    t.answer("adjusted_usd", counted(t, asset, in.number("equity_usd"), Purpose::open));
}

void ftx_haircut(Translation& t) {
    const Inputs in = t.in();
    const Exact quantity = in.number("quantity");
    AssetSetup asset = asset_worth_one(quantity);
    asset.initial.weight = t.rate(in.number("weight_initial"));
    asset.maintenance.weight = t.rate(in.number("weight_total"));
    asset.initial.root = asset.maintenance.root = root_of(t, in.number("imf_factor"));
    if (t.stopped() || quantity.zero()) return;
    // The product answers an amount; per unit held it is the weight.
    t.answer("initial_weight", t.per_unit(counted(t, asset, quantity, Purpose::open), quantity));
    t.answer("total_weight", t.per_unit(counted(t, asset, quantity, Purpose::maintenance), quantity));
}

void kraken_haircut(Translation& t) {
    const Inputs in = t.in();
    Desk desk(t, 8);
    std::vector<AssetId> ids;
    const auto balances = in.list("balances");
    for (const Inputs& balance : balances) {
        AssetSetup asset = asset_worth_one(balance.number("usd_value"));
        asset.initial.linear = haircut_of(t, balance.number("haircut"));
        ids.push_back(desk.add_asset(asset));
    }
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    for (std::size_t i = 0; i < balances.size(); ++i) desk.balance(ids[i], balances[i].number("usd_value"));
    desk.balance(in.number("unrealised_pnl_as_margin"));
    if (t.stopped()) return;
    t.answer("margin_equity", desk.exact(health(*context, desk.account().view(), Purpose::open).collateral));
}

void coinbase_haircut(Translation& t) {
    const Inputs in = t.in();
    const Exact value = in.number("usd_value");
    AssetSetup asset = asset_worth_one(value);
    asset.initial.weight = t.rate(in.number("collateral_weight"));
    t.answer("collateral_value", counted(t, asset, value, Purpose::open));
}

constexpr std::array entries{
    KindEntry{"okx", "haircut", okx_haircut},
    KindEntry{"ftx", "haircut", ftx_haircut},
    KindEntry{"kraken", "haircut", kraken_haircut},
    KindEntry{"coinbase_intl", "haircut", coinbase_haircut},
};

}  // namespace

std::span<const KindEntry> collateral_kinds() { return entries; }

}  // namespace plimsoll::conformance
