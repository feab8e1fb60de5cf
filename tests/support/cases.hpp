// Seeded loops for property tests: 20,000 cases a test, 1,000,000 when PLIM_LONG is set. Every case has a seed of its
// own, so a counterexample is repeated alone with PLIM_SEED=<its seed> PLIM_CASES=1.
#pragma once

#include "plimsoll/base/random.hpp"
#include "plimsoll/money/wide.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace plimsoll::testing {

/// How many cases one property is tried on.
inline std::int64_t cases() {
    if (const char* count = std::getenv("PLIM_CASES")) return std::atoll(count);
    return std::getenv("PLIM_LONG") != nullptr ? 1'000'000 : 20'000;
}

/// The seed of the first case: fixed, so that a run can be repeated, unless PLIM_SEED says otherwise.
inline std::uint64_t first_seed() {
    const char* seed = std::getenv("PLIM_SEED");
    return seed != nullptr ? std::strtoull(seed, nullptr, 10) : 20'240'229;
}

/// Calls `wrong_with(Random&)` once per case. It gives back the counterexample as text, or an empty text when the law holds.
/// A law whose one case is long work takes one in so many of the cases.
template <class WrongWith>
void for_cases(WrongWith wrong_with, std::int64_t one_in = 1) {
    const std::uint64_t first = first_seed();
    const std::int64_t count = std::max<std::int64_t>(1, cases() / one_in);
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
        Random random(seed);
        const std::string counterexample = wrong_with(random);
        if (counterexample.empty()) continue;
        FAIL() << counterexample << "\n  case " << i << "; alone: PLIM_SEED=" << seed << " PLIM_CASES=1";
    }
}

/// Calls `wrong_with(a, b)` for every ordered pair of `values`, each value with itself included.
template <class T, class WrongWith>
void for_pairs(const std::vector<T>& values, WrongWith wrong_with) {
    for (const T& a : values)
        for (const T& b : values) {
            const std::string counterexample = wrong_with(a, b);
            if (!counterexample.empty()) FAIL() << counterexample;
        }
}

/// min, min+1, -1, 0, 1, max-1, max, and 10^k - 1, 10^k, 10^k + 1 of both signs for every k that fits.
template <class T>
std::vector<T> edges(T min, T max, int digits) {
    std::vector<T> values{min, min + 1, -1, 0, 1, max - 1, max};
    for (int k = 0; k <= digits; ++k)
        for (int off = -1; off <= 1; ++off) {
            const auto value = static_cast<T>(pow10(k) + off);
            values.push_back(value);
            values.push_back(-value);
        }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}
inline std::vector<std::int64_t> edges64() {
    return edges<std::int64_t>(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), digits_max);
}
inline std::vector<Wide> edges128() { return edges<Wide>(wide_min, wide_max, wide_digits_max); }

/// A natural number below 2^bits_max: every magnitude is as likely as any other, and a third of the draws lie within one
/// of a power of two or ten.
inline UWide natural_below_pow2(Random& random, int bits_max) {
    const UWide limit = bits_max >= 128 ? ~UWide{0} : (UWide{1} << bits_max) - 1;
    const auto kind = random.between(0, 5);
    UWide value = 0;
    if (kind == 0) {
        value = UWide{1} << random.between(0, 127);
    } else if (kind == 1) {
        value = static_cast<UWide>(pow10(static_cast<int>(random.between(0, wide_digits_max))));
    } else {
        const auto bits = static_cast<int>(random.between(0, bits_max));
        const UWide drawn = (UWide{random.next()} << 64) | random.next();
        value = bits == 0 ? 0 : drawn >> (128 - bits);
    }
    if (kind < 2) value += static_cast<UWide>(random.between(0, 2)) - 1;  // 0 - 1 wraps to the top, which is an edge too
    return value <= limit ? value : limit - value % 2;
}

inline Wide any_wide(Random& random) {
    const auto value = static_cast<Wide>(natural_below_pow2(random, 127));
    if (random.next() % 2 == 0) return value;
    return random.next() % 64 == 0 ? wide_min : -value;
}

inline std::int64_t any_int64(Random& random) {
    const auto value = static_cast<std::int64_t>(natural_below_pow2(random, 63));
    if (random.next() % 2 == 0) return value;
    return random.next() % 64 == 0 ? std::numeric_limits<std::int64_t>::min() : -value;
}

}  // namespace plimsoll::testing
