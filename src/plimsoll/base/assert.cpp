#include "plimsoll/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace plimsoll {

void assertion_failed(const char* statement, const char* file, int line) noexcept {
    std::fprintf(stderr, "plimsoll: broken invariant: %s (%s:%d)\n", statement, file, line);
    std::abort();
}

}  // namespace plimsoll
