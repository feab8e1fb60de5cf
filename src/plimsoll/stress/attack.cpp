#include "plimsoll/stress/attack.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace plimsoll::stress {

namespace {

constexpr int pushes_tried = 160;

/// 0, 1, 2, 3, 4, 6, 8, 12, ... up to a most, and the most.
std::vector<int> growing(int most) {
    std::vector<int> all;
    for (int i = 0; i < most; i = i < 4 ? i + 1 : i + i / 2) all.push_back(i);
    all.push_back(most);
    return all;
}

}  // namespace

AttackSearch::AttackSearch(AttackedMarket market) : market_(std::move(market)) {
    PLIM_ASSERT(market_.step_s > 0 && market_.window_s > 0 && market_.push_most >= 1 && market_.half_life_s > 0 && market_.clamp_steps > 0);
    find_ways(false);
    find_ways(true);
    number_beliefs();
}

/// Buys up to each step's distance, and buys again what came back while it is held.
AttackSearch::Way AttackSearch::way_of(bool is_short, double push, int push_steps, int hold_steps) const {
    const Profile& side = is_short ? market_.bids : market_.asks;
    Way way{is_short, push, push_steps, hold_steps, 1, 0};
    const double far = std::log(push);
    const double stays = std::exp2(-market_.step_s / market_.half_life_s);
    double taken = 0, amount = 0, worth = 0, believed = 0, anchor = 0;
    for (int step = 1; step <= push_steps + hold_steps; ++step) {
        taken *= stays;
        const double x = step >= push_steps ? far : far * step / push_steps;
        const double wanted = std::max(taken, side.within(x));
        amount += wanted - taken;
        worth += side.worth(wanted) - side.worth(taken);
        taken = wanted;
        // The first step is the last of an interval; at the next a new one begins where the believed price is.
        if (step >= 2 && (step - 2) % market_.clamp_steps == 0) anchor = believed;
        believed = std::min(x, anchor + market_.clamp);
    }
    way.believed = std::exp(believed);
    // A short first sells what it borrowed and buys it back at the old price.
    way.cost = is_short ? amount - market_.resale * worth : worth - market_.resale * amount;
    return way;
}

void AttackSearch::find_ways(bool is_short) {
    const Profile& side = is_short ? market_.bids : market_.asks;
    if (side.most() <= 0) return;
    const double far = std::log(market_.push_most);
    const int steps = std::max(1, static_cast<int>(market_.window_s / market_.step_s));
    // Holding helps where belief comes late, and where what leaves is limited; a way of each length is kept only for the second.
    const bool holds = std::isfinite(market_.clamp) || std::isfinite(market_.outflow_per_s);
    std::map<int, std::vector<Way>> by_hold;
    for (int i = 1; i <= pushes_tried; ++i)
        for (const int push_steps : growing(steps)) {
            if (push_steps == 0) continue;
            for (const int hold_steps : holds ? growing(steps - push_steps) : std::vector{0}) {
                const Way way = way_of(is_short, std::exp(far * i / pushes_tried), push_steps, hold_steps);
                if (market_.waits_for_belief && way.believed < way.push * (1 - 1e-9)) continue;
                by_hold[std::isfinite(market_.outflow_per_s) ? hold_steps : 0].push_back(way);
            }
        }
    for (auto& [hold, ways] : by_hold) keep_best(ways);
}

/// Of ways that another is better than in both belief and cost, none.
void AttackSearch::keep_best(std::vector<Way>& ways) {
    std::sort(ways.begin(), ways.end(),
              [](const Way& a, const Way& b) { return a.believed > b.believed || (a.believed == b.believed && a.cost < b.cost); });
    double cheapest = std::numeric_limits<double>::infinity();
    for (const Way& way : ways) {
        if (way.cost >= cheapest) continue;
        cheapest = way.cost;
        ways_.push_back(way);
    }
}

