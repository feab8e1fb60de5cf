#include "plimsoll/cli/schedule_command.hpp"

#include "plimsoll/cli/explanation.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/plot/schedule_plot.hpp"
#include "plimsoll/plot/terminal.hpp"
#include "plimsoll/schedule/validate.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

/// A schedule with the scales it is asked on: those of a market when the file holds a whole set.
struct Named {
    std::string market;  // empty: the schedule stands alone
    Schedule schedule;
    Scales scales;
    std::optional<Instrument> instrument;
};

Result<std::vector<Named>, Exit> load(const std::string& path, const Console& console) {
    const auto source = read_file(path);
    if (!source) {
        console.complain(source.error());
        return fail(Exit::io);
    }
    const auto schedules = formats::read_schedules(*source, path);
    if (!schedules) {
        console.complain(schedules.error());
        return fail(Exit::bad_input);
    }
    std::vector<Named> all;
    // A file with [[market]] tables is a whole set; then its schedules are judged on the scales of their markets.
    if (source->find("[[market]]") != std::string::npos) {
        const auto set = formats::read_parameter_set(*source, path);
        if (!set) {
            console.complain(set.error());
            return fail(Exit::bad_input);
        }
        for (const MarketParams& market : set->markets) all.push_back({market.name, set->schedules[market.schedule.index], scales_of(*set, market), market.instrument});
        return all;
    }
    for (const Schedule& schedule : *schedules) all.push_back({"", schedule, formats::scales_without_market, std::nullopt});
    return all;
}

Result<Named, Exit> pick(const ScheduleOptions& options, const Console& console) {
    auto all = load(options.files.front(), console);
    if (!all) return fail(all.error());
    std::string names;
    for (Named& named : *all) {
        if (options.name.empty() ? all->size() == 1 : named.market == options.name || named.schedule.id == options.name) return std::move(named);
        names += (names.empty() ? "" : ", ") + (named.market.empty() ? named.schedule.id : named.market);
    }
    console.complain((options.name.empty() ? "which one? --name one of: " : "there is no schedule or market '" + options.name + "'; there is: ") + names);
    return fail(Exit::usage);
}

Result<CompiledSchedule, Exit> compiled(const Named& named, const Console& console) {
    auto result = compile(named.schedule, named.scales);
    if (result) return std::move(*result);
    for (const Finding& finding : result.error()) console.complain(to_string(finding));
    return fail(Exit::bad_input);
}

std::optional<Wide> figure(const std::string& text, const char* flag, int digits, const Console& console, bool& bad) {
    if (text.empty()) return std::nullopt;
    const auto value = parse_decimal_wide(text, digits);
    if (value && *value >= 0 && *value <= notional_max) return *value;
    const Error error = value ? Error{flag, "'" + text + "' is outside the declared domain", "give 0 or more"} : describe(value.error(), text, digits);
    console.complain(Error{flag, error.what, error.cure});
    bad = true;
    return std::nullopt;
}

MarketFigures figures_of(const ScheduleOptions& o, const Scales& scales, const Console& console, bool& bad) {
    MarketFigures figures;
    const Wide oi = figure(o.open_interest, "--open-interest", scales.notional_digits, console, bad).value_or(0);
    figures.open_interest_long = figures.open_interest_short = oi;
    figures.depth = figure(o.depth, "--depth", scales.notional_digits, console, bad).value_or(0);
    return figures;
}

void print_finding(const std::string& file, const Finding& finding, const Console& console) {
    if (!console.json) {
        const std::string line = to_string(finding);
        console.print(file + ": " + (finding.severity == Severity::error ? console.red(line) : finding.severity == Severity::note ? console.dim(line) : line) + "\n");
        return;
    }
    static constexpr const char* names[] = {"note", "warning", "error"};
    text::JsonWriter out;
    out.begin_object().key("file").string(file).key("severity").string(names[static_cast<int>(finding.severity)]).key("code").string(finding.code);
    out.key("where").string(finding.where).key("message").string(finding.message).key("cure").string(finding.cure).end_object();
    console.print(out.take() + "\n");
}

