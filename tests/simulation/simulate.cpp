// ./dev sim SEED [COUNT]: runs simulations and prints a line each; ends with 1 at the first law that does not hold.
#include "reference_engine/show.hpp"
#include "simulation/world.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>

namespace {

bool read_whole(const char* text, std::uint64_t& value) {
    const char* end = text + std::strlen(text);
    const auto [at, error] = std::from_chars(text, end, value);
    return error == std::errc{} && at == end;
}

}  // namespace

int main(int count, char** words) {
    std::uint64_t first = 0, runs = 1;
    if (count < 2 || count > 3 || !read_whole(words[1], first) || (count == 3 && !read_whole(words[2], runs))) {
        std::fputs("usage: simulate SEED [COUNT]\nRuns COUNT simulations (1) from SEED on, a line each: seed, weather, what happened, "
                   "hashes of events and state.\n",
                   stderr);
        return 2;
    }
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        const auto result = plimsoll::simulation::run(seed);
        std::printf("%s\n", plimsoll::simulation::to_string(result).c_str());
        if (result.broken.empty()) continue;
        std::printf("BROKEN after %zu commands: %s\n", result.commands, result.broken.c_str());
        for (const auto& command : result.last) std::printf("  %s\n", plimsoll::reference::show(command).c_str());
        return 1;
    }
    return 0;
}
