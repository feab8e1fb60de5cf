// The findings without which a schedule cannot be evaluated.
#include "plimsoll/schedule/validate.hpp"

#include "plimsoll/money/limits.hpp"

#include <limits>
#include <string>
#include <utility>

namespace plimsoll {

namespace {

// A leverage of up to 1000.00 as a fraction: numerator 10^11 keeps notional * numerator inside 128 bits.
constexpr std::int64_t numerator_max = 100'000'000'000;
constexpr std::int64_t denominator_max = 1'000'000'000;

class Structure {
public:
    explicit Structure(const Schedule& schedule) : schedule_(schedule) {}

    Findings run() {
        level(schedule_.initial, "initial", true);
        level(schedule_.maintenance, "maintenance", false);
        // Absent is one thing, and a rule that says how to combine nothing another: it could not be read back.
        if (!(schedule_.closeout == LevelRule{})) level(schedule_.closeout, "closeout", false);
        clamp();
        caps();
        return std::move(findings_);
    }

private:
    void error(std::string code, const std::string& where, std::string message, std::string cure) {
        findings_.push_back({Severity::error, std::move(code), schedule_.id + ": " + where, std::move(message), std::move(cure)});
    }

    bool rate(Fraction f, const std::string& where) {
        const bool fine = f.denominator >= 1 && f.denominator <= denominator_max && f.numerator >= 0 && f.numerator <= numerator_max &&
                          !less(Fraction::from_rate(rate_max), f);
        if (!fine) error("rate-out-of-domain", where, "a rate lies between 0 and 10 (1000 %)", "check the unit: 5 % is written \"0.05\"");
        return fine;
    }

    /// Beyond these digits a decimal is no figure of ours and cannot even be compared.
    bool decimal(const Decimal& d, const std::string& where) {
        const bool fine = d.digits >= 0 && d.digits <= digits_max && d.raw > std::numeric_limits<std::int64_t>::min();
        if (!fine) error("decimal-out-of-domain", where, "a decimal has 0 to 18 decimals and 18 digits", "write fewer digits");
        return fine;
    }

    void level(const LevelRule& rule, const std::string& name, bool is_initial) {
        if (rule.of_initial) {
            if (is_initial) error("level-derived-from-itself", name, "the initial level cannot be a fraction of itself", "give it terms");
            if (!rule.terms.empty()) error("level-twice", name, "the level has terms and is a fraction of initial", "keep one of the two");
            if (rate(*rule.of_initial, name + " of_initial") && rule.of_initial->numerator == 0)
                error("level-zero", name, "a level of 0 times initial asks nothing", "give a fraction above 0");
            if (less(Fraction::from_rate(hundred_percent), *rule.of_initial))
                error("maintenance-above-initial", name, "the level is more than the whole of initial", "give a fraction of at most 1");
            return;
        }
        if (rule.terms.empty()) error("level-empty", name, "the level has no term", "give at least one term or of_initial");
        if (rule.terms.size() > terms_max)
            error("too-many-terms", name, std::to_string(rule.terms.size()) + " terms, at most " + std::to_string(terms_max) + " are held",
                  "merge terms");
        for (std::size_t i = 0; i < rule.terms.size(); ++i) term(rule.terms[i], name + " term " + std::to_string(i + 1));
    }

    void term(const Term& t, const std::string& where) {
        curve(t.curve, where);
        if (t.axis.per == Per::side_open_interest && t.axis.subject == Subject::side_open_interest)
            error("axis-degenerate", where, "open interest divided by itself is always 1", "choose another axis");
        if (t.axis.per != Per::nothing && t.axis.subject == Subject::own_size)
            error("axis-mixes-units", where, "market figures are notionals and the subject is a size", "use own_notional");
        if (t.application == Application::marginal && t.axis.subject == Subject::side_open_interest)
            error("axis-not-sliceable", where, "a position has no slices of the side's open interest",
                  "apply the curve to the whole position");
        if (t.modulators.size() > modulators_max)
            error("too-many-modulators", where,
                  std::to_string(t.modulators.size()) + " modulators, at most " + std::to_string(modulators_max) + " are held",
                  "merge modulators");
        for (std::size_t i = 0; i < t.modulators.size(); ++i) modulator(t.modulators[i], where + " modulator " + std::to_string(i + 1));
    }

    void curve(const Curve& c, const std::string& where) {
        rate(c.base, where + " base");
        rate(c.step, where + " step");
        for (const auto& [figure, name] : {std::pair{c.slope, " slope"}, {c.origin, " origin"}, {c.width, " width"}, {c.factor, " factor"}})
            decimal(figure, where + name);
        if (c.origin.raw < 0) error("origin-negative", where + " origin", "the base cannot end below size 0", "write 0 or more");
        if (c.kind == CurveKind::linear && c.slope.raw <= 0)
            error("slope-degenerate", where + " slope", "a linear curve needs a slope above 0",
                  "use a flat curve or give the slope per unit of x");
        if (c.kind == CurveKind::steps && (c.width.raw <= 0 || c.step.numerator <= 0))
            error("width-degenerate", where, "steps need a width and a step above 0", "a width of 0 is no scaling but a mistake");
        if (c.kind == CurveKind::steps && (c.step.denominator != 1))
            error("step-not-decimal", where + " step", "the step is no multiple of 10^-9", "write the step as a decimal");
        const bool power = c.kind == CurveKind::root || c.kind == CurveKind::power_four_fifths;
        if (power && c.factor.raw <= 0)
            error("factor-degenerate", where + " factor", "a factor of 0 switches the curve off", "give a factor above 0 or drop the term");
        const bool table = c.kind == CurveKind::brackets || c.kind == CurveKind::knots;
        if (table) rows(c, where);
        else if (!c.rows.empty()) error("rows-unused", where, "this kind of curve has no rows", "use brackets or knots");
    }

