// GMX, Synthetix, Mango and Derive: leverage that falls with open interest, rates linear in size, weights that fall with what
// the whole venue holds.
#include "plimsoll/conformance/collateral_setup.hpp"
#include "plimsoll/conformance/kinds.hpp"

#include <array>

namespace plimsoll::conformance {

namespace {

const Exact one = Exact::of(1, 0);

// GMX: amounts and factors are 10^-30.

constexpr int gmx_places = 30;

void gmx_min_collateral_factor(Translation& t) {
    const Inputs in = t.in();
    Term by_interest = flat({0, 1});
    by_interest.axis.subject = Subject::side_open_interest;
    by_interest.curve.kind = CurveKind::linear;
    by_interest.curve.slope = t.decimal(in.number("multiplier").moved(-gmx_places));
    const Term least = flat(t.fraction(in.number_or("market_factor", "0").moved(-gmx_places)));
    Question q;
    q.notional = one;
    // The open interest is the one after the trade.
    q.open_interest_long = (in.number("open_interest") + in.number_or("delta", "0")).moved(-gmx_places);
    t.answer("factor", Asked(t, schedule_of(max_of({least, by_interest})), q).exact(Level::initial).moved(gmx_places), one);
}

void gmx_open_interest_cap(Translation& t) {
    const Inputs in = t.in();
    Schedule schedule = schedule_of(sum_of({nothing_asked()}));
    schedule.caps.open_interest = t.decimal(in.number("max_open_interest").moved(-gmx_places));
    Question q;
    q.notional = one;
    q.open_interest_long = in.number("open_interest").moved(-gmx_places);
    const CapBreach breach = Asked(t, schedule, q).caps();
    t.answer_word("result", breach == CapBreach::open_interest ? "MaxOpenInterestExceeded"
                            : breach == CapBreach::none        ? "ok"
                                                               : "another cap");
}

/// What may be reserved is a share of the pool, as open interest may be a share of a capitalisation.
void gmx_reserve(Translation& t) {
    const Inputs in = t.in();
    Schedule schedule = schedule_of(sum_of({nothing_asked()}));
    schedule.caps.open_interest_market_cap = t.fraction(in.number("reserve_factor").moved(-gmx_places));
    Question q;
    q.notional = one;
    q.open_interest_long = in.number("reserved_usd").moved(-gmx_places);
    q.market_cap = in.number("pool_usd").moved(-gmx_places);
    const CapBreach breach = Asked(t, schedule, q).caps();
    t.answer_word("result", breach == CapBreach::market_cap ? "InsufficientReserve" : breach == CapBreach::none ? "ok" : "another cap");
}

void gmx_collateral_check(Translation& t) {
    const Inputs in = t.in();
    if (in.word("check") != "liquidatable")
        return t.not_expressible("an opening check that leaves unrealised losses out; here losses count in full");
    Desk desk(t, 8);
    MarketSetup setup;
    setup.schedule = schedule_of(sum_of({flat(t.fraction(in.number("market_factor").moved(-gmx_places)))}));
    setup.schedule.clamp.minimum = t.decimal(in.number("min_collateral_usd").moved(-gmx_places));
    setup.mark = one;
    setup.price_digits = 0;
    setup.size_max = in.number("size_usd").moved(-gmx_places);
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.balance(in.number("collateral_usd").moved(-gmx_places));
    desk.balance(in.number("pnl_usd").moved(-gmx_places));
    desk.position(market, setup.size_max, one);
    if (t.stopped()) return;
    t.answer_word("result", health(*context, desk.account().view(), Purpose::maintenance).healthy() ? "false" : "true");
    Question q;
    q.notional = setup.size_max;
    const auto why = Asked(t, setup.schedule, q).explained(Level::maintenance);
    if (why) t.answer_word("reason", why->binding == Binding::minimum ? "min collateral" : "min collateral for leverage");
}

// Synthetix: amounts are 10^-18; the rate is linear in the size over a scale.

constexpr int snx_places = 18;

Schedule snx_schedule(Translation& t, const Inputs& p) {
    const Fraction least = t.fraction(p.number("minimum_initial_margin_ratio").moved(-snx_places));
    const Exact scale = p.number("skew_scale").moved(-snx_places);
    const Exact fraction = p.number("initial_margin_fraction").moved(-snx_places);
    if (t.stopped() || scale.zero()) return p.fault("skew_scale", "is 0: no scaling is a mistake here and not a setting"), Schedule{};
    const Term term = fraction.zero() ? flat(least) : linear_in_size(least, t.decimal(t.per_unit(fraction, scale, digits_max)));
    Schedule schedule = schedule_of(sum_of({term}));
    if (p.has("maintenance_margin_scalar"))
        schedule.maintenance = part_of_initial(t.fraction(p.number("maintenance_margin_scalar").moved(-snx_places)));
    return schedule;
}

void snx_account(Translation& t) {
    const Inputs in = t.in();
    Desk desk(t, 12);
    const auto positions = in.list("positions");
    std::vector<MarketId> markets;
    for (const Inputs& p : positions) {
        MarketSetup setup;
        setup.schedule = snx_schedule(t, p);
        setup.mark = p.number("price").moved(-snx_places);
        const Exact entry = p.number("entry_price").moved(-snx_places);
        setup.price_digits = std::max(setup.mark.decimals(), entry.decimals());
        setup.price_max = setup.mark < entry ? entry : setup.mark;
        setup.size_max = p.number("size").magnitude().moved(-snx_places);
        markets.push_back(desk.add_market(setup));
    }
    desk.profit().maintenance = hundred_percent;
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    const Exact collateral = in.number("collateral").moved(-snx_places);
    // The venue's last place is 10^-18. What amounts of this desk cannot hold is named rather than cut off.
    int finest = collateral.decimals();
    for (const Inputs& p : positions) {
        const int price = std::max(p.number("price").moved(-snx_places).decimals(), p.number("entry_price").moved(-snx_places).decimals());
        finest = std::max(finest, p.number("size").moved(-snx_places).decimals() + price);
    }
    if (finest > desk.settle_digits())
        return t.not_expressible("beyond the declared domain: figures finer than amounts of " + std::to_string(desk.settle_digits()) +
                                 " digits, as holdings of this size leave them");
    desk.balance(collateral);
    for (std::size_t i = 0; i < positions.size(); ++i)
        desk.position(markets[i], positions[i].number("size").moved(-snx_places), positions[i].number("entry_price").moved(-snx_places));
    if (t.stopped()) return;
    const AccountView view = desk.account().view();
    const Health h = health(*context, view, Purpose::maintenance);
    t.answer("available_margin", desk.exact(h.collateral).moved(snx_places), one);
    t.answer_word("liquidatable", h.healthy() ? "false" : "true");
    for (std::size_t i = 0; i < positions.size(); ++i)
        t.answer("pnl." + positions[i].word("name"),
                 desk.exact(position_risk(context->market(markets[i]), view, i, Purpose::maintenance).pnl).moved(snx_places), one);
}

void snx_collateral_value(Translation& t) {
    const Inputs in = t.in();
    Desk desk(t, 8);
    const auto collaterals = in.list("collaterals");
    std::vector<AssetId> ids;
    for (const Inputs& c : collaterals) {
        AssetSetup asset;
        const Exact amount = c.number("amount").moved(-snx_places);
        asset.digits = std::max(6, amount.decimals());
        asset.amount_max = amount;
        asset.price = c.number("price").moved(-snx_places);
        const Exact scale = c.number("skew_scale").moved(-snx_places);
        if (scale.zero()) return c.fault("skew_scale", "is 0: no scaling is a mistake here and not a setting");
        asset.initial.linear = LinearDiscount{t.decimal(t.per_unit(c.number("scalar").moved(-snx_places), scale, digits_max)),
                                              t.rate(c.number("lower").moved(-snx_places)), t.rate(c.number("upper").moved(-snx_places))};
        ids.push_back(desk.add_asset(asset));
    }
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    for (std::size_t i = 0; i < collaterals.size(); ++i) desk.balance(ids[i], collaterals[i].number("amount").moved(-snx_places));
    if (t.stopped()) return;
    t.answer("value", desk.exact(health(*context, desk.account().view(), Purpose::open).collateral).moved(snx_places), one);
}

/// One cap at the gate: the trade from `old` to `fresh` in a market whose sides are given.
Refusal refusal_under(Translation& t, const Inputs& in, const Exact& price, const Exact& cap) {
    const Exact old = in.number("old").moved(-snx_places);
    const Exact delta = in.number("new").moved(-snx_places) - old;
    if (t.stopped() || delta.zero()) return Refusal::none;
    Desk desk(t, 4);
    MarketSetup setup;
    setup.schedule = schedule_of(sum_of({nothing_asked()}));
    setup.schedule.caps.open_interest = t.decimal(cap);
    setup.mark = price;
    setup.price_digits = price.decimals();
    setup.price_max = price;
    const Exact both = in.number("market_size").moved(-snx_places);
    const Exact skew = in.number("skew").moved(-snx_places);
    setup.open_interest_long = t.per_unit(both + skew, Exact::of(2, 0), digits_max);
    setup.open_interest_short = t.per_unit(both - skew, Exact::of(2, 0), digits_max);
    setup.size_max = old.magnitude() + delta.magnitude();
    setup.size_digits =
        std::max({setup.open_interest_long.decimals(), setup.open_interest_short.decimals(), delta.decimals(), old.decimals()});
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return Refusal::none;
    desk.position(market, old, price);
    const OrderRequest order{market, delta.negative() ? Side::sell : Side::buy, desk.size(market, delta.magnitude()),
                             desk.price(market, price)};
    return t.stopped() ? Refusal::none : admit(*context, desk.account().view(), order).refusal;
}

/// Two caps of a side, one in units and one in value: the first is asked where one unit is worth 1.
void snx_oi_cap(Translation& t) {
    const Inputs in = t.in();
    const Refusal by_size = refusal_under(t, in, one, in.number("max_size").moved(-snx_places));
    const Refusal by_value = refusal_under(t, in, in.number("price").moved(-snx_places), in.number("max_value").moved(-snx_places));
    if (by_size != Refusal::none) return t.answer_word("result", by_size == Refusal::open_interest_cap ? "max_size" : to_string(by_size));
    t.answer_word("result", by_value == Refusal::none ? "ok" : by_value == Refusal::open_interest_cap ? "max_value" : to_string(by_value));
}

/// Open interest after a trade, as the product counts it: the venue speaks of both sides together and of their difference.
void snx_market_after_trade(Translation& t) {
    const Inputs in = t.in();
    const Exact old = in.number("old").moved(-snx_places);
    const Exact fresh = old + in.number("delta").moved(-snx_places);
    const Exact both = in.number("market_size").moved(-snx_places);
    const Exact skew = in.number("skew").moved(-snx_places);
    Desk desk(t, 4);
    MarketSetup setup;
    setup.schedule = schedule_of(sum_of({nothing_asked()}));
    setup.open_interest_long = quotient(both + skew, Exact::of(2, 0), digits_max);
    setup.open_interest_short = quotient(both - skew, Exact::of(2, 0), digits_max);
    setup.schedule.caps.open_interest = t.decimal(both + old.magnitude() + fresh.magnitude() + one);
    setup.mark = one;
    setup.price_digits = 0;
    setup.price_max = one;
    setup.size_max = both + old.magnitude() + fresh.magnitude();
    setup.size_digits =
        std::max({setup.open_interest_long.decimals(), setup.open_interest_short.decimals(), fresh.decimals(), old.decimals()});
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    const MarketFigures after = exposure_of(context->market(market), nullptr, desk.size(market, old), desk.size(market, fresh)).figures;
    const int digits = notional_digits(desk.instrument(market));
    const Exact longs = Exact::of(after.open_interest_long, digits);
    const Exact shorts = Exact::of(after.open_interest_short, digits);
    t.answer("size", (longs + shorts).moved(snx_places));
    t.answer("skew", (longs - shorts).moved(snx_places));
}

// Mango: three healths of tokens whose weights fall with what the bank holds.

bool mango_expressible(Translation& t, const Inputs& in) {
    if (!in.list("serum").empty()) return t.not_expressible("open orders of spot markets, whose tokens may convert into each other"), false;
    if (!in.list("perps").empty())
        return t.not_expressible("a perpetual's margin is netted into the settle token before that is weighted; here requirements stand "
                                 "beside weighted collateral"),
               false;
    for (const Inputs& token : in.list("tokens")) {
        if (!token.has("bank") || !token.object("bank").has("borrow_start") || !token.number("balance").negative()) continue;
        return t.not_expressible("a liability weight that rises with the venue's borrows; liability weights are flat"), false;
    }
    return true;
}

std::optional<Exact> mango_health_of(Translation& t, const Inputs& in, bool initial) {
    Desk desk(t, 15);
    const auto tokens = in.list("tokens");
    std::vector<AssetId> ids;
    for (const Inputs& token : tokens) {
        AssetSetup asset;
        asset.digits = std::max(6, token.number("balance").decimals());
        asset.amount_max = token.number("balance");
        asset.price = token.number("oracle");
        if (initial && token.has("stable")) asset.smoothed = token.number("stable");
        asset.initial.weight = t.rate(token.number(initial ? "init_asset_weight" : "maint_asset_weight"));
        asset.liability_initial = t.rate(token.number(initial ? "init_liab_weight" : "maint_liab_weight"));
        if (initial && token.has("bank")) {
            const Inputs bank = token.object("bank");
            if (bank.has("deposit_start")) asset.initial.venue_scale_start = t.decimal(bank.number("deposit_start"));
            asset.venue_total = bank.number("deposits") + bank.number_or("potential_serum", "0");
        }
        ids.push_back(desk.add_asset(asset));
    }
    const RiskContext* context = desk.open();
    if (context == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < tokens.size(); ++i) desk.balance(ids[i], tokens[i].number("balance"));
    if (t.stopped()) return std::nullopt;
    return desk.exact(health(*context, desk.account().view(), Purpose::open).value());
}

void mango_health(Translation& t) {
    const Inputs in = t.in();
    if (!mango_expressible(t, in)) return;
    if (const auto init = mango_health_of(t, in, true)) t.answer("init", *init);
    if (const auto maint = mango_health_of(t, in, false)) t.answer("maint", *maint);
}

// Derive's standard manager: perpetuals at a flat rate, base assets at a weight.

void derive_srm(Translation& t) {
    const Inputs in = t.in();
    const auto markets = in.object("markets").members();
    bool penalised = in.number("stable") < in.object("depeg").number("threshold");
    for (const auto& [name, market] : markets) {
        if (!market.list("options").empty()) return t.outside("option margin from moneyness; options enter as risk arrays");
        const Inputs params = market.object("params");
        if (params.number("base_im_scale") != one) return t.not_expressible("a base weight scaled twice");
        penalised = penalised || market.object("perp").number("conf") < params.number("perp_threshold") ||
                    market.number("spot_conf") < params.number("base_threshold");
    }
    if (penalised) t.leave_out("im", "a penalty for an oracle of low confidence or a settle asset off its peg");
    Desk desk(t, 12);
    std::vector<AssetId> bases;
    std::vector<MarketId> perps;
    for (const auto& [name, market] : markets) {
        const Inputs params = market.object("params");
        const Inputs perp = market.object("perp");
        AssetSetup base;
        base.digits = std::max(6, market.number("base").decimals());
        base.amount_max = market.number("base");
        base.price = market.number("spot");
        base.initial.weight = base.maintenance.weight = t.rate(params.number("base_factor"));
        bases.push_back(desk.add_asset(base));
        MarketSetup setup;
        setup.schedule =
            schedule_of(sum_of({flat(t.fraction(params.number("im_perp")))}), sum_of({flat(t.fraction(params.number("mm_perp")))}));
        setup.mark = perp.number("price");
        setup.price_digits = setup.mark.decimals();
        setup.size_max = perp.number("pos").zero() ? one : perp.number("pos").magnitude();
        perps.push_back(desk.add_market(setup));
    }
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.balance(in.number("cash"));
    for (std::size_t i = 0; i < markets.size(); ++i) {
        const Inputs perp = markets[i].second.object("perp");
        // Its gain is given and settled at once: it is cash, and the position stands at its mark.
        desk.balance(perp.number("pnl"));
        desk.balance(bases[i], markets[i].second.number("base"));
        if (!perp.number("pos").zero()) desk.position(perps[i], perp.number("pos"), perp.number("price"));
    }
    if (t.stopped()) return;
    const AccountView view = desk.account().view();
    const Exact unit = Exact::of(1, 12);
    t.answer("mtm", desk.exact(equity(*context, view)), unit);
    t.answer("mm", desk.exact(health(*context, view, Purpose::maintenance).value()), unit);
    if (!penalised) t.answer("im", desk.exact(health(*context, view, Purpose::open).value()), unit);
}

constexpr std::array entries{
    KindEntry{"gmx", "gmx_min_collateral_factor", gmx_min_collateral_factor},
    KindEntry{"gmx", "gmx_open_interest_cap", gmx_open_interest_cap},
    KindEntry{"gmx", "gmx_reserve", gmx_reserve},
    KindEntry{"gmx", "gmx_collateral_check", gmx_collateral_check},
    KindEntry{"synthetix", "snx_account", snx_account},
    KindEntry{"synthetix", "snx_collateral_value", snx_collateral_value},
    KindEntry{"synthetix", "snx_oi_cap", snx_oi_cap},
    KindEntry{"synthetix", "snx_market_after_trade", snx_market_after_trade},
    KindEntry{"mango", "mango_health", mango_health},
    KindEntry{"derive", "derive_srm", derive_srm},
};

}  // namespace

std::span<const KindEntry> dex_kinds() { return entries; }

}  // namespace plimsoll::conformance
