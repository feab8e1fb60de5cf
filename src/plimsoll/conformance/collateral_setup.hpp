// Collateral as translators set it up.
#pragma once

#include "plimsoll/conformance/kit.hpp"

#include <optional>

namespace plimsoll::conformance {

/// What `amount` of one asset counts for in an account that holds nothing else.
Exact counted(Translation& translation, const AssetSetup& asset, const Exact& amount, Purpose purpose);
/// An asset at price 1, at the digits that `amount` needs.
AssetSetup asset_worth_one(const Exact& amount);
/// A haircut h as data: the weight 1 - h at every amount. Nothing for a haircut of 0.
std::optional<LinearDiscount> haircut_of(Translation& translation, const Exact& haircut);
/// The root discount of FTX and Drift: 1.1 / (1 + factor * sqrt(amount)). Nothing for a factor of 0.
std::optional<RootDiscount> root_of(Translation& translation, const Exact& factor);

}  // namespace plimsoll::conformance
