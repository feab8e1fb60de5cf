#include "plimsoll/calibrate/report.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/plot/chart.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace plimsoll::calibrate {

namespace {

using plot::escaped;
using plot::short_number;

using plot::duration;
using plot::fixed;
using plot::percent;
using plot::Rows;

std::string summary(const Evidence& e) {
    const Proposal& p = e.proposal;
    const Tier& first = p.initial.tiers.front();
    std::string text = "<p>As of " + time_text(p.measured.as_of) + " UTC, appetite <b>" + std::string(p.appetite.name) + "</b>: coverage " +
                       percent(p.appetite.coverage, 1) + " a side over " + duration(static_cast<double>(p.appetite.horizon_s)) +
                       ". The first " + (p.initial.tiers.size() > 1 ? short_number(p.initial.tiers[1].from) : short_number(p.cap)) + " " +
                       escaped(p.names.settle) + " of a position need " + percent(static_cast<double>(first.rate) * rate_unit) +
                       " initial margin (leverage " + fixed(1 / (static_cast<double>(first.rate) * rate_unit), 0) +
                       "), the largest position of " + short_number(p.cap) + " needs " + percent(p.points.back().initial) +
                       ". Open interest up to " + short_number(p.open_interest_cap) + " a side.</p>\n";
    text += p.worst_under > 1e-9 ? "<p class=\"bad\">The tiers lie below the curve by up to " + percent(p.worst_under, 4) + ".</p>\n"
                                 : std::string("<p class=\"good\">The tiers lie nowhere below the curve.</p>\n");
    if (!p.from_depth)
        text +=
            "<p class=\"bad\">No depth was given: size is limited by turnover alone, which overstates what a forced seller can use.</p>\n";
    if (!e.notes.empty()) {
        text += "<ul>";
        for (const std::string& note : e.notes) text += "<li>" + escaped(note) + "</li>";
        text += "</ul>\n";
    }
    return text;
}

std::string tiers_table(const Proposal& p) {
    Rows rows({"tier", "initial: from", "rate of its units", "maintenance: from", "rate of its units"});
    const std::size_t n = std::max(p.initial.tiers.size(), p.maintenance.tiers.size());
    const auto cell = [](const TierTable& table, std::size_t i, bool rate) {
        if (i >= table.tiers.size()) return std::string();
        return rate ? percent(static_cast<double>(table.tiers[i].rate) * rate_unit) : short_number(table.tiers[i].from);
    };
    for (std::size_t i = 0; i < n; ++i)
        rows.add({std::to_string(i + 1), cell(p.initial, i, false), cell(p.initial, i, true), cell(p.maintenance, i, false),
                  cell(p.maintenance, i, true)});
    return rows.html() +
           "<p class=\"dim\">Marginal: every tier charges the units in it, so there is no jump at an edge. Over-margin integral (rate of "
           "the next unit less "
           "what the curve asks for it, over ln Q): initial " +
           fixed(p.initial.cost, 4) + ", maintenance " + fixed(p.maintenance.cost, 4) +
           ", the least that so many tiers of round figures allow.</p>\n";
}

plot::Chart curve_chart(const Evidence& e) {
    const Proposal& p = e.proposal;
    plot::Chart chart;
    chart.title = "Margin against position";
    chart.x_label = "position, " + p.names.settle;
    chart.log_x = true;
    chart.y_label = "margin";
    chart.percent_y = true;
    chart.width = 860;
    chart.height = 380;
    plot::Series curve{"curve m*", "#1565c0", {}, true};
    plot::Series tiers{"proposed initial", "#1565c0", {}, false};
    plot::Series low_curve{"curve mu*", "#ef6c00", {}, true};
    plot::Series low{"proposed maintenance", "#ef6c00", {}, false};
    for (const Point& point : p.points) {
        const double x = point.notional;
        curve.points.push_back({x, point.initial_curve});
        tiers.points.push_back({x, point.initial});
        low_curve.points.push_back({x, point.maintenance_curve});
        low.points.push_back({x, point.maintenance});
    }
    chart.series = {curve, tiers, low_curve, low};
    static const char* const colors[] = {"#6a1b9a", "#2e7d32", "#ad1457", "#455a64"};
    for (std::size_t i = 0; i < e.others.size(); ++i) {
        plot::Series other{e.others[i].name, colors[i % std::size(colors)], {}, false};
        for (const Point& point : p.points)
            other.points.push_back({point.notional, e.others[i].asked.rate(point.notional, Level::initial)});
        chart.series.push_back(other);
    }
    return chart;
}

std::string collateral_part(const Proposal& p) {
    if (!p.haircut) return {};
    const VenueWeight line = venue_weight(*p.haircut);
    Rows rows({"held on the venue from", "a further unit would fetch", "all of it, at the most, together"});
    for (std::size_t i = 0; i < p.haircut->tiers.size(); ++i) {
        const double to = i + 1 < p.haircut->tiers.size() ? p.haircut->tiers[i + 1].from : p.haircut->held;
        rows.add({short_number(p.haircut->tiers[i].from), percent(p.haircut->tiers[i].weight), percent(weight_of(*p.haircut, to))});
    }
    return "<h2>As collateral</h2><p>It may fall by " + percent(p.haircut->move) + " before it is sold. In the set it counts " +
           percent(line.weight) + " up to " + short_number(line.scale_start) +
           " on the whole venue, and all of it together no more beyond.</p>" + rows.html();
}

std::string points_table(const Evidence& e) {
    std::vector<std::string> head = {"position", "volatility", "liquidity",       "spread, fee", "gap floor",
                                     "curve m*", "proposed",   "implied horizon", "curve mu*",   "proposed"};
    for (const Other& other : e.others) head.push_back(escaped(other.name));
    Rows rows(head);
    constexpr std::size_t every = 4;
    const std::vector<Point>& points = e.proposal.points;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i % every != 0 && i + 1 != points.size()) continue;
        const Point& point = points[i];
        std::vector<std::string> cells = {short_number(point.notional),
                                          percent(point.parts.volatility),
                                          percent(point.parts.liquidity),
                                          percent(point.parts.spread_and_fee),
                                          percent(point.parts.gap),
                                          percent(point.initial_curve),
                                          "<b>" + percent(point.initial) + "</b>",
                                          duration(point.implied_s),
                                          percent(point.maintenance_curve),
                                          "<b>" + percent(point.maintenance) + "</b>"};
        for (const Other& other : e.others) cells.push_back(percent(other.asked.rate(point.notional, Level::initial)));
        rows.add(cells);
    }
    return rows.html();
}

