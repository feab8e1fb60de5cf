#include "plimsoll/money/text.hpp"

#include <algorithm>
#include <optional>

namespace plimsoll {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool spells(std::string_view text, std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char c, char letter) { return c == letter || c == letter - 'a' + 'A'; });
}

/// The fault of the character at `at`, which is neither a digit nor the point that may stand there.
DecimalFault fault_of(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    const bool behind_digits = at > 0 && text[at - 1] != '-';
    if (!behind_digits) {
        const bool infinite = spells(rest, "inf") || spells(rest, "infinity");
        return infinite || spells(rest, "nan") ? DecimalFault::not_a_number : DecimalFault::not_a_digit;
    }
    const std::size_t power_at = rest.size() > 1 && (rest[1] == '+' || rest[1] == '-') ? 2 : 1;
    const bool exponent = (rest[0] == 'e' || rest[0] == 'E') && rest.size() > power_at && is_digit(rest[power_at]);
    return exponent ? DecimalFault::exponent : DecimalFault::not_a_digit;
}

struct Parts {
    bool negative = false;
    std::size_t whole_at = 0;
    std::string_view whole;
    std::string_view fraction;
};

std::size_t digits_from(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end;
}

Result<Parts, DecimalError> split(std::string_view text) {
    const auto bad = [](DecimalFault fault, std::size_t at) { return fail(DecimalError{fault, at}); };
    if (text.empty()) return bad(DecimalFault::empty, 0);
    if (text[0] == '+') return bad(DecimalFault::leading_plus, 0);

    Parts parts;
    parts.negative = text[0] == '-';
    std::size_t at = parts.whole_at = parts.negative ? 1 : 0;
    const std::size_t whole_end = digits_from(text, at);
    if (whole_end == at) {
        const bool missing = at == text.size() || text[at] == '.';
        return bad(missing ? DecimalFault::digit_missing : fault_of(text, at), at);
    }
    parts.whole = text.substr(at, whole_end - at);
    if (parts.whole.size() > 1 && parts.whole[0] == '0') return bad(DecimalFault::leading_zero, at);
    if (whole_end == text.size()) return parts;
    if (text[whole_end] != '.') return bad(fault_of(text, whole_end), whole_end);

    at = whole_end + 1;
    const std::size_t end = digits_from(text, at);
    if (end == at) return bad(at == text.size() ? DecimalFault::digit_missing : fault_of(text, at), at);
    if (end != text.size()) return bad(fault_of(text, end), end);
    parts.fraction = text.substr(at);
    return parts;
}

/// A decimal of so few digits that nothing has to be watched: digits, and perhaps a point and at least one more. Absent: parse() has to look at it,
/// and to say what is wrong, if anything is.
std::optional<std::int64_t> parse_short(std::string_view text, int digits) {
    constexpr std::size_t digits_fit = 18;
    if (text.size() + static_cast<std::size_t>(digits) > digits_fit) return std::nullopt;
    std::uint64_t value = 0;
    const auto take = [&](std::size_t at) {
        for (; at < text.size(); ++at) {
            const auto digit = static_cast<unsigned>(text[at] - '0');
            if (digit > 9) break;
            value = value * 10 + digit;
        }
        return at;
    };
    const std::size_t whole = take(0);
    if (whole == 0 || (whole > 1 && text[0] == '0')) return std::nullopt;
    std::size_t decimals = 0;
    if (whole < text.size()) {
        decimals = text.size() - whole - 1;
        if (text[whole] != '.' || decimals == 0 || take(whole + 1) != text.size()) return std::nullopt;
    }
    if (decimals > static_cast<std::size_t>(digits)) return std::nullopt;
    return static_cast<std::int64_t>(value) * pow10_64(digits - static_cast<int>(decimals));
}

/// Appends digits to a magnitude; false when it leaves `limit`.
bool append(UWide& value, std::string_view digits, UWide limit) {
    for (const char c : digits) {
        const auto digit = static_cast<UWide>(c - '0');
        if (value > (limit - digit) / 10) return false;
        value = value * 10 + digit;
    }
    return true;
}

Result<Wide, DecimalError> assemble(const Parts& parts, int digits, UWide limit) {
    const DecimalError too_big{DecimalFault::out_of_range, parts.whole_at};
    UWide value = 0;
    if (!append(value, parts.whole, limit) || !append(value, parts.fraction, limit)) return fail(too_big);
    for (auto i = static_cast<int>(parts.fraction.size()); i < digits; ++i)
        if (!append(value, "0", limit)) return fail(too_big);
    return parts.negative ? -static_cast<Wide>(value - 1) - 1 : static_cast<Wide>(value);
}

