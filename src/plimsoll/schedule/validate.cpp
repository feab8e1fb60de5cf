// What a schedule means once it is compiled for a market: its levels against each other, its units, its cliffs, and what
// in it can never take effect. What it must look like to be compiled at all is check_structure.cpp.
#include "plimsoll/schedule/validate.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/jumps.hpp"
#include "plimsoll/schedule/probes.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace plimsoll {

namespace {

constexpr std::array level_names{"initial", "maintenance", "closeout"};

class Meaning {
public:
    Meaning(const Schedule& schedule, const CompiledSchedule& compiled) : schedule_(schedule), compiled_(compiled) {}

    Findings run() {
        compare_levels();
        leverage(Level::initial);
        leverage(Level::maintenance);
        for (const auto* rule : {&schedule_.initial, &schedule_.maintenance, &schedule_.closeout})
            for (std::size_t i = 0; i < rule->terms.size(); ++i) term(rule->terms[i], name_of(*rule) + " term " + std::to_string(i + 1));
        limits();
        cliffs();
        return std::move(findings_);
    }

private:
    void add(Severity severity, std::string code, const std::string& where, std::string message, std::string cure) {
        findings_.push_back({severity, std::move(code), schedule_.id + ": " + where, std::move(message), std::move(cure)});
    }

    std::string name_of(const LevelRule& rule) const {
        return &rule == &schedule_.initial ? "initial" : &rule == &schedule_.maintenance ? "maintenance" : "closeout";
    }

    // ---- words ----
    std::string notional_text(Wide raw) const { return format_decimal_short(raw, compiled_.scales.notional_digits); }
    std::string amount_text(Wide exact) const {
        return format_decimal_short(round_requirement(compiled_, exact).raw(), compiled_.scales.amount_digits);
    }
    static std::string percent(Wide rate) { return format_percent(Rate::narrow(std::min<Wide>(rate, Rate::max().raw()))); }
    static std::string times(Wide after, Wide before) {
        return format_decimal_short(static_cast<Wide>(mul_div(static_cast<UWide>(after), 100, static_cast<UWide>(before), Toward::down,
                                                              static_cast<UWide>(wide_max))),
                                    2);
    }
    static std::string figure_text(const Axis& axis, Wide raw, int digits) {
        static constexpr std::array subjects{"a size of ", "a notional of ", "a group notional of ", "a side's open interest of "};
        static constexpr std::array divisors{"", " times the depth", " times the daily volume", " of the side's open interest"};
        return subjects[static_cast<std::size_t>(axis.subject)] + format_decimal_short(raw, digits) +
               divisors[static_cast<std::size_t>(axis.per)];
    }
    std::string probe_text(const Probe& p) const {
        std::string text = "at a notional of " + notional_text(p.exposure.notional) + ", size " +
                           format_decimal_short(p.exposure.size, compiled_.scales.size_digits);
        if (p.exposure.group_notional != p.exposure.notional) text += ", group " + notional_text(p.exposure.group_notional);
        return text + (p.strained ? " in a strained market" : " in a calm market");
    }

    /// The term and row that decide at a probe.
    std::string deciding(Level level, const Trace& trace) const {
        const CompiledLevel& l = compiled_.level(level);
        const CompiledTerm& term = compiled_.terms[l.first_term + trace.binding_term];
        std::string text = std::string(l.derived ? "initial" : level_names[static_cast<std::size_t>(level)]) + " term " +
                           std::to_string(trace.binding_term + 1);
        if (term.rows > 0) text += " row " + std::to_string(trace.terms[trace.binding_term].row + 1);
        return text;
    }

    // ---- levels against each other ----
    struct Pair {
        Level lower, upper;
        const char* above;
        const char* message;
        const char* cure;
    };

