#include "plimsoll/cli/question.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/risk/domain.hpp"
#include "plimsoll/risk/overrides.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

using text::Issues;
using text::Need;
using text::ObjectReader;
using text::Value;

constexpr std::uint32_t leverage_max_hundredths = 100'000;  // 1000x

/// A chosen leverage as hundredths; 0 when none is given.
std::uint32_t read_leverage(ObjectReader& reader, std::string_view key) {
    const auto leverage = reader.decimal(key, Need::optional, 2);
    if (!leverage) return 0;
    const Wide hundredths = Wide{leverage->raw} * pow10(2 - leverage->digits);
    if (hundredths < 100 || hundredths > leverage_max_hundredths) {
        reader.issue(key, "a leverage lies between 1 and 1000", "leave it out when none was chosen");
        return 0;
    }
    return static_cast<std::uint32_t>(hundredths);
}

Leg read_leg(ObjectReader& reader) {
    const auto leg = reader.one_of("leg", {"net", "long", "short"}, Need::optional);
    return static_cast<Leg>(leg.value_or(0));
}

MarginMode read_mode(ObjectReader& reader) {
    const auto mode = reader.one_of("mode", {"cross", "isolated"}, Need::optional);
    return static_cast<MarginMode>(mode.value_or(0));
}

/// A multiplier or floor that only raises: 0 when absent.
Rate read_raising(ObjectReader& reader, std::string_view key, Rate least, Rate most) {
    const auto rate = reader.count<Rate>(key, rate_digits, Need::optional);
    if (!rate) return {};
    if (*rate >= least && *rate <= most) return *rate;
    reader.issue(key,
                 "lies outside " + format_decimal_short(least.raw(), rate_digits) + " and " + format_decimal_short(most.raw(), rate_digits),
                 "an override can only raise a requirement");
    return {};
}

PositionTerms read_terms(ObjectReader& reader) {
    return {read_raising(reader, "multiplier", hundred_percent, multiplier_max),
            read_raising(reader, "initial_floor", Rate::from_raw(1), rate_max)};
}

/// The resting orders of one side: summed sizes, and their worth at their limits.
void read_orders(ObjectReader& position, std::string_view key, const Instrument& instrument, bool buys, Size& total, Wide& cost,
                 Issues& issues) {
    const bool up = buys != (instrument.kind == ContractKind::inverse);
    for (const Value& item : position.array(key, Need::optional)) {
        ObjectReader order(item, position.path_of(key), issues);
        const auto size = order.count<Size>("size", instrument.size_digits);
        const auto price = order.count<Price>("price", instrument.price_digits);
        order.finish();
        if (!size || !price) continue;
        const Wide sum = Wide{total.raw()} + size->raw();
        if (size->raw() <= 0 || sum > instrument.size_max.raw() || price->raw() <= 0 || *price > instrument.price_max) {
            order.issue("size", "the order is outside the market's domain",
                        "size must be above 0 and all orders of a side together within size_max, the price between 0 and price_max");
            continue;
        }
        total = Size::narrow(sum);
        cost += notional(instrument, *size, *price, up ? Round::ceil : Round::floor);
    }
}

template <class Names>
std::string one_of_names(const Names& items) {
    std::string text = "the set has ";
    std::size_t shown = 0;
    for (const auto& item : items) {
        if (shown == 8) return text + ", ...";
        text += (shown++ == 0 ? "" : ", ") + item.name;
    }
    return text;
}

}  // namespace

AccountView Question::view() const {
    AccountView view = account.view();
    view.group = group;
    return view;
}

std::optional<MarketId> Oracle::market_of(ObjectReader& reader, std::string_view key) {
    const auto name = reader.string(key);
    if (!name) return std::nullopt;
    const auto id = context_.set().market_id(*name);
    if (!id) reader.issue(key, "there is no market '" + *name + "'", one_of_names(context_.set().markets));
    else if (!named_markets_[id->index])
        reader.issue(key, "'" + *name + "' has no mark", "add it under \"markets\": {\"" + *name + "\": {\"mark\": \"...\"}}");
    else return id;
    return std::nullopt;
}

