// Reading a journal: every byte of it is looked at, and what is not as it was written is named with file and offset.
#pragma once

#include "plimsoll/journal/file_system.hpp"
#include "plimsoll/journal/format.hpp"

#include <functional>

namespace plimsoll::journal {

struct Record {
    std::uint64_t number = 0;
    std::span<const std::uint8_t> payload;
    const std::string& file;  // path
    std::uint64_t offset = 0;

    /// "file, byte offset", as errors name it.
    std::string where() const { return file + ", byte " + std::to_string(offset); }
};

struct Segment {
    std::string name;
    std::uint64_t first = 0;
    std::uint64_t bytes = 0;
    std::uint32_t version = format_version;
    Hash128 link;  // check of the record before it
};

/// What stands in a folder.
struct Found {
    std::vector<Segment> segments;
    std::uint64_t last = 0;      // number of the last good record; 0: none
    Hash128 link;                // its check
    std::uint64_t end = 0;       // where the next record goes in the last segment
    std::uint64_t batch = 0;     // the batch `end` lies in, when the reading stopped inside one; 0: none
    std::uint64_t torn = 0;      // bytes from `end` on that are not zero and were never acknowledged
    std::optional<Mark> mark;    // absent: no mark file, or none of its slots is whole
    int damaged_slots = 0;       // of the mark that are neither whole nor never written
};

/// Called for each record in order. An error stops the reading and is its answer.
using Visit = std::function<std::optional<Error>(const Record&)>;

/// Reads all records of the segments of a folder, or those before `stop_before`.
///
/// Errors  with file and offset: a byte that is not as it was written; a segment that is missing, foreign or of another version; records that
///         the mark knows and the files do not hold. A batch at the end of which some sector never reached the disk was never acknowledged: it
///         is no error and counted in `torn`. So is, in a segment of version 1, whatever follows the mark and is not whole.
Result<Found> read_journal(FileSystem& files, const std::string& folder, const Visit& visit, std::optional<std::uint64_t> stop_before = {});

}  // namespace plimsoll::journal
