// Parameter sets and schedules as TOML files that a risk manager writes and reads. docs/reference/parameter-file.md
// describes every key. What the figures mean together is judged by validate(), not here.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/text/source.hpp"
#include "plimsoll/text/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::formats {

/// Reads a whole set.
///
/// Errors  all of them at once, each with "file:line:column" and a cure: unknown, missing and wrong keys, decimals that
///         are not exact at their scale, references to names that the file does not define, names given twice.
Result<ParameterSet, std::vector<Error>> read_parameter_set(std::string_view source, std::string_view file);

/// Reads only the [[schedule]] tables; a file may hold nothing else, or be a whole set, whose other tables are passed over.
///
/// Errors  as above, and a file without any schedule.
Result<std::vector<Schedule>, std::vector<Error>> read_schedules(std::string_view source, std::string_view file);

/// The scales for a schedule that belongs to no market: room for notionals up to 10^15 with 12 decimals.
inline constexpr Scales scales_without_market{12, 6, 6};

/// Writes a set. Reading the text gives the same set; the order of tables and keys is fixed.
std::string write_parameter_set(const ParameterSet& set);
/// Writes schedules as a file of their own, as read_schedules() takes it.
std::string write_schedules(const std::vector<Schedule>& schedules);

}  // namespace plimsoll::formats
