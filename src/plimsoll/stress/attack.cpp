#include "plimsoll/stress/attack.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace plimsoll::stress {

namespace {

constexpr int pushes_tried = 160;
constexpr int shaped_pushes = 40;  // of other shapes than even: the clamp's own grid, the stairs, is tried beside them
constexpr int refined_most = 12;  // ways of one length of holding that are shaped mark by mark
constexpr int refined_marks = 128;  // longer ones keep their shape

/// 0, 1, 2, 3, 4, 6, 8, 12, ... up to a most, and the most.
std::vector<int> growing(int most) {
    std::vector<int> all;
    for (int i = 0; i < most; i = i < 4 ? i + 1 : i + i / 2) all.push_back(i);
    all.push_back(most);
    return all;
}

/// The price that is believed, as the engine's velocity holds it: within a band around where it was when the interval began.
class BelievedPrice {
public:
    explicit BelievedPrice(const AttackedMarket& market)
        : up_(market.clamp), steps_(market.clamp_steps), down_(std::log(2 - std::exp(-market.clamp))) {}
    /// The belief at the next mark. The first is the last of an interval; at the second a new one begins where the believed price is.
    double at(double x) {
        if (++mark_ >= 2 && (mark_ - 2) % steps_ == 0) anchor_ = believed_;
        if (!std::isfinite(up_)) return believed_ = x;
        // Of a band of 10 % the way down is longer than that up, as a logarithm; which of them `clamp` is does not matter when the shorter
        // one is taken.
        return believed_ = std::clamp(x, anchor_ - down_, anchor_ + up_);
    }

private:
    double up_;
    int steps_;
    double down_;
    int mark_ = 0;
    double anchor_ = 0;
    double believed_ = 0;
};

/// Buys up to each mark's wish, and buys again what came back while it is held.
template <class Wish, class See>
Walked walked(const AttackedMarket& market, bool is_short, int marks, const Wish& wish, const See& see) {
    const Profile& side = is_short ? market.bids : market.asks;
    const double stays = std::exp2(-market.step_s / market.half_life_s);
    BelievedPrice belief(market);
    Walked all;
    double taken = 0, amount = 0, worth = 0;
    for (int mark = 1; mark <= marks; ++mark) {
        taken *= stays;
        const double wished = wish(mark);
        const double within = side.within(wished);
        const double wanted = std::max(taken, within);
        amount += wanted - taken;
        worth += side.worth(wanted) - side.worth(taken);
        // Where more is taken than the wish holds, what is left begins further out.
        const double x = taken > within ? std::max(wished, side.reach(taken)) : wished;
        taken = wanted;
        all.believed = belief.at(x);
        see(x, all.believed);
    }
    // A short first sells what it borrowed and buys it back at the old price.
    all.cost = is_short ? amount - market.resale * worth : worth - market.resale * amount;
    return all;
}

}  // namespace

Walked walk(const AttackedMarket& market, bool is_short, std::span<const double> wishes) {
    std::vector<double> path;
    Walked all = walked(
        market, is_short, static_cast<int>(wishes.size()), [&](int mark) { return wishes[static_cast<std::size_t>(mark - 1)]; },
        [&](double x, double) { path.push_back(x); });
    all.path = std::move(path);
    return all;
}

AttackSearch::AttackSearch(AttackedMarket market) : market_(std::move(market)) {
    PLIM_ASSERT(market_.step_s > 0 && market_.window_s > 0 && market_.push_most >= 1 && market_.half_life_s > 0 && market_.clamp_steps > 0);
    find_ways(false);
    find_ways(true);
    number_beliefs();
}

int AttackSearch::marks_most() const { return std::max(1, static_cast<int>(market_.window_s / market_.step_s)); }

namespace {

/// The wish at a mark of a push of a shape that goes `far` in so many marks and is then held.
double shaped(const PushShape& shape, double far, int push_steps, int mark) {
    if (mark >= push_steps) return far;
    if ((push_steps - mark) % shape.every != 0) return 0;
    if (shape.bend == 1) return far * mark / push_steps;
    return far * std::pow(static_cast<double>(mark) / push_steps, shape.bend);
}

/// How many bands of a clamp a distance needs; one more than rounding alone does not.
int bands_of(double far, double clamp) { return std::max(1, static_cast<int>(std::ceil(far / clamp - 1e-9))); }

/// The wish at a mark of stairs: with b bands in all, at the last mark of interval j what the b - 1 - j bands after it leave to be
/// believed.
double stair(const AttackedMarket& market, double far, int push_steps, int mark) {
    if (mark >= push_steps) return far;
    if ((mark - 1) % market.clamp_steps != 0) return 0;
    return std::max(0.0, far - market.clamp * (bands_of(far, market.clamp) - 1 - (mark - 1) / market.clamp_steps));
}

}  // namespace

std::vector<double> AttackSearch::wishes_of(const Way& way) const {
    if (!way.wishes.empty()) return way.wishes;
    std::vector<double> wishes;
    const double far = std::log(way.push);
    for (int mark = 1; mark <= way.push_steps + way.hold_steps; ++mark)
        wishes.push_back(way.shape.stairs ? stair(market_, far, way.push_steps, mark) : shaped(way.shape, far, way.push_steps, mark));
    return wishes;
}

