// Parameter sets: brought, judged, and put in force with their effect on every account computed first.
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/risk/domain.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

bool same_asset(const Asset& a, const Asset& b) { return a.name == b.name && a.digits == b.digits && a.price_digits == b.price_digits; }

/// What positions and orders are counted in may not change; bounds, rules and schedules may.
bool same_market(const MarketParams& a, const MarketParams& b) {
    const Instrument& x = a.instrument;
    const Instrument& y = b.instrument;
    return a.name == b.name && a.settle == b.settle && x.kind == y.kind && x.price_digits == y.price_digits &&
           x.size_digits == y.size_digits && x.settle_digits == y.settle_digits && x.multiplier == y.multiplier;
}

bool keeps_what_exists(const ParameterSet& now, const ParameterSet& next) {
    if (next.numeraire != now.numeraire || next.assets.size() < now.assets.size() || next.markets.size() < now.markets.size()) return false;
    return std::equal(now.assets.begin(), now.assets.end(), next.assets.begin(), same_asset) &&
           std::equal(now.markets.begin(), now.markets.end(), next.markets.begin(), same_market);
}

/// The figures of the state in a context of another set; false when one lies outside its domain.
bool bring_figures(const State& state, RiskContext& context, bool for_credit) {
    for (std::uint32_t i = 0; i < state.markets.size(); ++i) {
        if (!state.markets[i].guard.credit.set) continue;  // no price yet, and nothing held
        const RiskContext& now = for_credit ? state.active->credit : state.active->liquidation;
        if (!context.set_market(MarketId{i}, now.market(MarketId{i}).state).empty()) return false;
    }
    for (std::uint32_t i = 0; i < state.assets.size(); ++i) {
        const AssetRecord& asset = state.assets[i];
        const AssetPrice price = asset.marked ? AssetPrice{asset.price, asset.smoothed} : context.asset(AssetId{i}).price;
        if (!context.set_asset(AssetId{i}, price, std::min<Wide>(asset.held, amount_max.raw())).empty()) return false;
    }
    return true;
}

struct Effect {
    std::uint32_t below_initial = 0;
    std::uint32_t below_maintenance = 0;
    Wide requirement = 0;
};

void add_effect(const RiskContext& credit, const RiskContext& liquidation, const AccountView& open, const AccountView& held,
                Effect& effect) {
    const Health initial = health(credit, open, Purpose::open);
    bool below_initial = !initial.healthy();
    bool below_maintenance = !health(liquidation, held, Purpose::maintenance).healthy();
    effect.requirement += initial.requirement + initial.order_loss;
    for (std::size_t i = 0; i < held.positions.size(); ++i) {
        if (held.positions[i].mode != MarginMode::isolated) continue;
        below_initial |= !isolated_health(credit, open, i, Purpose::open).healthy();
        below_maintenance |= !isolated_health(liquidation, held, i, Purpose::maintenance).healthy();
    }
    effect.below_initial += below_initial ? 1 : 0;
    effect.below_maintenance += below_maintenance ? 1 : 0;
}

/// The new set's overrides and groups must have as many markets as it has; those that came with it have no figures yet.
template <class Item>
std::span<const Item> widened(std::span<const Item> items, std::size_t markets, std::vector<Item>& room) {
    if (items.empty() || items.size() >= markets) return items;
    room.assign(items.begin(), items.end());
    room.resize(markets);
    return room;
}

