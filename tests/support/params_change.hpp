// One change for each field of a parameter set that means something, so that a law can be tried on all of them.
#pragma once

#include "plimsoll/base/random.hpp"
#include "plimsoll/params/parameter_set.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace plimsoll::testing {

struct Change {
    const char* name;
    std::function<bool(ParameterSet&, Random&)> apply;  // false: the set has no such field, nothing was changed
};

namespace change_detail {

template <class T>
T& any_of(std::vector<T>& items, Random& random) {
    return items[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(items.size()) - 1))];
}

template <class Enum>
void next_of(Enum& value, int count) {
    value = static_cast<Enum>((static_cast<int>(value) + 1) % count);
}

inline Rate more(Rate rate) { return rate + Rate::from_raw(1); }

template <class Do>
Change on_asset(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random& random) {
                change(any_of(set.assets, random));
                return true;
            }};
}
template <class Do>
Change on_market(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random& random) {
                change(any_of(set.markets, random));
                return true;
            }};
}
template <class Do>
Change on_schedule(const char* name, Do change) {
    return {name,
            [change](ParameterSet& set, Random& random) { return change(set.schedules[any_of(set.markets, random).schedule.index]); }};
}
template <class Do>
Change on_term(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random& random) {
                Schedule& schedule = set.schedules[any_of(set.markets, random).schedule.index];
                LevelRule& rule = !schedule.maintenance.terms.empty() && random.next() % 2 == 0 ? schedule.maintenance : schedule.initial;
                return change(any_of(rule.terms, random), random);
            }};
}
template <class Do>
Change on_row(const char* name, Do change) {
    return on_term(name, [change](Term& term, Random& random) {
        if (term.curve.rows.empty()) return false;
        change(any_of(term.curve.rows, random));
        return true;
    });
}
template <class Do>
Change on_modulator(const char* name, Do change) {
    return on_term(name, [change](Term& term, Random& random) {
        if (term.modulators.empty()) return false;
        return change(any_of(term.modulators, random));
    });
}
template <class Do>
Change on_override(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random& random) {
                if (set.overrides.empty()) return false;
                return change(set, any_of(set.overrides, random));
            }};
}

/// A figure that may be absent: it comes, or it changes.
template <class T>
void come_or_change(std::optional<T>& value, T first, T step) {
    value = value ? T(*value + step) : first;
}
inline void come_or_change(std::optional<Rate>& value) { come_or_change(value, Rate::from_raw(1), Rate::from_raw(1)); }
inline void come_or_change(std::optional<std::uint64_t>& value) { come_or_change<std::uint64_t>(value, 7, 1); }

template <class Do>
Change on_rules(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random&) {
                change(set.liquidation);
                return true;
            }};
}
/// A figure that went; false when there was none.
template <class T>
Change gone(const char* name, std::optional<T>& (*of)(ParameterSet&, Random&)) {
    return {name, [of](ParameterSet& set, Random& random) { return std::exchange(of(set, random), std::nullopt).has_value(); }};
}
/// One of the three measured figures that a guard holds.
template <class Do>
Change on_slew(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random& random) {
                GuardParams& guard = any_of(set.markets, random).guard;
                Slew* const slews[] = {&guard.depth, &guard.daily_volume, &guard.volatility};
                return change(*slews[random.between(0, 2)]);
            }};
}
/// The velocity of one of the two guarded prices.
template <class Do>
Change on_velocity(const char* name, Do change) {
    return {name, [change](ParameterSet& set, Random& random) {
                GuardParams& guard = any_of(set.markets, random).guard;
                return change(random.next() % 2 == 0 ? guard.credit : guard.liquidation);
            }};
}

