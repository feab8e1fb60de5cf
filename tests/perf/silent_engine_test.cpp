// A venue's day in the engine, once everything has been seen once: no command takes memory.
#include "perf/counting_allocator.hpp"
#include "support/engine_desk.hpp"

namespace plimsoll::testing {
namespace {

constexpr AccountId maker{0};
constexpr AccountId taker{1};

class Day {
public:
    Day() : engine_(Desk::small_limits()) {
        const auto set = std::make_shared<const ParameterSet>(small_venue());
        send(command::DefineSet{set});
        send(command::ActivateSet{digest_of(canonical_bytes(*set))});
        for (const AccountId account : {maker, taker}) {
            send(command::OpenAccount{});
            send(command::Deposit{account, {0}, Amount::from_raw(5'000'000'000)});
        }
        mark(0);
    }
    /// Orders that rest, fill, shrink and go; refusals with their cures; money in and out; marks both ways; a liquidation that is
    /// taken by the market.
    void hours() {
        const Price price = Price::from_raw(100'000);
        for (int i = 0; i < 4; ++i) {
            const std::uint64_t bid = send(command::PlaceOrder{maker, {0}, Side::buy, Leg::net, Size::from_raw(500), price, false}).made;
            const std::uint64_t ask = send(command::PlaceOrder{taker, {0}, Side::sell, Leg::net, Size::from_raw(300), price, false}).made;
            send(command::Fill{{bid}, {ask}, Size::from_raw(200), price, {}, {}});
            send(command::AmendOrder{maker, {bid}, Size::from_raw(100), price});
            send(command::CancelOrder{maker, {bid}});
            send(command::CancelOrder{taker, {ask}});
            refused_ +=
                send(command::PlaceOrder{taker, {1}, Side::buy, Leg::net, Size::from_raw(90'000'000), price, false}).accepted() ? 0 : 1;
            refused_ += send(command::Withdraw{taker, {0}, Amount::from_raw(900'000'000'000)}).accepted() ? 0 : 1;
            send(command::Deposit{taker, {0}, Amount::from_raw(1'000)});
            send(command::Withdraw{taker, {0}, Amount::from_raw(1'000)});
            mark(i % 2 == 0 ? 20 : -20);
            send(command::Tick{});
            // Back again, so that every day is like the last.
            const std::uint64_t sell = send(command::PlaceOrder{maker, {0}, Side::sell, Leg::net, Size::from_raw(200), price, false}).made;
            const std::uint64_t buy = send(command::PlaceOrder{taker, {0}, Side::buy, Leg::net, Size::from_raw(200), price, false}).made;
            send(command::Fill{{buy}, {sell}, Size::from_raw(200), price, {}, {}});
        }
    }
    Reply send(CommandBody body) { return engine_.execute({{3, ++ids_}, time_ms_ += 10, std::move(body)}); }
    int refused() const { return refused_; }

private:
    void mark(std::int64_t off) {
        command::MarkPrices marks;
        marks.markets.reserve(2);
        for (std::uint32_t m = 0; m < 2; ++m) marks.markets.push_back({{m}, Price::from_raw(100'000 + off)});
        const std::size_t before = allocations();
        send(std::move(marks));
        outside_ += allocations() - before;
    }

    Engine engine_;
    std::uint64_t ids_ = 0;
    std::uint64_t time_ms_ = 1'000'000;
    int refused_ = 0;

public:
    std::size_t outside_ = 0;  // taken while a mark was executed
};

TEST(ENG_043, a_day_like_the_one_before_takes_no_memory) {
    Day day;
    for (int i = 0; i < 4; ++i) day.hours();
    const int refused = day.refused();
    const std::size_t marks_before = day.outside_;
    const std::size_t before = allocations();
    day.hours();
    // The commands of this test hold their marks in a vector: one each, four in a day, and none by the engine.
    EXPECT_EQ(allocations() - before, 4u * 1u + (day.outside_ - marks_before)) << "the engine took memory";
    EXPECT_EQ(day.outside_ - marks_before, 0u);
    EXPECT_EQ(day.refused() - refused, 8);
}

}  // namespace
}  // namespace plimsoll::testing
