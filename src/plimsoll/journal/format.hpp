// The journal's bytes: docs/reference/journal-format.md is the grammar. Everything is little-endian.
#pragma once

#include "plimsoll/base/hash.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::journal {

inline constexpr std::uint32_t format_version = 1;
inline constexpr std::size_t segment_head_bytes = 64;
inline constexpr std::size_t record_head_bytes = 32;
inline constexpr std::size_t record_most = std::size_t{16} << 20;  // payload
inline constexpr std::size_t mark_bytes = 64;
inline constexpr std::size_t mark_slot_bytes = 32;
inline constexpr std::string_view mark_name = "journal.mark";

/// What a segment says of itself: its first record, and the check of the record before it.
struct SegmentHead {
    std::uint64_t first = 1;
    Hash128 link;
};
std::array<std::uint8_t, segment_head_bytes> segment_head(const SegmentHead& head);
/// Why the bytes are no head is told apart: a foreign file, another version, or damage.
enum class HeadFault : std::uint8_t { none, too_short, foreign, version, damaged };
HeadFault read_segment_head(std::span<const std::uint8_t> bytes, SegmentHead& head);

std::string segment_name(std::uint64_t first);
/// The first record of the segment with this name; absent when it is no segment's.
std::optional<std::uint64_t> first_of_name(std::string_view name);

/// Appends a record to `out`; its check, which the next record is linked to.
Hash128 append_record(std::vector<std::uint8_t>& out, std::uint64_t number, Hash128 link, std::span<const std::uint8_t> payload);
/// Bytes that a record with so large a payload takes.
std::size_t record_bytes(std::size_t payload);

/// One record out of the bytes at the front of `bytes`, whose number and link are known.
struct ParsedRecord {
    std::span<const std::uint8_t> payload;
    std::size_t bytes = 0;
    Hash128 check;
};
std::optional<ParsedRecord> parse_record(std::span<const std::uint8_t> bytes, std::uint64_t number, Hash128 link);

/// Up to where records are known to have been synced. Written after every sync, into two slots in turn.
struct Mark {
    std::uint64_t number = 0;  // of the last synced record; 0: none
    std::uint64_t check = 0;   // the upper half of its check
};
std::array<std::uint8_t, mark_slot_bytes> mark_slot(const Mark& mark);
std::optional<Mark> read_mark_slot(std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::journal
