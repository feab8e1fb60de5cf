// Every finding that validation knows: what brings it about, where it points and what it says.
#include "plimsoll/schedule/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace plimsoll {
namespace {

constexpr Scales usd{8, 4, 6};

Decimal dec(std::string_view text) { return *parse_decimal_free(text); }
Fraction rate(std::string_view text) { return Fraction::from_rate(Rate::from_raw(*parse_decimal(text, rate_digits))); }

/// Two marginal brackets, maintenance at half of initial, a limit on open interest: nothing to find.
Schedule sound() {
    Schedule s;
    s.id = "btc-perp";
    Term term;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = {{dec("0"), rate("0.04")}, {dec("10000"), rate("0.0625")}};
    s.initial.terms = {term};
    s.maintenance.of_initial = rate("0.5");
    s.caps.open_interest = dec("50000000");
    return s;
}

Term table(std::vector<Row> rows, Application application = Application::marginal) {
    Term term;
    term.application = application;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = std::move(rows);
    return term;
}
Term flat(std::string_view r) {
    Term term;
    term.curve.base = rate(r);
    return term;
}
Curve& curve(Schedule& s) { return s.initial.terms[0].curve; }
void kind(Schedule& s, CurveKind k) {
    curve(s) = Curve{};
    curve(s).kind = k;
    curve(s).base = rate("0.05");
}
void modulator(Schedule& s, ModulatorInput input, ModulatorEffect effect, std::string_view from, std::string_view to,
               Rate multiplier = hundred_percent) {
    s.initial.terms[0].modulators.push_back({input, effect, dec(from), dec(to), multiplier});
}

struct Mistake {
    Severity severity;
    const char* code;
    const char* where;  // after "btc-perp: "
    std::function<void(Schedule&)> make;
};

constexpr Severity error = Severity::error;
constexpr Severity warning = Severity::warning;
constexpr Severity note = Severity::note;

const Mistake mistakes[] = {
    // levels
    {error, "level-empty", "initial", [](Schedule& s) { s.initial.terms.clear(); }},
    {error, "level-empty", "maintenance", [](Schedule& s) { s.maintenance.of_initial.reset(); }},
    {error, "level-derived-from-itself", "initial", [](Schedule& s) { s.initial.of_initial = rate("0.5"); }},
    {error, "level-twice", "maintenance", [](Schedule& s) { s.maintenance.terms = {flat("0.01")}; }},
    {error, "level-zero", "maintenance", [](Schedule& s) { s.maintenance.of_initial = rate("0"); }},
    {error, "maintenance-above-initial", "maintenance", [](Schedule& s) { s.maintenance.of_initial = rate("1.1"); }},
    {error, "too-many-terms", "initial", [](Schedule& s) { s.initial.terms.resize(5, flat("0.05")); }},
    // tables
    {error, "rows-missing", "initial term 1", [](Schedule& s) { curve(s).rows.clear(); }},
    {error, "rows-unused", "initial term 1", [](Schedule& s) { curve(s).kind = CurveKind::flat; }},
    {error, "too-many-rows", "initial term 1", [](Schedule& s) { curve(s).rows.resize(65); }},
    {error, "rows-gap-at-zero", "initial term 1 row 1", [](Schedule& s) { curve(s).rows[0].from = dec("1"); }},
    {error, "rows-out-of-order", "initial term 1 row 2", [](Schedule& s) { curve(s).rows[1].from = dec("0"); }},
    {error, "rates-not-monotone", "initial term 1 row 2", [](Schedule& s) { curve(s).rows[1].rate = rate("0.03"); }},
    {error, "rate-out-of-domain", "initial term 1 row 2", [](Schedule& s) { curve(s).rows[1].rate = {rate_max.raw() + 1, 1}; }},
    {error, "knot-not-decimal", "initial term 1 row 1",
     [](Schedule& s) {
         curve(s).kind = CurveKind::knots;
         curve(s).rows[0].rate = {rate_one, 75};
     }},
    // other curves
    {error, "slope-degenerate", "initial term 1 slope", [](Schedule& s) { kind(s, CurveKind::linear); }},
    {error, "width-degenerate", "initial term 1",
     [](Schedule& s) {
         kind(s, CurveKind::steps);
         curve(s).step = rate("0.01");
     }},
    {error, "step-not-decimal", "initial term 1 step",
     [](Schedule& s) {
         kind(s, CurveKind::steps);
         curve(s).step = {1, 3};
         curve(s).width = dec("1");
     }},
    {error, "factor-degenerate", "initial term 1 factor", [](Schedule& s) { kind(s, CurveKind::root); }},
    {error, "origin-negative", "initial term 1 origin",
     [](Schedule& s) {
         kind(s, CurveKind::linear);
         curve(s).slope = dec("0.1");
         curve(s).origin = dec("-1");
     }},
    {error, "decimal-out-of-domain", "initial term 1 slope", [](Schedule& s) { curve(s).slope = {1, 19}; }},
    // axes
    {error, "axis-degenerate", "initial term 1",
     [](Schedule& s) { s.initial.terms[0].axis = {Subject::side_open_interest, Per::side_open_interest}; }},
    {error, "axis-mixes-units", "initial term 1", [](Schedule& s) { s.initial.terms[0].axis = {Subject::own_size, Per::depth}; }},
    {error, "axis-not-sliceable", "initial term 1",
     [](Schedule& s) { s.initial.terms[0].axis = {Subject::side_open_interest, Per::nothing}; }},
    // modulators
    {error, "too-many-modulators", "initial term 1",
     [](Schedule& s) {
         for (int i = 0; i < 5; ++i) modulator(s, ModulatorInput::skew, ModulatorEffect::lift, "1", "2");
     }},
    {error, "ramp-degenerate", "initial term 1 modulator 1",
     [](Schedule& s) { modulator(s, ModulatorInput::skew, ModulatorEffect::lift, "5", "5"); }},
    {error, "ramp-negative", "initial term 1 modulator 1",
     [](Schedule& s) { modulator(s, ModulatorInput::skew, ModulatorEffect::lift, "-1", "5"); }},
    {error, "ramp-wrong-way", "initial term 1 modulator 1",
     [](Schedule& s) { modulator(s, ModulatorInput::skew, ModulatorEffect::lift, "5", "1"); }},
    {error, "ramp-wrong-way", "initial term 1 modulator 1",
     [](Schedule& s) { modulator(s, ModulatorInput::reserve_ratio, ModulatorEffect::lift, "0.5", "1"); }},
    {error, "multiplier-out-of-domain", "initial term 1 modulator 1",
     [](Schedule& s) { modulator(s, ModulatorInput::skew, ModulatorEffect::multiply, "1", "5"); }},
    // clamps and caps
    {error, "cap-zero", "clamp cap", [](Schedule& s) { s.clamp.cap = rate("0"); }},
    {error, "cap-zero", "caps open_interest", [](Schedule& s) { s.caps.open_interest = dec("0"); }},
    {error, "cap-zero", "caps open_interest_market_cap", [](Schedule& s) { s.caps.open_interest_market_cap = rate("0"); }},
    {error, "cap-short-below-cap", "clamp cap_short", [](Schedule& s) { s.clamp.cap_short = rate("0.5"); }},
    {error, "floor-above-cap", "clamp floor", [](Schedule& s) { s.clamp.floor = rate("1.5"); }},
    {error, "minimum-negative", "clamp minimum", [](Schedule& s) { s.clamp.minimum = dec("-1"); }},
    // the market's scales
    {error, "too-many-decimals", "initial term 1 row 2", [](Schedule& s) { curve(s).rows[1].from = dec("0.000000001"); }},
    {error, "out-of-domain", "clamp minimum", [](Schedule& s) { s.clamp.minimum = dec("2000000000000"); }},
    // levels against each other
    {error, "maintenance-above-initial", "maintenance, maintenance term 1 row 2",
     [](Schedule& s) {
         s.maintenance = {{table({{dec("0"), rate("0.02")}, {dec("20000"), rate("0.2")}}, Application::whole)}, Combine::max, {}, true};
     }},
    {error, "closeout-below-maintenance", "maintenance, initial term 1 row 1", [](Schedule& s) { s.closeout.of_initial = rate("0.4"); }},
    {error, "closeout-above-initial", "closeout, closeout term 1", [](Schedule& s) { s.closeout.terms = {flat("0.05")}; }},
    {error, "level-empty", "closeout", [](Schedule& s) { s.closeout.combine = Combine::sum; }},
    {warning, "maintenance-equals-initial", "maintenance, initial term 1 row 2", [](Schedule& s) { s.maintenance.of_initial = rate("1"); }},
    // units
    {error, "margin-free", "initial term 1 row 1", [](Schedule& s) { curve(s).rows[0].rate = {}; }},
    {warning, "units-implausible", "initial term 1 row 1", [](Schedule& s) { curve(s).rows[0].rate = rate("0.0002"); }},
    {warning, "units-implausible", "initial term 1 row 1", [](Schedule& s) { curve(s).rows = {{dec("0"), rate("4")}}; }},
    {warning, "units-implausible", "maintenance term 1", [](Schedule& s) { s.maintenance = {{flat("0.0001")}, Combine::max, {}, true}; }},
    {warning, "slope-too-steep", "initial term 1 slope",
     [](Schedule& s) {
         kind(s, CurveKind::linear);
         curve(s).slope = dec("1");
     }},
    {warning, "slope-without-effect", "initial term 1 slope",
     [](Schedule& s) {
         kind(s, CurveKind::linear);
         curve(s).slope = dec("0.000000000000001");
         s.caps.position = dec("1000");
     }},
    // what never takes effect
    {warning, "row-unreachable", "initial term 1 row 2", [](Schedule& s) { s.caps.position = dec("10000"); }},
    {warning, "rate-above-cap", "initial term 1 row 2", [](Schedule& s) { curve(s).rows[1].rate = rate("1.5"); }},
    {warning, "ramp-unreachable", "initial term 1 modulator 1",
     [](Schedule& s) { modulator(s, ModulatorInput::open_interest, ModulatorEffect::lift, "50000000", "60000000"); }},
    {warning, "caps-out-of-order", "caps position", [](Schedule& s) { s.caps.position = dec("60000000"); }},
    {warning, "leverage-cap-without-table", "caps leverage_caps_size",
     [](Schedule& s) {
         kind(s, CurveKind::flat);
         s.caps.leverage_caps_size = true;
     }},
    {warning, "minimum-above-limit", "clamp minimum",
     [](Schedule& s) {
         s.clamp.minimum = dec("20000");
         s.caps.position = dec("20000");
     }},
    // worth knowing
    {note, "no-hard-limit", "caps", [](Schedule& s) { s.caps.open_interest.reset(); }},
    {note, "jump", "initial term 1 row 2", [](Schedule& s) { s.initial.terms[0].application = Application::whole; }},
    {note, "jump", "initial term 1 step 2",
     [](Schedule& s) {
         kind(s, CurveKind::steps);
         curve(s).step = rate("0.01");
         curve(s).width = dec("100");
         s.initial.terms[0].application = Application::whole;
     }},
};

TEST(SCHED_006, a_sound_schedule_gives_no_finding) { EXPECT_THAT(validate(sound(), usd), testing::IsEmpty()); }

TEST(SCHED_006, every_mistake_is_found_at_its_row) {
    for (const Mistake& mistake : mistakes) {
        Schedule schedule = sound();
        mistake.make(schedule);
        const Findings findings = validate(schedule, usd);
        const auto hit = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) {
            return f.severity == mistake.severity && f.code == mistake.code && f.where == std::string("btc-perp: ") + mistake.where;
        });
        std::string said;
        for (const Finding& f : findings) said += "\n  " + to_string(f);
        EXPECT_NE(hit, findings.end()) << mistake.code << " (" << mistake.where << ") is not among" << (said.empty() ? " nothing" : said);
        for (const Finding& f : findings) {
            EXPECT_FALSE(f.message.empty()) << f.code;
            EXPECT_FALSE(f.cure.empty()) << f.code;
        }
    }
}

