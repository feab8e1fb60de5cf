// A snapshot: what a journal says up to and with one of its records, as one file beside it. It only saves time: everything in it follows from
// the journal. docs/reference/journal-format.md has the bytes.
#pragma once

#include "plimsoll/journal/file_system.hpp"

#include <optional>
#include <string_view>

namespace plimsoll::journal {

inline constexpr std::uint32_t snapshot_version = 1;
inline constexpr std::size_t snapshot_head_bytes = 48;
inline constexpr std::size_t snapshots_kept = 2;

std::string snapshot_name(std::uint64_t number);
/// The record of the snapshot with this name; absent when it is no snapshot's.
std::optional<std::uint64_t> number_of_snapshot(std::string_view name);

/// Records of the snapshots of a folder, the newest first.
///
/// Errors  the folder cannot be listed.
Result<std::vector<std::uint64_t>> list_snapshots(FileSystem& files, const std::string& folder);

/// Writes a snapshot aside, reads it back, and only then gives it its name. All but the latest snapshots_kept are removed.
///
/// Errors  whatever the file system says; it reads back otherwise. The journal is as good as before.
std::optional<Error> write_snapshot(FileSystem& files, const std::string& folder, std::uint64_t number,
                                    std::span<const std::uint8_t> content);

/// The content of a snapshot.
///
/// Errors  file and why: it cannot be read, is foreign, of another version, of another record, cut, or some byte is not as it was written.
Result<std::vector<std::uint8_t>> read_snapshot(FileSystem& files, const std::string& folder, std::uint64_t number);

}  // namespace plimsoll::journal
