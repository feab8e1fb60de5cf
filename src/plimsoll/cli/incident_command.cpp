#include "plimsoll/cli/incident_command.hpp"

#include "plimsoll/cli/incident_files.hpp"
#include "plimsoll/codec/json.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/stress/incident_replay.hpp"
#include "plimsoll/stress/report.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

using stress::CheckOutcome;
using stress::CheckStatus;
using stress::Incident;
using stress::IncidentResult;

std::string money(const std::optional<Wide>& raw) {
    if (!raw) return "-";
    return human(static_cast<double>(*raw) / static_cast<double>(pow10_64(stress::figure_digits)));
}
std::string money(const std::optional<Decimal>& figure) { return figure ? money(std::optional(stress::figure(*figure))) : "-"; }

std::string verdict_word(const std::string& verdict) {
    if (verdict == "stopped") return "scaling would have stopped it";
    if (verdict == "bounded") return "scaling would have bounded it";
    return "scaling alone would not have stopped it";
}

std::string position_line(const stress::Replay& r) {
    std::string line = money(r.position_notional) + (r.is_short ? (*r.is_short ? " short" : " long") : "");
    line += r.collateral ? " on " + money(r.collateral) : ", collateral not known";
    if (r.accounts && *r.accounts > 1) line += ", " + std::to_string(*r.accounts) + " accounts";
    if (r.price_from && r.price_to) {
        const auto value = [](const Decimal& d) { return static_cast<double>(d.raw) / static_cast<double>(pow10_64(d.digits)); };
        const double move = value(*r.price_to) / value(*r.price_from) - 1;
        line += std::string(", price ") + (move < 0 ? "fell " : "rose ") + human(std::abs(move) * 100) + " %";
    }
    return line;
}

/// Losses in red, their absence in green.
std::string judged(const std::optional<Wide>& uncovered, const Console& console) {
    const std::string text = money(uncovered);
    return !uncovered ? text : *uncovered > 0 ? console.red(text) : console.green(text);
}

/// One line for each incident: three ways of charging under three headings.
std::string overview(const std::vector<IncidentResult>& results, const Console& console) {
    Table table({false, true, true, true, true, true, true, true, true, true, false});
    table.row({"", "asked", "", "", "admits", "", "", "uncovered", "", "", ""});
    table.row({"incident", "flat", "size", "both", "flat", "size", "both", "flat", "size", "both", "scaling"});
    table.rule();
    for (const IncidentResult& result : results) {
        const stress::IncidentRow& r = result.row;
        const std::string verdict = !result.incident.replay                               ? "-"
                                    : result.incident.replay->verdict == "not_by_scaling" ? console.red("is not enough")
                                    : result.incident.replay->verdict == "bounded"        ? "bounds it"
                                                                                          : console.green("stops it");
        table.row({result.incident.id + (r.pledged ? " *" : ""), money(r.flat.asked), money(r.per_account.asked), money(r.together.asked),
                   money(r.flat.largest), money(r.per_account.largest), money(r.together.largest), judged(r.flat.uncovered, console),
                   judged(r.per_account.uncovered, console), judged(r.together.uncovered, console), verdict});
    }
    return table.text() +
           "flat: one rate whatever the size. size: a table of tiers, each account alone. both: tiers over the owner's group, open\n"
           "interest lifting the rate. asked: initial margin of the position. admits: largest position on that collateral.\n"
           "uncovered: loss beyond the margin at the price that came. -: the incident has no such figure (--verbose says why).\n"
           "*: nothing was held, a token was pledged; admits is what may be borrowed against it, by a flat weight and by one that\n"
           "falls with all that is deposited.\n";
}

std::string block(const IncidentResult& result, const Console& console) {
    if (result.row.pledged) {
        Table table({false, true, true});
        table.row({"", "may be borrowed", "left uncovered"});
        table.row({"flat weight", money(result.row.flat.largest), judged(result.row.flat.uncovered, console)});
        table.row({"weight falling with all deposits", money(result.row.together.largest), judged(result.row.together.uncovered, console)});
        return "  pledged: " + money(result.incident.replay->collateral) + "\n" + table.text(4);
    }
    if (!result.incident.replay || !result.incident.replay->position_notional) return {};
    Table table({false, true, true, true});
    table.row({"", "asked", "largest admitted", "left uncovered"});
    const auto add = [&](const char* scheme, const stress::SchemeRow& row) {
        table.row({scheme, money(row.asked), money(row.largest), judged(row.uncovered, console)});
    };
    add("flat rate", result.row.flat);
    add("size table, per account", result.row.per_account);
    add("group + open interest", result.row.together);
    return "  " + position_line(*result.incident.replay) + "\n" + table.text(4);
}

/// Below one unit of the quote asset is rounding.
std::string whole_money(Wide raw) { return raw < pow10(stress::figure_digits) ? "0" : money(std::optional(raw)); }
std::string whole_judged(Wide raw, const Console& console) {
    return raw < pow10(stress::figure_digits) ? console.green("0") : console.red(money(std::optional(raw)));
}

