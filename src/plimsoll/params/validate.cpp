// Everything that can be known to be wrong with a parameter set before an account meets it, in one report.
#include "plimsoll/params/parameter_set.hpp"

#include "plimsoll/params/figures.hpp"
#include "plimsoll/params/rules.hpp"
#include "plimsoll/schedule/validate.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace plimsoll {

namespace {

bool in_digits(int digits) { return digits >= 0 && digits <= digits_max; }

std::string with_digits(const Decimal& decimal, int digits) {
    return to_text(decimal) + " has more decimals than the " + std::to_string(digits) + " of its scale";
}

bool finer_than(const Decimal& decimal, int digits) { return normalised(decimal).digits > digits; }

class Validator {
public:
    explicit Validator(const ParameterSet& set) : set_(set) {}

    Findings run() {
        if (set_.name.empty()) error("name-missing", "set", "the set has no name", "give it one");
        if (set_.version == 0) error("version-zero", "set", "versions count from 1", "write 1 or more");
        if (set_.assets.empty()) error("assets-missing", "set", "there is no asset, so health cannot be counted", "add an [[asset]]");
        numeraire_known_ = set_.numeraire.index < set_.assets.size();
        if (!numeraire_known_ && !set_.assets.empty())
            error("reference-unknown", "set numeraire", "the numeraire is no asset of the set", "name one of the assets");
        names();
        profit();
        for (const Asset& each : set_.assets) asset(each);
        for (const Schedule& each : set_.schedules) stray_fields(each);
        for (const MarketParams& each : set_.markets) market(each);
        unused_schedules();
        for (std::size_t i = 0; i < set_.overrides.size(); ++i) exception(i);
        take(rule_faults(set_));
        return std::move(findings_);
    }

private:
    void add(Severity severity, std::string code, std::string where, std::string message, std::string cure) {
        findings_.push_back({severity, std::move(code), std::move(where), std::move(message), std::move(cure)});
    }
    void error(std::string code, std::string where, std::string message, std::string cure) {
        add(Severity::error, std::move(code), std::move(where), std::move(message), std::move(cure));
    }

    void take(Findings found) {
        for (Finding& finding : found) findings_.push_back(std::move(finding));
    }

    // ---- names -------------------------------------------------------------------------------------------------

    void names() {
        names_of("asset", set_.assets, &Asset::name);
        names_of("schedule", set_.schedules, &Schedule::id);
        names_of("market", set_.markets, &MarketParams::name);
    }

    template <class Item>
    void names_of(const std::string& kind, const std::vector<Item>& items, std::string Item::* name) {
        std::set<std::string_view> seen;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::string& text = items[i].*name;
            const std::string where = kind + " " + std::to_string(i + 1);
            const bool control =
                std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
            if (text.empty()) error("name-missing", where, "it has no name", "give it one");
            else if (control) error("name-unprintable", where, "its name holds control characters", "write a name that can be printed");
            else if (!seen.insert(text).second)
                error("name-twice", kind + " " + text, "the name is given to two of them", "rename or remove one");
        }
    }

    // ---- profit ------------------------------------------------------------------------------------------------

    void profit() {
        const ProfitWeights& p = set_.profit;
        weight_in_range(p.initial, "profit initial");
        weight_in_range(p.withdrawal, "profit withdrawal");
        weight_in_range(p.maintenance, "profit maintenance");
        if (p.initial > p.maintenance || p.withdrawal > p.maintenance)
            error("profit-above-maintenance", "profit", "profit counts for more when opening or withdrawing than toward maintenance",
                  "give maintenance the largest of the three weights");
        if (p.initial == hundred_percent || p.withdrawal == hundred_percent)
            add(Severity::warning, "profit-in-full", "profit",
                "unrealised profit counts in full for new positions or withdrawals, so a pumped price carries more leverage",
                "lower initial and withdrawal below 1, unless the venue is like this");
        if (!p.initial_cap) return;
        if (p.initial_cap->raw <= 0)
            error("cap-zero", "profit initial_cap", "a cap of 0 is written as a weight of 0", "leave the line out for no cap");
        for (const MarketParams& m : set_.markets)
            if (m.settle.index < set_.assets.size() && finer_than(*p.initial_cap, set_.asset(m.settle).digits))
                return error("too-many-decimals", "profit initial_cap",
                             with_digits(*p.initial_cap, set_.asset(m.settle).digits) + ", the settle asset of " + m.name,
                             "write fewer decimals");
    }

