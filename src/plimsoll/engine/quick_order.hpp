// The commonest order of the commonest account, let in without writing the account down: plain linear markets in cross margin that settle
// in the numeraire, no group, no overrides, nothing in liquidation. What is not ordinary, and every refusal, goes the general way
// (decide_order.cpp), to which a slow assertion holds this one at every order.
#pragma once

#include "plimsoll/engine/state.hpp"

namespace plimsoll {

/// Whether the order is admitted and everything about it is ordinary: then `placed` says what placing it would be. False says nothing.
///
/// Errors  none; account and market are known and a set is in force (asserted).
bool quick_order(const State& state, const command::PlaceOrder& c, event::OrderPlaced& placed);

}  // namespace plimsoll
