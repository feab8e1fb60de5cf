// How far a price may move: estimators of the loss that is not exceeded with a given probability, for each side. Definitions as in
// reference estimates that are published with the data they were tested on.
#pragma once

#include "plimsoll/base/result.hpp"

#include <span>
#include <vector>

namespace plimsoll::calibrate {

/// Of a long (the price falls) and of a short (it rises). Units  share of the price.
struct Sides {
    double down = 0;
    double up = 0;
    double worst() const { return down > up ? down : up; }
};

/// Linear interpolation between order statistics (type 7). Errors  asserted: values are there, 0 <= p <= 1.
double quantile(std::vector<double> values, double p);
/// Of the standard normal distribution; 0 < p < 1.
double normal_quantile(double p);

/// Historical simulation: quantiles of -r and of r.
Sides historical(std::span<const double> returns, double coverage);

/// Volatility of the next step, weights lambda^age over the given returns and nothing before them.
double ewma_sigma(std::span<const double> returns, double lambda);
/// The same with normal tails, for comparison: they are too thin.
Sides ewma_normal(std::span<const double> returns, double coverage, double lambda);
/// Filtered historical simulation: quantiles of r_t / sigma_t, times the volatility of the next step.
Sides filtered(std::span<const double> returns, double coverage, double lambda);
/// The mean of losses at or beyond their quantile.
Sides expected_shortfall(std::span<const double> returns, double coverage);

/// A generalised Pareto distribution over a threshold.
struct Tail {
    double threshold = 0;
    double shape = 0;        // xi
    double scale = 0;        // beta
    double shape_error = 0;  // standard error of xi
    std::size_t excesses = 0;
    std::size_t values = 0;

    double quantile(double coverage) const;
    double shortfall(double coverage) const;
};
/// Peaks over the 95 % quantile of losses, maximum likelihood.
///
/// Errors  fewer than 30 excesses; a shape of 1 or more, of which no mean exists.
Result<Tail> fit_tail(const std::vector<double>& losses, double threshold_at = 0.95);
/// Both sides by their tails. Errors  as fit_tail(), of either side.
Result<Sides> by_tail(std::span<const double> returns, double coverage);

/// sigma^2 of the next step = omega + alpha r^2 + beta sigma^2.
struct Garch {
    double omega = 0;
    double alpha = 0;
    double beta = 0;
    double variance_next = 0;

    /// Of the sum of the next `steps` returns.
    double variance_over(std::size_t steps) const;
};
/// By maximum likelihood under normal residuals, begun from the sample variance. Errors  fewer than 100 returns; nothing moves; no optimum.
Result<Garch> fit_garch(std::span<const double> returns);

/// Filtered historical simulation by a fitted GARCH: quantiles of r_t / sigma_t, times the volatility of the next step. Errors  as fit_garch().
Result<Sides> filtered_by_garch(std::span<const double> returns, double coverage);

/// H in q(h) = q(1) h^H between one step and `steps` steps: from the quantiles of both, held in [0.4, 0.7].
double scaling_exponent(std::span<const double> returns, std::size_t steps, double coverage);

}  // namespace plimsoll::calibrate