    void compare_levels() {
        static constexpr std::array pairs{
            Pair{Level::maintenance, Level::initial, "maintenance-above-initial",
                 "maintenance asks more than initial: a position could be opened and liquidated at once",
                 "lower maintenance or raise initial there"},
            Pair{Level::maintenance, Level::closeout, "closeout-below-maintenance",
                 "close-out asks less than maintenance: a liquidation would stop where another begins",
                 "raise close-out to at least maintenance"},
            Pair{Level::closeout, Level::initial, "closeout-above-initial",
                 "close-out asks more than initial: a liquidation would go on below what a new position needs",
                 "lower close-out to at most initial"},
        };
        const std::vector<Probe> all = probes(compiled_);
        for (const Pair& pair : pairs) {
            std::set<std::string> named;
            for (const Probe& probe : all) compare(pair, probe, named);
        }
    }

    void compare(const Pair& pair, const Probe& probe, std::set<std::string>& named) {
        Trace trace;
        const Wide lower = requirement_exact(compiled_, pair.lower, probe.exposure, probe.figures, {}, &trace);
        const Wide upper = requirement_exact(compiled_, pair.upper, probe.exposure, probe.figures, {});
        const bool whole = trace.binding != Binding::term || lower >= probe.exposure.notional * rate_one;  // a clamp or the whole notional
        const bool level_with = pair.upper == Level::initial && pair.lower == Level::maintenance && lower == upper && !whole;
        if (lower <= upper && !level_with) return;
        const std::string where = std::string(level_names[static_cast<std::size_t>(pair.lower)]) + ", " + deciding(pair.lower, trace);
        if (!named.insert((level_with ? "=" : ">") + where).second) return;
        const std::string figures = probe_text(probe) + " " + level_names[static_cast<std::size_t>(pair.lower)] + " asks " +
                                    amount_text(lower) + ", " + level_names[static_cast<std::size_t>(pair.upper)] + " " +
                                    amount_text(upper);
        if (level_with)
            add(Severity::warning, "maintenance-equals-initial", where, figures + ": the first adverse move liquidates",
                "keep maintenance below initial");
        else add(Severity::error, pair.above, where, figures + ": " + pair.message, pair.cure);
    }

    // ---- units ----
    /// The rate of a small position: one unit of the settle asset, in a calm market.
    void leverage(Level level) {
        const Wide one = pow10(compiled_.scales.notional_digits);
        Exposure exposure{one, 1, one, false};
        MarketFigures calm;
        calm.depth = calm.daily_volume = calm.open_interest_long = notional_max;
        calm.reserve_ratio = Rate::max();
        const CompiledLevel& l = compiled_.level(level);
        const bool shares = std::any_of(
            compiled_.terms.begin() + l.first_term, compiled_.terms.begin() + l.first_term + l.terms,
            [](const CompiledTerm& t) { return t.axis.subject == Subject::side_open_interest || t.axis.per == Per::side_open_interest; });
        if (!shares) calm.open_interest_long = 0;
        Trace trace;
        const Wide exact = requirement_exact(compiled_, level, exposure, calm, {}, &trace);
        if (trace.binding == Binding::minimum) return;  // what is this small is carried by the least amount
        const Wide rate = divide(exact, one, Round::ceil);
        const std::string where = deciding(level, trace);
        const std::string name = level_names[static_cast<std::size_t>(level)];
        if (exact == 0)
            add(Severity::error, "margin-free", where, "a position of 1 needs no " + name + " margin at all",
                "give the first row a rate above 0, a floor or a minimum");
        else if (rate < rate_one / 1000 && level == Level::initial)
            add(Severity::warning, "units-implausible", where,
                "an initial rate of " + percent(rate) + " means a leverage of " +
                    std::to_string(static_cast<std::int64_t>(rate_one / rate)) + "x",
                "check the unit: 5 % is written \"0.05\"");
        else if (rate < rate_one / 5000 && level == Level::maintenance)
            add(Severity::warning, "units-implausible", where,
                "a maintenance rate of " + percent(rate) + " is less than one price step of most markets",
                "check the unit: 0.5 % is written \"0.005\"");
        else if (rate >= rate_one && trace.combined >= 2 * one * rate_one)
            add(Severity::warning, "units-implausible", where,
                "the smallest position already asks " + percent(divide(trace.combined, one, Round::ceil)) + " of its notional",
                "check the unit: 5 % is written \"0.05\"");
    }

