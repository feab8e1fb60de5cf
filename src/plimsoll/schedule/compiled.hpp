// A schedule compiled for the scales of one market: flat tables of integers, so that one evaluation touches a few cache
// lines and allocates nothing.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/money/count.hpp"
#include "plimsoll/schedule/exposure.hpp"
#include "plimsoll/schedule/finding.hpp"
#include "plimsoll/schedule/plain_table.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <array>
#include <string>
#include <vector>

namespace plimsoll {

/// The part of a row that is read once its row is known.
struct CompiledRow {
    // 10^-9 of x's last place. Marginal brackets: by how much all slices below this row's edge ask less than they would at
    // this row's rate (the `cum` of published tables), rounded down. Knots: twice what those slices ask, exact.
    Wide carry = 0;
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
};

struct CompiledModulator {
    ModulatorInput input = ModulatorInput::open_interest;
    ModulatorEffect effect = ModulatorEffect::lift;
    bool descending = false;
    Wide start = 0;  // where the effect begins; its share is |x - start| / span, at most 1
    Wide span = 1;
    std::int64_t extra = 0;  // multiply: multiplier - 1
};

struct CompiledTerm {
    Axis axis;
    CurveKind kind = CurveKind::flat;
    Application application = Application::marginal;
    EdgeRule edge = EdgeRule::lower_row;
    std::uint32_t first_row = 0;
    std::uint32_t rows = 0;
    std::uint32_t first_modulator = 0;
    std::uint32_t modulators = 0;
    Fraction base;
    Fraction step;
    std::int64_t slope = 0;   // 10^-18 per unit of x
    std::int64_t factor = 0;  // 10^-18
    Wide origin = 0;          // x units
    Wide width = 0;           // x units
    int x_digits = 0;         // decimals of x
};

struct CompiledLevel {
    std::uint32_t first_term = 0;
    std::uint32_t terms = 0;
    Combine combine = Combine::max;
    bool derived = false;  // takes the initial level's terms and `factor` of what they give
    bool modulated = true;
    Fraction factor = Fraction::from_rate(hundred_percent);
};

class CompiledSchedule {
public:
    std::string id;
    std::uint32_t version = 1;
    Scales scales;

    std::array<CompiledLevel, levels_count> levels;
    std::vector<CompiledTerm> terms;
    std::vector<Wide> edges;  // apart from the rows: a search reads only these
    std::vector<CompiledRow> rows;
    std::vector<CompiledModulator> modulators;

    Fraction floor;
    Fraction cap_long;
    Fraction cap_short;
    Wide minimum = 0;  // on the guard grid

    Wide position_cap = notional_max;
    Wide group_cap = notional_max;
    Wide open_interest_cap = notional_max;
    Fraction market_cap_share;  // numerator 0: none
    bool leverage_caps_size = false;

    std::array<PlainTable, levels_count> plain_tables;  // the levels again, where the fast way answers them

    const PlainTable& plain_table(Level which) const { return plain_tables[static_cast<std::size_t>(which)]; }
    const CompiledLevel& level(Level which) const { return levels[static_cast<std::size_t>(which)]; }
    /// Decimals between the guard grid and the settle asset's last place.
    int guard_digits() const { return scales.notional_digits + rate_digits - scales.amount_digits; }
};

/// Compiles `schedule` for a market's scales.
///
/// Errors  every finding of severity error of validate(), plus figures that the scales cannot hold exactly.
Result<CompiledSchedule, Findings> compile(const Schedule& schedule, const Scales& scales);

}  // namespace plimsoll
