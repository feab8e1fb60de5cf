#include "plimsoll/stress/incident.hpp"

#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/text/json.hpp"
#include "plimsoll/text/reader.hpp"

namespace plimsoll::stress {

namespace {

using text::Issues;
using text::Need;
using text::ObjectReader;
using text::Value;

std::vector<std::string> read_strings(ObjectReader& reader, std::string_view key, Issues& issues) {
    std::vector<std::string> strings;
    for (const Value& item : reader.array(key, Need::optional))
        if (auto text = text::read_string(item, reader.path_of(key), issues)) strings.push_back(std::move(*text));
    return strings;
}

/// Facts are free text with figures in it: they are shown, not computed with.
std::string shown(const Value& value) {
    return value.is(text::Kind::string) || value.is(text::Kind::number) ? value.text : text::dump_json(value, text::Layout::compact);
}

void read_facts(ObjectReader& incident, Incident& out, Issues& issues) {
    auto facts = incident.object("facts");
    if (!facts) return;
    for (const text::Member& member : facts->members()) {
        ObjectReader fact(member.value, facts->path_of(member.key), issues);
        Fact read{member.key, {}, {}, {}};
        if (const Value* value = fact.get("value")) read.value = shown(*value);
        read.source = fact.string("source").value_or("");
        read.confidence = fact.string("confidence").value_or("");
        fact.has("note");
        fact.finish();
        out.facts.push_back(std::move(read));
    }
}

void read_checks(ObjectReader& incident, Incident& out, Issues& issues) {
    std::size_t index = 0;
    for (const Value& item : incident.array("reference_checks")) {
        ObjectReader check(item, incident.path_of("reference_checks") + "[" + std::to_string(index++) + "]", issues);
        ReferenceCheck read;
        read.place = item.place;
        read.schedule = check.string("schedule").value_or("");
        const auto take = [&](std::string_view key, Value& into) {
            if (const auto part = check.object(key)) into = *item.find(key);
        };
        take("params", read.params);
        take("inputs", read.inputs);
        take("expect", read.expect);
        check.has("note");
        check.finish();
        out.checks.push_back(std::move(read));
    }
}

Replay read_replay(ObjectReader& r, Issues& issues) {
    Replay replay;
    replay.position_notional = r.decimal("position_notional", Need::optional, figure_digits);
    replay.accounts = r.integer("accounts", 1, 1'000'000, Need::optional);
    replay.collateral = r.decimal("collateral", Need::optional, figure_digits);
    replay.open_interest = r.decimal("open_interest", Need::optional, figure_digits);
    replay.flat_rate = r.decimal("flat_rate", Need::optional, 10);
    replay.bracket_table = r.string("bracket_table", Need::optional);
    replay.oi_set = r.string("oi_set", Need::optional);
    replay.depth_1pct = r.decimal("depth_1pct", Need::optional, figure_digits);
    if (const auto side = r.one_of("side", {"long", "short"}, Need::optional)) replay.is_short = *side == 1;
    replay.price_from = r.decimal("price_from", Need::optional, 9);
    replay.price_to = r.decimal("price_to", Need::optional, 9);
    replay.loss_reported = r.decimal("loss_reported", Need::optional, figure_digits);
    static constexpr std::string_view verdicts[] = {"stopped", "bounded", "not_by_scaling"};
    if (const auto verdict = r.one_of("verdict", {verdicts[0], verdicts[1], verdicts[2]})) replay.verdict = verdicts[*verdict];
    replay.verdict_why = r.string("verdict_why").value_or("");
    replay.assumptions = read_strings(r, "assumptions", issues);
    if (auto why = r.object("why", Need::optional)) {
        for (const text::Member& member : why->members())
            if (auto reason = text::read_string(member.value, why->path_of(member.key), issues))
                replay.why.emplace_back(member.key, *reason);
    }
    r.finish();
    const auto positive = [&](const char* key, const std::optional<Decimal>& figure) {
        if (figure && figure->raw <= 0) r.issue(key, "must be above 0", "write null and say why when there is no such figure");
    };
    const auto bounded = [&](const char* key, const std::optional<Decimal>& figure, std::int64_t most) {
        if (figure && (figure->raw < 0 || Wide{figure->raw} > Wide{most} * pow10(figure->digits)))
            r.issue(key, "lies outside 0 and " + std::to_string(most), "check the unit");
    };
    bounded("position_notional", replay.position_notional, figure_limit);
    bounded("collateral", replay.collateral, figure_limit);
    bounded("open_interest", replay.open_interest, figure_limit);
    bounded("depth_1pct", replay.depth_1pct, figure_limit);
    bounded("loss_reported", replay.loss_reported, figure_limit);
    bounded("flat_rate", replay.flat_rate, 1);
    bounded("price_from", replay.price_from, price_limit);
    bounded("price_to", replay.price_to, price_limit);
    positive("flat_rate", replay.flat_rate);
    positive("position_notional", replay.position_notional);
    positive("collateral", replay.collateral);
    positive("price_from", replay.price_from);
    return replay;
}

Decimal decimal_of(ObjectReader& reader, std::string_view key, int digits) {
    return reader.decimal(key, Need::required, digits).value_or(Decimal{});
}

std::vector<TableRow> read_table(const Value& rows, const std::string& path, Issues& issues) {
    std::vector<TableRow> table;
    if (!rows.is(text::Kind::array)) {
        issues.add(rows.place, path + " is no list of rows", "write [ { \"minNotional\": ... }, ... ]");
        return table;
    }
    for (std::size_t i = 0; i < rows.items.size(); ++i) {
        ObjectReader row(rows.items[i], path + "[" + std::to_string(i) + "]", issues);
        table.push_back({decimal_of(row, "minNotional", figure_digits), decimal_of(row, "maxNotional", figure_digits),
                         decimal_of(row, "maintenanceMarginRate", rate_digits), decimal_of(row, "maxLeverage", 2),
                         decimal_of(row, "cum", figure_digits)});
        row.finish();
        if (table.back().leverage.raw <= 0) row.issue("maxLeverage", "must be above 0", "a leverage of 1 asks the whole notional");
    }
    return table;
}

/// Tables and open-interest sets must make schedules: what is built from them later is asserted.
void check_schedules(const Reference& reference, const ObjectReader& reader, Issues& issues) {
    const auto check = [&](const std::string& name, const Schedule& schedule) {
        if (const auto made = compile(schedule, figure_scales); !made)
            issues.add(reader.place(), name + " makes no schedule: " + made.error().front().message, made.error().front().cure);
    };
    for (const auto& [name, rows] : reference.tables) {
        if (rows.empty()) {
            issues.add(reader.place(), "bracket_tables." + name + " has no row", "add one, or remove the table");
            continue;
        }
        for (const Application application : {Application::whole, Application::marginal})
            for (const Subject subject : {Subject::own_notional, Subject::group_notional})
                check("bracket_tables." + name, table_scheme(rows, application, subject));
    }
    for (const auto& [name, set] : reference.oi_sets) check("oi_linear_parameter_sets." + name, open_interest_scheme(set));
}

}  // namespace

Result<Incident, std::vector<Error>> read_incident(const Value& document, const std::string& file) {
    Issues issues(file);
    ObjectReader reader(document, "incident", issues);
    Incident incident;
    incident.file = file;
    if (const auto schema = reader.string("schema"); schema && *schema != "plimsoll-incident/1")
        reader.issue("schema", "is '" + *schema + "'", "this tool reads \"plimsoll-incident/1\"");
    incident.id = reader.string("id").value_or("");
    incident.title = reader.string("title").value_or("");
    incident.date = reader.string("date").value_or("");
    incident.venue = reader.string("venue").value_or("");
    reader.has("kind");
    reader.has("derived");
    read_facts(reader, incident, issues);
    read_checks(reader, incident, issues);
    if (auto replay = reader.object("replay", Need::optional)) incident.replay = read_replay(*replay, issues);
    incident.stopped_by_scaling = reader.string("would_scaling_have_stopped_it").value_or("");
    incident.required_controls = read_strings(reader, "required_controls", issues);
    reader.finish();
    if (!issues.empty()) return fail(issues.errors());
    return incident;
}

Result<Reference, std::vector<Error>> read_reference(const Value& document, const std::string& file) {
    Issues issues(file);
    ObjectReader reader(document, "reference", issues);
    Reference reference;
    for (const char* known : {"schema", "note", "oi_linear_source", "bracket_source"}) reader.has(known);
    if (auto schedules = reader.object("schedules")) {
        for (const text::Member& member : schedules->members()) {
            const Value* needs = member.value.find("needs");
            if (needs != nullptr) reference.needs[member.key] = needs->text;
        }
    }
    if (auto sets = reader.object("oi_linear_parameter_sets")) {
        for (const text::Member& member : sets->members()) {
            ObjectReader set(member.value, sets->path_of(member.key), issues);
            reference.oi_sets[member.key] = {decimal_of(set, "base", rate_digits), decimal_of(set, "lower_cap", figure_digits),
                                             decimal_of(set, "upper_cap", figure_digits)};
            set.finish();
        }
    }
    if (auto tables = reader.object("bracket_tables")) {
        for (const text::Member& member : tables->members())
            reference.tables[member.key] = read_table(member.value, tables->path_of(member.key), issues);
    }
    reader.finish();
    if (issues.empty()) check_schedules(reference, reader, issues);
    if (!issues.empty()) return fail(issues.errors());
    return reference;
}

}  // namespace plimsoll::stress
