// dYdX v4: liquidity tiers whose initial fraction rises with open interest. Prices and sizes are integers with exponents,
// rates are parts per million, quote quantums are 10^-6.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/kit.hpp"

#include <array>

namespace plimsoll::conformance {

namespace {

constexpr int quote_digits = 6;
constexpr std::string_view rate_cut_down =
    "the venue cuts the rate that open interest lifts to parts per million, in the account's favour, before it multiplies; here a "
    "requirement is rounded once, at its end, and up";
constexpr std::string_view debt_without_position =
    "an account in debt without a position is not liquidatable there; here negative equity is below maintenance";

/// A liquidity tier as a schedule: a flat rate lifted toward 100 % by open interest; maintenance is a part of the rate
/// before it is lifted.
Schedule tier_of(Translation& t, const Inputs& in) {
    Term term = flat(t.fraction(in.number("initial_margin_ppm").moved(-6)));
    const Exact upper = in.number_or("oi_upper_cap", "0");
    const Exact lower = in.number_or("oi_lower_cap", "0");
    if (!upper.zero() || !lower.zero()) {
        Modulator lift;
        lift.from = t.decimal(lower.moved(-quote_digits));
        lift.to = t.decimal(upper.moved(-quote_digits));
        term.modulators.push_back(lift);
    }
    const Exact part = in.number_or("maintenance_fraction_ppm", "1000000").moved(-6);
    Schedule schedule = schedule_of(sum_of({term}), part_of_initial(t.fraction(part), false));
    // A tier may ask nothing at maintenance; a part of 0 times initial is no such statement, a rate of 0 is.
    if (part.zero()) schedule.maintenance = sum_of({nothing_asked()});
    return schedule;
}

void adjusted_imf(Translation& t) {
    const Inputs in = t.in();
    Question one;
    one.notional = Exact::of(1, 0);
    one.open_interest_long = in.number("oi_notional").moved(-quote_digits);
    Asked asked(t, tier_of(t, in), one);
    t.answer("imf_ppm", asked.exact(Level::initial).moved(6), Exact::of(1, 0));
}

/// The venue cuts its lifted rate to parts per million before it multiplies; here a requirement is rounded once, at its end,
/// and up. A cut takes off less than a millionth of the notional, so it shows only where that is above one quantum, and
/// only where the lifted rate is no whole count of millionths. Such a vector is not compared, instead of held to more than one unit.
///
/// Units  notional and open interest in quote; a millionth of the notional is as many quantums as that counts quotes.
void refuse_a_cut_rate(Translation& t, const Inputs& in, const Exact& notional, const Exact& open_interest) {
    const Exact one = Exact::of(1, 0);
    if (t.stopped() || !(one < notional.magnitude())) return;
    Question unit;
    unit.notional = one;
    unit.open_interest_long = open_interest;
    unit.terms.initial_floor = t.rate(in.number_or("custom_imf_ppm", "0").moved(-6));
    Asked asked(t, tier_of(t, in), unit);
    const Exact ppm = asked.exact(Level::initial).moved(6);
    if (!t.stopped() && !(ppm - ppm.truncated_to(one)).zero()) t.not_expressible(std::string(rate_cut_down));
}

void initial_margin_quote(Translation& t) {
    const Inputs in = t.in();
    Question q;
    q.notional = in.number("notional").moved(-quote_digits);
    q.open_interest_long = in.number("oi_notional").moved(-quote_digits);
    q.terms.initial_floor = t.rate(in.number_or("custom_imf_ppm", "0").moved(-6));
    refuse_a_cut_rate(t, in, q.notional, q.open_interest_long);
    if (t.stopped()) return;
    Asked asked(t, tier_of(t, in), q);
    t.answer("initial_margin", asked.rounded(Level::initial, quote_digits).moved(quote_digits), Exact::of(1, 0));
}

void maintenance_margin_ppm(Translation& t) {
    const Inputs in = t.in();
    Question one;
    one.notional = Exact::of(1, 0);
    Asked asked(t, tier_of(t, in), one);
    t.answer("maintenance_margin_ppm", asked.exact(Level::maintenance).moved(6), Exact::of(1, 0));
}

void liquidity_tier_validate(Translation& t) {
    const Inputs in = t.in();
    const Exact impact = in.number("impact_notional");
    const Exact initial = in.number("initial_margin_ppm");
    const Exact fraction = in.number("maintenance_fraction_ppm");
    const Schedule schedule = tier_of(t, in);
    if (t.stopped()) return;
    const Exact million = Exact::of(1'000'000, 0);
    if (million < initial || million < fraction)
        return t.not_expressible(
            "a rate above 100 % is data like any other here (a short may need more than its notional); the clamp holds it");
    if (impact.zero()) return t.not_expressible("the impact notional is no part of a margin schedule");
    const auto compiled = compile(schedule, {quote_digits, 0, quote_digits});
    if (compiled) return t.answer_word("result", "ok");
    const std::string& code = compiled.error().front().code;
    t.answer_word("result", code == "ramp-wrong-way" ? "oi_lower_cap_above_upper_cap" : code);
}

/// The market of a vector: exponents become digits, powers of ten that no digit count can hold become a multiplier.
MarketSetup market_of(Translation& t, const Inputs& in, const Exact& largest) {
    MarketSetup setup;
    setup.schedule = tier_of(t, in);
    const int exponent = t.power_of_ten(in.number("price_exponent"));
    const int atomic = t.power_of_ten(in.number("atomic_resolution"));
    if (t.stopped() || exponent < -digits_max || exponent > digits_max || atomic < -digits_max || atomic > digits_max) {
        t.not_expressible("exponents beyond 18 are outside the declared domain");
        return setup;
    }
    setup.mark = in.number("price").moved(exponent);
    setup.price_digits = setup.mark.decimals();
    // Sizes are counted in base units; quantums above one unit are whole thousands of it.
    setup.size_digits = atomic < 0 ? -atomic : 0;
    setup.size_max = largest.magnitude().moved(atomic);
    setup.price_max = setup.mark.zero() ? Exact::of(1, 0) : setup.mark;
    setup.open_interest_long = setup.open_interest_short = in.number_or("open_interest", "0").moved(atomic);
    if (setup.size_max.zero()) setup.size_max = Exact::of(1, 0);
    return setup;
}

Exact base_units(Translation& t, const Inputs& in, const Exact& quantums) {
    return quantums.moved(t.power_of_ten(in.number("atomic_resolution")));
}

void margin_requirement(Translation& t) {
    const Inputs in = t.in();
    const Exact quantums = in.number("base_quantums");
    Desk desk(t, quote_digits);
    const MarketId market = desk.add_market(market_of(t, in, quantums));
    desk.everywhere().initial_floor = t.rate(in.number_or("custom_imf_ppm", "0").moved(-6));
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    if (desk.settle_digits() != quote_digits)
        return t.not_expressible("beyond the declared domain: the notional does not fit an amount of 10^-6");
    const Exact size = base_units(t, in, quantums);
    desk.position(market, size, Exact::of(0, 0));
    if (t.stopped()) return;
    const auto asked = [&](Purpose purpose) {
        return desk.exact(Wide{position_risk(context->market(market), desk.account().view(), 0, purpose).requirement.raw()})
            .moved(quote_digits);
    };
    const Exact price = in.number("price").moved(t.power_of_ten(in.number("price_exponent")));
    const Exact open_interest = base_units(t, in, in.number_or("open_interest", "0"));
    refuse_a_cut_rate(t, in, desk.worth(market, size, price), desk.worth(market, open_interest, price));
    if (t.stopped()) return;
    t.answer("initial_margin", asked(Purpose::open), Exact::of(1, 0));
    t.answer("maintenance_margin", asked(Purpose::maintenance), Exact::of(1, 0));
}

void net_notional(Translation& t) {
    const Inputs in = t.in();
    const Exact quantums = in.number("base_quantums");
    Desk desk(t, quote_digits);
    MarketSetup setup;
    const int exponent = t.power_of_ten(in.number("price_exponent"));
    if (t.stopped() || exponent < -digits_max || exponent > digits_max)
        return t.not_expressible("exponents beyond 18 are outside the declared domain");
    setup.schedule = schedule_of(sum_of({nothing_asked()}));
    setup.mark = in.number("price").moved(exponent);
    setup.price_digits = setup.mark.decimals();
    const Exact size = base_units(t, in, quantums);
    setup.size_max = size.zero() ? Exact::of(1, 0) : size.magnitude();
    setup.price_max = setup.mark;
    const MarketId market = desk.add_market(setup);
    if (desk.open() == nullptr) return;
    // A position that was opened for nothing has gained its notional.
    desk.position(market, size, Exact::of(0, 0));
    if (t.stopped()) return;
    const Wide gained = equity(desk.context(), desk.account().view());
    t.answer("quote_quantums", desk.exact(gained).moved(quote_digits), Exact::of(1, 0));
}

// Accounts.

/// What is not settled yet is funding, which the venue settles first.
bool funding_open(const Inputs& market, const Inputs& position) {
    return !(market.number_or("funding_index", "0") - position.number_or("position_index", "0")).zero();
}

/// The account of a vector with its updates merged in.
class AccountRead {
public:
    explicit AccountRead(Translation& t) : t_(t), desk_(t, quote_digits) {}

