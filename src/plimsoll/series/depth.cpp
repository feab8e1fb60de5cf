#include "plimsoll/series/depth.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::series {

namespace {

constexpr std::string_view left_out = "the look is left out";

/// Whether looks are sound, one after the other.
class Looks {
public:
    Looks(DepthFound& found, const std::function<void(const DepthLook&)>& take, std::optional<std::int64_t> before)
        : found_(found), take_(take), before_(before) {}

    void end_of(DepthLook& look, std::uint64_t row) {
        if (look.bids.empty() && look.asks.empty()) return;
        for (auto* side : {&look.bids, &look.asks})
            std::sort(side->begin(), side->end(), [](const Band& a, const Band& b) { return a.within < b.within; });
        if (sound(look, row)) {
            ++found_.looks;
            take_(look);
        } else {
            ++found_.left_out;
        }
        look = {};
    }

private:
    bool sound(const DepthLook& look, std::uint64_t row) {
        if (before_ && look.ts >= *before_)
            return bad(
                "later", row,
                "it was taken at " + std::to_string(look.ts) + ", and nothing from " + std::to_string(*before_) + " on is looked at");
        if (look.bids.size() != look.asks.size()) return bad("one side", row, "bids and asks have other bands");
        for (const auto* side : {&look.bids, &look.asks})
            for (std::size_t i = 1; i < side->size(); ++i)
                if ((*side)[i].notional < (*side)[i - 1].notional) return bad("not cumulative", row, "depth shrinks with distance");
        return not_crossed(look, row);
    }
    /// A mid that a stale quote has moved leaves hardly anything on one side of it.
    bool not_crossed(const DepthLook& look, std::uint64_t row) {
        constexpr double usual_share = 0.02;
        constexpr std::size_t enough = 20;
        double nearest[2] = {look.bids.front().notional, look.asks.front().notional};
        for (int side = 0; side < 2; ++side)
            if (seen_ >= enough && nearest[side] < usual_share * usual_[side] && nearest[1 - side] > usual_share * usual_[1 - side])
                return bad("crossed", row,
                           std::string(side == 0 ? "bids" : "asks") + " within the first band are " + shown(nearest[side]) + ", and " +
                               shown(usual_[side]) + " as a rule: a stale quote beyond the other side moves the mid");
        ++seen_;
        for (int side = 0; side < 2; ++side)
            usual_[side] += (nearest[side] - usual_[side]) / static_cast<double>(std::min<std::size_t>(seen_, 200));
        return true;
    }
    bool bad(std::string_view kind, std::uint64_t row, const std::string& what) {
        found_.defects.add(kind, row, "", left_out, [&] { return what; });
        return false;
    }

    DepthFound& found_;
    const std::function<void(const DepthLook&)>& take_;
    std::optional<std::int64_t> before_;
    double usual_[2] = {0, 0};
    std::size_t seen_ = 0;
};

}  // namespace

Result<DepthFound> read_depth(const std::string& path, const std::function<void(const DepthLook&)>& take,
                              std::optional<std::int64_t> before) {
    auto csv = Csv::open(path, {"ts", "pct", "notional"});
    if (!csv) return fail(csv.error());
    DepthFound found;
    Looks looks(found, take, before);
    DepthLook look;
    std::uint64_t row = 0;
    std::optional<std::int64_t> last;
    while (true) {
        const auto got = csv->next();
        if (!got) return fail(got.error());
        if (!*got) break;
        double values[3] = {};
        for (std::size_t i = 0; i < 3; ++i) {
            const auto value = csv->number(i);
            if (!value) return fail(value.error());
            values[i] = *value;
        }
        const auto [seconds, percent, notional] = values;
        if (seconds < 0 || seconds >= 1e11)
            return fail(csv->error(0, shown(seconds) + " is no time in seconds", "divide milliseconds by 1000"));
        if (percent == 0 || std::abs(percent) >= 100 || notional < 0)
            return fail(csv->error(notional < 0 ? 2 : 1, shown(notional < 0 ? notional : percent) + " is impossible",
                                   "pct is in per cent of the mid"));
        const auto ts = static_cast<std::int64_t>(seconds);
        if (last && ts < *last) {
            found.defects.add("unordered", csv->row(), "ts", "the row is left out",
                              [&] { return std::to_string(ts) + " after " + std::to_string(*last); });
            continue;
        }
        if (last && ts != *last) looks.end_of(look, row);
        last = ts;
        row = csv->row();
        look.ts = ts;
        (percent < 0 ? look.bids : look.asks).push_back({std::abs(percent) / 100, notional});
    }
    looks.end_of(look, row);
    if (found.looks == 0 && found.defects.count("later") == found.left_out && found.left_out > 0)
        return fail(Error{path, "every look at a book in it is later than what is asked about", "give depth from before --as-of"});
    if (found.looks == 0) return fail(Error{path, "it holds no sound look at a book", "see the defects of its rows"});
    return found;
}

namespace {

/// What a row says of when its book was taken.
std::optional<Error> take_time(const Csv& csv, Book& book) {
    for (const std::size_t column : {3u, 4u}) {
        if (!csv.has(column)) continue;
        const auto t = csv.number(column);
        if (!t) return t.error();
        if (*t < 0 || *t >= 1e11) return csv.error(column, shown(*t) + " is no time in seconds", "divide milliseconds by 1000");
        book.t = std::max(book.t.value_or(0), *t);
    }
    return std::nullopt;
}

}  // namespace

Result<Book> read_book(const std::string& path) {
    auto csv = Csv::open(path, {"side", "price", "qty"}, {"t", "ts"});
    if (!csv) return fail(csv.error());
    Book book;
    while (true) {
        const auto got = csv->next();
        if (!got) return fail(got.error());
        if (!*got) break;
        const auto price = csv->number(1);
        const auto size = csv->number(2);
        if (!price) return fail(price.error());
        if (!size) return fail(size.error());
        if (*price <= 0 || *size < 0)
            return fail(csv->error(*price <= 0 ? 1 : 2, "it is impossible", "prices are above 0, sizes not below"));
        if (const auto fault = take_time(*csv, book)) return fail(*fault);
        const std::string_view side = csv->text(0);
        if (side != "b" && side != "a") return fail(csv->error(0, "'" + std::string(side.substr(0, 20)) + "' is no side", "write b or a"));
        if (*size > 0) (side == "b" ? book.bids : book.asks).push_back({*price, *size});
    }
    std::sort(book.bids.begin(), book.bids.end(), [](const Level& x, const Level& y) { return x.price > y.price; });
    std::sort(book.asks.begin(), book.asks.end(), [](const Level& x, const Level& y) { return x.price < y.price; });
    if (book.bids.empty() || book.asks.empty()) return fail(Error{path, "one side of the book is empty", "give a snapshot of both"});
    if (book.bids.front().price >= book.asks.front().price)
        return fail(Error{path, "the book is crossed: bid " + shown(book.bids.front().price) + ", ask " + shown(book.asks.front().price),
                          "a stale quote is in it: take a later snapshot"});
    return book;
}

}  // namespace plimsoll::series
