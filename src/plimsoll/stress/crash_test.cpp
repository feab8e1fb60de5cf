#include "plimsoll/stress/crash.hpp"

#include "plimsoll/stress/draw.hpp"
#include "plimsoll/stress/ensemble.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/venue_desk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace plimsoll::stress {
namespace {

/// A venue of one market at prices around 100, which asks `rate` of every size.
ParameterSet venue(double rate) {
    ParameterSet set = bare_venue("stress", flat_scheme({1, 0}), Price::from_raw(100'000 * pow10_64(replay_price_digits)),
                                  Size::from_raw(1'000'000 * pow10_64(replay_size_digits)));
    set.assets.front().amount_max = Amount::from_raw(1'000'000'000'000 * pow10_64(figure_digits));
    set.liquidation.intervals_max = 10;
    return with_flat_rate(set, rate, rate / 2);
}

std::vector<Source> even_book(double per_percent) {
    return {{"own", Profile::even(BookSide::bids, per_percent, 100 * per_percent),
             Profile::even(BookSide::asks, per_percent, 100 * per_percent), 0, 0, 60'000}};
}

Scene calm_scene() {
    Scene scene;
    scene.set = venue(0.1);
    scene.crowd.owners = 300;
    scene.crowd.leverage_most = 10;
    scene.crowd.capital_most = 1e6;
    scene.sources = even_book(300'000);
    scene.fund = 100'000;
    return scene;
}

Path falling(double to, std::int64_t minutes) {
    Path path;
    for (std::int64_t i = 0; i <= minutes; ++i)
        path.push_back({i * 60'000, 100 * std::pow(to, static_cast<double>(i) / static_cast<double>(minutes))});
    return path;
}

Outcome outcome_of(const Scene& scene, const Path& path) {
    const auto crash = Crash::make(scene, path.front().price);
    EXPECT_TRUE(crash.has_value()) << (crash ? "" : to_string(crash.error()));
    return crash ? crash->run(path) : Outcome{};
}

TEST(STR_004, a_crowd_opens_what_the_schedule_lets_it) {
    Scene scene = calm_scene();
    scene.crowd.leverage_least = scene.crowd.leverage_most = 40;
    const auto crash = Crash::make(scene, 100);
    ASSERT_TRUE(crash.has_value()) << to_string(crash.error());
    const Opened& opened = crash->opened();
    EXPECT_EQ(opened.cut, 300u) << "everybody wants forty times and gets ten";
    EXPECT_NEAR(opened.notional, 10 * opened.capital, 1e-4 * opened.notional);
    EXPECT_NEAR(opened.margin, opened.capital, 1e-4 * opened.capital);
    EXPECT_NEAR(opened.wanted, 40 * opened.capital, 1e-6 * opened.wanted);

    scene.set = venue(0.02);
    const auto loose = Crash::make(scene, 100);
    EXPECT_EQ(loose->opened().cut, 0u);
    EXPECT_NEAR(loose->opened().notional, 0.98 * loose->opened().wanted, 1e-3 * opened.wanted);
}

TEST(STR_004, nothing_happens_while_nothing_moves) {
    const Path still{{0, 100}, {60'000, 100}, {86'400'000, 100}};
    const Outcome outcome = outcome_of(calm_scene(), still);
    EXPECT_EQ(outcome.liquidations, 0u);
    EXPECT_EQ(outcome.stopped, 0u);
    EXPECT_EQ(outcome.shortfall, 0);
    EXPECT_EQ(outcome.worst_offset, 0);
}

TEST(STR_004, a_fall_liquidates_and_what_is_owed_is_what_was_paid) {
    const Outcome mild = outcome_of(calm_scene(), falling(0.93, 60));
    EXPECT_GT(mild.liquidations, 0u);
    EXPECT_GT(mild.liquidated, 0);
    EXPECT_GT(mild.stopped, 0u);
    EXPECT_EQ(mild.unfinished, 0u);
    const Outcome hard = outcome_of(calm_scene(), {{0, 100}, {60'000, 100}, {61'000, 60}});
    EXPECT_GT(hard.shortfall, mild.shortfall) << "a fall of forty per cent in a second leaves nobody time";
    EXPECT_NEAR(hard.shortfall, hard.fund_paid + hard.shared + hard.booked, 1e-6 * hard.shortfall);
    EXPECT_LE(hard.fund_paid, 100'000 * (1 + 1e-9));
    EXPECT_GT(hard.shared, 0) << "the fund is too small for that";
    EXPECT_GT(hard.hurt, 0u);
    EXPECT_GT(hard.deleveraged, 0);
    EXPECT_LE(hard.two_largest, hard.shortfall * (1 + 1e-9));
    EXPECT_GE(hard.two_largest, hard.largest);
    EXPECT_LE(hard.two_largest, 2 * hard.largest * (1 + 1e-9));
}

TEST(STR_004, who_fills_a_liquidation_can_fail) {
    const Path path{{0, 100}, {60'000, 100}, {120'000, 93}, {180'000, 88}, {240'000, 80}, {600'000, 80}};
    const auto with = [&](double makers) {
        Scene scene = calm_scene();
        scene.makers = makers;
        scene.sources = even_book(3e7);
        // As many long as short, so that makers hold little at the start: what the longs have to sell is more than what relieves anybody.
        scene.crowd.owners = 1'000;
        scene.crowd.long_share = 0.5;
        scene.crowd.capital_most = 3'000;
        scene.crowd.leverage_least = scene.crowd.leverage_most = 9;
        scene.crowd.stop_share = 0;
        return outcome_of(scene, path);
    };
    const Outcome endless = with(0), rich = with(1e8), poor = with(20'000), bare = with(1);
    EXPECT_EQ(endless.uncarried, 0);
    EXPECT_EQ(rich.uncarried, 0);
    EXPECT_NEAR(rich.liquidated, endless.liquidated, 1e-6 * endless.liquidated) << "enough is as good as without end";
    EXPECT_NEAR(rich.shortfall, endless.shortfall, 1e-6 * endless.shortfall + 1);
    EXPECT_GT(bare.uncarried, 0) << "the engine's gate refuses what they cannot carry";
    EXPECT_GE(bare.uncarried, poor.uncarried);
    EXPECT_LE(bare.liquidated, endless.liquidated);
    EXPECT_GT(bare.unfilled, endless.unfilled) << "so liquidations wait";
    for (const Outcome& one : {endless, rich, poor, bare})
        EXPECT_NEAR(one.shortfall, one.fund_paid + one.shared + one.booked, 1e-6 * one.shortfall + 1e-6);
    EXPECT_EQ(with(20'000).chain, poor.chain);
}

TEST(STR_004, the_same_path_gives_the_same_events_on_every_thread) {
    const auto crash = Crash::make(calm_scene(), 100);
    ASSERT_TRUE(crash.has_value());
    DrawnDay day;
    day.jump_chance = 1;
    Path path = drawn_day(day, 8);
    apply_leaving(path, {0.1, 0.05, 900'000});
    const Outcome once = crash->run(path);
    EXPECT_GT(once.commands, 1'440u);
    std::vector<Outcome> others(2);
    {
        std::vector<std::jthread> threads;
        for (Outcome& other : others) threads.emplace_back([&] { other = crash->run(path); });
    }
    for (const Outcome& other : others) {
        EXPECT_EQ(other.chain, once.chain);
        EXPECT_EQ(other.shortfall, once.shortfall);
    }
    EXPECT_EQ(Crash::make(calm_scene(), 100)->run(path).chain, once.chain) << "set up anew";
    Scene other_crowd = calm_scene();
    other_crowd.seed = 2;
    EXPECT_NE(outcome_of(other_crowd, path).chain, once.chain);
}

/// Sums over several falls and crowds: single runs differ by the order of sales.
Outcome summed(const Scene& base) {
    Outcome sum;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        Scene scene = base;
        scene.seed = seed;
        const Outcome one = outcome_of(scene, falling(0.8, 20));
        sum.shortfall += one.shortfall;
        sum.deleveraged += one.deleveraged;
        sum.liquidated += one.liquidated;
        sum.worst_offset += one.worst_offset;
        sum.accounts_liquidated += one.accounts_liquidated;
        sum.slowest_s = std::max(sum.slowest_s, one.slowest_s);
    }
    return sum;
}

TEST(STR_004, depth_and_fast_access_help) {
    Scene scene = calm_scene();
    scene.sources = even_book(20'000);
    const Outcome thin = summed(scene);
    scene.sources = even_book(2'000'000);
    const Outcome deep = summed(scene);
    EXPECT_LT(deep.deleveraged, 0.5 * thin.deleveraged);
    EXPECT_LT(deep.worst_offset, thin.worst_offset);

    const auto with_other = [&](std::int64_t delay_ms) {
        scene.sources = even_book(20'000);
        scene.sources.push_back(even_book(2'000'000).front());
        scene.sources.back().delay_ms = delay_ms;
        return summed(scene);
    };
    const Outcome at_once = with_other(0), late = with_other(4'000), never = with_other(3'600'000);
    EXPECT_LT(at_once.deleveraged, late.deleveraged) << "depth elsewhere counts less the later it is reached";
    EXPECT_LE(late.deleveraged, never.deleveraged);
    EXPECT_NEAR(never.deleveraged, thin.deleveraged, 0.01 * thin.deleveraged);

    scene.sources = even_book(20'000);
    scene.sources.push_back({"pool", Profile::pool(BookSide::bids, 4e6, 0.3), Profile::pool(BookSide::asks, 4e6, 0.3), 0.003, 0, 60'000});
    EXPECT_LT(summed(scene).deleveraged, thin.deleveraged) << "a pool beside the book takes a part";
}

TEST(STR_004, slow_liquidations_leave_more_to_the_waterfall) {
    Scene scene = calm_scene();
    scene.sources = even_book(2'000'000);
    const Outcome free = summed(scene);
    scene.confirm_ms = 20'000;
    const Outcome slow = summed(scene);
    scene.confirm_ms = 0;
    scene.set.liquidation.per_interval_max = 1;
    scene.set.liquidation.interval_ms = 20'000;
    const Outcome limited = summed(scene);
    EXPECT_GT(slow.deleveraged, free.deleveraged) << "no fill is confirmed before the waterfall's turn";
    EXPECT_GT(limited.slowest_s, free.slowest_s);
}

TEST(STR_004, what_liquidations_press_liquidates_more) {
    Scene scene = calm_scene();
    scene.sources = even_book(60'000);
    const Outcome outside = summed(scene);
    scene.feed.own_weight = 1;
    const Outcome own = summed(scene);
    EXPECT_GT(own.accounts_liquidated, outside.accounts_liquidated) << "a mark from the own book goes down with what is sold there";
}

TEST(STR_004, feeds_that_freeze_and_lie) {
    Scene scene = calm_scene();
    const Path fall = falling(0.8, 20);
    scene.feed.frozen = Span{1, 10'000'000};
    const Outcome frozen = outcome_of(scene, fall);
    EXPECT_EQ(frozen.liquidations, 0u) << "nobody is liquidated at a price that nobody told";

    scene = calm_scene();
    scene.feed.lies = Span{60'000, 120'000};
    scene.feed.lie = 0.7;
    const Path still{{0, 100}, {60'000, 100}, {120'000, 100}, {600'000, 100}};
    const Outcome lied_to = outcome_of(scene, still);
    EXPECT_GT(lied_to.liquidations, 0u) << "a lie of thirty per cent, and no guard";
    scene.set.markets.front().guard.mark_band = Rate::from_raw(rate_one / 100);
    scene.set.markets.front().guard.index_required = true;
    EXPECT_EQ(outcome_of(scene, still).liquidations, 0u) << "held to the index, the lie is worth one per cent";
    scene.feed.index_lies = true;
    EXPECT_GT(outcome_of(scene, still).liquidations, 0u) << "unless the index lies too";
}

TEST(STR_004, owners_that_split_are_seen_only_when_they_are_grouped) {
    Scene scene = calm_scene();
    scene.crowd.owners = 20;
    scene.crowd.capital_least = 100'000;
    scene.crowd.leverage_least = scene.crowd.leverage_most = 10;
    scene.crowd.accounts_each = 8;
    const std::vector<TableRow> rows{{{0, 0}, {500'000, 0}, {5, 2}, {10, 0}, {}}, {{500'000, 0}, {100'000'000, 0}, {1, 1}, {2, 0}, {}}};
    Schedule grows = table_scheme(rows, Application::marginal, Subject::own_notional);
    scene.set.schedules = {grows};
    const double alone = Crash::make(scene, 100)->opened().notional;
    grows = table_scheme(rows, Application::marginal, Subject::group_notional);
    scene.set.schedules = {grows};
    scene.owners_grouped = true;
    const double grouped = Crash::make(scene, 100)->opened().notional;
    EXPECT_GT(alone, 1.5 * grouped);
}

/// The calm scene with an asset of weight `weight` beside money, in which owners hold a share of their capital.
Scene pledged_scene(double share, double weight) {
    Scene scene = calm_scene();
    Asset asset = scene.set.assets.front();
    asset.name = "PLEDGED";
    asset.price_digits = 6;
    asset.price_max = Price::from_raw(1'000 * pow10_64(6));
    asset.amount_max = Amount::from_raw(1'000'000'000 * pow10_64(figure_digits));
    asset.weight_initial.weight = asset.weight_maintenance.weight =
        Rate::from_raw(static_cast<std::int64_t>(weight * static_cast<double>(rate_one)));
    scene.set.assets.push_back(asset);
    scene.pledge = Pledge{share, 50};
    return scene;
}

Path with_fall(Path path, double to, std::int64_t from_ms = 0) {
    const double end = static_cast<double>(path.back().ms - from_ms);
    for (PathPoint& point : path)
        if (point.ms > from_ms) point.pledged = std::pow(to, static_cast<double>(point.ms - from_ms) / end);
    return path;
}

TEST(STR_010, a_pledge_of_nothing_changes_nothing) {
    const Path path = falling(0.85, 30);
    const Outcome money = outcome_of(calm_scene(), path), pledged = outcome_of(pledged_scene(0, 0.5), with_fall(path, 0.1));
    for (const OutcomeFigure& figure : outcome_figures()) EXPECT_EQ(figure.get(pledged), figure.get(money)) << figure.name;
    EXPECT_GT(money.liquidations, 0u);
}

TEST(STR_010, what_is_pledged_opens_what_its_weight_lets_it) {
    Scene scene = pledged_scene(0.5, 1);
    const auto opened = [](Scene one) {
        one.crowd.leverage_least = one.crowd.leverage_most = 40;
        const auto crash = Crash::make(one, 100);
        EXPECT_TRUE(crash.has_value()) << (crash ? "" : to_string(crash.error()));
        return crash ? crash->opened().notional : 0;
    };
    const double money = opened(calm_scene());
    EXPECT_NEAR(opened(pledged_scene(0.5, 1)), money, 1e-4 * money);
    EXPECT_NEAR(opened(pledged_scene(0.5, 0.6)), 0.8 * money, 1e-4 * money);
    EXPECT_NEAR(opened(pledged_scene(1, 0.6)), 0.6 * money, 1e-4 * money);
}

TEST(STR_010, collateral_that_falls_liquidates_in_a_market_that_stands_still) {
    const Path still = falling(1, 30);
    EXPECT_EQ(outcome_of(pledged_scene(0.8, 0.9), still).liquidations, 0u);
    const Outcome mild = outcome_of(pledged_scene(0.8, 0.9), with_fall(still, 0.3)),
                  hard = outcome_of(pledged_scene(0.8, 0.9), with_fall(still, 0.1));
    EXPECT_GT(mild.accounts_liquidated, 0u);
    EXPECT_GT(hard.accounts_liquidated, mild.accounts_liquidated);
    EXPECT_EQ(outcome_of(calm_scene(), still).liquidations, 0u);
}

TEST(STR_010, collateral_that_falls_along_makes_a_fall_worse) {
    const Path fall{{0, 100}, {60'000, 100}, {120'000, 95}, {180'000, 85}, {240'000, 75}, {600'000, 75}};
    Path along = fall;
    pledge_along(along, 1.5);
    EXPECT_DOUBLE_EQ(along.back().pledged, std::pow(0.75, 1.5));
    const Scene scene = pledged_scene(0.8, 0.9);
    const Outcome stays = outcome_of(scene, fall), falls = outcome_of(scene, along);
    EXPECT_GT(falls.accounts_liquidated, stays.accounts_liquidated);
    EXPECT_GT(falls.shortfall, stays.shortfall);
    EXPECT_GT(falls.pledge_bought, 0) << "the fund takes collateral of those who can pay in nothing else";
    for (const Outcome& one : {stays, falls}) {
        EXPECT_NEAR(one.shortfall, one.fund_paid + one.shared + one.booked, 1e-6 * one.shortfall + 1e-6);
        EXPECT_LE(one.fund_paid + one.pledge_bought, 100'000 * (1 + 1e-9)) << "no more than it has";
        EXPECT_EQ(one.unfinished, 0u);
    }
    EXPECT_EQ(outcome_of(scene, along).chain, falls.chain);
    std::vector<Moment> moments;
    const auto crash = Crash::make(scene, 100);
    crash->run(along, &moments);
    EXPECT_NEAR(moments.back().pledged, std::pow(0.75, 1.5), 1e-12);
    EXPECT_LT(moments.back().margin, moments.front().margin) << "what was liquidated locks none";
    EXPECT_NEAR(moments.front().margin, crash->opened().margin, 1e-3 * crash->opened().margin);
    EXPECT_NEAR(moments.back().shortfall, falls.shortfall, 1e-6 * falls.shortfall);
}

TEST(STR_010, what_cannot_be_pledged_is_refused) {
    Scene scene = pledged_scene(0.5, 1);
    EXPECT_TRUE(market_alone(scene.set, MarketId{0}, AssetId{1}).has_value());
    EXPECT_NE(to_string(market_alone(scene.set, MarketId{0}, AssetId{0}).error()).find("the money of the market"), std::string::npos);
    scene.set.assets[1].collateral = false;
    EXPECT_NE(to_string(market_alone(scene.set, MarketId{0}, AssetId{1}).error()).find("does not take it"), std::string::npos);
    scene = pledged_scene(0.5, 1);
    scene.pledge->price = 1e-30;
    EXPECT_NE(to_string(Crash::make(scene, 100).error()).find("no balance of PLEDGED"), std::string::npos);
}

/// The calm scene with a second market as the first one is, in which owners want `weight` of what they want there.
Scene scene_of_two(double weight, double same_side) {
    Scene scene = calm_scene();
    scene.sources = even_book(3e6);
    scene.crowd.stop_share = 0;
    scene.set.markets.push_back(scene.set.markets.front());
    scene.set.markets.back().name = "SECOND";
    scene.beside = {{100, weight, even_book(3e6), 0}};
    scene.same_side = same_side;
    return scene;
}

/// The first market by `to` and the second by `beside` in so many minutes.
Path falling_both(double to, double beside, std::int64_t minutes) {
    Path path = falling(to, minutes);
    const Path other = falling(beside, minutes);
    for (std::size_t i = 0; i < path.size(); ++i) path[i].beside = {other[i].price / 100};
    return path;
}

TEST(STR_012, a_market_that_nobody_wants_changes_nothing) {
    Scene one = scene_of_two(0, 1);
    one.set.markets.pop_back();
    one.beside.clear();
    const Outcome alone = outcome_of(one, falling(0.85, 30)), two = outcome_of(scene_of_two(0, 0.5), falling_both(0.85, 0.2, 30));
    for (const OutcomeFigure& figure : outcome_figures()) {
        if (figure.name == "commands") continue;  // its depth is told
        EXPECT_EQ(figure.get(two), figure.get(alone)) << figure.name;
    }
    EXPECT_GT(alone.liquidations, 0u);
}

TEST(STR_012, two_markets_that_move_as_one_are_one) {
    Scene one = scene_of_two(0, 1);
    one.set.markets.pop_back();
    one.beside.clear();
    one.sources = even_book(6e6);
    const auto whole = Crash::make(one, 100), halves = Crash::make(scene_of_two(1, 1), 100), uneven = Crash::make(scene_of_two(3, 1), 100);
    ASSERT_TRUE(whole && halves && uneven);
    EXPECT_NEAR(halves->opened().notional, whole->opened().notional, 1e-4 * whole->opened().notional);
    EXPECT_NEAR(halves->opened().margin, whole->opened().margin, 1e-4 * whole->opened().margin);
    EXPECT_NEAR(halves->opened().concentration.herfindahl, whole->opened().concentration.herfindahl, 1e-6);
    for (const double to : {0.97, 0.9, 0.8}) {
        const double at_once = whole->run(falling(to, 30)).accounts_liquidated;
        EXPECT_GT(at_once + (to > 0.95 ? 1 : 0), 0);
        EXPECT_NEAR(halves->run(falling_both(to, to, 30)).accounts_liquidated, at_once, 2) << to;
        EXPECT_NEAR(uneven->run(falling_both(to, to, 30)).accounts_liquidated, at_once, 2) << to;
    }
}

TEST(STR_012, what_margin_is_not_enough_for_is_cut_in_all_markets_alike) {
    Scene scene = scene_of_two(2, 0);
    scene.crowd.leverage_least = scene.crowd.leverage_most = 40;
    const auto crash = Crash::make(scene, 100);
    ASSERT_TRUE(crash.has_value());
    EXPECT_NEAR(crash->opened().notional, 10 * crash->opened().capital, 1e-3 * crash->opened().notional) << "all of its margin is used";
    scene.beside.front().weight = 1;
    EXPECT_EQ(outcome_of(scene, falling_both(0.5, 0.5, 10)).liquidations, 0u) << "even halves hold each other";
}

TEST(STR_012, what_is_lost_here_is_won_there_on_one_margin) {
    const Outcome hedged = outcome_of(scene_of_two(1, 0), falling_both(0.7, 0.7, 30)),
                  naked = outcome_of(scene_of_two(1, 1), falling_both(0.7, 0.7, 30));
    EXPECT_EQ(hedged.liquidations, 0u) << "every account holds as much long as short";
    EXPECT_GT(naked.accounts_liquidated, 20u);
    const Outcome apart = outcome_of(scene_of_two(1, 0), falling_both(0.7, 1.2, 30));
    EXPECT_GT(apart.accounts_liquidated, 20u) << "a hedge is one while the markets go together";
    const Outcome mixed = outcome_of(scene_of_two(1, 0.5), falling_both(0.7, 0.7, 30));
    EXPECT_GT(mixed.accounts_liquidated, hedged.accounts_liquidated);
    EXPECT_LT(mixed.accounts_liquidated, naked.accounts_liquidated);
}

TEST(STR_012, a_second_market_that_falls_alone_liquidates_and_what_is_owed_is_paid) {
    Scene scene = scene_of_two(1, 1);
    scene.beside.front().sources = even_book(20'000);
    scene.crowd.stop_share = 0.3;
    const Path path = falling_both(1, 0.5, 10);
    const Outcome outcome = outcome_of(scene, path);
    EXPECT_GT(outcome.accounts_liquidated, 0u);
    EXPECT_GT(outcome.stopped, 0u) << "by what they lost in all";
    EXPECT_GT(outcome.deleveraged, 0) << "the second book is thin";
    EXPECT_EQ(outcome.unfinished, 0u);
    EXPECT_NEAR(outcome.shortfall, outcome.fund_paid + outcome.shared + outcome.booked, 1e-6 * outcome.shortfall + 1e-6);
    EXPECT_EQ(outcome_of(scene, path).chain, outcome.chain);
    scene.beside.front().sources = even_book(3e7);
    EXPECT_LT(outcome_of(scene, path).deleveraged, outcome.deleveraged) << "and its own depth is what helps";
    const std::vector<MarketId> twice{MarketId{0}, MarketId{0}};
    EXPECT_NE(to_string(markets_alone(scene.set, twice).error()).find("named twice"), std::string::npos);
}

TEST(STR_004, a_book_that_loses_more_of_its_depth_leaves_more_to_the_waterfall) {
    double before = 0;
    for (const double least : {1.0, 0.5, 0.1, 0.01}) {
        double deleveraged = 0;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            Scene scene = calm_scene();
            scene.seed = seed;
            scene.sources = even_book(300'000);
            Path path = falling(0.8, 20);
            apply_leaving(path, {least, 0.05, 900'000});
            deleveraged += outcome_of(scene, path).deleveraged;
        }
        EXPECT_GT(deleveraged, before) << "with " << least << " of it left";
        before = deleveraged;
    }
}

TEST(STR_004, what_cannot_be_played_is_refused_with_its_reason) {
    Scene scene = calm_scene();
    scene.crowd.capital_least = 1e30;
    scene.crowd.capital_most = 1e31;
    EXPECT_NE(to_string(Crash::make(scene, 100).error()).find("capital"), std::string::npos);
    scene = calm_scene();
    EXPECT_NE(to_string(Crash::make(scene, 1e9).error()).find("price"), std::string::npos);
    scene.crowd.capital_least = scene.crowd.capital_most = 1e-5;
    EXPECT_FALSE(Crash::make(scene, 100).has_value());
    ParameterSet inverse = venue(0.1);
    inverse.markets.front().instrument.kind = ContractKind::inverse;
    EXPECT_NE(to_string(market_alone(inverse, MarketId{0}).error()).find("linear"), std::string::npos);
}

TEST(STR_004, a_flat_rate_of_whatever_a_set_asks_on_average_is_a_set) {
    for (const auto& [initial, maintenance] : {std::pair(0.0, 0.0), {1.7, 1.2}, {12.0, 11.0}, {0.05, 0.06}}) {
        const ParameterSet set = with_flat_rate(venue(0.1), initial, maintenance);
        EXPECT_FALSE(has_errors(validate(set))) << initial << " " << maintenance;
    }
}

}  // namespace
}  // namespace plimsoll::stress
