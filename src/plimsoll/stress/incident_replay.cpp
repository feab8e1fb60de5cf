#include "plimsoll/stress/incident_replay.hpp"

#include "plimsoll/schedule/evaluate.hpp"
#include "plimsoll/schedule/solve.hpp"
#include "plimsoll/stress/schemes.hpp"

#include <algorithm>

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
        const Wide held = std::min(c.position, *row.largest);
        row.uncovered = std::max<Wide>(0, -profit(held, c.is_short, *c.from, *c.to) - *c.collateral);
    }
    return row;
}

std::optional<Case> case_of(const Replay& replay) {
    if (!replay.position_notional) return std::nullopt;
    Case c{figure(*replay.position_notional), replay.accounts.value_or(1), std::nullopt, 0, 0, replay.is_short.value_or(false), replay.price_from, replay.price_to};
    if (replay.collateral) c.collateral = figure(*replay.collateral);
    if (replay.open_interest) c.others = std::max<Wide>(0, figure(*replay.open_interest) - c.position);
    if (replay.depth_1pct) c.depth = figure(*replay.depth_1pct);
    return c;
}

}  // namespace

IncidentRow replay_row(const Incident& incident, const Reference& reference) {
    IncidentRow rows;
    if (!incident.replay) return rows;
    const Replay& replay = *incident.replay;
    const auto c = case_of(replay);
    if (!c) return rows;
    if (replay.flat_rate) rows.flat = row_of({compiled(flat_scheme(*replay.flat_rate)), false, false}, *c);

    const auto table = replay.bracket_table ? reference.tables.find(*replay.bracket_table) : reference.tables.end();
    const auto set = replay.oi_set ? reference.oi_sets.find(*replay.oi_set) : reference.oi_sets.end();
    const bool sized = table != reference.tables.end();
    const bool marketed = set != reference.oi_sets.end() && replay.open_interest;
    if (sized) rows.per_account = row_of({compiled(table_scheme(table->second, Application::whole, Subject::own_notional)), false, true}, *c);
    if (sized && marketed) {
        const Schedule both = larger_of(table_scheme(table->second, Application::whole, Subject::group_notional), open_interest_scheme(set->second));
        rows.together = row_of({compiled(both), true, true}, *c);
    } else if (sized) {
        rows.together = row_of({compiled(table_scheme(table->second, Application::whole, Subject::group_notional)), true, true}, *c);
    } else if (marketed) {
        rows.together = row_of({compiled(open_interest_scheme(set->second)), true, false}, *c);
    } else if (replay.depth_1pct && replay.flat_rate) {
        rows.together = row_of({compiled(depth_scheme(*replay.flat_rate, {5, 3})), true, false}, *c);
    }
    return rows;
}

IncidentResult run_incident(Incident incident, const Reference& reference) {
    IncidentRow row = replay_row(incident, reference);
    std::vector<CheckOutcome> checks = run_checks(incident, reference);
    return {std::move(incident), row, std::move(checks)};
}

}  // namespace plimsoll::stress
