// Ratios of two things measured alternately. Absolute times on a shared machine say little; a ratio taken slice by slice in one
// run says more, and instruction counts (bench/run) say the rest. The clock is the CPU time of this thread, read outside the loops.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace plimsoll::bench {

/// One side of a comparison: does all of its work once. What it answered is compared outside the clock.
struct Side {
    std::string name;
    std::function<void()> run;
    std::uint64_t operations = 1;  // of one run
};

struct Ratio {
    double median = 0, least = 0, most = 0;
    double left_ns = 0, right_ns = 0;  // per operation, median
};

/// Alternates left and right `repeats` times, each side long enough for the clock, and gives left / right.
Ratio alternate(const Side& left, const Side& right, int repeats = 15);

/// CPU time of this thread, seconds.
double thread_seconds();

/// Share of the machine's CPU that others used since the last call, in per cent; -1 where the system does not tell.
double others_percent();

}  // namespace plimsoll::bench
