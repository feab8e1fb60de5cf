#include "plimsoll/plot/chart.hpp"
#include "plimsoll/stress/report.hpp"
#include "plimsoll/stress/schemes.hpp"

namespace plimsoll::stress {

namespace {

using plot::escaped;

const char* const style = R"(
:root { color-scheme: light dark; --line: #8885; --bad: #c62828; --good: #2e7d32; --dim: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2.6rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child, td.words, th.words { text-align: left; }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); } .dim { color: var(--dim); }
.verdict { border-left: 4px solid var(--line); padding: .2rem .8rem; }
.verdict.stopped { border-color: var(--good); } .verdict.not_by_scaling { border-color: var(--bad); }
details { margin: .4rem 0; } summary { cursor: pointer; }
)";

double number(Wide raw) { return static_cast<double>(raw) / static_cast<double>(pow10_64(figure_digits)); }
std::string money(const std::optional<Wide>& raw) { return raw ? plot::short_number(number(*raw)) : "&ndash;"; }
std::string exact(const std::optional<Wide>& raw) { return raw ? format_decimal_short(*raw, figure_digits) : "no such figure"; }

std::string cell(const std::optional<Wide>& raw, bool judged) {
    const char* kind = !judged || !raw ? "" : *raw > 0 ? " class=\"bad\"" : " class=\"good\"";
    return std::string("<td") + kind + " title=\"" + exact(raw) + "\">" + money(raw) + "</td>";
}

std::string verdict_words(const Replay& replay) {
    if (replay.verdict == "stopped") return "Scaling would have stopped it";
    if (replay.verdict == "bounded") return "Scaling would have bounded it";
    return "Scaling alone would not have stopped it";
}

std::string anchor(const Incident& incident) { return "i" + escaped(incident.id); }

std::string overview_row(const IncidentResult& result) {
    const IncidentRow& row = result.row;
    std::string out = "<tr><td><a href=\"#" + anchor(result.incident) + "\">" + escaped(result.incident.title) + "</a><br><span class=\"dim\">" + escaped(result.incident.date) + "</span></td>";
    for (const SchemeRow* scheme : {&row.flat, &row.per_account, &row.together}) out += cell(scheme->asked, false);
    for (const SchemeRow* scheme : {&row.flat, &row.per_account, &row.together}) out += cell(scheme->largest, false);
    for (const SchemeRow* scheme : {&row.flat, &row.per_account, &row.together}) out += cell(scheme->uncovered, true);
    const std::string verdict = result.incident.replay ? verdict_words(*result.incident.replay) : "no replay row";
    return out + "<td class=\"words\">" + verdict + "</td></tr>\n";
}

std::string overview(const std::vector<IncidentResult>& results) {
    std::string out =
        "<div class=\"scroll\"><table><thead><tr><th rowspan=\"2\">Incident</th><th colspan=\"3\">Margin asked</th><th colspan=\"3\">Largest admitted</th>"
        "<th colspan=\"3\">Left uncovered</th><th rowspan=\"2\" class=\"words\">Verdict</th></tr><tr>";
    for (int i = 0; i < 3; ++i) out += "<th>flat</th><th>per account</th><th>together</th>";
    out += "</tr></thead><tbody>\n";
    for (const IncidentResult& result : results) out += overview_row(result);
    return out + "</tbody></table></div>\n";
}

std::string chart_of(const IncidentResult& result) {
    if (result.curves.empty()) return {};
    static constexpr const char* colors[] = {"#1e88e5", "#fb8c00", "#2e7d32", "#c62828", "#777777"};
    plot::Chart chart;
    chart.title = result.incident.title + ": margin asked against position";
    chart.x_label = "position (quote)";
    chart.y_label = "quote";
    for (const SchemeCurve& curve : result.curves) {
        plot::Series series{curve.name, colors[static_cast<int>(curve.kind)], {}, curve.kind == CurveOf::loss || curve.kind == CurveOf::collateral};
        for (const auto& [x, y] : curve.points) series.points.push_back({number(x), number(y)});
        chart.series.push_back(std::move(series));
    }
    return "<div class=\"scroll\">" + plot::svg(chart) + "</div>\n";
}

std::string check_rows(const IncidentResult& result) {
    std::string out;
    for (const CheckOutcome& check : result.checks) {
        const char* word = check.status == CheckStatus::passed ? "<span class=\"good\">as given</span>" : check.status == CheckStatus::failed ? "<span class=\"bad\">differs</span>" : "<span class=\"dim\">not covered yet</span>";
        out += "<tr><td>" + escaped(check.schedule) + "</td><td class=\"words\">" + word + "</td><td class=\"words\">" + escaped(check.reason);
        for (const CheckField& field : check.fields)
            out += escaped(field.name) + " = " + escaped(field.got) + (field.same ? "" : " <span class=\"bad\">(expected " + escaped(field.expected) + ")</span>") + " &nbsp; ";
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
        out += "<tr><td>" + escaped(fact.name) + "</td><td class=\"words\">" + escaped(fact.value) + "</td><td class=\"words dim\">" + escaped(fact.source) + " (" + escaped(fact.confidence) + ")</td></tr>\n";
    return out + "</tbody></table></div></details>\n";
}

std::string section(const IncidentResult& result) {
    const Incident& incident = result.incident;
    std::string out = "<h2 id=\"" + anchor(incident) + "\">" + escaped(incident.title) + " <span class=\"dim\">" + escaped(incident.date) + "</span></h2>\n";
    if (incident.replay) {
        const Replay& replay = *incident.replay;
        out += "<p class=\"verdict " + escaped(replay.verdict) + "\"><b>" + verdict_words(replay) + ".</b> " + escaped(replay.verdict_why) + "</p>\n";
        out += chart_of(result);
        out += list("What had to be assumed", replay.assumptions);
        std::vector<std::string> absent;
        for (const auto& [figure, why] : replay.why) absent.push_back(figure + ": " + why);
        out += list("Figures that do not exist", absent);
    }
    out += list("Controls that stop or bound it", incident.required_controls);
    out += facts(incident);
    return out + "<details><summary>Reference checks (" + std::to_string(result.checks.size()) + ")</summary><div class=\"scroll\"><table><tbody>" + check_rows(result) + "</tbody></table></div></details>\n";
}

}  // namespace

std::string html_report(const std::vector<IncidentResult>& results) {
    std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>plimsoll: incidents</title>\n<style>" + std::string(style) + "</style></head><body>\n";
    out += "<h1>What the load line would have done</h1>\n<p class=\"dim\">Each public disaster, charged three ways: a flat rate; a size table read for each account alone; the table read over the owner's "
           "group with open interest lifting the rate. Amounts are in the quote currency; hover for exact figures. A dash means that the incident has no such figure.</p>\n";
    out += overview(results);
    for (const IncidentResult& result : results) out += section(result);
    return out + "</body></html>\n";
}

}  // namespace plimsoll::stress
