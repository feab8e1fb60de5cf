// A page that needs nothing outside itself: its style, tables of words and figures, and figures as people say them.
#pragma once

#include <string>
#include <vector>

namespace plimsoll::plot {

/// A whole HTML document. `title` is escaped, `body` is HTML.
std::string page(const std::string& title, const std::string& body);

/// Rows of cells of HTML; the first cell of each is in words, the others are figures.
class Rows {
public:
    explicit Rows(const std::vector<std::string>& head);
    void add(const std::vector<std::string>& cells);
    std::string html() const { return html_ + "</tbody></table></div>\n"; }

private:
    std::string html_;
};

/// 0.0125 as "1.25 %".
std::string percent(double share, int digits = 2);
std::string fixed(double value, int digits);
/// 5400 as "90 min".
std::string duration(double seconds);

}  // namespace plimsoll::plot
