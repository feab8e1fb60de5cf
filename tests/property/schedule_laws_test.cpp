// The laws of DESIGN's heart over random schedules: what may never fall, what may never jump, and what adds up.
#include "plimsoll/schedule/curve.hpp"
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/schedule/jumps.hpp"
#include "plimsoll/schedule/validate.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"
#include "support/schedule_shown.hpp"

#include <gtest/gtest.h>

#include <set>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::array levels{Level::initial, Level::maintenance, Level::closeout};

Wide asked(const ScheduleCase& made, Level level, const Question& q) {
    return requirement_exact(made.compiled, level, q.exposure, q.figures, q.account);
}

std::string fell(const ScheduleCase& made, const Question& less, const Question& more, const char* law) {
    for (const Level level : levels) {
        const Wide before = asked(made, level, less);
        const Wide after = asked(made, level, more);
        if (before < 0 || after < 0) return "negative" + described(made.schedule, made.scales, less);
        if (after < before)
            return std::string(law) + ": " + shown(before) + " then " + shown(after) + described(made.schedule, made.scales, less) +
                   described(made.schedule, made.scales, more);
    }
    return {};
}

Wide raised(Random& random, Wide value) {
    const Wide by = random.next() % 3 == 0 ? 1 : ScheduleGenerator(random).magnitude(18);
    return std::min(value + by, notional_max);
}

TEST(SCHED_004, nothing_is_asked_of_an_empty_position) {
    for_cases([](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        Question q = gen_question(random, made);
        q.exposure.notional = 0;
        for (const Level level : levels)
            if (asked(made, level, q) != 0) return "asks something for nothing" + described(made.schedule, made.scales, q);
        return std::string();
    });
}

TEST(SCHED_004, a_larger_position_never_needs_less_margin) {
    for_cases([](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        const Question less = gen_question(random, made);
        Question more = less;  // the position grows, and with it its group and its side
        more.exposure.notional = raised(random, less.exposure.notional);
        const Wide by = more.exposure.notional - less.exposure.notional;
        more.exposure.group_notional = std::min(less.exposure.group_notional + by, notional_max);
        Wide& side = more.exposure.is_short ? more.figures.open_interest_short : more.figures.open_interest_long;
        side = std::min(std::max(side, less.exposure.group_notional) + by, notional_max);
        Question start = less;
        Wide& side_before = start.exposure.is_short ? start.figures.open_interest_short : start.figures.open_interest_long;
        side_before = std::max(side_before, less.exposure.group_notional);  // a share of the side is at most all of it
        // The size grows in the same proportion, or nearly: at least by one.
        more.exposure.size = std::min(raised(random, less.exposure.size), notional_max);
        return fell(made, start, more, "a larger position");
    });
}

TEST(SCHED_004, each_figure_alone_moves_margin_one_way) {
    for_cases([](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        const Question q = gen_question(random, made);
        const bool shares = std::any_of(made.compiled.terms.begin(), made.compiled.terms.end(),
                                        [](const CompiledTerm& t) { return t.axis.per == Per::side_open_interest; });
        Question more = q;
        more.exposure.size = raised(random, q.exposure.size);
        if (auto wrong = fell(made, q, more, "a larger size"); !wrong.empty()) return wrong;
        more = q;
        more.exposure.group_notional = raised(random, q.exposure.group_notional);
        if (auto wrong = fell(made, q, more, "a larger group"); !wrong.empty()) return wrong;
        more = q;
        Wide& side = q.exposure.is_short ? more.figures.open_interest_short : more.figures.open_interest_long;
        side = raised(random, side);
        if (auto wrong = shares ? std::string() : fell(made, q, more, "a larger side"); !wrong.empty()) return wrong;
        more = q;
        more.figures.volatility = Rate::from_raw(q.figures.volatility.raw() + ScheduleGenerator(random).magnitude(10));
        if (auto wrong = fell(made, q, more, "more volatility"); !wrong.empty()) return wrong;
        if (q.figures.depth > 0) {
            more = q;
            more.figures.depth = raised(random, q.figures.depth);
            if (auto wrong = fell(made, more, q, "less depth"); !wrong.empty()) return wrong;
            more.figures.depth = 0;
            if (auto wrong = fell(made, q, more, "no depth at all"); !wrong.empty()) return wrong;
        }
        if (q.figures.daily_volume > 0) {
            more = q;
            more.figures.daily_volume = raised(random, q.figures.daily_volume);
            if (auto wrong = fell(made, more, q, "less volume"); !wrong.empty()) return wrong;
        }
        more = q;
        more.figures.reserve_ratio = Rate::from_raw(q.figures.reserve_ratio.raw() + ScheduleGenerator(random).magnitude(10));
        return fell(made, more, q, "a smaller reserve");
    });
}