    const RiskContext* read(const Inputs& in) {
        usdc_ = in.number("usdc");
        const auto markets = in.object("markets").members();
        sizes_.resize(markets.size());
        for (const std::string_view list : {"positions", "updates"})
            for (const Inputs& item : in.list(list)) merge(markets, item, list == "updates");
        if (t_.stopped()) return nullptr;
        for (std::size_t i = 0; i < markets.size(); ++i) ids_.push_back(desk_.add_market(market_of(t_, markets[i].second, sizes_[i])));
        const RiskContext* context = desk_.open();
        if (context == nullptr) return nullptr;
        if (desk_.settle_digits() != quote_digits)
            t_.not_expressible("beyond the declared domain: the notional does not fit an amount of 10^-6");
        desk_.balance(usdc_.moved(-quote_digits));
        for (const Exact& quote : quotes_) desk_.balance(quote.moved(-quote_digits));
        for (std::size_t i = 0; i < markets.size(); ++i)
            if (!sizes_[i].zero()) desk_.position(ids_[i], base_units(t_, markets[i].second, sizes_[i]), Exact());
        return t_.stopped() ? nullptr : context;
    }

    Desk& desk() { return desk_; }

private:
    void merge(const std::vector<std::pair<std::string, Inputs>>& markets, const Inputs& item, bool update) {
        const std::string name = item.word("market");
        for (std::size_t i = 0; i < markets.size(); ++i) {
            if (markets[i].first != name) continue;
            const Exact size = item.has("base_quantums") ? item.number("base_quantums") : item.number_or("base_delta", "0");
            sizes_[i] = sizes_[i] + size;
            quotes_.push_back(item.has("quote_balance") ? item.number("quote_balance") : item.number_or("quote_delta", "0"));
            if (!update && funding_open(markets[i].second, item)) t_.outside("funding payments: the position has some to settle first");
            return;
        }
        item.fault("market", "names no market of this vector");
    }

