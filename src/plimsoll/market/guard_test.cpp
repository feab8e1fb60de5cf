#include "plimsoll/market/guard.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace plimsoll {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t last_ms = std::numeric_limits<std::uint64_t>::max();

Price at(std::int64_t raw) { return Price::from_raw(raw); }
Rate percent(std::int64_t value) { return Rate::from_raw(value * rate_one / 100); }

GuardParams paced_params() {
    GuardParams params;
    params.credit = Velocity{percent(1), 1000};
    params.liquidation = Velocity{percent(10), 1000};
    return params;
}

TEST(MKT_001, an_even_number_of_sources_gives_the_lower_middle_one) {
    const std::array sources{SourcePrice{4, at(104), 9}, SourcePrice{1, at(100), 8}, SourcePrice{3, at(103), 7},
                             SourcePrice{2, at(101), 6}};
    const auto answer = index_of({}, sources, 10);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->index, at(101));
    EXPECT_EQ(answer->oldest_ms, 6u);
    EXPECT_EQ(answer->used, 4u);
    EXPECT_FALSE(index_of({}, {}, 10));
}

TEST(MKT_001, a_source_grows_old_after_its_limit_and_not_with_it) {
    GuardParams params;
    params.source_stale_ms = 60;
    const std::array source{SourcePrice{1, at(100), 1000}};
    EXPECT_TRUE(index_of(params, source, 1060));
    EXPECT_FALSE(index_of(params, source, 1061));
    EXPECT_TRUE(index_of(params, source, 940));
    EXPECT_FALSE(index_of(params, source, 939)) << "a clock that runs ahead must not keep a source fresh";
    EXPECT_EQ(index_of(params, source, 940)->oldest_ms, 940u);
}

TEST(MKT_001, what_is_no_price_is_no_source) {
    const std::array sources{SourcePrice{1, at(0), 1}, SourcePrice{2, at(-5), 1}, SourcePrice{3, at(7), 1}};
    EXPECT_EQ(index_of({}, sources, 1)->index, at(7));
    EXPECT_EQ(index_of({}, sources, 1)->used, 1u);
    EXPECT_FALSE(index_of({}, std::span(sources).first(2), 1));
}

TEST(MKT_002, an_outlier_lies_further_than_the_share_and_does_not_count_toward_the_least_number) {
    GuardParams params;
    params.outlier_max = percent(2);
    params.sources_min = 3;
    const auto index = [&](std::int64_t third, std::uint64_t third_ms) {
        return index_of(params, std::array{SourcePrice{1, at(1000), 50}, SourcePrice{2, at(1000), 50}, SourcePrice{3, at(third), third_ms}},
                        50);
    };
    EXPECT_TRUE(index(1020, 50));
    EXPECT_TRUE(index(980, 50));
    EXPECT_FALSE(index(1021, 50));
    EXPECT_FALSE(index(979, 50));
    params.sources_min = 2;
    EXPECT_EQ(index(1021, 3)->oldest_ms, 50u) << "what does not agree does not make the index old";
    EXPECT_EQ(index(1020, 3)->oldest_ms, 3u);
}

TEST(MKT_002, a_source_named_twice_or_one_too_many_is_a_bug_of_the_caller) {
    const std::array sources{SourcePrice{1, at(100), 1}, SourcePrice{2, at(100), 1}, SourcePrice{1, at(900), 1}};
    EXPECT_DEATH(index_of({}, sources, 1), "each_once");
    EXPECT_DEATH(index_of({}, std::array<SourcePrice, sources_most + 1>{}, 1), "sources_most");
}

TEST(MKT_003, the_largest_prices_and_times_do_not_overflow) {
    const Velocity velocity{Rate::from_raw(rate_one - 1), 1000};
    Paced paced = paced_toward({}, velocity, largest, last_ms - 1000);
    EXPECT_EQ(paced_toward(paced, velocity, largest, last_ms).value, largest);
    EXPECT_EQ(paced_toward(paced, velocity, 0, last_ms).value, largest / rate_one + 1);  // the bound is rounded toward the anchor: up
    paced = paced_toward({}, velocity, largest / 2 + 1, 0);  // nearly doubled is 2^63 - 2^62 / 10^9, rounded down
    EXPECT_EQ(paced_toward(paced, velocity, largest, 999).value, largest - largest / 2 / rate_one);
}

