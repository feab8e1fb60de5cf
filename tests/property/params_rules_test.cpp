// Fees against requirements: what validation lets pass can be paid, and what it refuses cannot.
#include "support/cases.hpp"
#include "support/params_gen.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/rules.hpp"
#include "plimsoll/schedule/evaluate.hpp"

namespace plimsoll::testing {

namespace {

std::string shown(const char* what, const MarketParams& market, const Schedule& schedule) {
    return std::string(what) + " at a fee of " + to_text(market.liquidation_fee) + "\n" + formats::write_schedules({schedule});
}

/// Any holding of at least one lot at a tick, in any market.
Exposure any_exposure(Random& random, const MarketParams& market) {
    const Instrument& i = market.instrument;
    const auto lots = random.between(1, std::max<std::int64_t>(1, i.size_max.raw() / i.lot.raw()));
    const Size size = Size::from_raw(random.next() % 2 == 0 ? i.lot.raw() : lots * i.lot.raw());
    const Price price = Price::from_raw(random.between(i.tick.raw(), std::max(i.tick.raw(), i.price_max.raw())));
    const Wide worth = notional(i, size, price);
    return {worth, size.raw(), worth, random.next() % 2 == 0};
}

MarketFigures any_figures(Random& random, const Exposure& exposure) {
    const auto some = [&] { return Wide{random.between(1, pow10_64(static_cast<int>(random.between(0, 18))))}; };
    MarketFigures figures;
    figures.depth = some();
    figures.daily_volume = some();
    figures.open_interest_long = exposure.notional + some();
    figures.open_interest_short = exposure.notional + some();
    figures.volatility = Rate::from_raw(random.between(0, rate_one));
    figures.reserve_ratio = Rate::from_raw(random.between(0, 2 * rate_one));
    return figures;
}

/// rate * multiplier as the exact product of two counts of 10^-9, cut to a count of 10^-9.
std::int64_t times(std::int64_t rate, Rate multiplier) { return static_cast<std::int64_t>(Wide{rate} * multiplier.raw() / rate_one); }

}  // namespace

TEST(PARAM_015, a_fee_that_passes_is_below_every_requirement) {
    std::int64_t passed = 0;
    for_cases(
        [&](Random& random) -> std::string {
            SetGenerator generator(random);
            ParameterSet set = generator.set();
            MarketParams& market = set.markets[0];
            market.liquidation_fee = Rate::from_raw(random.between(1, pow10_64(static_cast<int>(random.between(1, 8)))));
            const Schedule& schedule = set.schedules[market.schedule.index];
            const auto compiled = compile(schedule, scales_of(set, market));
            if (!compiled || !domain_fault(market.instrument).empty() || market.instrument.kind == ContractKind::inverse) return "";
            if (!fee_faults(*compiled, market).empty()) return "";
            ++passed;
            for (int i = 0; i < 50; ++i) {
                const Exposure exposure = any_exposure(random, market);
                const Wide need =
                    requirement_exact(*compiled, Level::maintenance, exposure, any_figures(random, exposure), {market.multiplier, {}, {}});
                if (need < market.liquidation_fee.raw() * exposure.notional)
                    return shown("a requirement is below its fee", market, schedule);
            }
            return "";
        },
        20);
    EXPECT_GT(passed, cases() / 20 / 10);
}

TEST(PARAM_015, the_least_rate_of_a_rising_table_is_its_first_row) {
    for_cases(
        [](Random& random) -> std::string {
            Schedule schedule;
            schedule.id = "table";
            Term term;
            term.curve.kind = CurveKind::brackets;
            term.application = random.next() % 2 == 0 ? Application::marginal : Application::whole;
            std::int64_t rate = random.between(1, 100'000'000);
            const std::int64_t first = rate;
            Decimal from{0, 0};
            for (auto rows = random.between(1, 4); rows > 0; --rows) {
                term.curve.rows.push_back({from, {rate, 1}});
                from.raw += random.between(1, 1'000'000);
                rate += random.between(1, 50'000'000);
            }
            schedule.initial.terms.push_back(term);
            schedule.maintenance.of_initial = Fraction{rate_one / 2, 1};
            schedule.closeout.of_initial = Fraction{rate_one / 4, 1};
            MarketParams market;
            market.multiplier = Rate::from_raw(random.between(rate_one, 3 * rate_one));
            market.instrument = {ContractKind::linear,
                                 1,
                                 4,
                                 6,
                                 {1, 0},
                                 Price::from_raw(1'000'000),
                                 Size::from_raw(10'000'000),
                                 Price::from_raw(1),
                                 Size::from_raw(random.between(1, 10'000))};
            const auto compiled = compile(schedule, {5, 4, 6});
            if (!compiled) return to_string(compiled.error().front());
            const std::int64_t maintenance = least_rate(*compiled, Level::maintenance, market).raw();
            const std::int64_t closeout = least_rate(*compiled, Level::closeout, market).raw();
            // The halves and quarters of an odd count are rounded up by the guard grid, by less than one 10^-9 each.
            const auto near = [&](std::int64_t got, std::int64_t parts) {
                const std::int64_t exact = times(first, market.multiplier) / parts;
                return got >= exact && got <= exact + 2;
            };
            if (!near(maintenance, 2) || !near(closeout, 4))
                return std::to_string(maintenance) + " and " + std::to_string(closeout) + " of " + std::to_string(first);
            return "";
        },
        4);
}

/// A least margin of 100 over a rate that rises from 1 % in proportion to the position: 100 / N falls, 1 % + N / 10,000,000 rises.
TEST(PARAM_015, a_least_margin_ends_where_the_rate_is_least) {
    Schedule schedule;
    schedule.id = "minimum";
    Term term;
    term.curve.kind = CurveKind::linear;
    term.application = Application::whole;
    term.curve.base = {10'000'000, 1};
    term.curve.slope = {1, 7};
    schedule.initial.terms.push_back(term);
    schedule.maintenance = schedule.initial;
    schedule.clamp.minimum = {100, 0};
    MarketParams market;
    market.instrument = {ContractKind::linear, 1, 4, 6, {1, 0}, Price::from_raw(1'000'000), Size::from_raw(10'000'000), Price::from_raw(1),
                         Size::from_raw(1)};
    const auto compiled = compile(schedule, {5, 4, 6});
    ASSERT_TRUE(compiled);
    // N (1 % + N / 10^7) = 100 at N = 9,160.797...: 1.0916079... %
    const std::int64_t least = least_rate(*compiled, Level::maintenance, market).raw();
    EXPECT_GE(least, 10'916'079);
    EXPECT_LE(least, 10'916'080);
}

}  // namespace plimsoll::testing
