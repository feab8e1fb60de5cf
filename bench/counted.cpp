// bench_counted PATH RUNS: does one path RUNS times, for callgrind. The instructions of one operation are the difference between
// two counts, so that building the workload cancels out.
#include "paths.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    using namespace plimsoll::bench;
    if (argc == 2 && std::string(argv[1]) == "--list") {
        for (const std::string& name : path_names())
            std::printf("%s %llu\n", name.c_str(), static_cast<unsigned long long>(make_path(name, 50).operations));
        return 0;
    }
    if (argc != 3) {
        std::fputs("usage: bench_counted PATH RUNS | --list\n", stderr);
        return 2;
    }
    const Path path = make_path(argv[1], 50);
    if (!path.run) {
        std::fprintf(stderr, "there is no path '%s'; --list names them\n", argv[1]);
        return 2;
    }
    for (int i = std::atoi(argv[2]); i > 0; --i) path.run();
    std::printf("%llu\n", static_cast<unsigned long long>(path.answers()));
}
