#include "plimsoll/stress/extract.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace plimsoll::stress {

namespace {

constexpr double percents = 100;

/// The least that a split of a position has to leave behind, and the split.
void choose_split(const Target& target, Attack& attack) {
    if (!target.margin) return;
    attack.margin = std::numeric_limits<double>::infinity();
    for (std::uint32_t accounts = 1;; accounts = std::min(accounts * 2, target.accounts_most)) {
        const double margin = accounts * target.margin(calibrate::one_of(accounts, attack.open_interest));
        if (margin < attack.margin) {
            attack.margin = margin;
            attack.accounts = accounts;
        }
        if (accounts >= target.accounts_most) return;
    }
}

void push(const Target& target, Attack& attack, double times) {
    attack.push = times;
    const double move = attack.is_short ? 1 - 1 / times : times - 1;
    attack.gain = target.profit_weight * attack.open_interest * move;
    attack.cost = cost_to_push(target, times);
}

}  // namespace

double cost_to_push(const Target& target, double push) { return percents * target.depth_per_percent * std::log(push); }

Attack best_attack(const Target& target, double open_interest) {
    Attack attack;
    attack.open_interest = open_interest;
    choose_split(target, attack);
    // Gain less cost is convex in the push of a long: its best is at one end. A long gains from a push what a short never does.
    push(target, attack, target.push_most);
    if (attack.gain < attack.cost) push(target, attack, 1);
    return attack;
}

Attack searched_attack(const Target& target, double open_interest, int steps) {
    Attack best;
    best.open_interest = open_interest;
    choose_split(target, best);
    push(target, best, 1);
    for (const bool is_short : {false, true})
        for (int i = 1; i <= steps; ++i) {
            Attack attack = best;
            attack.is_short = is_short;
            push(target, attack, std::exp(std::log(target.push_most) * i / steps));
            if (attack.value() > best.value()) best = attack;
        }
    return best;
}

std::optional<double> safe_open_interest(const Target& target, double most) {
    // Margins may jump, so the first size that pays is looked for from below before it is closed in on.
    constexpr double ratio = 1.02;
    double low = 0;
    double high = std::max(1.0, most * 1e-9);
    while (best_attack(target, high).value() <= 0) {
        low = high;
        if (high >= most) return std::nullopt;
        high = std::min(most, high * ratio);
    }
    while (high - low > 1e-6 * high && high > 1e-6) {
        const double middle = (low + high) / 2;
        (best_attack(target, middle).value() <= 0 ? low : high) = middle;
    }
    return low;
}

double manipulation_bound(const Target& target) {
    // ln r / (r - 1) falls with r: the furthest push decides.
    return cost_to_push(target, target.push_most) / (target.profit_weight * (target.push_most - 1));
}

}  // namespace plimsoll::stress
