// Conformance vectors: figures that a venue published, recorded or asserts in its own tests, as data.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/conformance/exact.hpp"
#include "plimsoll/text/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::conformance {

/// How near a figure must come. All parts add to the one last place that every venue is allowed to round differently by.
struct Tolerance {
    Exact absolute;
    Exact relative;                // of the expected figure
    std::optional<Exact> truncate; // our figure is cut toward zero at this unit (1 when none is given)
};

struct Vector {
    std::string id;
    std::string source;
    std::string venue;
    std::string kind;
    std::string file;
    text::Place place;
    text::Value inputs;
    text::Value expected;
    Tolerance tolerance;
};

/// What one file held. A vector that is malformed does not hide the others.
struct VectorFile {
    std::string file;
    std::vector<Vector> vectors;
    std::vector<Error> errors;
};

/// Reads `[{id, source, venue, kind, inputs, expected, tolerance?, note}, ...]`, or an object that holds such a list as
/// "vectors".
///
/// Errors  as a list in the answer: the document's first fault, or one per malformed vector, each with its place.
VectorFile read_vectors(std::string_view source, const std::string& file);

/// A scalar as Exact text: numbers and strings that are decimals.
std::optional<Exact> number_of(const text::Value& value);

}  // namespace plimsoll::conformance
