// From data to flat tables. Every figure must fit the market's scales exactly: what does not is a finding, never rounded.
#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/validate.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace plimsoll {

namespace {

constexpr Wide int64_max = std::numeric_limits<std::int64_t>::max();

/// Collects findings while figures are brought to the scales of a market.
class Compiler {
public:
    Compiler(const Schedule& schedule, const Scales& scales) : schedule_(schedule), scales_(scales) {}

    Result<CompiledSchedule, Findings> run() {
        findings_ = check_structure(schedule_);
        check_scales();
        if (has_errors(findings_)) return fail(errors_only());
        out_.id = schedule_.id;
        out_.version = schedule_.version;
        out_.scales = scales_;
        compile_levels();
        compile_clamp();
        compile_caps();
        if (has_errors(findings_)) return fail(errors_only());
        for (const Level level : {Level::initial, Level::maintenance, Level::closeout})
            out_.plain_tables[static_cast<std::size_t>(level)] = PlainTable::of(out_, level);
        return std::move(out_);
    }

private:
    Findings errors_only() const {
        Findings errors;
        for (const Finding& f : findings_)
            if (f.severity == Severity::error) errors.push_back(f);
        return errors;
    }

    void error(std::string code, const std::string& where, std::string message, std::string cure) {
        findings_.push_back({Severity::error, std::move(code), schedule_.id + ": " + where, std::move(message), std::move(cure)});
    }

    void check_scales() {
        const bool fine = scales_.notional_digits >= 0 && scales_.notional_digits <= 27 && scales_.size_digits >= 0 &&
                          scales_.size_digits <= digits_max && scales_.amount_digits >= 0 && scales_.amount_digits <= digits_max &&
                          out_guard_digits() >= 0 && out_guard_digits() <= 27;
        if (!fine)
            error("scales-out-of-domain", "scales", "the market's digits are outside the declared domain",
                  "use at most 18 digits for size and settle asset and 27 for their notional");
    }
    int out_guard_digits() const { return scales_.notional_digits + rate_digits - scales_.amount_digits; }

    /// value at `digits`, exactly; a finding when it does not fit.
    Wide scaled(const Decimal& value, int digits, const std::string& where, Wide limit = notional_max) {
        if (value.digits > digits) {
            const Wide part = pow10(value.digits - digits);
            if (value.raw % part == 0 && abs(value.raw / part) <= limit) return value.raw / part;
            if (value.raw % part == 0) return beyond(value, digits, where, limit);
            error("too-many-decimals", where,
                  format_decimal_short(value.raw, value.digits) + " has more decimals than the " + std::to_string(digits) +
                      " that the market's scale holds",
                  "write fewer decimals or raise the market's digits");
            return 0;
        }
        if (abs(Wide{value.raw}) > limit / pow10(digits - value.digits)) return beyond(value, digits, where, limit);
        return value.raw * pow10(digits - value.digits);
    }
    Wide beyond(const Decimal& value, int digits, const std::string& where, Wide limit) {
        error("out-of-domain", where,
              format_decimal_short(value.raw, value.digits) + " is beyond the declared domain at " + std::to_string(digits) + " digits",
              "lower it; the largest figure is " + format_decimal_short(limit, digits));
        return 0;
    }

    int x_digits(const Axis& axis) const {
        if (axis.per != Per::nothing) return rate_digits;
        return axis.subject == Subject::own_size ? scales_.size_digits : scales_.notional_digits;
    }

    void compile_levels() {
        compile_level(Level::initial, schedule_.initial, "initial");
        compile_level(Level::maintenance, schedule_.maintenance, "maintenance");
        const bool own = !schedule_.closeout.terms.empty() || schedule_.closeout.of_initial;
        if (own) compile_level(Level::closeout, schedule_.closeout, "closeout");
        else out_.levels[2] = out_.levels[1];
    }

    void compile_level(Level which, const LevelRule& rule, const std::string& name) {
        CompiledLevel& level = out_.levels[static_cast<std::size_t>(which)];
        if (rule.of_initial) {
            level = out_.levels[0];
            level.derived = true;
            level.modulated = rule.modulated;
            level.factor = *rule.of_initial;
            return;
        }
        level.first_term = static_cast<std::uint32_t>(out_.terms.size());
        level.terms = static_cast<std::uint32_t>(rule.terms.size());
        level.combine = rule.combine;
        for (std::size_t i = 0; i < rule.terms.size(); ++i) compile_term(rule.terms[i], name + " term " + std::to_string(i + 1));
    }

