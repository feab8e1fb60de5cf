#include "plimsoll/stress/crash_report.hpp"

#include "plimsoll/plot/chart.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

using plot::escaped;
using plot::fixed;
using plot::percent;
using plot::short_number;

const char* const colors[] = {"#1565c0", "#b3261e", "#2e7d32", "#6a1b9a", "#ef6c00", "#455a64"};

std::string several(const Spread& spread) {
    return short_number(spread.mean) + " / " + short_number(spread.p99) + " / " + short_number(spread.most);
}

std::string table_of(const CrashStory& story) {
    std::vector<std::string> head{""};
    std::vector<Summary> summaries;
    for (const Variant& variant : story.variants) {
        head.push_back(escaped(variant.name));
        summaries.push_back(summary_of(variant.outcomes));
    }
    plot::Rows rows(head);
    for (const CrashFigure& figure : crash_figures(story)) {
        std::vector<std::string> cells{escaped(figure.name)};
        for (std::size_t i = 0; i < story.variants.size(); ++i) cells.push_back(escaped(figure.of(story.variants[i], summaries[i])));
        rows.add(cells);
    }
    return rows.html();
}

plot::Chart chart_of(const std::string& title, const std::string& x, const std::string& y) {
    plot::Chart chart;
    chart.title = title;
    chart.x_label = x;
    chart.y_label = y;
    chart.width = 860;
    return chart;
}

plot::Chart price_chart(const Variant& variant) {
    plot::Chart chart = chart_of("Prices: " + variant.name, "minutes", "price");
    plot::Series reference{"reference", "#455a64", {}, false}, mark{"mark", "#1565c0", {}, true}, own{"own book", "#b3261e", {}, false};
    for (const Moment& m : variant.moments) {
        const double at = static_cast<double>(m.ms) / 60'000;
        reference.points.push_back({at, m.reference});
        mark.points.push_back({at, m.mark});
        own.points.push_back({at, m.own});
    }
    chart.series = {own, reference, mark};
    chart.close_y = true;
    return chart;
}

