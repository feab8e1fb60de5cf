#include "plimsoll/liquidation/plan.hpp"

#include "plimsoll/liquidation/closing.hpp"
#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/curve.hpp"
#include "plimsoll/schedule/solve.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }
constexpr int stretches_max = 256;  // of one search; what comes after them is searched as one

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

bool saturated(const CompiledModulator& modulator, const FilledExposure& filled) {
    const Wide input = modulator_input(modulator, filled.exposure, filled.figures);
    return (modulator.descending ? modulator.start - input : input - modulator.start) >= modulator.span;
}

/// What one term adds to the count below.
Wide cuts_of(const CompiledSchedule& schedule, const CompiledLevel& level, const CompiledTerm& term, const FilledExposure& filled) {
    Wide cuts = 0;
    for (std::uint32_t i = 0; level.modulated && i < term.modulators; ++i)
        cuts += saturated(schedule.modulators[term.first_modulator + i], filled) ? 1 : 0;
    const AxisPoint point = axis_point(term, filled.exposure, filled.figures);
    if (term.application == Application::marginal || (point.divided && point.unit == 0)) return cuts;
    if (term.kind == CurveKind::knots) return cuts + row_of(schedule, term, point);
    // The rate itself tells the brackets and steps of a whole position apart.
    const bool jumps = term.kind == CurveKind::brackets || term.kind == CurveKind::steps;
    return jumps ? cuts + whole_value(schedule, term, point, pow10(12)) : cuts;
}

/// A count that stays the same while a position shrinks and neither a whole-position rate jumps nor a cap ceases to bind nor a ramp
/// to be saturated. Between two sizes of equal count the requirement is a convex function of the size (spec/RISK-005), and
/// health after closing a concave one.
Wide cuts_of(const CompiledSchedule& schedule, const FilledExposure& filled, const AccountTerms& terms) {
    if (filled.exposure.notional == 0) return 0;
    const CompiledLevel& level = schedule.level(Level::closeout);
    Trace trace;
    requirement_exact(schedule, Level::closeout, filled.exposure, filled.figures, terms, &trace);
    Wide cuts = trace.binding == Binding::cap ? 1 : 0;
    for (std::uint32_t i = 0; i < level.terms; ++i) cuts += cuts_of(schedule, level, schedule.terms[level.first_term + i], filled);
    return cuts;
}

/// What is closed together, lot by lot of `first`: one position, or two legs of which the larger is charged. The smaller leg
/// follows once the larger has come down to it, for before that closing it relieves nothing.
struct Move {
    PlanCandidate* first = nullptr;
    PlanCandidate* second = nullptr;
    Wide ahead = 0;  // by how much the first is larger
    std::int64_t lot = 1;

    Size first_size(std::int64_t lots) const { return Size::narrow(std::min<Wide>(Wide{lots} * lot, first->left().raw())); }
    Size second_size(Size closed) const {
        if (second == nullptr) return Size{};
        if (closed == first->held) return second->left();
        const Wide follows = round_up_to_multiple(std::max<Wide>(0, closed.raw() - ahead), lot);
        return Size::narrow(std::min<Wide>(follows, second->left().raw()));
    }
    std::int64_t lots() const { return narrow64(divide(first->left().raw(), lot, Round::ceil)); }
};

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

    /// The account is asked as this one isolated position.
    void alone(std::size_t position) { isolated_ = position; }

    void consider(std::size_t position, const Closing& closing);
    void run();

private:
    struct Before {
        Position position;
        GroupSize side;
        std::size_t balances = 0;
        Amount balance;
    };

    const MarketView& market_of(const PlanCandidate& c) const { return context_.market(room_.positions[c.position].market); }
    AccountView view() const;
    Amount* balance_of(const PlanCandidate& c);
    Before close(const PlanCandidate& c, Size size);
    void take_back(const PlanCandidate& c, const Before& before);
    template <class Ask>
    Wide after(const Move& move, std::int64_t lots, Ask ask);

    Wide value() const;
    Wide value_after(const Move& move, std::int64_t lots) {
        return after(move, lots, [this] { return value(); });
    }
    Wide cuts(const PlanCandidate& c) const;
    Wide cuts_after(const Move& move, std::int64_t lots);

    Move move_of(PlanCandidate& c);
    Wide noise(const Move& move) const;
    std::int64_t bisect(const Move& move, std::int64_t miss, std::int64_t pass);
    std::optional<std::int64_t> climb(const Move& move, std::int64_t low, Wide at_low, std::int64_t high, Wide at_high);
    std::optional<std::int64_t> least(const Move& move);
    void plan(PlanCandidate& c, Size size);
    void plan_whole(const Move& move);
    void finish(const Move& move, std::int64_t lots);
    bool relieve(PlanCandidate& c, Wide& now);

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
    c.held = abs(p.size);
    c.most = closing.size_most >= c.held ? c.held : Size::from_raw(closing.size_most.raw() / lot * lot);
    if (c.most.raw() == 0) return;
    c.notional = notional(instrument, p.size, market.state.mark);
    c.requirement = position_risk(market, account_, position, Purpose::closeout).requirement;
    c.digits = notional_digits(instrument) - instrument.settle_digits;
    c.worth = stressed_worth(context_, p, hundred_percent);
    room_.order.push_back(c);
}

