// `plimsoll calibrate` and `plimsoll backtest`: from prices and depth to a schedule to propose, with its evidence.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>
#include <vector>

namespace plimsoll::cli {

struct CalibrateOptions {
    std::string bars;
    std::string market = "MARKET";
    std::string settle = "USDT";
    std::string column;                 // value of the column `market`, of files that hold several
    std::string depth;
    std::string book;
    std::string appetite = "balanced";
    std::size_t tiers = 8;
    std::string as_of;                  // date or seconds; empty: the last bar
    std::size_t days = 365;             // of the backtest
    std::vector<std::string> compare;   // parameter sets, FILE or FILE=MARKET
    std::string out;                    // folder
    bool dry_run = false;
};

/// Exit  bad_input when a file is refused or the market is too thin.
Exit calibrate_command(const CalibrateOptions& options, const Console& console);
/// Exit  no when the coverage is rejected at 5 % because there were too many exceptions.
Exit backtest_command(const CalibrateOptions& options, const Console& console);

}  // namespace plimsoll::cli