/// A root or power counts its rate in 10^-18: one count of it on the whole notional, twice because its radicand rounds too.
Wide power_grain(const Schedule& s, Wide notional) {
    const auto& terms = s.initial.terms;
    const bool powers = std::any_of(terms.begin(), terms.end(), [](const Term& t) {
        return t.curve.kind == CurveKind::root || t.curve.kind == CurveKind::power_four_fifths;
    });
    return powers ? 2 * (notional / rate_one + 1) : 0;
}

/// The greatest rate that any term, cap or floor puts on the last unit.
Wide last_rate(const CompiledSchedule& schedule, const Question& q) {
    Wide most = 0;
    for (const CompiledTerm& t : schedule.terms) most = std::max(most, whole_value(schedule, t, axis_point(t, q.exposure, q.figures), 1));
    for (const Fraction f : {schedule.floor, schedule.cap_long, schedule.cap_short})
        most = std::max<Wide>(most, f.numerator / f.denominator + 1);
    return most;
}

TEST(SCHED_004, marginal_application_rises_by_no_more_than_its_rate) {
    for_cases([](Random& random) {
        ScheduleCase made = gen_schedule(random);
        for (LevelRule* level : {&made.schedule.initial, &made.schedule.maintenance, &made.schedule.closeout})
            for (Term& t : level->terms) {
                t.axis = Axis{};
                t.application = Application::marginal;
                t.modulators.clear();
            }
        made.schedule.initial.combine = made.schedule.maintenance.combine = made.schedule.closeout.combine = Combine::max;
        auto compiled = compile(made.schedule, made.scales);
        if (!compiled) return std::string();  // edges of another axis that these scales do not hold
        made.compiled = std::move(*compiled);
        Question q = gen_question(random, made);
        q.account = {};
        if (q.exposure.notional == 0) return std::string();  // the least amount begins there
        Question next = q;
        next.exposure.notional = std::min(q.exposure.notional + 1, notional_max);
        next.exposure.group_notional = std::max(next.exposure.notional, q.exposure.group_notional);
        for (const Level level : levels) {
            const Wide rise = asked(made, level, next) - asked(made, level, q);
            if (rise > last_rate(made.compiled, next) + 16 + power_grain(made.schedule, next.exposure.notional))
                return "one unit more asks " + shown(rise) + described(made.schedule, made.scales, q);
        }
        return std::string();
    });
}

/// A schedule over small whole notionals, so that every single one can be asked.
ScheduleCase small_table(Random& random) {
    ScheduleGenerator generator(random);
    ScheduleCase made;
    made.scales = {0, 0, 9};
    made.schedule.id = "small";
    made.schedule.maintenance.of_initial = Fraction{rate_one, 2};
    made.schedule.initial.combine = generator.pick({Combine::max, Combine::sum});
    for (auto terms = random.between(1, 3); terms > 0; --terms) {
        Term t;
        t.application = generator.pick({Application::whole, Application::whole, Application::marginal});
        Curve& c = t.curve;
        c.kind = generator.pick(
            {CurveKind::brackets, CurveKind::brackets, CurveKind::flat, CurveKind::linear, CurveKind::steps, CurveKind::knots});
        c.edge = generator.pick({EdgeRule::lower_row, EdgeRule::upper_row});
        std::set<std::int64_t> edges{0};
        for (auto i = random.between(0, 5); i > 0; --i)
            edges.insert(random.between(1, 20) * 20);  // no line between them is as steep as a jump
        std::int64_t rate = 0;
        if (c.kind == CurveKind::brackets || c.kind == CurveKind::knots)
            for (const std::int64_t edge : edges) c.rows.push_back({{edge, 0}, {rate += random.between(0, 200) * 1'000'000, 1}});
        c.base = {random.between(1, 500) * 1'000'000, 1};
        c.slope = {random.between(1, 1000), 6};
        c.step = {random.between(1, 100) * 1'000'000, 1};
        c.width = {random.between(60, 200), 0};
        c.origin = {random.between(0, 100), 0};
        made.schedule.initial.terms.push_back(t);
    }
    made.schedule.clamp.floor = {random.between(0, 3) * 10'000'000, 1};
    auto compiled = compile(made.schedule, made.scales);
    if (!compiled) assertion_failed(to_string(compiled.error().front()).c_str(), __FILE__, __LINE__);
    made.compiled = std::move(*compiled);
    return made;
}

