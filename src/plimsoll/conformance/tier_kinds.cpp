// Maintenance and initial margin and the largest size under published tier tables: Binance, Bybit, Gate, OKX, Hyperliquid.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/tiers.hpp"

#include <array>

namespace plimsoll::conformance {

namespace {

constexpr std::string_view own_working = "a step of the venue's own arithmetic and no answer of ours";

/// The row that a whole or marginal table ended in, as explained by the product.
std::optional<Step> last_step(Asked& asked, Level level) {
    const auto answer = asked.explained(level);
    if (!answer || answer->terms.empty() || answer->terms.front().steps.empty()) return std::nullopt;
    return answer->terms.front().steps.back();
}

Exact rate_text(Fraction f) { return quotient(Exact::of(f.numerator, rate_digits), Exact::of(f.denominator, 0)); }
/// 100 / hundredths as a leverage.
Exact leverage_text(Fraction f) { return Exact::of(f.denominator, 2); }

/// Fields that describe the row: its rate and its number.
void answer_row(Translation& t, Asked& asked, const Exact& notional, const std::vector<Tier>& tiers) {
    auto step = last_step(asked, Level::maintenance);
    // Nothing is asked of nothing; the row of an empty position is the first.
    if (notional.zero() && !tiers.empty()) t.answer("mmr", tiers.front().maintenance);
    else if (step) t.answer("mmr", rate_text(step->rate));
    if (step) t.answer("tier", Exact::of(step->row, 0));
}

void from_table(Translation& t, const Inputs& in, const std::vector<Tier>& tiers) {
    Question q;
    q.notional = in.number("notional");
    Asked asked(t, schedule_of(max_of({brackets(rates_of(t, tiers), Application::marginal, EdgeRule::upper_row)})), q);
    t.answer("mm", asked.exact(Level::maintenance));
    answer_row(t, asked, q.notional, tiers);
    t.leave_out("cum", std::string(own_working));
    if (!t.expects("im_at_10x")) return;
    Question ten = q;
    ten.terms.leverage_rate = t.one_over(Exact::of(10, 0));
    t.answer("im_at_10x", Asked(t, schedule_of(sum_of({nothing_asked()})), ten).exact(Level::initial));
}

/// A single rate, with the venue's rounding of the amount when it states one.
void from_rate(Translation& t, const Inputs& in) {
    const std::string key = in.has("notional_base") ? "notional_base" : "notional";
    Question q;
    q.notional = in.number(key);
    q.terms.leverage_rate = t.one_over(in.number("leverage"));
    const bool stated = in.has("dp");
    const int digits = stated ? t.power_of_ten(in.number("dp")) : 0;
    if (digits < 0 || digits > digits_max) return in.fault("dp", "lies outside 0 and 18");
    if (!in.number_or("cum", "0").zero()) return t.not_expressible("a rate with a deduction of its own, without the table it comes from");
    Asked asked(t, schedule_of(sum_of({nothing_asked()}), sum_of({flat(t.fraction(in.number("mmr")))})), q);
    const Exact unit = stated ? Exact::of(1, digits) : Exact();
    const auto ask = [&](Level level) { return stated ? asked.rounded(level, digits) : asked.exact(level); };
    t.answer("im", ask(Level::initial), unit);
    t.answer("mm", ask(Level::maintenance), unit);
}

void tier_mm(Translation& t) {
    const Inputs in = t.in();
    if (in.has("what"))
        return t.not_expressible("a deduction is derived by us from the rows, never taken from or given to a venue's formula");
    if (in.has("schedule_ref")) return from_table(t, in, referred_tiers(t, in));
    if (in.has("schedule")) return from_table(t, in, inline_tiers(t, in, "schedule"));
    if (in.has("inferred_schedule")) {
        const auto tiers = inline_tiers(t, in, "inferred_schedule");
        Question q;
        q.notional = in.number("notional");
        t.answer("mm_new",
                 Asked(t, schedule_of(max_of({brackets(rates_of(t, tiers), Application::marginal)})), q).exact(Level::maintenance));
        t.answer("mm_old", Asked(t, schedule_of(max_of({flat(t.fraction(in.number("whole_position_mmr")))})), q).exact(Level::maintenance));
        return;
    }
    from_rate(t, in);
}

void binance_im(Translation& t) {
    const Inputs in = t.in();
    if (!in.has("schedule_ref")) return from_rate(t, in);
    const auto tiers = referred_tiers(t, in);
    Question q;
    q.notional = in.number("notional");
    if (in.word("leverage") != "max for the notional") q.terms.leverage_rate = t.one_over(in.number("leverage"));
    Asked asked(t, tier_schedule(t, tiers, Application::marginal), q);
    t.answer("im", asked.exact(Level::initial));
    if (const auto step = last_step(asked, Level::initial)) t.answer("leverage", leverage_text(step->rate));
}

// Hyperliquid: rows give a leverage; maintenance is half of what that leverage asks, slice by slice.

void hyperliquid_mm(Translation& t) {
    const Inputs in = t.in();
    const auto tiers = inline_tiers(t, in, "tiers");
    Question q;
    q.notional = in.number("notional");
    Asked asked(t, schedule_of(max_of({brackets(leverages_of(t, tiers), Application::marginal)}), part_of_initial({rate_one, 2})), q);
    t.answer("mm", asked.exact(Level::maintenance));
    t.leave_out("deduction", std::string(own_working));
    if (const auto step = last_step(asked, Level::initial)) t.answer("max_leverage_at_notional", leverage_text(step->rate));
}

// OKX: the whole position pays the rate of its row; rows count contracts, the next one starts one contract above the cap.

/// The rows, and above the last one a step for every further `cap` contracts begun.
LevelRule by_contracts(Translation& t, const std::vector<Tier>& tiers, Exact Tier::* rate, EdgeRule edge) {
    std::vector<Row> rows;
    std::vector<Term> terms;
    Exact last_cap;
    for (const Tier& tier : tiers) {
        if (!tier.tail) {
            rows.push_back({t.decimal(tier.floor), t.fraction(tier.*rate)});
            last_cap = tier.cap;
            continue;
        }
        Term tail = nothing_asked();
        tail.axis.subject = Subject::own_size;
        tail.curve.kind = CurveKind::steps;
        tail.curve.origin = t.decimal(last_cap);
        tail.curve.width = t.decimal(tier.cap);
        tail.curve.step = t.fraction(tier.*rate);
        terms.push_back(tail);
    }
    Term table = brackets(std::move(rows), Application::whole, edge);
    table.axis.subject = Subject::own_size;
    terms.insert(terms.begin(), table);
    return sum_of(terms);
}

void okx_contracts(Translation& t, const Inputs& in, const std::vector<Tier>& tiers) {
    // A table that gives "from" starts its rows there; one that gives only "to" holds the edge in the lower row.
    const EdgeRule edge = in.has("tiers") ? EdgeRule::upper_row : EdgeRule::lower_row;
    const Exact contracts = in.number("contracts");
    const Schedule schedule = schedule_of(by_contracts(t, tiers, &Tier::initial, edge), by_contracts(t, tiers, &Tier::maintenance, edge));
    Question at;
    at.notional = Exact::of(1, 0);
    at.size = contracts;
    Asked lookup(t, schedule, at);
    t.answer("mmr", lookup.exact(Level::maintenance));
    if (!in.has("mark")) return;
    t.answer("imr_min", lookup.exact(Level::initial));
    Desk desk(t, 17);
    MarketSetup setup;
    setup.schedule = schedule;
    setup.kind = ContractKind::inverse;
    setup.multiplier = in.number("contract_usd");
    setup.mark = in.number("mark");
    setup.size_max = contracts;
    setup.price_digits = setup.mark.decimals();
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.position(market, contracts, setup.mark);
    if (t.stopped()) return;
    const AccountView account = desk.account().view();
    const auto asked = [&](Purpose purpose) {
        return desk.exact(Wide{position_risk(context->market(market), account, 0, purpose).requirement.raw()});
    };
    t.answer("mm_coin", asked(Purpose::maintenance));
    t.answer("im_min_coin", asked(Purpose::open));
    const Exact initial = lookup.exact(Level::initial);
    if (!initial.zero()) t.answer("max_leverage", t.per_unit(Exact::of(1, 0), initial, 2), Exact::of(1, 2));
    const auto step = last_step(lookup, Level::maintenance);
    const bool listed = !tiers.back().tail || contracts < tiers[tiers.size() - 2].cap || contracts == tiers[tiers.size() - 2].cap;
    if (step && listed) t.answer("tier", Exact::of(step->row, 0));
    else t.leave_out("tier", "a step of the unbounded tail has a rate and no row");
}

/// The size-scaled module of portfolio margin: marginal brackets of a multiplier above the core requirement.
void okx_scaled_module(Translation& t, const Inputs& in) {
    std::vector<Row> rows;
    Exact from;
    for (const Inputs& bracket : in.list("scaling")) {
        rows.push_back({t.decimal(from), t.fraction(bracket.number("multiplier"))});
        from = bracket.number("upto");
    }
    Question q;
    q.notional = in.number("mr7_raw");
    Schedule schedule = schedule_of(max_of({brackets(rows, Application::marginal)}));
    t.answer("mr7_adjusted", Asked(t, schedule, q).exact(Level::maintenance));
    schedule.clamp.minimum = t.decimal(in.number("mr_core"));
    t.answer("mmr", Asked(t, schedule, q).exact(Level::maintenance));
}

void okx_mm(Translation& t) {
    const Inputs in = t.in();
    if (in.has("mr_core")) return okx_scaled_module(t, in);
    if (in.has("schedule_ref")) return okx_contracts(t, in, referred_tiers(t, in));
    if (in.has("tiers")) {
        std::vector<Tier> tiers = inline_tiers(t, in, "tiers");
        const auto rows = in.list("tiers");
        for (std::size_t i = 0; i < rows.size() && i < tiers.size(); ++i) tiers[i].floor = rows[i].number("min");
        return okx_contracts(t, in, tiers);
    }
    from_rate(t, in);
}

// The largest position that a collateral carries.

/// A market quoted in notional: one unit is worth 1.
MarketSetup by_notional(const Schedule& schedule, const Exact& largest) {
    MarketSetup setup;
    setup.schedule = schedule;
    setup.mark = Exact::of(1, 0);
    setup.price_digits = 0;
    setup.size_max = largest;
    setup.size_digits = 18;
    return setup;
}

struct Largest {
    Exact notional;
    Refusal next = Refusal::none;  // why one unit more is refused
    bool passed = false;
};

Largest largest_notional(Translation& t, const Schedule& schedule, const Exact& bound, const Exact& collateral, const Exact& leverage) {
    // As many digits as the domain and 64 bits hold for sizes up to the bound.
    for (int digits = 13; digits >= 0; --digits) {
        const auto size_max = bound.raw_cut(digits);
        if (!size_max || !fits_int64(*size_max * 10)) continue;
        Desk desk(t, 15);
        MarketSetup setup = by_notional(schedule, Exact::of(*size_max, digits));
        setup.size_digits = digits;
        const MarketId market = desk.add_market(setup);
        const RiskContext* context = desk.open();
        if (context == nullptr) return {};
        desk.balance(collateral);
        if (t.stopped()) return {};
        OrderRequest order{market, Side::buy, Size::from_raw(1), desk.price(market, Exact::of(1, 0))};
        if (!leverage.zero()) order.leverage_hundredths = static_cast<std::uint32_t>(t.raw64(leverage, 2));
        const AccountView account = desk.account().view();
        const auto found = max_size(*context, account, order);
        if (!found) return {};
        order.size = Size::from_raw(found->value + 1);
        return {Exact::of(found->value, digits), admit(*context, account, order).refusal, true};
    }
    t.not_expressible("beyond the declared domain: a notional of " + bound.text());
    return {};
}

/// The last cap of a table, or the greatest notional the domain holds at eight digits: a table without an end.
Exact bound_of(const std::vector<Tier>& tiers) {
    const Exact most = Exact::of(10'000'000'000, 0);
    return tiers.back().cap.zero() || most < tiers.back().cap ? most : tiers.back().cap + Exact::of(1, 0);
}

void tier_max_size(Translation& t) {
    const Inputs in = t.in();
    const auto tiers = in.has("schedule_ref") ? referred_tiers(t, in) : inline_tiers(t, in, "tiers");
    if (t.stopped()) return;
    const Schedule schedule = tier_schedule(t, tiers, Application::marginal);
    const Exact bound = bound_of(tiers);
    const std::string choice = in.has("leverage") ? in.value().find("leverage")->text : std::string("free choice");
    const Exact leverage = choice == "free choice" ? Exact() : in.number("leverage");
    // Without a stated collateral the cap of the chosen leverage is asked for: collateral of a full position binds nowhere.
    const Exact collateral = in.has("collateral") ? in.number("collateral") : bound;
    if (t.expects("error")) {
        const Largest one = largest_notional(t, schedule, tiers.back().cap + Exact::of(1, 0), collateral, leverage);
        if (t.stopped()) return;
        // The venue refuses collateral that no position could use at 1x: the whole collateral as a position breaks the cap.
        return t.answer_word("error", tiers.back().cap < collateral && one.passed && one.next == Refusal::position_cap
                                          ? "above last cap " + tiers.back().cap.text()
                                          : "none");
    }
    const Largest most = largest_notional(t, schedule, bound, collateral, leverage);
    if (t.stopped()) return;
    t.answer("max_notional", most.notional, Exact::of(1, 8));
    if (t.expects("max_leverage")) t.answer("max_leverage", t.per_unit(most.notional, collateral));
    if (t.expects("binding"))
        t.answer_word("binding", most.next == Refusal::leverage_caps_size ? "tier cap for the selected leverage" : to_string(most.next));
    if (!t.expects("notional_at_leverage_if_uncapped")) return;
    // Collateral has eight decimals at the venue; one last place of it carries `leverage` last places of notional.
    const Exact free_bound = collateral * leverage + Exact::of(1, 0);
    t.answer("notional_at_leverage_if_uncapped",
             largest_notional(t, schedule_of(sum_of({nothing_asked()})), free_bound, collateral, leverage).notional, leverage.moved(-8));
}

/// Deribit: the largest size under a rate that rises with size.
void deribit_max_size(Translation& t) {
    const Inputs in = t.in();
    Schedule schedule = schedule_of(sum_of({linear_in_size(t.fraction(in.number("im_base")), t.decimal(in.number("slope_per_coin")))}));
    const Largest most = largest_notional(t, schedule, Exact::of(100'000, 0), in.number("collateral_coin"), {});
    t.answer("max_size", most.notional);
}

constexpr std::array entries{
    KindEntry{"binance", "mm", tier_mm},
    KindEntry{"bybit", "mm", tier_mm},
    KindEntry{"gate", "mm", tier_mm},
    KindEntry{"okx", "mm", okx_mm},
    KindEntry{"hyperliquid", "mm", hyperliquid_mm},
    KindEntry{"binance", "im", binance_im},
    KindEntry{"binance", "max_size", tier_max_size},
    KindEntry{"gate", "max_size", tier_max_size},
    KindEntry{"deribit", "max_size", deribit_max_size},
};

}  // namespace

std::span<const KindEntry> tier_kinds() { return entries; }

}  // namespace plimsoll::conformance
