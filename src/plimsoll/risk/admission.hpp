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
    size_out_of_range,
    price_out_of_range,
    leverage_above_max,
    reduce_only_would_increase,
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

/// The account with the order added to the sums of its market. Owns what it changes, so the original stays as it was.
class WithOrder {
public:
    WithOrder(const RiskContext& context, const AccountView& account, const OrderRequest& order);
    const AccountView& view() const { return view_; }
    std::size_t position() const { return index_; }

private:
    std::vector<Position> positions_;
    std::vector<PositionTerms> terms_;
    AccountView view_;
    std::size_t index_ = 0;
};

/// Admits when initial health after the worst fill is >= 0, or when no fill path can raise the requirement.
///
/// Errors  none; every input outside the domain is a refusal.
/// Source  spec/RISK-004.
Admission admit(const RiskContext& context, const AccountView& account, const OrderRequest& order);

/// The same scaled initial requirement gates withdrawals.
Admission admit_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset, Amount amount);

/// The largest size (a multiple of the lot) that admit() lets through, everything else of the order as given; nothing when
/// even one lot is refused. value passes and value + 1 lot fails, unless at_bound.
std::optional<Solution> max_size(const RiskContext& context, const AccountView& account, OrderRequest order);

/// The largest withdrawal of one asset that passes; nothing when the account is below its initial requirement.
std::optional<Solution> max_withdrawal(const RiskContext& context, const AccountView& account, AssetId asset);

/// The least deposit of one asset after which `purpose` is healthy; 0 when it already is, nothing when no deposit the
/// asset's amount_max allows would do.
std::optional<Solution> deposit_needed(const RiskContext& context, const AccountView& account, AssetId asset, Purpose purpose);

}  // namespace plimsoll
