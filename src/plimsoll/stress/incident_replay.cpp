#include "plimsoll/stress/incident_replay.hpp"

#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/solve.hpp"
#include "plimsoll/stress/schemes.hpp"

#include <algorithm>
#include <functional>

namespace plimsoll::stress {

namespace {

/// The facts of a replay as figures.
struct Case {
    Wide position;
    Wide accounts;
    std::optional<Wide> collateral;
    Wide others;  // open interest of everybody else on the side
    Wide depth;
    bool is_short;
    std::optional<Decimal> from;
    std::optional<Decimal> to;
};

/// How a scheme reads `notional` held over the accounts of a case: split evenly, with or without the group.
struct Reading {
    const CompiledSchedule& schedule;
    bool grouped;
    bool split;
};

Exposure exposure(const Reading& r, const Case& c, Wide notional) {
    const Wide each = r.split ? divide(notional, c.accounts, Round::ceil) : notional;
    return exposure_of(each, r.grouped ? notional : each, c.is_short);
}

MarketFigures figures(const Case& c, Wide notional) { return figures_of(c.others + notional, c.depth); }

Wide asked(const Reading& r, const Case& c, Wide notional) {
    const Wide each = requirement(r.schedule, Level::initial, exposure(r, c, notional), figures(c, notional)).raw();
    return each * (r.split ? c.accounts : 1);
}

SchemeRow row_of(const Reading& r, const Case& c) {
    SchemeRow row;
    row.asked = asked(r, c, c.position);
    if (!c.collateral) return row;
    const auto passes = [&](std::int64_t n) {
        return check_caps(r.schedule, exposure(r, c, n), figures(c, n)) == CapBreach::none && asked(r, c, n) <= *c.collateral;
    };
    constexpr std::int64_t most = 1'000'000'000'000'000'000;
    const auto solution = largest_passing(0, most, passes);
    row.largest = solution ? solution->value : 0;
    if (c.from && c.to) {
        // What stands behind a position is what its scheme holds back: the rest may have been withdrawn.
        const Wide held = std::min(c.position, *row.largest);
        row.uncovered = std::max<Wide>(0, -profit(held, c.is_short, *c.from, *c.to) - asked(r, c, held));
    }
    return row;
}

std::optional<Case> case_of(const Replay& replay) {
    if (!replay.position_notional) return std::nullopt;
    Case c{figure(*replay.position_notional), replay.accounts.value_or(1), std::nullopt,   0, 0,
           replay.is_short.value_or(false),   replay.price_from,           replay.price_to};
    if (replay.collateral) c.collateral = figure(*replay.collateral);
    if (replay.open_interest) c.others = std::max<Wide>(0, figure(*replay.open_interest) - c.position);
    if (replay.depth_1pct) c.depth = figure(*replay.depth_1pct);
    return c;
}

/// The three ways of charging, as far as the incident has the figures for them.
struct Schemes {
    std::optional<CompiledSchedule> flat;
    std::optional<CompiledSchedule> per_account;
    std::optional<CompiledSchedule> together;
    bool split_together = false;  // a table read over the group is still charged per account
};

Schemes schemes_of(const Replay& replay, const Reference& reference) {
    Schemes schemes;
    if (replay.flat_rate) schemes.flat = compiled(flat_scheme(*replay.flat_rate));
    const auto table = replay.bracket_table ? reference.tables.find(*replay.bracket_table) : reference.tables.end();
    const auto set = replay.oi_set ? reference.oi_sets.find(*replay.oi_set) : reference.oi_sets.end();
    const bool sized = table != reference.tables.end();
    const bool marketed = set != reference.oi_sets.end() && replay.open_interest;
    schemes.split_together = sized;
    if (sized) {
        schemes.per_account = compiled(table_scheme(table->second, Application::whole, Subject::own_notional));
        const Schedule grouped = table_scheme(table->second, Application::whole, Subject::group_notional);
        schemes.together = compiled(marketed ? larger_of(grouped, open_interest_scheme(set->second)) : grouped);
    } else if (marketed) {
        schemes.together = compiled(open_interest_scheme(set->second));
    } else if (replay.depth_1pct && replay.flat_rate) {
        schemes.together = compiled(depth_scheme(*replay.flat_rate, {5, 3}));
    }
    return schemes;
}

/// Sampled up to half as much again as the position, or as the largest that the collateral carries.
SchemeCurve sampled(CurveOf kind, std::string name, Wide most, const std::function<std::optional<Wide>(Wide)>& value) {
    constexpr int samples = 240;
    SchemeCurve curve{kind, std::move(name), {}};
    for (int i = 0; i <= samples; ++i) {
        const Wide position = most * i / samples;
        if (const auto y = value(position)) curve.points.emplace_back(position, *y);
    }
    return curve;
}

/// A token was pledged and something else borrowed: the loan that each weight allows, and what the pledge misses of it at
/// the price that came. The venue-wide weight reads everybody's deposits, so it stands under "together".
IncidentRow pledged_row(const Incident& incident, const Reference& reference) {
    IncidentRow rows;
    const Borrowable most = borrowable(incident, reference);
    const Replay& replay = *incident.replay;
    rows.pledged = most.flat || most.scaled;
    const auto fill = [&](SchemeRow& row, const std::optional<Wide>& loan) {
        row.largest = loan;
        if (!loan || !replay.collateral || !replay.price_from || !replay.price_to) return;
        const Wide pledge = figure(*replay.collateral);
        const Wide left = pledge + profit(pledge, false, *replay.price_from, *replay.price_to);
        row.uncovered = std::max<Wide>(0, *loan - left);
    };
    fill(rows.flat, most.flat);
    fill(rows.together, most.scaled);
    return rows;
}

}  // namespace

IncidentRow replay_row(const Incident& incident, const Reference& reference) {
    IncidentRow rows;
    const auto c = incident.replay ? case_of(*incident.replay) : std::nullopt;
    if (!c) return incident.replay ? pledged_row(incident, reference) : rows;
    const Schemes schemes = schemes_of(*incident.replay, reference);
    if (schemes.flat) rows.flat = row_of({*schemes.flat, false, false}, *c);
    if (schemes.per_account) rows.per_account = row_of({*schemes.per_account, false, true}, *c);
    if (schemes.together) rows.together = row_of({*schemes.together, true, schemes.split_together}, *c);
    return rows;
}

std::vector<SchemeCurve> replay_curves(const Incident& incident, const Reference& reference) {
    std::vector<SchemeCurve> curves;
    const auto c = incident.replay ? case_of(*incident.replay) : std::nullopt;
    if (!c) return curves;
    const Schemes schemes = schemes_of(*incident.replay, reference);
    const Wide most = c->position * 3 / 2;
    const auto add = [&](CurveOf kind, const char* name, const std::optional<CompiledSchedule>& schedule, bool grouped, bool split) {
        if (!schedule) return;
        const Reading reading{*schedule, grouped, split};
        curves.push_back(sampled(kind, name, most, [&](Wide n) -> std::optional<Wide> {
            if (check_caps(*schedule, exposure(reading, *c, n), figures(*c, n)) != CapBreach::none)
                return std::nullopt;  // the table ends here
            return asked(reading, *c, n);
        }));
    };
    add(CurveOf::flat, "flat rate", schemes.flat, false, false);
    add(CurveOf::per_account, "per account", schemes.per_account, false, true);
    add(CurveOf::together, "group + open interest", schemes.together, true, schemes.split_together);
    if (c->from && c->to)
        curves.push_back(sampled(CurveOf::loss, "loss that came", most,
                                 [&](Wide n) { return std::optional(std::max<Wide>(0, -profit(n, c->is_short, *c->from, *c->to))); }));
    if (c->collateral) curves.push_back(sampled(CurveOf::collateral, "collateral", most, [&](Wide) { return c->collateral; }));
    return curves;
}

IncidentResult run_incident(Incident incident, const Reference& reference) {
    IncidentRow row = replay_row(incident, reference);
    std::vector<SchemeCurve> curves = replay_curves(incident, reference);
    std::vector<CheckOutcome> checks = run_checks(incident, reference);
    EngineReplay engine = engine_replay(incident, reference);
    IncidentAttack attack = attack_of(incident, reference);
    return {std::move(incident), row, std::move(curves), std::move(checks), std::move(engine), std::move(attack)};
}

}  // namespace plimsoll::stress
