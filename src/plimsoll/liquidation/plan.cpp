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

namespace {

/// Works in the room's copies of the account: each question closes, asks and takes back.
class Planner {
public:
    Planner(const RiskContext& context, const AccountView& account, PlanRoom& room, std::vector<Reduction>& out)
        : context_(context), account_(account), room_(room), out_(out) {
        room_.positions.assign(account.positions.begin(), account.positions.end());
        room_.balances.assign(account.balances.begin(), account.balances.end());
        room_.group.assign(account.group.begin(), account.group.end());
        room_.order.clear();
        out_.clear();
    }

    /// The account is asked as a whole, or as this one isolated position.
    void alone(std::size_t position) { isolated_ = position; }

    void consider(std::size_t position, const Closing& closing);
    void run();

private:
    struct Before {
        Position position;
        GroupSize side;
        std::size_t balances;
        Amount balance;
    };

    const MarketView& market_of(const PlanCandidate& c) const { return context_.market(room_.positions[c.position].market); }
    Amount* balance_of(const PlanCandidate& c);
    Before close(const PlanCandidate& c, Size size);
    void take_back(const PlanCandidate& c, const Before& before);

    Wide value() const;
    Wide value_after(const PlanCandidate& c, Size size) {
        const Before before = close(c, size);
        const Wide after = value();
        take_back(c, before);
        return after;
    }
    std::optional<Size> least(const PlanCandidate& c);
    void plan(PlanCandidate& c, Size size) {
        close(c, size);
        out_.push_back({c.position, size});
        c.planned = true;
    }

    const RiskContext& context_;
    const AccountView& account_;
    PlanRoom& room_;
    std::vector<Reduction>& out_;
    std::optional<std::size_t> isolated_;
};

void Planner::consider(std::size_t position, const Closing& closing) {
    const Position& p = room_.positions[position];
    const MarketView& market = context_.market(p.market);
    const Instrument& instrument = market.params->instrument;
    PLIM_ASSERT(closing.fee.raw() >= 0 && closing.size_most.raw() >= 0);
    PlanCandidate c;
    c.position = position;
    c.fee = closing.fee;
    // What is left over the last lot goes with the whole position only.
    const std::int64_t lot = instrument.lot.raw();
    const Size held = abs(p.size);
    c.most = closing.size_most >= held ? held : Size::from_raw(closing.size_most.raw() / lot * lot);
    if (c.most.raw() == 0) return;
    c.notional = notional(instrument, p.size, market.state.mark);
    c.requirement = position_risk(market, account_, position, Purpose::closeout).requirement;
    c.digits = notional_digits(instrument) - instrument.settle_digits;
    c.worth = worth_up(context_.asset(market.params->settle), share_up(instrument, c.notional, hundred_percent));
    room_.order.push_back(c);
}

/// The effective close-out rate over the fee rate as a fraction: requirement * 10^digits / (notional * fee), which is 0 for a
/// position worth nothing.
bool relieves_more(const PlanCandidate& a, const PlanCandidate& b) {
    const bool free_a = a.fee.raw() == 0;
    const bool free_b = b.fee.raw() == 0;
    if (free_a != free_b) return free_a;
    if (!free_a) {
        const auto top = [](const PlanCandidate& c) {
            const Natural512 need = c.notional == 0 ? Natural512() : Natural512(u(c.requirement.raw()));
            return need * u(pow10(std::max(0, c.digits)));
        };
        const auto bottom = [](const PlanCandidate& c) {
            return Natural512(u(std::max<Wide>(1, c.notional))) * u(c.fee.raw()) * u(pow10(std::max(0, -c.digits)));
        };
        const auto order = top(a) * bottom(b) <=> top(b) * bottom(a);
        if (order != 0) return order > 0;
    }
    return a.worth != b.worth ? a.worth > b.worth : a.position < b.position;
}

Amount* Planner::balance_of(const PlanCandidate& c) {
    const AssetId settle = market_of(c).params->settle;
    for (Balance& b : room_.balances)
        if (b.asset == settle) return &b.amount;
    return nullptr;
}

Planner::Before Planner::close(const PlanCandidate& c, Size size) {
    const Position& p = room_.positions[c.position];
    const Amount* balance = balance_of(c);
    Before before{p, {}, room_.balances.size(), balance == nullptr ? Amount{} : *balance};
    if (!room_.group.empty()) {
        // The owner holds as much less; never below what this account itself still holds there.
        GroupSize& group = room_.group[p.market.index];
        before.side = group;
        Size& side = p.size.raw() < 0 ? group.short_size : group.long_size;
        side = std::max(Size{}, side - size);
    }
    close_at_mark(context_, room_.positions, room_.balances, c.position, size, c.fee);
    return before;
}

void Planner::take_back(const PlanCandidate& c, const Before& before) {
    room_.positions[c.position] = before.position;
    if (!room_.group.empty()) room_.group[before.position.market.index] = before.side;
    room_.balances.resize(before.balances);
    if (Amount* balance = balance_of(c); balance != nullptr) *balance = before.balance;
}

Wide Planner::value() const {
    AccountView view = account_;
    view.positions = room_.positions;
    view.balances = room_.balances;
    view.group = room_.group;
    return isolated_ ? isolated_health(context_, view, *isolated_, Purpose::closeout).value()
                     : health(context_, view, Purpose::closeout).value();
}

std::optional<Size> Planner::least(const PlanCandidate& c) {
    const std::int64_t lot = market_of(c).params->instrument.lot.raw();
    const std::int64_t lots = c.most.raw() / lot + (c.most.raw() % lot != 0 ? 1 : 0);
    const auto size_of = [&](std::int64_t count) { return Size::narrow(std::min(Wide{count} * lot, Wide{c.most.raw()})); };
    if (value_after(c, c.most) < 0) return std::nullopt;
    const auto falls_short = [&](std::int64_t count) { return count == 0 || value_after(c, size_of(count)) < 0; };
    return size_of(largest_passing(0, lots - 1, falls_short)->value + 1);
}

void Planner::run() {
    Wide now = value();
    if (now >= 0) return;
    std::sort(room_.order.begin(), room_.order.end(), relieves_more);
    for (PlanCandidate& c : room_.order) {
        if (const auto size = least(c)) return plan(c, *size);
        // One leg of a pair may relieve nothing while the other stands: what brings nothing waits.
        const Wide after = value_after(c, c.most);
        if (after <= now) continue;
        plan(c, c.most);
        now = after;
    }
    for (PlanCandidate& c : room_.order) {
        if (c.planned) continue;
        if (const auto size = least(c)) return plan(c, *size);
        plan(c, c.most);
    }
}

}  // namespace

