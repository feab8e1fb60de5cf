// The waterfall: what the market did not close is closed here, and who pays is exact. In this order: the account's own collateral, the
// insurance fund, the backstop's budget, the winners on the other side, and everyone who holds the asset.
#include "plimsoll/engine/consequences.hpp"
#include "plimsoll/engine/decide.hpp"
#include "plimsoll/engine/trade.hpp"
#include "plimsoll/money/mul_div.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }

std::span<const HeldPosition> held_by(const State& state, AccountId account) {
    return state.positions.of(state.account(account).positions);
}

/// A profit that was paid to a winner when it was deleveraged: it bears what is left of the loss before anybody else.
struct PaidProfit {
    AccountId account;
    MarketId market;
    Leg leg = Leg::net;
    bool isolated = false;
    AssetId asset;
    Amount profit;
};

/// One waterfall on its way down.
class Waterfall {
public:
    Waterfall(Emit& emit, LiquidationId id, Room& room)
        : emit_(emit), state_(emit.state()), id_(id), subject_(emit.state().breaches.at(id).subject), room_(room) {}

    void run() {
        cancel_all();
        pay_from_fund_ahead();
        close_positions();
        for (std::uint32_t i = 0; i < state_.assets.size(); ++i) sell_collateral(AssetId{i});
        for (std::uint32_t i = 0; i < state_.assets.size(); ++i) cover_debt(AssetId{i});
        const Breach& last = state_.breaches.at(id_);
        emit_(event::LiquidationEnded{id_, subject_, Outcome::resolved, last.intervals, last.receipt_high, last.receipt_low});
    }

private:
    bool is_part(const HeldPosition& p) const {
        return subject_.cross() ? p.mode == MarginMode::cross : p.market == subject_.market.index && p.leg == subject_.leg;
    }
    /// What the subject owes or holds of an asset now.
    Wide money(AssetId asset) const {
        if (subject_.cross()) return balance_of(state_, subject_.account, asset).raw();
        if (state_.market_params(subject_.market).settle != asset) return 0;
        const auto place = find_position(state_, subject_.account, subject_.market, subject_.leg);
        if (!place) return 0;
        return state_.isolated.in_place(held_by(state_, subject_.account)[*place].isolated).raw();
    }
    Price mark(MarketId market) const { return state_.active->liquidation.market(market).state.mark; }

    void cancel_all() {
        for (OrderId id = state_.account(subject_.account).first_order; id.value != 0;) {
            const Order order = state_.orders.at(id);
            const auto place = find_position(state_, order.account, order.market, order.leg);
            if (!place || is_part(held_by(state_, order.account)[*place]))
                emit_(event::OrderCancelled{id, order.account, order.market, order.size, CancelReason::liquidation});
            id = order.after;
        }
    }

    // ---- the fund ------------------------------------------------------------------------------------------------------

    /// Money of each asset as it will stand once everything is closed at its mark.
    Wide money_after(AssetId asset) const {
        Wide sum = money(asset);
        for (const HeldPosition& p : held_by(state_, subject_.account)) {
            const MarketId market{p.market};
            if (!is_part(p) || p.size.raw() == 0 || state_.market_params(market).settle != asset) continue;
            const Instrument& instrument = state_.market_params(market).instrument;
            sum +=
                traded(instrument, p.size, p.cost(), closing_side(p.size), abs(p.size), trade_worth(instrument, abs(p.size), mark(market)))
                    .realised.raw();
        }
        return sum;
    }
    Wide worth(AssetId asset, Wide amount, bool high) const { return numeraire_worth(state_, asset, amount, high); }

    /// The fund pays before anything moves: what all collateral together will not cover.
    void pay_from_fund_ahead() {
        Wide collateral = 0;
        for (std::uint32_t i = 0; i < state_.assets.size(); ++i)
            if (const Wide after = money_after(AssetId{i}); after > 0 && subject_.cross()) collateral += worth(AssetId{i}, after, false);
        for (std::uint32_t i = 0; i < state_.assets.size(); ++i) {
            const AssetId asset{i};
            const Wide owed = -money_after(asset);
            if (owed <= 0) continue;
            const Wide value = worth(asset, owed, true);
            const Wide covered = std::min(collateral, value);
            collateral -= covered;
            // The share of the debt that no collateral covers, rounded up; all of it when its price is 0.
            const Wide bare =
                value == 0 || covered == 0 ? owed : static_cast<Wide>(mul_div(u(owed), u(value - covered), u(value), Toward::up));
            pay_from_fund(asset, bare);
        }
    }
    void pay_from_fund(AssetId asset, Wide wanted) {
        const Wide paid = std::min<Wide>(wanted, state_.assets[asset.index].fund.raw());
        if (paid > 0) emit_(event::FundPaid{id_, subject_, asset, Amount::narrow(paid)});
    }

