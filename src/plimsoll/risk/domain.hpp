// What may enter: assets, markets and accounts inside the declared domain, so that no sum or product of risk/ can overflow.
#pragma once

#include "plimsoll/risk/context.hpp"

#include <string>

namespace plimsoll {

/// Why an asset or a market is outside the domain; empty when it is inside. RiskContext::make() asks both.
std::string asset_fault(const ParameterSet& set, const Asset& asset);
std::string market_fault(const ParameterSet& set, const MarketParams& market);

/// Why an account is outside the domain of this parameter set, naming the balance or position by its place (from 1); empty
/// when it is inside. Every question of health, admission and price asserts its figures instead, so ask this first about
/// an account that comes from outside.
///
/// Holds inside it: at most positions_max positions and balances_max balances, each asset once, each market in one mode
/// and either as one net leg or as a long leg followed by its short one; sizes, and what they may be filled to, within
/// size_max; costs of the sign of what they pay for and no larger than at price_max.
/// Source  spec/ACCT-005.
std::string account_fault(const RiskContext& context, const AccountView& account);

}  // namespace plimsoll
