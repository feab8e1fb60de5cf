// Markets, accounts and the venue as JSON, for those who ask a service. docs/reference/http.md lists the fields.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/engine/engine.hpp"

#include <string>

namespace plimsoll::codec {

/// {"set":{…},"time_ms":…,"accounts":…,"assets":[…]}: what is in force, and where the money is.
std::string venue_json(const Engine& engine);
/// {"markets":[…]}: prices, guard, open interest, depth. Empty as long as no set is in force.
std::string markets_json(const Engine& engine);
/// Balances, positions, orders, and what is required of it at each level. The account exists.
std::string account_json(const Engine& engine, const Names& names, AccountId account);

}  // namespace plimsoll::codec
