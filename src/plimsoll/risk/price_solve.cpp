#include "plimsoll/risk/price_solve.hpp"

#include "plimsoll/schedule/curve.hpp"
#include "plimsoll/schedule/solve.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// Prices as steps away from the mark, so that one search serves both ways.
struct Path {
    Price mark;
    PriceMove move;
    std::int64_t length;  // steps to the end of the domain

    Price at(std::int64_t steps) const { return Price::from_raw(move == PriceMove::down ? mark.raw() - steps : mark.raw() + steps); }
};

/// The positions whose figures move with the mark: an isolated one alone, or all cross ones of its market.
template <class Visit>
void each_moving(const AccountView& account, std::size_t position, Visit visit) {
    const Position& p = account.positions[position];
    if (p.mode == MarginMode::isolated) return visit(position);
    for (std::size_t i = 0; i < account.positions.size(); ++i)
        if (account.positions[i].market == p.market && account.positions[i].mode == MarginMode::cross) visit(i);
}

Wide net_size(const AccountView& account, std::size_t position) {
    Wide net = 0;
    each_moving(account, position, [&](std::size_t i) { net += account.positions[i].size.raw(); });
    return net;
}

bool saturated(const CompiledModulator& modulator, const FilledExposure& filled) {
    const Wide input = modulator_input(modulator, filled.exposure, filled.figures);
    return (modulator.descending ? modulator.start - input : input - modulator.start) >= modulator.span;
}

/// A count that stays the same while a term's rate neither jumps nor bends downward, and moves one way with the price.
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

/// Between two prices of equal count the requirement is a convex function of the notional (spec/RISK-005), so health over
/// a stretch of them is lowest at one of its ends.
Wide cuts_at(const MarketView& market, const AccountView& account, std::size_t position) {
    const CompiledSchedule& schedule = *market.schedule;
    const CompiledLevel& level = schedule.level(Level::maintenance);
    Wide cuts = 0;
    each_moving(account, position, [&](std::size_t i) {
        const Position& p = account.positions[i];
        const GroupSize* group = account.group.empty() ? nullptr : &account.group[p.market.index];
        const FilledExposure filled = exposure_of(market, group, p.size, p.size);
        if (filled.exposure.notional == 0) return;
        Trace trace;
        requirement_exact(schedule, Level::maintenance, filled.exposure, filled.figures, terms_of(market, account, i), &trace);
        cuts += 1 + (trace.binding == Binding::cap ? 1 : 0);
        for (std::uint32_t t = 0; t < level.terms; ++t) cuts += cuts_of(schedule, level, schedule.terms[level.first_term + t], filled);
    });
    return cuts;
}

/// What stands on both sides of the line at one price.
struct Stand {
    Wide collateral = 0;
    Wide requirement = 0;
    bool passes() const { return collateral >= requirement; }
};

struct Breach {
    std::int64_t last_safe;
    std::int64_t first;
};

/// `stand(steps)` weighs the account, `cuts(steps)` counts where the requirement may jump or bend.
template <class StandAt, class CutsAt>
class Search {
public:
    Search(StandAt stand, CutsAt cuts) : stand_(stand), cuts_(cuts) {}
    int evaluations() const { return evaluations_; }

    Stand ask(std::int64_t steps) {
        ++evaluations_;
        return stand_(steps);
    }

    /// The first breach in (near, far], where near passes.
    std::optional<Breach> first(std::int64_t near, Stand at_near, std::int64_t far, Stand at_far) {
        while (near < far) {
            // Collateral is lowest and the requirement largest at one of the ends: nothing between can be worse than this.
            if (std::min(at_near.collateral, at_far.collateral) >= std::max(at_near.requirement, at_far.requirement)) return std::nullopt;
            const Wide cuts_near = cuts_(near);
            const Wide apart = abs(cuts_(far) - cuts_near);
            if (apart == 0) return at_far.passes() ? std::nullopt : std::optional(bisect(near, far));
            const auto same_half = [&](std::int64_t steps) { return abs(cuts_(steps) - cuts_near) <= apart / 2; };
            const std::int64_t end = largest_passing(near, far, same_half)->value;
            const Stand at_end = end == near ? at_near : ask(end);
            if (end > near)
                if (const auto breach = first(near, at_near, end, at_end)) return breach;
            const Stand beyond = end + 1 == far ? at_far : ask(end + 1);
            if (!beyond.passes()) return Breach{end, end + 1};
            near = end + 1;
            at_near = beyond;
        }
        return std::nullopt;
    }

private:
    Breach bisect(std::int64_t pass, std::int64_t miss) {
        while (miss - pass > 1) {
            const std::int64_t middle = pass + (miss - pass) / 2;
            (ask(middle).passes() ? pass : miss) = middle;
        }
        return {pass, miss};
    }

