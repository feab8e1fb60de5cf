// What a stressed venue is told about the world: marks, index and measured depth, by feeds that may freeze or lie.
#pragma once

#include "plimsoll/stress/crash.hpp"
#include "plimsoll/stress/venue_desk.hpp"

namespace plimsoll::stress {

class Teller {
public:
    explicit Teller(const Crash& crash) : crash_(crash) {}

    /// Tells what there is to tell at a point; only time passes while the feed is frozen.
    void tell(Desk& desk, const Sources& sources, const PathPoint& point);
    /// What was told last. Units  quote currency.
    double mark() const { return mark_; }

private:
    void tell_index(Desk& desk, double price);
    void tell_figures(Desk& desk, const Sources& sources);

    const Crash& crash_;
    double mark_ = 0;
    double depth_ = -1;  // told last
};

}  // namespace plimsoll::stress
