#include "plimsoll/cli/explanation.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <array>

namespace plimsoll::cli {

namespace {

constexpr std::array level_words{"initial", "maintenance", "closeout"};
constexpr std::array curve_words{"flat", "linear", "steps", "brackets", "root", "power-four-fifths", "knots"};
constexpr std::array subject_words{"own-size", "own-notional", "group-notional", "side-open-interest"};
constexpr std::array per_words{"", " / depth", " / daily-volume", " / side-open-interest"};
constexpr std::array application_words{"marginal", "whole"};
constexpr std::array input_words{"open-interest", "side-open-interest", "skew", "volatility", "reserve-ratio"};
constexpr std::array effect_words{"lift", "multiply"};
constexpr std::array combine_words{"largest", "sum"};
constexpr std::array binding_words{"nothing", "term", "leverage", "account-floor", "floor", "cap", "minimum"};

template <class Words, class Enum>
std::string word(const Words& words, Enum value) {
    return words[static_cast<std::size_t>(value)];
}

std::string axis_words(const Axis& axis) { return word(subject_words, axis.subject) + word(per_words, axis.per); }

/// A fraction as a rate, or as 1/leverage where it is none.
std::string fraction_text(Fraction f) {
    if (f.denominator == 1) return format_decimal_short(f.numerator, rate_digits);
    std::int64_t numerator = f.numerator;
    std::int64_t denominator = f.denominator;
    int digits = rate_digits;
    while (digits > 0 && numerator % 10 == 0) {
        numerator /= 10;
        --digits;
    }
    while (digits > 0 && denominator % 10 == 0) denominator /= 10;
    return format_decimal_short(numerator, digits) + "/" + std::to_string(denominator);
}

/// Figures of one answer as text.
struct Figures {
    const Scales& scales;

