// How an incident is brought before the engine: a stage, a way of playing it, and the switches that controls are.
#pragma once

#include "plimsoll/stress/engine_replay.hpp"
#include "plimsoll/stress/venue_desk.hpp"

#include <functional>

namespace plimsoll::stress {

/// Everything a replay starts from and a control may change. Amounts are figures.
struct Stage {
    ParameterSet opening;                 // in force while positions are built
    std::optional<ParameterSet> leaving;  // in force when money is asked back, and after it; absent: the same
    std::int64_t accounts = 1;
    bool grouped = false;
    bool is_short = false;
    Price price;                          // at which positions are built
    Size size;                            // in all
    Wide collateral = 0;                  // in all
    std::optional<Price> realised_at;     // the price goes there first, and the profit is taken by selling and buying back
    std::optional<Wide> wished;           // what is then asked back, in all
    std::vector<Price> path;              // one mark after the other
    Wide fund = 0;
    Wide backstop_money = 0;
    std::optional<Wide> backstop_budget;
    Wide depth = 0;
    Wide market_cap = 0;
    Rate addon = hundred_percent;         // of every requirement of the attacking accounts
    // For attacks of their own kind.
    Wide vault = 0;                       // what others have deposited
    Wide pledged_amount = 0;              // of the pledged asset
    std::int64_t rounds = 1;
    std::optional<Rate> outflow_most;     // share of the vault that may leave in an hour; kept before the engine
};

using Play = EngineRun (*)(const Stage&);

struct Switch {
    std::string control;
    std::string how;
    std::function<void(Stage&)> on;  // empty: it lies outside the engine, and `how` says where
};

struct Recipe {
    Stage stage;
    Play play = nullptr;
    std::vector<Switch> switches;
    std::vector<std::string> assumptions;
    bool splits = false;  // whether it is also asked what spreading over accounts gains
};

/// Positions are built over the stage's accounts, money is asked back, and the price goes its way; nobody fills what is liquidated, so
/// the waterfall closes it at the mark.
EngineRun play_position(const Stage& stage);
inline constexpr Wide pump_partner_money = Wide{100'000} * pow10(figure_digits);  // of the third account that carries a loan away
/// Two accounts of one owner face each other, the price is pumped, and they close against each other before they are liquidated; the
/// winner takes out what the vault holds.
EngineRun play_pump(const Stage& stage);

/// Why the engine cannot be asked to play a stage: a figure outside its domain, or a parameter set that is none. Empty: it can.
std::string unplayable(const Stage& stage);

/// Runs a recipe: the controls off, each switch alone, all of them. Nothing runs when one of its stages is unplayable.
EngineReplay play(const Recipe& recipe);

/// Puts a schedule into both of a stage's sets, or into the one that is in force then.
void set_schedule(Stage& stage, const Schedule& schedule);
void set_opening(Stage& stage, const Schedule& schedule);
void set_leaving(Stage& stage, const Schedule& schedule);
/// Changes both sets of a stage.
void change_sets(Stage& stage, const std::function<void(ParameterSet&)>& change);

}  // namespace plimsoll::stress