    void weight_in_range(Rate weight, const std::string& where) {
        if (weight < Rate{} || weight > hundred_percent)
            error("weight-out-of-range", where, "a weight of " + to_text(weight) + " does not lie between 0 and 1",
                  "write \"0.9\" for 90 %");
    }

    // ---- assets ------------------------------------------------------------------------------------------------

    void asset(const Asset& a) {
        const std::string where = "asset " + a.name;
        if (!asset_domain(a, where)) return;
        const bool initial_sound = weight_curve(a, a.weight_initial, where + " initial weight");
        const bool maintenance_sound = weight_curve(a, a.weight_maintenance, where + " maintenance weight");
        if (a.collateral && a.weight_maintenance.weight == Rate{})
            add(Severity::warning, "weight-zero", where, "collateral that counts for nothing",
                "give it a weight or write collateral = false");
        if (initial_sound && maintenance_sound) weights_in_order(a, where);
        liability(a, where);
    }

    bool asset_domain(const Asset& a, const std::string& where) {
        const std::size_t before = findings_.size();
        if (!in_digits(a.digits) || !in_digits(a.price_digits)) {
            error("digits-out-of-domain", where, "digits and price_digits must lie between 0 and 18", "use fewer digits");
            return false;
        }
        if (a.price_max.raw() <= 0)
            error("bound-zero", where + " price_max", "the largest price must be above 0", "write the largest price that can be met");
        if (a.amount_max.raw() <= 0)
            error("bound-zero", where + " amount_max", "the largest balance must be above 0", "write the largest balance that can be met");
        if (a.amount_max > amount_max)
            error("out-of-domain", where + " amount_max", "a balance may hold at most " + format_decimal_short(amount_max.raw(), a.digits),
                  "lower it or use fewer digits");
        if (Wide{a.amount_max.raw()} * a.price_max.raw() > notional_max)
            error("out-of-domain", where, "amount_max at price_max is beyond the declared domain (2^90 last places of value)",
                  "lower amount_max or price_max, or use fewer digits");
        if (numeraire_known_ && a.digits + a.price_digits + rate_digits < set_.asset(set_.numeraire).digits)
            error("digits-out-of-domain", where, "its values are too coarse for the digits of the numeraire", "raise price_digits");
        return findings_.size() == before;
    }

    bool weight_curve(const Asset& a, const WeightCurve& c, const std::string& where) {
        std::vector<WeightFault> faults = weight_faults(c, {a.digits, a.price_digits, a.amount_max});
        for (WeightFault& fault : faults)
            error(std::move(fault.code), fault.part.empty() ? where : where + " " + fault.part, std::move(fault.message),
                  std::move(fault.cure));
        return faults.empty();
    }

    /// The tier weight of a curve at a value, its other discounts left out.
    static Rate tier_weight(const WeightCurve& c, const Decimal& value) {
        Rate weight = c.weight;
        for (const WeightTier& tier : c.tiers)
            if (!less(value, tier.from)) weight = std::min(c.weight, tier.weight);
        return weight;
    }

    void weights_in_order(const Asset& a, const std::string& where) {
        const auto above_at = [&](const Decimal& value) {
            return tier_weight(a.weight_maintenance, value) < tier_weight(a.weight_initial, value);
        };
        bool above = above_at(Decimal{});
        for (const WeightCurve* curve : {&a.weight_initial, &a.weight_maintenance})
            for (const WeightTier& tier : curve->tiers) above = above || above_at(tier.from);
        if (above)
            error("initial-weight-above-maintenance", where, "it counts for more when a position is opened than when it is kept",
                  "lower weight_initial");
    }

