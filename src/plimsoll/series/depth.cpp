#include "plimsoll/series/depth.hpp"

#include "plimsoll/series/units.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::series {

namespace {

constexpr std::string_view left_out = "the look is left out";

/// Where the figures of a look stand in the file.
struct LookRows {
    std::uint64_t last = 0;
    std::uint64_t nearest[2] = {0, 0};  // of the first band of bids and of asks
    double within[2] = {0, 0};          // how far that is
};

/// Whether looks are sound, one after the other.
class Looks {
public:
    Looks(DepthFound& found, const std::function<void(const DepthLook&)>& take, std::optional<std::int64_t> before, const Beside* beside)
        : found_(found), take_(take), before_(before), beside_(beside) {}

    void end_of(DepthLook& look, const LookRows& rows) {
        if (look.bids.empty() && look.asks.empty()) return;
        for (auto* side : {&look.bids, &look.asks})
            std::sort(side->begin(), side->end(), [](const Band& a, const Band& b) { return a.within < b.within; });
        if (sound(look, rows)) {
            ++found_.looks;
            take_(look);
        } else {
            ++found_.left_out;
        }
        look = {};
    }

private:
    bool sound(const DepthLook& look, const LookRows& rows) {
        if (before_ && look.ts >= *before_)
            return bad("later", rows.last, "", later_words(static_cast<double>(look.ts), static_cast<double>(*before_)));
        if (look.bids.size() != look.asks.size()) return bad("one side", rows.last, "pct", "bids and asks have other bands");
        for (const auto* side : {&look.bids, &look.asks})
            for (std::size_t i = 1; i < side->size(); ++i)
                if ((*side)[i].notional < (*side)[i - 1].notional)
                    return bad("not cumulative", rows.last, "notional", "depth shrinks with distance");
        if (!not_crossed(look, rows)) return false;
        if (beside_ != nullptr) look_at_unit(look, rows);
        return true;
    }
    /// A mid that a stale quote has moved leaves hardly anything on one side of it.
    bool not_crossed(const DepthLook& look, const LookRows& rows) {
        constexpr double usual_share = 0.02;
        constexpr std::size_t enough = 20;
        double nearest[2] = {look.bids.front().notional, look.asks.front().notional};
        for (int side = 0; side < 2; ++side)
            if (seen_ >= enough && nearest[side] < usual_share * usual_[side] && nearest[1 - side] > usual_share * usual_[1 - side])
                return bad("crossed", rows.nearest[side], "notional",
                           std::string(side == 0 ? "bids" : "asks") + " within the first band are " + shown(nearest[side]) + ", and " +
                               shown(usual_[side]) + " as a rule: a stale quote beyond the other side moves the mid");
        ++seen_;
        for (int side = 0; side < 2; ++side)
            usual_[side] += (nearest[side] - usual_[side]) / static_cast<double>(std::min<std::size_t>(seen_, 200));
        return true;
    }
    /// A book that held a hundred-thousandth of a day's turnover would be turned over each second, and one that held ten days of it is none
    /// either: then the same figure in the other unit is looked at.
    void look_at_unit(const DepthLook& look, const LookRows& rows) {
        constexpr double least = 1e-5, most = 10;
        const double held = std::max(look.bids.back().notional, look.asks.back().notional);
        const auto price = beside_->close_at(static_cast<double>(look.ts));
        const double turnover = beside_->daily_turnover();
        if (!price || turnover <= 0 || held <= 0) return;
        const auto odd = [&](double notional) { return notional < least * turnover || notional > most * turnover; };
        if (odd(held) && !odd(held * *price))
            found_.defects.add("wrong unit", rows.last, "notional", "kept", [&] {
                return shown(held) + " within the last band, and " + shown(turnover) +
                       " is traded in a day: depth may be in the base, and the quote currency is meant";
            });
    }
    bool bad(std::string_view kind, std::uint64_t row, std::string_view column, const std::string& what) {
        found_.defects.add(kind, row, column, left_out, [&] { return what; });
        return false;
    }

    DepthFound& found_;
    const std::function<void(const DepthLook&)>& take_;
    std::optional<std::int64_t> before_;
    const Beside* beside_;
    double usual_[2] = {0, 0};
    std::size_t seen_ = 0;
};

/// One row of bands: when, how far from the mid, how much.
struct BandRow {
    std::int64_t ts = 0;
    double percent = 0;
    double notional = 0;
};
Result<BandRow> band_row_of(Csv& csv) {
    const auto seconds = csv.time(0);
    if (!seconds) return fail(seconds.error());
    const auto percent = csv.number(1), notional = csv.number(2);
    if (!percent) return fail(percent.error());
    if (!notional) return fail(notional.error());
    if (*percent == 0 || std::abs(*percent) >= 100 || *notional < 0)
        return fail(csv.error(*notional < 0 ? 2 : 1, shown(*notional < 0 ? *notional : *percent) + " is impossible",
                              "pct is in per cent of the mid"));
    return BandRow{static_cast<std::int64_t>(*seconds), *percent, *notional};
}

/// Notional over the same depth in the base is the price.
Result<void> look_at_base(const Csv& csv, const BandRow& row, const Beside& beside, Defects& defects, Agreement& agreement) {
    const auto base = csv.number(3);
    if (!base) return fail(base.error());
    if (*base <= 0 || row.notional <= 0) return {};
    if (const auto times = beside.price_times(static_cast<double>(row.ts), row.notional / *base))
        agreement.look(defects, csv.row(), *times);
    return {};
}

}  // namespace

