// Bytes for people: two hexadecimal digits each.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace plimsoll::text {

/// In small letters, the first byte first.
std::string hex(std::span<const std::uint8_t> bytes);
/// 64 bits as 16 digits, the highest first, where there is room for them; what is behind them.
char* put_hex(char* at, std::uint64_t bits);
/// 128 bits as 32 digits.
std::string hex(std::uint64_t high, std::uint64_t low);

}  // namespace plimsoll::text