    // ---- positions -----------------------------------------------------------------------------------------------------

    void close_positions() {
        while (const auto next = largest_position()) {
            const HeldPosition p = held_by(state_, subject_.account)[*next];
            if (net_own_legs(p)) continue;
            if (!to_backstop(p)) deleverage(p);
        }
    }
    /// The place of the part's position with the largest notional in the numeraire; the first of equal ones.
    std::optional<std::size_t> largest_position() const {
        std::optional<std::size_t> found;
        Wide most = -1;
        const std::span<const HeldPosition> held = held_by(state_, subject_.account);
        for (std::size_t i = 0; i < held.size(); ++i) {
            if (!is_part(held[i]) || held[i].size.raw() == 0) continue;
            const Wide value = numeraire_notional(state_, held[i]);
            if (value > most) {
                most = value;
                found = i;
            }
        }
        return found;
    }
    void change(AccountId account, MarketId market, Leg leg, Side side, Size size, Cause cause) {
        emit_(position_change(state_, account, market, leg, side, size, mark(market), cause, {}, {}));
        trim_orders(emit_, account, market, leg);
    }
    /// Two cross legs of one account close each other before anybody else is asked.
    bool net_own_legs(const HeldPosition& p) {
        if (!subject_.cross() || p.leg == Leg::net) return false;
        const Leg other = p.leg == Leg::long_leg ? Leg::short_leg : Leg::long_leg;
        const MarketId market{p.market};
        const auto place = find_position(state_, subject_.account, market, other);
        if (!place) return false;
        const Size size = std::min(abs(p.size), abs(held_by(state_, subject_.account)[*place].size));
        if (size.raw() == 0) return false;
        change(subject_.account, market, p.leg, closing_side(p.size), size, Cause::deleverage);
        change(subject_.account, market, other, opposite(closing_side(p.size)), size, Cause::deleverage);
        return true;
    }

    bool to_backstop(const HeldPosition& p) {
        if (!state_.backstop || *state_.backstop == subject_.account) return false;
        const AccountId taker = *state_.backstop;
        const MarketId market{p.market};
        const Rate stress = state_.active->params().liquidation.stress;
        const Wide used =
            static_cast<Wide>(mul_div(u(numeraire_notional(state_, p)), u(Wide{stress.raw()}), u(Wide{rate_one}), Toward::up));
        if (used > state_.backstop_budget.raw() || !can_take(taker, p)) return false;
        const Leg leg = find_position(state_, taker, market, p.size.raw() > 0 ? Leg::long_leg : Leg::short_leg)
                            ? (p.size.raw() > 0 ? Leg::long_leg : Leg::short_leg)
                            : Leg::net;
        change(subject_.account, market, p.leg, closing_side(p.size), abs(p.size), Cause::backstop);
        change(taker, market, leg, opposite(closing_side(p.size)), abs(p.size), Cause::backstop);
        emit_(event::BackstopCharged{id_, Amount::narrow(used), Amount::narrow(state_.backstop_budget.raw() - used)});
        return true;
    }
    /// Whether the backstop has a place for it: cross, within the market's bounds, and not itself being liquidated.
    bool can_take(AccountId taker, const HeldPosition& p) const {
        const MarketId market{p.market};
        if (in_liquidation(state_, taker)) return false;
        bool held = false;
        Wide after = p.size.raw();
        Wide resting = 0;
        for (const HeldPosition& own : held_by(state_, taker)) {
            if (own.market != p.market) continue;
            if (own.mode == MarginMode::isolated) return false;
            const bool same_leg = own.leg == Leg::net || (own.leg == Leg::long_leg) == (p.size.raw() > 0);
            if (!same_leg) continue;
            held = true;
            after += own.size.raw();
            const Position full = position_of(state_, own);
            resting = std::max(full.buys.raw(), full.sells.raw());
        }
        const Run& run = state_.account(taker).positions;
        const bool room = held || (run.count < state_.limits.positions_per_account && state_.positions.can_insert(run));
        const Run& money_run = state_.account(taker).balances;
        return room && (balance_known(taker, state_.market_params(market).settle) || state_.balances.can_insert(money_run)) &&
               abs(after) + resting <= state_.market_params(market).instrument.size_max.raw();
    }
    bool balance_known(AccountId account, AssetId asset) const {
        for (const Balance& b : state_.balances.of(state_.account(account).balances))
            if (b.asset == asset) return true;
        return false;
    }

