// What a schedule is asked about: one account's exposure in one market, and the market's figures after the trade.
#pragma once

#include "plimsoll/money/limits.hpp"
#include "plimsoll/schedule/schedule.hpp"

namespace plimsoll {

/// The decimal scales a schedule is compiled for.
struct Scales {
    int notional_digits = 0;  // sum of the digits of price, size and multiplier
    int size_digits = 0;
    int amount_digits = 0;  // of the settle asset, in which margin is answered
    friend bool operator==(const Scales&, const Scales&) = default;
};

/// Units  notionals count 10^-notional_digits of the settle asset, exact, >= 0, <= notional_max; size counts
///        10^-size_digits, >= 0. An empty exposure is all zeros.
struct Exposure {
    Wide notional = 0;
    Wide size = 0;
    Wide group_notional = 0;  // >= notional
    bool is_short = false;
};

/// Units  as Exposure; volatility and reserve ratio count 10^-9.
struct MarketFigures {
    Wide open_interest_long = 0;
    Wide open_interest_short = 0;
    Wide depth = 0;  // 0: none measured; a term that divides by it then answers its cap
    Wide daily_volume = 0;
    Wide market_cap = 0;
    Rate volatility;
    Rate reserve_ratio = hundred_percent;

    constexpr Wide side(bool is_short) const { return is_short ? open_interest_short : open_interest_long; }
    constexpr Wide larger_side() const { return open_interest_long > open_interest_short ? open_interest_long : open_interest_short; }
};

/// What is particular to an account in a market. They can only raise a requirement.
struct AccountTerms {
    Rate multiplier = hundred_percent;  // of every level, >= 1
    Rate initial_floor;                 // least initial rate
    Fraction leverage_rate;             // 1 / chosen leverage, 0 when none was chosen: least initial rate

    friend bool operator==(const AccountTerms&, const AccountTerms&) = default;
};

}  // namespace plimsoll
