// Events, refusals and the state of an account as lines for a person: the output of text scenarios.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/codec/scale.hpp"
#include "plimsoll/risk/requirement.hpp"

#include <string>
#include <vector>

namespace plimsoll::codec {

/// One line. `state` is the engine's after the command, `names` have followed the event.
std::string event_text(const State& state, const Names& names, const Event& event);

/// The code with its words, then a line each for what was required, what decided it and what would help, as far as the code has them.
/// `where` is that of the refused command, for the asset of a withdrawal.
std::vector<std::string> reject_text(const State& state, const Names& names, const Reject& reject, const Where& where);

/// Why a position requires what it does at a level: "10000 at 4 %, 8000 at 6.25 %". Of the initial level with open orders it explains
/// the worst fill, or the size that is given. Empty when nothing is required.
std::string margin_text(const State& state, AccountId account, std::size_t position, Purpose purpose, std::optional<Size> filled = {});

/// What an account holds and how it stands at the three levels.
std::vector<std::string> account_text(const State& state, const Names& names, AccountId account);
/// A market's prices, guard, open interest and measured figures.
std::vector<std::string> market_text(const State& state, const Names& names, MarketId market);
/// The venue's money in each asset that has moved, the backstop and the reserve.
std::vector<std::string> venue_text(const State& state, const Names& names);

}  // namespace plimsoll::codec