void Oracle::read_markets(ObjectReader& reader, Issues& issues) {
    auto markets = reader.object("markets", Need::optional);
    if (!markets) return;
    for (const text::Member& member : markets->members()) {
        const auto id = context_.set().market_id(member.key);
        if (!id) {
            issues.add(member.place, "there is no market '" + member.key + "'", one_of_names(context_.set().markets));
            continue;
        }
        const Instrument& instrument = context_.set().market(*id).instrument;
        ObjectReader market(member.value, markets->path_of(member.key), issues);
        MarketState state;
        if (const auto mark = market.count<Price>("mark", instrument.price_digits)) state.mark = *mark;
        const auto both = market.count<Size>("open_interest", instrument.size_digits, Need::optional).value_or(Size{});
        state.open_interest_long = market.count<Size>("open_interest_long", instrument.size_digits, Need::optional).value_or(both);
        state.open_interest_short = market.count<Size>("open_interest_short", instrument.size_digits, Need::optional).value_or(both);
        state.depth = market.count<Amount>("depth", instrument.settle_digits, Need::optional).value_or(Amount{});
        state.daily_volume = market.count<Amount>("daily_volume", instrument.settle_digits, Need::optional).value_or(Amount{});
        state.market_cap = market.count<Amount>("market_cap", instrument.settle_digits, Need::optional).value_or(Amount{});
        state.volatility = market.count<Rate>("volatility", rate_digits, Need::optional).value_or(Rate{});
        state.reserve_ratio = market.count<Rate>("reserve_ratio", rate_digits, Need::optional).value_or(hundred_percent);
        market.finish();
        if (const std::string fault = context_.set_market(*id, state); !fault.empty())
            market.issue("mark", fault, "see price_max and size_max of the market");
        else named_markets_[id->index] = true;
    }
}

void Oracle::read_assets(ObjectReader& reader, Issues& issues) {
    auto assets = reader.object("assets", Need::optional);
    if (!assets) return;
    for (const text::Member& member : assets->members()) {
        const auto id = context_.set().asset_id(member.key);
        if (!id) {
            issues.add(member.place, "there is no asset '" + member.key + "'", one_of_names(context_.set().assets));
            continue;
        }
        const Asset& params = context_.set().asset(*id);
        ObjectReader asset(member.value, assets->path_of(member.key), issues);
        AssetPrice price;
        if (const auto mark = asset.count<Price>("price", params.price_digits)) price.mark = *mark;
        price.smoothed = asset.count<Price>("smoothed", params.price_digits, Need::optional).value_or(price.mark);
        const auto total = asset.count<Amount>("venue_total", params.digits, Need::optional).value_or(Amount{});
        asset.finish();
        if (const std::string fault = context_.set_asset(*id, price, total.raw()); !fault.empty())
            asset.issue("price", fault, "see price_max of the asset");
        else named_assets_[id->index] = true;
    }
}

void Oracle::read_position(ObjectReader& reader, Question& question, Issues& issues) {
    const auto market = market_of(reader, "market");
    Position position;
    position.leg = read_leg(reader);
    position.mode = read_mode(reader);
    position.leverage_hundredths = read_leverage(reader, "leverage");
    const PositionTerms terms = read_terms(reader);
    for (const char* key : {"size", "entry", "collateral", "buys", "sells"}) reader.has(key);
    reader.finish();
    if (!market) return;
    const Instrument& instrument = context_.set().market(*market).instrument;
    position.market = *market;
    position.size = reader.count<Size>("size", instrument.size_digits).value_or(Size{});
    const auto entry = reader.count<Price>("entry", instrument.price_digits, Need::optional);
    position.isolated_collateral = reader.count<Amount>("collateral", instrument.settle_digits, Need::optional).value_or(Amount{});
    if (abs(Wide{position.size.raw()}) > instrument.size_max.raw())
        return reader.issue("size", "is beyond the market's size_max", "lower it");
    const Price bought = entry.value_or(context_.market(*market).state.mark);
    if (bought.raw() < 0 || bought > instrument.price_max)
        return reader.issue("entry", "is outside 0 and price_max", "give the price at which the position was opened");
    // The entry worth is rounded against the account: what a long paid up, what a short received down.
    const bool is_short = position.size.raw() < 0;
    const bool up = is_short == (instrument.kind == ContractKind::inverse);
    const Wide worth = notional(instrument, position.size, bought, up ? Round::ceil : Round::floor);
    position.cost = is_short ? -worth : worth;
    read_orders(reader, "buys", instrument, true, position.buys, position.buy_cost, issues);
    read_orders(reader, "sells", instrument, false, position.sells, position.sell_cost, issues);
    question.account.positions.push_back(position);
    take_terms(question, *market, terms, reader);
}

