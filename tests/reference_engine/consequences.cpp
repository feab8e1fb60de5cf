// What follows from a command.
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

/// Accounts that the money, group, override and position events of the command name.
std::set<AccountId> Engine::named_accounts() const {
    std::set<AccountId> named;
    const auto add = [&](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, event::Transferred>) named.insert({e.from, e.to});
        else if constexpr (std::is_same_v<E, event::Credited> || std::is_same_v<E, event::Withdrawn> ||
                           std::is_same_v<E, event::MarginMoved> || std::is_same_v<E, event::GroupSet> ||
                           std::is_same_v<E, event::OverrideSet> || std::is_same_v<E, event::PositionChanged>)
            named.insert(e.account);
    };
    for (const Event& e : events_) std::visit(add, e);
    return named;
}

void Engine::follow(const Command& command) {
    if (const auto* c = std::get_if<command::CloseAll>(&command.body)) close_at_any_price(c->account);
    std::set<AccountId> examined = named_accounts();
    const bool all = std::visit(
        [](const auto& c) {
            using C = std::decay_t<decltype(c)>;
            return std::is_same_v<C, command::MarkPrices> || std::is_same_v<C, command::Tick> || std::is_same_v<C, command::IndexPrices> ||
                   std::is_same_v<C, command::Halt> || std::is_same_v<C, command::Funding> || std::is_same_v<C, command::ActivateSet>;
        },
        command.body);
    if (all)
        for (std::uint32_t a = 0; a < s.owners.size(); ++a) examined.insert({a});
    const Events own = events_;
    for (const Event& e : own)
        if (const auto* changed = std::get_if<event::PositionChanged>(&e)) trim(changed->account, changed->market, changed->leg);
    for (const AccountId account : examined) examine(account);
    if (const auto* c = std::get_if<command::Deleverage>(&command.body)) waterfall(c->liquidation.value);
    if (!has_set()) return;
    take_steps();
    if (std::holds_alternative<command::MarkPrices>(command.body) || std::holds_alternative<command::Tick>(command.body)) measure_reserve();
}

/// Cancels, newest first, what no longer fits.
void Engine::trim(AccountId account, MarketId market, Leg leg) {
    const auto misfits = [&](const RestingOrder& o) {
        const Holding* h = find(account, market, leg);
        const Integer size = h == nullptr ? Integer(0) : h->size;
        const bool buys = o.side == Side::buy;
        const bool opposes = buys ? size < 0 : size > 0;
        if ((o.reduce_only || o.kind == OrderKind::liquidation) && (!opposes || o.size.raw() > magnitude_of(size))) return true;
        const OrderSums all = sums(account, market, leg);
        const Integer resting = (buys ? all.buys : all.sells).raw();
        const bool closes_leg = (leg == Leg::long_leg && !buys) || (leg == Leg::short_leg && buys);
        if (closes_leg && resting > magnitude_of(size)) return true;
        const Integer filled = buys ? Integer(size + resting) : Integer(size - resting);
        return magnitude_of(filled) > instrument(market).size_max.raw() && magnitude_of(filled) > magnitude_of(size);
    };
    std::vector<std::uint64_t> newest_first = s.owners[account.index].orders;
    std::reverse(newest_first.begin(), newest_first.end());
    for (const std::uint64_t id : newest_first) {
        const RestingOrder o = s.orders.at(id);
        if (o.market == market && o.leg == leg && misfits(o)) cancel(id, CancelReason::would_increase);
    }
}

void Engine::examine(AccountId account) {
    if (!has_set()) return;
    const Owner& owner = s.owners[account.index];
    const LiquidationSubject cross{account};
    bool worth_it = find_short(cross) != 0 || !holdings_of(cross).empty();
    for (const auto& [asset, amount] : owner.balances) worth_it = worth_it || amount < 0;
    if (worth_it) examine(cross);
    const auto holdings = owner.holdings;
    for (const Holding& h : holdings)
        if (h.mode == MarginMode::isolated) examine({account, h.market, h.leg});
}

