// What `plimsoll calibrate`, `backtest` and `haircut` read: prices, depth, books, events, each in the unit that is meant and no later than
// what is asked about.
#pragma once

#include "plimsoll/calibrate/floor.hpp"
#include "plimsoll/calibrate/followed.hpp"
#include "plimsoll/cli/calibrate_command.hpp"
#include "plimsoll/cli/series_file.hpp"
#include "plimsoll/series/units.hpp"

namespace plimsoll::cli {

/// Everything that was read.
struct CalibrateInputs {
    std::optional<calibrate::Prices> prices;
    series::BarsFound found;
    calibrate::DepthHistory depth;
    calibrate::FollowedDepth followed;
    std::optional<series::Book> book;
    double funding = 0;
    std::uint64_t payments = 0;
    double liquidated = 0;  // notional of the worst hour
    double usual_hour = 0;  // turnover of one
    std::optional<calibrate::Prices> record;  // a longer one, of the volatility floor
    std::string record_name;  // empty: no floor is asked for
    std::vector<series::Defect> defects;
    std::vector<std::string> files;
    std::int64_t as_of = 0;
    calibrate::Appetite appetite{};
    calibrate::Estimators estimators{};

    const calibrate::DepthHistory& looks() const { return followed.history().looks() > 0 ? followed.history() : depth; }
    calibrate::CurveInputs curve() const;
    const calibrate::Prices& floor_record() const { return record ? *record : *prices; }
};

/// Errors  those of the readers; options that do not belong together.
std::optional<Error> read_calibrate_inputs(const CalibrateOptions& options, CalibrateInputs& in, const Console& console);

}  // namespace plimsoll::cli
