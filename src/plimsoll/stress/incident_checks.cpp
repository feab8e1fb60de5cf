#include "plimsoll/stress/incident_checks.hpp"

#include "plimsoll/account/collateral.hpp"
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/schedule/solve.hpp"
#include "plimsoll/stress/check_question.hpp"
#include "plimsoll/stress/extract.hpp"

#include <cmath>
#include <functional>

namespace plimsoll::stress {

namespace {

constexpr std::int64_t search_max = 1'000'000'000'000'000'000;  // 10^14 quote units

Wide initial(const CompiledSchedule& schedule, Wide notional, Wide open_interest, Wide depth = 0, bool is_short = false,
             const AccountTerms& terms = {}) {
    return requirement(schedule, Level::initial, exposure_of(notional, notional, is_short), figures_of(open_interest, depth), terms).raw();
}

/// The largest notional that `passes` lets through.
Wide largest(const std::function<bool(Wide)>& passes) {
    const auto solution = largest_passing(0, search_max, [&](std::int64_t n) { return passes(n); });
    return solution ? Wide{solution->value} : Wide{0};
}

/// The loss that the incident's file states beside this check: margin plus what was lost beyond it.
std::optional<Wide> stated_loss(const Question& q) {
    for (const ReferenceCheck& other : q.incident.checks) {
        if (other.schedule != "SOLVE") continue;
        Question sibling(other, q.incident, q.reference);
        return sibling.money("margin") + sibling.money("loss_beyond_margin");
    }
    return std::nullopt;
}

/// The open interest at which moving the price costs what it gains; a logarithm is no exact figure: it is printed to the nearest.
Answers manipulation(Question& q) {
    const auto real = [](const Decimal& value) { return static_cast<double>(value.raw) / std::pow(10.0, value.digits); };
    const Decimal weight = q.between("w_upnl", 9, 0, 1);
    const Decimal push = q.price("r_max", 9);
    const Wide depth = q.money_above_zero("D1");
    if (weight.raw == 0 || real(push) <= 1) {
        if (q.fault.empty())
            q.fault = weight.raw == 0 ? "'w_upnl' is 0: nothing can be taken, and no cap follows" : "'r_max' is not above 1";
        return {};
    }
    const double unit = std::pow(10.0, figure_digits);
    const double cap = manipulation_bound({static_cast<double>(depth) / unit, real(push), real(weight), 1, {}});
    if (!(cap * unit < 1e30)) {
        if (q.fault.empty()) q.fault = "the figures make a cap beyond any market";
        return {};
    }
    return {{"cap_notional", Answer::amount(static_cast<Wide>(std::round(cap * unit)), Round::half_away)}};
}

Answers flat(Question& q) {
    const CompiledSchedule schedule = q.schedule(flat_scheme(q.between("r", 10, 0, 10)));
    const Wide n = q.money("N");
    const Wide im = initial(schedule, n, 0);
    Answers out{{"im", Answer::amount(im)}};
    if (q.has("equity")) {
        const bool admitted = im <= q.money("equity");
        out["admitted"] = out["withdrawal_admitted"] = Answer::yes_no(admitted);
    } else if (q.incident.replay && q.incident.replay->collateral) {
        out["withdrawal_admitted"] = Answer::yes_no(im <= figure(*q.incident.replay->collateral));
    }
    const Wide fall = -profit(n, false, {1, 0}, {55, 2});
    const Wide rise = -profit(n, true, {1, 0}, {4, 0});
    out["loss_at_45pct"] = Answer::amount(fall);
    out["loss_at_4x"] = Answer::amount(rise);
    out["shortfall"] = Answer::amount(std::max<Wide>(0, stated_loss(q).value_or(fall) - im));
    return out;
}

Answers whole_table(Question& q) {
    const auto* rows = q.table();
    if (rows == nullptr) return {};
    const CompiledSchedule schedule = compiled(table_scheme(*rows, Application::whole, Subject::own_notional));
    Answers out;
    if (q.has("solve_for")) {
        const Wide equity = figure(q.incident.replay && q.incident.replay->collateral ? *q.incident.replay->collateral : Decimal{});
        out["N_max"] =
            Answer::amount(largest([&](Wide n) { return admits(schedule, exposure_of(n, n, false), {}, equity); }), Round::floor);
        return out;
    }
    const Wide n = q.money(q.has("N_each") ? "N_each" : "N");
    const Wide accounts = q.has("accounts") ? q.between("accounts", 0, 1, accounts_limit).raw : 1;
    const Exposure exposure = exposure_of(n, n, false);
    const Wide im = initial(schedule, n, 0);
    const bool above = check_caps(schedule, exposure, {}) != CapBreach::none;
    const Wide equity = q.has("equity") ? q.money("equity") : im;
    out["im"] = out["im_each"] = Answer::amount(im);
    out["im_total"] = Answer::amount(im * accounts);
    out["mm"] = Answer::amount(requirement(schedule, Level::maintenance, exposure, {}).raw());
    out["admitted"] = Answer::yes_no(!above && im <= equity);
    if (above) out["reason"] = {0, 0, Round::ceil, "above last cap " + format_decimal_short(schedule.position_cap, figure_digits)};
    const MarginAnswer why = explain(schedule, Level::initial, exposure, exposure, {});
    if (!why.terms.empty()) {
        const Fraction rate = why.terms[0].steps[0].rate;
        out["tier_leverage"] = {divide(Wide{rate_one} * rate.denominator, rate.numerator, Round::floor), 0, Round::floor, {}};
    }
    return out;
}

Answers marginal_table(Question& q) {
    const auto* rows = q.table();
    if (rows == nullptr) return {};
    const CompiledSchedule schedule = compiled(table_scheme(*rows, Application::marginal, Subject::own_notional));
    const Wide n = q.money("N");
    const Wide equity = q.money("equity");
    const auto passes = [&](Wide size) { return admits(schedule, exposure_of(size, size, false), {}, equity); };
    return {{"im", Answer::amount(initial(schedule, n, 0))},
            {"admitted", Answer::yes_no(passes(n))},
            {"N_max_for_equity", Answer::amount(largest(passes), Round::floor)}};
}

CompiledSchedule oi_schedule(Question& q) {
    return q.schedule(open_interest_scheme(
        {q.rate("base"), q.between("lower_cap", figure_digits, 0, figure_limit), q.between("upper_cap", figure_digits, 0, figure_limit)}));
}

/// "OI at which eff = 0.45" and "max N with equity 5000000 and OI=N": the two questions these files put.
Answers open_interest_solve(Question& q, const CompiledSchedule& schedule) {
    const std::string question = q.words("solve_for");
    const auto number_after = [&](std::string_view lead) -> std::optional<Decimal> {
        const std::size_t at = question.find(lead);
        if (at == std::string::npos) return std::nullopt;
        const std::string rest = question.substr(at + lead.size());
        const auto parsed = parse_decimal_free(rest.substr(0, rest.find(' ')), figure_digits);
        return parsed && in_figures(*parsed) ? std::optional(*parsed) : std::nullopt;
    };
    Answers out;
    if (const auto rate = number_after("eff = "); rate && at_least({10, 0}, *rate)) {
        const Wide unit = pow10(figure_digits + 6);
        const Fraction most = rate_of(*rate);
        out["OI"] =
            Answer::amount(largest([&](Wide oi) { return initial(schedule, unit, oi) * rate_one <= unit * most.numerator; }), Round::floor);
        return out;
    }
    const auto equity = number_after("equity ");
    if (!equity) {
        q.fault = "the question '" + question + "' is not understood";
        return out;
    }
    const Wide most = largest([&](Wide n) { return admits(schedule, exposure_of(n, n, false), figures_of(n, 0), figure(*equity)); });
    out["N_max"] = Answer::amount(most, Round::floor);
    if (const auto& replay = q.incident.replay; replay && replay->price_from && replay->price_to)
        // A paper profit for display: printed to the nearest place.
        out["upnl_at_peak"] = Answer::amount(profit(most, false, *replay->price_from, *replay->price_to), Round::half_away);
    return out;
}

Answers open_interest(Question& q) {
    const CompiledSchedule schedule = oi_schedule(q);
    if (!q.fault.empty()) return {};
    if (q.has("solve_for")) return open_interest_solve(q, schedule);
    const Wide oi = q.money("OI");
    Answers out;
    if (const Value* positions = q.find("positions"); positions != nullptr) {
        Wide total = 0;
        for (const Value& item : positions->items) {
            const auto n = parse_decimal_free(item.text, figure_digits);
            if (n && in_figures(*n)) total += initial(schedule, figure(*n), oi);
        }
        out["im_total"] = Answer::amount(total);
        out["admitted"] = Answer::yes_no(total <= q.money("equity_total"));
        out["eff"] = {explain(schedule, Level::initial, exposure_of(figure({1, 0}), 0, false), exposure_of(figure({2, 0}), 0, false),
                              figures_of(oi, 0))
                          .effective_rate.raw(),
                      rate_digits,
                      Round::ceil,
                      {}};
        return out;
    }
    const Wide n = q.money("N");
    const Wide im = initial(schedule, n, oi);
    const MarginAnswer why =
        explain(schedule, Level::initial, exposure_of(n, n, false), exposure_of(n + 1, n + 1, false), figures_of(oi, 0));
    out["im"] = Answer::amount(im);
    out["eff"] = {why.effective_rate.raw(), rate_digits, Round::ceil, {}};
    if (q.has("equity")) out["admitted"] = Answer::yes_no(im <= q.money("equity"));
    out["shortfall_at_45pct"] = Answer::amount(std::max<Wide>(0, -profit(n, false, {1, 0}, {55, 2}) - im));
    if (q.has("r")) out["backstop_loss"] = Answer::amount(std::max<Wide>(0, -profit(n, true, {1, 0}, q.price("r", 6)) - im));
    return out;
}

Answers depth_linear(Question& q) {
    const CompiledSchedule schedule = q.schedule(depth_scheme(q.rate("base"), {5, 3}));
    const Wide n = q.money("N");
    const Wide depth = q.money("D1");
    const MarginAnswer why =
        explain(schedule, Level::initial, exposure_of(n, n, false), exposure_of(n + 1, n + 1, false), figures_of(0, depth));
    Answers out{{"eff", {why.effective_rate.raw(), rate_digits, Round::ceil, {}}}, {"im", Answer::amount(why.margin.raw())}};
    const auto& replay = q.incident.replay;
    if (replay && replay->collateral) out["admitted"] = Answer::yes_no(why.margin.raw() <= figure(*replay->collateral));
    return out;
}

Answers open_interest_cap(Question& q) {
    Schedule schedule = flat_scheme({1, 0});
    schedule.caps.open_interest_market_cap = rate_of(q.rate("f"));
    const CompiledSchedule capped = q.schedule(schedule);
    const Wide market_cap = q.money("market_cap");
    const auto passes = [&](Wide oi) {
        MarketFigures figures = figures_of(oi, 0);
        figures.market_cap = market_cap;
        return check_caps(capped, exposure_of(oi, oi, false), figures) == CapBreach::none;
    };
    return {{"cap", Answer::amount(largest(passes), Round::floor)}, {"admitted", Answer::yes_no(passes(q.money("OI_after")))}};
}

/// A spread position: `spread_units` of it at a margin of `calibrated_move` each; the add-on is the account's multiplier.
Answers spread(Question& q) {
    const CompiledSchedule schedule = q.schedule(flat_scheme(q.rate("calibrated_move")));
    AccountTerms terms;
    if (q.has("addon_factor")) terms.multiplier = Rate::narrow(rate_of(q.between("addon_factor", rate_digits, 1, 100)).numerator);
    const Wide units = q.money("spread_units");
    const Wide im = initial(schedule, units, 0, 0, false, terms);
    const Decimal move = q.price("move", 6);
    const Wide one = pow10_64(move.digits);
    const Wide loss = -profit(units, true, {1, 0}, {static_cast<std::int64_t>(one + move.raw), move.digits});
    return {{"im", Answer::amount(im)}, {"loss", Answer::amount(loss)}, {"shortfall", Answer::amount(std::max<Wide>(0, loss - im))}};
}

/// The least flat rate, to four places, whose margin meets the loss.
Answers rate_needed(Question& q) {
    if (!q.incident.replay || !q.incident.replay->position_notional) {
        q.fault = "the incident states no position";
        return {};
    }
    const Wide n = figure(*q.incident.replay->position_notional);
    const Wide loss = q.money("margin") + q.money("loss_beyond_margin");
    const auto misses =
        largest_passing(0, 100'000, [&](std::int64_t rate) { return initial(compiled(flat_scheme({rate, 4})), n, 0) < loss; });
    return {{"im_fraction_needed", {misses ? misses->value + 1 : 0, 4, Round::ceil, {}}}};
}

Answers variation(Question& q) {
    const Wide tonnes = q.money("tonnes");
    const Decimal from = q.price("from", 0);
    const Wide notional = tonnes * from.raw;
    return {{"vm_call", Answer::amount(-profit(notional, true, from, q.price("to", 0)))}};
}

Answers stress_short(Question& q) { return {{"loss", Answer::amount(-profit(q.money("N"), true, {1, 0}, q.price("r", 9)))}}; }

constexpr ValueScales unit_value{figure_digits, 0, figure_digits};

Wide weighted(const WeightCurve& curve, Wide value) {
    return collateral_value(curve, unit_value, Amount::narrow(value), Price::from_raw(1), value);
}

Answers collateral(Question& q) {
    WeightCurve curve;
    curve.weight = Rate::narrow(rate_of(q.between("weight", rate_digits, 0, 1)).numerator);
    if (q.has("scale_start")) curve.venue_scale_start = q.price("scale_start", figure_digits);
    const Wide value = q.money_above_zero("value");
    const Wide capacity = weighted(curve, value);
    // The effective weight is a quotient for display: printed to the nearest place.
    const Wide effective = divide(capacity * pow10(12), value, Round::half_away);
    return {{"capacity", Answer::amount(capacity, Round::floor)}, {"eff_weight", {effective, 12, Round::half_away, {}}}};
}

/// The price that the rule of this name makes of the check's sources.
std::optional<Decimal> chosen_price(Question& q, const char* rule) {
    const auto price = choose_price(q.words(rule), q.sources());
    if (price) return *price;
    q.fault = price.error();
    return std::nullopt;
}

Answers mark_rule(Question& q) {
    const auto price = chosen_price(q, "form");
    if (!price) return {};
    return {{"mark", {price->raw, price->digits, Round::half_away, {}}}};
}

Answers collateral_price(Question& q) {
    const auto price = chosen_price(q, "price_source");
    if (!price) return {};
    if (price->raw < 0 || price->digits > 12 || !at_least({price_limit, 0}, *price)) {
        q.fault = "the chosen price lies outside 0 and " + std::to_string(price_limit);
        return {};
    }
    const Rate haircut = Rate::narrow(rate_of(q.between("haircut", rate_digits, 0, 1)).numerator);
    WeightCurve curve;
    curve.weight = hundred_percent - haircut;
    const ValueScales scales{figure_digits, price->digits, figure_digits};
    const Wide value = collateral_value(curve, scales, Amount::narrow(q.money("qty")), Price::from_raw(price->raw), 0);
    return {{"value", Answer::amount(value, Round::floor)}};
}

/// The largest short whose loss at the stressed price, beyond its margin, the backstop can pay.
Answers backstop(Question& q) {
    const CompiledSchedule schedule = q.schedule(flat_scheme(q.rate("eff")));
    const Wide budget = q.money("budget");
    const Decimal stressed = q.price("r_stress", 6);
    const auto passes = [&](Wide n) { return -profit(n, true, {1, 0}, stressed) - initial(schedule, n, 0, 0, true) <= budget; };
    return {{"max_N", Answer::amount(largest(passes), Round::floor)}};
}

const std::map<std::string, Rule>& rules() {
    static const std::map<std::string, Rule> all = {
        {"FLAT", flat},
        {"WHOLE_BRACKET", whole_table},
        {"MARGINAL_BRACKET", marginal_table},
        {"OI_LINEAR", open_interest},
        {"DEPTH_LINEAR", depth_linear},
        {"OI_CAP_MCAP", open_interest_cap},
        {"SPREAD_MARGIN", spread},
        {"SPREAD_MARGIN_WITH_LIQUIDITY_ADDON", spread},
        {"SOLVE", rate_needed},
        {"VARIATION_MARGIN", variation},
        {"STRESS_SHORT", stress_short},
        {"FLAT_COLLATERAL", collateral},
        {"SIZE_SCALED_COLLATERAL", collateral},
        {"MARK_RULE", mark_rule},
        {"MANIPULATION_BOUND", manipulation},
        {"COLLATERAL_VALUE", collateral_price},
        {"BACKSTOP_BUDGET", backstop},
    };
    return all;
}

CheckField compare(const std::string& name, const Value& expected, const Answer& answer) {
    CheckField field{name, expected.text, answer.words, false};
    if (!answer.words.empty()) {
        field.same = answer.words == expected.text;
        return field;
    }
    const std::size_t point = expected.text.find('.');
    const int digits = point == std::string::npos ? 0 : static_cast<int>(expected.text.size() - point - 1);
    const Wide got = digits < answer.digits ? divide(answer.raw, pow10(answer.digits - digits), answer.round)
                                            : answer.raw * pow10(digits - answer.digits);
    field.got = format_decimal(got, digits);
    field.same = field.got == expected.text;
    return field;
}

Rule rule_of(const std::string& name) {
    for (const auto* all : {&rules(), &engine_rules()})
        if (const auto found = all->find(name); found != all->end()) return found->second;
    return nullptr;
}

CheckOutcome run_check(const ReferenceCheck& check, const Incident& incident, const Reference& reference) {
    CheckOutcome outcome;
    outcome.schedule = check.schedule;
    const Rule rule = rule_of(check.schedule);
    if (rule == nullptr) {
        outcome.reason = reference.needs.contains(check.schedule) ? "needs an attacker's search" : "no rule of that name is known";
        return outcome;
    }
    Question question(check, incident, reference);
    const Answers answers = rule(question);
    outcome.status = CheckStatus::passed;
    if (!question.fault.empty()) {
        outcome.status = CheckStatus::failed;
        outcome.reason = question.fault;
        return outcome;
    }
    for (const text::Member& member : check.expect.members) {
        const auto answer = answers.find(member.key);
        outcome.fields.push_back(answer == answers.end() ? CheckField{member.key, member.value.text, "no such answer", false}
                                                         : compare(member.key, member.value, answer->second));
        if (!outcome.fields.back().same) outcome.status = CheckStatus::failed;
    }
    return outcome;
}

}  // namespace

std::vector<CheckOutcome> run_checks(const Incident& incident, const Reference& reference) {
    std::vector<CheckOutcome> outcomes;
    for (const ReferenceCheck& check : incident.checks) outcomes.push_back(run_check(check, incident, reference));
    return outcomes;
}

Borrowable borrowable(const Incident& incident, const Reference& reference) {
    Borrowable found;
    for (const ReferenceCheck& check : incident.checks) {
        const bool flat_weight = check.schedule == "FLAT_COLLATERAL";
        if (!flat_weight && check.schedule != "SIZE_SCALED_COLLATERAL") continue;
        Question question(check, incident, reference);
        const Answers answers = collateral(question);
        if (question.fault.empty()) (flat_weight ? found.flat : found.scaled) = answers.at("capacity").raw;
    }
    return found;
}

}  // namespace plimsoll::stress
