// Lines of a file or of standard input, for commands that answer each line as it comes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plimsoll::cli {

/// Reads by large pieces and gives the lines in them, without their ends; a carriage return before the line feed goes too.
class LineReader {
public:
    enum class Got { line, too_long, drained, end, failed };

    /// Owns the descriptor unless it is standard input.
    explicit LineReader(int descriptor);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// The next line. `drained` comes before a read that may wait: whoever asks one question at a time must have its
    /// answer by then. A line beyond the size of a document is passed over and comes as `too_long`.
    Got next(std::string_view& line);
    int fault() const { return fault_; }  // errno of `failed`

private:
    Got fill();

    int descriptor_;
    int fault_ = 0;
    std::string buffer_;
    std::size_t at_ = 0;      // start of the line that is next
    std::size_t looked_ = 0;  // no line feed before this
    bool drained_ = false;
    bool passing_ = false;  // inside a line that is too long
    bool ended_ = false;
};

}  // namespace plimsoll::cli
