// Inverse questions prove themselves, and splits are held to every split there is.
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/schedule/inverse.hpp"
#include "plimsoll/schedule/split.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"
#include "support/schedule_shown.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::array levels{Level::initial, Level::maintenance, Level::closeout};

Growing growing_of(Random& random, const Question& q) {
    Growing growing;
    growing.notional_per_size = random.between(1, 1'000'000);
    growing.is_short = q.exposure.is_short;
    growing.group_others = q.exposure.group_notional - q.exposure.notional;
    growing.others = q.figures;
    growing.others.open_interest_long = std::min(growing.others.open_interest_long, notional_max / 2);
    growing.others.open_interest_short = std::min(growing.others.open_interest_short, notional_max / 2);
    return growing;
}

TEST(SCHED_007, the_largest_size_passes_and_one_more_fails) {
    std::int64_t inside = 0;
    for_cases([&](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        const Question q = gen_question(random, made);
        const Growing growing = growing_of(random, q);
        const Amount available = Amount::from_raw(ScheduleGenerator(random).magnitude(15));
        const Level level = levels[static_cast<std::size_t>(random.between(0, 2))];
        const auto passes = [&](std::int64_t size) {
            const auto figures = growing.figures(size);
            return check_caps(made.compiled, growing.exposure(size), figures, q.account) == CapBreach::none &&
                   requirement(made.compiled, level, growing.exposure(size), figures, q.account) <= available;
        };
        const auto solution = largest_size(made.compiled, level, growing, available, q.account);
        const auto wrong = [&](const char* what) { return std::string(what) + described(made.schedule, made.scales, q); };
        if (!solution) return passes(0) ? wrong("nothing was found though 0 passes") : std::string();
        if (solution->evaluations > 64) return wrong("too many evaluations");
        if (!passes(solution->value)) return wrong("the answer fails");
        if (solution->at_bound) return solution->value == growing.size_max() ? std::string() : wrong("not at its bound");
        ++inside;
        return passes(solution->value + 1) ? wrong("one more passes too") : std::string();
    });
    EXPECT_GE(inside, cases() / 4);
}

TEST(SCHED_007, the_largest_open_interest_passes_and_one_more_fails) {
    std::int64_t inside = 0;
    for_cases([&](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        const Question q = gen_question(random, made);
        const Rate rate = ScheduleGenerator(random).rate();
        const auto pays = [&](std::int64_t side) {
            MarketFigures figures = q.figures;
            (q.exposure.is_short ? figures.open_interest_short : figures.open_interest_long) = side;
            return requirement_exact(made.compiled, Level::initial, q.exposure, figures, q.account);
        };
        const auto solution = largest_open_interest(made.compiled, Level::initial, q.exposure, q.figures, rate, q.account);
        if (!solution) return std::string();
        const Wide most = q.exposure.notional * rate.raw();
        const auto wrong = [&](const char* what) { return std::string(what) + described(made.schedule, made.scales, q); };
        if (solution->evaluations > 64) return wrong("too many evaluations");
        if (pays(solution->value) > most) return wrong("the answer fails");
        if (solution->at_bound) return std::string();
        ++inside;
        return pays(solution->value + 1) <= most ? wrong("one more passes too") : std::string();
    });
    EXPECT_GE(inside, cases() / 200);
}

TEST(SCHED_007, a_leverage_is_what_the_requirement_divides) {
    for_cases([](Random& random) {
        const ScheduleCase made = gen_schedule(random);
        const Question q = gen_question(random, made);
        const Integer asked = exact(requirement_exact(made.compiled, Level::initial, q.exposure, q.figures, q.account));
        const auto leverage = leverage_that_results(made.compiled, Level::initial, q.exposure, q.figures, q.account);
        if (!leverage) return asked == 0 ? std::string() : "none" + described(made.schedule, made.scales, q);
        const Integer grid = exact(q.exposure.notional) * power(10, 18);
        const bool right = exact(*leverage) * asked <= grid && (exact(*leverage) + 1) * asked > grid;
        return right ? std::string() : shown(*leverage) + described(made.schedule, made.scales, q);
    });
}

TEST(SCHED_007, the_next_edge_is_entered_by_one_unit_more) {
    for_cases([](Random& random) {
        ScheduleCase made = gen_schedule(random);
        const Question q = gen_question(random, made);
        const auto row = [&](Wide more) {
            Exposure further = q.exposure;
            further.notional += more;
            further.group_notional += more;
            std::uint32_t sum = 0;  // of the rows of all tables that a notional walks along
            const auto answer = explain(made.compiled, Level::initial, further, further, q.figures);
            for (const TermAnswer& term : answer.terms) {
                const bool table = term.kind == CurveKind::brackets || term.kind == CurveKind::knots;
                const bool walks = (term.axis.subject == Subject::own_notional || term.axis.subject == Subject::group_notional) &&
                                   term.axis.per == Per::nothing;
                if (table && walks) sum += term.steps.back().row;
            }
            return sum;
        };
        const auto more = notional_to_next_edge(made.compiled, Level::initial, q.exposure);
        if (!more || q.exposure.notional == 0 || q.exposure.group_notional + *more >= notional_max) return std::string();
        if (*more < 0 || row(0) != row(*more)) return "left early" + described(made.schedule, made.scales, q);
        return row(*more) < row(*more + 1) ? std::string() : "not entered" + described(made.schedule, made.scales, q);
    });
}

