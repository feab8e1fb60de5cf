// Collateral discounts are judged once: what validation lets through is in force, and what it refuses would take value from a larger
// holding or stand outside the domain.
#include "plimsoll/account/collateral.hpp"
#include "plimsoll/params/figures.hpp"
#include "plimsoll/risk/context.hpp"

#include "support/cases.hpp"

#include <gtest/gtest.h>

namespace plimsoll::testing {
namespace {

/// Discounts as people write them and mistype them, each figure drawn near the edges of what holds.
class DiscountGenerator {
public:
    explicit DiscountGenerator(Random& random) : random_(random) {}

    WeightCurve curve() {
        WeightCurve c;
        c.weight = share();
        if (one_in(3)) tiers(c);
        if (one_in(3)) c.root = RootDiscount{Rate::from_raw(percents(-1, 201)), decimal()};
        if (one_in(2)) c.linear = linear();
        if (one_in(4)) c.venue_scale_start = decimal();
        return c;
    }

    /// Slopes from none to one that passes every bound inside a small holding.
    LinearDiscount linear() {
        LinearDiscount l{{random_.between(one_in(20) ? -1 : 0, 200), 4}, share(), share()};
        if (l.most < l.least && !one_in(8)) std::swap(l.least, l.most);
        return l;
    }

private:
    bool one_in(std::int64_t many) { return random_.between(1, many) == 1; }
    std::int64_t percents(std::int64_t low, std::int64_t high) { return random_.between(low, high) * (rate_one / 100); }
    Rate share() { return Rate::from_raw(one_in(40) ? percents(-2, 110) : percents(0, 100)); }
    Decimal decimal() {
        const auto digits = static_cast<int>(one_in(30) ? random_.between(-1, 19) : random_.between(0, 7));
        return {one_in(20) ? any_int64(random_) : random_.between(one_in(20) ? -1 : 0, 1'000'000), digits};
    }
    void tiers(WeightCurve& c) {
        Decimal from{};
        Rate weight = share();
        for (auto rows = random_.between(1, 3); rows > 0; --rows) {
            c.tiers.push_back({from, weight});
            from = one_in(10) ? decimal() : Decimal{from.raw + random_.between(one_in(20) ? 0 : 1, 5'000), 0};
            weight = one_in(10) ? share() : Rate::from_raw(random_.between(0, std::max<std::int64_t>(0, weight.raw())));
        }
    }

    Random& random_;
};

/// A dollar, and a coin of which at most 250 may be held.
ParameterSet venue() {
    ParameterSet set;
    set.name = "test";
    Asset usd{"USD", 2, 0, Price::from_raw(1), amount_max, true, {}, {}};
    usd.weight_initial.weight = usd.weight_maintenance.weight = hundred_percent;
    set.assets = {usd, {"COIN", 0, 6, Price::from_raw(1'000'000'000'000), Amount::from_raw(250), true, {}, {}}};
    set.numeraire = {0};
    return set;
}

TEST(ACCT_007, what_validation_lets_through_is_in_force_and_nothing_else_is) {
    std::int64_t accepted = 0, refused = 0;
    for_cases([&](Random& random) -> std::string {
        ParameterSet set = venue();
        Asset& coin = set.assets[1];
        coin.weight_initial = coin.weight_maintenance = DiscountGenerator(random).curve();
        const Findings findings = validate(set);
        const auto made = RiskContext::make(set);
        ++(made ? accepted : refused);
        if (has_errors(findings) && made) return "in force although validation says " + to_string(findings.front());
        if (!has_errors(findings) && !made) return "validation finds nothing, and it is refused: " + to_string(made.error().front());
        return {};
    });
    EXPECT_GE(accepted, cases() / 10);
    EXPECT_GE(refused, cases() / 10);
}

TEST(ACCT_007, a_sloped_discount_is_refused_where_a_larger_holding_would_count_for_less) {
    std::int64_t accepted = 0, refused = 0;
    const auto law = [&](Random& random) -> std::string {
        ParameterSet set = venue();
        Asset& coin = set.assets[1];
        coin.weight_initial.weight = coin.weight_maintenance.weight = hundred_percent;
        const LinearDiscount l = DiscountGenerator(random).linear();
        if (l.slope.raw <= 0 || l.least.raw() < 0 || l.most > hundred_percent || l.most < l.least) return {};
        coin.weight_initial.linear = coin.weight_maintenance.linear = l;
        const ValueScales scales{0, 6, 2};
        Wide before = 0;
        bool falls = false;
        for (std::int64_t held = 0; held <= coin.amount_max.raw(); ++held) {
            const Wide value = collateral_value(coin.weight_initial, scales, Amount::from_raw(held), coin.price_max, 0);
            falls = falls || value < before;
            before = value;
        }
        const bool passes = !has_errors(validate(set));
        ++(passes ? accepted : refused);
        if (passes && falls) return "accepted, and a larger holding counts for less";
        // Between two whole coins the value may fall unseen.
        const std::int64_t low = std::max(rate_one / 2, l.least.raw()), per_coin = l.slope.raw * (rate_one / 10'000);
        const std::int64_t high = std::min(l.most.raw(), per_coin * coin.amount_max.raw());
        if (!passes && !falls && high - low >= 2 * per_coin) return "refused, and no holding counts for less than a smaller one";
        return {};
    };
    for_cases(law, 20);
    EXPECT_GE(accepted, cases() / 100);
    EXPECT_GE(refused, cases() / 100);
}

}  // namespace
}  // namespace plimsoll::testing
