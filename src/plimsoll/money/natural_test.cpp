// Products beyond 128 bits, on values whose result is known beforehand.
#include "plimsoll/money/natural.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

constexpr UWide all_ones = ~UWide{0};

TEST(NUM_006, the_largest_product_of_two_128_bit_numbers_is_exact) {
    // (2^128 - 1)^2 = (2^128 - 2) * 2^128 + 1
    const Natural256 square = multiply(all_ones, all_ones);
    const Natural256 shift = Natural256(UWide{1} << 64) * Natural256(UWide{1} << 64);
    EXPECT_EQ(square, Natural256(all_ones - 1) * shift + Natural256(UWide{1}));
    EXPECT_FALSE(square.fits_uwide());
}

TEST(NUM_006, a_product_that_outgrows_its_limbs_aborts) {
    EXPECT_DEATH(multiply(all_ones, all_ones) * UWide{2}, "carry == 0");
    EXPECT_DEATH(multiply(all_ones, all_ones).to_uwide(), "fits_uwide");
}

TEST(NUM_006, rounding_up_in_parts_is_rounding_up_once) {
    const Natural256 product = multiply(all_ones, all_ones);
    EXPECT_EQ(product.divided_up_by_pow10(30), product.divided_up_by_pow10(12).divided_up_by_pow10(18));
    EXPECT_EQ(product.divided_up_by_pow10(30), product.divided_down_by_pow10(30) + Natural256(UWide{1}));
    EXPECT_EQ(Natural256(pow10_64(18)).divided_up_by_pow10(18), Natural256(UWide{1}));
}

}  // namespace
}  // namespace plimsoll
