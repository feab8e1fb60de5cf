// Decimals of any length, for comparing: expected figures come with up to a hundred digits, and a difference must be exact.
// Not for deciding money: what the product answers is computed in its own types and only shown here.
#pragma once

#include "plimsoll/money/text.hpp"
#include "plimsoll/money/wide.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::conformance {

/// A decimal as canonical text: no leading zeros, no trailing zeros of the fraction, no "-0".
class Exact {
public:
    Exact() = default;
    /// Reads "-12.5" and "1e-12"; nothing when the text is no decimal or longer than `digits_held`.
    static std::optional<Exact> parse(std::string_view text);
    /// raw * 10^-digits.
    static Exact of(Wide raw, int digits);
    static Exact of(const Decimal& value) { return of(value.raw, value.digits); }

    const std::string& text() const { return text_; }
    bool negative() const { return text_.front() == '-'; }
    bool zero() const { return text_ == "0"; }
    /// Digits behind the point.
    int decimals() const;

    Exact negated() const;
    Exact magnitude() const { return negative() ? negated() : *this; }
    /// The point moved: this * 10^places.
    Exact moved(int places) const;
    /// Toward zero, to a multiple of `unit` > 0.
    Exact truncated_to(const Exact& unit) const;

    /// As a count of 10^-digits; nothing when it has more decimals or does not fit.
    std::optional<Wide> raw(int digits) const;
    /// The same, with what is finer than the scale cut off toward zero.
    std::optional<Wide> raw_cut(int digits) const;

    friend bool operator==(const Exact&, const Exact&) = default;
    friend Exact operator-(const Exact& a, const Exact& b);
    friend Exact operator+(const Exact& a, const Exact& b) { return a - b.negated(); }
    friend Exact operator*(const Exact& a, const Exact& b);
    friend bool operator<(const Exact& a, const Exact& b) { return (a - b).negative(); }

    static constexpr int digits_held = 400;

private:
    explicit Exact(std::string canonical) : text_(std::move(canonical)) {}
    std::string text_ = "0";
};

/// a / b to `decimals` places, toward zero; b must not be zero. For showing an amount per unit as a rate.
Exact quotient(const Exact& a, const Exact& b, int decimals = 30);

}  // namespace plimsoll::conformance
