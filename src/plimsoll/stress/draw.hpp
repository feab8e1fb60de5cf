// Random numbers by distribution, under a seed, by formulas of our own: those of the standard library differ between libraries.
#pragma once

#include "plimsoll/base/random.hpp"

#include <cmath>
#include <numbers>

namespace plimsoll::stress {

class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    /// In (0, 1).
    double uniform() { return (static_cast<double>(random_.next() >> 11) + 0.5) * 0x1p-53; }
    bool chance(double share) { return uniform() < share; }
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_.next() % count); }
    /// Box and Muller's, the first of the pair.
    double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }
    /// Student's t by Bailey's polar form.
    double student(double degrees) {
        const double u = uniform();
        return std::sqrt(degrees * (std::pow(u, -2 / degrees) - 1)) * std::cos(2 * std::numbers::pi * uniform());
    }
    /// At least `least`, with P(X > x) = (least / x)^exponent.
    double pareto(double least, double exponent) { return least * std::pow(uniform(), -1 / exponent); }

private:
    Random random_;
};

}  // namespace plimsoll::stress
