// What calibration does beside the curve: followed depth, pacing, classes, haircuts, days on several threads.
#include "plimsoll/calibrate/backtest.hpp"
#include "plimsoll/calibrate/classes.hpp"
#include "plimsoll/calibrate/followed.hpp"
#include "plimsoll/calibrate/haircut.hpp"
#include "plimsoll/calibrate/pace.hpp"
#include "plimsoll/formats/params_toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace plimsoll::calibrate {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t start = 1'600'000'000 / 86'400 * 86'400;

std::vector<Bar> walk_of(std::size_t count, std::uint32_t seed, double step = 0.004, double volume = 1'000) {
    std::mt19937 random(seed);
    std::vector<Bar> bars;
    double price = 100;
    for (std::size_t i = 0; i < count; ++i) {
        const double draw = (static_cast<double>(random() % 2'001) - 1'000) / 1'000;
        const double next = price * (1 + step * draw * (i / 500 % 3 == 0 ? 3 : 1));
        bars.push_back({start + static_cast<std::int64_t>(i) * 3'600, price, std::max(price, next), std::min(price, next), next, volume});
        price = next;
    }
    return bars;
}

TEST(CAL_010, a_buffer_is_used_up_first_and_filled_again) {
    DrawnBuffer buffer(0.25, 5);
    for (int i = 0; i < 5; ++i) EXPECT_DOUBLE_EQ(buffer.next(0.04), 0.05);
    EXPECT_DOUBLE_EQ(buffer.used(), 0);
    EXPECT_DOUBLE_EQ(buffer.next(0.045), 0.05) << "what is computed rises and what is asked does not";
    EXPECT_GT(buffer.used(), 0);
    EXPECT_DOUBLE_EQ(buffer.next(0.08), 0.08) << "never below what is computed";
    EXPECT_DOUBLE_EQ(buffer.used(), 1);
    for (int i = 0; i < 5; ++i) buffer.next(0.08);
    EXPECT_DOUBLE_EQ(buffer.next(0.08), 0.1) << "once it is usual, the buffer is full again";
    EXPECT_DOUBLE_EQ(buffer.next(0.02), 0.025);

    std::mt19937 random(3);
    DrawnBuffer other(0.25, 60);
    for (int i = 0; i < 2'000; ++i) {
        const double computed = 0.01 + 0.1 * static_cast<double>(random() % 1'000) / 1'000;
        const double asked = other.next(computed);
        EXPECT_GE(asked, computed);
        EXPECT_LE(asked, 1.25 * computed * (1 + 1e-12));
        EXPECT_GE(other.used(), -1e-12);
        EXPECT_LE(other.used(), 1 + 1e-12);
    }
}

TEST(CAL_010, a_margin_rises_no_faster_than_its_speed_but_never_lies_below_what_is_likely_now) {
    SpeedBump bump(0.1);
    EXPECT_DOUBLE_EQ(bump.next(0.05), 0.05);
    EXPECT_DOUBLE_EQ(bump.next(0.2), 0.055);
    EXPECT_DOUBLE_EQ(bump.next(0.2), 0.0605);
    EXPECT_DOUBLE_EQ(bump.next(0.2, 0.15), 0.15);
    EXPECT_DOUBLE_EQ(bump.next(0.01), 0.01) << "down at once";
}

TEST(CAL_011, the_worst_measure_decides_and_leaving_takes_more_than_staying) {
    AssetFacts bitcoin{0.09, 100e6, 0.0002, 20e9, 4'000.0, 20.0, 3.0};
    EXPECT_EQ(classify(bitcoin).asset_class, AssetClass::a);
    AssetFacts thin = bitcoin;
    thin.depth = 300e3;
    const Classed by_depth = classify(thin);
    EXPECT_EQ(by_depth.asset_class, AssetClass::speculative);
    EXPECT_EQ(by_depth.decided_by, "depth within 1 %");
    EXPECT_EQ(classify({}).asset_class, AssetClass::highly_speculative) << "nothing is known";
    EXPECT_EQ(classify({}).decided_by, "");
    AssetFacts unknown_oracle = bitcoin;
    unknown_oracle.oracle.reset();
    EXPECT_EQ(classify(unknown_oracle).asset_class, AssetClass::a) << "what is not known decides nothing";

    // B asks for 2 million of depth: with 1.6 million one stays there and does not come there.
    AssetFacts near = bitcoin;
    near.depth = 1.6e6;
    EXPECT_EQ(classify(near).asset_class, AssetClass::c);
    EXPECT_EQ(classify(near, AssetClass::b).asset_class, AssetClass::b);
    EXPECT_EQ(classify(near, AssetClass::c).asset_class, AssetClass::c);
    near.depth = 1.4e6;
    EXPECT_EQ(classify(near, AssetClass::b).asset_class, AssetClass::c);
    // No measure is harder for a worse class.
    for (const ClassMeasure& measure : class_measures())
        for (int i = 1; i < 4; ++i)
            EXPECT_TRUE(measure.less_is_better ? measure.enter[i] >= measure.enter[i - 1] : measure.enter[i] <= measure.enter[i - 1])
                << measure.name;
}

TEST(CAL_012, a_haircut_grows_with_what_is_held) {
    const Prices prices(walk_of(9'000, 5), 3'600);
    const std::int64_t as_of = start + 9'000 * 3'600;
    const Appetite appetite = *find_appetite("balanced");
    const Haircut small = *haircut(prices, as_of, appetite, {}, {10'000, 6, 0, 0.5});
    const Haircut large = *haircut(prices, as_of, appetite, {}, {50'000'000, 6, 0, 0.5});
    EXPECT_EQ(small.move, large.move);
    EXPECT_NEAR(small.tiers.front().weight, (1 - small.move) * (1 - 0.0005), 0.02);
    double before = 1;
    for (const HaircutTier& tier : large.tiers) {
        EXPECT_LT(tier.weight, before);
        before = tier.weight;
    }
    EXPECT_LT(weight_of(large, 50'000'000), weight_of(large, 1'000'000));
    EXPECT_LE(weight_of(large, 50'000'000), 1 - large.move);

    // What depth does not hold is worth nothing.
    DepthHistory depth;
    for (int i = 0; i < 50; ++i) depth.add({start + i, {{0.01, 400'000}, {0.05, 1'000'000}}, {{0.01, 400'000}, {0.05, 1'000'000}}});
    CurveInputs inputs;
    inputs.depth = &depth;
    const Haircut ends = *haircut(prices, as_of, appetite, inputs, {10'000'000, 6, 0, 0.5});
    EXPECT_TRUE(ends.depth_known);
    EXPECT_EQ(ends.tiers.back().weight, 0);
    EXPECT_LE(weight_of(ends, 10'000'000) * 10'000'000, 1'000'000 * appetite.depth_left) << "no more than the stressed book would pay";
    EXPECT_EQ(haircut(prices, as_of, appetite, {}, {10'000, 6, 0.6, 0.5})->tiers.front().weight, 0) << "a supply in few hands";
    EXPECT_FALSE(haircut(prices, start + 3'600, appetite, {}, {10'000, 6, 0, 0.5}).has_value());
}

TEST(CAL_012, what_falls_together_counts_for_less) {
    std::vector<Bar> position = walk_of(9'000, 6), collateral = position, alone = walk_of(9'000, 7);
    for (std::size_t i = 1; i < collateral.size(); ++i) {
        // Five times the position's fall in the rare windows in which that falls by most, else its own quiet way.
        const double move = position[i].close / position[i - 1].close - 1;
        const double own = alone[i].close / alone[i - 1].close - 1;
        collateral[i].open = collateral[i - 1].close;
        collateral[i].close = collateral[i].open * (1 + (move < -0.0115 ? 5 * move : 0.2 * own));
        collateral[i].high = std::max(collateral[i].open, collateral[i].close);
        collateral[i].low = std::min(collateral[i].open, collateral[i].close);
    }
    const std::int64_t as_of = start + 9'000 * 3'600;
    const Appetite appetite = *find_appetite("aggressive");
    const Prices of_position(position, 3'600), of_collateral(collateral, 3'600), of_alone(alone, 3'600);
    const Haircut together = *haircut(of_collateral, as_of, appetite, {}, {10'000, 1, 0, 0.5}, &of_position);
    const Haircut apart = *haircut(of_alone, as_of, appetite, {}, {10'000, 1, 0, 0.5}, &of_position);
    EXPECT_GT(together.joint, 0.02);
    EXPECT_LT(apart.joint, 0.002) << "what the two have in common by chance";
    EXPECT_LT(together.tiers.front().weight, haircut(of_collateral, as_of, appetite, {}, {10'000, 1, 0, 0.5})->tiers.front().weight);
}

TEST(CAL_012, the_lines_for_a_parameter_set_load) {
    const Prices prices(walk_of(9'000, 8), 3'600);
    const Haircut found = *haircut(prices, start + 9'000 * 3'600, *find_appetite("balanced"), {}, {3e7, 6, 0, 0.5});
    ASSERT_GT(found.tiers.size(), 1u);
    const std::string set =
        "[set]\nname = \"x\"\nversion = 1\nnumeraire = \"USD\"\nsource = \"x\"\n\n"
        "[[asset]]\nname = \"USD\"\ndigits = 6\nprice_digits = 6\nprice_max = \"10\"\namount_max = \"100000000000\"\nweight = \"1\"\n\n"
        "[[asset]]\nname = \"COIN\"\ndigits = 6\nprice_digits = 2\nprice_max = \"100000\"\namount_max = \"1000000000\"\n" +
        to_toml(found);
    const auto read = formats::read_parameter_set(set, "set.toml");
    ASSERT_TRUE(read.has_value()) << to_string(read.error().front()) << "\n" << set;
    EXPECT_FALSE(has_errors(validate(*read)));
    EXPECT_TRUE(read->assets[1].weight_initial.venue_scale_start);
}

/// The weights of a set look at one account; spread over many it must not count more than the stressed book would pay.
TEST(CAL_012, all_accounts_together_count_no_more_than_their_haircut) {
    for (const std::uint32_t seed : {8u, 9u, 10u}) {
        const Prices prices(walk_of(9'000, seed), 3'600);
        for (const double held : {1e5, 3e7, 5e8}) {
            const Haircut found = *haircut(prices, start + 9'000 * 3'600, *find_appetite("balanced"), {}, {held, 6, 0, 0.5});
            const auto set = formats::read_parameter_set(
                "[set]\nname = \"x\"\nversion = 1\nnumeraire = \"USD\"\nsource = \"x\"\n"
                "[[asset]]\nname = \"USD\"\ndigits = 2\nprice_digits = 6\nprice_max = \"10\"\namount_max = \"100000000000\"\nweight = "
                "\"1\"\n"
                "[[asset]]\nname = \"COIN\"\ndigits = 2\nprice_digits = 2\nprice_max = \"1000\"\namount_max = \"10000000000\"\n" +
                    to_toml(found),
                "set.toml");
            ASSERT_TRUE(set.has_value()) << to_string(set.error().front());
            const Asset& coin = set->assets[1];
            double best = 0;
            for (double there = held / 200; there <= held * 4; there *= 1.3) {
                constexpr int accounts = 50;
                const auto each = static_cast<std::int64_t>(there * 100) / accounts;
                const Wide counts =
                    collateral_value(coin.weight_initial, {2, 2, 2}, Amount::from_raw(each), Price::from_raw(100), Wide{each} * accounts);
                const double together = static_cast<double>(counts) / 100 * accounts;
                EXPECT_LE(together, weight_of(found, std::min(there, held)) * std::min(there, held) * (1 + 1e-9))
                    << there << " of " << held;
                best = std::max(best, together);
            }
            EXPECT_GT(best, 0.25 * weight_of(found, held) * held) << "and not for nothing";
        }
    }
}

TEST(CAL_013, what_is_shown_and_taken_away_is_not_depth) {
    const auto followed_with = [](double spoof) {
        FollowedDepth followed(12, 0.25);
        for (int i = 0; i < 120; ++i) {
            series::Book book;
            for (int level = 1; level <= 10; ++level) {
                book.bids.push_back({100 - 0.1 * level, 50});
                book.asks.push_back({100 + 0.1 * level, 50});
            }
            // Large orders that are there at most looks, and never through twelve of them.
            if (i % 10 != 0) book.bids[4].size += spoof;
            if (i % 7 != 0) book.asks[2].size += spoof;
            followed.look({static_cast<double>(i), book});
        }
        return followed;
    };
    const FollowedDepth honest = followed_with(0), spoofed = followed_with(1e6);
    EXPECT_EQ(honest.history().looks(), 109u);
    EXPECT_NEAR(spoofed.history().at(0.5).within(0.01), honest.history().at(0.5).within(0.01), 1e-6);
    EXPECT_GT(spoofed.for_show(), 0.9);
    EXPECT_EQ(honest.for_show(), 0);
    // One level that stands counts for a quarter of its side at most.
    FollowedDepth wall(3, 0.25);
    for (int i = 0; i < 10; ++i) wall.look({static_cast<double>(i), {{{99.9, 10}, {99.8, 1e6}, {99.7, 10}}, {{100.1, 10}, {100.2, 10}}}});
    EXPECT_LT(wall.history().at(0.5).within(0.01), 0.3 * 99.8 * 1e6);
}

bool same(const std::vector<Window>& a, const std::vector<Window>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Window& x, const Window& y) {
        return x.ts == y.ts && x.margin == y.margin && x.loss_down == y.loss_down && x.loss_up == y.loss_up;
    });
}

std::size_t lines_in(const std::string& file) {
    std::ifstream in(file);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
}

TEST(CAL_016, a_backtest_that_was_killed_goes_on_and_gives_the_same) {
    const Prices prices(walk_of(6'000, 9), 3'600);
    const Appetite appetite = *find_appetite("balanced");
    const std::string file = ::testing::TempDir() + "days-kept.txt";
    std::filesystem::remove(file);
    const std::int64_t from = start + 10 * 86'400, to = start + 240 * 86'400;
    const CurveInputs inputs;
    const auto margin_of = [&](const Measured& m) {
        return MarginCurve(m, appetite, inputs).initial(1'000) + MarginCurve(m, appetite, inputs).maintenance(1'000);
    };
    const auto whole = roll(prices, from, to, appetite, inputs, margin_of, {}, 1);
    ASSERT_GT(whole.size(), 4'000u);
    // The process dies in the middle of its days, as by a loss of power.
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto die = [](std::size_t done, std::size_t) {
            if (done >= 100) std::raise(SIGKILL);
        };
        (void)roll_kept(file, prices, from, to, appetite, inputs, margin_of, die, 1);
        std::_Exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_EQ(lines_in(file), 101u) << "the question and a hundred days";
    std::ofstream(file, std::ios::app) << "100 0.25 0.";  // and a row that was not written to its end
    for (int again = 0; again < 2; ++again) {
        const auto gone_on = roll_kept(file, prices, from, to, appetite, inputs, margin_of, {}, 2);
        ASSERT_TRUE(gone_on) << to_string(gone_on.error());
        EXPECT_TRUE(same(*gone_on, whole));
        EXPECT_EQ(lines_in(file), 231u) << "each day once";
    }
    // What is kept is used: another measure in it is another margin.
    std::ifstream in(file);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::size_t day = text.find("\n90 ");
    ASSERT_NE(day, std::string::npos);
    std::ofstream(file) << text.substr(0, day) << "\n90 -" << text.substr(text.find('\n', day + 1));
    EXPECT_EQ(roll_kept(file, prices, from, to, appetite, inputs, margin_of)->size(), whole.size() - 24);
}

TEST(CAL_016, days_of_another_question_are_refused_by_what_differs) {
    const Prices prices(walk_of(6'000, 9), 3'600);
    const Appetite appetite = *find_appetite("balanced");
    const std::string file = ::testing::TempDir() + "days-asked.txt";
    std::filesystem::remove(file);
    const std::int64_t from = start + 100 * 86'400, to = start + 110 * 86'400;
    const auto asked = [&](const Prices& of, std::int64_t since, const Appetite& by, double add) {
        const auto windows = roll_kept(file, of, since, to, by, {}, [&](const Measured& m) { return m.volatility + add; });
        return windows ? std::string("kept") : to_string(windows.error());
    };
    EXPECT_EQ(asked(prices, from, appetite, 0), "kept");
    EXPECT_EQ(asked(prices, from, appetite, 1), "kept") << "what is made of a measure may change";
    auto bars = walk_of(6'000, 9);
    bars[2'600].close += 1e-9;
    EXPECT_THAT(asked(Prices(bars, 3'600), from, appetite, 0), HasSubstr("bars was")) << "the bar was over before the last day";
    bars = walk_of(6'000, 9);
    bars[5'000].close += 1;
    EXPECT_EQ(asked(Prices(bars, 3'600), from, appetite, 0), "kept") << "later ones are not asked about";
    Appetite other = appetite;
    other.coverage = 0.99;
    EXPECT_THAT(asked(prices, from, other, 0), HasSubstr("it holds days of another question: coverage was 0.995 and is 0.99"));
    EXPECT_THAT(asked(prices, from + 86'400, appetite, 0),
                HasSubstr("from was " + std::to_string(from) + " and is " + std::to_string(from + 86'400)));
    // Another build of the program, a version that did not say which it was.
    std::ifstream in(file);
    const std::string whole((std::istreambuf_iterator<char>(in)), {});
    in.close();
    const std::size_t program = whole.find("program="), after = whole.find(' ', program);
    ASSERT_NE(program, std::string::npos);
    std::ofstream(file) << whole.substr(0, program) << "program=0.0.9-0123456789ab" << whole.substr(after);
    EXPECT_THAT(asked(prices, from, appetite, 0), HasSubstr("it holds days of another question: program was 0.0.9-0123456789ab and is "));
    std::ofstream(file) << whole.substr(0, program) << whole.substr(after + 1);
    EXPECT_THAT(asked(prices, from, appetite, 0),
                HasSubstr("it holds days of a version of this program that did not say so; name another file"));
    std::ofstream(file) << whole;
    EXPECT_EQ(asked(prices, from, appetite, 0), "kept");
    CurveInputs with;
    with.estimators.shortfall = true;
    EXPECT_THAT(to_string(roll_kept(file, prices, from, to, appetite, with, [](const Measured&) { return 1; }).error()),
                HasSubstr("it holds days of another question: shortfall was 0 and is 1"));
    with = {};
    with.volatility_floor = 0.01;
    EXPECT_THAT(to_string(roll_kept(file, prices, from, to, appetite, with, [](const Measured&) { return 1; }).error()),
                HasSubstr("it holds days of another question: floor was 0 and is 0.01"));
    std::ofstream(file) << "ts,open\n1,2\n";
    EXPECT_THAT(asked(prices, from, appetite, 0),
                HasSubstr("it is no file of backtest days that were kept: it begins with 'ts,open'; name another file"));
    EXPECT_THAT(to_string(roll_kept("/nowhere/at/all", prices, from, to, appetite, {}, [](const Measured&) { return 1; }).error()),
                HasSubstr("cannot be written"));
}

TEST(CAL_005, days_on_several_threads_are_the_same_days) {
    const Prices prices(walk_of(12'000, 9), 3'600);
    const Appetite appetite = *find_appetite("balanced");
    const auto rolled = [&](unsigned threads) {
        double before = 0;  // a margin that remembers the day before
        return roll(
            prices, start + 6'000 * 3'600, start + 12'000 * 3'600, appetite, {},
            [&](const Measured& measured) { return before = 0.5 * before + 0.5 * MarginCurve(measured, appetite, {}).initial(1'000); }, {},
            threads);
    };
    const auto one = rolled(1), four = rolled(4);
    ASSERT_EQ(one.size(), four.size());
    ASSERT_GT(one.size(), 5'000u);
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].margin, four[i].margin);
        EXPECT_EQ(one[i].loss_down, four[i].loss_down);
    }
}

TEST(CAL_001, a_long_file_is_kept_by_coarser_bars) {
    std::vector<Bar> fine, kept, same, hours;
    series::BarKeeper few(kept, 5'000), all(same, 1'000'000), fewest(hours, 1'000);
    std::mt19937 random(2);
    for (int i = 0; i < 20'000; ++i) {
        const double low = 90 + static_cast<double>(random() % 100) / 10;
        const Bar bar{start + i * 60 + (i % 50 == 0 ? 7 : 0), low + 1, low + 2, low, low + 1.5, 1};
        fine.push_back(bar);
        for (series::BarKeeper* keeper : {&few, &all, &fewest}) keeper->add(bar);
    }
    EXPECT_EQ(all.step(), 0);
    EXPECT_EQ(same.size(), fine.size());
    const auto expect_merged = [&](const std::vector<Bar>& coarse, std::int64_t step) {
        const auto minutes = static_cast<std::ptrdiff_t>(step / 60);
        for (std::size_t i = 0; i < coarse.size(); ++i) {
            const auto first = fine.begin() + static_cast<std::ptrdiff_t>(i) * minutes;
            const auto end = std::min(first + minutes, fine.end());
            EXPECT_EQ(coarse[i].ts, start + static_cast<std::int64_t>(i) * step);
            EXPECT_EQ(coarse[i].open, first->open);
            EXPECT_EQ(coarse[i].close, (end - 1)->close);
            EXPECT_EQ(coarse[i].high, std::max_element(first, end, [](const Bar& a, const Bar& b) { return a.high < b.high; })->high);
            EXPECT_EQ(coarse[i].low, std::min_element(first, end, [](const Bar& a, const Bar& b) { return a.low < b.low; })->low);
            EXPECT_EQ(coarse[i].volume, static_cast<double>(end - first));
        }
    };
    EXPECT_EQ(few.step(), 300);
    ASSERT_EQ(kept.size(), 4'000u);
    expect_merged(kept, 300);
    EXPECT_EQ(fewest.step(), 3'600);
    ASSERT_EQ(hours.size(), 334u);
    expect_merged(hours, 3'600);
}

TEST(CAL_014, no_position_costs_the_fund_more_than_it_may) {
    const Prices prices(walk_of(9'000, 12, 0.004, 1e6), 3'600);
    const std::int64_t as_of = start + 9'000 * 3'600;
    for (Appetite appetite : appetites()) {
        appetite.coverage = 0.99;  // so many windows there are
        for (const double fund_loss : {0.0, 1'000.0, 50'000.0}) {
            appetite.fund_loss = fund_loss;
            const auto measured = measure(prices, as_of, appetite, {});
            ASSERT_TRUE(measured.has_value()) << to_string(measured.error());
            const MarginCurve curve(*measured, appetite, {});
            const double worst = appetite.gap_weight * std::max(measured->worst.down, measured->worst.up);
            double before = 0;
            for (double notional = 1'000; notional < 1e9; notional *= 1.3) {
                const double margin = curve.initial(notional);
                EXPECT_LE((worst - margin) * notional, fund_loss + 1e-6 * notional) << notional;
                EXPECT_GE(margin, before) << "it never falls with size";
                before = margin;
            }
            const double small = fund_loss / worst * 0.9;
            if (small > 0) {
                EXPECT_EQ(curve.initial_parts(small).gap, 0) << "too small to cost the fund so much";
            }
        }
    }
}

}  // namespace
}  // namespace plimsoll::calibrate
