// Accounts, one feature a test: contracts, collateral, isolated positions, hedge mode, overrides, groups, and the domain.
#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/domain.hpp"
#include "plimsoll/risk/overrides.hpp"
#include "plimsoll/risk/price_solve.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace plimsoll {
namespace {

Fraction rate(std::string_view text) { return Fraction::from_rate(Rate::from_raw(*parse_decimal(text, rate_digits))); }

Schedule flat(std::string_view initial, std::string_view maintenance) {
    Schedule s;
    s.id = "flat";
    Term term;
    term.curve.base = rate(initial);
    s.initial.terms = {term};
    term.curve.base = rate(maintenance);
    s.maintenance.terms = {term};
    return s;
}

/// A dollar of two decimals, in which health is counted, and a coin of eight.
ParameterSet venue() {
    ParameterSet set;
    set.name = "test";
    Asset usd;
    usd.name = "USD";
    usd.digits = 2;
    usd.price_max = Price::from_raw(1);
    usd.amount_max = amount_max;
    usd.weight_initial.weight = usd.weight_maintenance.weight = hundred_percent;
    Asset coin = usd;
    coin.name = "COIN";
    coin.digits = 4;
    coin.price_digits = 2;
    coin.price_max = Price::from_raw(10'000'000);
    coin.amount_max = Amount::from_raw(pow10_64(15));
    set.assets = {usd, coin};
    set.schedules = {flat("0.1", "0.05")};
    MarketParams m;
    m.name = "COIN-PERP";
    m.instrument = {ContractKind::linear, 2, 3, 2, {1, 0}, Price::from_raw(10'000'000), Size::from_raw(10'000'000), Price::from_raw(1),
                    Size::from_raw(1)};
    set.markets = {m};
    return set;
}

RiskContext context_of(ParameterSet set, std::int64_t mark = 100'000) {
    auto made = RiskContext::make(std::move(set));
    if (!made) throw std::runtime_error(to_string(made.error().front()));
    MarketState state;
    state.mark = Price::from_raw(mark);
    for (std::uint32_t i = 0; i < made->market_count(); ++i) EXPECT_EQ(made->set_market({i}, state), "");
    return std::move(*made);
}

Position leg_of(Leg leg, std::int64_t milli, std::int64_t entry) {
    Position p;
    p.leg = leg;
    p.size = Size::from_raw(milli);
    p.cost = Wide{milli} * entry;
    return p;
}
Account with(std::int64_t cents, std::vector<Position> positions) {
    return {{{{0}, Amount::from_raw(cents)}}, std::move(positions), {}, {}};
}

TEST(ACCT_001, an_inverse_long_gains_coins_as_the_price_rises) {
    ParameterSet set = venue();
    set.markets[0].settle = {1};
    set.markets[0].instrument = {
        ContractKind::inverse, 2, 0, 4, {100, 0}, Price::from_raw(10'000'000), Size::from_raw(100'000), Price::from_raw(1),
        Size::from_raw(1)};
    const Instrument& i = set.markets[0].instrument;
    const Price at_50k = Price::from_raw(5'000'000);
    const Price at_62k5 = Price::from_raw(6'250'000);
    const Wide cost = notional(i, Size::from_raw(100), at_50k, Round::floor);
    EXPECT_EQ(cost, Wide{2'000} * 1'000'000);                                          // 0.2 coins at ten decimals
    EXPECT_EQ(pnl_exact(i, Size::from_raw(100), cost, at_62k5), Wide{400} * 1'000'000);    // 0.04
    EXPECT_EQ(pnl_exact(i, Size::from_raw(-100), -cost, at_62k5), -Wide{400} * 1'000'000);
    EXPECT_EQ(notional(i, Size::from_raw(100'000), Price::from_raw(0)), inverse_notional_max);
}

TEST(ACCT_001, the_published_liquidation_of_an_inverse_position_comes_out) {
    // Two contracts of 100 USD long at 37,643.10000021, wallet 0.00268058, maintenance 0.4 %: liquidated at 25,119.9744576...
    ParameterSet set = venue();
    set.assets[1].digits = 8;
    set.markets[0].settle = {1};
    set.markets[0].instrument = {
        ContractKind::inverse, 8, 0, 8, {100, 0}, Price::from_raw(100'000 * pow10_64(8)), Size::from_raw(1'000), Price::from_raw(1),
        Size::from_raw(1)};
    set.schedules = {flat("0.1", "0.004")};
    set.assets[1].amount_max = Amount::from_raw(pow10_64(15));
    const RiskContext c = context_of(set, 35'000 * pow10_64(8));
    Position p;
    p.mode = MarginMode::isolated;
    p.size = Size::from_raw(2);
    p.cost = notional(set.markets[0].instrument, p.size, Price::from_raw(3'764'310'000'021), Round::floor);
    p.isolated_collateral = Amount::from_raw(268'058);
    const auto answer = liquidation_price(c, with(0, {p}).view(), 0);
    ASSERT_TRUE(answer);
    // A unit of 10^-8 coins is worth some 0.03 of price here: the rounding of what is owed and needed.
    EXPECT_NEAR(static_cast<double>(answer->first_breach.raw()), 25'119.974457609e8, 0.1e8);
    EXPECT_LE(answer->evaluations, 64);
}

TEST(ACCT_001, a_quanto_contract_counts_its_multiplier_in_the_settle_asset) {
    ParameterSet set = venue();
    set.markets[0].instrument.kind = ContractKind::quanto;
    set.markets[0].instrument.multiplier = {5, 3};  // 0.005 of the settle asset per contract and unit of price
    const Instrument& i = set.markets[0].instrument;
    EXPECT_EQ(notional(i, Size::from_raw(2'000), Price::from_raw(10'000)), Wide{1} * 100'000'000);  // 2 * 100 * 0.005 = 1
}

TEST(ACCT_001, a_size_beyond_every_bound_saturates) {
    Instrument i = venue().markets[0].instrument;
    i.multiplier = {std::numeric_limits<std::int64_t>::max(), 0};
    EXPECT_EQ(notional(i, Size::max(), Price::max()), notional_max);
    i.multiplier = {1, 0};
    EXPECT_EQ(notional(i, Size::from_raw(std::int64_t{1} << 45), Price::from_raw(std::int64_t{1} << 45)), notional_max);
    EXPECT_EQ(notional(i, Size::from_raw((std::int64_t{1} << 45) - 1), Price::from_raw(std::int64_t{1} << 45)),
              (Wide{1} << 90) - (Wide{1} << 45));
}

TEST(ACCT_002, weights_fall_with_the_amount_and_the_larger_discount_counts) {
    const ValueScales scales{4, 2, 2};
    WeightCurve curve;
    curve.weight = hundred_percent;
    curve.tiers = {{{0, 0}, hundred_percent}, {{1'000, 0}, Rate::from_raw(500'000'000)}};
    // 30 coins at 50.00 are 1,500: 1,000 in full and 500 by half.
    EXPECT_EQ(collateral_value(curve, scales, Amount::from_raw(300'000), Price::from_raw(5'000), 0), 125'000);
    curve.linear = LinearDiscount{{1, 2}, {}, Rate::from_raw(400'000'000)};  // 1 % a coin, at most 40 %
    EXPECT_EQ(collateral_value(curve, scales, Amount::from_raw(300'000), Price::from_raw(5'000), 0), 105'000);
    curve.root = RootDiscount{hundred_percent, {1, 0}};  // 1 / (1 + sqrt(9)) = 1/4
    EXPECT_EQ(collateral_value(curve, scales, Amount::from_raw(90'000), Price::from_raw(6'000), 0), 13'500);
    curve.venue_scale_start = Decimal{3'000, 0};  // 6,000 are held venue-wide
    EXPECT_EQ(collateral_value(curve, scales, Amount::from_raw(90'000), Price::from_raw(6'000), 1'000'000), 6'750);
}

TEST(ACCT_002, a_large_root_discount_leaves_something) {
    WeightCurve curve;
    curve.weight = hundred_percent;
    curve.root = RootDiscount{hundred_percent, {1, 0}};
    // sqrt(998,001) = 999: one part in 1,000 counts.
    EXPECT_EQ(collateral_value(curve, {0, 2, 2}, Amount::from_raw(998'001), Price::from_raw(100'000), 0), 99'800'100);
}

TEST(ACCT_002, an_asset_without_a_price_counts_for_nothing_and_costs_the_most) {
    const RiskContext c = context_of(venue());
    Account account = with(0, {});
    account.balances.push_back({{1}, Amount::from_raw(10'000)});
    EXPECT_EQ(health(c, account.view(), Purpose::open).collateral, 0);
    account.balances[1].amount = Amount::from_raw(-10'000);  // one coin at 100,000.00
    EXPECT_EQ(health(c, account.view(), Purpose::open).collateral, -10'000'000);
}

TEST(ACCT_003, an_isolated_loss_stays_where_it_is) {
    const RiskContext c = context_of(venue());
    Position p = leg_of(Leg::net, 1'000, 200'000);  // bought at 2,000, marked at 1,000
    p.mode = MarginMode::isolated;
    p.isolated_collateral = Amount::from_raw(50'000);
    const Account account = with(1'000, {p});
    EXPECT_EQ(health(c, account.view(), Purpose::maintenance).value(), 1'000);
    EXPECT_EQ(isolated_health(c, account.view(), 0, Purpose::maintenance).value(), 50'000 - 100'000 - 5'000);
    EXPECT_EQ(isolated_equity(c, account.view(), 0), -50'000);
}

TEST(ACCT_003, margin_leaves_an_isolated_position_down_to_its_initial_requirement) {
    const RiskContext c = context_of(venue());
    Position p = leg_of(Leg::net, 1'000, 100'000);
    p.mode = MarginMode::isolated;
    p.isolated_collateral = Amount::from_raw(15'000);
    const Account account = with(0, {p});
    EXPECT_TRUE(admit_removal(c, account.view(), 0, Amount::from_raw(5'000)).admitted());
    EXPECT_EQ(admit_removal(c, account.view(), 0, Amount::from_raw(5'001)).shortfall, 1);
    EXPECT_EQ(admit_removal(c, account.view(), 0, Amount::from_raw(15'001)).refusal, Refusal::amount_out_of_range);
}

TEST(ACCT_003, an_order_in_another_mode_is_refused_while_anything_is_open) {
    const RiskContext c = context_of(venue());
    Account account = with(1'000'000, {leg_of(Leg::net, 1'000, 100'000)});
    OrderRequest order{{0}, Side::buy, Size::from_raw(1), Price::from_raw(100'000)};
    order.mode = MarginMode::isolated;
    EXPECT_EQ(admit(c, account.view(), order).refusal, Refusal::mode_conflict);
    order.mode = MarginMode::cross;
    order.leg = Leg::long_leg;
    EXPECT_EQ(admit(c, account.view(), order).refusal, Refusal::mode_conflict);
    account.positions[0] = leg_of(Leg::net, 0, 0);
    EXPECT_TRUE(admit(c, account.view(), order).admitted());
}

TEST(ACCT_004, legs_are_asked_for_their_sum_or_for_the_larger) {
    ParameterSet set = venue();
    const Account account = with(1'000'000, {leg_of(Leg::long_leg, 3'000, 100'000), leg_of(Leg::short_leg, -2'000, 100'000)});
    EXPECT_EQ(health(context_of(set), account.view(), Purpose::open).requirement, 30'000 + 20'000);
    set.markets[0].hedge = HedgeRule::larger_leg;
    EXPECT_EQ(health(context_of(set), account.view(), Purpose::open).requirement, 30'000);
}

TEST(ACCT_004, the_larger_leg_does_not_cover_what_the_other_legs_orders_lose) {
    ParameterSet set = venue();
    set.markets[0].hedge = HedgeRule::larger_leg;
    Account account = with(1'000'000, {leg_of(Leg::long_leg, 3'000, 100'000), leg_of(Leg::short_leg, -1'000, 100'000)});
    account.positions[1].sells = Size::from_raw(1'000);
    account.positions[1].sell_cost = Wide{1'000} * 90'000;  // 1 sold at 900 loses 100
    account.positions[0].buys = Size::from_raw(1'000);
    account.positions[0].buy_cost = Wide{1'000} * 105'000;  // 1 bought at 1,050 loses 50
    const Health h = health(context_of(set), account.view(), Purpose::open);
    EXPECT_EQ(h.requirement, 40'000);
    EXPECT_EQ(h.order_loss, 15'000);
}

TEST(ACCT_004, a_new_long_leg_takes_its_place_before_the_short_one) {
    ParameterSet set = venue();
    set.markets[0].hedge = HedgeRule::larger_leg;
    const RiskContext c = context_of(set);
    const Account account = with(1'000'000, {leg_of(Leg::short_leg, -2'000, 100'000)});
    OrderRequest order{{0}, Side::buy, Size::from_raw(1'000), Price::from_raw(100'000)};
    order.leg = Leg::long_leg;
    EXPECT_EQ(admit(c, account.view(), order).required, 20'000);
}

TEST(ACCT_004, what_closes_a_leg_never_exceeds_it) {
    const RiskContext c = context_of(venue());
    Account account = with(1'000'000, {leg_of(Leg::long_leg, 1'000, 100'000)});
    account.positions[0].sells = Size::from_raw(400);
    account.positions[0].sell_cost = Wide{400} * 100'000;
    OrderRequest order{{0}, Side::sell, Size::from_raw(600), Price::from_raw(100'000)};
    order.leg = Leg::long_leg;
    EXPECT_TRUE(admit(c, account.view(), order).reducing || admit(c, account.view(), order).admitted());
    order.size = Size::from_raw(601);
    EXPECT_EQ(admit(c, account.view(), order).refusal, Refusal::beyond_leg);
}

TEST(ACCT_005, an_account_outside_the_domain_is_refused_by_the_place_of_its_fault) {
    const RiskContext c = context_of(venue());
    const auto fault = [&](const Account& account) { return account_fault(c, account.view()); };
    EXPECT_EQ(fault(with(1, {leg_of(Leg::net, 1'000, 100'000)})), "");
    EXPECT_EQ(fault(with(1, {leg_of(Leg::net, 10'000'001, 1)})), "position 1: its size is beyond the market's size_max");
    EXPECT_EQ(fault(with(1, {leg_of(Leg::net, 1'000, -1)})), "position 1: its cost has not the sign of its size");
    EXPECT_EQ(fault(with(1, {leg_of(Leg::net, 1, 10'000'001)})), "position 1: its cost is above what the size costs at price_max");
    EXPECT_EQ(fault(with(1, {leg_of(Leg::long_leg, -1, 1)})), "position 1: its size has the sign of the other leg");
    const Position one = leg_of(Leg::net, 1, 1);
    EXPECT_EQ(fault(with(1, {one, one})), "position 2: the market is held once, or as a long leg and a short leg in this order");
    Account twice = with(1, {});
    twice.balances.push_back(twice.balances[0]);
    EXPECT_EQ(fault(twice), "balance 2: the asset is held twice");
    EXPECT_EQ(fault(with(std::numeric_limits<std::int64_t>::min() + 1, {})), "balance 1: it is beyond the asset's amount_max");
    Position orders = one;
    orders.buys = Size::from_raw(10'000'000);
    EXPECT_EQ(fault(with(1, {orders})), "position 1: filling its orders would exceed the market's size_max");
}

TEST(ACCT_005, a_set_outside_the_domain_is_refused) {
    const auto refused = [](const ParameterSet& set) {
        const auto made = RiskContext::make(set);
        return made ? std::string() : made.error().front().message;
    };
    EXPECT_EQ(refused(venue()), "");
    ParameterSet set = venue();
    set.markets[0].instrument.settle_digits = 6;
    EXPECT_EQ(refused(set), "settle_digits differ from the digits of the settle asset");
    set = venue();
    set.assets[1].weight_initial.linear = LinearDiscount{{1, 0}, {}, Rate::from_raw(600'000'000)};
    EXPECT_EQ(refused(set), "linear: beyond a discount of one half more collateral is worth less");
    set = venue();
    set.profit.initial = Rate::from_raw(rate_one + 1);
    EXPECT_EQ(refused(set), "a profit weight lies between 0 and 1");
    set = venue();
    set.overrides = {{"alice", {}, Rate::from_raw(1), {}}};
    EXPECT_EQ(refused(set), "override 1 of alice: a multiplier lies between 1 and 100");
    set = venue();
    set.liquidation.interval_ms = 0;
    EXPECT_EQ(refused(set), "a time must be above 0");
    set = venue();
    set.markets[0].guard.credit = Velocity{Rate::from_raw(rate_one), 1};
    EXPECT_EQ(refused(set), "credit: a velocity needs a rate above 0 and below 100 % and an interval above 0");
}

TEST(ACCT_005, a_mark_at_which_an_inverse_market_outgrows_an_amount_is_refused) {
    ParameterSet set = venue();
    set.markets[0].settle = {1};
    set.markets[0].instrument = {
        ContractKind::inverse, 2, 0, 4, {100, 0}, Price::from_raw(10'000'000), Size::from_raw(1'000'000'000'000), Price::from_raw(1),
        Size::from_raw(1)};
    RiskContext c = context_of(set);
    MarketState state;
    EXPECT_NE(c.set_market({0}, state), "");
    state.mark = Price::from_raw(1);
    EXPECT_NE(c.set_market({0}, state), "");
}

TEST(ACCT_006, an_override_reaches_the_first_order_in_a_market) {
    ParameterSet set = venue();
    set.overrides = {{"alice", MarketId{0}, Rate::from_raw(3 * rate_one), {}},
                     {"alice", {}, Rate::from_raw(2 * rate_one), Rate::from_raw(400'000'000)}};
    const RiskContext c = context_of(set);
    Account alice = with(1'000'000, {});
    apply_overrides(c.set(), "alice", alice);
    const OrderRequest order{{0}, Side::buy, Size::from_raw(1'000), Price::from_raw(100'000)};
    EXPECT_EQ(admit(c, alice.view(), order).required, 40'000);  // the floor of 40 % is above three times 10 %
    Account bob = with(1'000'000, {});
    apply_overrides(c.set(), "bob", bob);
    EXPECT_EQ(admit(c, bob.view(), order).required, 10'000);
}

TEST(RISK_003, each_policy_reserves_its_own_worst_fill) {
    ParameterSet set = venue();
    Account account = with(1'000'000, {leg_of(Leg::net, 2'000, 100'000)});
    account.positions[0].buys = Size::from_raw(1'000);
    account.positions[0].buy_cost = Wide{1'000} * 110'000;  // 1 bought at 1,100 loses 100
    account.positions[0].sells = Size::from_raw(5'000);
    account.positions[0].sell_cost = Wide{5'000} * 100'000;
    const auto reserved = [&](OpenOrderPolicy policy) {
        set.markets[0].open_orders = policy;
        const Health h = health(context_of(set), account.view(), Purpose::open);
        return h.requirement + h.order_loss;
    };
    EXPECT_EQ(reserved(OpenOrderPolicy::worst_side), 30'000 + 10'000);      // 3 long with the loss, against 3 short
    EXPECT_EQ(reserved(OpenOrderPolicy::gross_per_side), 50'000 + 10'000);  // 5 sold un-netted, and the buy's loss after
    EXPECT_EQ(reserved(OpenOrderPolicy::each_alone), 20'000);
}

TEST(RISK_003, each_alone_tests_an_order_alone_and_reserves_nothing_afterwards) {
    ParameterSet set = venue();
    set.markets[0].open_orders = OpenOrderPolicy::each_alone;
    const RiskContext c = context_of(set);
    Account account = with(10'000, {leg_of(Leg::net, 0, 0)});
    account.positions[0].buys = Size::from_raw(1'000);
    account.positions[0].buy_cost = Wide{1'000} * 100'000;
    const OrderRequest order{{0}, Side::buy, Size::from_raw(1'000), Price::from_raw(100'000)};
    EXPECT_TRUE(admit(c, account.view(), order).admitted());
    EXPECT_EQ(admit(c, with(9'999, {}).view(), order).refusal, Refusal::margin_insufficient);
}

TEST(RISK_004, a_resting_bargain_does_not_hide_what_a_candidate_loses) {
    const RiskContext c = context_of(venue());
    Account account = with(1'000'000, {leg_of(Leg::net, 0, 0)});
    account.positions[0].buys = Size::from_raw(1'000);
    account.positions[0].buy_cost = Wide{1'000} * 50'000;
    const OrderRequest order{{0}, Side::buy, Size::from_raw(1'000), Price::from_raw(120'000)};
    EXPECT_EQ(admit(c, account.view(), order).required, 20'000 + 20'000);
}

TEST(RISK_004, an_order_outside_the_domain_is_refused_by_name) {
    ParameterSet set = venue();
    set.markets[0].instrument.lot = Size::from_raw(10);
    set.markets[0].instrument.tick = Price::from_raw(5);
    const RiskContext c = context_of(set);
    const Account account = with(1'000'000, {});
    const auto refusal = [&](OrderRequest order) { return admit(c, account.view(), order).refusal; };
    const OrderRequest good{{0}, Side::buy, Size::from_raw(10), Price::from_raw(100'000)};
    EXPECT_EQ(refusal(good), Refusal::none);
    OrderRequest order = good;
    order.market = {7};
    EXPECT_EQ(refusal(order), Refusal::market_unknown);
    order = good;
    order.size = Size::from_raw(11);
    EXPECT_EQ(refusal(order), Refusal::size_out_of_range);
    order = good;
    order.limit = Price::from_raw(100'001);
    EXPECT_EQ(refusal(order), Refusal::price_out_of_range);
    EXPECT_EQ(admit_withdrawal(c, account.view(), {9}, Amount::from_raw(1)).refusal, Refusal::asset_unknown);
    EXPECT_EQ(admit(context_of(venue(), 0), account.view(), good).refusal, Refusal::mark_missing);
}

TEST(RISK_004, a_group_cap_counts_what_the_owner_holds_elsewhere) {
    ParameterSet set = venue();
    set.schedules[0].caps.group = Decimal{10'000, 0};
    const RiskContext c = context_of(set);
    const std::vector<GroupSize> group{{Size::from_raw(9'000), Size{}}};
    const Account account = with(100'000'000, {});
    AccountView view = account.view();
    view.group = group;
    OrderRequest order{{0}, Side::buy, Size::from_raw(1'000), Price::from_raw(100'000)};
    EXPECT_TRUE(admit(c, view, order).admitted());
    order.size = Size::from_raw(1'001);
    EXPECT_EQ(admit(c, view, order).refusal, Refusal::group_cap);
    order.side = Side::sell;
    EXPECT_TRUE(admit(c, view, order).admitted());
}

TEST(RISK_004, a_limit_that_is_exceeded_does_not_stop_the_way_back) {
    ParameterSet set = venue();
    set.markets[0].open_orders = OpenOrderPolicy::each_alone;
    set.schedules[0].caps.position = Decimal{1'000, 0};
    const RiskContext c = context_of(set);
    Account account = with(100'000'000, {leg_of(Leg::net, -5'000, 100'000)});
    account.positions[0].buys = Size::from_raw(4'000);  // with these it may pass zero, so it does not only reduce
    account.positions[0].buy_cost = Wide{4'000} * 100'000;
    OrderRequest order{{0}, Side::buy, Size::from_raw(2'000), Price::from_raw(100'000)};
    EXPECT_TRUE(admit(c, account.view(), order).admitted());
    order.size = Size::from_raw(6'001);
    EXPECT_EQ(admit(c, account.view(), order).refusal, Refusal::position_cap);
}

TEST(RISK_004, a_new_leverage_has_to_fit_what_is_held) {
    ParameterSet set = venue();
    Schedule& s = set.schedules[0];
    s.initial.terms[0].curve = {};
    s.initial.terms[0].curve.kind = CurveKind::brackets;
    s.initial.terms[0].curve.rows = {{{0, 0}, rate("0.1")}, {{10'000, 0}, rate("0.2")}};
    s.caps.leverage_caps_size = true;
    const RiskContext c = context_of(set);
    const Account account = with(100'000'000, {leg_of(Leg::net, 15'000, 100'000)});
    OrderRequest order{{0}, Side::sell, Size::from_raw(6'000), Price::from_raw(100'000)};
    EXPECT_TRUE(admit(c, account.view(), order).admitted());
    order.leverage_hundredths = 1'000;  // ten times is offered up to 10,000
    EXPECT_EQ(admit(c, account.view(), order).refusal, Refusal::leverage_caps_size);
    order.leverage_hundredths = 500;
    EXPECT_TRUE(admit(c, account.view(), order).admitted());
}

TEST(RISK_005, an_edge_that_relieves_does_not_hide_an_earlier_breach) {
    // Above 1,000 the whole position pays 50 %, up to it 35 % and up to 900 only 5 %: falling through an edge heals, but the
    // line was crossed above.
    ParameterSet set = venue();
    Schedule& s = set.schedules[0];
    for (LevelRule* level : {&s.initial, &s.maintenance}) {
        Term& t = level->terms[0];
        t.application = Application::whole;
        t.curve.kind = CurveKind::brackets;
        t.curve.base = {};
        t.curve.rows = {{{0, 0}, rate("0.05")}, {{900, 0}, rate("0.35")}, {{1'000, 0}, rate("0.5")}};
    }
    const RiskContext c = context_of(set, 120'000);
    const Account account = with(95'000, {leg_of(Leg::net, 1'000, 150'000)});
    // 950 - (1,500 - p) = p / 2 at p = 1,100; below 1,000 the account would pass again.
    const auto answer = liquidation_price(c, account.view(), 0);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->last_safe.raw(), 110'000);
    EXPECT_EQ(answer->first_breach.raw(), 109'999);
    const Replacement below{{0}, c.at_price({0}, Price::from_raw(100'000))};
    EXPECT_TRUE(health(c, account.view(), Purpose::maintenance, &below).healthy());
}

TEST(RISK_005, the_published_liquidation_of_a_cross_account_comes_out) {
    // Binance's FAQ: wallet 1,535,443.01; 109.488 BTC long at 32,481.98 (2.5 %, amount 16,300) and 3,683.979 ETH long at
    // 1,456.84, marked 1,335.18 (10 %, amount 135,365): BTC at 26,316.89.
    ParameterSet set = venue();
    set.assets[0].digits = 8;
    MarketParams eth = set.markets[0];
    eth.name = "ETH";
    eth.schedule = {1};
    set.markets.push_back(eth);
    set.schedules.push_back(set.schedules[0]);
    const auto brackets = [](Schedule& s, std::int64_t edge, std::string_view below, std::string_view above) {
        for (LevelRule* level : {&s.initial, &s.maintenance}) {
            level->terms[0].curve.kind = CurveKind::brackets;
            level->terms[0].curve.base = {};
            level->terms[0].curve.rows = {{{0, 0}, rate(below)}, {{edge, 0}, rate(above)}};
        }
    };
    brackets(set.schedules[0], 815'000, "0.005", "0.025");
    brackets(set.schedules[1], 2'707'300, "0.05", "0.1");
    for (MarketParams& m : set.markets) m.instrument.settle_digits = 8;
    for (MarketParams& m : set.markets) m.instrument.size_max = Size::from_raw(5'000'000);
    RiskContext c = context_of(set, 3'000'000);
    MarketState state;
    state.mark = Price::from_raw(133'518);
    ASSERT_EQ(c.set_market({1}, state), "");
    Account account = with(153'544'301'000'000, {leg_of(Leg::net, 109'488, 3'248'198), leg_of(Leg::net, 3'683'979, 145'684)});
    account.positions[1].market = {1};
    ASSERT_EQ(account_fault(c, account.view()), "");
    const auto answer = liquidation_price(c, account.view(), 0);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->first_breach.raw(), 2'631'689);
    EXPECT_EQ(answer->last_safe.raw(), 2'631'690);
}

/// One coin bought at 1,500 and marked at 1,200, on a schedule of one whole-position term at both levels.
std::optional<PriceAnswer> liquidation_of_one(const Term& term, const Clamp& clamp, std::int64_t cents) {
    ParameterSet set = venue();
    set.schedules[0].initial.terms = set.schedules[0].maintenance.terms = {term};
    set.schedules[0].clamp = clamp;
    const RiskContext c = context_of(set, 120'000);
    const Account account = with(cents, {leg_of(Leg::net, 1'000, 150'000)});
    return liquidation_price(c, account.view(), 0);
}

TEST(RISK_005, a_rate_that_leaves_its_cap_does_not_hide_an_earlier_breach) {
    Term term;
    term.application = Application::whole;
    term.curve.kind = CurveKind::linear;
    term.curve.slope = {6, 4};  // 0.0006 p, held at 60 % from 1,000 up: below it the requirement falls faster than the price
    Clamp clamp;
    clamp.cap = rate("0.6");
    const auto answer = liquidation_of_one(term, clamp, 109'000);  // 1,090 - 1,500 + 0.4 p = 0 at 1,025; passes again at 900
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->last_safe.raw(), 102'500);
    EXPECT_EQ(answer->first_breach.raw(), 102'499);
}

TEST(RISK_005, a_ramp_that_leaves_its_end_does_not_hide_an_earlier_breach) {
    Term term;
    term.application = Application::whole;
    term.curve.base = rate("0.45");
    Modulator ramp;  // doubled once open interest, here the account's own coin, is worth 1,000
    ramp.effect = ModulatorEffect::multiply;
    ramp.to = {1'000, 0};
    ramp.multiplier = Rate::from_raw(2 * rate_one);
    term.modulators = {ramp};
    const auto answer = liquidation_of_one(term, {}, 139'000);  // 1,390 - 1,500 + 0.1 p = 0 at 1,100; passes again at 600
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->last_safe.raw(), 110'000);
    EXPECT_EQ(answer->first_breach.raw(), 109'999);
}

TEST(RISK_005, a_hedged_pair_may_be_liquidated_by_a_price_that_moves_with_it) {
    const RiskContext c = context_of(venue());
    // The legs cancel, and what both are asked rises with the price.
    const Account account = with(100'000, {leg_of(Leg::long_leg, 10'000, 100'000), leg_of(Leg::short_leg, -10'000, 100'000)});
    const auto answer = liquidation_price(c, account.view(), 0);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->last_safe.raw(), 100'000);  // 5 % of 20 coins at 1,000 is all there is
    EXPECT_EQ(answer->first_breach.raw(), 100'001);
    EXPECT_FALSE(liquidation_price(c, account.view(), 0, PriceMove::down));
}

TEST(RISK_009, what_is_no_collateral_covers_no_loss) {
    ParameterSet set = venue();
    set.assets[1].collateral = false;
    RiskContext c = context_of(set);
    EXPECT_EQ(c.set_asset({1}, {Price::from_raw(5'000), Price::from_raw(5'000)}), "");
    Account account = with(100, {});
    account.balances.push_back({{1}, Amount::from_raw(10'000)});
    EXPECT_EQ(equity(c, account.view()), 100);
}

}  // namespace
}  // namespace plimsoll
