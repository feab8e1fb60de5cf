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

/// Figures of one position and of what rests on it, as far as 64 bits hold them.
struct QuickFigures {
    std::int64_t size = 0, cost = 0;
    std::int64_t buys = 0, sells = 0, buy_cost = 0, sell_cost = 0;
};

namespace quick {

/// The magnitude of a value, or one less: all that a bound of the form 2^k - 1 needs.
inline std::uint64_t folded(std::int64_t value) { return static_cast<std::uint64_t>(value ^ (value >> 63)); }
inline std::uint64_t high_of(Wide value) { return static_cast<std::uint64_t>(static_cast<UWide>(value) >> 64); }
inline std::int64_t low_of(Wide value) { return static_cast<std::int64_t>(value); }

/// Every product below is within +-2^62. One question for all of it, so that there is one branch, and that one is foreseen.
/// The bounds are of the form 2^k - 1, so the bits of all figures together are under the bound when each figure is.
/// `beyond`: what of the figures 64 bits did not hold.
inline bool fits(const QuickMarket& market, const QuickFigures& f, std::uint64_t beyond) {
    const std::uint64_t sizes = folded(f.size) | static_cast<std::uint64_t>(f.buys | f.sells);
    const std::uint64_t costs = folded(f.cost) | static_cast<std::uint64_t>(f.buy_cost | f.sell_cost);
    return ((sizes & market.size_beyond) | (costs & market.worth_beyond) | beyond) == 0;
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
[[gnu::noinline]] inline WorstFill weigh_losses(const MarketView& market, const QuickFigures& f, const PlainTable& table,
                                                const Worths& worth) {
    const QuickMarket& q = market.quick;
    const std::int64_t with_buys = table.margin(distance(worth.held + worth.buys)).raw();
    const std::int64_t with_sells = table.margin(distance(worth.held - worth.sells)).raw();
    const std::int64_t loss_buys = loss_up(q, std::max<std::int64_t>(0, f.buy_cost - worth.buys));
    const std::int64_t loss_sells = loss_up(q, std::max<std::int64_t>(0, worth.sells - f.sell_cost));
    if (f.buys != 0 && f.sells != 0) return {std::max(with_buys, with_sells), loss_buys + loss_sells};  // see position_risk()
    const Wide lead = (Wide{with_sells} - with_buys) * rate_one + Wide{loss_sells - loss_buys} * market.loss_weight.raw();
    if (lead == 0 && with_sells != with_buys) return {0, -1};
    return lead > 0 ? WorstFill{with_sells, loss_sells} : WorstFill{with_buys, loss_buys};
}

/// A position whose figures fit, by the table of its level. False: the general way has to say which of two equal fills is told.
///
/// The position alone need not be weighed against its fills: a plain table never asks less for more, so buying more of a long,
/// or selling more of a short, asks at least as much. Where both fills come out equal, which of the two is told depends on the
/// position alone, and the general way decides.
[[gnu::always_inline]] inline bool weigh(const MarketView& market, const PlainTable& table, const QuickFigures& f, const QuickAsk& ask,
                                         QuickRisk& risk) {
    const QuickMarket& q = market.quick;
    const std::int64_t held = q.unit * f.size;
    risk.credit = credit_of(q, held - f.cost, *ask.profit);
    risk.order_loss = Amount{};
    if (!ask.orders) {
        risk.requirement = table.margin(distance(held));
        return true;
    }
    const std::int64_t buys = q.unit * f.buys;
    const std::int64_t sells = q.unit * f.sells;
    // Orders rest on their own side of the mark, so mostly nothing is lost and the larger exposure is the worse.
    if ((f.buy_cost > buys) | (f.sell_cost < sells)) {
        const WorstFill worst = weigh_losses(market, f, table, {held, buys, sells});
        risk.requirement = Amount::from_raw(worst.requirement);
        risk.order_loss = Amount::from_raw(worst.order_loss);
        return worst.order_loss >= 0;
    }
    risk.requirement = table.margin(std::max(distance(held + buys), distance(held - sells)));
    return true;
}

}  // namespace quick

/// False: the position is not ordinary; ask position_risk().
[[gnu::always_inline]] inline bool quick_position_risk(const MarketView& market, const Position& p, const QuickAsk& ask, QuickRisk& risk) {
    const PlainTable* table = market.quick.tables[static_cast<std::size_t>(ask.level)];
    const QuickFigures f{p.size.raw(),  quick::low_of(p.cost),     p.buys.raw(),
                         p.sells.raw(), quick::low_of(p.buy_cost), quick::low_of(p.sell_cost)};
    const std::uint64_t beyond = (quick::high_of(p.cost) ^ static_cast<std::uint64_t>(f.cost >> 63)) | quick::high_of(p.buy_cost) |
                                 quick::high_of(p.sell_cost) | p.leverage_hundredths;
    return table != nullptr && quick::fits(market.quick, f, beyond) && quick::weigh(market, *table, f, ask, risk);
}

}  // namespace plimsoll
