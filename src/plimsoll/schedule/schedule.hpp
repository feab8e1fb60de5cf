// A margin schedule as data: what a venue publishes, before it meets a market's scales. Every published scheme is a
// composition of the parts below; a new shape is a new row of data, and what needs code is a new *kind*.
//
//     requirement = clamp( combine( term_1, term_2, ... ) )
//     term        = curve( axis(exposure, market) ) * modulators
#pragma once

#include "plimsoll/money/count.hpp"
#include "plimsoll/money/text.hpp"

#include <optional>
#include <string>
#include <vector>

namespace plimsoll {

/// The three levels at which a schedule answers.
enum class Level : std::uint8_t {
    initial,      // to open or to withdraw
    maintenance,  // below it liquidation starts
    closeout,     // at it liquidation stops
};
inline constexpr int levels_count = 3;

/// numerator * 10^-9 / denominator. A rate written as a leverage (1/75) is exact this way.
struct Fraction {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;

    static constexpr Fraction from_rate(Rate rate) { return {rate.raw(), 1}; }
    friend bool operator==(const Fraction&, const Fraction&) = default;
};
/// a < b by value.
constexpr bool less(Fraction a, Fraction b) { return Wide{a.numerator} * b.denominator < Wide{b.numerator} * a.denominator; }

/// What "size" means.
enum class Subject : std::uint8_t {
    own_size,            // base units or contracts, at the market's size digits
    own_notional,        // of this position
    group_notional,      // of all accounts of one owner in this market, this one included
    side_open_interest,  // notional of the position's side of the market, after the trade
};
/// What the subject is divided by; the axis is then a bare number.
enum class Per : std::uint8_t { nothing, depth, daily_volume, side_open_interest };

struct Axis {
    Subject subject = Subject::own_notional;
    Per per = Per::nothing;
    friend bool operator==(const Axis&, const Axis&) = default;
};

enum class CurveKind : std::uint8_t {
    flat,               // base
    linear,             // base + slope * (x - origin)+
    steps,              // base + step * ceil((x - origin)+ / width)
    brackets,           // the rate of the row that holds x
    root,               // factor * x^(1/2)
    power_four_fifths,  // factor * x^(4/5)
    knots,              // straight lines between rows, level after the last
};

enum class Application : std::uint8_t {
    marginal,  // each unit pays the rate of its own slice
    whole,     // the entire position pays the rate of the slice it ends in
};

/// Which row a position belongs to that ends exactly on an edge. It matters for whole application only.
enum class EdgeRule : std::uint8_t { lower_row, upper_row };

/// One bracket (from `from` upward) or one knot.
struct Row {
    Decimal from;
    Fraction rate;
    friend bool operator==(const Row&, const Row&) = default;
};

/// A rate as a function of x. Only the fields of its kind mean something; the others stay at their defaults.
struct Curve {
    CurveKind kind = CurveKind::flat;
    Fraction base;
    Decimal slope;   // linear: rate per unit of x
    Decimal origin;  // linear, steps: x up to which the base holds
    Fraction step;   // steps
    Decimal width;   // steps: > 0
    Decimal factor;  // root, power_four_fifths
    EdgeRule edge = EdgeRule::lower_row;
    std::vector<Row> rows;  // brackets, knots; the first starts at 0
    friend bool operator==(const Curve&, const Curve&) = default;
};

/// What a modulator looks at. Notionals are after the trade.
enum class ModulatorInput : std::uint8_t {
    open_interest,       // the larger side, notional
    side_open_interest,  // the position's side, notional
    skew,                // by how much the position's side exceeds the other, notional, 0 when it does not
    volatility,          // a bare number, the venue's own measure
    reserve_ratio,       // fund / stressed loss
};
enum class ModulatorEffect : std::uint8_t {
    lift,      // toward 100 %: r + share * (1 - r)
    multiply,  // r * (1 + share * (multiplier - 1))
};

/// A ramp: no effect at `from`, full effect at `to` and beyond, linear between. from > to ramps downward.
struct Modulator {
    ModulatorInput input = ModulatorInput::open_interest;
    ModulatorEffect effect = ModulatorEffect::lift;
    Decimal from;
    Decimal to;
    Rate multiplier = hundred_percent;  // multiply only, >= 1
    friend bool operator==(const Modulator&, const Modulator&) = default;
};

struct Term {
    Axis axis;
    Curve curve;
    Application application = Application::marginal;
    std::vector<Modulator> modulators;
    friend bool operator==(const Term&, const Term&) = default;
};

enum class Combine : std::uint8_t { max, sum };

/// How one level is computed: from terms of its own, or as a fraction of the initial level.
struct LevelRule {
    std::vector<Term> terms;
    Combine combine = Combine::max;
    std::optional<Fraction> of_initial;
    bool modulated = true;  // with of_initial: false takes the initial level before its modulators
    friend bool operator==(const LevelRule&, const LevelRule&) = default;
};

/// Applied after combining, at every level.
struct Clamp {
    Fraction floor;                                       // least rate
    Fraction cap = Fraction::from_rate(hundred_percent);  // greatest rate of a long
    std::optional<Fraction> cap_short;                    // greatest rate of a short; may exceed 100 %
    Decimal minimum;                                      // least amount of an open position, settle asset
    friend bool operator==(const Clamp&, const Clamp&) = default;
};

/// Hard limits, tested on the state after the trade. Absent means no such limit; zero is refused at load.
struct Caps {
    std::optional<Decimal> position;                    // notional of one account
    std::optional<Decimal> group;                       // notional of one owner
    std::optional<Decimal> open_interest;               // notional of a side
    std::optional<Fraction> open_interest_market_cap;   // a side's notional as a share of market capitalisation
    bool leverage_caps_size = false;  // a chosen leverage ends at the last initial bracket that offers it
    friend bool operator==(const Caps&, const Caps&) = default;
};

struct Schedule {
    std::string id;
    std::uint32_t version = 1;
    LevelRule initial;
    LevelRule maintenance;
    LevelRule closeout;  // empty: the maintenance level
    Clamp clamp;
    Caps caps;
    friend bool operator==(const Schedule&, const Schedule&) = default;
};

}  // namespace plimsoll