    std::string guard(Wide raw) const { return format_decimal_short(raw, scales.notional_digits + rate_digits); }
    std::string amount(Amount raw) const { return format_decimal_short(raw.raw(), scales.amount_digits); }
    std::string subject(const TermAnswer& term, Wide x) const {
        return format_decimal_short(x, term.axis.subject == Subject::own_size ? scales.size_digits : scales.notional_digits);
    }
    std::string input(const ModulatorStep& step) const {
        const bool bare = step.input == ModulatorInput::volatility || step.input == ModulatorInput::reserve_ratio;
        return format_decimal_short(step.input_value, bare ? rate_digits : scales.notional_digits);
    }
    static std::string share(const RampShare& s) {
        // A share for display, cut at nine places; the computation keeps the exact quotient.
        if (s.denominator <= 0) return "1";
        return format_decimal_short(static_cast<Wide>(mul_div(static_cast<UWide>(s.numerator), static_cast<UWide>(rate_one),
                                                              static_cast<UWide>(s.denominator), Toward::down)),
                                    rate_digits);
    }
};

void write_term(text::JsonWriter& out, const TermAnswer& term, const Figures& f) {
    out.begin_object().key("axis").string(axis_words(term.axis)).key("curve").string(word(curve_words, term.kind));
    out.key("apply").string(word(application_words, term.application)).key("x").string(f.subject(term, term.x));
    if (term.axis.per != Per::nothing) out.key("divided_by").string(format_decimal_short(term.unit, f.scales.notional_digits));
    out.key("steps").begin_array();
    for (const Step& step : term.steps) {
        out.begin_object()
            .key("row")
            .number(std::int64_t{step.row})
            .key("from")
            .string(f.subject(term, step.from))
            .key("to")
            .string(f.subject(term, step.to));
        out.key("rate").string(fraction_text(step.rate)).key("amount").string(f.guard(step.amount)).end_object();
    }
    out.end_array().key("modulators").begin_array();
    for (const ModulatorStep& step : term.modulators) {
        out.begin_object().key("input").string(word(input_words, step.input)).key("effect").string(word(effect_words, step.effect));
        out.key("value")
            .string(f.input(step))
            .key("share")
            .string(Figures::share(step.share))
            .key("added")
            .string(f.guard(step.added))
            .end_object();
    }
    out.end_array().key("value").string(f.guard(term.value)).key("next_edge");
    if (term.next_edge) out.string(f.subject(term, *term.next_edge));
    else out.null();
    out.end_object();
}

std::string step_line(const TermAnswer& term, const Step& step, const Figures& f, std::string& size, std::string& rate) {
    size = term.application == Application::marginal && term.steps.size() > 1 ? f.subject(term, step.to - step.from)
                                                                              : f.subject(term, step.to);
    rate = fraction_text(step.rate);
    return step.row > 0 ? "row " + std::to_string(step.row) : word(curve_words, term.kind);
}

}  // namespace

void write_explanation(text::JsonWriter& out, const MarginAnswer& answer, const Scales& scales) {
    const Figures f{scales};
    out.begin_object().key("schedule").string(answer.schedule_id).key("version").number(std::int64_t{answer.schedule_version});
    out.key("level")
        .string(word(level_words, answer.level))
        .key("margin")
        .string(f.amount(answer.margin))
        .key("exact")
        .string(f.guard(answer.exact));
    out.key("effective_rate").string(format_decimal_short(answer.effective_rate.raw(), rate_digits));
    out.key("marginal_rate").string(format_decimal_short(answer.marginal_rate.raw(), rate_digits));
    out.key("binding").string(word(binding_words, answer.binding)).key("binding_term").number(std::int64_t{answer.binding_term} + 1);
    out.key("combine").string(answer.combine == Combine::max ? "max" : "sum");
    out.key("terms").begin_array();
    for (const TermAnswer& term : answer.terms) write_term(out, term, f);
    out.end_array().key("combined").string(f.guard(answer.combined)).key("multiplied").string(f.guard(answer.multiplied));
    out.key("rounding").string(f.guard(answer.rounding)).end_object();
}

std::string explanation_text(const MarginAnswer& answer, const Scales& scales, const Console& console) {
    const Figures f{scales};
    std::string text = console.bold(word(level_words, answer.level) + " margin " + grouped(f.amount(answer.margin))) + "  (schedule " +
                       answer.schedule_id + " version " + std::to_string(answer.schedule_version) + ")\n";
    text += "  effective rate " + format_percent(answer.effective_rate) + ", next unit at " + format_percent(answer.marginal_rate) +
            ", decided by " + word(binding_words, answer.binding);
    if (answer.terms.size() > 1 && answer.binding == Binding::term && answer.combine == Combine::max)
        text += " " + std::to_string(answer.binding_term + 1);
    text += "\n";
    for (std::size_t i = 0; i < answer.terms.size(); ++i) {
        const TermAnswer& term = answer.terms[i];
        text += "  term " + std::to_string(i + 1) + ": " + word(curve_words, term.kind) + " over " + axis_words(term.axis) + ", " +
                word(application_words, term.application) + "\n";
        Table table({false, true, false, true, false, true});
        for (const Step& step : term.steps) {
            std::string size;
            std::string rate;
            std::string name = step_line(term, step, f, size, rate);
            table.row({std::move(name), grouped(size), "at", rate, "=", grouped(f.guard(step.amount))});
        }
        for (const ModulatorStep& step : term.modulators)
            table.row({word(input_words, step.input) + " " + grouped(f.input(step)), "", word(effect_words, step.effect),
                       Figures::share(step.share), "+", grouped(f.guard(step.added))});
        text += table.text(4);
        if (term.next_edge) text += "    next edge at " + grouped(f.subject(term, *term.next_edge)) + "\n";
    }
    if (answer.terms.size() > 1)
        text += "  " + word(combine_words, answer.combine) + " of the terms " + grouped(f.guard(answer.combined)) + "\n";
    if (answer.multiplied != answer.combined)
        text += "  with the factors of level and account " + grouped(f.guard(answer.multiplied)) + "\n";
    if (answer.exact != answer.multiplied)
        text += "  " + word(binding_words, answer.binding) + " makes it " + grouped(f.guard(answer.exact)) + "\n";
    if (answer.rounding != 0) text += "  rounded up by " + f.guard(answer.rounding) + "\n";
    return text;
}

}  // namespace plimsoll::cli
