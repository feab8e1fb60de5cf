// A book that is followed: a snapshot, then every change of a level and every trade.
#pragma once

#include "plimsoll/series/depth.hpp"

#include <optional>

namespace plimsoll::series {

/// Units  t: seconds, with decimals.
struct Trade {
    double t = 0;
    double price = 0;
    double size = 0;
    bool taker_buys = false;
};

/// A look at a book that is followed.
struct BookLook {
    double t = 0;
    const Book& book;
};

struct FeedWanted {
    double every_s = 5;      // between looks
    double silence_s = 60;   // a longer pause is said
    std::optional<double> before{};   // rows from then on are left out and said
    const Beside* beside = nullptr;   // bars of the market, in whose units prices and sizes have to be; may be null
};

struct FeedFound {
    std::uint64_t updates = 0;
    std::uint64_t trades = 0;
    std::uint64_t looks = 0;
    double first = 0;
    double last = 0;
    Defects defects;
};

/// Follows a book. Columns of both files  t, side, price, qty; side b or a: the level holds so much now (0: it is gone); B or s (in the
/// second file): a trade, taker buying or selling. Calls on_look at least every_s apart, with the book as it stands; on_trade for every trade.
///
/// Left out and said: changes from before the snapshot, times that run backwards, looks at a crossed book with the row that crossed it,
/// sizes and prices that are none, rows later than what is asked about. Kept and said: pauses, trades outside the quotes of the moment,
/// deletions of levels that were not known, what is not in the units of the bars beside it. What lies farther out than the snapshot is
/// known only once it changes: depth there is understated at first.
/// Errors  with row and column: what is no number or no side; a snapshot that read_book() would refuse; prices or sizes in another unit
/// than the bars; nothing after it.
Result<FeedFound> read_feed(const std::string& snapshot, const std::string& events, const FeedWanted& wanted,
                            const std::function<void(const BookLook&)>& on_look, const std::function<void(const Trade&)>& on_trade);

/// Notional within each distance of a mid, cumulative; a distance at which the book has ended holds what it has. Errors  asserted: distances grow.
DepthLook bands_of(const BookLook& look, double mid, std::span<const double> distances);
double mid_of(const Book& book);

}  // namespace plimsoll::series