void Engine::examine(const LiquidationSubject& subject) {
    std::uint64_t id = find_short(subject);
    if (id != 0 && s.shorts.at(id).active) return;
    const SubjectFigures f = figures(subject, Purpose::maintenance);
    if (f.health >= 0) {
        if (id == 0) return;
        s.shorts.remove(id);
        emit(event::BreachCleared{subject});
        return;
    }
    if (id == 0) {
        if (s.shorts.room() == 0) return;
        id = s.shorts.add({subject, s.time_ms, s.marks, false, 0, 0});
        emit(event::BreachSeen{subject, f.health});
    }
    const LiquidationRules& rules = params().liquidation;
    Short& breach = s.shorts.at(id);
    const bool critical =
        rules.critical_share && Rational(exact(f.equity)) < Rational(exact(f.requirement)) * as_rational(*rules.critical_share);
    const bool lasted = s.marks - breach.seen_marks >= rules.threshold_marks && s.time_ms - breach.seen_ms >= rules.threshold_ms;
    if (!critical && !lasted) return;
    breach.active = true;
    breach.next_ms = s.time_ms;
    emit(event::LiquidationStarted{{id}, subject, breach.seen_ms, f.equity, f.requirement});
    cancel_orders_of(subject, false);
}

/// Oldest first.
void Engine::cancel_orders_of(const LiquidationSubject& subject, bool only_liquidation) {
    const auto orders = s.owners[subject.account.index].orders;
    for (const std::uint64_t id : orders) {
        const RestingOrder o = s.orders.at(id);
        const bool isolated = mode_of(o.account, o.market) == MarginMode::isolated;
        const bool own = subject.cross() ? !isolated : isolated && o.market == subject.market && o.leg == subject.leg;
        if (own && (!only_liquidation || o.kind == OrderKind::liquidation)) cancel(id, CancelReason::liquidation);
    }
}

void Engine::end(std::uint64_t id, Outcome outcome) {
    const Short breach = s.shorts.at(id);
    cancel_orders_of(breach.subject, true);
    s.shorts.remove(id);
    emit(event::LiquidationEnded{{id}, breach.subject, outcome, breach.intervals, 0, 0});
}

void Engine::take_steps() {
    const auto end_if_solvent = [&](std::uint64_t id) {
        const LiquidationSubject subject = s.shorts.at(id).subject;
        if (figures(subject, Purpose::closeout).health < 0) return false;
        end(id, holdings_of(subject).empty() ? Outcome::closed : Outcome::solvent);
        return true;
    };
    struct Due {
        std::uint64_t id;
        LiquidationSubject subject;
        Wide loss;
    };
    std::vector<Due> due;
    for (const std::uint64_t id : s.shorts.ids()) {
        if (!s.shorts.at(id).active || end_if_solvent(id)) continue;
        const Short& breach = s.shorts.at(id);
        if (s.time_ms >= breach.next_ms) due.push_back({id, breach.subject, stressed(breach.subject)});
    }
    std::sort(due.begin(), due.end(),
              [](const Due& a, const Due& b) { return a.loss != b.loss ? a.loss > b.loss : a.subject < b.subject; });
    for (const Due& d : due) {
        const LiquidationRules& rules = params().liquidation;
        const bool new_interval = s.time_ms >= s.interval_ms + rules.interval_ms;
        if (rules.per_interval_max && !new_interval && s.interval_used >= *rules.per_interval_max) break;
        if (!end_if_solvent(d.id)) step(d.id);
    }
}

