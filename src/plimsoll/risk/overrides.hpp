// The named exceptions of a parameter set, brought to the account they are about.
#pragma once

#include "plimsoll/account/position.hpp"
#include "plimsoll/params/parameter_set.hpp"

#include <string>
#include <string_view>

namespace plimsoll {

/// What the set names for this account in this market; figures it does not name are 0.
PositionTerms overrides_in(const ParameterSet& set, std::string_view account, MarketId market);

/// What the set names for this account in every market.
PositionTerms overrides_everywhere(const ParameterSet& set, std::string_view account);

/// Replaces the overrides an account carries by those the set names for it. Precedence is kept by where they stand: the
/// account's in a market, then the account's, then the market's, then the schedule's.
void apply_overrides(const ParameterSet& set, std::string_view account_name, Account& account);

/// Why the set's overrides are refused, naming the one it is about; empty when they are fine: each account named once per
/// market and once for all, multipliers between 1 and 100, initial floors above 0 and at most 10.
std::string override_fault(const ParameterSet& set);

}  // namespace plimsoll
