// How large a fund a proposal needs: the worst days on record played to its market in the real engine, as `plimsoll stress run` plays a
// day.
#pragma once

#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/cli/calibrate_inputs.hpp"

namespace plimsoll::cli {

/// Cover-1, Cover-2 and a bootstrap over the worst days that were over by the time asked for. What a day costs is the engine's answer; what
/// days come to is stress::summary_of() and stress::fund_for().
///
/// Errors  no whole day before that time; a set that the engine refuses.
Result<calibrate::FundSize> fund_of(const CalibrateOptions& options, const CalibrateInputs& in, const calibrate::Proposal& proposal,
                                    const Console& console);

}  // namespace plimsoll::cli