void Engine::step(std::uint64_t id) {
    const Short breach = s.shorts.at(id);
    const LiquidationSubject subject = breach.subject;
    const LiquidationRules& rules = params().liquidation;
    const auto own = holdings_of(subject);
    const auto& holdings = s.owners[subject.account.index].holdings;
    const bool some_allowed =
        std::any_of(own.begin(), own.end(), [&](std::size_t i) { return allows(holdings[i].market, GuardedAction::liquidate); });
    if (!own.empty() && !some_allowed) return;
    const SubjectFigures f = figures(subject, Purpose::closeout);
    if (f.equity < 0 || breach.intervals >= rules.intervals_max || own.empty()) {
        waterfall(id);
        return;
    }
    cancel_orders_of(subject, true);

    const bool new_interval = s.time_ms >= s.interval_ms + rules.interval_ms;
    std::vector<Closing> closings;
    for (const Holding& h : holdings) {
        const MarketParams& market = market_params(h.market);
        Size most = market.instrument.size_max;
        if (market.depth_share) {
            const Size paced = paced_size(liquidation().market(h.market), market.depth_share);
            const Integer taken = new_interval ? Integer(0) : s.markets[h.market.index].paced;
            most = counted<Size>(std::max(Integer(0), Integer(paced.raw() - taken)));
        }
        if (!allows(h.market, GuardedAction::liquidate)) most = Size{};
        closings.push_back({market.liquidation_fee, most});
    }
    PlanRoom room;
    std::vector<Reduction> plan;
    const Shown a = shown(subject.account, Reading::held);
    if (subject.cross()) plan_cross(liquidation(), a.view(), closings, room, plan);
    else plan_isolated(liquidation(), a.view(), own.front(), closings[own.front()], room, plan);
    if (plan.empty()) return;
    if (new_interval) {
        s.interval_ms = s.time_ms;
        s.interval_used = 0;
        for (Market& market : s.markets) market.paced = 0;
    }
    ++s.interval_used;
    Short& now = s.shorts.at(id);
    ++now.intervals;
    now.next_ms = s.time_ms + rules.interval_ms;
    emit(event::LiquidationStep{{id}, subject, now.intervals, f.equity, f.requirement});
    const auto closed = holdings;
    for (const Reduction& r : plan) {
        const Holding& h = closed[r.position];
        if (s.orders.room() == 0) break;
        place({subject.account, h.market, h.size > 0 ? Side::sell : Side::buy, h.leg, OrderKind::liquidation, true, r.size, Price{}}, 0, 0);
    }
}

Integer Engine::fund_worth() const {
    Integer fund;
    for (std::uint32_t a = 0; a < s.assets.size(); ++a) fund += floor_of(value_of(params(), {a}, s.assets[a].fund, price_of({a}).low()));
    return fund;
}

void Engine::measure_reserve() {
    const LiquidationRules& rules = params().liquidation;
    if (!rules.reserve_interval_ms || s.time_ms < s.reserve_ms + *rules.reserve_interval_ms) return;
    const Integer fund = fund_worth();
    std::vector<Integer> losses;
    for (std::uint32_t a = 0; a < s.owners.size(); ++a) {
        Integer loss = exact(stressed(LiquidationSubject{{a}}));
        for (const Holding& h : s.owners[a].holdings)
            if (h.mode == MarginMode::isolated) loss += exact(stressed({{a}, h.market, h.leg}));
        losses.push_back(loss);
    }
    std::sort(losses.rbegin(), losses.rend());
    Integer sum;
    for (std::size_t i = 0; i < losses.size() && i < rules.reserve_accounts; ++i) sum += losses[i];
    const Integer most = Integer(10) * rate_one;
    const Integer ratio = sum == 0 ? most : std::min(most, floor_of(Rational(fund * rate_one, sum)));
    s.reserve_ratio = counted<Rate>(ratio);
    s.reserve_ms = s.time_ms;
    figures_old_ = true;
    emit(event::ReserveMeasured{wide(fund), wide(sum), s.reserve_ratio});
}

void Engine::run(const command::Deleverage& c) {
    need_set();
    const Short* found = s.shorts.find(c.liquidation.value);
    refuse_if(found == nullptr || !found->active, RejectCode::liquidation_unknown);
}

}  // namespace plimsoll::reference
