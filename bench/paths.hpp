// The paths that are measured, each with what an ordinary implementation of the same costs and answers.
#pragma once

#include "floor.hpp"

#include <functional>
#include <memory>
#include <string>

namespace plimsoll::bench {

/// A path as it is measured: `run` answers everything once. `answers` is a checksum of what it answered last.
struct Path {
    std::string name;
    std::uint64_t operations = 1;
    std::function<void()> run;
    std::function<std::uint64_t()> answers;
};

/// By the names of path_names(): a path, its floor, and -general or -single where the fast or the batched way is left out.
Path make_path(const std::string& name, std::size_t accounts = 2'000);

std::vector<std::string> path_names();

/// The evaluations that the searches needed, over random accounts.
struct SolveCost {
    int size_most = 0, price_most = 0;
    double size_mean = 0, price_mean = 0;
};
SolveCost solve_cost(std::size_t accounts);

}  // namespace plimsoll::bench
