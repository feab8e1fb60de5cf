// Resting depth of one book: bands around the mid over time, and single books with all their levels.
#pragma once

#include "plimsoll/series/csv.hpp"

#include <optional>

namespace plimsoll::series {

class Beside;

/// Notional within a distance of the mid, one side. Units  within: share of the mid; notional: quote currency, cumulative from the mid on.
struct Band {
    double within = 0;
    double notional = 0;
};
/// One look at a book. Each side by growing distance, cumulative.
struct DepthLook {
    std::int64_t ts = 0;
    std::vector<Band> bids;
    std::vector<Band> asks;
};

struct DepthFound {
    std::uint64_t looks = 0;
    std::uint64_t left_out = 0;
    Defects defects;
};

/// Reads bands, streaming. Columns  ts, pct (per cent of the mid, negative for bids), notional (cumulative from the mid).
///
/// Left out and said: looks in which depth shrinks with distance; those in which one side is nearly empty close to the mid against its own usual, as it
/// looks when a stale quote has crossed the book and moved the reference mid; looks out of order; those at or after `before`. Kept and
/// said, where `beside` has bars of the market: depth that is less than a hundred-thousandth of a day's turnover and would not be so if it
/// were in the base, or the other way round.
/// Errors  as read_bars(); no look before `before`; where there is a column depth_base and `beside`: notional that is no depth_base at the
/// price.
Result<DepthFound> read_depth(const std::string& path, const std::function<void(const DepthLook&)>& take,
                              std::optional<std::int64_t> before = {}, const Beside* beside = nullptr);

struct Level {
    double price = 0;
    double size = 0;
};
/// A book at one time, best level first on each side.
struct Book {
    std::vector<Level> bids;
    std::vector<Level> asks;
    std::optional<double> t{};  // when it was taken, seconds; absent: the file does not say
    std::uint64_t bid_row = 0;  // rows of the best bid and ask in their file; 0: it comes from none
    std::uint64_t ask_row = 0;
};
/// Reads one snapshot. Columns  side (b or a), price, qty, and t or ts if there is one: the latest of its rows is when it was taken. Errors
/// as read_bars(), a side that is empty, and a crossed book, with both prices and rows.
Result<Book> read_book(const std::string& path);

}  // namespace plimsoll::series
