// What the fuzz target of the readers of series feeds.
#include "fuzz/entries.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/series/bars.hpp"
#include "plimsoll/series/depth.hpp"
#include "plimsoll/series/events.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace plimsoll::fuzz {

namespace {

/// A file in memory that has a path.
class Held {
public:
    explicit Held(std::string_view bytes) : descriptor_(memfd_create("fuzz", 0)) {
        PLIM_ASSERT(descriptor_ >= 0 && write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { close(descriptor_); }
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

/// A market of two hours by the minute, beside which files are read.
const series::Beside& market() {
    static const std::vector<series::Bar> bars = [] {
        std::vector<series::Bar> all;
        for (std::int64_t i = 0; i < 120; ++i) all.push_back({i * 60, 100, 101, 99, 100, i % 10 == 0 ? 0.0 : 10.0});
        return all;
    }();
    static const series::Beside beside(bars, 60);
    return beside;
}
constexpr std::int64_t end_of_interest = 3'600;

void feed_bars(const std::string& path, bool of_several) {
    std::uint64_t bars = 0;
    std::int64_t before = -1;
    const auto found = series::read_bars(path, {of_several ? "a" : "", 0}, [&](const series::Bar& bar) {
        PLIM_ASSERT(bar.ts > before && bar.low > 0 && bar.low <= bar.close && bar.close <= bar.high && bar.volume >= 0);
        before = bar.ts;
        ++bars;
    });
    PLIM_ASSERT(found ? found->bars == bars : !found.error().what.empty());
}

void feed_depth(const std::string& path) {
    const auto take = [](const series::DepthLook& look) {
        for (const auto* side : {&look.bids, &look.asks})
            for (std::size_t i = 1; i < side->size(); ++i) PLIM_ASSERT((*side)[i].notional >= (*side)[i - 1].notional);
    };
    const auto beside = series::read_depth(
        path,
        [&](const series::DepthLook& look) {
            PLIM_ASSERT(look.ts < end_of_interest);
            take(look);
        },
        end_of_interest, &market());
    PLIM_ASSERT(beside || !beside.error().what.empty());
    const auto found = series::read_depth(path, take);
    PLIM_ASSERT(found || !found.error().what.empty());
}

void feed_book(const std::string& path) {
    const auto book = series::read_book(path);
    PLIM_ASSERT(book ? book->bids.front().price < book->asks.front().price : !book.error().what.empty());
    if (!book) return;
    series::Defects defects;
    PLIM_ASSERT(book->bid_row > 1 && book->ask_row > 1 && book->bid_row != book->ask_row);
    const auto same = series::book_beside(path, *book, book->t.value_or(0), market(), defects);
    PLIM_ASSERT(same || !same.error().what.empty());
}

void feed_followed(const std::string& path) {
    static const Held snapshot("t,side,price,qty\n100,b,99,2\n100,a,101,3\n");
    double before = 0;
    const auto found = series::read_feed(
        snapshot.path(), path, {1, 60, end_of_interest, &market()},
        [&](const series::BookLook& look) {
            PLIM_ASSERT(look.t >= before && look.book.bids.front().price < look.book.asks.front().price);
            before = look.t;
        },
        [](const series::Trade& trade) { PLIM_ASSERT(trade.price > 0 && trade.size > 0); });
    PLIM_ASSERT(found || !found.error().what.empty());
}

Result<series::EventsFound> read_events(const std::string& path, unsigned which, std::uint64_t& taken) {
    static const std::function<void(const series::Bar&)> look = [](const series::Bar& bar) {
        PLIM_ASSERT(bar.low > 0 && bar.low <= bar.high);
    };
    series::BarMaker maker(60, look);
    if (which == 0)
        return series::read_trades(
            path,
            [&](const series::Trade& trade) {
                ++taken;
                maker.add(trade);
            },
            &market());
    if (which == 1)
        return series::read_funding(
            path,
            [&](const series::FundingRate& rate) {
                ++taken;
                PLIM_ASSERT(rate.rate > -1 && rate.rate < 1 && rate.ts < end_of_interest);
            },
            end_of_interest);
    return series::read_liquidations(
        path,
        [&](const series::LiquidationEvent& one) {
            ++taken;
            PLIM_ASSERT(one.size > 0 && one.ts < end_of_interest);
        },
        end_of_interest, &market());
}

void feed_events(const std::string& path, unsigned which) {
    std::uint64_t taken = 0;
    const auto found = read_events(path, which, taken);
    PLIM_ASSERT(found ? found->events == taken : !found.error().what.empty());
    const auto marks = series::read_marks(path, [](const series::MarkPrice& mark) { PLIM_ASSERT(mark.price > 0); }, &market());
    PLIM_ASSERT(marks || !marks.error().what.empty());
}

}  // namespace

void feed_series(std::string_view input) {
    if (input.empty()) return;
    const Held file(input.substr(1));
    const unsigned which = static_cast<unsigned char>(input[0]) % 8;
    switch (which) {
        case 0: return feed_bars(file.path(), false);
        case 1: return feed_bars(file.path(), true);
        case 2: return feed_depth(file.path());
        case 3: return feed_book(file.path());
        case 4: return feed_followed(file.path());
        default: return feed_events(file.path(), which - 5);
    }
}

}  // namespace plimsoll::fuzz
