#include "harness.hpp"

#include <time.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace plimsoll::bench {

namespace {

double cpu_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double slice_ns(const Side& side, std::uint64_t runs) {
    const double begin = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    for (std::uint64_t i = 0; i < runs; ++i) side.run();
    const double spent = cpu_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
    return spent / static_cast<double>(runs) / static_cast<double>(side.operations);
}

/// Runs that take at least 10 ms, found by doubling; this is also the warm-up.
std::uint64_t runs_for(const Side& side) {
    for (std::uint64_t runs = 1;; runs *= 2) {
        const double begin = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
        for (std::uint64_t i = 0; i < runs; ++i) side.run();
        if (cpu_ns(CLOCK_THREAD_CPUTIME_ID) - begin >= 10e6) return runs;
    }
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

}  // namespace

Ratio alternate(const Side& left, const Side& right, int repeats) {
    const std::uint64_t left_runs = runs_for(left);
    const std::uint64_t right_runs = runs_for(right);
    std::vector<double> ratios, lefts, rights;
    for (int i = 0; i < repeats; ++i) {
        // Turn by turn who goes first, so that a drift favours neither.
        double l = 0, r = 0;
        if (i % 2 == 0) l = slice_ns(left, left_runs);
        r = slice_ns(right, right_runs);
        if (i % 2 != 0) l = slice_ns(left, left_runs);
        lefts.push_back(l);
        rights.push_back(r);
        ratios.push_back(l / r);
    }
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    return {median(ratios), *least, *most, median(lefts), median(rights)};
}

double thread_seconds() { return cpu_ns(CLOCK_THREAD_CPUTIME_ID) / 1e9; }

double others_percent() {
    static double last_busy = 0, last_all = 0, last_own = 0;
    std::ifstream stat("/proc/stat");
    std::string word;
    if (!(stat >> word)) return -1;
    double all = 0, idle = 0, ticks = 0;
    for (int i = 0; i < 8 && stat >> ticks; ++i) {
        all += ticks;
        if (i == 3 || i == 4) idle += ticks;
    }
    const double own = cpu_ns(CLOCK_PROCESS_CPUTIME_ID) * 1e-9 * static_cast<double>(sysconf(_SC_CLK_TCK));
    const double busy = all - idle;
    const double others = (busy - last_busy) - (own - last_own);
    const double percent = all > last_all ? 100 * std::max(0.0, others) / (all - last_all) : 0;
    last_busy = busy;
    last_all = all;
    last_own = own;
    return percent;
}

}  // namespace plimsoll::bench