    /// Closes a position against the winners on the other side, at the mark.
    void deleverage(const HeldPosition& p) {
        const MarketId market{p.market};
        const Leg own_leg = p.leg;
        const Side side = closing_side(p.size);
        std::int64_t left = abs(p.size).raw();
        // Emitting changes the list only when it is asked for again.
        for (const Winner& winner : room_.winners.of(state_, market, p.size.raw() < 0, emit_.events(), room_.positions, room_.balances)) {
            if (left == 0) break;
            const Size size = Size::from_raw(std::min(left, winner.size.raw()));
            const Leg leg = static_cast<Leg>(winner.position);
            change(subject_.account, market, own_leg, side, size, Cause::deleverage);
            const auto place = find_position(state_, winner.account, market, leg);
            PLIM_ASSERT(place.has_value());
            const bool isolated = held_by(state_, winner.account)[*place].mode == MarginMode::isolated;
            const event::PositionChanged moved =
                position_change(state_, winner.account, market, leg, opposite(side), size, mark(market), Cause::deleverage, {}, {});
            emit_(moved);
            trim_orders(emit_, winner.account, market, leg);
            if (moved.realised.raw() > 0 && winner.account != subject_.account)
                profits_.push_back({winner.account, market, leg, isolated, state_.market_params(market).settle, moved.realised});
            left -= size.raw();
        }
        PLIM_ASSERT(left == 0);  // what is long is short somewhere
    }
    // ---- what is left --------------------------------------------------------------------------------------------------

    /// A debt in one asset while others are held: the fund buys as much of them as the debt is worth and pays it.
    void sell_collateral(AssetId debt) {
        if (!subject_.cross()) return;
        for (std::uint32_t i = 0; i < state_.assets.size(); ++i) {
            const AssetId asset{i};
            const Wide owed = -money(debt);
            const Wide held = money(asset);
            const Wide payable = std::min<Wide>(owed, state_.assets[debt.index].fund.raw());
            if (payable <= 0) return;
            if (held <= 0 || asset == debt) continue;
            const Wide value_held = worth(asset, held, false);
            const Wide value_owed = worth(debt, payable, true);
            if (value_held == 0 || value_owed == 0) continue;
            // All of the asset where it is worth no more than the debt, else its share, rounded up; the price paid is rounded down.
            const Wide taken =
                value_held <= value_owed ? held : static_cast<Wide>(mul_div(u(held), u(value_owed), u(value_held), Toward::up));
            const Wide paid =
                value_held >= value_owed ? payable : static_cast<Wide>(mul_div(u(payable), u(value_held), u(value_owed), Toward::down));
            if (paid == 0) continue;
            emit_(event::CollateralTaken{id_, subject_, asset, Amount::narrow(taken), debt, Amount::narrow(paid)});
        }
    }

