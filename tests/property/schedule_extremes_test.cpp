// Schedules at the ends of what their data can say: they load or are refused with findings, and what loads answers every
// question of the declared domain. A broken invariant aborts, so each of these tests can fail only by not coming back.
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/schedule/validate.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

class Extreme {
public:
    /// From one figure in four to one in a hundred is bent, so that many schedules still load.
    explicit Extreme(Random& random) : random_(random), generator_(random), one_in_(generator_.pick({4, 20, 100})) {}

    Schedule of(Schedule s) {
        for (LevelRule* level : {&s.initial, &s.maintenance, &s.closeout}) {
            for (Term& t : level->terms) bend(t);
            if (level->of_initial) bend(*level->of_initial);
        }
        bend(s.clamp.floor);
        bend(s.clamp.cap);
        if (s.clamp.cap_short) bend(*s.clamp.cap_short);
        bend(s.clamp.minimum);
        for (auto* cap : {&s.caps.position, &s.caps.group, &s.caps.open_interest})
            if (*cap) bend(**cap);
        return s;
    }
    Wide figure() { return generator_.pick<Wide>({0, 1, 2, rate_one, notional_max / 2, notional_max - 1, notional_max, notional_max}); }

private:
    void bend(Term& t) {
        Curve& c = t.curve;
        for (Decimal* d : {&c.slope, &c.origin, &c.width, &c.factor}) bend(*d);
        for (Fraction* f : {&c.base, &c.step}) bend(*f);
        // The last row may lie anywhere above the others and ask anything above them, so that the table stays in order.
        if (!c.rows.empty() && generator_.chance(2)) c.rows.back().rate = Fraction::from_rate(rate_max);
        if (c.rows.size() > 1 && generator_.chance(2))
            c.rows.back().from = {std::numeric_limits<std::int64_t>::max(), static_cast<int>(random_.between(0, 9))};
        if (!c.rows.empty() && generator_.chance(4)) bend(c.rows.front().rate);
        for (Modulator& m : t.modulators) {
            bend(m.from);
            bend(m.to);
            if (generator_.chance(one_in_))
                m.multiplier = generator_.pick(
                    {multiplier_max, Rate::from_raw(std::numeric_limits<std::int64_t>::min()), Rate::from_raw(rate_one + 1)});
        }
    }
    void bend(Decimal& d) {
        if (!generator_.chance(one_in_)) return;
        if (generator_.chance(2)) d = {any_int64(random_), static_cast<int>(random_.between(-1, generator_.chance(8) ? 40 : digits_max))};
        else d = {std::numeric_limits<std::int64_t>::max(), static_cast<int>(random_.between(0, digits_max))};
    }
    void bend(Fraction& f) {
        if (!generator_.chance(one_in_)) return;
        f = generator_.pick<Fraction>({{0, 1},
                                       {1, 1},
                                       {1, rate_one},
                                       {rate_max.raw(), 1},
                                       {99'999'999'999, 10},
                                       {100'000'000'000, 10},
                                       {std::numeric_limits<std::int64_t>::max(), 1},
                                       {1, 0},
                                       {any_int64(random_), any_int64(random_)}});
    }

    Random& random_;
    ScheduleGenerator generator_;
    int one_in_;
};

Question extreme_question(Extreme& extreme, Random& random) {
    Question q;
    q.exposure = {extreme.figure(), extreme.figure(), extreme.figure(), random.next() % 2 == 0};
    q.figures.open_interest_long = extreme.figure();
    q.figures.open_interest_short = extreme.figure();
    q.figures.depth = extreme.figure();
    q.figures.daily_volume = extreme.figure();
    q.figures.market_cap = extreme.figure();
    q.figures.volatility = Rate::from_raw(random.next() % 2 == 0 ? std::numeric_limits<std::int64_t>::max() : 0);
    q.figures.reserve_ratio = Rate::from_raw(random.next() % 2 == 0 ? std::numeric_limits<std::int64_t>::max() : 0);
    if (random.next() % 2 == 0) q.account = {multiplier_max, rate_max, {rate_one * 100, 100}};
    return q;
}

void ask(const CompiledSchedule& schedule, const Question& q) {
    for (const Level level : {Level::initial, Level::maintenance, Level::closeout}) {
        const Wide exact = requirement_exact(schedule, level, q.exposure, q.figures, q.account);
        EXPECT_GE(exact, 0);
        EXPECT_LE(exact, term_max);
        const MarginAnswer answer = explain(schedule, level, q.exposure, q.exposure, q.figures, q.account);
        EXPECT_EQ(answer.margin, requirement(schedule, level, q.exposure, q.figures, q.account));
    }
    check_caps(schedule, q.exposure, q.figures, q.account);
}

TEST(SCHED_006, a_schedule_at_the_ends_of_its_data_loads_or_is_refused_and_what_loads_answers) {
    std::int64_t loaded = 0;
    for_cases([&](Random& random) {
        Extreme extreme(random);
        ScheduleGenerator generator(random);
        const Scales scales = generator.scales();
        const Schedule schedule = extreme.of(generator.schedule(scales));
        const auto compiled = compile(schedule, scales);
        if (!compiled) return compiled.error().empty() ? std::string("refused without a finding") : std::string();
        ++loaded;
        for (int i = 0; i < 2; ++i) ask(*compiled, extreme_question(extreme, random));
        return std::string();
    });
    EXPECT_GE(loaded, cases() / 20) << "too few load for this to mean something";
}

}  // namespace
}  // namespace plimsoll