Result<DepthFound> read_depth(const std::string& path, const std::function<void(const DepthLook&)>& take,
                              std::optional<std::int64_t> before, const Beside* beside) {
    auto csv = Csv::open(path, {"ts", "pct", "notional"}, {"depth_base"});
    if (!csv) return fail(csv.error());
    DepthFound found;
    Looks looks(found, take, before, beside);
    Agreement in_base("notional", "notional over depth_base", "the bar of its time as a price");
    DepthLook look;
    LookRows rows;
    std::optional<std::int64_t> last;
    while (true) {
        const auto got = csv->next();
        if (!got) return fail(got.error());
        if (!*got) break;
        const auto row = band_row_of(*csv);
        if (!row) return fail(row.error());
        if (last && row->ts < *last) {
            found.defects.add("unordered", csv->row(), "ts", "the row is left out",
                              [&] { return std::to_string(row->ts) + " after " + std::to_string(*last); });
            continue;
        }
        if (beside != nullptr && csv->has(3))
            if (const auto looked = look_at_base(*csv, *row, *beside, found.defects, in_base); !looked) return fail(looked.error());
        if (last && row->ts != *last) looks.end_of(look, rows);
        last = row->ts;
        rows.last = csv->row();
        look.ts = row->ts;
        const int which = row->percent < 0 ? 0 : 1;
        auto& side = which == 0 ? look.bids : look.asks;
        const double within = std::abs(row->percent) / 100;
        if (side.empty() || within < rows.within[which]) {
            rows.nearest[which] = csv->row();
            rows.within[which] = within;
        }
        side.push_back({within, row->notional});
    }
    looks.end_of(look, rows);
    if (const auto same_unit = in_base.verdict(path); !same_unit) return fail(same_unit.error());
    if (found.looks == 0 && found.defects.count("later") == found.left_out && found.left_out > 0)
        return fail(Error{path, "every look at a book in it is later than what is asked about", "give depth from before --as-of"});
    if (found.looks == 0) return fail(Error{path, "it holds no sound look at a book", "see the defects of its rows"});
    return found;
}

namespace {

/// What a row says of when its book was taken.
std::optional<Error> take_time(Csv& csv, Book& book) {
    for (const std::size_t column : {3u, 4u}) {
        if (!csv.has(column)) continue;
        const auto t = csv.time(column);
        if (!t) return t.error();
        book.t = std::max(book.t.value_or(0), *t);
    }
    return std::nullopt;
}

struct LevelRow {
    Level level;
    std::uint64_t row = 0;
};

/// Levels of one side, best first.
std::vector<Level> levels_of(std::vector<LevelRow>& rows, bool is_bid) {
    std::sort(rows.begin(), rows.end(),
              [&](const LevelRow& x, const LevelRow& y) { return is_bid ? x.level.price > y.level.price : x.level.price < y.level.price; });
    std::vector<Level> levels;
    levels.reserve(rows.size());
    for (const LevelRow& row : rows) levels.push_back(row.level);
    return levels;
}

/// Errors  of the whole book, at the row that makes it so.
Result<Book> sound_book(const std::string& path, Book book, std::uint64_t last_row) {
    const auto at = [&](std::uint64_t row, const char* column) { return path + ":" + std::to_string(row) + ", column " + column; };
    if (book.bids.empty() || book.asks.empty())
        return fail(Error{at(last_row, "side"), "one side of the book is empty", "give a snapshot of both"});
    const double bid = book.bids.front().price, ask = book.asks.front().price;
    if (bid >= ask)
        return fail(Error{at(std::max(book.bid_row, book.ask_row), "price"),
                          "the book is crossed: bid " + shown(bid) + ", ask " + shown(ask) + " (rows " + std::to_string(book.bid_row) +
                              " and " + std::to_string(book.ask_row) + ")",
                          "a stale quote is in it: take a later snapshot"});
    return book;
}

}  // namespace

Result<Book> read_book(const std::string& path) {
    auto csv = Csv::open(path, {"side", "price", "qty"}, {"t", "ts"});
    if (!csv) return fail(csv.error());
    Book book;
    std::vector<LevelRow> bids, asks;
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
        if (*size > 0) (side == "b" ? bids : asks).push_back({{*price, *size}, csv->row()});
    }
    book.bids = levels_of(bids, true);
    book.asks = levels_of(asks, false);
    book.bid_row = bids.empty() ? 0 : bids.front().row;
    book.ask_row = asks.empty() ? 0 : asks.front().row;
    return sound_book(path, std::move(book), csv->row());
}

}  // namespace plimsoll::series
