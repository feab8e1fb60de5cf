#include "scenario/setup.hpp"

#include "plimsoll/params/words.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace plimsoll::scenario {

namespace {

template <class Subject>
using Keys = std::map<std::string_view, std::function<void(Subject&, const std::string&)>>;

/// Hands every "key=value" of the line to its setter.
template <class Subject>
void set_keys(Subject& subject, const Keys<Subject>& keys, Line& line, std::string_view kind) {
    for (const auto& [key, value] : line.take_keys()) {
        const auto found = keys.find(key);
        if (found == keys.end()) {
            std::vector<std::string_view> known;
            for (const auto& [name, set] : keys) known.push_back(name);
            unknown(key, std::string(kind) + " setting", known);
        }
        found->second(subject, value);
    }
    line.end();
}

template <class Enum>
Enum word(const std::string& text, words::Table table, std::string_view kind) {
    const auto found = std::find(table.begin(), table.end(), text);
    if (found == table.end()) unknown(text, kind, {table.begin(), table.end()});
    return static_cast<Enum>(found - table.begin());
}

// ---- schedules -----------------------------------------------------------------------------------------------------

Term flat_term(Fraction rate) {
    Term term;
    term.curve.base = rate;
    return term;
}
Term table_term(std::vector<Row> rows, Application application) {
    Term term;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = std::move(rows);
    term.application = application;
    return term;
}

/// A market while its line is read: its schedule is its own.
struct Draft {
    ParameterSet& set;
    MarketParams& market;
    Schedule& schedule;

