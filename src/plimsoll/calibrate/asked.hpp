// What a schedule asks of a position, in all that it may look at: size, notional, the group's notional, open interest after the trade, depth and
// volume. It is asked as the engine's gate asks it, by risk/, before the one rounding to an amount.
#pragma once

#include "plimsoll/calibrate/stake.hpp"
#include "plimsoll/risk/context.hpp"

namespace plimsoll::calibrate {

/// The market around a position. Units  quote currency.
struct Surroundings {
    double price = 0;  // 0: not known; then a schedule that has to know it is refused
    double open_interest = 0;  // that others hold, each side
    double depth = 0;  // what the book holds within a per cent, the thinner side; 0: none measured
    double daily_volume = 0;  // 0: none measured
};

class AskedSchedule {
public:
    /// Errors  a set with findings of severity error; no price where sizes are asked about or the contract is inverse; a price that the market's digits or its
    /// price_max cannot hold; figures outside the declared domain.
    static Result<AskedSchedule> make(ParameterSet set, MarketId market, const Surroundings& around);

    /// The margin at a level as a share of what the position is worth. Where a price is known and asked about, the position is the largest whole size of that notional,
    /// one last place at least. A price beyond the market's greatest counts as that.
    double rate(const Stake& stake, Level level) const;
    double rate(double notional, Level level) const { return rate(Stake{notional, 0, 1, false}, level); }

private:
    AskedSchedule(RiskContext context, MarketId market, const Surroundings& around)
        : context_(std::move(context)), market_(market), around_(around) {}
    Price mark_of(double times, double most) const;
    Size size_of(double notional, Price mark) const;

    RiskContext context_;
    MarketId market_;
    Surroundings around_;
    bool looks_at_price_ = false;  // sizes are asked about, or worth is no multiple of the price
};

}  // namespace plimsoll::calibrate
