// The verbs of spec/03-accounts.md and spec/04-risk.md: one market, one account, spoken line by line.
#include "handlers.hpp"

#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/domain.hpp"
#include "plimsoll/risk/overrides.hpp"
#include "plimsoll/risk/price_solve.hpp"

#include <optional>

namespace plimsoll::spec {

namespace {

/// What the lines of a block have said so far. Prices have two decimals, sizes three; USDT two, BTC eight.
struct Spoken {
    ParameterSet set;
    Price mark;
    Account account;

    int digits() const { return set.assets[0].digits; }
    const Instrument& instrument() const { return set.markets[0].instrument; }
    std::string money(Wide amount) const { return format_decimal_short(amount, digits()); }
};

template <class Count>
std::optional<Count> figure(const std::string& word, int digits) {
    const auto value = parse_count<Count>(word, digits);
    return value ? std::optional(*value) : std::nullopt;
}

LevelRule flat(Rate rate) {
    Term term;
    term.curve.base = Fraction::from_rate(rate);
    return {{term}, Combine::max, {}, true};
}

/// venue linear|inverse [multiplier M] initial R maintenance R; for a linear contract the multiplier is the market's own
/// override of requirements, for an inverse one what a contract counts.
Answer venue_verb(const Call& call) {
    const auto& words = call.words;
    if (words.size() < 2 || (words[1] != "linear" && words[1] != "inverse")) return senseless("venue linear|inverse NAME FIGURE ...");
    const bool inverse = words[1] == "inverse";
    Spoken s;
    Asset coin;
    coin.name = inverse ? "BTC" : "USDT";
    coin.digits = inverse ? 8 : 2;
    coin.price_max = Price::from_raw(1);
    coin.amount_max = amount_max;
    coin.weight_initial.weight = coin.weight_maintenance.weight = hundred_percent;
    s.set.name = "spoken";
    s.set.assets = {coin};
    Schedule schedule;
    schedule.id = "spoken";
    MarketParams market;
    market.name = "market";
    market.instrument = {inverse ? ContractKind::inverse : ContractKind::linear,
                         2,
                         3,
                         coin.digits,
                         {1, 0},
                         Price::from_raw(10'000'000'000),
                         Size::from_raw(100'000'000),
                         Price::from_raw(1),
                         Size::from_raw(1)};
    for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
        const auto rate = figure<Rate>(words[i + 1], rate_digits);
        if (!rate) return senseless("'" + words[i + 1] + "' is no rate");
        if (words[i] == "initial") schedule.initial = flat(*rate);
        else if (words[i] == "maintenance") schedule.maintenance = flat(*rate);
        else if (words[i] == "multiplier" && inverse) market.instrument.multiplier = {rate->raw() / rate_one, 0};
        else if (words[i] == "multiplier") market.multiplier = *rate;
        else return senseless("a venue has no '" + words[i] + "'");
    }
    s.set.schedules = {schedule};
    s.set.markets = {market};
    call.context.kept["risk"] = s;
    return answer("");
}
const Verb venue_registered("venue", venue_verb);

/// Hands the block's venue to `visit`; a block without one makes no sense.
template <class Visit>
Answer spoken(const Call& call, std::size_t words, const char* shape, Visit visit) {
    const auto found = call.context.kept.find("risk");
    if (found == call.context.kept.end()) return senseless("say 'venue' first");
    if (call.words.size() != words) return senseless(shape);
    return visit(std::any_cast<Spoken&>(found->second));
}

/// The same with the product's context of what was said.
template <class Visit>
Answer asked(const Call& call, std::size_t words, const char* shape, Visit visit) {
    return spoken(call, words, shape, [&](const Spoken& s) -> Answer {
        auto context = RiskContext::make(s.set);
        if (!context) return senseless(to_string(context.error().front()));
        MarketState state;
        state.mark = s.mark;
        if (const std::string fault = context->set_market({0}, state); !fault.empty()) return senseless(fault);
        Account account = s.account;
        apply_overrides(s.set, "alice", account);
        if (const std::string fault = account_fault(*context, account.view()); !fault.empty()) return senseless(fault);
        return visit(s, *context, account.view());
    });
}

std::optional<Purpose> purpose_of(const std::string& word) {
    if (word == "open") return Purpose::open;
    if (word == "withdraw") return Purpose::withdraw;
    if (word == "maintenance") return Purpose::maintenance;
    if (word == "closeout") return Purpose::closeout;
    return std::nullopt;
}

const Verb mark_registered("mark", [](const Call& call) {
    return spoken(call, 2, "mark PRICE", [&](Spoken& s) -> Answer {
        const auto price = figure<Price>(call.words[1], 2);
        if (!price) return senseless("'" + call.words[1] + "' is no price");
        s.mark = *price;
        return answer("");
    });
});

const Verb balance_registered("balance", [](const Call& call) {
    return spoken(call, 3, "balance ASSET AMOUNT", [&](Spoken& s) -> Answer {
        const auto amount = figure<Amount>(call.words[2], s.digits());
        if (!amount || call.words[1] != s.set.assets[0].name) return senseless("the asset is " + s.set.assets[0].name);
        s.account.balances = {{{0}, *amount}};
        return answer("");
    });
});

const Verb position_registered("position", [](const Call& call) {
    return spoken(call, 5, "position long|short SIZE @ ENTRY", [&](Spoken& s) -> Answer {
        const auto size = figure<Size>(call.words[2], 3);
        const auto entry = figure<Price>(call.words[4], 2);
        if (!size || !entry) return senseless("a size and an entry price");
        const bool is_short = call.words[1] == "short";
        Position p;
        p.market = {0};
        p.size = is_short ? -*size : *size;
        const Wide cost = notional(s.instrument(), *size, *entry, is_short ? Round::ceil : Round::floor);
        p.cost = is_short ? -cost : cost;
        s.account.positions = {p};
        return answer("");
    });
});

const Verb order_registered("order", [](const Call& call) {
    return spoken(call, 5, "order buy|sell SIZE @ LIMIT", [&](Spoken& s) -> Answer {
        const auto size = figure<Size>(call.words[2], 3);
        const auto limit = figure<Price>(call.words[4], 2);
        if (!size || !limit || s.account.positions.empty()) return senseless("a position, a size and a limit");
        Position& p = s.account.positions[0];
        const bool buys = call.words[1] == "buy";
        (buys ? p.buys : p.sells) += *size;
        (buys ? p.buy_cost : p.sell_cost) += notional(s.instrument(), *size, *limit);
        return answer("");
    });
});

/// override account|market multiplier M: of the account everywhere, or of the account in this market.
const Verb override_registered("override", [](const Call& call) {
    return spoken(call, 4, "override account|market multiplier M", [&](Spoken& s) -> Answer {
        const auto rate = figure<Rate>(call.words[3], rate_digits);
        if (!rate || call.words[2] != "multiplier") return senseless("a multiplier");
        s.set.overrides.push_back({"alice", call.words[1] == "market" ? std::optional(MarketId{0}) : std::nullopt, *rate, {}});
        return answer("");
    });
});

const Verb profit_registered("profit", [](const Call& call) {
    return asked(call, 1, "profit", [](const Spoken& s, const RiskContext& c, const AccountView& account) {
        return answer(s.money(position_risk(c.market({0}), account, 0, Purpose::maintenance).pnl));
    });
});

Answer health_figure(const Call& call, bool requirement) {
    return asked(call, 2, "PURPOSE", [&](const Spoken& s, const RiskContext& c, const AccountView& account) -> Answer {
        const auto purpose = purpose_of(call.words[1]);
        if (!purpose) return senseless("'" + call.words[1] + "' is no purpose");
        const Health h = health(c, account, *purpose);
        return answer(s.money(requirement ? h.requirement : h.value()));
    });
}
const Verb health_registered("health", [](const Call& call) { return health_figure(call, false); });
const Verb requirement_registered("requirement", [](const Call& call) { return health_figure(call, true); });

std::optional<OrderRequest> order_of(const std::string& side, const std::string& size, const std::string& limit) {
    const auto s = figure<Size>(size, 3);
    const auto l = figure<Price>(limit, 2);
    if (!s || !l || (side != "buy" && side != "sell")) return std::nullopt;
    return OrderRequest{{0}, side == "buy" ? Side::buy : Side::sell, *s, *l};
}

const Verb admit_registered("admit", [](const Call& call) {
    return asked(call, 5, "admit buy|sell SIZE @ LIMIT", [&](const Spoken&, const RiskContext& c, const AccountView& account) -> Answer {
        const auto order = order_of(call.words[1], call.words[2], call.words[4]);
        if (!order) return senseless("a side, a size and a limit");
        const Admission admission = admit(c, account, *order);
        return answer(admission.admitted() ? "admitted" : to_string(admission.refusal));
    });
});

const Verb max_size_registered("max-size", [](const Call& call) {
    return asked(call, 4, "max-size buy|sell @ LIMIT", [&](const Spoken&, const RiskContext& c, const AccountView& account) -> Answer {
        const auto order = order_of(call.words[1], "0.001", call.words[3]);
        if (!order) return senseless("a side and a limit");
        const auto most = max_size(c, account, *order);
        return answer(most ? format_decimal_short(most->value, 3) : "none");
    });
});

std::string price_text(const std::optional<PriceAnswer>& found) {
    if (!found) return "none";
    if (found->breached_now) return "breached now";
    return format_decimal(found->last_safe.raw(), 2) + " safe, " + format_decimal(found->first_breach.raw(), 2) + " breaches";
}
const Verb liquidation_registered("liquidation-price", [](const Call& call) {
    return asked(call, 1, "liquidation-price", [](const Spoken&, const RiskContext& c, const AccountView& account) {
        return answer(price_text(liquidation_price(c, account, 0)));
    });
});
const Verb bankruptcy_registered("bankruptcy-price", [](const Call& call) {
    return asked(call, 1, "bankruptcy-price", [](const Spoken&, const RiskContext& c, const AccountView& account) {
        return answer(price_text(bankruptcy_price(c, account, 0)));
    });
});

const Verb withdrawal_registered("max-withdrawal", [](const Call& call) {
    return asked(call, 2, "max-withdrawal ASSET", [](const Spoken& s, const RiskContext& c, const AccountView& account) {
        const auto most = max_withdrawal(c, account, {0});
        return answer(most ? s.money(most->value) : "none");
    });
});

const Verb deposit_registered("deposit-needed", [](const Call& call) {
    return asked(call, 3, "deposit-needed ASSET PURPOSE", [&](const Spoken& s, const RiskContext& c, const AccountView& account) -> Answer {
        const auto purpose = purpose_of(call.words[2]);
        if (!purpose) return senseless("'" + call.words[2] + "' is no purpose");
        const auto needed = deposit_needed(c, account, {0}, *purpose);
        return answer(needed ? s.money(needed->value) : "none");
    });
});

}  // namespace

}  // namespace plimsoll::spec