    int settle_digits() const { return set.asset(market.settle).digits; }
};

void set_terms(LevelRule& rule, Term term) {
    const std::vector<Modulator> modulators = rule.terms.empty() ? std::vector<Modulator>{} : rule.terms.front().modulators;
    const Axis axis = rule.terms.empty() ? Axis{} : rule.terms.front().axis;
    rule = {};
    rule.terms.push_back(std::move(term));
    rule.terms.front().modulators = modulators;
    rule.terms.front().axis = axis;
}
void set_share(LevelRule& rule, const std::string& value) {
    rule = {};
    rule.of_initial = Fraction::from_rate(rate(value, "a share of the initial margin"));
}

Fraction of_leverage(const std::string& value) {
    const std::int64_t hundredths = decimal(value, 2, "leverage");
    if (hundredths <= 0) throw Mistake{"a leverage is above 0"};
    return {100 * rate_one, hundredths};
}

/// "open-interest:500000:1000000" lifts toward 100 %; a fourth part multiplies by as much instead.
void add_modulator(Draft& d, const std::string& value) {
    const auto parts = split(value, ':');
    if (parts.size() != 3 && parts.size() != 4) throw Mistake{"a modulator is INPUT:FROM:TO or INPUT:FROM:TO:MULTIPLIER"};
    Modulator m;
    m.input = word<ModulatorInput>(parts[0], words::inputs, "input of a modulator");
    m.from = free_decimal(parts[1], "modulator");
    m.to = free_decimal(parts[2], "modulator");
    if (parts.size() == 4) {
        m.effect = ModulatorEffect::multiply;
        m.multiplier = rate(parts[3], "modulator");
    }
    d.schedule.initial.terms.front().modulators.push_back(m);
}

Keys<Draft> schedule_keys() {
    return {
        {"flat", [](Draft& d, const std::string& v) { set_terms(d.schedule.initial, flat_term(Fraction::from_rate(rate(v, "flat")))); }},
        {"initial_leverage", [](Draft& d, const std::string& v) { set_terms(d.schedule.initial, flat_term(of_leverage(v))); }},
        {"brackets",
         [](Draft& d, const std::string& v) { set_terms(d.schedule.initial, table_term(rows(v, "brackets"), Application::marginal)); }},
        {"tiers", [](Draft& d, const std::string& v) { set_terms(d.schedule.initial, table_term(rows(v, "tiers"), Application::whole)); }},
        {"axis",
         [](Draft& d, const std::string& v) {
             const auto axis = words::axis_from(v);
             if (!axis) throw Mistake{"axis: " + words::axis_list()};
             d.schedule.initial.terms.front().axis = *axis;
         }},
        {"lift", add_modulator},
        {"maintenance", [](Draft& d, const std::string& v) { set_share(d.schedule.maintenance, v); }},
        {"maintenance_modulated",
         [](Draft& d, const std::string& v) { d.schedule.maintenance.modulated = yes_or_no(v, "maintenance_modulated"); }},
        {"maintenance_flat",
         [](Draft& d, const std::string& v) {
             set_terms(d.schedule.maintenance, flat_term(Fraction::from_rate(rate(v, "maintenance_flat"))));
         }},
        {"maintenance_brackets",
         [](Draft& d, const std::string& v) {
             set_terms(d.schedule.maintenance, table_term(rows(v, "maintenance_brackets"), Application::marginal));
         }},
        {"maintenance_tiers",
         [](Draft& d, const std::string& v) {
             set_terms(d.schedule.maintenance, table_term(rows(v, "maintenance_tiers"), Application::whole));
         }},
        {"closeout", [](Draft& d, const std::string& v) { set_share(d.schedule.closeout, v); }},
        {"closeout_flat",
         [](Draft& d, const std::string& v) { set_terms(d.schedule.closeout, flat_term(Fraction::from_rate(rate(v, "closeout_flat")))); }},
        {"closeout_tiers",
         [](Draft& d, const std::string& v) { set_terms(d.schedule.closeout, table_term(rows(v, "closeout_tiers"), Application::whole)); }},
        {"minimum", [](Draft& d, const std::string& v) { d.schedule.clamp.minimum = free_decimal(v, "minimum"); }},
        {"position_cap", [](Draft& d, const std::string& v) { d.schedule.caps.position = free_decimal(v, "position_cap"); }},
        {"group_cap", [](Draft& d, const std::string& v) { d.schedule.caps.group = free_decimal(v, "group_cap"); }},
        {"oi_cap", [](Draft& d, const std::string& v) { d.schedule.caps.open_interest = free_decimal(v, "oi_cap"); }},
        {"cap_share",
         [](Draft& d, const std::string& v) { d.schedule.caps.open_interest_market_cap = Fraction::from_rate(rate(v, "cap_share")); }},
        {"leverage_caps_size",
         [](Draft& d, const std::string& v) { d.schedule.caps.leverage_caps_size = yes_or_no(v, "leverage_caps_size"); }},
    };
}

// ---- markets -------------------------------------------------------------------------------------------------------

/// "0.01/1s"
Velocity velocity(const std::string& value, std::string_view what) {
    const auto parts = split(value, '/');
    if (parts.size() != 2) throw Mistake{std::string(what) + ": write RATE/TIME, such as 0.01/1s"};
    return {rate(parts[0], what), duration(parts[1], what)};
}

/// "stale:reduce,liquidate"
void set_allowed(Draft& d, const std::string& value) {
    const auto parts = split(value, ':');
    if (parts.size() != 2) throw Mistake{"allow: write STATE:ACTION,ACTION"};
    auto& allowed =
        d.market.guard.actions.allowed[static_cast<std::size_t>(word<GuardState>(parts[0], words::guard_states, "guard state"))];
    allowed.fill(false);
    for (const std::string& action : split(parts[1], ','))
        allowed[static_cast<std::size_t>(word<GuardedAction>(action, words::guarded_actions, "guarded action"))] = true;
}

Keys<Draft> guard_keys() {
    return {
        {"band", [](Draft& d, const std::string& v) { d.market.guard.mark_band = rate(v, "band"); }},
        {"index_required", [](Draft& d, const std::string& v) { d.market.guard.index_required = yes_or_no(v, "index_required"); }},
        {"stale", [](Draft& d, const std::string& v) { d.market.guard.mark_stale_ms = duration(v, "stale"); }},
        {"source_stale", [](Draft& d, const std::string& v) { d.market.guard.source_stale_ms = duration(v, "source_stale"); }},
        {"sources_min", [](Draft& d, const std::string& v) { d.market.guard.sources_min = whole(v, "sources_min"); }},
        {"outlier_max", [](Draft& d, const std::string& v) { d.market.guard.outlier_max = rate(v, "outlier_max"); }},
        {"credit_velocity", [](Draft& d, const std::string& v) { d.market.guard.credit = velocity(v, "credit_velocity"); }},
        {"liquidation_velocity", [](Draft& d, const std::string& v) { d.market.guard.liquidation = velocity(v, "liquidation_velocity"); }},
        {"depth_velocity", [](Draft& d, const std::string& v) { d.market.guard.depth.velocity = velocity(v, "depth_velocity"); }},
        {"depth_floor", [](Draft& d, const std::string& v) { d.market.guard.depth.floor = decimal(v, d.settle_digits(), "depth_floor"); }},
        {"depth_cap", [](Draft& d, const std::string& v) { d.market.guard.depth.cap = decimal(v, d.settle_digits(), "depth_cap"); }},
        {"allow", set_allowed},
    };
}

Keys<Draft> market_keys() {
    Keys<Draft> keys{
        {"settle",
         [](Draft& d, const std::string& v) {
             const auto asset = d.set.asset_id(v);
             if (!asset) throw Mistake{"settle: there is no asset '" + v + "'; its line comes first"};
             d.market.settle = *asset;
             d.market.instrument.settle_digits = d.set.asset(*asset).digits;
         }},
        {"kind",
         [](Draft& d, const std::string& v) { d.market.instrument.kind = word<ContractKind>(v, words::contracts, "kind of contract"); }},
        {"contract", [](Draft& d, const std::string& v) { d.market.instrument.multiplier = free_decimal(v, "contract"); }},
        {"price_digits",
         [](Draft& d, const std::string& v) { d.market.instrument.price_digits = static_cast<int>(whole(v, "price_digits")); }},
        {"size_digits",
         [](Draft& d, const std::string& v) { d.market.instrument.size_digits = static_cast<int>(whole(v, "size_digits")); }},
        {"price_max",
         [](Draft& d, const std::string& v) {
             d.market.instrument.price_max = Price::from_raw(decimal(v, d.market.instrument.price_digits, "price_max"));
         }},
        {"size_max",
         [](Draft& d, const std::string& v) {
             d.market.instrument.size_max = Size::from_raw(decimal(v, d.market.instrument.size_digits, "size_max"));
         }},
        {"tick",
         [](Draft& d, const std::string& v) {
             d.market.instrument.tick = Price::from_raw(decimal(v, d.market.instrument.price_digits, "tick"));
         }},
        {"lot", [](Draft& d,
                   const std::string& v) { d.market.instrument.lot = Size::from_raw(decimal(v, d.market.instrument.size_digits, "lot")); }},
        {"multiplier", [](Draft& d, const std::string& v) { d.market.multiplier = rate(v, "multiplier"); }},
        {"open_orders",
         [](Draft& d, const std::string& v) { d.market.open_orders = word<OpenOrderPolicy>(v, words::open_orders, "open-order policy"); }},
        {"hedge", [](Draft& d, const std::string& v) { d.market.hedge = word<HedgeRule>(v, words::hedges, "hedge rule"); }},
        {"leverage_max",
         [](Draft& d, const std::string& v) {
             d.market.leverage_max_hundredths = static_cast<std::uint32_t>(decimal(v, 2, "leverage_max"));
         }},
        {"fee_max", [](Draft& d, const std::string& v) { d.market.fee_max = rate(v, "fee_max"); }},
        {"liquidation_fee", [](Draft& d, const std::string& v) { d.market.liquidation_fee = rate(v, "liquidation_fee"); }},
        {"depth_share", [](Draft& d, const std::string& v) { d.market.depth_share = rate(v, "depth_share"); }},
    };
    keys.merge(schedule_keys());
    keys.merge(guard_keys());
    return keys;
}

MarketParams& market_of(ParameterSet& set, const std::string& name) {
    if (const auto found = set.market_id(name)) return set.markets[found->index];
    MarketParams market;
    market.name = name;
    market.settle = set.numeraire;
    market.schedule = ScheduleId{static_cast<std::uint32_t>(set.schedules.size())};
    Instrument& instrument = market.instrument;
    instrument.price_digits = 2;
    instrument.size_digits = 3;
    instrument.settle_digits = set.asset(set.numeraire).digits;
    instrument.price_max = Price::from_raw(100'000'000);  // 1,000,000
    instrument.size_max = Size::from_raw(10'000'000);     // 10,000
    Schedule schedule;
    schedule.id = name;
    schedule.initial.terms.push_back(flat_term(Fraction::from_rate(Rate::from_raw(rate_one / 10))));
    schedule.maintenance.of_initial = Fraction::from_rate(Rate::from_raw(rate_one / 2));
    set.schedules.push_back(std::move(schedule));
    set.markets.push_back(std::move(market));
    return set.markets.back();
}

Keys<Asset> asset_keys() {
    return {
        {"digits", [](Asset& a, const std::string& v) { a.digits = static_cast<int>(whole(v, "digits")); }},
        {"price_digits", [](Asset& a, const std::string& v) { a.price_digits = static_cast<int>(whole(v, "price_digits")); }},
        {"price_max", [](Asset& a, const std::string& v) { a.price_max = Price::from_raw(decimal(v, a.price_digits, "price_max")); }},
        {"amount_max", [](Asset& a, const std::string& v) { a.amount_max = Amount::from_raw(decimal(v, a.digits, "amount_max")); }},
        {"collateral", [](Asset& a, const std::string& v) { a.collateral = yes_or_no(v, "collateral"); }},
        {"weight", [](Asset& a, const std::string& v) { a.weight_initial.weight = a.weight_maintenance.weight = rate(v, "weight"); }},
        {"weight_initial", [](Asset& a, const std::string& v) { a.weight_initial.weight = rate(v, "weight_initial"); }},
        {"weight_maintenance", [](Asset& a, const std::string& v) { a.weight_maintenance.weight = rate(v, "weight_maintenance"); }},
        {"liability_weight",
         [](Asset& a, const std::string& v) { a.liability_weight_initial = a.liability_weight_maintenance = rate(v, "liability_weight"); }},
        {"confirmations", [](Asset& a, const std::string& v) { a.confirmations = whole(v, "confirmations"); }},
        {"pending_weight", [](Asset& a, const std::string& v) { a.pending_weight = rate(v, "pending_weight"); }},
        {"smoothing", [](Asset& a, const std::string& v) { a.smoothing_ms = duration(v, "smoothing"); }},
    };
}

Asset plain_asset(const std::string& name) {
    Asset asset;
    asset.name = name;
    asset.digits = 6;
    asset.price_digits = 2;
    asset.price_max = Price::from_raw(100'000'000);             // 1,000,000
    asset.amount_max = Amount::from_raw(1'000'000'000'000'000);  // 1,000,000,000
    asset.weight_initial.weight = asset.weight_maintenance.weight = hundred_percent;
    return asset;
}

Keys<ParameterSet> venue_keys() {
    using P = ParameterSet;
    return {
        {"withdrawals_wait", [](P& p, const std::string& v) { p.liquidation.withdrawals_wait = yes_or_no(v, "withdrawals_wait"); }},
        {"threshold_marks", [](P& p, const std::string& v) { p.liquidation.threshold_marks = whole(v, "threshold_marks"); }},
        {"threshold", [](P& p, const std::string& v) { p.liquidation.threshold_ms = duration(v, "threshold"); }},
        {"critical", [](P& p, const std::string& v) { p.liquidation.critical_share = rate(v, "critical"); }},
        {"interval", [](P& p, const std::string& v) { p.liquidation.interval_ms = duration(v, "interval"); }},
        {"intervals_max", [](P& p, const std::string& v) { p.liquidation.intervals_max = whole(v, "intervals_max"); }},
        {"per_interval", [](P& p, const std::string& v) { p.liquidation.per_interval_max = whole(v, "per_interval"); }},
        {"fund_share", [](P& p, const std::string& v) { p.liquidation.fund_share = rate(v, "fund_share"); }},
        {"liquidator_share", [](P& p, const std::string& v) { p.liquidation.liquidator_share = rate(v, "liquidator_share"); }},
        {"stress", [](P& p, const std::string& v) { p.liquidation.stress = rate(v, "stress"); }},
        {"reserve_accounts", [](P& p, const std::string& v) { p.liquidation.reserve_accounts = whole(v, "reserve_accounts"); }},
        {"reserve_interval", [](P& p, const std::string& v) { p.liquidation.reserve_interval_ms = duration(v, "reserve_interval"); }},
        {"profit_initial", [](P& p, const std::string& v) { p.profit.initial = rate(v, "profit_initial"); }},
        {"profit_withdrawal", [](P& p, const std::string& v) { p.profit.withdrawal = rate(v, "profit_withdrawal"); }},
        {"profit_maintenance", [](P& p, const std::string& v) { p.profit.maintenance = rate(v, "profit_maintenance"); }},
        {"profit_cap", [](P& p, const std::string& v) { p.profit.initial_cap = free_decimal(v, "profit_cap"); }},
    };
}

Keys<Limits> limit_keys() {
    return {
        {"accounts", [](Limits& l, const std::string& v) { l.accounts = whole(v, "accounts"); }},
        {"groups", [](Limits& l, const std::string& v) { l.groups = whole(v, "groups"); }},
        {"positions_per_account", [](Limits& l, const std::string& v) { l.positions_per_account = whole(v, "positions_per_account"); }},
        {"orders", [](Limits& l, const std::string& v) { l.orders = whole(v, "orders"); }},
        {"orders_per_account", [](Limits& l, const std::string& v) { l.orders_per_account = whole(v, "orders_per_account"); }},
        {"isolated", [](Limits& l, const std::string& v) { l.isolated = whole(v, "isolated"); }},
        {"deposits", [](Limits& l, const std::string& v) { l.deposits = whole(v, "deposits"); }},
        {"breaches", [](Limits& l, const std::string& v) { l.breaches = whole(v, "breaches"); }},
        {"sets", [](Limits& l, const std::string& v) { l.sets = whole(v, "sets"); }},
    };
}

}  // namespace

std::vector<std::string_view> setup_keys() {
    std::vector<std::string_view> names;
    const auto add = [&](const auto& keys) {
        for (const auto& [name, set] : keys) names.push_back(name);
    };
    add(asset_keys());
    add(market_keys());
    add(venue_keys());
    add(limit_keys());
    return names;
}

ParameterSet plain_set() {
    ParameterSet set;
    set.name = "scenario";
    Asset usd = plain_asset("USD");
    usd.price_digits = 6;
    usd.price_max = Price::from_raw(10'000'000);
    set.assets.push_back(std::move(usd));
    return set;
}

void setup_asset(ParameterSet& set, Line& line) {
    const std::string name = line.take("the name of an asset");
    const auto found = set.asset_id(name);
    if (!found) set.assets.push_back(plain_asset(name));
    static const Keys<Asset> keys = asset_keys();
    set_keys(found ? set.assets[found->index] : set.assets.back(), keys, line, "asset");
}

void setup_market(ParameterSet& set, Line& line) {
    MarketParams& market = market_of(set, line.take("the name of a market"));
    Draft draft{set, market, set.schedules[market.schedule.index]};
    static const Keys<Draft> keys = market_keys();
    set_keys(draft, keys, line, "market");
}

void setup_venue(ParameterSet& set, Line& line) {
    static const Keys<ParameterSet> keys = venue_keys();
    set_keys(set, keys, line, "venue");
}

void setup_limits(Limits& limits, Line& line) {
    static const Keys<Limits> keys = limit_keys();
    set_keys(limits, keys, line, "limits");
}

}  // namespace plimsoll::scenario