    void liability(const Asset& a, const std::string& where) {
        for (const Rate weight : {a.liability_weight_initial, a.liability_weight_maintenance})
            if (weight < hundred_percent || weight > rate_max)
                error("liability-weight-out-of-range", where, "a liability weight of " + to_text(weight) + " does not lie between 1 and 10",
                      "what is owed counts at least in full");
        if (a.liability_weight_initial < a.liability_weight_maintenance)
            error("liability-weight-below-maintenance", where, "owing costs less when a position is opened than when it is kept",
                  "raise liability_weight_initial");
    }

    // ---- schedules and markets ---------------------------------------------------------------------------------

    /// A figure of another kind of curve means nothing; a file cannot hold it and a program should not.
    void stray_fields(const Schedule& schedule) {
        for (const LevelRule* rule : {&schedule.initial, &schedule.maintenance, &schedule.closeout})
            for (std::size_t i = 0; i < rule->terms.size(); ++i) {
                const Curve& c = rule->terms[i].curve;
                Curve bare;
                bare.kind = c.kind;
                const bool based = c.kind == CurveKind::flat || c.kind == CurveKind::linear || c.kind == CurveKind::steps;
                if (based) bare.base = c.base;
                if (based && c.kind != CurveKind::flat) bare.origin = c.origin;
                if (c.kind == CurveKind::linear) bare.slope = c.slope;
                if (c.kind == CurveKind::steps) std::tie(bare.step, bare.width) = std::tie(c.step, c.width);
                if (c.kind == CurveKind::root || c.kind == CurveKind::power_four_fifths) bare.factor = c.factor;
                if (c.kind == CurveKind::brackets) bare.edge = c.edge;
                if (c.kind == CurveKind::brackets || c.kind == CurveKind::knots) bare.rows = c.rows;
                const bool stray_multiplier =
                    std::any_of(rule->terms[i].modulators.begin(), rule->terms[i].modulators.end(),
                                [](const Modulator& m) { return m.effect == ModulatorEffect::lift && m.multiplier != hundred_percent; });
                if (!(bare == c) || stray_multiplier)
                    error("field-unused", schedule.id + ": term " + std::to_string(i + 1), "it holds a figure that its kind does not use",
                          "clear it");
            }
    }

    void market(const MarketParams& m) {
        const std::string where = "market " + m.name;
        const Instrument& instrument = m.instrument;
        const bool settled = m.settle.index < set_.assets.size();
        if (!settled) error("reference-unknown", where + " settle", "the settle asset is no asset of the set", "name one of the assets");
        else if (instrument.settle_digits != set_.asset(m.settle).digits)
            error("settle-digits-differ", where, "the contract counts its settle asset at other digits than the asset does",
                  "take the asset's digits");
        const std::string fault = domain_fault(instrument);
        if (!fault.empty()) error("out-of-domain", where, fault, "");
        else bounds(instrument, where);
        multiplier_in_range(m.multiplier, where + " margin_multiplier");
        if (m.leverage_max_hundredths != 0 && m.leverage_max_hundredths < 100)
            error("leverage-below-one", where + " leverage_max", "a leverage below 1 asks more than the position is worth",
                  "write 1 or more");
        if (m.schedule.index >= set_.schedules.size())
            error("reference-unknown", where + " schedule", "the schedule is none of the set's", "name one of the schedules");
        else if (settled && fault.empty()) schedule_on(set_.schedules[m.schedule.index], m);
    }

    void bounds(const Instrument& i, const std::string& where) {
        if (i.tick > i.price_max) error("bound-order", where + " tick", "the tick is above price_max", "lower it");
        if (i.lot > i.size_max) error("bound-order", where + " lot", "the lot is above size_max", "lower it");
    }

    void multiplier_in_range(Rate multiplier, const std::string& where) {
        if (multiplier < hundred_percent || multiplier > multiplier_max)
            error("multiplier-out-of-domain", where, "a multiplier of " + to_text(multiplier) + " does not lie between 1 and 100",
                  "overrides only raise a requirement: write \"1.5\" for half as much again");
    }

    /// Two markets may use one schedule on different scales; what both find is said once.
    void schedule_on(const Schedule& schedule, const MarketParams& m) {
        const Scales scales = scales_of(set_, m);
        Findings found = validate(schedule, scales);
        for (Finding& finding : found)
            if (std::find(findings_.begin(), findings_.end(), finding) == findings_.end()) findings_.push_back(std::move(finding));
        if (m.liquidation_fee <= Rate{} || m.multiplier < hundred_percent || m.multiplier > multiplier_max) return;
        if (const auto compiled = compile(schedule, scales)) take(fee_faults(*compiled, m));
    }

