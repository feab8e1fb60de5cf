#include "plimsoll/stress/incident_attack.hpp"

#include "plimsoll/stress/engine_recipes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace plimsoll::stress {

namespace {

double number(const Decimal& value) { return static_cast<double>(value.raw) / std::pow(10.0, value.digits); }
double quote(Wide figure) { return static_cast<double>(figure) / std::pow(10.0, figure_digits); }

/// What stands against an attack: the rate at an open interest, and how much the attackers' money opens.
struct Rules {
    double flat = 0;
    std::optional<OpenInterestSet> scaled;

    double rate(double open_interest) const {
        if (!scaled || number(scaled->upper) <= 0) return flat;
        const double base = std::max(flat, number(scaled->base));
        const double share = (open_interest - number(scaled->lower)) / (number(scaled->upper) - number(scaled->lower));
        return base + (1 - base) * std::clamp(share, 0.0, 1.0);
    }
    /// The largest position on so much money, others holding so much already.
    double opens(double money, double wanted, double others) const {
        double low = 0, high = wanted;
        if (rate(others + high) * high <= money * (1 + 1e-9)) return high;
        for (int i = 0; i < 100; ++i) {
            const double middle = (low + high) / 2;
            (rate(others + middle) * middle <= money ? low : high) = middle;
        }
        return low;
    }
};

/// An incident as an attack, before any control.
struct Case {
    AttackedMarket market;
    Rules rules;
    double wanted = 0;  // position
    double money = 0;   // of the attackers, for margin
    double others = 0;  // open interest of others on their side
    double taken = 0;   // by the file
    OpenInterestSet scaling;
    double depth = 0;   // per cent
    std::vector<std::string> assumptions;
};
struct Control {
    std::string name;
    std::string how;
    std::function<void(Case&)> on;
};

constexpr double assumed_share = 0.002;

void set_book(Case& c, double push_most) {
    c.market.push_most = push_most;
    const double reach = std::log(push_most) * 1.000001;
    c.market.asks = Profile::even_notional(BookSide::asks, c.depth, reach);
    c.market.half_life_s = 1e15;
    c.market.resale = 0;
    c.market.margin_follows = false;
    c.market.step_s = c.market.window_s = 60;
}

/// Position, depth and rates that most of them share.
Case base_case(Figures& f, double depth_times, double push_most) {
    Case c;
    c.wanted = quote(f.given("position_notional", f.replay().position_notional));
    c.money = quote(f.given("collateral", f.replay().collateral));
    c.others = std::max(0.0, quote(f.given("open_interest", f.replay().open_interest)) - c.wanted);
    c.rules.flat = number(f.decimal("flat_rate", f.replay().flat_rate));
    c.scaling = f.oi_set();
    c.taken = f.replay().loss_reported ? number(*f.replay().loss_reported) : 0;
    if (f.replay().depth_1pct) {
        c.depth = depth_times * number(*f.replay().depth_1pct);
    } else {
        c.depth = depth_times * assumed_share * c.wanted;
        c.assumptions.push_back("the index has depth of 0.2 % of the position for each per cent: depth is not in the facts");
    }
    set_book(c, push_most);
    return c;
}

AttackRow row_of(const std::string& control, const std::string& how, const Case& c) {
    AttackRow row{control, how, c.rules.opens(c.money, c.wanted, c.others), {}};
    AttackedMarket market = c.market;
    market.margin = calibrate::by_worth([&](double worth) { return worth * c.rules.rate(c.others + row.open_interest); });
    row.open_interest = std::min(row.open_interest, market.open_interest_most);
    row.plan = AttackSearch(market).best(row.open_interest);
    return row;
}

IncidentAttack judge(Case c, const std::vector<Control>& controls) {
    IncidentAttack of;
    of.assumptions = c.assumptions;
    of.rows.push_back(row_of("controls off", "the venue's rules", c));
    const auto scale = [](Case& one) { one.rules.scaled = one.scaling; };
    Case scaled = c;
    scale(scaled);
    of.rows.push_back(row_of("scaling", "open interest lifts the margin", scaled));
    for (const Control& control : controls) {
        Case with = c;
        control.on(with);
        of.rows.push_back(row_of(control.name, control.how, with));
    }
    Case all = scaled;
    for (const Control& control : controls) control.on(all);
    of.rows.push_back(row_of("all together", "with scaling", all));
    const double taken = c.taken > 0 ? c.taken : of.rows[0].plan.gain;
    const AttackPlan& left = of.rows[1].plan;
    of.verdict = left.value() <= 0 ? "stopped" : left.gain >= taken * (1 - 1e-9) ? "not_by_scaling" : "bounded";
    return of;
}

/// The first number of a fact in words: "2.15x to 2.25x in the weeks before".
double leading(Figures& f, const char* name) {
    for (const Fact& fact : f.incident().facts)
        if (fact.name == name) return std::strtod(fact.value.c_str(), nullptr);
    f.miss(std::string("fact '") + name + "'");
    return 1;
}

IncidentAttack mango(Figures& f, double depth_times) {
    const double push = number(f.decimal("price_to", f.replay().price_to)) / number(f.decimal("price_from", f.replay().price_from));
    Case c = base_case(f, depth_times, push);
    c.market.there = c.taken;
    c.assumptions.push_back("what the venue lost is what was there to take");
    const double clamp = number(f.param("MANIPULATION_BOUND", "r_max")), cap = quote(f.expected("MANIPULATION_BOUND", "cap_notional"));
    // The clamp of the second check of that name.
    double held = clamp;
    for (const ReferenceCheck& check : f.incident().checks)
        if (const text::Value* r = check.params.find("r_max"); check.schedule == "MANIPULATION_BOUND" && r != nullptr)
            held = std::min(held, std::strtod(r->text.c_str(), nullptr));
    return judge(c, {{"upnl_weight", "profit on paper backs no withdrawal", [](Case& one) { one.market.profit_weight = 0; }},
                     {"price_velocity_clamp", "the price that grants credit rises to 1.5 times in the window",
                      [held](Case& one) { set_book(one, held); }},
                     {"oi_cap_vs_manipulation_cost", "open interest is held below what moving the index costs",
                      [cap](Case& one) { one.market.open_interest_most = cap; }}});
}

IncidentAttack yfi(Figures& f, double depth_times) {
    Case c = base_case(f, depth_times, leading(f, "run_up"));
    const std::vector<TableRow>& rows = f.table();
    const double last = number(rows.back().to);
    c.assumptions.push_back("the gain of the run-up is taken out before the price falls back");
    return judge(c, {{"account_group_aggregation", "the table is read over the owner: nothing above its last cap",
                      [last](Case& one) {
                          one.market.open_interest_most = last;
                          one.rules.flat = 1;
                      }},
                     {"upnl_weight", "profit on paper backs no withdrawal", [](Case& one) { one.market.profit_weight = 0; }}});
}

IncidentAttack jelly(Figures& f, double depth_times) {
    Case c = base_case(f, depth_times,
                       number(f.decimal("price_to", f.replay().price_to)) / number(f.decimal("price_from", f.replay().price_from)));
    c.market.leaves = {Leave::two_legs};
    c.market.there = 230e6;
    c.assumptions.push_back("the vault of 230 million stands behind the losing leg; the winning one is as large");
    const double budget = number(f.param("BACKSTOP_BUDGET", "budget"));
    const double cap = quote(f.expected("OI_CAP_MCAP", "cap"));
    return judge(
        c, {{"oi_cap_vs_market_cap", "a side may hold 5 % of the market cap", [cap](Case& one) { one.market.open_interest_most = cap; }},
            {"backstop_budget", "the backstop bears 1 million and no more", [budget](Case& one) { one.market.there = budget; }},
            {"short_side_stress_above_100pct", "a short is asked what a rise to four times would lose",
             [](Case& one) { one.rules.flat = 3; }}});
}

IncidentAttack xpl(Figures& f, double depth_times) {
    const double from = number(f.decimal("price_from", f.replay().price_from));
    Case c = base_case(f, depth_times, number(f.decimal("price_to", f.replay().price_to)) / from);
    c.wanted = c.wanted + c.others;  // their longs against everybody's shorts
    c.others = 0;
    c.money = quote(f.fact("whale_deposit"));
    c.market.leaves = {Leave::close};
    c.market.there = quote(f.fact("largest_profit")) * 3;
    c.assumptions.push_back("the squeezed shorts buy what the attackers sell at the pushed price; without a squeeze nobody does");
    const double bankrupt = 1 + c.rules.flat;
    const double clamped = quote(f.expected("MARK_RULE", "mark"));
    double least = clamped;
    for (const ReferenceCheck& check : f.incident().checks)
        if (const text::Value* mark = check.expect.find("mark"); mark != nullptr)
            least = std::min(least, std::strtod(mark->text.c_str(), nullptr));
    return judge(c, {{"outside_price_clamp", "the mark is held to 1.25 times the price outside", [=](Case& one) {
                          set_book(one, least / from);
                          if (least / from < bankrupt) one.market.there = 0;  // no short is squeezed
                      }}});
}

IncidentAttack avax(Figures& f, double depth_times) {
    Case c;
    c.depth = depth_times * number(f.decimal("depth_1pct", f.replay().depth_1pct));
    c.taken = f.replay().loss_reported ? number(*f.replay().loss_reported) : 0;
    c.wanted = number(f.table().back().to);
    c.money = c.wanted;
    c.scaling = {{2, 2}, {}, {1, 0}};  // every open interest is asked all of it
    set_book(c, number(f.param("MANIPULATION_BOUND", "r_max")));
    c.market.resale = 1;
    c.market.leaves = {Leave::close};
    c.assumptions = {"positions of up to the last cap of the table are opened and closed at the index",
                     "what was bought to move the index is sold again"};
    const double depth = c.depth;
    return judge(
        c, {{"oi_cap_vs_reference_depth", "open interest is held to half of what the index holds within a per cent, as the venue then did",
             [depth](Case& one) { one.market.open_interest_most = depth / 2; }},
            {"impact_pricing", "a trade pays what it would move the index by on average",
             [depth](Case& one) { one.market.impact = [depth](double notional) { return notional * notional / (200 * depth); }; }}});
}

}  // namespace

IncidentAttack attack_of(const Incident& incident, const Reference& reference, double depth_times) {
    IncidentAttack of;
    if (!incident.replay || reference.tables.empty()) {
        of.why_none = "the file has no replay figures";
        return of;
    }
    using Maker = IncidentAttack (*)(Figures&, double);
    constexpr std::pair<std::string_view, Maker> makers[] = {
        {"mango-mngo", mango}, {"dydx-yfi", yfi}, {"hyperliquid-jelly", jelly}, {"hyperliquid-xpl", xpl}, {"gmx-avax", avax}};
    for (const auto& [name, make] : makers) {
        if (!incident.id.ends_with(name)) continue;
        Figures figures(incident, reference);
        of = make(figures, depth_times);
        if (figures.missing().empty()) return of;
        IncidentAttack none;
        none.why_none = "it lacks " + figures.missing();
        return none;
    }
    of.why_none = "no price was moved in it, or no recipe says how";
    return of;
}

}  // namespace plimsoll::stress
