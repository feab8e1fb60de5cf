#include "plimsoll/calibrate/floor.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::calibrate {

namespace {

constexpr double year_s = 365.25 * 86'400;

}  // namespace

Result<VolatilityFloor> volatility_floor(const Prices& record, std::int64_t as_of, const Appetite& appetite, double exponent) {
    const Past known = record.as_of(as_of);
    const auto since = as_of - static_cast<std::int64_t>(floor_years * year_s);
    const auto first = std::partition_point(known.bars().begin(), known.bars().end(), [&](const Bar& bar) { return bar.ts < since; });
    const Past past(known.bars().subspan(static_cast<std::size_t>(first - known.bars().begin())));
    const std::size_t step = record.bars_in(appetite.horizon_s);
    const std::vector<double> returns = past.returns(step, past.bars().size());
    const std::size_t least = windows_needed(appetite.coverage);
    if (returns.size() < least)
        return fail(Error{"the record of the floor",
                          std::to_string(returns.size()) + " windows of its bars lie in the ten years before the time asked for",
                          "a coverage of " + std::to_string(appetite.coverage) + " needs " + std::to_string(least) + " at least"});
    VolatilityFloor floor;
    floor.quantile = historical(returns, appetite.coverage).worst();
    floor.from = past.bars().front().ts;
    floor.years = static_cast<double>(past.last().ts + record.step() - floor.from) / year_s;
    floor.windows = returns.size();
    floor.window_s = static_cast<std::int64_t>(step) * record.step();
    if (floor.window_s <= appetite.horizon_s) return floor;
    floor.exponent = std::min(0.5, exponent);
    floor.quantile *= std::pow(static_cast<double>(appetite.horizon_s) / static_cast<double>(floor.window_s), floor.exponent);
    return floor;
}

}  // namespace plimsoll::calibrate
