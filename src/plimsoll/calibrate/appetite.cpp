#include "plimsoll/calibrate/appetite.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::calibrate {

namespace {

constexpr std::array<Appetite, 3> all = {{
    {"conservative", 0.999, 14'400, 900, 0.25, 0.25, 0.01, 0.20, 0.25, 0.05, 1.0, 1.0, 25'000},
    {"balanced", 0.995, 3600, 300, 0.25, 0.10, 0.10, 0.30, 0.50, 0.10, 1.0, 1.0, 100'000},
    {"aggressive", 0.99, 3600, 300, 0.10, 0.00, 0.25, 0.60, 1.00, 0.20, 0.7, 0.5, 250'000},
}};

}  // namespace

std::span<const Appetite> appetites() { return all; }

std::optional<Appetite> find_appetite(std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Appetite& a) { return a.name == name; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace plimsoll::calibrate