    StandAt stand_;
    CutsAt cuts_;
    int evaluations_ = 0;
};

template <class StandAt, class CutsAt>
std::optional<PriceAnswer> search(const Path& path, StandAt stand, CutsAt cuts) {
    Search search(stand, cuts);
    PriceAnswer answer{path.mark, path.mark, false, 0};
    const Stand now = search.ask(0);
    std::optional<Breach> breach;
    if (!now.passes()) answer.breached_now = true;
    else if (path.length > 0) breach = search.first(0, now, path.length, search.ask(path.length));
    answer.evaluations = search.evaluations();
    if (answer.breached_now) return answer;
    if (!breach) return std::nullopt;
    answer.last_safe = path.at(breach->last_safe);
    answer.first_breach = path.at(breach->first);
    return answer;
}

/// How far the price can go: to 0 or price_max. Downward an inverse contract ends where a position outgrows an amount,
/// because beyond it every size is worth the same bound and legs of different size would seem to cancel.
std::int64_t length_of(const MarketView& view, const AccountView& account, std::size_t position, PriceMove move) {
    const Instrument& instrument = view.params->instrument;
    const std::int64_t mark = view.state.mark.raw();
    if (move == PriceMove::up) return instrument.price_max.raw() - mark;
    if (instrument.kind != ContractKind::inverse) return mark;
    std::int64_t length = mark;
    each_moving(account, position, [&](std::size_t i) {
        const auto inside = [&](std::int64_t steps) {
            return notional(instrument, account.positions[i].size, Price::from_raw(mark - steps)) < inverse_notional_max;
        };
        const auto last = largest_passing(0, length, inside);
        length = last ? last->value : 0;
    });
    return length;
}

/// `weigh(replaced)` is what stands on both sides with the market replaced.
template <class Weigh, class Cuts>
std::optional<PriceAnswer> solve(const RiskContext& context, const AccountView& account, std::size_t position, PriceMove move, Weigh weigh,
                                 Cuts cuts) {
    const MarketId market = account.positions[position].market;
    const MarketView& view = context.market(market);
    const Path path{view.state.mark, move, length_of(view, account, position, move)};
    const auto at = [&](std::int64_t steps) { return Replacement{market, context.at_price(market, path.at(steps))}; };
    return search(path, [&](std::int64_t steps) { return weigh(at(steps)); }, [&](std::int64_t steps) { return cuts(at(steps).view); });
}

std::int64_t distance(const std::optional<PriceAnswer>& answer, Price mark) {
    if (!answer) return std::numeric_limits<std::int64_t>::max();
    return abs(answer->first_breach - mark).raw();
}

}  // namespace

std::optional<PriceAnswer> liquidation_price(const RiskContext& context, const AccountView& account, std::size_t position, PriceMove move) {
    const Position& p = account.positions[position];
    const auto weigh = [&](const Replacement& replaced) -> Stand {
        if (p.mode == MarginMode::isolated) {
            const IsolatedHealth h = isolated_health(context, account, position, Purpose::maintenance, &replaced);
            return {h.collateral, h.requirement + h.order_loss};
        }
        const Health h = health(context, account, Purpose::maintenance, &replaced);
        return {h.collateral, h.requirement + h.order_loss};
    };
    return solve(context, account, position, move, weigh, [&](const MarketView& view) { return cuts_at(view, account, position); });
}

std::optional<PriceAnswer> liquidation_price(const RiskContext& context, const AccountView& account, std::size_t position) {
    const Wide net = net_size(account, position);
    if (net != 0) return liquidation_price(context, account, position, net > 0 ? PriceMove::down : PriceMove::up);
    auto down = liquidation_price(context, account, position, PriceMove::down);
    auto up = liquidation_price(context, account, position, PriceMove::up);
    const int evaluations = (down ? down->evaluations : 0) + (up ? up->evaluations : 0);
    const Price mark = context.market(account.positions[position].market).state.mark;
    auto& nearer = distance(up, mark) < distance(down, mark) ? up : down;
    if (nearer) nearer->evaluations = evaluations;
    return nearer;
}

std::optional<PriceAnswer> bankruptcy_price(const RiskContext& context, const AccountView& account, std::size_t position) {
    const Position& p = account.positions[position];
    const Wide net = net_size(account, position);
    const auto weigh = [&](const Replacement& replaced) -> Stand {
        if (p.mode == MarginMode::isolated) return {isolated_equity(context, account, position, &replaced), 0};
        return {equity(context, account, &replaced), 0};
    };
    return solve(context, account, position, net > 0 ? PriceMove::down : PriceMove::up, weigh, [](const MarketView&) { return Wide{0}; });
}

}  // namespace plimsoll