AccountView Planner::view() const {
    AccountView view = account_;
    view.positions = room_.positions;
    view.balances = room_.balances;
    view.group = room_.group;
    return view;
}

Wide Planner::value() const {
    return isolated_ ? isolated_health(context_, view(), *isolated_, Purpose::closeout).value()
                     : health(context_, view(), Purpose::closeout).value();
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
    if (!room_.group.empty()) {  // the owner then holds as much less
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

/// What `ask` says of the account after so many lots of a move.
template <class Ask>
Wide Planner::after(const Move& move, std::int64_t lots, Ask ask) {
    if (lots == 0) return ask();
    const Size closed = move.first_size(lots);
    const Size follows = move.second_size(closed);
    const Before first = close(*move.first, closed);
    if (follows.raw() == 0) {
        const Wide answer = ask();
        take_back(*move.first, first);
        return answer;
    }
    const Before second = close(*move.second, follows);
    const Wide answer = ask();
    take_back(*move.second, second);
    take_back(*move.first, first);
    return answer;
}

Wide Planner::cuts(const PlanCandidate& c) const {
    const Position& p = room_.positions[c.position];
    const MarketView& market = context_.market(p.market);
    const GroupSize* group = room_.group.empty() ? nullptr : &room_.group[p.market.index];
    return cuts_of(*market.schedule, exposure_of(market, group, p.size, p.size), terms_of(market, view(), c.position));
}

Wide Planner::cuts_after(const Move& move, std::int64_t lots) {
    return after(move, lots, [&] { return cuts(*move.first) + (move.second == nullptr ? 0 : cuts(*move.second)); });
}

/// The two legs of a pair whose larger one is charged go together as long as none of them was closed before.
Move Planner::move_of(PlanCandidate& c) {
    const MarketView& market = market_of(c);
    const std::int64_t lot = market.params->instrument.lot.raw();
    if (!isolated_ && market.params->hedge == HedgeRule::larger_leg && c.planned.raw() == 0) {
        for (PlanCandidate& other : room_.order) {
            if (other.position == c.position || room_.positions[other.position].market != room_.positions[c.position].market) continue;
            if (other.planned.raw() != 0) break;
            const bool smaller = c.held < other.held || (c.held == other.held && other.position < c.position);
            PlanCandidate& first = smaller ? other : c;
            PlanCandidate& second = smaller ? c : other;
            return {&first, &second, Wide{first.held.raw()} - second.held.raw(), lot};
        }
    }
    return {&c, nullptr, 0, lot};
}

/// The least number of lots in (miss, pass] before which one lot less falls short.
std::int64_t Planner::bisect(const Move& move, std::int64_t miss, std::int64_t pass) {
    const auto falls_short = [&](std::int64_t lots) { return lots == miss || value_after(move, lots) < 0; };
    return largest_passing(miss, pass - 1, falls_short)->value + 1;
}

/// By how much roundings may hide whether health rises or falls: the profit, the fee and the requirement are rounded, each once.
Wide Planner::noise(const Move& move) const {
    constexpr Wide units = 4;
    const AssetView& asset = context_.asset(market_of(*move.first).settle);
    if (isolated_ || asset.is_unit) return 2 * units;
    return units + liability_value(asset.params->liability_weight_maintenance, asset.scales, units, asset.price.high());
}

/// Health over a stretch without a jump rises and then falls. Where it suffices at neither end, this looks for a number of lots
/// between them that does, unless it plainly falls from the low end on or rises to the high one.
std::optional<std::int64_t> Planner::climb(const Move& move, std::int64_t low, Wide at_low, std::int64_t high, Wide at_high) {
    const std::int64_t step = std::max<std::int64_t>(1, (high - low) / 64);
    if (high - low < 2) return std::nullopt;
    const Wide hidden = noise(move);
    if (value_after(move, low + step) < at_low - hidden || value_after(move, high - step) < at_high - hidden) return std::nullopt;
    while (high - low > 2) {
        const std::int64_t third = std::max<std::int64_t>(1, (high - low) / 3);
        const Wide at_left = value_after(move, low + third);
        if (at_left >= 0) return low + third;
        const Wide at_right = value_after(move, high - third);
        if (at_right >= 0) return high - third;
        if (at_left < at_right) low += third;
        else high -= third;
    }
    return value_after(move, low + 1) >= 0 ? std::optional(low + 1) : std::nullopt;
}

/// The least number of lots that suffices, nearest stretch first: a whole-position rate that steps down relieves at once, and
/// after it the fee may take more than the rest relieves.
std::optional<std::int64_t> Planner::least(const Move& move) {
    const std::int64_t lots = move.lots();
    const auto suffices = [&](std::int64_t count) { return value_after(move, count) >= 0; };
    std::int64_t low = 1;
    for (int stretch = 1; low < lots; ++stretch) {
        const Wide at_low = value_after(move, low);
        if (at_low >= 0) return low;
        const Wide count = cuts_after(move, low);
        const auto same = [&](std::int64_t to) { return to == low || cuts_after(move, to) == count; };
        const std::int64_t high = stretch < stretches_max ? largest_passing(low, lots - 1, same)->value : lots - 1;
        if (high > low) {
            const Wide at_high = value_after(move, high);
            if (at_high >= 0) return bisect(move, low, high);
            if (const auto top = climb(move, low, at_low, high, at_high)) return bisect(move, low, *top);
        }
        low = high + 1;
    }
    return suffices(lots) ? std::optional(lots) : std::nullopt;
}

void Planner::plan(PlanCandidate& c, Size size) {
    if (size.raw() == 0) return;
    close(c, size);
    c.planned += size;
    // Planned further, a reduction becomes the last one.
    const auto earlier = std::find_if(out_.begin(), out_.end(), [&](const Reduction& r) { return r.position == c.position; });
    if (earlier != out_.end()) out_.erase(earlier);
    out_.push_back({c.position, c.planned});
}

void Planner::plan_whole(const Move& move) {
    const Size closed = move.first->left();
    const Size follows = move.second_size(closed);
    plan(*move.first, closed);
    if (move.second != nullptr) plan(*move.second, follows);
}

/// Plans what suffices. Of a pair the smaller leg is planned last, anew beside the other: a part of what followed may do.
void Planner::finish(const Move& move, std::int64_t lots) {
    const Size closed = move.first_size(lots);
    const Size follows = move.second_size(closed);
    if (follows.raw() == 0) return plan(*move.first, closed);
    const Move larger{move.first, nullptr, 0, move.lot};
    if (value_after(larger, lots) >= 0) return plan(*move.first, larger.first_size(bisect(larger, 0, lots)));
    plan(*move.first, closed);
    const Move smaller{move.second, nullptr, 0, move.lot};
    plan(*move.second, smaller.first_size(bisect(smaller, 0, narrow64(divide(follows.raw(), move.lot, Round::ceil)))));
}

/// True: it suffices. What brings no relief even as a whole is left for later.
bool Planner::relieve(PlanCandidate& c, Wide& now) {
    const Move move = move_of(c);
    const Move larger{move.first, nullptr, 0, move.lot};
    for (const Move& way : {move, larger}) {
        if (const auto lots = least(way)) {
            finish(way, *lots);
            return true;
        }
        if (move.second == nullptr) break;  // both ways are one
    }
    const Wide after = value_after(move, move.lots());
    if (after <= now) return false;
    plan_whole(move);
    now = after;
    return false;
}

void Planner::run() {
    Wide now = value();
    if (now >= 0) return;
    std::sort(room_.order.begin(), room_.order.end(), relieves_more);
    for (PlanCandidate& c : room_.order)
        if (c.planned.raw() == 0 && relieve(c, now)) return;
    for (PlanCandidate& c : room_.order) {
        if (c.left().raw() == 0) continue;
        const Move alone{&c, nullptr, 0, market_of(c).params->instrument.lot.raw()};
        if (const auto lots = least(alone)) return finish(alone, *lots);
        plan_whole(alone);
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

}  // namespace plimsoll
