#include "plimsoll/schedule/plain_table.hpp"

#include "plimsoll/schedule/compiled.hpp"

#include <algorithm>
#include <limits>

namespace plimsoll {

namespace {

constexpr std::uint64_t limit_most = std::uint64_t{1} << 62;

/// Rates are decimal and never fall from row to row: then a larger notional never needs less, and the first and the last row
/// bound every rate in between.
bool has_plain_rows(const CompiledSchedule& schedule, const CompiledTerm& term) {
    if (term.kind != CurveKind::brackets || term.axis != Axis{} || term.rows == 0) return false;
    for (std::uint32_t i = 0; i < term.rows; ++i) {
        const CompiledRow& row = schedule.rows[term.first_row + i];
        if (row.denominator != 1 || row.numerator < 0 || row.numerator > rate_max.raw()) return false;
        if (i > 0 && row.numerator < schedule.rows[term.first_row + i - 1].numerator) return false;
        if (i > 0 && schedule.edges[term.first_row + i] < schedule.edges[term.first_row + i - 1]) return false;
    }
    return schedule.edges[term.first_row] == 0;
}

bool is_plain_lift(const CompiledModulator& modulator) {
    const bool over_open_interest =
        modulator.input == ModulatorInput::open_interest || modulator.input == ModulatorInput::side_open_interest;
    return over_open_interest && modulator.effect == ModulatorEffect::lift && !modulator.descending && modulator.span > 0 &&
           modulator.span <= std::numeric_limits<std::int64_t>::max() && fits_int64(modulator.start);
}

/// Neither the floor nor a cap can bind between the first row's rate and the last one's, lifted or not.
bool is_unclamped(const CompiledSchedule& schedule, const CompiledTerm& term) {
    const std::int64_t least = schedule.rows[term.first_row].numerator;
    const std::int64_t last = schedule.rows[term.first_row + term.rows - 1].numerator;
    const std::int64_t most = term.modulators > 0 ? rate_one : last;
    const auto allows = [&](Fraction cap) { return !less(cap, {most, 1}); };
    return !less({least, 1}, schedule.floor) && last <= most && allows(schedule.cap_long) && allows(schedule.cap_short);
}

/// The least notional that belongs to the row: one beyond the edge where the edge itself still belongs to the row below.
std::uint64_t threshold_of(Wide edge, EdgeRule rule) {
    const Wide least = rule == EdgeRule::lower_row ? edge + 1 : edge;
    return least < Wide{limit_most} ? static_cast<std::uint64_t>(least) : limit_most;
}

}  // namespace

PlainTable PlainTable::of(const CompiledSchedule& schedule, Level which) {
    const CompiledLevel& level = schedule.level(which);
    if (level.derived || level.terms != 1) return {};
    const CompiledTerm& term = schedule.terms[level.first_term];
    if (!has_plain_rows(schedule, term) || !is_unclamped(schedule, term) || term.modulators > 1) return {};
    // 10 <= grid < 2^60 keeps span * grid, whose first factor lies in [2^62, 2^63), above 2^64 and below 2^123.
    if (schedule.guard_digits() < 1 || schedule.guard_digits() > digits_max) return {};

    PlainTable table;
    const Wide grid = pow10(schedule.guard_digits());
    if (term.modulators == 1) {
        const CompiledModulator& modulator = schedule.modulators[term.first_modulator];
        if (!is_plain_lift(modulator)) return {};
        const auto span = static_cast<std::uint64_t>(modulator.span);
        const int finer = __builtin_clzll(span) - 1;
        table.lift_ = {modulator.input, finer, narrow64(modulator.start), span << finer,
                       Reciprocal128(UWide{span << finer} * static_cast<UWide>(grid))};
    }
    const std::int64_t rate_last = schedule.rows[term.first_row + term.rows - 1].numerator;
    table.grid_ = LimbScale::of(static_cast<std::uint64_t>(grid), static_cast<std::uint64_t>(rate_last));
    for (std::uint32_t i = 0; i < term.rows; ++i) {
        const CompiledRow& row = schedule.rows[term.first_row + i];
        const Wide saved = term.application == Application::marginal ? row.carry : 0;
        table.rows_.push_back(LimbLine::of(table.grid_, static_cast<std::uint64_t>(row.numerator), static_cast<UWide>(saved)));
        if (i > 0) table.thresholds_.push_back(threshold_of(schedule.edges[term.first_row + i], term.edge));
    }
    table.index_rows();
    table.minimum_ = narrow64(schedule.minimum / grid);

    // notional * rate_max / grid < 2^62: no margin outgrows a count. A settle asset finer than the notional can make it so.
    // Where a rate is above the grid, lines widen notionals by 2^finer <= 2 * rate_max / grid: they stay within 2^63 then.
    const Wide fitting = (Wide{limit_most} - 1) / rate_max.raw() * std::min<Wide>(grid, rate_max.raw());
    table.limit_ = static_cast<std::uint64_t>(std::min<Wide>(limit_most, fitting));
    return table;
}

/// Notionals of 0 and 1 share the first entry, which counts no threshold beforehand. What is asked beyond the last row finds
/// thresholds that no notional reaches.
void PlainTable::index_rows() {
    const auto reached_by = [&](std::uint64_t notional) {
        return static_cast<std::size_t>(std::upper_bound(thresholds_.begin(), thresholds_.end(), notional) - thresholds_.begin());
    };
    for (std::size_t octave = 0; octave < first_row_.size() - 1; ++octave) {
        const std::size_t first = octave == 0 ? 0 : reached_by(std::uint64_t{1} << octave);
        const std::size_t last = reached_by((std::uint64_t{2} << octave) - 1);
        first_row_[octave] = static_cast<std::uint8_t>(first);
        rows_per_octave_ = std::max(rows_per_octave_, static_cast<std::uint32_t>(last - first));
    }
    thresholds_.resize(thresholds_.size() + rows_per_octave_, limit_most);
}

}  // namespace plimsoll
