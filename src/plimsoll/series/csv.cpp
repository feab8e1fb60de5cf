#include "plimsoll/series/csv.hpp"

#include "plimsoll/text/source.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace plimsoll::series {

namespace {

constexpr std::size_t none = ~std::size_t{0};
constexpr std::size_t kinds_max = 64;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return text;
}

/// Calls visit(place, field) for each field of a line; how many there are. A field with a comma in quotes is not known here: no series has one.
template <class Visit>
std::size_t each_field_of(std::string_view line, Visit&& visit) {
    std::size_t place = 0;
    while (true) {
        const std::size_t comma = line.find(',');
        visit(place++, line.substr(0, comma));
        if (comma == std::string_view::npos) return place;
        line.remove_prefix(comma + 1);
    }
}

}  // namespace

void Defects::add(std::string_view kind, std::uint64_t row, std::string_view column, std::string_view done,
                  const std::function<std::string()>& what) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Defect& d) { return d.kind == kind; });
    if (found != all_.end()) return void(++found->count);
    if (all_.size() < kinds_max) all_.push_back({std::string(kind), what(), std::string(done), row, std::string(column), 1});
}

std::uint64_t Defects::count(std::string_view kind) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Defect& d) { return d.kind == kind; });
    return found == all_.end() ? 0 : found->count;
}

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

std::string later_words(double t, double before) {
    return "it was taken at " + shown(t) + ", and nothing from " + shown(before) + " on is looked at";
}

std::string to_string(const Defect& defect) {
    std::string text = "row " + std::to_string(defect.row);
    if (!defect.column.empty()) text += ", column " + defect.column;
    text += ": " + defect.kind + ": " + defect.what + "; " + defect.done;
    if (defect.count > 1) text += " (" + std::to_string(defect.count) + " times)";
    return text;
}

Result<Csv> Csv::open(const std::string& path, std::initializer_list<std::string_view> columns,
                      std::initializer_list<std::string_view> maybe) {
    auto lines = Lines::open(path);
    if (!lines) return fail(lines.error());
    Csv csv(path, std::move(*lines));
    csv.names_.assign(columns.begin(), columns.end());
    csv.names_.insert(csv.names_.end(), maybe.begin(), maybe.end());
    std::string_view head;
    if (!csv.lines_->next(head))
        return fail(csv.lines_->fault() ? *csv.lines_->fault() : Error{path, "it is empty", "the first line names the columns"});
    std::string there;
    csv.columns_ = each_field_of(head, [&](std::size_t, std::string_view field) {
        const auto found = std::find(csv.names_.begin(), csv.names_.end(), trimmed(field));
        csv.wanted_.push_back(found == csv.names_.end() ? none : static_cast<std::size_t>(found - csv.names_.begin()));
        if (there.size() < 200) there += (there.empty() ? "" : ", ") + text::shown(trimmed(field));
    });
    for (std::size_t i = 0; i < csv.names_.size(); ++i) {
        const auto times = std::count(csv.wanted_.begin(), csv.wanted_.end(), i);
        if (times > 1 || (times == 0 && i < columns.size()))
            return fail(Error{path + ":1", "column '" + csv.names_[i] + "' is " + (times == 0 ? "missing" : "there twice"),
                              "the columns are " + there});
    }
    csv.fields_.resize(csv.names_.size());
    return csv;
}

Result<bool> Csv::next() {
    std::string_view line;
    do {
        if (lines_->next(line)) continue;
        if (lines_->fault()) return fail(*lines_->fault());
        return false;
    } while (trimmed(line).empty());
    const std::size_t count = each_field_of(line, [&](std::size_t place, std::string_view field) {
        if (place < columns_ && wanted_[place] != none) fields_[wanted_[place]] = trimmed(field);
    });
    if (count == columns_) return true;
    return fail(Error{path_ + ":" + std::to_string(row()),
                      "a row of " + std::to_string(count) + " fields, and the head has " + std::to_string(columns_),
                      "give every row all of its fields"});
}

Error Csv::error(std::size_t column, std::string what, std::string cure) const {
    return {path_ + ":" + std::to_string(row()) + ", column " + names_[column], std::move(what), std::move(cure)};
}

Result<double> Csv::number(std::size_t column) const {
    const std::string_view text = fields_[column];
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || text.empty())
        return fail(error(column, "'" + text::shown(text) + "' is no number", "write it as 1234.5"));
    return value;
}

Result<double> Csv::time(std::size_t column) {
    constexpr double seconds_most = 1e11;  // the year 5138; what is larger counts something smaller
    constexpr double early = 1e6, late = 1e8;  // no first time lies between: as seconds 1970 to 1973
    const auto value = number(column);
    if (!value) return value;
    const double t = *value;
    const auto no_time = [&](const char* cure) { return fail(error(column, shown(t) + " is no time in seconds", cure)); };
    if (t < 0) return no_time("give seconds since 1970");
    if (t >= seconds_most * 1e6) return no_time("divide nanoseconds by 1000000000");
    if (t >= seconds_most * 1e3) return no_time("divide microseconds by 1000000");
    if (t >= seconds_most) return no_time("divide milliseconds by 1000");
    if (!timed_ && t >= early && t < late)
        return fail(
            error(column, shown(t) + " seconds lie in the years 1970 to 1973", "multiply thousands of seconds by 1000, minutes by 60"));
    timed_ = true;
    return t;
}

}  // namespace plimsoll::series
