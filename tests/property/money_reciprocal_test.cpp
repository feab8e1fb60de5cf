// Reciprocals against the division they replace: unbounded arithmetic, next to multiples, for every power of ten.
#include "plimsoll/money/reciprocal.hpp"
#include "support/cases.hpp"
#include "support/reference.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr UWide limit = UWide{1} << 127;
constexpr UWide count_max = static_cast<UWide>(std::numeric_limits<std::int64_t>::max());

std::string wrong_quotient(const Reciprocal& reciprocal, UWide n) {
    const Integer top = exact(n), bottom = exact(reciprocal.divisor());
    const Integer down = top / bottom;
    const Integer up = (top + bottom - 1) / bottom;
    const auto question = [&] { return top.str() + " / " + bottom.str(); };
    if (exact(reciprocal.divide_down(n)) != down) return question() + " down: " + shown(reciprocal.divide_down(n));
    if (exact(reciprocal.divide_up(n)) != up) return question() + " up: " + shown(reciprocal.divide_up(n));
    if (!reciprocal.has_short_path()) return {};
    if (fits_64(down) && exact(reciprocal.divide_down_64(n)) != down) return question() + " down, short";
    if (fits_64(up) && exact(reciprocal.divide_up_64(n)) != up) return question() + " up, short";
    return {};
}

/// n = k*d - 1, k*d, k*d + 1 for one k that is as likely small as large, and a numerator that knows nothing of d.
std::string wrong_near_multiples(Random& random, const Reciprocal& reciprocal) {
    const UWide divisor = reciprocal.divisor();
    const UWide most = (limit - 1) / divisor;
    const UWide drawn = natural_below_pow2(random, bit_width(most));
    const UWide multiple = (drawn <= most ? drawn : most) * divisor;
    for (const UWide n : {multiple - (multiple > 0), multiple, multiple + (multiple + 1 < limit), natural_below_pow2(random, 127)}) {
        std::string wrong = wrong_quotient(reciprocal, n);
        if (!wrong.empty()) return wrong;
    }
    return {};
}

TEST(NUM_007, a_reciprocal_of_a_64_bit_divisor_divides_exactly) {
    for_cases([](Random& random) {
        const UWide drawn = natural_below_pow2(random, 64);
        return wrong_near_multiples(random, Reciprocal(drawn == 0 ? 1 : drawn));
    });
}

TEST(NUM_007, a_reciprocal_of_a_wide_divisor_divides_exactly) {
    for_cases([](Random& random) {
        const UWide drawn = natural_below_pow2(random, 127);
        return wrong_near_multiples(random, Reciprocal(drawn == 0 ? 1 : drawn));
    });
}

TEST(NUM_007, every_power_of_ten_divides_exactly) {
    for (int digits = 0; digits <= wide_digits_max; ++digits) {
        EXPECT_EQ(exact(pow10_reciprocal(digits).divisor()), power(10, static_cast<unsigned>(digits)));
        EXPECT_EQ(pow10_reciprocal(digits).has_short_path(), digits <= short_pow10_max) << digits;
    }
    for_cases([](Random& random) {
        return wrong_near_multiples(random, pow10_reciprocal(static_cast<int>(random.between(0, wide_digits_max))));
    });
}

TEST(NUM_007, every_pair_of_edges_divides_exactly) {
    std::vector<UWide> values{0, 1, 2, 3, limit - 2, limit - 1};
    for (const Wide edge : edges128())
        if (edge > 0) values.push_back(static_cast<UWide>(edge));
    for (int bit = 1; bit < 127; ++bit)
        for (int off = -1; off <= 1; ++off) values.push_back((UWide{1} << bit) + static_cast<UWide>(off));
    for (const UWide divisor : values) {
        if (divisor == 0) continue;
        const Reciprocal reciprocal(divisor);
        for (const UWide n : values) ASSERT_EQ(wrong_quotient(reciprocal, n), "");
    }
}

// The largest numerators are the hardest: the error of the multiplier is proportional to n.
TEST(NUM_007, small_divisors_divide_the_largest_numerators_exactly) {
    for (UWide divisor = 1; divisor <= 2000; ++divisor) {
        const Reciprocal reciprocal(divisor);
        for (UWide below = 1; below <= 2 * divisor && below <= 40; ++below) ASSERT_EQ(wrong_quotient(reciprocal, limit - below), "");
        const UWide multiple = (limit - 1) / divisor * divisor;
        ASSERT_EQ(wrong_quotient(reciprocal, multiple), "");
        ASSERT_EQ(wrong_quotient(reciprocal, multiple - 1), "");
    }
}

TEST(NUM_007, rounding_in_every_direction_equals_the_division) {
    for_cases([](Random& random) -> std::string {
        const UWide drawn = natural_below_pow2(random, random.next() % 2 == 0 ? 64 : 127);
        const Reciprocal reciprocal(drawn == 0 ? 1 : drawn);
        const auto divisor = static_cast<Wide>(reciprocal.divisor());
        Wide numerator = any_wide(random);
        if (random.next() % 2 == 0) {  // next to a half
            const Wide halves = numerator / divisor * divisor;
            numerator = halves >= 0 && halves <= wide_max - divisor ? halves + divisor / 2 + random.between(-1, 1) : halves;
        }
        if (numerator == wide_min) ++numerator;
        for (const Round round : {Round::floor, Round::ceil, Round::toward_zero, Round::away_from_zero, Round::half_away}) {
            const Integer want = rounded(Rational(exact(numerator), exact(divisor)), round);
            if (exact(divide(numerator, reciprocal, round)) != want)
                return shown(numerator) + " / " + shown(divisor) + " in direction " + std::to_string(static_cast<int>(round));
        }
        return {};
    });
}

TEST(NUM_007, what_lies_outside_the_proof_aborts) {
    EXPECT_DEATH(Reciprocal(0), "divisor > 0");
    EXPECT_DEATH(Reciprocal{limit}, "divisor > 0");
    const Reciprocal ten(10);
    EXPECT_DEATH(ten.divide_down(limit), "127");
    EXPECT_DEATH(ten.divide_up(limit + 1), "127");
    EXPECT_DEATH(divide(wide_min, ten, Round::floor), "127");
    EXPECT_DEATH(ten.divide_down_64(10 * (count_max + 1)), "quotient >= 0");
    EXPECT_DEATH(ten.divide_down_64(UWide{10} << 64), "significant_");
    EXPECT_DEATH(ten.divide_up_64((UWide{10} << 64) - 1), "quotient");  // 2^64 would wrap to 0
    EXPECT_DEATH(ten.divide_up_64(UWide{10} << 64), "significant_");
    EXPECT_EQ(ten.divide_down_64(10 * (count_max + 1) - 1), std::numeric_limits<std::int64_t>::max());
    EXPECT_DEATH(ten.divide_up_64(10 * count_max + 1), "quotient");
    EXPECT_EQ(ten.divide_up_64(10 * count_max), std::numeric_limits<std::int64_t>::max());
    EXPECT_DEATH(pow10_reciprocal(28).divide_down_64(1), "significant_");
    EXPECT_DEATH(pow10_reciprocal(39), "digits");
}

static_assert(pow10_reciprocal(27).divide_up(static_cast<UWide>(pow10(37)) + 1) == static_cast<UWide>(pow10(10)) + 1);
static_assert(pow10_reciprocal(27).divide_down_64(static_cast<UWide>(pow10(37)) + 1) == pow10(10));

}  // namespace
}  // namespace plimsoll
