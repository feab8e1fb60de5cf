#include "plimsoll/calibrate/proposal.hpp"

#include "plimsoll/calibrate/asked.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/money/text.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace plimsoll::calibrate {

namespace {

constexpr double smallest_tier = 10'000;  // notional from which on the first tier may end

std::string quoted(const std::string& text) { return text::JsonWriter().string(text).take(); }
std::string whole(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.0f", value);
    return text;
}
std::string rate_text(std::int64_t rate) { return format_decimal_short(rate, 5); }

/// Two significant digits, downwards: a cap is a round figure that is not above what was found.
double rounded_down(double value) {
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
    return std::floor(value / unit + 1e-9) * unit;
}
/// One significant digit, upwards; at least 1.
double rounded_up(double value) {
    const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(value))));
    return std::max(1.0, std::ceil(value / unit - 1e-9) * unit);
}

std::string rows_of(const TierTable& table) {
    std::string rows;
    for (const Tier& tier : table.tiers) rows += "  { from = \"" + whole(tier.from) + "\", rate = \"" + rate_text(tier.rate) + "\" },\n";
    return rows;
}

std::string level_of(std::string_view name, const TierTable& table) {
    return "[[schedule." + std::string(name) + ".term]]\ncurve = \"brackets\"\napply = \"marginal\"\nrows = [\n" + rows_of(table) + "]\n";
}

/// Digits so that a tick is about a millionth of the price, and a lot worth about a unit of the quote currency.
struct MarketDigits {
    int price = 0;
    int size = 0;
};
MarketDigits digits_for(double price) {
    const int magnitude = static_cast<int>(std::floor(std::log10(price)));
    return {std::clamp(5 - magnitude, 0, 10), std::clamp(magnitude, 0, 8)};
}

std::string asset_of(const Proposal& p, const CollateralAsked& asked, const MarketDigits& digits, double price, double price_most) {
    return "[[asset]]\nname = " + quoted(asked.name) + "\ndigits = " + std::to_string(digits.size) +
           "\nprice_digits = " + std::to_string(digits.price) + "\nprice_max = \"" + whole(price_most) + "\"\namount_max = \"" +
           whole(rounded_up(2 * asked.haircut.held / price)) + "\"\n" + to_toml(*p.haircut) + "\n";
}

std::string toml_of(const Proposal& p, const ProposalAsked& asked, double price, double liquidation_fee) {
    const MarketDigits digits = digits_for(price);
    const double size_most = rounded_up(std::max(p.open_interest_cap, p.cap) / price * 2);
    const double price_most = rounded_up(price * 10);
    // A side's whole notional ten times over has to fit an amount.
    const int amount_digits = std::clamp(static_cast<int>(std::floor(std::log10(1.15e18) - std::log10(10 * size_most * price_most))), 0, 6);
    std::string text =
        "# Proposed with the appetite \"" + std::string(p.appetite.name) +
        "\". Not in force until somebody activates it.\n\n[set]\nname = " + quoted(p.names.market + "-" + std::string(p.appetite.name)) +
        "\nversion = " + std::to_string(asked.version) + "\nnumeraire = " + quoted(p.names.settle) + "\nsource = " + quoted(asked.source) +
        "\n\n";
    text += "[[asset]]\nname = " + quoted(p.names.settle) + "\ndigits = " + std::to_string(amount_digits) +
            "\nprice_digits = 6\nprice_max = \"10\"\namount_max = \"100000000000\"\nweight = \"1\"\n\n";
    if (asked.collateral) text += asset_of(p, *asked.collateral, digits, price, price_most);
    text += "[[schedule]]\nid = \"proposed\"\n" + level_of("initial", p.initial) + level_of("maintenance", p.maintenance) +
            "[schedule.caps]\nposition = \"" + whole(p.cap) + "\"\nopen_interest = \"" + whole(p.open_interest_cap) + "\"\n\n";
    text += "[[market]]\nname = " + quoted(p.names.market) + "\nkind = \"linear\"\nsettle = " + quoted(p.names.settle) +
            "\nschedule = \"proposed\"\nprice_digits = " + std::to_string(digits.price) + "\nsize_digits = " + std::to_string(digits.size) +
            "\nprice_max = \"" + whole(price_most) + "\"\nsize_max = \"" + whole(size_most) + "\"\nliquidation_fee = \"" +
            format_decimal_short(static_cast<std::int64_t>(std::round(liquidation_fee * 1e6)), 6) + "\"\n";
    return text;
}

/// lambda of a book whose notional grows evenly with distance; absent without a book.
std::optional<double> evenly(const DepthCurve& depth) {
    if (depth.empty()) return std::nullopt;
    return depth.most() / depth.bands().back().within;
}

/// Where pushing the price stops to pay: with profits that can leave at once, an attacker who holds Q and moves the price by x through a book of lambda a
/// unit gains Q x - lambda x^2 / 2 - m Q at best, which is not above nothing as long as Q <= 2 lambda m.
double open_interest_cap(const MarginCurve& curve, const DepthCurve& depth, double position_cap) {
    const auto lambda = evenly(depth);
    if (!lambda) return position_cap * 10;
    double low = 0;
    double high = 2 * *lambda;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (middle <= 2 * *lambda * curve.initial(middle) ? low : high) = middle;
    }
    return low;
}

