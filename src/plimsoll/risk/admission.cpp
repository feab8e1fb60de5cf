#include "plimsoll/risk/admission.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

bool opposes(Side side, Size size) { return side == Side::buy ? size.raw() < 0 : size.raw() > 0; }

std::optional<std::size_t> find_position(const AccountView& account, const OrderRequest& order) {
    for (std::size_t i = 0; i < account.positions.size(); ++i) {
        const Position& p = account.positions[i];
        if (p.market == order.market && p.leg == order.leg && p.mode == order.mode) return i;
    }
    return std::nullopt;
}

/// Whether every way of filling this order, alone or with the account's other orders of its side, only shrinks the
/// position: then no fill path can raise the requirement.
bool only_reduces(const AccountView& account, const OrderRequest& order) {
    const auto index = find_position(account, order);
    if (!index) return false;
    const Position& p = account.positions[*index];
    if (!opposes(order.side, p.size)) return false;
    const Size resting = order.side == Side::buy ? p.buys : p.sells;
    return Wide{order.size.raw()} + resting.raw() <= static_cast<Wide>(magnitude(p.size.raw()));
}

Refusal check_domain(const RiskContext& context, const AccountView& account, const OrderRequest& order) {
    const MarketParams& market = *context.market(order.market).params;
    const Instrument& instrument = market.instrument;
    const auto index = find_position(account, order);
    const Position p = index ? account.positions[*index] : Position{};
    const Wide after = static_cast<Wide>(magnitude(p.size.raw())) + p.buys.raw() + p.sells.raw() + order.size.raw();
    if (order.size.raw() <= 0 || after > Wide{3} * instrument.size_max.raw()) return Refusal::size_out_of_range;
    if (order.size > instrument.size_max || order.size.raw() % instrument.lot.raw() != 0) return Refusal::size_out_of_range;
    if (order.limit.raw() <= 0 || order.limit > instrument.price_max) return Refusal::price_out_of_range;
    const std::uint32_t most = market.leverage_max_hundredths;
    if (most != 0 && order.leverage_hundredths > most) return Refusal::leverage_above_max;
    if (order.reduce_only && !only_reduces(account, order)) return Refusal::reduce_only_would_increase;
    return Refusal::none;
}

Refusal refusal_of(CapBreach breach) {
    switch (breach) {
        case CapBreach::none: return Refusal::none;
        case CapBreach::position: return Refusal::position_cap;
        case CapBreach::group: return Refusal::group_cap;
        case CapBreach::open_interest: return Refusal::open_interest_cap;
        case CapBreach::market_cap: return Refusal::market_cap_share;
        case CapBreach::leverage: return Refusal::leverage_caps_size;
    }
    PLIM_ASSERT(!"a cap outside the enumeration");
    return Refusal::none;
}

/// Hard limits on the state after the order's side is filled. A bound on the account's size is size_max.
Refusal check_limits(const RiskContext& context, const WithOrder& after, const OrderRequest& order) {
    const AccountView& account = after.view();
    const Position& p = account.positions[after.position()];
    const MarketView& market = context.market(order.market);
    const OpenOrderPolicy policy = market.params->open_orders == OpenOrderPolicy::gross_per_side ? OpenOrderPolicy::gross_per_side : OpenOrderPolicy::worst_side;
    const WorstFills fills = worst_fills(policy, p);
    const Size filled = order.side == Side::buy ? fills.with_buys : fills.with_sells;
    if (abs(filled) > market.params->instrument.size_max) return Refusal::size_out_of_range;
    const GroupSize* group = account.group.empty() ? nullptr : &account.group[order.market.index];
    const FilledExposure exposure = exposure_of(market, group, p.size, filled);
    return refusal_of(check_caps(*market.schedule, exposure.exposure, exposure.figures, terms_of(market, account, after.position())));
}

Admission verdict(Wide required, Wide available) {
    const Wide shortfall = std::max<Wide>(0, required - available);
    return {shortfall > 0 ? Refusal::margin_insufficient : Refusal::none, required, available, shortfall, false};
}

/// Initial health with the order in place. Under the each-alone policy resting orders reserve nothing, so the candidate is
/// weighed as a worst side of its own.
Admission weigh_order(const RiskContext& context, const WithOrder& after, const OrderRequest& order) {
    const AccountView& account = after.view();
    const MarketView& market = context.market(order.market);
    Replacement alone{order.market, market};
    MarketParams reserving;
    const Replacement* replaced = nullptr;
    if (market.params->open_orders == OpenOrderPolicy::each_alone) {
        reserving = *market.params;
        reserving.open_orders = OpenOrderPolicy::worst_side;
        alone.view.params = &reserving;
        replaced = &alone;
    }
    if (order.mode == MarginMode::isolated) {
        const IsolatedHealth h = isolated_health(context, account, after.position(), Purpose::open, replaced);
        return verdict(h.requirement + h.order_loss, h.collateral);
    }
    const Health h = health(context, account, Purpose::open, replaced);
    return verdict(h.requirement + h.order_loss, h.collateral);
}

/// A set of balances with one of them changed by `delta`.
std::vector<Balance> with_delta(const AccountView& account, AssetId asset, Wide delta) {
    std::vector<Balance> balances(account.balances.begin(), account.balances.end());
    auto found = std::find_if(balances.begin(), balances.end(), [&](const Balance& b) { return b.asset == asset; });
    if (found == balances.end()) found = balances.insert(balances.end(), {asset, Amount{}});
    found->amount = Amount::narrow(found->amount.raw() + delta);
    return balances;
}

