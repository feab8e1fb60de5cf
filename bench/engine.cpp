// bench_engine: the engine's bars as ratios of two things measured alternately in this run.
#include "engine_venue.hpp"
#include "harness.hpp"
#include "workload.hpp"

#include "plimsoll/base/random.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace plimsoll::bench {
namespace {

double seconds_of(const std::function<void()>& run) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void all(std::uint32_t count) {
    EngineVenue v;
    const double built = seconds_of([&] { v = make_engine_venue(count, 4); });
    std::printf("%u accounts built in %.1f s\n", count, built);
    Random random(7);
    std::vector<command::PlaceOrder> orders;
    for (std::uint32_t i = 0; i < 4'096; ++i) {
        const AccountId account{static_cast<std::uint32_t>(random.between(0, count - 1))};
        const State& state = v.engine->state();
        const HeldPosition& p = state.positions.of(state.account(account).positions)[static_cast<std::size_t>(random.between(0, 3))];
        const MarketId market{p.market};
        orders.push_back({account, market, random.between(0, 1) == 0 ? plimsoll::Side::buy : plimsoll::Side::sell, Leg::net, Size::from_raw(1), v.marks[p.market], false});
    }
    std::uint64_t accepted = 0;
    const Side place{"place and cancel", [&] {
                         for (const command::PlaceOrder& order : orders) {
                             const Reply reply = v.send(order);
                             if (!reply.accepted()) continue;
                             ++accepted;
                             v.send(command::CancelOrder{order.account, {reply.made}});
                         }
                     }, orders.size()};
    place.run();
    std::printf("accepted %llu of %zu\n", static_cast<unsigned long long>(accepted), orders.size());
    const Ratio r = alternate(place, place, 7);
    std::printf("place and cancel %.1f ns\n", r.left_ns);
    std::int64_t up = 1;
    std::size_t examined = 0;
    std::size_t marks = 0;
    const Side tick{"mark 2 bp", [&] {
                        for (std::uint32_t m = 0; m < venue_markets; ++m) {
                            v.mark({m}, (up % 2 == 0 ? 1 : -1) * 100);
                            examined += v.engine->examined();
                            ++marks;
                        }
                        ++up;
                    }, venue_markets};
    const Ratio t = alternate(tick, tick, 7);
    std::printf("mark of 1 bp %.1f ns, %.2f examined\n", t.left_ns, static_cast<double>(examined) / static_cast<double>(marks));
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
    plimsoll::bench::all(argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 2'000);
    return 0;
}