std::string estimators(const Proposal& p) {
    const Measured& m = p.measured;
    Rows rows({"estimator, over " + duration(static_cast<double>(p.appetite.horizon_s)), "fall", "rise", ""});
    const auto add = [&](const std::string& name, const Sides& sides, const std::string& note) {
        rows.add({name, percent(sides.down), percent(sides.up), note});
    };
    add("historical simulation", m.historical, "used");
    add("filtered historical simulation", m.filtered, "used");
    if (m.tail) add("peaks over threshold", *m.tail, "used");
    else rows.add({"peaks over threshold", "", "", escaped(m.tail_fault)});
    add("EWMA, normal tails", m.normal, "for comparison: too thin");
    if (m.garch) add("filtered by GARCH(1,1)", *m.garch, "for comparison: by hours it forgets a shock within the day");
    add("expected shortfall 97.5 %", m.shortfall, "for comparison");
    add("worst window on record", {m.worst.down, m.worst.up}, "weight " + percent(p.appetite.stress_weight, 0));
    return rows.html() + "<p class=\"formula\">q = (1 &minus; w) &middot; max(used) + w &middot; max(worst, used) = <b>" +
           percent(m.volatility) + "</b>; for maintenance, over " + duration(static_cast<double>(p.appetite.maintenance_s)) + ", " +
           percent(m.maintenance_volatility) + " by the exponent " + fixed(m.exponent, 2) + ". Daily volatility " + percent(m.daily_sigma) +
           ", turnover " + short_number(m.daily_turnover) + " a day.</p>\n<p class=\"formula\">m*(Q) = (1 + " +
           fixed(p.appetite.buffer, 2) + ") q (1 + T/3h)<sup>H</sup> + spread/2 + fee + max(book, Y &sigma; &radic;(Q/ADV)), " +
           "T = Q / (" + fixed(p.appetite.volume_share, 2) + " ADV), Y = " + fixed(m.impact, 2) + ". mu* is at most 0.8 m*.</p>\n";
}