    // ---- terms ----
    static bool less_decimal(const Decimal& a, const Decimal& b) { return Wide{a.raw} * pow10(b.digits) < Wide{b.raw} * pow10(a.digits); }
    static std::string text(const Decimal& d) { return format_decimal_short(d.raw, d.digits); }

    /// The hard limit beyond which this axis never goes.
    const std::optional<Decimal>& limit_of(const Axis& axis) const {
        static const std::optional<Decimal> none;
        if (axis.per != Per::nothing) return none;
        switch (axis.subject) {
            case Subject::own_size: return none;
            case Subject::own_notional: return schedule_.caps.position;
            case Subject::group_notional: return schedule_.caps.group;
            case Subject::side_open_interest: return schedule_.caps.open_interest;
        }
        return none;
    }

    void term(const Term& t, const std::string& where) {
        const Curve& c = t.curve;
        const std::optional<Decimal>& limit = limit_of(t.axis);
        for (std::size_t i = 1; limit && i < c.rows.size(); ++i)
            if (!less_decimal(c.rows[i].from, *limit))
                add(Severity::warning, "row-unreachable", where + " row " + std::to_string(i + 1),
                    "starts at " + text(c.rows[i].from) + ", at or beyond the hard limit of " + text(*limit),
                    "drop the row or raise the limit");
        const Fraction cap = schedule_.clamp.cap_short.value_or(schedule_.clamp.cap);
        for (std::size_t i = 0; i < c.rows.size(); ++i)
            if (less(cap, c.rows[i].rate))
                add(Severity::warning, "rate-above-cap", where + " row " + std::to_string(i + 1),
                    "its rate of " + percent(rate_of(c.rows[i].rate)) + " is above the cap of " + percent(rate_of(cap)),
                    "lower the rate or raise the cap");
        slope(t, where);
        for (std::size_t i = 0; i < t.modulators.size(); ++i) ramp(t.modulators[i], where + " modulator " + std::to_string(i + 1));
    }

    static Wide rate_of(Fraction f) { return divide(Wide{f.numerator}, f.denominator, Round::ceil); }

    /// What a slope adds, in 10^-9, `over` units of x beyond its origin.
    static Wide added(const Curve& c, const Decimal& over) {
        const UWide most = static_cast<UWide>(rate_max.raw());
        const Wide slope18 = Wide{c.slope.raw} * pow10(digits_max - c.slope.digits);
        return static_cast<Wide>(mul_div(static_cast<UWide>(slope18), static_cast<UWide>(over.raw),
                                         static_cast<UWide>(pow10(over.digits + rate_digits)), Toward::down, most));
    }

    void slope(const Term& t, const std::string& where) {
        const Curve& c = t.curve;
        if (c.kind != CurveKind::linear) return;
        if (c.slope.digits <= digits_max && added(c, {1, 0}) >= rate_one && t.axis.per == Per::nothing)
            add(Severity::warning, "slope-too-steep", where + " slope", "one unit of x adds 100 %: the cap is reached by dust",
                "check the unit: the slope is the rate that one unit of x adds");
        const std::optional<Decimal>& limit = limit_of(t.axis);
        if (limit && added(c, *limit) == 0)
            add(Severity::warning, "slope-without-effect", where + " slope",
                "up to the hard limit of " + text(*limit) + " it adds less than 0.0000001 %",
                "check the unit: the slope is the rate that one unit of x adds");
    }