TEST(MKT_003, the_next_interval_begins_when_the_last_one_has_passed) {
    const Velocity velocity{percent(10), 1000};
    Paced paced = paced_toward({}, velocity, 1000, 5000);
    paced = paced_toward(paced, velocity, 2000, 5999);
    EXPECT_EQ(paced, (Paced{1100, 1000, 5000, true}));
    paced = paced_toward(paced, velocity, 2000, 7500);  // two and a half intervals later is still one band
    EXPECT_EQ(paced, (Paced{1210, 1100, 7500, true}));
    EXPECT_EQ(paced_toward(paced, velocity, 0, 8499).value, 990);
    EXPECT_EQ(paced_toward(paced, velocity, 0, 0), (Paced{990, 1100, 7500, true}));
}

TEST(MKT_004, floor_and_cap_win_over_the_velocity) {
    Slew slew{500, 900, Velocity{percent(10), 1000}};
    Paced figure = measured({}, slew, 0, 0);
    EXPECT_EQ(figure.value, 500);
    EXPECT_EQ(measured(figure, slew, 10'000, 1).value, 550);
    slew.floor = 800;
    EXPECT_EQ(measured(figure, slew, 10'000, 1).value, 800);
    slew = {0, 100, slew.velocity};
    EXPECT_EQ(measured(figure, slew, 10'000, 1).value, 100);
}

TEST(MKT_005, a_band_needs_a_fresh_index) {
    GuardParams params;
    params.mark_band = percent(25);
    params.source_stale_ms = 1000;
    Guard guard;
    EXPECT_EQ(advance(params, guard, at(180), 5000).credit.value, 180);
    guard.index = at(55);
    guard.index_ms = 4000;
    EXPECT_EQ(advance(params, guard, at(180), 5000).credit.value, 68);  // 68.75, rounded toward the index
    EXPECT_EQ(advance(params, guard, at(2), 5000).credit.value, 42);    // 41.25
    EXPECT_EQ(advance(params, guard, at(180), 5001).credit.value, 180);
}

TEST(MKT_006, credit_and_liquidation_follow_at_their_own_speed) {
    const GuardParams params = paced_params();
    Guard guard = advance(params, {}, at(10'000), 0);
    EXPECT_EQ(guard.state, GuardState::normal);
    guard = advance(params, guard, at(20'000), 1);
    EXPECT_EQ(guard.credit.value, 10'100);
    EXPECT_EQ(guard.liquidation.value, 11'000);
    EXPECT_EQ(guard.state, GuardState::clamped);
    guard = advance(params, guard, std::nullopt, 1001);
    EXPECT_EQ(guard.credit.value, 10'201);
    EXPECT_EQ(guard.liquidation.value, 12'100);
    guard = advance(params, guard, at(10'300), 2001);
    EXPECT_EQ(guard.credit.value, 10'300);
    EXPECT_EQ(guard.liquidation.value, 10'890);
    EXPECT_EQ(guard.state, GuardState::clamped) << "liquidation is still on its way";
    EXPECT_EQ(advance(params, guard, std::nullopt, 3001).state, GuardState::normal);
}

/// Clamped, with an index that is fresh until 2000 and a mark that is until 3000.
struct Precedence : testing::Test {
    GuardParams params = paced_params();
    Guard guard;
    Precedence() {
        params.source_stale_ms = 1000;
        params.mark_stale_ms = 2000;
        params.index_required = true;
        guard.index = at(10'000);
        guard.index_ms = 1000;
        guard = advance(params, advance(params, guard, at(10'000), 999), at(20'000), 1000);
    }
    GuardState at_time(std::uint64_t now_ms) const { return advance(params, guard, std::nullopt, now_ms).state; }
};
using MKT_007 = Precedence;

TEST_F(MKT_007, the_worst_that_holds_is_the_state) {
    EXPECT_EQ(at_time(2000), GuardState::clamped);
    EXPECT_EQ(at_time(2001), GuardState::stale) << "the index is too old";
    guard.index_ms = 2500;
    EXPECT_EQ(at_time(3000), GuardState::clamped);
    EXPECT_EQ(at_time(3001), GuardState::stale) << "the mark is too old";
    EXPECT_EQ(advance(params, guard, at(20'000), 3001).state, GuardState::clamped);
    guard.index = Price{};
    EXPECT_EQ(at_time(2000), GuardState::stale) << "no index";
    params.index_required = false;
    EXPECT_EQ(at_time(2000), GuardState::clamped) << "none is needed";
    guard.halted = true;
    EXPECT_EQ(at_time(2000), GuardState::halted);
    EXPECT_EQ(at_time(3001), GuardState::halted) << "stale as well, and halted is worse";
    EXPECT_EQ(advance(params, {}, std::nullopt, 1).state, GuardState::stale) << "no mark yet";
    EXPECT_FALSE(advance(params, {}, std::nullopt, 1).credit.set);
}

TEST_F(MKT_007, a_halt_freezes_the_prices_and_they_follow_again_under_their_velocity) {
    guard.halted = true;
    const Guard during = advance(params, guard, at(50'000), 1500);
    EXPECT_EQ(during.credit, guard.credit);
    EXPECT_EQ(during.reported, at(50'000));
    Guard ended = during;
    ended.halted = false;
    EXPECT_EQ(advance(params, ended, std::nullopt, 1600).credit.value, 10'100);
    ended.index_ms = 9000;
    EXPECT_EQ(advance(params, ended, at(50'000), 9000).credit.value, 10'201) << "however long the halt was, one band";
}

TEST_F(MKT_007, a_mark_that_comes_too_late_is_kept_and_not_followed_until_the_index_is_fresh) {
    const Guard blind = advance(params, guard, at(30'000), 9000);
    EXPECT_EQ(blind.state, GuardState::stale);
    EXPECT_EQ(blind.liquidation, guard.liquidation);
    Guard seeing = blind;
    seeing.index_ms = 9000;
    EXPECT_EQ(advance(params, seeing, std::nullopt, 9000).liquidation.value, 12'100);
}

TEST(MKT_008, what_was_too_old_does_not_become_fresh_by_turning_the_time_back) {
    GuardParams params;
    params.mark_stale_ms = 1000;
    Guard guard = advance(params, {}, at(100), 0);
    guard = advance(params, guard, std::nullopt, 1001);
    EXPECT_EQ(guard.state, GuardState::stale);
    EXPECT_EQ(advance(params, guard, std::nullopt, 1000).state, GuardState::stale);
    EXPECT_EQ(advance(params, guard, at(100), 0).reported_ms, 1001u);
}

TEST(MKT_009, the_table_that_is_used_when_none_is_given) {
    constexpr GuardActions actions;
    const auto row = [&](GuardState state) {
        std::string text;
        for (int action = 0; action < guarded_actions_count; ++action)
            text += actions.allows(state, static_cast<GuardedAction>(action)) ? "orwl"[action] : '-';
        return text;
    };
    EXPECT_EQ(row(GuardState::normal), "orwl");
    EXPECT_EQ(row(GuardState::clamped), "or-l");
    EXPECT_EQ(row(GuardState::stale), "-r-l");
    EXPECT_EQ(row(GuardState::halted), "-r--");
}

TEST(MKT_009, only_a_table_that_forbids_reducing_is_refused) {
    for (int state = 0; state < guard_states_count; ++state)
        for (int action = 0; action < guarded_actions_count; ++action) {
            GuardParams params;
            bool& allowed = params.actions.allowed[static_cast<std::size_t>(state)][static_cast<std::size_t>(action)];
            allowed = !allowed;
            const bool forbids_reducing = action == static_cast<int>(GuardedAction::reduce);
            EXPECT_EQ(guard_fault(params), forbids_reducing ? "actions: reducing must be allowed in every state" : "")
                << state << " " << action;
        }
}

struct Mistake {
    std::string_view field;
    std::function<void(GuardParams&)> make;
};

GuardParams full_params() {
    GuardParams params = paced_params();
    params.outlier_max = percent(150);  // above the median a source may lie by more than 100 %
    params.source_stale_ms = 1;
    params.mark_band = Rate::from_raw(rate_one - 1);
    params.mark_stale_ms = 1;
    params.sources_min = sources_most;
    params.depth = params.daily_volume = params.volatility = {5, 5, Velocity{Rate::from_raw(1), 1}};
    return params;
}

std::vector<Mistake> velocity_mistakes(std::string_view field, std::function<Velocity&(GuardParams&)> of) {
    return {{field, [of](GuardParams& p) { of(p).rate = Rate{}; }},
            {field, [of](GuardParams& p) { of(p).rate = Rate::from_raw(-1); }},
            {field, [of](GuardParams& p) { of(p).rate = hundred_percent; }},
            {field, [of](GuardParams& p) { of(p).interval_ms = 0; }}};
}
std::vector<Mistake> slew_mistakes(std::string_view field, Slew GuardParams::* of) {
    std::vector<Mistake> mistakes = velocity_mistakes(field, [of](GuardParams& p) -> Velocity& { return *(p.*of).velocity; });
    mistakes.push_back({field, [of](GuardParams& p) { (p.*of).floor = -1; }});
    mistakes.push_back({field, [of](GuardParams& p) { (p.*of).cap = 4; }});
    mistakes.push_back({field, [of](GuardParams& p) { p.*of = Slew{0, 0, {}}; }});
    return mistakes;
}
std::vector<Mistake> all_mistakes() {
    std::vector<Mistake> mistakes{
        {"sources_min", [](GuardParams& p) { p.sources_min = 0; }},
        {"sources_min", [](GuardParams& p) { p.sources_min = sources_most + 1; }},
        {"outlier_max", [](GuardParams& p) { p.outlier_max = Rate{}; }},
        {"outlier_max", [](GuardParams& p) { p.outlier_max = Rate::from_raw(-1); }},
        {"source_stale_ms", [](GuardParams& p) { p.source_stale_ms = 0; }},
        {"mark_band", [](GuardParams& p) { p.mark_band = Rate{}; }},
        {"mark_band", [](GuardParams& p) { p.mark_band = Rate::from_raw(-1); }},
        {"mark_band", [](GuardParams& p) { p.mark_band = hundred_percent; }},
        {"mark_stale_ms", [](GuardParams& p) { p.mark_stale_ms = 0; }},
    };
    const auto add = [&](std::vector<Mistake> more) { mistakes.insert(mistakes.end(), more.begin(), more.end()); };
    add(velocity_mistakes("credit", [](GuardParams& p) -> Velocity& { return *p.credit; }));
    add(velocity_mistakes("liquidation", [](GuardParams& p) -> Velocity& { return *p.liquidation; }));
    add(slew_mistakes("depth", &GuardParams::depth));
    add(slew_mistakes("daily_volume", &GuardParams::daily_volume));
    add(slew_mistakes("volatility", &GuardParams::volatility));
    return mistakes;
}

TEST(MKT_010, every_single_mistake_is_found_and_named_by_its_field) {
    EXPECT_EQ(guard_fault({}), "");
    EXPECT_EQ(guard_fault(full_params()), "");
    for (const Mistake& mistake : all_mistakes()) {
        GuardParams params = full_params();
        mistake.make(params);
        EXPECT_TRUE(guard_fault(params).starts_with(mistake.field)) << mistake.field << " gives '" << guard_fault(params) << "'";
    }
}

}  // namespace
}  // namespace plimsoll
