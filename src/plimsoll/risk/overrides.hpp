// Named exceptions of a parameter set, resolved for one account.
#pragma once

#include "plimsoll/account/position.hpp"
#include "plimsoll/params/parameter_set.hpp"

#include <string_view>

namespace plimsoll {

/// What the set names for this account in this market; figures it does not name are 0.
PositionTerms overrides_in(const ParameterSet& set, std::string_view account, MarketId market);

/// What the set names for this account in every market.
PositionTerms overrides_everywhere(const ParameterSet& set, std::string_view account);

}  // namespace plimsoll
