// Liquidation prices of centralised exchanges. Each is an account with one wallet and its positions; where a venue measures
// maintenance at the entry value, that requirement is asked at the entry price first and then held as a least amount.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/tiers.hpp"

#include <array>

namespace plimsoll::conformance {

namespace {

/// One position whose liquidation price is asked.
struct Leveraged {
    ContractKind kind = ContractKind::linear;
    Exact multiplier = Exact::of(1, 0);
    bool is_short = false;
    Exact size;
    Exact entry;
    Exact leverage;
    std::optional<Exact> wallet;  // absent: what the chosen leverage asks at the entry price
    std::vector<Exact> credits;   // a fixed tier's deduction counts like a balance
    Schedule schedule;
    bool maintenance_on_entry = false;
};

bool short_side(const Inputs& in) {
    const std::string side = in.word("side");
    if (side != "long" && side != "short") in.fault("side", "is '" + side + "' and neither long nor short");
    return side == "short";
}

MarketSetup market_of(const Leveraged& p) {
    MarketSetup setup;
    setup.schedule = p.schedule;
    setup.kind = p.kind;
    setup.multiplier = p.multiplier;
    setup.mark = p.entry;
    setup.size_max = p.size;
    return setup;
}

constexpr int coin_digits = 15;  // of an inverse contract's settle asset

/// What one position asks at its entry price.
Exact asked_at_entry(Translation& t, const Leveraged& p, Purpose purpose) {
    Desk desk(t, p.kind == ContractKind::inverse ? coin_digits : digits_max);
    const MarketId market = desk.add_market(market_of(p));
    const RiskContext* context = desk.open();
    if (context == nullptr) return {};
    desk.position(market, p.is_short ? p.size.negated() : p.size, p.entry, p.leverage);
    if (t.stopped()) return {};
    return desk.exact(Wide{position_risk(context->market(market), desk.account().view(), 0, purpose).requirement.raw()});
}

struct Prices {
    Exact liquidation;
    Exact bankruptcy;
};

Prices prices_of(Translation& t, Leveraged p, bool bankrupt_too) {
    if (p.maintenance_on_entry) {
        const Exact amount = asked_at_entry(t, p, Purpose::maintenance);
        p.schedule = schedule_of(sum_of({nothing_asked()}));
        p.schedule.clamp.minimum = t.decimal(amount);
    }
    const Exact wallet = p.wallet ? *p.wallet : asked_at_entry(t, p, Purpose::open);
    Desk desk(t, p.kind == ContractKind::inverse ? coin_digits : digits_max);
    // The wallet is the initial margin at most; a price ten times the entry is beyond every liquidation.
    const MarketId market = desk.add_market(market_of(p));
    if (desk.open() == nullptr) return {};
    desk.balance(wallet);
    for (const Exact& credit : p.credits) desk.balance(credit);
    desk.position(market, p.is_short ? p.size.negated() : p.size, p.entry);
    if (t.stopped()) return {};
    Prices prices;
    prices.liquidation = liquidation(t, desk, market, 0);
    if (bankrupt_too) prices.bankruptcy = bankruptcy(t, desk, market, 0);
    return prices;
}

LevelRule only_leverage() { return sum_of({nothing_asked()}); }

/// Fields that every venue's vector of one position names alike.
Leveraged read_position(Translation& t, const Inputs& in) {
    Leveraged p;
    const bool inverse = in.word_or("contract", "linear") == "inverse";
    p.kind = inverse ? ContractKind::inverse : ContractKind::linear;
    p.is_short = short_side(in);
    p.entry = in.number("entry");
    p.leverage = in.number_or("leverage", "0");
    if (in.has("contract_multiplier")) {
        p.multiplier = in.number("contract_multiplier");
        p.size = in.number("contracts");
    } else {
        // The size of an inverse position that is not given moves no price: one coin's worth at entry.
        p.size = in.has("qty") ? in.number("qty") : in.has("contracts_usd") ? in.number("contracts_usd") : p.entry;
    }
    std::vector<Term> maintenance{flat(t.fraction(in.number("mmr")))};
    if (in.has("taker_fee") && !in.has("order_margin")) maintenance.push_back(flat(t.fraction(in.number("taker_fee"))));
    p.schedule = schedule_of(only_leverage(), sum_of(maintenance));
    for (const std::string_view key : {"isolated_wallet", "wallet_balance", "balance"}) {
        const text::Value* value = in.value().find(key);
        if (value != nullptr && number_of(*value)) p.wallet = in.number(key);
    }
    for (const std::string_view key : {"cum", "mm_deduction", "extra_margin"}) {
        const Exact credit = in.number_or(key, "0");
        if (!credit.zero()) p.credits.push_back(credit);
    }
    return p;
}

// Binance.

/// Several positions share one wallet; each stays in the tier that it was given.
void binance_cross(Translation& t, const Inputs& in) {
    Desk desk(t);
    const auto positions = in.object("positions").members();
    const std::string target = in.word("target");
    std::vector<MarketId> ids;
    std::size_t index = 0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const Inputs& p = positions[i].second;
        MarketSetup setup;
        setup.schedule = schedule_of(only_leverage(), sum_of({flat(t.fraction(p.number("mmr")))}));
        setup.mark = p.number("mark");
        setup.size_max = p.number("qty");
        ids.push_back(desk.add_market(setup));
        if (positions[i].first == target) index = i;
    }
    if (desk.open() == nullptr) return;
    desk.balance(in.number("wallet_balance"));
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const Inputs& p = positions[i].second;
        desk.balance(p.number("cum"));
        const Exact size = p.number("qty");
        desk.position(ids[i], short_side(p) ? size.negated() : size, p.number("entry"));
    }
    t.answer("liq_price", liquidation(t, desk, ids.at(index), index), Exact::of(1, 8));
}

