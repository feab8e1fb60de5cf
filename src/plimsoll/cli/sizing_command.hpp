// `plimsoll size`: how large a position should be.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>

namespace plimsoll::cli {

struct SizeOptions {
    std::string params;
    std::string market;
    std::string side = "buy";
    std::string equity;        // decimals as text: they go into exact questions
    std::string price;
    double daily_volatility = 0;  // share
    double target = 0;            // volatility of the account in a year, share; 0: not asked
    double risk = 0;              // share of the equity that the stop may cost; 0: not asked
    double stop = 0;              // distance of the stop, share of the price
    double edge = 0;              // expected return of the position in a year, share; 0: not asked
    double kelly_share = 0.5;     // of the full Kelly stake
};

/// Exit  usage when no way of sizing has its figures; no when the schedule lets no position pass.
Exit size_command(const SizeOptions& options, const Console& console);

}  // namespace plimsoll::cli
