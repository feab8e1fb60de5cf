// Parameter sets as TOML text, in one fixed order, so that two writings of one set are the same bytes.
#include "plimsoll/formats/params_toml.hpp"

#include "plimsoll/params/figures.hpp"
#include "plimsoll/params/words.hpp"

namespace plimsoll::formats {

namespace {

constexpr char hex[] = "0123456789abcdef";

/// A basic TOML string.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (out += '\\') += c;
        else if (byte < 0x20 || byte == 0x7F) ((out += "\\u00") += hex[byte >> 4U]) += hex[byte & 0xFU];
        else out += c;
    }
    return out + '"';
}

std::string rate_entry(Fraction rate) {
    if (const auto leverage = leverage_of(rate)) return "leverage = " + quoted(*leverage);
    return "rate = " + quoted(to_text(rate));
}

class Writer {
public:
    std::string write(const ParameterSet& set) {
        set_ = &set;
        table("[set]");
        entry("name", set.name);
        number("version", set.version);
        entry("numeraire", set.assets.empty() ? "" : set.asset(set.numeraire).name);
        if (!set.source.empty()) entry("source", set.source);
        profit(set.profit);
        liquidation(set.liquidation);
        for (const Asset& asset : set.assets) write_asset(asset);
        for (const Schedule& schedule : set.schedules) write_schedule(schedule);
        for (const MarketParams& market : set.markets) write_market(market);
        for (const Override& exception : set.overrides) write_override(exception);
        return std::move(out_);
    }

    std::string write(const std::vector<Schedule>& schedules) {
        for (const Schedule& schedule : schedules) write_schedule(schedule);
        return std::move(out_);
    }

private:
    void table(std::string_view header) {
        if (!out_.empty()) out_ += '\n';
        (out_ += header) += '\n';
    }
    void line(std::string_view key, std::string_view value) { ((out_ += key) += " = ").append(value) += '\n'; }
    void entry(std::string_view key, std::string_view text) { line(key, quoted(text)); }
    void entry(std::string_view key, const Decimal& decimal) { entry(key, to_text(decimal)); }
    void entry(std::string_view key, Rate rate) { entry(key, to_text(rate)); }
    void entry(std::string_view key, std::uint32_t value) { number(key, value); }
    void entry(std::string_view key, std::uint64_t value) { line(key, std::to_string(value)); }
    void entry(std::string_view key, Fraction fraction) { entry(key, to_text(fraction)); }
    void number(std::string_view key, std::int64_t value) { line(key, std::to_string(value)); }
    void flag(std::string_view key, bool value) { line(key, value ? "true" : "false"); }
    template <class T>
    void given(std::string_view key, const std::optional<T>& value) {
        if (value) entry(key, *value);
    }
    template <class T>
    void unless(std::string_view key, const T& value, const T& usual) {
        if (!(value == usual)) entry(key, value);
    }

    void profit(const ProfitWeights& profit) {
        table("[profit]");
        entry("initial", profit.initial);
        entry("withdrawal", profit.withdrawal);
        entry("maintenance", profit.maintenance);
        given("initial_cap", profit.initial_cap);
    }

    void liquidation(const LiquidationRules& rules) {
        const LiquidationRules usual;
        if (rules == usual) return;
        table("[liquidation]");
        unless("threshold_marks", rules.threshold_marks, usual.threshold_marks);
        unless("threshold_ms", rules.threshold_ms, usual.threshold_ms);
        given("critical_share", rules.critical_share);
        unless("interval_ms", rules.interval_ms, usual.interval_ms);
        unless("intervals_max", rules.intervals_max, usual.intervals_max);
        given("per_interval_max", rules.per_interval_max);
        unless("fund_share", rules.fund_share, usual.fund_share);
        unless("liquidator_share", rules.liquidator_share, usual.liquidator_share);
        unless("stress", rules.stress, usual.stress);
        unless("reserve_accounts", rules.reserve_accounts, usual.reserve_accounts);
        given("reserve_interval_ms", rules.reserve_interval_ms);
        if (!rules.withdrawals_wait) flag("withdrawals_wait", false);
    }

    void write_asset(const Asset& asset) {
        table("[[asset]]");
        entry("name", asset.name);
        number("digits", asset.digits);
        number("price_digits", asset.price_digits);
        entry("price_max", format_decimal_short(asset.price_max.raw(), asset.price_digits));
        entry("amount_max", format_decimal_short(asset.amount_max.raw(), asset.digits));
        if (!asset.collateral) flag("collateral", false);
        if (asset.liability_weight_initial == asset.liability_weight_maintenance) {
            unless("liability_weight", asset.liability_weight_initial, hundred_percent);
        } else {
            entry("liability_weight_initial", asset.liability_weight_initial);
            entry("liability_weight_maintenance", asset.liability_weight_maintenance);
        }
        if (asset.weight_initial == asset.weight_maintenance) {
            if (asset.collateral || !(asset.weight_initial == WeightCurve{})) weight("weight", asset.weight_initial);
        } else {
            weight("weight_initial", asset.weight_initial);
            weight("weight_maintenance", asset.weight_maintenance);
        }
        const Asset usual;
        unless("confirmations", asset.confirmations, usual.confirmations);
        unless("pending_weight", asset.pending_weight, usual.pending_weight);
        given("smoothing_ms", asset.smoothing_ms);
    }

