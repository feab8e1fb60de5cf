// Markets, accounts and the venue as JSON, for those who ask a service. docs/reference/http.md lists the fields.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/engine/engine.hpp"

#include <string>

namespace plimsoll::codec {

/// {"seq":…,"chain":"…","time_ms":…,"accounts":…,"set":{…},"assets":[…]}: what is in force, and where the money is. `chain` is the engine's,
/// as text.
std::string venue_json(const Engine& engine, std::string_view chain);
/// {"markets":[…]}: prices, guard, open interest, depth. Empty as long as no set is in force.
std::string markets_json(const Engine& engine);
/// One of them, with its contract and the schedule that asks for its margin.
std::string market_json(const Engine& engine, MarketId market);
/// Balances, positions, orders, and what is required of it at each level. The account exists.
std::string account_json(const Engine& engine, const Names& names, AccountId account);

/// Why each position requires what it does, at each level, and the account as a whole.
std::string margin_json(const Engine& engine, const Names& names, AccountId account);

/// A command that was decided, as its followers are told: {"seq":…,"time_ms":…,"chain":"…","events":[…]}.
std::string told_json(const State& state, const Names& names, std::uint64_t seq, std::uint64_t time_ms, std::string_view chain,
                      const Events& events);

}  // namespace plimsoll::codec
