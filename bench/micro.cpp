// bench_micro: every path under Google Benchmark, for profiling and for comparing two builds.
#include "paths.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
    using namespace plimsoll::bench;
    for (const std::string& name : path_names())
        benchmark::RegisterBenchmark(name.c_str(), [name](benchmark::State& state) {
            const Path path = make_path(name);
            for (auto _ : state) path.run();
            state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(path.operations));
        });
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
