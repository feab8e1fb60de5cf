#include "plimsoll/stress/units.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

double unit(int digits) { return 1 / std::pow(10.0, digits); }

}  // namespace

Units::Units(const ParameterSet& alone, MarketId market) {
    const Instrument& instrument = alone.market(market).instrument;
    size_unit_ = static_cast<double>(instrument.multiplier.raw) * unit(instrument.multiplier.digits) * unit(instrument.size_digits);
    price_unit_ = unit(instrument.price_digits);
    money_unit_ = unit(alone.assets.front().digits);
    lot_ = instrument.lot.raw();
    size_most_ = static_cast<double>(instrument.size_max.raw());
    price_most_ = static_cast<double>(instrument.price_max.raw());
    if (alone.assets.size() < 2) return;
    const Asset& pledged = alone.assets[1];
    pledged_unit_ = unit(pledged.digits);
    pledged_price_unit_ = unit(pledged.price_digits);
    pledged_most_ = static_cast<double>(pledged.amount_max.raw());
    pledged_price_most_ = static_cast<double>(pledged.price_max.raw());
}

Size Units::size_of(double base) const {
    const double raw = std::clamp(base / size_unit_, 0.0, size_most_);
    return Size::from_raw(static_cast<std::int64_t>(raw) / lot_ * lot_);
}

namespace {

/// A price that was printed from its grid has to come back to it, hence the hair.
Price on_grid(double price, double grid, double most) {
    return Price::from_raw(static_cast<std::int64_t>(std::clamp(std::floor(price / grid * (1 + 1e-12)), 1.0, most)));
}

}  // namespace

Price Units::price_of(double price) const { return on_grid(price, price_unit_, price_most_); }

Price Units::pledged_price_of(double price) const { return on_grid(price, pledged_price_unit_, pledged_price_most_); }

std::optional<Amount> Units::pledged_of(double units) const {
    const double raw = std::floor(units / pledged_unit_);
    if (!(raw >= 1 && raw <= pledged_most_)) return std::nullopt;
    return Amount::from_raw(static_cast<std::int64_t>(raw));
}

Amount Units::amount_of(double quote) const {
    const double raw = std::floor(quote / money_unit_);
    PLIM_ASSERT(std::abs(raw) <= static_cast<double>(amount_max.raw()));
    return Amount::from_raw(static_cast<std::int64_t>(raw));
}

}  // namespace plimsoll::stress
