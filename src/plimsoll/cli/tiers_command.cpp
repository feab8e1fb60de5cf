#include "plimsoll/cli/tiers_command.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/formats/tiers_schedule.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

using formats::Format;
using formats::TierSet;

void tell(const formats::Report& report, const Console& console) {
    static constexpr const char* names[] = {"note", "repair", "error"};
    for (const formats::Finding& finding : report.findings()) {
        if (!console.json) {
            if (finding.severity == formats::Severity::error) console.complain(formats::to_string(finding));
            else console.say(formats::to_string(finding));
            continue;
        }
        text::JsonWriter out;
        out.begin_object().key("severity").string(names[static_cast<int>(finding.severity)]).key("where").string(finding.where);
        out.key("row").string(finding.row).key("message").string(finding.message).key("cure").string(finding.cure).end_object();
        console.complain(out.take());
    }
    if (report.left_off() > 0) console.complain("and " + std::to_string(report.left_off()) + " more findings");
}

Exit deliver(const TiersOptions& options, const std::string& content, const Console& console) {
    if (options.dry_run) return Exit::ok;
    if (options.out.empty()) {
        console.print(content);
        return Exit::ok;
    }
    const auto written = write_file(options.out, content);
    if (!written) {
        console.complain(written.error());
        return Exit::io;
    }
    console.say("written: " + options.out);
    return Exit::ok;
}

Exit write_tiers(const TiersOptions& options, Format format, const TierSet& set, const Console& console) {
    const formats::Export exported = formats::export_tiers(format, set);
    tell(exported.report, console);
    return exported.ok() ? deliver(options, exported.text, console) : Exit::bad_input;
}

formats::MaintenanceRule rule_of(const std::string& name) {
    return name == "whole"      ? formats::MaintenanceRule::whole
           : name == "marginal" ? formats::MaintenanceRule::marginal
                                : formats::MaintenanceRule::by_source;
}

/// A table that the source defines once and markets refer to: the markets' own copies say it all.
bool is_definition(const TierSet& set, const formats::TierTable& table) {
    return table.symbol.empty() && !table.id.empty() &&
           std::any_of(set.tables.begin(), set.tables.end(),
                       [&](const formats::TierTable& other) { return other.id == table.id && !other.symbol.empty(); });
}

Exit write_schedules(const TiersOptions& options, const TierSet& set, const Console& console) {
    std::vector<Schedule> schedules;
    bool refused = false;
    const auto take = [&](Result<Schedule> schedule) {
        if (schedule) schedules.push_back(std::move(*schedule));
        else console.complain(schedule.error());
        refused = refused || !schedule;
    };
    for (const formats::TierTable& table : set.tables)
        if (!is_definition(set, table)) take(formats::schedule_of(table, rule_of(options.maintenance)));
    for (const formats::LiquidityTier& tier : set.liquidity_tiers) take(formats::schedule_of(tier));
    if (refused) return Exit::bad_input;
    return deliver(options, formats::write_schedules(schedules), console);
}

/// Some formats hold one market's table without its name: then --symbol names it.
void name_the_nameless(TierSet& set, const std::string& symbol, const Console& console) {
    if (set.tables.size() != 1 || !set.tables.front().symbol.empty()) return;
    set.tables.front().symbol = symbol.empty() ? "tiers" : symbol;
    if (symbol.empty()) console.say("the tiers name no market; they are called 'tiers' (--symbol names them)");
}

/// Keeps the tables of one symbol; false when there is none.
bool keep_only(TierSet& set, const std::string& symbol) {
    if (symbol.empty()) return true;
    std::erase_if(set.tables, [&](const formats::TierTable& t) { return t.symbol != symbol; });
    std::erase_if(set.liquidity_tiers, [&](const formats::LiquidityTier& t) { return t.name != symbol; });
    return !set.tables.empty() || !set.liquidity_tiers.empty();
}

}  // namespace

Exit import_command(const TiersOptions& options, const Console& console) {
    const auto content = read_file(options.file);
    if (!content) {
        console.complain(content.error());
        return Exit::io;
    }
    formats::Import imported = formats::import_tiers(*formats::format_from_name(options.format), *content, display_name(options.file));
    tell(imported.report, console);
    if (!imported.ok()) return Exit::bad_input;
    if (options.to.empty() || !options.symbol.empty()) name_the_nameless(imported.set, options.symbol, console);
    if (!keep_only(imported.set, options.symbol)) {
        console.complain(Error{display_name(options.file), "has no tiers of '" + options.symbol + "'", "check --symbol"});
        return Exit::bad_input;
    }
    if (!options.to.empty()) return write_tiers(options, *formats::format_from_name(options.to), imported.set, console);
    return write_schedules(options, imported.set, console);
}

Exit export_command(const TiersOptions& options, const Console& console) {
    const auto content = read_file(options.file);
    if (!content) {
        console.complain(content.error());
        return Exit::io;
    }
    const auto schedules = formats::read_schedules(*content, display_name(options.file));
    if (!schedules) {
        console.complain(schedules.error());
        return Exit::bad_input;
    }
    TierSet set;
    for (const Schedule& schedule : *schedules) {
        if (!options.symbol.empty() && schedule.id != options.symbol) continue;
        auto table = formats::table_of(schedule, schedule.id, options.currency);
        if (!table) {
            console.complain(table.error());
            return Exit::bad_input;
        }
        set.tables.push_back(std::move(*table));
    }
    return write_tiers(options, *formats::format_from_name(options.format), set, console);
}

}  // namespace plimsoll::cli
