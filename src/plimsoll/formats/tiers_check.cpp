// The checks of one table. Each finding names the row, what it says and what it should say.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

namespace {

constexpr Decimal one{1, 0};
constexpr Decimal leverage_plausible_max{1000, 0};       // no venue lends more; a rate below its inverse half is a unit slip
constexpr Decimal maintenance_plausible_min{5, 4};       // 0.05 %
constexpr Decimal rate_plausible_max{1, 0};              // 100 %

class TableCheck {
public:
    TableCheck(const TierTable& table, Report& report) : table_(table), report_(report) {}

    void run() {
        if (table_.tiers.empty()) {
            report_.add(Severity::error, table_.place, text::shown(table_.symbol), "the table has no tiers", "give at least one");
            return;
        }
        for (std::size_t i = 0; i < table_.tiers.size(); ++i) {
            const Tier& tier = table_.tiers[i];
            bounds(tier);
            rates(tier);
            if (i == 0) first(tier);
            else follows(table_.tiers[i - 1], tier);
        }
    }

private:
    void error(const Tier& tier, std::string message, std::string cure) {
        report_.add(Severity::error, tier.place, row_name(table_, tier), std::move(message), std::move(cure));
    }

    void bounds(const Tier& tier) {
        if (tier.from.raw < 0) error(tier, "starts at " + to_text(tier.from) + ", below zero", "sizes are not negative");
        if (tier.to && !less(tier.from, *tier.to))
            error(tier, "ends at " + to_text(*tier.to) + ", not above its start " + to_text(tier.from),
                  "list tiers from the smallest size up, each once");
    }

    void first(const Tier& tier) {
        if (tier.from.raw > 0) error(tier, "the table starts at " + to_text(tier.from) + ", not at 0", "is a row missing in front?");
        if (tier.cum && tier.cum->raw != 0)
            error(tier, "cum " + to_text(*tier.cum) + ", the first tier deducts 0", "correct cum, or give the rows in front");
    }

    void rates(const Tier& tier) {
        const Decimal& maintenance = tier.maintenance_rate;
        if (maintenance.raw <= 0)
            error(tier, "maintenance rate " + to_text(maintenance) + " is not above 0", "give the rate as a fraction, 0.004 for 0.4 %");
        else if (less(maintenance, maintenance_plausible_min))
            error(tier, "maintenance rate " + to_text(maintenance) + " is implausibly small",
                  "give the rate as a fraction, 0.004 for 0.4 %");
        else if (!tier.leverage && less(rate_plausible_max, maintenance))
            error(tier, "maintenance rate " + to_text(maintenance) + " is above 1", "a rate in percent must be divided by 100");
        if (maintenance.digits > rate_digits)
            report_.add(Severity::note, tier.place, row_name(table_, tier),
                        "maintenance rate " + to_text(maintenance) + " has " + std::to_string(maintenance.digits) +
                            " decimals, a schedule's rates hold " + std::to_string(rate_digits),
                        "was it computed in floating point?");
        if (tier.leverage) leverage(tier, *tier.leverage);
        if (tier.initial_rate) initial(tier, *tier.initial_rate);
    }

    void leverage(const Tier& tier, const Decimal& leverage) {
        if (less(leverage, one)) return error(tier, "leverage " + to_text(leverage) + " is below 1", "give the multiple, 20 for 20x");
        if (less(leverage_plausible_max, leverage))
            return error(tier, "leverage " + to_text(leverage) + " is implausibly large", "give the multiple, 20 for 20x");
        const auto of_initial = multiply(tier.maintenance_rate, leverage);
        if (of_initial && less({10, 0}, *of_initial))
            return error(
                tier, "maintenance rate " + to_text(tier.maintenance_rate) + " at leverage " + to_text(leverage) + " is implausibly large",
                "a rate in percent must be divided by 100");
        if (!tier.initial_rate && product_against_one(tier.maintenance_rate, leverage) >= 0)
            error(tier, "maintenance rate " + to_text(tier.maintenance_rate) + " is not below the initial rate 1/" + to_text(leverage),
                  "a position would be liquidated as it opens");
    }

