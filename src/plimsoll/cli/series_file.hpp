// Times on the command line and the price bars of one market in a file, for the commands that read series.
#pragma once

#include "plimsoll/cli/console.hpp"
#include "plimsoll/series/bars.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll::cli {

/// "2025-10-10", "2025-10-10 21:00" (UTC), or seconds. Errors  names the flag it came from.
Result<std::int64_t> read_time(const std::string& flag, const std::string& text);

struct BarsFile {
    std::vector<series::Bar> bars;
    series::BarsFound found;
    std::int64_t step = 1;
};
inline constexpr std::size_t bars_most = 8'000'000;  // kept as they are, fifteen years of minutes: below 700 megabytes while they are read

/// Reads bars and says their defects. When there are more than bars_most, coarser ones are kept (series::BarKeeper). `column`: value of the column `market`, of files that hold several markets.
Result<BarsFile> read_bars_file(const std::string& path, const std::string& column, const Console& console);
/// One-minute bars out of trades; the step is a minute whatever was traded.
Result<BarsFile> read_trades_file(const std::string& path, const Console& console);
/// Says what is wrong with a file, a line each.
void say_defects(const std::string& file, const series::Defects& defects, const Console& console);

}  // namespace plimsoll::cli
