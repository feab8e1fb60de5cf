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
/// position: then no fill path can raise the requirement. A leg of hedge mode is a position of its own: both rules for the
/// pair rise and fall with each leg.
bool only_reduces(const AccountView& account, const OrderRequest& order) {
    const auto index = find_position(account, order);
    if (!index) return false;
    const Position& p = account.positions[*index];
    if (!opposes(order.side, p.size)) return false;
    if (order.leverage_hundredths != 0 && order.leverage_hundredths != p.leverage_hundredths) return false;
    const Size resting = order.side == Side::buy ? p.buys : p.sells;
    return Wide{order.size.raw()} + resting.raw() <= static_cast<Wide>(magnitude(p.size.raw()));
}

bool in_use(const Position& p) { return p.size.raw() != 0 || p.buys.raw() != 0 || p.sells.raw() != 0; }

bool mode_conflicts(const AccountView& account, const OrderRequest& order) {
    return std::any_of(account.positions.begin(), account.positions.end(), [&](const Position& p) {
        return p.market == order.market && in_use(p) && (p.mode != order.mode || (p.leg == Leg::net) != (order.leg == Leg::net));
    });
}

bool closes_leg(const OrderRequest& order) {
    return (order.leg == Leg::long_leg && order.side == Side::sell) || (order.leg == Leg::short_leg && order.side == Side::buy);
}

Refusal check_domain(const RiskContext& context, const AccountView& account, const OrderRequest& order) {
    if (order.market.index >= context.market_count()) return Refusal::market_unknown;
    const MarketParams& market = *context.market(order.market).params;
    const Instrument& instrument = market.instrument;
    const auto index = find_position(account, order);
    const Position p = index ? account.positions[*index] : Position{};
    const Wide after = static_cast<Wide>(magnitude(p.size.raw())) + p.buys.raw() + p.sells.raw() + order.size.raw();
    if (order.size.raw() <= 0 || after > Wide{3} * instrument.size_max.raw()) return Refusal::size_out_of_range;
    if (order.size > instrument.size_max || order.size.raw() % instrument.lot.raw() != 0) return Refusal::size_out_of_range;
    if (order.limit.raw() <= 0 || order.limit > instrument.price_max || order.limit.raw() % instrument.tick.raw() != 0)
        return Refusal::price_out_of_range;
    const std::uint32_t most = market.leverage_max_hundredths;
    if (most != 0 && order.leverage_hundredths > most) return Refusal::leverage_above_max;
    if (mode_conflicts(account, order)) return Refusal::mode_conflict;
    if (!index && account.positions.size() >= static_cast<std::size_t>(positions_max)) return Refusal::too_many_positions;
    const bool reduces = only_reduces(account, order);
    if (order.reduce_only && !reduces) return Refusal::reduce_only_would_increase;
    if (closes_leg(order) && !reduces) return Refusal::beyond_leg;
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
    assertion_failed("a cap outside the enumeration", __FILE__, __LINE__);
}

/// Hard limits on the state after the order's side is filled. A bound on the account's size is size_max. What only brings
/// a position nearer to zero is never refused for a limit that it already exceeds.
Refusal check_limits(const RiskContext& context, const WithOrder& after, const OrderRequest& order) {
    const AccountView& account = after.view();
    const Position& p = account.positions[after.position()];
    const MarketView& market = context.market(order.market);
    const OpenOrderPolicy policy =
        market.params->open_orders == OpenOrderPolicy::gross_per_side ? OpenOrderPolicy::gross_per_side : OpenOrderPolicy::worst_side;
    const WorstFills fills = worst_fills(policy, p);
    Size filled = order.side == Side::buy ? fills.with_buys : fills.with_sells;
    if (abs(filled) > market.params->instrument.size_max) return Refusal::size_out_of_range;
    const bool nearer = filled.raw() == 0 || ((filled.raw() > 0) == (p.size.raw() > 0) && abs(filled) <= abs(p.size));
    if (nearer && order.leverage_hundredths == 0) return Refusal::none;
    if (nearer) filled = p.size;  // the new leverage has to fit what is held until the order fills
    const GroupSize* group = account.group.empty() ? nullptr : &account.group[order.market.index];
    const FilledExposure exposure = exposure_of(market, group, p.size, filled);
    return refusal_of(check_caps(*market.schedule, exposure.exposure, exposure.figures, terms_of(market, account, after.position())));
}

