#include "plimsoll/stress/engine_recipes.hpp"

namespace plimsoll::stress {

namespace {

Schedule group_table(Figures& f) { return table_scheme(f.table(), Application::whole, Subject::group_notional); }
Schedule oi_scheme(Figures& f) { return open_interest_scheme(f.oi_set()); }

Switch outside(const char* control, const char* why) { return {control, why, nullptr}; }

/// Profit on paper backs neither a position nor a withdrawal.
void profit_counts_for_nothing(Stage& stage) {
    change_sets(stage, [](ParameterSet& set) { set.profit.initial = set.profit.withdrawal = Rate{}; });
}

/// A schedule whose maintenance stays what `other` asks, so that only the gate moves.
Schedule keeping_maintenance(Schedule schedule, const Schedule& other) {
    schedule.maintenance = {};
    schedule.maintenance.terms = other.initial.terms;
    for (Term& term : schedule.maintenance.terms) term.curve.base.denominator *= 2;
    return schedule;
}

/// What opens is asked by both: of several controls that scale, the larger requirement counts.
std::function<void(Stage&)> asks(const Schedule& schedule) {
    return [schedule](Stage& stage) {
        const Schedule& now = stage.opening.schedules[0];
        set_schedule(stage, now.id == "flat" ? schedule : larger_of(now, schedule));
    };
}

}  // namespace

Recipe plain_recipe(Figures& f) {
    Recipe recipe;
    recipe.stage = position_stage(f);
    recipe.play = play_position;
    recipe.assumptions = {"the file has no recipe of its own: the position is built at the flat rate, and the price goes to price_to"};
    bool by_size = false;
    bool by_interest = false;
    for (const std::string& control : f.incident().required_controls) {
        const bool size = f.replay().bracket_table && control == "size_scaled_im";
        const bool interest = f.replay().oi_set && control == "oi_scaled_im";
        if (size) recipe.switches.push_back({control, "the size table, over the owner's group", asks(group_table(f))});
        else if (interest) recipe.switches.push_back({control, "open interest lifts the rate", asks(oi_scheme(f))});
        else recipe.switches.push_back({control, "not switched here: this incident has no recipe of its own yet", nullptr});
        by_size = by_size || size;
        by_interest = by_interest || interest;
    }
    if (f.replay().bracket_table && !by_size)
        recipe.switches.push_back({"size_table", "the size table, over the owner's group", asks(group_table(f))});
    if (f.replay().oi_set && !by_interest) recipe.switches.push_back({"open_interest", "open interest lifts the rate", asks(oi_scheme(f))});
    return recipe;
}

Recipe yfi_recipe(Figures& f) {
    Recipe recipe;
    recipe.stage = position_stage(f);
    recipe.stage.fund = f.fact("insurance_fund_loss") + f.fact("insurance_fund_left");
    recipe.stage.wished = recipe.stage.collateral;
    recipe.play = play_position;
    recipe.splits = true;
    recipe.switches = {
        {"oi_scaled_im", "open interest between the long-tail caps lifts the rate from 20 % to 100 %", asks(oi_scheme(f))},
        {"account_group_aggregation", "the size table is read over the owner's group; read per account it asks what flat 5x asks",
         [table = group_table(f)](Stage& stage) {
             stage.grouped = true;
             asks(table)(stage);
         }},
        outside("oi_growth_alert", "an alert to people; the engine decides and does not warn"),
        {"upnl_weight", "profit on paper counts for nothing; the price only falls here, so there is none", profit_counts_for_nothing},
        {"withdrawal_check_at_im", "the scaled requirement is asked of withdrawals; nothing could be taken out at 20 % either",
         [table = larger_of(group_table(f), oi_scheme(f))](Stage& stage) { set_leaving(stage, table); }},
    };
    recipe.assumptions = {
        "the insurance fund held what it paid and what was left",
        "each account has somebody with the means on the other side, and nobody buys what is liquidated: it is closed at the price that "
        "came",
        "after the position is built its owner asks everything back",
    };
    return recipe;
}

Recipe eth_recipe(Figures& f) {
    Recipe recipe;
    Stage& stage = recipe.stage;
    stage = position_stage(f);
    // Built as much lower as the profit that was then taken out of it.
    const Wide profit = f.fact("unrealised_profit_peak");
    stage.realised_at = stage.price;
    stage.price = Price::narrow(stage.price.raw() - profit * pow10(replay_price_digits) / stage.size.raw());
    stage.collateral = f.fact("deposit");
    stage.wished = f.fact("withdrawn");
    recipe.play = play_position;
    recipe.switches = {
        {"size_scaled_im", "a size table decides what may be opened, and no more than that",
         [table = group_table(f)](Stage& s) {
             if (!s.leaving) s.leaving = s.opening;
             set_opening(s, table);
         }},
        {"withdrawal_check_at_im", "the same table is in force when money is asked back",
         [table = group_table(f)](Stage& s) { set_leaving(s, table); }},
        outside("liquidation_price_includes_impact", "needs a depth of the book, which is not in the facts"),
    };
    recipe.assumptions = {
        "entry is solved from the figures: the price at which the highest unrealised profit is nothing",
        "the profit is taken by selling and buying back at the takeover price, since profit on paper leaves no venue",
        "nobody buys what is liquidated: it is closed at the price that came",
    };
    return recipe;
}

Recipe jelly_recipe(Figures& f) {
    Recipe recipe;
    Stage& stage = recipe.stage;
    stage = position_stage(f);
    const Price peak = stage.path.back();
    // The first mark at which nothing is left of the flat margin; then in steps of a tenth to the peak.
    const Decimal rate = f.decimal("flat_rate", f.replay().flat_rate);
    Wide at = stage.price.raw() + Wide{stage.price.raw()} * rate.raw / pow10(rate.digits) + 1000;
    stage.path.clear();
    for (; at < peak.raw(); at = at * 11 / 10) stage.path.push_back(Price::narrow(at));
    stage.path.push_back(peak);
    stage.wished = stage.collateral;
    stage.backstop_money = Wide{230'000'000} * pow10(figure_digits);
    stage.market_cap = Wide{10'000'000} * pow10(figure_digits);
    recipe.play = play_position;
    const Schedule flat = flat_scheme(rate);
    const Wide budget = figure(f.param("BACKSTOP_BUDGET", "budget"));
    recipe.switches = {
        {"oi_cap_vs_market_cap", "a side may hold 5 % of the market cap of 10 million",
         [share = rate_of(f.param("OI_CAP_MCAP", "f"))](Stage& s) {
             change_sets(s, [&](ParameterSet& set) { set.schedules[0].caps.open_interest_market_cap = share; });
         }},
        {"backstop_budget", "the backstop may take on a stressed loss of 1 million; what is more is deleveraged against the winners",
         [budget](Stage& s) {
             s.backstop_budget = budget;
             change_sets(s, [](ParameterSet& set) { set.liquidation.stress = hundred_percent; });
         }},
        {"adl_trigger_on_backstop_loss",
         "the backstop stands on money of its own and is liquidated like everybody: winners are deleveraged when it is used up",
         [budget](Stage& s) { s.backstop_money = budget; }},
        {"margin_removal_at_size_scaled_im", "open interest lifts the rate to 100 % when money is asked back",
         [scheme = keeping_maintenance(larger_of(flat, oi_scheme(f)), flat)](Stage& s) { set_leaving(s, scheme); }},
        {"short_side_stress_above_100pct", "a short that may be squeezed to four times its price is asked three times its notional",
         [flat](Stage& s) {
             Schedule schedule = keeping_maintenance(flat_scheme({3, 0}), flat);
             schedule.id = "stressed short";
             schedule.clamp.cap = Fraction::from_rate(hundred_percent);
             schedule.clamp.cap_short = Fraction{3 * rate_one, 1};
             set_schedule(s, schedule);
         }},
    };
    recipe.assumptions = {
        "the backstop is the vault of 230 million, without a budget",
        "after the short is opened its owner takes out all that the requirement lets go, and the price rises until nothing is left of the "
        "rest",
        "from there to the peak the price rises in steps of a tenth",
        "the market cap is the low end of what it was before, 10 million",
    };
    return recipe;
}

Recipe mango_recipe(Figures& f) {
    Recipe recipe;
    Stage& stage = recipe.stage;
    stage = position_stage(f);
    add_side_market(stage.opening);
    stage.collateral *= 2;  // of the two accounts
    stage.vault = f.fact("loss");
    stage.opening.liquidation.threshold_ms = 3'600'000;
    recipe.play = play_pump;
    recipe.switches = {
        {"upnl_weight", "profit on paper backs no new position and no withdrawal", profit_counts_for_nothing},
        {"price_velocity_clamp", "the price that grants credit follows the mark by at most 50 % an hour",
         [](Stage& s) {
             change_sets(s, [](ParameterSet& set) { set.markets[0].guard.credit = Velocity{Rate::from_raw(rate_one / 2), 3'600'000}; });
         }},
        {"oi_cap_vs_manipulation_cost", "a side of the market may hold what the reference check finds for an unclamped price",
         [cap = f.expected("MANIPULATION_BOUND", "cap_notional")](Stage& s) {
             change_sets(s, [&](ParameterSet& set) { set.schedules[0].caps.open_interest = Decimal{narrow64(cap), figure_digits}; });
         }},
        outside("self_trade_detection",
                "the engine refuses a match of an account with itself; who owns two accounts is for surveillance to find"),
        {"net_outflow_limit", "10 % of the vault an hour; kept before the engine, which has no such rule",
         [](Stage& s) { s.outflow_most = Rate::from_raw(rate_one / 10); }},
    };
    recipe.assumptions = {
        "the vault holds what others had deposited, as much as was taken",
        "this engine lends nothing: the loan is a purchase far above the mark in a second, quiet market from a third account of the same "
        "owner",
        "the short's liquidation waits an hour, and the price falls back once the money is out",
    };
    return recipe;
}

std::vector<SplitRow> splits_of(const Stage& stage, const std::vector<TableRow>& table) {
    std::vector<SplitRow> rows;
    for (const std::int64_t accounts : {1, 10, 100, 1000}) {
        Stage split = stage;
        split.accounts = accounts;
        split.leaving.reset();
        split.wished.reset();
        split.path.clear();
        // Each account asks for more than any of them can get: what the engine says would pass is what it opens.
        split.size = Size::from_raw(stage.size.raw() / 10 * 10 * accounts);
        split.opening.markets[0].instrument.size_max = Size::from_raw(4 * split.size.raw());
        set_schedule(split, table_scheme(table, Application::whole, Subject::own_notional));
        SplitRow row{accounts, play_position(split).opened, 0};
        split.grouped = true;
        set_schedule(split, table_scheme(table, Application::whole, Subject::group_notional));
        row.grouped = play_position(split).opened;
        rows.push_back(row);
    }
    return rows;
}

}  // namespace plimsoll::stress
