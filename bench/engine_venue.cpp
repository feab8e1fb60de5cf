#include "engine_venue.hpp"

#include "workload.hpp"

#include "plimsoll/base/random.hpp"

#include <cstdio>
#include <cstdlib>

namespace plimsoll::bench {

namespace {

void must(const Reply& reply, const char* what) {
    if (reply.accepted()) return;
    std::fprintf(stderr, "bench: %s is refused: %s\n", what, std::string(to_string(reply.reject.code)).c_str());
    std::exit(1);
}

/// Buys or sells between an account and the maker, at the mark.
void trade(EngineVenue& v, AccountId account, AccountId maker, MarketId market, Size size, bool buys) {
    const Price price = v.marks[market.index];
    const auto side = [](bool buy) { return buy ? Side::buy : Side::sell; };
    const Reply own = v.send(command::PlaceOrder{account, market, side(buys), Leg::net, size, price, false});
    must(own, "an order");
    const Reply other = v.send(command::PlaceOrder{maker, market, side(!buys), Leg::net, size, price, false});
    must(other, "the maker's order");
    const OrderId buy{buys ? own.made : other.made};
    const OrderId sell{buys ? other.made : own.made};
    must(v.send(command::Fill{buy, sell, size, price, {}, {}}), "a fill");
}

}  // namespace

void EngineVenue::mark_all(std::int64_t basis) {
    command::MarkPrices c;
    for (std::uint32_t m = 0; m < marks.size(); ++m)
        c.markets.push_back({{m}, Price::from_raw(marks[m].raw() * (10'000 + basis) / 10'000)});
    must(send(c), "a mark");
}

void EngineVenue::mark(MarketId market, std::int64_t hundredths_of_basis) {
    const std::int64_t now = marks[market.index].raw();
    must(send(command::MarkPrices{{{market, Price::from_raw(now + now * hundredths_of_basis / 1'000'000)}}, {}}), "a mark");
}

void EngineVenue::settle() {
    const std::uint32_t ticks = accounts / Watch::arm_most + 2;
    for (std::uint32_t i = 0; i < ticks; ++i) must(send(command::Tick{}), "a tick");
}

EngineVenue make_engine_venue(std::uint32_t count, std::uint32_t per_account, Examine examine, std::uint64_t threshold_ms) {
    EngineVenue v;
    Limits limits;
    limits.accounts = count + venue_markets;
    limits.position_slots = 4 * limits.accounts;
    limits.orders = 100'000;
    limits.breaches = limits.accounts;
    v.accounts = count;
    v.engine = std::make_unique<Engine>(limits, examine);
    const RiskContext venue = make_venue();
    ParameterSet set = venue.set();
    set.liquidation.intervals_max = 1'000'000;
    set.liquidation.threshold_ms = threshold_ms;
    must(v.send(command::DefineSet{std::make_shared<const ParameterSet>(set)}), "the set");
    must(v.send(command::ActivateSet{digest_of(canonical_bytes(set))}), "its activation");
    Random random(seed);
    command::MarkPrices marks;
    for (std::uint32_t m = 0; m < venue_markets; ++m) {
        v.marks.push_back(venue.market({m}).state.mark);
        marks.markets.push_back({{m}, v.marks.back()});
    }
    must(v.send(marks), "the first marks");
    // One maker a market, each deep enough for all of it.
    for (std::uint32_t a = 0; a < count + venue_markets; ++a) must(v.send(command::OpenAccount{}), "an account");
    for (std::uint32_t m = 0; m < venue_markets; ++m)
        must(v.send(command::Deposit{{count + m}, {0}, Amount::from_raw(amount_max.raw() / 256)}), "a maker's deposit");
    for (std::uint32_t a = 0; a < count; ++a) {
        must(v.send(command::Deposit{{a}, {0}, Amount::from_raw(random.between(2'000, 15'000) * 1'000'000)}), "a deposit");
        const auto first = static_cast<std::uint32_t>(random.between(0, venue_markets - 1));
        for (std::uint32_t i = 0; i < per_account; ++i) {
            const MarketId market{(first + i * 11) % venue_markets};
            const Instrument& instrument = set.markets[market.index].instrument;
            const std::int64_t dollars = random.between(1'000, 25'000);
            const Wide units = Wide{dollars} * pow10(notional_digits(instrument)) / v.marks[market.index].raw();
            trade(v, {a}, {count + market.index}, market, Size::narrow(units > 0 ? units : 1), random.between(0, 1) == 0);
        }
        v.time_ms += 1;
    }
    v.settle();
    return v;
}

}  // namespace plimsoll::bench
