#include "plimsoll/stress/engine_recipe.hpp"

#include "plimsoll/params/rules.hpp"
#include "plimsoll/risk/context.hpp"
#include "plimsoll/stress/schemes.hpp"

#include <algorithm>

namespace plimsoll::stress {

namespace {

/// The accounts of a stage: those who attack, for each somebody who takes the other side, and the backstop.
struct Cast {
    std::vector<AccountId> attackers;
    std::vector<AccountId> takers;
    std::optional<AccountId> backstop;
};

Wide share_of(Wide whole, std::int64_t parts) { return whole / parts; }

/// Enough for any margin and loss on its part, and far from the bound of an asset.
Wide means_of(const Stage& stage) {
    Price most = stage.price;
    for (const Price price : stage.path) most = std::max(most, price);
    return 10 * worth_of(stage.size, most) / stage.accounts + pow10(figure_digits);
}

void set_venue(Desk& desk, const Stage& stage) {
    desk.adopt(stage.opening);
    desk.mark(stage.price);
    if (stage.opening.markets.size() > side_market.index) desk.mark(Price::from_raw(pow10_64(replay_price_digits)), side_market);
    if (stage.depth > 0 || stage.market_cap > 0)
        desk.must(command::MarketRisk{only_market, Amount::narrow(stage.depth), {}, {}, Amount::narrow(stage.market_cap)});
    if (stage.fund > 0) desk.must(command::MoveFund{quote_asset, Amount::narrow(stage.fund)});
}

Cast open_accounts(Desk& desk, const Stage& stage) {
    Cast cast;
    for (std::int64_t i = 0; i < stage.accounts; ++i) {
        cast.attackers.push_back(desk.open_account(share_of(stage.collateral, stage.accounts), stage.grouped ? GroupId{0} : no_group));
        if (stage.addon > hundred_percent) desk.must(command::SetOverride{cast.attackers.back(), every_market, stage.addon, {}});
        cast.takers.push_back(desk.open_account(means_of(stage)));
    }
    if (stage.backstop_money > 0) {
        cast.backstop = desk.open_account(stage.backstop_money);
        desk.must(command::SetBackstop{*cast.backstop, Amount::narrow(stage.backstop_budget.value_or(amount_max.raw() / 2))});
    }
    return cast;
}

void note_refusal(EngineRun& run, RejectCode code) {
    if (run.refused == RejectCode::none) run.refused = code;
}

void build(Desk& desk, const Stage& stage, const Cast& cast, EngineRun& run) {
    const Size each = Size::from_raw(stage.size.raw() / stage.accounts);
    Wide asked = 0;
    bool stated = true;
    for (std::size_t i = 0; i < cast.attackers.size(); ++i) {
        const auto opened =
            desk.open_position(cast.attackers[i], cast.takers[i], stage.is_short ? Side::sell : Side::buy, each, stage.price);
        asked += opened.asked;
        stated = stated && opened.asked > 0;
        run.opened += opened.worth;
        note_refusal(run, opened.refused);
    }
    if (stated) run.asked = asked;
}

/// Time in which nothing happens: what a growing market has brought below maintenance meanwhile is closed before the price moves.
void pause(Desk& desk) {
    for (int i = 0; i < 3; ++i) desk.tick(1000);
}

void take_profit(Desk& desk, const Stage& stage, const Cast& cast) {
    if (!stage.realised_at) return;
    desk.wait(1000);
    desk.mark(*stage.realised_at);
    for (std::size_t i = 0; i < cast.attackers.size(); ++i) {
        const Size held = desk.position(cast.attackers[i]);
        if (held.raw() == 0 || desk.close_position(cast.attackers[i], cast.takers[i], *stage.realised_at) != RejectCode::none) continue;
        desk.open_position(cast.attackers[i], cast.takers[i], held.raw() > 0 ? Side::buy : Side::sell, abs(held), *stage.realised_at);
    }
}

void take_out(Desk& desk, const Stage& stage, const Cast& cast, EngineRun& run) {
    if (stage.leaving) desk.adopt(*stage.leaving);
    if (!stage.wished) return;
    for (const AccountId account : cast.attackers)
        run.withdrawn += desk.withdraw(account, quote_asset, share_of(*stage.wished, stage.accounts));
}

void follow(Desk& desk, const std::vector<Price>& path) {
    for (const Price price : path) {
        desk.wait(1000);
        desk.mark(price);
        // The first step of a liquidation finds nobody; the next is the waterfall.
        desk.tick(1000);
        desk.tick(1000);
    }
}

void close_books(const Desk& desk, const Cast& cast, const Stage& stage, EngineRun& run) {
    run.paid = desk.ledger().paid_in(quote_asset);
    if (cast.backstop) run.backstop = std::max<Wide>(0, stage.backstop_money - desk.equity(*cast.backstop));
    for (const AccountId account : cast.attackers) run.own_share += desk.shared_by(account);
    run.ledger = desk.ledger();
    run.commands = desk.commands();
    PLIM_ASSERT(check_invariants(desk.state()).empty());
}

std::uint32_t accounts_of(const Stage& stage) { return static_cast<std::uint32_t>(2 * stage.accounts + 4); }

}  // namespace

EngineRun play_position(const Stage& stage) {
    Desk desk(accounts_of(stage));
    EngineRun run;
    run.paid_in = stage.collateral;
    set_venue(desk, stage);
    const Cast cast = open_accounts(desk, stage);
    build(desk, stage, cast, run);
    pause(desk);
    take_profit(desk, stage, cast);
    take_out(desk, stage, cast, run);
    follow(desk, stage.path);
    close_books(desk, cast, stage, run);
    return run;
}

EngineRun play_pump(const Stage& stage) {
    Desk desk(8);
    EngineRun run;
    set_venue(desk, stage);
    const AccountId honest = desk.open_account(stage.vault);
    const AccountId winner = desk.open_account(stage.collateral / 2);
    const AccountId loser = desk.open_account(stage.collateral / 2);
    const AccountId partner = desk.open_account(pump_partner_money);
    run.paid_in = stage.collateral + pump_partner_money;
    const auto opened = desk.open_position(winner, loser, Side::buy, stage.size, stage.price);
    if (opened.asked > 0) run.asked = 2 * opened.asked;
    run.opened = opened.worth;
    note_refusal(run, opened.refused);
    for (const Price price : stage.path) {
        desk.wait(1000);
        desk.mark(price);
    }
    const Wide vault = desk.vault(quote_asset);
    desk.borrow(winner, partner, honest, vault);
    // What is really there bounds what can be carried away, and the limit on outflow where one is kept.
    Wide left = stage.outflow_most ? vault * stage.outflow_most->raw() / rate_one : vault;
    const auto carry_off = [&](AccountId account) {
        const Wide out = desk.withdraw(account, quote_asset, left);
        left -= out;
        run.withdrawn += out;
    };
    for (const AccountId account : {partner, winner, loser}) carry_off(account);
    follow(desk, {stage.price});
    for (const AccountId account : {partner, winner, loser}) carry_off(account);
    for (int i = 0; i < 3; ++i) desk.tick(stage.opening.liquidation.threshold_ms + 1000);
    close_books(desk, {{winner, loser, partner}, {}, {}}, stage, run);
    return run;
}

void change_sets(Stage& stage, const std::function<void(ParameterSet&)>& change) {
    change(stage.opening);
    if (stage.leaving) change(*stage.leaving);
}

void set_schedule(Stage& stage, const Schedule& schedule) {
    change_sets(stage, [&](ParameterSet& set) { set.schedules[0] = schedule; });
}
void set_opening(Stage& stage, const Schedule& schedule) {
    if (!stage.leaving) stage.leaving = stage.opening;
    stage.opening.schedules[0] = schedule;
}
void set_leaving(Stage& stage, const Schedule& schedule) {
    if (!stage.leaving) stage.leaving = stage.opening;
    stage.leaving->schedules[0] = schedule;
}

std::string unplayable(const Stage& stage) {
    if (stage.accounts < 1 || stage.accounts > 10'000) return "accounts outside 1 to 10000";
    if (stage.size.raw() < stage.accounts) return "a position smaller than one lot an account";
    for (const ParameterSet* set : {&stage.opening, stage.leaving ? &*stage.leaving : nullptr}) {
        if (set == nullptr) continue;
        if (has_errors(validate(*set)) || !RiskContext::make(*set).has_value()) return "a parameter set that does not validate";
        const Instrument& instrument = set->markets[only_market.index].instrument;
        if (stage.size > instrument.size_max) return "a position beyond the market's largest size";
        const auto outside = [&](Price p) { return p.raw() < 0 || p > instrument.price_max; };
        if (stage.price.raw() < 1 || outside(stage.price) || (stage.realised_at && outside(*stage.realised_at)) ||
            std::any_of(stage.path.begin(), stage.path.end(), outside))
            return "a price outside the market's prices";
    }
    const Wide most = amount_max.raw() / 4;
    for (const Wide money :
         {stage.collateral, stage.wished.value_or(0), stage.fund, stage.backstop_money, stage.backstop_budget.value_or(0), stage.depth,
          stage.market_cap, stage.vault, stage.pledged_amount, means_of(stage) * stage.accounts})
        if (money < 0 || money > most) return "an amount beyond a quarter of the largest balance";
    return {};
}

EngineReplay play(const Recipe& recipe) {
    EngineReplay replay;
    replay.assumptions = recipe.assumptions;
    const auto run = [&](const Stage& stage, std::string control, std::string how) {
        if (replay.why_none.empty()) replay.why_none = unplayable(stage);
        if (!replay.why_none.empty()) return;
        EngineRun one = recipe.play(stage);
        one.control = std::move(control);
        one.how = std::move(how);
        replay.runs.push_back(std::move(one));
    };
    run(recipe.stage, "controls off", "");
    Stage all = recipe.stage;
    for (const Switch& control : recipe.switches) {
        if (!control.on) {
            replay.outside.push_back({control.control, control.how});
            continue;
        }
        Stage alone = recipe.stage;
        control.on(alone);
        control.on(all);
        run(alone, control.control, control.how);
    }
    run(all, "all together", "");
    if (!replay.why_none.empty()) replay.runs.clear();
    return replay;
}

}  // namespace plimsoll::stress
