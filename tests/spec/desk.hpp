// What the schedule verbs of one block share: the schedule at hand and the market around it.
#pragma once

#include "handlers.hpp"

#include "plimsoll/schedule/compiled.hpp"

namespace plimsoll::spec {

struct Desk {
    Schedule data;
    CompiledSchedule schedule;
    MarketFigures figures;
    AccountTerms terms;
};

/// Puts a schedule on the desk of a calm market, on the scales of a schedule without one.
Answer lay(Context& context, const Schedule& schedule);
Result<Desk*, std::string> desk_of(Context& context);

}  // namespace plimsoll::spec
