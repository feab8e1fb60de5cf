#include "plimsoll/schedule/jumps.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/schedule/evaluate.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

bool reads_open_interest(const CompiledSchedule& schedule) {
    return std::any_of(schedule.terms.begin(), schedule.terms.end(), [](const CompiledTerm& t) {
        return t.axis.subject == Subject::side_open_interest || t.axis.per == Per::side_open_interest;
    });
}

/// The whole requirement at a notional that nobody else shares, in a market where nothing modulates. Where an axis reads
/// the side's open interest, the position is all of it.
Wide calm_requirement(const CompiledSchedule& schedule, Level level, Wide notional) {
    Exposure exposure;
    exposure.notional = exposure.group_notional = notional;
    MarketFigures calm;
    calm.depth = calm.daily_volume = notional_max;
    calm.reserve_ratio = Rate::max();
    if (reads_open_interest(schedule)) calm.open_interest_long = notional;
    return requirement_exact(schedule, level, exposure, calm, {});
}

Wide as_rate(Fraction f) {
    return static_cast<Wide>(mul_div(static_cast<UWide>(f.numerator), 1, static_cast<UWide>(f.denominator), Toward::up));
}

class Listing {
public:
    Listing(const CompiledSchedule& schedule, Level level) : schedule_(schedule), level_(level) {}

    std::vector<Jump> run() {
        const CompiledLevel& level = schedule_.level(level_);
        for (std::uint32_t i = 0; i < level.terms; ++i) {
            const CompiledTerm& term = schedule_.terms[level.first_term + i];
            if (term.application != Application::whole) continue;
            if (term.kind == CurveKind::brackets) rows(term, i + 1);
            if (term.kind == CurveKind::steps) steps(term, i + 1);
        }
        return std::move(jumps_);
    }

private:
    void rows(const CompiledTerm& term, std::uint32_t number) {
        for (std::uint32_t row = 1; row < term.rows; ++row) {
            const CompiledRow& below = schedule_.rows[term.first_row + row - 1];
            const CompiledRow& here = schedule_.rows[term.first_row + row];
            if (!less({below.numerator, below.denominator}, {here.numerator, here.denominator})) continue;
            // Under the lower-row rule the edge itself still belongs to the row below.
            const Wide at = schedule_.edges[term.first_row + row] - (term.edge == EdgeRule::lower_row ? 0 : 1);
            add(term, number, row + 1, at, as_rate({below.numerator, below.denominator}), as_rate({here.numerator, here.denominator}));
        }
    }

    void steps(const CompiledTerm& term, std::uint32_t number) {
        for (std::uint32_t step = 0; step < steps_listed_max; ++step) {
            const Wide at = term.origin + term.width * step;
            if (at >= notional_max) return;
            const Wide before = as_rate(term.base) + Wide{term.step.numerator} * step;
            add(term, number, step + 1, at, before, before + term.step.numerator);
        }
    }

    void add(const CompiledTerm& term, std::uint32_t number, std::uint32_t row, Wide at, Wide rate_before, Wide rate_after) {
        Jump jump{level_, number, row, term.axis, at, term.x_digits, rate_before, rate_after, true};
        if (term.axis == Axis{}) {
            jump.in_rates = false;
            jump.before = calm_requirement(schedule_, level_, at);
            jump.after = calm_requirement(schedule_, level_, at + 1);
            if (jump.after - jump.before <= smooth_rise_max) return;
        }
        jumps_.push_back(jump);
    }

    const CompiledSchedule& schedule_;
    Level level_;
    std::vector<Jump> jumps_;
};

}  // namespace

std::vector<Jump> jumps(const CompiledSchedule& schedule, Level level) { return Listing(schedule, level).run(); }

}  // namespace plimsoll