Result<Wide, DecimalError> parse(std::string_view text, int digits, UWide positive_max) {
    PLIM_ASSERT(digits >= 0);
    const auto parts = split(text);
    if (!parts) return fail(parts.error());
    if (parts->fraction.size() > static_cast<std::size_t>(digits)) {
        const std::size_t point = text.size() - parts->fraction.size();
        return fail(DecimalError{DecimalFault::too_many_decimals, point + static_cast<std::size_t>(digits)});
    }
    const bool zero = text.find_first_not_of("-0.") == std::string_view::npos;
    if (zero) return Wide{0};
    return assemble(*parts, digits, parts->negative ? positive_max + 1 : positive_max);
}

const char* reason(DecimalFault fault) {
    switch (fault) {
        case DecimalFault::empty: return "is empty where a decimal is expected";
        case DecimalFault::leading_plus: return "has a leading plus";
        case DecimalFault::exponent: return "is in exponent form";
        case DecimalFault::not_a_number: return "is not a finite number";
        case DecimalFault::not_a_digit: return "has a character that is no digit";
        case DecimalFault::digit_missing: return "lacks a digit";
        case DecimalFault::leading_zero: return "has a leading zero";
        case DecimalFault::too_many_decimals: return "has more decimals than the scale holds";
        case DecimalFault::out_of_range: return "is too large for the scale";
    }
    return "is refused";
}

std::string cure(DecimalFault fault, int digits) {
    switch (fault) {
        case DecimalFault::exponent: return "write the digits out";
        case DecimalFault::leading_plus: return "drop the plus";
        case DecimalFault::leading_zero: return "drop the zeros in front";
        case DecimalFault::too_many_decimals:
            return "at most " + std::to_string(digits) + " decimals are held here; nothing is rounded on the way in";
        case DecimalFault::out_of_range:
            if (digits == 0) return "write a smaller number";
            return "write a smaller number or declare fewer than " + std::to_string(digits) + " decimals";
        default: return "write a plain decimal such as 12.5";
    }
}

}  // namespace

Error describe(const DecimalError& error, std::string_view text, int digits) {
    constexpr std::size_t shown_max = 40;  // a hostile input may be megabytes long
    std::string shown(text.substr(0, shown_max));
    std::replace_if(shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    if (text.size() > shown_max) shown += "...";
    std::string what = "'" + shown + "' " + reason(error.fault);
    if (!text.empty()) what += " (character " + std::to_string(error.at + 1) + ")";
    return {"", what, cure(error.fault, digits)};
}

Result<std::int64_t, DecimalError> parse_decimal(std::string_view text, int digits) {
    constexpr auto max = static_cast<UWide>(std::numeric_limits<std::int64_t>::max());
    if (digits >= 0)
        if (const auto value = parse_short(text, digits)) return *value;
    return parse(text, digits, max).map([](Wide value) { return static_cast<std::int64_t>(value); });
}

Result<Wide, DecimalError> parse_decimal_wide(std::string_view text, int digits) {
    return parse(text, digits, static_cast<UWide>(wide_max));
}

Result<Decimal, DecimalError> parse_decimal_free(std::string_view text, int digits) {
    PLIM_ASSERT(digits >= 0);
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string_view kept = text;  // without the zeros that end the fraction, nor the point when nothing else follows it
    if (point > 0 && point + 1 < text.size()) {
        const std::size_t last = text.find_last_not_of('0');  // at the point or behind it
        kept = text.substr(0, last == point ? point : last + 1);
    }
    const std::size_t written = kept.size() > point ? kept.size() - point - 1 : 0;
    const auto scale = static_cast<int>(std::min(written, static_cast<std::size_t>(digits)));
    return parse_decimal(kept, scale).map([&](std::int64_t raw) { return Decimal{raw, scale}; });
}

std::string format_decimal(Wide raw, int digits) {
    PLIM_ASSERT(digits >= 0);
    UWide left = magnitude(raw);
    std::string text;
    do {
        text.push_back(static_cast<char>('0' + static_cast<int>(left % 10)));
        left /= 10;
    } while (left != 0);
    while (static_cast<int>(text.size()) <= digits) text.push_back('0');
    if (digits > 0) text.insert(static_cast<std::size_t>(digits), 1, '.');
    if (raw < 0) text.push_back('-');
    std::reverse(text.begin(), text.end());
    return text;
}

std::string format_decimal_short(Wide raw, int digits) {
    std::string text = format_decimal(raw, digits);
    if (digits == 0) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

std::string format_percent(Rate rate) { return format_decimal_short(rate.raw(), rate_digits - 2) + " %"; }

}  // namespace plimsoll