std::optional<Exposure> exposure_of(const ScheduleOptions& o, const Scales& scales, const std::optional<Instrument>& instrument, const Console& console) {
    bool bad = false;
    Exposure exposure;
    exposure.is_short = o.is_short;
    const auto notional_given = figure(o.notional, "--notional", scales.notional_digits, console, bad);
    exposure.size = figure(o.size, "--size", scales.size_digits, console, bad).value_or(0);
    if (notional_given) exposure.notional = *notional_given;
    else if (instrument && !o.price.empty() && fits_int64(exposure.size)) {
        const auto price = parse_decimal(o.price, instrument->price_digits);
        if (!price || *price < 0 || *price > instrument->price_max.raw() || exposure.size > instrument->size_max.raw()) {
            console.complain(Error{"--price", "'" + o.price + "' is no price of this market, or --size is beyond its size_max", "see price_digits, price_max and size_max"});
            return std::nullopt;
        }
        exposure.notional = notional(*instrument, Size::narrow(exposure.size), Price::from_raw(*price));
    } else if (!bad) {
        console.complain("how large? give --notional, or --size and --price for a market");
        return std::nullopt;
    }
    exposure.group_notional = exposure.notional;
    return bad ? std::nullopt : std::optional(exposure);
}

/// One last place of notional more; with sizes, one last place of size and its share of the notional.
Exposure next_of(const Exposure& exposure) {
    Exposure next = exposure;
    const Wide step = exposure.size > 0 ? std::max<Wide>(1, exposure.notional / exposure.size) : 1;
    next.notional = std::min(notional_max, exposure.notional + step);
    next.group_notional = next.notional;
    if (exposure.size > 0) next.size += 1;
    return next;
}

}  // namespace

Exit schedule_check(const ScheduleOptions& options, const Console& console) {
    bool errors = false;
    std::size_t count = 0;
    for (const std::string& path : options.files) {
        const auto all = load(path, console);
        if (!all) return all.error();
        for (const Named& named : *all) {
            if (!options.name.empty() && named.market != options.name && named.schedule.id != options.name) continue;
            ++count;
            const Findings findings = validate(named.schedule, named.scales);
            for (const Finding& finding : findings) print_finding(path, finding, console);
            errors = errors || has_errors(findings);
        }
    }
    console.say(std::to_string(count) + (count == 1 ? " schedule checked: " : " schedules checked: ") + (errors ? "refused" : "no errors"));
    return errors ? Exit::no : Exit::ok;
}

Exit schedule_explain(const ScheduleOptions& options, const Console& console) {
    const auto named = pick(options, console);
    if (!named) return named.error();
    const auto schedule = compiled(*named, console);
    if (!schedule) return schedule.error();
    bool bad = false;
    const MarketFigures figures = figures_of(options, named->scales, console, bad);
    const auto exposure = exposure_of(options, named->scales, named->instrument, console);
    if (!exposure || bad) return Exit::usage;
    const Level level = options.level == "maintenance" ? Level::maintenance : options.level == "closeout" ? Level::closeout : Level::initial;
    const MarginAnswer answer = explain(*schedule, level, *exposure, next_of(*exposure), figures);
    if (console.json) {
        text::JsonWriter out;
        write_explanation(out, answer, named->scales);
        console.print(out.take() + "\n");
    } else {
        console.print(explanation_text(answer, named->scales, console));
    }
    static constexpr const char* caps[] = {"", "position cap", "group cap", "open-interest cap", "share of market capitalisation", "cap of the chosen leverage"};
    const CapBreach breach = check_caps(*schedule, *exposure, figures);
    if (breach == CapBreach::none) return Exit::ok;
    console.complain(std::string("not admitted: beyond the ") + caps[static_cast<int>(breach)]);
    return Exit::no;
}

Exit schedule_plot(const ScheduleOptions& options, const Console& console) {
    const auto named = pick(options, console);
    if (!named) return named.error();
    const auto schedule = compiled(*named, console);
    if (!schedule) return schedule.error();
    bool bad = false;
    plot::ScheduleView view;
    view.figures = figures_of(options, named->scales, console, bad);
    view.most = figure(options.most, "--max", named->scales.notional_digits, console, bad).value_or(0);
    view.is_short = options.is_short;
    if (bad) return Exit::usage;
    const plot::Chart chart = plot::schedule_chart(*schedule, view);
    if (options.svg.empty()) {
        console.print(plot::terminal(chart, console.width, console.color));
        for (const plot::Mark& mark : chart.marks) console.print("  " + mark.label + "\n");
        return Exit::ok;
    }
    if (options.svg == "-") {
        console.print(plot::svg(chart));
        return Exit::ok;
    }
    const auto written = write_file(options.svg, plot::svg(chart));
    if (!written) {
        console.complain(written.error());
        return Exit::io;
    }
    console.say("drawn: " + options.svg);
    return Exit::ok;
}

}  // namespace plimsoll::cli
