// Assertions that stay on in release: a broken invariant aborts, it is never an error code.
#pragma once

namespace plimsoll {

/// Prints the broken statement with its place and aborts.
[[noreturn]] void assertion_failed(const char* statement, const char* file, int line) noexcept;

}  // namespace plimsoll

#define PLIM_ASSERT(statement) \
    (__builtin_expect(static_cast<bool>(statement), 1) ? void() : ::plimsoll::assertion_failed(#statement, __FILE__, __LINE__))

// Costly ones: on in tests and simulation, compiled out of the release build.
#ifdef PLIM_SLOW_ASSERTIONS
#define PLIM_ASSERT_SLOW(statement) PLIM_ASSERT(statement)
#else
#define PLIM_ASSERT_SLOW(statement) static_cast<void>(sizeof(static_cast<bool>(statement)))  // compiled, never run
#endif
