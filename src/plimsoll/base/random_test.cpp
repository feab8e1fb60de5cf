// The seeded stream: a test or a simulation that prints its seed can be repeated on any machine.
#include "plimsoll/base/random.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace plimsoll {
namespace {

// The first outputs of SplitMix64 for seed 1234567, as published with the algorithm's reference implementation.
TEST(NUM_011, the_stream_of_a_seed_never_changes) {
    Random random(1234567);
    EXPECT_EQ(random.next(), 6457827717110365317u);
    EXPECT_EQ(random.next(), 3203168211198807973u);
    EXPECT_EQ(random.next(), 9817491932198370423u);
    EXPECT_EQ(random.next(), 4593380528125082431u);
    EXPECT_EQ(random.next(), 16408922859458223821u);
}

TEST(NUM_011, a_draw_stays_between_its_bounds_and_reaches_both) {
    Random random(7);
    bool low = false, high = false;
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t draw = random.between(-3, 4);
        ASSERT_GE(draw, -3);
        ASSERT_LE(draw, 4);
        low = low || draw == -3;
        high = high || draw == 4;
    }
    EXPECT_TRUE(low && high);
}

TEST(NUM_011, the_widest_span_and_a_span_of_one_are_drawn_from) {
    constexpr auto min = std::numeric_limits<std::int64_t>::min();
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    Random random(7), same(7);
    EXPECT_EQ(random.between(min, max), static_cast<std::int64_t>(static_cast<std::uint64_t>(min) + same.next()));
    EXPECT_EQ(random.between(max, max), max);
    EXPECT_EQ(random.between(min, min), min);
    EXPECT_DEATH(random.between(1, 0), "low <= high");
}

}  // namespace
}  // namespace plimsoll
