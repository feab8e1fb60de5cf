// Money in, out and between: deposits, withdrawals, transfers, margin of isolated positions, the fund and the fees.
#include "reference_engine/engine.hpp"

namespace plimsoll::reference {

void Engine::enter_balance(AccountId account, AssetId asset, const Integer& amount) {
    s.owners[account.index].balances[asset.index] += amount;
    figures_old_ = true;
    refuse_if(balance(account, asset) > params().asset(asset).amount_max.raw(), RejectCode::amount_out_of_range);
}

/// All that came in and did not go out fits one amount.
void Engine::enter_venue(AssetId asset, const Integer& amount) {
    Money& money = s.assets[asset.index];
    money.deposits += amount;
    refuse_if(money.deposits - money.withdrawals > amount_max.raw() || money.deposits > exact(total_max), RejectCode::amount_out_of_range);
}

void Engine::run(const command::Deposit& c) {
    need_set();
    need_account(c.account);
    need_asset(c.asset);
    const plimsoll::Asset& asset = params().asset(c.asset);
    refuse_if(c.amount.raw() <= 0 || c.amount > asset.amount_max, RejectCode::amount_out_of_range);
    if (asset.confirmations == 0) {
        enter_balance(c.account, c.asset, c.amount.raw());
        enter_venue(c.asset, c.amount.raw());
        emit(event::Credited{{}, c.account, c.asset, c.amount});
        return;
    }
    const Money& money = s.assets[c.asset.index];
    const bool venue_full =
        money.deposits - money.withdrawals + c.amount.raw() > amount_max.raw() || money.deposits + c.amount.raw() > exact(total_max);
    refuse_if(venue_full || balance(c.account, c.asset) + c.amount.raw() > asset.amount_max.raw(), RejectCode::amount_out_of_range);
    refuse_if(s.deposits.room() == 0, RejectCode::capacity_exhausted);
    made_ = s.deposits.add({c.account, c.asset, c.amount.raw(), 0});
    emit(event::DepositPending{{made_}, c.account, c.asset, c.amount});
}

void Engine::run(const command::ConfirmDeposit& c) {
    Waiting* waiting = s.deposits.find(c.deposit.value);
    refuse_if(waiting == nullptr, RejectCode::deposit_unknown);
    const Waiting w = *waiting;
    const bool enough = c.confirmations >= params().asset(w.asset).confirmations;
    if (enough) enter_balance(w.account, w.asset, w.amount);
    if (enough) enter_venue(w.asset, w.amount);
    refuse_if(c.confirmations <= w.confirmations, RejectCode::already_done);
    if (!enough) {
        waiting->confirmations = c.confirmations;
        emit(event::DepositConfirmed{c.deposit, c.confirmations});
        return;
    }
    s.deposits.remove(c.deposit.value);
    emit(event::Credited{c.deposit, w.account, w.asset, counted<Amount>(w.amount)});
}

void Engine::run(const command::DropDeposit& c) {
    const Waiting* waiting = s.deposits.find(c.deposit.value);
    refuse_if(waiting == nullptr, RejectCode::deposit_unknown);
    const AccountId account = waiting->account;
    s.deposits.remove(c.deposit.value);
    emit(event::DepositDropped{c.deposit, account});
}

void Engine::may_leave(AccountId account, bool for_own_position) const {
    for (const Holding& h : s.owners[account.index].holdings)
        refuse_if(h.size != 0 && !allows(h.market, GuardedAction::withdraw), RejectCode::guard_forbids);
    const std::uint64_t cross = find_short(LiquidationSubject{account});
    refuse_if(for_own_position ? cross != 0 && s.shorts.find(cross)->active : in_liquidation(account), RejectCode::in_liquidation);
}

/// Nothing leaves the venue while somebody owes what nobody has paid yet, beyond what the fund would pay.
void Engine::need_debts_covered(AccountId account) const {
    if (!params().liquidation.withdrawals_wait) return;
    Integer debts;
    for (const std::uint64_t id : s.shorts.ids()) {
        const LiquidationSubject subject = s.shorts.find(id)->subject;
        const Integer equity = exact(figures(subject, Purpose::maintenance).equity);
        if (equity < 0) debts += subject.cross() ? Integer(-equity) : worth_owed(settle_of(subject.market), -equity);
    }
    const Integer fund = debts > 0 ? fund_worth() : Integer();
    if (debts <= fund && s.shorts.room() > 0) return;
    Refused refused;
    refused.reject.code = RejectCode::debts_unsettled;
    refused.reject.account = account;
    refused.reject.required = wide(debts);
    refused.reject.available = wide(fund);
    refused.reject.shortfall = wide(debts > fund ? Integer(debts - fund) : Integer());
    throw refused;
}

/// Money leaves the cross part: what is there, and the scaled initial requirement.
void Engine::leave(AccountId account, AssetId asset, const Integer& amount) {
    const Shown a = shown(account, Reading::withdraw);
    Integer there;
    for (const Balance& b : a.balances)
        if (b.asset == asset) there = b.amount.raw();
    const Admission admission = admit_withdrawal(credit(), a.view(), asset, counted<Amount>(amount));
    const auto refuse_with = [&](RejectCode code) {
        Refused refused;
        refused.reject.code = code;
        refused.reject.account = account;
        refused.reject.required = admission.required;
        refused.reject.available = admission.available;
        refused.reject.shortfall = admission.shortfall;
        const auto most = max_withdrawal(credit(), a.view(), asset);
        refused.reject.largest_amount = Amount::from_raw(most ? most->value : 0);
        refused.reject.size_passes = most && most->value > 0;
        throw refused;
    };
    if (amount > there) refuse_with(RejectCode::balance_insufficient);
    if (!admission.admitted()) refuse_with(RejectCode::margin_insufficient);
    s.owners[account.index].balances[asset.index] -= amount;
    figures_old_ = true;
}

void Engine::run(const command::Withdraw& c) {
    need_set();
    need_account(c.account);
    need_asset(c.asset);
    refuse_if(c.amount.raw() <= 0, RejectCode::amount_out_of_range);
    may_leave(c.account, false);
    need_debts_covered(c.account);
    leave(c.account, c.asset, c.amount.raw());
    s.assets[c.asset.index].withdrawals += c.amount.raw();
    emit(event::Withdrawn{c.account, c.asset, c.amount});
}

void Engine::run(const command::Transfer& c) {
    need_set();
    need_account(c.from);
    need_account(c.to);
    need_asset(c.asset);
    refuse_if(c.amount.raw() <= 0, RejectCode::amount_out_of_range);
    refuse_if(c.from != c.to && balance(c.to, c.asset) + c.amount.raw() > params().asset(c.asset).amount_max.raw(),
              RejectCode::amount_out_of_range);
    may_leave(c.from, false);
    refuse_if(c.from == c.to, RejectCode::already_done);
    leave(c.from, c.asset, c.amount.raw());
    s.owners[c.to.index].balances[c.asset.index] += c.amount.raw();
    figures_old_ = true;
    emit(event::Transferred{c.from, c.to, c.asset, c.amount});
}

void Engine::run(const command::MoveMargin& c) {
    need_set();
    need_account(c.account);
    need_market(c.market);
    const Holding* found = find(c.account, c.market, c.leg);
    refuse_if(found == nullptr || found->mode != MarginMode::isolated, RejectCode::position_unknown);
    const AssetId settle = settle_of(c.market);
    const Integer amount = c.amount.raw();
    const auto most = Integer(amount_max.raw());
    refuse_if(amount == 0, RejectCode::amount_out_of_range);
    refuse_if(found->collateral + amount > most || magnitude_of(amount) > most, RejectCode::amount_out_of_range);
    if (amount > 0) {
        may_leave(c.account, true);
        leave(c.account, settle, amount);
    } else {
        refuse_if(balance(c.account, settle) - amount > params().asset(settle).amount_max.raw(), RejectCode::amount_out_of_range);
        refuse_if(found->size != 0 && !allows(c.market, GuardedAction::withdraw), RejectCode::guard_forbids);
        refuse_if(in_liquidation(c.account, c.market, c.leg), RejectCode::in_liquidation);
        const Shown a = shown(c.account, Reading::withdraw);
        const std::size_t place = place_of(c.account, c.market, c.leg);
        const Admission admission = admit_removal(credit(), a.view(), place, counted<Amount>(Integer(-amount)));
        const bool more_than_is_there = -amount > a.positions[place].isolated_collateral.raw();
        if (!admission.admitted()) {
            Refused refused;
            refused.reject.code = more_than_is_there ? RejectCode::balance_insufficient : RejectCode::margin_insufficient;
            refused.reject.account = c.account;
            refused.reject.required = admission.required;
            refused.reject.available = admission.available;
            refused.reject.shortfall = admission.shortfall;
            throw refused;
        }
        s.owners[c.account.index].balances[settle.index] -= amount;
    }
    holding(c.account, c.market, c.leg).collateral += amount;
    emit(event::MarginMoved{c.account, c.market, c.leg, c.amount});
}

void Engine::run(const command::MoveFund& c) {
    need_set();
    need_asset(c.asset);
    Money& money = s.assets[c.asset.index];
    refuse_if(c.amount.raw() == 0 || magnitude_of(c.amount.raw()) > amount_max.raw(), RejectCode::amount_out_of_range);
    if (c.amount.raw() > 0) enter_venue(c.asset, c.amount.raw());
    else money.withdrawals += magnitude_of(c.amount.raw());
    money.fund += c.amount.raw();
    refuse_if(money.fund < 0, RejectCode::balance_insufficient);
    emit(event::FundMoved{c.asset, c.amount});
}

void Engine::run(const command::TakeFees& c) {
    need_set();
    need_asset(c.asset);
    Money& money = s.assets[c.asset.index];
    refuse_if(c.amount.raw() <= 0, RejectCode::amount_out_of_range);
    refuse_if(money.fees < c.amount.raw(), RejectCode::balance_insufficient);
    money.fees -= c.amount.raw();
    money.withdrawals += c.amount.raw();
    emit(event::FeesTaken{c.asset, c.amount});
}

}  // namespace plimsoll::reference
