// Lines of a file that may be packed: plain, gzip or zstd, told apart by their first bytes. Memory does not grow with the file.
#pragma once

#include "plimsoll/base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::series {

inline constexpr std::size_t line_bytes_max = 64 << 10;

class Lines {
public:
    /// Errors  the file cannot be opened.
    static Result<std::unique_ptr<Lines>> open(const std::string& path);
    virtual ~Lines() = default;

    /// The next line without its end; a carriage return before the line feed goes too. False: there is none, or fault() says why.
    bool next(std::string_view& line);
    /// Of the line that next() gave, from 1.
    std::uint64_t number() const { return number_; }
    /// Broken packing, a read that failed, a line that is too long.
    const std::optional<Error>& fault() const { return fault_; }

protected:
    explicit Lines(std::string path) : path_(std::move(path)) {}
    /// Puts up to `room` unpacked bytes to `into`; how many, 0 at the end or after a fault.
    virtual std::size_t fill(char* into, std::size_t room) = 0;
    void fail_with(std::string what, std::string cure) { fault_ = Error{path_, std::move(what), std::move(cure)}; }

private:
    bool more();

    std::string path_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool ended_ = false;
    std::uint64_t number_ = 0;
    std::optional<Error> fault_;
};

}  // namespace plimsoll::series
