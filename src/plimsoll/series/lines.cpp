#include "plimsoll/series/lines.hpp"

#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace plimsoll::series {

namespace {

constexpr std::size_t piece = 256 << 10;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// zlib reads plain files and gzip alike.
class Plain : public Lines {
public:
    Plain(std::string path, gzFile file) : Lines(std::move(path)), file_(file) { gzbuffer(file_, piece); }
    Plain(const Plain&) = delete;
    Plain& operator=(const Plain&) = delete;
    ~Plain() override { gzclose(file_); }

protected:
    std::size_t fill(char* into, std::size_t room) override {
        const int got = gzread(file_, into, static_cast<unsigned>(room));
        int code = Z_OK;
        const char* what = gzerror(file_, &code);
        if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
            fail_with(code == Z_BUF_ERROR ? "the packed file ends early" : std::string("it cannot be unpacked: ") + what,
                      "pack or copy it again");
            return 0;
        }
        return static_cast<std::size_t>(got);
    }

private:
    gzFile file_;
};

struct FreeStream {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class Zstd : public Lines {
public:
    Zstd(std::string path, File file) : Lines(std::move(path)), file_(std::move(file)), stream_(ZSTD_createDStream()), packed_(piece) {}

protected:
    std::size_t fill(char* into, std::size_t room) override {
        ZSTD_outBuffer out{into, room, 0};
        while (out.pos == 0) {
            if (in_.pos == in_.size && !refill()) return 0;
            const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in_);
            if (ZSTD_isError(left)) {
                fail_with(std::string("it cannot be unpacked: ") + ZSTD_getErrorName(left), "pack or copy it again");
                return 0;
            }
            inside_ = left != 0;
        }
        return out.pos;
    }

private:
    bool refill() {
        in_ = {packed_.data(), std::fread(packed_.data(), 1, packed_.size(), file_.get()), 0};
        if (in_.size != 0) return true;
        if (std::ferror(file_.get())) fail_with(std::string("it cannot be read: ") + std::strerror(errno), "");
        else if (inside_) fail_with("the packed file ends early", "pack or copy it again");
        return false;
    }

    File file_;
    std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
    std::vector<char> packed_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    bool inside_ = false;  // a frame that has begun
};

bool is_zstd(std::FILE* file) {
    unsigned char magic[4] = {};
    const bool four = std::fread(magic, 1, sizeof magic, file) == sizeof magic;
    return std::fseek(file, 0, SEEK_SET) == 0 && four && magic[0] == 0x28 && magic[1] == 0xB5 && magic[2] == 0x2F && magic[3] == 0xFD;
}

}  // namespace

Result<std::unique_ptr<Lines>> Lines::open(const std::string& path) {
    File file(std::fopen(path.c_str(), "rb"));
    if (!file) return fail(Error{path, std::string("cannot open: ") + std::strerror(errno), "check the path"});
    if (is_zstd(file.get())) return std::unique_ptr<Lines>(new Zstd(path, std::move(file)));
    gzFile packed = gzopen(path.c_str(), "rb");
    if (packed == nullptr) return fail(Error{path, std::string("cannot open: ") + std::strerror(errno), "check the path"});
    return std::unique_ptr<Lines>(new Plain(path, packed));
}

/// Moves what is left to the front and reads on. False: nothing came.
bool Lines::more() {
    if (ended_ || fault_) return false;
    buffer_.erase(0, begin_);
    end_ -= begin_;
    begin_ = 0;
    buffer_.resize(end_ + piece);
    const std::size_t got = fill(buffer_.data() + end_, piece);
    end_ += got;
    ended_ = got == 0;
    return got != 0;
}

bool Lines::next(std::string_view& line) {
    std::size_t looked = 0;
    while (true) {
        const char* start = buffer_.data() + begin_;
        const void* found = end_ > begin_ + looked ? std::memchr(start + looked, '\n', end_ - begin_ - looked) : nullptr;
        const std::size_t length = found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : end_ - begin_;
        if (length > line_bytes_max) {
            fail_with("line " + std::to_string(number_ + 1) + " is longer than " + std::to_string(line_bytes_max) + " bytes",
                      "give a CSV file with a line feed after each row");
            return false;
        }
        looked = length;
        if (found == nullptr && more()) continue;
        if (fault_ || (found == nullptr && length == 0)) return false;
        line = {buffer_.data() + begin_, length};
        begin_ += length + (found != nullptr ? 1 : 0);
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++number_;
        return true;
    }
}

}  // namespace plimsoll::series
