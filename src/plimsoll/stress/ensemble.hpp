// Many paths through one venue, on all cores, and what they come to. Results depend on the seeds alone, never on the threads.
#pragma once

#include "plimsoll/stress/crash.hpp"

#include <functional>
#include <string>

namespace plimsoll::stress {

/// A figure of an outcome by its name, for tables and files.
struct OutcomeFigure {
    std::string_view name;
    std::string_view meaning;
    double (*get)(const Outcome&);
    void (*set)(Outcome&, double);
};
std::span<const OutcomeFigure> outcome_figures();

struct Ensemble {
    std::uint64_t paths = 1;
    std::function<Path(std::uint64_t index)> path;  // called from several threads
    unsigned threads = 0;                           // 0: as many as there are cores
    std::function<void(std::uint64_t done)> progress;  // called from the thread that called
    std::string kept;     // file to which every finished path is added and from which a run that was broken off goes on; empty: none
    std::string
        asked;    // what was asked for, so that a kept file is not taken for another question's; the number of paths is not part of it
};

/// Outcomes by index of the path. Errors  a kept file that cannot be read or written, or that belongs to another question.
Result<std::vector<Outcome>> run_all(const Crash& crash, const Ensemble& ensemble);

/// Shape  quantiles are of the kind that takes a value that was seen (the smallest at or above which the share lies).
struct Spread {
    double mean = 0;
    double median = 0;
    double p95 = 0;
    double p99 = 0;
    double most = 0;
};
Spread spread_of(std::vector<double> values);

/// What many paths come to. Units  quote currency.
struct Summary {
    std::uint64_t paths = 0;
    Spread shortfall;
    Spread fund_paid;
    Spread beyond_fund;    // shared and booked
    Spread deleveraged;
    Spread liquidated;
    Spread uncarried;
    Spread pledge_bought;
    Spread hurt;           // accounts
    double ruined = 0;     // share of paths in which the fund did not suffice
    double cover_1 = 0;    // largest loss of one owner in any path
    double cover_2 = 0;    // of two
};
Summary summary_of(std::span<const Outcome> outcomes);

/// What a fund must hold so that the losses of so many days, drawn from the outcomes with replacement, exceed it in at most `ruin` of the draws.
///
/// Shape  never decreases in days, never increases in ruin. Errors  asserted: there are outcomes, 0 < ruin < 1.
double fund_for(std::span<const Outcome> outcomes, std::size_t days, double ruin, std::uint64_t seed, std::size_t draws = 10'000);

}  // namespace plimsoll::stress
