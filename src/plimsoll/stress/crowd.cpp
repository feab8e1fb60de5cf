#include "plimsoll/stress/crowd.hpp"

#include "plimsoll/stress/draw.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace plimsoll::stress {

std::vector<Agent> make_crowd(const CrowdShape& shape, std::uint64_t seed) {
    Draw draw(seed);
    std::vector<Agent> crowd;
    for (std::uint32_t i = 0; i < shape.owners; ++i) {
        Agent agent;
        agent.capital = std::min(shape.capital_most, draw.pareto(shape.capital_least, shape.capital_tail));
        agent.leverage = shape.leverage_least * std::pow(shape.leverage_most / shape.leverage_least, draw.uniform());
        agent.is_short = !draw.chance(shape.long_share);
        agent.stop_loss = draw.chance(shape.stop_share) ? shape.stop_loss : 0;
        crowd.push_back(agent);
    }
    crowd.insert(crowd.end(), shape.whales, Agent{shape.whale_capital, shape.whale_leverage, shape.whales_short, 0});
    return crowd;
}

Concentration concentration_of(std::vector<double> holdings) {
    Concentration of;
    std::sort(holdings.begin(), holdings.end(), std::greater<>());
    double sum = 0;
    for (const double held : holdings) sum += held;
    if (sum <= 0) return of;
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        const double share = holdings[i] / sum;
        of.herfindahl += share * share;
        if (i < 1) of.top_1 += share;
        if (i < 10) of.top_10 += share;
    }
    return of;
}

}  // namespace plimsoll::stress
