#include "plimsoll/market/guard.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// floor(|value| * rate): how far a bound lies from `value` when it is rounded toward it.
Wide share(std::int64_t value, Rate rate) {
    PLIM_ASSERT(rate.raw() >= 0);
    return abs(Wide{value}) * rate.raw() / rate_one;
}

/// Held to value - width and value + width.
std::int64_t held_around(std::int64_t value, Wide width, std::int64_t wanted) {
    return narrow64(std::clamp(Wide{wanted}, value - width, value + width));
}

/// Ahead of its time by more than the limit is as wrong as behind it: a source that stamps next year would never grow old.
bool is_fresh(std::uint64_t time_ms, const std::optional<std::uint64_t>& limit_ms, std::uint64_t now_ms) {
    const std::uint64_t off_by = time_ms < now_ms ? now_ms - time_ms : time_ms - now_ms;
    return !limit_ms || off_by <= *limit_ms;
}

bool has_fresh_index(const GuardParams& params, const Guard& guard) {
    return guard.index.raw() > 0 && is_fresh(guard.index_ms, params.source_stale_ms, guard.time_ms);
}

bool is_stale(const GuardParams& params, const Guard& guard) {
    if (!guard.reported_set) return true;
    if (params.mark_stale_ms && guard.time_ms - guard.reported_ms > *params.mark_stale_ms) return true;
    return params.index_required && !has_fresh_index(params, guard);
}

/// The reported mark, held to the band around the index when there is one.
std::int64_t wanted_price(const GuardParams& params, const Guard& guard) {
    const std::int64_t reported = guard.reported.raw();
    if (!params.mark_band || !has_fresh_index(params, guard)) return reported;
    const std::int64_t index = guard.index.raw();
    return held_around(index, share(index, *params.mark_band), reported);
}

bool is_outlier(const std::optional<Rate>& outlier_max, Price price, Price median) {
    if (!outlier_max) return false;
    return abs(Wide{price.raw()} - median.raw()) * rate_one > Wide{median.raw()} * outlier_max->raw();
}

/// The sources that may count, by price.
struct FreshSources {
    std::array<SourcePrice, sources_most> sources;
    std::size_t count = 0;
    std::span<const SourcePrice> all() const { return std::span(sources).first(count); }
};

bool each_once(std::span<const SourcePrice> sources) {
    for (std::size_t i = 0; i < sources.size(); ++i)
        for (std::size_t k = 0; k < i; ++k)
            if (sources[i].source == sources[k].source) return false;
    return true;
}

FreshSources fresh_sources(const GuardParams& params, std::span<const SourcePrice> sources, std::uint64_t now_ms) {
    FreshSources fresh;
    for (const SourcePrice& source : sources)
        if (source.price.raw() > 0 && is_fresh(source.time_ms, params.source_stale_ms, now_ms)) fresh.sources[fresh.count++] = source;
    const auto by_price = [](const SourcePrice& a, const SourcePrice& b) { return a.price < b.price; };
    std::sort(fresh.sources.begin(), fresh.sources.begin() + static_cast<std::ptrdiff_t>(fresh.count), by_price);
    return fresh;
}

}  // namespace

std::optional<IndexAnswer> index_of(const GuardParams& params, std::span<const SourcePrice> sources, std::uint64_t now_ms) {
    PLIM_ASSERT(sources.size() <= sources_most);
    PLIM_ASSERT(each_once(sources));
    const FreshSources fresh = fresh_sources(params, sources, now_ms);
    if (fresh.count == 0) return std::nullopt;

    IndexAnswer answer{fresh.sources[(fresh.count - 1) / 2].price, now_ms, 0};
    for (const SourcePrice& source : fresh.all()) {
        if (is_outlier(params.outlier_max, source.price, answer.index)) continue;
        answer.oldest_ms = std::min(answer.oldest_ms, source.time_ms);
        ++answer.used;
    }
    if (answer.used < params.sources_min) return std::nullopt;
    return answer;
}

Paced paced_toward(const Paced& now, const std::optional<Velocity>& velocity, std::int64_t wanted, std::uint64_t now_ms) {
    if (!now.set) return {wanted, wanted, now_ms, true};
    // Time alone changes nothing where nothing is paced: the anchor keeps the time at which the value last changed.
    if (!velocity) return {wanted, wanted, wanted == now.value ? now.anchor_ms : std::max(now.anchor_ms, now_ms), true};

    Paced next = now;
    if (now_ms >= now.anchor_ms && now_ms - now.anchor_ms >= velocity->interval_ms) {
        next.anchor = now.value;
        next.anchor_ms = now_ms;
    }
    // One last place is always allowed: a price of 3 at 10 % would otherwise stand still for ever.
    const Wide width = std::max(share(next.anchor, velocity->rate), Wide{1});
    const std::int64_t held = held_around(next.anchor, width, wanted);
    // A velocity that was lowered within the interval may leave the value outside: it waits there, or comes back as `wanted` does.
    next.value = std::clamp(held, std::min(now.value, wanted), std::max(now.value, wanted));
    return next;
}