plot::Chart pledge_chart(const Variant& variant) {
    plot::Chart chart = chart_of("Price of the collateral, as a multiple", "minutes", "times");
    plot::Series series{"collateral", "#6a1b9a", {}, false};
    for (const Moment& m : variant.moments) series.points.push_back({static_cast<double>(m.ms) / 60'000, m.pledged});
    chart.series.push_back(std::move(series));
    chart.close_y = true;
    return chart;
}

plot::Chart moments_chart(const CrashStory& story, const std::string& title, double (*get)(const Moment&), const char* unit = "") {
    plot::Chart chart = chart_of(title, "minutes", *unit != 0 ? unit : story.settle);
    for (std::size_t i = 0; i < story.variants.size(); ++i) {
        plot::Series series{story.variants[i].name, colors[i % std::size(colors)], {}, false};
        for (const Moment& m : story.variants[i].moments) series.points.push_back({static_cast<double>(m.ms) / 60'000, get(m)});
        chart.series.push_back(series);
    }
    return chart;
}

/// An outcome that is drawn: over many paths as the share of them in which it is at least x, of one path as its course.
struct DrawnOutcome {
    const char* name;
    bool of_accounts;  // a share of the crowd's accounts, not currency
    double (*of)(const Outcome&);
    double (*at)(const Moment&);
};
constexpr DrawnOutcome drawn_outcomes[] = {
    {"could not be paid", false, [](const Outcome& o) { return o.shortfall; }, [](const Moment& m) { return m.shortfall; }},
    {"by the fund", false, [](const Outcome& o) { return o.fund_paid; }, [](const Moment& m) { return m.fund_paid; }},
    {"deleveraged", false, [](const Outcome& o) { return o.deleveraged; }, [](const Moment& m) { return m.deleveraged; }},
    {"sold by liquidations", false, [](const Outcome& o) { return o.liquidated; }, [](const Moment& m) { return m.liquidated; }},
    {"accounts hurt", true, [](const Outcome& o) { return static_cast<double>(o.hurt); }, [](const Moment& m) { return m.hurt; }},
};

/// Share of paths in which a figure is at least x.
plot::Chart exceedance_chart(const CrashStory& story, const DrawnOutcome& drawn) {
    plot::Chart chart = chart_of(std::string("Share of paths with at least so much: ") + drawn.name,
                                 drawn.of_accounts ? "share of accounts" : std::string(drawn.name) + ", " + story.settle, "share of paths");
    chart.percent_y = true;
    chart.log_x = true;
    for (std::size_t i = 0; i < story.variants.size(); ++i) {
        const double unit = drawn.of_accounts ? story.variants[i].accounts : 1;
        std::vector<double> values;
        for (const Outcome& outcome : story.variants[i].outcomes) values.push_back(drawn.of(outcome));
        std::sort(values.begin(), values.end());
        plot::Series series{story.variants[i].name, colors[i % std::size(colors)], {}, false};
        for (std::size_t at = 0; at < values.size(); ++at)
            if (values[at] >= 1)
                series.points.push_back({values[at] / unit, static_cast<double>(values.size() - at) / static_cast<double>(values.size())});
        if (!series.points.empty()) chart.series.push_back(series);
    }
    return chart;
}

std::string drawn(const plot::Chart& chart) { return "<h3>" + escaped(chart.title) + "</h3>\n" + plot::svg(chart); }

std::string exceedance_charts(const CrashStory& story) {
    std::string html;
    for (const DrawnOutcome& outcome : drawn_outcomes) {
        const plot::Chart chart = exceedance_chart(story, outcome);
        if (!chart.series.empty()) html += drawn(chart);
        else html += "<p class=\"good\">In no path: " + escaped(outcome.name) + ".</p>";
    }
    return html;
}

std::string charts_of(const CrashStory& story) {
    const bool is_many = story.variants.front().outcomes.size() > 1;
    std::string html = is_many ? exceedance_charts(story) : "";
    if (story.variants.front().moments.empty()) return html;
    html +=
        is_many ? "<h2>The path that was worst for " + escaped(story.variants.front().name) + "</h2>" : std::string("<h2>Its course</h2>");
    html += drawn(price_chart(story.variants.front()));
    if (story.pledged) html += drawn(pledge_chart(story.variants.front()));
    html += drawn(moments_chart(story, "Margin locked", [](const Moment& m) { return m.margin; }));
    html += drawn(moments_chart(story, "Liquidations that wait for somebody to sell to", [](const Moment& m) { return m.waiting; }));
    for (const DrawnOutcome& outcome : drawn_outcomes)
        html += drawn(moments_chart(story, std::string("So far: ") + outcome.name, outcome.at, outcome.of_accounts ? "accounts" : ""));
    return html;
}

std::string fund_part(const CrashStory& story) {
    if (story.fund_days == 0) return {};
    plot::Rows rows({"fund", "Cover-1", "Cover-2",
                     "for " + std::to_string(story.fund_days) + " such days at " + percent(story.fund_ruin, 1) + " ruin",
                     "of the notional opened"});
    for (const Variant& variant : story.variants) {
        const Summary s = summary_of(variant.outcomes);
        const double fund = fund_for(variant.outcomes, story.fund_days, story.fund_ruin, story.seed);
        rows.add({escaped(variant.name), short_number(s.cover_1), short_number(s.cover_2), short_number(fund),
                  percent(fund / variant.opened.notional, 3)});
    }
    return "<h2>How large a fund</h2><p>Cover-1 and Cover-2: the largest losses of one and of two owners in any path. The fund for so many "
           "days: the quantile of "
           "sums of days drawn from these paths.</p>" +
           rows.html();
}

void write_spread(text::JsonWriter& json, std::string_view key, const Spread& s, int digits = 2) {
    json.key(key).begin_object();
    for (const auto& [name, value] : {std::pair{"mean", s.mean}, {"median", s.median}, {"p95", s.p95}, {"p99", s.p99}, {"max", s.most}})
        json.key(name).number(fixed(value, digits));
    json.end_object();
}

void write_opened(text::JsonWriter& json, const Opened& o) {
    json.key("opened").begin_object();
    json.key("wanted").number(fixed(o.wanted, 2)).key("notional").number(fixed(o.notional, 2)).key("margin").number(fixed(o.margin, 2));
    json.key("maintenance").number(fixed(o.maintenance, 2));
    json.key("capital").number(fixed(o.capital, 2)).key("owners_cut").number(std::to_string(o.cut));
    json.key("herfindahl").number(fixed(o.concentration.herfindahl, 8)).key("top_1").number(fixed(o.concentration.top_1, 6));
    json.key("top_10").number(fixed(o.concentration.top_10, 6)).end_object();
}

void write_variant(text::JsonWriter& json, const CrashStory& story, const Variant& variant) {
    const Summary s = summary_of(variant.outcomes);
    json.begin_object().key("name").string(variant.name).key("how").string(variant.how);
    json.key("accounts").number(std::to_string(variant.accounts));
    write_opened(json, variant.opened);
    json.key("summary").begin_object().key("paths").number(std::to_string(s.paths));
    write_spread(json, "shortfall", s.shortfall);
    write_spread(json, "fund_paid", s.fund_paid);
    write_spread(json, "beyond_fund", s.beyond_fund);
    write_spread(json, "deleveraged", s.deleveraged);
    write_spread(json, "liquidated", s.liquidated);
    write_spread(json, "hurt", s.hurt);
    Spread share = s.hurt;
    for (double* of : {&share.mean, &share.median, &share.p95, &share.p99, &share.most}) *of /= variant.accounts;
    write_spread(json, "hurt_share", share, 6);
    write_spread(json, "pledge_bought", s.pledge_bought);
    json.key("ruined").number(fixed(s.ruined, 6)).key("cover_1").number(fixed(s.cover_1, 2)).key("cover_2").number(fixed(s.cover_2, 2));
    if (story.fund_days > 0) json.key("fund").number(fixed(fund_for(variant.outcomes, story.fund_days, story.fund_ruin, story.seed), 2));
    json.end_object().key("paths").begin_array();
    for (const Outcome& outcome : variant.outcomes) {
        json.begin_object();
        for (const OutcomeFigure& figure : outcome_figures()) json.key(figure.name).number(fixed(figure.get(outcome), 6));
        json.key("chain").string(text::hex(outcome.chain.high, outcome.chain.low)).end_object();
    }
    json.end_array().end_object();
}

std::vector<CrashFigure> opened_figures() {
    return {
        {"wanted by the crowd", [](const Variant& v, const Summary&) { return short_number(v.opened.wanted); }},
        {"opened", [](const Variant& v, const Summary&) { return short_number(v.opened.notional); }},
        {"margin locked", [](const Variant& v, const Summary&) { return short_number(v.opened.margin); }},
        {"margin of the notional", [](const Variant& v, const Summary&) { return percent(v.opened.margin / v.opened.notional); }},
        {"Herfindahl", [](const Variant& v, const Summary&) { return fixed(v.opened.concentration.herfindahl, 4); }},
        {"largest owner, ten largest",
         [](const Variant& v, const Summary&) {
             return percent(v.opened.concentration.top_1, 1) + ", " + percent(v.opened.concentration.top_10, 1);
         }},
    };
}

std::vector<CrashFigure> figures_of_many() {
    return {
        {"could not be paid: mean / p99 / most", [](const Variant&, const Summary& s) { return several(s.shortfall); }},
        {"by the fund", [](const Variant&, const Summary& s) { return several(s.fund_paid); }},
        {"beyond the fund", [](const Variant&, const Summary& s) { return several(s.beyond_fund); }},
        {"paths in which the fund was too small", [](const Variant&, const Summary& s) { return percent(s.ruined, 1); }},
        {"sold by liquidations", [](const Variant&, const Summary& s) { return several(s.liquidated); }},
        {"deleveraged", [](const Variant&, const Summary& s) { return several(s.deleveraged); }},
        {"makers could not carry, at the worst moment", [](const Variant&, const Summary& s) { return several(s.uncarried); }},
        {"accounts hurt, share: mean, most",
         [](const Variant& v, const Summary& s) {
             return percent(s.hurt.mean / v.accounts, 1) + ", " + percent(s.hurt.most / v.accounts, 1);
         }},
    };
}

std::vector<CrashFigure> figures_of_one() {
    return {
        {"could not be paid", [](const Variant& v, const Summary&) { return short_number(v.outcomes.front().shortfall); }},
        {"by the fund, by others, by nobody",
         [](const Variant& v, const Summary&) {
             const Outcome& o = v.outcomes.front();
             return short_number(o.fund_paid) + ", " + short_number(o.shared) + ", " + short_number(o.booked);
         }},
        {"sold by liquidations", [](const Variant& v, const Summary&) { return short_number(v.outcomes.front().liquidated); }},
        {"deleveraged", [](const Variant& v, const Summary&) { return short_number(v.outcomes.front().deleveraged); }},
        {"waiting at the worst moment", [](const Variant& v, const Summary&) { return short_number(v.outcomes.front().unfilled); }},
        {"of that, makers could not carry", [](const Variant& v, const Summary&) { return short_number(v.outcomes.front().uncarried); }},
        {"own book pressed by", [](const Variant& v, const Summary&) { return percent(-std::expm1(-v.outcomes.front().worst_offset), 1); }},
        {"longest liquidation", [](const Variant& v, const Summary&) { return plot::duration(v.outcomes.front().slowest_s); }},
        {"accounts hurt, share",
         [](const Variant& v, const Summary&) { return percent(static_cast<double>(v.outcomes.front().hurt) / v.accounts, 1); }},
        {"accounts liquidated, stopped, hurt",
         [](const Variant& v, const Summary&) {
             const Outcome& o = v.outcomes.front();
             return std::to_string(o.accounts_liquidated) + ", " + std::to_string(o.stopped) + ", " + std::to_string(o.hurt) + " of " +
                    std::to_string(v.accounts);
         }},
    };
}

}  // namespace

std::vector<CrashFigure> crash_figures(const CrashStory& story) {
    std::vector<CrashFigure> all = opened_figures();
    const std::vector<CrashFigure> rest = story.variants.front().outcomes.size() > 1 ? figures_of_many() : figures_of_one();
    all.insert(all.end(), rest.begin(), rest.end());
    if (story.pledged)
        all.push_back({"paid by the fund for collateral: mean, most", [](const Variant&, const Summary& s) {
                           return short_number(s.pledge_bought.mean) + ", " + short_number(s.pledge_bought.most);
                       }});
    return all;
}
std::string crash_html(const CrashStory& story) {
    const std::string title = "Stress of " + story.market;
    std::string body = "<h1>" + escaped(title) + "</h1>\n<p>" + escaped(story.paths_from) +
                       ". The same crowd, the same paths, the same seeds under each schedule; seed " + std::to_string(story.seed) +
                       ". Amounts in " + escaped(story.settle) + ".</p>\n";
    body += table_of(story) + "<ul>";
    for (const Variant& variant : story.variants) body += "<li><b>" + escaped(variant.name) + "</b>: " + escaped(variant.how) + "</li>";
    body += "</ul>" + charts_of(story) + fund_part(story) + "<h2>What is assumed</h2><ul>";
    for (const std::string& assumption : story.assumptions) body += "<li>" + escaped(assumption) + "</li>";
    return plot::page(title, body + "</ul>");
}

std::string crash_json(const CrashStory& story) {
    text::JsonWriter json(text::Layout::pretty);
    json.begin_object().key("market").string(story.market).key("settle").string(story.settle).key("paths_from").string(story.paths_from);
    json.key("seed").number(std::to_string(story.seed)).key("assumptions").begin_array();
    for (const std::string& assumption : story.assumptions) json.string(assumption);
    json.end_array().key("variants").begin_array();
    for (const Variant& variant : story.variants) write_variant(json, story, variant);
    return json.end_array().end_object().take();
}

}  // namespace plimsoll::stress
