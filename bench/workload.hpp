// What the benchmarks ask: a venue, its accounts and single questions, all from one seed and all built outside the clock.
#pragma once

#include "plimsoll/risk/health.hpp"

#include <cstdint>
#include <vector>

namespace plimsoll::bench {

inline constexpr std::uint64_t seed = 20'260'214;
inline constexpr std::uint32_t venue_markets = 64;
inline constexpr std::size_t venue_brackets = 8;

/// 64 linear markets settled in a dollar of 6 digits, each with marginal brackets of its own at both levels, and a second
/// collateral that is priced and weighted. Digits of prices and sizes differ from market to market, as they do on venues.
RiskContext make_venue();

/// Accounts in one long array, asked about in an order that has nothing to do with where they lie.
struct Accounts {
    std::vector<Position> positions;
    std::vector<Balance> balances;
    std::vector<AccountView> views;
};

/// Each account holds `per_account` positions in different markets, every one with resting orders on both sides, and a
/// balance in both assets. One order in 32 stands on the far side of the mark, so that filling it loses at once.
Accounts make_accounts(const RiskContext& venue, std::size_t count, std::size_t per_account);

/// One question to one schedule: exposure and the market's figures after the trade.
struct Question {
    Exposure exposure;
    MarketFigures figures;
};

/// Twelve marginal brackets, lifted toward 100 % between two open interests.
CompiledSchedule make_twelve_tiers();
/// Notionals over all twelve tiers, open interests strictly inside the ramp.
std::vector<Question> make_questions(const CompiledSchedule& schedule, std::size_t count);

}  // namespace plimsoll::bench
