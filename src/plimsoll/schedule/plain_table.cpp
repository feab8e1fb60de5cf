#include "plimsoll/schedule/plain_table.hpp"

#include "plimsoll/schedule/compiled.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace plimsoll {

namespace {

constexpr std::uint64_t limit_most = std::uint64_t{1} << 62;

/// What a level asks of a row: ceil((notional * rate - saved) / divisor) of the settle asset's last place, one divisor for all rows.
///
/// The general evaluation rounds up to the guard grid, times a derived level's part of initial up to the grid again, and up to the last
/// place. Rounding up by a whole divisor after rounding up is rounding up once, so all of it is one division, unless a value that had to
/// be rounded is multiplied after it: such a level is none for a table.
struct PlainRows {
    std::vector<std::uint64_t> rates;
    std::vector<UWide> saved;
    std::vector<Wide> edges;
    std::uint64_t divisor = 0;  // 0: no plain table
    std::uint64_t per_rate = 1;  // what a rate of 10^-9 counts for beside it
};

constexpr int figure_bits = 61;  // of a divisor, and of a rate beside it

struct Ratio {
    Wide numerator = 0;
    Wide denominator = 1;
};

/// a / b in lowest terms; a >= 0, b > 0.
Ratio lowest(Wide a, Wide b) {
    Wide x = a, y = b;
    while (y != 0) x = std::exchange(y, x % y);
    return {a / x, b / x};
}

/// The least common multiple of the rows' denominators; 0: it has more bits than a table has room for.
Wide common_denominator(std::span<const Ratio> rates) {
    Wide common = 1;
    for (const Ratio& rate : rates) {
        common *= lowest(rate.denominator, common).numerator;
        if (common >> figure_bits != 0) return 0;
    }
    return common;
}

/// The rates of the rows, in lowest terms; none where the term is no table over the position's own notional.
std::vector<Ratio> rates_of(const CompiledSchedule& schedule, const CompiledTerm& term) {
    if (term.axis != Axis{}) return {};
    if (term.kind == CurveKind::flat) return {lowest(term.base.numerator, term.base.denominator)};
    if (term.kind != CurveKind::brackets) return {};
    std::vector<Ratio> rates;
    for (std::uint32_t i = 0; i < term.rows; ++i) {
        const CompiledRow& row = schedule.rows[term.first_row + i];
        rates.push_back(lowest(row.numerator, row.denominator));
    }
    return rates;
}

/// Rates never fall from row to row, and edges neither: then a larger notional never needs less, and the first and the last row bound every
/// rate in between.
bool rises(const PlainRows& rows) {
    return !rows.edges.empty() && rows.edges.front() == 0 && std::is_sorted(rows.edges.begin(), rows.edges.end()) &&
           std::is_sorted(rows.rates.begin(), rows.rates.end());
}

PlainRows rows_of(const CompiledSchedule& schedule, const CompiledLevel& level, const CompiledTerm& term) {
    const std::vector<Ratio> rates = rates_of(schedule, term);
    const Wide common = common_denominator(rates);
    if (rates.empty() || common == 0) return {};
    const Ratio part = level.derived ? lowest(level.factor.numerator, Wide{level.factor.denominator} * rate_one) : Ratio{1, 1};
    if (part.numerator <= 0 || (part.numerator != 1 && common != 1)) return {};
    const Wide per_rate = common * part.numerator;
    const Wide divisor = common * part.denominator;
    if (per_rate >> figure_bits != 0 || divisor >> figure_bits != 0) return {};
    PlainRows rows;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        const bool flat = term.kind == CurveKind::flat;
        const Wide rate = rates[i].numerator * (per_rate / rates[i].denominator);
        const Wide carry = flat || term.application == Application::whole ? 0 : schedule.rows[term.first_row + i].carry;
        if (rate < 0 || rate >> figure_bits != 0 || rate > rate_max.raw() * per_rate || carry > ((Wide{1} << 125) - 1) / per_rate)
            return {};
        rows.rates.push_back(static_cast<std::uint64_t>(rate));
        rows.saved.push_back(static_cast<UWide>(carry * per_rate));
        rows.edges.push_back(flat ? 0 : schedule.edges[term.first_row + i]);
    }
    const Wide grid = pow10(schedule.guard_digits());
    if (!rises(rows) || divisor > (Wide{1} << figure_bits) / grid) return {};
    rows.divisor = static_cast<std::uint64_t>(divisor * grid);
    rows.per_rate = static_cast<std::uint64_t>(per_rate);
    return rows;
}

