// TOML documents, read through toml++ into the same tree as JSON.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/text/value.hpp"

#include <string_view>

namespace plimsoll::text {

/// Reads one document: tables become objects in the order of the source, integers become number text.
///
/// Errors  the first one, with its place. Floating-point numbers are refused: 0.05 has no exact double, and reading
///         one would round in silence; write "0.05" as a string. Dates and times have no meaning in our documents.
Result<Value> parse_toml(std::string_view source, std::string_view file);

}  // namespace plimsoll::text
