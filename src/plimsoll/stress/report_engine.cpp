#include "plimsoll/stress/report_engine.hpp"

#include "plimsoll/plot/chart.hpp"

#include <algorithm>

namespace plimsoll::stress {

namespace {

using plot::escaped;

double number(Wide raw) { return static_cast<double>(raw) / static_cast<double>(pow10_64(figure_digits)); }
std::string exact(Wide raw) { return format_decimal_short(raw, figure_digits); }

/// What is below one unit of the quote asset is rounding, and shown as nothing; the exact figure is in the tooltip.
std::string shown(Wide raw) { return raw < pow10(figure_digits) ? "0" : plot::short_number(number(raw)); }

std::string cell(Wide raw, const char* kind = "") {
    return std::string("<td class=\"") + kind + "\" title=\"" + exact(raw) + "\">" + shown(raw) + "</td>";
}
std::string judged(Wide raw) { return cell(raw, raw < pow10(figure_digits) ? "good" : "bad"); }

/// A bar as long as its share of the largest.
std::string bar(Wide value, Wide most, const char* color) {
    if (most <= 0 || value <= 0) return {};
    const double share = std::min(1.0, number(value) / number(most));
    char width[32];
    std::snprintf(width, sizeof width, "%.1f", std::max(0.5, share * 100));
    return std::string("<span class=\"bar ") + color + "\" style=\"width:" + width + "%\"></span>";
}

Wide largest_harm(const EngineReplay& replay) {
    Wide most = 0;
    for (const EngineRun& run : replay.runs) most = std::max({most, run.loss(), run.extracted()});
    return most;
}

std::string run_row(const EngineRun& run, Wide most) {
    std::string out = "<tr><td class=\"words\"><b>" + escaped(run.control) + "</b>";
    if (!run.how.empty()) out += " <span class=\"dim\">" + escaped(run.how) + "</span>";
    if (run.refused != RejectCode::none) out += " <span class=\"dim\">(first refusal: " + escaped(to_string(run.refused)) + ")</span>";
    out += "</td>" + (run.asked ? cell(*run.asked) : std::string("<td title=\"a cap refused before margin was asked\">&ndash;</td>"));
    out += cell(run.opened) + judged(run.extracted()) + cell(run.paid.fund) + cell(run.paid.shared()) + cell(run.paid.booked) +
           cell(run.backstop) + judged(run.loss());
    return out + "<td class=\"bars\">" + bar(run.loss(), most, "loss") + bar(run.extracted(), most, "taken") + "</td></tr>\n";
}

std::string split_table(const std::vector<SplitRow>& splits) {
    if (splits.empty()) return {};
    Wide most = 0;
    for (const SplitRow& row : splits) most = std::max({most, row.alone, row.grouped});
    std::string out =
        "<p>The largest position on one collateral, spread over more and more accounts:</p><div class=\"scroll\"><table><thead><tr>"
        "<th>accounts</th><th>each alone</th><th>one group</th><th class=\"words\"></th></tr></thead><tbody>\n";
    for (const SplitRow& row : splits)
        out += "<tr><td>" + std::to_string(row.accounts) + "</td>" + cell(row.alone) + cell(row.grouped) + "<td class=\"bars\">" +
               bar(row.alone, most, "loss") + bar(row.grouped, most, "held") + "</td></tr>\n";
    return out + "</tbody></table></div>\n";
}

std::string notes(const EngineReplay& replay) {
    std::string out;
    if (!replay.outside.empty()) {
        out += "<details><summary>Controls that lie outside the engine (" + std::to_string(replay.outside.size()) + ")</summary><ul>";
        for (const OutsideControl& o : replay.outside) out += "<li>" + escaped(o.control) + ": " + escaped(o.why) + "</li>";
        out += "</ul></details>\n";
    }
    if (!replay.assumptions.empty()) {
        out += "<details><summary>What this replay assumes</summary><ul>";
        for (const std::string& each : replay.assumptions) out += "<li>" + escaped(each) + "</li>";
        out += "</ul></details>\n";
    }
    return out;
}

void write_figure(text::JsonWriter& out, const char* key, Wide raw) { out.key(key).string(exact(raw)); }

void write_run(text::JsonWriter& out, const EngineRun& run) {
    out.begin_object().key("control").string(run.control);
    if (!run.how.empty()) out.key("how").string(run.how);
    out.key("asked");
    if (run.asked) out.string(exact(*run.asked));
    else out.null();
    write_figure(out, "opened", run.opened);
    write_figure(out, "paid_in", run.paid_in);
    write_figure(out, "withdrawn", run.withdrawn);
    write_figure(out, "extracted", run.extracted());
    write_figure(out, "fund_paid", run.paid.fund);
    write_figure(out, "shared", run.paid.shared());
    write_figure(out, "shared_by_attackers", run.own_share);
    write_figure(out, "booked", run.paid.booked);
    write_figure(out, "backstop_loss", run.backstop);
    write_figure(out, "loss", run.loss());
    out.key("first_refusal");
    if (run.refused == RejectCode::none) out.null();
    else out.string(std::string(to_string(run.refused)));
    out.end_object();
}

}  // namespace

std::string engine_overview_html(const std::vector<IncidentResult>& results) {
    std::string out =
        "<h2>Through the engine</h2>\n<p class=\"dim\">The attack as a stream of commands to the engine itself: with the controls off, "
        "and with all of them on. Extracted is what the attackers took out beyond what they had paid in; the loss is what everybody "
        "else paid: the fund, those who shared it, the backstop, or nobody. The sections below switch each control on alone.</p>\n"
        "<div class=\"scroll\"><table><thead><tr><th rowspan=\"2\" class=\"words\">Incident</th><th colspan=\"3\" class=\"group\">controls "
        "off</th><th colspan=\"3\" class=\"group\">all together</th></tr><tr>";
    for (int i = 0; i < 2; ++i) out += "<th class=\"first\">opened</th><th>extracted</th><th>loss</th>";
    out += "</tr></thead><tbody>\n";
    for (const IncidentResult& result : results) {
        if (result.engine.runs.empty()) continue;
        out += "<tr><td class=\"words incident\"><a href=\"#i" + escaped(result.incident.id) + "\">" + escaped(result.incident.title) +
               "</a></td>";
        for (const EngineRun* run : {&result.engine.runs.front(), &result.engine.runs.back()})
            out += cell(run->opened, "first") + judged(run->extracted()) + judged(run->loss());
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

std::string engine_section_html(const IncidentResult& result) {
    const EngineReplay& replay = result.engine;
    std::string out = "<h3>Through the engine</h3>\n";
    if (replay.runs.empty()) return out + "<p class=\"dim\">Not run: " + escaped(replay.why_none) + ".</p>\n";
    out += "<div class=\"scroll\"><table><thead><tr><th class=\"words\">control</th><th>margin "
           "asked</th><th>opened</th><th>extracted</th><th>fund "
           "paid</th><th>shared</th><th>booked</th><th>backstop</th><th>loss</th><th class=\"bars\"><span class=\"loss-word\">loss</span> "
           "<span "
           "class=\"taken-word\">extracted</span></th></tr></thead><tbody>\n";
    const Wide most = largest_harm(replay);
    for (const EngineRun& run : replay.runs) out += run_row(run, most);
    return out + "</tbody></table></div>\n" + split_table(replay.splits) + notes(replay);
}

void write_engine(text::JsonWriter& out, const EngineReplay& replay) {
    out.begin_object().key("runs").begin_array();
    for (const EngineRun& run : replay.runs) write_run(out, run);
    out.end_array();
    if (!replay.why_none.empty()) out.key("why_none").string(replay.why_none);
    out.key("outside").begin_array();
    for (const OutsideControl& o : replay.outside)
        out.begin_object().key("control").string(o.control).key("why").string(o.why).end_object();
    out.end_array().key("splits").begin_array();
    for (const SplitRow& row : replay.splits) {
        out.begin_object().key("accounts").number(row.accounts);
        write_figure(out, "each_alone", row.alone);
        write_figure(out, "one_group", row.grouped);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace plimsoll::stress
