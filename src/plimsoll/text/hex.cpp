#include "plimsoll/text/hex.hpp"

#include <string_view>

#include <array>

namespace plimsoll::text {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

void append_hex(std::string& text, std::uint64_t high, std::uint64_t low) {
    std::array<char, 32> all;
    for (std::size_t i = 0; i < 16; ++i) {
        all[i] = digits[high >> (60 - 4 * i) & 15];
        all[16 + i] = digits[low >> (60 - 4 * i) & 15];
    }
    text.append(all.data(), all.size());
}

std::string hex(std::uint64_t high, std::uint64_t low) {
    std::string text;
    append_hex(text, high, low);
    return text;
}

}  // namespace plimsoll::text
