#include "plimsoll/calibrate/followed.hpp"

#include <algorithm>

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
    const double mid = (look.book.bids.front().price + look.book.asks.front().price) / 2;
    const auto bands = [&](const std::vector<series::Level>& levels, bool is_bid) {
        std::vector<series::Band> all;
        for (const double distance : followed_distances) {
            double sum = 0;
            for (const series::Level& level : levels)
                if (is_bid ? level.price >= mid * (1 - distance) : level.price <= mid * (1 + distance)) sum += level.price * level.size;
            all.push_back({distance, sum});
        }
        return all;
    };
    const series::DepthLook counted{static_cast<std::int64_t>(look.t), bands(stood.bids, true), bands(stood.asks, false)};
    const double shown = bands(look.book.bids, true)[percent_band].notional + bands(look.book.asks, false)[percent_band].notional;
    if (shown > 0) for_show_ += 1 - (counted.bids[percent_band].notional + counted.asks[percent_band].notional) / shown;
    ++looks_;
    history_.add(counted);
    book_ = std::move(stood);
}

}  // namespace plimsoll::calibrate
