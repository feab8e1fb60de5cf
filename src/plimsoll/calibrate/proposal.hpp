// From what was measured to a parameter set to propose, with the evidence. It is never put in force by itself.
#pragma once

#include "plimsoll/calibrate/backtest.hpp"
#include "plimsoll/calibrate/haircut.hpp"
#include "plimsoll/calibrate/paced_curve.hpp"
#include "plimsoll/calibrate/tiers.hpp"
#include "plimsoll/params/parameter_set.hpp"

#include <string>

namespace plimsoll::calibrate {

struct MarketNames {
    std::string market = "MARKET";
    std::string settle = "USD";
};

/// A size at which the proposal is looked at. Units  shares of the notional, except notional.
struct Point {
    double notional = 0;
    MarginCurve::Parts parts;
    double computed = 0;      // m*
    double initial_curve = 0; // m', which is m* without a live schedule beside it
    double initial = 0;       // what the tiers charge, by the schedule itself
    double maintenance_curve = 0;
    double maintenance = 0;
    double implied_s = 0;     // for how long the quantile of the coverage equals the initial margin, by the exponent
};

/// What came of a live schedule beside the proposal: the state of the buffer, and what the speed bump holds back.
struct PaceFound {
    double drawn = 0;        // largest share of the buffer that is used at any size; the state that the next calibration is told
    double held = 0;         // most that the speed bump takes off, share of the notional
    double held_at = 0;      // the size at which
    double days_held = 0;    // until it has let every size catch up
};

struct Proposal {
    Appetite appetite{};
    MarketNames names;
    Measured measured;
    double cap = 0;                 // largest position
    double open_interest_cap = 0;
    bool from_depth = false;        // whether the caps come from a book; otherwise from turnover
    TierTable initial;
    TierTable maintenance;
    std::vector<Point> points;
    double worst_under = 0;         // largest (curve - charged) over the points of the check, shares; 0: none is below
    std::optional<PaceAsked> pace_asked;
    std::optional<PaceFound> pace;  // absent: nothing is live beside it
    std::optional<Haircut> haircut; // of the market's coin as collateral
    std::string toml;
    ParameterSet set;
};

/// The market's coin as collateral: same prices, same depth.
struct CollateralAsked {
    std::string name;
    HaircutAsked haircut;
};

struct ProposalAsked {
    MarketNames names;
    std::size_t tiers = 8;
    std::string source;             // what it was made from, for the set
    std::uint32_t version = 1;
    std::optional<CollateralAsked> collateral{};
    std::optional<PaceAsked> pace{};
};

/// Errors  those of measure(); a collateral of the settle asset's name; a market so thin that no position can be allowed; a set that would not be valid, with its first finding.
Result<Proposal> propose(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs,
                         const ProposalAsked& asked);

}  // namespace plimsoll::calibrate