TEST(SCHED_004, the_listed_jumps_are_exactly_where_the_requirement_jumps) {
    std::int64_t found = 0;
    for_cases([&](Random& random) {
        if (random.next() % 8 != 0) return std::string();  // each case asks 400 notionals
        const ScheduleCase made = small_table(random);
        std::set<Wide> listed;
        for (const Jump& jump : jumps(made.compiled, Level::initial)) {
            if (jump.at >= 400) continue;
            listed.insert(jump.at);
            Question q;
            q.exposure.notional = jump.at;
            if (asked(made, Level::initial, q) != jump.before) return "before " + shown(jump.at) + described(made.schedule, made.scales, q);
            q.exposure.notional = jump.at + 1;
            if (asked(made, Level::initial, q) != jump.after) return "after " + shown(jump.at) + described(made.schedule, made.scales, q);
        }
        Question q;
        Wide before = 0;
        for (Wide n = 0; n < 400; ++n) {
            q.exposure.notional = n + 1;
            const Wide after = asked(made, Level::initial, q);
            if ((after - before > smooth_rise_max) != listed.contains(n))
                return "jump at " + shown(n) + " of " + shown(after - before) + described(made.schedule, made.scales, q);
            before = after;
        }
        found += static_cast<std::int64_t>(listed.size());
        return std::string();
    });
    EXPECT_GE(found, cases() / 100);
}

/// Makes one thing about the schedule stricter.
void tighten(Random& random, Schedule& s) {
    ScheduleGenerator generator(random);
    const auto dearer = [&](Fraction& f) { f.numerator = std::min(f.numerator + generator.magnitude(8), rate_max.raw() * f.denominator); };
    Term& t = s.initial.terms[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(s.initial.terms.size()) - 1))];
    Curve& c = t.curve;
    switch (random.between(0, 8)) {
        case 0:
            if (!c.rows.empty()) {
                dearer(c.rows.back().rate);
                if (c.rows.back().rate.numerator > 100'000'000'000) c.rows.back().rate.numerator = 100'000'000'000;
            }
            break;
        case 1:
            if (c.rows.size() > 1) {
                const std::size_t i = c.rows.size() - 1;
                c.rows[i].from.raw = random.between(c.rows[i - 1].from.raw + 1, c.rows[i].from.raw);
            }
            break;
        case 2:
            if (c.base.denominator == 1) dearer(c.base);
            break;
        case 3: c.slope.raw += c.kind == CurveKind::linear ? generator.magnitude(8) : 0; break;
        case 4:
            if (t.modulators.size() < modulators_max)
                t.modulators.push_back({ModulatorInput::open_interest,
                                        generator.pick({ModulatorEffect::lift, ModulatorEffect::multiply}),
                                        {0, 0},
                                        {generator.magnitude(9), 0},
                                        Rate::from_raw(2 * rate_one)});
            break;
        case 5:
            if (s.initial.terms.size() < terms_max) s.initial.terms.push_back(generator.term());
            break;
        case 6:
            if (!s.clamp.cap_short) s.clamp.cap_short = s.clamp.cap;
            dearer(*s.clamp.cap_short);
            break;
        case 7:
            if (s.clamp.floor.denominator == 1) {
                dearer(s.clamp.floor);
                if (less(s.clamp.cap, s.clamp.floor)) s.clamp.floor = s.clamp.cap;
            }
            break;
        default:
            if (c.origin.raw > 0) c.origin.raw -= 1;
            else if (c.kind == CurveKind::steps && c.width.raw > 1) c.width.raw -= 1;
            break;
    }
}

TEST(SCHED_004, a_tighter_schedule_never_asks_less) {
    std::int64_t compared = 0;
    for_cases([&](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        ScheduleCase tighter = made;
        tighten(random, tighter.schedule);
        auto compiled = compile(tighter.schedule, tighter.scales);
        if (!compiled) return std::string();
        tighter.compiled = std::move(*compiled);
        ++compared;
        const Question q = gen_question(random, tighter);
        const Wide before = asked(made, Level::initial, q);
        const Wide after = asked(tighter, Level::initial, q);
        // Sums of rows are rounded row by row, so that other rows may round apart by one unit each.
        const Wide apart = rows_apart(made.compiled, q);
        if (after + apart < before)
            return shown(before) + " then " + shown(after) + described(made.schedule, made.scales, q) +
                   described(tighter.schedule, made.scales, q);
        return std::string();
    });
    EXPECT_GE(compared, cases() / 2);
}

TEST(SCHED_005, the_explanation_adds_up_and_gives_the_same_margin) {
    for_cases([](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        const Question q = gen_question(random, made);
        Exposure next = q.exposure;
        next.notional = std::min(next.notional + 1, notional_max);
        for (const Level level : levels) {
            const MarginAnswer answer = explain(made.compiled, level, q.exposure, next, q.figures, q.account);
            const std::string wrong = wrong_explanation(made.compiled, answer, level, q);
            if (!wrong.empty()) return wrong + described(made.schedule, made.scales, q);
        }
        return std::string();
    });
}

TEST(SCHED_006, a_schedule_that_is_valid_by_construction_gives_no_error) {
    for_cases([](Random& random) {
        if (random.next() % 64 != 0) return std::string();  // each case asks some thousand questions
        const ScheduleCase made = gen_schedule(random);
        for (const Finding& f : validate(made.schedule, made.scales))
            if (f.severity == Severity::error) return to_string(f) + described(made.schedule, made.scales, {});
        return std::string();
    });
}

}  // namespace
}  // namespace plimsoll
