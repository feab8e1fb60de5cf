// A question stated by the flags of `margin` and `solve`, brought into the JSON form that the oracle reads.
#pragma once

#include "plimsoll/cli/question_command.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/text/value.hpp"

#include <string>
#include <utility>
#include <vector>

namespace plimsoll::cli {

struct FlagQuestion {
    text::Value document;
    std::vector<std::pair<std::string, std::string>> flags;  // path in the document -> the flag that gave it
};

/// Errors  the first flag that is missing, names nothing of the set, or has not its form.
Result<FlagQuestion> question_from_flags(const QuestionOptions& options, const ParameterSet& set);

/// The oracle's findings in the words of the command line, each figure once.
std::vector<Error> in_flags(const std::vector<Error>& errors, const FlagQuestion& question);

}  // namespace plimsoll::cli