/// What a way that is known by its shape costs, and how much of it is believed.
void AttackSearch::go(Way& way) const {
    const double far = std::log(way.push);
    const auto wish = [&](int mark) {
        return way.shape.stairs ? stair(market_, far, way.push_steps, mark) : shaped(way.shape, far, way.push_steps, mark);
    };
    const Walked all = walked(market_, way.is_short, way.push_steps + way.hold_steps, wish, [](double, double) {});
    way.believed = std::exp(all.believed);
    way.cost = all.cost;
}

void AttackSearch::add(Way way, WaysByTime& found) const {
    go(way);
    if (market_.waits_for_belief && way.believed < way.push * (1 - 1e-9)) return;
    const bool timed = std::isfinite(market_.outflow_per_s);
    found[timed ? std::pair(way.push_steps, way.hold_steps) : std::pair(0, 0)].push_back(std::move(way));
}

void AttackSearch::find_ways(bool is_short) {
    const Profile& side = is_short ? market_.bids : market_.asks;
    if (side.most() <= 0) return;
    const double far = std::log(market_.push_most);
    const int steps = marks_most();
    // Holding helps where belief comes late, and where what leaves is limited; a way of each length is kept only for the second.
    const bool holds = std::isfinite(market_.clamp) || std::isfinite(market_.outflow_per_s);
    WaysByTime even, other;
    for (int i = 1; i <= pushes_tried; ++i)
        for (const int push_steps : growing(steps)) {
            if (push_steps == 0) continue;
            for (const int hold_steps : holds ? growing(steps - push_steps) : std::vector{0})
                add({.is_short = is_short, .push = std::exp(far * i / pushes_tried), .push_steps = push_steps, .hold_steps = hold_steps},
                    even);
        }
    // Where all is believed at once the last push alone counts, and one mark is the cheapest way to it.
    if (!market_.even_only && std::isfinite(market_.clamp)) {
        find_stairs(is_short, other);
        find_shaped(is_short, other);
        for (auto& [time, ways] : other) refine(ways);
    }
    // Apart: where margins jump, a way that is better in both may be worth less, and nothing that was found may be lost by looking further.
    keep_best(std::move(even));
    keep_best(std::move(other));
}

/// Stairs to each push that is tried, and to each that is a whole number of bands.
void AttackSearch::find_stairs(bool is_short, WaysByTime& found) const {
    const double far = std::log(market_.push_most);
    std::vector<double> pushes;
    for (int i = 1; i <= pushes_tried; ++i) pushes.push_back(far * i / pushes_tried);
    for (int i = 1; i <= pushes_tried && market_.clamp * i <= far; ++i) pushes.push_back(market_.clamp * i);
    for (const double x : pushes) {
        // Two bands meet at the first two marks; each one more takes an interval.
        const std::int64_t bands = bands_of(x, market_.clamp);
        const std::int64_t marks = bands == 1 ? 1 : 2 + (bands - 2) * market_.clamp_steps;
        if (marks > marks_most()) continue;
        const int push_steps = static_cast<int>(marks);
        for (const int hold_steps : std::isfinite(market_.outflow_per_s) ? growing(marks_most() - push_steps) : std::vector{0})
            add({.is_short = is_short, .push = std::exp(x), .push_steps = push_steps, .hold_steps = hold_steps, .shape = {.stairs = true}},
                found);
    }
}

/// Pushed early or late, and with rests.
void AttackSearch::find_shaped(bool is_short, WaysByTime& found) const {
    const double far = std::log(market_.push_most);
    for (const double bend : {0.5, 1.0, 2.0})
        for (const int every : {1, 2, 4}) {
            if (bend == 1 && every == 1) continue;
            for (int i = 1; i <= shaped_pushes; ++i)
                for (const int push_steps : growing(std::min(refined_marks, marks_most()))) {
                    if (push_steps < 2) continue;
                    for (const int hold_steps : std::isfinite(market_.outflow_per_s) ? growing(marks_most() - push_steps) : std::vector{0})
                        add({.is_short = is_short,
                             .push = std::exp(far * i / shaped_pushes),
                             .push_steps = push_steps,
                             .hold_steps = hold_steps,
                             .shape = {.bend = bend, .every = every}},
                            found);
                }
        }
}

/// Some of the ways that nothing better is known than, shaped further.
void AttackSearch::refine(std::vector<Way>& ways) const {
    std::vector<Way> best = undominated(std::move(ways));
    const std::size_t apart = std::max<std::size_t>(1, best.size() / refined_most);
    std::vector<Way> refined;
    for (std::size_t i = 0; i < best.size(); i += apart) {
        if (best[i].push_steps > refined_marks) continue;
        refined.push_back(best[i]);
        refine(refined.back());
    }
    best.insert(best.end(), refined.begin(), refined.end());
    ways = std::move(best);
}

