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
/// False: its figures or the sums are beyond the bounds of QuickMarket.
bool add_order(const QuickMarket& q, const Instrument& instrument, const command::PlaceOrder& c, QuickFigures& f) {
    const Wide wide_cost = Wide{c.limit.raw()} * instrument.multiplier.raw * c.size.raw();
    const auto cost = static_cast<std::int64_t>(wide_cost);
    if (((static_cast<std::uint64_t>(cost) & q.worth_beyond) | quick::high_of(wide_cost) |
         (static_cast<std::uint64_t>(c.size.raw()) & q.size_beyond)) != 0)
        return false;
    const bool buys = c.side == Side::buy;
    const auto without_gain = [&](std::int64_t paid, std::int64_t size) {
        const std::int64_t worth = q.unit * size;
        return buys ? std::max(paid, worth) : std::min(paid, worth);
    };
    std::int64_t& size = buys ? f.buys : f.sells;
    std::int64_t& total = buys ? f.buy_cost : f.sell_cost;
    total = without_gain(total, size) + without_gain(cost, c.size.raw());
    size += c.size.raw();
    return quick::fits(q, f, 0);
}

[[gnu::noinline]] bool within_caps(const MarketView& market, Size held, Size filled) {
    const FilledExposure exposure = exposure_of(market, nullptr, held, filled);
    return check_caps(*market.schedule, exposure.exposure, exposure.figures, {}) == CapBreach::none;
}

/// Hard limits on the position once the order's side is filled; `f` has the order in its sums, and fits.
bool within_limits(const MarketView& market, const QuickFigures& f, Side side) {
    const std::int64_t filled = side == Side::buy ? f.size + f.buys : f.size - f.sells;
    const std::int64_t most = market.params->instrument.size_max.raw();
    if (quick::distance(filled) > static_cast<std::uint64_t>(most)) return false;
    if (quick::distance(f.size) + static_cast<std::uint64_t>(f.buys + f.sells) > UWide{3} * static_cast<std::uint64_t>(most)) return false;
    return !market.capped || within_caps(market, Size::from_raw(f.size), Size::from_raw(filled));
}

/// Sums in the numeraire. Of values that 64 bits no longer hold nothing is said.
class Sums {
public:
    std::int64_t credit() const { return credit_; }
    std::int64_t required() const { return required_; }

    /// A position on which nothing rests, as it lies. False: it is not ordinary.
    bool add_held(const MarketView& market, const HeldPosition& h, const QuickAsk& ask) {
        const QuickMarket& q = market.quick;
        const PlainTable* table = q.tables[static_cast<std::size_t>(ask.level)];
        const QuickFigures f{h.size.raw(), static_cast<std::int64_t>(h.cost_low)};
        if (table == nullptr || !quick::fits(q, f, beyond(h))) return false;
        const std::int64_t worth = q.unit * f.size;
        return add(quick::credit_of(q, worth - f.cost, *ask.profit), table->margin(quick::distance(worth)).raw());
    }
    /// One with what rests on it, and with an order of `c` when there is one. False: it is not ordinary, or passes a limit.
    bool add_ordered(const State& state, const MarketView& market, const HeldPosition& h, const command::PlaceOrder* c,
                     const QuickAsk& ask) {
        QuickFigures f{h.size.raw(), static_cast<std::int64_t>(h.cost_low)};
        std::uint64_t wide = beyond(h);
        if (h.orders != no_place) {
            const OrderSums& resting = state.order_sums.in_place(h.orders);
            f.buys = resting.buys.raw();
            f.sells = resting.sells.raw();
            f.buy_cost = quick::low_of(resting.buy_cost);
            f.sell_cost = quick::low_of(resting.sell_cost);
            wide |= quick::high_of(resting.buy_cost) | quick::high_of(resting.sell_cost);
            if (!add(-resting.fees.raw(), 0)) return false;
        } else if (c != nullptr && !state.order_sums.can_add()) {
            return false;
        }
        const PlainTable* table = market.quick.tables[static_cast<std::size_t>(ask.level)];
        if (table == nullptr || !quick::fits(market.quick, f, wide)) return false;
        if (c != nullptr && !(add_order(market.quick, market.params->instrument, *c, f) && within_limits(market, f, c->side))) return false;
        QuickRisk risk;
        return quick::weigh(market, *table, f, ask, risk) && add(risk.credit, risk.requirement.raw()) && add(0, risk.order_loss.raw());
    }

private:
    /// What a held position says that 64 bits of figures do not, and the leverage that was chosen for it.
    static std::uint64_t beyond(const HeldPosition& h) {
        return static_cast<std::uint64_t>(h.cost_high ^ (static_cast<std::int64_t>(h.cost_low) >> 63)) | h.leverage_hundredths;
    }
    bool add(std::int64_t credit, std::int64_t required) {
        const bool credit_fits = !__builtin_add_overflow(credit_, credit, &credit_);
        const bool required_fits = !__builtin_add_overflow(required_, required, &required_);
        return credit_fits && required_fits;
    }

    std::int64_t credit_ = 0;
    std::int64_t required_ = 0;
};

/// Adds every position, the one the order is for with the order; false where one is not ordinary or a limit is passed.
bool add_positions(const State& state, const AccountRecord& account, const command::PlaceOrder& c, Sums& sums) {
    const RiskContext& context = state.active->credit;
    const QuickAsk ask{Level::initial, true, &context.profit_shares().initial};
    bool placed = false;
    for (const HeldPosition& h : state.positions.of(account.positions)) {
        const MarketView& market = context.market(MarketId{h.market});
        if (h.mode != MarginMode::cross || !market.settles_in_unit) return false;
        const bool asked = h.market == c.market.index;
        if (asked && h.leg != Leg::net) return false;
        placed |= asked;
        if (h.orders == no_place && !asked ? !sums.add_held(market, h, ask)
                                           : !sums.add_ordered(state, market, h, asked ? &c : nullptr, ask))
            return false;
    }
    if (placed) return true;
    const MarketView& market = context.market(c.market);
    if (!market.settles_in_unit || account.positions.count >= state.limits.positions_per_account ||
        account.positions.count >= static_cast<std::uint32_t>(positions_max) || !state.positions.can_insert(account.positions))
        return false;
    return sums.add_ordered(state, market, HeldPosition{}, &c, ask);
}

/// Balances at their worth; those of the numeraire together with the profits that settle in it.
Wide worth_of(const State& state, const AccountRecord& account, Wide credit) {
    const RiskContext& context = state.active->credit;
    for (const Balance& b : state.balances.of(account.balances))
        credit += b.asset == context.set().numeraire ? Wide{b.amount.raw()} : balance_value(context.asset(b.asset), b.amount.raw(), true);
    return credit;
}

}  // namespace

bool quick_order(const State& state, const command::PlaceOrder& c, event::OrderPlaced& placed) {
    const AccountRecord& account = state.account(c.account);
    const MarketParams& market = state.market_params(c.market);
    if (!is_ordinary(state, account, c) || !on_grid(market.instrument, c.size, c.limit)) return false;
    Sums sums;
    if (!add_positions(state, account, c, sums)) return false;
    const Amount fee = market.fee_max.raw() == 0 ? Amount{} : fee_bound(market, c.size, c.limit);
    const Wide required = sums.required();
    const Wide available = worth_of(state, account, Wide{sums.credit()} - fee.raw());
    if (required > available) return false;
    placed = {state.orders.next_id(), c.account, c.market, c.side, c.leg,    OrderKind::ordinary,
              c.reduce_only,          c.size,    c.limit,  fee,    required, available};
    return true;
}

}  // namespace plimsoll
