// One position with its open orders: what it requires, what it has gained or lost.
#pragma once

#include "plimsoll/risk/context.hpp"
#include "plimsoll/schedule/evaluate.hpp"

namespace plimsoll {

/// What an account is asked for.
enum class Purpose : std::uint8_t {
    open,         // initial level, profit weight for opening, orders reserve margin
    withdraw,     // initial level, profit weight for withdrawals, orders reserve margin
    maintenance,  // maintenance level, the position alone
    closeout,     // close-out level, the position alone
};
constexpr Level level_of(Purpose purpose) {
    return purpose == Purpose::maintenance ? Level::maintenance : purpose == Purpose::closeout ? Level::closeout : Level::initial;
}

/// Units  settle asset, last place.
struct PositionRisk {
    Amount requirement;  // margin of the worst fill, rounded up
    Amount order_loss;   // what filling the worst side at its limit prices would lose at once, rounded up
    Amount requirement_most;  // the largest of each over all fills, which need not be the same fill
    Amount order_loss_most;
    Wide pnl = 0;        // unrealised, rounded down
};

/// The overrides that hold for a position: account in a market, account, market; the first that names a figure gives it.
AccountTerms terms_of(const MarketView& market, const AccountView& account, std::size_t position);

/// What a position would be after a fill, as the schedule sees it. A side's open interest after the trade is what others
/// hold there and what the account then holds, so it is never below the account's own size, nor below its group's.
struct FilledExposure {
    Exposure exposure;
    MarketFigures figures;
};

/// The exposure of holding `size` (signed) instead of the position's own size.
///
/// Units     `held` is what the account holds now, `group` what its owner holds in all (empty: the account alone).
/// Rounding  inverse notionals up.
FilledExposure exposure_of(const MarketView& market, const GroupSize* group, Size held, Size size);

/// Unrealised profit and loss, exact for linear and quanto contracts, rounded down for inverse ones.
///
/// Units  10^-notional_digits of the settle asset.
Wide pnl_exact(const Instrument& instrument, Size size, Wide cost, Price mark);

/// What one position requires and has gained at the market's mark.
///
/// Units     `loss_weight` is the liability weight of the settle asset: an order's loss may have to be borrowed, so it
///           counts that much more than a requirement when the worst fill is chosen.
/// Shape     the requirement never decreases when |size| or an order grows.
/// Rounding  requirement and order loss up, profit and loss down, each once.
/// Source    spec/RISK-001, spec/RISK-003 (open orders).
PositionRisk position_risk(const MarketView& market, const AccountView& account, std::size_t position, Purpose purpose,
                           Rate loss_weight = hundred_percent);

/// By what fills are compared: requirement + loss * weight. Units  10^-9 of the settle asset's last place.
constexpr Wide risk_weighed(Amount requirement, Amount loss, Rate loss_weight) {
    return Wide{requirement.raw()} * rate_one + Wide{loss.raw()} * loss_weight.raw();
}

/// The sizes (signed) whose requirements are compared: position alone, or the fills the policy names.
struct WorstFills {
    Size with_buys;
    Size with_sells;
};
WorstFills worst_fills(OpenOrderPolicy policy, const Position& position);

}  // namespace plimsoll
