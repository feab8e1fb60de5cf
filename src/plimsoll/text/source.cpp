#include "plimsoll/text/source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>

namespace plimsoll::text {

namespace {

using Eight = std::uint64_t;
constexpr Eight every_byte(std::uint8_t byte) { return 0x0101010101010101U * byte; }
Eight load_eight(const char* at) {
    Eight bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}
/// Whether one of eight bytes is zero or not of ASCII; sometimes also when one follows a zero, which is such a one.
bool zero_or_high(Eight bytes) { return ((bytes - every_byte(1)) & ~bytes & every_byte(0x80)) != 0 || (bytes & every_byte(0x80)) != 0; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Length of the UTF-8 character at the front of `text`, 0 when there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_continuation(text[i])) return 0;
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

std::string to_string(std::string_view file, Place place) {
    std::string where(file);
    if (place.line == 0) return where;
    return where + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

Place Locator::at(std::size_t offset) {
    offset = std::min(offset, source_.size());
    if (offset < done_) {
        done_ = 0;
        place_ = {1, 1};
    }
    while (done_ < offset) {
        if (offset - done_ >= sizeof(Eight) && !zero_or_high(load_eight(source_.data() + done_) ^ every_byte('\n'))) {
            done_ += sizeof(Eight);  // eight characters of one line
            place_.column += sizeof(Eight);
            continue;
        }
        const char c = source_[done_++];
        if (c == '\n') {
            ++place_.line;
            place_.column = 1;
        } else if (!is_continuation(c)) {
            ++place_.column;
        }
    }
    return place_;
}

std::size_t first_bad_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.size() - at >= sizeof(Eight) && (load_eight(text.data() + at) & every_byte(0x80)) == 0) {
            at += sizeof(Eight);
            continue;
        }
        const std::size_t length = utf8_length(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

Result<void> check_source(std::string_view source, std::string_view file) {
    const auto refuse = [&](std::size_t offset, std::string what, std::string cure) {
        return fail(Error{to_string(file, Locator(source).at(offset)), std::move(what), std::move(cure)});
    };
    if (source.size() > source_bytes_max) {
        return fail(Error{std::string(file), "the document has " + std::to_string(source.size()) + " bytes",
                          "split it: at most " + std::to_string(source_bytes_max) + " bytes are read"});
    }
    if (source.substr(0, 3) == "\xEF\xBB\xBF")
        return refuse(0, "the document starts with a byte order mark", "save it as UTF-8 without one");
    if (source.substr(0, 2) == "\xFF\xFE" || source.substr(0, 2) == "\xFE\xFF")
        return refuse(0, "the document is UTF-16", "save it as UTF-8");
    if (const std::size_t at = source.find('\0'); at != std::string_view::npos)
        return refuse(at, "the document holds a NUL byte", "remove it; a text document has none");
    if (const std::size_t at = first_bad_utf8(source); at != std::string_view::npos)
        return refuse(at, "the document is not UTF-8", "save it as UTF-8");
    return {};
}

std::string shown(std::string_view text) {
    std::string safe(text.substr(0, shown_max));
    std::replace_if(safe.begin(), safe.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    if (text.size() > shown_max) safe += "...";
    return safe;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
    std::string_view best;
    if (word.size() > 2 * shown_max) return best;  // no slip of the finger, and the distance costs its square
    std::size_t best_distance = word.size() / 3 + 2;
    for (const std::string_view candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance && distance < candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

Result<std::string> read_file(const std::string& path) {
    const auto refuse = [&](const char* cure) { return fail(Error{path, std::strerror(errno), cure}); };
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
    if (!file) return refuse("name a file that can be read");
    std::string content;
    std::size_t got = 0;
    constexpr std::size_t piece = std::size_t{1} << 16;
    do {
        content.resize(content.size() + piece);
        got = std::fread(content.data() + content.size() - piece, 1, piece, file.get());
        content.resize(content.size() - piece + got);
    } while (got == piece && content.size() <= source_bytes_max);
    if (std::ferror(file.get()) != 0) return refuse("name a file, not a folder or a broken device");
    if (content.size() > source_bytes_max)
        return fail(Error{path, "the file is longer than " + std::to_string(source_bytes_max) + " bytes", "split it"});
    return content;
}

}  // namespace plimsoll::text
