// Vega: margin levels of one market. Sizes are integers over a position factor; slippage is charged on the open position,
// orders at the risk factor alone, and the larger side counts: a schedule has one rate for both sides, so each side is asked
// with its own and the larger answer is taken. Levels are factors of the rounded maintenance level.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/kit.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::conformance {

namespace {

const Exact one = Exact::of(1, 0);
constexpr int fine_digits = 9;

/// The position factor as digits; a factor that is no power of ten has no decimal sizes.
int size_digits(Translation& t, const Inputs& in) {
    const Exact factor = in.number("position_factor");
    for (int digits = 0; digits <= digits_max; ++digits)
        if (factor == Exact::of(pow10(digits), 0)) return digits;
    t.not_expressible("sizes in sixths: a position factor of " + factor.text() + " gives sizes that no decimal holds");
    return 0;
}

struct Slice {
    LevelRule rule;
    Exact size;
    Exact price;
};

/// An account with one market per slice: false when it could not be set up.
bool hold(Translation& t, Desk& desk, const std::vector<Slice>& slices, int digits) {
    std::vector<MarketId> markets;
    for (const Slice& slice : slices) {
        MarketSetup setup;
        setup.schedule = schedule_of(slice.rule);
        setup.mark = slice.price;
        setup.price_digits = slice.price.decimals();
        setup.price_max = slice.price.zero() ? one : slice.price;
        setup.size_max = slice.size.zero() ? one : slice.size;
        setup.size_digits = digits;
        markets.push_back(desk.add_market(setup));
    }
    if (desk.open() == nullptr) return false;
    for (std::size_t i = 0; i < slices.size(); ++i)
        if (!slices[i].size.zero()) desk.position(markets[i], slices[i].size, slices[i].price);
    return !t.stopped();
}

/// What several holdings of different rules ask together.
Exact asked_together(Translation& t, const std::vector<Slice>& slices, int digits) {
    Desk desk(t, fine_digits);
    if (!hold(t, desk, slices, digits)) return {};
    return desk.exact(health(desk.context(), desk.account().view(), Purpose::open).requirement);
}

const Exact& larger(const Exact& a, const Exact& b) { return a < b ? b : a; }

/// One unit of the last place up, as the product rounds: the amount itself is the notional of a rate.
Exact part_of(Translation& t, const Exact& amount, const Exact& factor) {
    Question q;
    q.notional = amount;
    return Asked(t, schedule_of(sum_of({flat(t.fraction(factor))})), q).rounded(Level::initial, 0);
}

LevelRule open_rule(Translation& t, const Inputs& in, std::string_view factor) {
    std::vector<Term> terms{flat(Fraction::from_rate(t.rate_up(in.number(factor)))), flat(t.fraction(in.number("linear_slippage")))};
    if (const Exact quadratic = in.number("quadratic_slippage"); !quadratic.zero())
        terms.push_back(linear_in_size({0, 1}, t.decimal(quadratic)));
    return sum_of(terms);
}

/// Orders of one side: at the mark, or in an auction at the larger of their own prices and the auction's.
Slice orders_of(Translation& t, const Inputs& in, std::string_view size, std::string_view product, std::string_view factor, int digits) {
    const LevelRule rule = sum_of({flat(Fraction::from_rate(t.rate_up(in.number(factor))))});
    const Exact orders = in.number(size).moved(-digits);
    if (!in.truth("auction")) return {rule, orders, in.number("mark_price")};
    const Exact own = in.number(product).moved(-digits);
    const Exact at_auction = in.number("auction_price");
    const bool auction_larger = own < orders * at_auction;
    return auction_larger ? Slice{rule, orders, at_auction} : Slice{rule, own, one};
}

void margin_levels(Translation& t) {
    const Inputs in = t.in();
    const int digits = size_digits(t, in);
    const Exact open = in.number("open_volume").moved(-digits);
    const Exact mark = in.number("mark_price");
    const Exact funding = in.number("funding_per_unit");
    Exact worst;
    for (const bool is_long : {true, false}) {
        const bool holds = is_long ? !open.negative() && !open.zero() : open.negative();
        const std::string_view factor = is_long ? "risk_factor_long" : "risk_factor_short";
        std::vector<Slice> slices{
            orders_of(t, in, is_long ? "buy_size" : "sell_size", is_long ? "buy_sum_product" : "sell_sum_product", factor, digits)};
        const Exact exposed =
            (holds ? open.magnitude() : open.magnitude().negated()) + in.number(is_long ? "buy_size" : "sell_size").moved(-digits);
        if (exposed.negative() || exposed.zero()) continue;
        if (holds) slices.push_back({open_rule(t, in, factor), open.magnitude(), mark});
        // Funding that is owed stands on both sides in full.
        if (!funding.zero() && !open.zero() && funding.negative() == open.negative())
            slices.push_back({sum_of({flat(Fraction::from_rate(hundred_percent))}), open.magnitude(), funding.magnitude()});
        int finest = digits;
        for (const Slice& slice : slices) finest = std::max(finest, slice.size.decimals());
        worst = larger(worst, asked_together(t, slices, finest));
    }
    const Exact maintenance = part_of(t, worst, one);
    t.answer("maintenance", maintenance, one);
    for (const std::string_view level : {"search", "initial", "release"})
        t.answer(std::string(level), part_of(t, maintenance, in.number(std::string(level) + "_factor")), one);
}

// Capped futures, fully collateralised: what is lost when the price goes to the end of its range that hurts.

Exact loss_at(Translation& t, const Inputs& in, const Exact& mark, const Exact& size, const Exact& entry, const Exact& orders,
              const Exact& limit, bool buys) {
    Desk desk(t, fine_digits);
    MarketSetup setup;
    setup.schedule = schedule_of(sum_of({nothing_asked()}));
    setup.mark = mark;
    setup.price_max = in.number("price_cap");
    setup.price_digits = std::max({setup.price_max.decimals(), entry.decimals(), limit.decimals()});
    setup.size_max = larger(one, size.magnitude() + orders);
    setup.size_digits = std::max(size.decimals(), orders.decimals());
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return {};
    Position& p = desk.position(market, size, entry);
    desk.orders(p, buys, orders, limit);
    if (t.stopped()) return {};
    const PositionRisk risk = position_risk(context->market(market), desk.account().view(), 0, Purpose::open);
    return desk.exact(Wide{risk.order_loss.raw()}) - desk.exact(risk.pnl);
}

void full_collateral_margin(Translation& t) {
    const Inputs in = t.in();
    const int digits = size_digits(t, in);
    const Exact open = in.number("open_volume").moved(-digits);
    const Exact cap = in.number("price_cap");
    const Exact nothing;
    const Exact held = loss_at(t, in, open.negative() ? cap : nothing, open, in.number("average_entry_price"), nothing, cap, true);
    const Exact buys = loss_at(t, in, nothing, nothing, nothing, in.number("buy_size").moved(-digits), in.number("buy_vwap"), true);
    const Exact sells = loss_at(t, in, cap, nothing, nothing, in.number("sell_size").moved(-digits), in.number("sell_vwap"), false);
    const Exact maintenance = part_of(t, held + larger(buys, sells), one);
    for (const std::string_view level : {"maintenance", "search", "initial", "release"}) t.answer(std::string(level), maintenance, one);
}

// Isolated mode: each order at its own price; what an opposing position frees is taken off the best orders first.

void isolated_order_margin(Translation& t) {
    const Inputs in = t.in();
    const int digits = size_digits(t, in);
    const Exact position = in.number("position");
    const Exact auction = in.number("auction_price");
    const LevelRule rule = sum_of({flat(t.fraction(in.number("margin_factor")))});
    Exact worst;
    for (const std::string_view side : {"buy", "sell"}) {
        std::vector<Slice> slices;
        int finest = digits;
        for (const Inputs& order : in.list("orders")) {
            if (order.word("side") != side) continue;
            slices.push_back({rule, order.number("size").moved(-digits), larger(order.number("price"), auction)});
            finest = std::max(finest, slices.back().size.decimals());
        }
        if (slices.empty()) continue;
        const bool opposing = !position.zero() && position.negative() == (side == "buy");
        if (opposing)
            return t.not_expressible(
                "an opposing position frees the best-priced orders first; our open orders are sums per side, netted at the mark");
        worst = larger(worst, asked_together(t, slices, finest));
    }
    t.answer("order_margin", part_of(t, worst, one), one);
}

/// A chosen rate is valid where it decides: beside it the schedule's own rate of either side asks less.
void margin_factor_validate(Translation& t) {
    const Inputs in = t.in();
    Question plain;
    plain.notional = one;
    Question chosen = plain;
    chosen.terms.initial_floor = t.rate(in.number("margin_factor"));
    bool valid = true;
    for (const std::string_view factor : {"risk_factor_long", "risk_factor_short"}) {
        const Schedule schedule =
            schedule_of(sum_of({flat(t.fraction(in.number(factor))), flat(t.fraction(in.number("linear_slippage")))}));
        valid = valid && Asked(t, schedule, plain).exact(Level::initial) < Asked(t, schedule, chosen).exact(Level::initial);
    }
    t.answer_word("valid", valid ? "true" : "false");
}

// The margin account of one market: a level is an account whose holding asks exactly that amount.

/// What stands between balances and what slices ask.
class MarginAccount {
public:
    MarginAccount(Translation& t, const std::vector<Slice>& slices, int digits, const std::vector<Exact>& balances) : t_(t), desk_(t, 0) {
        if (!hold(t, desk_, slices, digits)) return;
        for (const Exact& balance : balances) desk_.balance(balance);
    }
    MarginAccount(Translation& t, const Exact& level, const Exact& balance)
        : MarginAccount(t, {{sum_of({flat(Fraction::from_rate(hundred_percent))}), one, level}}, 0, {balance}) {}

