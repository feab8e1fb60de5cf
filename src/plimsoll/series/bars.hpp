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

/// Reads bars, streaming: `take` is called for each that is in order. Columns  ts, open, high, low, close, volume, and quote_volume if
/// there is one.
///
/// Left out and said: rows out of order or twice, prices that are none, a high below the low or beside open and close. Kept and said: gaps, bars
/// without volume, a jump of more than five times, which is a redenomination more often than a price; a volume whose turnover no market
/// has, or that is not what quote_volume says.
/// Errors  with row and column: what is no number; times that are not seconds; a volume that most rows of quote_volume contradict, which is
/// in another unit; no bar at all; a market that does not occur.
Result<BarsFound> read_bars(const std::string& path, const BarsWanted& wanted, const std::function<void(const Bar&)>& take);

/// Keeps bars, and each time there are too many of them coarser ones: of five minutes, over which the shortest horizon of a margin is measured, then of an hour. Memory
/// then does not grow with the file.
class BarKeeper {
public:
    BarKeeper(std::vector<Bar>& bars, std::size_t most) : bars_(bars), most_(most) {}

    /// Errors  asserted: in the order of time.
    void add(const Bar& bar);
    /// Seconds of the bars that are kept now, the last one maybe not full; 0: as they came.
    std::int64_t step() const { return step_; }

private:
    void coarsen();

    std::vector<Bar>& bars_;
    std::size_t most_;
    std::int64_t step_ = 0;
};

}  // namespace plimsoll::series