/// What a question states for a market goes before what the set names for the account there.
void Oracle::take_terms(Question& question, MarketId market, PositionTerms stated, ObjectReader& reader) const {
    PositionTerms terms = overrides_in(context_.set(), question.account_name, market);
    if (stated.multiplier.raw() != 0) terms.multiplier = stated.multiplier;
    if (stated.initial_floor.raw() != 0) terms.initial_floor = stated.initial_floor;
    if (terms.multiplier.raw() == 0 && terms.initial_floor.raw() == 0) return;
    if (question.account.terms.empty()) question.account.terms.resize(context_.market_count());
    PositionTerms& here = question.account.terms[market.index];
    const bool other = (here.multiplier.raw() != 0 && here.multiplier != terms.multiplier) ||
                       (here.initial_floor.raw() != 0 && here.initial_floor != terms.initial_floor);
    if (other)
        reader.issue("market", "the two legs of this market name different terms",
                     "terms belong to a market: state them the same on both legs");
    here = terms;
}

void Oracle::read_group(ObjectReader& account, Question& question, Issues& issues) {
    auto group = account.object("group", Need::optional);
    if (!group) return;
    question.group.resize(context_.market_count());
    for (const text::Member& member : group->members()) {
        const auto id = context_.set().market_id(member.key);
        if (!id) {
            issues.add(member.place, "there is no market '" + member.key + "'", one_of_names(context_.set().markets));
            continue;
        }
        ObjectReader sizes(member.value, group->path_of(member.key), issues);
        const int digits = context_.set().market(*id).instrument.size_digits;
        question.group[id->index] = {sizes.count<Size>("long", digits, Need::optional).value_or(Size{}),
                                     sizes.count<Size>("short", digits, Need::optional).value_or(Size{})};
        sizes.finish();
    }
}

void Oracle::read_account(ObjectReader& reader, Question& question, Issues& issues) {
    auto account = reader.object("account");
    if (!account) return;
    question.account_name = account->string("name", Need::optional).value_or("");
    const PositionTerms stated = read_terms(*account);
    question.account.everywhere = overrides_everywhere(context_.set(), question.account_name);
    if (stated.multiplier.raw() != 0) question.account.everywhere.multiplier = stated.multiplier;
    if (stated.initial_floor.raw() != 0) question.account.everywhere.initial_floor = stated.initial_floor;
    if (auto balances = account->object("balances", Need::optional)) {
        for (const text::Member& member : balances->members()) {
            const auto id = context_.set().asset_id(member.key);
            if (!id) {
                issues.add(member.place, "there is no asset '" + member.key + "'", one_of_names(context_.set().assets));
                continue;
            }
            const Asset& asset = context_.set().asset(*id);
            if (!named_assets_[id->index] && *id != context_.set().numeraire)
                issues.add(member.place, "'" + member.key + "' has no price",
                           "add it under \"assets\": {\"" + member.key + "\": {\"price\": \"...\"}}");
            const auto amount = text::read_count(member.value, balances->path_of(member.key), asset.digits, issues);
            if (amount && abs(Wide{*amount}) > asset.amount_max.raw())
                issues.add(member.value.place, "the balance is beyond the asset's amount_max", "lower it");
            else if (amount) question.account.balances.push_back({*id, Amount::from_raw(*amount)});
        }
    }
    const auto positions = account->array("positions", Need::optional);
    if (positions.size() > positions_max)
        return account->issue("positions", "more positions than an account may hold", "at most " + std::to_string(positions_max));
    for (std::size_t i = 0; i < positions.size(); ++i) {
        ObjectReader position(positions[i], account->path_of("positions") + "[" + std::to_string(i) + "]", issues);
        read_position(position, question, issues);
    }
    read_group(*account, question, issues);
    account->finish();
    if (!issues.empty()) return;
    if (const std::string fault = account_fault(context_, question.view()); !fault.empty())
        issues.add(account->place(), account->path() + ": " + fault, "see size_max, price_max and amount_max of the parameter set");
}