Paced measured(const Paced& now, const Slew& slew, std::int64_t wanted, std::uint64_t now_ms) {
    const auto in_range = [&](std::int64_t value) {
        const std::int64_t below_cap = slew.cap ? std::min(value, *slew.cap) : value;
        return std::max(below_cap, slew.floor);
    };
    Paced next = paced_toward(now, slew.velocity, in_range(wanted), now_ms);
    next.value = in_range(next.value);
    return next;
}

Guard advance(const GuardParams& params, const Guard& guard, std::optional<Price> reported, std::uint64_t now_ms) {
    Guard next = guard;
    next.time_ms = std::max(guard.time_ms, now_ms);
    if (reported) {
        PLIM_ASSERT(reported->raw() >= 0);
        next.reported = *reported;
        next.reported_ms = next.time_ms;
        next.reported_set = true;
    }
    if (guard.halted || is_stale(params, next)) {
        next.state = guard.halted ? GuardState::halted : GuardState::stale;
        return next;
    }
    const std::int64_t wanted = wanted_price(params, next);
    next.credit = paced_toward(guard.credit, params.credit, wanted, next.time_ms);
    next.liquidation = paced_toward(guard.liquidation, params.liquidation, wanted, next.time_ms);
    const std::int64_t mark = next.reported.raw();
    next.state = next.credit.value == mark && next.liquidation.value == mark ? GuardState::normal : GuardState::clamped;
    return next;
}

namespace {

bool is_part(const std::optional<Rate>& rate) { return !rate || (rate->raw() > 0 && rate->raw() < rate_one); }
bool is_velocity(const std::optional<Velocity>& velocity) { return !velocity || (is_part(velocity->rate) && velocity->interval_ms > 0); }
bool is_range(const Slew& slew) { return slew.floor >= 0 && (!slew.cap || (*slew.cap > 0 && *slew.cap >= slew.floor)); }
bool is_limit(const std::optional<std::uint64_t>& limit_ms) { return !limit_ms || *limit_ms > 0; }

bool always_reduces(const GuardActions& actions) {
    for (int state = 0; state < guard_states_count; ++state)
        if (!actions.allows(static_cast<GuardState>(state), GuardedAction::reduce)) return false;
    return true;
}

}  // namespace

static_assert(sources_most == 16, "guard_fault says the number");

std::string_view guard_fault(const GuardParams& params) {
    if (params.sources_min == 0) return "sources_min must be above 0";
    if (params.sources_min > sources_most) return "sources_min must not exceed 16, the most sources a market has";
    if (params.outlier_max && params.outlier_max->raw() <= 0) return "outlier_max must be above 0; leave it out to count every source";
    if (!is_limit(params.source_stale_ms)) return "source_stale_ms must be above 0; leave it out to let no source grow old";
    if (!is_part(params.mark_band)) return "mark_band must be above 0 and below 100 %; leave it out to set no band";
    if (!is_limit(params.mark_stale_ms)) return "mark_stale_ms must be above 0; leave it out to let no mark grow old";
    if (!is_velocity(params.credit)) return "credit: a velocity needs a rate above 0 and below 100 % and an interval above 0";
    if (!is_velocity(params.liquidation)) return "liquidation: a velocity needs a rate above 0 and below 100 % and an interval above 0";
    if (!is_range(params.depth)) return "depth: floor must not be below 0, and cap must be above 0 and not below floor";
    if (!is_velocity(params.depth.velocity)) return "depth: a velocity needs a rate above 0 and below 100 % and an interval above 0";
    if (!is_range(params.daily_volume)) return "daily_volume: floor must not be below 0, and cap must be above 0 and not below floor";
    if (!is_velocity(params.daily_volume.velocity))
        return "daily_volume: a velocity needs a rate above 0 and below 100 % and an interval above 0";
    if (!is_range(params.volatility)) return "volatility: floor must not be below 0, and cap must be above 0 and not below floor";
    if (!is_velocity(params.volatility.velocity))
        return "volatility: a velocity needs a rate above 0 and below 100 % and an interval above 0";
    if (!always_reduces(params.actions)) return "actions: reducing must be allowed in every state";
    return {};
}

}  // namespace plimsoll
