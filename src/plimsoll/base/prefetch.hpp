// Memory asked for before it is looked at.
#pragma once

namespace plimsoll {

/// Asks for the line of an address and does not wait.
[[gnu::always_inline]] inline void prefetch_line(const void* address) {
    __builtin_prefetch(address);
    // g++ takes a function that does nothing but prefetch for one without effect, and leaves out the calls to it.
    __asm__ volatile("");
}

}  // namespace plimsoll
