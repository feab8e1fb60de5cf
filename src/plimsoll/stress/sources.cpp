#include "plimsoll/stress/sources.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

constexpr double hair = 1e-12;  // of a distance

}  // namespace

Sources::Sources(std::vector<Source> sources) {
    PLIM_ASSERT(!sources.empty());
    for (Source& source : sources) sources_.push_back({std::move(source), 0, 0, 0, 0});
}

void Sources::pass(std::int64_t ms) {
    for (Held& held : sources_) {
        if (held.source.half_life_ms <= 0) continue;
        const double stays = std::exp2(-static_cast<double>(ms) / static_cast<double>(held.source.half_life_ms));
        held.bids_taken *= stays;
        held.asks_taken *= stays;
    }
}

void Sources::leave(double share) {
    PLIM_ASSERT(share >= 0 && share <= 1);
    left_ = share;
}

double Sources::free_within(const Held& held, BookSide side, double x) const {
    // A level lies at one distance: rounding must not lose sight of it.
    return std::max(0.0, left_ * profile(held, side).within(x - held.source.fee + hair) - taken(held, side));
}

double Sources::within(BookSide side, double x, std::int64_t waited_ms) const {
    double sum = 0;
    for (const Held& held : sources_)
        if (held.source.delay_ms <= waited_ms) sum += free_within(held, side, x);
    return sum;
}

/// The least distance within which so much is free; x_most when it is not.
double Sources::distance_for(BookSide side, double amount, std::int64_t waited_ms, double x_most) const {
    if (sources_.size() == 1 && left_ > 0) {
        const Held& only = sources_.front();
        return std::min(x_most, only.source.fee + profile(only, side).reach((taken(only, side) + amount) / left_));
    }
    double low = 0;
    double high = x_most;
    if (within(side, high, waited_ms) <= amount) return high;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (within(side, middle, waited_ms) < amount ? low : high) = middle;
    }
    return high;
}

Taken Sources::take(BookSide side, double amount, std::int64_t waited_ms, double x_most) {
    for (Held& held : sources_) {
        held.bids_before = held.bids_taken;
        held.asks_before = held.asks_taken;
    }
    Taken all;
    if (amount <= 0 || left_ <= 0 || x_most <= 0) return all;
    all.x = distance_for(side, amount, waited_ms, x_most);
    // First what is nearer than the last distance, everywhere; what rests at it, a level, may be more than is still wanted.
    for (const double x : {all.x * (1 - 1e-9) - 2 * hair, all.x})
        for (Held& held : sources_)
            if (held.source.delay_ms <= waited_ms) take_from(held, side, x, amount, all);
    return all;
}

void Sources::take_from(Held& held, BookSide side, double x, double amount, Taken& all) {
    const double part = std::min(free_within(held, side, x), amount - all.amount);
    if (part <= 0) return;
    double& before = taken(held, side);
    const Profile& from = profile(held, side);
    const double worth = left_ * (from.worth((before + part) / left_) - from.worth(before / left_));
    all.worth += worth * (side == BookSide::bids ? std::exp(-held.source.fee) : std::exp(held.source.fee));
    all.amount += part;
    before += part;
}

void Sources::undo() {
    for (Held& held : sources_) {
        held.bids_taken = held.bids_before;
        held.asks_taken = held.asks_before;
    }
}

double Sources::own_offset() const {
    const Held& own = sources_.front();
    if (left_ <= 0) return 0;
    return own.source.asks.reach(own.asks_taken / left_) - own.source.bids.reach(own.bids_taken / left_);
}

}  // namespace plimsoll::stress