    Translation& t_;
    Desk desk_;
    Exact usdc_;
    std::vector<Exact> sizes_;
    std::vector<Exact> quotes_;
    std::vector<MarketId> ids_;
};

void account_risk(Translation& t) {
    AccountRead account(t);
    const RiskContext* context = account.read(t.in());
    if (context == nullptr) return;
    const AccountView view = account.desk().account().view();
    const Exact unit = Exact::of(1, 0);
    t.answer("net_collateral", account.desk().exact(equity(*context, view)).moved(quote_digits), unit);
    // Each position is rounded on its own by the venue, up in quote quantums; ours too.
    t.answer("initial_margin", account.desk().exact(health(*context, view, Purpose::open).requirement).moved(quote_digits), unit);
    t.answer("maintenance_margin", account.desk().exact(health(*context, view, Purpose::maintenance).requirement).moved(quote_digits),
             unit);
}

/// A venue's own two figures as an account: what it is worth, and a position that asks for the requirement in full.
void is_liquidatable(Translation& t) {
    const Inputs in = t.in();
    const Exact required = in.number("mmr");
    Desk desk(t, quote_digits);
    MarketSetup setup;
    setup.schedule = schedule_of(sum_of({flat(Fraction::from_rate(hundred_percent))}));
    setup.mark = Exact::of(1, 0);
    setup.price_digits = 0;
    setup.size_max = required.zero() ? setup.mark : required;
    const MarketId market = desk.add_market(setup);
    const RiskContext* context = desk.open();
    if (context == nullptr) return;
    desk.balance(in.number("nc"));
    if (!required.zero()) desk.position(market, required, setup.mark);
    if (t.stopped()) return;
    const Health h = health(*context, desk.account().view(), Purpose::maintenance);
    if (h.requirement == 0 && !h.healthy()) return t.not_expressible(std::string(debt_without_position));
    t.answer_word("liquidatable", h.healthy() ? "false" : "true");
}

/// A match is two orders at the gate; each is tested at the open interest after it.
void oi_match_check(Translation& t) {
    const Inputs in = t.in();
    const Inputs market = in.object("market");
    const auto accounts = in.list("accounts");
    for (std::size_t i = 0; i < accounts.size() && !t.stopped(); ++i) {
        const Inputs& account = accounts[i];
        const Exact delta = account.number("base_delta");
        const Exact held = account.number("position");
        Desk desk(t, quote_digits);
        const MarketId id = desk.add_market(market_of(t, market, held.magnitude() + delta.magnitude()));
        const RiskContext* context = desk.open();
        if (context == nullptr) return;
        desk.balance(account.number("usdc").moved(-quote_digits));
        const Exact size = base_units(t, market, delta);
        const Exact mark = market.number("price").moved(t.power_of_ten(market.number("price_exponent")));
        if (!held.zero()) desk.position(id, base_units(t, market, held), Exact());
        if (desk.worth(id, size.magnitude(), mark) != account.number("usdc_delta").magnitude().moved(-quote_digits))
            return t.not_expressible("a trade away from the mark, given by its total and not by a price");
        if (t.stopped()) return;
        const AccountView view = desk.account().view();
        const OrderRequest order{id, delta.negative() ? Side::sell : Side::buy, desk.size(id, size.magnitude()), desk.price(id, mark)};
        const Admission admission = admit(*context, view, order);
        const bool before = health(*context, view, Purpose::open).healthy();
        const std::string refused = before ? "newly_undercollateralized" : "still_undercollateralized";
        t.answer_word("results." + std::to_string(i), admission.admitted() ? "success" : refused);
    }
}

void undercollateralized_transition(Translation& t) {
    t.not_expressible("below initial margin the venue admits what does not worsen the ratio of requirement to collateral; here only what "
                      "no fill can raise the requirement by");
}

void account_liquidatable(Translation& t) {
    AccountRead account(t);
    const RiskContext* context = account.read(t.in());
    if (context == nullptr) return;
    const AccountView view = account.desk().account().view();
    const Health h = health(*context, view, Purpose::maintenance);
    if (h.requirement == 0 && !h.healthy()) return t.not_expressible(std::string(debt_without_position));
    t.answer_word("liquidatable", h.healthy() ? "false" : "true");
}

constexpr std::array entries{
    KindEntry{"dydx-v4", "adjusted_imf_ppm", adjusted_imf},
    KindEntry{"dydx-v4", "initial_margin_quote", initial_margin_quote},
    KindEntry{"dydx-v4", "maintenance_margin_ppm", maintenance_margin_ppm},
    KindEntry{"dydx-v4", "liquidity_tier_validate", liquidity_tier_validate},
    KindEntry{"dydx-v4", "margin_requirement", margin_requirement},
    KindEntry{"dydx-v4", "net_notional", net_notional},
    KindEntry{"dydx-v4", "account_risk", account_risk},
    KindEntry{"dydx-v4", "account_liquidatable", account_liquidatable},
    KindEntry{"dydx-v4", "is_liquidatable", is_liquidatable},
    KindEntry{"dydx-v4", "oi_match_check", oi_match_check},
    KindEntry{"dydx-v4", "undercollateralized_transition", undercollateralized_transition},
};

}  // namespace

std::span<const KindEntry> dydx_kinds() { return entries; }

}  // namespace plimsoll::conformance
