// Finished pieces of long work in a file, so that work that was broken off goes on where it was.
#pragma once

#include "plimsoll/base/result.hpp"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

namespace plimsoll::calibrate {

/// A file whose first line is the program and the question and whose others are a piece each: its index and its row. Pieces come in any
/// order.
class Kept {
public:
    /// Reads what is there and opens it for more; a row that was not written to its end is dropped, and so is everything after one that `take` cannot read. An empty
    /// name: nothing is kept.
    ///
    /// Pieces of another build of this program are refused like those of another question: both say what differs.
    ///
    /// `what` names the pieces ("backtest days"); `asked` is all that they hang on, in one line, best as key=value with a space between: the first that differs is then
    /// named. Errors  a file that cannot be written, that is none of these, or that belongs to another question.
    Result<void> open(const std::string& file, const std::string& what, const std::string& asked,
                      const std::function<bool(std::uint64_t index, const std::string& row)>& take);
    /// Adds a finished piece. Not from several threads at once.
    void add(std::uint64_t index, const std::string& row);

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace plimsoll::calibrate
