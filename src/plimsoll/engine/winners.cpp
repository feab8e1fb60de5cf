#include "plimsoll/engine/winners.hpp"

#include "plimsoll/engine/view.hpp"
#include "plimsoll/money/natural.hpp"
#include "plimsoll/risk/health.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// What there is to know of an account's position as a winner; nothing when it does not stand on that side.
template <class Add>
void add_winners(const State& state, AccountId account, MarketId market, bool longs, std::vector<Position>& positions,
                 std::vector<Balance>& balances, Add add) {
    const RiskContext& context = state.active->liquidation;
    const Instrument& instrument = state.market_params(market).instrument;
    const Price mark = context.market(market).state.mark;
    const std::span<const HeldPosition> held = state.positions.of(state.account(account).positions);
    for (std::size_t place = 0; place < held.size(); ++place) {
        const HeldPosition& p = held[place];
        if (p.market != market.index || p.size.raw() == 0 || (p.size.raw() > 0) != longs) continue;
        const AccountView view = view_of(state, account, Reading::held, positions, balances);
        const bool isolated = p.mode == MarginMode::isolated;
        // Equity and notional in one unit: the settle asset for an isolated position, the numeraire for a cross one.
        const Wide behind = isolated ? isolated_equity(context, view, place) : equity(context, view);
        const Wide worth = isolated ? to_settle(instrument, notional(instrument, p.size, mark), Round::ceil) : numeraire_notional(state, p);
        const Wide profit = pnl_exact(instrument, p.size, p.cost(), mark);
        add(Winner{account, static_cast<std::uint32_t>(p.leg), abs(p.size), std::max<Wide>(0, profit), std::max<Wide>(1, abs(p.cost())),
                   worth, std::max<Wide>(1, behind)});
    }
}

/// What an amount is worth, whatever of it would count as collateral: a balance may be beyond its asset's amount_max.
Wide worth_down(const ValueScales& scales, Wide amount, Price price) {
    const int shift = scales.asset_digits + scales.price_digits + rate_digits - scales.numeraire_digits;
    const Natural256 exact =
        Natural256(static_cast<UWide>(amount)) * static_cast<UWide>(price.raw()) * static_cast<UWide>(hundred_percent.raw());
    return static_cast<Wide>(exact.divided_down_by_pow10(shift).to_uwide());
}

/// The accounts that an event names.
void name_accounts(const Event& event, std::vector<AccountId>& accounts) {
    const auto see = [&](const auto& value) {
        using Type = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Type, AccountId>) accounts.push_back(value);
        if constexpr (std::is_same_v<Type, LiquidationSubject>) accounts.push_back(value.account);
    };
    std::visit([&](const auto& record) { each_field(record, [&](const auto&, const auto& value) { see(value); }); }, event);
}

}  // namespace

Wide numeraire_worth(const State& state, AssetId asset, Wide amount, bool high) {
    const AssetView& view = state.active->liquidation.asset(asset);
    if (view.is_unit) return amount;
    return high ? liability_value(hundred_percent, view.scales, amount, view.price.high())
                : worth_down(view.scales, amount, view.price.low());
}

Wide numeraire_notional(const State& state, const HeldPosition& position) {
    const MarketId id{position.market};
    const MarketParams& market = state.market_params(id);
    const Price mark = state.active->liquidation.market(id).state.mark;
    return numeraire_worth(state, market.settle,
                           to_settle(market.instrument, notional(market.instrument, position.size, mark), Round::ceil), true);
}

std::span<const Winner> WinnersBook::of(const State& state, MarketId market, bool longs, std::span<const Event> events,
                                        std::vector<Position>& positions, std::vector<Balance>& balances) {
    const auto found = std::find_if(lists_.begin(), lists_.end(), [&](const List& l) { return l.market == market && l.longs == longs; });
    const bool is_new = found == lists_.end();
    List& list = !is_new ? *found : lists_.emplace_back(List{market, longs, events.size(), {}});
    std::vector<Winner>& winners = list.winners;
    if (is_new) {
        for (std::uint32_t a = 0; a < state.accounts.size(); ++a)
            add_winners(state, {a}, market, longs, positions, balances, [&](const Winner& w) { winners.push_back(w); });
        rank_winners(winners);
        return winners;
    }
    std::vector<AccountId> changed;
    for (; list.seen < events.size(); ++list.seen) name_accounts(events[list.seen], changed);
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    std::erase_if(winners, [&](const Winner& w) { return std::binary_search(changed.begin(), changed.end(), w.account); });
    for (const AccountId account : changed)
        add_winners(state, account, market, longs, positions, balances,
                    [&](const Winner& w) { winners.insert(std::upper_bound(winners.begin(), winners.end(), w, ranks_before), w); });
    return winners;
}

}  // namespace plimsoll
