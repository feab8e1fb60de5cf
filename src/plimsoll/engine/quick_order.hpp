// The commonest order of the commonest account, let in without writing the account down: plain linear markets in cross margin that settle
// in the numeraire, no group, no overrides, nothing in liquidation. What is not ordinary, and every refusal, goes the general way
// (decide_order.cpp), to which a slow assertion holds this one at every order.
#pragma once

#include "plimsoll/engine/state.hpp"

#include <optional>

namespace plimsoll {

/// What placing the order would be, when it is admitted and everything about it is ordinary; nothing says nothing.
///
/// Errors  none; account and market are known and a set is in force (asserted).
std::optional<event::OrderPlaced> quick_order(const State& state, const command::PlaceOrder& c);

}  // namespace plimsoll
