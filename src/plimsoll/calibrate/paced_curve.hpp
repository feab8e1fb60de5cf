// The margin curve beside a schedule that is live: a buffer that is drawn down before what is asked rises, and a limit to how fast it
// rises.
#pragma once

#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/calibrate/curve.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace plimsoll::calibrate {

/// What is live, m_{t-1}, and how a proposal may leave it.
struct PaceAsked {
    std::string name;  // of the live schedule
    std::shared_ptr<const AskedSchedule> live;
    bool draw_down = false;  // the buffer is used up before the margin rises
    double drawn = 0;  // share of the live schedule's buffer that was used when it was made: 0 full, 1 empty
    double growth = 0;  // most that a margin grows in a day, share; 0: any
    double days = 1;  // since the live schedule is in force
};

/// m'(Q) and mu*(Q).
///
/// Draw-down   m' = max(m_0, min((1 + b) m_ref, m_b)): m_0 and m_b are the curve without and with the buffer b, (1 + b) m_ref what the live
/// schedule would ask with its buffer full.
/// Speed bump  m' = min(m', (1 + g)^days m_live), never below mu* / 0.8 nor the margin by the volatility floor. Maintenance is not touched:
/// it never lies below the quantile over its horizon.
/// Shape       the live schedule is looked at at eight sizes a decade, each with the most it asks up to the next, and straight lines
///             between: nowhere below what it asks, and without its cliffs, which no table of marginal tiers could follow.
/// Source      calibration.md section 4.
class PacedCurve {
public:
    /// `cap`: the largest size that is asked about.
    PacedCurve(const Measured& measured, const Appetite& appetite, const CurveInputs& inputs, const std::optional<PaceAsked>& pace,
               double cap);

    const MarginCurve& computed() const { return full_; }
    double initial(double notional) const;
    double maintenance(double notional) const { return full_.maintenance(notional); }
    /// Share of the buffer that is used at a size: 0 full, 1 empty.
    double drawn(double notional) const;
    /// By how much the speed bump holds the margin below what it would be; share of the notional.
    double held(double notional) const { return before_bump(notional) - initial(notional); }
    /// Days until the speed bump has let the margin catch up.
    double days_held(double notional) const;
    /// What the live schedule asks, as it is looked at.
    double live(double notional) const;

private:
    double before_bump(double notional) const;

    std::optional<PaceAsked> pace_;
    double buffer_;
    MarginCurve full_;
    MarginCurve bare_;  // without the buffer
    std::optional<MarginCurve> floor_;  // by the volatility floor alone, without the buffer
    std::vector<double> sizes_;  // at which the live schedule was looked at
    std::vector<double> rates_;
};

}  // namespace plimsoll::calibrate
