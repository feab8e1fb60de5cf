// The margin that ten years' volatility asks for, below which none falls because the last year was calm (EU 153/2013 art. 28, its third
// way).
#pragma once

#include "plimsoll/calibrate/curve.hpp"

namespace plimsoll::calibrate {

inline constexpr double floor_years = 10;

struct VolatilityFloor {
    double quantile = 0;  // of the coverage over the horizon, share of the price
    double years = 0;  // that were there, ten at most
    std::int64_t from = 0;  // opening of the first bar that was looked at
    std::size_t windows = 0;
    std::int64_t window_s = 0;  // their length; longer than the horizon when the record's bars are
    double exponent = 0;  // by which it was brought down to the horizon; 0: it was not
};

/// Historical simulation over what a record holds of the ten years before a time.
///
/// Shape   of bars longer than the horizon the quantile is brought down by an exponent of 0.5 at most: a smaller one leaves more, and
///         minutes have fatter tails than days.
/// Errors  fewer windows than the coverage needs, with how many there are.
/// Source  calibration.md section 4: m' = max(m, m_10y).
Result<VolatilityFloor> volatility_floor(const Prices& record, std::int64_t as_of, const Appetite& appetite, double exponent);

}  // namespace plimsoll::calibrate
