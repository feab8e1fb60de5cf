#include "plimsoll/params/words.hpp"

#include <algorithm>

namespace plimsoll::words {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::optional<std::size_t> index_of(Table table, std::string_view word) {
    const auto found = std::find(table.begin(), table.end(), word);
    if (found == table.end() || word.empty()) return std::nullopt;
    return static_cast<std::size_t>(found - table.begin());
}

}  // namespace

std::string of(const Axis& axis) {
    std::string text(subjects[static_cast<std::size_t>(axis.subject)]);
    if (axis.per != Per::nothing) text += " / " + std::string(pers[static_cast<std::size_t>(axis.per)]);
    return text;
}

std::optional<Axis> axis_from(std::string_view text) {
    const std::size_t stroke = text.find('/');
    const auto subject = index_of(subjects, trimmed(text.substr(0, stroke)));
    if (!subject) return std::nullopt;
    Axis axis;
    axis.subject = static_cast<Subject>(*subject);
    if (stroke == std::string_view::npos) return axis;
    const auto per = index_of(pers, trimmed(text.substr(stroke + 1)));
    if (!per) return std::nullopt;
    axis.per = static_cast<Per>(*per);
    return axis;
}

std::string axis_list() {
    std::string list;
    for (const std::string_view subject : subjects) list += (list.empty() ? "'" : ", '") + std::string(subject) + "'";
    list += ", each alone or followed by";
    for (std::size_t i = 1; i < pers.size(); ++i) list += (i == 1 ? " '/ " : ", '/ ") + std::string(pers[i]) + "'";
    return list;
}

}  // namespace plimsoll::words
