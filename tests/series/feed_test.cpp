// Followed books, trades, funding and liquidations as files.
#include "plimsoll/series/events.hpp"
#include "support/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

namespace plimsoll::series {
namespace {

using ::testing::HasSubstr;

std::string put(const std::string& name, const std::string& content) {
    const std::string path = testing::scratch(name);
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

const std::string snapshot = "t,side,price,qty\n100,b,99,2\n100,b,98,5\n100,a,101,3\n100,a,103,4\n";

struct Followed {
    std::vector<std::pair<double, Book>> looks;
    std::vector<Trade> trades;
    FeedFound found;
    std::string error;
};
Followed follow(const std::string& events, double every_s = 1) {
    Followed all;
    const auto found = read_feed(
        put("snapshot.csv", snapshot), put("events.csv", "t,side,price,qty\n" + events), {every_s, 60},
        [&](const BookLook& look) { all.looks.emplace_back(look.t, look.book); }, [&](const Trade& trade) { all.trades.push_back(trade); });
    if (found) all.found = *found;
    else all.error = to_string(found.error());
    return all;
}

TEST(CAL_009, a_book_is_followed_level_by_level) {
    const Followed all = follow("101,b,99,0\n101,b,99.5,1\n101,a,101,7\n101.5,B,101,2\n103,a,103,0\n104,s,99.5,1\n110,b,98,6\n");
    ASSERT_EQ(all.error, "");
    EXPECT_EQ(all.found.updates, 5u);
    ASSERT_EQ(all.trades.size(), 2u);
    EXPECT_TRUE(all.trades[0].taker_buys);
    EXPECT_FALSE(all.trades[1].taker_buys);
    ASSERT_EQ(all.looks.size(), 4u);
    // A look shows the book as all rows of its time have left it.
    EXPECT_EQ(all.looks[0].first, 100);
    EXPECT_EQ(all.looks[0].second.bids.front().price, 99);
    EXPECT_EQ(all.looks[1].first, 101);
    EXPECT_EQ(all.looks[1].second.bids.front().price, 99.5);
    EXPECT_EQ(all.looks[1].second.asks.front().size, 7);
    EXPECT_EQ(all.looks[3].second.asks.size(), 1u);
    EXPECT_TRUE(all.found.defects.all().empty());
    EXPECT_EQ(follow("101,b,97,1\n102,b,96,1\n103,b,95,1\n120,b,94,1\n121,b,93,1\n", 10).looks.size(), 2u);
}

TEST(CAL_009, bands_hold_what_lies_within_them) {
    const Book book{{{99, 2}, {98, 5}}, {{101, 3}, {103, 4}}};
    const double distances[] = {0.005, 0.01, 0.02, 0.5};
    const DepthLook look = bands_of({7.9, book}, mid_of(book), distances);
    EXPECT_EQ(look.ts, 7);
    const double bids[] = {0, 198, 688, 688}, asks[] = {0, 303, 303, 715};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_DOUBLE_EQ(look.bids[i].notional, bids[i]);
        EXPECT_DOUBLE_EQ(look.asks[i].notional, asks[i]);
    }
}

TEST(CAL_009, what_is_odd_about_a_feed_is_said) {
    const auto kinds = [](const std::string& events) {
        std::string all;
        const Followed followed = follow(events);
        for (const Defect& defect : followed.found.defects.all()) all += to_string(defect) + "\n";
        return all;
    };
    EXPECT_THAT(kinds("99,b,99,1\n101,b,99,1\n"), HasSubstr("row 2, column t: before the snapshot"));
    EXPECT_THAT(kinds("105,b,99,1\n104,b,99,2\n"), HasSubstr("unordered: 104 after 105; the row is left out"));
    EXPECT_THAT(kinds("101,b,102,1\n105,b,98,1\n"), HasSubstr("crossed: bid 102, ask 101; the look is left out"));
    EXPECT_THAT(kinds("101,b,97,1\n102,b,102,1\n103,b,96,1\n109,b,98,1\n"), HasSubstr("row 3, column price: crossed: bid 102"))
        << "the row that crossed it, not the one at which it was seen";
    const Followed seldom = follow("101,b,102,1\n105,b,96,1\n111,b,95,1\n115,b,94,1\n", 10);
    EXPECT_THAT(to_string(seldom.found.defects.all().front()), HasSubstr("row 2, column price: crossed: bid 102"));
    EXPECT_THAT(kinds("101,b,102,1\n102,b,102,0\n103,a,98,1\n105,b,97,1\n"), HasSubstr("row 2, column price: crossed: bid 102"));
    EXPECT_THAT(kinds("102,b,102,1\n102,b,102,0\n103,a,98,1\n105,b,97,1\n"), HasSubstr("row 4, column price: crossed: bid 99, ask 98"));
    EXPECT_THAT(kinds("101,b,99,0\n101,b,98,0\n105,a,101,1\n"), HasSubstr("one side is empty"));
    EXPECT_THAT(kinds("101,b,50,0\n"), HasSubstr("unknown level: 50 goes away and was not there; kept"));
    EXPECT_THAT(kinds("101,B,150,1\n"), HasSubstr("stale book: a trade at 150, quotes 99 and 101; kept"));
    EXPECT_THAT(kinds("101,b,97,1\n300,b,97,2\n"), HasSubstr("silence: 199 s without a row; kept"));
    EXPECT_THAT(kinds("101,b,-4,1\n101,B,99,0\n101,a,101,-1\n102,a,101,1\n"), HasSubstr("impossible price"));
    EXPECT_THAT(kinds("101,b,-4,1\n101,B,99,0\n101,a,101,-1\n102,a,101,1\n"),
                HasSubstr("impossible size: 0; the row is left out (2 times)"));
    EXPECT_THAT(follow("101,x,99,1\n").error, HasSubstr("events.csv:2, column side: 'x' is no side; write b or a for a level"));
    EXPECT_THAT(follow("1700000000000,b,99,1\n").error, HasSubstr("is no time in seconds"));
    EXPECT_THAT(follow("101,b,ninety,1\n").error, HasSubstr("column price"));
    EXPECT_THAT(follow("50,b,99,1\n").error, HasSubstr("nothing in it comes after the snapshot"));
    EXPECT_FALSE(read_feed("/nowhere", "/nowhere", {}, [](const BookLook&) {}, [](const Trade&) {}).has_value());
}

TEST(CAL_009, a_real_feed_gives_the_published_depth) {
    const char* data = std::getenv("PLIM_SHARED_DATA");
    if (data == nullptr) GTEST_SKIP() << "set PLIM_SHARED_DATA to the folder that holds market/l2 to run these";
    const std::vector<double> distances{0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05};
    for (const std::string symbol : {"BTCUSDT", "ETHUSDT"}) {
        const std::string stem = std::string(data) + "/market/l2/binance_perp_" + symbol + "_20240808_";
        auto csv =
            Csv::open(stem + "depthcurve.csv.gz", {"t",        "best_bid",  "bid_1bp",   "bid_2bp",   "bid_5bp",   "bid_10bp", "bid_25bp",
                                                   "bid_50bp", "bid_100bp", "bid_200bp", "bid_500bp", "ask_1bp",   "ask_2bp",  "ask_5bp",
                                                   "ask_10bp", "ask_25bp",  "ask_50bp",  "ask_100bp", "ask_200bp", "ask_500bp"});
        ASSERT_TRUE(csv.has_value());
        std::vector<std::vector<double>> rows;
        while (*csv->next()) {
            std::vector<double> row;
            for (std::size_t i = 0; i < 20; ++i) row.push_back(*csv->number(i));
            rows.push_back(row);
        }
        std::vector<std::pair<double, DepthLook>> looks;
        std::uint64_t trades = 0;
        const auto found = read_feed(
            stem + "snapshot.csv.gz", stem + "events.csv.gz", {0.0001, 60},
            [&](const BookLook& look) { looks.emplace_back(look.t, bands_of(look, mid_of(look.book), distances)); },
            [&](const Trade&) { ++trades; });
        ASSERT_TRUE(found.has_value()) << to_string(found.error());
        EXPECT_GT(trades, 10'000u);
        std::size_t agree = 0, compared = 0;
        for (const auto& row : rows) {
            // The published look was taken within the rows of one time: the looks before and after it bound it, and most are it.
            const auto after = std::find_if(looks.begin(), looks.end(), [&](const auto& look) { return look.first >= row[0] - 1e-6; });
            if (after == looks.end()) continue;
            ++compared;
            const auto near = [&](const DepthLook& look) {
                double worst = 0;
                for (std::size_t i = 0; i < 9; ++i) {
                    worst = std::max(worst, std::abs(look.bids[i].notional / row[2 + i] - 1));
                    worst = std::max(worst, std::abs(look.asks[i].notional / row[11 + i] - 1));
                }
                return worst < 1e-4;
            };
            agree += near(after->second) || (after != looks.begin() && near((after - 1)->second));
        }
        EXPECT_GT(compared, 60u) << symbol;
        EXPECT_GT(static_cast<double>(agree), 0.9 * static_cast<double>(compared)) << symbol << ": " << agree << " of " << compared;
    }
}

template <class Read, class Item>
struct Got {
    std::vector<Item> items;
    std::string defects;
    std::string error;
};
template <class Item, class Reader>
Got<Reader, Item> get(Reader reader, const std::string& text) {
    Got<Reader, Item> got;
    const auto found = reader(put("rows.csv", text), [&](const Item& item) { got.items.push_back(item); });
    if (!found) got.error = to_string(found.error());
    else
        for (const Defect& defect : found->defects.all()) got.defects += to_string(defect) + "\n";
    return got;
}

// Without bars beside them and without an end.
const auto trades = [](const std::string& path, const std::function<void(const Trade&)>& take) { return read_trades(path, take); };
const auto payments = [](const std::string& path, const std::function<void(const FundingRate&)>& take) { return read_funding(path, take); };
const auto liquidated = [](const std::string& path, const std::function<void(const LiquidationEvent&)>& take) {
    return read_liquidations(path, take);
};

TEST(CAL_009, trades_make_bars) {
    const auto got = get<Trade>(trades, "ts,price,qty,side\n60.5,10,1,buy\n61,12,2,sell\n119.9,9,1,buy\n180,11,4,sell\n");
    ASSERT_EQ(got.error, "");
    EXPECT_EQ(got.defects, "");
    std::vector<Bar> bars;
    BarMaker maker(60, [&](const Bar& bar) { bars.push_back(bar); });
    for (const Trade& trade : got.items) maker.add(trade);
    maker.finish();
    ASSERT_EQ(bars.size(), 2u);
    EXPECT_EQ(bars[0].ts, 60);
    EXPECT_EQ(bars[0].open, 10);
    EXPECT_EQ(bars[0].high, 12);
    EXPECT_EQ(bars[0].low, 9);
    EXPECT_EQ(bars[0].close, 9);
    EXPECT_EQ(bars[0].volume, 4);
    EXPECT_EQ(bars[1].ts, 180);

    const auto odd = get<Trade>(trades, "ts,price,qty\n60,10,1\n60,10,1\n59,10,1\n61,0,1\n62,10,-1\n63,100,1\n");
    for (const char* said : {"duplicate", "unordered", "impossible price", "impossible size", "jump: from 10 to 100"})
        EXPECT_THAT(odd.defects, HasSubstr(said));
    EXPECT_EQ(odd.items.size(), 3u);
    EXPECT_THAT(get<Trade>(trades, "ts,price,qty,side\n60,10,1,up\n").error, HasSubstr("'up' is no side; write buy or sell"));
    EXPECT_THAT(get<Trade>(trades, "ts,price,qty\n60,0,1\n").error, HasSubstr("it holds no trade"));
    EXPECT_THAT(get<Trade>(trades, "ts,price\n").error, HasSubstr("qty"));
}

TEST(CAL_009, funding_and_liquidations) {
    const auto funding = get<FundingRate>(payments, "ts,rate\n0,0.0001\n28800,-0.0002\n28800,0.0001\n86400,0.003\n90000,0.001\n118800,5\n");
    EXPECT_EQ(funding.items.size(), 4u);
    for (const char* said : {"duplicate", "gap: 57600 s", "off the grid: 3600 s", "impossible rate: 5: rates are shares"})
        EXPECT_THAT(funding.defects, HasSubstr(said));
    EXPECT_THAT(get<FundingRate>(payments, "ts,rate\n0,zero\n").error, HasSubstr("column rate"));

    const auto liquidations = get<LiquidationEvent>(liquidated, "ts,side,price,qty\n1,sell,10,2\n2,buy,11,1\n1,sell,10,1\n3,sell,0,1\n");
    ASSERT_EQ(liquidations.items.size(), 2u);
    EXPECT_TRUE(liquidations.items[0].of_long);
    EXPECT_FALSE(liquidations.items[1].of_long);
    EXPECT_THAT(liquidations.defects, HasSubstr("unordered"));
    EXPECT_THAT(get<LiquidationEvent>(liquidated, "ts,side,price,qty\n1,long,10,2\n").error, HasSubstr("'long' is no side"));
}

}  // namespace
}  // namespace plimsoll::series
