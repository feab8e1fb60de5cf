// A parameter file of which one market is asked about.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/params/parameter_set.hpp"

#include <string>
#include <vector>

namespace plimsoll::cli {

struct Listed {
    ParameterSet set;
    MarketId market;
};

/// Errors  those of reading, those of validate(), and a market that the set does not have.
Result<Listed, std::vector<Error>> read_listed(const std::string& path, const std::string& market);

}  // namespace plimsoll::cli
