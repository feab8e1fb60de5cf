// The machine's own files.
#include "plimsoll/journal/file_system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace plimsoll::journal {

namespace {

SystemError outcome(int result) { return result == 0 ? 0 : errno; }

class RealFile : public File {
public:
    explicit RealFile(int handle) : handle_(handle) {}
    RealFile(const RealFile&) = delete;
    RealFile& operator=(const RealFile&) = delete;
    ~RealFile() override { ::close(handle_); }

    Result<std::size_t, SystemError> read(std::uint64_t offset, std::span<std::uint8_t> bytes) override {
        const ssize_t got = ::pread(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0) return fail(SystemError{errno});
        return static_cast<std::size_t>(got);
    }
    Result<std::size_t, SystemError> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
        const ssize_t put = ::pwrite(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0) return fail(SystemError{errno});
        return static_cast<std::size_t>(put);
    }
    Result<std::uint64_t, SystemError> size() override {
        struct stat known{};
        if (::fstat(handle_, &known) != 0) return fail(SystemError{errno});
        return static_cast<std::uint64_t>(known.st_size);
    }
    SystemError allocate(std::uint64_t size) override { return ::posix_fallocate(handle_, 0, static_cast<off_t>(size)); }
    SystemError sync() override { return outcome(::fdatasync(handle_)); }
    SystemError lock() override { return outcome(::flock(handle_, LOCK_EX | LOCK_NB)); }

private:
    int handle_;
};

class RealFileSystem : public FileSystem {
public:
    Result<std::unique_ptr<File>, SystemError> open(const std::string& path, Access access) override {
        const int flags = access == Access::read ? O_RDONLY : access == Access::write ? O_RDWR : O_RDWR | O_CREAT | O_EXCL;
        const int handle = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640);
        if (handle < 0) return fail(SystemError{errno});
        return std::make_unique<RealFile>(handle);
    }
    Result<std::vector<std::string>, SystemError> list(const std::string& folder) override {
        DIR* open_folder = ::opendir(folder.c_str());
        if (open_folder == nullptr) return fail(SystemError{errno});
        std::vector<std::string> names;
        errno = 0;
        while (const dirent* entry = ::readdir(open_folder)) names.emplace_back(entry->d_name);
        const SystemError code = errno;
        ::closedir(open_folder);
        if (code != 0) return fail(SystemError{code});
        std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
        return names;
    }
    SystemError make_folder(const std::string& folder) override {
        const SystemError code = outcome(::mkdir(folder.c_str(), 0750));
        return code == EEXIST ? 0 : code;
    }
    SystemError rename(const std::string& from, const std::string& to) override { return outcome(::rename(from.c_str(), to.c_str())); }
    SystemError remove(const std::string& path) override { return outcome(::unlink(path.c_str())); }
    SystemError sync_folder(const std::string& folder) override {
        const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (handle < 0) return errno;
        const SystemError code = outcome(::fsync(handle));
        ::close(handle);
        return code;
    }
};

}  // namespace

FileSystem& real_files() {
    static RealFileSystem files;
    return files;
}

}  // namespace plimsoll::journal
