#include "plimsoll/calibrate/curve.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::calibrate {

namespace {

constexpr double lambda_of_hours = 0.98;
constexpr std::int64_t day_s = 86'400;

/// Those that the curve does not need and somebody asked for. Errors  what cannot be fitted.
Result<double> largest_asked_for(Measured& m, std::span<const double> returns, const Appetite& appetite, const Estimators& asked) {
    double most = 0;
    if (asked.shortfall) most = std::max(most, m.shortfall.worst());
    if (asked.garch) {
        const auto garch = filtered_by_garch(returns, appetite.coverage);
        if (!garch) return fail(garch.error());
        m.garch = *garch;
        most = std::max(most, garch->worst());
    }
    return most;
}

}  // namespace

std::size_t windows_needed(double coverage) { return static_cast<std::size_t>(std::ceil(2 / (1 - coverage))); }

void set_volatility(Measured& m, const Appetite& appetite, double volatility) {
    m.volatility = volatility;
    // Minute tails are fatter than the root of time says: a smaller exponent leaves more for a short time.
    const double shorter = static_cast<double>(appetite.maintenance_s) / static_cast<double>(appetite.horizon_s);
    m.maintenance_volatility = m.volatility * std::pow(shorter, std::min(0.5, m.exponent));
}

void raise_to_floor(Measured& m, const Appetite& appetite, double floor) {
    m.volatility_floor = floor;
    if (floor > m.volatility) set_volatility(m, appetite, floor);
}

Result<Measured> measure(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs) {
    if (prices.step() > appetite.horizon_s)
        return fail(Error{
            "prices",
            "bars of " + std::to_string(prices.step()) + " s do not show what happens within " + std::to_string(appetite.horizon_s) + " s",
            "give finer bars"});
    const Past past = prices.as_of(as_of);
    const std::size_t step = prices.bars_in(appetite.horizon_s);
    const std::vector<double> returns = past.returns(step, returns_most);
    const std::size_t least = windows_needed(appetite.coverage);
    if (returns.size() < least)
        return fail(Error{"prices", std::to_string(returns.size()) + " windows of the horizon lie before the time asked for",
                          "a coverage of " + std::to_string(appetite.coverage) + " needs " + std::to_string(least) + " at least"});
    Measured m;
    m.as_of = as_of;
    m.historical = historical(returns, appetite.coverage);
    m.filtered = filtered(returns, appetite.coverage, lambda_of_hours);
    m.normal = ewma_normal(returns, appetite.coverage, lambda_of_hours);
    m.shortfall = expected_shortfall(returns, 0.975);
    if (const auto tail = by_tail(returns, appetite.coverage)) m.tail = *tail;
    else m.tail_fault = to_string(tail.error());
    m.worst = prices.worst_window(past, step);
    m.exponent = scaling_exponent(returns, static_cast<std::size_t>(std::max<std::int64_t>(2, day_s / appetite.horizon_s)), 0.95);
    m.daily_sigma = ewma_sigma(past.returns(prices.bars_in(day_s), 730), 0.97);
    m.daily_turnover = past.daily_turnover(prices.step(), 180);

    // The larger of what was and what is: never less than the record because today is calm.
    const auto asked_for = largest_asked_for(m, returns, appetite, inputs.estimators);
    if (!asked_for) return fail(asked_for.error());
    const double quantiles = std::max({m.historical.worst(), m.filtered.worst(), m.tail ? m.tail->worst() : 0.0, *asked_for});
    const double stress = std::max(m.worst.down, m.worst.up);
    const double weight = appetite.stress_weight;
    set_volatility(m, appetite, (1 - weight) * quantiles + weight * std::max(stress, quantiles));
    raise_to_floor(m, appetite, inputs.volatility_floor);

    m.impact = appetite.impact;
    if (inputs.depth != nullptr && inputs.depth->looks() > 0)
        m.depth = inputs.depth->at(appetite.depth_quantile).scaled(appetite.depth_left);
    if (inputs.book != nullptr) {
        const series::Book& book = *inputs.book;
        m.spread = 2 * (book.asks.front().price - book.bids.front().price) / (book.asks.front().price + book.bids.front().price);
        if (const auto fitted = fitted_impact(book, m.daily_sigma, m.daily_turnover)) m.impact = std::max(m.impact, *fitted);
    }
    return m;
}

double MarginCurve::liquidation_seconds(double notional) const {
    if (measured_.daily_turnover <= 0) return 0;
    return notional / (appetite_.volume_share * measured_.daily_turnover) * static_cast<double>(day_s);
}

/// What a quantile over `seconds` becomes when selling takes its time: on average a third of it is still exposed.
double MarginCurve::grown(double notional, double seconds) const {
    return std::pow(1 + liquidation_seconds(notional) / (3 * seconds), measured_.exponent);
}

double MarginCurve::liquidity(double notional) const {
    double cost = 0;
    if (measured_.daily_turnover > 0) cost = measured_.impact * measured_.daily_sigma * std::sqrt(notional / measured_.daily_turnover);
    if (const auto book = measured_.depth.cost(notional)) cost = std::max(cost, *book);
    return cost;
}

MarginCurve::Parts MarginCurve::initial_parts(double notional) const {
    Parts parts;
    parts.volatility = (1 + appetite_.buffer) * measured_.volatility * grown(notional, static_cast<double>(appetite_.horizon_s));
    parts.liquidity = liquidity(notional);
    parts.spread_and_fee = measured_.spread / 2 + fee_;
    const double lost = notional > 0 ? appetite_.fund_loss / notional : 1;
    parts.gap = std::max(0.0, appetite_.gap_weight * std::max(measured_.worst.down, measured_.worst.up) - lost);
    parts.executable = measured_.depth.empty() || notional <= measured_.depth.most();
    return parts;
}

/// An account at its maintenance line has to be able to pay for its liquidation, with a quarter of the fee to spare however calm the market is.
double MarginCurve::raw_maintenance(double notional) const {
    const double needed = measured_.maintenance_volatility * grown(notional, static_cast<double>(appetite_.maintenance_s)) +
                          liquidity(notional) + liquidation_fee_;
    return std::max(needed, 1.25 * liquidation_fee_);
}

double MarginCurve::initial(double notional) const {
    constexpr double between = 0.8;  // maintenance over initial, at most
    return std::min(1.0, std::max(initial_parts(notional).total(), raw_maintenance(notional) / between));
}

double MarginCurve::maintenance(double notional) const { return std::min(raw_maintenance(notional), 0.8 * initial(notional)); }

double MarginCurve::cap() const {
    const double most =
        measured_.depth.empty() ? measured_.daily_turnover / 10 * appetite_.depth_share : measured_.depth.most() * appetite_.depth_share;
    // A further unit that would have to be paid in full and more is none to allow.
    const auto next_unit = [this](double notional) { return (initial(notional * 1.01) * 1.01 - initial(notional)) / 0.01; };
    if (next_unit(most) < 1) return most;
    double low = 0;
    double high = most;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (next_unit(middle) < 1 ? low : high) = middle;
    }
    return low;
}

}  // namespace plimsoll::calibrate