/// Each mark's wish a little nearer, a little further, or none, as long as that is cheaper and no less is believed. What is held at the
/// end stays.
void AttackSearch::refine(Way& way) const {
    std::vector<double> wishes = wishes_of(way);
    const double far = std::log(way.push), believed = std::log(way.believed);
    const auto better = [&](const std::vector<double>& tried) {
        const Walked all = walk(market_, way.is_short, tried);
        if (all.believed < believed - 1e-12 || all.cost >= way.cost) return false;
        way.cost = all.cost;
        return true;
    };
    constexpr int sweeps = 6;
    double by = far / 8;
    for (int sweep = 0; sweep < sweeps; ++sweep, by /= 2)
        for (std::size_t mark = 0; mark + 1 < static_cast<std::size_t>(way.push_steps); ++mark)
            for (const double wish : {0.0, wishes[mark] - by, wishes[mark] + by}) {
                std::vector<double> tried = wishes;
                tried[mark] = std::clamp(wish, 0.0, far);
                if (better(tried)) wishes = std::move(tried);
            }
    way.wishes = std::move(wishes);
}

/// Of ways that another is better than in both belief and cost, none.
void AttackSearch::keep_best(WaysByTime found) {
    for (auto& [time, ways] : found)
        for (Way& way : undominated(std::move(ways))) ways_.push_back(std::move(way));
}

std::vector<AttackSearch::Way> AttackSearch::undominated(std::vector<Way> ways) {
    std::sort(ways.begin(), ways.end(),
              [](const Way& a, const Way& b) { return a.believed > b.believed || (a.believed == b.believed && a.cost < b.cost); });
    std::vector<Way> kept;
    double cheapest = std::numeric_limits<double>::infinity();
    for (Way& way : ways) {
        if (way.cost >= cheapest) continue;
        cheapest = way.cost;
        kept.push_back(std::move(way));
    }
    return kept;
}

/// Many ways end in the same belief, and asking for a margin is what takes time.
void AttackSearch::number_beliefs() {
    std::map<std::pair<bool, double>, std::size_t> places;
    for (Way& way : ways_) {
        const double times = way.is_short ? 1 / way.believed : way.believed;
        const auto [found, is_new] = places.try_emplace({way.is_short, times}, beliefs_.size());
        if (is_new) beliefs_.push_back({times, way.is_short});
        way.belief = found->second;
        if (std::isfinite(market_.outflow_per_s)) keep_moves(way);
    }
}

/// How far the believed price is from the old one at each mark, where something may leave.
void AttackSearch::keep_moves(Way& way) const {
    const std::vector<double> wishes = wishes_of(way);
    const int marks = static_cast<int>(wishes.size());
    const auto wish = [&](int mark) { return wishes[static_cast<std::size_t>(mark - 1)]; };
    walked(market_, way.is_short, marks, wish, [&](double x, double believed) {
        const bool waits = market_.waits_for_belief && believed < x - 1e-9;
        way.moves.push_back(waits ? 0 : std::abs(std::exp(way.is_short ? -believed : believed) - 1));
    });
}

/// What has left by a mark when, from the first on, all leaves that is let out and that the believed price backs; what has left stays gone when
/// the price falls back. `backed`: by a move of the whole price.
double AttackSearch::left_by(const Way& way, int marks, double backed) const {
    const double a_step = market_.outflow_per_s * market_.step_s;
    double left = 0;
    for (int mark = 2; mark <= marks; ++mark)
        left = std::max(left, std::min(backed * way.moves[static_cast<std::size_t>(mark - 1)], left + a_step));
    return left;
}

/// The most that the venue has let out when the attacker leaves. On paper it leaves on the way up as well; what a closing pays, after the push. A
/// step at least passes between the last push and the leaving.
double AttackSearch::lets_out(const Way& way, Leave leave, double backed) const {
    if (!std::isfinite(market_.outflow_per_s)) return market_.outflow_per_s;
    const double a_step = market_.outflow_per_s * market_.step_s;
    if (leave != Leave::withdraw) return left_by(way, way.push_steps, backed) + a_step * std::max(1, way.hold_steps);
    return left_by(way, way.push_steps + way.hold_steps, backed) + (way.hold_steps == 0 ? a_step : 0);
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
    const double let_out = lets_out(way, leave, market_.profit_weight * open_interest);
    switch (leave) {
        case Leave::withdraw:
            plan.margin = margins.at[way.belief];
            plan.gain = std::min({market_.profit_weight * move, let_out, market_.there});
            break;
        case Leave::close: {
            const double impact = market_.impact ? market_.impact(open_interest * times) : 0;
            plan.gain = std::min({move - impact, let_out, market_.there});
            break;
        }
        case Leave::two_legs:
            plan.margin = margins.opened[!way.is_short];  // the leg that loses is the other one
            plan.gain = std::min({move, let_out, plan.margin + market_.there});
            break;
    }
    return plan;
}

AttackPlan AttackSearch::best(double open_interest) const {
    AttackPlan best;
    best.open_interest = open_interest;
    const Way* gone = nullptr;
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
                if (plan.value() <= best.value()) continue;
                best = plan;
                gone = &way;
            }
        if (accounts >= market_.accounts_most) break;
    }
    if (gone != nullptr) best.path = walk(market_, gone->is_short, wishes_of(*gone)).path;
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