std::string depth_table(const Evidence& e) {
    if (e.proposal.measured.depth.empty()) return {};
    const Appetite& a = e.proposal.appetite;
    Rows rows({"within", "stressed depth of the worse side", "mean cost of taking it"});
    for (const series::Band& band : e.proposal.measured.depth.bands())
        rows.add(
            {percent(band.within, 1), short_number(band.notional), percent(e.proposal.measured.depth.cost(band.notional).value_or(0))});
    return "<h2>Depth</h2><p>" + std::to_string(e.depth_looks) + " looks at the book; the " + percent(a.depth_quantile, 0) +
           " quantile over time of each band, of which " + percent(a.depth_left, 0) +
           " is taken to be left when everyone sells. One position may hold " + percent(a.depth_share, 0) + " of it.</p>" + rows.html();
}

plot::Chart backtest_chart(const Evidence& e) {
    plot::Chart chart;
    chart.title = "Largest loss of each day against the margin of that morning";
    chart.x_label = "day of the backtest";
    chart.y_label = "share of the price";
    chart.percent_y = true;
    chart.width = 860;
    chart.height = 320;
    plot::Series losses{"largest loss", "#90a4ae", {}, false};
    plot::Series margins{"initial margin, smallest size", "#1565c0", {}, false};
    double day = -1;
    std::int64_t which = -1;
    for (const Window& window : e.backtest) {
        if (window.ts / 86'400 != which) {
            which = window.ts / 86'400;
            day += 1;
            losses.points.push_back({day, window.loss()});
            margins.points.push_back({day, window.margin});
        } else {
            losses.points.back().y = std::max(losses.points.back().y, window.loss());
        }
    }
    chart.series = {losses, margins};
    return chart;
}

std::string backtest_part(const Evidence& e) {
    const Verdict& v = e.verdict;
    if (v.windows == 0) return "<h2>Backtest</h2><p class=\"bad\">There are too few bars before the time asked for to judge any day.</p>\n";
    const auto test = [](const LikelihoodTest& t) {
        return "<span class=\"" + std::string(t.passes() ? "good" : "bad") + "\">" + fixed(t.statistic, 3) + " (p " + fixed(t.p_value, 3) +
               ")</span>";
    };
    Rows rows({"", "", ""});
    rows.add({"windows, exceptions", std::to_string(v.windows), std::to_string(v.exceptions)});
    rows.add({"accepted at 5 %", std::to_string(v.band.least), std::to_string(v.band.most)});
    rows.add({"expected share of windows", percent(v.expected), std::string(to_string(v.light))});
    rows.add({"coverage (Kupiec)", test(v.coverage), ""});
    rows.add({"independence (Christoffersen)", test(v.independence), ""});
    rows.add({"both", test(v.both), ""});
    rows.add(
        {"shortfall: mean, most, worst quarter", percent(v.shortfall_mean) + ", " + percent(v.shortfall_most), percent(v.shortfall_es)});
    rows.add({"mean margin: what it costs", percent(v.margin_mean), ""});
    rows.add({"procyclicality: peak to trough", fixed(v.peak_to_trough, 2), "deviation of the logarithm " + fixed(v.log_deviation, 3)});
    rows.add({"largest rise in 1, 5, 20 days", percent(v.rise_1, 1), percent(v.rise_5, 1) + ", " + percent(v.rise_20, 1)});
    std::string html = "<h2>Backtest</h2><p>A margin each morning from the prices that were known, without depth, against every window of "
                       "the horizon that day. Fewer "
                       "exceptions than accepted mean a "
                       "margin above its coverage: buffer, costs and fee are in it.</p>" +
                       rows.html() + plot::svg(backtest_chart(e));
    if (v.worst.empty()) return html;
    Rows worst({"exception", "margin", "fall", "rise", "short by"});
    for (const Window& w : v.worst)
        worst.add({time_text(w.ts), percent(w.margin), percent(w.loss_down), percent(w.loss_up), percent(w.loss() - w.margin)});
    return html + worst.html();
}

std::string stress_part(const Evidence& e) {
    Rows rows({"day", "worst window by closes", "worst wick", "initial covers", "maintenance covers"});
    const Point& small = e.proposal.points.front();
    const auto covers = [](double margin, double loss) {
        return margin >= loss ? std::string("<span class=\"good\">yes</span>")
                              : "<span class=\"bad\">short by " + percent(loss - margin) + "</span>";
    };
    for (const StressDay& day : e.stress)
        rows.add({time_text(day.ts).substr(0, 10) +
                      (day.ts >= e.proposal.measured.as_of ? " <span class=\"dim\">later: out of sample</span>" : ""),
                  percent(day.worst.loss()), percent(std::max(day.wick_down, day.wick_up)), covers(small.initial, day.worst.loss()),
                  covers(small.maintenance, day.worst.loss())});
    return "<h2>The worst days on record</h2><p>With the proposal, at the smallest size, by closes. No schedule by size covers a wick of "
           "half the price: a bounded mark, paced "
           "liquidations and a fund have to.</p>" +
           rows.html();
}

