// Which orders go the quick way. That it says what the general way says is asserted at every order of every test that is built with slow
// assertions; here it is seen to be taken, and left where something is not ordinary.
#include "plimsoll/engine/quick_order.hpp"

#include "support/engine_desk.hpp"

#include <optional>

namespace plimsoll::testing {
namespace {

/// The small venue with brackets.
ParameterSet bracket_venue() {
    ParameterSet set = small_venue();
    for (LevelRule* level : {&set.schedules[0].initial, &set.schedules[0].maintenance}) {
        level->terms.front().application = Application::marginal;
        Curve& curve = level->terms.front().curve;
        curve.kind = CurveKind::brackets;
        const std::int64_t rate = curve.base.numerator;
        curve.rows = {{{0, 0}, {rate, 1}}, {{50'000, 0}, {2 * rate, 1}}};
        curve.base = {};
    }
    return set;
}

struct Street {
    explicit Street(const ParameterSet& set = bracket_venue()) : desk(set), trader(desk.open(10'000)), maker(desk.open(1'000'000)) {
        desk.mark(1'000);
        desk.mark(100, {1});
        EXPECT_TRUE(desk.trade(trader, maker, 10'000, 1'000).accepted());
    }
    command::PlaceOrder buy(std::int64_t milli, std::int64_t price = 1'000) const {
        return {trader, {0}, Side::buy, Leg::net, Size::from_raw(milli), Price::from_raw(price * 100), false};
    }
    std::optional<event::OrderPlaced> quick(const command::PlaceOrder& c) const {
        event::OrderPlaced placed;
        return quick_order(desk.engine.state(), c, placed) ? std::optional(placed) : std::nullopt;
    }

    Desk desk;
    AccountId trader, maker;
};

TEST(ENG_045, an_ordinary_order_goes_the_quick_way) {
    const Street street;
    const auto placed = street.quick(street.buy(50'000));
    ASSERT_TRUE(placed.has_value());
    // 60 at 1,000: 50,000 at 10 % and 10,000 at 20 %.
    EXPECT_EQ(placed->required, Wide{7'000'000'000});
    EXPECT_EQ(placed->available, Wide{10'000'000'000});
    EXPECT_TRUE(street.quick({street.trader, {1}, Side::sell, Leg::net, Size::from_raw(1'000), Price::from_raw(9'000), false}).has_value())
        << "a market in which nothing is held yet";
    EXPECT_EQ(street.quick(street.buy(1'000, 1'500))->required, Wide{1'600'000'000}) << "1,100 of margin and 500 lost at once";
}

TEST(ENG_045, the_largest_that_passes_goes_the_quick_way_and_one_lot_more_does_not) {
    Street street;
    // 75 at 1,000 need 5,000 and 25,000 at 20 %: all that there is.
    EXPECT_TRUE(street.quick(street.buy(65'000)).has_value());
    EXPECT_FALSE(street.quick(street.buy(65'001)).has_value());
    EXPECT_EQ(street.desk.order(street.trader, Side::buy, 65'001, 1'000).reject.largest_size, Size::from_raw(65'000));
}

TEST(ENG_045, bounds_of_the_contract_bind_to_the_lot) {
    ParameterSet set = bracket_venue();
    set.markets[0].instrument.size_max = Size::from_raw(30'000);
    set.markets[0].instrument.lot = Size::from_raw(10);
    set.markets[0].instrument.tick = Price::from_raw(50);
    Street street(set);
    EXPECT_TRUE(street.quick(street.buy(20'000)).has_value());
    EXPECT_FALSE(street.quick(street.buy(20'010)).has_value()) << "30 are the most that an account holds";
    EXPECT_FALSE(street.quick(street.buy(15)).has_value()) << "half a lot";
    command::PlaceOrder off = street.buy(10);
    off.limit = Price::from_raw(100'025);
    EXPECT_FALSE(street.quick(off).has_value()) << "half a tick";
    off.limit = Price{};
    EXPECT_FALSE(street.quick(off).has_value());
    ASSERT_TRUE(street.desk.order(street.trader, Side::buy, 20'000, 900).accepted());
    EXPECT_FALSE(street.quick(street.buy(10)).has_value()) << "what rests counts";
}

TEST(ENG_045, what_is_not_ordinary_goes_the_general_way) {
    Street street;
    Desk& desk = street.desk;
    auto reducing = street.buy(1'000);
    reducing.side = Side::sell;
    reducing.reduce_only = true;
    EXPECT_FALSE(street.quick(reducing).has_value());
    auto leg = street.buy(1'000);
    leg.leg = Leg::long_leg;
    EXPECT_FALSE(street.quick(leg).has_value());
    EXPECT_FALSE(street.quick(street.buy(0)).has_value());
    EXPECT_FALSE(street.quick(street.buy(200'000'000)).has_value());

    ASSERT_TRUE(desk.send(command::SetLeverage{street.trader, {0}, 500}).accepted());
    EXPECT_FALSE(street.quick(street.buy(1'000)).has_value()) << "a chosen leverage";
    ASSERT_TRUE(desk.send(command::SetLeverage{street.trader, {0}, 0}).accepted());
    EXPECT_TRUE(street.quick(street.buy(1'000)).has_value());
    ASSERT_TRUE(desk.send(command::SetGroup{street.trader, {1}}).accepted());
    EXPECT_FALSE(street.quick(street.buy(1'000)).has_value()) << "a group";
}

}  // namespace
}  // namespace plimsoll::testing
