// `plimsoll calibrate` and `plimsoll backtest` as a person runs them, on a made-up market.
#include "tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A market of a year by the hour, with one hour of terror at the end of its 300th day.
std::string market(const std::string& folder) {
    std::mt19937 random(8);
    std::ofstream file(folder + "/bars.csv");
    file << "ts,open,high,low,close,volume\n";
    double price = 50'000;
    for (int hour = 0; hour < 365 * 24; ++hour) {
        double step = 0;
        for (int k = 0; k < 6; ++k) step += (static_cast<double>(random() % 2001) - 1000) / 1e6;
        if (hour == 300 * 24 - 1) step = -0.2;
        const double next = price * (1 + step);
        file << 1'700'006'400 + hour * 3600 << "," << price << "," << std::max(price, next) << "," << std::min(price, next) << "," << next
             << ",2000\n";
        price = next;
    }
    return folder + "/bars.csv";
}

TEST(CAL_007, the_tool_writes_a_set_that_it_accepts_and_a_report) {
    const std::string folder = tool::scratch("calibrate");
    const std::string bars = market(folder);
    const tool::Ran ran = tool::sh("plimsoll calibrate " + bars + " --market X-PERP --settle USD --tiers 5 --out " + folder +
                                   "/out --compare " PLIM_SOURCE_DIR "/params/venues/binance.toml=BTCUSDT");
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("Proposed for X-PERP, appetite balanced, as of 2024-11-14 00:00 UTC"));
    EXPECT_THAT(ran.out, HasSubstr("Worst under the curve: 0.00 %"));
    EXPECT_THAT(ran.err, HasSubstr("wrote " + folder + "/out/report.html"));
    const tool::Ran checked = tool::sh("plimsoll schedule check " + folder + "/out/set.toml");
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
    EXPECT_THAT(checked.out + checked.err, HasSubstr("0 errors, 0 warnings, 0 notes"));
    EXPECT_EQ(
        tool::sh("plimsoll solve max-size -p " + folder + "/out/set.toml --market X-PERP --side buy --limit 50000 --balance USD=10000")
            .code,
        0);
    const tool::Ran again =
        tool::sh("plimsoll calibrate " + bars + " --market X-PERP --settle USD --tiers 5 --dry-run --json --out " + folder + "/none");
    EXPECT_EQ(again.code, 0);
    EXPECT_FALSE(std::filesystem::exists(folder + "/none"));
    EXPECT_THAT(again.out, HasSubstr("\"caps_from\": \"turnover\""));
}

TEST(CAL_015, a_schedule_to_compare_with_is_asked_with_all_that_it_looks_at) {
    const std::string folder = tool::scratch("compared");
    const std::string bars = market(folder);
    const std::string
        head = "[set]\nname = \"other\"\nversion = 1\nnumeraire = \"USD\"\nsource = \"a test\"\n[[asset]]\nname = \"USD\"\ndigits = 4\n"
               "price_digits = 6\nprice_max = \"10\"\namount_max = \"10000000000\"\nweight = \"1\"\n[[schedule]]\nid = \"m\"\n"
               "[[schedule.initial.term]]\n",
        tail = "[schedule.maintenance]\nof_initial = \"0.5\"\n[[market]]\nname = \"MARKET\"\nkind = \"linear\"\nsettle = \"USD\"\n"
               "schedule = \"m\"\nprice_digits = 1\nprice_max = \"1000000\"\nsize_digits = 4\nsize_max = \"100000\"\n";
    tool::write(folder + "/size.toml", head +
                                           "axis = \"own-size\"\ncurve = \"brackets\"\napply = \"whole\"\n"
                                           "rows = [ { from = \"0\", rate = \"0.01\" }, { from = \"1\", rate = \"0.04\" } ]\n" +
                                           tail);
    tool::write(folder + "/interest.toml",
                head +
                    "curve = \"flat\"\nrate = \"0.01\"\nmodulator = [ { input = \"open-interest\", effect = \"lift\", "
                    "from = \"1000000\", to = \"101000000\" } ]\n" +
                    tail);
    const auto first_and_last = [&](const std::string& flags) {
        const tool::Ran ran = tool::sh("plimsoll calibrate " + bars + " --json --compare " + folder + flags);
        EXPECT_EQ(ran.code, 0) << ran.err;
        const std::size_t at = ran.out.find("\"compared\"");
        const std::string list = at == std::string::npos ? "0" : ran.out.substr(ran.out.find('[', ran.out.find("\"initial\"", at)) + 1);
        const std::string all = list.substr(0, list.find(']'));
        return std::pair(std::stod(all), std::stod(all.substr(all.rfind(',') == std::string::npos ? 0 : all.rfind(',') + 1)));
    };
    EXPECT_EQ(first_and_last("/size.toml"), std::pair(0.01, 0.04)) << "one unit is some 50,000";
    EXPECT_NEAR(first_and_last("/interest.toml --others 51000000").first, 0.01 + 0.99 * 0.5, 1e-4) << "half way";
    EXPECT_NEAR(first_and_last("/interest.toml").first, 0.01, 1e-4);
}

