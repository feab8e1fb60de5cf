#include "plimsoll/series/feed.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/series/units.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace plimsoll::series {

namespace {

constexpr std::string_view left_out = "the row is left out";

using BidLevels = std::map<double, double, std::greater<>>;
using AskLevels = std::map<double, double>;

class Follower {
public:
    Follower(const FeedWanted& wanted, FeedFound& found, const std::function<void(const BookLook&)>& on_look,
             const std::function<void(const Trade&)>& on_trade)
        : wanted_(wanted), found_(found), on_look_(on_look), on_trade_(on_trade) {
        if (wanted.beside != nullptr) trades_beside_.emplace(*wanted.beside);
    }

    void start(const Book& book, double t) {
        for (const Level& level : book.bids) bids_[level.price] += level.size;
        for (const Level& level : book.asks) asks_[level.price] += level.size;
        found_.first = found_.last = t;
    }

    /// Errors  as TradesBeside::verdict(), of prices and sizes of trades and of the mid.
    Result<void> same_units(const std::string& path) const {
        if (trades_beside_)
            if (auto same = trades_beside_->verdict(path); !same) return same;
        return mids_.verdict(path);
    }

    std::optional<Error> take(Csv& csv) {
        double values[3] = {};
        for (const std::size_t column : {std::size_t{0}, std::size_t{2}, std::size_t{3}}) {
            const auto value = column == 0 ? csv.time(column) : csv.number(column);
            if (!value) return value.error();
            values[column == 0 ? 0 : column - 1] = *value;
        }
        const std::string_view side = csv.text(1);
        if (side != "b" && side != "a" && side != "B" && side != "s")
            return csv.error(1, "'" + std::string(side.substr(0, 20)) + "' is no side", "write b or a for a level, B or s for a trade");
        const auto [t, price, size] = values;
        if (!sound(csv, side, t, price, size)) return std::nullopt;
        if (side == "B" || side == "s") trade(csv, {t, price, size, side == "B"});
        else update(csv, side == "b", price, size);
        return std::nullopt;
    }

private:
    bool sound(const Csv& csv, std::string_view side, double t, double price, double size) {
        const auto out = [&](const char* kind, const char* column, const std::string& what) {
            found_.defects.add(kind, csv.row(), column, left_out, [&] { return what; });
            return false;
        };
        if (price <= 0) return out("impossible price", "price", shown(price));
        const bool is_trade = side == "B" || side == "s";
        if (size < 0 || (is_trade && size == 0)) return out("impossible size", "qty", shown(size));
        if (wanted_.before && t >= *wanted_.before) {
            look_before(csv.row(), t);
            return out("later", "t", later_words(t, *wanted_.before));
        }
        if (t < found_.first) return is_trade ? false : out("before the snapshot", "t", shown(t) + " before " + shown(found_.first));
        if (t < found_.last) return out("unordered", "t", shown(t) + " after " + shown(found_.last));
        if (t - found_.last > wanted_.silence_s)
            found_.defects.add("silence", csv.row(), "t", "kept", [&] { return shown(t - found_.last) + " s without a row"; });
        look_before(csv.row(), t);
        found_.last = t;
        return true;
    }

    /// The book as it stood before the first row of a later time.
    void look_before(std::uint64_t row, double t) {
        if (t == found_.last || found_.last < next_look_) return;
        next_look_ = found_.last + wanted_.every_s;
        if (crossed_row_ != 0) {
            found_.defects.add("crossed", crossed_row_, "price", "the look is left out", [&] {
                return bids_.empty() || asks_.empty() ? std::string("one side is empty")
                                                      : "bid " + shown(bids_.begin()->first) + ", ask " + shown(asks_.begin()->first);
            });
            return;
        }
        look_at_mid(row);
        Book book;
        for (const auto& [price, size] : bids_) book.bids.push_back({price, size});
        for (const auto& [price, size] : asks_) book.asks.push_back({price, size});
        ++found_.looks;
        on_look_({found_.last, book});
    }

    void look_at_mid(std::uint64_t row) {
        if (wanted_.beside == nullptr) return;
        const auto times = wanted_.beside->price_times(found_.last, (bids_.begin()->first + asks_.begin()->first) / 2);
        if (times) mids_.look(found_.defects, row, *times);
    }

