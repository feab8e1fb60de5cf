// What closing does to an account, how much of a market may be closed at once, and what a blow would cost.
#include "plimsoll/liquidation/closing.hpp"

#include "plimsoll/liquidation/plan.hpp"
#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/solve.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }

/// A share of a notional brought to the settle asset's last place, rounded up.
Wide share_up(const Instrument& instrument, Wide worth, Rate rate) {
    PLIM_ASSERT(rate.raw() >= 0 && rate <= rate_max);
    return divide(worth * rate.raw(), pow10(notional_digits(instrument) + rate_digits - instrument.settle_digits), Round::ceil);
}

Amount settled_down(const Instrument& instrument, Wide exact) {
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    return Amount::narrow(shift >= 0 ? divide(exact, pow10(shift), Round::floor) : exact * pow10(-shift));
}

void book(std::vector<Balance>& balances, AssetId asset, Amount amount) {
    const auto found = std::find_if(balances.begin(), balances.end(), [&](const Balance& b) { return b.asset == asset; });
    if (found == balances.end()) balances.push_back({asset, amount});
    else found->amount += amount;
}

/// An amount of an asset in the numeraire at its mark, rounded up.
Wide worth_up(const AssetView& asset, Wide amount) {
    return asset.is_unit ? amount : liability_value(hundred_percent, asset.scales, amount, asset.price.mark);
}

Wide stressed_amount(const MarketView& market, const Position& position, Rate stress) {
    const Instrument& instrument = market.params->instrument;
    return share_up(instrument, notional(instrument, position.size, market.state.mark), stress);
}

}  // namespace

Wide remaining_cost(Wide cost, Size size, Size closed) {
    const Wide held = abs(Wide{size.raw()});
    PLIM_ASSERT(closed.raw() > 0 && closed.raw() <= held);
    const auto kept = static_cast<Wide>(mul_div(magnitude(cost), u(held - closed.raw()), u(held), Toward::up));
    return cost < 0 ? -kept : kept;
}

void close_at_mark(const RiskContext& context, std::vector<Position>& positions, std::vector<Balance>& balances, std::size_t position,
                   Size size, Rate fee) {
    Position& p = positions[position];
    const MarketView& market = context.market(p.market);
    const Instrument& instrument = market.params->instrument;
    const Wide kept = remaining_cost(p.cost, p.size, size);
    const Size closed = p.size.raw() < 0 ? -size : size;
    const Amount realised = settled_down(instrument, pnl_exact(instrument, closed, p.cost - kept, market.state.mark));
    const Amount charged = Amount::narrow(share_up(instrument, notional(instrument, size, market.state.mark), fee));
    if (p.mode == MarginMode::isolated) p.isolated_collateral += realised - charged;
    else book(balances, market.params->settle, realised - charged);
    p.size -= closed;
    p.cost = kept;
}

Size paced_size(const MarketView& market, std::optional<Rate> depth_share) {
    const Instrument& instrument = market.params->instrument;
    if (market.state.depth.raw() == 0 || !depth_share) return instrument.size_max;
    PLIM_ASSERT(depth_share->raw() >= 0);
    const int digits = notional_digits(instrument) - instrument.settle_digits;
    const Natural256 budget = multiply(u(market.state.depth.raw()), u(depth_share->raw())) * u(pow10(std::max(0, digits)));
    const std::int64_t lot = instrument.lot.raw();
    const auto fits = [&](std::int64_t lots) {
        const Wide worth = lots == 0 ? 0 : notional(instrument, Size::from_raw(lots * lot), market.state.mark);
        return multiply(u(worth), rate_one) * u(pow10(std::max(0, -digits))) <= budget;
    };
    const std::int64_t lots = largest_passing(0, instrument.size_max.raw() / lot, fits)->value;
    return Size::from_raw(std::max<std::int64_t>(1, lots) * lot);
}

Wide stressed_worth(const RiskContext& context, const Position& position, Rate stress) {
    const MarketView& market = context.market(position.market);
    return worth_up(context.asset(market.params->settle), stressed_amount(market, position, stress));
}

Wide stressed_loss(const RiskContext& context, const AccountView& account, Rate stress) {
    Wide lost = 0;
    for (const Position& p : account.positions) {
        if (p.mode == MarginMode::isolated) continue;
        lost += stressed_worth(context, p, stress);
    }
    return std::max<Wide>(0, lost - equity(context, account));
}

Wide stressed_loss_isolated(const RiskContext& context, const AccountView& account, std::size_t position, Rate stress) {
    const Position& p = account.positions[position];
    return std::max<Wide>(0, stressed_amount(context.market(p.market), p, stress) - isolated_equity(context, account, position));
}

}  // namespace plimsoll
