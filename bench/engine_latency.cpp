#include "engine_latency.hpp"

#include "engine_paths.hpp"
#include "harness.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace plimsoll::bench {

namespace {

using Clock = std::chrono::steady_clock;

double ns_between(Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double, std::nano>(to - from).count(); }

/// A stream that can go on for ever: each order is placed and taken away again, with a mark now and then.
class Stream {
public:
    explicit Stream(EngineBench& bench) : bench_(bench) {}

    void next() {
        if (++at_ % 100 == 0) return mark();
        EngineVenue& venue = bench_.venue;
        const command::PlaceOrder& order = bench_.orders[order_];
        if (made_ == 0) {
            made_ = venue.engine->execute({{2, ++ids_}, venue.time_ms, order}).made;
            return;
        }
        venue.engine->execute({{2, ++ids_}, venue.time_ms, command::CancelOrder{order.account, {made_}}});
        made_ = 0;
        order_ = (order_ + 1) % bench_.orders.size();
    }

private:
    void mark() {
        const auto market = static_cast<std::uint32_t>(at_ / 100 % venue_markets);
        bench_.venue.mark({market}, at_ / 100 / venue_markets % 2 == 0 ? 100 : -100);
    }

    EngineBench& bench_;
    std::uint64_t at_ = 0;
    std::uint64_t ids_ = 0;
    std::size_t order_ = 0;
    std::uint64_t made_ = 0;
};

void print_row(const char* what, std::vector<double>& ns) {
    std::sort(ns.begin(), ns.end());
    const auto at = [&](double share) {
        return ns[std::min(ns.size() - 1, static_cast<std::size_t>(share * static_cast<double>(ns.size())))] / 1e3;
    };
    std::printf("%-44s p50 %8.2f us  p99 %8.2f us  p99.9 %8.2f us  max %9.2f us  (%zu)\n", what, at(0.5), at(0.99), at(0.999),
                ns.back() / 1e3, ns.size());
    std::fflush(stdout);
}

void open_loop(Stream& stream, double per_second, int share) {
    constexpr int count = 300'000;
    std::vector<double> ns;
    ns.reserve(count);
    const double distance = 1e9 / per_second;
    const auto begin = Clock::now();
    for (int i = 0; i < count; ++i) {
        const double due = distance * i;
        while (ns_between(begin, Clock::now()) < due) {}
        stream.next();
        ns.push_back(ns_between(begin, Clock::now()) - due);
    }
    const std::string name =
        std::to_string(share) + " % of saturation, " + std::to_string(static_cast<int>(per_second / 1000)) + " thousand/s";
    print_row(name.c_str(), ns);
}

void breaches_to_orders(std::uint32_t accounts) {
    EngineVenue venue = make_engine_venue(accounts, 4, Examine::indexed, 0);
    std::vector<double> quiet, crash;
    std::size_t orders = 0;
    const auto timed = [&](std::vector<double>& ns, const std::function<void()>& mark) {
        const auto begin = Clock::now();
        mark();
        ns.push_back(ns_between(begin, Clock::now()));
    };
    for (int i = 0; i < 20'000; ++i)
        timed(quiet, [&] { venue.mark({static_cast<std::uint32_t>(i) % venue_markets}, i / 64 % 2 == 0 ? 100 : -100); });
    for (int i = 0; i < 40; ++i) {
        timed(crash, [&] { venue.mark_all(-500); });
        for (const Event& event : venue.engine->events())
            if (const auto* placed = std::get_if<event::OrderPlaced>(&event)) orders += placed->kind == OrderKind::liquidation ? 1 : 0;
        venue.mark_all(0);
        venue.settle();
    }
    print_row("a quiet mark, to its last order", quiet);
    print_row("a fall of 5 % in all markets, likewise", crash);
    std::printf("  %.1f liquidation orders in a fall\n", static_cast<double>(orders) / 40.0);
}

}  // namespace

void latencies(std::uint32_t accounts) {
    EngineBench bench(accounts);
    Stream stream(bench);
    for (int i = 0; i < 100'000; ++i) stream.next();
    constexpr int count = 400'000;
    others_percent();
    const auto begin = Clock::now();
    for (int i = 0; i < count; ++i) stream.next();
    const double saturation = count / (ns_between(begin, Clock::now()) / 1e9);
    std::printf("%u accounts, saturation %.0f commands a second (others %.0f %% of the CPU)\n", accounts, saturation, others_percent());
    for (const int share : {25, 50, 75}) open_loop(stream, saturation * share / 100, share);
    breaches_to_orders(accounts);
}

}  // namespace plimsoll::bench
