// Leverage tiers of other venues and tools, in and out.
#include "plimsoll/gateway/call.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/formats/tiers.hpp"
#include "plimsoll/formats/tiers_schedule.hpp"

namespace plimsoll::gateway {

namespace {

using formats::Format;
using node::Venue;

Answer no_format(const std::string& name) {
    std::string all;
    for (const std::string_view format : formats::format_names()) all += (all.empty() ? "" : ", ") + std::string(format);
    return problem(400, "MALFORMED", name.empty() ? "no format is given" : "there is no such format", "?format= is one of " + all);
}

Answer refused(const formats::Report& report) {
    std::vector<Error> errors;
    for (const formats::Finding& f : report.findings())
        if (f.severity == formats::Severity::error)
            errors.push_back({f.where, f.row.empty() ? f.message : f.row + ": " + f.message, f.cure});
    return unreadable(errors);
}

Answer written(Format format, const formats::TierSet& set) {
    const formats::Export out = formats::export_tiers(format, set);
    return out.ok() ? Answer{200, out.text} : refused(out.report);
}

/// The tables of the markets in force that a tier table can say, or of the one that is named.
Result<formats::TierSet> tables_of(const ParameterSet& set, const std::string& market) {
    formats::TierSet tables;
    for (const MarketParams& params : set.markets) {
        if (!market.empty() && params.name != market) continue;
        auto table = formats::table_of(set.schedules[params.schedule.index], params.name, set.asset(params.settle).name);
        if (!table && market.empty()) continue;
        if (!table) return fail(table.error());
        tables.tables.push_back(std::move(*table));
    }
    return tables;
}

}  // namespace

/// A file of one format: as one of another, or as schedules of a parameter file.
Plan import_tiers(const Call& call) {
    const auto from = formats::format_from_name(call.asked("format"));
    const auto to = formats::format_from_name(call.asked("to"));
    if (!from) return no_format(call.asked("format"));
    if (call.query.contains("to") && !to) return no_format(call.asked("to"));
    formats::Import imported = formats::import_tiers(*from, call.request.body, "body");
    if (!imported.ok()) return refused(imported.report);
    if (to) return written(*to, imported.set);
    std::vector<Schedule> schedules;
    for (const formats::TierTable& table : imported.set.tables) {
        auto schedule = formats::schedule_of(table);
        if (!schedule) return unreadable({schedule.error()});
        schedules.push_back(std::move(*schedule));
    }
    for (const formats::LiquidityTier& tier : imported.set.liquidity_tiers) {
        auto schedule = formats::schedule_of(tier);
        if (!schedule) return unreadable({schedule.error()});
        schedules.push_back(std::move(*schedule));
    }
    return Answer{200, formats::write_schedules(schedules), "application/toml"};
}

Plan export_tiers(const Call& call) {
    const auto format = formats::format_from_name(call.asked("format"));
    if (!format) return no_format(call.asked("format"));
    return Planned{node::Lane::ordinary,
                   [format = *format, market = call.asked("market")](Venue& venue) -> Result<Answer> {
                       if (!venue.engine().state().active)
                           return problem(404, "NO_ACTIVE_SET", "no parameter set is in force", "define one and activate it");
                       const ParameterSet& set = venue.engine().state().active->params();
                       if (!market.empty() && set.find_market(market) == nullptr)
                           return problem(404, "MARKET_UNKNOWN", "there is no such market", "/v1/markets lists them");
                       const auto tables = tables_of(set, market);
                       if (!tables) return problem(422, "NOT_A_TABLE", "no tier table can say this schedule", to_string(tables.error()));
                       return written(format, *tables);
                   },
                   {}};
}

}  // namespace plimsoll::gateway