/// An open reading under the next set: what fills may then be charged is held, and pending deposits count with their new weight.
void read_under(const ParameterSet& next, const State& state, AccountId account, Room& room, AccountView& open) {
    for (OrderId id = state.account(account).first_order; id.value != 0; id = state.orders.at(id).after) {
        const Order& order = state.orders.at(id);
        if (order.kind == OrderKind::liquidation) continue;
        const MarketParams& market = next.market(order.market);
        const Wide more = Wide{fee_bound(market, order.size, order.limit).raw()} - order.fee_reserved.raw();
        const auto held = std::find_if(room.positions.begin(), room.positions.end(),
                                       [&](const Position& p) { return p.market == order.market && p.leg == order.leg; });
        PLIM_ASSERT(held != room.positions.end());
        if (held->mode == MarginMode::isolated) held->isolated_collateral = Amount::narrow(held->isolated_collateral.raw() - more);
        else add_balance(room.balances, market.settle, -more);
    }
    const auto counted = [](const PendingDeposit& deposit, const ParameterSet& set) {
        return divide(Wide{deposit.amount.raw()} * set.asset(deposit.asset).pending_weight.raw(), rate_one, Round::floor);
    };
    if (state.account(account).pending != 0)
        state.deposits.each([&](DepositId, const PendingDeposit& deposit) {
            if (deposit.account != account) return;
            const Wide more = counted(deposit, next) - counted(deposit, state.active->params());
            if (more != 0) add_balance(room.balances, deposit.asset, more);
        });
    open.balances = room.balances;
}

}  // namespace

Reject decide_one(const State& state, const command::DefineSet& c, Room&, Events& out) {
    if (!c.set || !references_hold(*c.set)) return reject(RejectCode::set_invalid);
    // One that is held ready was judged when it came, and judging costs far more than hashing.
    const Digest hash = digest_of(canonical_bytes(*c.set));
    const bool known = std::any_of(state.ready.begin(), state.ready.end(), [&](const ReadySet& r) { return r.hash == hash; });
    if (known) return reject(RejectCode::already_done);
    if (has_errors(validate(*c.set)) || !RiskContext::make(*c.set).has_value()) return reject(RejectCode::set_invalid);
    if (state.ready.size() >= state.limits.sets) return reject(RejectCode::capacity_exhausted);
    out.push_back(event::SetDefined{c.set, hash, c.set->version});
    return {};
}

Reject decide_one(const State& state, const command::ActivateSet& c, Room& room, Events& out) {
    const auto ready = std::find_if(state.ready.begin(), state.ready.end(), [&](const ReadySet& r) { return r.hash == c.hash; });
    if (ready == state.ready.end()) return reject(RejectCode::set_unknown);
    const ParameterSet& next = *ready->set;
    // Overrides enter by set-override, under the id that the engine gave; a name means nothing here.
    if (!next.overrides.empty()) return reject(RejectCode::set_incompatible);
    event::SetActivated activated;
    activated.hash = c.hash;
    activated.version = next.version;
    if (state.active) {
        if (!keeps_what_exists(state.active->params(), next)) return reject(RejectCode::set_incompatible);
        auto credit = RiskContext::make(next);
        auto liquidation = RiskContext::make(next);
        PLIM_ASSERT(credit.has_value() && liquidation.has_value());
        if (!bring_figures(state, *credit, true) || !bring_figures(state, *liquidation, false)) return reject(RejectCode::set_incompatible);
        Effect before;
        Effect after;
        std::vector<GroupSize> groups;
        std::vector<PositionTerms> terms;
        for (std::uint32_t a = 0; a < state.accounts.size(); ++a) {
            AccountView open = view_of(state, AccountId{a}, Reading::open, room.positions, room.balances);
            AccountView held = view_of(state, AccountId{a}, Reading::held, room.other_positions, room.other_balances);
            add_effect(state.active->credit, state.active->liquidation, open, held, before);
            open.group = held.group = widened(open.group, next.markets.size(), groups);
            open.terms = held.terms = widened(open.terms, next.markets.size(), terms);
            if (!account_fault(*credit, held).empty()) return reject(RejectCode::set_incompatible);
            read_under(next, state, AccountId{a}, room, open);
            add_effect(*credit, *liquidation, open, held, after);
        }
        activated.below_initial_before = before.below_initial;
        activated.below_initial_after = after.below_initial;
        activated.below_maintenance_before = before.below_maintenance;
        activated.below_maintenance_after = after.below_maintenance;
        activated.requirement_before = before.requirement;
        activated.requirement_after = after.requirement;
    }
    out.push_back(activated);
    return {};
}

}  // namespace plimsoll
