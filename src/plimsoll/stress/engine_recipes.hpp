// The recipes of the incidents that are at hand, and the figures they are made of.
#pragma once

#include "plimsoll/stress/engine_recipe.hpp"
#include "plimsoll/stress/schemes.hpp"

namespace plimsoll::stress {

/// An incident's figures, asked for by name. What is missing is remembered, and something harmless is given in its place.
class Figures {
public:
    /// The incident has a replay and the reference a table (asserted by who makes one).
    Figures(const Incident& incident, const Reference& reference) : incident_(incident), reference_(reference) {}

    const Incident& incident() const { return incident_; }
    const Replay& replay() const { return *incident_.replay; }

    Wide fact(const char* name);
    Wide given(const char* name, const std::optional<Decimal>& value);
    Decimal decimal(const char* name, const std::optional<Decimal>& value);
    /// A figure that a reference check expects, or states as a parameter or input.
    Wide expected(const char* schedule, const char* field);
    Decimal param(const char* schedule, const char* name);
    const std::vector<TableRow>& table();
    OpenInterestSet oi_set();

    /// The first that was missing; empty: none.
    const std::string& missing() const { return missing_; }

    /// Notes that something is missing or beyond what is played.
    void miss(std::string what);

private:
    const Incident& incident_;
    const Reference& reference_;
    std::string missing_;
};

/// The replay's position on its collateral at its flat rate, and the price that came; nothing else is asked or kept.
Stage position_stage(Figures& figures);

Recipe plain_recipe(Figures& figures);
Recipe yfi_recipe(Figures& figures);
Recipe mango_recipe(Figures& figures);
Recipe eth_recipe(Figures& figures);
Recipe jelly_recipe(Figures& figures);

/// How much of the stage's position is admitted on its collateral when it is spread over 1, 10, 100 and 1,000 accounts: each account
/// under a table of its own notional, and all of one group under the table of the group's.
std::vector<SplitRow> splits_of(const Stage& stage, const std::vector<TableRow>& table);

}  // namespace plimsoll::stress
