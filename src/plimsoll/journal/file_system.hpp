// What the journal asks of a file system, and no more, so that tests can put one in its place that fails.
#pragma once

#include "plimsoll/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace plimsoll::journal {

/// An errno. The calls below are those of POSIX, one to one: they may be interrupted, and may do less than was asked.
using SystemError = int;

class File {
public:
    virtual ~File() = default;
    /// How many bytes were read from `offset`; 0 at the end of the file.
    virtual Result<std::size_t, SystemError> read(std::uint64_t offset, std::span<std::uint8_t> bytes) = 0;
    virtual Result<std::size_t, SystemError> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) = 0;
    virtual Result<std::uint64_t, SystemError> size() = 0;
    /// Gives the file this size and room for all of it; new bytes are zero. 0: done.
    virtual SystemError allocate(std::uint64_t size) = 0;
    /// Content and size reach the disk. 0: done. After anything else the file may hold less than it seems to, for ever.
    virtual SystemError sync() = 0;
    /// Takes the file for this process alone; EWOULDBLOCK when another has it. Given back when the file is closed.
    virtual SystemError lock() = 0;
};

enum class Access : std::uint8_t {
    read,
    write,   // of a file that is there
    create,  // of a new one; EEXIST when it is there
};

class FileSystem {
public:
    virtual ~FileSystem() = default;
    virtual Result<std::unique_ptr<File>, SystemError> open(const std::string& path, Access access) = 0;
    /// Names of the files of a folder, in no order.
    virtual Result<std::vector<std::string>, SystemError> list(const std::string& folder) = 0;
    virtual SystemError make_folder(const std::string& folder) = 0;
    virtual SystemError rename(const std::string& from, const std::string& to) = 0;
    virtual SystemError remove(const std::string& path) = 0;
    /// The names in a folder reach the disk.
    virtual SystemError sync_folder(const std::string& folder) = 0;
};

/// The machine's own.
FileSystem& real_files();

/// "No space left on device" and the like, with what may be done about it.
Error system_error(const std::string& path, const std::string& doing, SystemError code);

// What every caller needs: all of the bytes, whatever a single call does.

/// Reads bytes.size() bytes or up to the end; how many.
Result<std::size_t, SystemError> read_fully(File& file, std::uint64_t offset, std::span<std::uint8_t> bytes);
/// A file from its beginning to its end. Errors  with its path: it cannot be opened or read.
Result<std::vector<std::uint8_t>> read_whole(FileSystem& files, const std::string& path);
/// 0, or why not all of the bytes were written.
SystemError write_fully(File& file, std::uint64_t offset, std::span<const std::uint8_t> bytes);

}  // namespace plimsoll::journal
