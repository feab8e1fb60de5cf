// An account brought into the shape in which risk/ asks about it.
#pragma once

#include "plimsoll/engine/state.hpp"
#include "plimsoll/engine/winners.hpp"
#include "plimsoll/liquidation/plan.hpp"
#include "plimsoll/liquidation/waterfall.hpp"
#include "plimsoll/risk/admission.hpp"

namespace plimsoll {

/// Which money counts.
enum class Reading : std::uint8_t {
    held,      // balances as they are: maintenance, close-out, liquidation
    withdraw,  // less the fees that open orders may be charged
    open,      // and with what waiting deposits count for
};

/// A liquidation whose step is due.
struct DueStep {
    LiquidationId id;
    LiquidationSubject subject;
    Wide loss = 0;  // expected: stressed, numeraire
};

/// Working room that is kept, so that no answer allocates once it has grown.
struct Room {
    std::uint64_t now_ms = 0;  // time of the command that is being decided
    std::vector<Position> positions;
    std::vector<Balance> balances;
    std::vector<Position> other_positions;
    std::vector<Balance> other_balances;
    AdmissionRoom admission;
    PlanRoom plan;
    std::vector<GroupSize> group;
    std::vector<Closing> closings;
    std::vector<Reduction> reductions;
    std::vector<DueStep> due;
    std::vector<Wide> losses;
    WinnersBook winners;
};

/// The account as a view into `positions` and `balances`, which it overwrites. Positions stand in the places they have in the state.
AccountView view_of(const State& state, AccountId account, Reading reading, std::vector<Position>& positions,
                    std::vector<Balance>& balances);

/// The entry of an asset among the balances of a view, made with 0 when there is none; and money added to it or taken from it.
Balance& balance_entry(std::vector<Balance>& balances, AssetId asset);
void add_balance(std::vector<Balance>& balances, AssetId asset, Wide delta);

/// One held position as risk/ knows it.
inline Position position_of(const State& state, const HeldPosition& held) {
    Position p;
    p.market = MarketId{held.market};
    p.leg = held.leg;
    p.mode = held.mode;
    p.leverage_hundredths = held.leverage_hundredths;
    p.size = held.size;
    p.cost = held.cost();
    if (held.isolated != no_place) p.isolated_collateral = state.isolated.in_place(held.isolated);
    if (held.orders != no_place) {
        const OrderSums& sums = state.order_sums.in_place(held.orders);
        p.buys = sums.buys;
        p.sells = sums.sells;
        p.buy_cost = sums.buy_cost;
        p.sell_cost = sums.sell_cost;
    }
    return p;
}

/// The sizes of the account's group; empty when it has none.
std::span<const GroupSize> group_of(const State& state, AccountId account);

/// What `size` is worth at `price`, as both sides of a trade book it. Notional units; inverse contracts rounded down.
Wide trade_worth(const Instrument& instrument, Size size, Price price);

/// The most a fill of `size` at `price` may be charged: fee_max of the notional, rounded up. Settle asset.
Amount fee_bound(const MarketParams& market, Size size, Price price);

/// Notional units to the settle asset's last place, rounded as stated.
Wide to_settle(const Instrument& instrument, Wide exact, Round round);

}  // namespace plimsoll
