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
    EXPECT_EQ(parse_decimal_free("1.00000000000000000000000"), (Decimal{1, 0}));
    EXPECT_EQ(parse_decimal_free("-0.0"), (Decimal{0, 0}));
    EXPECT_EQ(parse_decimal_free("9223372036854775807.0"), (Decimal{std::numeric_limits<std::int64_t>::max(), 0}));
    EXPECT_EQ(parse_decimal_free("-9223372036854775808.00"), (Decimal{std::numeric_limits<std::int64_t>::min(), 0}));
    EXPECT_FALSE(parse_decimal_free("0.1234567890123456789"));
}

TEST(NUM_010, an_odd_free_decimal_is_refused_where_it_goes_wrong) {
    const auto fault = [](std::string_view text) { return parse_decimal_free(text).error(); };
    EXPECT_EQ(fault("1.0e5"), (DecimalError{DecimalFault::exponent, 3}));
    EXPECT_EQ(fault("1.0e500"), (DecimalError{DecimalFault::exponent, 3}));
    EXPECT_EQ(fault("."), (DecimalError{DecimalFault::digit_missing, 0}));
    EXPECT_EQ(fault(".000"), (DecimalError{DecimalFault::digit_missing, 0}));
    EXPECT_EQ(fault("-.0"), (DecimalError{DecimalFault::digit_missing, 1}));
    EXPECT_EQ(fault("5."), (DecimalError{DecimalFault::digit_missing, 2}));
    EXPECT_EQ(fault("1.0.0"), (DecimalError{DecimalFault::not_a_digit, 3}));
    EXPECT_EQ(fault("1.500.0"), (DecimalError{DecimalFault::not_a_digit, 5}));
    EXPECT_EQ(fault(std::string_view("1\0000", 4)), (DecimalError{DecimalFault::not_a_digit, 1}));
    EXPECT_EQ(fault(std::string_view("1.5\000", 5)), (DecimalError{DecimalFault::not_a_digit, 3}));
    EXPECT_EQ(fault("\xe2\x88\x92"
                    "1"),
              (DecimalError{DecimalFault::not_a_digit, 0}));  // the typographic minus
    EXPECT_EQ(fault(std::string(1'000'000, '9')), (DecimalError{DecimalFault::out_of_range, 0}));
    EXPECT_EQ(fault("0." + std::string(1'000'000, '9')), (DecimalError{DecimalFault::too_many_decimals, 20}));
}

TEST(NUM_010, a_word_is_no_exponent_and_no_infinity) {
    const auto fault = [](std::string_view text) { return parse_decimal(text, 6).error(); };
    EXPECT_EQ(fault("euro"), (DecimalError{DecimalFault::not_a_digit, 0}));
    EXPECT_EQ(fault("12 eur"), (DecimalError{DecimalFault::not_a_digit, 2}));
    EXPECT_EQ(fault("12eur"), (DecimalError{DecimalFault::not_a_digit, 2}));
    EXPECT_EQ(fault("nice"), (DecimalError{DecimalFault::not_a_digit, 0}));
    EXPECT_EQ(fault("12n"), (DecimalError{DecimalFault::not_a_digit, 2}));
    EXPECT_EQ(fault("-Infinity"), (DecimalError{DecimalFault::not_a_number, 1}));
    EXPECT_EQ(fault("1E-7"), (DecimalError{DecimalFault::exponent, 1}));
    EXPECT_EQ(fault("1.e5"), (DecimalError{DecimalFault::exponent, 2}));
}

TEST(NUM_010, a_refusal_says_what_where_and_what_to_do) {
    const auto line = [](std::string_view text, int digits) {
        return to_string(describe(parse_decimal(text, digits).error(), text, digits));
    };
    EXPECT_EQ(line("1e5", 6), "'1e5' is in exponent form (character 2); write the digits out");
    EXPECT_EQ(line("", 6), "'' is empty where a decimal is expected; write a plain decimal such as 12.5");
    EXPECT_EQ(
        line("0.123", 2),
        "'0.123' has more decimals than the scale holds (character 5); at most 2 decimals are held here; nothing is rounded on the way in");
    EXPECT_EQ(line("99999999999999999999", 6),
              "'99999999999999999999' is too large for the scale (character 1); write a smaller number or declare fewer than 6 decimals");
    EXPECT_EQ(line("1\n\xff", 6), "'1?\?' has a character that is no digit (character 2); write a plain decimal such as 12.5");
    const std::string long_text(100, '7');
    EXPECT_EQ(line(long_text, 6).substr(0, 46), "'" + std::string(40, '7') + "...' ");
}

RC_GTEST_PROP(NUM_010, a_count_survives_the_way_through_text, ()) {
    const auto raw = *rc::gen::arbitrary<std::int64_t>();
    const auto digits = *rc::gen::inRange(0, digits_max + 1);
    RC_ASSERT(parse_decimal(format_decimal(raw, digits), digits) == raw);
    RC_ASSERT(parse_decimal(format_decimal_short(raw, digits), digits) == raw);
}

}  // namespace
}  // namespace plimsoll
