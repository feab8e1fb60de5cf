// Bytes for people: two hexadecimal digits each.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace plimsoll::text {

/// In small letters, the first byte first.
std::string hex(std::span<const std::uint8_t> bytes);
/// 128 bits as 32 digits, the highest first.
void append_hex(std::string& text, std::uint64_t high, std::uint64_t low);
std::string hex(std::uint64_t high, std::uint64_t low);

}  // namespace plimsoll::text
