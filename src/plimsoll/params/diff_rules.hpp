// The parts of a difference that are about rules: how prices are guarded, what trades cost, how accounts are liquidated.
#pragma once

#include "plimsoll/params/diff_schedule.hpp"

namespace plimsoll {

void compare_deposits(Notes& notes, const std::string& subject, const std::string& path, const Asset& before, const Asset& after);
void compare_fees(Notes& notes, const std::string& subject, const std::string& path, const MarketParams& before, const MarketParams& after);
/// The figures of depth and volume are shown at the settle asset's digits of each side.
void compare_guards(Notes& notes, const std::string& subject, const std::string& path, const MarketParams& before,
                    const MarketParams& after);
void compare_liquidation(Notes& notes, const LiquidationRules& before, const LiquidationRules& after);

}  // namespace plimsoll
