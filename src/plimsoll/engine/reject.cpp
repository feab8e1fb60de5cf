#include "plimsoll/engine/reject.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

using enum RejectCode;

constexpr RejectText texts[] = {
    {none, "none", "accepted", ""},
    {id_reused, "id_reused", "the command's id was used for another command", "use a new id"},
    {time_backwards, "time_backwards", "the command is older than the last one", "stamp commands in order"},
    {no_active_set, "no_active_set", "no parameter set is in force", "define and activate one"},
    {set_unknown, "set_unknown", "no parameter set of that hash is held ready", "define it first"},
    {account_unknown, "account_unknown", "there is no such account", "open it first"},
    {group_unknown, "group_unknown", "the group is beyond the number of groups this engine holds", "use a smaller group id"},
    {asset_unknown, "asset_unknown", "the asset is not in the parameter set", "use one that is"},
    {market_unknown, "market_unknown", "the market is not in the parameter set", "use one that is"},
    {order_unknown, "order_unknown", "the account has no such order; it may have been filled or cancelled", "read the account's orders"},
    {deposit_unknown, "deposit_unknown", "no such deposit is pending", "read the pending deposits"},
    {liquidation_unknown, "liquidation_unknown", "no such liquidation is going on", "read the liquidations"},
    {position_unknown, "position_unknown", "the account has no isolated position there", "set the mode first"},
    {set_invalid, "set_invalid", "the parameter set has errors", "validate it and mend what is found"},
    {set_incompatible, "set_incompatible",
     "the set does not fit what exists: an asset or market is gone, renamed or rescaled, or a position lies beyond a new bound",
     "keep assets and markets with their scales, add new ones at the end"},
    {size_out_of_range, "size_out_of_range", "the size is not above 0, off the lot, or beyond the market's size_max",
     "use a multiple of the lot within size_max"},
    {price_out_of_range, "price_out_of_range", "the price is not above 0, off the tick, or outside the market's domain",
     "use a multiple of the tick up to price_max"},
    {amount_out_of_range, "amount_out_of_range", "the amount is not above 0, or a balance would leave its domain", "use a smaller amount"},
    {fee_out_of_range, "fee_out_of_range", "the fee is below 0 or above the market's fee_max", "charge at most fee_max"},
    {rate_out_of_range, "rate_out_of_range", "the rate or multiplier is outside its range",
     "multipliers lie from 1 to 100, floors from 0 to 10, funding within 1"},
    {leverage_above_max, "leverage_above_max", "the leverage is below 1 or above what the market allows", "choose a smaller leverage"},
    {figure_out_of_range, "figure_out_of_range",
     "a measured figure is below 0, one is named twice, or there are more than one command holds", "mend the figures"},
    {capacity_exhausted, "capacity_exhausted", "the engine holds no more of these", "raise the limit and restart, or free some"},
    {market_delisted, "market_delisted", "the market is delisted or settled", "only reducing is possible there"},
    {market_not_delisted, "market_not_delisted", "only a delisted market is settled", "delist it first"},
    {guard_forbids, "guard_forbids", "the market's guard does not allow this in its present state", "wait for the guard, or reduce"},
    {in_liquidation, "in_liquidation", "the account is being liquidated", "deposit, or wait until the liquidation has ended"},
    {mode_conflict, "mode_conflict", "the market is held in another mode", "use the leg of the mode it is held in"},
    {in_use, "in_use", "the account holds or orders something there, so this cannot be changed", "close and cancel first"},
    {already_done, "already_done", "nothing would change", "nothing is needed"},
    {too_many_positions, "too_many_positions", "the account holds as many positions or orders as it may",
     "close a position or cancel an order"},
    {reduce_only_would_increase, "reduce_only_would_increase", "together with what rests, the order could do more than reduce",
     "use a smaller size, or cancel orders of this side"},
    {beyond_leg, "beyond_leg", "together with what rests, the order is larger than the leg it closes", "use a smaller size"},
    {mark_missing, "mark_missing", "nothing is opened at a mark of 0", "wait for a mark"},
    {debts_unsettled, "debts_unsettled", "accounts owe more than they have and the insurance fund does not cover it: a gain may be theirs",
     "wait until their liquidations have ended"},
    {sides_differ, "sides_differ", "the two orders do not buy and sell the same market", "match a buy with a sell of one market"},
    {self_trade, "self_trade", "both orders are of one account", "cancel one of them"},
    {beyond_order, "beyond_order", "the match is larger than what is left of an order", "match at most what is left"},
    {beyond_limit, "beyond_limit", "the price is worse than an order's limit", "match within both limits"},
    {position_cap, "position_cap", "the position would exceed the market's hard cap", "use a smaller size"},
    {group_cap, "group_cap", "the group's position would exceed the market's hard cap", "use a smaller size"},
    {open_interest_cap, "open_interest_cap", "the side's open interest would exceed the market's hard cap",
     "use a smaller size, or wait for open interest to fall"},
    {market_cap_share, "market_cap_share", "the side's open interest would exceed its share of the market's capitalisation",
     "use a smaller size"},
    {leverage_caps_size, "leverage_caps_size", "the chosen leverage does not carry a position of that size",
     "choose a smaller leverage or size"},
    {balance_insufficient, "balance_insufficient", "there is not so much to take", "take at most what is there"},
    {margin_insufficient, "margin_insufficient", "initial margin would not be covered", "deposit, use a smaller size, or cancel an order"},
};
static_assert(std::is_sorted(std::begin(texts), std::end(texts), [](const auto& a, const auto& b) { return a.code < b.code; }));

}  // namespace

std::span<const RejectText> reject_texts() { return texts; }

std::string_view to_string(RejectCode code) {
    const auto found = std::find_if(std::begin(texts), std::end(texts), [&](const RejectText& t) { return t.code == code; });
    return found == std::end(texts) ? "unknown" : found->name;
}

}  // namespace plimsoll