Amount balance_of(const AccountView& account, AssetId asset) {
    for (const Balance& balance : account.balances)
        if (balance.asset == asset) return balance.amount;
    return Amount{};
}

}  // namespace

const char* to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::none: return "none";
        case Refusal::size_out_of_range: return "size_out_of_range";
        case Refusal::price_out_of_range: return "price_out_of_range";
        case Refusal::leverage_above_max: return "leverage_above_max";
        case Refusal::reduce_only_would_increase: return "reduce_only_would_increase";
        case Refusal::position_cap: return "position_cap";
        case Refusal::group_cap: return "group_cap";
        case Refusal::open_interest_cap: return "open_interest_cap";
        case Refusal::market_cap_share: return "market_cap_share";
        case Refusal::leverage_caps_size: return "leverage_caps_size";
        case Refusal::margin_insufficient: return "margin_insufficient";
    }
    return "unknown";
}

WithOrder::WithOrder(const RiskContext& context, const AccountView& account, const OrderRequest& order)
    : positions_(account.positions.begin(), account.positions.end()), terms_(account.terms.begin(), account.terms.end()) {
    const auto found = find_position(account, order);
    index_ = found.value_or(positions_.size());
    if (!found) {
        Position fresh;
        fresh.market = order.market;
        fresh.leg = order.leg;
        fresh.mode = order.mode;
        positions_.push_back(fresh);
        if (!terms_.empty()) terms_.push_back({});
    }
    Position& p = positions_[index_];
    const MarketView& market = context.market(order.market);
    // Tested alone: resting orders reserve nothing under this policy, so the candidate becomes the only one.
    const bool alone = market.params->open_orders == OpenOrderPolicy::each_alone;
    const Instrument& instrument = market.params->instrument;
    const bool buys = order.side == Side::buy;
    const bool inverse = instrument.kind == ContractKind::inverse;
    const Wide cost = notional(instrument, order.size, order.limit, buys != inverse ? Round::ceil : Round::floor);
    Size& size = buys ? p.buys : p.sells;
    Wide& total = buys ? p.buy_cost : p.sell_cost;
    size = alone ? order.size : size + order.size;
    total = alone ? cost : total + cost;
    if (alone) (buys ? p.sells : p.buys) = Size{};
    if (order.leverage_hundredths != 0) p.leverage_hundredths = order.leverage_hundredths;
    view_ = account;
    view_.positions = positions_;
    view_.terms = terms_;
}

Admission admit(const RiskContext& context, const AccountView& account, const OrderRequest& order) {
    if (const Refusal refusal = check_domain(context, account, order); refusal != Refusal::none) return {refusal};
    const WithOrder after(context, account, order);
    const bool reducing = only_reduces(account, order);
    if (!reducing) {
        if (const Refusal refusal = check_limits(context, after, order); refusal != Refusal::none) return {refusal};
    }
    Admission admission = weigh_order(context, after, order);
    if (admission.refusal != Refusal::none && reducing) {
        admission.refusal = Refusal::none;
        admission.reducing = true;
    }
    return admission;
}

Admission admit_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, Amount amount) {
    if (amount.raw() <= 0 || amount > balance_of(account, asset)) return {Refusal::size_out_of_range};
    const std::vector<Balance> balances = with_delta(account, asset, -Wide{amount.raw()});
    AccountView after = account;
    after.balances = balances;
    const Health h = health(context, after, Purpose::withdraw);
    return verdict(h.requirement + h.order_loss, h.collateral);
}

std::optional<Solution> max_size(const RiskContext& context, const AccountView& account, OrderRequest order) {
    const Instrument& instrument = context.market(order.market).params->instrument;
    const std::int64_t lot = instrument.lot.raw();
    const auto passes = [&](std::int64_t lots) {
        order.size = Size::from_raw(lots * lot);
        return admit(context, account, order).admitted();
    };
    if (instrument.size_max.raw() < lot) return std::nullopt;
    auto solution = largest_passing(1, instrument.size_max.raw() / lot, passes);
    if (solution) solution->value *= lot;
    return solution;
}

std::optional<Solution> max_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset) {
    const Amount held = balance_of(account, asset);
    if (held.raw() <= 0) return std::nullopt;
    return largest_passing(1, held.raw(), [&](std::int64_t amount) {
        return admit_withdrawal(context, account, asset, Amount::from_raw(amount)).admitted();
    });
}

std::optional<Solution> deposit_needed(const RiskContext& context, const AccountView& account, AssetId asset, Purpose purpose) {
    const std::int64_t room = context.asset(asset).params->amount_max.raw() - std::max<std::int64_t>(0, balance_of(account, asset).raw());
    if (room < 0) return std::nullopt;
    const auto fails = [&](std::int64_t amount) {
        const std::vector<Balance> balances = with_delta(account, asset, amount);
        AccountView after = account;
        after.balances = balances;
        return !health(context, after, purpose).healthy();
    };
    auto solution = largest_passing(0, room, fails);
    if (!solution) return Solution{0, false, 1};       // nothing is needed
    if (solution->at_bound) return std::nullopt;       // not even the most would do
    solution->value += 1;                              // the first deposit that no longer fails
    return solution;
}

}  // namespace plimsoll
