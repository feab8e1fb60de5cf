// Decimal text against a reference that is only regular expressions and unbounded integers.
#include "plimsoll/money/text.hpp"
#include "support/cases.hpp"
#include "support/reference.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <regex>
#include <string>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

/// The rational that `text` writes, times 10^digits; nothing when the text is no plain decimal.
std::optional<Rational> written(const std::string& text, int digits) {
    static const std::regex plain("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");
    if (!std::regex_match(text, plain)) return {};
    const std::size_t point = text.find('.');
    std::string all = text;
    if (point != std::string::npos) all.erase(point, 1);
    const bool negative = all[0] == '-';
    all.erase(0, std::min(all.find_first_not_of("-0"), all.size() - 1));  // a zero in front would mean octal here
    const Integer count(all);
    const std::size_t decimals = point == std::string::npos ? 0 : text.size() - point - 1;
    const Rational value(count * power(10, static_cast<unsigned>(digits)), power(10, static_cast<unsigned>(decimals)));
    return negative ? Rational(-value) : value;
}

std::size_t decimals_of(const std::string& text) {
    const std::size_t point = text.find('.');
    return point == std::string::npos ? 0 : text.size() - point - 1;
}

/// Where a reader of the text first knows that it is no plain decimal: behind the longest beginning of one.
std::size_t place_of_fault(const std::string& text) {
    static const std::regex beginning("-?((0|[1-9][0-9]*)(\\.[0-9]*)?)?");
    std::smatch match;
    std::regex_search(text, match, beginning, std::regex_constants::match_continuous);
    return static_cast<std::size_t>(match.length(0));
}

std::string digits_of(Random& random, int most) {
    std::string digits;
    const auto kind = random.between(0, 3);
    for (auto left = random.between(1, most); left > 0; --left)
        digits.push_back(static_cast<char>('0' + (kind == 0 ? 0 : kind == 1 ? 9 : random.between(0, 9))));
    return digits;
}

/// Texts that are plain decimals, most of them near the range of their scale.
std::string plain_text(Random& random, int digits, bool wide) {
    if (random.next() % 3 == 0) {
        const Integer limit = power(2, wide ? 127 : 63) + random.between(-2, 2);
        std::string text = limit.str();
        if (digits > 0) {
            while (static_cast<int>(text.size()) <= digits) text.insert(0, 1, '0');
            text.insert(text.size() - static_cast<std::size_t>(digits), 1, '.');
        }
        return (random.next() % 2 == 0 ? "-" : "") + text;
    }
    std::string text = digits_of(random, wide ? 42 : 21);
    text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
    if (random.next() % 2 == 0) text += "." + digits_of(random, wide ? 42 : 21);
    return (random.next() % 3 == 0 ? "-" : "") + text;
}

/// A plain text with one to three characters changed, dropped, doubled or put in.
std::string broken_text(Random& random, std::string text) {
    static const std::string strange("00123456789--++..eEnNiIxX ,_'\t\n\0\x7f\x80\xc3\xa9\xff", 36);
    for (auto changes = random.between(1, 3); changes > 0; --changes) {
        const auto at = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(text.size())));
        const char c = strange[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(strange.size()) - 1))];
        switch (random.between(0, 3)) {
            case 0: text.insert(at, 1, c); break;
            case 1:
                if (at < text.size()) text[at] = c;
                break;
            case 2:
                if (at < text.size()) text.erase(at, 1);
                break;
            default:
                if (at < text.size()) text.insert(at, 1, text[at]);
        }
    }
    return text;
}

/// What a reader that got `got` for `text` at `digits` did wrong, if anything.
template <class Count>
std::string wrong_reading(const std::string& text, int digits, const Result<Count, DecimalError>& got, unsigned bits) {
    const auto question = [&] { return "'" + text + "' at " + std::to_string(digits) + " digits: "; };
    const auto value = written(text, digits);
    const auto refused = [&](DecimalFault fault, std::size_t at) -> std::string {
        if (got) return question() + "read, not refused";
        if (got.error().fault != fault) return question() + "fault " + std::to_string(static_cast<int>(got.error().fault));
        return got.error().at == at ? "" : question() + "place " + std::to_string(got.error().at) + ", not " + std::to_string(at);
    };
    if (value && decimals_of(text) > static_cast<std::size_t>(digits))
        return refused(DecimalFault::too_many_decimals, text.find('.') + 1 + static_cast<std::size_t>(digits));
    if (value && !in_range(floor_of(*value), -power(2, bits - 1), power(2, bits - 1) - 1))
        return refused(DecimalFault::out_of_range, text[0] == '-' ? 1 : 0);
    if (value) {
        if (!got) return question() + "refused with fault " + std::to_string(static_cast<int>(got.error().fault));
        return exact(*got) == *value ? "" : question() + "read as " + exact(*got).str();
    }

    const std::size_t place = place_of_fault(text);
    const std::string rest = text.substr(place);
    if (text.empty()) return refused(DecimalFault::empty, 0);
    if (text[0] == '+') return refused(DecimalFault::leading_plus, 0);
    static const std::regex zeros("-?0[0-9][^]*");
    if (std::regex_match(text, zeros)) return refused(DecimalFault::leading_zero, text[0] == '-' ? 1 : 0);
    static const std::regex no_number("-?(nan|inf|infinity)", std::regex::icase);
    if (std::regex_match(text, no_number)) return refused(DecimalFault::not_a_number, place);
    const bool behind_digit = place > 0 && text[place - 1] != '-';
    static const std::regex exponent("[eE][+-]?[0-9][^]*");
    if (behind_digit && std::regex_match(rest, exponent)) return refused(DecimalFault::exponent, place);
    const bool missing = rest.empty() || (!behind_digit && rest[0] == '.');
    return refused(missing ? DecimalFault::digit_missing : DecimalFault::not_a_digit, place);
}

