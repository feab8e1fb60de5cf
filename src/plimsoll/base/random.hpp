// Seeded random numbers for tests, benches and simulation: the same seed gives the same stream on every machine.
#pragma once

#include "plimsoll/base/assert.hpp"

#include <cstdint>

namespace plimsoll {

/// SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.
class Random {
public:
    explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

    constexpr std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

    /// Uniform enough in [low, high] (bias below 2^-32 for spans under 2^32). low <= high is asserted.
    constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
        PLIM_ASSERT(low <= high);
        const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
        const std::uint64_t draw = span == 0 ? next() : next() % span;
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw);
    }

private:
    std::uint64_t state_;
};

}  // namespace plimsoll
