// Why a command was refused. The list is closed and its numbers are stable: a number is never given another meaning. Where several
// reasons hold, the one with the smallest number is the answer.
#pragma once

#include "plimsoll/base/id.hpp"
#include "plimsoll/engine/fields.hpp"
#include "plimsoll/money/count.hpp"
#include "plimsoll/schedule/evaluate.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll {

enum class RejectCode : std::uint16_t {
    none = 0,
    // the stamp
    id_reused = 1,
    time_backwards = 2,
    // what the command names
    no_active_set = 10,
    set_unknown = 11,
    account_unknown = 12,
    group_unknown = 13,
    asset_unknown = 14,
    market_unknown = 15,
    order_unknown = 16,
    deposit_unknown = 17,
    liquidation_unknown = 18,
    position_unknown = 19,
    // its figures
    set_invalid = 30,
    set_incompatible = 31,
    size_out_of_range = 32,
    price_out_of_range = 33,
    amount_out_of_range = 34,
    fee_out_of_range = 35,
    rate_out_of_range = 36,
    leverage_above_max = 37,
    figure_out_of_range = 38,
    // what the state allows
    capacity_exhausted = 50,
    market_delisted = 51,
    market_not_delisted = 52,
    guard_forbids = 53,
    in_liquidation = 54,
    mode_conflict = 55,
    in_use = 56,
    already_done = 57,
    too_many_positions = 58,
    reduce_only_would_increase = 59,
    beyond_leg = 60,
    mark_missing = 61,
    debts_unsettled = 62,
    // a match
    sides_differ = 70,
    self_trade = 71,
    beyond_order = 72,
    beyond_limit = 73,
    // limits on the state afterwards
    position_cap = 80,
    group_cap = 81,
    open_interest_cap = 82,
    market_cap_share = 83,
    leverage_caps_size = 84,
    balance_insufficient = 85,
    margin_insufficient = 86,
};

struct RejectText {
    RejectCode code;
    std::string_view name;
    std::string_view meaning;
    std::string_view cure;
};
/// Every code with its words, in the order of precedence.
std::span<const RejectText> reject_texts();
std::string_view to_string(RejectCode code);

/// What would help, the cheapest first: an order to cancel costs nothing, a smaller size little, a deposit money.
enum class Cure : std::uint8_t { none, cancel_order, smaller_size, deposit };

/// A refusal with its reasons. Figures that have no meaning for its code are zero.
///
/// Units  required, available and shortfall in the numeraire for a cross account, in the settle asset for an isolated position.
struct Reject {
    RejectCode code = RejectCode::none;
    AccountId account{};       // whose requirement it is: of the two sides of a match, the one that fails
    MarketId market{};
    Wide required = 0;
    Wide available = 0;
    Wide shortfall = 0;
    Binding binding = Binding::nothing;  // which rule decided the market's requirement
    std::uint32_t binding_term = 0;      // from 1
    std::uint32_t binding_row = 0;       // from 1; 0: a curve without rows
    // What it was computed with.
    Price price;
    Size open_interest_long;
    Size open_interest_short;
    Amount depth;
    std::uint32_t schedule_version = 0;
    std::uint32_t set_version = 0;
    // What would pass.
    bool size_passes = false;  // whether any size does
    Size largest_size;
    Amount largest_amount;     // of a withdrawal or transfer, in its asset
    Cure cheapest = Cure::none;
    OrderId cancel;            // an order whose cancellation alone would be enough
    AssetId deposit_asset{};
    Amount deposit;            // the least that would be enough; 0: none would

    bool refused() const { return code != RejectCode::none; }
    friend bool operator==(const Reject&, const Reject&) = default;

    static constexpr std::string_view name = "rejected";
    static constexpr std::string_view meaning = "the command was refused and changed nothing";
    static constexpr auto fields() {
        return std::tuple{field("code", &Reject::code, "the reason"),
                          field("account", &Reject::account, "whose requirement it is"),
                          field("market", &Reject::market, "where"),
                          field("required", &Reject::required, "initial margin and order loss after the worst fill", Unit::numeraire),
                          field("available", &Reject::available, "weighted collateral after it", Unit::numeraire),
                          field("shortfall", &Reject::shortfall, "what is missing", Unit::numeraire),
                          field("binding", &Reject::binding, "the rule that decided the market's requirement"),
                          field("binding_term", &Reject::binding_term, "its term, from 1"),
                          field("binding_row", &Reject::binding_row, "its row, from 1"),
                          field("price", &Reject::price, "mark it was computed with", Unit::price),
                          field("open_interest_long", &Reject::open_interest_long, "of the market", Unit::size),
                          field("open_interest_short", &Reject::open_interest_short, "of the market", Unit::size),
                          field("depth", &Reject::depth, "of the market", Unit::settle),
                          field("schedule_version", &Reject::schedule_version, "of the market's schedule"),
                          field("set_version", &Reject::set_version, "of the parameter set"),
                          field("size_passes", &Reject::size_passes, "whether any size would pass"),
                          field("largest_size", &Reject::largest_size, "the largest that would", Unit::size),
                          field("largest_amount", &Reject::largest_amount, "the largest withdrawal or transfer that would", Unit::amount),
                          field("cheapest", &Reject::cheapest, "the cheapest cure"),
                          field("cancel", &Reject::cancel, "an order whose cancellation would be enough"),
                          field("deposit_asset", &Reject::deposit_asset, "what to deposit"),
                          field("deposit", &Reject::deposit, "the least that would be enough", Unit::paid_amount)};
    }
};

}  // namespace plimsoll
