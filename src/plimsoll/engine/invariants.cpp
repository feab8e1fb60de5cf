// The laws of a state, computed anew from everything in it.
#include "plimsoll/engine/engine.hpp"

#include <string>

namespace plimsoll {

namespace {

/// Sums over all accounts, from nothing.
struct Counted {
    std::vector<Wide> money;      // by asset: balances and isolated collateral
    std::vector<Wide> held;       // by asset: positive balances
    std::vector<Wide> longs;      // by market
    std::vector<Wide> shorts;
    std::vector<Wide> cost;
    std::vector<std::vector<GroupSize>> groups;
};

std::string at_account(std::size_t account, const char* what) { return "account " + std::to_string(account) + ": " + what; }

/// An account's orders against the sums its positions hold, and against its count.
std::string count_orders(const State& state, AccountId id) {
    const AccountRecord& account = state.account(id);
    std::uint32_t seen = 0;
    OrderId before;
    for (OrderId at = account.first_order; at.value != 0; at = state.orders.at(at).after) {
        const Order& order = state.orders.at(at);
        if (order.account != id || order.before != before) return at_account(id.index, "its list of orders is broken");
        if (order.size.raw() <= 0) return at_account(id.index, "an order of no size rests");
        before = at;
        ++seen;
    }
    if (seen != account.orders || account.last_order != before) return at_account(id.index, "its count of orders is wrong");
    for (const HeldPosition& p : state.positions.of(account.positions)) {
        OrderSums sums;
        for (OrderId at = account.first_order; at.value != 0; at = state.orders.at(at).after) {
            const Order& order = state.orders.at(at);
            if (order.kind == OrderKind::liquidation || order.market.index != p.market || order.leg != p.leg) continue;
            const bool buys = order.side == Side::buy;
            const Instrument& instrument = state.market_params(order.market).instrument;
            const bool up = buys != (instrument.kind == ContractKind::inverse);
            (buys ? sums.buys : sums.sells) += order.size;
            (buys ? sums.buy_cost : sums.sell_cost) += notional(instrument, order.size, order.limit, up ? Round::ceil : Round::floor);
            sums.fees += order.fee_reserved;
            ++sums.count;
        }
        const OrderSums kept = p.orders == no_place ? OrderSums{} : state.order_sums.in_place(p.orders);
        if (kept.buys != sums.buys || kept.sells != sums.sells || kept.buy_cost != sums.buy_cost || kept.sell_cost != sums.sell_cost ||
            kept.fees != sums.fees || kept.count != sums.count)
            return at_account(id.index, "a position's order sums are not those of its orders");
    }
    return {};
}

std::string count_account(const State& state, AccountId id, Counted& counted) {
    const AccountRecord& account = state.account(id);
    for (const Balance& b : state.balances.of(account.balances)) {
        counted.money[b.asset.index] += b.amount.raw();
        counted.held[b.asset.index] += b.amount.raw() > 0 ? b.amount.raw() : 0;
    }
    for (const HeldPosition& p : state.positions.of(account.positions)) {
        const MarketId market{p.market};
        const std::int64_t size = p.size.raw();
        (size > 0 ? counted.longs : counted.shorts)[p.market] += size > 0 ? size : -Wide{size};
        counted.cost[p.market] += p.cost();
        if (p.isolated != no_place) counted.money[state.market_params(market).settle.index] += state.isolated.in_place(p.isolated).raw();
        if ((p.mode == MarginMode::isolated) != (p.isolated != no_place))
            return at_account(id.index, "an isolated position has no collateral of its own, or a cross one has");
        if (size == 0 && p.cost() != 0) return at_account(id.index, "a position of no size has a cost");
        if (abs(Wide{size}) > state.market_params(market).instrument.size_max.raw())
            return at_account(id.index, "a position is larger than size_max");
        if (account.group != no_group) {
            GroupSize& g = counted.groups[account.group.index][p.market];
            if (size > 0) g.long_size += p.size;
            else g.short_size -= p.size;
        }
    }
    return count_orders(state, id);
}

/// Costs against what was ever paid out of a market, in whole last places of the settle asset. Exact: what does not divide is a fault.
std::string open_profit(const State& state, MarketId id, Wide& sum) {
    const MarketRecord& market = state.markets[id.index];
    const Instrument& instrument = state.market_params(id).instrument;
    const Wide cost = instrument.kind == ContractKind::inverse ? -market.cost : market.cost;
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    const std::string name = "market " + std::to_string(id.index) + ": ";
    if (market.rounding < 0 || (shift > 0 ? market.rounding >= pow10(shift) : market.rounding != 0))
        return name + "rounding is more than a last place";
    const Wide paid = cost - market.rounding;
    if (shift > 0 && paid % pow10(shift) != 0) return name + "what was paid is no whole number of last places";
    sum += shift > 0 ? paid / pow10(shift) : paid * pow10(-shift);
    return {};
}

std::string check_money(const State& state, const Counted& counted) {
    std::vector<Wide> paid(state.assets.size());
    for (std::uint32_t i = 0; i < state.markets.size(); ++i)
        if (std::string fault = open_profit(state, MarketId{i}, paid[state.market_params(MarketId{i}).settle.index]); !fault.empty())
            return fault;
    for (std::size_t i = 0; i < state.assets.size(); ++i) {
        const AssetRecord& a = state.assets[i];
        const Wide have = counted.money[i] + a.fund.raw() + a.fees.raw() + a.rounding.raw() - a.bad_debt.raw();
        if (have != a.deposits - a.withdrawals + paid[i]) return "asset " + std::to_string(i) + ": money is not conserved";
        if (a.fund.raw() < 0 || a.fees.raw() < 0 || a.rounding.raw() < 0 || a.bad_debt.raw() < 0)
            return "asset " + std::to_string(i) + ": the venue's money is below zero";
        if (a.held != counted.held[i]) return "asset " + std::to_string(i) + ": the venue-wide total is wrong";
    }
    return {};
}

}  // namespace

std::string check_invariants(const State& state) {
    if (!state.active) return {};
    Counted counted{std::vector<Wide>(state.assets.size()),
                    std::vector<Wide>(state.assets.size()),
                    std::vector<Wide>(state.markets.size()),
                    std::vector<Wide>(state.markets.size()),
                    std::vector<Wide>(state.markets.size()),
                    std::vector<std::vector<GroupSize>>(state.groups.size(), std::vector<GroupSize>(state.markets.size()))};
    for (std::uint32_t a = 0; a < state.accounts.size(); ++a)
        if (std::string fault = count_account(state, AccountId{a}, counted); !fault.empty()) return fault;
    for (std::size_t i = 0; i < state.markets.size(); ++i) {
        const MarketRecord& m = state.markets[i];
        const std::string name = "market " + std::to_string(i) + ": ";
        if (counted.longs[i] != counted.shorts[i]) return name + "longs and shorts differ";
        if (m.open_interest_long.raw() != counted.longs[i] || m.open_interest_short.raw() != counted.shorts[i])
            return name + "open interest is wrong";
        if (m.cost != counted.cost[i]) return name + "the sum of costs is wrong";
    }
    for (std::size_t g = 0; g < state.groups.size(); ++g)
        for (std::size_t i = 0; i < state.groups[g].markets.size(); ++i) {
            const GroupSize& kept = state.groups[g].markets[i];
            const GroupSize& seen = counted.groups[g][i];
            if (kept.long_size != seen.long_size || kept.short_size != seen.short_size)
                return "group " + std::to_string(g) + ": its sizes are wrong";
        }
    std::vector<std::uint32_t> breaches(state.accounts.size());
    state.breaches.each([&](LiquidationId, const Breach& breach) { ++breaches[breach.subject.account.index]; });
    for (std::uint32_t a = 0; a < breaches.size(); ++a) {
        std::uint32_t listed = 0;
        each_breach(state, AccountId{a}, [&](LiquidationId, const Breach& breach) { listed += breach.subject.account.index == a ? 1 : 0; });
        if (breaches[a] != state.accounts[a].breaches || breaches[a] != listed) return at_account(a, "its count of breaches is wrong");
    }
    return check_money(state, counted);
}

}  // namespace plimsoll