    void ramp(const Modulator& m, const std::string& where) {
        const bool interest =
            m.input == ModulatorInput::open_interest || m.input == ModulatorInput::side_open_interest || m.input == ModulatorInput::skew;
        const std::optional<Decimal>& limit = schedule_.caps.open_interest;
        if (interest && limit && !less_decimal(m.from, *limit))
            add(Severity::warning, "ramp-unreachable", where,
                "begins at " + text(m.from) + ", at or beyond the open-interest limit of " + text(*limit), "begin it below the limit");
    }

    // ---- hard limits ----
    void limits() {
        const Caps& caps = schedule_.caps;
        const auto above = [&](const std::optional<Decimal>& a, const char* name_a, const std::optional<Decimal>& b, const char* name_b) {
            if (a && b && less_decimal(*b, *a))
                add(Severity::warning, "caps-out-of-order", std::string("caps ") + name_a,
                    text(*a) + " is above the " + name_b + " limit of " + text(*b) + ", which binds first", "lower it or leave it out");
        };
        above(caps.position, "position", caps.group, "group");
        above(caps.position, "position", caps.open_interest, "open_interest");
        above(caps.group, "group", caps.open_interest, "open_interest");
        if (!caps.position && !caps.group && !caps.open_interest && !caps.open_interest_market_cap)
            add(Severity::note, "no-hard-limit", "caps", "nothing but margin bounds a position",
                "consider a limit on the open interest of a side");
        const bool table = std::any_of(schedule_.initial.terms.begin(), schedule_.initial.terms.end(),
                                       [](const Term& t) { return t.axis == Axis{} && t.curve.kind == CurveKind::brackets; });
        if (caps.leverage_caps_size && !table)
            add(Severity::warning, "leverage-cap-without-table", "caps leverage_caps_size",
                "no initial bracket table over own notional says which size a leverage ends at", "add the table or drop the setting");
        if (caps.position && !less_decimal(schedule_.clamp.minimum, *caps.position))
            add(Severity::warning, "minimum-above-limit", "clamp minimum",
                "the least amount of " + text(schedule_.clamp.minimum) + " is the whole of the largest position", "lower it");
    }

    // ---- cliffs ----
    void cliffs() {
        for (const Level level : {Level::initial, Level::maintenance, Level::closeout}) {
            const CompiledLevel& l = compiled_.level(level);
            const bool shared = l.derived || (level == Level::closeout && schedule_.closeout.terms.empty());
            if (shared) continue;  // its jumps are those of the level it follows
            std::uint32_t stepped = 0;  // the first step stands for the others
            for (const Jump& jump : jumps(compiled_, level)) {
                const bool steps = compiled_.terms[l.first_term + jump.term - 1].kind == CurveKind::steps;
                if (!steps || stepped != jump.term) cliff(jump, steps);
                if (steps) stepped = jump.term;
            }
        }
    }

    void cliff(const Jump& jump, bool steps) {
        const CompiledTerm& term = compiled_.terms[compiled_.level(jump.level).first_term + jump.term - 1];
        const std::string name = level_names[static_cast<std::size_t>(jump.level)];
        const std::string where = name + " term " + std::to_string(jump.term) + (steps ? " step " : " row ") + std::to_string(jump.row);
        std::string message = "crossing " + figure_text(jump.axis, jump.at, jump.x_digits) + " raises ";
        message += jump.in_rates ? "the rate from " + percent(jump.before) + " to " + percent(jump.after)
                                 : name + " margin from " + amount_text(jump.before) + " to " + amount_text(jump.after);
        if (jump.before > 0) message += " (" + times(jump.after, jump.before) + " times)";
        if (steps) message += ", and so does every further " + format_decimal_short(term.width, jump.x_digits);
        add(Severity::note, "jump", where, message, "apply the table marginally for a margin without cliffs");
    }

    const Schedule& schedule_;
    const CompiledSchedule& compiled_;
    Findings findings_;
};

}  // namespace

Findings validate(const Schedule& schedule, const Scales& scales) {
    const auto compiled = compile(schedule, scales);
    if (!compiled) return compiled.error();
    return Meaning(schedule, *compiled).run();
}

}  // namespace plimsoll
