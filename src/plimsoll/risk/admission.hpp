// The gate: whether an order, a withdrawal or a removal of margin is admitted, with the numbers and the largest that is.
#pragma once

#include "plimsoll/risk/health.hpp"
#include "plimsoll/schedule/solve.hpp"

#include <optional>
#include <vector>

namespace plimsoll {

enum class Side : std::uint8_t { buy, sell };

struct OrderRequest {
    MarketId market;
    Side side = Side::buy;
    Size size;
    Price limit;
    Leg leg = Leg::net;
    MarginMode mode = MarginMode::cross;
    std::uint32_t leverage_hundredths = 0;  // 0: what the position has
    bool reduce_only = false;
};

/// Why not. The order of the enumeration is the order of the checks; the first that fails is the answer.
enum class Refusal : std::uint8_t {
    none,
    market_unknown,
    asset_unknown,
    size_out_of_range,   // not above 0, off the lot, beyond size_max, or more orders than a market holds of one account
    amount_out_of_range, // of a withdrawal or a removal: not above 0, or more than there is
    price_out_of_range,  // not above 0, off the tick, or above price_max
    leverage_above_max,
    mode_conflict,       // the market is held or ordered in another mode: isolated and cross, or one-way and hedge
    too_many_positions,
    reduce_only_would_increase,
    beyond_leg,          // hedge mode: an order that closes a leg, together with those resting, is larger than the leg
    mark_missing,        // nothing is opened at a mark of 0
    position_cap,
    group_cap,
    open_interest_cap,
    market_cap_share,
    leverage_caps_size,
    margin_insufficient,
};
const char* to_string(Refusal refusal);

/// Units  numeraire for a cross account, settle asset for an isolated position.
struct Admission {
    Refusal refusal = Refusal::none;
    Wide required = 0;   // initial margin and order loss after the worst fill
    Wide available = 0;  // weighted collateral after it
    Wide shortfall = 0;  // max(0, required - available)
    bool reducing = false;  // admitted because no fill path can raise the requirement

    bool admitted() const { return refusal == Refusal::none; }
};

/// Where an account as it would be is written down, kept by whoever asks many questions: it grows to the largest account that
/// was asked about and is then used again, so that a question takes no memory. What it holds is of no meaning afterwards.
/// One question at a time; and the account that is asked about must not stand in it (asserted).
struct AdmissionRoom {
    std::vector<Position> positions;
    std::vector<Balance> balances;
};

/// The account as it is weighed with an order: added to the sums of its market, or under the each-alone policy in place of
/// what rests there. The order's loss and that of the orders resting beside it count apart, so that a resting order better
/// than the mark does not hide what a candidate worse than it would lose. Owns what it changes, or stands in the room it is given until that is used again.
class WithOrder {
public:
    WithOrder(const RiskContext& context, const AccountView& account, const OrderRequest& order);
    WithOrder(const RiskContext& context, const AccountView& account, const OrderRequest& order, AdmissionRoom& room);
    WithOrder(WithOrder&&) = default;
    WithOrder& operator=(WithOrder&&) = default;

    const AccountView& view() const { return view_; }
    std::size_t position() const { return index_; }

private:
    void place(const RiskContext& context, const AccountView& account, const OrderRequest& order, std::vector<Position>& positions);

    std::vector<Position> owned_;  // empty when it stands in a room
    AccountView view_;
    std::size_t index_ = 0;
};

/// Admits when initial health after the worst fill is >= 0, or when no fill path can raise the requirement: the order
/// opposes its position, is together with those resting on its side no larger than it, and changes no leverage. An order
/// for an isolated position is weighed against the collateral already assigned to it.
///
/// Every question below takes a room or makes one for itself; only the latter allocates.
///
/// Errors  none; every input outside the domain is a refusal.
/// Source  spec/RISK-004.
Admission admit(const RiskContext& context, const AccountView& account, const OrderRequest& order);
Admission admit(const RiskContext& context, const AccountView& account, const OrderRequest& order, AdmissionRoom& room);

/// The same scaled initial requirement gates withdrawals and transfers out.
Admission admit_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, Amount amount);
Admission admit_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, Amount amount, AdmissionRoom& room);

/// And the removal of collateral from an isolated position, by its place among the account's positions. It needs no room.
Admission admit_removal(const RiskContext& context, const AccountView& account, std::size_t position, Amount amount);

/// The largest size (a multiple of the lot) that admit() lets through, everything else of the order as given; nothing when
/// even one lot is refused. value passes and value + 1 lot fails, unless at_bound.
std::optional<Solution> max_size(const RiskContext& context, const AccountView& account, OrderRequest order);
std::optional<Solution> max_size(const RiskContext& context, const AccountView& account, OrderRequest order, AdmissionRoom& room);

/// The largest withdrawal of one asset that passes; nothing when the account is below its initial requirement.
std::optional<Solution> max_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset);
std::optional<Solution> max_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, AdmissionRoom& room);

/// The least deposit of one asset after which `purpose` is healthy; 0 when it already is, nothing when no deposit the
/// asset's amount_max allows would do.
std::optional<Solution> deposit_needed(const RiskContext& context, const AccountView& account, AssetId asset, Purpose purpose);
std::optional<Solution> deposit_needed(const RiskContext& context, const AccountView& account, AssetId asset, Purpose purpose,
                                       AdmissionRoom& room);

}  // namespace plimsoll
