// Parameter sets: defined, held ready, put in force.
#include "plimsoll/risk/domain.hpp"
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

void Engine::run(const command::DefineSet& c) {
    refuse_if(c.set == nullptr || !references_hold(*c.set), RejectCode::set_invalid);
    const Findings findings = validate(*c.set);
    for (const Finding& finding : findings) refuse_if(finding.severity == Severity::error, RejectCode::set_invalid);
    refuse_if(!RiskContext::make(*c.set), RejectCode::set_invalid);
    const Digest hash = digest_of(canonical_bytes(*c.set));
    refuse_if(!s.ready.contains(hash) && s.ready.size() == s.limits.sets, RejectCode::capacity_exhausted);
    refuse_if(s.ready.contains(hash), RejectCode::already_done);
    s.ready[hash] = c.set;
    emit(event::SetDefined{c.set, hash, c.set->version});
}

/// What may not change while something counts in it.
static bool compatible(const ParameterSet& before, const ParameterSet& after) {
    const auto same_asset = [](const plimsoll::Asset& a, const plimsoll::Asset& b) {
        return a.name == b.name && a.digits == b.digits && a.price_digits == b.price_digits;
    };
    const auto same_market = [](const MarketParams& a, const MarketParams& b) {
        const Instrument& i = a.instrument;
        const Instrument& j = b.instrument;
        return a.name == b.name && a.settle == b.settle && i.kind == j.kind && i.price_digits == j.price_digits &&
               i.size_digits == j.size_digits && i.settle_digits == j.settle_digits && i.multiplier == j.multiplier;
    };
    if (before.numeraire != after.numeraire || after.assets.size() < before.assets.size() || after.markets.size() < before.markets.size())
        return false;
    return std::equal(before.assets.begin(), before.assets.end(), after.assets.begin(), same_asset) &&
           std::equal(before.markets.begin(), before.markets.end(), after.markets.begin(), same_market);
}

void Engine::run(const command::ActivateSet& c) {
    const auto found = s.ready.find(c.hash);
    refuse_if(found == s.ready.end(), RejectCode::set_unknown);
    const ParameterSet& set = *found->second;
    refuse_if(!set.overrides.empty(), RejectCode::set_incompatible);
    refuse_if(has_set() && !compatible(params(), set), RejectCode::set_incompatible);

    event::SetActivated done;
    done.hash = c.hash;
    done.version = set.version;
    const auto count = [&](std::uint32_t& below_initial, std::uint32_t& below_maintenance, Wide& requirement) {
        for (std::uint32_t a = 0; a < s.owners.size(); ++a) {
            const Standing initial = standing({a}, {}, {}, MarginMode::cross, Purpose::open, Reading::open);
            const Standing maintenance = standing({a}, {}, {}, MarginMode::cross, Purpose::maintenance, Reading::held);
            bool initial_short = initial.health() < 0, maintenance_short = maintenance.health() < 0;
            for (const Holding& h : s.owners[a].holdings) {
                if (h.mode != MarginMode::isolated) continue;
                initial_short |= standing({a}, h.market, h.leg, h.mode, Purpose::open, Reading::open).health() < 0;
                maintenance_short |= standing({a}, h.market, h.leg, h.mode, Purpose::maintenance, Reading::held).health() < 0;
            }
            below_initial += initial_short;
            below_maintenance += maintenance_short;
            requirement += initial.required;
        }
    };
    if (has_set()) count(done.below_initial_before, done.below_maintenance_before, done.requirement_before);

    auto credit_context = RiskContext::make(set);
    auto liquidation_context = RiskContext::make(set);
    contexts_ = std::make_shared<Contexts>(Contexts{std::move(*credit_context), std::move(*liquidation_context)});
    s.active = c.hash;
    s.markets.resize(set.markets.size());
    s.assets.resize(set.assets.size());
    figures_old_ = true;
    for (std::uint32_t m = 0; m < s.markets.size(); ++m)
        for (const RiskContext* context : {&credit(), &liquidation()}) {
            MarketState state = context->market({m}).state;
            const Guard& g = s.markets[m].guard;
            if (!g.credit.set) continue;
            for (const std::int64_t mark : {g.credit.value, g.liquidation.value}) {
                state.mark = Price::from_raw(mark);
                refuse_if(!context->state_fault({m}, state).empty(), RejectCode::set_incompatible);
            }
        }
    for (std::uint32_t a = 0; a < s.assets.size(); ++a)
        refuse_if(s.assets[a].marked && std::max(s.assets[a].price, s.assets[a].smoothed) > set.assets[a].price_max,
                  RejectCode::set_incompatible);
    for (std::uint32_t a = 0; a < s.owners.size(); ++a)
        refuse_if(!account_fault(credit(), shown({a}, Reading::held).view()).empty(), RejectCode::set_incompatible);
    count(done.below_initial_after, done.below_maintenance_after, done.requirement_after);
    emit(done);
}

}  // namespace plimsoll::reference