    void compile_term(const Term& term, const std::string& where) {
        const Curve& curve = term.curve;
        CompiledTerm t;
        t.axis = term.axis;
        t.kind = curve.kind;
        t.application = term.application;
        t.edge = curve.kind == CurveKind::knots ? EdgeRule::lower_row : curve.edge;  // a line meets the next at its knot
        t.base = curve.base;
        t.step = curve.step;
        t.x_digits = x_digits(term.axis);
        t.slope = narrow64(scaled(curve.slope, digits_max, where + " slope", int64_max));
        t.factor = narrow64(scaled(curve.factor, digits_max, where + " factor", int64_max));
        t.origin = scaled(curve.origin, t.x_digits, where + " origin");
        t.width = scaled(curve.width, t.x_digits, where + " width");
        t.first_row = static_cast<std::uint32_t>(out_.rows.size());
        t.rows = static_cast<std::uint32_t>(curve.rows.size());
        for (std::size_t i = 0; i < curve.rows.size(); ++i) compile_row(t, curve.rows[i], where + " row " + std::to_string(i + 1));
        t.first_modulator = static_cast<std::uint32_t>(out_.modulators.size());
        t.modulators = static_cast<std::uint32_t>(term.modulators.size());
        for (std::size_t i = 0; i < term.modulators.size(); ++i)
            compile_modulator(term.modulators[i], where + " modulator " + std::to_string(i + 1));
        out_.terms.push_back(t);
    }

    void compile_row(const CompiledTerm& term, const Row& row, const std::string& where) {
        CompiledRow compiled;
        const Wide edge = scaled(row.from, term.x_digits, where);
        compiled.numerator = row.rate.numerator;
        compiled.denominator = row.rate.denominator;
        if (out_.rows.size() > term.first_row && !has_errors(findings_)) {
            const CompiledRow& last = out_.rows.back();
            const bool knots = term.kind == CurveKind::knots;
            compiled.carry =
                last.carry + (knots ? (edge - out_.edges.back()) * (last.numerator + compiled.numerator) : saving(edge, last, compiled));
        }
        out_.edges.push_back(edge);
        out_.rows.push_back(compiled);
    }

    /// edge * (rate of the row - rate of the row before), rounded down: what is saved is never overstated, so a sum is
    /// never below the exact one, and from row to row it never falls.
    static Wide saving(Wide edge, const CompiledRow& last, const CompiledRow& row) {
        const Wide rise = Wide{row.numerator} * last.denominator - Wide{last.numerator} * row.denominator;
        const Wide common = Wide{row.denominator} * last.denominator;
        return static_cast<Wide>(mul_div(static_cast<UWide>(edge), static_cast<UWide>(rise), static_cast<UWide>(common), Toward::down));
    }

    void compile_modulator(const Modulator& modulator, const std::string& where) {
        const bool bare = modulator.input == ModulatorInput::volatility || modulator.input == ModulatorInput::reserve_ratio;
        const int digits = bare ? rate_digits : scales_.notional_digits;
        const Wide from = scaled(modulator.from, digits, where + " from");
        const Wide to = scaled(modulator.to, digits, where + " to");
        CompiledModulator m;
        m.input = modulator.input;
        m.effect = modulator.effect;
        m.descending = from > to;
        m.start = from;
        m.span = abs(to - from);
        if (m.effect == ModulatorEffect::multiply) m.extra = modulator.multiplier.raw() - rate_one;
        out_.modulators.push_back(m);
    }

    void compile_clamp() {
        const Clamp& clamp = schedule_.clamp;
        out_.floor = clamp.floor;
        out_.cap_long = clamp.cap;
        out_.cap_short = clamp.cap_short.value_or(clamp.cap);
        // The minimum is stated in the settle asset; the guard grid is finer by guard_digits.
        const Wide limit = std::min<Wide>(amount_max.raw(), term_max / pow10(out_.guard_digits()));
        out_.minimum = scaled(clamp.minimum, scales_.amount_digits, "clamp minimum", limit) * pow10(out_.guard_digits());
    }

    void compile_caps() {
        const Caps& caps = schedule_.caps;
        const int digits = scales_.notional_digits;
        if (caps.position) out_.position_cap = scaled(*caps.position, digits, "caps position");
        if (caps.group) out_.group_cap = scaled(*caps.group, digits, "caps group");
        if (caps.open_interest) out_.open_interest_cap = scaled(*caps.open_interest, digits, "caps open_interest");
        if (caps.open_interest_market_cap) out_.market_cap_share = *caps.open_interest_market_cap;
        out_.leverage_caps_size = caps.leverage_caps_size;
    }

    const Schedule& schedule_;
    const Scales& scales_;
    CompiledSchedule out_;
    Findings findings_;
};

}  // namespace

Result<CompiledSchedule, Findings> compile(const Schedule& schedule, const Scales& scales) { return Compiler(schedule, scales).run(); }

}  // namespace plimsoll