    bool covered() { return !t_.stopped() && health().healthy(); }
    Exact asked() { return t_.stopped() ? Exact() : desk_.exact(health().requirement); }
    /// What has to come in, negative where it may leave.
    Exact wanted() { return t_.stopped() ? Exact() : desk_.exact(health().value()).negated(); }
    Exact top_up() { return solved(t_.stopped() ? std::nullopt : deposit_needed(desk_.context(), view(), AssetId{0}, Purpose::open)); }
    Exact release() { return solved(t_.stopped() ? std::nullopt : max_withdrawal(desk_.context(), view(), AssetId{0})); }

private:
    AccountView view() { return desk_.account().view(); }
    Health health() { return plimsoll::health(desk_.context(), view(), Purpose::open); }
    Exact solved(const std::optional<Solution>& solution) {
        if (solution) return desk_.exact(Wide{solution->value});
        t_.not_expressible("no amount restores this margin account");
        return {};
    }

    Translation& t_;
    Desk desk_;
};

/// Below the search level it is filled to the initial level, at the release level and above it is emptied to it.
void margin_account_action(Translation& t) {
    const Inputs in = t.in();
    const Exact balance = in.number("margin_balance");
    const auto at = [&](std::string_view level) { return MarginAccount(t, in.number(level), balance); };
    if (!at("search").covered()) {
        t.answer_word("action", "top_up");
        t.answer("amount", at("initial").top_up());
        return t.answer("min_amount", at("maintenance").top_up());
    }
    const bool releases = !in.truth("auction") && at("release").covered();
    t.answer_word("action", releases ? "release" : "none");
    if (releases) t.answer("amount", at("initial").release());
}

/// Position and orders each at the chosen rate of what was paid or is bid, against what lies in the three accounts.
void switch_to_isolated(Translation& t) {
    const Inputs in = t.in();
    const int digits = size_digits(t, in);
    const LevelRule rule = sum_of({flat(t.fraction(in.number("margin_factor")))});
    const std::vector<Slice> held{{rule, in.number("position").magnitude().moved(-digits), in.number("average_entry_price")}};
    std::vector<Slice> ordered;
    int finest = std::max(digits, held.front().size.decimals());
    for (const Inputs& order : in.list("orders")) {
        ordered.push_back({rule, order.number("size").moved(-digits), order.number("price")});
        finest = std::max(finest, ordered.back().size.decimals());
    }
    std::vector<Slice> both = held;
    both.insert(both.end(), ordered.begin(), ordered.end());
    const Exact margin = in.number("margin_balance");
    const Exact order_margin = in.number("order_margin_balance");
    if (!MarginAccount(t, both, finest, {margin, order_margin, in.number("general_balance")}).covered())
        return t.answer_word("result", "insufficient_general");
    MarginAccount position(t, held, finest, {margin});
    const Exact asked = position.asked();
    if (!asked.zero() && !(in.number("initial_margin") < asked)) return t.answer_word("result", "position_margin_not_above_initial");
    t.answer_word("result", "ok");
    t.answer("margin_delta", position.wanted(), one);
    t.answer("order_margin_delta", MarginAccount(t, ordered, finest, {order_margin}).wanted(), one);
}

// A collateral of exactly the maintenance margin is liquidated at the mark.

void liquidation_price_identity(Translation& t) {
    const Inputs in = t.in();
    const int digits = size_digits(t, in);
    const Exact position = in.number("position").moved(-digits);
    const Exact funding = in.number("funding_per_unit");
    if (!funding.zero() && funding.negative() == position.negative()) return t.not_expressible("funding that is owed but not settled");
    Desk desk(t, fine_digits);
    MarketSetup setup;
    setup.schedule = schedule_of(open_rule(t, in, position.negative() ? "risk_factor_short" : "risk_factor_long"));
    setup.mark = in.number("mark_price");
    setup.price_digits = fine_digits;
    setup.size_max = position.magnitude();
    setup.size_digits = std::max(digits, position.decimals());
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.position(market, position, setup.mark);
    if (t.stopped()) return;
    desk.balance(
        desk.exact(Wide{position_risk(context->market(market), desk.account().view(), 0, Purpose::maintenance).requirement.raw()}));
    // A maintenance rate above 100 % falls faster than the price: then it is the way up that liquidates a long.
    const PriceMove away = position.negative() ? PriceMove::down : PriceMove::up;
    auto price = liquidation_price(*context, desk.account().view(), 0);
    if (!price) price = liquidation_price(*context, desk.account().view(), 0, away);
    if (!price) return t.not_expressible("no price liquidates this account");
    t.answer("liquidation_price", desk.exact(price->last_safe, market), setup.mark.moved(-6));
}

constexpr std::array entries{
    KindEntry{"vega", "margin_levels", margin_levels},
    KindEntry{"vega", "full_collateral_margin", full_collateral_margin},
    KindEntry{"vega", "isolated_order_margin", isolated_order_margin},
    KindEntry{"vega", "margin_factor_validate", margin_factor_validate},
    KindEntry{"vega", "margin_account_action", margin_account_action},
    KindEntry{"vega", "switch_to_isolated", switch_to_isolated},
    KindEntry{"vega", "liquidation_price_identity", liquidation_price_identity},
};

}  // namespace

std::span<const KindEntry> vega_kinds() { return entries; }

}  // namespace plimsoll::conformance
