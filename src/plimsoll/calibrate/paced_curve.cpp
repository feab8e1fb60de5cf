#include "plimsoll/calibrate/paced_curve.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/calibrate/pace.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::calibrate {

namespace {

constexpr double between = 0.8;  // maintenance over initial, at most

Appetite without_buffer(Appetite appetite) {
    appetite.buffer = 0;
    return appetite;
}

std::optional<MarginCurve> by_floor(Measured measured, const Appetite& appetite, const CurveInputs& inputs) {
    if (measured.volatility_floor <= 0) return std::nullopt;
    set_volatility(measured, appetite, measured.volatility_floor);
    return MarginCurve(measured, without_buffer(appetite), inputs);
}

}  // namespace

PacedCurve::PacedCurve(const Measured& measured, const Appetite& appetite, const CurveInputs& inputs, const std::optional<PaceAsked>& pace,
                       double cap)
    : pace_(pace),
      buffer_(appetite.buffer),
      full_(measured, appetite, inputs),
      bare_(measured, without_buffer(appetite), inputs),
      floor_(by_floor(measured, appetite, inputs)) {
    if (!pace_) return;
    PLIM_ASSERT(pace_->live != nullptr && pace_->drawn >= 0 && pace_->drawn <= 1 && pace_->growth >= 0 && pace_->days > 0);
    constexpr double least = 100, a_decade = 8;
    double most = 0;
    for (int i = 0;; ++i) {
        sizes_.push_back(least * std::pow(10.0, i / a_decade));
        rates_.push_back(most = std::max(most, pace_->live->rate(least * std::pow(10.0, (i + 1) / a_decade), Level::initial)));
        if (sizes_.back() >= cap) break;
    }
}

double PacedCurve::live(double notional) const {
    PLIM_ASSERT(!sizes_.empty());
    const auto after = static_cast<std::size_t>(std::upper_bound(sizes_.begin(), sizes_.end(), notional) - sizes_.begin());
    if (after == 0) return rates_.front();
    if (after == sizes_.size()) return rates_.back();
    const double part = (notional - sizes_[after - 1]) / (sizes_[after] - sizes_[after - 1]);
    return rates_[after - 1] + part * (rates_[after] - rates_[after - 1]);
}

double PacedCurve::before_bump(double notional) const {
    const double full = full_.initial(notional);
    if (!pace_ || !pace_->draw_down) return full;
    const double live_full = live(notional) * (1 + buffer_) / (1 + buffer_ * (1 - pace_->drawn));
    return drawn_down(bare_.initial(notional), live_full, full);
}

double PacedCurve::initial(double notional) const {
    const double margin = before_bump(notional);
    if (!pace_ || pace_->growth <= 0) return margin;
    const double floor = std::max(full_.maintenance(notional) / between, floor_ ? floor_->initial(notional) : 0.0);
    return std::min(margin, bumped(margin, live(notional) * std::pow(1 + pace_->growth, pace_->days), floor));
}

double PacedCurve::drawn(double notional) const {
    const double full = full_.initial(notional), bare = bare_.initial(notional);
    return full > bare ? (full - before_bump(notional)) / (full - bare) : 0;
}

double PacedCurve::days_held(double notional) const {
    const double now = initial(notional), wanted = before_bump(notional);
    return wanted > now ? std::log(wanted / now) / std::log1p(pace_->growth) : 0;
}

}  // namespace plimsoll::calibrate
