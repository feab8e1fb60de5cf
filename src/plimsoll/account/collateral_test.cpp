#include "plimsoll/account/collateral.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

WeightCurve curve_of(Rate weight) {
    WeightCurve curve;
    curve.weight = weight;
    return curve;
}

/// FTX and Drift publish 1.1 / (1 + f * sqrt(amount)): below a size the plain weight holds.
TEST(RISK_001, a_root_discount_may_start_above_the_plain_weight_that_bounds_it) {
    WeightCurve curve = curve_of(Rate::from_raw(950'000'000));
    curve.root = RootDiscount{Rate::from_raw(1'100'000'000), Decimal{2, 3}};
    EXPECT_EQ(weight_fault(curve, 6), "");
    const ValueScales scales{6, 0, 6};
    const auto value = [&](std::int64_t coins) {
        return collateral_value(curve, scales, Amount::from_raw(coins * 1'000'000), Price::from_raw(1), 0);
    };
    EXPECT_EQ(value(1'000), Wide{950'000'000});
    EXPECT_EQ(value(100'000), Wide{67'383'152'460});  // 0.6738315246... each
    curve.root->top = Rate::from_raw(2'000'000'001);
    EXPECT_NE(weight_fault(curve, 6), "");
}

TEST(RISK_001, a_discount_without_a_slope_may_exceed_one_half) {
    WeightCurve curve = curve_of(hundred_percent);
    curve.linear = LinearDiscount{{0, 0}, Rate::from_raw(700'000'000), Rate::from_raw(700'000'000)};
    EXPECT_EQ(weight_fault(curve, 6), "");
    curve.linear->slope = {1, 6};
    EXPECT_NE(weight_fault(curve, 6), "");
}

}  // namespace
}  // namespace plimsoll
