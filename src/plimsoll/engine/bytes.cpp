#include "plimsoll/engine/bytes.hpp"

namespace plimsoll {

void ByteSink::put(const Guard& guard) {
    put(guard.reported);
    put(guard.reported_ms);
    put(guard.reported_set);
    put(guard.time_ms);
    put(guard.index);
    put(guard.index_ms);
    put(guard.credit);
    put(guard.liquidation);
    put(guard.depth);
    put(guard.daily_volume);
    put(guard.volatility);
    put(guard.halted);
    put(guard.state);
}

void ByteSink::put(const std::shared_ptr<const ParameterSet>& set) {
    // A command that brings none, or one without canonical bytes, is refused, but its body is hashed before that.
    const bool has_bytes = set != nullptr && references_hold(*set);
    put(has_bytes ? digest_of(canonical_bytes(*set)) : Digest{});
}

}  // namespace plimsoll
