// What a risk committee reads, and what a program reads.
#pragma once

#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/calibrate/proposal.hpp"
#include "plimsoll/series/csv.hpp"

#include <string>
#include <vector>

namespace plimsoll::calibrate {

/// A day on which the market was under stress, judged out of what was known before it.
struct StressDay {
    std::int64_t ts = 0;
    Window worst;           // the window with the largest loss
    double wick_down = 0;   // by highs and lows, in which a mark without a guard would have liquidated
    double wick_up = 0;
};
/// The days with the largest losses over a window, at most `most`, out of all that are there.
std::vector<StressDay> stress_days(const Prices& prices, const Appetite& appetite, std::size_t most);

/// A schedule that somebody else has, for comparison.
struct Other {
    std::string name;
    AskedSchedule asked;
};

struct Evidence {
    const Proposal& proposal;
    std::vector<Proposal> profiles;      // the same market with every appetite
    std::vector<Window> backtest;        // at the smallest size
    Verdict verdict;
    std::vector<StressDay> stress;
    std::vector<Other> others;
    std::vector<std::string> files;      // what was read
    std::vector<series::Defect> defects;
    std::uint64_t bars = 0;
    std::uint64_t missing = 0;
    std::size_t depth_looks = 0;
    std::vector<std::string> notes;      // sentences: its class, funding, liquidations, depth for show
};

/// A page that needs nothing outside itself.
std::string report_html(const Evidence& evidence);
std::string report_json(const Evidence& evidence);

/// "2025-10-10 21:00", UTC.
std::string time_text(std::int64_t ts);

}  // namespace plimsoll::calibrate
