// Who trades: owners with money of their own, the leverage they want, and the loss at which they leave. How much they hold is then up to the schedule.
#pragma once

#include <cstdint>
#include <vector>

namespace plimsoll::stress {

struct CrowdShape {
    std::uint32_t owners = 1'000;
    double capital_least = 1'000;  // quote currency; Pareto above it
    double capital_tail = 1.16;  // exponent: at 1.16 a fifth of the owners have four fifths of the money
    double capital_most = 1e9;  // and no more
    double leverage_least = 2;  // what they want is even by its logarithm between these
    double leverage_most = 50;
    double long_share = 0.6;
    double stop_share = 0.25;  // of the owners leave by themselves
    double stop_loss = 0.5;  // when so much of their capital is lost
    std::uint32_t whales = 0;  // owners beyond those, who all go one way
    double whale_capital = 0;  // of each
    double whale_leverage = 20;
    bool whales_short = false;
    std::uint32_t accounts_each = 1;  // over which every owner spreads what it wants
};

struct Agent {
    double capital = 0;
    double leverage = 1;  // what it wants, of its capital
    bool is_short = false;
    double stop_loss = 0;  // share of its capital; 0: it stays
};

/// Shape  under one seed the first n owners of a larger crowd are those of a smaller one.
std::vector<Agent> make_crowd(const CrowdShape& shape, std::uint64_t seed);

/// How concentrated holdings are. Units  shares of the sum.
struct Concentration {
    double herfindahl = 0;  // sum of squared shares; 1 / n when all hold the same
    double top_1 = 0;
    double top_10 = 0;
};
Concentration concentration_of(std::vector<double> holdings);

}  // namespace plimsoll::stress
