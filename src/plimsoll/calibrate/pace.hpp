// Margins that do not rise most when money is scarcest: a buffer that is drawn down and filled again, and a limit to how fast a margin rises.
#pragma once

#include <deque>
#include <optional>

namespace plimsoll::calibrate {

/// max(computed, min(usual, full)): what is asked between the margin without its buffer and with it, when so much was usual with a full
/// buffer.
double drawn_down(double computed, double usual, double full);
/// max(floor, min(wanted, most)).
double bumped(double wanted, double most, double floor);

/// The buffer of EU 153/2013 art. 28: in calm times the computed margin with the buffer on top is asked; when the computed margin rises above what it was usual, the buffer is used
/// up first, and is filled again as the usual follows.
class DrawnBuffer {
public:
    /// `days` of computed margins make the usual one. Errors  asserted: buffer >= 0, days > 0.
    DrawnBuffer(double buffer, std::size_t days);
    /// The margin asked on a day on which so much is computed. Shape  at least `computed`, at most (1 + buffer) times it.
    double next(double computed);
    /// Share of the buffer that is used, of the last day: 0 full, 1 empty.
    double used() const { return used_; }

private:
    double buffer_;
    std::size_t days_;
    std::deque<double> seen_;
    double used_ = 0;
};

/// At most `growth` more than the day before, never below `floor` (which a maintenance margin has to keep: below a loss that is likely now, a limit
/// to speed is a promise to lose).
class SpeedBump {
public:
    /// Errors  asserted: growth > 0.
    explicit SpeedBump(double growth);
    double next(double computed, double floor = 0);

private:
    double growth_;
    std::optional<double> before_;
};

}  // namespace plimsoll::calibrate
