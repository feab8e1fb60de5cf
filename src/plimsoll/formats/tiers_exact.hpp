// Exact arithmetic on decimals that carry their scale: what tier tables need and no more. What does not fit is nothing.
#pragma once

#include "plimsoll/money/text.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::formats {

std::strong_ordering compare(const Decimal& a, const Decimal& b);
inline bool less(const Decimal& a, const Decimal& b) { return compare(a, b) < 0; }
inline bool equal(const Decimal& a, const Decimal& b) { return compare(a, b) == 0; }

std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
/// a / 10^places
std::optional<Decimal> shift_down(const Decimal& a, int places);
/// a * b compared with 1, never out of range.
std::strong_ordering product_against_one(const Decimal& a, const Decimal& b);

/// 1 / a with `digits` decimals in the stated direction; `a` must be positive.
std::optional<Decimal> reciprocal(const Decimal& a, int digits, Round round);

/// "0.05": no trailing zeros.
std::string to_text(const Decimal& value);

/// "1e-05" as "0.00001": the same number without an exponent, or nothing when that is no JSON number or absurdly long.
std::optional<std::string> without_exponent(std::string_view number);

}  // namespace plimsoll::formats
