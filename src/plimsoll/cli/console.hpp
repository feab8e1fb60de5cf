// How the tool talks: data on standard output, everything else on standard error, an exit code that tells the truth.
#pragma once

#include "plimsoll/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::cli {

enum class Exit : int {
    ok = 0,
    no = 1,           // the check says no: rejected, failed, different
    usage = 2,        // the command line is not understood
    bad_input = 3,    // a file or a question is malformed
    io = 4,           // a file cannot be read or written
    unreachable = 5,  // a service does not answer
    internal = 70,
    interrupted = 130,
};

enum class Color : std::uint8_t { automatic, always, never };

/// What every command is told about its surroundings.
struct Console {
    bool json = false;
    bool quiet = false;
    bool color = false;     // escape sequences are welcome on standard output
    bool terminal = false;  // a person watches standard error
    int width = 100;        // columns of the terminal

    /// Data: standard output, as it is.
    void print(std::string_view text) const;
    /// Hands data on; false when standard output takes no more.
    bool flush() const;
    /// Talk: standard error, a line; nothing when quiet.
    void say(std::string_view line) const;
    /// An error: standard error, a line, always.
    void complain(std::string_view line) const;
    void complain(const Error& error) const { complain(to_string(error)); }
    void complain(const std::vector<Error>& errors) const;

    std::string bold(std::string_view text) const;
    std::string green(std::string_view text) const;
    std::string red(std::string_view text) const;
    std::string dim(std::string_view text) const;

private:
    std::string wrapped(const char* code, std::string_view text) const;
};

/// Complains; io when a file cannot be read or written, else bad_input.
Exit refused(const Console& console, const Error& error);
Exit refused(const Console& console, const std::vector<Error>& errors);

/// Hands what is buffered to the system. A reader that went away is no fault worth a word; a full disk is: then the answer
/// is Exit::io and standard error says why.
Exit finish_output(Exit exit);

/// How far long work is: one line on standard error that overwrites itself, where a person watches.
class Progress {
public:
    Progress(const Console& console, std::string doing) : console_(console), doing_(std::move(doing)) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// "<doing> <what>"; the same again is not written again.
    void at(const std::string& what);
    /// "<doing> 42 %".
    void at(std::size_t done, std::size_t of);

private:
    const Console& console_;
    std::string doing_;
    std::string shown_;
};

/// Looks at the terminal, NO_COLOR and the wishes of the command line.
Console make_console(bool json, bool quiet, Color color);

/// How messages name a path: "-" is "stdin".
std::string display_name(const std::string& path);
/// The content of a file, or of standard input for "-".
Result<std::string> read_file(const std::string& path);
/// Writes aside and renames, so that a reader never sees half a file; folders that are missing are made.
Result<std::string> write_file(const std::string& path, std::string_view content);

/// A table of text: columns are as wide as their widest cell; `right` columns are aligned to the right.
class Table {
public:
    explicit Table(std::vector<bool> right) : right_(std::move(right)) {}
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// A line across, or a heading when text is given.
    void rule() { rows_.emplace_back(); }
    std::string text(std::size_t indent = 0) const;

private:
    std::vector<bool> right_;
    std::vector<std::vector<std::string>> rows_;
};

/// Columns a text takes on a terminal: UTF-8 sequences count once, escape sequences not at all.
std::size_t columns(std::string_view text);

/// Breaks a sentence at spaces so that no line is longer than `width`; every line starts with `indent` spaces.
std::string wrap(std::string_view sentence, std::size_t width, std::size_t indent);

/// 12345678.9 (10^-digits) as "12,345,678.9".
std::string grouped(std::string_view decimal);
/// 0.0125 as "1.25 %".
std::string percent(double share);
/// A large amount as a person says it: "12.5M", "3.90B", "920k"; exact amounts are in --json.
std::string human(double amount);

}  // namespace plimsoll::cli
