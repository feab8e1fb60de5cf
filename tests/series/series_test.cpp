// Series as files: how they are read, and what is said about them.
#include "plimsoll/series/bars.hpp"
#include "plimsoll/series/depth.hpp"
#include "support/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <random>

namespace plimsoll::series {
namespace {

using ::testing::HasSubstr;

std::string put(const std::string& name, const std::string& content) {
    const std::string path = testing::scratch(name);
    std::ofstream(path, std::ios::binary) << content;
    return path;
}
std::string gzip(const std::string& text) {
    const std::string path = testing::scratch("gz");
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    std::ifstream packed(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(packed), std::istreambuf_iterator<char>()};
}
std::string zstd(const std::string& text) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
}

const std::string head = "ts,open,high,low,close,volume\n";

std::string many_bars(std::size_t count) {
    std::mt19937 random(3);
    std::string text = head;
    double price = 100;
    for (std::size_t i = 0; i < count; ++i) {
        const double next = price * (1 + (static_cast<double>(random() % 2001) - 1000) / 1e5);
        text += std::to_string(1'600'000'000 + 3600 * i) + "," + std::to_string(price) + "," +
                std::to_string(std::max(price, next) + 0.001) + "," + std::to_string(std::min(price, next) - 0.001) + "," +
                std::to_string(next) + ",12.5\n";
        price = next;
    }
    return text;
}

struct ReadBars {
    std::vector<Bar> bars;
    BarsFound found;
    std::string error;
};
ReadBars read(const std::string& path, const BarsWanted& wanted = {}) {
    ReadBars result;
    auto found = read_bars(path, wanted, [&](const Bar& bar) { result.bars.push_back(bar); });
    if (found) result.found = *found;
    else result.error = to_string(found.error());
    return result;
}
ReadBars read_text(const std::string& rows) { return read(put("text.csv", head + rows)); }

TEST(CAL_001, plain_gzip_and_zstd_give_the_same_rows) {
    const std::string text = many_bars(20'000);
    const auto plain = read(put("plain.csv", text));
    ASSERT_EQ(plain.bars.size(), 20'000u) << plain.error;
    EXPECT_TRUE(plain.found.defects.all().empty());
    std::string carriage = text;
    for (std::size_t at = 0; (at = carriage.find('\n', at)) != std::string::npos; at += 2) carriage.insert(at, "\r");
    for (const std::string& path :
         {put("a.gz", gzip(text)), put("a.zst", zstd(text)), put("crlf.csv", carriage), put("no-end.csv", text.substr(0, text.size() - 1)),
          put("two.zst", zstd(text.substr(0, 1000)) + zstd(text.substr(1000)))}) {
        const auto other = read(path);
        ASSERT_EQ(other.bars.size(), plain.bars.size()) << path << other.error;
        for (std::size_t i = 0; i < plain.bars.size(); i += 97) EXPECT_EQ(other.bars[i].close, plain.bars[i].close);
        EXPECT_EQ(other.found.last, plain.found.last);
    }
}

TEST(CAL_001, packing_that_ends_early_or_is_broken_is_an_error) {
    const std::string text = many_bars(20'000);
    for (const std::string& packed : {gzip(text), zstd(text)}) {
        for (const std::size_t size : {packed.size() - 1, packed.size() - 9, packed.size() / 2})
            EXPECT_NE(read(put("cut", packed.substr(0, size))).error, "") << size;
        std::string broken = packed;
        broken[packed.size() / 2] ^= 0x55;
        EXPECT_NE(read(put("broken", broken)).error, "");
    }
    EXPECT_THAT(read("/nowhere/x.csv").error, HasSubstr("/nowhere/x.csv: cannot open"));
}

TEST(CAL_001, what_cannot_be_read_is_named_with_row_and_column) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "it holds no bar"},
        {"1,2,3\n", "text.csv:2: a row of 3 fields, and the head has 6"},
        {"1,1,1,1,1,1\n\n2,1,1,1,x,1\n", "text.csv:4, column close: 'x' is no number"},
        {"1,1,1,1,,1\n", "column close: '' is no number"},
        {"1,nan,1,1,1,1\n", "column open: 'nan' is no number"},
        {"1,inf,1,1,1,1\n", "column open: 'inf' is no number"},
        {"1,1e999,1,1,1,1\n", "column open"},
        {"1,1.5.2,1,1,1,1\n", "column open: '1.5.2' is no number"},
        {"1700000000000,1,1,1,1,1\n", "column ts: 1.7e+12 is no time in seconds; divide milliseconds by 1000"},
        {"1.5,1,1,1,1,1\n", "column ts"},
        {"-1,1,1,1,1,1\n", "column ts"},
    };
    for (const auto& [rows, says] : cases) EXPECT_THAT(read_text(rows).error, HasSubstr(says)) << rows;
    EXPECT_THAT(read(put("head.csv", "ts,open,high,low,last,volume\n")).error,
                HasSubstr("column 'close' is missing; the columns are ts, open, high, low, last, volume"));
    EXPECT_THAT(read(put("twice.csv", "ts,open,high,low,close,close,volume\n")).error, HasSubstr("column 'close' is there twice"));
    EXPECT_THAT(read(put("empty.csv", "")).error, HasSubstr("it is empty"));
    EXPECT_THAT(read(put("long.csv", head + std::string(100'000, '1'))).error, HasSubstr("line 2 is longer than 65536 bytes"));
    EXPECT_THAT(read(put("one.csv", head + "1,1,1,1,1,1\n"), {"BTC", 0}).error, HasSubstr("column 'market' is missing"));
}

TEST(CAL_002, what_is_odd_is_said_once_with_its_place_and_count) {
    const auto r = read_text("100,1,1,1,1,5\n"
                             "200,1,1,1,1,5\n"
                             "200,2,2,2,2,5\n"     // row 4: a second time
                             "150,1,1,1,1,5\n"     // row 5: before
                             "300,1,1,1,0,5\n"     // row 6: no price
                             "300,1,0.9,0.8,1,5\n" // row 7: the high is below the open
                             "300,1,1,1,1,-5\n"    // row 8: no volume of this world
                             "300,1,1,1,1,0\n"     // row 9: nobody traded
                             "600,1,1,1,1,5\n"     // row 10: two are missing
                             "700,9,9,9,9,5\n"     // row 11: nine times
                             "800,9,9,9,9,0\n");
    ASSERT_EQ(r.error, "");
    EXPECT_EQ(r.bars.size(), 6u);
    EXPECT_EQ(r.found.step, 100);
    EXPECT_EQ(r.found.missing, 2u);
    std::string all;
    for (const Defect& defect : r.found.defects.all()) all += to_string(defect) + "\n";
    EXPECT_EQ(all, "row 4, column ts: duplicate: 200 a second time; the row is left out\n"
                   "row 5, column ts: unordered: 150 after 200; the row is left out\n"
                   "row 6: impossible price: a price of 0; the row is left out\n"
                   "row 7: impossible bar: high 0.9, low 0.8 do not hold open and close; the row is left out\n"
                   "row 8, column volume: impossible volume: -5; the row is left out\n"
                   "row 9, column volume: no volume: a bar without trades at 300; kept (2 times)\n"
                   "row 10, column ts: gap: 300 s after the bar before, not 100; kept\n"
                   "row 11, column open: jump: from 1 to 9 between two bars: a redenomination, or another token under the name; kept\n");
}

TEST(CAL_002, one_market_of_several_is_read_alone) {
    const std::string path = put("markets.csv", "market,ts,open,high,low,close,volume\na,1,1,1,1,1,1\nb,1,5,5,5,5,1\na,2,1,1,1,2,1\n");
    EXPECT_THAT(read(path, {"a", 0}).found.defects.all()[0].kind, "impossible bar");
    EXPECT_EQ(read(path, {"b", 0}).bars[0].close, 5);
    EXPECT_THAT(read(path, {"c", 0}).error, HasSubstr("it holds no bar of 'c'"));
}

std::string look(std::int64_t ts, const std::vector<double>& bids, const std::vector<double>& asks) {
    std::string rows;
    for (std::size_t i = 0; i < bids.size(); ++i)
        rows += std::to_string(ts) + ",-" + std::to_string(i + 1) + "," + std::to_string(bids[i]) + "\n";
    for (std::size_t i = 0; i < asks.size(); ++i)
        rows += std::to_string(ts) + "," + std::to_string(i + 1) + "," + std::to_string(asks[i]) + "\n";
    return rows;
}

TEST(CAL_002, a_look_at_a_crossed_book_is_left_out) {
    std::string text = "ts,pct,notional\n";
    for (int i = 0; i < 100; ++i) text += look(i * 30, {1e6, 2e6}, {1e6 + i * 1e3, 2e6});
    text += look(3000, {1e3, 2e6}, {3e6, 4e6});   // a stale bid has moved the mid up
    text += look(3030, {1e6, 5e5}, {1e6, 2e6});   // shrinks
    text += look(3060, {1e6}, {1e6, 2e6});
    text += look(2000, {1e6, 2e6}, {1e6, 2e6});
    text += look(3090, {5e5, 1e6}, {5e5, 1e6});   // thinner, and sound
    std::vector<DepthLook> looks;
    const auto found = read_depth(put("depth.csv", text), [&](const DepthLook& l) { looks.push_back(l); });
    ASSERT_TRUE(found) << to_string(found.error());
    EXPECT_EQ(found->looks, 101u);
    EXPECT_EQ(found->left_out, 3u);
    EXPECT_EQ(found->defects.count("crossed"), 1u);
    EXPECT_EQ(found->defects.count("not cumulative"), 1u);
    EXPECT_EQ(found->defects.count("one side"), 1u);
    EXPECT_EQ(found->defects.count("unordered"), 4u);
    const auto& all = found->defects.all();
    const auto crossed = std::find_if(all.begin(), all.end(), [](const Defect& defect) { return defect.kind == "crossed"; });
    EXPECT_THAT(to_string(*crossed), HasSubstr("row 402, column notional: crossed: bids within the first band are 1000"));
    EXPECT_EQ(looks.back().ts, 3090);
    EXPECT_EQ(looks.back().bids[1].notional, 1e6);
    EXPECT_EQ(looks.back().bids[1].within, 0.02);
}

TEST(CAL_002, a_crossed_snapshot_is_refused_with_both_prices) {
    EXPECT_THAT(to_string(read_book(put("crossed.csv", "side,price,qty\nb,101,1\na,100,1\n")).error()),
                HasSubstr("the book is crossed: bid 101, ask 100"));
    EXPECT_THAT(to_string(read_book(put("place.csv", "side,price,qty\nb,98,1\nb,101,1\na,103,1\na,100,1\na,102,1\n")).error()),
                HasSubstr("place.csv:5, column price: the book is crossed: bid 101, ask 100 (rows 3 and 5)"));
    EXPECT_THAT(to_string(read_book(put("end.csv", "side,price,qty\nb,101,1\nb,100,1\n")).error()),
                HasSubstr("end.csv:3, column side: one side of the book is empty"));
    EXPECT_THAT(to_string(read_book(put("half.csv", "side,price,qty\nb,101,1\n")).error()), HasSubstr("one side of the book is empty"));
    EXPECT_THAT(to_string(read_book(put("side.csv", "side,price,qty\nx,101,1\n")).error()), HasSubstr("column side: 'x' is no side"));
    EXPECT_FALSE(read_book(put("untimed.csv", "side,price,qty\nb,99,1\na,101,2\n"))->t);
    EXPECT_EQ(read_book(put("timed.csv", "t,side,price,qty\n1700000000.25,b,99,1\n1700000001.5,a,101,2\n"))->t, 1'700'000'001.5)
        << "the latest of its rows";
    EXPECT_EQ(read_book(put("timed.csv", "side,price,qty,ts\nb,99,1,1700000000\na,101,2,1700000000\n"))->t, 1'700'000'000);
    EXPECT_THAT(to_string(read_book(put("ms.csv", "t,side,price,qty\n1700000000000,b,99,1\na,101,2\n")).error()),
                HasSubstr("ms.csv:2, column t: 1.7e+12 is no time in seconds; divide milliseconds by 1000"));
    const auto book = read_book(put("book.csv", "side,price,qty\nb,99,1\na,101,2\nb,100,3\na,102,0\n"));
    ASSERT_TRUE(book);
    EXPECT_EQ(book->bids.front().price, 100);
    EXPECT_EQ(book->asks.size(), 1u);
}

}  // namespace
}  // namespace plimsoll::series
