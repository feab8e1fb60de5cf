// The laws of the guard between a reported price and a believed one, against unbounded rationals and on generated walks.
#include "plimsoll/market/guard.hpp"
#include "support/market_reference.hpp"

namespace plimsoll::testing {
namespace {

std::string shown_paced(const Paced& p) {
    return std::to_string(p.value) + " (anchor " + std::to_string(p.anchor) + " of " + std::to_string(p.anchor_ms) + ")";
}
std::string shown_velocity(const std::optional<Velocity>& v) {
    return v ? "rate " + std::to_string(v->rate.raw()) + " interval " + std::to_string(v->interval_ms) : "no velocity";
}
bool same(const Paced& fast, const SlowPaced& slow) {
    if (fast.set != slow.set) return false;
    return !fast.set || (exact(fast.value) == slow.value && exact(fast.anchor) == slow.anchor && exact(fast.anchor_ms) == slow.anchor_ms);
}

// ---- the index ------------------------------------------------------------------------------------------------------------

constexpr std::uint64_t noon_ms = 100'000;

std::vector<SourcePrice> any_sources(Random& random, std::size_t count, std::uint32_t first_name = 0) {
    const PriceRange prices(random);
    std::vector<SourcePrice> sources;
    for (std::size_t i = 0; i < count; ++i) {
        const Price price = random.next() % 10 == 0 ? Price::from_raw(any_int64(random)) : prices.draw(random);
        const auto off = static_cast<std::uint64_t>(random.between(0, random.next() % 4 == 0 ? 400 : 20));
        sources.push_back({first_name + static_cast<std::uint32_t>(i), price, random.next() % 8 == 0 ? noon_ms + off : noon_ms - off});
    }
    return sources;
}

bool same(const std::optional<IndexAnswer>& a, const std::optional<IndexAnswer>& b) {
    return a.has_value() == b.has_value() && (!a || (a->index == b->index && a->oldest_ms == b->oldest_ms && a->used == b->used));
}

void shuffle(Random& random, std::vector<SourcePrice>& sources) {
    for (std::size_t i = sources.size(); i > 1; --i)
        std::swap(sources[i - 1], sources[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(i) - 1))]);
}

TEST(MKT_001, the_index_is_that_of_counting_on_either_side_and_one_of_the_sources) {
    std::int64_t made = 0;
    std::int64_t refused = 0;
    for_cases([&](Random& random) -> std::string {
        const GuardParams params = any_params(random);
        std::vector<SourcePrice> sources = any_sources(random, static_cast<std::size_t>(random.between(0, sources_most)));
        const auto fast = index_of(params, sources, noon_ms);
        if (!same(fast, slow_index(params, sources, noon_ms))) return "not what counting gives";
        const auto is_index = [&](const SourcePrice& s) { return s.price == fast->index; };
        if (fast && std::none_of(sources.begin(), sources.end(), is_index)) return "nobody reported the index";
        shuffle(random, sources);
        if (!same(fast, index_of(params, sources, noon_ms))) return "the order of the sources matters";
        ++(fast ? made : refused);
        return {};
    });
    EXPECT_GT(made, cases() / 8);
    EXPECT_GT(refused, cases() / 16);
}

TEST(MKT_001, a_stale_source_changes_nothing) {
    for_cases([&](Random& random) -> std::string {
        GuardParams params = any_params(random);
        params.source_stale_ms = static_cast<std::uint64_t>(random.between(1, 300));
        std::vector<SourcePrice> sources = any_sources(random, static_cast<std::size_t>(random.between(0, 8)));
        const auto before = index_of(params, sources, noon_ms);
        for (SourcePrice late : any_sources(random, static_cast<std::size_t>(random.between(1, 8)), 100)) {
            const std::uint64_t off = *params.source_stale_ms + static_cast<std::uint64_t>(random.between(1, 1000));
            late.time_ms = random.next() % 2 == 0 ? noon_ms - off : noon_ms + off;
            sources.push_back(late);
        }
        shuffle(random, sources);
        return same(before, index_of(params, sources, noon_ms)) ? "" : "stale sources moved the index";
    });
}