Table engine_table() {
    Table table({false, true, true, true, true, true, true, true, true});
    table.row({"", "asked", "opened", "extracted", "fund", "shared", "booked", "backstop", "loss"});
    return table;
}

void add_runs(Table& table, const stress::EngineReplay& replay, const Console& console, const std::string& lead) {
    for (const stress::EngineRun& run : replay.runs)
        table.row({lead + run.control, money(run.asked), whole_money(run.opened), whole_judged(run.extracted(), console),
                   whole_money(run.paid.fund), whole_money(run.paid.shared()), whole_money(run.paid.booked), whole_money(run.backstop),
                   whole_judged(run.loss(), console)});
}

/// The engine's own figures, incident by incident.
std::string engine_overview(const std::vector<IncidentResult>& results, const Console& console) {
    Table table = engine_table();
    table.rule();
    std::string not_run;
    for (const IncidentResult& result : results) {
        if (result.engine.runs.empty()) {
            not_run += "  " + result.incident.id + ": not run, " + result.engine.why_none + "\n";
            continue;
        }
        table.row({result.incident.id, "", "", "", "", "", "", "", ""});
        add_runs(table, result.engine, console, "  ");
    }
    return "\n" + console.bold("Through the engine: each control alone, and all together") + "\n" + table.text() + not_run +
           "asked: initial margin the engine stated for the whole position (-: a cap spoke first). opened: what it let in. extracted: "
           "taken\n"
           "out beyond what was paid in. fund, shared, booked, backstop: who paid what accounts could not. loss: what everybody else "
           "lost.\n";
}

std::string engine_block(const IncidentResult& result, const Console& console) {
    const stress::EngineReplay& replay = result.engine;
    const auto width = static_cast<std::size_t>(console.width);
    if (replay.runs.empty()) return wrap("not run through the engine: " + replay.why_none, width, 2);
    Table table = engine_table();
    add_runs(table, replay, console, "");
    std::string text = "  through the engine:\n" + table.text(4);
    for (const stress::EngineRun& run : replay.runs)
        if (!run.how.empty()) text += wrap(run.control + ": " + run.how, width, 4);
    for (const stress::OutsideControl& o : replay.outside) text += wrap(o.control + ", outside the engine: " + o.why, width, 4);
    if (!replay.splits.empty()) {
        Table splits({true, true, true});
        splits.row({"accounts", "each alone", "one group"});
        for (const stress::SplitRow& row : replay.splits)
            splits.row({std::to_string(row.accounts), whole_money(row.alone), whole_money(row.grouped)});
        text += "  largest position on one collateral, spread over accounts:\n" + splits.text(4);
    }
    for (const std::string& assumption : replay.assumptions) text += wrap("assumed: " + assumption, width, 4);
    return text;
}

/// What the best attack takes out under each control.
std::string attack_block(const IncidentResult& result, const Console& console) {
    const stress::IncidentAttack& attack = result.attack;
    if (attack.rows.empty()) return {};
    Table table({false, true, true, true});
    table.row({"", "open interest", "push", "extractable"});
    for (const stress::AttackRow& row : attack.rows) {
        const double value = row.plan.value();
        table.row({row.control, human(row.open_interest), value > 0 ? plot::fixed(row.plan.push, 2) + "x" : "-",
                   value > 0 ? console.red(human(value)) : console.green("0")});
    }
    std::string text = "  the best attack, searched:\n" + table.text(4);
    for (const std::string& assumption : attack.assumptions)
        text += wrap("assumed: " + assumption, static_cast<std::size_t>(console.width), 4);
    return text;
}

struct Count {
    int passed = 0;
    int failed = 0;
    int waiting = 0;
};

Count count_of(const std::vector<IncidentResult>& results) {
    Count count;
    for (const IncidentResult& result : results)
        for (const CheckOutcome& check : result.checks)
            ++(check.status == CheckStatus::passed ? count.passed : check.status == CheckStatus::failed ? count.failed : count.waiting);
    return count;
}

std::string check_line(const CheckOutcome& check, const Console& console) {
    static constexpr const char* words[] = {"as given", "DIFFERS", "not covered yet"};
    std::string line = "    " + check.schedule + ": ";
    const char* word = words[static_cast<int>(check.status)];
    line += check.status == CheckStatus::passed   ? console.green(word)
            : check.status == CheckStatus::failed ? console.red(word)
                                                  : console.dim(word);
    if (!check.reason.empty()) line += ", " + check.reason;
    for (const stress::CheckField& field : check.fields)
        line += field.same ? " " + field.name + "=" + field.got
                           : console.red(" " + field.name + "=" + field.got + " (expected " + field.expected + ")");
    return line + "\n";
}

std::string details(const IncidentResult& result, const Console& console) {
    const auto width = static_cast<std::size_t>(console.width);
    std::string text = "\n" + console.bold(result.incident.date + " " + result.incident.title) + "\n" + block(result, console);
    if (result.incident.replay) {
        const stress::Replay& replay = *result.incident.replay;
        text += wrap(verdict_word(replay.verdict) + ": " + replay.verdict_why, width, 2);
        for (const auto& [figure, why] : replay.why) text += wrap("no " + figure + ": " + why, width, 4);
        for (const std::string& assumption : replay.assumptions) text += wrap("assumed: " + assumption, width, 4);
    }
    text += engine_block(result, console);
    text += attack_block(result, console);
    for (const CheckOutcome& check : result.checks) text += check_line(check, console);
    return text;
}

