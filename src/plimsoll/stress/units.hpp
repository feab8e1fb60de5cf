// Between the doubles of a stress and the counts of the engine, for one market of a set as market_alone() gives it.
#pragma once

#include "plimsoll/params/parameter_set.hpp"

#include <optional>

namespace plimsoll::stress {

class Units {
public:
    explicit Units(const ParameterSet& alone, MarketId market = MarketId{0});

    /// Whole lots, rounded down, at most the market's largest size.
    Size size_of(double base) const;
    /// Rounded down; at least the last place, at most the market's largest price.
    Price price_of(double price) const;
    double base_of(Size size) const { return static_cast<double>(size.raw()) * size_unit_; }
    double worth_of(Price price) const { return static_cast<double>(price.raw()) * price_unit_; }
    double quote_of(Wide amount) const { return static_cast<double>(amount) * money_unit_; }
    /// Rounded down. Errors  asserted: within a count.
    Amount amount_of(double quote) const;
    /// Of the second asset, the collateral beside money: rounded down; absent: no balance of it.
    std::optional<Amount> pledged_of(double units) const;
    /// Its price: rounded down; at least the last place, at most its largest.
    Price pledged_price_of(double price) const;

private:
    double size_unit_;   // base units in one count
    double price_unit_;
    double money_unit_;
    std::int64_t lot_;
    double size_most_;
    double price_most_;
    double pledged_unit_ = 0;
    double pledged_price_unit_ = 0;
    double pledged_most_ = 0;
    double pledged_price_most_ = 0;
};

}  // namespace plimsoll::stress