TEST(MKT_002, a_minority_of_wrong_sources_keeps_the_index_among_the_others) {
    std::int64_t made = 0;
    for_cases([&](Random& random) -> std::string {
        const GuardParams params = any_params(random);
        const auto good_count = static_cast<std::size_t>(random.between(1, 8));
        std::vector<SourcePrice> sources;
        const PriceRange prices(random);
        for (std::size_t i = 0; i < good_count; ++i)
            sources.push_back({static_cast<std::uint32_t>(i), std::max(prices.draw(random), Price::from_raw(1)), noon_ms});
        const auto by_price = [](const SourcePrice& a, const SourcePrice& b) { return a.price < b.price; };
        const auto [low, high] = std::minmax_element(sources.begin(), sources.end(), by_price);
        const Price least = low->price;
        const Price most = high->price;
        for (const SourcePrice& bad :
             any_sources(random, static_cast<std::size_t>(random.between(0, static_cast<int>(good_count) - 1)), 100))
            sources.push_back(bad);
        // Near the good ones is where a wrong price does most: outside their range, and no outlier.
        for (std::size_t i = good_count; i < sources.size(); ++i)
            if (random.next() % 2 == 0)
                sources[i].price = Price::narrow(std::min<Wide>(Wide{most.raw()} + most.raw() / 50, Price::max().raw()));
        shuffle(random, sources);
        const auto index = index_of(params, sources, noon_ms);
        if (!index) return {};
        ++made;
        if (index->index < least || index->index > most)
            return "the index " + std::to_string(index->index.raw()) + " left the others' range";
        return {};
    });
    EXPECT_GT(made, cases() / 4);
}

TEST(MKT_002, a_minority_cannot_take_away_an_index_on_which_enough_others_agree) {
    for_cases([&](Random& random) -> std::string {
        GuardParams params = any_params(random);
        params.outlier_max = Rate::from_raw(rate_one / 10);
        const auto good_count = static_cast<std::size_t>(random.between(params.sources_min, 8));
        std::vector<SourcePrice> sources =
            any_sources(random, static_cast<std::size_t>(random.between(0, static_cast<int>(good_count) - 1)), 100);
        const std::int64_t price = random.between(1000, std::int64_t{1} << 60);
        for (std::size_t i = 0; i < good_count; ++i)
            sources.push_back({static_cast<std::uint32_t>(i), Price::from_raw(price + random.between(0, price / 10)), noon_ms});
        return index_of(params, sources, noon_ms) ? "" : "no index";
    });
}

// ---- one value under a velocity -------------------------------------------------------------------------------------------

/// Small enough to be walked place by place, or anything.
std::int64_t any_value(Random& random) {
    if (random.next() % 2 == 0) return random.between(0, 1500);
    return any_int64(random);
}

TEST(MKT_003, a_paced_value_is_where_a_walk_place_by_place_ends) {
    std::int64_t held = 0;
    for_cases([&](Random& random) -> std::string {
        Paced fast;
        SlowPaced slow;
        std::uint64_t now_ms = static_cast<std::uint64_t>(random.between(0, 500));
        auto velocity = perhaps(random, [&] { return any_velocity(random); });
        const bool small = random.next() % 2 == 0;
        for (int i = 0; i < 8; ++i) {
            const std::int64_t wanted = small ? random.between(0, 1500) : any_value(random);
            if (random.next() % 4 == 0) velocity = perhaps(random, [&] { return any_velocity(random); });
            const Paced before = fast;
            fast = paced_toward(before, velocity, wanted, now_ms);
            slow = slow_paced(slow, velocity, exact(wanted), now_ms);
            if (fast.value != wanted) ++held;
            if (!same(fast, slow))
                return shown_paced(before) + " toward " + std::to_string(wanted) + ", " + shown_velocity(velocity) + " at " +
                       std::to_string(now_ms) + ": " + shown_paced(fast) + ", walked to " + slow.value.str();
            now_ms += static_cast<std::uint64_t>(random.between(0, 150));
            if (random.next() % 6 == 0) now_ms -= std::min<std::uint64_t>(now_ms, 200);
        }
        return {};
    });
    EXPECT_GT(held, cases());
}

TEST(MKT_003, within_one_interval_a_value_stays_in_the_band_around_the_value_that_began_it) {
    for_cases([&](Random& random) -> std::string {
        const Velocity velocity = any_velocity(random);
        const PriceRange prices(random);
        std::uint64_t now_ms = 5000;
        Paced paced = paced_toward({}, velocity, prices.draw(random).raw(), now_ms);
        std::int64_t began_with = paced.value;
        std::uint64_t began_ms = now_ms;
        for (int i = 0; i < 40; ++i) {
            now_ms += static_cast<std::uint64_t>(random.between(0, 100));
            const std::uint64_t at = random.next() % 8 == 0 ? now_ms - static_cast<std::uint64_t>(random.between(0, 300)) : now_ms;
            if (at >= began_ms + velocity.interval_ms) {
                began_ms = at;
                began_with = paced.value;
            }
            const std::int64_t wanted = prices.draw(random).raw();
            const std::int64_t old = paced.value;
            paced = paced_toward(paced, velocity, wanted, at);
            if (!allowed_at(exact(paced.value), exact(began_with), velocity.rate))
                return shown_velocity(velocity) + ": began with " + std::to_string(began_with) + " and stands at " +
                       std::to_string(paced.value);
            if (paced.anchor != began_with || paced.anchor_ms != began_ms) return "an interval began at another time";
            if (paced.value < std::min(old, wanted) || paced.value > std::max(old, wanted)) return "overshot";
        }
        return {};
    });
}

