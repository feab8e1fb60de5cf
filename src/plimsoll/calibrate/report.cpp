#include "plimsoll/calibrate/report.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/calibrate/classes.hpp"
#include "plimsoll/calibrate/figure.hpp"
#include "plimsoll/plot/chart.hpp"
#include "plimsoll/plot/page.hpp"

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

double share_of(const Tier& tier) { return static_cast<double>(tier.rate) * rate_unit; }
std::string good(const std::string& text) { return "<span class=\"good\">" + text + "</span>"; }
std::string bad(const std::string& text) { return "<span class=\"bad\">" + text + "</span>"; }

/// The appetite's numbers, as an input.
std::string appetite_words(const Appetite& a) {
    return "coverage &alpha; = " + percent(a.coverage, 1) + " a side, h<sub>0</sub> = " + duration(static_cast<double>(a.horizon_s)) +
           " for initial and h<sub>m</sub> = " + duration(static_cast<double>(a.maintenance_s)) +
           " for maintenance margin, buffer b = " + percent(a.buffer, 0) + ", weight w of the worst window " + percent(a.stress_weight, 0) +
           ", gap weight g = " + percent(a.gap_weight, 0) + ", the fund may lose L = " + short_number(a.fund_loss) +
           " on a position, a liquidation may take &kappa; = " + percent(a.volume_share, 0) + " of turnover; given by name (--appetite)";
}

std::string curve_formula(const Proposal& p) {
    return "m*(Q) = (1 + " + fixed(p.appetite.buffer, 2) +
           ") q (1 + T/3h<sub>0</sub>)<sup>H</sup> + spread/2 + fee + funding + max(book, Y &sigma; &radic;(Q/ADV)), "
           "at least g &middot; worst &minus; L/Q and at least &mu;*/0.8, at most 1; T = Q / (" +
           fixed(p.appetite.volume_share, 2) + " ADV), q = " + percent(p.measured.volatility) + ", H = " + fixed(p.measured.exponent, 2) +
           ", Y = " + fixed(p.measured.impact, 2) + ", &sigma; = " + percent(p.measured.daily_sigma) +
           ", ADV = " + short_number(p.measured.daily_turnover);
}
std::string maintenance_formula(const Proposal& p) {
    return "&mu;*(Q) = q<sub>m</sub> (1 + T/3h<sub>m</sub>)<sup>H</sup> + max(book, Y &sigma; &radic;(Q/ADV)) + liquidation fee, at least "
           "1.25 times the fee and at most 0.8 m*; "
           "q<sub>m</sub> = " +
           percent(p.measured.maintenance_volatility) + ", the rest as for m*";
}
std::string paced_formula(const Proposal& p) {
    if (!p.pace_asked) return "the same as m*: nothing live is beside it";
    const PaceAsked& pace = *p.pace_asked;
    std::string text = "m' = m*";
    if (pace.draw_down)
        text = "max(m<sub>0</sub>, min((1 + b) m<sub>ref</sub>, m*)), m<sub>0</sub> without the buffer, (1 + b) m<sub>ref</sub> = live "
               "margin &middot; (1 + b) / (1 + b (1 &minus; " +
               fixed(pace.drawn, 3) + ")) (--drawn)";
    if (pace.growth > 0)
        text += ", at most (1 + " + fixed(pace.growth, 3) + ")<sup>" + fixed(pace.days, 1) +
                "</sup> of the live margin (--speed-bump, --live-days), never below &mu;*/0.8 nor the volatility floor";
    return text + "; live: " + escaped(pace.name);
}
const char* const charged_how = "what the proposed schedule charges at that size, asked as the engine asks it, over the size";

