// `plimsoll stress` as a person runs it.
#include "tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace plimsoll {
namespace {

using ::testing::HasSubstr;

const std::string params = PLIM_SOURCE_DIR "/params/venues/binance.toml";

TEST(STR_001, the_tool_says_up_to_where_no_attack_pays) {
    const std::string ask = "plimsoll stress extract -p " + params + " --market YFIUSDT --push 3 --formula --depth-per-percent ";
    const tool::Ran thin = tool::sh(ask + "5000 --json");
    ASSERT_EQ(thin.code, 0) << thin.err;
    const double safe = std::stod(tool::field(thin.out, "safe_open_interest"));
    const tool::Ran deep = tool::sh(ask + "50000 --json");
    EXPECT_GT(std::stod(tool::field(deep.out, "safe_open_interest")), safe);
    const auto at = [&](double open_interest) { return tool::sh(ask + "5000 --open-interest " + std::to_string(open_interest)).code; };
    EXPECT_EQ(at(safe * 0.99), 0);
    EXPECT_EQ(at(safe * 1.01), 1);
    EXPECT_THAT(tool::sh(ask + "5000 --profit-weight 0").out, HasSubstr("No attack pays at any open interest that is allowed"));
    EXPECT_EQ(tool::sh(ask + "0").code, 2);
}

/// A market whose margin is looked up by size, or lifted by open interest.
std::string set_with(const std::string& term) {
    return "[set]\nname = \"s\"\nversion = 1\nnumeraire = \"USD\"\nsource = \"a test\"\n[profit]\nwithdrawal = \"1\"\n[[asset]]\nname = "
           "\"USD\"\ndigits = 4\n"
           "price_digits = 6\nprice_max = \"10\"\namount_max = \"10000000000\"\nweight = \"1\"\n[[schedule]]\nid = "
           "\"m\"\n[[schedule.initial.term]]\n" +
           term +
           "[schedule.maintenance]\nof_initial = \"0.5\"\n[[market]]\nname = \"M\"\nkind = \"linear\"\nsettle = \"USD\"\nschedule = \"m\"\n"
           "price_digits = 2\nprice_max = \"10000\"\nsize_digits = 3\nsize_max = \"10000000\"\n";
}

TEST(STR_006, margins_of_an_attack_look_at_all_that_the_schedule_does) {
    const std::string folder = tool::scratch("looked-at");
    tool::write(folder + "/flat.toml", set_with("curve = \"flat\"\nrate = \"0.05\"\n"));
    tool::write(folder + "/size.toml", set_with("axis = \"own-size\"\ncurve = \"brackets\"\napply = \"whole\"\n"
                                                "rows = [ { from = \"0\", rate = \"0.05\" }, { from = \"100\", rate = \"0.3\" } ]\n"));
    tool::write(folder + "/interest.toml",
                set_with("curve = \"flat\"\nrate = \"0.05\"\n"
                         "modulator = [ { input = \"open-interest\", effect = \"lift\", from = \"50000\", to = \"100000\" } ]\n"));
    const auto ask = [&](const std::string& set, const std::string& flags) {
        return tool::sh("plimsoll stress extract -p " + folder + "/" + set +
                        ".toml --market M --depth-per-percent 5000 --push 1.5 --json " + flags);
    };
    const double flat = std::stod(tool::field(ask("flat", "").out, "safe_open_interest"));
    // 100 units at a price of 50 are 5000: all attacks that pay are larger.
    const double by_size = std::stod(tool::field(ask("size", "--price 50").out, "safe_open_interest"));
    EXPECT_GT(by_size, 1.2 * flat);
    EXPECT_THAT(ask("size", "").err, HasSubstr("a notional alone does not say what it asks; give the price (--price)"));
    // Spread over accounts it is open interest all the same; with what others hold it is lifted sooner.
    const std::string alone = ask("interest", "--open-interest 150000").out,
                      spread = ask("interest", "--open-interest 150000 --accounts 64").out;
    EXPECT_EQ(tool::field(spread, "margin"), tool::field(alone, "margin"));
    EXPECT_EQ(tool::field(alone, "extractable"), "0.00");
    EXPECT_GT(std::stod(tool::field(ask("flat", "--open-interest 150000").out, "extractable")), 0);
    EXPECT_EQ(tool::field(ask("interest", "--open-interest 70000 --others 130000").out, "extractable"), "0.00");
}

double number(const std::string& json, const std::string& key) { return std::stod(tool::field(json, key)); }

TEST(STR_006, the_tool_searches_and_lets_the_engine_play) {
    const std::string ask = "plimsoll stress extract -p " + params + " --market YFIUSDT --depth-per-percent 5000 --push 3 --json ";
    EXPECT_EQ(tool::field(tool::sh(ask).out, "safe_open_interest"), "null") << "the set gives profit on paper no weight";
    const tool::Ran weighted = tool::sh(ask + "--profit-weight 1 --play --price 8000");
    ASSERT_EQ(weighted.code, 0) << weighted.err;
    const double taken = number(weighted.out, "gain") - number(weighted.out, "margin");
    EXPECT_GT(number(weighted.out, "extractable"), 0);
    EXPECT_NEAR(number(weighted.out, "extracted"), taken, 0.005 * taken) << weighted.out;
    EXPECT_GT(number(tool::sh(ask + "--leave two-legs").out, "extractable"), 0) << "a profit that is paid needs no weight";
    EXPECT_LT(number(tool::sh(ask + "--profit-weight 1 --outflow 1000").out, "extractable"), number(weighted.out, "extractable"));
    const tool::Ran text =
        tool::sh("plimsoll stress extract -p " + params + " --market YFIUSDT --depth-per-percent 5000 --push 3 --profit-weight 1");
    EXPECT_THAT(text.out, HasSubstr("a cap to propose"));
    EXPECT_THAT(text.out, HasSubstr("an attacker takes out at most"));

    const std::string bare = "plimsoll stress extract -p " + params + " --market YFIUSDT --push 3";
    EXPECT_THAT(tool::sh(bare).err, HasSubstr("give one of --depth-per-percent, --depth (bands over time) and --book"));
    EXPECT_THAT(tool::sh(ask + "--profit-weight 1 --play").err, HasSubstr("give --price"));
    EXPECT_THAT(tool::sh(bare + " --formula --book nowhere.csv").err, HasSubstr("it holds for an even book alone"));
    EXPECT_EQ(tool::sh(bare + " --book nowhere.csv").code, 4);
}

TEST(STR_006, a_pool_beside_the_book_makes_every_push_dearer) {
    const std::string ask =
        "plimsoll stress extract -p " + params + " --market YFIUSDT --push 3 --profit-weight 1 --json --depth-per-percent 5000 ";
    const double alone = number(tool::sh(ask).out, "safe_open_interest");
    const tool::Ran wide = tool::sh(ask + "--pool 1000000"), near = tool::sh(ask + "--pool 1000000:0.2"),
                    both = tool::sh(ask + "--pool 1000000 --pool 1000000:0.2");
    ASSERT_EQ(wide.code, 0) << wide.err;
    EXPECT_GT(number(wide.out, "safe_open_interest"), 1.2 * alone);
    EXPECT_GT(number(near.out, "safe_open_interest"), 1.2 * alone);
    EXPECT_GT(number(both.out, "safe_open_interest"), number(wide.out, "safe_open_interest"));
    EXPECT_GT(number(both.out, "safe_open_interest"), number(near.out, "safe_open_interest"));
    EXPECT_EQ(tool::sh(ask + "--pool 0").code, 3);
    EXPECT_THAT(tool::sh(ask + "--pool a:b").err, HasSubstr("RESERVE or RESERVE:REACH"));
    EXPECT_EQ(tool::sh(ask + "--pool 1000000 --formula").code, 2) << "a formula knows one even book";
}

TEST(STR_006, what_can_be_taken_out_is_a_figure_a_curve_and_a_bound) {
    const tool::Ran ran = tool::sh("plimsoll stress extract -p " + params +
                                   " --market YFIUSDT --depth-per-percent 5000 --push 3 --profit-weight 1 --json --open-interest 5000000");
    const double safe = number(ran.out, "safe_open_interest");
    std::size_t at = ran.out.find("\"curve\"");
    ASSERT_NE(at, std::string::npos);
    int points = 0, paying = 0;
    double last = 0;
    for (at = ran.out.find("{\"open_interest\":", at); at != std::string::npos;
         at = ran.out.find("{\"open_interest\":", at + 1), ++points) {
        const std::string point = ran.out.substr(at, ran.out.find('}', at) - at + 1);
        last = number(point, "extractable");
        paying += last > 0;
        // Margins jump: above the bound a size may be safe again.
        if (number(point, "open_interest") <= safe) {
            EXPECT_EQ(last, 0) << point;
        }
    }
    EXPECT_EQ(points, 61);
    EXPECT_GT(paying, 30);
    EXPECT_EQ(last, number(ran.out, "extractable")) << "the curve ends at what was asked about";
    EXPECT_THAT(ran.out, HasSubstr("\"path\":["));
    EXPECT_GT(number(ran.out, "extractable"), 0);
}

TEST(STR_006, a_set_with_the_proposed_caps_confirms_itself) {
    const std::string folder = tool::scratch("capped"), out = folder + "/capped.toml";
    for (const std::string flags : {" --profit-weight 1", " --leave two-legs", " --profit-weight 1 --accounts 8"}) {
        const auto ask = [&](const std::string& set, const std::string& more) {
            return tool::sh("plimsoll stress extract -p " + set + " --market YFIUSDT --depth-per-percent 5000 --push 3 --json" + flags +
                            more);
        };
        const tool::Ran found = ask(params, " --out " + out);
        ASSERT_EQ(found.code, 0) << found.err;
        EXPECT_THAT(found.err, HasSubstr("and no attack pays in it"));
        const double safe = number(found.out, "safe_open_interest");
        EXPECT_EQ(tool::sh("plimsoll schedule check " + out).code, 0);
        EXPECT_EQ(tool::field(ask(out, "").out, "safe_open_interest"), "null") << flags;
        for (const double share : {0.5, 0.999, 1.001, 3.0}) {
            const std::string at = " --open-interest " + std::to_string(share * safe);
            EXPECT_EQ(number(ask(out, at).out, "extractable"), 0) << flags << at;
            EXPECT_EQ(number(ask(params, at).out, "extractable") > 0, share > 1) << flags << at;
        }
        EXPECT_THAT(ask(out, " --out " + folder + "/twice.toml").err, HasSubstr("no cap is needed, and"));
    }
    EXPECT_THAT(tool::content_of(out), HasSubstr("caps of YFIUSDT by plimsoll stress extract"));
    EXPECT_EQ(
        tool::sh("plimsoll stress extract -p " + params + " --market YFIUSDT --depth-per-percent 5000 --push 3 --formula --out " + out)
            .code,
        2);
}

const std::string run = "plimsoll stress run -p " + params + " --market YFIUSDT --depth-per-percent 50000 --owners 200 --price 8000 ";

TEST(STR_008, the_same_crowd_under_several_schedules) {
    const std::string whales = "--whales 2:1000000:20 --paths 12 --fund 50000 ";
    const tool::Ran one = tool::sh(run + whales + "--json --threads 1");
    ASSERT_EQ(one.code, 0) << one.err;
    EXPECT_EQ(tool::sh(run + whales + "--json --threads 2").out, one.out) << "whatever the number of threads";
    EXPECT_NE(tool::sh(run + whales + "--json --seed 2").out, one.out);
    // The set, then the flat ones: concentration and what could not be paid.
    const std::string& json = one.out;
    const std::size_t flat = json.find("flat, its first rate");
    ASSERT_NE(flat, std::string::npos);
    const auto of = [&](const std::string& key, std::size_t from) {
        const std::size_t at = json.find('"' + key + "\":", from);
        return std::stod(json.substr(json.find_first_of("0123456789", at + key.size() + 3)));
    };
    EXPECT_LT(of("herfindahl", 0), 0.5 * of("herfindahl", flat)) << "scaling holds the whales down";
    const std::size_t own_mean = json.find("\"shortfall\""), flat_mean = json.find("\"shortfall\"", flat);
    EXPECT_LT(of("mean", own_mean), of("mean", flat_mean));

    const tool::Ran text = tool::sh(run + whales + "--fund-days 10");
    EXPECT_THAT(text.out, HasSubstr("could not be paid: mean / p99 / most"));
    EXPECT_THAT(text.out, HasSubstr("a fund for 10 such days"));
    EXPECT_THAT(text.out, HasSubstr("200 owners with capital from 1000"));
}

TEST(STR_008, a_day_of_bars_with_everything_that_may_go_wrong) {
    const std::string folder = tool::scratch("stress");
    const std::string bars = folder + "/day.csv";
    std::ofstream file(bars);
    file << "ts,open,high,low,close,volume\n";
    double price = 8'000;
    for (int i = 0; i < 120; ++i) {
        const double next = i < 60 ? price : i < 80 ? price * 0.985 : price * 1.004;
        file << 1'700'000'000 / 60 * 60 + i * 60 << "," << price << "," << std::max(price, next) * 1.001 << ","
             << std::min(price, next) * 0.999 << "," << next << ",10\n";
        price = next;
    }
    file.close();
    const std::string day = "plimsoll stress run -p " + params + " --market YFIUSDT --owners 200 --bars " + bars + " ";
    const tool::Ran plain = tool::sh(day + "--depth-per-percent 50000");
    ASSERT_EQ(plain.code, 0) << plain.err;
    EXPECT_THAT(plain.out, HasSubstr("2023-11-14 22:13 to 2023-11-15 00:12 UTC, day.csv, with wicks"));
    EXPECT_THAT(plain.out, HasSubstr("by the fund, by others, by nobody"));
    const tool::Ran all = tool::sh(
        day +
        "--depth-per-percent 20000 --elsewhere 50000@5 --pool 1000000:0.2 --own-weight 0.3 --frozen 60:62 --lie 0.9:20:21 --confirm 2 "
        "--fills 3 --accounts-each 2 --grouped --closes --from 1700000500 --no-flat --compare " PLIM_SOURCE_DIR
        "/params/venues/binance.toml=ETHUSDT --report " +
        folder + "/page.html");
    EXPECT_EQ(all.code, 0) << all.err;
    for (const char* said : {"reached after 5 s", "constant-product pool", "the feed tells nothing", "0.900 times the price",
                             "filled 2 s after", "at most 3 of them"})
        EXPECT_THAT(all.out, HasSubstr(said));
    EXPECT_THAT(tool::content_of(folder + "/page.html"), HasSubstr("Liquidations that wait for somebody to sell to"));
    EXPECT_EQ(tool::sh(day + "--depth-per-percent 50000 --resample --paths 5").code, 0);
    EXPECT_THAT(plain.out, HasSubstr("has means without end"));
    const tool::Ran poor = tool::sh(day + "--depth-per-percent 5000000 --long-share 1 --makers 10");
    EXPECT_THAT(poor.out, HasSubstr("of that, makers could not carry"));
    EXPECT_THAT(poor.out, HasSubstr("who takes the other side has 10.0 beyond"));

    const auto refused = [&](const std::string& flags, const char* why) {
        const tool::Ran ran = tool::sh(day + "--depth-per-percent 50000 " + flags);
        EXPECT_EQ(ran.code, 3) << flags;
        EXPECT_THAT(ran.err, HasSubstr(why));
    };
    refused("--leverage 50", "--leverage: '50' is not of the form LEAST:MOST");
    refused("--leverage 50:2", "does not grow");
    refused("--whales 1:x:2", "N:CAPITAL:LEVERAGE");
    refused("--elsewhere -5@5", "out of range");
    refused("--pool 0", "out of range");
    refused("--lie 0:1:2", "a price of 0");
    refused("--frozen 5", "FROM:TO");
    refused("--from 2030-01-01", "fewer than two bars lie between");
    refused("--from soon", "'soon' is no time");
    refused("--capital 1000000000000", "more than a venue can hold of USDT");
    refused("--whales 1:200000000000:2", "is no balance of USDT");
    refused("--capital 0.000001", "nobody of the crowd could open a position");
    refused("--fund 999999999999999", "is more than a venue can hold");
    refused("--compare " + params + "=NOPE", "NOPE");
    EXPECT_EQ(tool::sh("plimsoll stress run -p " + params + " --market YFIUSDT --depth-per-percent 1000 --bars /nowhere").code, 4);
    EXPECT_EQ(tool::sh(day).code, 3);
}

/// A number of the first variant in the JSON of a run, by its key and the key of the object it stands in.
double figure_of(const std::string& json, const std::string& object, const std::string& key) {
    const std::size_t at = json.find('"' + key + "\":", json.find('"' + object + "\":"));
    return at == std::string::npos ? -1 : std::stod(json.substr(at + key.size() + 3));
}

const std::string ftx = PLIM_SOURCE_DIR "/params/venues/ftx.toml";

TEST(STR_011, every_incident_can_be_brought_over_a_market) {
    const std::string ask = "plimsoll stress run -p " + ftx +
                            " --market ETH-PERP --owners 60 --no-flat --json --depth-per-percent 50000 "
                            "--collateral BTC:0.7 --collateral-price 20000 --collateral-beta 0 --incident ";
    int played = 0;
    for (const char* name : {"nasdaq", "bitmex", "archegos", "xvs", "nickel", "drift", "luna-floor", "avax", "mango", "crv", "yfi",
                             "eth-whale", "jelly", "xpl", "depeg"}) {
        const tool::Ran ran = tool::sh(ask + name);
        EXPECT_EQ(ran.code, 0) << name << ran.err;
        EXPECT_EQ(figure_of(ran.out, "paths", "unfinished"), 0) << name;
        played += ran.code == 0;
    }
    EXPECT_EQ(played, 15);
    const tool::Ran exempt = tool::sh(ask + "ftx-privileged");
    EXPECT_EQ(exempt.code, 3);
    EXPECT_THAT(exempt.err, HasSubstr("one account was let off the rules there"));
    // The hand that held it is in the crowd, on its side and with its money; the file's depth where none is given.
    const tool::Ran jelly = tool::sh(ask + "jelly");
    EXPECT_NEAR(figure_of(jelly.out, "opened", "capital"), figure_of(tool::sh(ask + "drift").out, "opened", "capital") + 3'478'260.86, 1);
    EXPECT_GT(figure_of(jelly.out, "cover_1", "cover_1"), 1'000'000) << "four times the price is beyond the short's margin";
    // What a market can hold at all bounds a hand that wants 23 billion; it gets the rest, not nothing.
    EXPECT_GT(figure_of(tool::sh(ask + "archegos").out, "opened", "top_1"), 0.9);
    const std::string bare = "plimsoll stress run -p " + ftx + " --market ETH-PERP --owners 60 --no-flat --incident ";
    EXPECT_THAT(tool::sh(bare + "mango").out, HasSubstr("12.7k for each per cent"));
    EXPECT_THAT(tool::sh(bare + "yfi").err, HasSubstr("give one of --depth-per-percent"));
    EXPECT_THAT(tool::sh(bare + "depeg --depth-per-percent 50000").err, HasSubstr("give --collateral NAME:SHARE"));
    EXPECT_EQ(tool::sh(bare + "2022 --depth-per-percent 50000").code, 2) << "several";
    for (const char* flag : {"--resample", "--closes", "--from 0", "--to 9"})
        EXPECT_EQ(tool::sh(bare + "mango --depth-per-percent 50000 " + flag).code, 2) << flag << " is of bars";
    EXPECT_EQ(tool::sh(bare + "nothing --depth-per-percent 50000").code, 2);
    EXPECT_THAT(tool::sh(bare + "mango --price 90000").err, HasSubstr("let it begin lower (--price)"));
}

TEST(STR_010, owners_hold_collateral_that_falls) {
    const std::string folder = tool::scratch("stress-pledge");
    std::ofstream market(folder + "/market.csv"), pledged(folder + "/pledged.csv");
    for (std::ofstream* file : {&market, &pledged}) *file << "ts,open,high,low,close,volume\n";
    for (int i = 0; i < 60; ++i) {
        const auto bar = [&](std::ofstream& file, double from, double to) {
            file << 1'700'000'000 / 60 * 60 + i * 60 << "," << from << "," << std::max(from, to) << "," << std::min(from, to) << "," << to
                 << ",1\n";
        };
        bar(market, 2'000 * std::pow(0.997, i), 2'000 * std::pow(0.997, i + 1));
        bar(pledged, 30'000 * std::pow(0.98, i), 30'000 * std::pow(0.98, i + 1));
    }
    market.close();
    pledged.close();
    const std::string day = "plimsoll stress run -p " + ftx +
                            " --market ETH-PERP --owners 100 --no-flat --json --depth-per-percent 200000 --bars " + folder + "/market.csv ";
    const std::string own = "--collateral BTC:0.8 --collateral-bars " + folder + "/pledged.csv ";
    const auto liquidated = [&](const std::string& flags) {
        const tool::Ran ran = tool::sh(day + flags);
        EXPECT_EQ(ran.code, 0) << flags << ran.err;
        return figure_of(ran.out, "paths", "accounts_liquidated");
    };
    const double still = liquidated("--collateral BTC:0.8 --collateral-price 30000 --collateral-beta 0"),
                 along = liquidated("--collateral BTC:0.8 --collateral-price 30000"), falls = liquidated(own);
    EXPECT_GT(along, still);
    EXPECT_GT(falls, along) << "to 0.3 of its price";
    const tool::Ran drawn = tool::sh(day + own + "--resample --paths 4 --threads 1");
    ASSERT_EQ(drawn.code, 0) << drawn.err;
    EXPECT_EQ(tool::sh(day + own + "--resample --paths 4 --threads 2").out, drawn.out);
    EXPECT_THAT(drawn.out, HasSubstr("its price goes as in"));
    const tool::Ran page = tool::sh(day + own + "--report " + folder + "/page.html");
    EXPECT_THAT(tool::content_of(folder + "/page.html"), HasSubstr("Price of the collateral"));
    const auto refused = [&](const std::string& flags, const char* why) {
        const tool::Ran ran = tool::sh(day + flags);
        EXPECT_EQ(ran.code, 3) << flags;
        EXPECT_THAT(ran.err, HasSubstr(why));
    };
    refused("--collateral BTC", "NAME:SHARE");
    refused("--collateral BTC:0", "out of range");
    refused("--collateral BTC:0.5", "give --collateral-price, or --collateral-bars");
    refused("--collateral NOPE:0.5 --collateral-price 5", "has no asset 'NOPE'");
    refused("--collateral USD:0.5 --collateral-price 1", "it is the money of the market");
    EXPECT_EQ(tool::sh(day + "--collateral-bars " + folder + "/pledged.csv").code, 2);
}

TEST(STR_012, owners_hold_several_markets) {
    const std::string folder = tool::scratch("stress-also");
    const auto write = [&](const std::string& name, double price, double step) {
        std::ofstream file(folder + "/" + name);
        file << "ts,open,high,low,close,volume\n";
        for (int i = 0; i < 60; ++i, price *= step)
            file << 1'700'000'000 / 60 * 60 + i * 60 << "," << price << "," << std::max(price, price * step) << ","
                 << std::min(price, price * step) << "," << price * step << ",1\n";
    };
    write("eth.csv", 2'000, 0.996);
    write("btc.csv", 40'000, 0.996);
    write("btc-up.csv", 40'000, 1.004);
    const std::string day = "plimsoll stress run -p " + ftx + " --market ETH-PERP --owners 100 --stops 0:0.5 --no-flat --json " +
                            "--depth-per-percent 20000000 --bars " + folder + "/eth.csv ";
    const auto liquidated = [&](const std::string& flags) {
        const tool::Ran ran = tool::sh(day + flags);
        EXPECT_EQ(ran.code, 0) << flags << ran.err;
        return figure_of(ran.out, "paths", "accounts_liquidated");
    };
    const std::string along = "--also BTC-PERP=" + folder + "/btc.csv ", against = "--also BTC-PERP=" + folder + "/btc-up.csv ";
    EXPECT_GT(liquidated(along + "--same-side 1"), 20);
    EXPECT_EQ(liquidated(along + "--same-side 0"), 0) << "hedged, while they go together";
    EXPECT_GT(liquidated(against + "--same-side 0"), 20);
    EXPECT_EQ(liquidated(along + "--also-weight 0"), liquidated(""));
    const tool::Ran one = tool::sh(day + along + "--resample --paths 2 --threads 1");
    ASSERT_EQ(one.code, 0) << one.err;
    EXPECT_EQ(tool::sh(day + along + "--resample --paths 2 --threads 2").out, one.out);
    EXPECT_THAT(one.out, HasSubstr("owners hold BTC-PERP beside it on one margin"));
    const auto refused = [&](const std::string& flags, const char* why) {
        const tool::Ran ran = tool::sh(day + flags);
        EXPECT_EQ(ran.code, 3) << flags;
        EXPECT_THAT(ran.err, HasSubstr(why));
    };
    refused("--also BTC-PERP", "not of the form MARKET=FILE");
    refused("--also NOPE=" + folder + "/btc.csv", "has no market 'NOPE'");
    refused("--also ETH-PERP=" + folder + "/eth.csv", "it is named twice");
    refused("--also BTC-PERP=" + folder + "/btc.csv@OTHER", "column 'market' is missing");
    EXPECT_EQ(tool::sh("plimsoll stress run -p " + ftx + " --market ETH-PERP --depth-per-percent 5000 " + along).code, 2)
        << "days are not drawn together";
}

TEST(STR_008, each_outcome_is_in_the_table_on_the_page_and_in_the_json) {
    const std::string page = tool::scratch("stress-outcomes") + "/page.html";
    for (const char* paths : {"1", "12"}) {
        const std::string ask = run + "--whales 2:1000000:20 --fund 5000 --jump-chance 1 --jump 0.2 --no-flat --paths " + paths;
        const tool::Ran table = tool::sh(ask + " --report " + page), json = tool::sh(ask + " --json");
        ASSERT_EQ(table.code, 0) << table.err;
        for (const char* row :
             {"could not be paid", "by the fund", "deleveraged", "sold by liquidations", "accounts hurt, share", "margin locked"})
            EXPECT_THAT(table.out, HasSubstr(row)) << paths;
        for (const char* key : {"shortfall", "fund_paid", "deleveraged", "liquidated", "hurt_share"})
            EXPECT_GT(figure_of(json.out, key, "max"), 0) << key << " of " << paths;
        EXPECT_GT(figure_of(json.out, "opened", "margin"), 0);
        EXPECT_LE(figure_of(json.out, "hurt_share", "max"), 1);
        const std::string html = tool::content_of(page);
        for (const char* chart : {"So far: could not be paid", "So far: by the fund", "So far: deleveraged", "So far: sold by liquidations",
                                  "So far: accounts hurt", "Margin locked"})
            EXPECT_THAT(html, HasSubstr(chart)) << paths;
        if (std::string(paths) == "12") {
            EXPECT_THAT(html, HasSubstr("Share of paths with at least so much: deleveraged"));
            EXPECT_THAT(html, HasSubstr("Share of paths with at least so much: accounts hurt"));
        }
    }
}

TEST(STR_008, paths_are_kept_and_gone_on_with) {
    const std::string kept = tool::scratch("stress-kept") + "/paths";
    const tool::Ran first = tool::sh(run + "--no-flat --paths 4 --json --keep " + kept);
    ASSERT_EQ(first.code, 0) << first.err;
    EXPECT_EQ(tool::sh(run + "--no-flat --paths 4 --json --keep " + kept).out, first.out);
    EXPECT_THAT(tool::content_of(kept + ".0"), HasSubstr("plimsoll stress paths 1 "));
    // Also what the words about it do not show, or show rounded.
    for (const char* changed : {"--confirm 3", "--accounts-each 2", "--daily-volume 5", "--capital 1000.001", "--jump-chance 0.300001",
                                "--seed 3", "--reach 0.500001", "--lie 0.99:1:2", "--makers 1000000"}) {
        const tool::Ran other = tool::sh(run + "--no-flat --paths 4 --json " + changed + " --keep " + kept);
        EXPECT_EQ(other.code, 3) << changed;
        EXPECT_THAT(other.err, HasSubstr("it holds paths of another question"));
    }
}

}  // namespace
}  // namespace plimsoll
