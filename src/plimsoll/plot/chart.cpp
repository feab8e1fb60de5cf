#include "plimsoll/plot/chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace plimsoll::plot {

namespace {

struct Frame {
    double left = 68, right = 16, top = 34, bottom = 44;
    double x_least = 0, x_most = 1, y_least = 0, y_most = 1, y_step = 1;
    bool log_x = false;
    int width = 0, height = 0;

    double x(double value) const {
        const double share = log_x ? std::log(value / x_least) / std::log(x_most / x_least) : value / x_most;
        return left + share * (width - left - right);
    }
    double y(double value) const {
        return height - bottom - std::min((value - y_least) / (y_most - y_least), 1.02) * (height - top - bottom);
    }
};

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value);
    return text.data();
}

std::string text_at(double x, double y, const std::string& anchor, const std::string& content, const std::string& extra = "") {
    return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\"" + extra + ">" + escaped(content) +
           "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const std::string& stroke) {
    return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) + "\" stroke=\"" +
           stroke + "\"/>\n";
}

void scale_y(Frame& frame, const Chart& chart, double most) {
    double least = most;
    for (const Series& series : chart.series)
        for (const Point& point : series.points) least = std::min(least, point.y);
    const bool close = chart.close_y && least < most;
    const std::vector<double> all = ticks(close ? most - least : most, 5);
    frame.y_step = all[1];
    frame.y_least = close ? std::floor(least / frame.y_step) * frame.y_step : 0;
    frame.y_most = close ? std::ceil(most / frame.y_step) * frame.y_step : most > 0 ? all.back() : 1;
}

Frame frame_of(const Chart& chart) {
    Frame frame;
    frame.width = chart.width;
    frame.height = chart.height;
    double x = 0;
    double y = 0;
    for (const Series& series : chart.series)
        for (const Point& point : series.points) {
            x = std::max(x, point.x);
            y = std::max(y, point.y);
        }
    frame.x_most = x > 0 ? x : 1;
    frame.log_x = chart.log_x;
    frame.x_least = frame.x_most / 10;
    for (const Series& series : chart.series)
        for (const Point& point : series.points)
            if (point.x > 0) frame.x_least = std::min(frame.x_least, point.x);
    scale_y(frame, chart, y);
    return frame;
}

/// Powers of ten from one value to another.
std::vector<double> decades(double least, double most) {
    std::vector<double> out;
    for (double tick = std::pow(10.0, std::ceil(std::log10(least) - 1e-9)); tick <= most * 1.0001; tick *= 10) out.push_back(tick);
    return out;
}

std::string axes(const Chart& chart, const Frame& f) {
    std::string out;
    for (int i = 0; f.y_least + i * f.y_step <= f.y_most * 1.0001; ++i) {
        const double tick = f.y_least + i * f.y_step;
        out += line(f.left, f.y(tick), f.width - f.right, f.y(tick), "#8884");
        out += text_at(f.left - 6, f.y(tick) + 4, "end", chart.percent_y ? short_number(tick * 100) + " %" : short_number(tick));
    }
    for (const double tick : f.log_x ? decades(f.x_least, f.x_most) : ticks(f.x_most, 6)) {
        if (tick > f.x_most * 1.0001) continue;
        out += line(f.x(tick), f.height - f.bottom, f.x(tick), f.height - f.bottom + 4, "#888");
        out += text_at(f.x(tick), f.height - f.bottom + 17, "middle", short_number(tick));
    }
    out += line(f.left, f.height - f.bottom, f.width - f.right, f.height - f.bottom, "#888");
    out += text_at((f.left + f.width - f.right) / 2, f.height - 8, "middle", chart.x_label);
    return out + text_at(f.left, f.top - 8, "start", chart.y_label);
}

std::string polyline(const Series& series, const Frame& f) {
    std::string points;
    for (const Point& p : series.points) points += number(f.x(p.x)) + "," + number(f.y(p.y)) + " ";
    return "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + escaped(series.color) + "\"" +
           (series.dashed ? " stroke-dasharray=\"6 4\"" : "") + " points=\"" + points + "\"><title>" + escaped(series.name) +
           "</title></polyline>\n";
}

std::string legend(const Chart& chart, const Frame& f) {
    std::string out;
    double x = f.width - f.right;
    for (auto it = chart.series.rbegin(); it != chart.series.rend(); ++it) {
        x -= 7.0 * static_cast<double>(it->name.size()) + 30;
        out += "<line x1=\"" + number(x) + "\" y1=\"12\" x2=\"" + number(x + 18) + "\" y2=\"12\" stroke-width=\"2\" stroke=\"" +
               escaped(it->color) + "\"" + (it->dashed ? " stroke-dasharray=\"6 4\"" : "") + "/>\n" +
               text_at(x + 23, 16, "start", it->name);
    }
    return out;
}

}  // namespace

std::vector<double> ticks(double most, int wanted) {
    if (!(most > 0) || !std::isfinite(most)) return {0, 1};
    const double rough = most / wanted;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = power;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = factor * power;
        if (step >= rough * 0.999) break;
    }
    std::vector<double> out;
    for (int i = 0; step * i < most + step * 0.999 && i < 100; ++i) out.push_back(step * i);
    return out;
}

std::string short_number(double value) {
    const double size = std::fabs(value);
    const std::array<std::pair<double, const char*>, 4> units{{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}}};
    std::array<char, 32> text{};
    for (const auto& [unit, letter] : units) {
        if (size < unit) continue;
        std::snprintf(text.data(), text.size(), "%.4g%s", value / unit, letter);
        return text.data();
    }
    std::snprintf(text.data(), text.size(), "%.4g", value);
    return text.data();
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string svg(const Chart& chart) {
    const Frame frame = frame_of(chart);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(chart.width) + " " +
                      std::to_string(chart.height) + "\" width=\"" + std::to_string(chart.width) + "\" height=\"" +
                      std::to_string(chart.height) +
                      "\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"currentColor\" role=\"img\">\n<title>" +
                      escaped(chart.title) + "</title>\n";
    out += axes(chart, frame) + legend(chart, frame);
    for (const Series& series : chart.series) out += polyline(series, frame);
    for (const Mark& mark : chart.marks) {
        out += "<circle cx=\"" + number(frame.x(mark.at.x)) + "\" cy=\"" + number(frame.y(mark.at.y)) + "\" r=\"4\" fill=\"" +
               escaped(mark.color) + "\"><title>" + escaped(mark.label) + "</title></circle>\n";
    }
    return out + "</svg>\n";
}

}  // namespace plimsoll::plot
