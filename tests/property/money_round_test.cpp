// Rounding, narrowing and the strong types against unbounded arithmetic, at random and at every pair of edges.
#include "plimsoll/money/count.hpp"
#include "plimsoll/money/limits.hpp"
#include "plimsoll/money/round.hpp"
#include "support/cases.hpp"
#include "support/reference.hpp"

#include <gtest/gtest.h>

#include <array>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::array directions{Round::floor, Round::ceil, Round::toward_zero, Round::away_from_zero, Round::half_away};
constexpr std::array direction_names{"floor", "ceil", "toward_zero", "away_from_zero", "half_away"};

/// The counterexample of numerator / denominator in any direction; the quotient always fits, as |denominator| >= 1.
std::string wrong_quotient(Wide numerator, Wide denominator) {
    const Rational exact_quotient(exact(numerator), exact(denominator));
    for (std::size_t i = 0; i < directions.size(); ++i) {
        const Wide got = divide(numerator, denominator, directions[i]);
        const Integer want = rounded(exact_quotient, directions[i]);
        if (exact(got) != want)
            return shown(numerator) + " / " + shown(denominator) + " " + direction_names[i] + ": " + shown(got) + ", not " + want.str();
    }
    return {};
}

TEST(NUM_001, a_division_rounds_as_its_direction_says) {
    for_cases([](Random& random) {
        const Wide numerator = any_wide(random);
        const Wide drawn = any_wide(random);
        const Wide denominator = drawn == wide_min ? wide_max : drawn == 0 ? 1 : abs(drawn);
        return wrong_quotient(numerator, denominator);
    });
}

TEST(NUM_001, a_division_next_to_a_multiple_or_a_half_rounds_as_its_direction_says) {
    for_cases([](Random& random) {
        const auto denominator = static_cast<Wide>(natural_below_pow2(random, 64)) + 1;
        const auto multiple = static_cast<Wide>(natural_below_pow2(random, 62)) * denominator;
        const Wide numerator = multiple + (random.next() % 2 == 0 ? 0 : denominator / 2) + random.between(-1, 1);
        return wrong_quotient(random.next() % 2 == 0 ? numerator : -numerator, denominator);
    });
}

TEST(NUM_001, every_pair_of_edges_divides_as_its_direction_says) {
    for_pairs(edges128(), [](Wide a, Wide b) { return b > 0 ? wrong_quotient(a, b) : std::string(); });
}

TEST(NUM_001, a_denominator_that_is_not_positive_aborts) {
    EXPECT_DEATH(divide(1, 0, Round::floor), "denominator > 0");
    EXPECT_DEATH(divide(1, -1, Round::floor), "denominator > 0");
    EXPECT_DEATH(divide(wide_min, -1, Round::floor), "denominator > 0");
}

std::string wrong_multiple(Wide value, Wide step) {
    const Integer want = ceil_of(Rational(exact(value), exact(step))) * exact(step);
    if (!fits_128(want)) return {};
    const Wide got = round_up_to_multiple(value, step);
    return exact(got) == want ? std::string() : shown(value) + " up to a multiple of " + shown(step) + ": " + shown(got);
}

TEST(NUM_001, the_least_multiple_not_below_a_value_is_found) {
    for_cases([](Random& random) {
        return wrong_multiple(static_cast<Wide>(natural_below_pow2(random, 127)), static_cast<Wide>(natural_below_pow2(random, 126)) + 1);
    });
    for_pairs(edges128(), [](Wide a, Wide b) { return a >= 0 && b > 0 ? wrong_multiple(a, b) : std::string(); });
}

TEST(NUM_001, a_multiple_beyond_128_bits_aborts) {
    EXPECT_DEATH(round_up_to_multiple(wide_max, wide_max - 1), "broken invariant");
    EXPECT_DEATH(round_up_to_multiple(wide_max, 10), "broken invariant");
    EXPECT_DEATH(round_up_to_multiple(-1, 10), "broken invariant");
    EXPECT_DEATH(round_up_to_multiple(1, 0), "broken invariant");
}

