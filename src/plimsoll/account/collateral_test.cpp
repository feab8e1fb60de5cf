#include "plimsoll/account/collateral.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

constexpr WeightedAsset coin{6, 0, Amount::from_raw(1'000'000'000'000)};

WeightCurve curve_of(Rate weight) {
    WeightCurve curve;
    curve.weight = weight;
    return curve;
}

/// FTX and Drift publish 1.1 / (1 + f * sqrt(amount)): below a size the plain weight holds.
TEST(RISK_001, a_root_discount_may_start_above_the_plain_weight_that_bounds_it) {
    WeightCurve curve = curve_of(Rate::from_raw(950'000'000));
    curve.root = RootDiscount{Rate::from_raw(1'100'000'000), Decimal{2, 3}};
    EXPECT_TRUE(weight_faults(curve, coin).empty());
    const ValueScales scales{6, 0, 6};
    const auto value = [&](std::int64_t coins) {
        return collateral_value(curve, scales, Amount::from_raw(coins * 1'000'000), Price::from_raw(1), 0);
    };
    EXPECT_EQ(value(1'000), Wide{950'000'000});
    EXPECT_EQ(value(100'000), Wide{67'383'152'460});  // 0.6738315246... each
    curve.root->top = Rate::from_raw(2'000'000'001);
    EXPECT_FALSE(weight_faults(curve, coin).empty());
}

TEST(ACCT_007, a_discount_that_no_holding_moves_beyond_one_half_may_exceed_it) {
    WeightCurve curve = curve_of(hundred_percent);
    curve.linear = LinearDiscount{{0, 0}, Rate::from_raw(700'000'000), Rate::from_raw(700'000'000)};
    EXPECT_TRUE(weight_faults(curve, coin).empty());
    // A million coins at most: 0.0000005 a coin comes to one half, and no further.
    curve.linear = LinearDiscount{{5, 7}, {}, hundred_percent};
    EXPECT_TRUE(weight_faults(curve, coin).empty());
    curve.linear->slope = {6, 7};
    ASSERT_EQ(weight_faults(curve, coin).size(), 1u);
    EXPECT_EQ(weight_faults(curve, coin).front().code, "collateral-not-monotone");
    curve.linear->least = Rate::from_raw(600'000'000);  // the same for every holding after all
    EXPECT_TRUE(weight_faults(curve, coin).empty());
}

}  // namespace
}  // namespace plimsoll
