// From what was measured to a parameter set to propose, with the evidence. It is never put in force by itself.
#pragma once

#include "plimsoll/calibrate/backtest.hpp"
#include "plimsoll/calibrate/haircut.hpp"
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
    double initial_curve = 0;
    double initial = 0;       // what the tiers charge, by the schedule itself
    double maintenance_curve = 0;
    double maintenance = 0;
    double implied_s = 0;     // for how long the quantile of the coverage equals the initial margin, by the exponent
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
};

/// Errors  those of measure(); a collateral of the settle asset's name; a market so thin that no position can be allowed; a set that would not be valid, with its first finding.
Result<Proposal> propose(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs,
                         const ProposalAsked& asked);

}  // namespace plimsoll::calibrate
