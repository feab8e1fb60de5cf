// Line charts as SVG: axes with round ticks, series, marks. Drawing only; doubles are fine here, nothing decides by them.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace plimsoll::plot {

struct Point {
    double x = 0;
    double y = 0;
};

struct Series {
    std::string name;
    std::string color;  // CSS color
    std::vector<Point> points;
    bool dashed = false;
};

/// A point that the eye should find: a jump, a crossing.
struct Mark {
    Point at;
    std::string label;  // shown as a tooltip, and beside the point when short
    std::string color;
};

struct Chart {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::vector<Series> series;
    std::vector<Mark> marks;
    bool percent_y = false;  // y is a share: ticks as per cent
    bool close_y = false;    // the axis covers what is there, not everything from 0
    bool log_x = false;      // x, above 0, by its logarithm: ticks at powers of ten
    int width = 720;
    int height = 320;
};

/// Ticks at 1, 2 or 5 times a power of ten that cover [0, most], `wanted` of them or a few more.
std::vector<double> ticks(double most, int wanted);

/// 12500000 as "12.5M".
std::string short_number(double value);

/// Escapes text for XML content and attributes.
std::string escaped(std::string_view text);

/// A complete <svg> element that needs nothing outside itself.
std::string svg(const Chart& chart);

}  // namespace plimsoll::plot