/// The row of a table that a notional falls in, as the product explains it.
std::optional<std::uint32_t> row_at(Translation& t, const Schedule& schedule, const Exact& notional) {
    Question q;
    q.notional = notional;
    const auto answer = Asked(t, schedule, q).explained(Level::maintenance);
    if (!answer || answer->terms.front().steps.empty()) return std::nullopt;
    return answer->terms.front().steps.back().row;
}

/// The whole table: the tier is the one at the solution.
void binance_table(Translation& t, const Inputs& in) {
    const auto tiers = referred_tiers(t, in);
    Leveraged p;
    p.is_short = short_side(in);
    p.size = in.number("qty");
    p.entry = in.number("entry");
    p.wallet = in.number("isolated_wallet");
    p.schedule = schedule_of(max_of({brackets(rates_of(t, tiers), Application::marginal)}));
    if (t.stopped()) return;
    const Exact price = prices_of(t, p, false).liquidation;
    const Exact unit = Exact::of(1, 8);
    t.answer("liq_price", price, unit);
    const auto row_of = [&](const Exact& at) {
        Desk desk(t);
        const MarketId market = desk.add_market(market_of(p));
        return desk.open() == nullptr ? std::nullopt : row_at(t, p.schedule, desk.worth(market, p.size, at));
    };
    const auto at_entry = row_of(p.entry);
    const auto at_price = row_of(price);
    if (!at_entry || !at_price) return;
    t.answer("tier_at_entry", Exact::of(*at_entry, 0));
    t.answer("tier_at_liq", Exact::of(*at_price, 0));
    if (!t.expects("entry_tier_answer")) return;
    // The shortcut of keeping the entry's tier: its rate alone, with its deduction as a credit.
    const Tier& tier = tiers.at(*at_entry - 1);
    p.schedule = schedule_of(sum_of({flat(t.fraction(tier.maintenance))}));
    p.credits = {tier.deduction};
    t.answer("entry_tier_answer", prices_of(t, p, false).liquidation, unit);
}

void binance_liq(Translation& t) {
    const Inputs in = t.in();
    if (in.has("positions")) return binance_cross(t, in);
    if (in.has("schedule_ref")) return binance_table(t, in);
    t.answer("liq_price", prices_of(t, read_position(t, in), false).liquidation, Exact::of(1, 8));
}

