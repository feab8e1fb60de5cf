// The setup language: a venue in a few lines that a risk officer can read. docs/reference/scenarios.md lists every key.
#pragma once

#include "plimsoll/engine/limits.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "scenario/line.hpp"

namespace plimsoll::scenario {

/// A set with one asset, USD, which is the numeraire: what the first line of a scenario starts from.
ParameterSet plain_set();

/// `asset WBTC weight=0.9 price_digits=2`: makes the asset, or changes one that is there.
void setup_asset(ParameterSet& set, Line& line);
/// `market BTC brackets=0:0.04,10000:0.0625 maintenance=0.5 band=0.05`: likewise.
void setup_market(ParameterSet& set, Line& line);
/// `venue threshold=5s critical=0.5 profit_initial=0.5`: rules of liquidation and the weights of profit.
void setup_venue(ParameterSet& set, Line& line);
/// `limits orders=10`
void setup_limits(Limits& limits, Line& line);

/// Every key that the four lines above know.
std::vector<std::string_view> setup_keys();

}  // namespace plimsoll::scenario
