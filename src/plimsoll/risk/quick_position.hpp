// position_risk() for the ordinary case, without a branch that has to be guessed: a linear contract on a plain table, figures
// that fit 64 bits, no override and no chosen leverage. What is not ordinary is told so and goes the general way, which
// the tests hold this one to.
#pragma once

#include "plimsoll/risk/context.hpp"

namespace plimsoll {

/// What is asked of every position of one account.
struct QuickAsk {
    Level level = Level::initial;
    bool orders = true;           // whether open orders reserve margin
    std::uint64_t profit = 0;     // weight of a profit, 10^-9
};

/// Units  settle asset, last place.
struct QuickRisk {
    std::int64_t credit = 0;  // weighted profit, or the loss in full
    Amount requirement;
    Amount order_loss;
};

namespace quick {

inline constexpr Reciprocal64 per_rate_one{static_cast<std::uint64_t>(rate_one)};

/// The magnitude of a value, or one less: all that a bound of the form 2^k - 1 needs.
inline std::uint64_t folded(std::int64_t value) { return static_cast<std::uint64_t>(value ^ (value >> 63)); }
inline std::uint64_t high_of(Wide value) { return static_cast<std::uint64_t>(static_cast<UWide>(value) >> 64); }

/// Every product below is within +-2^62. One question for all of it, so that there is one branch, and that one is foreseen.
/// The bounds are of the form 2^k - 1, so the bits of all figures together are under the bound when each figure is.
inline bool fits(const QuickMarket& market, const Position& p) {
    const auto cost = static_cast<std::int64_t>(p.cost);
    const std::uint64_t sizes = folded(p.size.raw()) | static_cast<std::uint64_t>(p.buys.raw()) | static_cast<std::uint64_t>(p.sells.raw());
    const std::uint64_t costs = folded(cost) | static_cast<std::uint64_t>(p.buy_cost) | static_cast<std::uint64_t>(p.sell_cost);
    const std::uint64_t beyond = (high_of(p.cost) ^ static_cast<std::uint64_t>(cost >> 63)) | high_of(p.buy_cost) | high_of(p.sell_cost);
    return (sizes <= static_cast<std::uint64_t>(market.size_most)) & (costs <= static_cast<std::uint64_t>(market.worth_most)) &
           ((beyond | p.leverage_hundredths) == 0);
}

/// Profit and loss rounded down, a profit then weighted and rounded down. A loss takes the weight 1, which changes nothing.
inline std::int64_t credit_of(const QuickMarket& market, std::int64_t pnl, std::uint64_t profit_weight) {
    const auto sign = static_cast<std::uint64_t>(pnl >> 63);  // all ones for a loss
    const std::uint64_t size = (static_cast<std::uint64_t>(pnl) ^ sign) - sign;
    const std::uint64_t settled =
        market.settle.divide_down(size * static_cast<std::uint64_t>(market.widen) + (sign & (market.settle.divisor() - 1)));
    const std::uint64_t weight = sign != 0 ? static_cast<std::uint64_t>(rate_one) : profit_weight;
    const std::uint64_t weighted = per_rate_one.divide_down(UWide{settled} * weight);
    return static_cast<std::int64_t>((weighted ^ sign) - sign);
}

inline std::int64_t loss_up(const QuickMarket& market, std::int64_t loss) {
    return static_cast<std::int64_t>(market.settle.divide_up(static_cast<std::uint64_t>(loss) * static_cast<std::uint64_t>(market.widen)));
}

inline std::uint64_t distance(std::int64_t value) {
    return value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace quick

/// False: the position is not ordinary; ask position_risk().
///
/// The position alone need not be weighed against its fills: a plain table never asks less for more, so buying more of a long,
/// or selling more of a short, asks at least as much. Where both fills come out equal, which of the two is told depends on the
/// position alone, and the general way decides.
inline bool quick_position_risk(const MarketView& market, const Position& p, const QuickAsk& ask, QuickRisk& risk) {
    const QuickMarket& q = market.quick;
    const PlainTable* answering = q.tables[static_cast<std::size_t>(ask.level)];
    if (answering == nullptr || !quick::fits(q, p)) return false;
    const PlainTable& table = *answering;
    const std::int64_t held = q.unit * p.size.raw();
    risk.credit = quick::credit_of(q, held - static_cast<std::int64_t>(p.cost), ask.profit);
    if (!ask.orders) {
        risk.requirement = table.margin(quick::distance(held));
        risk.order_loss = Amount{};
        return true;
    }
    const std::int64_t buys = q.unit * p.buys.raw();
    const std::int64_t sells = q.unit * p.sells.raw();
    const std::int64_t with_buys = table.margin(quick::distance(held + buys)).raw();
    const std::int64_t with_sells = table.margin(quick::distance(held - sells)).raw();
    std::int64_t loss_buys = std::max<std::int64_t>(0, static_cast<std::int64_t>(p.buy_cost) - buys);
    std::int64_t loss_sells = std::max<std::int64_t>(0, sells - static_cast<std::int64_t>(p.sell_cost));
    Wide lead = with_sells - with_buys;
    if ((loss_buys | loss_sells) != 0) {  // orders rest on their own side of the mark, so mostly nothing is lost
        loss_buys = quick::loss_up(q, loss_buys);
        loss_sells = quick::loss_up(q, loss_sells);
        lead = lead * rate_one + Wide{loss_sells - loss_buys} * market.loss_weight.raw();
        if (lead == 0 && with_sells != with_buys) return false;
    }
    risk.requirement = Amount::from_raw(lead > 0 ? with_sells : with_buys);
    risk.order_loss = Amount::from_raw(lead > 0 ? loss_sells : loss_buys);
    if ((loss_buys | loss_sells) != 0 && p.buys.raw() != 0 && p.sells.raw() != 0) {
        // Both sides filled need no more than the worse of them, but they lose what both lose.
        const Amount with_both = table.margin(quick::distance(held + buys - sells));
        const std::int64_t loss_both = loss_buys + loss_sells;
        const Wide ahead = (Wide{with_both.raw()} - risk.requirement.raw()) * rate_one +
                           (Wide{loss_both} - risk.order_loss.raw()) * market.loss_weight.raw();
        if (ahead > 0) {
            risk.requirement = with_both;
            risk.order_loss = Amount::from_raw(loss_both);
        }
    }
    return true;
}

}  // namespace plimsoll
