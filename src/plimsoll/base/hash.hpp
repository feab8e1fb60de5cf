// A fast hash of bytes, for finding damage and differences. Not for secrets: whoever can choose the bytes can choose the hash.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace plimsoll {

struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend constexpr auto operator<=>(Hash128, Hash128) = default;
};

/// XXH3, 128 bits. The same bytes give the same hash on every machine.
Hash128 hash_bytes(const void* bytes, std::size_t size);

}  // namespace plimsoll