    void unused_schedules() {
        for (std::size_t i = 0; i < set_.schedules.size(); ++i) {
            const bool used =
                std::any_of(set_.markets.begin(), set_.markets.end(), [&](const MarketParams& m) { return m.schedule.index == i; });
            if (used) continue;
            add(Severity::note, "schedule-unused", "schedule " + set_.schedules[i].id, "no market uses it",
                "remove it, or name it in a market");
            for (Finding& finding : check_structure(set_.schedules[i])) findings_.push_back(std::move(finding));
        }
    }

    // ---- overrides ---------------------------------------------------------------------------------------------

    void exception(std::size_t i) {
        const Override& o = set_.overrides[i];
        const std::string where = "override " + (o.account.empty() ? std::to_string(i + 1) : o.account);
        if (o.account.empty()) error("name-missing", where, "it names no account", "name one");
        if (o.market && o.market->index >= set_.markets.size())
            return error("reference-unknown", where + " market", "the market is none of the set's", "name one of the markets");
        if (!o.multiplier && !o.initial_floor)
            error("override-empty", where, "it changes nothing", "give margin_multiplier or initial_floor");
        for (std::size_t j = 0; j < i; ++j)
            if (set_.overrides[j].account == o.account && set_.overrides[j].market == o.market)
                return error("override-twice", where, "the account has two overrides for the same place", "keep one");
        if (o.multiplier) multiplier_in_range(*o.multiplier, where + " margin_multiplier");
        if (o.initial_floor && (*o.initial_floor <= Rate{} || *o.initial_floor > rate_max))
            error("rate-out-of-domain", where + " initial_floor",
                  "a floor of " + to_text(*o.initial_floor) + " does not lie above 0 and at most at 10",
                  "check the unit: 5 % is written \"0.05\"");
        lowers(o, where);
    }

    /// The narrowest override that names a figure gives it, so a narrow one below a wide one would lower the requirement.
    void lowers(const Override& o, const std::string& where) {
        if (!o.market) return lowers_markets(o, where);
        if (o.multiplier && *o.multiplier < set_.market(*o.market).multiplier)
            error("override-lowers", where,
                  "its multiplier " + to_text(*o.multiplier) + " is below the market's " + to_text(set_.market(*o.market).multiplier),
                  "give at least that");
        for (const Override& wide : set_.overrides) {
            if (wide.account != o.account || wide.market) continue;
            if (o.multiplier && wide.multiplier && *o.multiplier < *wide.multiplier)
                error("override-lowers", where,
                      "its multiplier " + to_text(*o.multiplier) + " is below the account's own " + to_text(*wide.multiplier),
                      "give at least that");
            if (o.initial_floor && wide.initial_floor && *o.initial_floor < *wide.initial_floor)
                error("override-lowers", where,
                      "its floor " + to_text(*o.initial_floor) + " is below the account's own " + to_text(*wide.initial_floor),
                      "give at least that");
        }
    }

    void lowers_markets(const Override& o, const std::string& where) {
        for (std::size_t i = 0; o.multiplier && i < set_.markets.size(); ++i) {
            const MarketParams& m = set_.markets[i];
            const bool named_apart = std::any_of(set_.overrides.begin(), set_.overrides.end(), [&](const Override& narrow) {
                return narrow.account == o.account && narrow.market && narrow.market->index == i && narrow.multiplier;
            });
            if (*o.multiplier < m.multiplier && !named_apart)
                error("override-lowers", where,
                      "its multiplier " + to_text(*o.multiplier) + " is below the " + to_text(m.multiplier) + " of market " + m.name,
                      "give at least that, or an override for that market");
        }
    }

    const ParameterSet& set_;
    Findings findings_;
    bool numeraire_known_ = false;
};

}  // namespace

Findings validate(const ParameterSet& set) { return Validator(set).run(); }

}  // namespace plimsoll