/// Of how prices are guarded, deposits wait and accounts are liquidated.
inline const std::vector<Change>& rule_changes() {
    static const std::vector<Change> changes{
        on_asset("asset confirmations", [](Asset& a) { ++a.confirmations; }),
        on_asset("asset pending weight", [](Asset& a) { a.pending_weight = more(a.pending_weight); }),
        on_asset("asset smoothing", [](Asset& a) { come_or_change(a.smoothing_ms); }),
        gone<std::uint64_t>("asset smoothing removed",
                            [](ParameterSet& s, Random& r) -> auto& { return any_of(s.assets, r).smoothing_ms; }),
        on_market("market fee_max", [](MarketParams& m) { m.fee_max = more(m.fee_max); }),
        on_market("market liquidation_fee", [](MarketParams& m) { m.liquidation_fee = more(m.liquidation_fee); }),
        on_market("market depth_share", [](MarketParams& m) { come_or_change(m.depth_share); }),
        gone<Rate>("market depth_share removed", [](ParameterSet& s, Random& r) -> auto& { return any_of(s.markets, r).depth_share; }),
        on_market("guard sources_min", [](MarketParams& m) { ++m.guard.sources_min; }),
        on_market("guard outlier_max", [](MarketParams& m) { come_or_change(m.guard.outlier_max); }),
        gone<Rate>("guard outlier_max removed", [](ParameterSet& s, Random& r) -> auto& { return any_of(s.markets, r).guard.outlier_max; }),
        on_market("guard source_stale_ms", [](MarketParams& m) { come_or_change(m.guard.source_stale_ms); }),
        gone<std::uint64_t>("guard source_stale_ms removed",
                            [](ParameterSet& s, Random& r) -> auto& { return any_of(s.markets, r).guard.source_stale_ms; }),
        on_market("guard mark_band", [](MarketParams& m) { come_or_change(m.guard.mark_band); }),
        gone<Rate>("guard mark_band removed", [](ParameterSet& s, Random& r) -> auto& { return any_of(s.markets, r).guard.mark_band; }),
        on_market("guard index_required", [](MarketParams& m) { m.guard.index_required = !m.guard.index_required; }),
        on_market("guard mark_stale_ms", [](MarketParams& m) { come_or_change(m.guard.mark_stale_ms); }),
        gone<std::uint64_t>("guard mark_stale_ms removed",
                            [](ParameterSet& s, Random& r) -> auto& { return any_of(s.markets, r).guard.mark_stale_ms; }),
        on_velocity("guard velocity",
                    [](std::optional<Velocity>& v) {
                        v = v ? std::nullopt : std::optional(Velocity{Rate::from_raw(5), 6});
                        return true;
                    }),
        on_velocity("guard velocity rate",
                    [](std::optional<Velocity>& v) {
                        if (v) v->rate = more(v->rate);
                        return v.has_value();
                    }),
        on_velocity("guard velocity interval",
                    [](std::optional<Velocity>& v) {
                        if (v) ++v->interval_ms;
                        return v.has_value();
                    }),
        {"guard velocities exchanged",
         [](ParameterSet& s, Random& random) {
             GuardParams& guard = any_of(s.markets, random).guard;
             std::swap(guard.credit, guard.liquidation);
             return guard.credit != guard.liquidation;
         }},
        {"guard figures exchanged",
         [](ParameterSet& s, Random& random) {
             GuardParams& guard = any_of(s.markets, random).guard;
             std::swap(guard.depth, guard.daily_volume);
             return guard.depth != guard.daily_volume;
         }},
        on_slew("guard floor",
                [](Slew& s) {
                    ++s.floor;
                    return true;
                }),
        on_slew("guard cap",
                [](Slew& s) {
                    come_or_change<std::int64_t>(s.cap, 9, 1);
                    return true;
                }),
        on_slew("guard cap removed", [](Slew& s) { return std::exchange(s.cap, std::nullopt).has_value(); }),
        on_slew("guard figure velocity",
                [](Slew& s) {
                    s.velocity = s.velocity ? std::nullopt : std::optional(Velocity{Rate::from_raw(5), 6});
                    return true;
                }),
        {"guard action",
         [](ParameterSet& s, Random& random) {
             auto& allowed = any_of(s.markets, random).guard.actions.allowed;
             bool& cell = allowed[static_cast<std::size_t>(random.between(0, guard_states_count - 1))]
                                 [static_cast<std::size_t>(random.between(0, guarded_actions_count - 1))];
             cell = !cell;
             return true;
         }},
        on_rules("liquidation threshold_marks", [](LiquidationRules& r) { ++r.threshold_marks; }),
        on_rules("liquidation threshold_ms", [](LiquidationRules& r) { ++r.threshold_ms; }),
        on_rules("liquidation critical_share", [](LiquidationRules& r) { come_or_change(r.critical_share); }),
        gone<Rate>("liquidation critical_share removed", [](ParameterSet& s, Random&) -> auto& { return s.liquidation.critical_share; }),
        on_rules("liquidation interval_ms", [](LiquidationRules& r) { ++r.interval_ms; }),
        on_rules("liquidation intervals_max", [](LiquidationRules& r) { ++r.intervals_max; }),
        on_rules("liquidation per_interval_max", [](LiquidationRules& r) { come_or_change<std::uint32_t>(r.per_interval_max, 3, 1); }),
        gone<std::uint32_t>("liquidation per_interval_max removed",
                            [](ParameterSet& s, Random&) -> auto& { return s.liquidation.per_interval_max; }),
        on_rules("liquidation fund_share", [](LiquidationRules& r) { r.fund_share = more(r.fund_share); }),
        on_rules("liquidation liquidator_share", [](LiquidationRules& r) { r.liquidator_share = more(r.liquidator_share); }),
        on_rules("liquidation stress", [](LiquidationRules& r) { r.stress = more(r.stress); }),
        on_rules("liquidation reserve_accounts", [](LiquidationRules& r) { ++r.reserve_accounts; }),
        on_rules("liquidation withdrawals_wait", [](LiquidationRules& r) { r.withdrawals_wait = !r.withdrawals_wait; }),
        on_rules("liquidation reserve_interval_ms", [](LiquidationRules& r) { come_or_change(r.reserve_interval_ms); }),
        gone<std::uint64_t>("liquidation reserve_interval_ms removed",
                            [](ParameterSet& s, Random&) -> auto& { return s.liquidation.reserve_interval_ms; }),
    };
    return changes;
}

}  // namespace change_detail

