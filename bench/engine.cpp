// bench_engine [ACCOUNTS] [PATH RUNS]: the engine's bars as ratios of two things measured alternately in this run; with a path, only
// that, so many times (for callgrind and perf).
#include "engine_paths.hpp"
#include "harness.hpp"

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
    std::printf("%-52s %7.2f  (%.2f to %.2f)  bar %5.1f %-6s  %8.1f ns over %8.1f ns, others %2.0f %% of the CPU\n", what.c_str(), r.median, r.least,
                r.most, bar, r.median <= bar ? "held" : "MISSED", r.left_ns, r.right_ns, others_percent());
    std::fflush(stdout);
}

void all(std::uint32_t accounts) {
    const auto bench = std::make_shared<EngineBench>(accounts);
    std::printf("%u accounts, %zu orders\n", accounts, bench->orders.size());
    compare("check, hold and release / floor", engine_path(bench, "check"), engine_path(bench, "check-floor"), 2.0);
    compare("the same with batch prefetch / floor", engine_path(bench, "check-batch"), engine_path(bench, "check-floor"), 2.0);
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
    using namespace plimsoll::bench;
    const std::uint32_t accounts = argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 2'000;
    if (argc < 4) {
        all(accounts);
        return 0;
    }
    const Path path = engine_path(std::make_shared<EngineBench>(accounts), argv[2]);
    for (int i = std::atoi(argv[3]); i > 0; --i) path.run();
    return 0;
}
