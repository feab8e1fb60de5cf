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

inline constexpr std::uint32_t format_version = 2;
inline constexpr std::uint32_t format_version_least = 1;  // that is read; its segments are never written on
inline constexpr std::size_t sector_bytes = 512;  // what a disk writes whole or not at all
inline constexpr std::size_t segment_head_bytes = 64;
inline constexpr std::size_t batch_head_bytes = 64;
inline constexpr std::size_t record_head_bytes = 32;
inline constexpr std::size_t record_most = std::size_t{16} << 20;  // payload
inline constexpr std::size_t mark_bytes = 64;
inline constexpr std::size_t mark_slot_bytes = 32;
inline constexpr std::string_view mark_name = "journal.mark";

/// What a segment says of itself: its first record, and the check of the record before it.
struct SegmentHead {
    std::uint64_t first = 1;
    Hash128 link;
    std::uint32_t version = format_version;
};
std::array<std::uint8_t, segment_head_bytes> segment_head(const SegmentHead& head);
/// Why the bytes are no head is told apart: a foreign file, another version, or damage.
enum class HeadFault : std::uint8_t { none, too_short, foreign, version, damaged };
HeadFault read_segment_head(std::span<const std::uint8_t> bytes, SegmentHead& head);

/// Where the first batch of a segment begins; in version 1 the first record.
constexpr std::size_t body_at(std::uint32_t version) { return version == 1 ? segment_head_bytes : sector_bytes; }
constexpr std::uint64_t up_to_sector(std::uint64_t bytes) { return (bytes + sector_bytes - 1) / sector_bytes * sector_bytes; }

std::string segment_name(std::uint64_t first);
/// The first record of the segment with this name; absent when it is no segment's.
std::optional<std::uint64_t> first_of_name(std::string_view name);

/// Appends a record to `out`, without its check.
void append_record(std::vector<std::uint8_t>& out, std::uint64_t number, std::span<const std::uint8_t> payload);
/// Gives records that stand one behind the other their checks, the first linked to `link`; the check of the last.
Hash128 link_records(std::span<std::uint8_t> records, Hash128 link);
/// Bytes that a record with so large a payload takes.
std::size_t record_bytes(std::size_t payload);

/// One record out of the bytes at the front of `bytes`, whose number and link are known.
struct ParsedRecord {
    std::span<const std::uint8_t> payload;
    std::size_t bytes = 0;
    Hash128 check;
};
std::optional<ParsedRecord> parse_record(std::span<const std::uint8_t> bytes, std::uint64_t number, Hash128 link);

/// What is written in one go, and stands at the beginning of a sector: this head, records, and zeros up to the end of a sector.
struct BatchHead {
    std::uint64_t first = 0;      // record
    std::uint64_t bytes = 0;      // of head and records
    std::uint64_t blank = 0;      // sectors of it that hold nothing but zeros, as they were written
    std::uint64_t committed = 0;  // the last record that was known to be on the disk before this was written
};
/// Fills a batch up to the end of a sector and writes its head. `batch` begins with batch_head_bytes of room and goes on with the records;
/// `segment` is the check of the record before its segment.
void seal_batch(std::vector<std::uint8_t>& batch, std::uint64_t first, std::uint64_t committed, Hash128 segment);
std::optional<BatchHead> read_batch_head(std::span<const std::uint8_t> bytes, Hash128 segment);
/// How many sectors hold nothing but zeros.
std::uint64_t blank_sectors(std::span<const std::uint8_t> bytes);

/// Up to where records are known to have been synced. Written after every sync, into two slots in turn.
struct Mark {
    std::uint64_t number = 0;  // of the last synced record; 0: none
    std::uint64_t check = 0;   // the upper half of its check
};
std::array<std::uint8_t, mark_slot_bytes> mark_slot(const Mark& mark);
std::optional<Mark> read_mark_slot(std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::journal