/// Changes of the set, its accounts and its schedules.
inline const std::vector<Change>& table_changes() {
    using namespace change_detail;
    static const std::vector<Change> changes{
        {"set name",
         [](ParameterSet& s, Random&) {
             s.name += "x";
             return true;
         }},
        {"set version",
         [](ParameterSet& s, Random&) {
             ++s.version;
             return true;
         }},
        {"set source",
         [](ParameterSet& s, Random&) {
             s.source += "x";
             return true;
         }},
        {"numeraire",
         [](ParameterSet& s, Random&) {
             s.numeraire.index = (s.numeraire.index + 1) % static_cast<std::uint32_t>(s.assets.size());
             return s.assets.size() > 1;
         }},
        {"profit initial",
         [](ParameterSet& s, Random&) {
             s.profit.initial = more(s.profit.initial);
             return true;
         }},
        {"profit withdrawal",
         [](ParameterSet& s, Random&) {
             s.profit.withdrawal = more(s.profit.withdrawal);
             return true;
         }},
        {"profit maintenance",
         [](ParameterSet& s, Random&) {
             s.profit.maintenance = more(s.profit.maintenance);
             return true;
         }},
        {"profit cap",
         [](ParameterSet& s, Random&) {
             s.profit.initial_cap = Decimal{s.profit.initial_cap ? s.profit.initial_cap->raw + 1 : 7, 0};
             return true;
         }},
        {"profit cap removed", [](ParameterSet& s, Random&) { return std::exchange(s.profit.initial_cap, std::nullopt).has_value(); }},
        {"asset added",
         [](ParameterSet& s, Random&) {
             s.assets.push_back(s.assets[0]);
             s.assets.back().name = "another";
             return true;
         }},
        {"market added",
         [](ParameterSet& s, Random&) {
             s.markets.push_back(s.markets[0]);
             s.markets.back().name = "another";
             return true;
         }},
        {"market removed",
         [](ParameterSet& s, Random&) {
             s.markets.pop_back();
             s.overrides.clear();
             return true;
         }},
        {"schedule added",
         [](ParameterSet& s, Random&) {
             s.schedules.push_back(s.schedules[0]);
             s.schedules.back().id = "another";
             return true;
         }},
        {"override added",
         [](ParameterSet& s, Random&) {
             s.overrides.push_back({"another", {}, Rate::from_raw(2 * rate_one), {}});
             return true;
         }},
        {"override removed",
         [](ParameterSet& s, Random&) {
             if (s.overrides.empty()) return false;
             s.overrides.pop_back();
             return true;
         }},
        on_asset("asset name", [](Asset& a) { a.name += "x"; }),
        on_asset("asset digits", [](Asset& a) { ++a.digits; }),
        on_asset("asset price_digits", [](Asset& a) { ++a.price_digits; }),
        on_asset("asset price_max", [](Asset& a) { a.price_max += Price::from_raw(1); }),
        on_asset("asset amount_max", [](Asset& a) { a.amount_max += Amount::from_raw(1); }),
        on_asset("asset collateral", [](Asset& a) { a.collateral = !a.collateral; }),
        on_asset("asset liability initial", [](Asset& a) { a.liability_weight_initial = more(a.liability_weight_initial); }),
        on_asset("asset liability maintenance", [](Asset& a) { a.liability_weight_maintenance = more(a.liability_weight_maintenance); }),
        on_asset("asset weight", [](Asset& a) { a.weight_initial.weight = more(a.weight_initial.weight); }),
        on_asset("asset maintenance weight", [](Asset& a) { a.weight_maintenance.weight = more(a.weight_maintenance.weight); }),
        on_asset("asset tier added", [](Asset& a) { a.weight_initial.tiers.push_back({Decimal{900'000'000, 0}, Rate{}}); }),
        on_asset("asset root",
                 [](Asset& a) {
                     a.weight_initial.root =
                         a.weight_initial.root ? std::nullopt : std::optional(RootDiscount{hundred_percent, Decimal{1, 3}});
                 }),
        on_asset("asset root factor",
                 [](Asset& a) {
                     a.weight_maintenance.root = RootDiscount{
                         hundred_percent, Decimal{a.weight_maintenance.root ? a.weight_maintenance.root->factor.raw + 10 : 1, 9}};
                 }),
        on_asset("asset linear",
                 [](Asset& a) {
                     a.weight_initial.linear =
                         a.weight_initial.linear ? std::nullopt : std::optional(LinearDiscount{Decimal{1, 9}, Rate{}, Rate{}});
                 }),
        on_asset("asset venue scale",
                 [](Asset& a) {
                     a.weight_initial.venue_scale_start =
                         Decimal{a.weight_initial.venue_scale_start ? a.weight_initial.venue_scale_start->raw + 10 : 1, 0};
                 }),
        on_market("market name", [](MarketParams& m) { m.name += "x"; }),
        on_market("market kind", [](MarketParams& m) { next_of(m.instrument.kind, 3); }),
        on_market("market price_digits", [](MarketParams& m) { ++m.instrument.price_digits; }),
        on_market("market size_digits", [](MarketParams& m) { ++m.instrument.size_digits; }),
        on_market("market contract multiplier",
                  [](MarketParams& m) { m.instrument.multiplier.raw = m.instrument.multiplier.raw * 10 + 1; }),
        on_market("market price_max", [](MarketParams& m) { m.instrument.price_max += Price::from_raw(1); }),
        on_market("market size_max", [](MarketParams& m) { m.instrument.size_max += Size::from_raw(1); }),
        on_market("market tick", [](MarketParams& m) { m.instrument.tick += Price::from_raw(1); }),
        on_market("market lot", [](MarketParams& m) { m.instrument.lot += Size::from_raw(1); }),
        on_market("market margin multiplier", [](MarketParams& m) { m.multiplier = more(m.multiplier); }),
        on_market("market open orders", [](MarketParams& m) { next_of(m.open_orders, 3); }),
        on_market("market hedge", [](MarketParams& m) { next_of(m.hedge, 2); }),
        on_market("market leverage_max", [](MarketParams& m) { m.leverage_max_hundredths += 100; }),
        {"market settle",
         [](ParameterSet& s, Random& random) {
             auto& m = any_of(s.markets, random);
             m.settle.index = (m.settle.index + 1) % static_cast<std::uint32_t>(s.assets.size());
             return s.assets.size() > 1;
         }},
        {"market schedule",
         [](ParameterSet& s, Random& random) {
             auto& m = any_of(s.markets, random);
             m.schedule.index = (m.schedule.index + 1) % static_cast<std::uint32_t>(s.schedules.size());
             return s.schedules.size() > 1;
         }},
        on_schedule("schedule version",
                    [](Schedule& s) {
                        ++s.version;
                        return true;
                    }),
        on_schedule("schedule id",
                    [](Schedule& s) {
                        s.id += "x";
                        return true;
                    }),
        on_schedule("combine",
                    [](Schedule& s) {
                        next_of(s.initial.combine, 2);
                        return true;
                    }),
        on_schedule("of_initial",
                    [](Schedule& s) {
                        if (!s.maintenance.of_initial) return false;
                        s.maintenance.of_initial->numerator += s.maintenance.of_initial->denominator;
                        return true;
                    }),
        on_schedule("of_initial replaced",
                    [](Schedule& s) {
                        if (!s.maintenance.of_initial) return false;
                        s.maintenance = s.initial;
                        return true;
                    }),
        on_schedule("modulated",
                    [](Schedule& s) {
                        s.maintenance.modulated = !s.maintenance.modulated;
                        return s.maintenance.of_initial.has_value();
                    }),
        on_schedule("closeout",
                    [](Schedule& s) {
                        s.closeout.of_initial = s.closeout.of_initial ? std::nullopt : std::optional(Fraction{rate_one / 3, 1});
                        return true;
                    }),
        on_schedule("term added",
                    [](Schedule& s) {
                        s.initial.terms.push_back(s.initial.terms[0]);
                        return true;
                    }),
        on_schedule("clamp floor",
                    [](Schedule& s) {
                        ++s.clamp.floor.numerator;
                        return true;
                    }),
        on_schedule("clamp cap",
                    [](Schedule& s) {
                        --s.clamp.cap.numerator;
                        return true;
                    }),
        on_schedule("clamp cap_short",
                    [](Schedule& s) {
                        s.clamp.cap_short = Fraction{s.clamp.cap_short ? s.clamp.cap_short->numerator + 1 : 2 * rate_one, 1};
                        return true;
                    }),
        on_schedule("clamp minimum",
                    [](Schedule& s) {
                        s.clamp.minimum = Decimal{s.clamp.minimum.raw + 100'000, 0};
                        return true;
                    }),
        on_schedule("caps position",
                    [](Schedule& s) {
                        s.caps.position = s.caps.position ? std::nullopt : std::optional(Decimal{5, 0});
                        return true;
                    }),
        on_schedule("caps group",
                    [](Schedule& s) {
                        s.caps.group = Decimal{s.caps.group ? s.caps.group->raw + 1'000'000'000 : 5, 0};
                        return true;
                    }),
        on_schedule("caps open_interest",
                    [](Schedule& s) {
                        s.caps.open_interest = s.caps.open_interest ? std::nullopt : std::optional(Decimal{5, 0});
                        return true;
                    }),
        on_schedule("caps open_interest_market_cap",
                    [](Schedule& s) {
                        s.caps.open_interest_market_cap =
                            Fraction{s.caps.open_interest_market_cap ? s.caps.open_interest_market_cap->numerator + 1 : 1, 1};
                        return true;
                    }),
        on_schedule("caps leverage_caps_size",
                    [](Schedule& s) {
                        s.caps.leverage_caps_size = !s.caps.leverage_caps_size;
                        return true;
                    }),
        on_term("axis subject",
                [](Term& t, Random&) {
                    next_of(t.axis.subject, 4);
                    return true;
                }),
        on_term("axis per",
                [](Term& t, Random&) {
                    next_of(t.axis.per, 4);
                    return true;
                }),
        on_term("application",
                [](Term& t, Random&) {
                    next_of(t.application, 2);
                    return true;
                }),
        on_term("curve kind",
                [](Term& t, Random&) {
                    next_of(t.curve.kind, 7);
                    return true;
                }),
        on_term("base",
                [](Term& t, Random&) {
                    if (static_cast<int>(t.curve.kind) > 2) return false;
                    t.curve.base.numerator += t.curve.base.denominator;
                    return true;
                }),
        on_term("slope",
                [](Term& t, Random&) {
                    if (t.curve.kind != CurveKind::linear) return false;
                    t.curve.slope.raw = t.curve.slope.raw * 10 + 1;
                    return true;
                }),
        on_term("origin",
                [](Term& t, Random&) {
                    if (t.curve.kind != CurveKind::steps) return false;
                    t.curve.origin = Decimal{t.curve.origin.raw + 100'000'000, 0};
                    return true;
                }),
        on_term("step",
                [](Term& t, Random&) {
                    if (t.curve.kind != CurveKind::steps) return false;
                    ++t.curve.step.numerator;
                    return true;
                }),
        on_term("width",
                [](Term& t, Random&) {
                    if (t.curve.kind != CurveKind::steps) return false;
                    t.curve.width.raw = t.curve.width.raw * 10 + 1;
                    return true;
                }),
        on_term("factor",
                [](Term& t, Random&) {
                    if (t.curve.kind != CurveKind::root && t.curve.kind != CurveKind::power_four_fifths) return false;
                    t.curve.factor.raw = t.curve.factor.raw * 10 + 1;
                    return true;
                }),
        on_term("edge",
                [](Term& t, Random&) {
                    if (t.curve.kind != CurveKind::brackets) return false;
                    next_of(t.curve.edge, 2);
                    return true;
                }),
        on_term("row added",
                [](Term& t, Random&) {
                    if (t.curve.rows.empty()) return false;
                    t.curve.rows.push_back({Decimal{4'000'000'000, 0}, Fraction{rate_one, 1}});
                    return true;
                }),
        on_term("row removed",
                [](Term& t, Random&) {
                    if (t.curve.rows.empty()) return false;
                    t.curve.rows.pop_back();
                    return true;
                }),
        on_term("modulator added",
                [](Term& t, Random&) {
                    t.modulators.push_back({ModulatorInput::skew, ModulatorEffect::lift, Decimal{1, 0}, Decimal{2, 0}, hundred_percent});
                    return true;
                }),
        on_row("row from", [](Row& r) { r.from.raw = r.from.raw * 10 + 1; }),
        on_row("row rate", [](Row& r) { r.rate.numerator += r.rate.denominator; }),
        on_modulator("modulator input",
                     [](Modulator& m) {
                         next_of(m.input, 5);
                         return true;
                     }),
        on_modulator("modulator effect",
                     [](Modulator& m) {
                         next_of(m.effect, 2);
                         return true;
                     }),
        on_modulator("modulator from",
                     [](Modulator& m) {
                         m.from.raw = m.from.raw * 10 + 1;
                         return true;
                     }),
        on_modulator("modulator to",
                     [](Modulator& m) {
                         m.to.raw = m.to.raw * 10 + 1;
                         return true;
                     }),
        on_modulator("modulator multiplier",
                     [](Modulator& m) {
                         m.multiplier = more(m.multiplier);
                         return m.effect == ModulatorEffect::multiply;
                     }),
        on_override("override account",
                    [](ParameterSet&, Override& o) {
                        o.account += "x";
                        return true;
                    }),
        on_override("override market",
                    [](ParameterSet& s, Override& o) {
                        o.market = o.market && s.markets.size() == 1
                                       ? std::nullopt
                                       : std::optional(
                                             MarketId{o.market ? (o.market->index + 1) % static_cast<std::uint32_t>(s.markets.size()) : 0});
                        return true;
                    }),
        on_override("override multiplier",
                    [](ParameterSet&, Override& o) {
                        o.multiplier = Rate::from_raw(o.multiplier ? o.multiplier->raw() + 1 : 3 * rate_one);
                        return true;
                    }),
        on_override("override floor",
                    [](ParameterSet&, Override& o) {
                        o.initial_floor = Rate::from_raw(o.initial_floor ? o.initial_floor->raw() + 1 : 3);
                        return true;
                    }),
    };
    return changes;
}

inline const std::vector<Change>& all_changes() {
    static const std::vector<Change> changes = [] {
        std::vector<Change> all = table_changes();
        const std::vector<Change>& rules = change_detail::rule_changes();
        all.insert(all.end(), rules.begin(), rules.end());
        return all;
    }();
    return changes;
}

}  // namespace plimsoll::testing