std::vector<double> sizes_up_to(double cap) {
    std::vector<double> sizes;
    for (int i = 0;; ++i) {
        const double size = std::round(1'000 * std::pow(10.0, i / 8.0));
        if (size >= cap) break;
        sizes.push_back(size);
    }
    sizes.push_back(cap);
    return sizes;
}

/// How long a quantile takes to grow to the margin; 0 where the price never moves.
double implied_seconds(const Proposal& p, double margin) {
    if (p.measured.volatility <= 0) return 0;
    const double ratio = margin / p.measured.volatility;
    return static_cast<double>(p.appetite.horizon_s) * std::pow(ratio, 1 / p.measured.exponent);
}

void look_at_points(Proposal& p, const PacedCurve& curve, const AskedSchedule& asked) {
    for (const double notional : sizes_up_to(p.cap)) {
        Point point;
        point.notional = notional;
        point.parts = curve.computed().initial_parts(notional);
        point.computed = curve.computed().initial(notional);
        point.initial_curve = curve.initial(notional);
        point.maintenance_curve = curve.maintenance(notional);
        point.initial = asked.rate(notional, Level::initial);
        point.maintenance = asked.rate(notional, Level::maintenance);
        point.implied_s = implied_seconds(p, point.initial);
        p.worst_under = std::max({p.worst_under, point.initial_curve - point.initial, point.maintenance_curve - point.maintenance});
        p.points.push_back(point);
    }
}

void look_at_pace(Proposal& p, const PacedCurve& curve) {
    if (!p.pace_asked) return;
    PaceFound found;
    for (const Point& point : p.points) {
        found.drawn = std::max(found.drawn, curve.drawn(point.notional));
        found.days_held = std::max(found.days_held, curve.days_held(point.notional));
        const double held = curve.held(point.notional);
        if (held <= found.held) continue;
        found.held = held;
        found.held_at = point.notional;
    }
    p.pace = found;
}

}  // namespace

Result<Proposal> propose(const Prices& prices, std::int64_t as_of, const Appetite& appetite, const CurveInputs& inputs,
                         const ProposalAsked& asked) {
    auto measured = measure(prices, as_of, appetite, inputs);
    if (!measured) return fail(measured.error());
    Proposal p;
    p.appetite = appetite;
    p.names = asked.names;
    p.measured = std::move(*measured);
    // Only here: a backtest would fit it every day for nothing.
    const std::vector<double> returns = prices.as_of(as_of).returns(prices.bars_in(appetite.horizon_s), returns_most);
    if (!p.measured.garch)
        if (const auto garch = filtered_by_garch(returns, appetite.coverage)) p.measured.garch = *garch;
    const MarginCurve curve(p.measured, appetite, inputs);
    p.from_depth = !p.measured.depth.empty();
    const double cap = curve.cap();
    if (!(cap >= smallest_tier))
        return fail(Error{asked.names.market, "no position above " + whole(std::max(0.0, cap)) + " could be closed",
                          "the market is too thin for this appetite: choose another one, or do not list it"});
    p.cap = rounded_down(cap);
    p.pace_asked = asked.pace;
    const PacedCurve paced(p.measured, appetite, inputs, asked.pace, p.cap);
    p.open_interest_cap = rounded_down(std::max(open_interest_cap(curve, p.measured.depth, p.cap), p.cap));
    const Round round = round_figures(smallest_tier, p.cap);
    p.maintenance = fit_tiers([&](double q) { return paced.maintenance(q); }, p.cap, asked.tiers, round);
    // Rounding may bring maintenance closer to the initial curve than it may come: then the initial table goes up.
    constexpr double between = 0.8;
    p.initial =
        fit_tiers([&](double q) { return std::max(paced.initial(q), p.maintenance.effective(q) / between); }, p.cap, asked.tiers, round);
    if (asked.collateral) {
        if (asked.collateral->name == asked.names.settle)
            return fail(Error{asked.collateral->name, "it is what the market settles in, and counts in full",
                              "name the coin whose prices these are"});
        auto found = haircut(prices, as_of, appetite, inputs, asked.collateral->haircut);
        if (!found) return fail(found.error());
        p.haircut = std::move(*found);
    }
    p.toml = toml_of(p, asked, prices.as_of(as_of).last().close, inputs.liquidation_fee);
    auto set = formats::read_parameter_set(p.toml, "proposal");
    if (!set) return fail(set.error().front());
    p.set = std::move(*set);
    for (const Finding& finding : validate(p.set))
        if (finding.severity == Severity::error) return fail(Error{finding.where, finding.message, finding.cure});
    const auto schedule = AskedSchedule::make(p.set, MarketId{0}, {});
    if (!schedule) return fail(schedule.error());
    look_at_points(p, paced, *schedule);
    look_at_pace(p, paced);
    return p;
}

}  // namespace plimsoll::calibrate