void Oracle::read_target(ObjectReader& reader, Question& question, Issues& issues) {
    const Ask ask = question.ask;
    if (ask == Ask::max_withdrawal || ask == Ask::deposit_needed) {
        const auto name = reader.string("asset", Need::optional);
        const auto id = name ? context_.set().asset_id(*name) : std::optional(context_.set().numeraire);
        if (id) question.asset = *id;
        else reader.issue("asset", "there is no asset '" + *name + "'", one_of_names(context_.set().assets));
    }
    if (ask == Ask::deposit_needed) {
        static constexpr Purpose purposes[] = {Purpose::open, Purpose::withdraw, Purpose::maintenance, Purpose::closeout};
        question.purpose = purposes[reader.one_of("purpose", {"open", "withdraw", "maintenance", "closeout"}, Need::optional).value_or(0)];
    }
    if (ask != Ask::order && ask != Ask::max_size && ask != Ask::liquidation_price) return;
    const auto market = market_of(reader, "market");
    OrderRequest& order = question.order;
    order.leg = read_leg(reader);
    order.mode = read_mode(reader);
    if (market) order.market = *market;
    if (ask == Ask::liquidation_price) {
        const auto held = [&](const Position& p) { return p.market == order.market && p.leg == order.leg && p.mode == order.mode; };
        const auto& positions = question.account.positions;
        if (market && issues.empty() && std::none_of(positions.begin(), positions.end(), held))
            reader.issue("market", "the account holds no such position",
                         "add it under \"account\": {\"positions\": [...]}; leg and mode must be the same");
        return;
    }
    order.side = static_cast<Side>(reader.one_of("side", {"buy", "sell"}).value_or(0));
    order.leverage_hundredths = read_leverage(reader, "leverage");
    order.reduce_only = reader.boolean("reduce_only", Need::optional).value_or(false);
    reader.has("price");
    reader.has("size");
    if (!market) return;
    const Instrument& instrument = context_.set().market(*market).instrument;
    order.limit = reader.count<Price>("price", instrument.price_digits, Need::optional).value_or(context_.market(*market).state.mark);
    if (ask == Ask::order) order.size = reader.count<Size>("size", instrument.size_digits).value_or(Size{});
}

Result<Question, std::vector<Error>> Oracle::read(const Value& document, const std::string& file) {
    Issues issues(file);
    std::fill(named_markets_.begin(), named_markets_.end(), false);
    std::fill(named_assets_.begin(), named_assets_.end(), false);
    ObjectReader reader(document, "question", issues);
    Question question;
    if (const Value* id = reader.get("id", Need::optional)) question.id = *id;
    const auto ask =
        reader.one_of("ask", {"margin", "order", "max-size", "liquidation-price", "max-withdrawal", "deposit-needed"}, Need::optional);
    question.ask = ask ? static_cast<Ask>(*ask) : otherwise_;
    question.explain = reader.boolean("explain", Need::optional).value_or(false);
    read_markets(reader, issues);
    read_assets(reader, issues);
    read_account(reader, question, issues);
    read_target(reader, question, issues);
    reader.finish();
    if (!issues.empty()) return fail(issues.errors());
    return question;
}

}  // namespace plimsoll::cli