TEST(SCHED_006, all_findings_come_in_one_report) {
    Schedule schedule = sound();
    curve(schedule).rows[1].rate = rate("0.03");
    schedule.maintenance.of_initial.reset();
    schedule.caps.open_interest = dec("0");
    std::set<std::string> codes;
    for (const Finding& f : validate(schedule, usd)) codes.insert(f.code);
    EXPECT_THAT(codes, testing::ElementsAre("cap-zero", "level-empty", "rates-not-monotone"));
}

std::string first(const Schedule& schedule, std::string_view code) {
    for (const Finding& f : validate(schedule, usd))
        if (f.code == code) return to_string(f);
    return "no " + std::string(code);
}

TEST(SCHED_006, a_finding_says_what_holds_in_figures_and_what_to_do) {
    Schedule schedule = sound();
    schedule.maintenance = {{table({{dec("0"), rate("0.02")}, {dec("20000"), rate("0.2")}}, Application::whole)}, Combine::max, {}, true};
    EXPECT_EQ(
        first(schedule, "maintenance-above-initial"),
        "error maintenance-above-initial (btc-perp: maintenance, maintenance term 1 row 2): at a notional of 20000.00000001, size 20000 "
        "in a calm market maintenance asks 4000.000001, initial 1025.000001: maintenance asks more than initial: a position could be "
        "opened and "
        "liquidated at once; lower maintenance or raise initial there");
    EXPECT_EQ(first(schedule, "jump"), "note jump (btc-perp: maintenance term 1 row 2): crossing a notional of 20000 raises maintenance "
                                       "margin from 400 to 4000.000001 (10 times); "
                                       "apply the table marginally for a margin without cliffs");
    schedule = sound();
    curve(schedule).rows[0].rate = rate("0.0002");
    EXPECT_EQ(first(schedule, "units-implausible"), "warning units-implausible (btc-perp: initial term 1 row 1): an initial rate of 0.02 % "
                                                    "means a leverage of 5000x; check the unit: 5 % is written \"0.05\"");
}

}  // namespace
}  // namespace plimsoll