/// The cheapest of all splits of `size` over at most `accounts`, by adding one account after the other.
Wide cheapest(const std::vector<Wide>& one, std::size_t size, int accounts) {
    std::vector<Wide> best(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(size) + 1);
    for (int n = 1; n < accounts; ++n)
        for (std::size_t s = size; s > 0; --s)
            for (std::size_t part = 1; part <= s; ++part) best[s] = std::min(best[s], best[s - part] + one[part]);
    return best[size];
}

Schedule split_schedule(Random& random, Axis axis) {
    ScheduleGenerator generator(random);
    Schedule s;
    s.id = "split";
    s.maintenance.of_initial = Fraction{rate_one, 2};
    Term t;
    t.axis = axis;
    t.application = generator.pick({Application::whole, Application::marginal});
    if (axis.subject == Subject::side_open_interest) t.application = Application::whole;
    Curve& c = t.curve;
    c.kind = generator.pick(
        {CurveKind::brackets, CurveKind::brackets, CurveKind::brackets, CurveKind::flat, CurveKind::linear, CurveKind::root});
    c.edge = generator.pick({EdgeRule::lower_row, EdgeRule::upper_row});
    std::int64_t from = 0;
    std::int64_t rate = 0;
    if (c.kind == CurveKind::brackets)
        for (auto rows = random.between(1, 4); rows > 0; --rows, from += random.between(1, 12))
            c.rows.push_back({{from, 0}, {rate += random.between(1, 100) * 1'000'000, 1}});
    c.base = {random.between(1, 300) * 1'000'000, 1};
    c.slope = {random.between(1, 20), 3};
    c.factor = {random.between(1, 100), 3};
    s.initial.terms = {t};
    return s;
}

TEST(SCHED_008, a_split_is_as_cheap_as_the_cheapest_of_all_splits) {
    std::int64_t gained = 0;
    for_cases([&](Random& random) {
        if (random.next() % 8 != 0) return std::string();  // each case tries every split
        ScheduleCase made{
            {0, 0, 9},
            split_schedule(random, {ScheduleGenerator(random).pick({Subject::own_notional, Subject::own_size}), Per::nothing}),
            {}};
        made.compiled = *compile(made.schedule, made.scales);
        const auto size = random.between(1, 40);
        const auto accounts = static_cast<int>(random.between(1, 8));
        const Growing growing;
        const SplitGain gain = split_gain(made.compiled, Level::initial, growing, size, accounts);
        std::vector<Wide> one;
        for (std::int64_t s = 0; s <= size; ++s)
            one.push_back(requirement_exact(made.compiled, Level::initial, growing.exposure(s), growing.figures(size), {}));
        const Wide best = cheapest(one, static_cast<std::size_t>(size), accounts);
        std::int64_t total = 0;
        Wide sum = 0;
        int used = 0;
        for (const SplitPart& part : gain.parts) {
            total += part.size * part.accounts;
            used += part.accounts;
            sum += one[static_cast<std::size_t>(part.size)] * part.accounts;
        }
        const auto wrong = [&](const std::string& what) {
            return what + " for " + shown(size) + " over " + std::to_string(accounts) + described(made.schedule, made.scales, {});
        };
        if (total != size || used > accounts || sum != gain.split) return wrong("the split does not make the whole");
        if (gain.one != one.back()) return wrong("the one account differs");
        gained += gain.split < gain.one ? 1 : 0;
        // A root in 10^-18 may round the equal split up by as many units as it has accounts.
        const Wide rounding = made.schedule.initial.terms[0].curve.kind == CurveKind::root ? accounts : 0;
        return gain.split > best + rounding || gain.split < best ? wrong(shown(gain.split) + ", cheapest " + shown(best)) : std::string();
    });
    EXPECT_GE(gained, cases() / 80);
}

TEST(SCHED_008, splitting_gains_nothing_where_the_group_or_the_market_is_what_counts) {
    for_cases([](Random& random) {
        if (random.next() % 8 != 0) return std::string();
        const Axis axis{ScheduleGenerator(random).pick({Subject::group_notional, Subject::side_open_interest}), Per::nothing};
        ScheduleCase made{{0, 0, 9}, split_schedule(random, axis), {}};
        made.compiled = *compile(made.schedule, made.scales);
        const auto accounts = static_cast<int>(random.between(1, split_accounts_max));
        const SplitGain gain = split_gain(made.compiled, Level::initial, {}, random.between(1, 1000), accounts);
        return gain.split == gain.one ? std::string()
                                      : shown(gain.split) + " of " + shown(gain.one) + described(made.schedule, made.scales, {});
    });
}

TEST(SCHED_008, a_hundred_accounts_turn_a_bracket_table_into_its_first_row) {  // dYdX, November 2023
    Schedule schedule;
    schedule.id = "dydx-v3";
    Term term;
    term.application = Application::whole;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = {{{0, 0}, {200'000'000, 1}}, {{500'000, 0}, {500'000'000, 1}}, {{5'000'000, 0}, {rate_one, 1}}};
    schedule.initial.terms = {term};
    schedule.maintenance.of_initial = Fraction{rate_one, 2};
    Growing growing;
    growing.notional_per_size = 1'000'000;
    const SplitGain gain = split_gain(*compile(schedule, Scales{6, 0, 6}), Level::initial, growing, 50'000'000, 100);
    EXPECT_EQ(gain.one, gain.split * 5);
    EXPECT_EQ(gain.parts, (std::vector<SplitPart>{{500'000, 100}}));
}

}  // namespace
}  // namespace plimsoll
