// Who pays when an account cannot: the fund, the backstop, the winners, everyone, and at last the venue.
#include "reference_engine/engine.hpp"

#include <algorithm>

namespace plimsoll::reference {

Integer Engine::own_money(const LiquidationSubject& subject, AssetId asset) const {
    if (subject.cross()) return balance(subject.account, asset);
    const Holding* h = find(subject.account, subject.market, subject.leg);
    return h != nullptr && settle_of(subject.market) == asset ? h->collateral : Integer(0);
}
void Engine::add_own_money(const LiquidationSubject& subject, AssetId asset, const Integer& amount) {
    figures_old_ = true;
    if (subject.cross()) s.owners[subject.account.index].balances[asset.index] += amount;
    else holding(subject.account, subject.market, subject.leg).collateral += amount;
}

void Engine::pay_from_fund(std::uint64_t id, AssetId asset, Integer most) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    Integer& fund = s.assets[asset.index].fund;
    most = std::min(most, fund);
    if (most <= 0) return;
    fund -= most;
    add_own_money(subject, asset, most);
    emit(event::FundPaid{{id}, subject, asset, counted<Amount>(most)});
}

void Engine::waterfall(std::uint64_t id) {
    std::vector<Paid> paid;
    cancel_orders_of(s.shorts.at(id).subject, false);
    fund_first(id);
    close_everything(id, paid);
    sell_collateral(id);
    share_debts(id, paid);
    end(id, Outcome::resolved);
}

/// The fund pays what would be owed if everything were closed at the mark, before anything moves back.
void Engine::fund_first(std::uint64_t id) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    std::vector<Integer> worth(s.assets.size());
    for (std::uint32_t i = 0; i < s.assets.size(); ++i) worth[i] = own_money(subject, {i});
    for (const std::size_t place : holdings_of(subject)) {
        const Holding& h = s.owners[subject.account.index].holdings[place];
        const Price mark = liquidation().market(h.market).state.mark;
        worth[settle_of(h.market).index] +=
            trade_of(subject.account, h.market, h.leg, h.size > 0 ? Side::sell : Side::buy, magnitude_of(h.size), mark).realised;
    }
    Integer cover;
    if (subject.cross())
        for (std::uint32_t i = 0; i < worth.size(); ++i)
            if (worth[i] > 0) cover += worth_held({i}, worth[i]);
    for (std::uint32_t i = 0; i < worth.size(); ++i) {
        if (worth[i] >= 0) continue;
        const Integer debt = -worth[i];
        const Integer value = worth_owed({i}, debt);
        const Integer covered = std::min(cover, value);
        cover -= covered;
        const Integer bare = value == 0 ? debt : ceil_of(Rational(debt * (value - covered), value));
        pay_from_fund(id, {i}, bare);
    }
}

void Engine::close_everything(std::uint64_t id, std::vector<Paid>& paid) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    for (;;) {
        const auto own = holdings_of(subject);
        if (own.empty()) return;
        const auto worth = [&](std::size_t place) { return numeraire_notional(s.owners[subject.account.index].holdings[place]); };
        std::size_t largest = own.front();
        for (const std::size_t place : own)
            if (worth(place) > worth(largest)) largest = place;
        const Holding h = s.owners[subject.account.index].holdings[largest];
        const Price mark = liquidation().market(h.market).state.mark;
        const Leg other_leg = h.leg == Leg::long_leg ? Leg::short_leg : Leg::long_leg;
        const Holding* other = h.leg == Leg::net || !subject.cross() ? nullptr : find(subject.account, h.market, other_leg);
        if (other != nullptr && other->size != 0) {
            const Integer both = std::min(magnitude_of(h.size), magnitude_of(other->size));
            change_position(subject.account, h.market, h.leg, h.size > 0 ? Side::sell : Side::buy, both, mark, Cause::deleverage, 0, 0);
            change_position(subject.account, h.market, other_leg, h.size > 0 ? Side::buy : Side::sell, both, mark, Cause::deleverage, 0, 0);
            trim(subject.account, h.market, h.leg);
            trim(subject.account, h.market, other_leg);
            continue;
        }
        if (!close_with_backstop(id, h)) deleverage(id, h.market, h.leg, paid);
    }
}

Integer Engine::worth_held(AssetId asset, const Integer& amount) const {
    return floor_of(value_of(params(), asset, amount, price_of(asset).low()));
}
Integer Engine::worth_owed(AssetId asset, const Integer& amount) const {
    return ceil_of(value_of(params(), asset, amount, price_of(asset).high()));
}

/// At the mark: rounded up to the settle asset, and that valued as a debt.
Integer Engine::numeraire_notional(const Holding& h) const {
    const Price mark = liquidation().market(h.market).state.mark;
    const Integer settle = ceil_of(Rational(ceil_of(worth_at(instrument(h.market), h.size, mark))) / settle_unit(instrument(h.market)));
    return worth_owed(settle_of(h.market), settle);
}

