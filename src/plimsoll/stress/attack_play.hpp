// An attack that was found, played against the real engine: what it lets out is the answer that counts.
#pragma once

#include "plimsoll/stress/attack.hpp"

#include "plimsoll/engine/reject.hpp"
#include "plimsoll/params/parameter_set.hpp"

namespace plimsoll::stress {

/// What the engine did with a plan. Units  quote currency.
struct AttackPlayed {
    double opened = 0;     // notional, over all accounts
    double paid_in = 0;    // margin deposited
    double withdrawn = 0;
    double shortfall = 0;  // what the accounts then could not pay when the price went back
    RejectCode refused = RejectCode::none;  // the first refusal
    double extracted() const { return withdrawn - paid_in; }
};

/// Puts `fund` into the insurance fund, opens the plan's position over its accounts at `price`, lets the mark go the plan's way (a mark each `step_s`), takes out what the engine lets, and
/// lets the price go back. Leaves the cost of pushing to the plan: it lies outside the venue.
///
/// Shape   plans that withdraw or leave with two legs; a plan that closes is played as closing at the pushed mark against another.
/// Errors  a set that the engine refuses; sizes beyond the market's.
Result<AttackPlayed> play_attack(const ParameterSet& alone, const AttackPlan& plan, double price, double step_s, double fund = 0);

}  // namespace plimsoll::stress
