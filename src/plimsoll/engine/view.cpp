#include "plimsoll/engine/view.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// Fees that open orders may be charged are not there for anything else.
void hold_fees(const State& state, std::vector<Position>& positions, std::vector<Balance>& balances, std::span<const HeldPosition> held) {
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (held[i].orders == no_place) continue;
        const Amount fees = state.order_sums.in_place(held[i].orders).fees;
        if (fees.raw() == 0) continue;
        if (held[i].mode == MarginMode::isolated) positions[i].isolated_collateral -= fees;
        else add_balance(balances, state.market_params(positions[i].market).settle, -Wide{fees.raw()});
    }
}

void count_pending(const State& state, AccountId account, std::vector<Balance>& balances) {
    state.deposits.each([&](DepositId, const PendingDeposit& deposit) {
        if (deposit.account != account) return;
        const Rate weight = state.active->params().asset(deposit.asset).pending_weight;
        const Wide counted = divide(Wide{deposit.amount.raw()} * weight.raw(), rate_one, Round::floor);
        if (counted > 0) add_balance(balances, deposit.asset, counted);
    });
}

}  // namespace

Balance& balance_entry(std::vector<Balance>& balances, AssetId asset) {
    const auto found = std::find_if(balances.begin(), balances.end(), [&](const Balance& b) { return b.asset == asset; });
    if (found != balances.end()) return *found;
    balances.push_back({asset, Amount{}});
    return balances.back();
}

void add_balance(std::vector<Balance>& balances, AssetId asset, Wide delta) {
    Balance& entry = balance_entry(balances, asset);
    entry.amount = Amount::narrow(entry.amount.raw() + delta);
}

std::span<const GroupSize> group_of(const State& state, AccountId account) {
    const GroupId group = state.account(account).group;
    return group == no_group ? std::span<const GroupSize>{} : std::span<const GroupSize>{state.groups[group.index].markets};
}

AccountView view_of(const State& state, AccountId id, Reading reading, std::vector<Position>& positions, std::vector<Balance>& balances) {
    const AccountRecord& account = state.account(id);
    const std::span<const HeldPosition> held = state.positions.of(account.positions);
    const std::span<const Balance> owned = state.balances.of(account.balances);
    positions.clear();
    for (const HeldPosition& h : held) positions.push_back(position_of(state, h));
    balances.assign(owned.begin(), owned.end());
    if (reading != Reading::held && account.orders != 0) hold_fees(state, positions, balances, held);
    if (reading == Reading::open && account.pending != 0) count_pending(state, id, balances);
    AccountView view{balances, positions, group_of(state, id), {}, {}};
    if (account.terms != no_place) {
        const AccountTermsRecord& terms = state.terms.in_place(account.terms);
        view.terms = terms.markets;
        view.everywhere = terms.everywhere;
    }
    return view;
}

Wide trade_worth(const Instrument& instrument, Size size, Price price) { return notional(instrument, size, price, Round::floor); }

Wide to_settle(const Instrument& instrument, Wide exact, Round round) {
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    return shift >= 0 ? divide(exact, pow10(shift), round) : exact * pow10(-shift);
}

Amount fee_bound(const MarketParams& market, Size size, Price price) {
    if (market.fee_max.raw() == 0) return Amount{};
    const Wide worth = notional(market.instrument, size, price, Round::ceil);
    const int shift = notional_digits(market.instrument) + rate_digits - market.instrument.settle_digits;
    return Amount::narrow(divide(worth * market.fee_max.raw(), pow10(shift), Round::ceil));
}

}  // namespace plimsoll
