#include "plimsoll/engine/quick_order.hpp"

#include "plimsoll/engine/decide.hpp"
#include "plimsoll/risk/quick_position.hpp"

namespace plimsoll {

namespace {

/// Whether nothing about the account or the market but positions and balances decides, and there is room for the order.
bool is_ordinary(const State& state, const AccountRecord& account, const command::PlaceOrder& c) {
    const MarketRecord& market = state.markets[c.market.index];
    return account.group == no_group && account.terms == no_place && account.pending == 0 && account.breaches == 0 && c.leg == Leg::net &&
           !c.reduce_only && !market.delisted && !market.settled && guard_allows(state, c.market, GuardedAction::open) &&
           guard_allows(state, c.market, GuardedAction::reduce) && account.orders < state.limits.orders_per_account &&
           state.orders.can_add() && !state.active->params().profit.initial_cap;
}

/// The figures of the order itself: positive, inside the contract's bounds and on its grids.
bool on_grid(const Instrument& instrument, Size size, Price limit) {
    const auto whole = [](std::int64_t value, std::int64_t grid) { return grid == 1 || value % grid == 0; };
    return size.raw() > 0 && size <= instrument.size_max && whole(size.raw(), instrument.lot.raw()) && limit.raw() > 0 &&
           limit <= instrument.price_max && whole(limit.raw(), instrument.tick.raw());
}

/// Adds the order to the sums of its position as WithOrder does: what it would cost, and what rests beside it, no better than at the mark.
void add_order(const MarketView& market, const command::PlaceOrder& c, Position& p) {
    const Wide unit = market.quick.unit;
    const Wide cost = Wide{c.limit.raw()} * market.params->instrument.multiplier.raw * c.size.raw();
    const bool buys = c.side == Side::buy;
    const auto without_gain = [&](Wide paid, Size size) {
        const Wide worth = unit * size.raw();
        return buys ? std::max(paid, worth) : std::min(paid, worth);
    };
    Size& size = buys ? p.buys : p.sells;
    Wide& total = buys ? p.buy_cost : p.sell_cost;
    total = without_gain(total, size) + without_gain(cost, c.size);
    size += c.size;
}

bool has_caps(const CompiledSchedule& schedule) {
    return schedule.position_cap != notional_max || schedule.group_cap != notional_max || schedule.open_interest_cap != notional_max ||
           schedule.market_cap_share.numerator != 0;
}

/// Hard limits on the position once the order's side is filled; `p` has the order in its sums.
bool within_limits(const MarketView& market, const Position& p, Side side) {
    const Size filled = side == Side::buy ? p.size + p.buys : p.size - p.sells;
    const Instrument& instrument = market.params->instrument;
    if (abs(filled) > instrument.size_max) return false;
    if (abs(Wide{p.size.raw()}) + p.buys.raw() + p.sells.raw() > Wide{3} * instrument.size_max.raw()) return false;
    if (!has_caps(*market.schedule)) return true;
    const FilledExposure exposure = exposure_of(market, nullptr, p.size, filled);
    return check_caps(*market.schedule, exposure.exposure, exposure.figures, {}) == CapBreach::none;
}

/// Sums in the numeraire.
struct Sums {
    Wide credit = 0, requirement = 0, order_loss = 0;

    bool add(const MarketView& market, const Position& p, const QuickAsk& ask) {
        QuickRisk risk;
        if (!quick_position_risk(market, p, ask, risk)) return false;
        credit += risk.credit;
        requirement += risk.requirement.raw();
        order_loss += risk.order_loss.raw();
        return true;
    }
    /// A position on which nothing rests, as it lies.
    bool add_held(const MarketView& market, const HeldPosition& h, const QuickAsk& ask) {
        const QuickMarket& q = market.quick;
        const PlainTable* table = q.tables[static_cast<std::size_t>(ask.level)];
        const auto cost = static_cast<std::int64_t>(h.cost_low);
        if (table == nullptr || h.leverage_hundredths != 0 || !quick::fits_held(q, h.size.raw(), cost, h.cost_high)) return false;
        const std::int64_t worth = q.unit * h.size.raw();
        credit += quick::credit_of(q, worth - cost, *ask.profit);
        requirement += table->margin(quick::distance(worth)).raw();
        return true;
    }
};

/// Adds every position, the one the order is for with the order; false where one is not ordinary or a limit is passed.
bool add_positions(const State& state, const AccountRecord& account, const command::PlaceOrder& c, Sums& sums) {
    const RiskContext& context = state.active->credit;
    const QuickAsk ask{Level::initial, true, &context.profit_shares().initial};
    const auto held = state.positions.of(account.positions);
    bool placed = false;
    for (const HeldPosition& h : held) {
        const MarketView& market = context.market(MarketId{h.market});
        if (h.mode != MarginMode::cross || !context.asset(market.settle).is_unit) return false;
        if (h.orders == no_place && h.market != c.market.index) {
            if (!sums.add_held(market, h, ask)) return false;
            continue;
        }
        Position p = position_of(state, h);
        if (h.orders != no_place) sums.credit -= state.order_sums.at(state.order_sums.id_at(h.orders)).fees.raw();
        if (p.market == c.market) {
            if (h.leg != Leg::net || (h.orders == no_place && !state.order_sums.can_add())) return false;
            add_order(market, c, p);
            if (!within_limits(market, p, c.side)) return false;
            placed = true;
        }
        if (!sums.add(market, p, ask)) return false;
    }
    if (placed) return true;
    const MarketView& market = context.market(c.market);
    if (!context.asset(market.settle).is_unit || account.positions.count >= state.limits.positions_per_account ||
        account.positions.count >= static_cast<std::uint32_t>(positions_max) || !state.positions.can_insert(account.positions) ||
        !state.order_sums.can_add())
        return false;
    Position fresh;
    fresh.market = c.market;
    add_order(market, c, fresh);
    return within_limits(market, fresh, c.side) && sums.add(market, fresh, ask);
}

/// Balances at their worth; those of the numeraire together with the profits that settle in it.
Wide worth_of(const State& state, const AccountRecord& account, Wide credit) {
    const RiskContext& context = state.active->credit;
    for (const Balance& b : state.balances.of(account.balances))
        credit += b.asset == context.set().numeraire ? Wide{b.amount.raw()} : balance_value(context.asset(b.asset), b.amount.raw(), true);
    return credit;
}

}  // namespace

std::optional<event::OrderPlaced> quick_order(const State& state, const command::PlaceOrder& c) {
    const AccountRecord& account = state.account(c.account);
    const MarketParams& market = state.market_params(c.market);
    if (!is_ordinary(state, account, c) || !on_grid(market.instrument, c.size, c.limit)) return std::nullopt;
    Sums sums;
    if (!add_positions(state, account, c, sums)) return std::nullopt;
    const Amount fee = fee_bound(market, c.size, c.limit);
    const Wide required = sums.requirement + sums.order_loss;
    const Wide available = worth_of(state, account, sums.credit - fee.raw());
    if (required > available) return std::nullopt;
    return event::OrderPlaced{state.orders.next_id(), c.account, c.market, c.side, c.leg,    OrderKind::ordinary,
                              c.reduce_only,          c.size,    c.limit,  fee,    required, available};
}

}  // namespace plimsoll
