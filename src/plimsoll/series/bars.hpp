// Price bars of one market in the order of time.
#pragma once

#include "plimsoll/series/csv.hpp"

namespace plimsoll::series {

/// A bar. Units  ts: the second in which it opens, UTC; prices in the quote currency; volume as the file has it.
struct Bar {
    std::int64_t ts = 0;
    double open = 0;
    double high = 0;
    double low = 0;
    double close = 0;
    double volume = 0;
};

struct BarsWanted {
    std::string market;   // of a file with a column `market` or `symbol`; empty: the file holds one market and has no such column
    std::int64_t step = 0;  // seconds between bars; 0: the distance of the first two
};

/// What was found on the way.
struct BarsFound {
    std::uint64_t bars = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t step = 0;
    std::uint64_t missing = 0;  // bars that the gaps would hold
    Defects defects;
};

/// Reads bars, streaming: `take` is called for each that is in order. Columns  ts, open, high, low, close, volume.
///
/// Left out and said: rows out of order or twice, prices that are none, a high below the low or beside open and close. Kept and said: gaps, bars
/// without volume, a jump of more than five times, which is a redenomination more often than a price.
/// Errors  with row and column: what is no number; times that are not seconds; no bar at all; a market that does not occur.
Result<BarsFound> read_bars(const std::string& path, const BarsWanted& wanted, const std::function<void(const Bar&)>& take);

inline constexpr std::int64_t coarse_step = 300;  // seconds

/// Keeps bars, and from a number on coarser ones: memory then grows with the time that a file covers and not with its rows. Five minutes are what the shortest
/// horizon of a margin is measured over.
class BarKeeper {
public:
    BarKeeper(std::vector<Bar>& bars, std::size_t most) : bars_(bars), most_(most) {}

    /// Errors  asserted: in the order of time.
    void add(const Bar& bar);
    /// Whether bars are now those of coarse_step, the last one maybe not full.
    bool coarse() const { return coarse_; }

private:
    std::vector<Bar>& bars_;
    std::size_t most_;
    bool coarse_ = false;
};

}  // namespace plimsoll::series
