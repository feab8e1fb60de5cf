// What is particular to one centralised exchange: rates that rise with size, steps, roots, and how orders are charged.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/tiers.hpp"
#include "plimsoll/formats/tiers.hpp"
#include "plimsoll/text/json.hpp"

#include <array>

namespace plimsoll::conformance {

namespace {

const Exact one = Exact::of(1, 0);

/// The rate at a size: what one unit of notional asks there.
Exact rate_at(Translation& t, const Schedule& schedule, const Exact& size, Level level) {
    Question q;
    q.notional = one;
    q.size = size;
    return Asked(t, schedule, q).exact(level);
}

LevelRule leverage_only() { return sum_of({nothing_asked()}); }

/// A market in which one unit of size is worth 1.
MarketSetup worth_one(const Schedule& schedule, const Exact& size_max) {
    MarketSetup setup;
    setup.schedule = schedule;
    setup.mark = one;
    setup.price_digits = 0;
    setup.size_max = size_max;
    return setup;
}

// Deribit.

void deribit_im(Translation& t) {
    const Inputs in = t.in();
    if (in.has("position")) return t.outside("option margin from moneyness; options enter as risk arrays");
    const Exact size = in.number("size");
    const Decimal slope = t.decimal(in.number("slope_per_coin"));
    const Schedule schedule = schedule_of(sum_of({linear_in_size(t.fraction(in.number("im_base")), slope)}),
                                          sum_of({linear_in_size(t.fraction(in.number("mm_base")), slope)}));
    t.answer("im_rate", rate_at(t, schedule, size, Level::initial));
    t.answer("mm_rate", rate_at(t, schedule, size, Level::maintenance));
    Question q;
    q.size = size;
    q.notional = size;
    if (in.has("index_price")) {
        Desk desk(t, 8);
        MarketSetup setup;
        setup.schedule = schedule;
        setup.mark = in.number("index_price");
        setup.price_digits = setup.mark.decimals();
        setup.size_max = size.zero() ? one : size;
        const MarketId market = desk.add_market(setup);
        if (desk.open() == nullptr) return;
        q.notional = desk.worth(market, size, setup.mark);
    }
    Asked asked(t, schedule, q);
    for (const std::string_view unit : {"usdc", "coin"}) {
        t.answer("im_" + std::string(unit), asked.exact(Level::initial));
        t.answer("mm_" + std::string(unit), asked.exact(Level::maintenance));
    }
}

// BitMEX: steps above a base limit.

void bitmex_im(Translation& t) {
    const Inputs in = t.in();
    const auto steps = [&](std::string_view base) {
        Term term = flat(t.fraction(in.number(base)));
        term.axis.subject = Subject::own_size;
        term.curve.kind = CurveKind::steps;
        term.curve.origin = t.decimal(in.number("base_risk_limit"));
        term.curve.width = t.decimal(in.number("risk_step"));
        term.curve.step = t.fraction(in.number("increment"));
        return sum_of({term});
    };
    const Schedule schedule = schedule_of(steps("base_im"), steps("base_mm"));
    const Exact value = in.number("value_xbt");
    t.answer("im_rate", rate_at(t, schedule, value, Level::initial));
    t.answer("mm_rate", rate_at(t, schedule, value, Level::maintenance));
    Question q;
    q.notional = q.size = value;
    Asked asked(t, schedule, q);
    t.answer("im_xbt", asked.exact(Level::initial));
    t.answer("mm_xbt", asked.exact(Level::maintenance));
    t.leave_out("steps", "a step of the venue's own arithmetic and no answer of ours");
}

void bitmex_orders(Translation& t) {
    t.not_expressible("bids are charged net of offers and both sides are charged; ours charges the worse of the two sides");
}

// FTX: a root of the open size, never below 1 / leverage.

void ftx_im(Translation& t) {
    const Inputs in = t.in();
    Schedule schedule = schedule_of(sum_of({root_in_size(t.decimal(in.number("imf_factor")))}));
    Question q;
    q.notional = one;
    q.size = in.number("open_size");
    q.terms.leverage_rate = t.one_over(in.number("account_max_leverage"));
    t.answer("imf_unbounded", Asked(t, schedule, q).exact(Level::initial));
    schedule.clamp.cap = Fraction::from_rate(hundred_percent);
    t.answer("imf_bounded_at_1", Asked(t, schedule, q).exact(Level::initial));
}

/// The size that counts with open orders, as the requirement of 100 % at price 1.
Exact open_size(Translation& t, OpenOrderPolicy policy, const Exact& position, const Exact& buys, const Exact& sells) {
    Desk desk(t, 8);
    MarketSetup setup =
        worth_one(schedule_of(sum_of({flat(Fraction::from_rate(hundred_percent))})), position.magnitude() + buys + sells + one);
    setup.open_orders = policy;
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return {};
    Position& p = desk.position(market, position, one);
    desk.orders(p, true, buys, one);
    desk.orders(p, false, sells, one);
    if (t.stopped()) return {};
    return desk.exact(Wide{position_risk(context->market(market), desk.account().view(), 0, Purpose::open).requirement.raw()});
}

void ftx_orders(Translation& t) {
    const Inputs in = t.in();
    t.answer("open_size",
             open_size(t, OpenOrderPolicy::worst_side, in.number("position"), in.number("open_buys"), in.number("open_sells")));
}

// Coinbase International: a base rate and a root of the close-out horizon; maintenance is two thirds of it.

void coinbase_im(Translation& t) {
    const Inputs in = t.in();
    Schedule schedule = schedule_of(max_of({flat(t.fraction(in.number("base_im"))), root_in_size(t.decimal(in.number("risk_parameter")))}),
                                    part_of_initial({2 * rate_one, 3}));
    schedule.closeout = part_of_initial({rate_one, 3});
    const Exact horizon = in.number("close_out_horizon");
    const Exact unit = Exact::of(1, 15);
    t.answer("im_rate", rate_at(t, schedule, horizon, Level::initial), unit);
    t.answer("mm_rate", rate_at(t, schedule, horizon, Level::maintenance), unit);
    const Exact third = rate_at(t, schedule, horizon, Level::closeout);
    const Exact fixed_below = rate_at(t, schedule, horizon, Level::maintenance) - Exact::of(12, 2);
    if (third < fixed_below)
        t.leave_out("close_out_rate", "maintenance less a fixed 12 points: a difference of levels is no part of the algebra");
    else t.answer("close_out_rate", third, unit);
}

void coinbase_max_size(Translation& t) { t.not_expressible("a cap on the sum of notionals across markets; caps are per market and group"); }

// Kraken.

void kraken_im(Translation& t) {
    const Inputs in = t.in();
    if (in.has("levels")) {
        const auto tiers = inline_tiers(t, in, "levels");
        Question q;
        q.notional = in.number("notional");
        for (const auto& [reading, application] :
             {std::pair{"whole_position", Application::whole}, std::pair{"marginal", Application::marginal}}) {
            std::vector<Row> initial, maintenance;
            for (const Tier& tier : tiers) {
                initial.push_back({t.decimal(tier.floor), t.fraction(tier.initial)});
                maintenance.push_back({t.decimal(tier.floor), t.fraction(tier.maintenance)});
            }
            Asked asked(t, schedule_of(max_of({brackets(initial, application)}), max_of({brackets(maintenance, application)})), q);
            t.answer(std::string(reading) + ".im", asked.exact(Level::initial));
            t.answer(std::string(reading) + ".mm", asked.exact(Level::maintenance));
        }
        return;
    }
    // The two legs of one underlying: the larger margin counts. Each leg's margin is a leg of 100 % at price 1.
    Desk desk(t, 8);
    const Exact longs = in.number("margin_long");
    const Exact shorts = in.number("margin_short");
    MarketSetup setup = worth_one(schedule_of(sum_of({flat(Fraction::from_rate(hundred_percent))})), longs + shorts + one);
    setup.hedge = HedgeRule::larger_leg;
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.position(market, longs, one).leg = Leg::long_leg;
    desk.position(market, shorts.negated(), one).leg = Leg::short_leg;
    if (t.stopped()) return;
    t.answer("total_margin", desk.exact(health(*context, desk.account().view(), Purpose::open).requirement));
}

// Bybit, KuCoin: a closing fee at the bankruptcy value.

constexpr std::string_view closing_fee =
    "a closing fee charged at the bankruptcy value inside the requirement: a fee follows the fill and is no rate of the position";

void with_closing_fee(Translation& t) {
    const Inputs in = t.in();
    if (!in.has("long_position_value")) return t.not_expressible(std::string(closing_fee));
    // The value that picks the tier: gross per side, orders at their own prices.
    const auto value_of = [&](std::string_view orders) {
        Exact sum;
        for (const Inputs& order : in.list(orders)) {
            Desk desk(t, 8);
            MarketSetup setup = worth_one(schedule_of(leverage_only()), order.number("qty"));
            setup.mark = order.number("price");
            setup.price_digits = setup.mark.decimals();
            const MarketId market = desk.add_market(setup);
            if (desk.open() == nullptr) return sum;
            sum = sum + desk.worth(market, order.number("qty"), order.number("price"));
        }
        return sum;
    };
    const Exact shorts = in.number("short_position_value");
    const Exact longs = in.number("long_position_value");
    if (!shorts.zero() && !longs.zero())
        return t.not_expressible("two legs and their orders in one value; legs are positions of their own here");
    const Exact position = longs.zero() ? shorts.negated() : longs;
    t.answer("risk_value", open_size(t, OpenOrderPolicy::gross_per_side, position, value_of("long_orders"), value_of("short_orders")));
}

void kucoin_im(Translation& t) {
    const Inputs in = t.in();
    if (in.has("k"))
        return t.not_expressible("a requirement exponential in size; the curves are flat, linear, steps, brackets, roots and knots");
    const int digits = t.power_of_ten(in.number("imr_dp"));
    if (t.stopped() || digits < 0 || digits > 10) return in.fault("imr_dp", "lies outside 0 and 10");
    // The venue publishes 1 / leverage cut to its decimals; that decimal is the rate. Rates hold nine decimals over a whole divisor.
    const Exact published = t.per_unit(one, in.number("leverage"), digits);
    Question q;
    q.notional = in.number("position_value");
    const Fraction rate{t.raw64(published, 10), 10};
    Asked asked(t, schedule_of(sum_of({flat(rate)}), sum_of({flat(t.fraction(in.number("mmr")))})), q);
    t.answer("im", asked.exact(Level::initial));
    t.answer("mm", asked.exact(Level::maintenance));
}

void kucoin_max_size(Translation& t) {
    t.not_expressible("a requirement exponential in size; the curves are flat, linear, steps, brackets, roots and knots");
}

/// Maintenance of a position and an order with fees, against margin less the order's opening fee.
void kucoin_risk_rate(Translation& t) {
    const Inputs in = t.in();
    const Fraction fee = t.fraction(in.number("taker_fee"));
    const auto add = [&](Desk& desk, const Inputs& item, std::vector<Term> terms) {
        MarketSetup setup;
        setup.schedule = schedule_of(sum_of(std::move(terms)));
        setup.mark = item.number("mark");
        setup.price_digits = setup.mark.decimals();
        setup.multiplier = item.number("multiplier");
        setup.size_max = item.number("contracts");
        return desk.add_market(setup);
    };
    const auto held = [&](Desk& desk, MarketId market, const Inputs& item) {
        desk.position(market, item.number("contracts"), item.number("mark"));
    };
    const Inputs position = in.object("position");
    const Inputs order = in.object("order");
    Desk desk(t, 8);
    const MarketId first = add(desk, position, {flat(t.fraction(position.number("mmr"))), flat(fee)});
    const MarketId second = add(desk, order, {flat(t.fraction(order.number("mmr"))), flat(fee)});
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    held(desk, first, position);
    held(desk, second, order);
    if (t.stopped()) return;
    const Exact numerator = desk.exact(health(*context, desk.account().view(), Purpose::maintenance).requirement);
    Desk left(t, 8);
    const MarketId fees = add(left, order, {flat(fee)});
    const RiskContext* rest = left.open();
    if (rest == nullptr) return;
    left.balance(in.number("total_margin"));
    held(left, fees, order);
    if (t.stopped()) return;
    const Exact denominator = left.exact(health(*rest, left.account().view(), Purpose::maintenance).value());
    t.answer("numerator", numerator);
    t.answer("denominator", denominator);
    if (!denominator.zero()) t.answer("risk_rate", t.per_unit(numerator, denominator));
}

// Binance order cost: margin at the order's own price, loss against the mark.

void binance_order(Translation& t) {
    const Inputs in = t.in();
    const Exact limit = in.number("order_price");
    const bool inverse = in.word_or("contract", "linear") == "inverse";
    const Exact size = in.number(inverse ? "contracts" : "qty");
    const bool buys = in.word_or("side", "buy") == "buy";
    const auto ask = [&](const Exact& mark) -> std::optional<std::pair<Exact, Exact>> {
        Desk desk(t, inverse ? 15 : 8);
        MarketSetup setup;
        setup.schedule = schedule_of(leverage_only());
        setup.kind = inverse ? ContractKind::inverse : ContractKind::linear;
        if (inverse) setup.multiplier = in.number("contract_multiplier");
        setup.mark = mark;
        setup.price_digits = std::max(limit.decimals(), mark.decimals());
        setup.size_max = size;
        const MarketId market = desk.add_market(setup);
        const RiskContext* context = desk.open();
        if (context == nullptr) return std::nullopt;
        Position& p = desk.position(market, Exact(), mark, in.number("leverage"));
        desk.orders(p, buys, size, limit);
        if (t.stopped()) return std::nullopt;
        const PositionRisk risk = position_risk(context->market(market), desk.account().view(), 0, Purpose::open);
        return std::pair{desk.exact(Wide{risk.requirement.raw()}), desk.exact(Wide{risk.order_loss.raw()})};
    };
    const auto at_limit = ask(limit);
    if (!at_limit) return;
    const Exact unit = Exact::of(1, 8);
    t.answer("initial_margin", at_limit->first, unit);
    t.leave_out("cost",
                "margin at the order's price plus loss against the mark; our requirement of an order stands at the mark throughout");
    if (!in.has("mark_price")) return;
    if (const auto at_mark = ask(in.number("mark_price"))) t.answer("open_loss", at_mark->second, unit);
}

// The rest.

/// A withdrawal keeps the larger of the initial requirement and a part of the notional.
void hyperliquid_im(Translation& t) {
    const Inputs in = t.in();
    Question q;
    q.notional = in.number("total_position_value");
    Schedule schedule = schedule_of(sum_of({flat({rate_one / 10, 1})}));
    schedule.clamp.minimum = t.decimal(in.number("initial_margin_required"));
    t.answer("transfer_margin_required", Asked(t, schedule, q).exact(Level::initial));
}

/// The rate per unit of leveraged notional is one fraction.
void nautilus_im(Translation& t) {
    const Inputs in = t.in();
    Question q;
    q.notional = in.number("notional");
    Fraction rate = t.fraction(in.number("margin_rate"));
    if (in.has("leverage")) rate.denominator = t.raw64(in.number("leverage"), 0);
    t.answer("margin", Asked(t, schedule_of(sum_of({flat(rate)})), q).exact(Level::initial));
}

void span_im(Translation& t) { t.outside("scenario margin; portfolio mode reads risk arrays"); }

/// A table with deductions, written as the venue writes it and judged by the importer.
void schedule_check(Translation& t) {
    const auto tiers = referred_tiers(t, t.in());
    if (t.stopped()) return;
    text::JsonWriter json;
    json.begin_array().begin_object().key("symbol").string("TABLE").key("brackets").begin_array();
    std::int64_t number = 0;
    for (const Tier& tier : tiers) {
        json.begin_object().key("bracket").number(++number).key("initialLeverage").number(tier.leverage.text());
        json.key("notionalCap").number(tier.cap.text()).key("notionalFloor").number(tier.floor.text());
        json.key("maintMarginRatio").number(tier.maintenance.text()).key("cum").number(tier.deduction.text()).end_object();
    }
    json.end_array().end_object().end_array();
    const formats::Import import = formats::import_tiers(formats::Format::binance, json.take(), "table");
    t.answer_word("valid", import.ok() ? "true" : "false");
    t.leave_out("violations", std::to_string(import.report.count(formats::Severity::error)) + " findings in our own words");
}

constexpr std::array entries{
    KindEntry{"deribit", "im", deribit_im},
    KindEntry{"bitmex", "im", bitmex_im},
    KindEntry{"bitmex", "order_margin", bitmex_orders},
    KindEntry{"ftx", "im", ftx_im},
    KindEntry{"ftx", "order_margin", ftx_orders},
    KindEntry{"coinbase_intl", "im", coinbase_im},
    KindEntry{"coinbase_intl", "max_size", coinbase_max_size},
    KindEntry{"kraken", "im", kraken_im},
    KindEntry{"bybit", "im", with_closing_fee},
    KindEntry{"bybit", "order_margin", with_closing_fee},
    KindEntry{"kucoin", "im", kucoin_im},
    KindEntry{"kucoin", "order_margin", with_closing_fee},
    KindEntry{"kucoin", "max_size", kucoin_max_size},
    KindEntry{"kucoin", "mm", kucoin_risk_rate},
    KindEntry{"binance", "order_margin", binance_order},
    KindEntry{"binance", "schedule_check", schedule_check},
    KindEntry{"hyperliquid", "im", hyperliquid_im},
    KindEntry{"nautilus", "im", nautilus_im},
    KindEntry{"cme_span", "im", span_im},
};

}  // namespace

std::span<const KindEntry> exchange_kinds() { return entries; }

}  // namespace plimsoll::conformance
