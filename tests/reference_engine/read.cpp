// Everything that is asked of the state, added up anew each time.
#include "reference_engine/engine.hpp"
#include "support/risk_reference.hpp"

namespace plimsoll::reference {

Integer Engine::open_interest(MarketId market, bool shorts) const {
    Integer sum;
    for (const Owner& o : s.owners)
        for (const Holding& h : o.holdings)
            if (h.market == market && (h.size < 0) == shorts) sum += magnitude_of(h.size);
    return sum;
}
Integer Engine::cost_of(MarketId market) const {
    Integer sum;
    for (const Owner& o : s.owners)
        for (const Holding& h : o.holdings)
            if (h.market == market) sum += h.cost;
    return sum;
}
Integer Engine::held(AssetId asset) const {
    Integer sum;
    for (std::uint32_t i = 0; i < s.owners.size(); ++i)
        if (const Integer own = balance({i}, asset); own > 0) sum += own;
    return sum;
}
Integer Engine::balance(AccountId account, AssetId asset) const {
    const auto& balances = s.owners[account.index].balances;
    const auto found = balances.find(asset.index);
    return found == balances.end() ? Integer(0) : found->second;
}
const Holding* Engine::find(AccountId account, MarketId market, Leg leg) const {
    for (const Holding& h : s.owners[account.index].holdings)
        if (h.market == market && h.leg == leg) return &h;
    return nullptr;
}
std::size_t Engine::place_of(AccountId account, MarketId market, Leg leg) const {
    const auto& holdings = s.owners[account.index].holdings;
    std::size_t place = 0;
    while (place < holdings.size() && (holdings[place].market != market || holdings[place].leg != leg)) ++place;
    return place;
}
MarginMode Engine::mode_of(AccountId account, MarketId market) const {
    for (const Holding& h : s.owners[account.index].holdings)
        if (h.market == market) return h.mode;
    return MarginMode::cross;
}

Amount Engine::fee_reserved(const RestingOrder& order) const {
    if (order.kind == OrderKind::liquidation) return {};
    return counted<Amount>(rate_of_notional(instrument(order.market), order.size.raw(), order.limit, market_params(order.market).fee_max));
}

/// An order's cost at its limit, rounded against the account: a buy of a linear contract pays it, of an inverse one receives it.
static Integer order_cost(const Instrument& i, const RestingOrder& order) {
    const bool pays = (order.side == Side::buy) == (i.kind != ContractKind::inverse);
    const Rational worth = worth_at(i, order.size.raw(), order.limit);
    return pays ? ceil_of(worth) : floor_of(worth);
}

OrderSums Engine::sums(AccountId account, MarketId market, Leg leg) const {
    OrderSums all;
    for (const std::uint64_t id : s.owners[account.index].orders) {
        const RestingOrder& o = *s.orders.find(id);
        if (o.market != market || o.leg != leg || o.kind == OrderKind::liquidation) continue;  // one of those reserves nothing
        const Wide cost = wide(order_cost(instrument(market), o));
        (o.side == Side::buy ? all.buys : all.sells) += o.size;
        (o.side == Side::buy ? all.buy_cost : all.sell_cost) += cost;
        all.fees += fee_reserved(o);
        ++all.count;
    }
    return all;
}

std::uint64_t Engine::find_short(const LiquidationSubject& subject) const {
    for (const std::uint64_t id : s.shorts.ids())
        if (s.shorts.find(id)->subject == subject) return id;
    return 0;
}

Shown Engine::shown(AccountId account, Reading reading) const {
    const Owner& owner = s.owners[account.index];
    std::map<std::uint32_t, Integer> balances = owner.balances;
    Shown shown;
    for (const Holding& h : owner.holdings) {
        const OrderSums orders = sums(account, h.market, h.leg);
        Integer collateral = h.collateral;
        if (reading != Reading::held)
            (h.mode == MarginMode::isolated ? collateral : balances[settle_of(h.market).index]) -= orders.fees.raw();
        shown.positions.push_back({h.market, h.leg, h.mode, h.leverage_hundredths, counted<Size>(h.size), counted<Amount>(collateral),
                                   wide(h.cost), orders.buys, orders.sells, orders.buy_cost, orders.sell_cost});
    }
    if (reading == Reading::open)
        for (const std::uint64_t id : s.deposits.ids()) {
            const Waiting& w = *s.deposits.find(id);
            if (w.account == account)
                balances[w.asset.index] += floor_of(Rational(w.amount) * as_rational(params().asset(w.asset).pending_weight));
        }
    for (const auto& [asset, amount] : balances) shown.balances.push_back({{asset}, counted<Amount>(amount)});
    if (owner.group != no_group) {
        shown.group.resize(s.markets.size());
        for (const Owner& other : s.owners)
            if (other.group == owner.group)
                for (const Holding& h : other.holdings) {
                    GroupSize& g = shown.group[h.market.index];
                    (h.size < 0 ? g.short_size : g.long_size) += counted<Size>(magnitude_of(h.size));
                }
    }
    if (owner.has_terms) {
        shown.terms.resize(s.markets.size());
        for (const auto& [market, terms] : owner.terms) shown.terms[market] = terms;
        shown.everywhere = owner.everywhere;
    }
    return shown;
}

void Engine::refresh() const {
    if (!figures_old_) return;
    figures_old_ = false;
    for (std::uint32_t a = 0; a < s.assets.size(); ++a) {
        const Money& money = s.assets[a];
        const bool numeraire = AssetId{a} == params().numeraire;
        if (!money.marked && !numeraire) continue;
        const Price one = Price::from_raw(pow10_64(params().assets[a].price_digits));
        const AssetPrice price = numeraire ? AssetPrice{one, one} : AssetPrice{money.price, money.smoothed};
        const Integer total = held_before_ ? (*held_before_)[a] : held({a});
        contexts_->credit.set_asset({a}, price, wide(total));
        contexts_->liquidation.set_asset({a}, price, wide(total));
    }
    for (std::uint32_t m = 0; m < s.markets.size(); ++m) {
        const Market& market = s.markets[m];
        const Guard& g = market.guard;
        if (!g.credit.set) continue;  // no price yet
        MarketState state;
        state.open_interest_long = counted<Size>(open_interest({m}, false));
        state.open_interest_short = counted<Size>(open_interest({m}, true));
        state.depth = Amount::from_raw(g.depth.value);
        state.daily_volume = Amount::from_raw(g.daily_volume.value);
        state.market_cap = market.market_cap;
        state.volatility = Rate::from_raw(g.volatility.value);
        state.reserve_ratio = s.reserve_ratio;
        state.mark = Price::from_raw(g.credit.value);
        contexts_->credit.set_market({m}, state);
        state.mark = Price::from_raw(g.liquidation.value);
        contexts_->liquidation.set_market({m}, state);
    }
}
const RiskContext& Engine::credit() const {
    refresh();
    return contexts_->credit;
}
const RiskContext& Engine::liquidation() const {
    refresh();
    return contexts_->liquidation;
}

/// Of the cross part, or of one isolated position.
Standing Engine::standing(AccountId account, MarketId market, Leg leg, MarginMode mode, Purpose purpose, Reading reading) const {
    const Shown a = shown(account, reading);
    const bool initial = purpose == Purpose::open || purpose == Purpose::withdraw;
    const RiskContext& context = initial ? credit() : liquidation();
    check_rationally(account, a, purpose, context);
    if (mode == MarginMode::isolated) {
        const IsolatedHealth h = isolated_health(context, a.view(), place_of(account, market, leg), purpose);
        return {h.requirement + h.order_loss, h.collateral};
    }
    const Health h = health(context, a.view(), purpose);
    return {h.requirement + h.order_loss, h.collateral};
}

SubjectFigures Engine::figures(const LiquidationSubject& subject, Purpose purpose) const {
    const Shown a = shown(subject.account, Reading::held);
    const RiskContext& context = liquidation();
    check_rationally(subject.account, a, purpose, context);
    if (subject.cross()) {
        const Health h = health(context, a.view(), purpose);
        return {h.value(), equity(context, a.view()), h.requirement};
    }
    const std::size_t place = place_of(subject.account, subject.market, subject.leg);
    const IsolatedHealth h = isolated_health(context, a.view(), place, purpose);
    return {h.value(), isolated_equity(context, a.view(), place), h.requirement};
}

Wide Engine::stressed(const LiquidationSubject& subject) const {
    const Shown a = shown(subject.account, Reading::held);
    const Rate stress = params().liquidation.stress;
    if (subject.cross()) return stressed_loss(liquidation(), a.view(), stress);
    const Wide loss = stressed_loss_isolated(liquidation(), a.view(), place_of(subject.account, subject.market, subject.leg), stress);
    const AssetId settle = settle_of(subject.market);
    return wide(ceil_of(value_of(params(), settle, exact(loss), price_of(settle).mark)));
}

Wide Engine::equity_of(AccountId account, MarketId market, Leg leg) const {
    const Shown a = shown(account, Reading::held);
    if (mode_of(account, market) == MarginMode::isolated) return isolated_equity(liquidation(), a.view(), place_of(account, market, leg));
    return equity(liquidation(), a.view());
}

bool Engine::in_liquidation(AccountId account) const {
    for (const std::uint64_t id : s.shorts.ids())
        if (s.shorts.find(id)->active && s.shorts.find(id)->subject.account == account) return true;
    return false;
}
bool Engine::in_liquidation(AccountId account, MarketId market, Leg leg) const {
    const bool isolated = mode_of(account, market) == MarginMode::isolated;
    const std::uint64_t id = find_short(isolated ? LiquidationSubject{account, market, leg} : LiquidationSubject{account});
    return id != 0 && s.shorts.find(id)->active;
}
bool Engine::allows(MarketId market, GuardedAction action) const {
    return market_params(market).guard.actions.allows(s.markets[market.index].guard.state, action);
}

std::vector<std::size_t> Engine::holdings_of(const LiquidationSubject& subject) const {
    std::vector<std::size_t> places;
    const auto& holdings = s.owners[subject.account.index].holdings;
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        const Holding& h = holdings[i];
        if (h.size == 0) continue;
        const bool own = subject.cross() ? h.mode == MarginMode::cross
                                         : h.mode == MarginMode::isolated && h.market == subject.market && h.leg == subject.leg;
        if (own) places.push_back(i);
    }
    return places;
}

