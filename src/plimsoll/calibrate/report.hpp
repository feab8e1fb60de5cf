// What a risk committee reads, and what a program reads.
#pragma once

#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/calibrate/floor.hpp"
#include "plimsoll/calibrate/proposal.hpp"
#include "plimsoll/series/csv.hpp"

#include <string>
#include <vector>

namespace plimsoll::text {
class JsonWriter;
}

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

/// A sentence that stands beside the tiers, and what its figures come from.
struct Note {
    std::string sentence;
    std::string how;
};

/// What one of the worst days cost a venue with the proposal. Units  quote currency.
struct FundDay {
    std::int64_t ts = 0;
    double shortfall = 0;      // what accounts could not pay
    double largest = 0;        // of one owner
    double two_largest = 0;    // of two
    double deleveraged = 0;    // notional of winners closed against their will
};
/// How large a fund has to be for such days. Units  quote currency.
struct FundSize {
    double cover_1 = 0;        // largest loss of one owner on any day
    double cover_2 = 0;        // of two
    double bootstrap = 0;      // for so many days drawn with replacement
    std::size_t drawn_days = 0;
    double ruin = 0;           // share of draws that exceed it
    double open_interest = 0;  // notional that was stressed
    std::vector<FundDay> days;
    std::vector<std::string> assumptions;
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
    std::vector<Note> notes;             // its class, funding, liquidations, depth for show
    std::string backtest_how{};          // how the margins of the backtest were paced, in words
    Estimators estimators{};             // that were asked for beside the usual ones
    std::optional<VolatilityFloor> floor{};
    std::string floor_from{};            // name of its record
    std::optional<FundSize> fund{};      // absent: nobody asked
};

/// A backtest alone.
struct BacktestStory {
    const std::vector<Window>& windows;
    const Verdict& verdict;
    std::string settle;   // unit of its amounts
    std::string how;      // words after the margin's name: how it was paced
};

/// A page that needs nothing outside itself.
std::string report_html(const Evidence& evidence);
std::string report_json(const Evidence& evidence);
std::string backtest_html(const std::string& title, const BacktestStory& story);
/// The members of a verdict, into an object that is open; amounts in `settle` beside the shares.
void write_verdict(text::JsonWriter& json, const Verdict& verdict, const std::string& settle);

/// "2025-10-10 21:00", UTC.
std::string time_text(std::int64_t ts);

}  // namespace plimsoll::calibrate
