// Decimal text: what is read is what was written, and what the scale cannot hold is refused with its place.
#include "plimsoll/money/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll {
namespace {

TEST(NUM_010, text_that_is_no_plain_decimal_is_refused_with_its_place) {
    const auto fault = [](std::string_view text, int digits) { return parse_decimal(text, digits).error(); };
    EXPECT_EQ(fault("", 6), (DecimalError{DecimalFault::empty, 0}));
    EXPECT_EQ(fault("+1", 6), (DecimalError{DecimalFault::leading_plus, 0}));
    EXPECT_EQ(fault("1e5", 6), (DecimalError{DecimalFault::exponent, 1}));
    EXPECT_EQ(fault("NaN", 6), (DecimalError{DecimalFault::not_a_number, 0}));
    EXPECT_EQ(fault("-inf", 6), (DecimalError{DecimalFault::not_a_number, 1}));
    EXPECT_EQ(fault("1.", 6), (DecimalError{DecimalFault::digit_missing, 2}));
    EXPECT_EQ(fault(".5", 6), (DecimalError{DecimalFault::digit_missing, 0}));
    EXPECT_EQ(fault("-", 6), (DecimalError{DecimalFault::digit_missing, 1}));
    EXPECT_EQ(fault("1 2", 6), (DecimalError{DecimalFault::not_a_digit, 1}));
    EXPECT_EQ(fault("007", 6), (DecimalError{DecimalFault::leading_zero, 0}));
    EXPECT_EQ(fault("0.1234567", 6), (DecimalError{DecimalFault::too_many_decimals, 8}));
    EXPECT_EQ(fault("9223372036854775808", 0), (DecimalError{DecimalFault::out_of_range, 0}));
}

TEST(NUM_010, the_edges_of_64_bits_are_read) {
    EXPECT_EQ(parse_decimal("9223372036854775807", 0), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_decimal("-9223372036854775808", 0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(parse_decimal("-0.00", 2), 0);
}

TEST(NUM_010, a_free_decimal_keeps_the_digits_that_were_written) {
    EXPECT_EQ(parse_decimal_free("0.0500"), (Decimal{5, 2}));
    EXPECT_EQ(parse_decimal_free("12.0"), (Decimal{12, 0}));
    EXPECT_EQ(parse_decimal_free("12.00"), (Decimal{12, 0}));
    EXPECT_EQ(parse_decimal_free("1200"), (Decimal{1200, 0}));
    EXPECT_FALSE(parse_decimal_free("0.1234567890123456789"));
}

RC_GTEST_PROP(NUM_010, a_count_survives_the_way_through_text, ()) {
    const auto raw = *rc::gen::arbitrary<std::int64_t>();
    const auto digits = *rc::gen::inRange(0, digits_max + 1);
    RC_ASSERT(parse_decimal(format_decimal(raw, digits), digits) == raw);
    RC_ASSERT(parse_decimal(format_decimal_short(raw, digits), digits) == raw);
}

}  // namespace
}  // namespace plimsoll