/// What orders of one side cost, no better than at the mark: a loss is a loss, a bargain is none.
Wide cost_without_gain(const MarketView& market, Size size, Wide cost, bool buys) {
    const bool inverse = market.params->instrument.kind == ContractKind::inverse;
    const Wide worth = notional(market.params->instrument, size, market.state.mark, buys != inverse ? Round::floor : Round::ceil);
    return buys != inverse ? std::max(cost, worth) : std::min(cost, worth);
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
    Replacement alone;
    const Replacement* replaced = nullptr;
    if (market.params->open_orders == OpenOrderPolicy::each_alone) {
        alone = {order.market, market};
        alone.view.weighs_candidate = true;
        replaced = &alone;
    }
    if (order.mode == MarginMode::isolated) {
        const IsolatedHealth h = isolated_health(context, account, after.position(), Purpose::open, replaced);
        return verdict(h.requirement + h.order_loss, h.collateral);
    }
    const Health h = health(context, account, Purpose::open, replaced);
    return verdict(h.requirement + h.order_loss, h.collateral);
}

/// The account with one of its balances changed by `delta`. Stands in the room.
AccountView with_delta(const AccountView& account, AssetId asset, Wide delta, AdmissionRoom& room) {
    std::vector<Balance>& balances = room.balances;
    PLIM_ASSERT(account.balances.empty() || account.balances.data() != balances.data());
    balances.assign(account.balances.begin(), account.balances.end());
    auto found = std::find_if(balances.begin(), balances.end(), [&](const Balance& b) { return b.asset == asset; });
    if (found == balances.end()) found = balances.insert(balances.end(), {asset, Amount{}});
    found->amount = Amount::narrow(found->amount.raw() + delta);
    AccountView after = account;
    after.balances = balances;
    return after;
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
        case Refusal::market_unknown: return "market_unknown";
        case Refusal::asset_unknown: return "asset_unknown";
        case Refusal::amount_out_of_range: return "amount_out_of_range";
        case Refusal::mode_conflict: return "mode_conflict";
        case Refusal::too_many_positions: return "too_many_positions";
        case Refusal::beyond_leg: return "beyond_leg";
        case Refusal::mark_missing: return "mark_missing";
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

namespace {

/// Where a new position belongs: the legs of a market stand together, the long one first.
std::size_t place_for(const AccountView& account, const OrderRequest& order) {
    if (order.leg == Leg::net) return account.positions.size();
    const Leg other = order.leg == Leg::long_leg ? Leg::short_leg : Leg::long_leg;
    for (std::size_t i = 0; i < account.positions.size(); ++i) {
        const Position& p = account.positions[i];
        if (p.market == order.market && p.leg == other && p.mode == order.mode) return order.leg == Leg::long_leg ? i : i + 1;
    }
    return account.positions.size();
}

}  // namespace

WithOrder::WithOrder(const RiskContext& context, const AccountView& account, const OrderRequest& order) {
    place(context, account, order, owned_);
}

WithOrder::WithOrder(const RiskContext& context, const AccountView& account, const OrderRequest& order, AdmissionRoom& room) {
    place(context, account, order, room.positions);
}

void WithOrder::place(const RiskContext& context, const AccountView& account, const OrderRequest& order, std::vector<Position>& positions) {
    PLIM_ASSERT(account.positions.empty() || account.positions.data() != positions.data());
    positions.assign(account.positions.begin(), account.positions.end());
    const auto found = find_position(account, order);
    index_ = found.value_or(place_for(account, order));
    if (!found) {
        Position fresh;
        fresh.market = order.market;
        fresh.leg = order.leg;
        fresh.mode = order.mode;
        positions.insert(positions.begin() + static_cast<std::ptrdiff_t>(index_), fresh);
    }
    Position& p = positions[index_];
    const MarketView& market = context.market(order.market);
    const Instrument& instrument = market.params->instrument;
    if (market.params->open_orders == OpenOrderPolicy::each_alone) {
        p.buys = p.sells = Size{};
        p.buy_cost = p.sell_cost = 0;
    }
    const bool buys = order.side == Side::buy;
    const bool inverse = instrument.kind == ContractKind::inverse;
    const Wide cost = notional(instrument, order.size, order.limit, buys != inverse ? Round::ceil : Round::floor);
    Size& size = buys ? p.buys : p.sells;
    Wide& total = buys ? p.buy_cost : p.sell_cost;
    // Against the mark and rounded the same way, each part loses at least nothing; a floor and a ceiling of parts may
    // differ from those of the whole by one unit of a finer grid than any amount.
    total = cost_without_gain(market, size, total, buys) + cost_without_gain(market, order.size, cost, buys);
    size = size + order.size;
    if (order.leverage_hundredths != 0) p.leverage_hundredths = order.leverage_hundredths;
    view_ = account;
    view_.positions = positions;
}

Admission admit(const RiskContext& context, const AccountView& account, const OrderRequest& order) {
    AdmissionRoom room;
    return admit(context, account, order, room);
}

Admission admit(const RiskContext& context, const AccountView& account, const OrderRequest& order, AdmissionRoom& room) {
    if (const Refusal refusal = check_domain(context, account, order); refusal != Refusal::none) return {refusal};
    const WithOrder after(context, account, order, room);
    const bool reducing = only_reduces(account, order);
    if (!reducing) {
        if (context.market(order.market).state.mark.raw() == 0) return {Refusal::mark_missing};
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
    AdmissionRoom room;
    return admit_withdrawal(context, account, asset, amount, room);
}

Admission admit_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, Amount amount, AdmissionRoom& room) {
    if (asset.index >= context.set().assets.size()) return {Refusal::asset_unknown};
    if (amount.raw() <= 0 || amount > balance_of(account, asset)) return {Refusal::amount_out_of_range};
    const Health h = health(context, with_delta(account, asset, -Wide{amount.raw()}, room), Purpose::withdraw);
    return verdict(h.requirement + h.order_loss, h.collateral);
}

Admission admit_removal(const RiskContext& context, const AccountView& account, std::size_t position, Amount amount) {
    PLIM_ASSERT(position < account.positions.size() && account.positions[position].mode == MarginMode::isolated);
    if (amount.raw() <= 0 || amount > account.positions[position].isolated_collateral) return {Refusal::amount_out_of_range};
    const IsolatedHealth h = isolated_health(context, account, position, Purpose::withdraw);
    return verdict(h.requirement + h.order_loss, h.collateral - amount.raw());
}

std::optional<Solution> max_size(const RiskContext& context, const AccountView& account, OrderRequest order) {
    AdmissionRoom room;
    return max_size(context, account, order, room);
}

std::optional<Solution> max_size(const RiskContext& context, const AccountView& account, OrderRequest order, AdmissionRoom& room) {
    if (order.market.index >= context.market_count()) return std::nullopt;
    const Instrument& instrument = context.market(order.market).params->instrument;
    const std::int64_t lot = instrument.lot.raw();
    const auto passes = [&](std::int64_t lots) {
        order.size = Size::from_raw(lots * lot);
        return admit(context, account, order, room).admitted();
    };
    if (instrument.size_max.raw() < lot) return std::nullopt;
    auto solution = largest_passing(1, instrument.size_max.raw() / lot, passes);
    if (solution) solution->value *= lot;
    return solution;
}

std::optional<Solution> max_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset) {
    AdmissionRoom room;
    return max_withdrawal(context, account, asset, room);
}

