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
    std::string book_time;              // when it was taken, where its file does not say
    std::string feed;                   // snapshot of a followed book
    std::string feed_events;            // its changes and trades
    std::string funding;
    std::string liquidations;
    bool trades = false;                // `bars` holds trades
    double venues = 0;                  // that trade it; 0: not known
    double oracle = -1;                 // below 0: not known
    std::string appetite = "balanced";
    std::size_t tiers = 8;
    std::string as_of;                  // date or seconds; empty: the last bar
    std::size_t days = 365;             // of the backtest
    std::vector<std::string> compare;   // parameter sets, FILE or FILE=MARKET
    std::string collateral;             // name of the market's coin in the set; empty: it is none
    double held = 0;                    // of it on the venue
    double concentration = 0;
    double others = 0;                  // open interest of others, each side, for the schedules to compare with
    double fund_loss = -1;              // largest that the fund may take on one position; below 0: the appetite's
    double speed_bump = 0;              // most that a margin grows in a day, share; 0: any
    bool draw_down = false;             // the buffer is used up when margins rise
    std::string live;                   // set that is in force, FILE or FILE=MARKET; empty: pace is the backtest's alone
    double live_days = 1;               // since it is in force
    double drawn = 0;                   // share of its buffer that was used when it was made
    std::string floor;                  // record of the volatility floor: a file, or "bars"; empty: none
    std::vector<std::string> estimators;  // that take part beside the usual ones: shortfall, garch
    std::string trades_beside;          // trades of the same market, which have to agree with the bars
    std::string marks;                  // its mark prices, likewise
    double notional = 1'000;            // Q of the backtest
    std::size_t fund_days = 10;         // for which a fund is proposed; 0: none is
    double ruin = 0.01;
    std::string report;                 // page of the backtest
    unsigned threads = 0;
    std::string kept;                   // file of days that were measured
    std::string out;                    // folder
    bool dry_run = false;
};

/// Exit  bad_input when a file is refused or the market is too thin.
Exit calibrate_command(const CalibrateOptions& options, const Console& console);
/// Exit  no when the coverage is rejected at 5 % because there were too many exceptions.
Exit backtest_command(const CalibrateOptions& options, const Console& console);

struct HaircutOptions {
    CalibrateOptions from;              // bars, depth and appetite of the collateral
    double held = 0;                    // value on the venue, quote currency
    std::size_t tiers = 6;
    double concentration = 0;
    std::string beside;                 // bars of what it is collateral for
};

/// Exit  as calibrate_command().
Exit haircut_command(const HaircutOptions& options, const Console& console);

}  // namespace plimsoll::cli
