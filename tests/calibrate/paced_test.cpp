// What keeps margins from moving with the day: the floor from ten years, the buffer and the speed bump beside a live schedule, and
// estimators that are asked for. Laws and second ways.
#include "plimsoll/calibrate/floor.hpp"
#include "plimsoll/calibrate/proposal.hpp"
#include "plimsoll/formats/params_toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

namespace plimsoll::calibrate {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t start = 1'600'000'000 / 86'400 * 86'400;

/// Bars that walk; `storm` times the step from a bar on.
std::vector<Bar> walk_of(std::size_t count, std::uint32_t seed, std::int64_t step_s = 3'600, double step = 0.004,
                         std::size_t storm_at = ~std::size_t{0}, double storm = 1) {
    std::mt19937 random(seed);
    std::vector<Bar> bars;
    double price = 100;
    for (std::size_t i = 0; i < count; ++i) {
        double draw = 0;
        for (int k = 0; k < 3; ++k) draw += (static_cast<double>(random() % 2'001) - 1'000) / 1'000;
        const double next = price * (1 + step * draw * (i >= storm_at ? storm : 1));
        bars.push_back({start + static_cast<std::int64_t>(i) * step_s, price, std::max(price, next), std::min(price, next), next, 1e5});
        price = next;
    }
    return bars;
}
std::int64_t end_of(const Prices& prices) { return prices.bars().back().ts + prices.step(); }

/// A schedule of brackets, whole or marginal, to stand for what is live.
std::shared_ptr<const AskedSchedule> live_of(bool whole, const std::vector<std::pair<double, double>>& rows) {
    std::string text = "[set]\nname = \"live\"\nversion = 1\nnumeraire = \"USD\"\nsource = \"a test\"\n[[asset]]\nname = \"USD\"\ndigits = "
                       "2\nprice_digits = 6\n"
                       "price_max = \"10\"\namount_max = \"100000000000\"\nweight = \"1\"\n[[schedule]]\nid = "
                       "\"m\"\n[[schedule.initial.term]]\ncurve = \"brackets\"\napply = \"" +
                       std::string(whole ? "whole" : "marginal") + "\"\nrows = [\n";
    for (const auto& [from, rate] : rows) {
        char row[120];
        std::snprintf(row, sizeof row, "{ from = \"%.0f\", rate = \"%.5f\" },\n", from, rate);
        text += row;
    }
    text += "]\n[schedule.maintenance]\nof_initial = \"0.5\"\n[[market]]\nname = \"X\"\nkind = \"linear\"\nsettle = \"USD\"\nschedule = "
            "\"m\"\nprice_digits = 2\n"
            "price_max = \"10000\"\nsize_digits = 4\nsize_max = \"100000000\"\n";
    auto set = formats::read_parameter_set(text, "live");
    EXPECT_TRUE(set) << (set ? "" : to_string(set.error().front())) << text;
    auto asked = AskedSchedule::make(std::move(*set), MarketId{0}, {});
    EXPECT_TRUE(asked) << (asked ? "" : to_string(asked.error()));
    return std::make_shared<const AskedSchedule>(std::move(*asked));
}
std::shared_ptr<const AskedSchedule> drawn_live(std::mt19937& random) {
    std::vector<std::pair<double, double>> rows;
    double from = 0, rate = 0.005 + static_cast<double>(random() % 60) / 1'000;
    for (std::size_t i = 0, n = 1 + random() % 6; i < n; ++i) {
        rows.emplace_back(from, std::min(rate, 0.9));
        from = std::round((from + 5'000) * (2 + static_cast<double>(random() % 30) / 10));
        rate *= 1.1 + static_cast<double>(random() % 20) / 10;
    }
    return live_of(random() % 2 == 0, rows);
}

struct Case {
    Prices prices;
    Measured measured;
};
Case case_of(std::uint32_t seed, const Appetite& appetite, const CurveInputs& inputs) {
    Prices prices(walk_of(9'000, seed), 3'600);
    const auto measured = measure(prices, end_of(prices), appetite, inputs);
    EXPECT_TRUE(measured) << to_string(measured.error());
    return {std::move(prices), *measured};
}
std::vector<double> sizes() {
    std::vector<double> all;
    for (double q = 137; q < 2e7; q *= 1.37) all.push_back(q);
    return all;
}
constexpr double cap = 2e7;

TEST(CAL_010, without_a_live_schedule_the_curve_is_what_it_was) {
    for (const Appetite& appetite : appetites()) {
        const auto [prices, measured] = case_of(3, appetite, {});
        const MarginCurve curve(measured, appetite, {});
        const PacedCurve paced(measured, appetite, {}, {}, cap);
        for (const double q : sizes()) {
            EXPECT_EQ(paced.initial(q), curve.initial(q));
            EXPECT_EQ(paced.maintenance(q), curve.maintenance(q));
        }
    }
}

TEST(CAL_010, a_live_schedule_is_looked_at_from_above) {
    std::mt19937 random(5);
    const Appetite appetite = *find_appetite("balanced");
    const auto [prices, measured] = case_of(4, appetite, {});
    for (int round = 0; round < 40; ++round) {
        const auto live = drawn_live(random);
        const PacedCurve paced(measured, appetite, {}, PaceAsked{"live", live, true, 0, 0, 1}, cap);
        double before = 0;
        for (const double q : sizes()) {
            EXPECT_GE(paced.live(q), live->rate(q, Level::initial) - 1e-9) << q;
            EXPECT_GE(paced.live(q), before) << "it never falls";
            EXPECT_LE(paced.live(q), live->rate(q * std::pow(10.0, 0.25), Level::initial) + 1e-9) << "and is that of no size far above";
            before = paced.live(q);
        }
    }
}

TEST(CAL_010, a_buffer_is_drawn_down_before_what_is_asked_rises_at_every_size) {
    std::mt19937 random(6);
    for (const std::uint32_t seed : {7u, 8u, 9u})
        for (Appetite appetite : appetites()) {
            appetite.coverage = std::min(appetite.coverage, 0.995);
            const auto [prices, measured] = case_of(seed, appetite, {});
            Appetite bare = appetite;
            bare.buffer = 0;
            const MarginCurve with(measured, appetite, {}), without(measured, bare, {});
            for (int round = 0; round < 12; ++round) {
                const double drawn = static_cast<double>(random() % 11) / 10;
                const auto live = drawn_live(random);
                const PacedCurve paced(measured, appetite, {}, PaceAsked{"live", live, true, drawn, 0, 1}, cap);
                for (const double q : sizes()) {
                    const double asked = paced.initial(q), m = without.initial(q), full = with.initial(q);
                    // calibration.md, section 4, as it stands there: m' = max(m, min((1 + b) m_ref, (1 + b) m)).
                    const double m_ref = live->rate(q, Level::initial) / (1 + appetite.buffer * (1 - drawn));
                    EXPECT_GE(asked, std::max(m, std::min((1 + appetite.buffer) * m_ref, full)) - 1e-9) << q;
                    EXPECT_GE(asked, m);
                    EXPECT_LE(asked, full);
                    EXPECT_GE(paced.drawn(q), 0);
                    EXPECT_LE(paced.drawn(q), 1 + 1e-12);
                    EXPECT_NEAR(asked, full - paced.drawn(q) * (full - m), 1e-12) << "the state says what was asked";
                    if (live->rate(q, Level::initial) >= full) {
                        EXPECT_EQ(asked, full) << "what was asked before is enough: full";
                    }
                    EXPECT_EQ(paced.maintenance(q), with.maintenance(q));
                }
            }
            const auto dear = live_of(false, {{0, 0.9}}), cheap = live_of(false, {{0, 0.0001}});
            for (const double q : sizes()) {
                EXPECT_EQ(PacedCurve(measured, appetite, {}, PaceAsked{"", dear, true, 0, 0, 1}, cap).drawn(q), 0);
                EXPECT_EQ(PacedCurve(measured, appetite, {}, PaceAsked{"", cheap, true, 0, 0, 1}, cap).initial(q), without.initial(q))
                    << "used up";
            }
        }
}

TEST(CAL_010, a_speed_bump_never_lowers_maintenance_nor_what_a_floor_asks) {
    std::mt19937 random(10);
    for (const std::uint32_t seed : {11u, 12u, 13u})
        for (const double floor : {0.0, 0.004, 0.02}) {
            const Appetite appetite = *find_appetite("balanced");
            CurveInputs inputs;
            inputs.volatility_floor = floor;
            const auto [prices, measured] = case_of(seed, appetite, inputs);
            const MarginCurve curve(measured, appetite, inputs);
            for (int round = 0; round < 12; ++round) {
                const auto live = drawn_live(random);
                const double growth = 0.01 + static_cast<double>(random() % 50) / 100;
                const auto at = [&](double g, double days) {
                    return PacedCurve(measured, appetite, inputs, PaceAsked{"live", live, false, 0, g, days}, cap);
                };
                const PacedCurve paced = at(growth, 1), longer = at(growth, 5), faster = at(2 * growth, 1);
                for (const double q : sizes()) {
                    const double asked = paced.initial(q);
                    EXPECT_EQ(paced.maintenance(q), curve.maintenance(q));
                    EXPECT_GE(paced.maintenance(q), std::min(measured.maintenance_volatility, 0.8)) << "the quantile over its horizon, now";
                    EXPECT_GE(asked, curve.maintenance(q) / 0.8 - 1e-12);
                    EXPECT_GE(asked, floor) << "never below what ten years ask";
                    EXPECT_LE(asked, curve.initial(q));
                    const double most = live->rate(q * std::pow(10.0, 0.25), Level::initial) * (1 + growth);
                    EXPECT_LE(asked, std::max({most, curve.maintenance(q) / 0.8, floor > 0 ? curve.initial(q) : 0.0}) + 1e-9);
                    EXPECT_GE(longer.initial(q), asked);
                    EXPECT_GE(faster.initial(q), asked);
                    EXPECT_NEAR(paced.held(q), curve.initial(q) - asked, 1e-15);
                    EXPECT_EQ(paced.days_held(q) > 0, asked < curve.initial(q));
                }
            }
        }
}

TEST(CAL_010, what_is_proposed_beside_a_live_schedule_lies_above_its_paced_curve) {
    std::mt19937 random(14);
    // A year of calm and ten days of storm.
    const Prices prices(walk_of(9'000, 15, 3'600, 0.004, 8'760, 3), 3'600);
    for (int round = 0; round < 10; ++round) {
        ProposalAsked asked{{"X", "USD"}, 8, "a test", 1};
        asked.pace = PaceAsked{"live", drawn_live(random), round % 2 == 0, 0, round % 3 == 0 ? 0.0 : 0.1, 1};
        const auto p = propose(prices, end_of(prices), *find_appetite("balanced"), {}, asked);
        ASSERT_TRUE(p) << to_string(p.error());
        EXPECT_LE(p->worst_under, 1e-9);
        EXPECT_TRUE(validate(p->set).empty());
        ASSERT_TRUE(p->pace);
        double held = 0;
        for (const Point& point : p->points) {
            EXPECT_LE(point.initial_curve, point.computed);
            EXPECT_GE(point.initial, point.initial_curve - 1e-9);
            EXPECT_GE(point.maintenance, p->measured.maintenance_volatility - 1e-9);
            EXPECT_LE(point.maintenance, 0.8 * point.initial + 1e-9);
            held = std::max(held, point.computed - point.initial_curve);
        }
        if (!asked.pace->draw_down) {
            EXPECT_NEAR(p->pace->held, held, 1e-12);
        }
        EXPECT_EQ(p->pace->days_held > 0, p->pace->held > 0);
    }
    ProposalAsked beside_little{{"X", "USD"}, 8, "a test", 1};
    beside_little.pace = PaceAsked{"little", live_of(false, {{0, 0.0001}}), true, 0, 0, 1};
    const auto used_up = propose(prices, end_of(prices), *find_appetite("balanced"), {}, beside_little);
    ASSERT_TRUE(used_up);
    EXPECT_EQ(used_up->pace->drawn, 1);
    EXPECT_LT(used_up->points.front().initial, used_up->points.front().computed) << "and the tiers follow";
    // The same again beside itself: nothing is drawn and nothing is held, because nothing rose.
    const auto first = propose(prices, end_of(prices), *find_appetite("balanced"), {}, {{"X", "USD"}, 8, "a test", 1});
    ASSERT_TRUE(first);
    ProposalAsked again{{"X", "USD"}, 8, "a test", 1};
    again.pace =
        PaceAsked{"first", std::make_shared<const AskedSchedule>(*AskedSchedule::make(first->set, MarketId{0}, {})), true, 0, 0.1, 1};
    const auto second = propose(prices, end_of(prices), *find_appetite("balanced"), {}, again);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->pace->drawn, 0);
    EXPECT_EQ(second->pace->held, 0);
    EXPECT_EQ(second->initial.tiers, first->initial.tiers);
}

/// By hand: sorted losses of windows counted back from the last bar, linear between neighbours.
double quantile_by_hand(const std::vector<Bar>& bars, std::size_t first, std::size_t end, std::size_t step, double coverage) {
    double worst = 0;
    for (const int sign : {-1, 1}) {
        std::vector<double> losses;
        for (std::size_t i = end - 1; i >= first + step; i -= step) losses.push_back(sign * (bars[i].close / bars[i - step].close - 1));
        std::sort(losses.begin(), losses.end());
        const double at = coverage * static_cast<double>(losses.size() - 1);
        const auto low = static_cast<std::size_t>(at);
        worst =
            std::max(worst, losses[low] + (at - static_cast<double>(low)) * (losses[std::min(low + 1, losses.size() - 1)] - losses[low]));
    }
    return worst;
}

TEST(CAL_010, ten_years_volatility_is_that_of_ten_years) {
    const Appetite appetite = *find_appetite("balanced");
    // Thirteen years by the day: the first two are wild and lie outside of the last ten.
    auto daily = walk_of(13 * 365, 16, 86'400, 0.01);
    for (std::size_t i = 1; i < 2 * 365; ++i) daily[i].close = daily[i].open * (i % 2 == 0 ? 1.5 : 0.67);
    const Prices record(daily, 86'400);
    const std::int64_t as_of = end_of(record);
    const auto floor = volatility_floor(record, as_of, appetite, 0.6);
    ASSERT_TRUE(floor) << to_string(floor.error());
    EXPECT_NEAR(floor->years, 10, 0.01);
    EXPECT_EQ(floor->exponent, 0.5) << "half at most";
    std::size_t first = 0;
    while (daily[first].ts < as_of - static_cast<std::int64_t>(10 * 365.25 * 86'400)) ++first;
    EXPECT_NEAR(floor->quantile, quantile_by_hand(daily, first, daily.size(), 1, appetite.coverage) * std::sqrt(3'600.0 / 86'400), 1e-12);
    EXPECT_NEAR(volatility_floor(record, as_of, appetite, 0.4)->quantile, floor->quantile * std::pow(24.0, 0.1), 1e-9);
    // Nothing later is looked at, whatever it is.
    auto later = daily;
    for (Bar& bar : later) bar.ts -= 86'400 * 100;
    const std::int64_t before = end_of(record) - 86'400 * 200;
    auto cut = later;
    cut.erase(std::remove_if(cut.begin(), cut.end(), [&](const Bar& bar) { return bar.ts + 86'400 > before; }), cut.end());
    EXPECT_EQ(volatility_floor(Prices(later, 86'400), before, appetite, 0.5)->quantile,
              volatility_floor(Prices(cut, 86'400), before, appetite, 0.5)->quantile);
    // Fewer years than ten are what there is, and said.
    const Prices hourly(walk_of(9'000, 17), 3'600);
    const auto year = volatility_floor(hourly, end_of(hourly), appetite, 0.5);
    ASSERT_TRUE(year);
    EXPECT_NEAR(year->years, 9'000.0 / 24 / 365.25, 1e-9);
    EXPECT_EQ(year->exponent, 0);
    EXPECT_NEAR(year->quantile, quantile_by_hand(walk_of(9'000, 17), 0, 9'000, 1, appetite.coverage), 1e-12);
    const Prices brief(walk_of(100, 17), 3'600);
    EXPECT_THAT(to_string(volatility_floor(brief, end_of(brief), appetite, 0.5).error()), HasSubstr("needs 400 at least"));
}

TEST(CAL_010, no_margin_lies_below_the_floor) {
    for (const std::uint32_t seed : {18u, 19u})
        for (const Appetite& appetite : appetites()) {
            const auto [prices, plain] = case_of(seed, appetite, {});
            double before = 0;
            for (const double floor : {0.0, 0.5 * plain.volatility, plain.volatility, 1.5 * plain.volatility, 4 * plain.volatility}) {
                CurveInputs inputs;
                inputs.volatility_floor = floor;
                const Measured raised = *measure(prices, end_of(prices), appetite, inputs);
                EXPECT_EQ(raised.volatility, std::max(plain.volatility, floor));
                const MarginCurve curve(raised, appetite, inputs), without(plain, appetite, {});
                for (const double q : sizes()) {
                    EXPECT_GE(curve.initial(q), std::min(1.0, (1 + appetite.buffer) * floor));
                    if (floor <= plain.volatility) {
                        EXPECT_EQ(curve.initial(q), without.initial(q)) << "a floor below what is computed changes no bit";
                        EXPECT_EQ(curve.maintenance(q), without.maintenance(q));
                    }
                }
                EXPECT_GE(curve.maintenance(1e5), before);
                before = curve.maintenance(1e5);
            }
        }
}

/// Bars whose volatility follows their own past, with three shocks at the end: what GARCH sees at once.
std::vector<Bar> shocked(std::size_t count, std::uint32_t seed) {
    std::mt19937 random(seed);
    auto bars = walk_of(count, seed);
    double variance = 1e-5, price = 100;
    for (std::size_t i = 0; i < count; ++i) {
        double draw = 0;
        for (int k = 0; k < 3; ++k) draw += (static_cast<double>(random() % 2'001) - 1'000) / 1'000;
        const double r = std::sqrt(variance) * draw * (i + 3 >= count ? 3 : 1);
        variance = 2e-6 + 0.25 * r * r + 0.55 * variance;
        const double next = price * (1 + r);
        bars[i] = {bars[i].ts, price, std::max(price, next), std::min(price, next), next, 1e5};
        price = next;
    }
    return bars;
}

TEST(CAL_003, estimators_that_are_asked_for_take_part_and_others_change_no_bit) {
    int garch_decides = 0, shortfall_decides = 0;
    for (const double coverage : {0.97, 0.99, 0.995})
        for (const std::uint32_t seed : {20u, 22u, 23u}) {
            Appetite appetite = *find_appetite("balanced");
            appetite.coverage = coverage;
            const Prices prices(shocked(9'000, seed), 3'600);
            const Measured plain = *measure(prices, end_of(prices), appetite, {});
            const auto returns = prices.as_of(end_of(prices)).returns(prices.bars_in(appetite.horizon_s), returns_most);
            const auto volatility_with = [&](bool shortfall, bool garch) {
                CurveInputs inputs;
                inputs.estimators = {shortfall, garch};
                return measure(prices, end_of(prices), appetite, inputs)->volatility;
            };
            const double by_garch = filtered_by_garch(returns, coverage)->worst(),
                         by_shortfall = expected_shortfall(returns, 0.975).worst();
            const double usual = std::max({plain.historical.worst(), plain.filtered.worst(), plain.tail->worst()});
            const auto mixed = [&](double quantiles) {
                const double stress = std::max(plain.worst.down, plain.worst.up);
                return (1 - appetite.stress_weight) * quantiles + appetite.stress_weight * std::max(stress, quantiles);
            };
            EXPECT_EQ(volatility_with(false, false), mixed(usual));
            EXPECT_EQ(volatility_with(true, false), mixed(std::max(usual, by_shortfall)));
            EXPECT_EQ(volatility_with(false, true), mixed(std::max(usual, by_garch)));
            EXPECT_EQ(volatility_with(true, true), mixed(std::max({usual, by_garch, by_shortfall})));
            garch_decides += by_garch > usual;
            shortfall_decides += by_shortfall > usual;
        }
    EXPECT_GT(garch_decides, 2);
    EXPECT_GT(shortfall_decides, 0);
    // One that is asked for and cannot be fitted is no silent nothing.
    auto still = walk_of(9'000, 21);
    for (Bar& bar : still) bar.open = bar.high = bar.low = bar.close = 100;
    const Prices prices(still, 3'600);
    CurveInputs inputs;
    EXPECT_TRUE(measure(prices, end_of(prices), *find_appetite("balanced"), inputs));
    inputs.estimators.garch = true;
    EXPECT_THAT(to_string(measure(prices, end_of(prices), *find_appetite("balanced"), inputs).error()), HasSubstr("the price never moves"));
}

/// Minus the log likelihood of normal residuals, and the variance after the last return, the plain way.
std::pair<double, double> garch_misfit(const std::vector<double>& returns, double omega, double alpha, double beta) {
    double variance = 0, misfit = 0;
    for (const double r : returns) variance += r * r / static_cast<double>(returns.size());
    for (const double r : returns) {
        misfit += 0.5 * (std::log(variance) + r * r / variance);
        variance = omega + alpha * r * r + beta * variance;
    }
    return {misfit, variance};
}

/// The file of estimates has no figures of GARCH, so every market that it names is held to a second way: no point of a grid is likelier
/// than the fit, and the filtered quantile is that of residuals worked out here.
TEST(CAL_003, garch_is_the_likeliest_on_twenty_two_markets) {
    const char* data = std::getenv("PLIM_SHARED_DATA");
    if (data == nullptr) GTEST_SKIP() << "set PLIM_SHARED_DATA to the folder that holds market/perp_1h to run these";
    int markets = 0;
    for (const char* symbol : {"ADA", "APT",  "AR",  "ATOM", "BNB", "BTC",  "DOGE", "DOT", "ETH", "FET", "FIL",
                               "GRT", "LINK", "LTC", "NEAR", "OP",  "PEPE", "SHIB", "SOL", "SUI", "TRX", "XRP"}) {
        std::vector<Bar> bars;
        const auto found = series::read_bars(std::string(data) + "/market/perp_1h/" + symbol + "USDT.csv.gz", {},
                                             [&](const Bar& bar) { bars.push_back(bar); });
        ASSERT_TRUE(found) << to_string(found.error());
        const Prices prices(std::move(bars), 3'600);
        for (const auto& [every, most] : {std::pair{24u, 730u}, {1u, 8'760u}}) {
            const auto returns = prices.as_of(1'760'054'400).returns(every, most);
            const auto fit = fit_garch(returns);
            ASSERT_TRUE(fit) << symbol;
            const auto [misfit, next] = garch_misfit(returns, fit->omega, fit->alpha, fit->beta);
            EXPECT_NEAR(next / fit->variance_next, 1, 1e-9) << symbol;
            EXPECT_LT(fit->alpha + fit->beta, 1) << symbol;
            double settled = 0;
            for (const double r : returns) settled += r * r / static_cast<double>(returns.size());
            for (const double alpha : {0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4})
                for (const double beta : {0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.88, 0.93, 0.97})
                    for (const double scale : {0.5, 0.8, 1.0, 1.3, 2.0})
                        if (alpha + beta < 1) {
                            EXPECT_GE(garch_misfit(returns, settled * scale * (1 - alpha - beta), alpha, beta).first, misfit - 1e-6)
                                << symbol << " every " << every << ": alpha " << alpha << ", beta " << beta << " against " << fit->alpha
                                << ", " << fit->beta;
                        }
            double variance = settled;
            std::vector<double> fall, rise;
            for (const double r : returns) {
                fall.push_back(-r / std::sqrt(variance));
                rise.push_back(r / std::sqrt(variance));
                variance = fit->omega + fit->alpha * r * r + fit->beta * variance;
            }
            const double by_hand = std::sqrt(variance) * std::max(quantile(fall, 0.995), quantile(rise, 0.995));
            EXPECT_NEAR(filtered_by_garch(returns, 0.995)->worst() / by_hand, 1, 1e-9) << symbol;
        }
        ++markets;
    }
    EXPECT_EQ(markets, 22);
}

}  // namespace
}  // namespace plimsoll::calibrate
