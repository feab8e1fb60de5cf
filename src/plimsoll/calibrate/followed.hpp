// Depth out of a book that is followed, counting only what stands: orders placed for show go before they are counted.
#pragma once

#include "plimsoll/calibrate/liquidity.hpp"
#include "plimsoll/series/feed.hpp"

#include <array>

namespace plimsoll::calibrate {

/// Distances at which a followed book is looked at, shares of the mid.
inline constexpr std::array<double, 8> followed_distances{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05};

class FollowedDepth {
public:
    /// A level counts once it has stood through `age` looks, and at most `share_most` of its side.
    explicit FollowedDepth(std::size_t age = 12, double share_most = 0.2) : bids_(age, share_most), asks_(age, share_most) {}

    void look(const series::BookLook& look);
    /// Bands of what stood, over time.
    const DepthHistory& history() const { return history_; }
    /// What stood at the last look; absent before anything has stood long enough on both sides.
    const std::optional<series::Book>& book() const { return book_; }
    /// The share of the notional within a per cent that was shown and did not stand, mean over looks.
    double for_show() const { return looks_ == 0 ? 0 : for_show_ / static_cast<double>(looks_); }

private:
    SteadyDepth bids_;
    SteadyDepth asks_;
    DepthHistory history_;
    std::optional<series::Book> book_;
    double for_show_ = 0;
    std::size_t looks_ = 0;
};

}  // namespace plimsoll::calibrate
