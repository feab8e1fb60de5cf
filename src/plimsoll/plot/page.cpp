#include "plimsoll/plot/page.hpp"

#include "plimsoll/plot/chart.hpp"

#include <cstdio>

namespace plimsoll::plot {

namespace {

const char* const style = R"(
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #2e7d32; --dim: #666; --wash: #8881; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c784; --dim: #aaa; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2.4rem 0 .3rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .6rem 0; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line); }
td:not(.words) { white-space: nowrap; }
td.words, th.words { text-align: left; } tbody tr:hover { background: var(--wash); }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; } .dim { color: var(--dim); }
figure { margin: 0 0 1rem; } details { color: var(--dim); } dt { font-weight: 600; }
code { font-size: .9em; } p.formula { border-left: 4px solid var(--line); padding: .1rem .8rem; }
)";

}  // namespace

std::string page(const std::string& title, const std::string& body) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width, initial-scale=1\"><title>" +
           escaped(title) + "</title><style>" + style + "</style></head><body>\n" + body + "</body></html>\n";
}

Rows::Rows(const std::vector<std::string>& head) {
    html_ = "<div class=\"scroll\"><table><thead><tr>";
    for (std::size_t i = 0; i < head.size(); ++i) html_ += (i == 0 ? "<th class=\"words\">" : "<th>") + head[i] + "</th>";
    html_ += "</tr></thead><tbody>";
}

void Rows::add(const std::vector<std::string>& cells) {
    html_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) html_ += (i == 0 ? "<td class=\"words\">" : "<td>") + cells[i] + "</td>";
    html_ += "</tr>";
}

std::string percent(double share, int digits) { return fixed(100 * share, digits) + " %"; }

std::string fixed(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string duration(double seconds) {
    if (seconds < 120) return fixed(seconds, 0) + " s";
    if (seconds < 7200) return fixed(seconds / 60, 0) + " min";
    if (seconds < 172'800) return fixed(seconds / 3600, 1) + " h";
    return fixed(seconds / 86'400, 1) + " days";
}

}  // namespace plimsoll::plot
