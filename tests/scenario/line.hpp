// One line of a scenario as words, and what can be wrong with it.
#pragma once

#include "plimsoll/money/text.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::scenario {

/// A line that makes no sense; the runner adds file and line.
struct Mistake {
    std::string what;
};

/// "nonesuch is no verb; did you mean 'none'?"
[[noreturn]] void unknown(std::string_view word, std::string_view kind, const std::vector<std::string_view>& known);

/// The words of one line, taken from the front.
class Line {
public:
    explicit Line(std::string_view text);

    bool empty() const { return next_ >= words_.size(); }
    /// The next word without taking it; empty at the end.
    std::string_view peek() const { return empty() ? std::string_view{} : std::string_view(words_[next_]); }
    /// `what` says in a mistake what was expected.
    std::string take(std::string_view what);
    bool take_if(std::string_view word);
    void expect(std::string_view word);
    void end() const;

    /// A duration such as "+5s" or "+250ms" at the end of the line, taken away.
    std::optional<std::uint64_t> take_delay();
    /// The value of a word "key=value" anywhere in the rest, taken away.
    std::optional<std::string> take_key(std::string_view key);
    /// All words of the rest that are "key=value".
    std::vector<std::pair<std::string, std::string>> take_keys();

private:
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

std::int64_t decimal(std::string_view text, int digits, std::string_view what);
Decimal free_decimal(std::string_view text, std::string_view what);
Rate rate(std::string_view text, std::string_view what);
std::uint32_t whole(std::string_view text, std::string_view what);
/// "250ms", "5s", "2m", "1h", "1d".
std::uint64_t duration(std::string_view text, std::string_view what);
bool yes_or_no(std::string_view text, std::string_view what);
std::vector<std::string> split(std::string_view text, char by);
/// "0:0.04,10000:0.0625"
std::vector<Row> rows(std::string_view text, std::string_view what);

}  // namespace plimsoll::scenario
