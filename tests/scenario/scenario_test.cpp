// The stories of tests/scenario/*.txt, one test for each file.
#include "scenario/replay.hpp"

#include <gtest/gtest.h>

namespace plimsoll::scenario {
namespace {

TEST(ENG_001, orders_and_margin) { expect_scenarios("orders-and-margin.txt"); }
TEST(ENG_002, open_order_policies) { expect_scenarios("open-order-policies.txt"); }
TEST(ENG_003, withdrawals) { expect_scenarios("withdrawals.txt"); }
TEST(ENG_004, profit_weight) { expect_scenarios("profit-weight.txt"); }
TEST(ENG_005, guards) { expect_scenarios("guards.txt"); }
TEST(ENG_006, caps_and_groups) { expect_scenarios("caps-and-groups.txt"); }
TEST(ENG_007, isolated) { expect_scenarios("isolated.txt"); }
TEST(ENG_008, hedge) { expect_scenarios("hedge.txt"); }
TEST(ENG_009, deposits) { expect_scenarios("deposits.txt"); }
TEST(ENG_010, funding) { expect_scenarios("funding.txt"); }

}  // namespace
}  // namespace plimsoll::scenario
