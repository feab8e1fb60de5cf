#include "plimsoll/stress/teller.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

constexpr double hair = 0.01;  // depth that changed by less is not told again

}  // namespace

void Teller::tell_index(Desk& desk, MarketId market, double price) {
    const GuardParams& guard = crash_.scene().set.market(market).guard;
    if (!guard.mark_band && !guard.index_required) return;
    command::IndexPrices index{market, {}};
    for (std::uint32_t source = 0; source < std::max(1u, guard.sources_min); ++source)
        index.sources.push_back({source, crash_.units(market).price_of(price), desk.now_ms()});
    desk.must(std::move(index));
}

void Teller::tell_figures(Desk& desk, MarketId market, const Sources& sources) {
    const double x = std::log(1.01);
    const double depth = std::min(sources.within(BookSide::bids, x, 0), sources.within(BookSide::asks, x, 0));
    double& told = depths_[market.index];
    if (told >= 0 && std::abs(depth - told) <= hair * told) return;
    told = depth;
    const auto amount = [&](double quote) {
        return Amount::from_raw(
            static_cast<std::int64_t>(std::min(quote / crash_.units().quote_of(1), static_cast<double>(amount_max.raw() / 2))));
    };
    desk.must(command::MarketRisk{market, amount(depth), amount(crash_.daily_volume(market)), {}, {}});
}

/// Index and figures of a market, and the mark that is then told. A feed lies about the first market alone.
command::MarketMark Teller::look(Desk& desk, MarketId market, const Sources& sources, const PathPoint& point) {
    const Feed& feed = crash_.scene().feed;
    const bool lies = market.index == 0 && feed.lies && feed.lies->holds(point.ms);
    const double reference = crash_.price_at(point, market);
    const double own = reference * std::exp(sources.own_offset());
    const double mark = ((1 - feed.own_weight) * reference + feed.own_weight * own) * (lies ? feed.lie : 1);
    tell_index(desk, market, reference * (lies && feed.index_lies ? feed.lie : 1));
    tell_figures(desk, market, sources);
    const Price price = crash_.units(market).price_of(mark);
    marks_[market.index] = crash_.units(market).worth_of(price);
    return {market, price};
}

void Teller::tell(Desk& desk, std::span<const Sources> sources, const PathPoint& point) {
    const Feed& feed = crash_.scene().feed;
    if (feed.frozen && feed.frozen->holds(point.ms)) {
        desk.must(command::Tick{});
        return;
    }
    command::MarkPrices marks;
    for (std::uint32_t i = 0; i < crash_.markets(); ++i) marks.markets.push_back(look(desk, MarketId{i}, sources[i], point));
    if (const auto& pledge = crash_.scene().pledge)
        marks.assets.push_back({pledged_asset, crash_.units().pledged_price_of(pledge->price * point.pledged)});
    desk.must(std::move(marks));
}

}  // namespace plimsoll::stress
