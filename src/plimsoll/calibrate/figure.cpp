#include "plimsoll/calibrate/figure.hpp"

#include "plimsoll/base/assert.hpp"

namespace plimsoll::calibrate {

std::string figure(Named named, const std::string& body, const std::vector<Said>& said) {
    PLIM_ASSERT(!said.empty());
    static constexpr const char* words[] = {"columns", "rows", "series"};
    std::string html = std::string("<figure data-named=\"") + words[static_cast<std::size_t>(named)] + "\">" + body +
                       "<details><summary>formulas and inputs</summary><dl>";
    for (const Said& one : said) html += "<dt>" + one.name + "</dt><dd>" + one.how + "</dd>";
    return html + "</dl></details></figure>\n";
}

void FigureRows::add(const std::string& name, const std::vector<std::string>& cells, const std::string& how) {
    std::vector<std::string> row{name};
    row.insert(row.end(), cells.begin(), cells.end());
    rows_.add(row);
    said_.push_back({name, how});
}

}  // namespace plimsoll::calibrate
