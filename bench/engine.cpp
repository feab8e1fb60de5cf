// bench_engine [ACCOUNTS] [latency | PATH RUNS]: the engine's bars as ratios of two things measured alternately in this run; with a path, only
// that, so many times (for callgrind and perf).
#include "engine_latency.hpp"
#include "engine_paths.hpp"
#include "harness.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace plimsoll::bench {
namespace {

Side side_of(const Path& path) { return {path.name, path.run, path.operations}; }

void compare(const std::string& what, const Path& left, const Path& right, double bar) {
    left.run();
    right.run();
    others_percent();
    const Ratio r = alternate(side_of(left), side_of(right));
    std::printf("%-52s %7.2f  (%.2f to %.2f)  bar %5.1f %-6s  %8.1f ns over %8.1f ns, others %2.0f %% of the CPU\n", what.c_str(), r.median,
                r.least, r.most, bar, r.median <= bar ? "held" : "MISSED", r.left_ns, r.right_ns, others_percent());
    std::fflush(stdout);
}

void quiet_marks(const std::shared_ptr<EngineBench>& bench) {
    const Path mark = mark_path(bench);
    const Path holders = holders_path(bench);
    bench->venue.settle();
    mark.run();
    bench->examined = bench->marks = 0;
    const Ratio r = alternate(side_of(holders), side_of(mark), 7);
    std::printf("%-52s %7.0f  (%.0f to %.0f)  bar %5d %-6s  %8.1f us over %8.1f ns; %.2f accounts examined a mark\n",
                "sweep of a market's holders / mark of 1 bp", r.median, r.least, r.most, 1'000, r.median >= 1'000 ? "held" : "MISSED",
                r.left_ns / 1e3, r.right_ns, static_cast<double>(bench->examined) / static_cast<double>(bench->marks));
    std::fflush(stdout);
}

/// The screen over every account, in bytes of the state it reads, against reading as many bytes one after the other.
void sweep_speed(const EngineVenue& venue) {
    const State& state = venue.engine->state();
    Screen screen;
    screen.refresh(state);
    std::vector<AccountId> left;
    left.reserve(state.accounts.size());
    std::size_t bytes = 0;
    for (const AccountRecord& a : state.accounts)
        bytes += sizeof a + a.positions.count * sizeof(HeldPosition) + a.balances.count * sizeof(Balance);
    std::vector<std::uint64_t> memory(bytes / 8, 1);
    std::uint64_t sum = 0;
    const Side read{"read",
                    [&] {
                        for (const std::uint64_t word : memory) sum += word;
                    },
                    state.accounts.size()};
    Room room;
    const Side sweep{"sweep",
                     [&] {
                         left.clear();
                         screen.sift(state, left);
                         for (const AccountId a : left) sum += subject_health(state, {a}, Purpose::maintenance, room).health < 0 ? 1 : 0;
                     },
                     state.accounts.size()};
    const Side rows{"rows",
                    [&] {
                        for (std::uint32_t a = 0; a < state.accounts.size(); ++a)
                            sum += subject_health(state, {{a}}, Purpose::maintenance, room).health < 0 ? 1 : 0;
                    },
                    state.accounts.size()};
    const Ratio share = alternate(read, sweep, 7);
    const Ratio faster = alternate(rows, sweep, 5);
    std::printf("%-52s %6.0f %%  (%.0f to %.0f)  bar  50 %% %-6s  %.1f ns an account, %.1f GB/s read; %zu left to the exact look\n",
                "sweep: share of the read bandwidth", 100 * share.median, 100 * share.least, 100 * share.most,
                share.median >= 0.5 ? "held" : "below", share.right_ns,
                static_cast<double>(bytes) / static_cast<double>(state.accounts.size()) / share.left_ns, left.size());
    std::printf("%-52s %7.1f  (%.1f to %.1f)  bar     5 %-6s  %.1f ns an account\n", "the row loop / sweep", faster.median, faster.least,
                faster.most, faster.median >= 5 ? "held" : "below", faster.left_ns);
    std::fflush(stdout);
    if (sum == 1) std::puts("");
}

/// Every market falls by 5 % in one command and comes back, in an engine that keeps the index and in one that always sweeps.
void crash(std::uint32_t accounts, EngineVenue& indexed) {
    EngineVenue swept = make_engine_venue(accounts, 4, Examine::screened);
    std::vector<double> ratios;
    double with_index = 0, without = 0;
    std::size_t breaches = 0;
    const auto timed = [](EngineVenue& v) {
        const double begin = thread_seconds();
        v.mark_all(-500);
        return thread_seconds() - begin;
    };
    for (int i = 0; i < 7; ++i) {
        indexed.settle();
        with_index = timed(indexed);
        without = timed(swept);
        breaches = indexed.engine->events().size();
        ratios.push_back(with_index / without);
        if (indexed.engine->events().size() != swept.engine->events().size()) std::puts("the two engines disagree about the breaches");
        indexed.mark_all(0);
        swept.mark_all(0);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf("%-52s %7.2f  (%.2f to %.2f)  bar   1.5 %-6s  %.1f ms over %.1f ms, %zu events\n", "crash of 5 %, index / sweep", ratios[3],
                ratios.front(), ratios.back(), ratios[3] <= 1.5 ? "held" : "MISSED", with_index * 1e3, without * 1e3, breaches);
}

void all(std::uint32_t accounts) {
    const auto bench = std::make_shared<EngineBench>(accounts);
    std::printf("%u accounts, %zu orders\n", accounts, bench->orders.size());
    compare("check, hold and release / floor", engine_path(bench, "check"), engine_path(bench, "check-floor"), 2.0);
    quiet_marks(bench);
    sweep_speed(bench->venue);
    crash(accounts, bench->venue);
    compare("the same with batch prefetch / floor", engine_path(bench, "check-batch"), engine_path(bench, "check-floor"), 2.0);
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
    using namespace plimsoll::bench;
    const std::uint32_t accounts = argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 2'000;
    if (argc == 3 && std::string(argv[2]) == "latency") {
        latencies(accounts);
        return 0;
    }
    if (argc < 4) {
        all(accounts);
        return 0;
    }
    const Path path = engine_path(std::make_shared<EngineBench>(accounts), argv[2]);
    for (int i = std::atoi(argv[3]); i > 0; --i) path.run();
    return 0;
}
