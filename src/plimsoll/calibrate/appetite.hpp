// A venue's risk appetite: the handful of numbers that a proposal is made with, and is named by.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace plimsoll::calibrate {

struct Appetite {
    std::string_view name;
    double coverage;            // of one side's losses over the horizon
    std::int64_t horizon_s;     // h0: from the trigger to the first fill, for the initial margin
    std::int64_t maintenance_s; // the same for maintenance
    double buffer;              // b: on top of the volatility part, against margins that rise when everyone is short of money
    double stress_weight;       // of the worst window on record, in the volatility part
    double depth_quantile;      // over time: how poor a moment the depth is taken from
    double depth_left;          // of that depth when everyone sells at once
    double depth_share;         // of it that one position may hold
    double volume_share;        // kappa: of the turnover that a liquidation may take
    double impact;              // Y of the root law, where no book fits it
    double gap_weight;          // of the worst window on record, which the margin of a position has to cover
    double fund_loss;           // but for the largest loss that the fund may take on one position, quote currency
};

/// conservative, balanced, aggressive.
std::span<const Appetite> appetites();
std::optional<Appetite> find_appetite(std::string_view name);

}  // namespace plimsoll::calibrate
