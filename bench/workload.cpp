#include "workload.hpp"

#include "plimsoll/base/random.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace plimsoll::bench {

namespace {

Fraction per_mille(std::int64_t tenths) { return Fraction::from_rate(Rate::from_raw(tenths * (rate_one / 10'000))); }

template <class Made>
auto made_or_exit(Made made) {
    if (made) return std::move(*made);
    std::fprintf(stderr, "bench: the workload is refused: %s\n", to_string(made.error().front()).c_str());
    std::exit(1);
}

/// Marginal brackets whose edges and rates both grow; edges in whole units of the settle asset.
Term table(std::size_t rows, std::int64_t first_edge, std::int64_t first_rate) {
    Term term;
    term.application = Application::marginal;
    term.curve.kind = CurveKind::brackets;
    std::int64_t edge = 0;
    std::int64_t rate = first_rate;
    for (std::size_t i = 0; i < rows; ++i) {
        term.curve.rows.push_back({{edge, 0}, per_mille(rate)});
        edge = i == 0 ? first_edge : edge * 5 / 2;
        rate += rate / 3 + 1;
    }
    return term;
}

Asset dollar() {
    Asset asset;
    asset.name = "USD";
    asset.digits = 6;
    asset.price_max = Price::from_raw(10);
    asset.amount_max = amount_max;
    asset.weight_initial.weight = asset.weight_maintenance.weight = hundred_percent;
    return asset;
}

Asset coin() {
    Asset asset;
    asset.name = "COIN";
    asset.digits = 8;
    asset.price_digits = 2;
    asset.price_max = Price::from_raw(1'000'000'000);
    asset.amount_max = Amount::from_raw(std::int64_t{1} << 50);
    asset.weight_initial.weight = Rate::from_raw(900'000'000);
    asset.weight_maintenance.weight = Rate::from_raw(950'000'000);
    return asset;
}

struct Digits {
    int price, size;
};
// 5 to 8 digits of notional against 6 of the settle asset: the division of profits is there, and absent, as on venues.
constexpr std::array<Digits, 4> digits_of{{{2, 3}, {1, 5}, {4, 3}, {6, 2}}};

}  // namespace

RiskContext make_venue() {
    ParameterSet set;
    set.name = "bench";
    set.profit.initial = Rate::from_raw(800'000'000);
    set.assets = {dollar(), coin()};
    Random random(seed);
    for (std::uint32_t i = 0; i < venue_markets; ++i) {
        Schedule schedule;
        schedule.id = "S" + std::to_string(i);
        const std::int64_t first_edge = random.between(5'000, 50'000);
        const std::int64_t first_rate = random.between(40, 200);
        schedule.initial.terms = {table(venue_brackets, first_edge, first_rate)};
        schedule.maintenance.terms = {table(venue_brackets, first_edge, first_rate / 2)};
        set.schedules.push_back(schedule);

        MarketParams market;
        market.name = "M" + std::to_string(i);
        market.schedule = {i};
        const Digits digits = digits_of[i % digits_of.size()];
        const Price price_max = Price::from_raw(10'000 * pow10_64(digits.price));
        const Size size_max = Size::from_raw(10'000'000 * pow10_64(digits.size));
        market.instrument = {ContractKind::linear, digits.price,     digits.size, 6, {1, 0}, price_max, size_max,
                             Price::from_raw(1),   Size::from_raw(1)};
        set.markets.push_back(market);
    }
    RiskContext venue = made_or_exit(RiskContext::make(std::move(set)));
    for (std::uint32_t i = 0; i < venue_markets; ++i) {
        MarketState state;
        const Instrument& instrument = venue.market({i}).params->instrument;
        state.mark = Price::from_raw(random.between(100 * pow10_64(instrument.price_digits), 5'000 * pow10_64(instrument.price_digits)));
        if (const std::string fault = venue.set_market({i}, state); !fault.empty()) std::exit(1);
    }
    if (!venue.set_asset({1}, {Price::from_raw(6'543'210), Price::from_raw(6'500'000)}).empty()) std::exit(1);
    return venue;
}

namespace {

/// A size worth up to `dollars` at the mark, spread over the brackets on a logarithmic scale.
Size sized(Random& random, const MarketView& market, int bits_least, int bits_most) {
    const std::int64_t dollars = random.between(1, std::int64_t{1} << random.between(bits_least, bits_most));
    const Instrument& instrument = market.params->instrument;
    const Wide units = Wide{dollars} * pow10(notional_digits(instrument)) / market.state.mark.raw();
    return Size::narrow(std::clamp<Wide>(units, 1, instrument.size_max.raw() / 4));
}

Wide cost_at(const MarketView& market, Size size, std::int64_t per_mille_of_mark) {
    return Wide{size.raw()} * (Wide{market.state.mark.raw()} * per_mille_of_mark / 1'000);
}

Position random_position(Random& random, const MarketView& market, MarketId id) {
    Position p;
    p.market = id;
    p.size = sized(random, market, 10, 22);
    if (random.between(0, 1) == 1) p.size = -p.size;
    p.cost = cost_at(market, p.size, random.between(900, 1'100));
    p.buys = sized(random, market, 8, 21);
    p.sells = sized(random, market, 8, 21);
    const bool crossing = random.between(0, 31) == 0;
    p.buy_cost = cost_at(market, p.buys, crossing ? random.between(1'001, 1'010) : random.between(900, 999));
    p.sell_cost = cost_at(market, p.sells, crossing ? random.between(990, 999) : random.between(1'001, 1'100));
    return p;
}

}  // namespace

Accounts make_accounts(const RiskContext& venue, std::size_t count, std::size_t per_account) {
    Random random(seed + per_account);
    Accounts all;
    all.positions.reserve(count * per_account);
    all.balances.reserve(count * 2);
    for (std::size_t a = 0; a < count; ++a) {
        const auto first = static_cast<std::uint32_t>(random.between(0, venue_markets - 1));
        for (std::uint32_t i = 0; i < per_account; ++i) {
            const MarketId id{(first + i * 11) % venue_markets};
            all.positions.push_back(random_position(random, venue.market(id), id));
        }
        all.balances.push_back({{0}, Amount::from_raw(random.between(-1'000'000, 5'000'000) * 1'000'000)});
        all.balances.push_back({{1}, Amount::from_raw(random.between(1, 2'000'000'000))});
    }
    for (std::size_t a = 0; a < count; ++a) {
        AccountView view;
        view.positions = {all.positions.data() + a * per_account, per_account};
        view.balances = {all.balances.data() + a * 2, 2};
        all.views.push_back(view);
    }
    for (std::size_t a = count; a > 1; --a)
        std::swap(all.views[a - 1], all.views[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(a) - 1))]);
    return all;
}

CompiledSchedule make_twelve_tiers() {
    Schedule schedule;
    schedule.id = "twelve";
    Term term = table(12, 10'000, 100);
    term.modulators = {{ModulatorInput::open_interest, ModulatorEffect::lift, {50'000'000, 0}, {200'000'000, 0}, hundred_percent}};
    schedule.initial.terms = {term};
    schedule.maintenance.of_initial = per_mille(5'000);
    return made_or_exit(compile(schedule, {6, 4, 6}));
}

std::vector<Question> make_questions(const CompiledSchedule& schedule, std::size_t count) {
    Random random(seed);
    const Wide one = pow10(schedule.scales.notional_digits);
    std::vector<Question> questions(count);
    for (Question& q : questions) {
        q.exposure.notional = random.between(1, std::int64_t{1} << random.between(30, 48)) + 1;
        q.exposure.size = q.exposure.notional / 100;
        q.exposure.group_notional = q.exposure.notional;
        q.exposure.is_short = random.between(0, 1) == 1;
        q.figures.open_interest_long = random.between(51'000'000, 199'000'000) * one + random.between(0, 999'999);
        q.figures.open_interest_short = random.between(51'000'000, 199'000'000) * one + random.between(0, 999'999);
    }
    return questions;
}

}  // namespace plimsoll::bench
