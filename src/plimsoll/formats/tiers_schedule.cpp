#include "plimsoll/formats/tiers_schedule.hpp"

#include "plimsoll/money/wide.hpp"

namespace plimsoll::formats {

namespace {

/// 1 / divisor, exactly: a leverage of 33.33 is 100/3333.
std::optional<Fraction> one_over(const Decimal& divisor) {
    if (divisor.raw <= 0 || divisor.digits > 2) return std::nullopt;
    return Fraction{rate_one * pow10_64(divisor.digits), divisor.raw};
}

std::optional<Fraction> rate_of(const Decimal& rate) {
    if (rate.digits > rate_digits) return std::nullopt;
    return Fraction{rate.raw * pow10_64(rate_digits - rate.digits), 1};
}

std::optional<Fraction> initial_of(const Tier& tier) {
    if (tier.initial_rate) return rate_of(*tier.initial_rate);
    return tier.leverage ? one_over(*tier.leverage) : std::nullopt;
}

std::optional<Fraction> maintenance_of(const Tier& tier) {
    return tier.maintenance_divisor ? one_over(*tier.maintenance_divisor) : rate_of(tier.maintenance_rate);
}

Term table_term(const TierTable& table, Application application) {
    Term term;
    term.axis.subject = table.basis == Basis::notional_quote ? Subject::own_notional : Subject::own_size;
    term.application = application;
    term.curve.kind = CurveKind::brackets;
    term.curve.edge = table.boundary == Boundary::lower_belongs ? EdgeRule::upper_row : EdgeRule::lower_row;
    return term;
}

Error unsayable(const Schedule& schedule, std::string what) {
    return {schedule.id, std::move(what),
            "a tier table holds one initial and one maintenance table of brackets over the position's own size"};
}

/// The one table of a level, or nothing.
const Term* only_table(const LevelRule& rule) {
    const bool fits = rule.terms.size() == 1 && rule.terms[0].curve.kind == CurveKind::brackets && rule.terms[0].modulators.empty() &&
                      rule.terms[0].axis.per == Per::nothing &&
                      (rule.terms[0].axis.subject == Subject::own_notional || rule.terms[0].axis.subject == Subject::own_size);
    return fits ? &rule.terms[0] : nullptr;
}

/// A fraction as a leverage, when it is the inverse of a decimal of at most two places.
std::optional<Decimal> leverage_of(Fraction f) {
    for (int digits = 0; digits <= 2; ++digits) {
        const Wide scaled = Wide{rate_one} * pow10(digits) * f.denominator;
        if (f.numerator > 0 && scaled % f.numerator == 0) return Decimal{static_cast<std::int64_t>(scaled / f.numerator), digits};
    }
    return std::nullopt;
}

Decimal decimal_of(Fraction f) {
    Decimal d{f.numerator, rate_digits};
    while (d.digits > 0 && d.raw % 10 == 0) {
        d.raw /= 10;
        --d.digits;
    }
    return d;
}

void set_maintenance(Tier& tier, Fraction rate) {
    if (rate.denominator == 1) {
        tier.maintenance_rate = decimal_of(rate);
        return;
    }
    tier.maintenance_divisor = leverage_of(rate);
    tier.maintenance_rate = decimal_of({static_cast<std::int64_t>(divide(rate.numerator, rate.denominator, Round::ceil)), 1});
}

}  // namespace

Result<Schedule> schedule_of(const TierTable& table, MaintenanceRule rule) {
    const bool whole = rule == MaintenanceRule::whole || (rule == MaintenanceRule::by_source && table.boundary == Boundary::gapped);
    Schedule schedule;
    schedule.id = table.symbol.empty() ? table.id : table.symbol;
    Term initial = table_term(table, Application::whole);
    Term maintenance = table_term(table, whole ? Application::whole : Application::marginal);
    for (const Tier& tier : table.tiers) {
        const auto first = initial_of(tier);
        const auto second = maintenance_of(tier);
        if (!first || !second)
            return fail(Error{
                row_name(table, tier),
                first ? "its maintenance rate is no decimal of 9 places" : "it has neither an initial rate of 9 places nor a leverage of 2",
                "write the rate with fewer decimals"});
        initial.curve.rows.push_back({tier.from, *first});
        maintenance.curve.rows.push_back({tier.from, *second});
    }
    schedule.initial.terms = {std::move(initial)};
    schedule.maintenance.terms = {std::move(maintenance)};
    schedule.caps.leverage_caps_size = table.basis == Basis::notional_quote;
    if (table.basis == Basis::notional_quote && !table.tiers.empty()) schedule.caps.position = table.tiers.back().to;
    return schedule;
}

Result<Schedule> schedule_of(const LiquidityTier& tier) {
    const auto initial = rate_of(tier.initial_rate);
    const auto fraction = rate_of(tier.maintenance_fraction);
    if (!initial || !fraction) return fail(Error{tier.name, "its rates are no decimals of 9 places", "write them with fewer decimals"});
    Schedule schedule;
    schedule.id = tier.name.empty() ? std::to_string(tier.id) : tier.name;
    Term term;
    term.application = Application::whole;
    term.curve.base = *initial;
    if (tier.open_interest_upper)
        term.modulators = {
            {ModulatorInput::open_interest, ModulatorEffect::lift, tier.open_interest_lower, *tier.open_interest_upper, hundred_percent}};
    schedule.initial.terms = {std::move(term)};
    schedule.maintenance.of_initial = *fraction;
    schedule.maintenance.modulated = false;
    return schedule;
}

Result<TierTable> table_of(const Schedule& schedule, const std::string& symbol, const std::string& currency) {
    const Term* initial = only_table(schedule.initial);
    const Term* maintenance = only_table(schedule.maintenance);
    if (initial == nullptr) return fail(unsayable(schedule, "its initial level is more than one table of brackets"));
    if (maintenance == nullptr) return fail(unsayable(schedule, "its maintenance level is more than one table of brackets"));
    const auto& rows = initial->curve.rows;
    TierTable table;
    table.symbol = symbol;
    table.currency = currency;
    table.basis = initial->axis.subject == Subject::own_notional ? Basis::notional_quote : Basis::contracts;
    table.boundary = initial->curve.edge == EdgeRule::upper_row ? Boundary::lower_belongs : Boundary::upper_belongs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (maintenance->curve.rows.size() != rows.size() || !(maintenance->curve.rows[i].from == rows[i].from))
            return fail(unsayable(schedule, "its initial and maintenance tables have different bounds"));
        Tier tier;
        tier.number = static_cast<std::int64_t>(i) + 1;
        tier.from = rows[i].from;
        if (i + 1 < rows.size()) tier.to = rows[i + 1].from;
        else tier.to = schedule.caps.position;
        tier.leverage = leverage_of(rows[i].rate);
        if (!tier.leverage) {
            if (rows[i].rate.denominator != 1)
                return fail(
                    unsayable(schedule, "row " + std::to_string(i + 1) + " has a rate that is neither a decimal nor one over a leverage"));
            tier.initial_rate = decimal_of(rows[i].rate);
        }
        set_maintenance(tier, maintenance->curve.rows[i].rate);
        table.tiers.push_back(std::move(tier));
    }
    return table;
}

}  // namespace plimsoll::formats