    /// An inline table, so that the keys of the asset may come in any order around it.
    void weight(std::string_view key, const WeightCurve& curve) {
        const WeightCurve plain{curve.weight, {}, {}, {}, {}};
        if (curve == plain) return entry(key, curve.weight);
        std::string text = "{ base = " + quoted(to_text(curve.weight));
        if (!curve.tiers.empty()) {
            text += ", tiers = [";
            for (std::size_t i = 0; i < curve.tiers.size(); ++i)
                text += (i == 0 ? " { from = " : ", { from = ") + quoted(to_text(curve.tiers[i].from)) +
                        ", weight = " + quoted(to_text(curve.tiers[i].weight)) + " }";
            text += " ]";
        }
        if (curve.root)
            text += ", root = { top = " + quoted(to_text(curve.root->top)) + ", factor = " + quoted(to_text(curve.root->factor)) + " }";
        if (curve.linear)
            text += ", linear = { slope = " + quoted(to_text(curve.linear->slope)) + ", least = " + quoted(to_text(curve.linear->least)) +
                    ", most = " + quoted(to_text(curve.linear->most)) + " }";
        if (curve.venue_scale_start) text += ", venue_scale_start = " + quoted(to_text(*curve.venue_scale_start));
        line(key, text + " }");
    }

    void write_schedule(const Schedule& schedule) {
        table("[[schedule]]");
        entry("id", schedule.id);
        number("version", schedule.version);
        level("initial", schedule.initial);
        level("maintenance", schedule.maintenance);
        if (!(schedule.closeout == LevelRule{})) level("closeout", schedule.closeout);
        clamp(schedule.clamp);
        caps(schedule.caps);
    }

    void level(std::string_view name, const LevelRule& rule) {
        const std::string path = "schedule." + std::string(name);
        table("[" + path + "]");
        if (rule.of_initial) {
            entry("of_initial", *rule.of_initial);
            if (!rule.modulated) flag("modulated", false);
        } else {
            entry("combine", words::of(rule.combine));
        }
        for (const Term& each : rule.terms) term(path, each);
    }

    void term(const std::string& path, const Term& term) {
        table("[[" + path + ".term]]");
        entry("axis", words::of(term.axis));
        entry("curve", words::of(term.curve.kind));
        entry("apply", words::of(term.application));
        curve(term.curve);
        for (const Modulator& modulator : term.modulators) {
            table("[[" + path + ".term.modulator]]");
            entry("input", words::of(modulator.input));
            entry("effect", words::of(modulator.effect));
            entry("from", modulator.from);
            entry("to", modulator.to);
            if (modulator.effect == ModulatorEffect::multiply) entry("multiplier", modulator.multiplier);
        }
    }

    void curve(const Curve& curve) {
        switch (curve.kind) {
            case CurveKind::flat: ((out_ += rate_entry(curve.base)) += '\n'); break;
            case CurveKind::linear:
                entry("base", curve.base);
                entry("slope", curve.slope);
                unless("origin", curve.origin, Decimal{});
                break;
            case CurveKind::steps:
                entry("base", curve.base);
                entry("step", curve.step);
                entry("width", curve.width);
                unless("origin", curve.origin, Decimal{});
                break;
            case CurveKind::root:
            case CurveKind::power_four_fifths: entry("factor", curve.factor); break;
            case CurveKind::brackets:
                entry("edge", words::of(curve.edge));
                rows(curve.rows);
                break;
            case CurveKind::knots: rows(curve.rows); break;
        }
    }

    void rows(const std::vector<Row>& rows) {
        out_ += "rows = [\n";
        for (const Row& row : rows) (((out_ += "  { from = ") += quoted(to_text(row.from)) + ", ") += rate_entry(row.rate)) += " },\n";
        out_ += "]\n";
    }

    void clamp(const Clamp& clamp) {
        if (clamp == Clamp{}) return;
        const Clamp usual;
        table("[schedule.clamp]");
        unless("floor", clamp.floor, usual.floor);
        unless("cap", clamp.cap, usual.cap);
        given("cap_short", clamp.cap_short);
        unless("minimum", clamp.minimum, usual.minimum);
    }

