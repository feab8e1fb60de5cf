// `plimsoll schedule check | explain | plot | diff`: schedules as data, judged, asked, drawn and compared.
#pragma once

#include "plimsoll/cli/console.hpp"

#include <string>
#include <vector>

namespace plimsoll::cli {

struct ScheduleOptions {
    std::vector<std::string> files;  // TOML: parameter sets, or schedules alone
    std::string name;                // schedule id or market; empty: the only one, or all
    std::string notional;            // explain
    std::string size;
    std::string price;
    std::string open_interest;
    std::string depth;
    std::string level = "initial";
    bool is_short = false;
    std::string svg;                 // plot: where the SVG goes; empty: the terminal
    std::string most;                // plot: largest notional drawn; empty: chosen by the schedule
};

/// Exit  no when a file has a finding of severity error.
Exit schedule_check(const ScheduleOptions& options, const Console& console);
Exit schedule_explain(const ScheduleOptions& options, const Console& console);
Exit schedule_plot(const ScheduleOptions& options, const Console& console);
/// Exit  no when the two files differ in meaning.
Exit schedule_diff(const ScheduleOptions& options, const Console& console);

}  // namespace plimsoll::cli