std::string summary(const Evidence& e) {
    const Proposal& p = e.proposal;
    const double first = share_of(p.initial.tiers.front());
    const std::string settle = escaped(p.names.settle);
    FigureRows rows({"", ""});
    rows.add("as of, UTC", {time_text(p.measured.as_of)}, "the end of the last bar, or --as-of; nothing later is looked at");
    rows.add("appetite", {"<b>" + std::string(p.appetite.name) + "</b>"}, appetite_words(p.appetite));
    rows.add("initial margin of the first units", {percent(first)},
             "the rate of the first tier, up to " +
                 (p.initial.tiers.size() > 1 ? short_number(p.initial.tiers[1].from) : short_number(p.cap)) + " " + settle +
                 ": the smallest round rate at which no unit there is charged less than (m'(Q) Q)' asks");
    rows.add("leverage there", {fixed(1 / first, 0)}, "1 / initial margin of the first units");
    rows.add(
        "largest position, " + settle, {short_number(p.cap)},
        "the smaller of the size whose next unit would have to be paid in full, (m*(Q) Q)' = 1, and " + percent(p.appetite.depth_share, 0) +
            (p.from_depth ? " of all stressed depth" : " of a tenth of a day's turnover, as no depth was given") + "; two digits, down");
    rows.add("initial margin of it", {percent(p.points.back().initial)}, charged_how);
    rows.add("open interest, a side, " + settle, {short_number(p.open_interest_cap)},
             p.from_depth ? "the largest Q with Q &le; 2 &lambda; m*(Q), at which pushing the price through a book of &lambda; = " +
                                short_number(p.measured.depth.most() / p.measured.depth.bands().back().within) +
                                " for each unit of distance stops to pay; two digits, down, at least the largest position"
                          : "ten times the largest position, as no depth was given");
    rows.add("tiers below the curve by at most", {p.worst_under > 1e-9 ? bad(percent(p.worst_under, 4)) : good("nowhere below the curve")},
             "the largest of m' &minus; initial and &mu;* &minus; maintenance over " + std::to_string(p.points.size()) + " sizes");
    std::string text = rows.html();
    if (!p.from_depth)
        text += "<p class=\"bad\">No depth over time was given (--depth; a single book says spread and impact only): size is limited by "
                "turnover alone, which overstates what a forced seller can use.</p>\n";
    return text;
}

/// What stands beside the tiers.
std::string notes_part(const Evidence& e) {
    if (e.notes.empty()) return {};
    FigureRows rows({""});
    for (const Note& note : e.notes) rows.add(escaped(note.sentence), {}, escaped(note.how));
    return "<h2>What stands beside it</h2>" + rows.html();
}

