#include "plimsoll/stress/sources.hpp"

#include "plimsoll/stress/draw.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace plimsoll::stress {
namespace {

constexpr double near = 1e-9;

/// A side of any kind, from random figures.
Profile any_profile(Draw& draw, BookSide side) {
    switch (draw.below(4)) {
        case 0: return Profile::even(side, draw.pareto(100, 1), draw.pareto(1'000, 1));
        case 1: return Profile::pool(side, draw.pareto(1'000, 1), 0.05 + 2 * draw.uniform());
        case 2: {
            std::vector<series::Band> bands;
            double within = 0, notional = 0;
            for (std::size_t i = 0; i < 1 + draw.below(6); ++i)
                bands.push_back({within += 0.001 + 0.1 * draw.uniform(), notional += draw.chance(0.2) ? 0 : draw.pareto(100, 1)});
            return Profile::bands(side, bands);
        }
        default: {
            std::vector<series::Level> levels;
            double price = 100;
            for (std::size_t i = 0; i < 1 + draw.below(20); ++i) {
                levels.push_back({price, draw.pareto(1, 1)});
                price *= side == BookSide::bids ? 0.999 - 0.01 * draw.uniform() : 1.001 + 0.01 * draw.uniform();
            }
            return Profile::levels(side, levels, 100);
        }
    }
}

TEST(STR_002, a_book_is_taken_level_by_level) {
    const std::vector<series::Level> bids{{99, 10}, {98, 5}, {90, 100}};
    const Profile book = Profile::levels(BookSide::bids, bids, 100);
    // Amounts are base units at the mid: 10 units are 1,000.
    EXPECT_DOUBLE_EQ(book.most(), 11'500);
    EXPECT_NEAR(book.worth(500), 5 * 99, near);
    EXPECT_NEAR(book.worth(1'200), 10 * 99 + 2 * 98, near);
    EXPECT_NEAR(book.reach(1'200), std::log(100.0 / 98), near);
    EXPECT_DOUBLE_EQ(book.within(std::log(100.0 / 98.5)), 1'000) << "between two levels there is what the better one holds";
    EXPECT_DOUBLE_EQ(book.within(std::log(100.0 / 97)), 1'500);
    EXPECT_NEAR(book.worth(1e9), 10 * 99 + 5 * 98 + 100 * 90, 1e-6) << "nothing is made up beyond the end";
}

TEST(STR_002, bands_hold_the_notional_that_they_say) {
    const std::vector<series::Band> bands{{0.01, 1'000'000}, {0.05, 3'000'000}};
    for (const BookSide side : {BookSide::bids, BookSide::asks}) {
        const Profile profile = Profile::bands(side, bands);
        EXPECT_NEAR(profile.worth(profile.within(side == BookSide::bids ? -std::log(0.99) : std::log(1.01))), 1'000'000, 1e-3);
        EXPECT_NEAR(profile.worth(profile.most()), 3'000'000, 1e-3);
    }
}

TEST(STR_002, a_pool_keeps_its_product) {
    // In a range that ends at e^-4 and e^4 of the price, 1,000 of each act as so many of a pool without ends.
    const double acts_as = 1'000 / (1 - std::exp(-2.0));
    const Profile bids = Profile::pool(BookSide::bids, 1'000, 4);
    const Profile asks = Profile::pool(BookSide::asks, 1'000, 4);
    for (const double base : {1.0, 50.0, 400.0, 990.0}) {
        EXPECT_NEAR((acts_as + base) * (acts_as - bids.worth(base)) / (acts_as * acts_as), 1, 1e-6) << "selling " << base;
        EXPECT_NEAR((acts_as - base) * (acts_as + asks.worth(base)) / (acts_as * acts_as), 1, 1e-6) << "buying " << base;
    }
    EXPECT_NEAR(bids.worth(bids.most()), 1'000, 1e-3);
    // The same money in a short range moves the price by less, and ends there.
    const Profile narrow = Profile::pool(BookSide::bids, 1'000, 0.1);
    EXPECT_GT(narrow.within(0.05), 10 * bids.within(0.05));
    EXPECT_NEAR(narrow.worth(narrow.most()), 1'000, 1e-6) << "all of the quote reserve is bought out at the end of the range";
}

TEST(STR_002, two_sides_beside_each_other_are_taken_as_two_sources_are) {
    Draw draw(17);
    for (int i = 0; i < 1'000; ++i) {
        const BookSide side = draw.chance(0.5) ? BookSide::bids : BookSide::asks;
        const Profile book = any_profile(draw, side), pool = any_profile(draw, side);
        const double fee = draw.chance(0.3) ? 0 : 0.01 * draw.uniform();
        const Profile both = book.beside(pool, fee);
        EXPECT_NEAR(both.most(), book.most() + pool.most(), 1e-9 * both.most());
        for (int at = 0; at < 10; ++at) {
            const double x = 0.2 * draw.uniform();
            EXPECT_NEAR(both.within(x), book.within(x) + (x < fee ? 0 : pool.within(x - fee)), 1e-9 * both.most()) << x;
        }
        // What taking an amount brings, asked of the code that takes from several sources.
        Source own{"own", Profile(BookSide::bids), Profile(BookSide::asks), 0, 0, 0}, other = own;
        (side == BookSide::bids ? own.bids : own.asks) = book;
        (side == BookSide::bids ? other.bids : other.asks) = pool;
        other.fee = fee;
        Sources sources({own, other});
        const double amount = both.most() * draw.uniform();
        const Taken taken = sources.take(side, amount, 0, 50);
        EXPECT_NEAR(taken.amount, amount, 1e-6 * amount);
        EXPECT_NEAR(both.worth(amount), taken.worth, 2e-5 * taken.worth);
    }
}

TEST(STR_002, laws_of_every_side) {
    Draw draw(11);
    for (int i = 0; i < 3'000; ++i) {
        const BookSide side = draw.chance(0.5) ? BookSide::bids : BookSide::asks;
        const Profile profile = any_profile(draw, side);
        if (profile.most() == 0) continue;
        const double a = profile.most() * draw.uniform();
        const double b = profile.most() * draw.uniform();
        const double less = std::min(a, b), more = std::max(a, b);
        EXPECT_LE(profile.reach(less), profile.reach(more)) << "deeper is never nearer";
        // The mean price of what is taken never improves.
        const double mean_less = profile.worth(less) / less, mean_more = profile.worth(more) / more;
        if (side == BookSide::bids) EXPECT_GE(mean_less * (1 + near), mean_more);
        else EXPECT_LE(mean_less * (1 - near), mean_more);
        // reach() is the least distance within which the amount rests.
        EXPECT_GE(profile.within(profile.reach(more) + 1e-12), more * (1 - 1e-6));
        EXPECT_LE(profile.within(profile.reach(more) * (1 - 1e-9) - 1e-12), more * (1 + 1e-6));
        // No unit goes at a better price than the reference or a worse one than the last distance.
        const double edge = std::exp(side == BookSide::bids ? -profile.reach(more) : profile.reach(more));
        EXPECT_LE(std::min(edge, 1.0) * (1 - near), mean_more);
        EXPECT_GE(std::max(edge, 1.0) * (1 + near), mean_more);
    }
}

Sources any_sources(Draw& draw) {
    std::vector<Source> all;
    for (std::size_t i = 0; i < 1 + draw.below(3); ++i)
        all.push_back({"source", any_profile(draw, BookSide::bids), any_profile(draw, BookSide::asks),
                       draw.chance(0.5) ? 0 : 0.003 * draw.uniform(), i == 0 || draw.chance(0.5) ? 0 : 5'000,
                       draw.chance(0.2) ? 0 : 60'000});
    return Sources(all);
}

TEST(STR_002, taking_in_pieces_brings_what_taking_at_once_does) {
    Draw draw(12);
    for (int i = 0; i < 2'000; ++i) {
        Sources at_once = any_sources(draw);
        const double left = draw.chance(0.5) ? 1 : 0.05 + 0.9 * draw.uniform();
        at_once.leave(left);
        Sources pieces = at_once;
        const BookSide side = draw.chance(0.5) ? BookSide::bids : BookSide::asks;
        const double there = at_once.within(side, 3, 10'000);
        const double amount = there * (0.05 + 1.1 * draw.uniform());
        const Taken all = at_once.take(side, amount, 10'000, 3);
        Taken sum;
        for (int piece = 0; piece < 7; ++piece) {
            const Taken one = pieces.take(side, amount / 7, 10'000, 3);
            sum.amount += one.amount;
            sum.worth += one.worth;
        }
        EXPECT_NEAR(sum.amount, all.amount, 1e-6 * amount);
        EXPECT_NEAR(sum.worth, all.worth, 2e-5 * amount + 1e-6);
        EXPECT_LE(all.amount, amount * (1 + near));
        EXPECT_NEAR(all.amount, std::min(amount, there), 1e-6 * amount) << "all that is there, and no more";
        pieces.undo();
    }
}

TEST(STR_002, what_was_taken_comes_back_and_undone_is_as_before) {
    Sources sources({{"own", Profile::even(BookSide::bids, 1'000, 100'000), Profile::even(BookSide::asks, 1'000, 100'000), 0, 0, 60'000}});
    EXPECT_DOUBLE_EQ(sources.own_offset(), 0);
    sources.take(BookSide::bids, 5'000, 0, 1);
    EXPECT_NEAR(sources.own_offset(), -0.05, near) << "5,000 sold at 1,000 a per cent";
    sources.pass(60'000);
    EXPECT_NEAR(sources.own_offset(), -0.025, near);
    sources.take(BookSide::bids, 1'000, 0, 1);
    sources.undo();
    EXPECT_NEAR(sources.own_offset(), -0.025, near);
    sources.leave(0.5);
    EXPECT_NEAR(sources.own_offset(), -0.05, near) << "what is left of the depth is as far gone as twice as much was";
    EXPECT_EQ(sources.take(BookSide::bids, 1'000, 0, 0.0499).amount, 0) << "nothing beyond the limit";
}

TEST(STR_002, an_order_takes_from_far_only_after_its_way) {
    const auto side = [](BookSide s) { return Profile::even(s, 1'000, 100'000); };
    const std::vector<Source> all{{"own", side(BookSide::bids), side(BookSide::asks), 0, 0, 0},
                                  {"far", side(BookSide::bids), side(BookSide::asks), 0, 5'000, 0}};
    Sources near_only(all), both(all);
    const Taken early = near_only.take(BookSide::bids, 10'000, 4'999, 1);
    const Taken late = both.take(BookSide::bids, 10'000, 5'000, 1);
    EXPECT_NEAR(early.x, 0.10, 1e-6);
    EXPECT_NEAR(late.x, 0.05, 1e-6) << "half from each";
    EXPECT_GT(late.worth, early.worth);
}

}  // namespace
}  // namespace plimsoll::stress
