#include "plimsoll/risk/price_solve.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/solve.hpp"

#include <algorithm>
#include <array>

namespace plimsoll {

namespace {

/// Prices as steps away from the mark in the adverse direction, so that one search serves longs and shorts.
struct Path {
    Price mark;
    bool downward;
    std::int64_t length;  // steps to the end of the domain

    Price at(std::int64_t steps) const { return Price::from_raw(downward ? mark.raw() - steps : mark.raw() + steps); }
};

/// The account's net size in a market over all its legs: it decides which way is adverse.
Wide net_size(const AccountView& account, std::size_t position) {
    const Position& p = account.positions[position];
    if (p.mode == MarginMode::isolated) return p.size.raw();
    Wide net = 0;
    for (const Position& other : account.positions)
        if (other.market == p.market && other.mode == p.mode) net += other.size.raw();
    return net;
}

/// The last step on the path at which |size| still exceeds (lower-row rule: is above; upper-row: reaches) a whole table's
/// edge. Beyond it the requirement falls, so a search must not pass it unseen.
template <class Exceeds>
std::int64_t last_step_above(const Path& path, Exceeds exceeds) {
    const auto found = largest_passing(0, path.length, [&](std::int64_t steps) { return exceeds(path.at(steps)); });
    return found ? found->value : -1;
}

/// The ends of the stretches of the path on which health only falls: the cliffs of whole-position tables the notional
/// falls through, in the order in which they are met, and the end of the path.
class Stretches {
public:
    Stretches(const MarketView& market, const Position& position, Level level, const Path& path) : path_(path) {
        const CompiledSchedule& schedule = *market.schedule;
        const CompiledLevel& rule = schedule.level(level);
        // Notional falls along the path only for a linear long and an inverse short.
        const bool falls = (market.params->instrument.kind == ContractKind::inverse) != path.downward;
        for (std::uint32_t i = 0; falls && i < rule.terms; ++i) {
            const CompiledTerm& term = schedule.terms[rule.first_term + i];
            if (term.kind != CurveKind::brackets || term.application != Application::whole || term.axis != Axis{}) continue;
            for (std::uint32_t row = 1; row < term.rows; ++row) {
                const Wide edge = schedule.edges[term.first_row + row];
                const bool lower = term.edge == EdgeRule::lower_row;
                add(last_step_above(path, [&](Price price) {
                    const Wide n = notional(market.params->instrument, position.size, price);
                    return lower ? n > edge : n >= edge;
                }));
            }
        }
        add(path.length);
        std::sort(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(count_));
    }

    std::size_t size() const { return count_; }
    std::int64_t end(std::size_t i) const { return ends_[i]; }

private:
    void add(std::int64_t step) {
        if (step >= 0 && count_ < ends_.size()) ends_[count_++] = step;
    }

    const Path& path_;
    std::array<std::int64_t, terms_max * rows_max + 1> ends_{};
    std::size_t count_ = 0;
};

template <class Passes>
std::optional<PriceAnswer> search(const Path& path, const Stretches& stretches, Passes passes) {
    PriceAnswer answer{path.mark, path.mark, false, 0};
    const auto ask = [&](std::int64_t steps) {
        ++answer.evaluations;
        return passes(path.at(steps));
    };
    if (!ask(0)) {
        answer.breached_now = true;
        return answer;
    }
    std::int64_t from = 0;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        const std::int64_t end = stretches.end(i);
        if (end < from) continue;
        if (!ask(end)) {
            // from passes and end fails: the bounds are known, only the bits between are asked.
            std::int64_t pass = from;
            std::int64_t miss = end;
            while (miss - pass > 1) {
                const std::int64_t middle = pass + (miss - pass) / 2;
                (ask(middle) ? pass : miss) = middle;
            }
            answer.last_safe = path.at(pass);
            answer.first_breach = path.at(miss);
            return answer;
        }
        if (end == path.length) break;
        from = end + 1;
        if (!ask(from)) {  // cannot be on a falling requirement, but a second table may rise there
            answer.last_safe = path.at(end);
            answer.first_breach = path.at(from);
            return answer;
        }
    }
    return std::nullopt;
}

template <class Passes>
std::optional<PriceAnswer> solve(const RiskContext& context, const AccountView& account, std::size_t position, Level level, Passes passes) {
    const Position& p = account.positions[position];
    const Wide net = net_size(account, position);
    const MarketView& market = context.market(p.market);
    const bool downward = net > 0;
    const Price mark = market.state.mark;
    const std::int64_t length = downward ? mark.raw() : market.params->instrument.price_max.raw() - mark.raw();
    const Path path{mark, downward, net == 0 ? 0 : length};
    return search(path, Stretches(market, p, level, path), [&](Price price) {
        const Replacement replaced{p.market, context.at_price(p.market, price)};
        return passes(replaced);
    });
}

}  // namespace

std::optional<PriceAnswer> liquidation_price(const RiskContext& context, const AccountView& account, std::size_t position) {
    return solve(context, account, position, Level::maintenance, [&](const Replacement& replaced) {
        if (account.positions[position].mode == MarginMode::isolated)
            return isolated_health(context, account, position, Purpose::maintenance, &replaced).healthy();
        return health(context, account, Purpose::maintenance, &replaced).healthy();
    });
}

std::optional<PriceAnswer> bankruptcy_price(const RiskContext& context, const AccountView& account, std::size_t position) {
    return solve(context, account, position, Level::maintenance, [&](const Replacement& replaced) {
        if (account.positions[position].mode == MarginMode::isolated) {
            IsolatedHealth h = isolated_health(context, account, position, Purpose::maintenance, &replaced);
            return h.collateral >= 0;
        }
        return equity(context, account, &replaced) >= 0;
    });
}

}  // namespace plimsoll
