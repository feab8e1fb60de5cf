#include "plimsoll/stress/teller.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

constexpr MarketId market{0};
constexpr double hair = 0.01;  // depth that changed by less is not told again

}  // namespace

void Teller::tell_index(Desk& desk, double price) {
    const GuardParams& guard = crash_.scene().set.markets.front().guard;
    if (!guard.mark_band && !guard.index_required) return;
    command::IndexPrices index{market, {}};
    for (std::uint32_t source = 0; source < std::max(1u, guard.sources_min); ++source)
        index.sources.push_back({source, crash_.units().price_of(price), desk.now_ms()});
    desk.must(std::move(index));
}

void Teller::tell_figures(Desk& desk, const Sources& sources) {
    const double x = std::log(1.01);
    const double depth = std::min(sources.within(BookSide::bids, x, 0), sources.within(BookSide::asks, x, 0));
    if (depth_ >= 0 && std::abs(depth - depth_) <= hair * depth_) return;
    depth_ = depth;
    const auto amount = [&](double quote) {
        return Amount::from_raw(
            static_cast<std::int64_t>(std::min(quote / crash_.units().quote_of(1), static_cast<double>(amount_max.raw() / 2))));
    };
    desk.must(command::MarketRisk{market, amount(depth), amount(crash_.scene().daily_volume), {}, {}});
}

void Teller::tell(Desk& desk, const Sources& sources, const PathPoint& point) {
    const Feed& feed = crash_.scene().feed;
    if (feed.frozen && feed.frozen->holds(point.ms)) {
        desk.must(command::Tick{});
        return;
    }
    const bool lies = feed.lies && feed.lies->holds(point.ms);
    const double own = point.price * std::exp(sources.own_offset());
    mark_ = ((1 - feed.own_weight) * point.price + feed.own_weight * own) * (lies ? feed.lie : 1);
    tell_index(desk, point.price * (lies && feed.index_lies ? feed.lie : 1));
    tell_figures(desk, sources);
    const Price price = crash_.units().price_of(mark_);
    command::MarkPrices marks{{{market, price}}, {}};
    if (const auto& pledge = crash_.scene().pledge)
        marks.assets.push_back({pledged_asset, crash_.units().pledged_price_of(pledge->price * point.pledged)});
    desk.must(std::move(marks));
    mark_ = crash_.units().worth_of(price);
}

}  // namespace plimsoll::stress
