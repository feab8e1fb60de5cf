// Depth of a market from what a command was given: a figure, bands over time, or a book.
#pragma once

#include "plimsoll/cli/stress_command.hpp"
#include "plimsoll/stress/profile.hpp"

#include <string>

namespace plimsoll::cli {

struct Sides {
    stress::Profile bids{stress::BookSide::bids};
    stress::Profile asks{stress::BookSide::asks};
    std::string words;  // where it comes from
};
/// Errors  none or several of the three were given; those of the files.
Result<Sides> read_sides(const DepthOptions& options, const Console& console);

/// "5000000:0.2": a constant-product pool with so much of the quote currency, concentrated within a share of the price when one is given.
struct PoolInput {
    Sides sides;
    double fee = 0.003;  // |ln|, each way
};
/// Errors  names --pool and shows the form.
Result<PoolInput> read_pool(const std::string& text);

/// "2:50" as numbers, `least` to `most` of them. Errors  names the flag and shows the form.
Result<std::vector<double>> read_numbers(const std::string& flag, const std::string& text, std::size_t least, std::size_t most,
                                         const std::string& form);

}  // namespace plimsoll::cli
