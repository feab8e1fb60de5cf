// The identity of a parameter set: one sequence of bytes for one meaning, and its hash. Comments, the order of tables and
// keys, and the spelling of equal figures do not change them; anything that changes an answer does.
// docs/reference/canonical-bytes.md states the encoding.
#pragma once

#include "plimsoll/params/parameter_set.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll {

inline constexpr std::uint8_t canonical_version = 3;

/// Whether every asset, market and schedule that the set refers to by its place is in it. Only then does it have canonical bytes.
bool references_hold(const ParameterSet& set);

/// The bytes that are hashed, approved and compared.
///
/// Errors  none; references_hold() is asserted. validate() refuses sets for which it is not true.
std::vector<std::uint8_t> canonical_bytes(const ParameterSet& set);
/// One schedule alone: the same bytes as inside a set.
std::vector<std::uint8_t> canonical_bytes(const Schedule& schedule);

using Digest = std::array<std::uint8_t, 32>;
/// SHA-256.
Digest digest_of(const std::vector<std::uint8_t>& bytes);

/// "sha256:" and 64 hexadecimal digits over the canonical bytes.
std::string hash_of(const ParameterSet& set);
std::string hash_of(const Schedule& schedule);

}  // namespace plimsoll
