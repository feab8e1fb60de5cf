// The stories of tests/scenario/*.txt, one test for each file.
#include "scenario/replay.hpp"

#include <gtest/gtest.h>

namespace plimsoll::scenario {
namespace {

TEST(ENG_001, orders_and_margin) { expect_scenarios("orders-and-margin.txt"); }

}  // namespace
}  // namespace plimsoll::scenario
