#include "plimsoll/plot/page.hpp"
#include "plimsoll/stress/report.hpp"
#include "plimsoll/stress/report_engine.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::stress {

namespace {

void write_figure(text::JsonWriter& out, const char* key, const std::optional<Wide>& raw) {
    out.key(key);
    if (raw) out.string(format_decimal_short(*raw, figure_digits));
    else out.null();
}

void write_row(text::JsonWriter& out, const char* key, const SchemeRow& row) {
    out.key(key).begin_object();
    write_figure(out, "asked", row.asked);
    write_figure(out, "largest_admitted", row.largest);
    write_figure(out, "uncovered", row.uncovered);
    out.end_object();
}

const char* status_word(CheckStatus status) {
    return status == CheckStatus::passed ? "passed" : status == CheckStatus::failed ? "failed" : "not_covered";
}

void write_check(text::JsonWriter& out, const CheckOutcome& check) {
    out.begin_object().key("schedule").string(check.schedule).key("status").string(status_word(check.status));
    if (!check.reason.empty()) out.key("reason").string(check.reason);
    out.key("fields").begin_array();
    for (const CheckField& field : check.fields)
        out.begin_object()
            .key("name")
            .string(field.name)
            .key("expected")
            .string(field.expected)
            .key("got")
            .string(field.got)
            .key("same")
            .boolean(field.same)
            .end_object();
    out.end_array().end_object();
}

void write_attack(text::JsonWriter& out, const IncidentAttack& attack) {
    if (attack.rows.empty()) {
        out.null();
        return;
    }
    const auto figure = [](double value) { return plot::fixed(value, 2); };
    out.begin_object().key("verdict").string(attack.verdict).key("rows").begin_array();
    for (const AttackRow& row : attack.rows)
        out.begin_object()
            .key("control")
            .string(row.control)
            .key("open_interest")
            .string(figure(row.open_interest))
            .key("extractable")
            .string(figure(std::max(0.0, row.plan.value())))
            .key("push")
            .string(plot::fixed(row.plan.push, 6))
            .end_object();
    out.end_array().key("assumptions").begin_array();
    for (const std::string& assumption : attack.assumptions) out.string(assumption);
    out.end_array().end_object();
}

}  // namespace

std::string result_json(const IncidentResult& result) {
    text::JsonWriter out;
    out.begin_object().key("id").string(result.incident.id).key("title").string(result.incident.title);
    out.key("verdict");
    if (result.incident.replay) out.string(result.incident.replay->verdict);
    else out.null();
    out.key("pledged").boolean(result.row.pledged);
    write_row(out, "flat", result.row.flat);
    write_row(out, "per_account", result.row.per_account);
    write_row(out, "group_and_open_interest", result.row.together);
    out.key("engine");
    write_engine(out, result.engine);
    out.key("best_attack");
    write_attack(out, result.attack);
    out.key("checks").begin_array();
    for (const CheckOutcome& check : result.checks) write_check(out, check);
    out.end_array().end_object();
    return out.take();
}

}  // namespace plimsoll::stress
