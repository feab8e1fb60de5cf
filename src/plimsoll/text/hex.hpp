// Bytes for people: two hexadecimal digits each.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace plimsoll::text {

/// In small letters, the first byte first.
std::string hex(std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::text
