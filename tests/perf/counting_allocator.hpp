// The test program that links counting_allocator.cpp allocates through it.
#pragma once

#include <cstddef>

namespace plimsoll::testing {

/// How often this program has asked for memory.
std::size_t allocations();

}  // namespace plimsoll::testing
