// `plimsoll stress`: what a market can lose to a crash, and to those who move its price.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll::cli {

/// Where a market's depth comes from; one of the three.
struct DepthOptions {
    double per_percent = 0;  // even by the logarithm of the price
    std::string bands;       // depth bands over time
    std::string book;        // a snapshot
    double quantile = 0.1;   // over time, of bands
};

// In the order in which they are asked about. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct StressOptions {
    std::string params;
    std::string market;
    // the path
    std::string bars;
    std::string column;
    std::string from;
    std::string to;
    bool closes = false;
    bool resample = false;
    double daily_volatility = 0.05;
    double jump_chance = 0.3;
    double jump_least = 0.05;
    double price = 0;        // at which paths begin; 0: where the bars do, and drawn days at 100
    std::uint64_t paths = 1;
    std::string incident;  // name or file
    std::string incidents;  // folder
    std::int64_t over_minutes = 60;
    // collateral beside money
    std::string pledge;  // NAME:SHARE
    std::string pledge_bars;
    std::string pledge_column;
    double pledge_beta = 1;
    double pledge_price = 0;  // 0: where its bars begin
    // further markets on one margin
    std::vector<std::string> also;  // MARKET=FILE or MARKET=FILE@COLUMN
    double also_weight = 1;
    double same_side = 0.8;
    std::uint64_t seed = 1;
    unsigned threads = 0;
    // liquidity
    DepthOptions depth;
    double depth_left = 0.2;
    double leaves_at = 0.1;
    double recovery_s = 60;
    std::vector<std::string> elsewhere;  // NOTIONAL@SECONDS
    std::vector<std::string> pools;      // RESERVE or RESERVE:REACH
    // the crowd
    std::uint32_t owners = 1'000;
    double capital = 1'000;
    std::string leverage = "2:50";
    double long_share = 0.6;
    std::string stops = "0.25:0.5";      // SHARE:LOSS
    std::string whales;                  // N:CAPITAL:LEVERAGE
    std::uint32_t accounts_each = 1;
    bool grouped = false;
    // the venue
    double fund = 0;
    double makers = 0;
    double own_weight = 0;
    std::string frozen;                  // FROM:TO, minutes
    std::string lie;                     // TIMES:FROM:TO
    bool index_lies = false;
    double confirm_s = 0;
    std::uint32_t fills_most = 0;
    double reach = 0.5;
    double daily_volume = 0;
    // against what
    bool no_flat = false;
    std::vector<std::string> compare;    // FILE or FILE=MARKET
    // what comes out
    std::size_t fund_days = 0;
    double ruin = 0.01;
    std::string kept;
    std::string report;
};

/// Exit  bad_input when a file or figure is refused or the engine cannot play it.
Exit stress_run_command(StressOptions options, const Console& console);

struct ExtractOptions {
    std::string params;
    std::string market;
    DepthOptions depth;
    double push_most = 1;
    double profit_weight = -1;     // below 0: that of the set for withdrawals
    unsigned accounts = 1;
    double open_interest = 0;      // 0: twice what is safe
    std::vector<std::string> leaves;
    std::vector<std::string> pools;  // RESERVE or RESERVE:REACH
    double recovery_s = 600;
    double resale = 1;
    double step_s = 60;
    double window_s = 3'600;
    double outflow_per_hour = 0;   // 0: any
    double there = 0;              // 0: any
    double price = 0;              // as it is; of schedules that look at sizes, and at which it is played
    double others = 0;             // open interest of others, each side
    double daily_volume = 0;
    bool formula = false;          // the closed form of the even book, as the reference bounds have it
    bool play = false;
    std::string svg;
    std::string out;               // set with the caps that are proposed
};

/// Exit  no when an attack pays at the open interest asked about.
Exit extract_command(const ExtractOptions& options, const Console& console);

}  // namespace plimsoll::cli
