#include "plimsoll/cli/schedule_command.hpp"

#include "plimsoll/cli/explanation.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/diff.hpp"
#include "plimsoll/plot/schedule_plot.hpp"
#include "plimsoll/plot/terminal.hpp"
#include "plimsoll/schedule/validate.hpp"
#include "plimsoll/text/toml.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::cli {

namespace {

/// A schedule with the scales it is asked on: those of a market when the file holds a whole set.
struct Named {
    std::string market;  // empty: the schedule stands alone
    Schedule schedule;
    Scales scales;
    std::optional<Instrument> instrument;
};

/// A file of schedules: alone, or in a whole set, whose schedules are judged on the scales of their markets.
struct File {
    std::string name;
    std::optional<ParameterSet> set;
    std::vector<Named> schedules;
};

Result<File, Exit> refused(const std::vector<Error>& errors, const Console& console) {
    console.complain(errors);
    return fail(Exit::bad_input);
}

Result<File, Exit> load(const std::string& path, const Console& console) {
    const auto source = read_file(path);
    if (!source) {
        console.complain(source.error());
        return fail(Exit::io);
    }
    File file{display_name(path), std::nullopt, {}};
    const auto document = text::parse_toml(*source, file.name);
    if (!document) return refused({document.error()}, console);
    if (document->find("market") != nullptr || document->find("set") != nullptr) {
        auto set = formats::read_parameter_set(*source, file.name);
        if (!set) return refused(set.error(), console);
        for (const MarketParams& market : set->markets)
            file.schedules.push_back({market.name, set->schedules[market.schedule.index], scales_of(*set, market), market.instrument});
        file.set = std::move(*set);
        return file;
    }
    const auto schedules = formats::read_schedules(*source, file.name);
    if (!schedules) return refused(schedules.error(), console);
    for (const Schedule& schedule : *schedules) file.schedules.push_back({"", schedule, formats::scales_without_market, std::nullopt});
    return file;
}

Result<Named, Exit> pick(const ScheduleOptions& options, const Console& console) {
    auto file = load(options.files.front(), console);
    if (!file) return fail(file.error());
    std::string names;
    for (Named& named : file->schedules) {
        if (options.name.empty() ? file->schedules.size() == 1 : named.market == options.name || named.schedule.id == options.name)
            return std::move(named);
        names += (names.empty() ? "" : ", ") + (named.market.empty() ? named.schedule.id : named.market);
    }
    console.complain(
        (options.name.empty() ? "which one? --name one of: " : "there is no schedule or market '" + options.name + "'; there is: ") +
        names);
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
    const Error error =
        value ? Error{flag, "'" + text + "' is outside the declared domain", "give 0 or more"} : describe(value.error(), text, digits);
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
        console.print(file + ": " +
                      (finding.severity == Severity::error  ? console.red(line)
                       : finding.severity == Severity::note ? console.dim(line)
                                                            : line) +
                      "\n");
        return;
    }
    static constexpr const char* names[] = {"note", "warning", "error"};
    text::JsonWriter out;
    out.begin_object()
        .key("file")
        .string(file)
        .key("severity")
        .string(names[static_cast<int>(finding.severity)])
        .key("code")
        .string(finding.code);
    out.key("where").string(finding.where).key("message").string(finding.message).key("cure").string(finding.cure).end_object();
    console.print(out.take() + "\n");
}

