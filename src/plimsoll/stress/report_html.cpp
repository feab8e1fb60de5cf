#include "plimsoll/plot/chart.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/stress/report.hpp"
#include "plimsoll/stress/report_engine.hpp"
#include "plimsoll/stress/schemes.hpp"

#include <algorithm>

namespace plimsoll::stress {

namespace {

using plot::escaped;

const char* const style = R"(
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #2e7d32; --dim: #666; --wash: #8881; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c784; --dim: #aaa; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2.6rem 0 .3rem; scroll-margin-top: 1rem; }
a { color: inherit; text-underline-offset: .15em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.words, th.words { text-align: left; white-space: normal; } th.group { text-align: center; border-left: 1px solid var(--line); }
.first { border-left: 1px solid var(--line); } td.incident { min-width: 19rem; } td.none { text-align: left; white-space: normal; }
tbody tr:hover { background: var(--wash); }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); } .dim { color: var(--dim); font-weight: normal; }
.verdict { border-left: 4px solid var(--line); padding: .2rem .8rem; }
.verdict.stopped { border-color: var(--good); } .verdict.not_by_scaling { border-color: var(--bad); }
td.bars { min-width: 12rem; text-align: left; } .bar { display: block; height: .45rem; margin: .1rem 0; border-radius: 1px; }
.bar.loss { background: var(--bad); } .bar.taken { background: #fb8c00; } .bar.held { background: var(--good); }
.loss-word { color: var(--bad); } .taken-word { color: #fb8c00; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
details { margin: .4rem 0; } summary { cursor: pointer; }
)";

double number(Wide raw) { return static_cast<double>(raw) / static_cast<double>(pow10_64(figure_digits)); }
std::string money(const std::optional<Wide>& raw) { return raw ? plot::short_number(number(*raw)) : "&ndash;"; }
std::string exact(const std::optional<Wide>& raw) { return raw ? format_decimal_short(*raw, figure_digits) : "no such figure"; }

std::string cell(const std::optional<Wide>& raw, bool judged, bool first) {
    std::string kind = first ? "first" : "";
    if (judged && raw) kind += *raw > 0 ? " bad" : " good";
    return "<td class=\"" + kind + "\"" + " title=\"" + exact(raw) + "\">" + money(raw) + "</td>";
}

std::string verdict_words(const Replay& replay) {
    if (replay.verdict == "stopped") return "Scaling would have stopped it";
    if (replay.verdict == "bounded") return "Scaling would have bounded it";
    return "Scaling alone would not have stopped it";
}

std::string anchor(const Incident& incident) { return "i" + escaped(incident.id); }

std::string short_verdict(const Replay& replay) {
    if (replay.verdict == "stopped") return "<span class=\"good\">stops it</span>";
    if (replay.verdict == "bounded") return "bounds it";
    return "<span class=\"bad\">is not enough</span>";
}

std::string overview_row(const IncidentResult& result) {
    const IncidentRow& row = result.row;
    std::string out = "<tr><td class=\"words incident\"><a href=\"#" + anchor(result.incident) + "\">" + escaped(result.incident.title) +
                      "</a> <span class=\"dim\">" + escaped(result.incident.venue) + ", " + escaped(result.incident.date) +
                      (row.pledged ? "; pledged, see below" : "") + "</span></td>";
    const SchemeRow* const schemes[] = {&row.flat, &row.per_account, &row.together};
    for (const SchemeRow* scheme : schemes) out += cell(scheme->asked, false, scheme == schemes[0]);
    for (const SchemeRow* scheme : schemes) out += cell(scheme->largest, false, scheme == schemes[0]);
    for (const SchemeRow* scheme : schemes) out += cell(scheme->uncovered, true, scheme == schemes[0]);
    return out + "<td class=\"words first\">" + (result.incident.replay ? short_verdict(*result.incident.replay) : "&ndash;") +
           "</td></tr>\n";
}

/// What the best attack takes out under each control; nothing where no price was moved.
std::string attack_section(const IncidentAttack& attack) {
    if (attack.rows.empty()) return {};
    std::string out = "<h3>The best attack, searched</h3><div class=\"scroll\"><table><thead><tr><th class=\"words\"></th><th>open "
                      "interest</th><th>push to</th>"
                      "<th>extractable</th><th class=\"words\"></th></tr></thead><tbody>\n";
    for (const AttackRow& row : attack.rows) {
        const double value = std::max(0.0, row.plan.value());
        out += "<tr><td class=\"words\">" + escaped(row.control) + "</td><td>" + plot::short_number(row.open_interest) + "</td><td>" +
               (value > 0 ? plot::fixed(row.plan.push, 2) + " times" : "&ndash;") + "</td><td class=\"" + (value > 0 ? "bad" : "good") +
               "\">" + plot::short_number(value) + "</td><td class=\"words dim\">" + escaped(row.how) + "</td></tr>\n";
    }
    out += "</tbody></table></div>\n<p class=\"dim\">";
    for (const std::string& assumption : attack.assumptions) out += "Assumed: " + escaped(assumption) + ". ";
    return out + "</p>\n";
}

std::string overview(const std::vector<IncidentResult>& results) {
    std::string out = "<div class=\"scroll\"><table><thead><tr><th rowspan=\"2\" class=\"words\">Incident</th><th colspan=\"3\" "
                      "class=\"group\">margin asked</th><th colspan=\"3\" class=\"group\">largest admitted</th>"
                      "<th colspan=\"3\" class=\"group\">left uncovered</th><th rowspan=\"2\" class=\"words first\">scaling</th></tr><tr>";
    for (int i = 0; i < 3; ++i)
        out += "<th class=\"first\" title=\"one rate whatever the size\">flat</th><th title=\"a table of tiers, each account "
               "alone\">size</th><th title=\"tiers over the owner's group, open interest lifting the rate\">both</th>";
    out += "</tr></thead><tbody>\n";
    for (const IncidentResult& result : results) out += overview_row(result);
    return out + "</tbody></table></div>\n";
}

/// How many checks came out as given, differ, and wait.
std::string tally(const std::vector<IncidentResult>& results) {
    int counts[3] = {};
    for (const IncidentResult& result : results)
        for (const CheckOutcome& check : result.checks) ++counts[static_cast<int>(check.status)];
    return "<p>Reference checks: <span class=\"good\">" + std::to_string(counts[0]) + " as given</span>, " +
           (counts[1] > 0 ? "<span class=\"bad\">" : "<span>") + std::to_string(counts[1]) + " different</span>, " +
           std::to_string(counts[2]) + " not covered yet (they need a rule the engine lacks).</p>\n";
}

std::string pledged_table(const IncidentRow& row) {
    if (!row.pledged) return {};
    const auto line = [](const char* name, const SchemeRow& scheme) {
        return std::string("<tr><td class=\"words\">") + name + "</td>" + cell(scheme.largest, false, false) +
               cell(scheme.uncovered, true, false) + "</tr>\n";
    };
    return "<div class=\"scroll\"><table><thead><tr><th class=\"words\">pledged collateral</th><th>may be borrowed</th><th>left "
           "uncovered</th></tr></thead><tbody>\n" +
           line("flat weight", row.flat) + line("weight falling with all deposits", row.together) + "</tbody></table></div>\n";
}

std::string chart_of(const IncidentResult& result) {
    if (result.curves.empty()) return {};
    static constexpr const char* colors[] = {"#1e88e5", "#fb8c00", "#2e7d32", "#c62828", "#777777"};
    plot::Chart chart;
    chart.title = result.incident.title + ": margin asked against position";
    chart.x_label = "position (quote)";
    chart.y_label = "quote";
    for (const SchemeCurve& curve : result.curves) {
        plot::Series series{
            curve.name, colors[static_cast<int>(curve.kind)], {}, curve.kind == CurveOf::loss || curve.kind == CurveOf::collateral};
        for (const auto& [x, y] : curve.points) series.points.push_back({number(x), number(y)});
        chart.series.push_back(std::move(series));
    }
    // What each scheme asked of the position as it stood.
    const double stood = number(figure(*result.incident.replay->position_notional));
    const SchemeRow* const rows[] = {&result.row.flat, &result.row.per_account, &result.row.together};
    for (const SchemeCurve& curve : result.curves) {
        const auto kind = static_cast<std::size_t>(curve.kind);
        if (kind >= std::size(rows) || !rows[kind]->asked) continue;
        chart.marks.push_back({{stood, number(*rows[kind]->asked)},
                               curve.name + ": " + plot::short_number(number(*rows[kind]->asked)) + " asked of the position as it stood",
                               colors[kind]});
    }
    return "<div class=\"scroll\">" + plot::svg(chart) + "</div>\n";
}

std::string check_rows(const IncidentResult& result) {
    std::string out;
    for (const CheckOutcome& check : result.checks) {
        const char* word = check.status == CheckStatus::passed   ? "<span class=\"good\">as given</span>"
                           : check.status == CheckStatus::failed ? "<span class=\"bad\">differs</span>"
                                                                 : "<span class=\"dim\">not covered yet</span>";
        out += "<tr><td class=\"words\">" + escaped(check.schedule) + "</td><td class=\"words\">" + word + "</td><td class=\"words\">" +
               escaped(check.reason);
        for (const CheckField& field : check.fields)
            out += escaped(field.name) + " = " + escaped(field.got) +
                   (field.same ? "" : " <span class=\"bad\">(expected " + escaped(field.expected) + ")</span>") + " &nbsp; ";
        out += "</td></tr>\n";
    }
    return out;
}

std::string list(const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return {};
    std::string out = std::string("<details><summary>") + title + "</summary><ul>";
    for (const std::string& item : items) out += "<li>" + escaped(item) + "</li>";
    return out + "</ul></details>\n";
}

std::string facts(const Incident& incident) {
    std::string out = "<details><summary>Facts and sources</summary><div class=\"scroll\"><table><tbody>";
    for (const Fact& fact : incident.facts)
        out += "<tr><td class=\"words\">" + escaped(fact.name) + "</td><td class=\"words\">" + escaped(fact.value) +
               "</td><td class=\"words dim\">" + escaped(fact.source) + " (" + escaped(fact.confidence) + ")</td></tr>\n";
    return out + "</tbody></table></div></details>\n";
}

std::string section(const IncidentResult& result) {
    const Incident& incident = result.incident;
    std::string out = "<h2 id=\"" + anchor(incident) + "\">" + escaped(incident.title) + " <span class=\"dim\">" + escaped(incident.date) +
                      "</span></h2>\n";
    if (incident.replay) {
        const Replay& replay = *incident.replay;
        out += "<p class=\"verdict " + escaped(replay.verdict) + "\"><b>" + verdict_words(replay) + ".</b> " + escaped(replay.verdict_why) +
               "</p>\n";
        out += pledged_table(result.row);
        out += chart_of(result);
        out += engine_section_html(result);
        out += attack_section(result.attack);
        out += list("What had to be assumed", replay.assumptions);
        std::vector<std::string> absent;
        for (const auto& [figure, why] : replay.why) absent.push_back(figure + ": " + why);
        out += list("Figures that do not exist", absent);
    }
    out += list("Controls that stop or bound it", incident.required_controls);
    out += facts(incident);
    return out + "<details><summary>Reference checks (" + std::to_string(result.checks.size()) +
           ")</summary><div class=\"scroll\"><table><tbody>" + check_rows(result) + "</tbody></table></div></details>\n";
}

}  // namespace

std::string html_report(const std::vector<IncidentResult>& results) {
    std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                      "content=\"width=device-width, initial-scale=1\">\n<title>plimsoll: incidents</title>\n<style>" +
                      std::string(style) + "</style></head><body>\n";
    out += "<h1>What the load line would have done</h1>\n<p class=\"dim\">Each public disaster, charged three ways: a flat rate; a size "
           "table read for each account alone; the table read over the owner's "
           "group with open interest lifting the rate. Amounts are in the quote currency; hover for exact figures. A dash means that the "
           "incident has no such figure; the sections say why.</p>\n";
    out += overview(results) + engine_overview_html(results) + tally(results);
    for (const IncidentResult& result : results) out += section(result);
    return out + "</body></html>\n";
}

}  // namespace plimsoll::stress
