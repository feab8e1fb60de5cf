// What a program reads of a proposal and of a backtest.
#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::calibrate {

namespace {

using plot::fixed;

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
void write_pace(text::JsonWriter& json, const Proposal& p) {
    if (!p.pace) return;
    json.key("pace").begin_object().key("live").string(p.pace_asked->name).key("drawn").number(fixed(p.pace->drawn, 6));
    json.key("held").number(fixed(p.pace->held, 9)).key("held_at").number(fixed(p.pace->held_at, 2));
    json.key("days_held").number(fixed(p.pace->days_held, 3)).end_object();
}
void write_floor(text::JsonWriter& json, const Evidence& e) {
    if (!e.floor) return;
    json.key("volatility_floor").begin_object().key("from").string(e.floor_from).key("quantile").number(fixed(e.floor->quantile, 9));
    json.key("years").number(fixed(e.floor->years, 3)).key("years_asked").number(fixed(floor_years, 0));
    json.key("windows").number(std::to_string(e.floor->windows)).key("window_s").number(std::to_string(e.floor->window_s)).end_object();
}
void write_fund(text::JsonWriter& json, const Evidence& e) {
    if (!e.fund) return;
    const FundSize& fund = *e.fund;
    json.key("fund").begin_object().key("unit").string(e.proposal.names.settle).key("cover_1").number(fixed(fund.cover_1, 2));
    json.key("cover_2").number(fixed(fund.cover_2, 2)).key("bootstrap").number(fixed(fund.bootstrap, 2));
    json.key("bootstrap_days").number(std::to_string(fund.drawn_days)).key("bootstrap_ruin").number(fixed(fund.ruin, 6));
    json.key("open_interest").number(fixed(fund.open_interest, 2)).key("days").begin_array();
    for (const FundDay& day : fund.days) {
        json.begin_object().key("day").string(time_text(day.ts).substr(0, 10)).key("shortfall").number(fixed(day.shortfall, 2));
        json.key("largest").number(fixed(day.largest, 2)).key("two_largest").number(fixed(day.two_largest, 2));
        json.key("deleveraged").number(fixed(day.deleveraged, 2)).end_object();
    }
    json.end_array().key("assumptions").begin_array();
    for (const std::string& assumption : fund.assumptions) json.string(assumption);
    json.end_array().end_object();
}

}  // namespace

void write_verdict(text::JsonWriter& json, const Verdict& v, const std::string& settle) {
    json.key("windows").number(std::to_string(v.windows)).key("exceptions").number(std::to_string(v.exceptions));
    json.key("expected").number(fixed(v.expected, 6)).key("accepted_least").number(std::to_string(v.band.least));
    json.key("accepted_most").number(std::to_string(v.band.most)).key("light").string(to_string(v.light));
    json.key("coverage_p").string(std::to_string(v.coverage.p_value)).key("kupiec").number(fixed(v.coverage.statistic, 6));
    json.key("christoffersen").number(fixed(v.independence.statistic, 6)).key("joint").number(fixed(v.both.statistic, 6));
    json.key("shortfall_mean").number(fixed(v.shortfall_mean, 9)).key("shortfall_most").number(fixed(v.shortfall_most, 9));
    json.key("shortfall_es").number(fixed(v.shortfall_es, 9)).key("margin_mean").number(fixed(v.margin_mean, 9));
    json.key("peak_to_trough").number(fixed(v.peak_to_trough, 6)).key("rise_1").number(fixed(v.rise_1, 6));
    json.key("rise_5")
        .number(fixed(v.rise_5, 6))
        .key("rise_20")
        .number(fixed(v.rise_20, 6))
        .key("log_deviation")
        .number(fixed(v.log_deviation, 6));
    if (v.notional <= 0) return;
    json.key("in_currency").begin_object().key("unit").string(settle).key("notional").number(fixed(v.notional, 2));
    json.key("shortfall_mean").number(fixed(v.in_currency(v.shortfall_mean), 2)).key("shortfall_most");
    json.number(fixed(v.in_currency(v.shortfall_most), 2)).key("shortfall_es").number(fixed(v.in_currency(v.shortfall_es), 2));
    json.key("margin_mean").number(fixed(v.in_currency(v.margin_mean), 2)).end_object();
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
    write_floor(json, e);
    write_pace(json, p);
    json.key("backtest").begin_object();
    write_verdict(json, e.verdict, p.names.settle);
    json.end_object();
    write_fund(json, e);
    json.key("points").begin_array();
    for (const Point& point : p.points) {
        json.begin_object().key("notional").number(fixed(point.notional, 2)).key("computed").number(fixed(point.computed, 9));
        json.key("initial_curve").number(fixed(point.initial_curve, 9));
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
    for (const Note& note : e.notes) json.string(note.sentence);
    json.end_array().key("defects").begin_array();
    for (const series::Defect& defect : e.defects) json.string(to_string(defect));
    return json.end_array().end_object().take();
}

}  // namespace plimsoll::calibrate
