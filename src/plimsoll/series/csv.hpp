// Rows of a CSV file by the names of their columns, and what is wrong with them.
#pragma once

#include "plimsoll/series/lines.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

namespace plimsoll::series {

/// One kind of thing that is wrong with a file: where it came first, how often it came, and what was done about it.
struct Defect {
    std::string kind;     // "duplicate", "gap", "crossed"
    std::string what;     // of the first one, with its figures
    std::string done;     // "the row is left out", "kept"
    std::uint64_t row = 0;  // line of the first one in the file
    std::string column;   // empty: the whole row
    std::uint64_t count = 0;
};

/// Collects defects by kind, so that a bad file gives a short report.
class Defects {
public:
    void add(std::string_view kind, std::uint64_t row, std::string_view column, std::string_view done,
             const std::function<std::string()>& what);
    const std::vector<Defect>& all() const { return all_; }
    std::uint64_t count(std::string_view kind) const;

private:
    std::vector<Defect> all_;
};

/// A figure in a message: ten digits at most.
std::string shown(double value);

/// Of a row that is later than what is asked about.
std::string later_words(double t, double before);

/// "row 17, column close: duplicate: …; the row is left out (3 times)".
std::string to_string(const Defect& defect);

class Csv {
public:
    /// Opens a file and reads its head. Each of `columns` has to be there once, each of `maybe` at most once; others are passed over.
    ///
    /// Errors  the file cannot be read; a column is missing, with those that are there.
    static Result<Csv> open(const std::string& path, std::initializer_list<std::string_view> columns,
                            std::initializer_list<std::string_view> maybe = {});

    /// The next row; false at the end. Errors  rows with fewer fields than the head; broken packing.
    Result<bool> next();
    /// Whether the file has a column, by its place in `columns` and then in `maybe`.
    bool has(std::size_t column) const { return std::find(wanted_.begin(), wanted_.end(), column) != wanted_.end(); }
    /// The field of a column that is there; valid until next().
    std::string_view text(std::size_t column) const { return fields_[column]; }
    /// A decimal or whole number. Errors  with row and column: anything else.
    Result<double> number(std::size_t column) const;
    /// Seconds since 1970, decimals allowed. Errors  with row and column: below 0; what counts milli-, micro- or nanoseconds, with what to
    /// divide by; a first time that counts thousands of seconds or minutes, which would lie between the second week of 1970 and March 1973,
    /// before anything was traded here. Earlier times are those of somebody who counts from 0.
    Result<double> time(std::size_t column);
    std::uint64_t row() const { return lines_->number(); }
    const std::string& path() const { return path_; }
    /// Of a value in this row.
    Error error(std::size_t column, std::string what, std::string cure) const;

private:
    Csv(std::string path, std::unique_ptr<Lines> lines) : path_(std::move(path)), lines_(std::move(lines)) {}

    std::string path_;
    std::unique_ptr<Lines> lines_;
    std::vector<std::string> names_;  // of the columns that are wanted
    std::vector<std::size_t> wanted_;  // for each column of the file: its place among those, or none
    std::vector<std::string_view> fields_;
    std::size_t columns_ = 0;  // of the file
    bool timed_ = false;  // a time was read
};

}  // namespace plimsoll::series
