// Tier tables as centralised exchanges publish them, and the schedules that they are.
#pragma once

#include "plimsoll/conformance/kit.hpp"

#include <string_view>
#include <vector>

namespace plimsoll::conformance {

/// One row of a table. Fields that a venue does not give stay at 0.
struct Tier {
    Exact floor;
    Exact cap;
    Exact maintenance;
    Exact leverage;
    Exact initial;
    Exact deduction;
    bool tail = false;  // no row but what every further `cap` of size adds to both rates
};

/// The rows of a symbol in a CSV table that `schedule_ref` ("path#symbol") names; stops the translation when the table is
/// not at hand or has no such symbol. A table keyed by several columns takes them joined by blanks.
std::vector<Tier> referred_tiers(Translation& translation, const Inputs& in);
/// Inline rows {floor, cap, mmr} or {cap, mmr, max_leverage} or {upto, im, mm}.
std::vector<Tier> inline_tiers(Translation& translation, const Inputs& in, std::string_view key);

/// Maintenance marginal by the rows' rates, initial of the whole position by the rows' leverage; the last cap is a hard one.
Schedule tier_schedule(Translation& translation, const std::vector<Tier>& tiers, Application maintenance);
std::vector<Row> rates_of(Translation& translation, const std::vector<Tier>& tiers);
std::vector<Row> leverages_of(Translation& translation, const std::vector<Tier>& tiers);

}  // namespace plimsoll::conformance
