// What a stressed venue is told about the world: marks, index and measured depth, by feeds that may freeze or lie.
#pragma once

#include "plimsoll/stress/crash.hpp"
#include "plimsoll/stress/venue_desk.hpp"

namespace plimsoll::stress {

class Teller {
public:
    explicit Teller(const Crash& crash) : crash_(crash), marks_(crash.markets()), depths_(crash.markets(), -1) {}

    /// Tells what there is to tell at a point; only time passes while the feed is frozen.
    void tell(Desk& desk, std::span<const Sources> sources, const PathPoint& point);
    /// What was told last. Units  quote currency.
    double mark(MarketId market = MarketId{0}) const { return marks_[market.index]; }

private:
    void tell_index(Desk& desk, MarketId market, double price);
    void tell_figures(Desk& desk, MarketId market, const Sources& sources);
    command::MarketMark look(Desk& desk, MarketId market, const Sources& sources, const PathPoint& point);

    const Crash& crash_;
    std::vector<double> marks_;  // by market
    std::vector<double> depths_;  // told last
};

}  // namespace plimsoll::stress
