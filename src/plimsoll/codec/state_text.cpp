// Accounts, markets and the venue as lines, and why a position requires what it does.
#include "plimsoll/codec/event_text.hpp"
#include "plimsoll/codec/speech.hpp"
#include "plimsoll/engine/consequences.hpp"
#include "plimsoll/params/words.hpp"
#include "plimsoll/risk/price_solve.hpp"
#include "plimsoll/schedule/explain.hpp"

namespace plimsoll::codec {

namespace {

/// "4 %", or "1/75" for a leverage.
std::string rate_text(Fraction rate) {
    if (rate.denominator == 1) return format_percent(Rate::from_raw(rate.numerator));
    if (rate.numerator % rate.denominator == 0) return format_percent(Rate::from_raw(rate.numerator / rate.denominator));
    return format_decimal_short(rate.numerator, rate_digits) + '/' + std::to_string(rate.denominator);
}

std::string share_text(const RampShare& share) {
    return format_percent(Rate::narrow(divide(share.numerator * rate_one, share.denominator, Round::half_away)));
}

std::string steps_text(const TermAnswer& term, const Exposure& exposure, int notional_digits) {
    std::string text;
    const bool plain = term.axis == Axis{};
    for (const Step& step : term.steps) {
        if (step.from == step.to && term.steps.size() > 1) continue;
        if (!text.empty()) text += ", ";
        const Wide slice = term.application == Application::whole && term.kind != CurveKind::flat ? exposure.notional : step.to - step.from;
        if (plain) text += format_decimal_short(slice, notional_digits);
        else
            text +=
                words::of(term.axis) + ' ' + format_decimal_short(term.application == Application::whole ? term.x : slice, term.x_digits);
        text += " at " + rate_text(step.rate);
    }
    for (const ModulatorStep& m : term.modulators)
        if (m.share.numerator != 0)
            text += std::string(", ") + (m.effect == ModulatorEffect::lift ? "lifted " : "multiplied ") + share_text(m.share) + " by " +
                    std::string(words::of(m.input));
    return text;
}

std::string answer_text(const MarginAnswer& answer, const Exposure& exposure, int notional_digits) {
    std::string text;
    for (std::size_t i = 0; i < answer.terms.size(); ++i) {
        if (answer.combine == Combine::max && i != answer.binding_term) continue;
        text += (text.empty() ? "" : " + ") + steps_text(answer.terms[i], exposure, notional_digits);
    }
    if (answer.combined != 0 && answer.multiplied != answer.combined)
        text += ", times " + format_decimal_short(divide(answer.multiplied * 10'000, answer.combined, Round::half_away), 4);
    switch (answer.binding) {
        case Binding::nothing:
        case Binding::term: break;
        case Binding::leverage: text += "; raised by the chosen leverage"; break;
        case Binding::account_floor: text += "; raised to the account's floor"; break;
        case Binding::floor: text += "; raised to the floor"; break;
        case Binding::cap: text += "; held at the cap"; break;
        case Binding::minimum: text += "; raised to the least amount"; break;
    }
    return text;
}

const RiskContext& context_of(const State& state, Purpose purpose) {
    return purpose == Purpose::open || purpose == Purpose::withdraw ? state.active->credit : state.active->liquidation;
}

struct Looked {
    std::vector<Position> positions;
    std::vector<Balance> balances;
    AccountView view;
};
void look(const State& state, AccountId account, Reading reading, Looked& looked) {
    looked.view = view_of(state, account, reading, looked.positions, looked.balances);
}

/// "initial 900 of 1000, 100 to spare".
std::string level_text(const Speech& say, std::string_view name, Wide required, Wide available, const LiquidationSubject& subject) {
    const Wide spare = available - required;
    return "  " + std::string(name) + ' ' + say.health(required, subject) + " of " + say.health(available, subject) + ", " +
           (spare < 0 ? "short of " + say.health(-spare, subject) : say.health(spare, subject) + " to spare");
}

struct NamedPurpose {
    std::string_view name;
    Purpose purpose;
    Reading reading;
};
constexpr NamedPurpose purposes[] = {{"initial", Purpose::open, Reading::open},
                                     {"maintenance", Purpose::maintenance, Reading::held},
                                     {"close-out", Purpose::closeout, Reading::held}};

std::string liquidation_price_text(const State& state, const Speech& say, const Looked& held, std::size_t place) {
    const auto answer = liquidation_price(state.active->liquidation, held.view, place);
    if (!answer) return "no liquidation price";
    const MarketId market = held.positions[place].market;
    return answer->breached_now ? "below maintenance" : "liquidation price " + say.price(market, answer->first_breach);
}

std::string position_text(const State& state, const Speech& say, const Looked& held, std::size_t place) {
    const Position& p = held.positions[place];
    std::string text = "  " + say.of(p.market);
    if (p.leg != Leg::net) text += ' ' + std::string(word(p.leg));
    if (p.mode == MarginMode::isolated) text += " isolated with " + say.settle(p.market, p.isolated_collateral);
    text += ": " + say.size(p.market, p.size);
    if (p.size.raw() != 0) {
        const Instrument& instrument = say.params(p.market).instrument;
        const MarketView& view = state.active->liquidation.market(p.market);
        const Wide profit = to_settle(instrument, pnl_exact(instrument, p.size, p.cost, view.state.mark), Round::floor);
        text += " @ " + say.entry(p.market, p.size, p.cost) + ", mark " + say.price(p.market, view.state.mark) + ", profit " +
                say.settle(p.market, Amount::narrow(profit)) + ", " + liquidation_price_text(state, say, held, place);
    }
    if (p.buys.raw() != 0 || p.sells.raw() != 0)
        text += ", orders to buy " + say.size(p.market, p.buys) + " and sell " + say.size(p.market, p.sells);
    if (p.leverage_hundredths != 0) text += ", leverage " + format_decimal_short(p.leverage_hundredths, 2);
    return text;
}

void add_isolated_levels(const State& state, const Speech& say, AccountId account, std::size_t place, std::vector<std::string>& lines) {
    for (const NamedPurpose& named : purposes) {
        Looked looked;
        look(state, account, named.reading, looked);
        const Position& p = looked.positions[place];
        const IsolatedHealth h = isolated_health(context_of(state, named.purpose), looked.view, place, named.purpose);
        lines.push_back("  " + level_text(say, named.name, h.requirement + h.order_loss, h.collateral, {account, p.market, p.leg}));
    }
}

}  // namespace

std::string margin_text(const State& state, AccountId account, std::size_t place, Purpose purpose, std::optional<Size> filled) {
    Looked looked;
    look(state, account, purpose == Purpose::open ? Reading::open : Reading::held, looked);
    const Position& p = looked.positions[place];
    const MarketView& market = context_of(state, purpose).market(p.market);
    const GroupSize* group = looked.view.group.empty() ? nullptr : &looked.view.group[p.market.index];
    const AccountTerms terms = terms_of(market, looked.view, place);
    const Level level = level_of(purpose);
    Size worst = p.size;
    if (filled) worst = *filled;
    else if (level == Level::initial) {
        const auto need = [&](Size size) {
            const FilledExposure f = exposure_of(market, group, p.size, size);
            return requirement(*market.schedule, level, f.exposure, f.figures, terms);
        };
        const OpenOrderPolicy policy =
            market.params->open_orders == OpenOrderPolicy::gross_per_side ? OpenOrderPolicy::gross_per_side : OpenOrderPolicy::worst_side;
        const WorstFills fills = worst_fills(policy, p);
        for (const Size size : {fills.with_buys, fills.with_sells})
            if (need(size) > need(worst)) worst = size;
    }
    if (worst.raw() == 0) return {};
    const FilledExposure f = exposure_of(market, group, p.size, worst);
    const MarginAnswer answer = explain(*market.schedule, level, f.exposure, f.exposure, f.figures, terms);
    std::string text = answer_text(answer, f.exposure, notional_digits(market.params->instrument));
    if (purpose != Purpose::open) return text;
    const Amount loss = position_risk(market, looked.view, place, purpose, market.loss_weight).order_loss;
    if (loss.raw() != 0) text += "; " + format_decimal_short(loss.raw(), market.params->instrument.settle_digits) + " lost at the limit";
    return text;
}

std::vector<std::string> account_text(const State& state, const Names& names, AccountId account) {
    const Speech say(state, names);
    Looked held;
    look(state, account, Reading::held, held);
    std::string first = say.of(account) + ':';
    for (const Balance& b : held.balances) first += ' ' + say.money(b.asset, b.amount) + ',';
    if (held.balances.empty()) first += " no money,";
    first.pop_back();
    if (state.account(account).group != no_group) first += ", in " + say.of(state.account(account).group);
    std::vector<std::string> lines{first};
    for (std::size_t i = 0; i < held.positions.size(); ++i) {
        lines.push_back(position_text(state, say, held, i));
        if (held.positions[i].mode == MarginMode::isolated) add_isolated_levels(state, say, account, i, lines);
    }
    for (const NamedPurpose& named : purposes) {
        Looked looked;
        look(state, account, named.reading, looked);
        const Health h = health(context_of(state, named.purpose), looked.view, named.purpose);
        lines.push_back(level_text(say, named.name, h.requirement + h.order_loss, h.collateral, {account}));
    }
    return lines;
}

std::vector<std::string> market_text(const State& state, const Names& names, MarketId id) {
    const Speech say(state, names);
    const MarketRecord& market = state.markets[id.index];
    const Guard& g = market.guard;
    const auto price = [&](std::int64_t raw) { return say.price(id, Price::from_raw(raw)); };
    std::string text = say.of(id) + ": " + std::string(words::of(g.state)) + ", mark " +
                       (g.reported_set ? price(g.reported.raw()) : "none") + ", credit price " + price(g.credit.value) +
                       ", liquidation price " + price(g.liquidation.value);
    if (g.index.raw() != 0) text += ", index " + price(g.index.raw());
    if (market.settled) text += ", settled";
    else if (market.delisted) text += ", delisted";
    return {text, "  open interest " + say.size(id, market.open_interest_long) + " long " + say.size(id, market.open_interest_short) +
                      " short, depth " + say.settle(id, Amount::from_raw(g.depth.value))};
}

std::vector<std::string> venue_text(const State& state, const Names& names) {
    const Speech say(state, names);
    std::vector<std::string> lines;
    for (std::uint32_t i = 0; i < state.assets.size(); ++i) {
        const AssetRecord& asset = state.assets[i];
        const AssetId id{i};
        if (asset.deposits == 0) continue;
        lines.push_back("venue: in " + say.money(id, Amount::narrow(asset.deposits)) + ", out " +
                        say.money(id, Amount::narrow(asset.withdrawals)) + ", fund " + say.money(id, asset.fund) + ", fees " +
                        say.money(id, asset.fees) + ", rounding " + say.money(id, asset.rounding) + ", bad debt " +
                        say.money(id, asset.bad_debt));
    }
    if (state.backstop)
        lines.push_back("  backstop " + say.of(*state.backstop) + ", budget " + say.health(state.backstop_budget.raw(), {}));
    return lines;
}

}  // namespace plimsoll::codec
