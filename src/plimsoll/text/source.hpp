// What every document must satisfy before it is parsed, and the way from a byte offset to line and column.
#pragma once

#include "plimsoll/base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::text {

inline constexpr std::size_t source_bytes_max = std::size_t{64} << 20;  // 64 MiB
inline constexpr int depth_max = 64;                                    // nested objects and arrays
inline constexpr std::size_t nodes_max = 2'000'000;                     // values of one document: bounds its memory
inline constexpr std::size_t shown_max = 40;                            // bytes of hostile text echoed in a message

/// A place in a document. Columns count characters, not bytes; both start at 1, and line 0 means "nowhere".
struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
};

/// "file:line:column", or the file alone for the place "nowhere".
std::string to_string(std::string_view file, Place place);

/// Turns byte offsets into places. Cheapest when the offsets come in rising order.
class Locator {
public:
    explicit Locator(std::string_view source) : source_(source) {}
    Place at(std::size_t offset);

private:
    std::string_view source_;
    std::size_t done_ = 0;
    Place place_{1, 1};
};

/// Refuses what is too long, starts with a byte order mark, holds a NUL or is not UTF-8.
Result<void> check_source(std::string_view source, std::string_view file);

/// The offset of the first byte that cannot belong to UTF-8, or npos. Overlong forms and surrogates are no UTF-8.
std::size_t first_bad_utf8(std::string_view text);

/// A piece of an input that is safe to print: control and non-ASCII characters are replaced, long text is cut.
std::string shown(std::string_view text);

/// The nearest of `known` by edit distance, or an empty view when none is near enough to be a slip of the finger.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

/// Reads a whole file that is no longer than a document may be.
Result<std::string> read_file(const std::string& path);

}  // namespace plimsoll::text
