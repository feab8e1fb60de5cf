#include "plimsoll/base/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace plimsoll {

Hash128 hash_bytes(const void* bytes, std::size_t size) {
    const XXH128_hash_t hash = XXH3_128bits(bytes, size);
    return {hash.high64, hash.low64};
}

}  // namespace plimsoll
