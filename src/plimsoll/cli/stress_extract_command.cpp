#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/cli/depth_input.hpp"
#include "plimsoll/cli/set_file.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/plot/terminal.hpp"
#include "plimsoll/stress/attack_play.hpp"
#include "plimsoll/stress/crash.hpp"
#include "plimsoll/stress/extract.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace plimsoll::cli {

namespace {

using namespace stress;

constexpr double most_asked = 1e12;

/// An attack at an open interest, whichever way it is found.
class Finder {
public:
    virtual ~Finder() = default;
    virtual AttackPlan best(double open_interest) const = 0;
    virtual std::optional<double> safe() const = 0;
};

/// By the formula of the even book.
class ByFormula : public Finder {
public:
    explicit ByFormula(Target target) : target_(std::move(target)) {}
    AttackPlan best(double open_interest) const override {
        const Attack attack = best_attack(target_, open_interest);
        AttackPlan plan;
        plan.open_interest = open_interest;
        plan.accounts = attack.accounts;
        plan.push = plan.believed = attack.push;
        plan.push_steps = 1;
        plan.path = {std::log(attack.push)};
        plan.gain = attack.gain;
        plan.cost = attack.cost;
        plan.margin = attack.margin;
        return plan;
    }
    std::optional<double> safe() const override { return safe_open_interest(target_, most_asked); }

private:
    Target target_;
};

class BySearch : public Finder {
public:
    explicit BySearch(AttackedMarket market) : search_(std::move(market)) {}
    AttackPlan best(double open_interest) const override { return search_.best(open_interest); }
    std::optional<double> safe() const override { return search_.safe_open_interest(most_asked); }

private:
    AttackSearch search_;
};

std::vector<Leave> leaves_of(const std::vector<std::string>& names) {
    std::vector<Leave> leaves;
    leaves.reserve(names.size() + 1);
    for (const std::string& name : names)
        leaves.push_back(name == "close" ? Leave::close : name == "two-legs" ? Leave::two_legs : Leave::withdraw);
    if (leaves.empty()) leaves = {Leave::withdraw};
    return leaves;
}

/// What the set itself says about clamps, weights and caps.
void take_rules(const Listed& listed, const ExtractOptions& o, AttackedMarket& market) {
    const MarketParams& params = listed.set.market(listed.market);
    const auto share = [](Rate rate) { return static_cast<double>(rate.raw()) / static_cast<double>(rate_one); };
    market.profit_weight = o.profit_weight >= 0 ? o.profit_weight : share(listed.set.profit.withdrawal);
    if (params.guard.credit) {
        // A band begins anew at the first mark that comes an interval after the last one did.
        const double steps =
            std::clamp(std::ceil(static_cast<double>(params.guard.credit->interval_ms) / 1000 / o.step_s - 1e-9), 1.0, 1e9);
        // Down it may go a little further than up: the larger of the two, so that nothing is called safe by it.
        market.clamp = -std::log1p(-share(params.guard.credit->rate));
        market.clamp_steps = static_cast<int>(steps);
        market.waits_for_belief = !params.guard.actions.allows(GuardState::clamped, GuardedAction::withdraw);
    }
    const Caps& caps = listed.set.schedules[params.schedule.index].caps;
    const auto figure = [](const Decimal& cap) { return static_cast<double>(cap.raw) / std::pow(10.0, cap.digits); };
    if (caps.open_interest) market.open_interest_most = std::max(0.0, figure(*caps.open_interest) - o.others);
    if (caps.position) market.position_most = figure(*caps.position);
    if (caps.group && o.accounts == 1) market.position_most = std::min(market.position_most, figure(*caps.group));
}

Result<std::unique_ptr<Finder>> make_finder(const ExtractOptions& o, const Listed& listed, const Console& console) {
    if (o.formula && !(o.depth.per_percent > 0))
        return fail(Error{"--formula", "it holds for an even book alone", "give --depth-per-percent"});
    auto sides = read_sides(o.depth, console);
    if (!sides) return fail(sides.error());
    // Depth as it is measured before anybody pushes.
    const double within = std::log(1.01);
    auto asked = calibrate::AskedSchedule::make(
        listed.set, listed.market, {o.price, o.others, std::min(sides->bids.within(within), sides->asks.within(within)), o.daily_volume});
    if (!asked) return fail(asked.error());
    const auto schedule = std::make_shared<const calibrate::AskedSchedule>(std::move(*asked));
    const auto margin = [schedule](const calibrate::Stake& stake) { return stake.worth() * schedule->rate(stake, Level::initial); };
    if (o.formula) {
        Target target{o.depth.per_percent, o.push_most, std::max(0.0, o.profit_weight < 0 ? 1.0 : o.profit_weight), o.accounts, margin};
        return std::make_unique<ByFormula>(std::move(target));
    }
    AttackedMarket market;
    // Whoever moves the price has to move the pools as well: others trade between them and the book.
    for (const std::string& text : o.pools) {
        const auto pool = read_pool(text);
        if (!pool) return fail(pool.error());
        sides->bids = sides->bids.beside(pool->sides.bids, pool->fee);
        sides->asks = sides->asks.beside(pool->sides.asks, pool->fee);
    }
    market.bids = sides->bids;
    market.asks = sides->asks;
    market.half_life_s = o.recovery_s;
    market.resale = o.resale;
    market.step_s = o.step_s;
    market.push_most = o.push_most;
    market.window_s = o.window_s;
    market.accounts_most = o.accounts;
    market.margin = margin;
    if (o.outflow_per_hour > 0) market.outflow_per_s = o.outflow_per_hour / 3'600;
    if (o.there > 0) market.there = o.there;
    market.leaves = leaves_of(o.leaves);
    take_rules(listed, o, market);
    return std::make_unique<BySearch>(std::move(market));
}

std::string leave_words(Leave leave) {
    switch (leave) {
        case Leave::withdraw: return "the gain on paper backs a withdrawal";
        case Leave::close: return "the position is closed at the pushed price";
        case Leave::two_legs: return "the winning leg is paid and the losing one left";
    }
    return {};
}

/// Each mark as a multiple of the price; of a long path its beginning.
std::string marks_of(const AttackPlan& plan) {
    constexpr std::size_t shown = 40;
    std::string marks;
    for (std::size_t i = 0; i < std::min(shown, plan.path.size()); ++i)
        marks += " " + plot::fixed(std::exp(plan.is_short ? -plan.path[i] : plan.path[i]), 3);
    return marks + (plan.path.size() > shown ? " ..." : "");
}

void print_plan(const AttackPlan& plan, const Console& console) {
    if (plan.value() <= 0) {
        console.print("At an open interest of " + human(plan.open_interest) + " no attack pays.\n");
        return;
    }
    console.print(
        wrap("At an open interest of " + human(plan.open_interest) + " an attacker takes out at most " + console.bold(human(plan.value())) +
                 ": gain " + human(plan.gain) + " by a push " + (plan.is_short ? "down to 1/" : "to ") + plot::fixed(plan.push, 3) +
                 " times the price" + (plan.push_steps > 1 ? " in " + std::to_string(plan.push_steps) + " steps" : "") +
                 (plan.hold_steps > 0 ? ", held for " + std::to_string(plan.hold_steps) : "") +
                 (plan.believed < plan.push * (1 - 1e-9) ? ", of which " + plot::fixed(plan.believed, 3) + " is believed" : "") +
                 ", cost " + human(plan.cost) + ", margin left behind " + human(plan.margin) +
                 (plan.accounts > 1 ? " over " + std::to_string(plan.accounts) + " accounts" : "") + "; " + leave_words(plan.leave) + ".",
             static_cast<std::size_t>(console.width), 0));
    if (plan.path.size() > 1) console.print(wrap("The marks of the push:" + marks_of(plan), static_cast<std::size_t>(console.width), 2));
}

plot::Chart value_chart(const Finder& finder, double most) {
    plot::Chart chart;
    chart.title = "Extractable value against open interest";
    chart.x_label = "open interest";
    chart.y_label = "can be taken out";
    plot::Series series{"extractable value", "#b3261e", {}, false};
    for (int i = 0; i <= 60; ++i) {
        const double at = most * i / 60;
        series.points.push_back({at, at > 0 ? std::max(0.0, finder.best(at).value()) : 0});
    }
    chart.series.push_back(std::move(series));
    return chart;
}

/// Where within four times what is safe most can be taken: margins and caps may make larger ones safe again.
double worst_open_interest(const Finder& finder, double safe) {
    double worst = safe;
    double most = 0;
    for (int i = 1; i <= 40; ++i) {
        const double at = safe * std::pow(4.0, i / 40.0);
        const double value = finder.best(at).value();
        if (value <= most) continue;
        worst = at;
        most = value;
    }
    return worst;
}

std::string json_of(const ExtractOptions& o, const Finder& finder, const std::optional<double>& safe, const AttackPlan& plan,
                    const std::optional<AttackPlayed>& played) {
    text::JsonWriter json;
    const auto figure = [](double value) { return plot::fixed(value, 2); };
    json.begin_object().key("market").string(o.market).key("safe_open_interest");
    if (safe) json.number(figure(*safe));
    else json.null();
    json.key("open_interest").number(figure(plan.open_interest)).key("extractable").number(figure(std::max(0.0, plan.value())));
    json.key("gain").number(figure(plan.gain)).key("cost").number(figure(plan.cost)).key("margin").number(figure(plan.margin));
    json.key("push")
        .number(plot::fixed(plan.push, 6))
        .key("short")
        .boolean(plan.is_short)
        .key("accounts")
        .number(std::to_string(plan.accounts));
    json.key("path").begin_array();
    for (const double x : plan.path) json.number(plot::fixed(std::exp(plan.is_short ? -x : x), 6));
    json.end_array().key("curve").begin_array();
    const double most = plan.open_interest > 0 ? plan.open_interest : most_asked;
    const plot::Chart chart = value_chart(finder, most);
    for (const plot::Point& point : chart.series.front().points)
        json.begin_object().key("open_interest").number(figure(point.x)).key("extractable").number(figure(point.y)).end_object();
    json.end_array();
    if (played)
        json.key("engine")
            .begin_object()
            .key("opened")
            .number(figure(played->opened))
            .key("paid_in")
            .number(figure(played->paid_in))
            .key("withdrawn")
            .number(figure(played->withdrawn))
            .key("extracted")
            .number(figure(played->extracted()))
            .key("shortfall")
            .number(figure(played->shortfall))
            .key("refused")
            .string(to_string(played->refused))
            .end_object();
    return json.end_object().take() + "\n";
}

/// What the engine makes of a plan that pays; absent: it was not asked to.
Result<std::optional<AttackPlayed>> play(const ExtractOptions& o, const Listed& listed, const AttackPlan& plan) {
    if (!o.play || plan.value() <= 0) return std::optional<AttackPlayed>();
    if (!(o.price > 0)) return fail(Error{"--play", "the engine needs a price to play at", "give --price"});
    auto alone = market_alone(listed.set, listed.market);
    if (!alone) return fail(alone.error());
    if (o.profit_weight >= 0)
        alone->profit.withdrawal = alone->profit.initial =
            Rate::from_raw(static_cast<std::int64_t>(o.profit_weight * static_cast<double>(rate_one)));
    const auto played = play_attack(*alone, plan, o.price, o.step_s);
    if (!played) return fail(played.error());
    return std::optional(*played);
}

void print_found(const Finder& finder, const std::optional<double>& safe, const AttackPlan& plan, const std::optional<AttackPlayed>& played,
                 const Console& console) {
    console.print(safe ? "No attack pays up to an open interest of " + console.bold(human(*safe)) + " a side: a cap to propose.\n"
                       : std::string("No attack pays at any open interest that is allowed.\n"));
    if (plan.open_interest > 0) print_plan(plan, console);
    if (played)
        console.print(wrap(
            "The engine, asked to play it, opened " + human(played->opened) + " on " + human(played->paid_in) + " and let out " +
                human(played->withdrawn) + ": " + console.bold(human(std::max(0.0, played->extracted()))) +
                " taken before the cost of the push" +
                (played->refused == RejectCode::none ? "" : "; it refused something: " + std::string(to_string(played->refused))) + ".",
            static_cast<std::size_t>(console.width), 0));
    if (safe) console.print("\n" + plot::terminal(value_chart(finder, plan.open_interest), console.width, console.color));
}

/// The same set with caps up to which no attack pays, once the same search has found none in it.
Result<void> write_capped(const ExtractOptions& o, const Listed& listed, double safe, const Console& console) {
    if (safe < 1)
        return fail(Error{"--out", "an attack pays from the first unit on: no cap helps", "raise margins, or lower the weight of profits"});
    ParameterSet capped = with_caps(listed.set, listed.market, safe, safe);
    ++capped.version;
    capped.source += "; caps of " + o.market + " by plimsoll stress extract";
    const std::string text = formats::write_parameter_set(capped);
    const Listed again{std::move(capped), listed.market};
    const auto finder = make_finder(o, again, console);
    if (!finder) return fail(finder.error());
    if (const auto still = (*finder)->safe())
        return fail(
            Error{"--out", "with these caps an attack still pays above " + human(*still), "this is a fault of the search: report it"});
    const auto written = write_file(o.out, text);
    if (!written) return fail(written.error());
    console.say("plimsoll: wrote " + *written + ": positions and open interest up to " + human(std::floor(safe)) +
                ", and no attack pays in it");
    return {};
}

}  // namespace

