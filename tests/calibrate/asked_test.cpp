// What a schedule asks of a position, against the engine's own gate and figures by hand.
#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/risk/requirement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace plimsoll::calibrate {
namespace {

using ::testing::HasSubstr;

ParameterSet set_of(const std::string& initial,
                    const std::string& market = "kind = \"linear\"\nsize_digits = 3\nsize_max = \"100000000\"\n") {
    auto set = formats::read_parameter_set(
        "[set]\nname = \"s\"\nversion = 1\nnumeraire = \"USD\"\nsource = \"a test\"\n"
        "[[asset]]\nname = \"USD\"\ndigits = 6\nprice_digits = 6\nprice_max = \"10\"\n"
        "amount_max = \"100000000000\"\nweight = \"1\"\n[[schedule]]\nid = \"m\"\n" +
            initial +
            "[schedule.maintenance]\nof_initial = \"0.5\"\n[[market]]\nname = \"M\"\nsettle = \"USD\"\nschedule = \"m\"\n"
            "price_digits = 2\nprice_max = \"1000\"\nliquidation_fee = \"0\"\n" +
            market,
        "test");
    EXPECT_TRUE(set) << to_string(set.error().front());
    return *set;
}

const std::string by_size =
    "[[schedule.initial.term]]\naxis = \"own-size\"\ncurve = \"brackets\"\napply = \"whole\"\n"
    "rows = [ { from = \"0\", rate = \"0.01\" }, { from = \"10\", rate = \"0.02\" }, { from = \"100\", rate = \"0.10\" } ]\n";
const std::string by_open_interest =
    "[[schedule.initial.term]]\ncurve = \"flat\"\nrate = \"0.05\"\n"
    "modulator = [ { input = \"open-interest\", effect = \"lift\", from = \"1000000\", to = \"3000000\" } ]\n";
const std::string by_depth =
    "[[schedule.initial.term]]\naxis = \"own-notional / depth\"\ncurve = \"linear\"\napply = \"whole\"\nbase = \"0.05\"\nslope = \"0.1\"\n";

double rate(const std::string& initial, const Surroundings& around, const Stake& stake) {
    const auto asked = AskedSchedule::make(set_of(initial), MarketId{0}, around);
    EXPECT_TRUE(asked) << to_string(asked.error());
    return asked ? asked->rate(stake, Level::initial) : -1;
}

TEST(CAL_015, each_axis_is_asked_with_what_it_looks_at) {
    EXPECT_NEAR(rate(by_size, {40, 0, 0, 0}, {200, 0, 1, false}), 0.01, 1e-12) << "5 units";
    EXPECT_NEAR(rate(by_size, {40, 0, 0, 0}, {2'000, 0, 1, false}), 0.02, 1e-12) << "50 units";
    EXPECT_NEAR(rate(by_size, {40, 0, 0, 0}, {8'000, 0, 1, true}), 0.10, 1e-12) << "200 units";
    EXPECT_NEAR(rate(by_size, {40, 0, 0, 0}, {2'000, 0, 20, false}), 0.02, 1e-12) << "a push of the price moves no size";
    EXPECT_NEAR(rate(by_size, {40, 0, 0, 0}, {2'000, 0, 1e9, false}), 0.02, 1e-12) << "also where it would leave the market's prices";
    // The lift begins at 1M of the larger side and is whole at 3M: at 2M half of what is missing to 100 % is added.
    EXPECT_NEAR(rate(by_open_interest, {}, {1'000, 0, 1, false}), 0.05, 1e-12);
    EXPECT_NEAR(rate(by_open_interest, {}, {2e6, 0, 1, false}), 0.525, 1e-9) << "its own position is open interest";
    EXPECT_NEAR(rate(by_open_interest, {0, 1.5e6, 0, 0}, {500'000, 0, 1, true}), 0.525, 1e-9) << "with that of others";
    EXPECT_NEAR(rate(by_open_interest, {}, {500'000, 1.5e6, 1, false}), 0.525, 1e-9) << "with that of its other accounts";
    EXPECT_NEAR(rate(by_open_interest, {}, {250'000, 750'000, 2, false}), 0.525, 1e-9) << "at the price as it is now";
    EXPECT_NEAR(rate(by_depth, {0, 0, 1e6, 0}, {1e6, 0, 1, false}), 0.15, 1e-9);
    EXPECT_NEAR(rate(by_depth, {0, 0, 1e6, 0}, {2e6, 0, 1, false}), 0.25, 1e-9);
    EXPECT_NEAR(rate(by_depth, {}, {1'000, 0, 1, false}), 1, 1e-9) << "where no depth was measured it asks its cap";
}

TEST(CAL_015, what_is_asked_is_what_the_gate_requires) {
    std::mt19937 random(5);
    const auto draw = [&](double low, double high) { return low * std::pow(high / low, static_cast<double>(random() % 10'000) / 1e4); };
    for (const std::string& initial : {by_size, by_open_interest, by_depth})
        for (int i = 0; i < 300; ++i) {
            const ParameterSet set = set_of(initial);
            const Surroundings around{std::round(draw(1, 900) * 100) / 100, draw(1e3, 1e7), draw(1e4, 1e7), 0};
            const Stake stake{std::ceil(draw(1e3, 5e6) / around.price * 1e3) / 1e3 * around.price, 0, 1, random() % 2 == 0};
            const auto asked = AskedSchedule::make(set, MarketId{0}, around);
            ASSERT_TRUE(asked) << to_string(asked.error());
            auto context = RiskContext::make(set);
            const auto raw = [](double value, double unit) { return static_cast<std::int64_t>(value / unit * (1 + 1e-12)); };
            const Size others = Size::from_raw(raw(around.open_interest / around.price, 1e-3)),
                       size = Size::from_raw(raw(stake.notional / around.price, 1e-3));
            const Price mark = Price::from_raw(raw(around.price, 0.01));
            const Amount depth = Amount::from_raw(raw(around.depth, 1e-6));
            ASSERT_EQ(context->set_market(MarketId{0}, {mark, others, others, depth, {}, {}, {}, hundred_percent}), "");
            // As the gate weighs it: a position of this account that is not yet there.
            Position order;
            order.market = MarketId{0};
            (stake.is_short ? order.sells : order.buys) = size;
            (stake.is_short ? order.sell_cost : order.buy_cost) = notional(set.markets[0].instrument, size, mark);
            const AccountView account{{}, {&order, 1}, {}, {}, {}};
            const double required =
                static_cast<double>(position_risk(context->market(MarketId{0}), account, 0, Purpose::open).requirement.raw()) / 1e6;
            const double worth = static_cast<double>(notional(set.markets[0].instrument, size, mark)) / 1e5;
            EXPECT_NEAR(asked->rate(stake, Level::initial), required / worth, 2e-6 + 1e-6 / worth)
                << initial << stake.notional << " at " << around.price;
            // And as it is held afterwards, when it is part of the open interest.
            Position position;
            position.market = MarketId{0};
            position.size = stake.is_short ? -size : size;
            const Size with = others + size;
            ASSERT_EQ(context->set_market(
                          MarketId{0},
                          {mark, stake.is_short ? others : with, stake.is_short ? with : others, depth, {}, {}, {}, hundred_percent}),
                      "");
            const AccountView holder{{}, {&position, 1}, {}, {}, {}};
            const PositionRisk held = position_risk(context->market(MarketId{0}), holder, 0, Purpose::maintenance);
            EXPECT_NEAR(asked->rate(stake, Level::maintenance), static_cast<double>(held.requirement.raw()) / 1e6 / worth,
                        2e-6 + 1e-6 / worth);
        }
}

TEST(CAL_015, what_a_notional_does_not_say_is_asked_for) {
    const auto fault = [](const std::string& initial, double price,
                          const char* market = "kind = \"linear\"\nsize_digits = 3\nsize_max = \"100000000\"\n") {
        const auto asked = AskedSchedule::make(set_of(initial, market), MarketId{0}, {price, 0, 0, 0});
        return asked ? std::string("none") : to_string(asked.error());
    };
    EXPECT_EQ(fault(by_depth, 0), "none");
    EXPECT_EQ(fault(by_depth, 1e9), "none") << "no price is looked at";
    EXPECT_THAT(fault(by_size, 0), HasSubstr("a notional alone does not say what it asks; give the price (--price)"));
    EXPECT_THAT(fault(by_size, 5'000), HasSubstr("a price of 5000 does not fit the market's digits or its price_max"));
    EXPECT_THAT(fault(by_size, 0.0001), HasSubstr("does not fit the market's digits"));
    EXPECT_EQ(fault(by_size, 40), "none");
}

TEST(CAL_015, an_inverse_contract_is_asked_in_contracts) {
    // Contracts of 100 USD settled in a coin; 1 % up to 50 of them.
    auto set = formats::read_parameter_set(
        "[set]\nname = \"s\"\nversion = 1\nnumeraire = \"BTC\"\nsource = \"a test\"\n"
        "[[asset]]\nname = \"BTC\"\ndigits = 8\nprice_digits = 6\nprice_max = \"10\"\namount_max = \"1000000\"\nweight = \"1\"\n"
        "[[schedule]]\nid = \"m\"\n[[schedule.initial.term]]\naxis = \"own-size\"\ncurve = \"brackets\"\napply = \"whole\"\n"
        "rows = [ { from = \"0\", rate = \"0.01\" }, { from = \"50\", rate = \"0.03\" } ]\n[schedule.maintenance]\nof_initial = \"0.5\"\n"
        "[[market]]\nname = \"M\"\nkind = \"inverse\"\nsettle = \"BTC\"\nschedule = \"m\"\ncontract_multiplier = \"100\"\nprice_digits = "
        "1\nprice_max = \"1000000\"\n"
        "size_digits = 0\nsize_max = \"1000000\"\nliquidation_fee = \"0\"\n",
        "test");
    ASSERT_TRUE(set) << to_string(set.error().front());
    const auto asked = AskedSchedule::make(*set, MarketId{0}, {50'000, 0, 0, 0});
    ASSERT_TRUE(asked) << to_string(asked.error());
    EXPECT_NEAR(asked->rate(5'000, Level::initial), 0.01, 1e-7);
    EXPECT_NEAR(asked->rate(5'100, Level::initial), 0.03, 1e-7);
}

}  // namespace
}  // namespace plimsoll::calibrate
