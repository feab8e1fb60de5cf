// A group that accounts joined before there was a set.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/source.hpp"

#include "plimsoll/engine/engine.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

TEST(ENG_044, a_group_joined_before_the_first_set_counts_what_is_traded_afterwards) {
    Limits limits;
    limits.accounts = 10;
    Engine engine(limits);
    const auto send = [&](CommandBody body) {
        const Reply reply = engine.execute({{}, 1'000, std::move(body)});
        EXPECT_TRUE(reply.accepted()) << to_string(reply.reject.code);
        EXPECT_EQ(check_invariants(engine.state()), "");
        return reply;
    };
    send(command::OpenAccount{GroupId{1}});
    send(command::OpenAccount{});
    send(command::SetGroup{{1}, GroupId{2}});
    const auto source = text::read_file(PLIM_SOURCE_DIR "/params/venues/binance.toml");
    const auto set = std::make_shared<const ParameterSet>(*formats::read_parameter_set(*source, "binance.toml"));
    send(command::DefineSet{set});
    send(command::ActivateSet{digest_of(canonical_bytes(*set))});
    const MarketId market = *set->market_id("BTCUSDT");
    const Instrument& instrument = set->market(market).instrument;
    const Price price = Price::from_raw(60'000 * pow10_64(instrument.price_digits));
    const std::int64_t money = 100'000 * pow10_64(set->assets.front().digits);
    for (std::uint32_t account : {0u, 1u}) send(command::Deposit{{account}, {0}, Amount::from_raw(money)});
    send(command::MarkPrices{{{market, price}}, {{{0}, Price::from_raw(pow10_64(set->assets.front().price_digits))}}});
    const Size size = instrument.lot;
    const Reply buy = send(command::PlaceOrder{{0}, market, Side::buy, Leg::net, size, price, false});
    const Reply sell = send(command::PlaceOrder{{1}, market, Side::sell, Leg::net, size, price, false});
    send(command::Fill{OrderId{buy.made}, OrderId{sell.made}, size, price, {}, {}});
    EXPECT_EQ(engine.state().groups[1].markets[market.index].long_size, size);
    EXPECT_EQ(engine.state().groups[2].markets[market.index].short_size, size);
}

}  // namespace
}  // namespace plimsoll
