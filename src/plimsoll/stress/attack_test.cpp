#include "plimsoll/stress/attack_play.hpp"

#include "plimsoll/stress/crash.hpp"
#include "plimsoll/stress/draw.hpp"
#include "plimsoll/stress/extract.hpp"
#include "plimsoll/stress/incident.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/venue_desk.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace plimsoll::stress {
namespace {

/// The market of the reference bounds: even by notional, nothing comes back, nothing is fetched, the margin is that of the opening.
AttackedMarket reference_market(double depth_per_percent, double push_most) {
    AttackedMarket market;
    market.asks = Profile::even_notional(BookSide::asks, depth_per_percent, std::log(push_most) * 1.000001);
    market.bids = Profile::even_notional(BookSide::bids, depth_per_percent, std::log(push_most) * 1.000001);
    market.half_life_s = 1e15;
    market.resale = 0;
    market.push_most = push_most;
    market.step_s = market.window_s = 60;
    market.margin_follows = false;
    return market;
}

TEST(STR_006, on_an_even_book_the_search_finds_what_the_formula_says) {
    Draw draw(21);
    int pays = 0;
    for (int i = 0; i < 300; ++i) {
        const double depth = draw.pareto(1e3, 0.7), push = 1 + draw.pareto(0.02, 0.8);
        if (push > 50 || depth > 1e8) continue;
        AttackedMarket market = reference_market(depth, push);
        Target target{depth, push, 0.05 + 0.95 * draw.uniform(), static_cast<std::uint32_t>(1 + draw.below(8)), {}};
        const double base = 0.3 * draw.uniform(), slope = 1e-7 * draw.uniform();
        if (i % 3 != 0) target.margin = calibrate::by_worth([=](double n) { return n * std::min(1.0, base + slope * n); });
        market.margin = target.margin;
        market.profit_weight = target.profit_weight;
        market.accounts_most = target.accounts_most;
        const AttackSearch search(market);
        for (const double open_interest : {depth * 3, depth * 40, depth * 1'000}) {
            const double formula = std::max(0.0, best_attack(target, open_interest).value());
            EXPECT_NEAR(search.best(open_interest).value(), formula, 2e-3 * formula + 1e-6 * open_interest);
            pays += formula > 0;
        }
        const auto by_formula = safe_open_interest(target, 1e11);
        const auto by_search = search.safe_open_interest(1e11);
        ASSERT_EQ(by_formula.has_value(), by_search.has_value());
        if (by_formula) {
            EXPECT_NEAR(*by_search / *by_formula, 1, 0.02);
        }
    }
    EXPECT_GT(pays, 100);
}

TEST(STR_006, what_costs_the_attacker_lowers_what_is_taken) {
    AttackedMarket market;
    const std::vector<series::Band> bands{{0.01, 200'000}, {0.02, 260'000}, {0.05, 900'000}, {0.3, 1'500'000}};
    market.bids = Profile::bands(BookSide::bids, bands);
    market.asks = Profile::bands(BookSide::asks, bands);
    market.push_most = 3;
    market.margin = calibrate::by_worth([](double n) { return 0.1 * n; });
    const double open_interest = 8e6;
    const AttackPlan as_it_is = AttackSearch(market).best(open_interest);
    EXPECT_GT(as_it_is.value(), 0);
    const auto with = [&](auto change) {
        AttackedMarket other = market;
        change(other);
        return AttackSearch(other).best(open_interest).value();
    };
    EXPECT_LT(with([](AttackedMarket& m) {
                  m.clamp = 0.002;
                  m.window_s = 600;
              }),
              as_it_is.value())
        << "belief that comes late";
    EXPECT_LT(with([](AttackedMarket& m) { m.profit_weight = 0.5; }), as_it_is.value());
    EXPECT_EQ(with([](AttackedMarket& m) { m.profit_weight = 0; }), 0);
    EXPECT_LT(with([](AttackedMarket& m) { m.resale = 0; }), as_it_is.value());
    EXPECT_LT(with([](AttackedMarket& m) { m.outflow_per_s = 10; }), as_it_is.value());
    EXPECT_LT(with([](AttackedMarket& m) { m.there = 100'000; }), as_it_is.value());
    EXPECT_LT(with([](AttackedMarket& m) { m.push_most = 1.2; }), as_it_is.value());
    EXPECT_EQ(with([](AttackedMarket& m) { m.open_interest_most = 7e6; }), 0);
    EXPECT_EQ(with([](AttackedMarket& m) { m.position_most = 7e6; }), 0);
    EXPECT_GT(with([](AttackedMarket& m) {
                  m.position_most = 7e6;
                  m.accounts_most = 3;
              }),
              0)
        << "over two accounts it is below a cap of positions";
    const auto all_of_it = [](double n) { return n; };
    EXPECT_EQ(with([&](AttackedMarket& m) {
                  m.margin = calibrate::by_worth(all_of_it);
                  m.bids = Profile(BookSide::bids);
              }),
              0)
        << "a long's whole worth is never regained";
    EXPECT_GT(with([&](AttackedMarket& m) { m.margin = calibrate::by_worth(all_of_it); }), 0)
        << "but what a short leaves behind shrinks with the price it pushes down";
    // Holding against a book that comes back costs more the faster it does.
    const auto held = [&](double half_life_s) {
        return with([&](AttackedMarket& m) {
            m.half_life_s = half_life_s;
            m.outflow_per_s = 2'000;
        });
    };
    EXPECT_LT(held(30), held(300));
    EXPECT_LT(held(300), held(1e12));
    // The other ways to leave.
    EXPECT_GT(with([](AttackedMarket& m) { m.leaves = {Leave::close}; }), as_it_is.value()) << "the margin comes back";
    EXPECT_EQ(with([](AttackedMarket& m) {
                  m.leaves = {Leave::close};
                  m.impact = [](double n) { return 3 * n; };
              }),
              0);
    const double legs = with([](AttackedMarket& m) {
        m.leaves = {Leave::two_legs};
        m.profit_weight = 0;
    });
    EXPECT_GT(legs, 0) << "a profit that is really paid needs no weight";
    EXPECT_EQ(with([](AttackedMarket& m) {
                  m.leaves = {Leave::two_legs};
                  m.there = 0;
              }),
              0)
        << "nobody pays what the losing leg owes";
}

TEST(STR_006, a_velocity_moves_by_whole_bands) {
    AttackedMarket market;
    market.asks = Profile::even(BookSide::asks, 20'000, 1e9);
    market.push_most = 20;
    market.half_life_s = 1e15;
    market.clamp = std::log1p(0.1);
    market.clamp_steps = 10;
    const auto bands = [&](int steps) {
        market.window_s = steps * market.step_s;
        const AttackPlan plan = AttackSearch(market).best(1e9);  // so much that belief is all that counts
        return std::log(plan.believed) / market.clamp;
    };
    EXPECT_NEAR(bands(1), 1, 1e-9) << "the whole band is there at the first mark, not a tenth of it";
    EXPECT_NEAR(bands(2), 2, 1e-9) << "and where two intervals meet, two";
    EXPECT_NEAR(bands(11), 2, 1e-9);
    EXPECT_NEAR(bands(12), 3, 1e-9);
    EXPECT_NEAR(bands(60), 7, 1e-9);
    market.clamp_steps = 1;
    EXPECT_NEAR(bands(5), 5, 1e-9);
}

/// A market with a velocity, drawn: what a shape of the push can gain hangs on its interval and on how fast the book comes back.
AttackedMarket drawn_market(Draw& draw) {
    AttackedMarket market;
    const double depth = draw.pareto(5'000, 1);
    const std::vector<series::Band> bands{
        {0.01, depth}, {0.02, depth * (1.2 + draw.uniform())}, {0.1, depth * (4 + 4 * draw.uniform())}, {0.6, depth * 20}};
    market.asks = Profile::bands(BookSide::asks, bands);
    market.bids = Profile::bands(BookSide::bids, bands);
    market.push_most = 1.05 + 0.5 * draw.uniform();
    market.half_life_s = draw.pareto(20, 0.5);
    market.resale = draw.chance(0.5) ? 1 : draw.uniform();
    market.clamp = std::log1p(0.01 + 0.1 * draw.uniform());
    market.clamp_steps = static_cast<int>(1 + draw.below(8));
    market.window_s = 60 * static_cast<double>(2 + draw.below(24));
    market.waits_for_belief = draw.chance(0.3);
    const double rate = 0.02 * draw.uniform();
    market.margin = calibrate::by_worth([=](double n) { return rate * n; });
    return market;
}

/// What a way of wishes comes to, by a book of ten thousand little offers that are looked at one by one, and by the band rule as it is
/// told in words.
struct Slow {
    double believed = 0;
    double cost = 0;
    std::vector<double> path;
};
Slow slow_walk(const AttackedMarket& market, bool is_short, const std::vector<double>& wishes) {
    const Profile& side = is_short ? market.bids : market.asks;
    constexpr int pieces = 10'000;
    const double end = side.reach(side.most());
    std::vector<double> offers;
    for (int i = 0; i < pieces; ++i) offers.push_back(side.within(end * (i + 1) / pieces) - side.within(end * i / pieces));
    Slow slow;
    double taken = 0, from = 0;
    for (std::size_t mark = 0; mark < wishes.size(); ++mark) {
        taken *= std::pow(0.5, market.step_s / market.half_life_s);
        double before = 0, price = wishes[mark];
        for (int i = 0; i < pieces; ++i) {
            const double x = end * (i + 0.5) / pieces,
                         there = std::clamp(before + offers[static_cast<std::size_t>(i)] - taken, 0.0, offers[static_cast<std::size_t>(i)]);
            before += offers[static_cast<std::size_t>(i)];
            if (x <= wishes[mark]) slow.cost += there * (is_short ? 1 - market.resale * std::exp(-x) : std::exp(x) - market.resale);
            else if (there < offers[static_cast<std::size_t>(i)]) price = std::max(price, x);
        }
        taken = std::max(taken, side.within(wishes[mark]));
        if (mark >= 1 && (mark - 1) % static_cast<std::size_t>(market.clamp_steps) == 0) from = slow.believed;
        // Down: as the rate that lets it go up by the clamp.
        slow.believed = std::min(std::max(price, from - std::log(2 - std::exp(-market.clamp))), from + market.clamp);
        slow.path.push_back(price);
    }
    return slow;
}

double slow_value(const AttackedMarket& market, const Slow& slow, bool is_short, double open_interest) {
    if (market.waits_for_belief && slow.believed < slow.path.back() - 1e-9) return 0;
    const double times = std::exp(is_short ? -slow.believed : slow.believed);
    return open_interest * std::abs(times - 1) - slow.cost - market.margin({open_interest, 0, times, is_short});
}

TEST(STR_006, no_shape_of_a_push_does_better_than_the_search) {
    Draw draw(5);
    int shaped = 0, pays = 0;
    double most_gained = 0;
    for (int i = 0; i < 40; ++i) {
        const AttackedMarket market = drawn_market(draw);
        AttackedMarket even = market;
        even.even_only = true;
        const AttackSearch search(market), even_search(even);
        for (const double share : {2.0, 10.0, 60.0}) {
            const double open_interest = share * market.asks.most();
            const AttackPlan plan = search.best(open_interest), plain = even_search.best(open_interest);
            EXPECT_GE(plan.value(), plain.value()) << "the even way is one of those that are looked at";
            if (plan.value() <= 0) continue;
            ++pays;
            if (plan.value() > 1.001 * plain.value()) ++shaped;
            if (plain.value() > 0) most_gained = std::max(most_gained, plan.value() / plain.value());
            const Slow again = slow_walk(market, plan.is_short, plan.path);
            EXPECT_NEAR(again.believed, std::log(plan.believed), 2e-4);
            for (std::size_t mark = 0; mark < plan.path.size(); ++mark)
                EXPECT_NEAR(again.path[mark], plan.path[mark], 2e-4) << "what was taken holds the price where a rest begins, mark " << mark;
            EXPECT_NEAR(again.cost, plan.cost, 0.01 * plan.cost + 1e-3 * market.asks.within(0.01)) << "what the plan says of its path";
            // Whatever else is tried, also rests and steps of any size.
            for (int other = 0; other < 40; ++other) {
                const bool is_short = draw.chance(0.3);
                std::vector<double> wishes(1 + draw.below(static_cast<std::size_t>(market.window_s / 60)));
                const double far = std::log(market.push_most) * draw.uniform();
                for (double& wish : wishes) wish = draw.chance(0.3) ? 0 : far * draw.uniform();
                wishes.back() = far;
                EXPECT_LE(slow_value(market, slow_walk(market, is_short, wishes), is_short, open_interest),
                          1.01 * plan.value() + 1e-3 * open_interest);
            }
        }
    }
    EXPECT_GT(pays, 40);
    EXPECT_GT(shaped, 10) << "and often it is worth something";
    EXPECT_GT(most_gained, 1.05);
}

TEST(STR_006, under_a_velocity_an_even_book_that_stays_taken_gives_what_the_formula_says) {
    Draw draw(33);
    int pays = 0;
    for (int i = 0; i < 60; ++i) {
        const double depth = draw.pareto(1e3, 0.7), clamp = 0.01 + 0.1 * draw.uniform();
        const int bands = static_cast<int>(2 + draw.below(6)), every = static_cast<int>(1 + draw.below(5));
        AttackedMarket market = reference_market(depth, std::exp(clamp * bands) * 1.5);
        market.clamp = clamp;
        market.clamp_steps = every;
        market.window_s = 60.0 * (2 + (bands - 2) * every);
        const double rate = 0.1 * draw.uniform();
        market.margin = calibrate::by_worth([=](double n) { return rate * n; });
        const Target target{depth, std::exp(clamp * bands), 1, 1, market.margin};
        const AttackSearch search(market);
        for (const double open_interest : {depth * 30, depth * 200, depth * 3'000}) {
            const double formula = std::max(0.0, best_attack(target, open_interest).value());
            EXPECT_NEAR(search.best(open_interest).value(), formula, 2e-3 * formula + 1e-6 * open_interest);
            pays += formula > 0;
        }
    }
    EXPECT_GT(pays, 30);
}

TEST(STR_006, rests_pay_where_the_book_comes_back_and_belief_waits) {
    AttackedMarket market;
    market.asks = Profile::even(BookSide::asks, 20'000, 1e8);
    market.push_most = 1.5;
    market.window_s = 3'600;
    market.half_life_s = 120;
    market.clamp = std::log1p(0.1);
    market.clamp_steps = 10;
    market.waits_for_belief = true;
    AttackedMarket even = market;
    even.even_only = true;
    const AttackPlan plan = AttackSearch(market).best(3e6), plain = AttackSearch(even).best(3e6);
    EXPECT_GT(plan.value(), 1.5 * plain.value()) << "even pushes buy again and again what comes back, and give up sooner";
    EXPECT_GT(plan.believed, plain.believed);
    bool falls = false;
    for (std::size_t i = 1; i < plan.path.size(); ++i) falls = falls || plan.path[i] < plan.path[i - 1] - 1e-6;
    EXPECT_TRUE(falls) << "between the ends of intervals the price is let go";
    EXPECT_NEAR(plan.path.back(), std::log(plan.push), 1e-9);
}

/// What leaves while it is let out, told mark by mark with a purse that fills with time: the second way.
double told_by_a_purse(const AttackedMarket& market, const AttackPlan& plan) {
    // The believed price as the engine's velocity holds it: at the second mark, and every so many after it, a new interval begins.
    const double down = std::log(2 - std::exp(-market.clamp));
    double believed = 0, anchor = 0, purse = 0, gone = 0, backs = 0;
    for (std::size_t i = 0; i < plan.path.size(); ++i) {
        if (i >= 1 && (i - 1) % static_cast<std::size_t>(market.clamp_steps) == 0) anchor = believed;
        believed = std::min(std::max(plan.path[i], anchor - down), anchor + market.clamp);
        if (i > 0) purse += market.outflow_per_s * market.step_s;
        backs = market.profit_weight * plan.open_interest * std::abs(std::exp(plan.is_short ? -believed : believed) - 1);
        const double leaves = std::max(0.0, std::min(purse, backs - gone));
        gone += leaves;
        purse -= leaves;
        if (backs <= gone) purse = 0;  // what could have left and was not backed cannot leave later
    }
    if (plan.hold_steps == 0) gone += std::max(0.0, std::min(purse + market.outflow_per_s * market.step_s, backs - gone));
    return gone;
}

TEST(STR_006, money_that_is_let_out_slowly_leaves_on_the_way_up_as_well) {
    int limited = 0;
    for (const double clamp : {0.02, 0.1})
        for (const double outflow : {300.0, 3'000.0, 30'000.0}) {
            AttackedMarket market;
            const std::vector<series::Band> bands{{0.01, 200'000}, {0.02, 260'000}, {0.05, 900'000}, {0.3, 1'500'000}};
            market.bids = Profile::bands(BookSide::bids, bands);
            market.asks = Profile::bands(BookSide::asks, bands);
            market.push_most = 3;
            market.window_s = 1'800;
            market.clamp = clamp;
            market.clamp_steps = 5;
            market.outflow_per_s = outflow;
            market.margin = calibrate::by_worth([](double n) { return 0.02 * n; });
            const AttackSearch search(market);
            for (const double open_interest : {2e6, 8e6, 2e7}) {
                const AttackPlan plan = search.best(open_interest);
                if (plan.value() <= 0) continue;
                EXPECT_NEAR(plan.gain, told_by_a_purse(market, plan), 1e-6 * plan.gain) << clamp << ' ' << outflow << ' ' << open_interest;
                const double at_the_top = outflow * market.step_s * std::max(1, plan.hold_steps);
                if (plan.gain > at_the_top * (1 + 1e-9)) ++limited;
            }
        }
    EXPECT_GT(limited, 2) << "nothing left on the way";
}

TEST(STR_006, curves_and_caps) {
    AttackedMarket market = reference_market(50'000, 2);
    market.margin = calibrate::by_worth([](double n) { return 0.05 * n; });
    const AttackSearch search(market);
    const auto safe = search.safe_open_interest(1e10);
    ASSERT_TRUE(safe.has_value());
    double before = 0;
    for (double n = *safe / 8; n < *safe * 16; n *= 1.5) {
        const double value = search.best(n).value();
        EXPECT_GE(value, before);
        before = value;
        EXPECT_EQ(value > 0, n > *safe) << n << " against " << *safe;
    }
}

/// A set for prices around 1 with a schedule, a weight of profits and a velocity.
ParameterSet set_of(const Schedule& schedule, double weight, std::optional<Velocity> credit = {}) {
    ParameterSet set = bare_venue("attacked", schedule, Price::from_raw(1'000 * pow10_64(replay_price_digits)),
                                  Size::from_raw(10'000'000'000 * pow10_64(replay_size_digits)));
    set.profit.withdrawal = set.profit.initial = Rate::from_raw(static_cast<std::int64_t>(weight * static_cast<double>(rate_one)));
    set.markets.front().guard.credit = credit;
    if (credit)
        set.markets.front()
            .guard.actions.allowed[static_cast<std::size_t>(GuardState::clamped)][static_cast<std::size_t>(GuardedAction::withdraw)] = true;
    set.liquidation.withdrawals_wait = false;
    return set;
}

TEST(STR_006, the_engine_lets_out_what_the_plan_says) {
    const std::vector<TableRow> rows{{{0, 0}, {1'000'000, 0}, {5, 2}, {10, 0}, {}}, {{1'000'000, 0}, {900'000'000, 0}, {2, 1}, {3, 0}, {}}};
    struct Case {
        const char* name;
        Schedule schedule;
        std::function<double(double)> margin;
        double weight;
        double clamp_rate;  // an interval
        std::uint32_t accounts;
        Leave leave;
        std::uint64_t interval_ms = 60'000;
        double half_life_s = 600;
    };
    const auto flat = [](double n) { return 0.2 * n; };
    const auto table = [](double n) { return n <= 1e6 ? n / 10 : n / 3; };
    const std::vector<Case> cases{
        {"flat", flat_scheme({2, 1}), flat, 1, 0, 1, Leave::withdraw},
        {"half a weight", flat_scheme({2, 1}), flat, 0.5, 0, 1, Leave::withdraw},
        {"table over three accounts", table_scheme(rows, Application::whole, Subject::own_notional), table, 1, 0, 3, Leave::withdraw},
        {"clamped", flat_scheme({2, 1}), flat, 1, 0.02, 1, Leave::withdraw},
        {"clamped by the five minutes", flat_scheme({2, 1}), flat, 1, 0.1, 1, Leave::withdraw, 300'000},
        {"clamped by two marks and a half", flat_scheme({2, 1}), flat, 1, 0.05, 1, Leave::withdraw, 150'000},
        {"rests in the quarters of an hour", flat_scheme({2, 1}), flat, 1, 0.1, 1, Leave::withdraw, 900'000, 60},
        {"rests over two accounts", flat_scheme({2, 1}), flat, 0.8, 0.05, 2, Leave::withdraw, 240'000, 30},
        {"two legs", flat_scheme({2, 1}), flat, 0, 0, 1, Leave::two_legs},
        {"closed", flat_scheme({2, 1}), flat, 0, 0, 2, Leave::close},
    };
    for (const Case& c : cases) {
        AttackedMarket market;
        market.asks = Profile::even(BookSide::asks, 20'000, 1e8);
        market.push_most = 4;
        market.step_s = 60;
        market.window_s = 1'800;
        market.half_life_s = c.half_life_s;
        market.margin = calibrate::by_worth(c.margin);
        market.profit_weight = c.weight;
        market.accounts_most = c.accounts;
        market.leaves = {c.leave};
        if (c.clamp_rate > 0) market.clamp = std::log1p(c.clamp_rate);
        market.clamp_steps = static_cast<int>((c.interval_ms + 59'999) / 60'000);
        const AttackPlan plan = AttackSearch(market).best(6e6);
        ASSERT_GT(plan.value(), 0) << c.name;
        std::optional<Velocity> credit;
        if (c.clamp_rate > 0)
            credit = Velocity{Rate::from_raw(static_cast<std::int64_t>(c.clamp_rate * static_cast<double>(rate_one))), c.interval_ms};
        ParameterSet set = set_of(c.schedule, c.weight, credit);
        const auto played = play_attack(set, plan, 1, 60);
        ASSERT_TRUE(played.has_value()) << to_string(played.error());
        EXPECT_NEAR(played->opened, 6e6, 10) << c.name;
        if (c.leave != Leave::two_legs) {
            EXPECT_NEAR(played->extracted(), plan.gain - plan.margin, 0.004 * plan.gain) << c.name << " " << to_string(played->refused);
            continue;
        }
        // The losing leg's debt is paid by the winner where nobody else does: nothing is won without a fund.
        EXPECT_LE(played->extracted(), 1) << c.name;
        const double fund = 400'000;
        const double funded = play_attack(set, plan, 1, 60, fund)->extracted();
        EXPECT_GT(funded, 0.9 * fund) << "with a fund, the fund is what is won";
        EXPECT_LE(funded, fund + 1);
    }
}

TEST(STR_006, capped_where_attacks_begin_to_pay_the_engine_lets_nothing_out) {
    const auto attacked = [](std::uint32_t accounts) {
        AttackedMarket market;
        market.asks = Profile::even(BookSide::asks, 20'000, 1e8);
        market.push_most = 4;
        market.margin = calibrate::by_worth([](double n) { return 0.2 * n; });
        market.accounts_most = accounts;
        return market;
    };
    for (const std::uint32_t accounts : {1u, 4u}) {
        const AttackSearch search(attacked(accounts));
        const double safe = *search.safe_open_interest(1e9);
        const ParameterSet open = set_of(flat_scheme({2, 1}), 1), capped = with_caps(open, MarketId{0}, safe, safe);
        EXPECT_EQ(capped.schedules[0].caps.open_interest, (Decimal{static_cast<std::int64_t>(safe), 0}));
        AttackedMarket held = attacked(accounts);
        held.open_interest_most = held.position_most = std::floor(safe);
        const AttackSearch within(held);
        EXPECT_FALSE(within.safe_open_interest(1e9)) << "nothing pays up to the caps";
        for (double n = 10; n < 1e9; n *= 1.3) EXPECT_LE(within.best(n).value(), 0) << n;
        AttackPlan plan = search.best(3 * safe);
        ASSERT_GT(plan.value(), 0);
        // What is let out has to pay for the push as well.
        EXPECT_GT(play_attack(open, plan, 1, 60)->extracted(), plan.cost);
        const auto refused = play_attack(capped, plan, 1, 60);
        EXPECT_LE(refused->extracted(), plan.cost);
        EXPECT_NE(refused->refused, RejectCode::none);
        plan.open_interest = std::floor(safe);
        const auto full = play_attack(capped, plan, 1, 60);
        EXPECT_EQ(full->refused == RejectCode::open_interest_cap || full->refused == RejectCode::position_cap, false) << "it fills the cap";
        EXPECT_NEAR(full->opened, safe, 1e-3 * safe);
        EXPECT_LE(full->extracted() - plan.cost, 1e-3 * safe);
    }
}

TEST(STR_006, a_cap_of_one_market_is_not_one_of_another) {
    ParameterSet set = set_of(flat_scheme({2, 1}), 1);
    set.markets.push_back(set.markets.front());
    set.markets.back().name = "OTHER";
    set.schedules.front().caps.position = Decimal{5, 0};
    const ParameterSet capped = with_caps(set, MarketId{1}, 1'000.9, 2'000.9);
    EXPECT_EQ(capped.schedules[capped.markets[0].schedule.index], set.schedules.front());
    const Caps& caps = capped.schedules[capped.markets[1].schedule.index].caps;
    EXPECT_EQ(caps.position, (Decimal{5, 0})) << "it is lower as it is";
    EXPECT_EQ(caps.open_interest, (Decimal{2'000, 0}));
    EXPECT_FALSE(has_errors(validate(capped)));
}

TEST(STR_006, a_sound_venue_lets_nothing_out) {
    AttackedMarket market;
    market.asks = Profile::even(BookSide::asks, 20'000, 1e8);
    market.push_most = 4;
    market.margin = calibrate::by_worth([](double n) { return 0.2 * n; });
    const AttackPlan plan = AttackSearch(market).best(3e6);
    ParameterSet weightless = set_of(flat_scheme({2, 1}), 0);
    EXPECT_LE(play_attack(weightless, plan, 1, 60)->extracted(), 1) << "profit on paper backs nothing";
    ParameterSet guarded = set_of(flat_scheme({2, 1}), 1, Velocity{Rate::from_raw(rate_one / 1'000), 60'000});
    EXPECT_LE(play_attack(guarded, plan, 1, 60)->extracted(), 1) << "a push that is not believed";
    ParameterSet dear = set_of(flat_scheme({1, 0}), 1);
    EXPECT_LE(play_attack(dear, plan, 1, 60)->extracted(), 1) << "a margin of all it is worth";
}

}  // namespace
}  // namespace plimsoll::stress
