// The obvious way to guard a price: rationals, one step of a last place at a time where that is short enough, and the whole history kept.
#pragma once

#include "plimsoll/market/guard.hpp"
#include "support/cases.hpp"
#include "support/reference.hpp"

#include <vector>

namespace plimsoll::testing {

inline Rational share_of(const Integer& value, Rate rate) { return Rational(value * rate.raw(), rate_one); }

inline bool within(std::uint64_t a, std::uint64_t b, const std::optional<std::uint64_t>& limit) {
    return !limit || boost::multiprecision::abs(exact(a) - exact(b)) <= exact(*limit);
}

/// The one price that has no more than half of the others strictly on either side, the lower one when two do.
inline std::optional<IndexAnswer> slow_index(const GuardParams& params, const std::vector<SourcePrice>& sources, std::uint64_t now_ms) {
    std::vector<SourcePrice> fresh;
    for (const SourcePrice& s : sources)
        if (s.price > Price{} && within(s.time_ms, now_ms, params.source_stale_ms)) fresh.push_back(s);
    std::optional<Price> median;
    for (const SourcePrice& candidate : fresh) {
        std::size_t below = 0;
        std::size_t above = 0;
        for (const SourcePrice& s : fresh) {
            if (s.price < candidate.price) ++below;
            if (s.price > candidate.price) ++above;
        }
        if (2 * below <= fresh.size() && 2 * above <= fresh.size() && (!median || candidate.price < *median)) median = candidate.price;
    }
    if (!median) return std::nullopt;
    IndexAnswer answer{*median, now_ms, 0};
    for (const SourcePrice& s : fresh) {
        const Integer apart = boost::multiprecision::abs(exact(s.price.raw()) - exact(median->raw()));
        if (params.outlier_max && Rational(apart) > share_of(exact(median->raw()), *params.outlier_max)) continue;
        ++answer.used;
        if (s.time_ms < answer.oldest_ms) answer.oldest_ms = s.time_ms;
    }
    if (answer.used < params.sources_min) return std::nullopt;
    return answer;
}

struct SlowPaced {
    bool set = false;
    Integer value;
    Integer anchor;
    Integer anchor_ms;
};

/// Whether a value may stand at `at` in the interval of `anchor`.
inline bool allowed_at(const Integer& at, const Integer& anchor, Rate rate) {
    const Integer apart = boost::multiprecision::abs(at - anchor);
    return apart <= 1 || Rational(apart) <= share_of(boost::multiprecision::abs(anchor), rate);
}

/// Walks from the value toward `wanted` while the next place is allowed, or at least nearer to what is. A walk of more than `steps_most`
/// places is made in one: to the last allowed place, found by its formula.
inline Integer walked(const Integer& value, const Integer& anchor, Rate rate, const Integer& wanted) {
    constexpr int steps_most = 3000;
    const Integer direction = wanted > value ? 1 : -1;
    if (boost::multiprecision::abs(wanted - value) > steps_most) {
        const Rational width = std::max(Rational(1), share_of(boost::multiprecision::abs(anchor), rate));
        const Integer end = direction > 0 ? floor_of(Rational(anchor) + width) : ceil_of(Rational(anchor) - width);
        if ((end - value) * direction <= 0) return value;
        return (wanted - end) * direction <= 0 ? wanted : end;
    }
    Integer at = value;
    while (at != wanted) {
        const Integer next = at + direction;
        const bool nearer = boost::multiprecision::abs(next - anchor) < boost::multiprecision::abs(at - anchor);
        if (!allowed_at(next, anchor, rate) && !nearer) break;
        at = next;
    }
    return at;
}

inline SlowPaced slow_paced(SlowPaced now, const std::optional<Velocity>& velocity, const Integer& wanted, std::uint64_t now_ms) {
    if (!now.set || !velocity) {
        const Integer at = exact(now_ms);
        // Without a velocity a value that stays keeps the time at which it came: time alone changes nothing.
        const bool stays = now.set && now.value == wanted;
        return {true, wanted, wanted, stays || (now.set && now.anchor_ms > at) ? now.anchor_ms : at};
    }
    if (exact(now_ms) - now.anchor_ms >= exact(velocity->interval_ms)) {
        now.anchor = now.value;
        now.anchor_ms = exact(now_ms);
    }
    now.value = walked(now.value, now.anchor, velocity->rate, wanted);
    return now;
}

/// What happened to a market, in order; the guard is what results from all of it.
struct MarketEvent {
    std::optional<Price> mark;
    std::optional<Price> index;
    std::uint64_t index_ms = 0;
    std::optional<bool> halted;
    std::uint64_t now_ms = 0;
};

struct SlowGuard {
    SlowPaced credit;
    SlowPaced liquidation;
    Integer wanted;  // at the last event that moved a price
    GuardState state = GuardState::stale;
};

inline Integer slow_wanted(const GuardParams& params, const Integer& mark, const Price& index, bool index_fresh) {
    if (!params.mark_band || !index_fresh) return mark;
    const Integer middle = exact(index.raw());
    const Integer low = ceil_of(Rational(middle) - share_of(middle, *params.mark_band));
    const Integer high = floor_of(Rational(middle) + share_of(middle, *params.mark_band));
    return mark < low ? low : mark > high ? high : mark;
}

inline SlowGuard slow_guard(const GuardParams& params, const std::vector<MarketEvent>& events) {
    SlowGuard guard;
    std::optional<Price> mark;
    std::uint64_t mark_ms = 0;
    Price index;
    std::uint64_t index_ms = 0;
    std::uint64_t latest_ms = 0;
    bool halted = false;
    for (const MarketEvent& event : events) {
        latest_ms = std::max(latest_ms, event.now_ms);
        if (event.halted) halted = *event.halted;
        if (event.index) {
            index = *event.index;
            index_ms = event.index_ms;
        }
        if (event.mark) {
            mark = event.mark;
            mark_ms = latest_ms;
        }
        const bool index_fresh = index > Price{} && within(index_ms, latest_ms, params.source_stale_ms);
        const bool dead = !mark || !within(mark_ms, latest_ms, params.mark_stale_ms) || (params.index_required && !index_fresh);
        guard.state = halted ? GuardState::halted : dead ? GuardState::stale : GuardState::normal;
        if (guard.state != GuardState::normal) continue;
        guard.wanted = slow_wanted(params, exact(mark->raw()), index, index_fresh);
        guard.credit = slow_paced(guard.credit, params.credit, guard.wanted, latest_ms);
        guard.liquidation = slow_paced(guard.liquidation, params.liquidation, guard.wanted, latest_ms);
        for (const SlowPaced* paced : {&guard.credit, &guard.liquidation})
            if (paced->value != exact(mark->raw())) guard.state = GuardState::clamped;
    }
    return guard;
}

// ---- what is drawn --------------------------------------------------------------------------------------------------------

inline Rate any_part(Random& random) {
    const auto raw = static_cast<std::int64_t>(natural_below_pow2(random, 30));
    return Rate::from_raw(std::clamp<std::int64_t>(raw, 1, rate_one - 1));
}
inline Velocity any_velocity(Random& random) { return {any_part(random), static_cast<std::uint64_t>(random.between(1, 200))}; }

/// Prices of one case: near one another, so that bands and velocities decide, or anything at all.
struct PriceRange {
    std::int64_t low;
    std::int64_t high;
    explicit PriceRange(Random& random) {
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        const auto middle = static_cast<std::int64_t>(natural_below_pow2(random, 63));
        low = std::max<std::int64_t>(0, middle - middle / random.between(2, 20) - random.between(0, 3));
        high = static_cast<std::int64_t>(std::min<Wide>(Wide{middle} + middle / random.between(1, 20) + random.between(0, 3), most));
    }
    Price draw(Random& random) const {
        if (random.next() % 32 == 0) return Price::from_raw(static_cast<std::int64_t>(natural_below_pow2(random, 63)));
        return Price::from_raw(random.between(low, high));
    }
};

template <class Draw>
auto perhaps(Random& random, Draw draw) -> std::optional<decltype(draw())> {
    if (random.next() % 3 == 0) return std::nullopt;
    return draw();
}

inline GuardParams any_params(Random& random) {
    GuardParams params;
    const auto limit = [&] { return static_cast<std::uint64_t>(random.between(1, 300)); };
    params.sources_min = static_cast<std::uint32_t>(random.between(1, 4));
    params.outlier_max = perhaps(random, [&] { return any_part(random); });
    params.source_stale_ms = perhaps(random, limit);
    params.mark_band = perhaps(random, [&] { return any_part(random); });
    params.index_required = random.next() % 4 == 0;
    params.mark_stale_ms = perhaps(random, limit);
    params.credit = perhaps(random, [&] { return any_velocity(random); });
    params.liquidation = perhaps(random, [&] { return any_velocity(random); });
    return params;
}

/// Mostly forward in time, now and then back.
inline std::vector<MarketEvent> any_events(Random& random, std::size_t count) {
    const PriceRange prices(random);
    std::vector<MarketEvent> events;
    std::uint64_t now_ms = static_cast<std::uint64_t>(random.between(0, 1000));
    while (events.size() < count) {
        MarketEvent event;
        event.now_ms = now_ms += static_cast<std::uint64_t>(random.between(0, random.next() % 8 == 0 ? 400 : 60));
        if (random.next() % 8 == 0) event.now_ms -= std::min<std::uint64_t>(now_ms, static_cast<std::uint64_t>(random.between(0, 500)));
        if (random.next() % 2 == 0) event.mark = prices.draw(random);
        if (random.next() % 3 == 0) {
            event.index = random.next() % 8 == 0 ? Price{} : prices.draw(random);
            event.index_ms = event.now_ms - std::min<std::uint64_t>(event.now_ms, static_cast<std::uint64_t>(random.between(0, 100)));
        }
        if (random.next() % 12 == 0) event.halted = random.next() % 3 == 0;
        events.push_back(event);
    }
    return events;
}

/// One event, as the engine would bring it.
inline Guard after(const GuardParams& params, Guard guard, const MarketEvent& event) {
    if (event.halted) guard.halted = *event.halted;
    if (event.index) {
        guard.index = *event.index;
        guard.index_ms = event.index_ms;
    }
    return advance(params, guard, event.mark, event.now_ms);
}

}  // namespace plimsoll::testing
