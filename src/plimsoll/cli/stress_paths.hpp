// The paths of `plimsoll stress run`: real bars, days drawn or put together from bars, an incident; and the collateral's beside them.
#pragma once

#include "plimsoll/cli/stress_command.hpp"
#include "plimsoll/stress/crash.hpp"
#include "plimsoll/stress/incident_scene.hpp"

#include <functional>

namespace plimsoll::cli {

struct StressPaths {
    std::function<stress::Path(std::uint64_t index)> path;
    double price = 0;  // at which every path begins
    bool several = false;  // whether each index has another one
    std::string from;  // in words
    std::optional<stress::Pledge> pledge;
    std::string pledged;  // name of the asset; empty: none
    struct Also {
        std::string market;
        double price = 0;  // at which it begins
    };
    std::vector<Also> also;  // further markets, in the order of the points' `beside`
    std::vector<std::string> assumptions;
};

/// `incident`: the scene that is played instead of bars and drawn days, or none. Errors  name the flag or file.
Result<StressPaths> read_stress_paths(const StressOptions& options, const stress::IncidentScene* incident, const Console& console);

}  // namespace plimsoll::cli