AssetPrice Engine::price_of(AssetId asset) const { return liquidation().asset(asset).price; }

/// One question in so many is asked of the rational reference of risk/ too, so that the fast one is not trusted.
void Engine::check_rationally(AccountId account, const Shown& a, Purpose purpose, const RiskContext& context) const {
    if (++questions_ % 256 != 0) return;
    plimsoll::testing::Venue venue;
    venue.set = params();
    venue.set.overrides.clear();
    for (std::uint32_t i = 0; i < s.assets.size(); ++i) {
        venue.prices[i] = context.asset({i}).price;
        venue.totals[i] = context.asset({i}).venue_total;
    }
    const auto add_terms = [&](std::optional<MarketId> market, const PositionTerms& t) {
        Override o{"owner", market, {}, {}};
        if (t.multiplier.raw() != 0) o.multiplier = t.multiplier;
        if (t.initial_floor.raw() != 0) o.initial_floor = t.initial_floor;
        if (o.multiplier || o.initial_floor) venue.set.overrides.push_back(o);
    };
    add_terms({}, a.everywhere);
    for (std::uint32_t m = 0; m < s.markets.size(); ++m) {
        venue.markets[m] = context.market({m}).state;
        if (m < a.terms.size()) add_terms(MarketId{m}, a.terms[m]);
    }
    plimsoll::testing::Owner owner;
    owner.name = "owner";
    owner.account.balances = a.balances;
    owner.account.positions = a.positions;
    for (std::uint32_t m = 0; m < a.group.size(); ++m) owner.group[m] = a.group[m];
    const plimsoll::testing::ReferenceRisk slow(venue, owner);
    const auto expected = slow.health(purpose);
    const Health h = health(context, a.view(), purpose);
    const Integer collateral = exact(h.collateral);
    const bool same = collateral <= expected.collateral && collateral >= expected.collateral - expected.slack &&
                      exact(h.requirement) == expected.requirement && exact(h.order_loss) == expected.order_loss &&
                      exact(equity(context, a.view())) == slow.equity();
    if (!same)
        assertion_failed(("health of account " + std::to_string(account.index) + " is not that of the rational reference").c_str(),
                         __FILE__, __LINE__);
}

}  // namespace plimsoll::reference
