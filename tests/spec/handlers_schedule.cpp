// The verbs of spec/02-schedules.md: a schedule is called by name, the market around it is described, and both are asked.
// Figures are read and written here and nothing else: every answer is the product's own.
#include "desk.hpp"
#include "documents.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/money/text.hpp"
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/schedule/inverse.hpp"
#include "plimsoll/schedule/jumps.hpp"
#include "plimsoll/schedule/split.hpp"
#include "plimsoll/schedule/validate.hpp"

namespace plimsoll::spec {

Answer lay(Context& context, const Schedule& schedule) {
    auto compiled = compile(schedule, formats::scales_without_market);
    if (!compiled) return senseless(to_string(compiled.error().front()));
    context.kept["desk"] = Desk{schedule, std::move(*compiled), {}, {}};
    return answer("");
}

Result<Desk*, std::string> desk_of(Context& context) {
    const auto at = context.kept.find("desk");
    if (at == context.kept.end()) return fail(std::string("begin the block with: schedule NAME"));
    return std::any_cast<Desk>(&at->second);
}

namespace {

constexpr Scales scales = formats::scales_without_market;
constexpr int guard_digits = scales.notional_digits + rate_digits;

std::optional<Level> level_named(const std::string& word) {
    if (word == "initial") return Level::initial;
    if (word == "maintenance") return Level::maintenance;
    if (word == "closeout") return Level::closeout;
    return std::nullopt;
}

std::string notional_text(Wide raw) { return format_decimal_short(raw, scales.notional_digits); }
std::string guard_text(Wide raw) { return format_decimal_short(raw, guard_digits); }
/// "4 %", or "1/75" for the row of a table that was given as a leverage.
std::string rate_text(Fraction rate) {
    if (rate.denominator == 1) return format_percent(Rate::from_raw(rate.numerator));
    return format_decimal_short(rate.numerator, rate_digits) + "/" + std::to_string(rate.denominator);
}
/// schedule NAME, or schedule ID of NAME: the desk is cleared and this schedule laid on it.
Answer schedule_verb(const Call& call) {
    const auto& words = call.words;
    const bool of = words.size() == 4 && words[2] == "of";
    if (words.size() != 2 && !of) return senseless("schedule NAME, or schedule ID of NAME");
    const auto source = document(call.context, words.back());
    if (!source) return senseless(source.error());
    const auto schedules = formats::read_schedules(*source, words.back());
    if (!schedules) return senseless(joined(schedules.error()));
    for (const Schedule& schedule : *schedules)
        if (!of || schedule.id == words[1]) return lay(call.context, schedule);
    return senseless("no schedule '" + words[1] + "'");
}
const Verb schedule_registered("schedule", schedule_verb);

/// A line that sets one figure of the market or the account: VERB FIGURE.
struct Setting {
    const char* verb;
    int digits;
    void (*set)(Desk&, Wide);
};
constexpr Setting settings[] = {
    {"open-interest", scales.notional_digits,
     [](Desk& desk, Wide x) { desk.figures.open_interest_long = desk.figures.open_interest_short = x; }},
    {"long-open-interest", scales.notional_digits, [](Desk& desk, Wide x) { desk.figures.open_interest_long = x; }},
    {"short-open-interest", scales.notional_digits, [](Desk& desk, Wide x) { desk.figures.open_interest_short = x; }},
    {"depth", scales.notional_digits, [](Desk& desk, Wide x) { desk.figures.depth = x; }},
    {"daily-volume", scales.notional_digits, [](Desk& desk, Wide x) { desk.figures.daily_volume = x; }},
    {"market-cap", scales.notional_digits, [](Desk& desk, Wide x) { desk.figures.market_cap = x; }},
    {"volatility", rate_digits, [](Desk& desk, Wide x) { desk.figures.volatility = Rate::narrow(x); }},
    {"reserve-ratio", rate_digits, [](Desk& desk, Wide x) { desk.figures.reserve_ratio = Rate::narrow(x); }},
    {"account-multiplier", rate_digits, [](Desk& desk, Wide x) { desk.terms.multiplier = Rate::narrow(x); }},
    {"account-floor", rate_digits, [](Desk& desk, Wide x) { desk.terms.initial_floor = Rate::narrow(x); }},
    {"chosen-leverage", 0, [](Desk& desk, Wide x) { desk.terms.leverage_rate = {rate_one, static_cast<std::int64_t>(x)}; }},
};

Answer set_figure(const Setting& setting, const Call& call) {
    const auto desk = desk_of(call.context);
    if (!desk) return senseless(desk.error());
    if (call.words.size() != 2) return senseless(call.words[0] + " FIGURE");
    const auto figure = parse_decimal_wide(call.words[1], setting.digits);
    if (!figure || *figure < 0) return senseless("'" + call.words[1] + "' is no figure from zero");
    setting.set(**desk, *figure);
    return answer("");
}
[[maybe_unused]] const bool settings_registered = [] {
    for (const Setting& setting : settings) Verb(setting.verb, [&setting](const Call& call) { return set_figure(setting, call); });
    return true;
}();

bool counts_size(const CompiledSchedule& schedule) {
    for (const CompiledTerm& term : schedule.terms)
        if (term.axis.subject == Subject::own_size && term.kind != CurveKind::flat) return true;
    return false;
}

/// NOTIONAL [size SIZE] [group NOTIONAL] [short], from the word `at` on.
Result<Exposure, std::string> exposure_at(const Desk& desk, const std::vector<std::string>& words, std::size_t at) {
    if (at >= words.size()) return fail(std::string("a notional is missing"));
    Exposure exposure;
    const auto read = [&](std::size_t word, int digits, Wide& into) {
        const auto figure = word < words.size() ? parse_decimal_wide(words[word], digits) : fail(DecimalError{});
        if (figure) into = *figure;
        return figure.has_value();
    };
    bool readable = read(at, scales.notional_digits, exposure.notional);
    exposure.group_notional = exposure.notional;
    bool sized = false;
    while (readable && ++at < words.size()) {
        if (words[at] == "short") exposure.is_short = true;
        else if (words[at] == "size") readable = sized = read(++at, scales.size_digits, exposure.size);
        else if (words[at] == "group") readable = read(++at, scales.notional_digits, exposure.group_notional);
        else readable = false;
    }
    if (!readable) return fail(std::string("NOTIONAL [size SIZE] [group NOTIONAL] [short]"));
    if (!sized && counts_size(desk.schedule)) return fail(std::string("this schedule counts size: add 'size SIZE'"));
    return exposure;
}

/// What a verb of the shape VERB EXPOSURE asks at a level.
using Asked = Answer (*)(const Desk&, Level, const Exposure&);
Answer ask_exposure(const Call& call, Level level, std::size_t at, Asked asked) {
    const auto desk = desk_of(call.context);
    if (!desk) return senseless(desk.error());
    const auto exposure = exposure_at(**desk, call.words, at);
    return exposure ? asked(**desk, level, *exposure) : senseless(exposure.error());
}
/// VERB LEVEL EXPOSURE
Handler at_level(Asked asked) {
    return [asked](const Call& call) {
        const auto level = call.words.size() > 1 ? level_named(call.words[1]) : std::nullopt;
        return level ? ask_exposure(call, *level, 2, asked) : senseless(call.words[0] + " initial|maintenance|closeout ...");
    };
}

MarginAnswer explained(const Desk& desk, Level level, const Exposure& exposure) {
    return explain(desk.schedule, level, exposure, exposure, desk.figures, desk.terms);
}

/// initial NOTIONAL, maintenance NOTIONAL, closeout NOTIONAL: the margin required.
Answer margin(const Desk& desk, Level level, const Exposure& exposure) {
    return answer(format_decimal_short(requirement(desk.schedule, level, exposure, desk.figures, desk.terms).raw(), scales.amount_digits));
}
const Verb initial_registered("initial", [](const Call& call) { return ask_exposure(call, Level::initial, 1, margin); });
const Verb maintenance_registered("maintenance", [](const Call& call) { return ask_exposure(call, Level::maintenance, 1, margin); });
const Verb closeout_registered("closeout", [](const Call& call) { return ask_exposure(call, Level::closeout, 1, margin); });

/// rate LEVEL NOTIONAL: the requirement as a share of the notional.
Answer rate(const Desk& desk, Level level, const Exposure& exposure) {
    return answer(format_percent(explained(desk, level, exposure).effective_rate));
}
const Verb rate_registered("rate", at_level(rate));

/// why LEVEL NOTIONAL: the slices of the term that binds, and what was rounded up.
Answer why(const Desk& desk, Level level, const Exposure& exposure) {
    const MarginAnswer answered = explained(desk, level, exposure);
    const TermAnswer& term = answered.terms[answered.binding_term];
    std::vector<std::string> slices;
    for (const Step& step : term.steps)
        slices.push_back(format_decimal_short(step.from, term.x_digits) + " to " + format_decimal_short(step.to, term.x_digits) + " at " +
                         rate_text(step.rate) + ": " + guard_text(step.amount));
    return answer(joined(slices, "; ") + "; rounding " + guard_text(answered.rounding));
}
const Verb why_registered("why", at_level(why));

/// binding LEVEL NOTIONAL: which part of the schedule decided.
Answer binding(const Desk& desk, Level level, const Exposure& exposure) {
    static constexpr const char* names[] = {"nothing", "term", "chosen leverage", "account floor", "floor", "cap", "minimum"};
    const MarginAnswer answered = explained(desk, level, exposure);
    const std::string name = names[static_cast<std::size_t>(answered.binding)];
    return answer(answered.binding == Binding::term ? name + " " + std::to_string(answered.binding_term + 1) : name);
}
const Verb binding_registered("binding", at_level(binding));

/// next-edge LEVEL NOTIONAL: how much more stays in the present row.
Answer next_edge(const Desk& desk, Level level, const Exposure& exposure) {
    const auto distance = notional_to_next_edge(desk.schedule, level, exposure);
    return answer(distance ? notional_text(*distance) : "none");
}
const Verb next_edge_registered("next-edge", at_level(next_edge));

/// leverage-that-results LEVEL NOTIONAL
Answer leverage(const Desk& desk, Level level, const Exposure& exposure) {
    const auto result = leverage_that_results(desk.schedule, level, exposure, desk.figures, desk.terms);
    return answer(result ? format_decimal_short(*result, rate_digits) : "none");
}
const Verb leverage_registered("leverage-that-results", at_level(leverage));

/// allowed NOTIONAL: whether the hard limits let this state be.
Answer allowed(const Desk& desk, Level, const Exposure& exposure) {
    static constexpr const char* names[] = {"yes",
                                            "no, position cap",
                                            "no, group cap",
                                            "no, open-interest cap",
                                            "no, share of market capitalisation",
                                            "no, cap of the chosen leverage"};
    return answer(names[static_cast<std::size_t>(check_caps(desk.schedule, exposure, desk.figures, desk.terms))]);
}
const Verb allowed_registered("allowed", [](const Call& call) { return ask_exposure(call, Level::initial, 1, allowed); });

/// jumps LEVEL: where the requirement jumps, and from what to what.
Answer jumps_verb(const Call& call) {
    const auto desk = desk_of(call.context);
    const auto level = call.words.size() == 2 ? level_named(call.words[1]) : std::nullopt;
    if (!desk || !level) return senseless(desk ? "jumps initial|maintenance|closeout" : desk.error());
    std::vector<std::string> texts;
    for (const Jump& jump : jumps((*desk)->schedule, *level)) {
        const auto height = [&](Wide value) { return jump.in_rates ? format_percent(Rate::narrow(value)) : guard_text(value); };
        texts.push_back("beyond " + format_decimal_short(jump.at, jump.x_digits) + " from " + height(jump.before) + " to " +
                        height(jump.after));
    }
    return answer(texts.empty() ? "none" : joined(texts, "; "));
}
const Verb jumps_registered("jumps", jumps_verb);

/// A position that grows at a price, in the market of the desk. One last place of size is worth the price's own count.
Result<Growing, std::string> growing_at(const Desk& desk, const std::string& price) {
    const auto count = parse_decimal_wide(price, scales.notional_digits - scales.size_digits);
    if (!count || *count <= 0) return fail("'" + price + "' is no price above zero");
    return Growing{*count, false, 0, desk.figures};
}

/// largest LEVEL AMOUNT at PRICE: the largest size which that much collateral carries.
Answer largest_verb(const Call& call) {
    const auto& words = call.words;
    const auto level = words.size() == 5 && words[3] == "at" ? level_named(words[1]) : std::nullopt;
    const auto desk = desk_of(call.context);
    if (!desk || !level) return senseless(desk ? "largest LEVEL AMOUNT at PRICE" : desk.error());
    const auto growing = growing_at(**desk, words[4]);
    const auto available = parse_count<Amount>(words[2], scales.amount_digits);
    if (!growing || !available) return senseless(growing ? "'" + words[2] + "' is no amount" : growing.error());
    const auto most = largest_size((*desk)->schedule, *level, *growing, *available, (*desk)->terms);
    return answer(most ? format_decimal_short(most->value, scales.size_digits) : "none");
}
const Verb largest_registered("largest", largest_verb);

/// fullest LEVEL RATE NOTIONAL: the largest open interest of the side at which the position still pays at most this rate.
Answer fullest_verb(const Call& call) {
    const auto& words = call.words;
    const auto level = words.size() > 3 ? level_named(words[1]) : std::nullopt;
    const auto desk = desk_of(call.context);
    if (!desk || !level) return senseless(desk ? "fullest LEVEL RATE NOTIONAL" : desk.error());
    const auto exposure = exposure_at(**desk, words, 3);
    const auto most = parse_count<Rate>(words[2], rate_digits);
    if (!exposure || !most) return senseless("fullest LEVEL RATE NOTIONAL");
    const auto solution = largest_open_interest((*desk)->schedule, *level, *exposure, (*desk)->figures, *most, (*desk)->terms);
    return answer(solution ? notional_text(solution->value) : "none");
}
const Verb fullest_registered("fullest", fullest_verb);

/// split LEVEL SIZE at PRICE over ACCOUNTS: what one account is asked, and the cheapest split.
Answer split_verb(const Call& call) {
    const auto& words = call.words;
    const auto level = words.size() == 7 && words[3] == "at" && words[5] == "over" ? level_named(words[1]) : std::nullopt;
    const auto desk = desk_of(call.context);
    if (!desk || !level) return senseless(desk ? "split LEVEL SIZE at PRICE over ACCOUNTS" : desk.error());
    const auto growing = growing_at(**desk, words[4]);
    const auto size = parse_decimal(words[2], scales.size_digits);
    const auto accounts = small(words[6]);
    if (!growing || !size || !accounts) return senseless("split LEVEL SIZE at PRICE over ACCOUNTS");
    const SplitGain gain = split_gain((*desk)->schedule, *level, *growing, *size, *accounts);
    return answer(guard_text(gain.split) + " instead of " + guard_text(gain.one));
}
const Verb split_registered("split", split_verb);

/// wrong NAME: what the reader or the validation has against the first schedule of a document, each with its place.
Answer wrong_verb(const Call& call) {
    if (call.words.size() != 2) return senseless("wrong NAME");
    const auto source = document(call.context, call.words[1]);
    if (!source) return senseless(source.error());
    const auto schedules = formats::read_schedules(*source, call.words[1]);
    if (!schedules) return answer(joined(schedules.error()));
    std::vector<std::string> texts;
    for (const Finding& finding : validate(schedules->front(), scales))
        if (finding.severity == Severity::error) texts.push_back(finding.code + " (" + finding.where + ")");
    return answer(texts.empty() ? "nothing" : joined(texts, "; "));
}
const Verb wrong_registered("wrong", wrong_verb);

}  // namespace

}  // namespace plimsoll::spec