    void trade(const Csv& csv, const Trade& trade) {
        ++found_.trades;
        if (trades_beside_) trades_beside_->add(found_.defects, csv.row(), trade.t, trade.price, trade.size);
        constexpr double far = 0.01;  // the feed's two parts are not told in one order: a little outside means nothing
        if (!bids_.empty() && !asks_.empty() &&
            (trade.price > asks_.begin()->first * (1 + far) || trade.price < bids_.begin()->first * (1 - far)))
            found_.defects.add("stale book", csv.row(), "price", "kept", [&] {
                return "a trade at " + shown(trade.price) + ", quotes " + shown(bids_.begin()->first) + " and " +
                       shown(asks_.begin()->first);
            });
        on_trade_(trade);
    }

    template <class Levels>
    void change(const Csv& csv, Levels& levels, double price, double size) {
        if (size > 0) {
            levels[price] = size;
        } else if (levels.erase(price) == 0) {
            found_.defects.add("unknown level", csv.row(), "price", "kept", [&] { return shown(price) + " goes away and was not there"; });
        }
    }
    void update(const Csv& csv, bool is_bid, double price, double size) {
        ++found_.updates;
        if (is_bid) change(csv, bids_, price, size);
        else change(csv, asks_, price, size);
        const bool sound = !bids_.empty() && !asks_.empty() && bids_.begin()->first < asks_.begin()->first;
        crossed_row_ = sound ? 0 : crossed_row_ != 0 ? crossed_row_ : csv.row();
    }

    const FeedWanted& wanted_;
    FeedFound& found_;
    const std::function<void(const BookLook&)>& on_look_;
    const std::function<void(const Trade&)>& on_trade_;
    BidLevels bids_;
    AskLevels asks_;
    double next_look_ = 0;
    std::uint64_t crossed_row_ = 0;  // from which on the book is crossed or has one side; 0: it is sound
    std::optional<TradesBeside> trades_beside_;
    Agreement mids_{"price", "the mid of the book", "the bar of its time"};
};

}  // namespace

Result<FeedFound> read_feed(const std::string& snapshot, const std::string& events, const FeedWanted& wanted,
                            const std::function<void(const BookLook&)>& on_look, const std::function<void(const Trade&)>& on_trade) {
    const auto book = read_book(snapshot);
    if (!book) return fail(book.error());
    if (!book->t) return fail(Error{snapshot, "it does not say when it was taken", "give it a column t, of the same clock as its changes"});
    auto csv = Csv::open(events, {"t", "side", "price", "qty"});
    if (!csv) return fail(csv.error());
    FeedFound found;
    if (wanted.beside != nullptr)
        if (const auto same = book_beside(snapshot, *book, *book->t, *wanted.beside, found.defects); !same) return fail(same.error());
    Follower follower(wanted, found, on_look, on_trade);
    follower.start(*book, *book->t);
    while (true) {
        const auto got = csv->next();
        if (!got) return fail(got.error());
        if (!*got) break;
        if (const auto error = follower.take(*csv)) return fail(*error);
    }
    if (const auto same = follower.same_units(events); !same) return fail(same.error());
    if (found.updates + found.trades == 0 && found.defects.count("later") == 0)
        return fail(Error{events, "nothing in it comes after the snapshot", "give both of the same feed"});
    return found;
}

double mid_of(const Book& book) { return (book.bids.front().price + book.asks.front().price) / 2; }

DepthLook bands_of(const BookLook& look, double mid, std::span<const double> distances) {
    DepthLook bands;
    bands.ts = static_cast<std::int64_t>(look.t);
    for (const bool is_bid : {true, false}) {
        const std::vector<Level>& levels = is_bid ? look.book.bids : look.book.asks;
        std::size_t at = 0;
        double sum = 0;
        double before = 0;
        for (const double distance : distances) {
            PLIM_ASSERT(distance > before);
            before = distance;
            const double edge = mid * (is_bid ? 1 - distance : 1 + distance);
            for (; at < levels.size() && (is_bid ? levels[at].price >= edge : levels[at].price <= edge); ++at)
                sum += levels[at].price * levels[at].size;
            (is_bid ? bands.bids : bands.asks).push_back({distance, sum});
        }
    }
    return bands;
}

}  // namespace plimsoll::series
