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
    const QuickProfit* profit = nullptr;  // the weight of a profit
};

/// Units  settle asset, last place.
struct QuickRisk {
    std::int64_t credit = 0;  // weighted profit, or the loss in full
    Amount requirement;
    Amount order_loss;
};

namespace quick {

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
    return ((sizes & market.size_beyond) | (costs & market.worth_beyond) | beyond | p.leverage_hundredths) == 0;
}

/// Profit and loss rounded down, a profit then weighted and rounded down.
inline std::int64_t credit_of(const QuickMarket& market, std::int64_t pnl, const QuickProfit& profit) {
    const auto sign = static_cast<std::uint64_t>(pnl >> 63);  // all ones for a loss
    const std::uint64_t size = (static_cast<std::uint64_t>(pnl) ^ sign) - sign;
    const std::uint64_t settled =
        market.settle.divide_down(size * static_cast<std::uint64_t>(market.widen) + (sign & (market.settle.divisor() - 1)));
    const std::uint64_t weighted = profit.weighted(settled);
    // Selected by its bits: which of the two it is nobody could foresee.
    return static_cast<std::int64_t>((((settled & sign) | (weighted & ~sign)) ^ sign) - sign);
}

/// Figures of a position on which no order rests, likewise: its cost's upper half is `cost_high`.
inline bool fits_held(const QuickMarket& market, std::int64_t size, std::int64_t cost, std::int64_t cost_high) {
    const auto beyond = static_cast<std::uint64_t>(cost_high ^ (cost >> 63));
    return ((folded(size) & market.size_beyond) | (folded(cost) & market.worth_beyond) | beyond) == 0;
}

inline std::int64_t loss_up(const QuickMarket& market, std::int64_t loss) {
    const std::uint64_t widened = static_cast<std::uint64_t>(loss) * static_cast<std::uint64_t>(market.widen);
    return static_cast<std::int64_t>(market.settle.divide_down(widened + (market.settle.divisor() - 1)));
}

inline std::uint64_t distance(std::int64_t value) {
    return value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

/// The worth at the mark of what the orders of each side are for, and of what is held.
struct Worths {
    std::int64_t held, buys, sells;
};

/// The worse of the fills where filling at the limit prices loses something at once. Loss of -1: they are equal, and which of the
/// two is told depends on the position alone.
struct WorstFill {
    std::int64_t requirement, order_loss;
};
[[gnu::noinline]] inline WorstFill weigh_losses(const MarketView& market, const Position& p, const PlainTable& table, const Worths& worth) {
    const QuickMarket& q = market.quick;
    const std::int64_t with_buys = table.margin(distance(worth.held + worth.buys)).raw();
    const std::int64_t with_sells = table.margin(distance(worth.held - worth.sells)).raw();
    const std::int64_t loss_buys = loss_up(q, std::max<std::int64_t>(0, static_cast<std::int64_t>(p.buy_cost) - worth.buys));
    const std::int64_t loss_sells = loss_up(q, std::max<std::int64_t>(0, worth.sells - static_cast<std::int64_t>(p.sell_cost)));
    if (p.buys.raw() != 0 && p.sells.raw() != 0) return {std::max(with_buys, with_sells), loss_buys + loss_sells};  // see position_risk()
    const Wide lead = (Wide{with_sells} - with_buys) * rate_one + Wide{loss_sells - loss_buys} * market.loss_weight.raw();
    if (lead == 0 && with_sells != with_buys) return {0, -1};
    return lead > 0 ? WorstFill{with_sells, loss_sells} : WorstFill{with_buys, loss_buys};
}

}  // namespace quick

/// False: the position is not ordinary; ask position_risk().
///
/// The position alone need not be weighed against its fills: a plain table never asks less for more, so buying more of a long,
/// or selling more of a short, asks at least as much. Where both fills come out equal, which of the two is told depends on the
/// position alone, and the general way decides.
[[gnu::always_inline]] inline bool quick_position_risk(const MarketView& market, const Position& p, const QuickAsk& ask, QuickRisk& risk) {
    const QuickMarket& q = market.quick;
    const PlainTable* answering = q.tables[static_cast<std::size_t>(ask.level)];
    if (answering == nullptr || !quick::fits(q, p)) return false;
    const PlainTable& table = *answering;
    const std::int64_t held = q.unit * p.size.raw();
    risk.credit = quick::credit_of(q, held - static_cast<std::int64_t>(p.cost), *ask.profit);
    risk.order_loss = Amount{};
    if (!ask.orders) {
        risk.requirement = table.margin(quick::distance(held));
        return true;
    }
    const std::int64_t buys = q.unit * p.buys.raw();
    const std::int64_t sells = q.unit * p.sells.raw();
    // Orders rest on their own side of the mark, so mostly nothing is lost and the larger exposure is the worse.
    if ((static_cast<std::int64_t>(p.buy_cost) > buys) | (static_cast<std::int64_t>(p.sell_cost) < sells)) {
        const quick::WorstFill worst = quick::weigh_losses(market, p, table, {held, buys, sells});
        risk.requirement = Amount::from_raw(worst.requirement);
        risk.order_loss = Amount::from_raw(worst.order_loss);
        return worst.order_loss >= 0;
    }
    risk.requirement = table.margin(std::max(quick::distance(held + buys), quick::distance(held - sells)));
    return true;
}

}  // namespace plimsoll
