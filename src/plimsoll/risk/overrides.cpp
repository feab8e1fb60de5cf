#include "plimsoll/risk/overrides.hpp"

namespace plimsoll {

namespace {

PositionTerms named(const ParameterSet& set, std::string_view account, std::optional<MarketId> market) {
    PositionTerms terms;
    for (const Override& o : set.overrides) {
        if (o.account != account || o.market != market) continue;
        if (o.multiplier) terms.multiplier = *o.multiplier;
        if (o.initial_floor) terms.initial_floor = *o.initial_floor;
    }
    return terms;
}

}  // namespace

PositionTerms overrides_in(const ParameterSet& set, std::string_view account, MarketId market) { return named(set, account, market); }
PositionTerms overrides_everywhere(const ParameterSet& set, std::string_view account) { return named(set, account, std::nullopt); }

}  // namespace plimsoll
