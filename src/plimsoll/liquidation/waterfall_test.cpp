// Who pays: the edges.
#include "plimsoll/liquidation/waterfall.hpp"

#include <gtest/gtest.h>

#include <array>

namespace plimsoll {
namespace {

Amount units(std::int64_t raw) { return Amount::from_raw(raw); }

Winner winner(std::uint32_t account, Wide profit, Wide cost, Wide notional, Wide equity) {
    return {{account}, 0, Size::from_raw(1), profit, cost, notional, equity};
}

TEST(LIQ_006, the_largest_fee_is_split_without_a_unit_lost) {
    const FeeSplit split = split_fee(Amount::max(), Rate::from_raw(999'999'999), Rate::from_raw(1));
    EXPECT_EQ(split.fund + split.liquidator + split.venue, Amount::max());
    EXPECT_EQ(split.liquidator, units(9'223'372'036));
    EXPECT_EQ(split.venue, units(1));
}

TEST(LIQ_006, shares_beyond_the_whole_are_a_bug) {
    EXPECT_DEATH(split_fee(units(10), Rate::from_raw(600'000'000), Rate::from_raw(400'000'001)), "rate_one");
    EXPECT_DEATH(split_fee(units(-1), Rate{}, Rate{}), "fee");
}

TEST(LIQ_007, scores_that_differ_in_their_last_bit_of_four_hundred_are_told_apart) {
    const Wide large = (Wide{1} << 100) - 1;
    std::array<Winner, 2> winners{winner(1, large - 1, large, large, large), winner(2, large, large, large, large)};
    rank_winners(winners);
    EXPECT_EQ(winners[0].account, AccountId{2});
}

TEST(LIQ_007, equal_scores_stand_by_account_and_then_by_place) {
    std::array<Winner, 3> winners{winner(2, 1, 2, 4, 2), winner(1, 2, 4, 4, 2), winner(1, 4, 8, 4, 2)};
    winners[1].position = 3;
    winners[2].position = 1;
    rank_winners(winners);
    EXPECT_EQ(winners[0].position, 1u);
    EXPECT_EQ(winners[1].position, 3u);
    EXPECT_EQ(winners[2].account, AccountId{2});
}

TEST(LIQ_007, a_profit_of_any_size_stands_before_none) {
    std::array<Winner, 3> winners{winner(1, 0, 1, 1'000'000, 1), winner(2, -5, 0, 2'000'000, 1), winner(3, 1, 1'000'000, 0, 1'000'000)};
    rank_winners(winners);
    EXPECT_EQ(winners[0].account, AccountId{3});
    EXPECT_EQ(winners[1].account, AccountId{2});
}

TEST(LIQ_008, the_largest_figures_are_shared) {
    const std::array bearable{Amount::max(), units(1), Amount::max()};
    std::array<Amount, 3> charges{};
    share_loss(Amount::max(), bearable, charges);
    EXPECT_EQ(charges[0].raw(), 4'611'686'018'427'387'904);
    EXPECT_EQ(charges[1].raw(), 0);
    EXPECT_EQ(charges[2].raw(), 4'611'686'018'427'387'903);
}

TEST(LIQ_008, nobody_shares_nothing) {
    share_loss(units(7), {}, {});
    std::array<Amount, 2> charges{units(9), units(9)};
    const std::array bearable{units(3), units(4)};
    share_loss(units(0), bearable, charges);
    EXPECT_EQ(charges[0], units(0));
    EXPECT_EQ(charges[1], units(0));
}

}  // namespace
}  // namespace plimsoll