    void cover_debt(AssetId asset) {
        if (money(asset) >= 0) return;
        pay_from_fund(asset, -money(asset));
        borne_.clear();
        share_from_profits(asset);
        share_from_balances(asset);
        if (subject_.cross()) hand_over(asset);
        if (const Wide owed = -money(asset); owed > 0) emit_(event::LossBooked{id_, subject_, asset, Amount::narrow(owed)});
    }
    /// The part of a profit that is still where it was paid to: nobody is charged into a debt. Earlier profits may lie in the same place.
    Wide bearable_profit(std::size_t index, AssetId asset, std::span<const Amount> earlier) const {
        const PaidProfit& profit = profits_[index];
        if (profit.asset != asset) return 0;
        Wide there = balance_of(state_, profit.account, asset).raw();
        if (profit.isolated) {
            const auto place = find_position(state_, profit.account, profit.market, profit.leg);
            PLIM_ASSERT(place.has_value());
            there = state_.isolated.in_place(held_by(state_, profit.account)[*place].isolated).raw();
        }
        for (std::size_t i = 0; i < earlier.size(); ++i)
            if (profits_[i].account == profit.account && profits_[i].isolated == profit.isolated &&
                (!profit.isolated || (profits_[i].market == profit.market && profits_[i].leg == profit.leg)))
                there -= earlier[i].raw();
        return std::clamp<Wide>(there, 0, profit.profit.raw());
    }
    void share_from_profits(AssetId asset) {
        const Wide owed = -money(asset);
        if (owed <= 0) return;
        std::vector<Amount> bearable;
        for (std::size_t i = 0; i < profits_.size(); ++i) bearable.push_back(Amount::narrow(bearable_profit(i, asset, bearable)));
        std::vector<Amount> charges(bearable.size());
        share_loss(Amount::narrow(owed), bearable, charges);
        for (std::size_t i = 0; i < charges.size(); ++i) {
            if (charges[i].raw() == 0) continue;
            const PaidProfit& p = profits_[i];
            borne_.push_back({p.account, charges[i]});
            emit_(event::LossShared{id_, subject_, p.account, p.isolated ? p.market : every_market, p.isolated ? p.leg : Leg::net, asset,
                                    charges[i], true});
        }
    }
    /// Everyone who holds the asset, in proportion to what they hold; collateral the account still has goes to them in the same proportion.
    void share_from_balances(AssetId asset) {
        const Wide owed = -money(asset);
        if (owed <= 0) return;
        struct Bearer {
            AccountId account;
            MarketId market;
            Leg leg;
        };
        std::vector<Bearer> bearers;
        std::vector<Amount> bearable;
        for (std::uint32_t a = 0; a < state_.accounts.size(); ++a) {
            const AccountId account{a};
            if (!(subject_.cross() && account == subject_.account))
                if (const Amount held = balance_of(state_, account, asset); held.raw() > 0) {
                    bearers.push_back({account, every_market, Leg::net});
                    bearable.push_back(held);
                }
            for (const HeldPosition& p : held_by(state_, account)) {
                if (p.isolated == no_place || state_.market_params(MarketId{p.market}).settle != asset) continue;
                const Amount held = state_.isolated.in_place(p.isolated);
                if (held.raw() <= 0) continue;
                bearers.push_back({account, MarketId{p.market}, p.leg});
                bearable.push_back(held);
            }
        }
        std::vector<Amount> charges(bearable.size());
        share_loss(Amount::narrow(owed), bearable, charges);
        for (std::size_t i = 0; i < charges.size(); ++i) {
            if (charges[i].raw() == 0) continue;
            borne_.push_back({bearers[i].account, charges[i]});
            emit_(event::LossShared{id_, subject_, bearers[i].account, bearers[i].market, bearers[i].leg, asset, charges[i], false});
        }
    }
    /// Gives what is left of other assets, up to the worth of what was borne, to those who bore it: nobody keeps collateral while
    /// others pay his debt.
    void hand_over(AssetId debt) {
        Wide charged = 0;
        for (const Borne& borne : borne_) charged += borne.charge.raw();
        if (charged == 0) return;
        Wide open = worth(debt, charged, true);
        for (std::uint32_t i = 0; i < state_.assets.size() && open > 0; ++i) {
            const AssetId asset{i};
            const Wide held = money(asset);
            if (held <= 0 || asset == debt) continue;
            const Wide value = worth(asset, held, false);
            const Wide given = value <= open ? held : static_cast<Wide>(mul_div(u(held), u(open), u(value), Toward::up));
            open -= std::min(open, value);
            for (const Borne& borne : borne_) {
                const Wide part = static_cast<Wide>(mul_div(u(given), u(Wide{borne.charge.raw()}), u(charged), Toward::down));
                const bool room = balance_known(borne.account, asset) || state_.balances.can_insert(state_.account(borne.account).balances);
                if (part > 0 && room && borne.account != subject_.account)
                    emit_(event::Transferred{subject_.account, borne.account, asset, Amount::narrow(part)});
            }
        }
    }

    struct Borne {
        AccountId account;
        Amount charge;
    };
    std::vector<Borne> borne_;  // of the debt that is being covered

    Emit& emit_;
    const State& state_;
    LiquidationId id_;
    LiquidationSubject subject_;
    Room& room_;
    std::vector<PaidProfit> profits_;
};

}  // namespace

void resolve(Emit& emit, LiquidationId liquidation, Room& room) { Waterfall(emit, liquidation, room).run(); }

}  // namespace plimsoll