std::string profiles_part(const Evidence& e) {
    if (e.profiles.size() < 2) return {};
    Rows rows({"appetite", "coverage", "horizon", "initial, smallest", "initial, 1M", "maintenance, smallest", "largest position",
               "open interest"});
    for (const Proposal& p : e.profiles) {
        const bool reaches = p.cap >= 1e6;
        const auto asked = AskedSchedule::make(p.set, MarketId{0}, {});
        PLIM_ASSERT(asked);  // it was made into a proposal by the same question
        rows.add({std::string(p.appetite.name), percent(p.appetite.coverage, 1), duration(static_cast<double>(p.appetite.horizon_s)),
                  percent(p.points.front().initial), reaches ? percent(asked->rate(1e6, Level::initial)) : "not allowed",
                  percent(p.points.front().maintenance), short_number(p.cap), short_number(p.open_interest_cap)});
    }
    return "<h2>What another appetite costs and buys</h2>" + rows.html();
}

std::string sources_part(const Evidence& e) {
    std::string html = "<h2>What it was made from</h2><ul>";
    for (const std::string& file : e.files) html += "<li>" + escaped(file) + "</li>";
    html += "</ul><p>" + std::to_string(e.bars) + " bars, " + std::to_string(e.missing) + " missing in gaps.</p>";
    if (!e.defects.empty()) {
        html += "<ul>";
        for (const series::Defect& defect : e.defects) html += "<li>" + escaped(to_string(defect)) + "</li>";
        html += "</ul>";
    }
    return html;
}

void write_sides(text::JsonWriter& json, std::string_view key, const Sides& sides) {
    json.key(key).begin_object().key("down").number(fixed(sides.down, 9)).key("up").number(fixed(sides.up, 9)).end_object();
}
void write_tiers(text::JsonWriter& json, std::string_view key, const TierTable& table) {
    json.key(key).begin_object().key("cost").number(fixed(table.cost, 9)).key("tiers").begin_array();
    for (const Tier& tier : table.tiers)
        json.begin_object()
            .key("from")
            .number(fixed(tier.from, 0))
            .key("rate")
            .number(fixed(static_cast<double>(tier.rate) * rate_unit, 5))
            .end_object();
    json.end_array().end_object();
}
void write_measured(text::JsonWriter& json, const Measured& m) {
    json.key("measured").begin_object();
    write_sides(json, "historical", m.historical);
    write_sides(json, "filtered", m.filtered);
    if (m.tail) write_sides(json, "tail", *m.tail);
    if (m.garch) write_sides(json, "garch", *m.garch);
    write_sides(json, "ewma_normal", m.normal);
    write_sides(json, "expected_shortfall", m.shortfall);
    json.key("worst_down")
        .number(fixed(m.worst.down, 9))
        .key("worst_up")
        .number(fixed(m.worst.up, 9))
        .key("exponent")
        .number(fixed(m.exponent, 6));
    json.key("volatility").number(fixed(m.volatility, 9)).key("maintenance_volatility").number(fixed(m.maintenance_volatility, 9));
    json.key("daily_sigma").number(fixed(m.daily_sigma, 9)).key("daily_turnover").number(fixed(m.daily_turnover, 2));
    json.key("impact").number(fixed(m.impact, 6)).key("spread").number(fixed(m.spread, 9)).end_object();
}
void write_verdict(text::JsonWriter& json, const Verdict& v) {
    json.key("backtest")
        .begin_object()
        .key("windows")
        .number(std::to_string(v.windows))
        .key("exceptions")
        .number(std::to_string(v.exceptions));
    json.key("expected").number(fixed(v.expected, 6)).key("accepted_least").number(std::to_string(v.band.least)).key("accepted_most");
    json.number(std::to_string(v.band.most)).key("light").string(to_string(v.light));
    json.key("kupiec").number(fixed(v.coverage.statistic, 6)).key("christoffersen").number(fixed(v.independence.statistic, 6));
    json.key("joint").number(fixed(v.both.statistic, 6)).key("shortfall_mean").number(fixed(v.shortfall_mean, 9));
    json.key("shortfall_most").number(fixed(v.shortfall_most, 9)).key("shortfall_es").number(fixed(v.shortfall_es, 9));
    json.key("margin_mean").number(fixed(v.margin_mean, 9)).key("peak_to_trough").number(fixed(v.peak_to_trough, 6)).end_object();
}

}  // namespace