std::optional<Exposure> exposure_of(const ScheduleOptions& o, const Scales& scales, const std::optional<Instrument>& instrument,
                                    const Console& console) {
    bool bad = false;
    Exposure exposure;
    exposure.is_short = o.is_short;
    const auto notional_given = figure(o.notional, "--notional", scales.notional_digits, console, bad);
    exposure.size = figure(o.size, "--size", scales.size_digits, console, bad).value_or(0);
    if (notional_given) exposure.notional = *notional_given;
    else if (instrument && !o.price.empty() && fits_int64(exposure.size)) {
        const auto price = parse_decimal(o.price, instrument->price_digits);
        if (!price || *price < 0 || *price > instrument->price_max.raw() || exposure.size > instrument->size_max.raw()) {
            console.complain(Error{"--price", "'" + o.price + "' is no price of this market, or --size is beyond its size_max",
                                   "see price_digits, price_max and size_max"});
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

std::string entry_json(const DiffEntry& entry) {
    text::JsonWriter out;
    out.begin_object().key("subject").string(entry.subject).key("path").string(entry.path).key("what").string(entry.what);
    out.key("before").string(entry.before).key("after").string(entry.after).key("direction").string(to_string(entry.direction));
    return out.end_object().take();
}

std::string verdict_json(const Verdict& verdict) {
    static constexpr const char* levels[] = {"initial", "maintenance", "closeout"};
    text::JsonWriter out;
    out.begin_object().key("market").string(verdict.market).key("level").string(levels[static_cast<int>(verdict.level)]);
    return out.key("direction").string(to_string(verdict.direction)).end_object().take();
}

/// Files of schedules alone: those of the same id are compared, and one that only one file has is a difference itself.
SetDiff diff_of(const std::vector<Named>& before, const std::vector<Named>& after) {
    SetDiff all;
    const auto same = [](const std::vector<Named>& list, const std::string& id) {
        return std::find_if(list.begin(), list.end(), [&](const Named& named) { return named.schedule.id == id; });
    };
    for (const Named& old : before) {
        const auto now = same(after, old.schedule.id);
        if (now == after.end()) {
            all.entries.push_back({old.schedule.id, "schedule." + old.schedule.id, "schedule", old.schedule.id, "", Direction::neutral});
            continue;
        }
        const SetDiff one = diff(old.schedule, now->schedule, old.scales, old.schedule.id);
        all.entries.insert(all.entries.end(), one.entries.begin(), one.entries.end());
        all.verdicts.insert(all.verdicts.end(), one.verdicts.begin(), one.verdicts.end());
    }
    for (const Named& now : after)
        if (same(before, now.schedule.id) == before.end())
            all.entries.push_back({now.schedule.id, "schedule." + now.schedule.id, "schedule", "", now.schedule.id, Direction::neutral});
    return all;
}

/// diff() asserts what validate() refuses, so both sides must be free of errors.
bool loadable(const File& file, const Console& console) {
    Findings findings;
    if (file.set) findings = validate(*file.set);
    for (const Named& named : file.schedules) {
        if (file.set) break;
        const Findings found = validate(named.schedule, named.scales);
        findings.insert(findings.end(), found.begin(), found.end());
    }
    for (const Finding& finding : findings)
        if (finding.severity == Severity::error) console.complain(file.name + ": " + to_string(finding));
    return !has_errors(findings);
}

}  // namespace

Exit schedule_check(const ScheduleOptions& options, const Console& console) {
    std::array<std::size_t, 3> counts{};
    std::size_t checked = 0;
    for (const std::string& path : options.files) {
        const auto file = load(path, console);
        if (!file) return file.error();
        Findings findings;
        if (options.name.empty() && file->set) {
            findings = validate(*file->set);
            checked += file->schedules.size();
        } else {
            for (const Named& named : file->schedules) {
                if (!options.name.empty() && named.market != options.name && named.schedule.id != options.name) continue;
                ++checked;
                const Findings found = validate(named.schedule, named.scales);
                findings.insert(findings.end(), found.begin(), found.end());
            }
        }
        for (const Finding& finding : findings) {
            print_finding(file->name, finding, console);
            ++counts[static_cast<std::size_t>(finding.severity)];
        }
    }
    if (checked == 0 && !options.name.empty()) {
        console.complain("there is no schedule or market '" + options.name + "'");
        return Exit::usage;
    }
    const auto plural = [](std::size_t n, const std::string& word) { return std::to_string(n) + " " + word + (n == 1 ? "" : "s"); };
    console.say(plural(checked, "schedule") + " checked: " + plural(counts[2], "error") + ", " + plural(counts[1], "warning") + ", " +
                plural(counts[0], "note"));
    return counts[2] == 0 ? Exit::ok : Exit::no;
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
    const Level level = options.level == "maintenance" ? Level::maintenance
                        : options.level == "closeout"  ? Level::closeout
                                                       : Level::initial;
    const MarginAnswer answer = explain(*schedule, level, *exposure, next_of(*exposure), figures);
    if (console.json) {
        text::JsonWriter out;
        write_explanation(out, answer, named->scales);
        console.print(out.take() + "\n");
    } else {
        console.print(explanation_text(answer, named->scales, console));
    }
    static constexpr const char* caps[] = {
        "", "position cap", "group cap", "open-interest cap", "share of market capitalisation", "cap of the chosen leverage"};
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

Exit schedule_diff(const ScheduleOptions& options, const Console& console) {
    const auto before = load(options.files.at(0), console);
    const auto after = before ? load(options.files.at(1), console) : fail(before.error());
    if (!after) return after.error();
    if (before->set.has_value() != after->set.has_value()) {
        console.complain("one file is a whole set and the other holds schedules alone; compare two of a kind");
        return Exit::bad_input;
    }
    const bool old_loads = loadable(*before, console);
    if (!loadable(*after, console) || !old_loads) return Exit::bad_input;
    const SetDiff found = before->set ? diff(*before->set, *after->set) : diff_of(before->schedules, after->schedules);
    if (console.json) {
        for (const DiffEntry& entry : found.entries) console.print(entry_json(entry) + "\n");
        for (const Verdict& verdict : found.verdicts) console.print(verdict_json(verdict) + "\n");
    } else {
        console.print(to_string(found));
    }
    if (found.empty()) console.say("no difference of meaning");
    return found.empty() ? Exit::ok : Exit::no;
}

}  // namespace plimsoll::cli
