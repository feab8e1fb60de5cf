// A parameter set from TOML: the tables around the schedules, and the references between them.
#include "plimsoll/formats/params_parts.hpp"
#include "plimsoll/formats/params_toml.hpp"

#include "plimsoll/text/reader.hpp"
#include "plimsoll/text/toml.hpp"

#include <algorithm>

namespace plimsoll::formats {

using text::Issues;
using text::Kind;
using text::Need;
using text::ObjectReader;
using text::Value;

namespace {

/// The names that one kind of table defines, in order, so that the others can refer to them.
class Names {
public:
    Names(std::string kind, std::string_view key, std::span<const Value> tables, Issues& issues) : kind_(std::move(kind)) {
        for (const Value& table : tables) {
            const Value* name = table.find(key);
            const std::string_view text = name != nullptr && name->is(Kind::string) ? std::string_view(name->text) : std::string_view();
            if (!text.empty() && find(text))
                issues.add(name->place, "the " + kind_ + " '" + text::shown(text) + "' is given twice", "rename or remove one of them");
            names_.push_back(text);
        }
    }

    std::optional<std::uint32_t> find(std::string_view name) const {
        const auto found = std::find(names_.begin(), names_.end(), name);
        if (found == names_.end() || name.empty()) return std::nullopt;
        return static_cast<std::uint32_t>(found - names_.begin());
    }

    /// The index that a key refers to; a finding and 0 when there is none.
    std::uint32_t refer(ObjectReader& table, std::string_view key) const {
        const auto name = table.string(key);
        if (!name) return 0;
        if (const auto index = find(*name)) return *index;
        const std::string_view near = text::nearest(*name, names_);
        table.issue(key, "there is no " + kind_ + " '" + text::shown(*name) + "' in this file",
                    near.empty() ? "add a [[" + kind_ + "]] of that name" : "did you mean '" + std::string(near) + "'?");
        return 0;
    }

private:
    std::string kind_;
    std::vector<std::string_view> names_;
};

class SetReader {
public:
    explicit SetReader(Issues& issues) : issues_(issues) {}