std::string time_text(std::int64_t ts) {
    const std::chrono::sys_seconds time{std::chrono::seconds{ts}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time - day).count();
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
    return text;
}

std::vector<StressDay> stress_days(const Prices& prices, const Appetite& appetite, std::size_t most) {
    const auto bars = prices.bars();
    const std::size_t step = prices.bars_in(appetite.horizon_s);
    std::vector<StressDay> days;
    for (std::size_t i = step; i < bars.size(); ++i) {
        const double entry = bars[i - step].close;
        if (days.empty() || days.back().ts != bars[i].ts / 86'400 * 86'400) days.push_back({bars[i].ts / 86'400 * 86'400, {}, 0, 0});
        StressDay& day = days.back();
        const Window window{bars[i].ts, 0, 1 - bars[i].close / entry, bars[i].close / entry - 1};
        if (window.loss() > day.worst.loss()) day.worst = window;
        day.wick_down = std::max(day.wick_down, 1 - bars[i].low / entry);
        day.wick_up = std::max(day.wick_up, bars[i].high / entry - 1);
    }
    std::sort(days.begin(), days.end(), [](const StressDay& a, const StressDay& b) { return a.worst.loss() > b.worst.loss(); });
    days.resize(std::min(days.size(), most));
    return days;
}

std::string report_html(const Evidence& e) {
    const std::string title = "Proposed margin schedule for " + e.proposal.names.market;
    return plot::page(title, "<h1>" + escaped(title) + "</h1>\n" + summary(e) + "<h2>Tiers</h2>" + tiers_table(e.proposal) +
                                 plot::svg(curve_chart(e)) + points_table(e) + profiles_part(e) + collateral_part(e.proposal) +
                                 "<h2>Volatility</h2>" + estimators(e.proposal) + depth_table(e) + backtest_part(e) + stress_part(e) +
                                 sources_part(e));
}

std::string report_json(const Evidence& e) {
    const Proposal& p = e.proposal;
    text::JsonWriter json(text::Layout::pretty);
    json.begin_object()
        .key("market")
        .string(p.names.market)
        .key("appetite")
        .string(p.appetite.name)
        .key("as_of")
        .number(std::to_string(p.measured.as_of));
    json.key("cap")
        .number(fixed(p.cap, 0))
        .key("open_interest_cap")
        .number(fixed(p.open_interest_cap, 0))
        .key("caps_from")
        .string(p.from_depth ? "depth" : "turnover");
    write_tiers(json, "initial", p.initial);
    write_tiers(json, "maintenance", p.maintenance);
    write_measured(json, p.measured);
    write_verdict(json, e.verdict);
    json.key("points").begin_array();
    for (const Point& point : p.points) {
        json.begin_object().key("notional").number(fixed(point.notional, 2)).key("initial_curve").number(fixed(point.initial_curve, 9));
        json.key("initial").number(fixed(point.initial, 9)).key("maintenance_curve").number(fixed(point.maintenance_curve, 9));
        json.key("maintenance").number(fixed(point.maintenance, 9)).key("implied_s").number(fixed(point.implied_s, 1)).end_object();
    }
    json.end_array();
    if (p.haircut) {
        const VenueWeight line = venue_weight(*p.haircut);
        json.key("collateral").begin_object().key("move").number(fixed(p.haircut->move, 9)).key("weight").number(fixed(line.weight, 2));
        json.key("venue_scale_start").number(fixed(line.scale_start, 0)).end_object();
    }
    json.key("compared").begin_array();
    for (const Other& other : e.others) {
        json.begin_object().key("name").string(other.name).key("initial").begin_array();
        for (const Point& point : p.points) json.number(fixed(other.asked.rate(point.notional, Level::initial), 9));
        json.end_array().end_object();
    }
    json.end_array().key("stress").begin_array();
    for (const StressDay& day : e.stress)
        json.begin_object()
            .key("day")
            .string(time_text(day.ts).substr(0, 10))
            .key("loss")
            .number(fixed(day.worst.loss(), 9))
            .key("wick")
            .number(fixed(std::max(day.wick_down, day.wick_up), 9))
            .end_object();
    json.end_array().key("notes").begin_array();
    for (const std::string& note : e.notes) json.string(note);
    json.end_array().key("defects").begin_array();
    for (const series::Defect& defect : e.defects) json.string(to_string(defect));
    return json.end_array().end_object().take();
}

}  // namespace plimsoll::calibrate
