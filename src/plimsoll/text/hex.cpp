#include "plimsoll/text/hex.hpp"

#include <array>
#include <cstring>
#include <string_view>

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

namespace {

/// Eight digits in one word, the highest in the lowest byte: four bits to each byte, and then all letters at once.
std::uint64_t eight_digits(std::uint32_t bits) {
    constexpr auto each_byte = [](std::uint64_t value) { return value * 0x0101010101010101u; };
    std::uint64_t x = bits;
    x = (x << 16 | x) & 0x0000FFFF0000FFFFu;
    x = (x << 8 | x) & 0x00FF00FF00FF00FFu;
    x = (x << 4 | x) & each_byte(0x0F);
    x = __builtin_bswap64(x);
    const std::uint64_t letters = (x + each_byte(6)) >> 4 & each_byte(1);
    return x + each_byte('0') + letters * ('a' - '0' - 10);
}

}  // namespace

char* put_hex(char* at, std::uint64_t bits) {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the lowest byte has to come first");
    const std::array<std::uint64_t, 2> words = {eight_digits(static_cast<std::uint32_t>(bits >> 32)),
                                                eight_digits(static_cast<std::uint32_t>(bits))};
    std::memcpy(at, words.data(), sizeof words);
    return at + sizeof words;
}

std::string hex(std::uint64_t high, std::uint64_t low) {
    std::array<char, 32> all;
    put_hex(put_hex(all.data(), high), low);
    return {all.data(), all.size()};
}

}  // namespace plimsoll::text
