// Why a requirement is what it is: the fields that the tool, the service and a reject print.
#pragma once

#include "plimsoll/schedule/evaluate.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll {

/// One line of a term's explanation. The amounts of a term's steps add up to its curve value.
struct Step {
    std::uint32_t row = 0;  // 1-based row of the table, 0 for a curve without rows
    Wide from = 0;          // slice in units of the subject
    Wide to = 0;
    Fraction rate;          // of the slice; for a curve that is no table, its average over the slice, rounded up
    Wide amount = 0;        // guard grid
};

struct ModulatorStep {
    ModulatorInput input = ModulatorInput::open_interest;
    ModulatorEffect effect = ModulatorEffect::lift;
    Wide input_value = 0;
    RampShare share;
    Wide added = 0;  // guard grid
};

struct TermAnswer {
    Axis axis;
    CurveKind kind = CurveKind::flat;
    Application application = Application::marginal;
    Wide x = 0;
    Wide unit = 0;  // what x is divided by, 0 for nothing
    int x_digits = 0;
    std::vector<Step> steps;
    std::vector<ModulatorStep> modulators;
    Wide value = 0;  // guard grid, after modulators
    std::optional<Wide> next_edge;  // units of the subject; absent on the last row and for smooth curves
};

/// A requirement with its reasons. Amounts are on the guard grid but for `margin`.
struct MarginAnswer {
    std::string schedule_id;
    std::uint32_t schedule_version = 0;
    Level level = Level::initial;
    Amount margin;
    Wide exact = 0;
    Rate effective_rate;  // exact / notional, rounded up
    Rate marginal_rate;   // of the next unit of size, rounded up
    Combine combine = Combine::max;
    std::vector<TermAnswer> terms;
    std::uint32_t binding_term = 0;  // 0-based
    Binding binding = Binding::nothing;
    Wide combined = 0;    // of the terms
    Wide multiplied = 0;  // after the level's factor and the account's multiplier
    Wide rounding = 0;    // what the one rounding added
};

/// The same arithmetic as requirement(), with every step kept.
///
/// Units   `next` is the exposure one unit of size larger, which prices the next unit.
/// Errors  none; as requirement().
MarginAnswer explain(const CompiledSchedule& schedule, Level level, const Exposure& exposure, const Exposure& next,
                     const MarketFigures& figures, const AccountTerms& account = {});

}  // namespace plimsoll
