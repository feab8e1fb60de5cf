// The compiled schedule against rational arithmetic on the data it was compiled from.
#include "plimsoll/schedule/evaluate.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"
#include "support/schedule_reference.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::array levels{Level::initial, Level::maintenance, Level::closeout};

std::string described(const ScheduleCase& made, const Question& q) {
    std::string text;
    for (const LevelRule* level : {&made.schedule.initial, &made.schedule.maintenance, &made.schedule.closeout}) {
        text += "\n  level";
        for (const Term& t : level->terms) {
            const Curve& c = t.curve;
            text += "\n   term axis " + shown(std::int64_t(t.axis.subject)) + "/" + shown(std::int64_t(t.axis.per)) + " curve " +
                    shown(std::int64_t(c.kind)) + " application " + shown(std::int64_t(t.application)) + " edge " + shown(std::int64_t(c.edge)) +
                    " base " + shown(c.base.numerator) + "/" + shown(c.base.denominator) + " slope " + format_decimal_short(c.slope.raw, c.slope.digits) +
                    " origin " + format_decimal_short(c.origin.raw, c.origin.digits) + " step " + shown(c.step.numerator) + " width " +
                    format_decimal_short(c.width.raw, c.width.digits) + " factor " + format_decimal_short(c.factor.raw, c.factor.digits);
            for (const Row& row : c.rows)
                text += " [" + format_decimal_short(row.from.raw, row.from.digits) + ": " + shown(row.rate.numerator) + "/" + shown(row.rate.denominator) + "]";
            for (const Modulator& m : t.modulators)
                text += " (" + shown(std::int64_t(m.input)) + " " + shown(std::int64_t(m.effect)) + " " + format_decimal_short(m.from.raw, m.from.digits) +
                        ".." + format_decimal_short(m.to.raw, m.to.digits) + " x" + shown(m.multiplier.raw()) + ")";
        }
    }
    const Scales& s = made.scales;
    text += "\n  digits " + std::to_string(s.notional_digits) + " " + std::to_string(s.size_digits) + " " + std::to_string(s.amount_digits) +
            " notional " + shown(q.exposure.notional) + " size " + shown(q.exposure.size) + " group " + shown(q.exposure.group_notional) +
            (q.exposure.is_short ? " short" : " long") + " open interest " + shown(q.figures.open_interest_long) + " / " + shown(q.figures.open_interest_short) +
            " depth " + shown(q.figures.depth) + " volume " + shown(q.figures.daily_volume) + " volatility " + shown(q.figures.volatility.raw()) +
            " reserve " + shown(q.figures.reserve_ratio.raw()) + " account x" + shown(q.account.multiplier.raw()) + " floor " +
            shown(q.account.initial_floor.raw()) + " leverage rate " + shown(q.account.leverage_rate.numerator) + "/" + shown(q.account.leverage_rate.denominator);
    return text;
}

std::string wrong_requirement(const ScheduleCase& made, const Question& q) {
    const ReferenceSchedule reference(made.schedule, made.scales, q.exposure, q.figures, q.account);
    for (const Level level : levels) {
        const Integer got = exact(requirement_exact(made.compiled, level, q.exposure, q.figures, q.account));
        const Bounded want = reference.requirement(level);
        const bool fine = want.state == Bounded::loose ? got >= want.value && got <= want.value + want.slack + 1 : got == ceil_of(want.value);
        if (!fine)
            return "level " + std::to_string(static_cast<int>(level)) + ": " + got.str() + ", not " + want.value.convert_to<boost::multiprecision::cpp_bin_float_50>().str(40, std::ios_base::fixed) +
                   (want.state == Bounded::loose ? " and up to " + ceil_of(want.slack).str() + " more" : " exactly") + described(made, q);
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
