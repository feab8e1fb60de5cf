#include "plimsoll/calibrate/estimate.hpp"

#include "plimsoll/base/assert.hpp"

#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plimsoll::calibrate {

namespace {

std::vector<double> losses(std::span<const double> returns, int side) {
    std::vector<double> values(returns.begin(), returns.end());
    if (side == 0)
        for (double& value : values) value = -value;
    return values;
}

template <class Ask>
Sides each_side(std::span<const double> returns, Ask&& ask) {
    return {ask(losses(returns, 0)), ask(losses(returns, 1))};
}

double mean_square(std::span<const double> values, double about) {
    double sum = 0;
    for (const double value : values) sum += (value - about) * (value - about);
    return sum / static_cast<double>(values.size());
}
double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double quantile(std::vector<double> values, double p) {
    PLIM_ASSERT(!values.empty() && p >= 0 && p <= 1);
    const double place = p * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), at, values.end());
    const double low = *at;
    if (below + 1 == values.size()) return low;
    const double high = *std::min_element(at + 1, values.end());
    return low + (place - static_cast<double>(below)) * (high - low);
}

double normal_quantile(double p) { return -std::sqrt(2.0) * boost::math::erfc_inv(2 * p); }

Sides historical(std::span<const double> returns, double coverage) {
    return each_side(returns, [&](std::vector<double> values) { return quantile(std::move(values), coverage); });
}

double ewma_sigma(std::span<const double> returns, double lambda) {
    double weight = 1;
    double sum = 0;
    double weights = 0;
    for (std::size_t age = 0; age < returns.size(); ++age, weight *= lambda) {
        const double r = returns[returns.size() - 1 - age];
        sum += weight * r * r;
        weights += weight;
    }
    return weights > 0 ? std::sqrt(sum / weights) : 0;
}

Sides ewma_normal(std::span<const double> returns, double coverage, double lambda) {
    const double margin = normal_quantile(coverage) * ewma_sigma(returns, lambda);
    return {margin, margin};
}

namespace {

/// Each return by the volatility that was known before it, which `next` makes out of the variance and the return.
template <class Next>
std::vector<double> standardised(std::span<const double> returns, double variance, Next next) {
    std::vector<double> residuals;
    residuals.reserve(returns.size());
    for (const double r : returns) {
        residuals.push_back(variance > 0 ? r / std::sqrt(variance) : 0);
        variance = next(variance, r);
    }
    return residuals;
}

Sides times(const Sides& sides, double sigma) { return {sigma * sides.down, sigma * sides.up}; }

}  // namespace

Sides filtered(std::span<const double> returns, double coverage, double lambda) {
    const auto residuals = standardised(returns, mean_square(returns, mean(returns)),
                                        [&](double variance, double r) { return lambda * variance + (1 - lambda) * r * r; });
    return times(historical(residuals, coverage), ewma_sigma(returns, lambda));
}

Result<Sides> filtered_by_garch(std::span<const double> returns, double coverage) {
    const auto garch = fit_garch(returns);
    if (!garch) return fail(garch.error());
    const auto residuals = standardised(returns, mean_square(returns, 0), [&](double variance, double r) {
        return garch->omega + garch->alpha * r * r + garch->beta * variance;
    });
    return times(historical(residuals, coverage), std::sqrt(garch->variance_next));
}

Sides expected_shortfall(std::span<const double> returns, double coverage) {
    return each_side(returns, [&](const std::vector<double>& values) {
        const double from = quantile(values, coverage);
        double sum = 0;
        std::size_t count = 0;
        for (const double value : values)
            if (value >= from) sum += value, ++count;
        return sum / static_cast<double>(count);
    });
}

Result<Sides> by_tail(std::span<const double> returns, double coverage) {
    Sides sides;
    for (int side = 0; side < 2; ++side) {
        const auto tail = fit_tail(losses(returns, side));
        if (!tail) return fail(tail.error());
        (side == 0 ? sides.down : sides.up) = tail->quantile(coverage);
    }
    return sides;
}

double scaling_exponent(std::span<const double> returns, std::size_t steps, double coverage) {
    constexpr double usual = 0.5;
    std::vector<double> longer;
    for (std::size_t end = returns.size(); end >= steps; end -= steps) {
        double product = 1;
        for (std::size_t i = end - steps; i < end; ++i) product *= 1 + returns[i];
        longer.push_back(product - 1);
    }
    // A quantile of too few longer returns says nothing.
    if (steps < 2 || static_cast<double>(longer.size()) * (1 - coverage) < 2) return usual;
    const double one = historical(returns, coverage).worst();
    const double many = historical(longer, coverage).worst();
    if (one <= 0 || many <= 0) return usual;
    return std::clamp(std::log(many / one) / std::log(static_cast<double>(steps)), 0.4, 0.7);
}

}  // namespace plimsoll::calibrate
