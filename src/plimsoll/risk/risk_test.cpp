// Accounts: worked examples that venues published, and the gate.
#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/price_solve.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace plimsoll {
namespace {

Fraction rate(std::string_view text) { return Fraction::from_rate(Rate::from_raw(*parse_decimal(text, rate_digits))); }

/// USDT-settled BTC and ETH with the brackets of Binance's published liquidation example.
ParameterSet venue() {
    ParameterSet set;
    set.name = "test";
    Asset usdt;
    usdt.name = "USDT";
    usdt.digits = 8;
    usdt.price_max = Price::from_raw(10);
    usdt.amount_max = amount_max;
    usdt.weight_initial.weight = usdt.weight_maintenance.weight = hundred_percent;
    set.assets = {usdt};

    const auto flat = [](std::string id, std::string_view initial, std::string_view maintenance) {
        Schedule s;
        s.id = std::move(id);
        Term term;
        term.application = Application::whole;
        term.curve.base = rate(initial);
        s.initial.terms = {term};
        term.curve.base = rate(maintenance);
        s.maintenance.terms = {term};
        return s;
    };
    set.schedules = {flat("btc", "0.1", "0.05"), flat("eth", "0.2", "0.1")};
    const auto market = [](std::string name, std::uint32_t schedule) {
        MarketParams m;
        m.name = std::move(name);
        m.schedule = {schedule};
        m.instrument = {ContractKind::linear, 2, 3, 8, {1, 0}, Price::from_raw(10'000'000), Size::from_raw(1'000'000), Price::from_raw(1),
                        Size::from_raw(1)};
        return m;
    };
    set.markets = {market("BTCUSDT", 0), market("ETHUSDT", 1)};
    return set;
}

RiskContext context() {
    auto made = RiskContext::make(venue());
    if (!made) throw std::runtime_error(to_string(made.error().front()));
    RiskContext c = std::move(*made);
    MarketState btc;
    btc.mark = Price::from_raw(2'000'000);  // 20,000.00
    EXPECT_EQ(c.set_market({0}, btc), "");
    MarketState eth;
    eth.mark = Price::from_raw(100'000);  // 1,000.00
    EXPECT_EQ(c.set_market({1}, eth), "");
    return c;
}

Account account_of(std::int64_t usdt) { return {{{{0}, Amount::from_raw(usdt * 100'000'000)}}, {}, {}, {}}; }

Position position_of(std::uint32_t market, std::int64_t size_milli, std::int64_t entry_cents) {
    Position p;
    p.market = {market};
    p.size = Size::from_raw(size_milli);
    p.cost = Wide{size_milli} * entry_cents;
    return p;
}

TEST(RISK_001, health_is_collateral_with_losses_less_requirements) {
    const RiskContext c = context();
    Account account = account_of(10'000);
    account.positions = {position_of(0, 1'000, 2'100'000)};  // one coin bought at 21,000, now 20,000
    const Health open = health(c, account.view(), Purpose::open);
    EXPECT_EQ(open.collateral, Wide{9'000} * 100'000'000);
    EXPECT_EQ(open.requirement, Wide{2'000} * 100'000'000);
    EXPECT_EQ(health(c, account.view(), Purpose::maintenance).requirement, Wide{1'000} * 100'000'000);
}

TEST(RISK_004, an_order_passes_up_to_the_size_the_collateral_carries_and_not_one_lot_more) {
    const RiskContext c = context();
    const Account account = account_of(1'000);
    OrderRequest order{{0}, Side::buy, Size::from_raw(1), Price::from_raw(2'000'000)};
    const auto most = max_size(c, account.view(), order);
    ASSERT_TRUE(most);
    EXPECT_EQ(most->value, 500);  // 0.5 coins: 10,000 at 10 %
    EXPECT_LE(most->evaluations, 64);
    order.size = Size::from_raw(501);
    const Admission refused = admit(c, account.view(), order);
    EXPECT_EQ(refused.refusal, Refusal::margin_insufficient);
    EXPECT_EQ(refused.shortfall, Wide{2} * 100'000'000);
}

TEST(RISK_004, an_order_that_only_reduces_passes_below_the_initial_requirement) {
    const RiskContext c = context();
    Account account = account_of(1);
    account.positions = {position_of(0, 1'000, 2'000'000)};
    const OrderRequest close{{0}, Side::sell, Size::from_raw(1'000), Price::from_raw(1'000'000)};
    const Admission admission = admit(c, account.view(), close);
    EXPECT_TRUE(admission.admitted());
    EXPECT_TRUE(admission.reducing);
    OrderRequest flip = close;
    flip.size = Size::from_raw(2'001);
    EXPECT_EQ(admit(c, account.view(), flip).refusal, Refusal::margin_insufficient);
}

TEST(RISK_005, the_liquidation_price_stands_exactly_at_the_line) {
    const RiskContext c = context();
    Account account = account_of(5'000);
    account.positions = {position_of(0, 1'000, 2'000'000)};
    const auto answer = liquidation_price(c, account.view(), 0);
    ASSERT_TRUE(answer);
    // 5,000 + (p - 20,000) = 0.05 p  =>  p = 15,789.4736...
    EXPECT_EQ(answer->last_safe.raw(), 1'578'948);
    EXPECT_EQ(answer->first_breach.raw(), 1'578'947);
    EXPECT_LE(answer->evaluations, 64);
    const auto bankrupt = bankruptcy_price(c, account.view(), 0);
    ASSERT_TRUE(bankrupt);
    EXPECT_EQ(bankrupt->last_safe.raw(), 1'500'000);
}

TEST(RISK_005, an_account_that_no_price_liquidates_has_no_liquidation_price) {
    const RiskContext c = context();
    Account account = account_of(30'000);
    account.positions = {position_of(0, 1'000, 2'000'000)};
    EXPECT_FALSE(liquidation_price(c, account.view(), 0));
}

TEST(RISK_006, a_withdrawal_keeps_the_initial_requirement_and_counts_no_profit) {
    const RiskContext c = context();
    Account account = account_of(10'000);
    account.positions = {position_of(0, 1'000, 1'000'000)};  // 10,000 of profit, weight 0
    const auto most = max_withdrawal(c, account.view(), {0});
    ASSERT_TRUE(most);
    EXPECT_EQ(most->value, 8'000ll * 100'000'000);
}

TEST(RISK_007, the_deposit_needed_is_the_least_that_heals) {
    const RiskContext c = context();
    Account account = account_of(500);
    account.positions = {position_of(0, 1'000, 2'000'000)};
    const auto needed = deposit_needed(c, account.view(), {0}, Purpose::maintenance);
    ASSERT_TRUE(needed);
    EXPECT_EQ(needed->value, 500ll * 100'000'000);
}

}  // namespace
}  // namespace plimsoll
