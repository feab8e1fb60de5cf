// A plan takes no memory once its room has grown: it is asked of many accounts in the worst of moments.
#include "plimsoll/liquidation/plan.hpp"

#include "perf/counting_allocator.hpp"
#include "support/cases.hpp"
#include "support/liquidation_reference.hpp"

namespace plimsoll::testing {
namespace {

TEST(LIQ_002, a_plan_allocates_nothing_once_its_room_has_grown) {
    PlanRoom room;
    std::vector<Reduction> plan;
    std::int64_t planned = 0;
    for_cases(
        [&](Random& random) -> std::string {
            RiskGenerator generator(random);
            RiskCase c = gen_with_lots(generator, 0);
            if (!bring_short(c, random)) return {};
            const std::vector<Closing> closings(c.owner.account.positions.size(), Closing{closing_fee(generator), Size::max()});
            plan_cross(c.context, c.view(), closings, room, plan);
            const std::size_t before = allocations();
            plan_cross(c.context, c.view(), closings, room, plan);
            planned += plan.empty() ? 0 : 1;
            return allocations() == before ? "" : "memory was taken";
        },
        20);
    EXPECT_GE(planned, cases() / 20 / 3);
}

}  // namespace
}  // namespace plimsoll::testing
