// Which price a collateral is valued at, as a rule over named sources: "median(own_book, other_venues, redemption)".
#pragma once

#include "plimsoll/money/text.hpp"

#include <map>
#include <string>
#include <string_view>

namespace plimsoll::stress {

using PriceSources = std::map<std::string, Decimal, std::less<>>;

/// Evaluates a rule of names, decimals, products (*), median, min, max and clamp, exactly.
///
/// Errors  a sentence saying what was not understood and where.
Result<Decimal, std::string> choose_price(std::string_view rule, const PriceSources& sources);

}  // namespace plimsoll::stress
