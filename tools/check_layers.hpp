// The import rule and the words that the money-deciding folders may not use, checked over the sources.
// The rules are data: src/plimsoll/layers.txt and src/plimsoll/banned.txt; this file knows how to read and apply them.
#pragma once

#include "tools/source_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::tools {

/// Findings, one line each: "schedule/curve.hpp:12: what is wrong". Empty when the tree keeps the rules.
///
/// `layers` and `banned` are the texts of the two rule files, `files` the sources with paths relative to src/plimsoll.
/// Found are: a line of a rule file that cannot be read; a folder listed twice, importing an unlisted one or itself in a
/// circle; a folder with sources that is not listed; an include of a folder that is not allowed; an include in quotes
/// that is no full path; a banned word in the code (not in comments, strings or tests).
std::vector<std::string> check_layers(std::string_view layers, std::string_view banned, const std::vector<SourceFile>& files);

}  // namespace plimsoll::tools