Exit extract_command(const ExtractOptions& o, const Console& console) {
    const auto listed = read_listed(o.params, o.market);
    if (!listed) return refused(console, listed.error());
    const auto finder = make_finder(o, *listed, console);
    if (!finder) return refused(console, finder.error());
    const auto safe = (*finder)->safe();
    const double asked = o.open_interest > 0 ? o.open_interest : safe ? worst_open_interest(**finder, *safe) : 0;
    AttackPlan plan = asked > 0 ? (*finder)->best(asked) : AttackPlan{};
    plan.open_interest = asked;
    const auto played = play(o, *listed, plan);
    if (!played) return refused(console, played.error());
    if (console.json) console.print(json_of(o, **finder, safe, plan, *played));
    else print_found(**finder, safe, plan, *played, console);
    if (!o.out.empty() && !safe) console.say("plimsoll: no cap is needed, and " + o.out + " is not written");
    if (!o.out.empty() && safe) {
        const auto written = write_capped(o, *listed, *safe, console);
        if (!written) return refused(console, written.error());
    }
    if (!o.svg.empty()) {
        const auto written = write_file(o.svg, plot::svg(value_chart(**finder, asked > 0 ? asked : 1)));
        if (!written) return refused(console, written.error());
        console.say("drawn: " + *written);
    }
    return o.open_interest > 0 && plan.value() > 0 ? Exit::no : Exit::ok;
}

}  // namespace plimsoll::cli
