#include "plimsoll/base/result.hpp"

namespace plimsoll {

std::string to_string(const Error& error) {
    std::string line;
    if (!error.where.empty()) line = error.where + ": ";
    line += error.what;
    if (!error.cure.empty()) line += "; " + error.cure;
    return line;
}

}  // namespace plimsoll