bool is_plain_lift(const CompiledModulator& modulator) {
    const bool over_open_interest =
        modulator.input == ModulatorInput::open_interest || modulator.input == ModulatorInput::side_open_interest;
    return over_open_interest && modulator.effect == ModulatorEffect::lift && !modulator.descending && modulator.span > 0 &&
           modulator.span <= std::numeric_limits<std::int64_t>::max() && fits_int64(modulator.start);
}

/// Neither the floor nor a cap can bind between the first row's rate and the last one's, lifted or not.
bool is_unclamped(const CompiledSchedule& schedule, const PlainRows& rows, bool lifted) {
    const Wide one =
        Wide{static_cast<std::int64_t>(rows.divisor)} / pow10(schedule.guard_digits());  // a rate of 10^-9, as rates are counted
    const Wide least = static_cast<std::int64_t>(rows.rates.front());
    const Wide last = static_cast<std::int64_t>(rows.rates.back());
    const auto allows = [&](Fraction cap) {
        return last * cap.denominator <= one * cap.numerator && (!lifted || !less(cap, Fraction::from_rate(hundred_percent)));
    };
    return least * schedule.floor.denominator >= one * schedule.floor.numerator && (!lifted || last <= one * rate_one) &&
           allows(schedule.cap_long) && allows(schedule.cap_short);
}

/// The least notional that belongs to the row: one beyond the edge where the edge itself still belongs to the row below.
std::uint64_t threshold_of(Wide edge, EdgeRule rule) {
    const Wide least = rule == EdgeRule::lower_row ? edge + 1 : edge;
    return least < Wide{limit_most} ? static_cast<std::uint64_t>(least) : limit_most;
}

}  // namespace

PlainTable PlainTable::of(const CompiledSchedule& schedule, Level which) {
    const CompiledLevel& level = schedule.level(which);
    // 10 <= grid < 2^60 keeps span * grid, whose first factor lies in [2^62, 2^63), above 2^64 and below 2^123.
    if (level.terms != 1 || schedule.guard_digits() < 1 || schedule.guard_digits() > digits_max) return {};
    const CompiledTerm& term = schedule.terms[level.first_term];
    const std::uint32_t modulators = level.modulated ? term.modulators : 0;
    const PlainRows rows = rows_of(schedule, level, term);
    if (rows.divisor == 0 || modulators > 1 || !is_unclamped(schedule, rows, modulators != 0)) return {};

    PlainTable table;
    const Wide grid = pow10(schedule.guard_digits());
    if (modulators == 1) {
        // The lift counts in decimal rates of the notional itself.
        const CompiledModulator& modulator = schedule.modulators[term.first_modulator];
        if (!is_plain_lift(modulator) || rows.divisor != static_cast<std::uint64_t>(grid) || rows.per_rate != 1) return {};
        const auto span = static_cast<std::uint64_t>(modulator.span);
        const int finer = __builtin_clzll(span) - 1;
        table.lift_ = {modulator.input, finer, narrow64(modulator.start), span << finer,
                       Reciprocal128(UWide{span << finer} * static_cast<UWide>(grid))};
    }
    table.grid_ = LimbScale::of(rows.divisor, rows.rates.back());
    for (std::size_t i = 0; i < rows.rates.size(); ++i) {
        table.rows_.push_back(LimbLine::of(table.grid_, rows.rates[i], rows.saved[i]));
        if (i > 0) table.thresholds_.push_back(threshold_of(rows.edges[i], term.edge));
    }
    table.index_rows();
    table.minimum_ = narrow64(schedule.minimum / grid);

    // notional * rate_max / divisor < 2^62, rate_max as rates are counted: no margin outgrows a count. A settle asset finer than the notional
    // can make it so. Where a rate is above the divisor, lines widen notionals by 2^finer <= 2 * rate_max / divisor: they stay
    // within 2^63 then.
    const Wide per_rate = static_cast<Wide>(rows.per_rate);
    const Wide fitting =
        (Wide{limit_most} - 1) / rate_max.raw() * std::min<Wide>(static_cast<Wide>(rows.divisor) / per_rate, rate_max.raw());
    table.limit_ = static_cast<std::uint64_t>(std::min<Wide>(limit_most, fitting));
    return fitting == 0 ? PlainTable{} : table;
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
