// Resting depth of one book: bands around the mid over time, and single books with all their levels.
#pragma once

#include "plimsoll/series/csv.hpp"

#include <optional>

namespace plimsoll::series {

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
/// looks when a stale quote has crossed the book and moved the reference mid; looks out of order; those at or after `before`. Errors  as read_bars(); no look before `before`.
Result<DepthFound> read_depth(const std::string& path, const std::function<void(const DepthLook&)>& take,
                              std::optional<std::int64_t> before = {});

struct Level {
    double price = 0;
    double size = 0;
};
/// A book at one time, best level first on each side.
struct Book {
    std::vector<Level> bids;
    std::vector<Level> asks;
    std::optional<double> t{};  // when it was taken, seconds; absent: the file does not say
};
/// Reads one snapshot. Columns  side (b or a), price, qty, and t or ts if there is one: the latest of its rows is when it was taken. Errors  as read_bars(), and a
/// crossed book, with both prices.
Result<Book> read_book(const std::string& path);

}  // namespace plimsoll::series