/// Many ways end in the same belief, and asking for a margin is what takes time.
void AttackSearch::number_beliefs() {
    std::map<std::pair<bool, double>, std::size_t> places;
    for (Way& way : ways_) {
        const double times = way.is_short ? 1 / way.believed : way.believed;
        const auto [found, is_new] = places.try_emplace({way.is_short, times}, beliefs_.size());
        if (is_new) beliefs_.push_back({times, way.is_short});
        way.belief = found->second;
    }
}

AttackSearch::Margins AttackSearch::margins_at(double open_interest, std::uint32_t accounts) const {
    Margins margins{std::vector<double>(beliefs_.size()), {}};
    if (!market_.margin) return margins;
    const auto all = [&](double times, bool is_short) {
        return accounts * market_.margin(calibrate::one_of(accounts, open_interest, times, is_short));
    };
    for (const bool is_short : {false, true}) margins.opened[is_short] = all(1, is_short);
    for (std::size_t i = 0; i < beliefs_.size(); ++i)
        margins.at[i] = market_.margin_follows ? all(beliefs_[i].times, beliefs_[i].is_short) : margins.opened[beliefs_[i].is_short];
    return margins;
}

AttackPlan AttackSearch::plan_of(const Way& way, Leave leave, double open_interest, std::uint32_t accounts, const Margins& margins) const {
    AttackPlan plan;
    plan.leave = leave;
    plan.is_short = way.is_short;
    plan.open_interest = open_interest;
    plan.accounts = accounts;
    plan.push = way.push;
    plan.push_steps = way.push_steps;
    plan.hold_steps = way.hold_steps;
    plan.believed = way.believed;
    plan.cost = way.cost;
    const double times = way.is_short ? 1 / way.believed : way.believed;
    const double move = open_interest * std::abs(times - 1);
    // A step at least passes between the last push and the leaving.
    const double lets_out = market_.outflow_per_s * market_.step_s * std::max(1, way.hold_steps);
    switch (leave) {
        case Leave::withdraw:
            plan.margin = margins.at[way.belief];
            plan.gain = std::min({market_.profit_weight * move, lets_out, market_.there});
            break;
        case Leave::close: {
            const double impact = market_.impact ? market_.impact(open_interest * times) : 0;
            plan.gain = std::min({move - impact, lets_out, market_.there});
            break;
        }
        case Leave::two_legs:
            plan.margin = margins.opened[!way.is_short];  // the leg that loses is the other one
            plan.gain = std::min({move, lets_out, plan.margin + market_.there});
            break;
    }
    return plan;
}

AttackPlan AttackSearch::best(double open_interest) const {
    AttackPlan best;
    best.open_interest = open_interest;
    if (open_interest > market_.open_interest_most) return best;
    for (std::uint32_t accounts = 1;; accounts = std::min(accounts * 2, market_.accounts_most)) {
        if (open_interest / accounts > market_.position_most) {
            if (accounts >= market_.accounts_most) break;
            continue;
        }
        const Margins margins = margins_at(open_interest, accounts);
        for (const Leave leave : market_.leaves)
            for (const Way& way : ways_) {
                const AttackPlan plan = plan_of(way, leave, open_interest, accounts, margins);
                if (plan.value() > best.value()) best = plan;
            }
        if (accounts >= market_.accounts_most) break;
    }
    return best;
}

std::optional<double> AttackSearch::safe_open_interest(double most) const {
    constexpr double ratio = 1.1;  // margins may jump, so the first size that pays is looked for from below
    double low = 0;
    most = std::min({most, market_.open_interest_most, market_.position_most * market_.accounts_most});
    if (!(most > 0)) return std::nullopt;
    double high = std::min(most, std::max(1.0, most * 1e-9));
    while (best(high).value() <= 0) {
        low = high;
        if (high >= most) return std::nullopt;
        high = std::min(most, high * ratio);
    }
    while (high - low > 1e-3 * high) {
        const double middle = (low + high) / 2;
        (best(middle).value() <= 0 ? low : high) = middle;
    }
    return low;
}

}  // namespace plimsoll::stress
