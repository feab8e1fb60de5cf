// What is known of a market at one moment. The engine's guards decide which figures may enter; here they are taken as given.
#pragma once

#include "plimsoll/money/count.hpp"

namespace plimsoll {

/// Units  price and sizes at the market's digits; depth, volume and capitalisation in the settle asset; 0 depth or volume:
///        none measured.
struct MarketState {
    Price mark;
    Size open_interest_long;
    Size open_interest_short;
    Amount depth;
    Amount daily_volume;
    Amount market_cap;
    Rate volatility;
    Rate reserve_ratio = hundred_percent;
    friend bool operator==(const MarketState&, const MarketState&) = default;
};

}  // namespace plimsoll
