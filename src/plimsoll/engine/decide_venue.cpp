// The venue's own money and duties.
#include "plimsoll/engine/decide.hpp"

namespace plimsoll {

Reject decide_one(const State& state, const command::MoveFund& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_asset(state, c.asset)); code != RejectCode::none) return reject(code);
    const AssetRecord& asset = state.assets[c.asset.index];
    if (c.amount.raw() == 0 || !balance_fits(c.amount.raw())) return reject(RejectCode::amount_out_of_range);
    if (c.amount.raw() > 0 && asset.deposits - asset.withdrawals + c.amount.raw() > amount_max.raw())
        return reject(RejectCode::amount_out_of_range);
    if (Wide{asset.fund.raw()} + c.amount.raw() < 0) return reject(RejectCode::balance_insufficient);
    out.push_back(event::FundMoved{c.asset, c.amount});
    return {};
}

Reject decide_one(const State& state, const command::TakeFees& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_asset(state, c.asset)); code != RejectCode::none) return reject(code);
    if (c.amount.raw() <= 0) return reject(RejectCode::amount_out_of_range);
    if (c.amount > state.assets[c.asset.index].fees) return reject(RejectCode::balance_insufficient);
    out.push_back(event::FeesTaken{c.asset, c.amount});
    return {};
}

Reject decide_one(const State& state, const command::SetBackstop& c, Room&, Events& out) {
    if (const auto code = first_of(need_set(state), need_account(state, c.account)); code != RejectCode::none) return reject(code);
    if (c.budget.raw() < 0 || !balance_fits(c.budget.raw())) return reject(RejectCode::amount_out_of_range);
    out.push_back(event::BackstopSet{c.account, c.budget});
    return {};
}

Reject decide_one(const State& state, const command::Deleverage& c, Room&, Events&) {
    const Breach* breach = state.breaches.find(c.liquidation);
    if (breach == nullptr || !breach->active) return reject(RejectCode::liquidation_unknown);
    return {};  // the waterfall follows
}

}  // namespace plimsoll
