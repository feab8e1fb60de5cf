// Roots, powers and long products against unbounded integers.
#include "plimsoll/money/natural.hpp"
#include "plimsoll/money/root.hpp"
#include "support/cases.hpp"
#include "support/reference.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

/// Both directions: the stated definition, on unbounded integers.
std::string wrong_root(UWide value) {
    const Integer v = exact(value);
    const Integer down = exact(square_root(value, Toward::down));
    const Integer up = exact(square_root(value, Toward::up));
    const bool down_holds = down * down <= v && (down + 1) * (down + 1) > v;
    const bool up_holds = up * up >= v && (up == 0 || (up - 1) * (up - 1) < v);
    return down_holds && up_holds ? "" : "root of " + v.str() + ": " + down.str() + ", " + up.str();
}

TEST(NUM_005, a_square_root_is_the_nearest_in_its_direction) {
    for_cases([](Random& random) { return wrong_root(natural_below_pow2(random, 128)); });
}

TEST(NUM_005, a_square_root_next_to_a_square_is_right) {
    for_cases([](Random& random) {
        const UWide root = natural_below_pow2(random, 64);
        for (const UWide value : {root * root - (root > 0), root * root, root * root + 1}) {
            std::string wrong = wrong_root(value);
            if (!wrong.empty()) return wrong;
        }
        return std::string();
    });
}