TEST(CAL_005, as_of_looks_at_nothing_later) {
    const std::string folder = tool::scratch("as-of");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll calibrate " + bars + " --as-of 2024-09-09 --json";
    const tool::Ran before = tool::sh(ask);
    ASSERT_EQ(before.code, 0) << before.err;
    // The day of terror and everything after it is cut off: the tiers are the same.
    EXPECT_EQ(tool::sh("awk -F, 'NR == 1 || $1 < 1725840000' " + bars + " > " + folder + "/short.csv").code, 0);
    const tool::Ran cut = tool::sh("plimsoll calibrate " + folder + "/short.csv --as-of 2024-09-09 --json");
    const auto measured = [](const std::string& text) { return text.substr(0, text.find("\"stress\"")); };
    EXPECT_EQ(measured(before.out), measured(cut.out));
    const tool::Ran after = tool::sh("plimsoll calibrate " + bars + " --as-of '2024-09-11 12:00' --json");
    EXPECT_NE(measured(before.out), measured(after.out));
}

TEST(CAL_005, depth_that_was_seen_later_is_refused) {
    const std::string folder = tool::scratch("seen-later");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll calibrate " + bars + " --as-of 2024-09-09 --json";
    // A book a thousand times deeper the day after.
    const auto bands = [](std::int64_t ts, int notional) {
        const std::string at = std::to_string(ts), worth = std::to_string(notional);
        return at + ",-1," + worth + "\n" + at + ",1," + worth + "\n";
    };
    const std::int64_t as_of = 1'725'840'000;
    tool::write(folder + "/before.csv", "ts,pct,notional\n" + bands(as_of - 60, 500'000));
    tool::write(folder + "/with.csv",
                "ts,pct,notional\n" + bands(as_of - 60, 500'000) + bands(as_of, 500'000'000) + bands(as_of + 60, 500'000'000));
    tool::write(folder + "/after.csv", "ts,pct,notional\n" + bands(as_of, 500'000));
    const tool::Ran before = tool::sh(ask + " --depth " + folder + "/before.csv"),
                    with = tool::sh(ask + " --depth " + folder + "/with.csv");
    EXPECT_EQ(before.code, 0) << before.err;
    EXPECT_EQ(tool::field(with.out, "cap"), tool::field(before.out, "cap"));
    EXPECT_THAT(with.err, HasSubstr("with.csv: row 5: later: it was taken at 1725840000, and nothing from 1725840000 on is looked at; "
                                    "the look is left out (2 times)"));
    EXPECT_THAT(with.out, HasSubstr("with.csv: it was taken at 1725840000")) << "and it stands in the report";
    const tool::Ran after = tool::sh(ask + " --depth " + folder + "/after.csv");
    EXPECT_EQ(after.code, 3);
    EXPECT_THAT(after.err, HasSubstr("every look at a book in it is later than what is asked about; give depth from before --as-of"));

    tool::write(folder + "/book.csv", "side,price,qty\nb,49000,1\na,51000,1\n");
    tool::write(folder + "/timed.csv", "t,side,price,qty\n1725839999.5,b,49000,1\n1725839999.9,a,51000,1\n");
    tool::write(folder + "/late.csv", "t,side,price,qty\n1725839999.5,b,49000,1\n1725840000,a,51000,1\n");
    const auto book = [&](const std::string& flags) { return tool::sh(ask + " --book " + folder + flags); };
    EXPECT_EQ(book("/book.csv").code, 3);
    EXPECT_THAT(book("/book.csv").err,
                HasSubstr("it does not say when it was taken, so it may be later than --as-of; give --book-time \"2025-10-10 21:00\""));
    EXPECT_EQ(book("/book.csv --book-time 2024-09-08").code, 0);
    EXPECT_EQ(book("/book.csv --book-time 2024-09-08").out, book("/timed.csv").out);
    EXPECT_THAT(book("/book.csv --book-time 2024-09-09").err,
                HasSubstr("it was taken at 2024-09-09 00:00, and nothing from 2024-09-09 00:00 on is looked at; give a book from before"));
    EXPECT_EQ(book("/late.csv").code, 3) << "its latest row counts";
    EXPECT_THAT(book("/timed.csv --book-time 2024-09-07").err,
                HasSubstr("says itself that it was taken at 2024-09-08 23:59; leave --book-time out"));
    EXPECT_THAT(book("/book.csv --book-time soon").err, HasSubstr("--book-time: 'soon' is no time"));
    EXPECT_THAT(tool::sh(ask + " --book-time 2024-09-07").err, HasSubstr("--book-time: there is no book; give it with --book"));
    EXPECT_EQ(tool::sh("plimsoll calibrate " + bars + " --json --book " + folder + "/book.csv").code, 0)
        << "without --as-of it is as of now";
    EXPECT_EQ(tool::sh("plimsoll haircut " + bars + " --held 1000000 --as-of 2024-09-09 --book " + folder + "/book.csv").code, 3);
    EXPECT_EQ(
        tool::sh("plimsoll haircut " + bars + " --held 1000000 --as-of 2024-09-09 --book " + folder + "/book.csv --book-time 2024-09-08")
            .code,
        0);
}

TEST(CAL_005, a_backtest_does_not_know_a_book_that_was_seen_later) {
    const std::string folder = tool::scratch("later");
    const std::string bars = market(folder);
    std::ofstream(folder + "/book.csv") << "side,price,qty\nb,49000,1\na,51000,1\n";  // a spread of 4 %
    std::ofstream(folder + "/depth.csv") << "ts,pct,notional\n1731000000,-1,500000\n1731000000,1,500000\n";
    const std::string plain = tool::sh("plimsoll backtest " + bars + " --days 100").out;
    EXPECT_FALSE(plain.empty());
    EXPECT_EQ(tool::sh("plimsoll backtest " + bars + " --days 100 --book " + folder + "/book.csv --depth " + folder + "/depth.csv").out,
              plain);
}

TEST(CAL_004, a_backtest_says_no_when_too_much_was_lost) {
    const std::string folder = tool::scratch("backtest");
    const std::string bars = market(folder);
    const tool::Ran fine = tool::sh("plimsoll backtest " + bars + " --days 300");
    EXPECT_EQ(fine.code, 0) << fine.err;
    EXPECT_THAT(fine.out, HasSubstr("2024-09-0"));
    // Prices that jump far more often than the past has shown.
    EXPECT_EQ(
        tool::sh("awk -F, 'BEGIN { OFS = \",\" } NR > 1 && $1 > 1725840000 && NR % 5 == 0 { $5 *= 0.9; if ($5 < $4) $4 = $5 } { print }' " +
                 bars + " > " + folder + "/wild.csv")
            .code,
        0);
    EXPECT_EQ(tool::sh("plimsoll backtest " + folder + "/wild.csv --days 10 --as-of 2024-09-19").code, 1);
}

TEST(CAL_001, the_tool_says_what_it_cannot_use) {
    const std::string folder = tool::scratch("bad");
    const std::string bars = market(folder);
    EXPECT_EQ(tool::sh("plimsoll calibrate /nowhere.csv").code, 4);
    EXPECT_EQ(tool::sh("plimsoll calibrate " + bars + " --appetite greedy").code, 2);
    // A set that reads and does not hold is refused, not drawn.
    EXPECT_EQ(tool::sh("sed 's/price_max = \"1000000\"/price_max = \"100000000000\"/' " PLIM_SOURCE_DIR "/params/venues/binance.toml > " +
                       folder + "/off.toml")
                  .code,
              0);
    for (const std::string& line :
         {"plimsoll calibrate " + bars + " --compare " + folder + "/off.toml=BTCUSDT",
          "plimsoll stress extract -p " + folder + "/off.toml --market BTCUSDT --depth-per-percent 1000 --push 2",
          "plimsoll size -p " + folder + "/off.toml --market BTCUSDT --equity 1000 --price 10 --risk 0.1 --stop 0.1"}) {
        const tool::Ran off = tool::sh(line);
        EXPECT_EQ(off.code, 3) << line << off.err;
        EXPECT_THAT(off.err, HasSubstr("market BTCUSDT"));
    }
    const tool::Ran time = tool::sh("plimsoll calibrate " + bars + " --as-of yesterday");
    EXPECT_EQ(time.code, 3);
    EXPECT_THAT(time.err, HasSubstr("--as-of: 'yesterday' is no time; write 2025-10-10"));
    EXPECT_EQ(tool::sh("plimsoll calibrate " + bars + " --as-of 2024-02-30").code, 3);
    EXPECT_THAT(tool::sh("plimsoll calibrate " + bars + " --as-of 2023-11-16").err, HasSubstr("needs 400 at least"));
    EXPECT_EQ(tool::sh("sed 's/^1700010000,/1700010000000,/' " + bars + " > " + folder + "/ms.csv").code, 0);
    EXPECT_THAT(tool::sh("plimsoll calibrate " + folder + "/ms.csv").err,
                HasSubstr("ms.csv:3, column ts: 1.70001e+12 is no time in seconds; divide milliseconds by 1000"));
    const tool::Ran other = tool::sh("plimsoll calibrate " + bars + " --compare " PLIM_SOURCE_DIR "/params/venues/binance.toml");
    EXPECT_EQ(other.code, 3);
    EXPECT_THAT(other.err, HasSubstr("there is no market 'MARKET'; name one that the set has"));
}

/// A feed of one book in which a large bid comes and goes.
void write_feed(const std::string& folder, double spoof) {
    std::string snapshot = "t,side,price,qty\n", events = "t,side,price,qty\n";
    for (int level = 1; level <= 40; ++level) {
        snapshot +=
            "1500000000,b," + std::to_string(100 - 0.05 * level) + ",3000\n1500000000,a," + std::to_string(100 + 0.05 * level) + ",3000\n";
    }
    for (int second = 1; second <= 600; ++second) {
        const std::string t = std::to_string(1'500'000'000 + second);
        events += t + ",a,100.05," + std::to_string(3'000 + second % 3) + "\n";
        if (spoof > 0) events += t + ",b,99.8," + std::to_string(second % 20 == 0 ? 3'000 : 3'000 + spoof) + "\n";
        if (second % 5 == 0) events += t + ",B,100.05,1\n";
    }
    tool::write(folder + "/snapshot.csv", snapshot);
    tool::write(folder + "/events" + std::to_string(spoof > 0) + ".csv", events);
}

TEST(CAL_013, a_followed_book_with_funding_and_liquidations_beside_it) {
    const std::string folder = tool::scratch("followed");
    const std::string bars = market(folder);
    write_feed(folder, 0);
    write_feed(folder, 1e6);
    tool::write(folder + "/funding.csv", "ts,rate\n1600000000,0.0001\n1600028800,-0.002\n1600057600,0.0001\n");
    tool::write(folder + "/liquidations.csv", "ts,side,price,qty\n1600000000,sell,100,20\n1600000010,buy,100,30\n");
    const std::string ask = "plimsoll calibrate " + bars + " --json --l2 " + folder + "/snapshot.csv --l2-events " + folder;
    const tool::Ran honest = tool::sh(ask + "/events0.csv"), spoofed = tool::sh(ask + "/events1.csv");
    ASSERT_EQ(honest.code, 0) << honest.err;
    EXPECT_THAT(honest.out, HasSubstr("\"0.00 % of the depth within a per cent did not stand, and is not counted.\""));
    EXPECT_THAT(spoofed.out, HasSubstr(" % of the depth within a per cent did not stand, and is not counted.\""));
    EXPECT_THAT(spoofed.out, Not(HasSubstr("\"0.00 % of the depth")));
    EXPECT_EQ(tool::field(spoofed.out, "cap"), tool::field(honest.out, "cap")) << "orders for show raise no cap";
    const tool::Ran with = tool::sh("plimsoll calibrate " + bars + " --funding " + folder + "/funding.csv --liquidations " + folder +
                                    "/liquidations.csv --venues 1 --oracle 0");
    ASSERT_EQ(with.code, 0) << with.err;
    EXPECT_THAT(with.out, HasSubstr("A funding payment may cost 0.20 %; it is in the margin."));
    EXPECT_THAT(with.out, HasSubstr("The worst hour of liquidations sold 5000"));
    EXPECT_THAT(with.out, HasSubstr("Class highly speculative, decided by"));
    EXPECT_THAT(tool::sh("plimsoll calibrate " + bars + " --l2 " + folder + "/snapshot.csv").err,
                HasSubstr("give --l2 and --l2-events, without --depth"));
    EXPECT_THAT(tool::sh("plimsoll calibrate " + bars + " --as-of 1500000001 --l2 " + folder + "/snapshot.csv --l2-events " + folder +
                         "/events0.csv")
                    .err,
                HasSubstr("no level of it stood for long enough"));
    EXPECT_THAT(tool::sh("plimsoll calibrate " + bars + " --funding " + folder + "/snapshot.csv").err, HasSubstr("column 'ts' is missing"));
}

TEST(CAL_010, a_backtest_with_its_pace) {
    const std::string folder = tool::scratch("paced");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll backtest " + bars + " --days 200 ";
    const tool::Ran plain = tool::sh(ask), bumped = tool::sh(ask + "--speed-bump 0.001"), drawn = tool::sh(ask + "--draw-down");
    for (const tool::Ran& ran : {plain, bumped, drawn}) EXPECT_THAT(ran.out, HasSubstr("The margin moves: peak to trough")) << ran.err;
    EXPECT_NE(plain.out, bumped.out);
    EXPECT_NE(plain.out, drawn.out);
    EXPECT_EQ(tool::sh(ask + "--threads 1").out, tool::sh(ask + "--threads 4").out);
}

TEST(CAL_016, days_are_kept_and_gone_on_with) {
    const std::string folder = tool::scratch("days-kept"), kept = folder + "/days";
    const std::string bars = market(folder);
    for (const std::string& ask : {"plimsoll backtest " + bars + " --days 200", "plimsoll calibrate " + bars + " --json --days 200"}) {
        std::filesystem::remove(kept);
        const tool::Ran whole = tool::sh(ask);
        EXPECT_EQ(tool::sh(ask + " --keep " + kept).out, whole.out);
        std::filesystem::resize_file(kept, std::filesystem::file_size(kept) / 2);
        EXPECT_EQ(tool::sh(ask + " --threads 2 --keep " + kept).out, whole.out);
        EXPECT_EQ(tool::lines_of(tool::content_of(kept)).size(), 201u);
        const tool::Ran other = tool::sh(ask + " --appetite conservative --keep " + kept);
        EXPECT_EQ(other.code, 3);
        EXPECT_THAT(other.err, HasSubstr("it holds days of another question: coverage was 0.995"));
        EXPECT_EQ(tool::sh("sed -i '1s/program=[^ ]*/program=0.0.9-0123456789ab/' " + kept).code, 0);
        const tool::Ran build = tool::sh(ask + " --keep " + kept);
        EXPECT_EQ(build.code, 3);
        EXPECT_THAT(build.err, HasSubstr("it holds days of another question: program was 0.0.9-0123456789ab and is "));
        // A program of other bytes is another build, whatever it calls itself.
        std::filesystem::remove(kept);
        EXPECT_EQ(tool::sh(ask + " --keep " + kept).code, 0);
        EXPECT_EQ(tool::sh("cp \"$(command -v plimsoll)\" " + folder + "/other && printf x >> " + folder + "/other").code, 0);
        const tool::Ran bytes = tool::sh(folder + "/other" + ask.substr(ask.find(' ')) + " --keep " + kept);
        EXPECT_EQ(bytes.code, 3);
        EXPECT_THAT(bytes.err, HasSubstr("it holds days of another question: program was "));
    }
}

TEST(CAL_005, rows_later_than_as_of_are_said_with_their_first_row) {
    const std::string folder = tool::scratch("later-rows");
    const std::string bars = market(folder);
    tool::write(folder + "/funding.csv", "ts,rate\n1725811200,0.0001\n1725840000,0.9\n1725868800,0.0001\n");
    tool::write(folder + "/liquidations.csv", "ts,side,price,qty\n1725830000,sell,50000,1\n1725850000,sell,50000,1\n");
    const std::string ask = "plimsoll calibrate " + bars + " --as-of 2024-09-09 --fund-days 0 --days 5 ";
    const tool::Ran ran = tool::sh(ask + "--funding " + folder + "/funding.csv --liquidations " + folder + "/liquidations.csv");
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("funding.csv: row 3, column ts: later: it was taken at 1725840000, and nothing from 1725840000 on is "
                                   "looked at; the row is left out (2 times)"));
    EXPECT_THAT(ran.err, HasSubstr("liquidations.csv: row 3, column ts: later: it was taken at 1725850000"));
    EXPECT_THAT(ran.out, HasSubstr("A funding payment may cost 0.01 %"));
    EXPECT_THAT(tool::sh("plimsoll calibrate " + bars + " --as-of 2024-08-09 --funding " + folder + "/funding.csv").err,
                HasSubstr("every funding payment lies after the time asked for; give rows from before --as-of"));
    write_feed(folder, 0);
    const tool::Ran feed = tool::sh("plimsoll calibrate " + bars + " --as-of 1700010000 --l2 " + folder + "/snapshot.csv --l2-events " +
                                    folder + "/events0.csv");
    EXPECT_THAT(feed.err, Not(HasSubstr("later"))) << "all of it was before";
    // The feed of the same day, cut in its middle.
    EXPECT_EQ(tool::sh("for f in snapshot events0; do sed "
                       "'s/^1500/1725/;s/,99\\./,49999./;s/,98\\./,49998./;s/,100\\./,50000./;s/,101\\./,50001./;s/,102\\./,50002./' " +
                       folder + "/$f.csv > " + folder + "/day-$f.csv; done")
                  .code,
              0);
    const tool::Ran cut = tool::sh("plimsoll calibrate " + bars + " --fund-days 0 --days 5 --as-of 1725000300 --l2 " + folder +
                                   "/day-snapshot.csv --l2-events " + folder + "/day-events0.csv");
    EXPECT_EQ(cut.code, 0) << cut.err;
    EXPECT_THAT(
        cut.err,
        HasSubstr(
            "column t: later: it was taken at 1725000300, and nothing from 1725000300 on is looked at; the row is left out (362 times)"));
}

TEST(CAL_017, files_in_another_unit_than_the_bars_are_refused) {
    const std::string folder = tool::scratch("units");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll calibrate " + bars + " --as-of 2024-08-09 --fund-days 0 --days 5 ";
    const auto refused = [&](const std::string& flag, const std::string& file, const std::string& rows) {
        tool::write(folder + "/" + file, rows);
        const tool::Ran ran = tool::sh(ask + flag + " " + folder + "/" + file);
        EXPECT_TRUE(ran.code == 0 || ran.code == 3) << ran.err;
        return ran.code == 3 ? ran.err : std::string();
    };
    EXPECT_EQ(refused("--book", "book.csv", "t,side,price,qty\n1723161000,b,49000,1\n1723161000,a,51000,1\n"), "");
    EXPECT_THAT(refused("--book", "book.csv", "t,side,price,qty\n1723161000,b,49,1000\n1723161000,a,51,1000\n"),
                HasSubstr("book.csv:2, column price: the mid of the book is some "));
    EXPECT_THAT(refused("--book", "book.csv", "t,side,price,qty\n1723161000,b,51000,1\n1723161000,a,49000,1\n"),
                HasSubstr("book.csv:3, column price: the book is crossed: bid 51000, ask 49000 (rows 2 and 3)"));
    EXPECT_EQ(refused("--marks", "marks.csv", "ts,close\n1723158000,50000\n1723161600,50000\n"), "");
    EXPECT_THAT(refused("--marks", "marks.csv", "ts,close\n1723158000,5000000\n1723154400,50000\n1723159000,5000000\n"),
                HasSubstr("marks.csv:2, column close: the mark is some "));
    EXPECT_THAT(refused("--trades-beside", "trades.csv", "ts,price,qty\n1723158000,50,1\n1723159000,50,1\n"),
                HasSubstr("trades.csv:2, column price: the price is some "));
    EXPECT_THAT(refused("--liquidations", "liquidations.csv", "ts,side,price,qty\n1723158000,sell,50,1\n"),
                HasSubstr("liquidations.csv:2, column price: the price is some "));

    EXPECT_THAT(refused("--floor", "long.csv", "ts,open,high,low,close,volume\n1723075200,500,500,500,500,1\n"),
                HasSubstr("long.csv: its last price is 0.00797"));
}

TEST(CAL_017, a_symbol_of_a_thousand_beside_another_is_said) {
    const std::string folder = tool::scratch("thousand");
    const std::string bars = market(folder);
    const auto beside = [&](const std::string& name, const std::string& other) {
        EXPECT_EQ(tool::sh("sed 's/name = \"BTCUSDT\"/name = \"" + other + "\"/' " PLIM_SOURCE_DIR "/params/venues/binance.toml > " +
                           folder + "/set.toml")
                      .code,
                  0);
        const tool::Ran ran = tool::sh("plimsoll calibrate " + bars + " --fund-days 0 --days 5 --market " + name + " --compare " + folder +
                                       "/set.toml=" + other);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return ran.err;
    };
    EXPECT_THAT(beside("PEPEUSDT", "1000PEPEUSDT"),
                HasSubstr("Warning: 1000PEPEUSDT counts 1000 units in one and PEPEUSDT counts 1: sizes and "
                          "prices of the two differ by as much"));
    EXPECT_THAT(beside("1000000MOGUSDT", "MOGUSDT"), HasSubstr("1000000MOGUSDT counts 1000000"));
    EXPECT_THAT(beside("1000PEPEUSDT", "1000PEPEUSDT"), Not(HasSubstr("Warning")));
    EXPECT_THAT(beside("INCHUSDT", "1INCHUSDT"), Not(HasSubstr("Warning")));
}

TEST(CAL_010, a_proposal_beside_what_is_live) {
    const std::string folder = tool::scratch("live");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll calibrate " + bars + " --market X --fund-days 0 --days 5 ";
    ASSERT_EQ(tool::sh(ask + "--as-of 2024-09-08 --out " + folder + "/calm").code, 0);
    // The day after the hour of terror.
    const std::string after = ask + "--as-of 2024-09-11 --live " + folder + "/calm/set.toml --json ";
    const tool::Ran plain = tool::sh(ask + "--as-of 2024-09-11 --json"), drawn = tool::sh(after + "--draw-down"),
                    bumped = tool::sh(after + "--speed-bump 0.1"),
                    both = tool::sh(after + "--draw-down --speed-bump 0.1 --live-days 3 --drawn 0.5");
    for (const tool::Ran& ran : {plain, drawn, bumped, both}) ASSERT_EQ(ran.code, 0) << ran.err;
    const auto first = [](const tool::Ran& ran, const char* key) {
        return std::stod(tool::field(ran.out.substr(ran.out.find("\"points\"")), key));
    };
    EXPECT_LT(first(drawn, "initial"), first(plain, "initial"));
    EXPECT_EQ(first(drawn, "maintenance"), first(plain, "maintenance")) << "maintenance is not held back";
    EXPECT_EQ(first(bumped, "maintenance"), first(plain, "maintenance"));
    EXPECT_LE(first(bumped, "initial"), first(plain, "initial"));
    EXPECT_EQ(first(bumped, "computed"), first(plain, "initial_curve"));
    EXPECT_GT(std::stod(tool::field(drawn.out, "drawn")), 0.5) << "the buffer is used";
    EXPECT_THAT(drawn.out, HasSubstr("of the buffer is used beside X-balanced X; tell the next calibration --drawn "));
    EXPECT_THAT(bumped.err, HasSubstr("plimsoll: Warning: the speed bump holds the initial margin up to "));
    EXPECT_THAT(bumped.out, HasSubstr("Warning: the speed bump"));
    EXPECT_THAT(drawn.err, Not(HasSubstr("Warning")));
    EXPECT_THAT(tool::sh(ask + "--live " + folder + "/calm/set.toml").err,
                HasSubstr("--live: nothing is paced by it; give --draw-down, --speed-bump or both"));
    EXPECT_THAT(tool::sh(ask + "--drawn 0.5").err, HasSubstr("name it with --live"));

    const tool::Ran floor = tool::sh(ask + "--as-of 2024-09-08 --floor bars");
    EXPECT_THAT(floor.out, HasSubstr("from only 0.8 years of bars.csv, where ten are asked for; it does not bind."));
    // A wilder record of eleven years by the day.
    std::string rows = "ts,open,high,low,close,volume\n";
    double price = 50'000;
    for (int day = 0; day < 11 * 365; ++day) {
        const double next = day % 2 == 0 ? price * 1.1 : price / 1.1;
        rows += std::to_string(1'725'840'000 - (11 * 365 - day) * 86'400) + "," + std::to_string(price) + "," +
                std::to_string(std::max(price, next)) + "," + std::to_string(std::min(price, next)) + "," + std::to_string(next) + ",1\n";
        price = next;
    }
    tool::write(folder + "/long.csv", rows);
    const tool::Ran wild = tool::sh(ask + "--as-of 2024-09-08 --json --floor " + folder + "/long.csv");
    EXPECT_THAT(wild.out, HasSubstr("from 10.0 years of long.csv; it binds.")) << wild.err;
    EXPECT_GT(first(wild, "initial"), 0.1 / 24);
    EXPECT_GT(first(wild, "maintenance"), first(tool::sh(ask + "--as-of 2024-09-08 --json"), "maintenance"));
    const std::string back = "plimsoll backtest " + bars + " --as-of 2024-09-08 --days 20 ";
    EXPECT_GT(std::stod(tool::field(tool::sh(back + "--json --floor " + folder + "/long.csv").out, "margin_mean")),
              std::stod(tool::field(tool::sh(back + "--json").out, "margin_mean")));
}

TEST(CAL_003, estimators_that_are_asked_for_are_said_to_be_used) {
    const std::string folder = tool::scratch("estimators");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll calibrate " + bars + " --fund-days 0 --days 5 --out " + folder;
    ASSERT_EQ(tool::sh(ask + "/usual").code, 0);
    ASSERT_EQ(tool::sh(ask + "/more --estimator shortfall --estimator garch").code, 0);
    EXPECT_THAT(tool::content_of(folder + "/usual/report.html"), HasSubstr("<td>for comparison</td>"));
    EXPECT_THAT(tool::content_of(folder + "/more/report.html"), Not(HasSubstr("<td>for comparison</td>")));
    EXPECT_EQ(tool::sh(ask + "/none --estimator mean").code, 2);
}

TEST(CAL_018, shortfalls_of_a_backtest_in_currency) {
    const std::string folder = tool::scratch("currency");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll backtest " + bars + " --days 100 --as-of 2024-10-09 --settle USDC ";
    const tool::Ran text = tool::sh(ask + "--notional 2000000 --report " + folder + "/page.html"),
                    json = tool::sh(ask + "--notional 2000000 --json");
    ASSERT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("Shortfall of a position of 2.00M USDC: mean "));
    EXPECT_EQ(tool::field(json.out, "unit"), "USDC");
    EXPECT_EQ(tool::field(json.out, "notional"), "2000000.00");
    const std::string amounts = json.out.substr(json.out.find("in_currency"));
    EXPECT_GT(std::stod(tool::field(json.out, "shortfall_most")), 0.1) << "the hour of terror";
    EXPECT_NEAR(std::stod(tool::field(amounts, "shortfall_most")), 2e6 * std::stod(tool::field(json.out, "shortfall_most")), 0.01);
    EXPECT_THAT(tool::content_of(folder + "/page.html"), HasSubstr("short by, USDC"));
    // A larger position has a margin of its own.
    EXPECT_GT(std::stod(tool::field(json.out, "margin_mean")), std::stod(tool::field(tool::sh(ask + "--json").out, "margin_mean")));
}

TEST(CAL_019, a_fund_for_days_like_the_worst) {
    const std::string folder = tool::scratch("fund");
    const std::string bars = market(folder);
    const auto asked = [&](const std::string& flags) {
        const tool::Ran ran = tool::sh("plimsoll calibrate " + bars + " --days 5 --as-of 2024-10-09 --json " + flags);
        EXPECT_EQ(ran.code, 0) << ran.err;
        const std::size_t begin = ran.out.find("\"fund\"");
        return begin == std::string::npos ? std::string() : ran.out.substr(begin, ran.out.find("\"points\"") - begin);
    };
    const auto figure = [](const std::string& json, const char* key) { return std::stod(tool::field(json, key)); };
    const std::string usual = asked("");
    EXPECT_GT(figure(usual, "cover_1"), 0);
    EXPECT_GE(figure(usual, "cover_2"), figure(usual, "cover_1"));
    EXPECT_LE(figure(usual, "cover_2"), 2 * figure(usual, "cover_1"));
    double largest = 0, two = 0, sum = 0;
    for (std::size_t at = usual.find("\"day\""); at != std::string::npos; at = usual.find("\"day\"", at + 1)) {
        const std::string day = usual.substr(at);
        largest = std::max(largest, figure(day, "largest"));
        two = std::max(two, figure(day, "two_largest"));
        sum = std::max(sum, figure(day, "shortfall"));
        EXPECT_LE(figure(day, "largest"), figure(day, "two_largest"));
        EXPECT_LE(figure(day, "two_largest"), figure(day, "shortfall") + 0.01);
    }
    EXPECT_EQ(figure(usual, "cover_1"), largest);
    EXPECT_EQ(figure(usual, "cover_2"), two);
    EXPECT_LE(figure(usual, "bootstrap"), 10 * sum);
    EXPECT_GE(figure(asked("--fund-days 20"), "bootstrap"), figure(usual, "bootstrap"));
    EXPECT_LE(figure(asked("--fund-ruin 0.4"), "bootstrap"), figure(usual, "bootstrap"));
    EXPECT_EQ(asked("--threads 1"), asked("--threads 4"));
    EXPECT_EQ(asked("--fund-days 0"), "");
    // What comes after the time asked for is not among its days.
    EXPECT_EQ(tool::sh("awk -F, 'NR == 1 || $1 < 1728432000' " + bars + " > " + folder + "/cut.csv").code, 0);
    const tool::Ran cut = tool::sh("plimsoll calibrate " + folder + "/cut.csv --days 5 --as-of 2024-10-09 --json");
    EXPECT_EQ(cut.out.substr(cut.out.find("\"fund\""), usual.size()), usual);
}

TEST(CAL_012, a_haircut_with_its_lines_for_a_set) {
    const std::string folder = tool::scratch("haircut");
    const std::string bars = market(folder);
    const tool::Ran ran = tool::sh("plimsoll haircut " + bars + " --held 5000000 --beside " + bars);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("It may fall by"));
    EXPECT_THAT(ran.out, HasSubstr("weight = { base = \"0."));
    EXPECT_NE(tool::field(tool::sh("plimsoll haircut " + bars + " --held 5000000 --json").out, "move"), "absent");
    EXPECT_THAT(tool::sh("plimsoll haircut " + bars + " --held 1000 --concentration 0.7").out, HasSubstr("counts for nothing"));
    EXPECT_EQ(tool::sh("plimsoll haircut /nowhere --held 1000").code, 4);
}

TEST(CAL_012, a_proposed_set_carries_class_and_collateral) {
    const std::string folder = tool::scratch("carried");
    const std::string bars = market(folder);
    const std::string ask = "plimsoll calibrate " + bars + " --market X-PERP --settle USD ";
    const tool::Ran ran = tool::sh(ask + "--collateral X --held 5000000 --out " + folder + "/out");
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("X counts "));
    const std::string set = folder + "/out/set.toml";
    const tool::Ran checked = tool::sh("plimsoll schedule check " + set);
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
    EXPECT_THAT(checked.out + checked.err, HasSubstr("0 errors, 0 warnings, 0 notes"));
    EXPECT_THAT(tool::content_of(set), HasSubstr("source = \"calibrated from bars.csv; class B, decided by days listed"));
    EXPECT_THAT(tool::content_of(set), HasSubstr("venue_scale_start"));
    EXPECT_THAT(tool::content_of(folder + "/out/report.html"), HasSubstr("As collateral"));
    // And the gate counts it: a coin at 50,000 for what the haircut leaves of it.
    const std::string health = tool::sh("plimsoll margin -p " + set +
                                        " --json --market X-PERP --mark 50000 --size 0.1 --entry 50000 --balance X=1 --price X=50000")
                                   .out;
    EXPECT_GT(std::stod(tool::field(health, "collateral")), 30'000) << health;
    EXPECT_LT(std::stod(tool::field(health, "collateral")), 49'000) << health;
    EXPECT_EQ(tool::sh(ask + "--collateral X --held 1000 --concentration 0.7 --json").code, 0) << "worth nothing, and said";
    EXPECT_THAT(tool::sh(ask + "--collateral X").err, HasSubstr("give --collateral and --held together"));
    EXPECT_THAT(tool::sh(ask + "--collateral USD --held 1000").err, HasSubstr("USD: it is what the market settles in"));
}

TEST(CAL_009, bars_are_made_of_trades) {
    const std::string folder = tool::scratch("trades");
    std::string rows = "ts,price,qty,side\n";
    double price = 100;
    for (int i = 0; i < 60'000; ++i) {
        price *= i * 7919 % 13 < 6 ? 1.0007 : 0.9994;
        rows += std::to_string(1'600'000'000 + i * 60) + "." + std::to_string(i % 10) + "," + std::to_string(price) + ",5,buy\n";
    }
    tool::write(folder + "/trades.csv", rows);
    const tool::Ran ran = tool::sh("plimsoll calibrate " + folder + "/trades.csv --trades --json");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\"as_of\": 1603599960,"));
}

}  // namespace
}  // namespace plimsoll
