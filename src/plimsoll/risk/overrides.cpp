#include "plimsoll/risk/overrides.hpp"

#include <algorithm>
#include <optional>

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

void apply_overrides(const ParameterSet& set, std::string_view account_name, Account& account) {
    account.everywhere = overrides_everywhere(set, account_name);
    account.terms.clear();
    const bool in_a_market =
        std::any_of(set.overrides.begin(), set.overrides.end(), [&](const Override& o) { return o.account == account_name && o.market; });
    for (std::uint32_t m = 0; in_a_market && m < set.markets.size(); ++m) account.terms.push_back(overrides_in(set, account_name, {m}));
}

std::string override_fault(const ParameterSet& set) {
    for (std::size_t i = 0; i < set.overrides.size(); ++i) {
        const Override& o = set.overrides[i];
        const std::string name = "override " + std::to_string(i + 1) + " of " + o.account + ": ";
        if (o.market && o.market->index >= set.markets.size()) return name + "the market is not in the set";
        if (o.multiplier && (*o.multiplier < hundred_percent || *o.multiplier > multiplier_max))
            return name + "a multiplier lies between 1 and 100";
        if (o.initial_floor && (o.initial_floor->raw() <= 0 || *o.initial_floor > rate_max))
            return name + "an initial floor lies above 0 and at most at 10; leave it out for none";
        for (std::size_t k = 0; k < i; ++k)
            if (set.overrides[k].account == o.account && set.overrides[k].market == o.market)
                return name + "the account is named twice for the same market; merge the two";
    }
    return {};
}

}  // namespace plimsoll
