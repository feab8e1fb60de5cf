// Units: each file in the unit that is meant passes without a word, the same file in another unit does not.
#include "plimsoll/series/events.hpp"
#include "support/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>

namespace plimsoll::series {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t start = 1'700'006'400;

std::string put(const std::string& name, const std::string& content) {
    const std::string path = testing::scratch(name);
    std::ofstream(path, std::ios::binary) << content;
    return path;
}
std::string text_of(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.13g", value);
    return text;
}
std::string row_of(std::int64_t ts, std::initializer_list<double> values) {
    std::string row = std::to_string(ts);
    for (const double value : values) row += "," + text_of(value);
    return row + "\n";
}
template <class Found>
std::string said(const Found& found) {
    if (!found) return to_string(found.error());
    std::string all;
    for (const Defect& defect : found->defects.all()) all += to_string(defect) + "\n";
    return all;
}

/// Bars of a minute about a price, with trades of which they are made.
struct Market {
    std::vector<Bar> bars;
    std::vector<Trade> trades;
};
Market market_at(double price, std::uint32_t seed = 1) {
    std::mt19937 random(seed);
    Market market;
    BarMaker maker(60, [&](const Bar& bar) { market.bars.push_back(bar); });
    for (int i = 0; i < 3'000; ++i) {
        price *= 1 + (static_cast<double>(random() % 2'001) - 1'000) / 1e6;
        const Trade trade{static_cast<double>(start + i * 7), price, 1 + static_cast<double>(random() % 100) / 10, i % 2 == 0};
        market.trades.push_back(trade);
        maker.add(trade);
    }
    maker.finish();
    return market;
}
std::string rows_of(const Market& market, double price_times, double size_times, double time_times = 1) {
    std::string rows = "ts,price,qty\n";
    for (const Trade& trade : market.trades)
        rows += text_of(trade.t * time_times) + "," + text_of(trade.price * price_times) + "," + text_of(trade.size * size_times) + "\n";
    return rows;
}
std::string compared(const Market& market, double price_times, double size_times) {
    const Beside beside(market.bars, 60);
    return said(read_trades(put("trades.csv", rows_of(market, price_times, size_times)), [](const Trade&) {}, &beside));
}

TEST(CAL_017, times_in_another_unit_are_refused_with_row_and_column) {
    const auto bars = [](const std::string& ts) {
        return said(read_bars(put("bars.csv", "ts,open,high,low,close,volume\n" + ts + ",1,1,1,1,1\n"), {}, [](const Bar&) {}));
    };
    const auto every = [&](const std::string& ts) {
        return bars(ts) + said(read_trades(put("trades.csv", "ts,price,qty\n" + ts + ",1,1\n"), [](const Trade&) {})) +
               said(read_funding(put("funding.csv", "ts,rate\n" + ts + ",0.0001\n"), [](const FundingRate&) {})) +
               said(
                   read_liquidations(put("liquidations.csv", "ts,side,price,qty\n" + ts + ",sell,1,1\n"), [](const LiquidationEvent&) {})) +
               said(read_depth(put("depth.csv", "ts,pct,notional\n" + ts + ",1,1\n" + ts + ",-1,1\n"), [](const DepthLook&) {}));
    };
    EXPECT_EQ(every("1700006400"), "");
    for (const auto& [ts, cure] : {std::pair("1700006400000", "divide milliseconds by 1000"),
                                   {"1700006400000000", "divide microseconds by 1000000"},
                                   {"1700006400000000000", "divide nanoseconds by 1000000000"},
                                   {"200000000000", "divide milliseconds by 1000"},
                                   {"200000000000000", "divide microseconds by 1000000"},
                                   {"200000000000000000", "divide nanoseconds by 1000000000"},
                                   {"1700006", "multiply thousands of seconds by 1000, minutes by 60"},
                                   {"28333440", "multiply thousands of seconds by 1000, minutes by 60"}}) {
        for (const char* file : {"bars", "trades", "funding", "liquidations", "depth"})
            EXPECT_THAT(every(ts), HasSubstr(std::string(file) + ".csv:2, column ts: ")) << ts;
        EXPECT_THAT(every(ts), HasSubstr(cure));
    }
    EXPECT_EQ(every("3600"), "") << "who counts from nothing is not in another unit";
    // And a file that changes its unit on the way.
    EXPECT_THAT(said(read_trades(put("trades.csv", "ts,price,qty\n1700006400,1,1\n1700006460000,1,1\n"), [](const Trade&) {})),
                HasSubstr("trades.csv:3, column ts: "));
}

TEST(CAL_017, trades_in_the_units_of_their_bars_pass_and_no_others) {
    for (const double price : {0.00001, 0.9, 120.0, 60'000.0})
        for (const std::uint32_t seed : {1u, 2u, 3u}) {
            const Market market = market_at(price, seed);
            for (const double times : {0.25, 1.0, 4.0}) EXPECT_EQ(compared(market, 1, times), "") << "what is missing or counted twice";
            for (const double times : {1e-8, 1e-3, 0.01, 100.0, 1e3, 1e8})
                EXPECT_THAT(compared(market, times, 1), HasSubstr("column price: the price is some ")) << times;
            for (const double times : {1e-3, 0.01, 0.1, 10.0, 1e3})
                EXPECT_THAT(compared(market, 1, times), HasSubstr("column qty: what was traded in a bar's time is some ")) << times;
        }
    const Market market = market_at(60'000);
    EXPECT_THAT(compared(market, 1e3, 1e-3),
                HasSubstr("trades.csv:2, column price: the price is some 999 times what the bar of its time says, in "
                          "3000 of 3000 cases; give both in one unit; it may be about a thousand: a symbol of a "
                          "thousand such as 1000PEPE"));
    EXPECT_THAT(compared(market, 1, 60'000), HasSubstr("it may be contracts, or the quote currency where the base is meant"));
    EXPECT_THAT(compared(market, 100, 1), HasSubstr("about a hundred: cents"));
    EXPECT_THAT(compared(market, 1e8, 1), HasSubstr("satoshi"));
}

TEST(CAL_017, a_bar_that_trades_cover_in_part_is_not_compared) {
    Market market = market_at(100);
    const Beside beside(market.bars, 60);
    // One trade of the first bar, two whole bars, one of the next.
    market.trades.erase(market.trades.begin(), market.trades.begin() + 8);
    market.trades.resize(20);
    for (Trade* part : {&market.trades.front(), &market.trades.back()}) part->size = 0.001;
    EXPECT_EQ(said(read_trades(put("trades.csv", rows_of(market, 1, 1)), [](const Trade&) {}, &beside)), "");
    market.trades[5].size *= 1'000;
    EXPECT_THAT(
        said(read_trades(put("trades.csv", rows_of(market, 1, 1)), [](const Trade&) {}, &beside)), HasSubstr("column qty: wrong unit"));
}

TEST(CAL_017, one_price_that_is_off_is_a_defect_of_its_row) {
    Market market = market_at(100);
    const Beside beside(market.bars, 60);
    market.trades[99].price *= 1'000;
    const std::string all = said(read_trades(put("trades.csv", rows_of(market, 1, 1)), [](const Trade&) {}, &beside));
    EXPECT_THAT(all, HasSubstr("row 101, column price: wrong unit: the price is 999."));
    EXPECT_THAT(all, HasSubstr(" times what the bar of its time says; kept\n"));
}

TEST(CAL_017, what_no_bar_is_beside_is_not_compared) {
    const Market market = market_at(100);
    const Beside beside(market.bars, 60);
    EXPECT_EQ(beside.at(static_cast<double>(start) - 1), nullptr);
    EXPECT_FALSE(beside.price_times(static_cast<double>(start) - 1, 5).has_value());
    EXPECT_FALSE(beside.price_times(static_cast<double>(market.bars.back().ts) + 60 + 86'400, 5).has_value());
    EXPECT_EQ(*beside.price_times(static_cast<double>(market.bars.front().ts), market.bars.front().low), 1);
    EXPECT_DOUBLE_EQ(*beside.price_times(static_cast<double>(market.bars.front().ts), 10 * market.bars.front().high), 10);
    const Beside none({}, 60);
    EXPECT_EQ(none.daily_turnover(), 0);
    EXPECT_FALSE(none.close_at(5).has_value());
    double sum = 0;
    for (const Bar& bar : market.bars) sum += bar.volume * bar.close;
    EXPECT_NEAR(beside.daily_turnover(), sum / static_cast<double>(market.bars.size()) * 1'440, 1e-6 * sum);
}

std::string with_turnover(double price, double volume_times, double quote_times, std::size_t off_from = 0) {
    std::string rows = "ts,open,high,low,close,volume,quote_volume\n";
    for (std::size_t i = 0; i < 100; ++i) {
        const double volume = 5 + static_cast<double>(i % 7), quote = volume * price * (1 + static_cast<double>(i % 5) / 1'000);
        const bool off = i >= off_from;
        rows += row_of(start + static_cast<std::int64_t>(i) * 3'600,
                       {price, price * 1.01, price * 0.99, price, volume * (off ? volume_times : 1), quote * (off ? quote_times : 1)});
    }
    return said(read_bars(put("bars.csv", rows), {}, [](const Bar&) {}));
}

TEST(CAL_017, volume_is_what_the_column_of_turnover_says) {
    for (const double price : {0.004, 100.0, 60'000.0}) {
        EXPECT_EQ(with_turnover(price, 1, 1), "");
        EXPECT_EQ(with_turnover(price, 1.3, 1), "");
        for (const double contracts : {1e-3, 0.01, 0.5, 2.0, 10.0, 1'000.0})
            EXPECT_THAT(with_turnover(price, contracts, 1), HasSubstr("bars.csv:2, column volume: volume times price is some "))
                << contracts;
        EXPECT_THAT(with_turnover(price, price, 1), HasSubstr("column volume: volume times price")) << "in the quote currency";
        EXPECT_THAT(with_turnover(price, 1'000, 1, 70),
                    HasSubstr("row 72, column volume: wrong unit: volume times price is 990 times what"))
            << "a third of the rows";
    }
    EXPECT_THAT(said(read_bars(put("bars.csv", "ts,open,high,low,close,volume,quote_volume\n1,1,1,1,1,1,x\n"), {}, [](const Bar&) {})),
                HasSubstr("bars.csv:2, column quote_volume: 'x' is no number"));
    // Without such a column only what no market turns over is said.
    const auto hourly = [](double volume) {
        std::string rows = "ts,open,high,low,close,volume\n";
        for (int i = 0; i < 3; ++i) rows += row_of(start + i * 3'600, {60'000, 60'000, 60'000, 60'000, volume});
        return said(read_bars(put("bars.csv", rows), {}, [](const Bar&) {}));
    };
    EXPECT_EQ(hourly(1e5), "");
    EXPECT_THAT(hourly(1e5 * 60'000), HasSubstr("row 3, column volume: wrong unit: 6000000000 at 60000 is a turnover of"));
}

TEST(CAL_017, depth_is_in_the_quote_currency) {
    std::vector<Bar> bars;
    for (int i = 0; i < 200; ++i) bars.push_back({start + i * 3'600, 50'000, 50'500, 49'500, 50'000, 2'000});
    const Beside beside(bars, 3'600);
    const auto depth = [&](double notional, double base, const Beside* by) {
        std::string rows = base > 0 ? "ts,pct,depth_base,notional\n" : "ts,pct,notional\n";
        for (int i = 0; i < 50; ++i)
            for (const int percent : {-2, -1, 1, 2}) {
                const double held = notional * std::abs(percent);
                rows += base > 0 ? row_of(start + i * 30, {double(percent), base * std::abs(percent), held})
                                 : row_of(start + i * 30, {double(percent), held});
            }
        return said(read_depth(put("depth.csv", rows), [](const DepthLook&) {}, {}, by));
    };
    EXPECT_EQ(depth(5e7, 0, &beside), "");
    EXPECT_EQ(depth(5e7, 1'000, &beside), "");
    EXPECT_EQ(depth(1'000, 0, nullptr), "") << "nothing is beside it";
    EXPECT_THAT(depth(1'000, 0, &beside),
                HasSubstr("row 5, column notional: wrong unit: 2000 within the last band, and 2400000000 is traded in a day"));
    EXPECT_EQ(depth(0.001, 0, &beside), "") << "hardly anything, in either unit";
    EXPECT_THAT(depth(1'000, 1'000, &beside), HasSubstr("depth.csv:2, column notional: notional over depth_base is some 2.02e-05 times"));
    // Of a coin that costs little it is the other way round.
    for (Bar& bar : bars) bar = {bar.ts, 1e-5, 1.01e-5, 0.99e-5, 1e-5, 1e13};
    const Beside cheap(bars, 3'600);
    EXPECT_EQ(depth(5e7, 0, &cheap), "");
    EXPECT_THAT(depth(5e12, 0, &cheap), HasSubstr("depth may be in the base"));
}

TEST(CAL_017, books_are_in_the_units_of_their_bars) {
    const Market market = market_at(60'000);
    const Beside beside(market.bars, 60);
    const auto book = [&](double price, double size) {
        Defects defects;
        const auto read = read_book(put("book.csv", "side,price,qty\nb," + text_of(price * 0.999) + "," + text_of(size) + "\na," +
                                                        text_of(price * 1.001) + "," + text_of(size) + "\n"));
        const auto same = book_beside("book.csv", *read, static_cast<double>(start) + 600, beside, defects);
        return (same ? std::string() : to_string(same.error())) + (defects.all().empty() ? "" : to_string(defects.all().front()));
    };
    EXPECT_EQ(book(60'000, 50), "");
    EXPECT_EQ(book(60'000 * 3, 50), "");
    EXPECT_THAT(book(60, 50), HasSubstr("book.csv:2, column price: the mid of the book is some 0.00"));
    EXPECT_THAT(book(60'000e3, 50), HasSubstr("about a thousand: a symbol of a thousand such as 1000PEPE"));
    EXPECT_THAT(book(60'000, 50 * 60'000.0), HasSubstr("row 2, column qty: wrong unit: sizes times prices are"));

    // A book that is followed, its trades and its mids.
    const auto feed = [&](double snapshot_times, double event_times) {
        const std::string t = std::to_string(start + 60);
        const auto level = [&](const char* side, double price) { return t + "," + side + "," + text_of(price) + ",5\n"; };
        std::string events = "t,side,price,qty\n";
        for (const Trade& trade : market.trades)
            if (trade.t > static_cast<double>(start) + 60 && trade.t < static_cast<double>(start) + 3'600)
                events += text_of(trade.t) + ",B," + text_of(trade.price * event_times) + "," + text_of(trade.size) + "\n";
        return said(read_feed(
            put("snapshot.csv", "t,side,price,qty\n" + level("b", 59'900 * snapshot_times) + level("a", 60'100 * snapshot_times)),
            put("events.csv", events), {5, 60, {}, &beside}, [](const BookLook&) {}, [](const Trade&) {}));
    };
    EXPECT_EQ(feed(1, 1), "");
    EXPECT_THAT(feed(1e-3, 1e-3), HasSubstr("snapshot.csv:2, column price: the mid of the book"));
    EXPECT_THAT(feed(1, 1e-3), HasSubstr("events.csv:2, column price: the price is some 0.001 times"));
}

TEST(CAL_017, funding_is_a_share) {
    for (const double interval : {3'600.0, 28'800.0}) {
        const auto funding = [&](double times) {
            std::string rows = "ts,rate\n";
            for (int i = 0; i < 300; ++i)
                rows += text_of(static_cast<double>(start) + i * interval) + "," +
                        text_of(times * interval / 28'800 * (i % 40 == 7 ? -0.003 : 0.0001 * (1 + i % 3) / 2)) + "\n";
            return said(read_funding(put("funding.csv", rows), [](const FundingRate&) {}));
        };
        EXPECT_EQ(funding(1), "") << "a storm now and then is none";
        EXPECT_EQ(funding(8), "");
        EXPECT_THAT(funding(100), HasSubstr("column rate: wrong unit: ")) << "per cents";
        EXPECT_THAT(funding(1e4), HasSubstr("column rate: wrong unit: ")) << "hundredths of them";
    }
}

TEST(CAL_017, liquidations_are_part_of_what_was_traded) {
    const Market market = market_at(60'000);
    const Beside beside(market.bars, 60);
    const auto liquidations = [&](double price_times, double size_times) {
        std::string rows = "ts,side,price,qty\n";
        for (std::size_t i = 0; i < market.trades.size(); i += 20)
            rows += text_of(market.trades[i].t) + ",sell," + text_of(market.trades[i].price * price_times) + "," +
                    text_of(market.trades[i].size * size_times) + "\n";
        return said(read_liquidations(put("liquidations.csv", rows), [](const LiquidationEvent&) {}, {}, &beside));
    };
    EXPECT_EQ(liquidations(1, 1), "");
    EXPECT_EQ(liquidations(1, 0.001), "") << "few of them are no fault";
    EXPECT_THAT(liquidations(1e-3, 1), HasSubstr("liquidations.csv:2, column price: the price is some 0.001 times"));
    EXPECT_THAT(liquidations(1, 60'000), HasSubstr("liquidations.csv:2, column qty: what was liquidated in a bar's time is some"));
}

TEST(CAL_005, rows_later_than_what_is_asked_about_are_left_out_and_counted) {
    double last = 0;
    std::uint64_t count = 0;
    const auto funding = read_funding(
        put("funding.csv", "ts,rate\n100,0\n200,0\n300,0.1\n400,0.1\n"), [&](const FundingRate& one) { last = one.ts, ++count; }, 300);
    EXPECT_EQ(said(funding),
              "row 4, column ts: later: it was taken at 300, and nothing from 300 on is looked at; the row is left out (2 times)\n");
    EXPECT_EQ(std::pair(last, count), std::pair(200.0, std::uint64_t{2}));
    EXPECT_EQ(funding->last, 200);
    const std::string events = "ts,side,price,qty\n100,sell,1,1\n299.9,sell,1,1\n300,sell,1,1\n";
    const auto liquidations = read_liquidations(put("liquidations.csv", events), [&](const LiquidationEvent& one) { last = one.ts; }, 300);
    EXPECT_THAT(said(liquidations), HasSubstr("row 4, column ts: later: "));
    EXPECT_EQ(last, 299.9);
    EXPECT_THAT(said(read_funding(
                    put("funding.csv", "ts,rate\n100,0.1\n"), [](const FundingRate&) {}, 50)),
                HasSubstr("every funding payment lies after the time asked for; give rows from before --as-of"));

    // Of a feed too, and the looks before are those of the feed that ends there.
    const std::string snapshot = put("snapshot.csv", "t,side,price,qty\n100,b,99,2\n100,a,101,3\n");
    std::string rows = "t,side,price,qty\n";
    for (int t = 101; t < 140; ++t) rows += std::to_string(t) + ",b,98," + std::to_string(t) + "\n" + std::to_string(t) + ",B,101,1\n";
    const auto looks = [&](std::optional<double> before, const std::string& text) {
        std::vector<double> at;
        const auto found = read_feed(
            snapshot, put("events.csv", text), {1, 60, before}, [&](const BookLook& look) { at.push_back(look.t); }, [](const Trade&) {});
        return std::pair(at, said(found));
    };
    const auto [cut, words] = looks(120, rows);
    EXPECT_THAT(
        words,
        HasSubstr("row 40, column t: later: it was taken at 120, and nothing from 120 on is looked at; the row is left out (40 times)"));
    ASSERT_FALSE(cut.empty());
    EXPECT_EQ(cut.back(), 119);
    const auto whole = looks({}, rows).first;
    EXPECT_EQ(cut, std::vector<double>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut.size())));
    EXPECT_EQ(whole.back(), 138);
}

/// Real files, each in the units that its page says: nothing is said of their units, and the same files in other units are refused.
TEST(CAL_017, real_files_are_in_their_units) {
    const char* data = std::getenv("PLIM_SHARED_DATA");
    if (data == nullptr) GTEST_SKIP() << "set PLIM_SHARED_DATA to the folder that holds market/ to run these";
    const std::string folder = std::string(data) + "/market/";
    const auto units_of = [](const auto& found) {
        if (!found) return to_string(found.error());
        for (const Defect& defect : found->defects.all())
            if (defect.kind == "wrong unit") return to_string(defect);
        return std::string();
    };
    for (const std::string venue : {"binance_BTCUSDT_2020_2023", "binance_ETHUSDT_2024_2025", "binance_SOLUSDT_2024_2025",
                                    "bybit_BTCUSDT_2021_2023", "dydx_ETHUSDT_2022_2023", "gate_BTCUSDT_2020_2023"})
        EXPECT_EQ(units_of(read_funding(folder + "funding/" + venue + ".csv.gz", [](const FundingRate&) {})), "") << venue;
    for (const std::string symbol : {"BTCUSDT", "ETHUSDT"}) {
        std::vector<Bar> bars;
        EXPECT_EQ(units_of(read_bars(folder + "perp_1h/" + symbol + ".csv.gz", {}, [&](const Bar& bar) { bars.push_back(bar); })), "");
        const Beside beside(bars, 3'600);
        const std::string stem = folder + "l2/binance_perp_" + symbol + "_20240808_";
        const auto feed = [&](const Beside& by) {
            return units_of(
                read_feed(stem + "snapshot.csv.gz", stem + "events.csv.gz", {5, 60, {}, &by}, [](const BookLook&) {}, [](const Trade&) {}));
        };
        EXPECT_EQ(feed(beside), "") << symbol;
        if (symbol == "BTCUSDT") {
            EXPECT_EQ(units_of(read_depth(
                          folder + "depth/binance_perp_BTCUSDT_bookdepth_20251010.csv.gz", [](const DepthLook&) {}, {}, &beside)),
                      "");
        }
        for (Bar& bar : bars) bar = {bar.ts, bar.open / 1'000, bar.high / 1'000, bar.low / 1'000, bar.close / 1'000, bar.volume * 1'000};
        EXPECT_THAT(feed(Beside(bars, 3'600)), HasSubstr("about a thousand")) << symbol;
    }
    // A minute of this file counts more than the world trades: contracts, as its page suspects.
    EXPECT_THAT(units_of(read_bars(folder + "perp_1m/BTC-PERP_202201.csv.gz", {}, [](const Bar&) {})),
                HasSubstr("wrong unit: 1829620 at 46411 is a turnover of"));
    for (const std::string market : {"1INCHUSDT", "SOLUSDT", "BTCUSDT"})
        EXPECT_EQ(units_of(read_bars(folder + "stress/ftx_20221108_spot_1m.csv.gz", {market, 0}, [](const Bar&) {})), "") << market;
}

}  // namespace
}  // namespace plimsoll::series
