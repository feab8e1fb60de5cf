#include "plimsoll/journal/file_system.hpp"

#include <cerrno>
#include <cstring>

namespace plimsoll::journal {

namespace {

const char* cure_of(SystemError code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT: return "free some room and start again; nothing that was acknowledged is lost";
        case EACCES:
        case EPERM: return "give the service's user the right to read and write the folder";
        case EROFS: return "mount the file system for writing";
        case EIO: return "the disk fails: check it, and start again from the journal or from a copy";
        case EWOULDBLOCK: return "another process writes this journal; stop it first";
        case EEXIST: return "move the file that is there away";
        case ENOENT: return "check the path";
        default: return "see the system's log";
    }
}

}  // namespace

Error system_error(const std::string& path, const std::string& doing, SystemError code) {
    return {path, "cannot " + doing + ": " + std::strerror(code), cure_of(code)};
}

Result<std::size_t, SystemError> read_fully(File& file, std::uint64_t offset, std::span<std::uint8_t> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto got = file.read(offset + done, bytes.subspan(done));
        if (!got && got.error() == EINTR) continue;
        if (!got) return got;
        if (*got == 0) break;
        done += *got;
    }
    return done;
}

Result<std::vector<std::uint8_t>> read_whole(FileSystem& files, const std::string& path) {
    auto file = files.open(path, Access::read);
    if (!file) return fail(system_error(path, "open", file.error()));
    const auto size = (*file)->size();
    if (!size) return fail(system_error(path, "read the size", size.error()));
    std::vector<std::uint8_t> bytes(*size);
    const auto got = read_fully(**file, 0, bytes);
    if (!got) return fail(system_error(path, "read", got.error()));
    bytes.resize(*got);
    return bytes;
}

SystemError write_fully(File& file, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto put = file.write(offset + done, bytes.subspan(done));
        if (!put && put.error() == EINTR) continue;
        if (!put) return put.error();
        if (*put == 0) return ENOSPC;  // POSIX lets a write do nothing and say no reason
        done += *put;
    }
    return 0;
}

}  // namespace plimsoll::journal
