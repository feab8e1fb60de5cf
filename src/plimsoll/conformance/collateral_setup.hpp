// Collateral as translators set it up.
#pragma once

#include "plimsoll/conformance/kit.hpp"

namespace plimsoll::conformance {

/// What `amount` of one asset counts for in an account that holds nothing else.
Exact counted(Translation& translation, const AssetSetup& asset, const Exact& amount, Purpose purpose);
/// An asset at price 1, at the digits that `amount` needs.
AssetSetup asset_worth_one(const Exact& amount);
/// A haircut h as data: the weight 1 - h at every amount.
LinearDiscount haircut_of(Translation& translation, const Exact& haircut);

}  // namespace plimsoll::conformance