/// What a result that may not exist looks like here: the exact value, and whether the strong type can hold it.
std::string wrong_sum(std::int64_t a, std::int64_t b) {
    const Amount x = Amount::from_raw(a), y = Amount::from_raw(b);
    const Integer sum = Integer(a) + b, difference = Integer(a) - b, opposite = -Integer(a);
    const std::string pair = std::to_string(a) + " and " + std::to_string(b);
    if (fits_64(sum) && (exact((x + y).raw()) != sum || (Amount(x) += y).raw() != (x + y).raw())) return "sum of " + pair;
    if (fits_64(difference) && (exact((x - y).raw()) != difference || (Amount(x) -= y).raw() != (x - y).raw()))
        return "difference of " + pair;
    if (fits_64(opposite) && exact((-x).raw()) != opposite) return "opposite of " + std::to_string(a);
    if (fits_64(opposite) && exact(abs(x).raw()) != boost::multiprecision::abs(Integer(a))) return "magnitude of " + std::to_string(a);
    if ((x < y) != (a < b) || (x == y) != (a == b)) return "order of " + pair;
    return {};
}

TEST(NUM_002, counts_add_subtract_and_negate_exactly) {
    for_cases([](Random& random) { return wrong_sum(any_int64(random), any_int64(random)); });
    for_pairs(edges64(), wrong_sum);
}

TEST(NUM_002, a_sum_difference_or_opposite_that_does_not_fit_aborts) {
    constexpr auto min = std::numeric_limits<std::int64_t>::min();
    for (const std::int64_t a : edges64())
        for (const std::int64_t b : edges64()) {
            const Size x = Size::from_raw(a), y = Size::from_raw(b);
            if (!fits_64(Integer(a) + b)) {
                EXPECT_DEATH(x + y, "fits_int64") << a << " + " << b;
            }
            if (!fits_64(Integer(a) - b)) {
                EXPECT_DEATH(x - y, "fits_int64") << a << " - " << b;
            }
        }
    EXPECT_DEATH(-Size::from_raw(min), "fits_int64");
    EXPECT_DEATH(abs(Size::from_raw(min)), "fits_int64");
}

std::string wrong_narrowing(Wide value) {
    const bool fits = fits_64(exact(value));
    if (fits_int64(value) != fits) return "fits_int64 of " + shown(value);
    if (fits && (exact(narrow64(value)) != exact(value) || exact(Price::narrow(value).raw()) != exact(value)))
        return "narrowing " + shown(value);
    return {};
}

TEST(NUM_003, narrowing_keeps_every_value_that_fits) {
    for_cases([](Random& random) {
        const std::string near = wrong_narrowing(Wide{any_int64(random)} + random.between(-2, 2));
        return near.empty() ? wrong_narrowing(any_wide(random)) : near;
    });
    for_pairs(edges64(), [](std::int64_t a, std::int64_t b) { return wrong_narrowing(Wide{a} + b); });
    for (const Wide value : edges128()) EXPECT_EQ(wrong_narrowing(value), "");
}

TEST(NUM_003, narrowing_a_value_that_does_not_fit_aborts) {
    constexpr Wide min = std::numeric_limits<std::int64_t>::min();
    constexpr Wide max = std::numeric_limits<std::int64_t>::max();
    for (const Wide value : {wide_min, wide_min + 1, min - 1, max + 1, Wide{1} << 64, wide_max - 1, wide_max})
        EXPECT_DEATH(narrow64(value), "fits_int64") << shown(value);
    EXPECT_DEATH(abs(wide_min), "broken invariant");
    EXPECT_DEATH(pow10(39), "broken invariant");
    EXPECT_DEATH(pow10(-1), "broken invariant");
    EXPECT_DEATH(pow10_64(19), "broken invariant");
}

TEST(NUM_003, powers_of_ten_magnitudes_and_widths_are_exact) {
    for (int k = 0; k <= wide_digits_max; ++k) EXPECT_EQ(exact(pow10(k)), power(10, static_cast<unsigned>(k)));
    for_cases([](Random& random) -> std::string {
        const Wide value = any_wide(random);
        const Integer big = boost::multiprecision::abs(exact(value));
        if (exact(magnitude(value)) != big) return "magnitude of " + shown(value);
        if (value != wide_min && exact(abs(value)) != big) return "abs of " + shown(value);
        const auto bits = static_cast<unsigned>(bit_width(magnitude(value)));
        const bool tight = big < power(2, bits) && (bits == 0 || big >= power(2, bits - 1));
        return tight ? "" : "bit width of " + shown(value);
    });
}

TEST(NUM_004, the_largest_term_of_the_declared_domain_is_exact) {
    const Integer term = exact(notional_max) * rate_max.raw();
    EXPECT_EQ(exact(term_max), term);
    EXPECT_TRUE(fits_128(term * terms_max));
    EXPECT_LT(term * multiplier_max.raw(), power(2, 256));
    EXPECT_LE(Integer(positions_max) * amount_max.raw(), exact(total_max));
}

}  // namespace
}  // namespace plimsoll
