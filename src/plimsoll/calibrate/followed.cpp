#include "plimsoll/calibrate/followed.hpp"

namespace plimsoll::calibrate {

namespace {

constexpr std::size_t percent_band = 4;
static_assert(followed_distances[percent_band] == 0.01);

}  // namespace

void FollowedDepth::look(const series::BookLook& look) {
    bids_.look(look.book.bids);
    asks_.look(look.book.asks);
    series::Book stood{bids_.counted(), asks_.counted()};
    if (stood.bids.empty() || stood.asks.empty()) return;
    // Distances are those of the mid that was shown: where the touch did not stand, the mid must not move with it.
    const double mid = series::mid_of(look.book);
    const series::DepthLook counted = series::bands_of({look.t, stood}, mid, followed_distances);
    const series::DepthLook all = series::bands_of(look, mid, followed_distances);
    const double shown = all.bids[percent_band].notional + all.asks[percent_band].notional;
    if (shown > 0) for_show_ += 1 - (counted.bids[percent_band].notional + counted.asks[percent_band].notional) / shown;
    ++looks_;
    history_.add(counted);
    book_ = std::move(stood);
}

}  // namespace plimsoll::calibrate
