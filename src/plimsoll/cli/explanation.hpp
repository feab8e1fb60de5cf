// A requirement with its reasons, for a person and for a program: the same fields in both.
#pragma once

#include "plimsoll/cli/console.hpp"
#include "plimsoll/schedule/explain.hpp"
#include "plimsoll/text/json.hpp"

#include <string>

namespace plimsoll::cli {

/// Amounts are decimal strings of the settle asset, exact: the steps of a term and its modulators add up to its value.
void write_explanation(text::JsonWriter& out, const MarginAnswer& answer, const Scales& scales);

/// The same as text: one line a step, then what combined, capped and rounded them.
std::string explanation_text(const MarginAnswer& answer, const Scales& scales, const Console& console);

}  // namespace plimsoll::cli
