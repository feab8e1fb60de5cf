#include "plimsoll/schedule/finding.hpp"

#include <algorithm>

namespace plimsoll {

bool has_errors(const Findings& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::error; });
}

std::string to_string(const Finding& finding) {
    static constexpr const char* names[] = {"note", "warning", "error"};
    std::string line = std::string(names[static_cast<int>(finding.severity)]) + " " + finding.code;
    if (!finding.where.empty()) line += " (" + finding.where + ")";
    line += ": " + finding.message;
    if (!finding.cure.empty()) line += "; " + finding.cure;
    return line;
}

}  // namespace plimsoll
