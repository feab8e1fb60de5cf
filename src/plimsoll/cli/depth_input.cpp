#include "plimsoll/cli/depth_input.hpp"

#include "plimsoll/calibrate/liquidity.hpp"
#include "plimsoll/cli/series_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace plimsoll::cli {

namespace {

using stress::BookSide;
using stress::Profile;

Result<Sides> from_bands(const DepthOptions& o, const Console& console) {
    calibrate::DepthHistory history;
    const auto found = series::read_depth(o.bands, [&](const series::DepthLook& look) { history.add(look); });
    if (!found) return fail(found.error());
    say_defects(o.bands, found->defects, console);
    const calibrate::DepthCurve curve = history.at(o.quantile);
    return Sides{Profile::bands(BookSide::bids, curve.bands()), Profile::bands(BookSide::asks, curve.bands()),
                 "the " + percent(o.quantile) + " quantile over " + std::to_string(history.looks()) + " looks at depth, the worse side"};
}

Result<Sides> from_book(const DepthOptions& o) {
    const auto book = series::read_book(o.book);
    if (!book) return fail(book.error());
    const double mid = (book->bids.front().price + book->asks.front().price) / 2;
    return Sides{Profile::levels(BookSide::bids, book->bids, mid), Profile::levels(BookSide::asks, book->asks, mid),
                 "a book of " + std::to_string(book->bids.size()) + " bids and " + std::to_string(book->asks.size()) + " asks"};
}

}  // namespace

Result<Sides> read_sides(const DepthOptions& o, const Console& console) {
    if ((o.per_percent > 0) + !o.bands.empty() + !o.book.empty() != 1)
        return fail(Error{"depth", "it has to come from one place",
                          "give one of --depth-per-percent, --depth (bands over time) and --book (a snapshot)"});
    if (!o.bands.empty()) return from_bands(o, console);
    if (!o.book.empty()) return from_book(o);
    // Beyond a price of a thousandth or a thousand times nobody looks.
    const double most = o.per_percent * 100 * std::log(1'000);
    return Sides{Profile::even(BookSide::bids, o.per_percent, most), Profile::even(BookSide::asks, o.per_percent, most),
                 human(o.per_percent) + " for each per cent of price"};
}

Result<std::vector<double>> read_numbers(const std::string& flag, const std::string& text, std::size_t least, std::size_t most,
                                         const std::string& form) {
    const auto wrong = [&] { return fail(Error{flag, "'" + text + "' is not of the form " + form, "separate numbers by a colon"}); };
    std::vector<double> numbers;
    const char* at = text.c_str();
    while (true) {
        char* end = nullptr;
        const double value = std::strtod(at, &end);
        if (end == at || !std::isfinite(value)) return wrong();
        numbers.push_back(value);
        if (*end == '\0') break;
        if (*end != ':' && *end != '@') return wrong();
        at = end + 1;
    }
    if (numbers.size() < least || numbers.size() > most) return wrong();
    return numbers;
}

Result<PoolInput> read_pool(const std::string& text) {
    const auto pool = read_numbers("--pool", text, 1, 2, "RESERVE or RESERVE:REACH");
    if (!pool) return fail(pool.error());
    const double reserve = (*pool)[0];
    if (!(reserve > 0)) return fail(Error{"--pool", "'" + text + "' is out of range", "write 5000000:0.2"});
    const double reach = pool->size() > 1 ? -std::log1p(-std::clamp((*pool)[1], 0.0001, 0.9999)) : std::log(1'000);
    return PoolInput{{Profile::pool(BookSide::bids, reserve, reach), Profile::pool(BookSide::asks, reserve, reach),
                      "a constant-product pool with " + human(reserve) + " of the quote currency" +
                          (pool->size() > 1 ? " within " + percent((*pool)[1]) + " of the price" : std::string()) + ", at a fee of 0.3 %"}};
}

}  // namespace plimsoll::cli