TEST(NUM_005, a_square_root_at_every_edge_is_right) {
    for (UWide value = 0; value < 70'000; ++value) ASSERT_EQ(wrong_root(value), "");
    for (int bit = 0; bit < 128; ++bit)
        for (UWide off = 0; off < 40; ++off) {
            ASSERT_EQ(wrong_root((UWide{1} << bit) + off), "");
            ASSERT_EQ(wrong_root((UWide{1} << bit) - off), "");  // wraps to the top at first
        }
    for (const Wide edge : edges128()) ASSERT_EQ(wrong_root(magnitude(edge)), "");
}

std::string wrong_power(UWide value) {
    const Integer v = power(exact(value), 4);
    const Integer down = exact(power_four_fifths(value, Toward::down));
    const Integer up = exact(power_four_fifths(value, Toward::up));
    const bool down_holds = power(down, 5) <= v && power(down + 1, 5) > v;
    const bool up_holds = power(up, 5) >= v && (up == 0 || power(up - 1, 5) < v);
    return down_holds && up_holds ? "" : "4/5 power of " + exact(value).str() + ": " + down.str() + ", " + up.str();
}

TEST(NUM_005, a_four_fifths_power_is_the_nearest_in_its_direction) {
    for_cases([](Random& random) { return wrong_power(natural_below_pow2(random, 96)); });
}

TEST(NUM_005, a_four_fifths_power_next_to_a_fifth_power_is_right) {
    for_cases([](Random& random) {
        const UWide base = natural_below_pow2(random, 19);
        const UWide fifth = base * base * base * base * base;  // its 4/5 power is base^4
        for (const UWide value : {fifth - (fifth > 0), fifth, fifth + 1}) {
            std::string wrong = wrong_power(value);
            if (!wrong.empty()) return wrong;
        }
        return std::string();
    });
}

TEST(NUM_005, a_four_fifths_power_at_every_edge_is_right) {
    constexpr UWide top = (UWide{1} << 96) - 1;
    for (UWide value = 0; value < 3000; ++value) ASSERT_EQ(wrong_power(value), "");
    for (int bit = 0; bit < 96; ++bit)
        for (int off = -1; off <= 1; ++off) ASSERT_EQ(wrong_power((UWide{1} << bit) + static_cast<UWide>(Wide{off})), "");
    for (UWide off = 0; off < 50; ++off) ASSERT_EQ(wrong_power(top - off), "");
    EXPECT_DEATH(power_four_fifths(top + 1, Toward::down), "bit_width");
}

template <std::size_t Limbs>
Integer exact(const Natural<Limbs>& value) {
    Integer big = 0;
    for (std::size_t i = Limbs; i-- > 0;) big = (big << 64) + value.limbs()[i];
    return big;
}

/// A product of up to `factors` 128-bit numbers and the same number exactly.
template <std::size_t Limbs>
std::pair<Natural<Limbs>, Integer> any_natural(Random& random, int bits) {
    Natural<Limbs> value(UWide{1});
    Integer big = 1;
    for (int left = bits; left > 0; left -= 128) {
        const UWide factor = natural_below_pow2(random, left < 128 ? left : 128);
        if (factor == 0) continue;
        value = value * factor;
        big *= plimsoll::testing::exact(factor);
    }
    return {value, big};
}

template <std::size_t Limbs>
std::string wrong_arithmetic(Random& random) {
    constexpr auto bits = static_cast<int>(Limbs) * 64;
    const auto split = static_cast<int>(random.between(0, bits));
    const auto [a, big_a] = any_natural<Limbs>(random, split);
    const auto [b, big_b] = any_natural<Limbs>(random, bits - split);
    const UWide factor = natural_below_pow2(random, 128);
    const auto pair = [&big_a = big_a, &big_b = big_b] { return big_a.str() + " and " + big_b.str(); };
    if (exact(a) != big_a) return big_a.str() + " is held as " + exact(a).str();
    if (exact(a * b) != big_a * big_b || exact(b * a) != big_a * big_b) return "product of " + pair();
    if (big_a + big_b < power(2, bits) && exact(a + b) != big_a + big_b) return "sum of " + pair();
    if (big_a * plimsoll::testing::exact(factor) < power(2, bits) && exact(a * factor) != big_a * plimsoll::testing::exact(factor))
        return "product of " + big_a.str() + " and " + shown(factor);
    if (a >= b && exact(a - b) != big_a - big_b) return "difference of " + pair();
    if (b >= a && exact(b - a) != big_b - big_a) return "difference, turned round, of " + pair();
    if ((a < b) != (big_a < big_b) || (a == b) != (big_a == big_b)) return "order of " + pair();
    if (a.fits_uwide() != (big_a < power(2, 128))) return "width of " + big_a.str();
    if (a.fits_uwide() && plimsoll::testing::exact(a.to_uwide()) != big_a) return "128 bits of " + big_a.str();
    return {};
}

TEST(NUM_006, wide_numbers_add_multiply_and_compare_exactly) {
    for_cases([](Random& random) { return wrong_arithmetic<4>(random); });
    for_cases([](Random& random) { return wrong_arithmetic<8>(random); });
}

template <std::size_t Limbs>
std::string wrong_division(Random& random) {
    auto [a, big] = any_natural<Limbs>(random, static_cast<int>(Limbs) * 64 - 128);
    const auto divisor = static_cast<std::uint64_t>(natural_below_pow2(random, 63)) + 1;
    if (random.next() % 2 == 0) {  // a multiple, one more, or some
        a = a * UWide{divisor} + Natural<Limbs>(static_cast<UWide>(random.between(0, 2)));
        big = exact(a);
    }
    const auto digits = static_cast<int>(random.between(0, 45));
    const Integer ten = power(10, static_cast<unsigned>(digits));
    const auto question = [&, &big = big] { return big.str() + " / " + std::to_string(divisor) + " or 10^" + std::to_string(digits); };
    if (exact(a.divided_down(divisor)) != big / divisor) return question() + " down";
    if (exact(a.divided_up(divisor)) != (big + divisor - 1) / divisor) return question() + " up";
    if (exact(a.divided_down_by_pow10(digits)) != big / ten) return question() + " down by digits";
    if (exact(a.divided_up_by_pow10(digits)) != (big + ten - 1) / ten) return question() + " up by digits";
    Natural<Limbs> quotient = a;
    if (quotient.divide_by(divisor) != big % divisor || exact(quotient) != big / divisor) return question() + " with remainder";
    return {};
}

TEST(NUM_006, wide_numbers_divide_exactly_both_ways) {
    for_cases([](Random& random) { return wrong_division<4>(random); });
    for_cases([](Random& random) { return wrong_division<16>(random); });
}

TEST(NUM_006, every_pair_of_edges_multiplies_and_adds_exactly) {
    for_pairs(edges128(), [](Wide a, Wide b) -> std::string {
        const Integer x = plimsoll::testing::exact(magnitude(a)), y = plimsoll::testing::exact(magnitude(b));
        if (exact(multiply(magnitude(a), magnitude(b))) != x * y) return x.str() + " * " + y.str();
        return exact(Natural256(magnitude(a)) + Natural256(magnitude(b))) == x + y ? "" : x.str() + " + " + y.str();
    });
}

TEST(NUM_006, a_wide_result_that_does_not_fit_aborts) {
    const UWide top = ~UWide{0};
    const Natural256 one(UWide{1}), full(top);
    const Natural256 most = full * top + full + full;  // 2^256 - 1
    EXPECT_EQ(exact(most), power(2, 256) - 1);
    EXPECT_DEATH(most + one, "carry == 0");
    EXPECT_DEATH(one - most, "borrow == 0");
    EXPECT_EQ(exact(most - most), 0);
    EXPECT_EQ(exact(most - one), power(2, 256) - 2);
    EXPECT_DEATH(most * UWide{2}, "carry == 0");
    EXPECT_DEATH(most * most, "i . width");
    EXPECT_DEATH(multiply(top, top) * UWide{top}, "i . width");
    EXPECT_DEATH(most.to_uwide(), "fits_uwide");
    EXPECT_DEATH(Natural256(most).divide_by(0), "divisor > 0");
    EXPECT_DEATH(most.divided_up_by_pow10(-1), "digits >= 0");
    EXPECT_EQ(exact(most.divided_up(std::uint64_t{1})), exact(most));
    EXPECT_EQ(exact(most.divided_up_by_pow10(200)), 1);
    EXPECT_EQ(exact(most.divided_down_by_pow10(200)), 0);
}

}  // namespace
}  // namespace plimsoll
