// What stresses of one market under several schedules came to: a page for people, JSON for programs.
#pragma once

#include "plimsoll/stress/ensemble.hpp"

#include <string>
#include <vector>

namespace plimsoll::stress {

/// One schedule that the same crowd and the same paths were put through.
struct Variant {
    std::string name;
    std::string how;              // in words
    Opened opened;
    std::vector<Outcome> outcomes;
    std::vector<Moment> moments;  // of the path that was worst for the first variant; may be empty
    std::uint32_t accounts = 0;
};

struct CrashStory {
    std::string market;
    std::string settle;
    std::string paths_from;       // "2025-10-10 20:50 to 23:00, crash.csv.gz", "1,000 drawn days"
    std::vector<std::string> assumptions;
    std::vector<Variant> variants;  // at least one
    std::uint64_t seed = 1;
    bool pledged = false;         // whether owners held collateral beside money
    std::size_t fund_days = 0;    // a fund is proposed for so many days; 0: not
    double fund_ruin = 0.01;
};

/// A page that needs nothing outside itself.
std::string crash_html(const CrashStory& story);
std::string crash_json(const CrashStory& story);

/// Names of the figures that tables show of a story, each with how it reads an outcome's summary; the same on the page and in the terminal.
struct CrashFigure {
    std::string name;
    std::string (*of)(const Variant&, const Summary&);
};
std::vector<CrashFigure> crash_figures(const CrashStory& story);

}  // namespace plimsoll::stress
