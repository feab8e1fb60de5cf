// The answer: how much, and (explain.hpp) why. One arithmetic serves both.
#pragma once

#include "plimsoll/schedule/compiled.hpp"
#include "plimsoll/schedule/exposure.hpp"

#include <array>

namespace plimsoll {

/// What decided the requirement.
enum class Binding : std::uint8_t { nothing, term, leverage, account_floor, floor, cap, minimum };

/// The share of a ramp that is in effect: numerator / denominator in [0, 1].
struct RampShare {
    Wide numerator = 0;
    Wide denominator = 1;
};

/// Intermediate results of one evaluation, all on the guard grid; filled for an explanation, absent in the bare answer.
struct Trace {
    struct TermTrace {
        Wide x = 0;     // the subject
        Wide unit = 0;  // what it is divided by, 0 for nothing
        std::uint32_t row = 0;
        Wide area = 0;  // marginal: sum over the slices of x, 10^-9 of x's last place
        Wide curve = 0; // before modulators
        std::array<RampShare, modulators_max> shares{};
        std::array<Wide, modulators_max> added{};
        Wide value = 0;
    };
    std::array<TermTrace, terms_max> terms{};
    std::uint32_t binding_term = 0;
    Wide combined = 0;
    Wide multiplied = 0;  // after the level's factor and the account's multiplier
    Binding binding = Binding::nothing;
    Wide exact = 0;
};

/// The requirement on the guard grid (10^-(notional_digits + 9) of the settle asset), before the one rounding.
///
/// Units     exposure and figures at the schedule's scales.
/// Shape     zero at zero; never negative; never decreases in notional, size, group notional and open interest; never
///           increases in depth, daily volume and reserve ratio.
/// Rounding  exact for flat, bracket and step curves with decimal rates; everything else is rounded up on the guard grid.
/// Errors    none; figures outside the declared domain are asserted.
/// Source    spec/SCHED-001.
Wide requirement_exact(const CompiledSchedule& schedule, Level level, const Exposure& exposure, const MarketFigures& figures,
                       const AccountTerms& account, Trace* trace = nullptr);

/// The guard grid rounded up to the settle asset's last place: the one rounding, against the account. What a 64-bit count
/// cannot hold is answered as Amount::max(), which no balance (at most amount_max) covers.
Amount round_requirement(const CompiledSchedule& schedule, Wide exact);

/// The margin required, by the evaluation that holds for every schedule.
Amount requirement_general(const CompiledSchedule& schedule, Level level, const Exposure& exposure, const MarketFigures& figures,
                           const AccountTerms& account);

/// The margin required: the same to the last unit, the fast way where the schedule has one.
///
/// Units     the settle asset's last place.
/// Rounding  once, up.
inline Amount requirement(const CompiledSchedule& schedule, Level level, const Exposure& exposure, const MarketFigures& figures,
                          const AccountTerms& account = {}) {
    const PlainTable& plain = schedule.plain_table(level);
    if (plain.answers(static_cast<UWide>(exposure.notional)) && account == AccountTerms{}) {
        const auto notional = static_cast<std::uint64_t>(exposure.notional);
        if (!plain.is_lifted()) return plain.margin(notional);
        const bool larger = plain.lifted_by() == ModulatorInput::open_interest;
        return plain.margin(notional, larger ? figures.larger_side() : figures.side(exposure.is_short));
    }
    return requirement_general(schedule, level, exposure, figures, account);
}

/// The figure a modulator looks at.
Wide modulator_input(const CompiledModulator& modulator, const Exposure& exposure, const MarketFigures& figures);

/// Which hard limit the state after the trade breaks.
enum class CapBreach : std::uint8_t { none, position, group, open_interest, market_cap, leverage };

CapBreach check_caps(const CompiledSchedule& schedule, const Exposure& exposure, const MarketFigures& figures,
                     const AccountTerms& account = {});

/// The largest notional a chosen leverage may carry: the end of the last initial bracket whose rate is at most 1/leverage.
/// notional_max when no bracket table limits it.
Wide notional_cap_of_leverage(const CompiledSchedule& schedule, Fraction leverage_rate);

}  // namespace plimsoll
