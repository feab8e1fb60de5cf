// Drift v2: rates that rise with the root of the size, weights that fall with it, and accounts of both. Bases are 10^-9,
// prices and quote amounts 10^-6, ratios and weights 10^-4, the size factor 10^-6.
#include "plimsoll/conformance/collateral_setup.hpp"
#include "plimsoll/conformance/kinds.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace plimsoll::conformance {

namespace {

constexpr int ratio_places = 4;
constexpr int quote_places = 6;
const Exact last_place = Exact::of(1, 0);

enum class Category : std::uint8_t { initial, fill, maintenance };

Category category_of(const Inputs& in) {
    const std::string word = in.word("category");
    if (word != "Initial" && word != "Fill" && word != "Maintenance")
        in.fault("category", "is '" + word + "' and neither Initial, Fill nor Maintenance");
    return word == "Initial" ? Category::initial : word == "Fill" ? Category::fill : Category::maintenance;
}

/// A ratio of the category, as a decimal; a fill stands halfway between initial and maintenance.
Exact ratio_of(Translation& t, const Inputs& in, Category category, std::string_view initial, std::string_view maintenance) {
    const Exact high = in.number(initial).moved(-ratio_places);
    const Exact low = in.number(maintenance).moved(-ratio_places);
    if (category == Category::initial) return high;
    return category == Category::maintenance ? low : t.per_unit(high + low, Exact::of(2, 0));
}

/// The larger of the ratio and four fifths of it plus the factor times the root of the size.
Schedule premium_schedule(Translation& t, const Exact& ratio, const Exact& factor) {
    const Fraction base = t.fraction(ratio);
    if (factor.zero()) return schedule_of(sum_of({flat(base)}));
    Schedule schedule = schedule_of(sum_of({flat({base.numerator * 4, base.denominator * 5}), root_in_size(t.decimal(factor))}));
    schedule.clamp.floor = base;
    return schedule;
}

void perp_margin_ratio(Translation& t) {
    const Inputs in = t.in();
    const Category category = category_of(in);
    const Exact factor = in.number_or("imf_factor", "0").moved(-6);
    const bool high_leverage = in.truth("high_leverage");
    if (high_leverage && !factor.zero())
        return t.not_expressible("high-leverage mode slides between two root curves as the size grows; a term is one curve");
    const Exact ratio = high_leverage ? ratio_of(t, in, category, "hlm_initial", "hlm_maintenance")
                                      : ratio_of(t, in, category, "margin_ratio_initial", "margin_ratio_maintenance");
    Question q;
    q.notional = Exact::of(1, 0);
    q.size = in.number("size").moved(-9);
    Asked asked(t, premium_schedule(t, ratio, factor), q);
    t.answer("ratio", asked.exact(Level::initial).moved(ratio_places), last_place);
}

// Weights.

/// What one unit of value counts for when `units` are held.
Exact weight_of(Translation& t, AssetSetup asset, const Exact& units) {
    if (t.stopped() || units.zero()) return {};
    const Exact value = counted(t, asset, units, Purpose::open);
    return t.stopped() ? Exact() : t.per_unit(value, units * asset.price).moved(ratio_places);
}

void spot_asset_weight(Translation& t) {
    const Inputs in = t.in();
    const Exact amount = in.number("amount").moved(-t.power_of_ten(in.number("decimals")));
    AssetSetup asset = asset_worth_one(amount);
    asset.initial.weight = t.rate(ratio_of(t, in, category_of(in), "initial_asset_weight", "maintenance_asset_weight"));
    const Exact factor = in.number_or("imf_factor", "0").moved(-6);
    asset.initial.root = root_of(t, factor);
    t.answer("weight", weight_of(t, asset, amount), last_place);
}

void spot_liability_weight(Translation& t) {
    const Inputs in = t.in();
    if (!in.number_or("imf_factor", "0").zero())
        return t.not_expressible("a liability weight that rises with its size; liability weights are flat");
    t.answer("weight", ratio_of(t, in, category_of(in), "initial_liability_weight", "maintenance_liability_weight").moved(ratio_places),
             last_place);
}

void spot_scaled_initial_asset_weight(Translation& t) {
    const Inputs in = t.in();
    const int decimals = t.power_of_ten(in.number("decimals"));
    AssetSetup asset = asset_worth_one(Exact::of(1, 0));
    asset.digits = decimals;
    asset.price = in.number("price").moved(-6);
    asset.price_digits = 6;
    asset.initial.weight = t.rate(in.number("initial_asset_weight").moved(-ratio_places));
    if (const Exact start = in.number("scale_start").moved(-6); !start.zero()) asset.initial.venue_scale_start = t.decimal(start);
    asset.venue_total = in.number("deposits").moved(-decimals);
    t.answer("weight", weight_of(t, asset, Exact::of(1, 0)), last_place);
}

/// Profit joins the balance of its settle asset before that is weighted, so a weight of profit is a weight of the asset.
void upnl_asset_weight(Translation& t) {
    const Inputs in = t.in();
    for (const std::string_view key : {"max_imbalance", "net_pnl", "unrealized_pnl_max_imbalance"})
        if (in.has(key)) return t.not_expressible("profit cut by the imbalance of the market's own pool");
    const Category category = category_of(in);
    const Exact profit = in.number("upnl").moved(-6);
    AssetSetup asset = asset_worth_one(profit);
    asset.initial.weight = t.rate(ratio_of(t, in, category, "initial_weight", "maintenance_weight"));
    const Exact factor = in.number_or("imf_factor", "0").moved(-6);
    if (category != Category::maintenance) asset.initial.root = root_of(t, factor);
    t.answer("weight", weight_of(t, asset, profit), last_place);
}

// Positions and accounts.

/// The desk at the venue's own last place: a coarser one would round by more than the venue does.
const RiskContext* opened(Translation& t, Desk& desk) {
    const RiskContext* context = desk.open();
    if (context == nullptr || desk.settle_digits() == quote_places) return context;
    t.not_expressible("beyond the declared domain: the notional does not fit an amount of 10^-6");
    return nullptr;
}

/// Fields that translators of accounts do not know are reasons, not noise.
bool only_known(Translation& t, const Inputs& in, std::initializer_list<std::string_view> known) {
    for (const text::Member& member : in.value().members) {
        if (std::find(known.begin(), known.end(), member.key) != known.end() || member.value.text == "0") continue;
        t.not_expressible("the field '" + member.key + "' is no part of our account rules");
        return false;
    }
    return true;
}

MarketSetup perp_market(Translation& t, const Inputs& perp, Category category) {
    MarketSetup setup;
    setup.mark = perp.number("price").moved(-6);
    setup.price_digits = 6;
    setup.size_digits = 9;
    const Exact base = perp.number("base").magnitude().moved(-9);
    setup.size_max = base.zero() ? last_place : base;
    const Exact ratio = ratio_of(t, perp, category, "margin_ratio_initial", "margin_ratio_maintenance");
    setup.schedule = premium_schedule(t, ratio, perp.number_or("imf_factor", "0").moved(-6));
    return setup;
}

/// The entry as a price of the whole position is its quote amount: opened at nothing, with the quote as a balance.
void hold(Translation& t, Desk& desk, MarketId market, const Inputs& perp) {
    desk.balance(perp.number("quote").moved(-6));
    const Exact base = perp.number("base").moved(-9);
    if (!base.zero()) desk.position(market, base, Exact());
    static_cast<void>(t);
}

void perp_position(Translation& t) {
    const Inputs in = t.in();
    if (in.truth("prediction")) return t.not_expressible("a binary contract whose short owes one less the price");
    const Category category = category_of(in);
    Desk desk(t, 6);
    const MarketId market = desk.add_market(perp_market(t, in, category));
    const bool initial = category == Category::initial;
    const Exact weight = in.number(initial ? "upnl_initial_weight" : "upnl_maintenance_weight").moved(-ratio_places);
    desk.profit().initial = desk.profit().maintenance = t.rate(weight);
    if (initial) desk.profit().initial_cap = Decimal{100, 0};
    const RiskContext* context = opened(t, desk);
    if (context == nullptr) return;
    const Exact base = in.number("base").moved(-9);
    Position& p = desk.position(market, base, Exact());
    // The quote amount is what was paid or received: the entry cost with its sign turned.
    p.cost = t.raw(in.number("quote").negated().moved(-6), notional_digits(desk.instrument(market)));
    if (t.stopped()) return;
    const Health h = health(*context, desk.account().view(), Purpose::open);
    t.answer("requirement", desk.exact(h.requirement).moved(quote_places), last_place);
    t.answer("upnl", desk.exact(h.collateral).moved(quote_places), last_place);
}

/// The larger of the user's own ratios, which bind the initial level only; an override binds every level.
Exact own_ratio(const Inputs& in, Category category) {
    const Exact user = category == Category::maintenance ? Exact() : in.number_or("user_max_margin_ratio", "0");
    const Exact override_ratio = in.number_or("override", "0");
    return (user < override_ratio ? override_ratio : user).moved(-ratio_places);
}

AssetSetup spot_asset(Translation& t, const Inputs& spot, Category category, const Exact& own, bool strict) {
    AssetSetup asset;
    asset.digits = t.power_of_ten(spot.number("decimals"));
    asset.price = spot.number("price").moved(-6);
    asset.price_digits = 6;
    asset.amount_max = spot.number("amount").moved(-asset.digits);
    if (strict && spot.has("twap5")) asset.smoothed = spot.number("twap5").moved(-6);
    asset.initial.weight = t.rate(ratio_of(t, spot, category, "initial_asset_weight", "maintenance_asset_weight"));
    const Exact factor = spot.number_or("imf_factor", "0").moved(-6);
    asset.initial.root = root_of(t, factor);
    asset.liability_initial = t.rate(ratio_of(t, spot, category, "initial_liability_weight", "maintenance_liability_weight"));
    const bool quote = spot.number_or("index", "0").zero();
    if (own.zero() || quote) return asset;
    // The account's own ratio r: collateral counts 1 - r at most, a liability 1 + r at least.
    const Exact haircut = own < last_place ? own : last_place;
    asset.initial.linear = haircut_of(t, haircut);
    asset.liability_initial = std::max(asset.liability_initial, t.rate(last_place + own));
    return asset;
}

/// One account of the venue, with the balances that `take` picks and all or none of its positions.
struct Parts {
    bool credits = false;
    bool liabilities = false;
    bool positions = false;
};

/// What the product says of the account and of its isolated position, in the venue's units.
struct Figures {
    Exact collateral;
    Exact requirement;
    Exact isolated_collateral;
    Exact isolated_requirement;
};

Figures figures_of(Desk& desk) {
    const AccountView account = desk.account().view();
    const auto shown = [&](Wide amount) { return desk.exact(amount).moved(quote_places); };
    const Health cross = health(desk.context(), account, Purpose::open);
    Figures figures{shown(cross.collateral), shown(cross.requirement), {}, {}};
    for (std::size_t i = 0; i < account.positions.size(); ++i) {
        if (account.positions[i].mode != MarginMode::isolated) continue;
        const IsolatedHealth alone = isolated_health(desk.context(), account, i, Purpose::open);
        figures.isolated_collateral = shown(alone.collateral);
        figures.isolated_requirement = shown(alone.requirement);
    }
    return figures;
}

/// Profit counts by one weight for all markets here, and by one of each market there.
void set_profit(Translation& t, Desk& desk, const std::vector<Inputs>& perps, Category category) {
    const std::string_view key = category == Category::initial ? "upnl_initial_weight" : "upnl_maintenance_weight";
    const Exact weight = perps.empty() ? last_place : perps.front().number(key).moved(-ratio_places);
    for (const Inputs& perp : perps)
        if (!(perp.number(key).moved(-ratio_places) == weight))
            return t.not_expressible("weights of profit that differ from market to market");
    desk.profit().initial = t.rate(weight);
    if (category == Category::initial) desk.profit().initial_cap = Decimal{100, 0};
}

/// The spot asset that a perpetual settles in, where the vector prices it.
AssetId quote_of(Translation& t, const Inputs& perp, const std::vector<Inputs>& spots, const std::vector<AssetId>& assets) {
    const Exact price = perp.number("quote_price");
    const Exact average = perp.has("quote_twap5") ? perp.number("quote_twap5") : price;
    for (std::size_t i = 0; i < spots.size(); ++i) {
        if (!spots[i].number("index").zero() || !(spots[i].number("price") == price)) continue;
        if ((spots[i].has("twap5") ? spots[i].number("twap5") : price) == average) return assets[i];
    }
    t.not_expressible("a quote asset priced unlike the account's balance of it");
    return AssetId{0};
}

std::optional<Figures> health_of(Translation& t, const Inputs& in, Parts take) {
    const Category category = category_of(in);
    const Exact own = own_ratio(in, category);
    Desk desk(t, 6);
    const auto spots = in.list("spots");
    const auto perps = in.list("perps");
    std::vector<AssetId> assets;
    std::vector<MarketId> markets;
    for (const Inputs& spot : spots) assets.push_back(desk.add_asset(spot_asset(t, spot, category, own, in.truth("strict"))));
    for (const Inputs& perp : perps) {
        MarketSetup setup = perp_market(t, perp, category);
        if (perp.has("quote_price")) setup.settle = quote_of(t, perp, spots, assets);
        Exact least = own;
        const Exact position_own =
            category == Category::maintenance ? Exact() : perp.number_or("position_max_margin_ratio", "0").moved(-ratio_places);
        if (least < position_own) least = position_own;
        if (!least.zero()) setup.schedule.clamp.floor = t.fraction(least);
        if (perp.number_or("base", "0").zero()) setup.schedule = schedule_of(sum_of({nothing_asked()}));
        markets.push_back(desk.add_market(setup));
    }
    set_profit(t, desk, perps, category);
    const RiskContext* context = opened(t, desk);
    if (context == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < spots.size(); ++i) {
        const Exact amount = spots[i].number("amount").moved(-t.power_of_ten(spots[i].number("decimals")));
        if (amount.negative() ? take.liabilities : take.credits) desk.balance(assets[i], amount);
    }
    for (std::size_t i = 0; take.positions && i < perps.size(); ++i) {
        const Exact base = perps[i].number("base").moved(-9);
        Position& p = desk.position(markets[i], base, Exact());
        p.cost = t.raw(perps[i].number("quote").negated().moved(-quote_places), notional_digits(desk.instrument(markets[i])));
        if (!perps[i].has("isolated_deposit")) continue;
        p.mode = MarginMode::isolated;
        p.isolated_collateral = desk.amount(perps[i].number("isolated_deposit").moved(-quote_places));
    }
    if (t.stopped()) return std::nullopt;
    return figures_of(desk);
}

bool account_expressible(Translation& t, const Inputs& in) {
    for (const Inputs& spot : in.list("spots")) {
        if (!spot.number_or("open_orders", "0").zero())
            return t.not_expressible("open orders of a spot market and a fixed charge per order"), false;
        if (!only_known(t, spot,
                        {"index", "decimals", "amount", "price", "twap5", "initial_asset_weight", "maintenance_asset_weight",
                         "initial_liability_weight", "maintenance_liability_weight", "imf_factor"}))
            return false;
        if (spot.number_or("amount", "0").negative() && !spot.number_or("imf_factor", "0").zero())
            return t.not_expressible("a liability weight that rises with its size; liability weights are flat"), false;
    }
    int isolated = 0;
    for (const Inputs& perp : in.list("perps")) {
        if (perp.has("isolated_deposit") && ++isolated > 1)
            return t.not_expressible("one figure for several isolated positions; each stands alone here"), false;
        if (perp.has("isolated_deposit") && perp.has("quote_price"))
            return t.not_expressible("an isolated position in a quote asset with a price of its own"), false;
        if (!only_known(t, perp,
                        {"base", "price", "quote", "margin_ratio_initial", "margin_ratio_maintenance", "imf_factor", "upnl_initial_weight",
                         "upnl_maintenance_weight", "position_max_margin_ratio", "isolated_deposit", "quote_price", "quote_twap5"}))
            return false;
    }
    return only_known(t, in, {"category", "spots", "perps", "strict", "buffer", "override", "user_max_margin_ratio"});
}

void account_margin(Translation& t) {
    const Inputs in = t.in();
    for (const std::string_view field : {"total_collateral_plus_buffer", "margin_requirement_plus_buffer",
                                         "isolated_total_collateral_plus_buffer", "isolated_requirement_plus_buffer"})
        t.leave_out(std::string(field), "a buffer that ends a liquidation; here the close-out level does");
    if (!account_expressible(t, in)) return;
    const auto collateral = health_of(t, in, {true, false, true});
    const auto positions = health_of(t, in, {false, false, true});
    const auto liabilities = health_of(t, in, {false, true, false});
    if (!collateral || !positions || !liabilities) return;
    t.answer("total_collateral", collateral->collateral, last_place);
    // The venue states what is owed among its requirements, we among collateral with a minus sign.
    t.answer("margin_requirement", positions->requirement + liabilities->collateral.negated(), last_place);
    t.answer("isolated_requirement", positions->isolated_requirement, last_place);
    t.answer("isolated_total_collateral", positions->isolated_collateral, last_place);
}

void account_equity(Translation& t) {
    const Inputs in = t.in();
    Desk desk(t, 6);
    const auto spots = in.list("spots");
    const auto perps = in.list("perps");
    std::vector<AssetId> assets;
    std::vector<MarketId> markets;
    for (const Inputs& spot : spots) {
        AssetSetup asset;
        asset.digits = t.power_of_ten(spot.number("decimals"));
        asset.price = spot.number("price").moved(-6);
        asset.price_digits = 6;
        asset.amount_max = spot.number("amount").moved(-asset.digits);
        assets.push_back(desk.add_asset(asset));
    }
    for (const Inputs& perp : perps) {
        MarketSetup setup;
        setup.schedule = schedule_of(sum_of({nothing_asked()}));
        setup.mark = perp.number("price").moved(-6);
        setup.price_digits = 6;
        setup.size_digits = 9;
        setup.size_max = perp.number("base").zero() ? last_place : perp.number("base").magnitude().moved(-9);
        markets.push_back(desk.add_market(setup));
    }
    const RiskContext* context = opened(t, desk);
    if (context == nullptr) return;
    for (std::size_t i = 0; i < spots.size(); ++i)
        desk.balance(assets[i], spots[i].number("amount").moved(-t.power_of_ten(spots[i].number("decimals"))));
    for (std::size_t i = 0; i < perps.size(); ++i) hold(t, desk, markets[i], perps[i]);
    if (t.stopped()) return;
    t.answer("equity", desk.exact(equity(*context, desk.account().view())).moved(quote_places), last_place);
}

constexpr std::array entries{
    KindEntry{"drift", "perp_margin_ratio", perp_margin_ratio},
    KindEntry{"drift", "spot_asset_weight", spot_asset_weight},
    KindEntry{"drift", "spot_liability_weight", spot_liability_weight},
    KindEntry{"drift", "spot_scaled_initial_asset_weight", spot_scaled_initial_asset_weight},
    KindEntry{"drift", "upnl_asset_weight", upnl_asset_weight},
    KindEntry{"drift", "perp_position", perp_position},
    KindEntry{"drift", "account_margin", account_margin},
    KindEntry{"drift", "account_equity", account_equity},
};

}  // namespace

std::span<const KindEntry> drift_kinds() { return entries; }

}  // namespace plimsoll::conformance