// Bybit and BitMEX: maintenance at the entry value, unless the formula says "mark".

/// The venue rounds a long's prices up to the tick; the product answers the exact line, and the tick above it is named.
Exact at_tick(const Exact& price, const Exact& tick, bool up) {
    const Exact below = price.truncated_to(tick);
    return up && below < price ? below + tick : below;
}

void entry_value_liq(Translation& t) {
    const Inputs in = t.in();
    Leveraged p = read_position(t, in);
    const std::string formula = in.word_or("formula", "MM on entry value");
    p.maintenance_on_entry = formula.find("mark value") == std::string::npos && !in.has("balance");
    const bool busts = t.expects("bust_price") || t.expects("bust_unrounded") || t.expects("bankruptcy_price");
    if (busts && !p.credits.empty()) return t.not_expressible("a bankruptcy price with a deduction that counts like a balance");
    const Prices prices = prices_of(t, p, busts);
    const Exact unit = Exact::of(1, 8);
    const bool ticked = t.expects("liq_unrounded");
    const Exact tick = in.number_or("tick", "0.01");
    if (tick.zero() || tick.negative()) in.fault("tick", "is not above 0");
    if (t.stopped()) return;
    const bool up = !p.is_short;
    t.answer("liq_price", ticked ? at_tick(prices.liquidation, tick, up) : prices.liquidation, unit);
    t.answer("liq_unrounded", prices.liquidation, unit);
    t.answer("liq_price_unrounded", prices.liquidation, unit);
    t.answer("bust_price", ticked ? at_tick(prices.bankruptcy, tick, up) : prices.bankruptcy, unit);
    t.answer("bust_unrounded", prices.bankruptcy, unit);
    t.answer("bankruptcy_price", prices.bankruptcy, unit);
}

/// The legacy cross article: the closing fee at the bankruptcy value stands beside maintenance.
void bybit_liq(Translation& t) {
    const Inputs in = t.in();
    if (in.has("order_margin"))
        return t.not_expressible(
            "a closing fee charged at the bankruptcy value inside maintenance: a fee follows the fill and is no rate of the position");
    entry_value_liq(t);
}

// OKX and Gate: the taker fee stands beside the maintenance rate, both at the mark.
void mark_value_liq(Translation& t) { t.answer("liq_price", prices_of(t, read_position(t, t.in()), false).liquidation, Exact::of(1, 8)); }

// Hyperliquid: the account's own raw balance, negative for a long, and the position at its worth.
void hyperliquid_liq(Translation& t) {
    const Inputs in = t.in();
    Desk desk(t);
    MarketSetup setup;
    const Exact size = in.number("size");
    const bool is_short = short_side(in);
    setup.schedule = schedule_of(sum_of({flat(t.one_over(in.number("max_leverage")))}), part_of_initial({rate_one, 2}));
    setup.mark = in.number("entry");
    setup.size_max = size;
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.balance(in.number("raw_usd"));
    desk.position(market, is_short ? size.negated() : size, Exact());
    if (t.stopped()) return;
    t.answer("margin_used", desk.exact(equity(*context, desk.account().view())), Exact::of(1, 6));
    t.answer("liq_price", liquidation(t, desk, market, 0), Exact::of(1, 8));
}

constexpr std::array entries{
    KindEntry{"binance", "liq_price", binance_liq},         KindEntry{"bybit", "liq_price", bybit_liq},
    KindEntry{"bitmex", "liq_price", entry_value_liq},      KindEntry{"okx_gate", "liq_price", mark_value_liq},
    KindEntry{"okx", "liq_price", mark_value_liq},          KindEntry{"gate", "liq_price", mark_value_liq},
    KindEntry{"hyperliquid", "liq_price", hyperliquid_liq},
};

}  // namespace

std::span<const KindEntry> price_kinds() { return entries; }

}  // namespace plimsoll::conformance