    void initial(const Tier& tier, const Decimal& initial) {
        if (initial.raw <= 0)
            return error(tier, "initial rate " + to_text(initial) + " is not above 0", "give the rate as a fraction, 0.01 for 1 %");
        if (less(rate_plausible_max, initial))
            return error(tier, "initial rate " + to_text(initial) + " is above 1", "a rate in percent must be divided by 100");
        if (!less(tier.maintenance_rate, initial))
            error(tier, "maintenance rate " + to_text(tier.maintenance_rate) + " is not below the initial rate " + to_text(initial),
                  "a position would be liquidated as it opens");
        if (!tier.leverage || tier.leverage->raw <= 0) return;
        const auto half = reciprocal({tier.leverage->raw, tier.leverage->digits}, digits_max - 1, Round::ceil);
        if (half && (less(multiply(*half, {2, 0}).value_or(one), initial) || less(multiply(initial, {2, 0}).value_or(one), *half)))
            error(tier, "initial rate " + to_text(initial) + " and leverage " + to_text(*tier.leverage) + " contradict each other",
                  "they should be about each other's inverse; check the units");
    }

    void follows(const Tier& before, const Tier& tier) {
        touches(before, tier);
        if (tier.number <= before.number)
            error(tier, "follows tier " + std::to_string(before.number), "number the tiers upward, each once");
        if (less(tier.maintenance_rate, before.maintenance_rate))
            error(tier, "maintenance rate falls from " + to_text(before.maintenance_rate) + " to " + to_text(tier.maintenance_rate),
                  "a larger position must not need a smaller rate");
        if (tier.leverage && before.leverage && less(*before.leverage, *tier.leverage))
            error(tier, "leverage rises from " + to_text(*before.leverage) + " to " + to_text(*tier.leverage),
                  "a larger position must not be allowed more leverage");
        if (tier.initial_rate && before.initial_rate && less(*tier.initial_rate, *before.initial_rate))
            error(tier, "initial rate falls from " + to_text(*before.initial_rate) + " to " + to_text(*tier.initial_rate),
                  "a larger position must not need a smaller rate");
        recursion(before, tier);
    }

    void touches(const Tier& before, const Tier& tier) {
        if (!before.to)
            return error(tier, "follows tier " + std::to_string(before.number) + ", which has no upper bound",
                         "only the last tier may be unbounded");
        const std::string starts =
            "starts at " + to_text(tier.from) + ", tier " + std::to_string(before.number) + " ends at " + to_text(*before.to);
        if (less(*before.to, tier.from)) error(tier, starts + ": a gap", "is a row missing?");
        if (less(tier.from, *before.to)) error(tier, starts + ": an overlap", "let it start where the one before ends");
    }

    void recursion(const Tier& before, const Tier& tier) {
        if (tier.cum.has_value() != before.cum.has_value()) {
            const Tier& without = tier.cum ? before : tier;
            return error(without, "cum is missing, other tiers have it", "give it in all rows or in none");
        }
        if (!tier.cum) return;
        const auto expected = next_cum(*before.cum, before, tier);
        if (!expected) error(tier, "cum cannot be checked in 18 digits", "shorten the rates or the bounds");
        else if (!equal(*expected, *tier.cum))
            error(tier, "cum " + to_text(*tier.cum) + ", recursion gives " + to_text(*expected), "correct cum, a bound or a rate");
    }

    const TierTable& table_;
    Report& report_;
};

}  // namespace

void check_table(const TierTable& table, Report& report) { TableCheck(table, report).run(); }

std::optional<Decimal> next_cum(const Decimal& cum, const Tier& before, const Tier& tier) {
    const auto rise = subtract(tier.maintenance_rate, before.maintenance_rate);
    const auto step = rise ? multiply(tier.from, *rise) : std::nullopt;
    return step ? add(cum, *step) : std::nullopt;
}

}  // namespace plimsoll::formats
