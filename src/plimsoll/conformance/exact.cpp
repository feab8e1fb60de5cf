#include "plimsoll/conformance/exact.hpp"

#include "plimsoll/base/assert.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <charconv>

namespace plimsoll::conformance {

namespace {

using boost::multiprecision::cpp_int;

struct Parts {
    cpp_int units;
    int decimals = 0;
};

cpp_int power(int digits) { return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(digits)); }

/// Canonical text to an integer and its scale.
Parts parts_of(const std::string& text) {
    const std::size_t point = text.find('.');
    if (point == std::string::npos) return {cpp_int(text), 0};
    std::string digits = text.substr(0, point) + text.substr(point + 1);
    const bool negative = digits.front() == '-';
    if (negative) digits.erase(0, 1);
    const std::size_t first = digits.find_first_not_of('0');  // a leading zero would make it octal
    cpp_int units(first == std::string::npos ? "0" : digits.substr(first));
    if (negative) units = -units;
    return {units, static_cast<int>(text.size() - point - 1)};
}

std::string text_of(Parts parts) {
    const bool negative = parts.units < 0;
    if (negative) parts.units = -parts.units;
    std::string digits = parts.units.str();
    const auto decimals = static_cast<std::size_t>(parts.decimals);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    std::string fraction = digits.substr(digits.size() - decimals);
    digits.resize(digits.size() - decimals);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    std::string text = fraction.empty() ? digits : digits + "." + fraction;
    return negative && text != "0" ? "-" + text : text;
}

/// Both at the finer scale.
std::pair<cpp_int, cpp_int> aligned(const Parts& a, const Parts& b) {
    const int scale = std::max(a.decimals, b.decimals);
    return {a.units * power(scale - a.decimals), b.units * power(scale - b.decimals)};
}

std::optional<Wide> to_wide(const cpp_int& value) {
    static const cpp_int limit = cpp_int(1) << 127;
    if (value >= limit || value <= -limit) return std::nullopt;
    return static_cast<Wide>(value);
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Exact> Exact::parse(std::string_view text) {
    int exponent = 0;
    if (const std::size_t at = text.find_first_of("eE"); at != std::string_view::npos) {
        std::string_view tail = text.substr(at + 1);
        if (tail.starts_with('+')) tail.remove_prefix(1);
        const auto [end, fault] = std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
        if (fault != std::errc() || end != tail.data() + tail.size() || tail.empty()) return std::nullopt;
        if (exponent > digits_held || exponent < -digits_held) return std::nullopt;
        text = text.substr(0, at);
    }
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (!all_digits(whole) || (point != std::string_view::npos && !all_digits(fraction))) return std::nullopt;
    if (whole.size() + fraction.size() > static_cast<std::size_t>(digits_held)) return std::nullopt;
    std::string digits(whole);
    digits += fraction;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const Exact value(text_of({cpp_int(digits), static_cast<int>(fraction.size())}));
    return (negative ? value.negated() : value).moved(exponent);
}

Exact Exact::of(Wide raw, int digits) { return Exact(format_decimal_short(raw, digits)); }

int Exact::decimals() const {
    const std::size_t point = text_.find('.');
    return point == std::string::npos ? 0 : static_cast<int>(text_.size() - point - 1);
}

Exact Exact::negated() const {
    if (zero()) return *this;
    return Exact(negative() ? text_.substr(1) : "-" + text_);
}

Exact Exact::moved(int places) const {
    Parts parts = parts_of(text_);
    parts.decimals -= places;
    if (parts.decimals < 0) {
        parts.units *= power(-parts.decimals);
        parts.decimals = 0;
    }
    return Exact(text_of(parts));
}

Exact Exact::truncated_to(const Exact& unit) const {
    PLIM_ASSERT(!unit.zero() && !unit.negative());
    const Parts u = parts_of(unit.text_);
    const auto [value, step] = aligned(parts_of(text_), u);
    return Exact(text_of({(value / step) * u.units, u.decimals}));
}

std::optional<Wide> Exact::raw(int digits) const {
    const Parts parts = parts_of(text_);
    if (parts.decimals > digits) return std::nullopt;
    return to_wide(parts.units * power(digits - parts.decimals));
}

std::optional<Wide> Exact::raw_cut(int digits) const {
    const Parts parts = parts_of(text_);
    if (parts.decimals <= digits) return to_wide(parts.units * power(digits - parts.decimals));
    return to_wide(parts.units / power(parts.decimals - digits));
}

Exact operator-(const Exact& a, const Exact& b) {
    const Parts left = parts_of(a.text_);
    const Parts right = parts_of(b.text_);
    const auto [x, y] = aligned(left, right);
    return Exact(text_of({x - y, std::max(left.decimals, right.decimals)}));
}

Exact operator*(const Exact& a, const Exact& b) {
    const Parts left = parts_of(a.text_);
    const Parts right = parts_of(b.text_);
    return Exact(text_of({left.units * right.units, left.decimals + right.decimals}));
}

Exact quotient(const Exact& a, const Exact& b, int decimals) {
    PLIM_ASSERT(!b.zero());
    const auto [x, y] = aligned(parts_of(a.text()), parts_of(b.text()));
    return Exact::parse(text_of({x * power(decimals) / y, decimals})).value_or(Exact());
}

}  // namespace plimsoll::conformance