void plan_cross(const RiskContext& context, const AccountView& account, std::span<const Closing> closings, PlanRoom& room,
                std::vector<Reduction>& out) {
    PLIM_ASSERT(closings.size() == account.positions.size());
    Planner planner(context, account, room, out);
    for (std::size_t i = 0; i < closings.size(); ++i)
        if (account.positions[i].mode == MarginMode::cross) planner.consider(i, closings[i]);
    planner.run();
}

void plan_isolated(const RiskContext& context, const AccountView& account, std::size_t position, const Closing& closing, PlanRoom& room,
                   std::vector<Reduction>& out) {
    PLIM_ASSERT(position < account.positions.size() && account.positions[position].mode == MarginMode::isolated);
    Planner planner(context, account, room, out);
    planner.alone(position);
    planner.consider(position, closing);
    planner.run();
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

Wide stressed_loss(const RiskContext& context, const AccountView& account, Rate stress) {
    Wide lost = 0;
    for (const Position& p : account.positions) {
        if (p.mode == MarginMode::isolated) continue;
        const MarketView& market = context.market(p.market);
        lost += worth_up(context.asset(market.params->settle), stressed_amount(market, p, stress));
    }
    return std::max<Wide>(0, lost - equity(context, account));
}

Wide stressed_loss_isolated(const RiskContext& context, const AccountView& account, std::size_t position, Rate stress) {
    const Position& p = account.positions[position];
    return std::max<Wide>(0, stressed_amount(context.market(p.market), p, stress) - isolated_equity(context, account, position));
}

}  // namespace plimsoll
