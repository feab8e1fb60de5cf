// The compiled schedule against rational arithmetic on the data it was compiled from.
#include "support/schedule_reference.hpp"
#include "plimsoll/schedule/evaluate.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"
#include "support/schedule_shown.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::array levels{Level::initial, Level::maintenance, Level::closeout};

std::string wrong_requirement(const ScheduleCase& made, const Question& q) {
    const ReferenceSchedule reference(made.schedule, made.scales, q.exposure, q.figures, q.account);
    for (const Level level : levels) {
        const Integer got = exact(requirement_exact(made.compiled, level, q.exposure, q.figures, q.account));
        const Bounded want = reference.requirement(level);
        const bool fine =
            want.state == Bounded::loose ? got >= want.value && got <= want.value + want.slack + 1 : got == ceil_of(want.value);
        if (!fine)
            return "level " + std::to_string(static_cast<int>(level)) + ": " + got.str() + ", not " +
                   want.value.convert_to<boost::multiprecision::cpp_bin_float_50>().str(40, std::ios_base::fixed) +
                   (want.state == Bounded::loose ? " and up to " + ceil_of(want.slack).str() + " more" : " exactly") +
                   described(made.schedule, made.scales, q);
    }
    return {};
}

TEST(SCHED_001, a_requirement_is_the_exact_one_rounded_up) {
    for_cases([](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        for (int i = 0; i < 2; ++i) {
            const std::string wrong = wrong_requirement(made, gen_question(random, made));
            if (!wrong.empty()) return wrong;
        }
        return std::string();
    });
}

}  // namespace
}  // namespace plimsoll
