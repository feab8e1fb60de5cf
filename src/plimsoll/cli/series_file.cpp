#include "plimsoll/cli/series_file.hpp"

#include "plimsoll/series/events.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace plimsoll::cli {

Result<std::int64_t> read_time(const std::string& flag, const std::string& text) {
    std::int64_t seconds = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (fault == std::errc() && end == text.data() + text.size()) return seconds;
    // year-month-day, and hour:minute after a space.
    std::int64_t parts[5] = {};
    constexpr char after[] = {'-', '-', ' ', ':', '\0'};
    const char* at = text.data();
    const char* const stop = at + text.size();
    std::size_t count = 0;
    while (count < 5) {
        const auto [next, wrong] = std::from_chars(at, stop, parts[count]);
        if (wrong != std::errc() || next == at || parts[count] < 0) break;
        at = next;
        if (at == stop || *at != after[count]) {
            ++count;
            break;
        }
        ++count;
        ++at;
    }
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(std::min<std::int64_t>(parts[0], 9'999))},
                                           std::chrono::month{static_cast<unsigned>(std::min<std::int64_t>(parts[1], 99))},
                                           std::chrono::day{static_cast<unsigned>(std::min<std::int64_t>(parts[2], 99))}};
    if (at != stop || (count != 3 && count != 5) || !date.ok() || parts[3] > 23 || parts[4] > 59)
        return fail(Error{flag, "'" + text + "' is no time", "write 2025-10-10, \"2025-10-10 21:00\" (UTC), or seconds"});
    return std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * 86'400 + parts[3] * 3'600 + parts[4] * 60;
}

void say_defects(const std::string& file, const series::Defects& defects, const Console& console) {
    for (const series::Defect& defect : defects.all()) console.say("plimsoll: " + display_name(file) + ": " + to_string(defect));
}

Result<BarsFile> read_bars_file(const std::string& path, const std::string& column, const Console& console) {
    BarsFile file;
    series::BarKeeper keeper(file.bars, bars_most);
    auto found = series::read_bars(path, {column, 0}, [&](const series::Bar& bar) { keeper.add(bar); });
    if (!found) return fail(found.error());
    file.found = std::move(*found);
    file.step = std::max<std::int64_t>(keeper.step() > 0 ? keeper.step() : 1, file.found.step);
    if (keeper.step() > 0)
        console.say("plimsoll: " + display_name(path) + ": " + std::to_string(file.found.bars) + " bars are looked at as bars of " +
                    std::to_string(keeper.step() / 60) + " minutes");
    say_defects(path, file.found.defects, console);
    return file;
}

Result<BarsFile> read_trades_file(const std::string& path, const Console& console) {
    BarsFile file;
    file.step = 60;
    series::BarKeeper keeper(file.bars, bars_most);
    series::BarMaker maker(file.step, [&](const series::Bar& bar) { keeper.add(bar); });
    const auto found = series::read_trades(path, [&](const series::Trade& trade) { maker.add(trade); });
    if (!found) return fail(found.error());
    maker.finish();
    file.step = std::max(file.step, keeper.step());
    say_defects(path, found->defects, console);
    file.found.bars = file.bars.size();
    file.found.first = file.bars.front().ts;
    file.found.last = file.bars.back().ts;
    file.found.step = file.step;
    file.found.defects = found->defects;
    return file;
}

}  // namespace plimsoll::cli