TEST(MKT_003, a_constant_value_is_reached_after_finitely_many_intervals_and_kept) {
    std::int64_t longest = 0;
    for_cases(
        [&](Random& random) -> std::string {
            const Velocity velocity{Rate::from_raw(rate_one / random.between(2, 100) + random.between(0, 1000)), 10};
            const auto from = static_cast<std::int64_t>(natural_below_pow2(random, 63));
            const auto wanted = static_cast<std::int64_t>(natural_below_pow2(random, 63));
            Paced paced = paced_toward({}, velocity, from, 0);
            // One place a time below 2 / rate, and above it by half the rate at least: ln(2^63) < 44 and ln(1 + r / 2) > 0.8 r / 2.
            const std::int64_t intervals_most = 2 + 130 * rate_one / velocity.rate.raw();
            std::int64_t intervals = 0;
            std::uint64_t now_ms = 0;
            while (paced.value != wanted && intervals++ <= intervals_most) paced = paced_toward(paced, velocity, wanted, now_ms += 10);
            longest = std::max(longest, intervals);
            if (paced.value != wanted)
                return std::to_string(from) + " does not reach " + std::to_string(wanted) + ", " + shown_velocity(velocity);
            for (int i = 0; i < 5; ++i) {
                paced = paced_toward(paced, velocity, wanted, now_ms += static_cast<std::uint64_t>(random.between(0, 20)));
                if (paced.value != wanted) return "left " + std::to_string(wanted) + " again";
            }
            return {};
        },
        8);
    EXPECT_GT(longest, 1000);
}

TEST(MKT_004, a_measured_figure_stays_in_its_range_and_follows_no_faster_than_its_velocity) {
    std::int64_t paced_ones = 0;
    for_cases([&](Random& random) -> std::string {
        const PriceRange figures(random);
        Slew slew;
        slew.velocity = perhaps(random, [&] { return any_velocity(random); });
        Paced figure;
        std::uint64_t now_ms = 1000;
        for (int i = 0; i < 20; ++i) {
            if (i == 0 || random.next() % 8 == 0) {  // a new set of parameters may move the range at any time
                const auto [low, high] = std::minmax({figures.draw(random).raw(), figures.draw(random).raw()});
                slew.floor = random.next() % 2 == 0 ? 0 : low;
                slew.cap = perhaps(random, [&, top = high] { return std::max<std::int64_t>(1, top); });
            }
            const std::int64_t wanted = random.next() % 8 == 0 ? any_int64(random) : figures.draw(random).raw();
            const auto in_range = [&](const Integer& x) {
                const Integer floor = exact(slew.floor);
                return x < floor ? floor : slew.cap && x > exact(*slew.cap) ? exact(*slew.cap) : x;
            };
            SlowPaced slow{figure.set, exact(figure.value), exact(figure.anchor), exact(figure.anchor_ms)};
            slow = slow_paced(slow, slew.velocity, in_range(exact(wanted)), now_ms);
            slow.value = in_range(slow.value);
            figure = measured(figure, slew, wanted, now_ms);
            if (!same(figure, slow)) return "measured " + shown_paced(figure) + ", walked to " + slow.value.str();
            if (figure.value < slew.floor || (slew.cap && figure.value > *slew.cap)) return "out of its range";
            if (exact(figure.value) != in_range(exact(wanted))) ++paced_ones;
            now_ms += static_cast<std::uint64_t>(random.between(0, 150));
        }
        return {};
    });
    EXPECT_GT(paced_ones, cases());
}

// ---- the guard ------------------------------------------------------------------------------------------------------------

TEST(MKT_006, a_walk_of_events_ends_where_rationals_over_the_whole_history_end) {
    std::array<std::int64_t, guard_states_count> seen{};
    for_cases([&](Random& random) -> std::string {
        const GuardParams params = any_params(random);
        const auto events = any_events(random, 24);
        Guard guard;
        for (const MarketEvent& event : events) {
            guard = after(params, guard, event);
            ++seen[static_cast<std::size_t>(guard.state)];
        }
        const SlowGuard slow = slow_guard(params, events);
        if (!same(guard.credit, slow.credit)) return "credit " + shown_paced(guard.credit) + ", not " + slow.credit.value.str();
        if (!same(guard.liquidation, slow.liquidation))
            return "liquidation " + shown_paced(guard.liquidation) + ", not " + slow.liquidation.value.str();
        return guard.state == slow.state ? "" : "state " + std::to_string(static_cast<int>(guard.state));
    });
    for (const std::int64_t count : seen) EXPECT_GT(count, cases() / 2);
}