/// Where scaling is not enough, and the checks that did not pass: what a table alone would hide.
std::string caveats(const std::vector<IncidentResult>& results, const Console& console) {
    const auto width = static_cast<std::size_t>(console.width);
    std::string text = "\n" + console.bold("Where scaling of initial margin alone is not enough") + "\n";
    for (const IncidentResult& result : results)
        if (result.incident.replay && result.incident.replay->verdict == "not_by_scaling")
            text += wrap(result.incident.id + ": " + result.incident.replay->verdict_why, width, 2);
    text += "\n" + console.bold("Reference checks that wait or differ") + "\n";
    for (const IncidentResult& result : results)
        for (const CheckOutcome& check : result.checks)
            if (check.status != CheckStatus::passed) text += "  " + result.incident.id + check_line(check, console).substr(3);
    return text;
}

std::string summary(const std::vector<IncidentResult>& results) {
    const Count count = count_of(results);
    return std::to_string(results.size()) + (results.size() == 1 ? " incident" : " incidents") +
           "; reference checks: " + std::to_string(count.passed) + " as given, " + std::to_string(count.failed) + " different, " +
           std::to_string(count.waiting) + " not covered yet (they need a rule the engine lacks)\n";
}

std::string report_text(const std::vector<IncidentResult>& results, bool whole, const Console& console) {
    std::string text;
    if (results.size() > 1) text = overview(results, console) + (whole ? "" : engine_overview(results, console));
    if (whole)
        for (const IncidentResult& result : results) text += details(result, console);
    else text += caveats(results, console);
    return text + "\n" + summary(results);
}

}  // namespace

Exit incident_list(const IncidentOptions& options, const Console& console) {
    const auto loaded = load_incidents(options, console);
    if (!loaded) return loaded.error();
    Table table({false, false, false, false});
    for (const Incident& incident : loaded->incidents) {
        const std::string verdict = incident.replay ? incident.replay->verdict : "-";
        if (!console.json) {
            table.row({incident.id, incident.venue, verdict, incident.title});
            continue;
        }
        text::JsonWriter out;
        out.begin_object().key("id").string(incident.id).key("date").string(incident.date).key("venue").string(incident.venue);
        out.key("title").string(incident.title).key("verdict").string(verdict).key("file").string(incident.file).end_object();
        console.print(out.take() + "\n");
    }
    if (!console.json) console.print(table.text());
    return Exit::ok;
}

Exit incident_run(const IncidentOptions& options, const Console& console) {
    if (!options.all && options.names.empty()) {
        console.complain("which incident? name one (see `plimsoll incident list`), give a file, or say --all");
        return Exit::usage;
    }
    auto loaded = load_incidents(options, console);
    if (!loaded) return loaded.error();
    std::vector<IncidentResult> results;
    for (Incident& incident : loaded->incidents) results.push_back(stress::run_incident(std::move(incident), loaded->reference));
    if (console.json) {
        for (const IncidentResult& result : results) console.print(stress::result_json(result) + "\n");
    } else {
        console.print(report_text(results, options.verbose || !options.all, console));
    }
    if (!options.report.empty()) {
        const auto written = write_file(options.report, stress::html_report(results));
        if (!written) {
            console.complain(written.error());
            return Exit::io;
        }
        console.say("report: " + options.report);
    }
    return count_of(results).failed == 0 ? Exit::ok : Exit::no;
}

Exit incident_commands(const IncidentOptions& options, const Console& console) {
    auto loaded = load_incidents(options, console);
    if (!loaded) return loaded.error();
    if (loaded->incidents.size() != 1) {
        console.complain("name one incident: this fits " + std::to_string(loaded->incidents.size()) + " (see `plimsoll incident list`)");
        return Exit::usage;
    }
    const stress::EngineReplay replay = stress::engine_replay(loaded->incidents[0], loaded->reference);
    if (replay.runs.empty()) {
        console.complain(loaded->incidents[0].id + " does not go through the engine: " + replay.why_none);
        return Exit::no;
    }
    const auto run =
        std::find_if(replay.runs.begin(), replay.runs.end(), [&](const stress::EngineRun& r) { return r.control == options.control; });
    if (run == replay.runs.end()) {
        std::string known;
        for (const stress::EngineRun& r : replay.runs) known += (known.empty() ? "'" : ", '") + r.control + "'";
        console.complain("there is no run '" + options.control + "'; --control is one of " + known);
        return Exit::usage;
    }
    // A command is said on the state it is decided on, so it is decided once more.
    const Limits limits{.accounts = 1'000'000, .orders = 1'000'000};
    Engine engine(limits);
    const codec::Names names(limits);
    for (const Command& command : run->commands) {
        console.print(codec::command_json(engine.state(), names, command) + "\n");
        engine.execute(command);
    }
    return Exit::ok;
}

}  // namespace plimsoll::cli