std::optional<Solution> max_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, AdmissionRoom& room) {
    const Amount held = balance_of(account, asset);
    if (held.raw() <= 0) return std::nullopt;
    return largest_passing(1, held.raw(), [&](std::int64_t amount) {
        return admit_withdrawal(context, account, asset, Amount::from_raw(amount), room).admitted();
    });
}

std::optional<Solution> deposit_needed(const RiskContext& context, const AccountView& account, AssetId asset, Purpose purpose) {
    AdmissionRoom room;
    return deposit_needed(context, account, asset, purpose, room);
}

std::optional<Solution> deposit_needed(const RiskContext& context, const AccountView& account, AssetId asset, Purpose purpose,
                                       AdmissionRoom& room) {
    const std::int64_t space = context.asset(asset).params->amount_max.raw() - balance_of(account, asset).raw();
    if (space < 0) return std::nullopt;
    const auto fails = [&](std::int64_t amount) { return !health(context, with_delta(account, asset, amount, room), purpose).healthy(); };
    auto solution = largest_passing(0, space, fails);
    if (!solution) return Solution{0, false, 1};       // nothing is needed
    if (solution->at_bound) return std::nullopt;       // not even the most would do
    solution->value += 1;                              // the first deposit that no longer fails
    return solution;
}

}  // namespace plimsoll