    void rows(const Curve& c, const std::string& where) {
        if (c.rows.empty()) return error("rows-missing", where, "a table needs rows", "give at least one row from 0");
        if (c.rows.size() > rows_max)
            return error("too-many-rows", where, std::to_string(c.rows.size()) + " rows, at most " + std::to_string(rows_max) + " are held",
                         "merge rows");
        if (c.rows.front().from.raw != 0 && decimal(c.rows.front().from, where + " row 1"))
            error("rows-gap-at-zero", where + " row 1",
                  "the first row starts at " + text(c.rows.front().from) + ", what lies below has no rate", "start the first row at 0");
        for (std::size_t i = 0; i < c.rows.size(); ++i) {
            const std::string row = where + " row " + std::to_string(i + 1);
            if (!decimal(c.rows[i].from, row)) return;  // what follows compares with it
            if (!rate(c.rows[i].rate, row)) continue;
            if (c.kind == CurveKind::knots && c.rows[i].rate.denominator != 1)
                error("knot-not-decimal", row, "the rate of a knot is no multiple of 10^-9", "write it as a decimal");
            if (i == 0) continue;
            const Row& last = c.rows[i - 1];
            if (!before(last.from, c.rows[i].from))
                error("rows-out-of-order", row,
                      "starts at " + text(c.rows[i].from) + ", not above " + text(last.from) + " where the row before starts",
                      "sort the rows and drop overlaps");
            if (less(c.rows[i].rate, last.rate))
                error("rates-not-monotone", row, "its rate is below the rate of the row before",
                      "a larger position never asks a lower rate");
        }
    }

    void modulator(const Modulator& m, const std::string& where) {
        if (!decimal(m.from, where + " from") || !decimal(m.to, where + " to")) return;
        if (!before(m.from, m.to) && !before(m.to, m.from))
            error("ramp-degenerate", where, "from equals to, the ramp has no width", "give two different figures");
        if (m.from.raw < 0 || m.to.raw < 0) error("ramp-negative", where, "a ramp cannot start or end below 0", "write 0 or more");
        const bool descending = before(m.to, m.from);
        if ((m.input == ModulatorInput::reserve_ratio) != descending)
            error("ramp-wrong-way", where,
                  m.input == ModulatorInput::reserve_ratio ? "margin must rise as the reserve falls"
                                                           : "margin must not fall as the input rises",
                  "swap from and to");
        if (m.effect == ModulatorEffect::multiply && (m.multiplier <= hundred_percent || m.multiplier > multiplier_max))
            error("multiplier-out-of-domain", where, "a multiplier lies above 1 and at most at 100",
                  "write \"1.5\" for half as much again");
    }

    void clamp() {
        const Clamp& c = schedule_.clamp;
        rate(c.floor, "clamp floor");
        if (rate(c.cap, "clamp cap") && c.cap.numerator == 0)
            error("cap-zero", "clamp cap", "a cap of 0 asks nothing", "leave it out for 100 %");
        if (c.cap_short && rate(*c.cap_short, "clamp cap_short") && less(*c.cap_short, c.cap))
            error("cap-short-below-cap", "clamp cap_short", "a short may lose more than a long, not less", "give at least the cap");
        if (less(c.cap, c.floor)) error("floor-above-cap", "clamp floor", "the floor is above the cap", "lower the floor");
        if (decimal(c.minimum, "clamp minimum") && c.minimum.raw < 0)
            error("minimum-negative", "clamp minimum", "the least amount is below 0", "write 0 or more");
    }

    void caps() {
        const auto positive = [&](const std::optional<Decimal>& cap, const char* where) {
            if (cap && decimal(*cap, where) && cap->raw <= 0)
                error("cap-zero", where, "a cap of 0 means nobody may trade, not that there is no cap", "leave the line out for no cap");
        };
        positive(schedule_.caps.position, "caps position");
        positive(schedule_.caps.group, "caps group");
        positive(schedule_.caps.open_interest, "caps open_interest");
        if (const auto& share = schedule_.caps.open_interest_market_cap;
            share && rate(*share, "caps open_interest_market_cap") && share->numerator == 0)
            error("cap-zero", "caps open_interest_market_cap", "a cap of 0 means nobody may trade", "leave the line out for no cap");
    }

    static std::string text(const Decimal& d) { return format_decimal_short(d.raw, d.digits); }
    static bool before(const Decimal& a, const Decimal& b) { return Wide{a.raw} * pow10(b.digits) < Wide{b.raw} * pow10(a.digits); }

    const Schedule& schedule_;
    Findings findings_;
};

}  // namespace

Findings check_structure(const Schedule& schedule) { return Structure(schedule).run(); }

}  // namespace plimsoll
