// The margin that a position of each size would need: volatility over the time its liquidation takes, and what selling it costs.
#pragma once

#include "plimsoll/calibrate/appetite.hpp"
#include "plimsoll/calibrate/estimate.hpp"
#include "plimsoll/calibrate/liquidity.hpp"
#include "plimsoll/calibrate/prices.hpp"

#include <algorithm>
#include <string>

namespace plimsoll::calibrate {

inline constexpr std::size_t returns_most = 8'760;  // windows of the horizon that estimators look at: a year of hours

/// What was measured of a market, as of a time. Units  shares of the price; notional in the quote currency.
struct Measured {
    std::int64_t as_of = 0;
    Sides historical;            // over the horizon of the appetite
    Sides filtered;
    std::optional<Sides> tail;   // absent: no tail could be fitted
    std::string tail_fault;
    Sides normal;                // for comparison only
    std::optional<Sides>
        garch;  // filtered by it, likewise; absent: none could be fitted, or neither was it asked for nor does anybody propose
    Sides shortfall;             // at 97.5 %
    Worst worst;                 // over windows of the horizon
    double exponent = 0.5;       // H, from one step to the horizon
    double daily_sigma = 0;
    double daily_turnover = 0;
    double volatility_floor = 0; // below which the next is not; 0: none was given
    double volatility = 0;       // q(h0): what the curve uses
    double maintenance_volatility = 0;  // q(h_m)
    DepthCurve depth;            // stressed: at the quantile, times what is left; empty: no depth was given
    double impact = 1;           // Y
    double spread = 0;           // share of the mid
};

/// Estimators that take part in the curve beside historical simulation, its filtered form and peaks over threshold.
struct Estimators {
    bool shortfall = false;  // expected, at 97.5 %
    bool garch = false;      // filtered by it
};

struct CurveInputs {
    const DepthHistory* depth = nullptr;   // may be null
    const series::Book* book = nullptr;    // may be null
    double funding = 0;                    // what a payment may cost that falls due before the position is closed, share of the notional
    double fee = 0.0005;                   // of closing, share of the notional
    double liquidation_fee = 0.005;
    Estimators estimators{};
    double volatility_floor = 0;           // share of the price over the horizon; 0: none
};

/// Windows without which a quantile of the coverage says nothing: two beyond it are expected.
std::size_t windows_needed(double coverage);

/// Sets q(h0), and q(h_m) by the exponent.
void set_volatility(Measured& measured, const Appetite& appetite, double volatility);
/// The same with q(h0) raised to a floor; 0 changes nothing.
void raise_to_floor(Measured& measured, const Appetite& appetite, double floor);

/// Measures what was known by `as_of`. Errors  bars coarser than the horizon; too few bars for the coverage asked for, with how many there
/// are; an estimator that was asked for and cannot be fitted.
Result<Measured> measure(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs);

/// m*(Q) and mu*(Q).
class MarginCurve {
public:
    MarginCurve(const Measured& measured, const Appetite& appetite, const CurveInputs& inputs)
        : measured_(measured), appetite_(appetite), fee_(inputs.fee + inputs.funding), liquidation_fee_(inputs.liquidation_fee) {}

    /// The parts of a margin, shares of the notional.
    struct Parts {
        double volatility = 0;  // with buffer, over h0 and the liquidation time
        double liquidity = 0;  // the larger of the book and the root law
        double spread_and_fee = 0;  // and funding
        double gap = 0;  // what the whole has to be at least: the worst window on record, but for what the fund may lose on a position
        bool executable = true;  // false: stressed depth does not hold it, and only the root law stands in `liquidity`
        double total() const { return std::max(volatility + liquidity + spread_and_fee, gap); }
    };
    Parts initial_parts(double notional) const;
    double initial(double notional) const;
    /// At most 0.8 of initial().
    double maintenance(double notional) const;
    /// The largest position to allow: where its next unit would need a margin of all it is worth, or the share of depth (without depth: of a tenth
    /// of a day's turnover).
    double cap() const;
    /// Seconds until it is sold, at the share of turnover that a liquidation may take.
    double liquidation_seconds(double notional) const;

private:
    double grown(double notional, double seconds) const;
    double liquidity(double notional) const;
    double raw_maintenance(double notional) const;

    const Measured measured_;
    const Appetite appetite_;
    double fee_;
    double liquidation_fee_;
};

}  // namespace plimsoll::calibrate
