// Figures of a parameter set as text: the same spelling in parameter files, findings and differences.
#pragma once

#include "plimsoll/money/text.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <optional>
#include <string>

namespace plimsoll {

/// "0.05", or "2/3" when the fraction is no decimal by its form.
std::string to_text(Fraction fraction);
/// The leverage that the fraction spells: {10^9, 75} is "75". Nothing for a fraction of another form.
std::optional<std::string> leverage_of(Fraction fraction);
std::string to_text(const Decimal& decimal);
std::string to_text(Rate rate);

/// The same by value: lowest terms with the numerator still counting 10^-9, 1/20 becomes 0.05.
Fraction normalised(Fraction fraction);
/// Without trailing zeros of the fraction: 1.50 becomes 1.5.
Decimal normalised(Decimal decimal);
/// a < b by value, for any two scales.
bool less(const Decimal& a, const Decimal& b);

}  // namespace plimsoll
