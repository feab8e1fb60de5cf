#include "plimsoll/plot/terminal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace plimsoll::plot {

namespace {

constexpr int rows = 16;
constexpr int label_columns = 9;
constexpr std::array<int, 6> ansi{34, 33, 32, 31, 36, 35};

/// Dots of all series on one grid of cells; a cell remembers who drew last.
class Canvas {
public:
    explicit Canvas(int cell_columns)
        : columns_(cell_columns), dots_(static_cast<std::size_t>(cell_columns * rows)), owner_(dots_.size(), -1) {}

    int width() const { return columns_ * 2; }
    int height() const { return rows * 4; }

    void dot(int x, int y, int series) {
        if (x < 0 || y < 0 || x >= width() || y >= height()) return;
        static constexpr std::uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
        const int from_top = height() - 1 - y;
        const auto cell = static_cast<std::size_t>(from_top / 4 * columns_ + x / 2);
        dots_[cell] = static_cast<std::uint8_t>(dots_[cell] | bits[from_top % 4][x % 2]);
        owner_[cell] = series;
    }

    /// A straight stroke, dense enough that it has no holes.
    void stroke(double x1, double y1, double x2, double y2, int series, bool dashed) {
        const int steps = 1 + static_cast<int>(std::max(std::fabs(x2 - x1), std::fabs(y2 - y1)));
        for (int i = 0; i <= steps; ++i) {
            const double part = static_cast<double>(i) / steps;
            const int x = static_cast<int>(std::lround(x1 + (x2 - x1) * part));
            if (dashed && x / 3 % 2 == 1) continue;
            dot(x, static_cast<int>(std::lround(y1 + (y2 - y1) * part)), series);
        }
    }

    std::string line(int row, bool color) const {
        std::string out;
        for (int column = 0; column < columns_; ++column) {
            const auto cell = static_cast<std::size_t>(row * columns_ + column);
            const std::uint8_t bits = dots_[cell];
            std::string glyph = bits == 0 ? " " : braille(bits);
            if (color && bits != 0)
                glyph = "\x1b[" + std::to_string(ansi[static_cast<std::size_t>(owner_[cell]) % ansi.size()]) + "m" + glyph + "\x1b[0m";
            out += glyph;
        }
        return out;
    }

private:
    static std::string braille(std::uint8_t bits) {
        const unsigned code = 0x2800u + bits;
        return {static_cast<char>(0xE0u | (code >> 12)), static_cast<char>(0x80u | ((code >> 6) & 0x3Fu)),
                static_cast<char>(0x80u | (code & 0x3Fu))};
    }

    int columns_;
    std::vector<std::uint8_t> dots_;
    std::vector<int> owner_;
};

std::string padded(const std::string& text) {
    return std::string(static_cast<std::size_t>(std::max<int>(0, label_columns - 1 - static_cast<int>(text.size()))), ' ') + text + " ";
}

}  // namespace

std::string terminal(const Chart& chart, int columns, bool color) {
    double x_most = 0;
    double y_most = 0;
    for (const Series& series : chart.series)
        for (const Point& p : series.points) {
            x_most = std::max(x_most, p.x);
            y_most = std::max(y_most, p.y);
        }
    if (x_most <= 0) x_most = 1;
    if (y_most <= 0) y_most = 1;
    Canvas canvas(std::max(20, std::min(columns, 120) - label_columns - 2));
    const auto at = [&](const Point& p) { return std::pair(p.x / x_most * (canvas.width() - 1), p.y / y_most * (canvas.height() - 1)); };
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
        const auto& points = chart.series[s].points;
        for (std::size_t i = 1; i < points.size(); ++i) {
            const auto [x1, y1] = at(points[i - 1]);
            const auto [x2, y2] = at(points[i]);
            canvas.stroke(x1, y1, x2, y2, static_cast<int>(s), chart.series[s].dashed);
        }
    }
    std::string out = chart.title + "\n";
    for (int row = 0; row < rows; ++row) {
        const bool labelled = row % 4 == 0;
        const double value = y_most * (rows - row) / rows;
        out += padded(labelled ? (chart.percent_y ? short_number(value * 100) + " %" : short_number(value)) : "") + "│" +
               canvas.line(row, color) + "\n";
    }
    out += padded("0") + "└";
    for (int i = 0; i < canvas.width() / 2; ++i) out += "─";
    const std::string end = short_number(x_most);
    const int gap = canvas.width() / 2 - static_cast<int>(end.size()) - 1;
    out += "\n" + std::string(label_columns, ' ') + "0" + std::string(static_cast<std::size_t>(std::max(1, gap)), ' ') + end + "\n";
    out += std::string(label_columns, ' ') + chart.x_label + "; at the right end: ";
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
        const Series& series = chart.series[s];
        const double last = series.points.empty() ? 0 : series.points.back().y;
        const std::string value = chart.percent_y ? short_number(last * 100) + " %" : short_number(last);
        const std::string name = series.name + " " + value;
        out += (s == 0 ? "" : ", ") + (color ? "\x1b[" + std::to_string(ansi[s % ansi.size()]) + "m" + name + "\x1b[0m" : name);
    }
    return out + "\n";
}

}  // namespace plimsoll::plot
