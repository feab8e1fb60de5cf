#include "plimsoll/cli/lines.hpp"

#include "plimsoll/text/source.hpp"

#include <unistd.h>

#include <cerrno>

namespace plimsoll::cli {

namespace {
constexpr std::size_t piece = std::size_t{1} << 18;
}

LineReader::LineReader(int descriptor) : descriptor_(descriptor) {}

LineReader::~LineReader() {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

LineReader::Got LineReader::fill() {
    buffer_.erase(0, at_);
    looked_ -= at_;
    at_ = 0;
    if (passing_) {  // nothing of such a line is kept
        buffer_.clear();
        looked_ = 0;
    }
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + piece);
    ssize_t got = 0;
    do got = ::read(descriptor_, buffer_.data() + kept, piece);
    while (got < 0 && errno == EINTR);
    buffer_.resize(kept + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0) {
        fault_ = errno;
        return Got::failed;
    }
    ended_ = got == 0;
    return Got::line;
}

LineReader::Got LineReader::next(std::string_view& line) {
    for (;;) {
        const std::size_t feed = buffer_.find('\n', looked_);
        const bool whole = feed != std::string::npos;
        if (whole || (ended_ && at_ < buffer_.size())) {
            const std::size_t end = whole ? feed : buffer_.size();
            line = std::string_view(buffer_).substr(at_, end - at_);
            if (line.ends_with('\r')) line.remove_suffix(1);
            at_ = looked_ = whole ? end + 1 : end;
            drained_ = false;
            if (!passing_ && line.size() <= text::source_bytes_max) return Got::line;
            passing_ = false;
            return Got::too_long;
        }
        if (ended_) {
            const bool cut = passing_;  // the file ended inside a line that was too long
            passing_ = false;
            return cut ? Got::too_long : Got::end;
        }
        looked_ = buffer_.size();
        if (looked_ - at_ > text::source_bytes_max) passing_ = true;
        if (!drained_) {
            drained_ = true;
            return Got::drained;
        }
        if (fill() == Got::failed) return Got::failed;
    }
}

}  // namespace plimsoll::cli