bool Engine::close_with_backstop(std::uint64_t id, const Holding& h) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    if (!s.backstop || *s.backstop == subject.account) return false;
    const AccountId taker = *s.backstop;
    const Integer used = ceil_of(Rational(numeraire_notional(h)) * as_rational(params().liquidation.stress));
    if (used > s.backstop_budget || in_liquidation(taker)) return false;
    const bool grows = h.size > 0;
    const Leg hedged = grows ? Leg::long_leg : Leg::short_leg;
    const Leg leg = find(taker, h.market, hedged) != nullptr ? hedged : Leg::net;
    const Holding* held_there = find(taker, h.market, leg);
    if (held_there != nullptr && held_there->mode == MarginMode::isolated) return false;
    if (held_there == nullptr && s.owners[taker.index].holdings.size() >= s.limits.positions_per_account) return false;
    const OrderSums resting = sums(taker, h.market, leg);
    const Integer after = h.size + (held_there == nullptr ? Integer(0) : held_there->size);
    if (magnitude_of(after) + std::max(resting.buys, resting.sells).raw() > instrument(h.market).size_max.raw()) return false;
    const Price mark = liquidation().market(h.market).state.mark;
    const Side takes = grows ? Side::buy : Side::sell;
    change_position(subject.account, h.market, h.leg, grows ? Side::sell : Side::buy, magnitude_of(h.size), mark, Cause::backstop, 0, 0);
    trim(subject.account, h.market, h.leg);
    change_position(taker, h.market, leg, takes, magnitude_of(h.size), mark, Cause::backstop, 0, 0);
    trim(taker, h.market, leg);
    s.backstop_budget -= used;
    emit(event::BackstopCharged{{id}, counted<Amount>(used), counted<Amount>(s.backstop_budget)});
    return true;
}

void Engine::deleverage(std::uint64_t id, MarketId market, Leg leg, std::vector<Paid>& paid) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    const Holding h = *find(subject.account, market, leg);
    const Instrument& i = instrument(market);
    const Price mark = liquidation().market(market).state.mark;
    std::vector<Winner> winners;
    for (std::uint32_t a = 0; a < s.owners.size(); ++a) {
        const Shown there = shown({a}, Reading::held);
        for (std::uint32_t place = 0; place < there.positions.size(); ++place) {
            const Position& p = there.positions[place];
            if (p.market != market || p.size.raw() == 0 || (p.size.raw() < 0) == (h.size < 0)) continue;
            const bool isolated = p.mode == MarginMode::isolated;
            // Equity and notional in one unit: the settle asset for an isolated position, the numeraire for a cross one.
            const Holding& held = s.owners[a].holdings[place];
            const Integer worth =
                isolated ? ceil_of(Rational(ceil_of(worth_at(i, held.size, mark))) / settle_unit(i)) : numeraire_notional(held);
            const Wide behind = equity_of({a}, market, held.leg);
            winners.push_back({{a},
                               place,
                               counted<Size>(magnitude_of(p.size.raw())),
                               std::max<Wide>(0, pnl_exact(i, p.size, p.cost, mark)),
                               std::max<Wide>(1, p.cost < 0 ? -p.cost : p.cost),
                               wide(worth),
                               std::max<Wide>(1, behind)});
        }
    }
    rank_winners(winners);
    Integer left = magnitude_of(h.size);
    std::vector<std::pair<AccountId, Leg>> legs;
    for (const Winner& w : winners) legs.push_back({w.account, s.owners[w.account.index].holdings[w.position].leg});
    for (std::size_t k = 0; k < winners.size() && left > 0; ++k) {
        const Integer amount = std::min(left, Integer(winners[k].size.raw()));
        left -= amount;
        change_position(subject.account, market, leg, h.size > 0 ? Side::sell : Side::buy, amount, mark, Cause::deleverage, 0, 0);
        change_position(legs[k].first, market, legs[k].second, h.size > 0 ? Side::buy : Side::sell, amount, mark, Cause::deleverage, 0, 0);
        const auto& realised = std::get<event::PositionChanged>(events_.back()).realised;
        if (realised.raw() > 0 && legs[k].first != subject.account)
            paid.push_back({legs[k].first, market, legs[k].second, realised.raw(), settle_of(market)});
        trim(subject.account, market, leg);
        trim(legs[k].first, market, legs[k].second);
    }
}

