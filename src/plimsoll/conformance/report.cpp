// What a run looks like: a line per vector, a summary per venue, and the page in docs/.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/runner.hpp"

#include <algorithm>
#include <set>

namespace plimsoll::conformance {

namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

std::string right(std::size_t number, std::size_t width) {
    const std::string text = std::to_string(number);
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

std::string figure_of(const FieldResult& field) {
    if (!field.left_out.empty()) return field.name + " (left out: " + field.left_out + ")";
    std::string text = field.name + " expected " + field.expected + " got " + field.got;
    if (!field.difference.empty()) text += " difference " + field.difference;
    return text;
}

void add(VenueCount& count, const VectorResult& result) {
    ++count.vectors;
    ++count.by_outcome[static_cast<std::size_t>(result.outcome)];
    const bool partly = std::any_of(result.fields.begin(), result.fields.end(), [](const FieldResult& field) {
        return !field.left_out.empty() && !field.name.starts_with("published");
    });
    if (partly && (result.outcome == Outcome::exact || result.outcome == Outcome::within_unit)) ++count.fields_left_out;
}

VenueCount total_of(const std::vector<VectorResult>& results) {
    VenueCount total;
    for (const VectorResult& result : results) add(total, result);
    return total;
}

constexpr Outcome columns[] = {Outcome::exact,         Outcome::within_unit, Outcome::off,        Outcome::not_expressible,
                               Outcome::outside_scope, Outcome::not_covered, Outcome::needs_data, Outcome::malformed};

std::string summary_row(const std::string& venue, const VenueCount& count) {
    std::string row = padded(venue, 14) + right(count.vectors, 8);
    for (const Outcome outcome : columns) row += right(count.of(outcome), 10);
    return row + "\n";
}

/// Reasons with the vectors they hold for, in the order of the reasons.
std::map<std::string, std::vector<std::string>> reasons_of(const std::vector<VectorResult>& results, const std::string& venue,
                                                           Outcome outcome) {
    std::map<std::string, std::vector<std::string>> reasons;
    for (const VectorResult& result : results)
        if (result.venue == venue && result.outcome == outcome) reasons[result.reason].push_back(result.id);
    return reasons;
}

/// "mm (3 vectors): reason" for figures that were not answered in vectors that were compared otherwise.
std::map<std::string, std::set<std::string>> left_out_of(const std::vector<VectorResult>& results, const std::string& venue) {
    std::map<std::string, std::set<std::string>> out;
    for (const VectorResult& result : results) {
        if (result.venue != venue || (result.outcome != Outcome::exact && result.outcome != Outcome::within_unit)) continue;
        for (const FieldResult& field : result.fields)
            if (!field.left_out.empty() && !field.name.starts_with("published"))
                out["`" + field.name + "`: " + field.left_out].insert(result.id);
    }
    return out;
}

constexpr std::size_t names_shown = 8;

/// The first names of a long list and how many follow.
template <class Names>
std::string names_in(const Names& names) {
    std::string text;
    std::size_t shown = 0;
    for (const std::string& name : names) {
        if (shown == names_shown) return text + " and " + std::to_string(names.size() - shown) + " more";
        text += (text.empty() ? "`" : ", `") + name + "`";
        ++shown;
    }
    return text;
}

void append_reasons(std::string& page, const std::vector<VectorResult>& results, const std::string& venue, Outcome outcome,
                    const char* title) {
    const auto reasons = reasons_of(results, venue, outcome);
    if (reasons.empty()) return;
    page += std::string("\n") + title + "\n\n";
    for (const auto& [reason, ids] : reasons) page += "- " + reason + ": " + names_in(ids) + "\n";
}

/// Figures whose rounding differs, with the difference that was seen.
void append_differences(std::string& page, const std::vector<VectorResult>& results, const std::string& venue) {
    bool opened = false;
    for (const VectorResult& result : results) {
        if (result.venue != venue || result.outcome != Outcome::within_unit) continue;
        if (!opened) page += "\nRounded differently by the venue:\n\n| vector | figure | difference |\n| --- | --- | --- |\n";
        opened = true;
        for (const FieldResult& field : result.fields)
            if (field.outcome == Outcome::within_unit) page += "| `" + result.id + "` | " + field.name + " | " + field.difference + " |\n";
    }
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::exact: return "exact";
        case Outcome::within_unit: return "within-unit";
        case Outcome::off: return "OFF";
        case Outcome::not_expressible: return "inexpressible";
        case Outcome::outside_scope: return "outside";
        case Outcome::not_covered: return "not-covered";
        case Outcome::needs_data: return "needs-data";
        case Outcome::malformed: return "malformed";
    }
    return "unknown";
}

std::string line_of(const VectorResult& result) {
    std::string line = padded(std::string(to_string(result.outcome)), 14);
    if (!result.id.empty()) line += result.venue + "/" + result.id + "  ";
    if (!result.reason.empty()) return line + result.reason;
    std::string figures;
    for (const FieldResult& field : result.fields) figures += (figures.empty() ? "" : "; ") + figure_of(field);
    return line + figures;
}

std::map<std::string, VenueCount> count_by_venue(const std::vector<VectorResult>& results) {
    std::map<std::string, VenueCount> counts;
    for (const VectorResult& result : results) add(counts[result.venue], result);
    return counts;
}

std::string summary_of(const std::vector<VectorResult>& results) {
    std::string text = padded("venue", 14) + " vectors     exact    within       off  inexpr.   outside  uncovrd  no data   malformed\n";
    for (const auto& [venue, count] : count_by_venue(results)) text += summary_row(venue, count);
    return text + summary_row("all", total_of(results));
}

std::string conformance_markdown(const std::vector<VectorResult>& results, std::string_view note) {
    std::string page = R"(# Conformance: figures of venues against our own schedules

Written by the tool from `tests/conformance/vectors/`; do not edit by hand. Each vector is a figure that a venue published,
that one of its systems answered, or that its own tests assert. A translator brings the venue's words and units into a
parameter set, a schedule and an account, and asks the product; it does no margin arithmetic. Run your own figures with
`plimsoll conformance run DIR|FILE...`.

- **exact**: every compared figure is the same decimal.
- **within one unit**: the venue rounds differently; the difference is at most the vector's own tolerance or one unit of
  the venue's last place, and is listed.
- **partly**: of these, vectors with a figure of the venue's own working that is no answer of ours; listed with the reason.
- **not expressible**: the venue does something that our data cannot or will not say; listed with the reason.
- **needs a table**: the vector refers to a public table that is not part of this repository.

| venue | vectors | exact | within one unit | off | partly | not expressible | outside scope | not covered | needs a table |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
)";
    const auto row = [&](const std::string& venue, const VenueCount& c) {
        page += "| " + venue + " | " + std::to_string(c.vectors);
        for (const std::size_t n :
             {c.of(Outcome::exact), c.of(Outcome::within_unit), c.of(Outcome::off), c.fields_left_out, c.of(Outcome::not_expressible),
              c.of(Outcome::outside_scope), c.of(Outcome::not_covered), c.of(Outcome::needs_data)})
            page += " | " + std::to_string(n);
        page += " |\n";
    };
    const auto counts = count_by_venue(results);
    for (const auto& [venue, count] : counts) row(venue, count);
    row("all", total_of(results));
    if (!note.empty()) page += "\n" + std::string(note) + "\n";

    for (const auto& [venue, count] : counts) {
        const auto left_out = left_out_of(results, venue);
        const bool plain = count.of(Outcome::exact) == count.vectors && left_out.empty();
        if (plain) continue;
        page += "\n## " + venue + "\n";
        append_reasons(page, results, venue, Outcome::not_expressible, "Not expressible:");
        append_reasons(page, results, venue, Outcome::outside_scope, "Outside scope:");
        append_reasons(page, results, venue, Outcome::not_covered, "Not covered:");
        append_reasons(page, results, venue, Outcome::needs_data, "Needs a table:");
        if (!left_out.empty()) page += "\nFigures left out:\n\n";
        for (const auto& [what, ids] : left_out) page += "- " + what + ": " + names_in(ids) + "\n";
        append_differences(page, results, venue);
    }

    page += "\n## Kinds outside scope\n\nKinds of vectors that no margin schedule answers. The runner names them and counts them.\n\n| "
            "venue | kind | why |\n| --- | --- | --- |\n";
    for (const OutsideEntry& entry : outside_kinds())
        page += "| " + std::string(entry.venue) + " | `" + std::string(entry.kind) + "` | " + std::string(entry.why) + " |\n";
    return page;
}

}  // namespace plimsoll::conformance
