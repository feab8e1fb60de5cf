// Reducing matches far from the mark: what a side owes afterwards would be paid by others.
#include "support/cases.hpp"
#include "support/engine_desk.hpp"

namespace plimsoll::testing {
namespace {

struct Pair {
    AccountId alice;  // long 10 coins at 10,000 on 20,000
    AccountId bob;    // short the same
};
Pair facing(Desk& d) {
    d.mark(10'000);
    const Pair p{d.open(20'000), d.open(20'000)};
    d.open(1'000'000);  // somebody whose money it would be
    EXPECT_TRUE(d.trade(p.alice, p.bob, 10'000, 10'000).accepted());
    return p;
}

Wide equity_of(const Desk& d, AccountId account) {
    std::vector<Position> positions;
    std::vector<Balance> balances;
    return equity(d.engine.state().active->liquidation, view_of(d.engine.state(), account, Reading::held, positions, balances));
}

TEST(ENG_042, two_accounts_of_one_owner_cannot_close_far_from_the_mark) {
    Desk d;
    const Pair p = facing(d);
    const Reply buy = d.order(p.bob, Side::buy, 10'000, 200'000);
    const Reply sell = d.order(p.alice, Side::sell, 10'000, 1);
    ASSERT_TRUE(buy.accepted() && sell.accepted());  // an order that only reduces is never refused for margin
    const Reply fill = d.fill(buy.made, sell.made, 10'000, 200'000);
    EXPECT_EQ(fill.reject.code, RejectCode::margin_insufficient);
    EXPECT_EQ(fill.reject.account, p.bob);
    EXPECT_EQ(fill.reject.shortfall, Wide{1'880'000} * 1'000'000);
    EXPECT_EQ(d.fill(buy.made, sell.made, 10'000, 1).reject.account, p.alice);
    // What a side has of its own it may give away, to the last unit.
    EXPECT_FALSE(d.fill(buy.made, sell.made, 10'000, 12'001).accepted());
    EXPECT_TRUE(d.fill(buy.made, sell.made, 10'000, 12'000).accepted());
    EXPECT_EQ(equity_of(d, p.bob), 0);
}

TEST(ENG_042, a_liquidation_order_is_no_way_round_it) {
    Desk d;
    const Pair p = facing(d);
    d.mark(11'500);  // bob has 5,000 left and should have 5,750
    const event::OrderPlaced* placed = d.find_event<event::OrderPlaced>();
    ASSERT_NE(placed, nullptr);
    const event::OrderPlaced order = *placed;
    ASSERT_EQ(order.kind, OrderKind::liquidation);
    // Within the interval of the order: the next step replaces it.
    const Reply sell = d.send(command::PlaceOrder{p.alice, {0}, Side::sell, Leg::net, order.size, Price::from_raw(1), false}, 0);
    ASSERT_TRUE(sell.accepted());
    const auto match = [&](std::int64_t price) {
        return d.send(command::Fill{order.order, {sell.made}, order.size, Price::from_raw(price * 100), {}, {}}, 0);
    };
    EXPECT_EQ(match(200'000).reject.code, RejectCode::margin_insufficient);
    EXPECT_TRUE(match(11'500).accepted());
}

TEST(ENG_042, no_match_at_any_price_takes_a_side_below_zero_beyond_what_the_mark_has_done) {
    for_cases(
        [](Random& random) -> std::string {
            Desk d;
            const Pair p = facing(d);
            d.mark(random.between(9'000, 11'000));
            const auto milli = random.between(1, 10'000);
            const auto price = random.between(1, 3) == 1 ? random.between(1, 400'000) : random.between(8'000, 13'000);
            const Reply buy = d.order(p.bob, Side::buy, milli, price);
            const Reply sell = d.order(p.alice, Side::sell, milli, price);
            const Wide before = std::min(equity_of(d, p.alice), equity_of(d, p.bob));
            const Reply fill = d.fill(buy.made, sell.made, milli, price);
            const Wide after = std::min(equity_of(d, p.alice), equity_of(d, p.bob));
            if (after < 0 && after < before) return "at " + std::to_string(price) + " a side is left with " + format_decimal(after, 6);
        // And a price between what each has left is never refused.
            const bool fair = price * 10 <= 120'000 && price * 10 >= 80'000;
            if (fair && buy.accepted() && sell.accepted() && !fill.accepted()) return "refused at " + std::to_string(price);
            return {};
        },
        100);
}

}  // namespace
}  // namespace plimsoll::testing