    ParameterSet read(const Value& document) {
        ObjectReader root(document, "", issues_);
        const auto asset_tables = read_tables(root, "asset", issues_);
        const auto schedule_tables = read_tables(root, "schedule", issues_);
        const auto market_tables = read_tables(root, "market", issues_);
        const Names assets("asset", "name", asset_tables, issues_);
        const Names schedules("schedule", "id", schedule_tables, issues_);
        const Names markets("market", "name", market_tables, issues_);

        head(root, assets);
        profit(root);
        set_.liquidation = read_liquidation(root);
        for (std::size_t i = 0; i < asset_tables.size(); ++i) asset(asset_tables[i], i + 1);
        for (std::size_t i = 0; i < schedule_tables.size(); ++i)
            set_.schedules.push_back(read_schedule(schedule_tables[i], i + 1, issues_));
        for (std::size_t i = 0; i < market_tables.size(); ++i) market(market_tables[i], i + 1, assets, schedules);
        const auto override_tables = read_tables(root, "override", issues_);
        for (std::size_t i = 0; i < override_tables.size(); ++i) exception(override_tables[i], i + 1, markets);
        root.finish();
        return std::move(set_);
    }

private:
    void head(ObjectReader& root, const Names& assets) {
        auto table = root.object("set");
        if (!table) return;
        set_.name = table->string("name").value_or("");
        set_.version = static_cast<std::uint32_t>(table->integer("version", 1, 4'294'967'295, Need::optional).value_or(1));
        set_.source = table->string("source", Need::optional).value_or("");
        set_.numeraire = {assets.refer(*table, "numeraire")};
        table->finish();
    }

    void profit(ObjectReader& root) {
        auto table = root.object("profit", Need::optional);
        if (!table) return;
        ProfitWeights& profit = set_.profit;
        profit.initial = read_plain_rate(*table, "initial", Need::optional).value_or(profit.initial);
        profit.withdrawal = read_plain_rate(*table, "withdrawal", Need::optional).value_or(profit.withdrawal);
        profit.maintenance = read_plain_rate(*table, "maintenance", Need::optional).value_or(profit.maintenance);
        profit.initial_cap = table->decimal("initial_cap", Need::optional);
        table->finish();
    }

    static std::uint32_t count(ObjectReader& table, std::string_view key) {
        return static_cast<std::uint32_t>(read_natural(table, key, 4'294'967'295, Need::optional).value_or(0));
    }

    int digits(ObjectReader& table, std::string_view key) { return static_cast<int>(table.integer(key, 0, digits_max).value_or(0)); }

    void asset(const Value& value, std::size_t number) {
        Asset asset;
        ObjectReader table(value, table_path("asset", value, "name", number), issues_);
        asset.name = name(table, "name");
        asset.digits = digits(table, "digits");
        asset.price_digits = digits(table, "price_digits");
        asset.price_max = table.count<Price>("price_max", asset.price_digits).value_or(Price{});
        asset.amount_max = table.count<Amount>("amount_max", asset.digits).value_or(Amount{});
        asset.collateral = table.boolean("collateral", Need::optional).value_or(true);
        weights(table, asset);
        liability(table, asset);
        asset.confirmations = count(table, "confirmations");
        asset.pending_weight = read_plain_rate(table, "pending_weight", Need::optional).value_or(Rate{});
        asset.smoothing_ms = read_natural(table, "smoothing_ms", duration_ms_max, Need::optional);
        table.finish();
        set_.assets.push_back(std::move(asset));
    }

    /// `weight` speaks for both levels, weight_initial and weight_maintenance for one; collateral needs both.
    void weights(ObjectReader& table, Asset& asset) {
        const Value* both = table.get("weight", Need::optional);
        const Value* initial = table.get("weight_initial", Need::optional);
        const Value* maintenance = table.get("weight_maintenance", Need::optional);
        if (both != nullptr && initial != nullptr && maintenance != nullptr)
            table.issue("weight", "both levels have a weight of their own", "remove weight");
        if (both != nullptr) asset.weight_initial = asset.weight_maintenance = weight(*both, table.path_of("weight"));
        if (initial != nullptr) asset.weight_initial = weight(*initial, table.path_of("weight_initial"));
        if (maintenance != nullptr) asset.weight_maintenance = weight(*maintenance, table.path_of("weight_maintenance"));
        if (!asset.collateral || !table.is_object()) return;
        if (both == nullptr && (initial == nullptr || maintenance == nullptr))
            table.issue(initial == nullptr ? "weight" : "weight_maintenance", "collateral needs a weight at both levels",
                        "add weight = \"0.9\", or collateral = false");
    }

    WeightCurve weight(const Value& value, const std::string& path) {
        WeightCurve curve;
        if (!value.is(Kind::object)) {
            if (const auto raw = text::read_count(value, path, rate_digits, issues_)) curve.weight = Rate::from_raw(*raw);
            return curve;
        }
        ObjectReader table(value, path, issues_);
        const auto tiers = table.array("tiers", Need::optional);
        for (std::size_t i = 0; i < tiers.size(); ++i) {
            ObjectReader tier(tiers[i], path + ".tier " + std::to_string(i + 1), issues_);
            const auto from = tier.decimal("from");
            const auto tier_weight = read_plain_rate(tier, "weight", Need::required);
            tier.finish();
            curve.tiers.push_back({from.value_or(Decimal{}), tier_weight.value_or(Rate{})});
        }
        const auto base = read_plain_rate(table, "base", tiers.empty() ? Need::required : Need::optional);
        curve.weight = base ? *base : curve.tiers.empty() ? Rate{} : curve.tiers.front().weight;
        discounts(table, curve);
        curve.venue_scale_start = table.decimal("venue_scale_start", Need::optional);
        table.finish();
        return curve;
    }

    void discounts(ObjectReader& table, WeightCurve& curve) {
        if (auto root = table.object("root", Need::optional)) {
            RootDiscount& discount = curve.root.emplace();
            discount.top = read_plain_rate(*root, "top", Need::optional).value_or(discount.top);
            discount.factor = root->decimal("factor").value_or(Decimal{});
            root->finish();
        }
        if (auto linear = table.object("linear", Need::optional)) {
            LinearDiscount& discount = curve.linear.emplace();
            discount.slope = linear->decimal("slope").value_or(Decimal{});
            discount.least = read_plain_rate(*linear, "least", Need::optional).value_or(Rate{});
            discount.most = read_plain_rate(*linear, "most", Need::optional).value_or(hundred_percent);
            linear->finish();
        }
    }

    void liability(ObjectReader& table, Asset& asset) {
        const Rate both = read_plain_rate(table, "liability_weight", Need::optional).value_or(hundred_percent);
        asset.liability_weight_initial = read_plain_rate(table, "liability_weight_initial", Need::optional).value_or(both);
        asset.liability_weight_maintenance = read_plain_rate(table, "liability_weight_maintenance", Need::optional).value_or(both);
    }

    std::string name(ObjectReader& table, std::string_view key) {
        auto text = table.string(key);
        if (text && text->empty()) table.issue(key, "the name is empty", "give it one");
        return text.value_or("");
    }

    void market(const Value& value, std::size_t number, const Names& assets, const Names& schedules) {
        MarketParams market;
        ObjectReader table(value, table_path("market", value, "name", number), issues_);
        market.name = name(table, "name");
        market.settle = {assets.refer(table, "settle")};
        market.schedule = {schedules.refer(table, "schedule")};
        contract(table, market);
        market.multiplier = read_plain_rate(table, "margin_multiplier", Need::optional).value_or(hundred_percent);
        market.open_orders =
            read_word<OpenOrderPolicy>(table, "open_orders", words::open_orders, Need::optional, issues_).value_or(market.open_orders);
        market.hedge = read_word<HedgeRule>(table, "hedge", words::hedges, Need::optional, issues_).value_or(market.hedge);
        leverage_max(table, market);
        market.fee_max = read_plain_rate(table, "fee_max", Need::optional).value_or(Rate{});
        market.liquidation_fee = read_plain_rate(table, "liquidation_fee", Need::optional).value_or(Rate{});
        market.depth_share = read_plain_rate(table, "depth_share", Need::optional);
        market.guard = read_guard(table, market.instrument.settle_digits, issues_);
        table.finish();
        set_.markets.push_back(std::move(market));
    }

    void contract(ObjectReader& table, MarketParams& market) {
        Instrument& instrument = market.instrument;
        instrument.kind = read_word<ContractKind>(table, "kind", words::contracts, Need::required, issues_).value_or(ContractKind::linear);
        instrument.price_digits = digits(table, "price_digits");
        instrument.size_digits = digits(table, "size_digits");
        if (market.settle.index < set_.assets.size()) instrument.settle_digits = set_.assets[market.settle.index].digits;
        instrument.multiplier = table.decimal("contract_multiplier", Need::optional).value_or(instrument.multiplier);
        instrument.price_max = table.count<Price>("price_max", instrument.price_digits).value_or(Price{});
        instrument.size_max = table.count<Size>("size_max", instrument.size_digits).value_or(Size{});
        instrument.tick = table.count<Price>("tick", instrument.price_digits, Need::optional).value_or(instrument.tick);
        instrument.lot = table.count<Size>("lot", instrument.size_digits, Need::optional).value_or(instrument.lot);
    }

    void leverage_max(ObjectReader& table, MarketParams& market) {
        const Value* value = table.get("leverage_max", Need::optional);
        if (value == nullptr) return;
        const auto hundredths = read_leverage_hundredths(*value, table.path_of("leverage_max"), issues_);
        if (!hundredths) return;
        if (*hundredths <= 4'294'967'295) market.leverage_max_hundredths = static_cast<std::uint32_t>(*hundredths);
        else
            table.issue("leverage_max", "a leverage of " + text::shown(value->text) + " cannot be",
                        "write the largest leverage that a user may choose, such as \"50\"");
    }

    void exception(const Value& value, std::size_t number, const Names& markets) {
        Override exception;
        ObjectReader table(value, table_path("override", value, "account", number), issues_);
        exception.account = name(table, "account");
        if (table.has("market")) exception.market = MarketId{markets.refer(table, "market")};
        exception.multiplier = read_plain_rate(table, "margin_multiplier", Need::optional);
        exception.initial_floor = read_plain_rate(table, "initial_floor", Need::optional);
        if (table.is_object() && !table.has("margin_multiplier") && !table.has("initial_floor"))
            table.issue("margin_multiplier", "the override changes nothing", "add margin_multiplier = \"1.5\" or initial_floor = \"0.2\"");
        table.finish();
        set_.overrides.push_back(std::move(exception));
    }

    Issues& issues_;
    ParameterSet set_;
};

}  // namespace

Result<ParameterSet, std::vector<Error>> read_parameter_set(std::string_view source, std::string_view file) {
    auto document = text::parse_toml(source, file);
    if (!document) return fail(std::vector<Error>{std::move(document.error())});
    Issues issues{std::string(file)};
    ParameterSet set = SetReader(issues).read(*document);
    if (!issues.empty()) return fail(issues.errors());
    return set;
}

Result<std::vector<Schedule>, std::vector<Error>> read_schedules(std::string_view source, std::string_view file) {
    auto document = text::parse_toml(source, file);
    if (!document) return fail(std::vector<Error>{std::move(document.error())});
    Issues issues{std::string(file)};
    ObjectReader root(*document, "", issues);
    for (const char* other : {"set", "profit", "liquidation", "asset", "market", "override"}) root.has(other);
    const auto tables = read_tables(root, "schedule", issues);
    const Names ids("schedule", "id", tables, issues);
    std::vector<Schedule> schedules;
    for (std::size_t i = 0; i < tables.size(); ++i) schedules.push_back(read_schedule(tables[i], i + 1, issues));
    if (!root.has("schedule")) root.issue("schedule", "the file holds no schedule", "add a [[schedule]]");
    root.finish();
    if (!issues.empty()) return fail(issues.errors());
    return schedules;
}

}  // namespace plimsoll::formats
