// Accounts, their settings, and the venue's own settings.
#include "plimsoll/schedule/evaluate.hpp"
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

void Engine::run(const command::OpenAccount& c) {
    refuse_if(c.group != no_group && c.group.index >= s.limits.groups, RejectCode::group_unknown);
    refuse_if(s.owners.size() == s.limits.accounts, RejectCode::capacity_exhausted);
    const AccountId id{static_cast<std::uint32_t>(s.owners.size())};
    s.owners.push_back({});
    s.owners.back().group = c.group;
    made_ = id.index;
    emit(event::AccountOpened{id, c.group});
}

void Engine::run(const command::SetGroup& c) {
    need_account(c.account);
    refuse_if(c.group != no_group && c.group.index >= s.limits.groups, RejectCode::group_unknown);
    Owner& owner = s.owners[c.account.index];
    refuse_if(owner.group == c.group, RejectCode::already_done);
    owner.group = c.group;
    figures_old_ = true;
    emit(event::GroupSet{c.account, c.group});
}

void Engine::run(const command::SetMode& c) {
    need_set();
    need_account(c.account);
    need_market(c.market);
    auto& holdings = s.owners[c.account.index].holdings;
    std::uint32_t leverage = 0;
    bool in_use = false;
    for (const Holding& h : holdings) {
        if (h.market != c.market) continue;
        leverage = h.leverage_hundredths;
        in_use = in_use || h.size != 0 || h.collateral != 0 || sums(c.account, c.market, h.leg).count != 0;
    }
    const bool hedge = c.position == command::PositionMode::hedge;
    std::erase_if(holdings, [&](const Holding& h) { return h.market == c.market && (h.leg != Leg::net) != hedge; });
    for (const Leg leg : hedge ? std::vector<Leg>{Leg::long_leg, Leg::short_leg} : std::vector<Leg>{Leg::net})
        holding(c.account, c.market, leg) = {c.market, leg, c.margin, leverage, 0, 0, 0};

    std::uint64_t isolated = 0;
    for (const Owner& o : s.owners)
        isolated += static_cast<std::uint64_t>(
            std::count_if(o.holdings.begin(), o.holdings.end(), [](const Holding& h) { return h.mode == MarginMode::isolated; }));
    refuse_if(c.margin == MarginMode::isolated && isolated > s.limits.isolated, RejectCode::capacity_exhausted);
    refuse_if(in_use, RejectCode::in_use);
    forget_empty(c.account, c.market);
    refuse_if(holdings.size() > s.limits.positions_per_account, RejectCode::too_many_positions);
    emit(event::ModeSet{c.account, c.market, c.margin, c.position});
}

void Engine::run(const command::SetLeverage& c) {
    need_set();
    need_account(c.account);
    need_market(c.market);
    const std::uint32_t most = market_params(c.market).leverage_max_hundredths;
    const std::uint32_t chosen = c.leverage_hundredths;
    refuse_if((chosen != 0 && chosen < 100) || (most != 0 && chosen > most), RejectCode::leverage_above_max);

    auto& holdings = s.owners[c.account.index].holdings;
    const MarginMode mode = mode_of(c.account, c.market);
    std::vector<Leg> legs;
    for (const Holding& h : holdings)
        if (h.market == c.market) legs.push_back(h.leg);
    std::vector<Standing> before;
    for (const Leg leg : legs) before.push_back(standing(c.account, c.market, leg, mode, Purpose::open, Reading::open));
    if (legs.empty() && chosen != 0) holding(c.account, c.market, Leg::net);
    for (Holding& h : holdings)
        if (h.market == c.market) h.leverage_hundredths = chosen;
    refuse_if(holdings.size() > s.limits.positions_per_account, RejectCode::too_many_positions);

    const MarketView& market = credit().market(c.market);
    const Shown a = shown(c.account, Reading::open);
    for (const Leg leg : legs) {
        const std::size_t place = place_of(c.account, c.market, leg);
        const Position& p = a.positions[place];
        const WorstFills fills = worst_fills(market.params->open_orders, p);
        for (const Size size : {p.size, fills.with_buys, fills.with_sells}) {
            const FilledExposure e = exposure_of(market, a.group.empty() ? nullptr : &a.group[c.market.index], p.size, size);
            const Wide cap = notional_cap_of_leverage(*market.schedule, terms_of(market, a.view(), place).leverage_rate);
            refuse_if(market.schedule->leverage_caps_size && e.exposure.notional > cap, RejectCode::leverage_caps_size);
        }
    }
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const Standing after = standing(c.account, c.market, legs[i], mode, Purpose::open, Reading::open);
        if (after.required <= before[i].required || after.health() >= 0) continue;
        Refused refused;
        refused.reject.code = RejectCode::margin_insufficient;
        refused.reject.account = c.account;
        refused.reject.market = c.market;
        refused.reject.required = after.required;
        refused.reject.available = after.available;
        refused.reject.shortfall = after.required - after.available;
        throw refused;
    }
    forget_empty(c.account, c.market);
    emit(event::LeverageSet{c.account, c.market, chosen});
}

void Engine::run(const command::SetOverride& c) {
    need_set();
    need_account(c.account);
    if (c.market != every_market) need_market(c.market);
    refuse_if(c.multiplier.raw() != 0 && (c.multiplier < hundred_percent || c.multiplier > multiplier_max), RejectCode::rate_out_of_range);
    refuse_if(c.initial_floor.raw() < 0 || c.initial_floor > rate_max, RejectCode::rate_out_of_range);
    Owner& owner = s.owners[c.account.index];
    const auto with_terms = std::count_if(s.owners.begin(), s.owners.end(), [](const Owner& o) { return o.has_terms; });
    refuse_if(!owner.has_terms && static_cast<std::uint64_t>(with_terms) == s.limits.overrides, RejectCode::capacity_exhausted);
    owner.has_terms = true;
    (c.market == every_market ? owner.everywhere : owner.terms[c.market.index]) = {c.multiplier, c.initial_floor};
    emit(event::OverrideSet{c.account, c.market, c.multiplier, c.initial_floor});
}

void Engine::run(const command::SetBackstop& c) {
    need_set();
    need_account(c.account);
    refuse_if(c.budget.raw() < 0, RejectCode::amount_out_of_range);
    s.backstop = c.account;
    if (c.budget.raw() == 0) s.backstop.reset();
    s.backstop_budget = c.budget.raw();
    emit(event::BackstopSet{c.account, c.budget});
}

}  // namespace plimsoll::reference
