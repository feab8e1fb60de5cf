#include "plimsoll/conformance/kinds.hpp"

#include <array>

namespace plimsoll::conformance {

namespace {

constexpr std::string_view liquidation = "liquidation mechanics: sizes, fees and prices of a liquidation, not its trigger";
constexpr std::string_view funding = "funding payments";
constexpr std::string_view auction = "auctions";
constexpr std::string_view option_model = "portfolio margin from option prices; options enter as risk arrays";
constexpr std::string_view impact = "price impact and fill prices";
constexpr std::string_view reward = "keeper rewards";
constexpr std::string_view model = "risk models that estimate factors; they are calibration";
constexpr std::string_view bookkeeping = "the venue's own count of open interest; here it is an input";
constexpr std::string_view transfer = "transfers between margin accounts";

constexpr OutsideEntry outside[] = {
    {"derive", "derive_auction", auction},
    {"derive", "derive_auction_discount", auction},
    {"derive", "derive_pmrm", option_model},
    {"drift", "bankruptcy_funding_delta", funding},
    {"drift", "bankruptcy_interest_delta", "socialised losses"},
    {"drift", "liq_base_to_cover", liquidation},
    {"drift", "liq_liability_to_cover", liquidation},
    {"drift", "liq_liability_implied", liquidation},
    {"drift", "liq_asset_for_liability", liquidation},
    {"drift", "liq_perp_if_fee", liquidation},
    {"drift", "liq_spot_if_fee", liquidation},
    {"drift", "liq_max_pct", liquidation},
    {"drift", "liq_fee_ramp", liquidation},
    {"dydx-v4", "funding_settlement_ppm", funding},
    {"dydx-v4", "funding_clamp_ppm", funding},
    {"dydx-v4", "bankruptcy_price_quote", liquidation},
    {"dydx-v4", "fillable_price", liquidation},
    {"dydx-v4", "fillable_price_to_subticks", liquidation},
    {"dydx-v4", "insurance_fund_delta", liquidation},
    {"dydx-v4", "insurance_fund_valid", liquidation},
    {"dydx-v4", "position_liquidation_limits", liquidation},
    {"dydx-v4", "deleverage", liquidation},
    {"dydx-v4", "quote_to_base", "conversion of a quote amount into a size"},
    {"dydx-v4", "oi_delta", bookkeeping},
    {"dydx-v4", "risk_compare", "the order in which accounts are liquidated"},
    {"dydx-v4", "withdraw_capacity", "rate limits on withdrawals"},
    {"gmx", "gmx_impact", impact},
    {"gmx", "gmx_price_impact", impact},
    {"mango", "mango_stable_price", "recursions of a smoothed price"},
    {"mango", "mango_maint_weights", "ramps of parameters over time; they belong to governance"},
    {"synthetix", "snx_fill_price", impact},
    {"synthetix", "snx_keeper_reward", reward},
    {"synthetix", "snx_order_required", "keeper rewards inside the requirement of an order"},
    {"synthetix", "snx_liquidation_sequence", liquidation},
    {"vega", "liquidation_disposal_size", liquidation},
    {"vega", "liquidation_disposal_sequence", liquidation},
    {"vega", "loss_socialisation", "socialised losses"},
    {"vega", "isolated_position_transfer", transfer},
    {"vega", "lognormal_risk_factors", model},
    {"vega", "price_bounds", model},
};

const KindEntry* find(std::span<const KindEntry> entries, std::string_view venue, std::string_view kind) {
    const KindEntry* general = nullptr;
    for (const KindEntry& entry : entries) {
        if (entry.kind != kind) continue;
        if (entry.venue == venue) return &entry;
        if (entry.venue.empty()) general = &entry;
    }
    return general;
}

}  // namespace

std::span<const OutsideEntry> outside_kinds() { return outside; }

Translator translator_for(std::string_view venue, std::string_view kind) {
    const std::array tables{exchange_kinds(), tier_kinds(), price_kinds(), collateral_kinds(), dydx_kinds(),
                            drift_kinds(),    dex_kinds(),  vega_kinds(),  simm_kinds()};
    for (const auto& table : tables)
        if (const KindEntry* entry = find(table, venue, kind)) return entry->translate;
    return nullptr;
}

const OutsideEntry* outside_for(std::string_view venue, std::string_view kind) {
    for (const OutsideEntry& entry : outside)
        if (entry.kind == kind && entry.venue == venue) return &entry;
    return nullptr;
}

}  // namespace plimsoll::conformance
