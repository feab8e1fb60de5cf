// The two estimators that need an optimiser.
#include "plimsoll/calibrate/estimate.hpp"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>

namespace plimsoll::calibrate {

namespace {

constexpr double too_bad = 1e300;

struct FreeOptimiser {
    void operator()(nlopt_opt optimiser) const { nlopt_destroy(optimiser); }
};

/// Lowers a function by Nelder and Mead from a beginning, which becomes where it ended; derivatives are not asked for. The same beginning always gives
/// the same end.
bool lower(std::vector<double>& at, const std::function<double(const double*)>& function) {
    const std::unique_ptr<nlopt_opt_s, FreeOptimiser> optimiser(nlopt_create(NLOPT_LN_NELDERMEAD, static_cast<unsigned>(at.size())));
    const nlopt_func call = [](unsigned, const double* x, double*, void* data) {
        const double value = (*static_cast<const std::function<double(const double*)>*>(data))(x);
        return std::isfinite(value) ? value : too_bad;
    };
    nlopt_set_min_objective(optimiser.get(), call, const_cast<std::function<double(const double*)>*>(&function));
    nlopt_set_xtol_rel(optimiser.get(), 1e-9);
    nlopt_set_ftol_rel(optimiser.get(), 1e-12);
    nlopt_set_maxeval(optimiser.get(), 20'000);
    double least = 0;
    return nlopt_optimize(optimiser.get(), at.data(), &least) > 0 && least < too_bad;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// Minus the log likelihood of excesses; parameters shape and the logarithm of the scale.
double tail_misfit(const std::vector<double>& excesses, const double* x) {
    const double shape = x[0];
    const double scale = std::exp(x[1]);
    double sum = static_cast<double>(excesses.size()) * x[1];
    for (const double y : excesses) {
        if (std::abs(shape) < 1e-9) {
            sum += y / scale;
            continue;
        }
        const double inside = 1 + shape * y / scale;
        if (inside <= 0) return too_bad;
        sum += (1 + 1 / shape) * std::log(inside);
    }
    return sum;
}

}  // namespace

double Tail::quantile(double coverage) const {
    const double share = static_cast<double>(values) / static_cast<double>(excesses) * (1 - coverage);
    if (std::abs(shape) < 1e-9) return threshold - scale * std::log(share);
    return threshold + scale / shape * (std::pow(share, -shape) - 1);
}

double Tail::shortfall(double coverage) const { return (quantile(coverage) + scale - shape * threshold) / (1 - shape); }

Result<Tail> fit_tail(const std::vector<double>& losses, double threshold_at) {
    constexpr std::size_t least = 30;
    Tail tail;
    tail.values = losses.size();
    if (losses.empty()) return fail(Error{"tail", "no losses", "give more returns"});
    tail.threshold = quantile(losses, threshold_at);
    std::vector<double> excesses;
    for (const double loss : losses)
        if (loss > tail.threshold) excesses.push_back(loss - tail.threshold);
    tail.excesses = excesses.size();
    if (excesses.size() < least)
        return fail(Error{"tail", std::to_string(excesses.size()) + " losses beyond the threshold", "give returns enough for 30"});
    const double mean = std::accumulate(excesses.begin(), excesses.end(), 0.0) / static_cast<double>(excesses.size());
    std::vector<double> at = {0.1, std::log(mean * 0.9)};
    if (!lower(at, [&](const double* x) { return tail_misfit(excesses, x); }))
        return fail(Error{"tail", "no likeliest fit was found", "use another estimator"});
    tail.shape = at[0];
    tail.scale = std::exp(at[1]);
    tail.shape_error = (1 + tail.shape) / std::sqrt(static_cast<double>(excesses.size()));
    if (tail.shape >= 1) return fail(Error{"tail", "a tail so fat has no mean", "use another estimator"});
    return tail;
}

double Garch::variance_over(std::size_t steps) const {
    const double persistence = alpha + beta;
    const double settled = omega / (1 - persistence);
    double sum = 0;
    double away = variance_next - settled;
    for (std::size_t i = 0; i < steps; ++i, away *= persistence) sum += settled + away;
    return sum;
}

Result<Garch> fit_garch(std::span<const double> returns) {
    if (returns.size() < 100) return fail(Error{"garch", std::to_string(returns.size()) + " returns", "give 100 at least"});
    double variance = 0;
    for (const double r : returns) variance += r * r;
    variance /= static_cast<double>(returns.size());
    if (variance <= 0) return fail(Error{"garch", "the price never moves", "give prices that trade"});
    // Parameters without bounds: persistence below 1, its share of alpha, and the settled variance over the sample's.
    const auto garch_at = [&](const double* x) {
        const double persistence = 0.9999 * logistic(x[0]);
        Garch garch;
        garch.alpha = persistence * logistic(x[1]);
        garch.beta = persistence - garch.alpha;
        garch.omega = variance * std::exp(x[2]) * (1 - persistence);
        return garch;
    };
    const auto run = [&](Garch& garch) {
        double next = variance;
        double misfit = 0;
        for (const double r : returns) {
            misfit += std::log(next) + r * r / next;
            next = garch.omega + garch.alpha * r * r + garch.beta * next;
        }
        garch.variance_next = next;
        return misfit / 2;
    };
    std::vector<double> at = {3, -2, 0};
    const bool found = lower(at, [&](const double* x) {
        if (std::abs(x[2]) > 5) return too_bad;
        Garch garch = garch_at(x);
        return run(garch);
    });
    if (!found) return fail(Error{"garch", "no likeliest fit was found", "use another estimator"});
    Garch garch = garch_at(at.data());
    run(garch);
    return garch;
}

}  // namespace plimsoll::calibrate
