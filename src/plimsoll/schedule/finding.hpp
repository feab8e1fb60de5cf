// Findings: what is wrong or worth knowing about a schedule or a parameter set, each naming the row it is about.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll {

enum class Severity : std::uint8_t {
    note,     // worth knowing: a jump, a repair
    warning,  // implausible, loads
    error,    // does not load
};

struct Finding {
    Severity severity = Severity::error;
    std::string code;     // stable, kebab-case: "rates-not-monotone"
    std::string where;    // "btc-perp: initial term 1 row 3"
    std::string message;  // what holds and what should
    std::string cure;
    friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

bool has_errors(const Findings& findings);
/// "error rates-not-monotone (btc-perp: initial term 1 row 3): message; cure".
std::string to_string(const Finding& finding);

}  // namespace plimsoll