TEST(MKT_005, the_first_price_is_the_one_in_the_band_that_is_nearest_to_the_mark) {
    std::int64_t held = 0;
    for_cases([&](Random& random) -> std::string {
        GuardParams params;
        params.mark_band = any_part(random);
        Guard guard;
        const PriceRange prices(random);
        guard.index = std::max(prices.draw(random), Price::from_raw(1));
        const Price mark = prices.draw(random);
        const Integer price = exact(advance(params, guard, mark, 1).credit.value);
        const Integer index = exact(guard.index.raw());
        const auto inside = [&](const Integer& p) {
            return Rational(boost::multiprecision::abs(p - index)) <= share_of(index, *params.mark_band);
        };
        if (!inside(price)) return "outside its band";
        const Integer wanted = exact(mark.raw());
        if (price == wanted) return {};
        ++held;
        const Integer nearer = price + (wanted > price ? 1 : -1);
        return inside(nearer) ? "a nearer price lies in the band" : "";
    });
    EXPECT_GT(held, cases() / 8);
}

TEST(MKT_006, without_velocity_and_band_the_guarded_prices_are_the_reported_one) {
    for_cases([&](Random& random) -> std::string {
        GuardParams params = any_params(random);
        params.credit.reset();
        params.liquidation.reset();
        params.mark_band.reset();
        Guard guard;
        for (const MarketEvent& event : any_events(random, 12)) {
            guard = after(params, guard, event);
            if (guard.state == GuardState::clamped) return "clamped by nothing";
            if (guard.state == GuardState::normal &&
                (guard.credit.value != guard.reported.raw() || guard.liquidation.value != guard.reported.raw()))
                return "normal at another price than the reported one";
        }
        return {};
    });
}

TEST(MKT_006, a_constant_mark_within_the_band_is_reached_by_time_alone) {
    for_cases(
        [&](Random& random) -> std::string {
            GuardParams params;
            params.credit = Velocity{Rate::from_raw(random.between(rate_one / 50, rate_one / 2)), 10};
            params.liquidation = Velocity{Rate::from_raw(random.between(rate_one / 50, rate_one / 2)), 7};
            const PriceRange prices(random);
            Guard guard = advance(params, {}, prices.draw(random), 0);
            std::uint64_t now_ms = 1;
            guard = advance(params, guard, prices.draw(random), now_ms);
            for (int i = 0; i < 7000 && guard.state != GuardState::normal; ++i) guard = advance(params, guard, std::nullopt, now_ms += 10);
            return guard.state == GuardState::normal ? "" : "never reached";
        },
        20);
}

TEST(MKT_007, what_is_stale_or_halted_stands_still) {
    for_cases([&](Random& random) -> std::string {
        const GuardParams params = any_params(random);
        Guard guard;
        for (const MarketEvent& event : any_events(random, 24)) {
            const Guard before = guard;
            guard = after(params, guard, event);
            const bool still = guard.credit == before.credit && guard.liquidation == before.liquidation;
            if (guard.state >= GuardState::stale && !still)
                return "a guarded price moved in state " + std::to_string(static_cast<int>(guard.state));
            if (event.mark && guard.reported != *event.mark) return "a report was not kept";
        }
        return {};
    });
}

TEST(MKT_008, a_time_that_runs_backwards_counts_as_the_latest) {
    for_cases([&](Random& random) -> std::string {
        const GuardParams params = any_params(random);
        Guard guard;
        for (const MarketEvent& event : any_events(random, 12)) guard = after(params, guard, event);
        const auto mark = perhaps(random, [&] { return PriceRange(random).draw(random); });
        const std::uint64_t earlier_ms = static_cast<std::uint64_t>(random.between(0, static_cast<std::int64_t>(guard.time_ms)));
        if (advance(params, guard, mark, earlier_ms) != advance(params, guard, mark, guard.time_ms))
            return "an earlier time is not the latest";
        const Paced earlier = paced_toward(guard.credit, params.credit, 0, earlier_ms);
        return !guard.credit.set || earlier.anchor_ms >= guard.credit.anchor_ms ? "" : "an anchor went back in time";
    });
}

TEST(MKT_010, params_that_were_drawn_sound_have_no_fault) {
    for_cases([&](Random& random) -> std::string { return std::string(guard_fault(any_params(random))); });
}

}  // namespace
}  // namespace plimsoll::testing
