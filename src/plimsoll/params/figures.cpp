#include "plimsoll/params/figures.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <numeric>

namespace plimsoll {

std::string to_text(Fraction fraction) {
    std::string text = format_decimal_short(fraction.numerator, rate_digits);
    if (fraction.denominator != 1) text += "/" + std::to_string(fraction.denominator);
    return text;
}

std::optional<std::string> leverage_of(Fraction fraction) {
    std::int64_t numerator = rate_one;
    for (int digits = 0; digits <= 2; ++digits, numerator *= 10) {
        if (fraction.numerator != numerator || fraction.denominator <= 0) continue;
        if (digits > 0 && fraction.denominator % 10 == 0) return std::nullopt;
        if (fraction.denominator == 1) return std::nullopt;  // 100 % is a plain rate
        return format_decimal_short(fraction.denominator, digits);
    }
    return std::nullopt;
}

std::string to_text(const Decimal& decimal) { return format_decimal_short(decimal.raw, decimal.digits); }
std::string to_text(Rate rate) { return format_decimal_short(rate.raw(), rate_digits); }

Fraction normalised(Fraction fraction) {
    if (fraction.denominator <= 0) return fraction;
    const std::int64_t common = std::gcd(fraction.numerator, fraction.denominator);
    return {fraction.numerator / common, fraction.denominator / common};
}

Decimal normalised(Decimal decimal) {
    while (decimal.digits > 0 && decimal.raw % 10 == 0) {
        decimal.raw /= 10;
        --decimal.digits;
    }
    return decimal;
}

bool less(const Decimal& a, const Decimal& b) { return Wide{a.raw} * pow10(b.digits) < Wide{b.raw} * pow10(a.digits); }

}  // namespace plimsoll