std::string tiers_table(const Proposal& p) {
    Rows rows({"tier", "initial: from", "rate of its units", "maintenance: from", "rate of its units"});
    const std::size_t n = std::max(p.initial.tiers.size(), p.maintenance.tiers.size());
    const auto cell = [](const TierTable& table, std::size_t i, bool rate) {
        if (i >= table.tiers.size()) return std::string();
        return rate ? percent(share_of(table.tiers[i])) : short_number(table.tiers[i].from);
    };
    for (std::size_t i = 0; i < n; ++i)
        rows.add({std::to_string(i + 1), cell(p.initial, i, false), cell(p.initial, i, true), cell(p.maintenance, i, false),
                  cell(p.maintenance, i, true)});
    const std::string edges = "an edge out of 1, 1.5, 2, 3, 5 and 7 times powers of ten, " + escaped(p.names.settle) +
                              "; of all tables of so many tiers that lie nowhere below the curve the one of the least over-margin";
    FigureRows costs({"over-margin", "integral"});
    const std::string integral = "&int; (rate of the next unit &minus; what the curve asks for it) d ln Q, from a thousandth of the first "
                                 "edge to the largest position; the "
                                 "least that so many tiers of round figures allow, by dynamic programming";
    costs.add("initial", {fixed(p.initial.cost, 4)}, integral);
    costs.add("maintenance", {fixed(p.maintenance.cost, 4)}, integral);
    return figure(Named::columns, rows.html(),
                  {{"tier", "its number, from the smallest size"},
                   {"initial: from", edges},
                   {"maintenance: from", edges},
                   {"rate of its units", "marginal: of the units in the tier, so there is no jump at an edge; the smallest round rate "
                                         "(steps of 0.1 % at first, 5 % at last) that is "
                                         "nowhere below (m'(Q) Q)' and (&mu;*(Q) Q)' in it"}}) +
           costs.html();
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
    plot::Series curve{"curve m'", "#1565c0", {}, true};
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

std::vector<Said> curve_said(const Evidence& e) {
    std::vector<Said> said{{escaped("curve m'"), paced_formula(e.proposal) + "; " + curve_formula(e.proposal)},
                           {"proposed initial", charged_how},
                           {"curve mu*", maintenance_formula(e.proposal)},
                           {"proposed maintenance", charged_how}};
    for (const Other& other : e.others)
        said.push_back(
            {escaped(other.name),
             "its initial margin at that size, asked with price, open interest of others, depth within a per cent and turnover of a day"});
    return said;
}

std::string collateral_part(const Proposal& p) {
    if (!p.haircut) return {};
    const VenueWeight line = venue_weight(*p.haircut);
    FigureRows facts({"", ""});
    facts.add("it may fall before it is sold, by", {percent(p.haircut->move)},
              "q over h<sub>0</sub>, as under Volatility; the coin's prices are the market's");
    facts.add("weight in the set", {percent(line.weight)},
              "of all lines of a weight and a start under which the venue's accounts together never count more than the tiers below, the "
              "one whose worst share of them is largest");
    facts.add("up to, on the whole venue", {short_number(line.scale_start)},
              "the start of that line: beyond it all of it together counts no more");
    Rows rows({"held on the venue from", "a further unit would fetch", "all of it, at the most, together"});
    for (std::size_t i = 0; i < p.haircut->tiers.size(); ++i) {
        const double to = i + 1 < p.haircut->tiers.size() ? p.haircut->tiers[i + 1].from : p.haircut->held;
        rows.add({short_number(p.haircut->tiers[i].from), percent(p.haircut->tiers[i].weight), percent(weight_of(*p.haircut, to))});
    }
    return "<h2>As collateral</h2>" + facts.html() +
           figure(Named::columns, rows.html(),
                  {{"held on the venue from",
                    "edges that double from a sixty-fourth of all that may be held, " + short_number(p.haircut->held) + " (--held)"},
                   {"a further unit would fetch", "the rise of V (1 &minus; q(h(V))) (1 &minus; C(V)) over the tier, C the cost of selling "
                                                  "V at stressed depth; whole per cents, down; nothing beyond the book's end"},
                   {"all of it, at the most, together", "mean of the tiers up to the next edge"}});
}

std::string points_table(const Evidence& e) {
    const Proposal& p = e.proposal;
    std::vector<std::string> head = {"position", "volatility", "liquidity",       "spread, fee", "gap floor",           "curve m*",
                                     "curve m'", "proposed",   "implied horizon", "curve mu*",   "proposed maintenance"};
    for (const Other& other : e.others) head.push_back(escaped(other.name));
    Rows rows(head);
    constexpr std::size_t every = 4;
    for (std::size_t i = 0; i < p.points.size(); ++i) {
        if (i % every != 0 && i + 1 != p.points.size()) continue;
        const Point& point = p.points[i];
        std::vector<std::string> cells = {short_number(point.notional),
                                          percent(point.parts.volatility),
                                          percent(point.parts.liquidity),
                                          percent(point.parts.spread_and_fee),
                                          percent(point.parts.gap),
                                          percent(point.computed),
                                          percent(point.initial_curve),
                                          "<b>" + percent(point.initial) + "</b>",
                                          duration(point.implied_s),
                                          percent(point.maintenance_curve),
                                          "<b>" + percent(point.maintenance) + "</b>"};
        for (const Other& other : e.others) cells.push_back(percent(other.asked.rate(point.notional, Level::initial)));
        rows.add(cells);
    }
    std::vector<Said> said = {
        {"position", "Q, " + escaped(p.names.settle)},
        {"volatility", "(1 + b) q (1 + T/3h<sub>0</sub>)<sup>H</sup>, q as under Volatility"},
        {"liquidity", std::string("the larger of Y &sigma; &radic;(Q/ADV) and the mean cost of taking Q from ") +
                          (p.from_depth ? "stressed depth, as under Depth" : "depth over time (--depth), which was not given")},
        {"spread, fee",
         "half of the spread of " + percent(p.measured.spread, 3) + ", the fee of closing and the funding payment that may fall due"},
        {"gap floor", "max(0, g &middot; worst &minus; L/Q), worst = " + percent(std::max(p.measured.worst.down, p.measured.worst.up)) +
                          ", g = " + fixed(p.appetite.gap_weight, 2) + ", L = " + short_number(p.appetite.fund_loss)},
        {"curve m*", curve_formula(p)},
        {"curve m'", paced_formula(p)},
        {"proposed", charged_how},
        {"implied horizon", "h<sub>0</sub> (proposed / q)<sup>1/H</sup>: for how long the quantile equals the margin"},
        {"curve mu*", maintenance_formula(p)},
        {"proposed maintenance", charged_how}};
    for (const Other& other : e.others) said.push_back({escaped(other.name), "its initial margin at that size"});
    return figure(Named::columns, rows.html(), said);
}

std::string estimators(const Proposal& p, const Estimators& asked) {
    const Measured& m = p.measured;
    const std::string horizon = duration(static_cast<double>(p.appetite.horizon_s)), alpha = percent(p.appetite.coverage, 1);
    const std::string of = "returns r over " + horizon + " that do not overlap, the latest " + std::to_string(returns_most) + " at most";
    FigureRows rows({"estimator, over " + horizon, "fall", "rise", ""});
    const auto add = [&](const std::string& name, const Sides& sides, const std::string& note, const std::string& how) {
        rows.add(name, {percent(sides.down), percent(sides.up), note}, how);
    };
    const auto used = [](bool yes, const char* otherwise) { return std::string(yes ? "used" : otherwise); };
    add("historical simulation", m.historical, "used", "the " + alpha + " quantile (type 7) of &minus;r and of r; " + of);
    add("filtered historical simulation", m.filtered, "used",
        "&sigma;<sub>T+1</sub> times the " + alpha +
            " quantile of &minus;r<sub>t</sub>/&sigma;<sub>t</sub> and of r<sub>t</sub>/&sigma;<sub>t</sub>, &sigma; by EWMA with &lambda; "
            "= 0.98; " +
            of);
    const std::string tail = "u + &beta;/&xi; ((n/N<sub>u</sub> (1 &minus; &alpha;))<sup>&minus;&xi;</sup> &minus; 1), a Pareto tail over "
                             "the 95 % quantile u by maximum likelihood; " +
                             of;
    if (m.tail) add("peaks over threshold", *m.tail, "used", tail);
    else rows.add("peaks over threshold", {"", "", escaped(m.tail_fault)}, tail);
    add("EWMA, normal tails", m.normal, "for comparison: too thin",
        "z<sub>&alpha;</sub> &sigma;<sub>T+1</sub>, &sigma; by EWMA with &lambda; = 0.98; " + of);
    if (m.garch)
        add("filtered by GARCH(1,1)", *m.garch, used(asked.garch, "for comparison: by hours it forgets a shock within the day"),
            "as filtered historical simulation, &sigma;&sup2;<sub>t+1</sub> = &omega; + a r<sub>t</sub>&sup2; + b "
            "&sigma;<sub>t</sub>&sup2; by maximum likelihood; " +
                of);
    add("expected shortfall 97.5 %", m.shortfall, used(asked.shortfall, "for comparison"),
        "the mean of losses at or beyond their 97.5 % quantile; " + of);
    add("worst window on record", {m.worst.down, m.worst.up}, "weight " + percent(p.appetite.stress_weight, 0),
        "1 &minus; low / highest close before and high / lowest close before &minus; 1, over windows of " + horizon + " of all bars");
    return rows.html();
}

std::string volatility_part(const Proposal& p, const std::optional<VolatilityFloor>& floor, const std::string& floor_from) {
    const Measured& m = p.measured;
    FigureRows rows({"", ""});
    if (floor)
        rows.add(
            "volatility floor", {percent(floor->quantile) + (floor->quantile < m.volatility ? "" : ", and it binds")},
            "historical simulation over " + fixed(floor->years, 1) + " years of " + escaped(floor_from) +
                ", ten are asked for: " + std::to_string(floor->windows) + " windows of " + duration(static_cast<double>(floor->window_s)) +
                (floor->exponent > 0 ? ", times (h<sub>0</sub> / window)<sup>" + fixed(floor->exponent, 2) + "</sup>" : std::string()));
    rows.add("q, over h<sub>0</sub>", {"<b>" + percent(m.volatility) + "</b>"},
             "(1 &minus; w) &middot; max(used) + w &middot; max(worst, used), w = " + fixed(p.appetite.stress_weight, 2) +
                 (floor ? ", and at least the volatility floor" : ""));
    rows.add("q<sub>m</sub>, over h<sub>m</sub>", {percent(m.maintenance_volatility)},
             "q (h<sub>m</sub>/h<sub>0</sub>)<sup>min(0.5, H)</sup>");
    rows.add("exponent H", {fixed(m.exponent, 2)},
             "ln(q<sub>day</sub> / q) / ln(day / h<sub>0</sub>) of the 95 % quantiles of both, held between 0.4 and 0.7; 0.5 where days "
             "are too few");
    rows.add("daily volatility &sigma;", {percent(m.daily_sigma)}, "EWMA of daily returns with &lambda; = 0.97, the latest 730");
    rows.add("turnover of a day, ADV", {short_number(m.daily_turnover)}, "mean of volume times close over the latest 180 days");
    rows.add("impact Y", {fixed(m.impact, 2)},
             "the larger of the appetite's " + fixed(p.appetite.impact, 2) +
                 " and the mean of cost / (&sigma; &radic;(Q/ADV)) over sizes that the book holds, where one was given");
    return rows.html();
}

std::string pace_part(const Proposal& p) {
    if (!p.pace) return {};
    const PaceAsked& asked = *p.pace_asked;
    FigureRows rows({"beside " + escaped(asked.name), ""});
    if (asked.draw_down)
        rows.add("buffer that is used", {percent(p.pace->drawn, 1)},
                 "largest (m* &minus; m') / (m* &minus; m<sub>0</sub>) over the sizes, before the speed bump; tell it the next calibration "
                 "(--drawn " +
                     fixed(p.pace->drawn, 3) + ")");
    if (asked.growth > 0) {
        rows.add("held back by the speed bump", {p.pace->held > 0 ? bad(percent(p.pace->held)) : good("nothing")},
                 "largest m' without less m' with the speed bump, at " + short_number(p.pace->held_at) + "; " + paced_formula(p));
        rows.add("days until it has caught up", {fixed(p.pace->days_held, 1)},
                 "ln(m' without / m' with) / ln(1 + " + fixed(asked.growth, 3) + "), the longest over the sizes");
    }
    return "<h2>Pace</h2>" + rows.html();
}

std::string depth_table(const Evidence& e) {
    if (e.proposal.measured.depth.empty()) return {};
    const Appetite& a = e.proposal.appetite;
    Rows rows({"within", "stressed depth of the worse side", "mean cost of taking it"});
    for (const series::Band& band : e.proposal.measured.depth.bands())
        rows.add(
            {percent(band.within, 1), short_number(band.notional), percent(e.proposal.measured.depth.cost(band.notional).value_or(0))});
    return "<h2>Depth</h2>" + figure(Named::columns, rows.html(),
                                     {{"within", "distance from the mid"},
                                      {"stressed depth of the worse side",
                                       "the " + percent(a.depth_quantile, 0) + " quantile over " + std::to_string(e.depth_looks) +
                                           " looks at the book of each band, the smaller of bids and asks, of which " +
                                           percent(a.depth_left, 0) + " is taken to be left when everyone sells"},
                                      {"mean cost of taking it", "&Sigma; n<sub>i</sub> d<sub>i</sub> / Q over the bands up to this one, "
                                                                 "each evenly filled, d the distance from the mid"}});
}

plot::Chart backtest_chart(const std::vector<Window>& windows) {
    plot::Chart chart;
    chart.title = "Largest loss of each day against the margin of that morning";
    chart.x_label = "day of the backtest";
    chart.y_label = "share of the price";
    chart.percent_y = true;
    chart.width = 860;
    chart.height = 320;
    plot::Series losses{"largest loss", "#90a4ae", {}, false};
    plot::Series margins{"initial margin", "#1565c0", {}, false};
    double day = -1;
    std::int64_t which = -1;
    for (const Window& window : windows) {
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

std::string verdict_rows(const Verdict& v, const std::string& settle) {
    const auto test = [](const LikelihoodTest& t) {
        return "<span class=\"" + std::string(t.passes() ? "good" : "bad") + "\">" + fixed(t.statistic, 3) + " (p " + fixed(t.p_value, 3) +
               ")</span>";
    };
    FigureRows rows({"", "", settle});
    const std::string n = std::to_string(v.windows), x = std::to_string(v.exceptions), p = percent(v.expected);
    const auto in_both = [&](const std::string& name, double share, const std::string& how) {
        rows.add(name, {percent(share), v.notional > 0 ? short_number(v.in_currency(share)) : ""},
                 how + (v.notional > 0 ? "; in " + settle + " times Q = " + short_number(v.notional) : std::string()));
    };
    rows.add("windows n", {n, ""}, "of the horizon, that do not overlap, in the days of the backtest");
    rows.add("exceptions x", {x, ""}, "windows in which a long or a short lost more by closes than the margin of that morning");
    rows.add("expected share p", {p, ""}, "2 (1 &minus; &alpha;): both sides are counted");
    rows.add("accepted x at 5 %", {std::to_string(v.band.least) + " to " + std::to_string(v.band.most), ""},
             "the x whose coverage test has a p-value of 5 % and more, n = " + n + ", p = " + p);
    rows.add("traffic light", {std::string(to_string(v.light)), ""},
             "P(X &le; x) of a binomial of n = " + n + " and p = " + p + ": yellow from 95 %, red from 99.99 %");
    rows.add("coverage (Kupiec)", {test(v.coverage), ""},
             "&minus;2 ln[p<sup>x</sup> (1&minus;p)<sup>n&minus;x</sup> / ((x/n)<sup>x</sup> (1&minus;x/n)<sup>n&minus;x</sup>)] ~ "
             "&chi;&sup2;(1), x = " +
                 x + ", n = " + n + ", p = " + p);
    rows.add("independence (Christoffersen)", {test(v.independence), ""},
             "&minus;2 ln of the likelihood of one rate of exceptions over that of two, after an exception and after none ~ "
             "&chi;&sup2;(1), from the counts of the windows in turn");
    rows.add("both", {test(v.both), ""}, "their sum ~ &chi;&sup2;(2)");
    in_both("shortfall, mean", v.shortfall_mean, "mean of (L &minus; m)<sup>+</sup> over the x exceptions");
    in_both("shortfall, most", v.shortfall_most, "largest (L &minus; m)<sup>+</sup>");
    in_both("shortfall, worst quarter", v.shortfall_es,
            "mean of the worst quarter of the (L &minus; m)<sup>+</sup>, one at least: their expected shortfall");
    in_both("mean margin: what it costs", v.margin_mean, "mean of m over the windows");
    rows.add("procyclicality: peak to trough", {fixed(v.peak_to_trough, 2), ""}, "largest m over smallest m, of the mornings");
    rows.add("deviation of ln m", {fixed(v.log_deviation, 3), ""}, "standard deviation of ln m over the mornings");
    for (const auto& [days, rise] : {std::pair("1 day", v.rise_1), {"5 days", v.rise_5}, {"20 days", v.rise_20}})
        rows.add(std::string("largest rise in ") + days, {percent(rise, 1), ""},
                 std::string("largest m<sub>t</sub> / m<sub>t&minus;n</sub> &minus; 1, n = ") + days);
    return rows.html();
}

std::string exceptions_table(const Verdict& v, const std::string& settle) {
    if (v.worst.empty()) return {};
    Rows worst({"exception", "margin", "fall", "rise", "short by", "short by, " + settle});
    for (const Window& w : v.worst)
        worst.add({time_text(w.ts), percent(w.margin), percent(w.loss_down), percent(w.loss_up), percent(w.loss() - w.margin),
                   v.notional > 0 ? short_number(v.in_currency(w.loss() - w.margin)) : ""});
    return figure(
        Named::columns, worst.html(),
        {{"exception", "beginning of the window, UTC; the largest shortfalls, " + std::to_string(v.worst.size()) + " at most"},
         {"margin", "m of that morning, share of the price"},
         {"fall", "1 &minus; lowest close in the window / close before it: what a long lost"},
         {"rise", "highest close / close before &minus; 1: what a short lost"},
         {"short by", "(L &minus; m)<sup>+</sup>, L the larger of the two"},
         {"short by, " + settle, "(L &minus; m)<sup>+</sup> Q, Q = " + short_number(v.notional) + " at the beginning of the window"}});
}

std::string backtest_part(const BacktestStory& story) {
    const Verdict& v = story.verdict;
    if (v.windows == 0) return "<h2>Backtest</h2><p class=\"bad\">There are too few bars before the time asked for to judge any day.</p>\n";
    const std::string settle = escaped(story.settle);
    return "<h2>Backtest</h2><p>A margin each morning from the prices that were known, without depth, against every window of the horizon "
           "that day. Fewer exceptions than accepted "
           "mean a margin above its coverage: buffer, costs and fee are in it.</p>" +
           verdict_rows(v, settle) +
           figure(Named::series, plot::svg(backtest_chart(story.windows)),
                  {{"largest loss", "of each day, the largest loss of a long or a short over a window by closes, share of the price"},
                   {"initial margin",
                    "m*(Q) of what was measured that morning, Q = " + short_number(v.notional) + " " + settle + escaped(story.how)}}) +
           exceptions_table(v, settle);
}

std::string stress_part(const Evidence& e) {
    Rows rows({"day", "worst window by closes", "worst wick", "initial covers", "maintenance covers"});
    const Point& small = e.proposal.points.front();
    const auto covers = [](double margin, double loss) { return margin >= loss ? good("yes") : bad("short by " + percent(loss - margin)); };
    for (const StressDay& day : e.stress)
        rows.add({time_text(day.ts).substr(0, 10) +
                      (day.ts >= e.proposal.measured.as_of ? " <span class=\"dim\">later: out of sample</span>" : ""),
                  percent(day.worst.loss()), percent(std::max(day.wick_down, day.wick_up)), covers(small.initial, day.worst.loss()),
                  covers(small.maintenance, day.worst.loss())});
    return "<h2>The worst days on record</h2><p>With the proposal, at the smallest size, by closes. No schedule by size covers a wick of "
           "half the price: a bounded mark, paced "
           "liquidations and a fund have to.</p>" +
           figure(Named::columns, rows.html(),
                  {{"day", "UTC, the days with the largest losses of all bars"},
                   {"worst window by closes", "largest |close / close one horizon before &minus; 1| of the day"},
                   {"worst wick", "the same with lows and highs"},
                   {"initial covers", "proposed initial margin at " + short_number(small.notional) + ", " + percent(small.initial) +
                                          ", less the worst window by closes"},
                   {"maintenance covers",
                    "proposed maintenance margin there, " + percent(small.maintenance) + ", less the worst window by closes"}});
}

std::string fund_part(const Evidence& e) {
    if (!e.fund) return {};
    const FundSize& fund = *e.fund;
    const std::string settle = escaped(e.proposal.names.settle), days = std::to_string(fund.days.size());
    std::string inputs;
    for (const std::string& assumption : fund.assumptions) inputs += (inputs.empty() ? "" : "; ") + escaped(assumption);
    FigureRows rows({"", settle});
    rows.add("Cover-1", {short_number(fund.cover_1)},
             "the largest loss of one owner beyond its margin on any of the " + days + " days; " + inputs);
    rows.add("Cover-2", {short_number(fund.cover_2)}, "the largest sum of the losses of the two owners who owed most, on any of them");
    rows.add("fund for " + std::to_string(fund.drawn_days) + " such days at " + percent(fund.ruin, 1) + " ruin",
             {"<b>" + short_number(fund.bootstrap) + "</b>"},
             "bootstrap: what the sum of the losses of so many days, drawn from the " + days + " with replacement, exceeds in at most " +
                 percent(fund.ruin, 1) + " of 10,000 draws");
    rows.add("open interest that was stressed", {short_number(fund.open_interest)},
             "what the proposed schedule let the crowd hold, all positions");
    rows.add("reserve ratio", {percent(fund.open_interest > 0 ? fund.bootstrap / fund.open_interest : 0, 3)},
             "that fund over that open interest");
    Rows table({"day", "losses beyond margin", "largest", "two largest", "deleveraged"});
    for (const FundDay& day : fund.days)
        table.add({time_text(day.ts).substr(0, 10), short_number(day.shortfall), short_number(day.largest), short_number(day.two_largest),
                   short_number(day.deleveraged)});
    return "<h2>How large a fund</h2>" + rows.html() +
           figure(Named::columns, table.html(),
                  {{"day", "UTC, of the worst days that were over by the time asked for"},
                   {"losses beyond margin",
                    "what the accounts of the crowd could not pay once they were liquidated, " + settle + ", by the engine"},
                   {"largest", "of one owner"},
                   {"two largest", "of the two owners who owed most"},
                   {"deleveraged", "notional of winners closed against their will, without a fund"}});
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
    return "<h2>What another appetite costs and buys</h2>" +
           figure(Named::columns, rows.html(),
                  {{"appetite", "the same prices and depth under each (--appetite)"},
                   {"coverage", "&alpha;, of one side"},
                   {"horizon", "h<sub>0</sub>"},
                   {"initial, smallest", "as proposed at " + short_number(e.proposal.points.front().notional) + ", with its m*"},
                   {"initial, 1M", "as proposed at 1M"},
                   {"maintenance, smallest", "as proposed at the smallest size, with its &mu;*"},
                   {"largest position", "as in the summary"},
                   {"open interest", "as in the summary, a side"}});
}

std::string sources_part(const Evidence& e) {
    FigureRows rows({"", ""});
    for (const std::string& file : e.files) rows.add(escaped(file), {"read"}, "an input, named on the command line");
    rows.add("bars", {std::to_string(e.bars)}, "rows of the price file that were taken");
    rows.add("missing in gaps", {std::to_string(e.missing)}, "bars that its gaps would hold, at its step");
    for (const series::Defect& defect : e.defects)
        rows.add(escaped(defect.kind + ", row " + std::to_string(defect.row)), {std::to_string(defect.count)}, escaped(to_string(defect)));
    return "<h2>What it was made from</h2>" + rows.html();
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
    return plot::page(title, "<h1>" + escaped(title) + "</h1>\n" + summary(e) + notes_part(e) + "<h2>Tiers</h2>" + tiers_table(e.proposal) +
                                 figure(Named::series, plot::svg(curve_chart(e)), curve_said(e)) + points_table(e) + pace_part(e.proposal) +
                                 profiles_part(e) + collateral_part(e.proposal) + "<h2>Volatility</h2>" +
                                 estimators(e.proposal, e.estimators) + volatility_part(e.proposal, e.floor, e.floor_from) +
                                 depth_table(e) + backtest_part({e.backtest, e.verdict, e.proposal.names.settle, e.backtest_how}) +
                                 stress_part(e) + fund_part(e) + sources_part(e));
}

std::string backtest_html(const std::string& title, const BacktestStory& story) {
    return plot::page(title, "<h1>" + escaped(title) + "</h1>\n" + backtest_part(story));
}

}  // namespace plimsoll::calibrate