/// The fund buys collateral for as much as the debts beside it are worth.
void Engine::sell_collateral(std::uint64_t id) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    if (!subject.cross()) return;
    for (std::uint32_t d = 0; d < s.assets.size(); ++d)
        for (std::uint32_t a = 0; a < s.assets.size(); ++a) {
            const Integer debt = -balance(subject.account, {d});
            const Integer there = balance(subject.account, {a});
            if (a == d || debt <= 0 || there <= 0) continue;
            const Integer payable = std::min(debt, s.assets[d].fund);
            if (payable <= 0) continue;
            const Integer value = worth_held({a}, there);
            const Integer wanted = worth_owed({d}, payable);
            if (value == 0 || wanted == 0) continue;
            const Integer taken = value <= wanted ? there : ceil_of(Rational(there * wanted, value));
            const Integer pays = value >= wanted ? payable : floor_of(Rational(payable * value, wanted));
            if (pays == 0) continue;
            s.assets[a].fund += taken;
            s.assets[d].fund -= pays;
            add_own_money(subject, {a}, -taken);
            add_own_money(subject, {d}, pays);
            emit(event::CollateralTaken{{id}, subject, {a}, counted<Amount>(taken), {d}, counted<Amount>(pays)});
        }
}

/// What the account still holds of other assets, up to the worth of what was borne, goes to those who bore it.
void Engine::hand_over(std::uint64_t id, AssetId debt, const Integer& charged, const std::vector<std::pair<AccountId, Integer>>& borne) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    Integer open = worth_owed(debt, charged);
    for (std::uint32_t a = 0; a < s.assets.size() && open > 0; ++a) {
        const Integer there = own_money(subject, {a});
        if (there <= 0 || a == debt.index) continue;
        const Integer value = worth_held({a}, there);
        const Integer given = value <= open ? there : ceil_of(Rational(there * open, value));
        open -= std::min(open, value);
        for (const auto& [to, amount] : borne) {
            const Integer part = floor_of(Rational(given * amount, charged));
            if (part == 0 || to == subject.account) continue;
            add_own_money(subject, {a}, -part);
            s.owners[to.index].balances[a] += part;
            emit(event::Transferred{subject.account, to, {a}, counted<Amount>(part)});
        }
    }
}

void Engine::share_debts(std::uint64_t id, std::vector<Paid>& paid) {
    const LiquidationSubject subject = s.shorts.at(id).subject;
    struct Bearer {
        AccountId account;
        MarketId market;
        Leg leg;
        Integer most;
        bool isolated;
    };
    for (std::uint32_t d = 0; d < s.assets.size(); ++d) {
        const AssetId asset{d};
        if (own_money(subject, asset) >= 0) continue;
        pay_from_fund(id, asset, -own_money(subject, asset));
        std::vector<std::pair<AccountId, Integer>> borne;
        const auto share = [&](const std::vector<Bearer>& bearers, bool from_profit) {
            const Integer loss = -own_money(subject, asset);
            if (loss <= 0) return;
            std::vector<Amount> most, charges(bearers.size());
            for (const Bearer& b : bearers) most.push_back(counted<Amount>(b.most));
            share_loss(counted<Amount>(loss), most, charges);
            for (std::size_t k = 0; k < bearers.size(); ++k) {
                if (charges[k].raw() == 0) continue;
                const Bearer& b = bearers[k];
                if (b.isolated) holding(b.account, b.market, b.leg).collateral -= charges[k].raw();
                else s.owners[b.account.index].balances[d] -= charges[k].raw();
                add_own_money(subject, asset, charges[k].raw());
                borne.push_back({b.account, charges[k].raw()});
                emit(event::LossShared{{id},
                                       subject,
                                       b.account,
                                       b.isolated ? b.market : every_market,
                                       b.isolated ? b.leg : Leg::net,
                                       asset,
                                       charges[k],
                                       from_profit});
            }
        };
        std::vector<Bearer> profits;
        for (const Paid& p : paid) {
            if (p.asset != asset) continue;
            const bool isolated = mode_of(p.account, p.market) == MarginMode::isolated;
            Integer there = isolated ? find(p.account, p.market, p.leg)->collateral : balance(p.account, asset);
            for (const Bearer& b : profits)
                if (b.account == p.account && b.isolated == isolated && (!isolated || (b.market == p.market && b.leg == p.leg)))
                    there -= b.most;
            if (there > 0) profits.push_back({p.account, p.market, p.leg, std::min(p.amount, there), isolated});
        }
        share(profits, true);
        std::vector<Bearer> everyone;
        for (std::uint32_t a = 0; a < s.owners.size(); ++a) {
            if (const Integer there = balance({a}, asset); there > 0) everyone.push_back({{a}, every_market, Leg::net, there, false});
            for (const Holding& h : s.owners[a].holdings)
                if (h.mode == MarginMode::isolated && settle_of(h.market) == asset && h.collateral > 0)
                    everyone.push_back({{a}, h.market, h.leg, h.collateral, true});
        }
        share(everyone, false);
        Integer charged;
        for (const auto& [account, amount] : borne) charged += amount;
        if (subject.cross() && charged > 0) hand_over(id, asset, charged, borne);
        if (const Integer left = -own_money(subject, asset); left > 0) {
            s.assets[d].bad_debt += left;
            add_own_money(subject, asset, left);
            emit(event::LossBooked{{id}, subject, asset, counted<Amount>(left)});
        }
    }
}

}  // namespace plimsoll::reference
