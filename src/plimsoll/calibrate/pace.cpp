#include "plimsoll/calibrate/pace.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <vector>

namespace plimsoll::calibrate {

double drawn_down(double computed, double usual, double full) { return std::max(computed, std::min(usual, full)); }
double bumped(double wanted, double most, double floor) { return std::max(floor, std::min(wanted, most)); }

DrawnBuffer::DrawnBuffer(double buffer, std::size_t days) : buffer_(buffer), days_(days) { PLIM_ASSERT(buffer >= 0 && days > 0); }

double DrawnBuffer::next(double computed) {
    // The median: a week of storm does not make storm usual.
    double usual = computed;
    if (!seen_.empty()) {
        std::vector<double> sorted(seen_.begin(), seen_.end());
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
        usual = sorted[sorted.size() / 2];
    }
    seen_.push_back(computed);
    if (seen_.size() > days_) seen_.pop_front();
    const double full = (1 + buffer_) * computed;
    const double asked = drawn_down(computed, (1 + buffer_) * usual, full);
    used_ = full > computed ? (full - asked) / (full - computed) : 0;
    return asked;
}

SpeedBump::SpeedBump(double growth) : growth_(growth) { PLIM_ASSERT(growth > 0); }

double SpeedBump::next(double computed, double floor) {
    const double asked = bumped(computed, before_ ? *before_ * (1 + growth_) : computed, floor);
    before_ = asked;
    return asked;
}

}  // namespace plimsoll::calibrate