    void caps(const Caps& caps) {
        if (caps == Caps{}) return;
        table("[schedule.caps]");
        given("position", caps.position);
        given("group", caps.group);
        given("open_interest", caps.open_interest);
        given("open_interest_market_cap", caps.open_interest_market_cap);
        if (caps.leverage_caps_size) flag("leverage_caps_size", true);
    }

    void write_market(const MarketParams& market) {
        const Instrument& instrument = market.instrument;
        const MarketParams usual;
        table("[[market]]");
        entry("name", market.name);
        entry("kind", words::of(instrument.kind));
        entry("settle", set_->asset(market.settle).name);
        entry("schedule", set_->schedules[market.schedule.index].id);
        number("price_digits", instrument.price_digits);
        number("size_digits", instrument.size_digits);
        unless("contract_multiplier", instrument.multiplier, usual.instrument.multiplier);
        entry("price_max", format_decimal_short(instrument.price_max.raw(), instrument.price_digits));
        entry("size_max", format_decimal_short(instrument.size_max.raw(), instrument.size_digits));
        if (instrument.tick != usual.instrument.tick) entry("tick", format_decimal_short(instrument.tick.raw(), instrument.price_digits));
        if (instrument.lot != usual.instrument.lot) entry("lot", format_decimal_short(instrument.lot.raw(), instrument.size_digits));
        unless("margin_multiplier", market.multiplier, usual.multiplier);
        entry("open_orders", words::of(market.open_orders));
        entry("hedge", words::of(market.hedge));
        if (market.leverage_max_hundredths != 0) entry("leverage_max", format_decimal_short(market.leverage_max_hundredths, 2));
        unless("fee_max", market.fee_max, usual.fee_max);
        unless("liquidation_fee", market.liquidation_fee, usual.liquidation_fee);
        given("depth_share", market.depth_share);
        guard(market.guard, instrument.settle_digits);
    }

    void guard(const GuardParams& guard, int settle_digits) {
        const GuardParams usual;
        if (guard == usual) return;
        table("[market.guard]");
        unless("sources_min", guard.sources_min, usual.sources_min);
        given("outlier_max", guard.outlier_max);
        given("source_stale_ms", guard.source_stale_ms);
        given("mark_band", guard.mark_band);
        if (guard.index_required) flag("index_required", true);
        given("mark_stale_ms", guard.mark_stale_ms);
        if (guard.credit) line("credit", "{ " + velocity(*guard.credit) + " }");
        if (guard.liquidation) line("liquidation", "{ " + velocity(*guard.liquidation) + " }");
        slew("depth", guard.depth, settle_digits);
        slew("daily_volume", guard.daily_volume, settle_digits);
        slew("volatility", guard.volatility, rate_digits);
        actions(guard.actions);
    }

    static std::string velocity(const Velocity& velocity) {
        return "rate = " + quoted(to_text(velocity.rate)) + ", interval_ms = " + std::to_string(velocity.interval_ms);
    }

    void slew(std::string_view key, const Slew& slew, int digits) {
        if (slew == Slew{}) return;
        std::string text;
        if (slew.floor != 0) text += "floor = " + quoted(format_decimal_short(slew.floor, digits));
        if (slew.cap) text += (text.empty() ? "cap = " : ", cap = ") + quoted(format_decimal_short(*slew.cap, digits));
        if (slew.velocity) text += (text.empty() ? "" : ", ") + velocity(*slew.velocity);
        line(key, "{ " + text + " }");
    }

    /// The states whose list is not the usual one.
    void actions(const GuardActions& actions) {
        const GuardActions usual;
        std::string text;
        for (std::size_t state = 0; state < words::guard_states.size(); ++state) {
            if (actions.allowed[state] == usual.allowed[state]) continue;
            std::string list;
            for (std::size_t action = 0; action < words::guarded_actions.size(); ++action)
                if (actions.allowed[state][action]) list += (list.empty() ? "" : ", ") + quoted(words::guarded_actions[action]);
            text += (text.empty() ? "" : ", ") + std::string(words::guard_states[state]) + " = [" + list + "]";
        }
        if (!text.empty()) line("actions", "{ " + text + " }");
    }

    void write_override(const Override& exception) {
        table("[[override]]");
        entry("account", exception.account);
        if (exception.market) entry("market", set_->market(*exception.market).name);
        given("margin_multiplier", exception.multiplier);
        given("initial_floor", exception.initial_floor);
    }

    const ParameterSet* set_ = nullptr;
    std::string out_;
};

}  // namespace

std::string write_parameter_set(const ParameterSet& set) { return Writer().write(set); }
std::string write_schedules(const std::vector<Schedule>& schedules) { return Writer().write(schedules); }

}  // namespace plimsoll::formats
