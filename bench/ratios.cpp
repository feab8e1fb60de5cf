// bench_ratios: every bar of docs/performance.md as a ratio of two things measured alternately in this run. Exits 1 when two
// sides disagree about an answer, or when the harness does not measure known ratios right; a bar that is missed is printed.
#include "harness.hpp"
#include "paths.hpp"

#include <cstdio>
#include <cstdlib>

namespace plimsoll::bench {
namespace {

bool disagreed = false;

Side side_of(const Path& path) { return {path.name, path.run, path.operations}; }

void compare(const char* what, const Path& left, const Path& right, double bar, bool same_answers = true) {
    left.run();
    right.run();
    if (same_answers && left.answers() != right.answers()) {
        std::printf("%-44s the two sides disagree about the answers\n", what);
        disagreed = true;
        return;
    }
    others_percent();
    const Ratio r = alternate(side_of(left), side_of(right));
    std::printf("%-44s %7.2f  (%.2f to %.2f)  bar %5.1f %-6s  %8.1f ns over %8.1f ns, others %2.0f %% of the CPU\n", what, r.median,
                r.least, r.most, bar, r.median <= bar ? "held" : "MISSED", r.left_ns, r.right_ns, others_percent());
    std::fflush(stdout);
}

/// Known ratios: a path against itself is 1, and done twice against once it is 2.
void check_harness() {
    const Path path = make_path("requirement-floor");
    Side once = side_of(path);
    Side twice{path.name,
               [&path] {
                   path.run();
                   path.run();
               },
               path.operations};
    const double one = alternate(once, once).median;
    const double two = alternate(twice, once).median;
    std::printf("%-44s %7.2f  and twice the work %.2f\n", "harness: a thing against itself", one, two);
    if (one > 0.85 && one < 1.15 && two > 1.7 && two < 2.3) return;
    std::printf("the harness does not measure known ratios right on this machine now; nothing below would mean anything\n");
    std::exit(1);
}

void all(bool large) {
    check_harness();
    compare("requirement / floor", make_path("requirement"), make_path("requirement-floor"), 2.0);
    compare("requirement / general evaluation", make_path("requirement"), make_path("requirement-general"), 1.0);
    compare("explanation / requirement", make_path("explanation"), make_path("requirement"), 20.0);
    for (const std::size_t accounts : {std::size_t{2'000}, std::size_t{1'000'000}}) {
        if (accounts > 2'000 && !large) continue;
        for (const char* name : {"health-4", "health-8"}) {
            const std::string what = std::string(name) + " / floor, " + std::to_string(accounts) + " accounts";
            compare(what.c_str(), make_path(name, accounts), make_path(std::string(name) + "-floor", accounts), 2.0);
        }
    }
    const SolveCost cost = solve_cost(500);
    std::printf("%-44s %7d  (mean %.1f)  bar    64 %s\n", "max-size, most evaluations", cost.size_most, cost.size_mean,
                cost.size_most <= 64 ? "held" : "MISSED");
    std::printf("%-44s %7d  (mean %.1f)  bar    64 %s\n", "liquidation price, most evaluations", cost.price_most, cost.price_mean,
                cost.price_most <= 64 ? "held" : "MISSED");
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
    plimsoll::bench::all(!(argc > 1 && std::string(argv[1]) == "--small"));
    return plimsoll::bench::disagreed ? 1 : 0;
}
