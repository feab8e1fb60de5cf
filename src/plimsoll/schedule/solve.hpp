// Inverse questions: exact, by search over the integer grid on a monotone predicate, and self-proving.
#pragma once

#include "plimsoll/money/wide.hpp"

#include <cstdint>
#include <optional>

namespace plimsoll {

/// The answer of a search: `value` passes and `value + 1` fails, unless the search ended at its upper bound.
struct Solution {
    std::int64_t value = 0;
    bool at_bound = false;  // everything up to the upper bound passes
    int evaluations = 0;
};

/// The largest value in [low, high] that passes. `passes` must be true up to some value and false beyond it.
///
/// Errors  nothing when even `low` fails.
/// Cost    at most 64 evaluations: the lower bound and one per bit of the range, which has at most 2^63 values (asserted).
template <class Predicate>
std::optional<Solution> largest_passing(std::int64_t low, std::int64_t high, Predicate passes) {
    PLIM_ASSERT(low <= high);
    Solution solution;
    const auto ask = [&](std::int64_t value) {
        ++solution.evaluations;
        return passes(value);
    };
    if (!ask(low)) return std::nullopt;
    // One beyond the bound counts as missed without being asked, so the bound costs no evaluation of its own.
    std::uint64_t pass = 0;
    std::uint64_t miss = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    PLIM_ASSERT(miss != 0 && miss <= std::uint64_t{1} << 63);
    while (miss - pass > 1) {
        const std::uint64_t middle = pass + (miss - pass) / 2;
        (ask(low + static_cast<std::int64_t>(middle)) ? pass : miss) = middle;
    }
    solution.value = low + static_cast<std::int64_t>(pass);
    solution.at_bound = solution.value == high;
    return solution;
}

}  // namespace plimsoll
