// The fast way to a requirement against the general evaluation, on schedules made to be plain and on schedules of every kind.
#include "plimsoll/schedule/evaluate.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::array levels{Level::initial, Level::maintenance, Level::closeout};

/// Keeps of a random schedule what is plain, and makes the rest so, most of the time.
Schedule plainer(ScheduleGenerator& make, Schedule s) {
    for (LevelRule* rule : {&s.initial, &s.maintenance, &s.closeout}) {
        if (rule->terms.empty()) continue;
        rule->terms.resize(1);
        Term& term = rule->terms.front();
        if ((term.curve.kind != CurveKind::brackets && term.curve.kind != CurveKind::flat) || make.chance(12)) continue;
        term.axis = {};
        const bool decimal = make.chance(2);
        for (Row& row : term.curve.rows)
            if (decimal) row.rate = {row.rate.numerator / row.rate.denominator, 1};
        if (term.modulators.size() > 1) term.modulators.resize(1);
        for (Modulator& m : term.modulators) {
            m.effect = ModulatorEffect::lift;
            m.multiplier = hundred_percent;
            if (make.chance(2)) m.input = make.pick({ModulatorInput::open_interest, ModulatorInput::side_open_interest});
        }
    }
    if (!make.chance(6)) s.clamp.floor = {};
    if (!make.chance(6)) s.clamp.cap = s.clamp.cap_short.emplace(Fraction::from_rate(rate_max));
    return s;
}

/// What of the ways in which a table can come about was asked.
struct Asked {
    std::int64_t decimal = 0, by_leverage = 0, flat = 0, part_of_initial = 0, lifted = 0;

    void add(const CompiledSchedule& schedule, Level level) {
        const CompiledLevel& rule = schedule.level(level);
        const CompiledTerm& term = schedule.terms[rule.first_term];
        bool fractions = false;
        for (std::uint32_t row = 0; row < term.rows; ++row) fractions |= rate_one % schedule.rows[term.first_row + row].denominator != 0;
        ++(rule.derived                              ? part_of_initial
           : term.kind == CurveKind::flat            ? flat
           : schedule.plain_table(level).is_lifted() ? lifted
           : fractions                               ? by_leverage
                                                     : decimal);
    }
};

/// An answer one unit off anywhere would be seen: every edge of the table with its neighbours is asked.
std::string disagreement(const CompiledSchedule& schedule, Level level, Question q, Asked& fast) {
    const PlainTable& plain = schedule.plain_table(level);
    std::vector<Wide> notionals{q.exposure.notional, Wide{plain.limit()} - 1, plain.limit()};
    const CompiledLevel& rule = schedule.level(level);
    for (std::uint32_t t = 0; t < rule.terms; ++t) {
        const CompiledTerm& term = schedule.terms[rule.first_term + t];
        for (std::uint32_t row = 0; row < term.rows; ++row)
            for (const int off : {-1, 0, 1}) notionals.push_back(schedule.edges[term.first_row + row] + off);
    }
    for (const Wide notional : notionals) {
        if (notional < 0 || notional > notional_max) continue;
        q.exposure.notional = q.exposure.group_notional = notional;
        if (plain.answers(static_cast<UWide>(notional)) && q.account == AccountTerms{}) fast.add(schedule, level);
        const Amount got = requirement(schedule, level, q.exposure, q.figures, q.account);
        const Amount want = requirement_general(schedule, level, q.exposure, q.figures, q.account);
        if (got != want)
            return "level " + std::to_string(static_cast<int>(level)) + " at " + format_decimal_short(notional, 0) + ": " +
                   std::to_string(got.raw()) + ", not " + std::to_string(want.raw());
    }
    return {};
}

TEST(PERF_002, a_plain_table_answers_as_the_general_evaluation) {
    Asked fast;
    for_cases([&](Random& random) -> std::string {
        ScheduleGenerator make(random);
        const Scales scales = make.scales();
        Schedule schedule = make.schedule(scales);
        if (!make.chance(4)) schedule = plainer(make, std::move(schedule));
        const auto compiled = compile(schedule, scales);
        if (!compiled) return {};
        Question q = make.question(schedule, scales);
        if (make.chance(2)) q.account = {};
        for (const Level level : levels) {
            const std::string wrong = disagreement(*compiled, level, q, fast);
            if (!wrong.empty()) return wrong;
        }
        return {};
    });
    for (const std::int64_t kind : {fast.decimal, fast.by_leverage, fast.flat, fast.part_of_initial, fast.lifted})
        EXPECT_GT(kind, cases() / 16);  // the fast way was really asked
    std::printf("asked the fast way: %lld decimal, %lld by leverage, %lld flat, %lld a part of initial, %lld lifted\n",
                static_cast<long long>(fast.decimal), static_cast<long long>(fast.by_leverage), static_cast<long long>(fast.flat),
                static_cast<long long>(fast.part_of_initial), static_cast<long long>(fast.lifted));
}

}  // namespace
}  // namespace plimsoll
