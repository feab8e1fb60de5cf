// Documents that examples call by name: a block of the same requirement, or a file of this repository by its path.
#pragma once

#include "handlers.hpp"

#include <string>
#include <vector>

namespace plimsoll::spec {

/// The text of `name`; a name with a '/' is a file below the repository's root.
Result<std::string, std::string> document(const Context& context, const std::string& name);

/// All errors on one line, each as the reader words it.
std::string joined(const std::vector<Error>& errors);
std::string joined(const std::vector<std::string>& texts, const std::string& separator);

}  // namespace plimsoll::spec