TEST(NUM_010, plain_text_is_read_exactly_or_refused_with_its_place) {
    for_cases([](Random& random) {
        const auto digits = static_cast<int>(random.between(0, digits_max));
        const std::string text = plain_text(random, digits, false);
        return wrong_reading(text, digits, parse_decimal(text, digits), 64);
    });
}

TEST(NUM_010, plain_text_is_read_exactly_into_128_bits) {
    for_cases([](Random& random) {
        const auto digits = static_cast<int>(random.between(0, wide_digits_max));
        const std::string text = plain_text(random, digits, true);
        return wrong_reading(text, digits, parse_decimal_wide(text, digits), 128);
    });
}

TEST(NUM_010, broken_text_is_refused_with_its_place) {
    for_cases([](Random& random) {
        const auto digits = static_cast<int>(random.between(0, digits_max));
        const std::string text = broken_text(random, plain_text(random, digits, false));
        const std::string wrong = wrong_reading(text, digits, parse_decimal(text, digits), 64);
        return wrong.empty() ? wrong_reading(text, digits, parse_decimal_wide(text, digits), 128) : wrong;
    });
}

/// A free decimal has the value that was written, with the fewest digits that hold it.
std::string wrong_free_reading(const std::string& text, int digits) {
    const auto got = parse_decimal_free(text, digits);
    const auto question = [&] { return "'" + text + "' freely up to " + std::to_string(digits) + " digits: "; };
    const auto value = written(text, 0);
    if (!value) {
        if (got) return question() + "read, not refused";
        return got.error().at <= text.size() ? "" : question() + "a place outside the text";
    }
    unsigned least = 0;
    while (denominator(Rational(*value * Rational(power(10, least)))) != 1) ++least;
    const bool held = least <= static_cast<unsigned>(digits) && fits_64(numerator(Rational(*value * Rational(power(10, least)))));
    if (!held) return got ? question() + "read, not refused" : "";
    if (!got) return question() + "refused with fault " + std::to_string(static_cast<int>(got.error().fault));
    if (got->digits != static_cast<int>(least)) return question() + std::to_string(got->digits) + " digits kept";
    return Rational(got->raw, power(10, least)) == *value ? "" : question() + "read as " + std::to_string(got->raw);
}

TEST(NUM_010, a_free_decimal_has_the_written_value_with_the_fewest_digits) {
    for_cases([](Random& random) {
        const auto digits = static_cast<int>(random.between(0, digits_max));
        std::string text = plain_text(random, digits, false);
        if (random.next() % 2 == 0) text += std::string(static_cast<std::size_t>(random.between(1, 30)), '0');
        if (random.next() % 4 == 0) text += ".0";
        if (random.next() % 4 == 0) text = broken_text(random, text);
        return wrong_free_reading(text, digits);
    });
}

/// The reference of the way out: the digits of the magnitude, filled to the scale, with a point in the right place.
std::string obvious_text(const Integer& raw, int digits) {
    std::string text = Integer(boost::multiprecision::abs(raw)).str();
    const auto scale = static_cast<std::size_t>(digits);
    if (text.size() <= scale) text = std::string(scale + 1 - text.size(), '0') + text;
    if (digits > 0) text = text.substr(0, text.size() - scale) + "." + text.substr(text.size() - scale);
    return (raw < 0 ? "-" : "") + text;
}

std::string wrong_writing(Wide raw, int digits) {
    const std::string text = format_decimal(raw, digits);
    if (text != obvious_text(exact(raw), digits)) return shown(raw) + " at " + std::to_string(digits) + " digits: " + text;
    if (parse_decimal_wide(text, digits) != raw) return text + " is not read back";
    const std::string brief = format_decimal_short(raw, digits);
    if (written(brief, digits) != Rational(exact(raw))) return brief + " is not " + text;
    if (digits > 0 && brief.find('.') != std::string::npos && (brief.back() == '0' || brief.back() == '.'))
        return brief + " ends in a zero or a point";
    return {};
}

TEST(NUM_010, what_is_written_is_what_was_counted) {
    for_cases([](Random& random) { return wrong_writing(any_wide(random), static_cast<int>(random.between(0, wide_digits_max))); });
    for (const Wide raw : edges128())
        for (int digits = 0; digits <= wide_digits_max; ++digits) ASSERT_EQ(wrong_writing(raw, digits), "");
}

TEST(NUM_010, a_percentage_is_the_rate_times_a_hundred) {
    for_cases([](Random& random) -> std::string {
        const Rate rate = Rate::from_raw(any_int64(random));
        const std::string text = format_percent(rate);
        const bool marked = text.size() > 2 && text.substr(text.size() - 2) == " %";
        const auto value = marked ? written(text.substr(0, text.size() - 2), rate_digits) : std::nullopt;
        return value == Rational(Integer(rate.raw()) * 100) ? "" : std::to_string(rate.raw()) + " as " + text;
    });
    EXPECT_EQ(format_percent(Rate::from_raw(12'000'000)), "1.2 %");
    EXPECT_EQ(format_percent(Rate::from_raw(-1)), "-0.0000001 %");
    EXPECT_EQ(format_percent(hundred_percent), "100 %");
    EXPECT_EQ(format_percent(Rate{}), "0 %");
}

}  // namespace
}  // namespace plimsoll
