#include "plimsoll/formats/tiers_exact.hpp"

#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::formats {

namespace {

Wide scaled(const Decimal& value, int digits) { return Wide{value.raw} * pow10(digits - value.digits); }

/// The shortest form of raw * 10^-digits, if it fits.
std::optional<Decimal> fit(Wide raw, int digits) {
    while (digits > 0 && raw % 10 == 0) {
        raw /= 10;
        --digits;
    }
    if (digits > digits_max || !fits_int64(raw)) return std::nullopt;
    return Decimal{static_cast<std::int64_t>(raw), digits};
}

}  // namespace

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
    const int digits = std::max(a.digits, b.digits);
    const Wide left = scaled(a, digits);
    const Wide right = scaled(b, digits);
    return left < right ? std::strong_ordering::less : left > right ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
    const int digits = std::max(a.digits, b.digits);  // each side is below 2^123, so the sum fits
    return fit(scaled(a, digits) + scaled(b, digits), digits);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) {
    const int digits = std::max(a.digits, b.digits);
    return fit(scaled(a, digits) - scaled(b, digits), digits);
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) { return fit(Wide{a.raw} * b.raw, a.digits + b.digits); }

std::optional<Decimal> shift_down(const Decimal& a, int places) { return fit(a.raw, a.digits + places); }

std::strong_ordering product_against_one(const Decimal& a, const Decimal& b) {
    const Wide product = Wide{a.raw} * b.raw;
    const Wide one = pow10(a.digits + b.digits);
    return product < one ? std::strong_ordering::less : product > one ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::optional<Decimal> reciprocal(const Decimal& a, int digits, Round round) {
    PLIM_ASSERT(a.raw > 0);
    return fit(divide(pow10(digits + a.digits), a.raw, round), digits);
}

std::string to_text(const Decimal& value) { return format_decimal_short(value.raw, value.digits); }

std::optional<std::string> without_exponent(std::string_view number) {
    constexpr std::size_t length_max = 64;  // more than any exact 64-bit decimal needs
    const std::size_t mark = number.find_first_of("eE");
    if (mark == std::string_view::npos || number.size() > length_max || !text::is_json_number(number)) return std::nullopt;
    std::string_view power = number.substr(mark + 1);
    if (power[0] == '+') power.remove_prefix(1);
    const bool down = power[0] == '-';
    if (down) power.remove_prefix(1);
    power.remove_prefix(std::min(power.find_first_not_of('0'), power.size()));
    if (power.size() > 2) return std::nullopt;
    int shift = 0;
    for (const char c : power) shift = shift * 10 + (c - '0');
    if (down) shift = -shift;

    const bool negative = number[0] == '-';
    std::string digits(number.substr(negative ? 1 : 0, mark - (negative ? 1 : 0)));
    const std::size_t dot = digits.find('.');
    int point = static_cast<int>(dot == std::string::npos ? digits.size() : dot) + shift;
    if (dot != std::string::npos) digits.erase(dot, 1);
    if (point < 1) {
        digits.insert(0, static_cast<std::size_t>(1 - point), '0');
        point = 1;
    }
    if (static_cast<std::size_t>(point) > digits.size()) digits.append(static_cast<std::size_t>(point) - digits.size(), '0');
    std::string whole = digits.substr(0, static_cast<std::size_t>(point));
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    std::string fraction = digits.substr(static_cast<std::size_t>(point));
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return (negative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace plimsoll::formats
