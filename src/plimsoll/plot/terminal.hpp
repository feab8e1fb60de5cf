// A chart in a terminal: braille dots, two columns and four rows to a character cell.
#pragma once

#include "plimsoll/plot/chart.hpp"

#include <string>

namespace plimsoll::plot {

/// Each series is drawn with its own letter in the legend and its own colour when `color` is set; without colour the
/// series are told apart by the legend's end value. `columns` is the width of the terminal.
std::string terminal(const Chart& chart, int columns, bool color);

}  // namespace plimsoll::plot
