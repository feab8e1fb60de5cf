// A table or a chart of a page with what each of its figures is: its formula and what went into it, folded away beside it.
#pragma once

#include "plimsoll/plot/page.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll::calibrate {

/// One figure. Both are HTML: `name` as the table or chart has it, `how` its formula with its inputs.
struct Said {
    std::string name;
    std::string how;
};

/// What the names of a figure are: heads of columns, first cells of rows, or names of a chart's series. A test holds the page to it.
enum class Named : std::uint8_t { columns, rows, series };

/// Errors  asserted: something is said.
std::string figure(Named named, const std::string& body, const std::vector<Said>& said);

/// A table of words, figures and how they come about, row by row.
class FigureRows {
public:
    explicit FigureRows(const std::vector<std::string>& head) : rows_(head) {}
    void add(const std::string& name, const std::vector<std::string>& cells, const std::string& how);
    std::string html() const { return figure(Named::rows, rows_.html(), said_); }

private:
    plot::Rows rows_;
    std::vector<Said> said_;
};

}  // namespace plimsoll::calibrate
