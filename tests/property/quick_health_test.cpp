// Health the fast way against the general way, on venues of every kind and accounts at the edges of what the fast way answers.
#include "plimsoll/risk/health.hpp"
#include "plimsoll/risk/quick_position.hpp"
#include "support/cases.hpp"
#include "support/gen_schedule.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

constexpr std::uint32_t markets = 4;

/// Marginal or whole brackets in whole units of the settle asset, rates up to 100 %.
LevelRule table(ScheduleGenerator& make) {
    Term term;
    term.application = make.pick({Application::marginal, Application::whole});
    term.curve.kind = CurveKind::brackets;
    term.curve.edge = make.pick({EdgeRule::lower_row, EdgeRule::upper_row});
    std::int64_t rate = make.magnitude(7);
    std::int64_t edge = 0;
    for (auto rows = make.random().between(1, 9); rows > 0; --rows) {
        term.curve.rows.push_back({{edge, 0}, Fraction::from_rate(Rate::from_raw(std::min(rate, rate_one)))});
        edge += make.magnitude(6);
        rate += make.magnitude(8);
    }
    return {{term}, Combine::max, {}, true};
}

Schedule schedule_of(ScheduleGenerator& make) {
    Schedule s;
    s.id = "S";
    s.initial = table(make);
    if (make.chance(3)) s.maintenance.of_initial = Fraction::from_rate(Rate::from_raw(rate_one / 2));
    else s.maintenance = s.initial;
    if (make.chance(4)) s.clamp.minimum = {make.magnitude(4), 0};
    if (make.chance(8))
        s.initial.terms.front().modulators.push_back(
            {ModulatorInput::open_interest, ModulatorEffect::lift, {1'000, 0}, {1'000'000, 0}, hundred_percent});
    return s;
}

MarketParams market_of(ScheduleGenerator& make, std::uint32_t index) {
    MarketParams m;
    m.name = "M" + std::to_string(index);
    m.schedule = {index};
    const auto digit = [&] { return static_cast<int>(make.random().between(0, 4)); };
    m.instrument.kind = make.pick({ContractKind::linear, ContractKind::linear, ContractKind::quanto, ContractKind::inverse});
    m.instrument.price_digits = digit();
    m.instrument.size_digits = digit();
    m.instrument.settle_digits = 6;
    if (make.chance(3)) m.instrument.multiplier = {make.magnitude(3), 1};
    m.instrument.price_max = Price::from_raw(1'000'000);
    m.instrument.size_max = Size::from_raw(make.magnitude(9));
    m.open_orders = make.pick({OpenOrderPolicy::worst_side, OpenOrderPolicy::worst_side, OpenOrderPolicy::worst_side,
                               OpenOrderPolicy::gross_per_side, OpenOrderPolicy::each_alone});
    if (make.chance(6)) m.hedge = HedgeRule::larger_leg;
    if (make.chance(6)) m.multiplier = Rate::from_raw(rate_one + make.magnitude(9));
    return m;
}

std::optional<RiskContext> venue_of(ScheduleGenerator& make) {
    ParameterSet set;
    set.name = "generated";
    Asset asset;
    asset.name = "USD";
    asset.digits = 6;
    asset.price_max = Price::from_raw(10);
    asset.amount_max = amount_max;
    asset.weight_initial.weight = asset.weight_maintenance.weight = hundred_percent;
    if (make.chance(2)) asset.liability_weight_initial = Rate::from_raw(rate_one + make.magnitude(9));
    set.assets = {asset};
    set.profit.initial = Rate::from_raw(make.magnitude(9));
    if (make.chance(6)) set.profit.initial_cap = Decimal{make.magnitude(6), 0};
    for (std::uint32_t i = 0; i < markets; ++i) {
        set.schedules.push_back(schedule_of(make));
        set.markets.push_back(market_of(make, i));
    }
    auto venue = RiskContext::make(std::move(set));
    if (!venue) return std::nullopt;
    for (std::uint32_t i = 0; i < markets; ++i) {
        MarketState state;
        state.mark = Price::from_raw(make.magnitude(6));
        if (!venue->set_market({i}, state).empty()) return std::nullopt;
    }
    return std::move(*venue);
}

/// Sizes and costs crowd what the fast way still answers, zero, and each other: ties are where the two could differ.
Position position_of(ScheduleGenerator& make, const MarketView& market, MarketId id) {
    const std::int64_t most = std::min(market.params->instrument.size_max.raw(), std::max<std::int64_t>(1, market.quick.size_most));
    const auto size = [&] {
        return make.pick({std::int64_t{0}, std::int64_t{1}, most, most - 1, make.random().between(0, most),
                          make.random().between(0, std::min<std::int64_t>(most, 50))});
    };
    Position p;
    p.market = id;
    p.size = Size::from_raw(make.chance(2) ? size() : -size());
    p.buys = Size::from_raw(make.chance(6) && p.size.raw() < 0 ? -2 * p.size.raw() : size());
    p.sells = Size::from_raw(make.chance(6) ? p.buys.raw() : size());
    if (p.sells > market.params->instrument.size_max) p.sells = p.buys = Size{};
    const auto cost = [&](Size of) {
        return std::max<Wide>(0, notional(market.params->instrument, of, market.state.mark) +
                                     make.pick({Wide{0}, Wide{1}, Wide{-1}, Wide{make.magnitude(12)}, -Wide{make.magnitude(12)}}));
    };
    p.cost = p.size.raw() < 0 ? -cost(p.size) : cost(p.size);
    if (p.buys.raw() != 0) p.buy_cost = cost(p.buys);
    if (p.sells.raw() != 0) p.sell_cost = cost(p.sells);
    if (make.chance(10)) p.leverage_hundredths = static_cast<std::uint32_t>(make.magnitude(5));
    return p;
}

std::string shown(const Health& h) {
    return format_decimal_short(h.collateral, 0) + " " + format_decimal_short(h.requirement, 0) + " " +
           format_decimal_short(h.order_loss, 0);
}

TEST(PERF_002, health_is_the_same_the_fast_way_and_the_general_way) {
    std::int64_t fast = 0;
    for_cases([&](Random& random) -> std::string {
        ScheduleGenerator make(random);
        const auto venue = venue_of(make);
        if (!venue) return {};
        Account account;
        account.balances = {{{0}, Amount::from_raw(make.magnitude(12))}};
        for (std::uint32_t i = 0; i < markets; ++i) account.positions.push_back(position_of(make, venue->market({i}), {i}));
        // Overrides that name nothing change no answer, but an account that has some is answered the general way.
        Account overridden = account;
        overridden.terms.resize(markets);
        for (const Purpose purpose : {Purpose::open, Purpose::withdraw, Purpose::maintenance, Purpose::closeout}) {
            const Health got = health(*venue, account.view(), purpose);
            const Health want = health(*venue, overridden.view(), purpose);
            if (got != want) return "purpose " + std::to_string(static_cast<int>(purpose)) + ": " + shown(got) + ", not " + shown(want);
            std::array<Health, 2> batch{};
            health_batch(*venue, std::array{account.view(), overridden.view()}, purpose, batch);
            if (batch[0] != got || batch[1] != want) return "the batch answers differently";
        }
        for (const Position& p : account.positions) {
            QuickRisk risk;
            fast += quick_position_risk(venue->market(p.market), p, {Level::initial, true, &venue->profit_shares().initial}, risk) ? 1 : 0;
        }
        return {};
    });
    EXPECT_GT(fast, cases() / 2);  // the fast way was really asked
}

}  // namespace
}  // namespace plimsoll
