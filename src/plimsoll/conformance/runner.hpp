// Runs conformance vectors: figures of venues against the product's own schedules and account rules.
//
// A translator brings a venue's words and units into our data and asks the product; it computes no margin itself. What the
// product answers is compared as exact decimals.
#pragma once

#include "plimsoll/conformance/vector.hpp"

#include <map>
#include <string>
#include <vector>

namespace plimsoll::conformance {

enum class Outcome : std::uint8_t {
    exact,            // every figure is the same
    within_unit,      // rounding differs, by at most the vector's tolerance or one unit of the venue's last place
    off,              // a figure is wrong
    not_expressible,  // the venue does what our data refuses to say; the reason is given
    outside_scope,    // about something that is no margin requirement: auctions, rewards, option prices
    not_covered,      // a kind that nobody taught the runner
    needs_data,       // refers to a table that is not at hand
    malformed,        // the vector cannot be read
};
inline constexpr int outcomes_count = 8;
std::string_view to_string(Outcome outcome);

/// One expected figure. `difference` is got - expected, empty for words; `left_out` says why a figure was not answered.
struct FieldResult {
    std::string name;
    std::string expected;
    std::string got;
    std::string difference;
    std::string left_out;
    Outcome outcome = Outcome::exact;
};

struct VectorResult {
    std::string id;
    std::string source;
    std::string venue;
    std::string kind;
    std::string file;
    Outcome outcome = Outcome::exact;
    std::string reason;
    std::vector<FieldResult> fields;
};

struct RunOptions {
    std::string data_root;  // where tables that vectors refer to are looked for first; empty: beside the vectors only
};

/// Runs one vector.
///
/// Errors  none; what is wrong with the vector is its outcome.
VectorResult run_vector(const Vector& vector, const RunOptions& options = {});

/// Runs every *.json of the files and folders (folders are walked in the order of their names; parameter files beside the
/// vectors, which hold no vectors, are passed over).
///
/// Errors  a path that does not exist or a file that cannot be read is a result of outcome `malformed`.
std::vector<VectorResult> run_paths(const std::vector<std::string>& paths, const RunOptions& options = {});

/// One line: outcome, id, and per figure expected, got and difference, or the reason.
std::string line_of(const VectorResult& result);
/// How often each outcome came, by venue and in all.
std::string summary_of(const std::vector<VectorResult>& results);
/// 1: a figure is off; else 3: a vector could not be read; else 0.
int exit_code(const std::vector<VectorResult>& results);

struct VenueCount {
    std::size_t vectors = 0;
    std::size_t fields_left_out = 0;
    std::size_t by_outcome[outcomes_count] = {};

    std::size_t of(Outcome outcome) const { return by_outcome[static_cast<std::size_t>(outcome)]; }
};
std::map<std::string, VenueCount> count_by_venue(const std::vector<VectorResult>& results);

/// docs/conformance.md: per venue what was run and what came out, what is not expressible and why, what is outside scope.
/// `note` is a paragraph below the table.
std::string conformance_markdown(const std::vector<VectorResult>& results, std::string_view note = {});

}  // namespace plimsoll::conformance
