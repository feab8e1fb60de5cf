// The verbs of a scenario that are commands of the engine.
#include "plimsoll/engine/trade.hpp"
#include "scenario/session.hpp"

namespace plimsoll::scenario {

// ---- accounts and money ----------------------------------------------------------------------------------------------

void Session::deposit(Line& line) {
    start();
    const AccountId account = account_of(line.take("an account"));
    const std::string amount = line.take("an amount");
    const AssetId asset = asset_or_numeraire(line);
    execute(command::Deposit{account, asset, amount_of(asset, amount)});
}
void Session::confirm(Line& line) {
    start();
    const auto deposit = names_->deposit(line.take("a deposit"));
    if (!deposit) throw Mistake{"there is no such deposit; the first of alice is alice#1"};
    execute(command::ConfirmDeposit{*deposit, whole(line.take("how many confirmations"), "confirmations")});
}
void Session::drop(Line& line) {
    start();
    const auto deposit = names_->deposit(line.take("a deposit"));
    if (!deposit) throw Mistake{"there is no such deposit; the first of alice is alice#1"};
    execute(command::DropDeposit{*deposit});
}
void Session::withdraw(Line& line) {
    start();
    const AccountId account = account_of(line.take("an account"));
    const std::string amount = line.take("an amount");
    const AssetId asset = asset_or_numeraire(line);
    execute(command::Withdraw{account, asset, amount_of(asset, amount)});
}
void Session::transfer(Line& line) {
    start();
    const AccountId from = account_of(line.take("who gives"));
    const AccountId to = account_of(line.take("who receives"));
    const std::string amount = line.take("an amount");
    const AssetId asset = asset_or_numeraire(line);
    execute(command::Transfer{from, to, asset, amount_of(asset, amount)});
}
void Session::margin(Line& line) {
    start();
    const AccountId account = account_of(line.take("an account"));
    const MarketId market = market_of(line.take("a market"));
    const Leg leg = leg_of(line);
    execute(command::MoveMargin{account, market, leg, amount_of(params_of(market).settle, line.take("an amount"))});
}
void Session::mode(Line& line) {
    start();
    command::SetMode c{account_of(line.take("an account")), market_of(line.take("a market"))};
    while (!line.empty()) {
        const std::string word = line.take("a mode");
        if (word == "cross") c.margin = MarginMode::cross;
        else if (word == "isolated") c.margin = MarginMode::isolated;
        else if (word == "one-way") c.position = command::PositionMode::one_way;
        else if (word == "hedge") c.position = command::PositionMode::hedge;
        else unknown(word, "mode", {"cross", "isolated", "one-way", "hedge"});
    }
    execute(c);
}
void Session::leverage(Line& line) {
    start();
    const AccountId account = account_of(line.take("an account"));
    const MarketId market = market_of(line.take("a market"));
    const std::int64_t hundredths = decimal(line.take("a leverage"), 2, "leverage");
    execute(command::SetLeverage{account, market, static_cast<std::uint32_t>(hundredths)});
}
void Session::override_terms(Line& line) {
    start();
    command::SetOverride c{account_of(line.take("an account")), every_market, {}, {}};
    if (const auto value = line.take_key("multiplier")) c.multiplier = rate(*value, "multiplier");
    if (const auto value = line.take_key("floor")) c.initial_floor = rate(*value, "floor");
    if (!line.empty()) c.market = market_of(line.take("a market"));
    execute(c);
}
void Session::group(Line& line) {
    start();
    const AccountId account = account_of(line.take("an account"));
    const std::string group = line.take("a group or none");
    execute(command::SetGroup{account, group == "none" ? no_group : GroupId{whole(group, "group")}});
}

// ---- orders and trades -----------------------------------------------------------------------------------------------

void Session::order(Line& line) {
    start();
    command::PlaceOrder c;
    c.account = account_of(line.take("an account"));
    c.market = market_of(line.take("a market"));
    c.leg = leg_of(line);
    const std::string side = line.take("buy or sell");
    if (side != "buy" && side != "sell") unknown(side, "side", {"buy", "sell"});
    c.side = side == "buy" ? Side::buy : Side::sell;
    c.size = size_of(c.market, line.take("a size"));
    line.expect("@");
    c.limit = price_of(c.market, line.take("a limit"));
    c.reduce_only = line.take_if("reduce-only");
    const std::string name = line.take_if("as") ? line.take("a name") : "";
    if (name.empty()) return void(execute(c));
    // The name has to stand before the order is printed.
    if (const std::string fault = names_->name_order(engine_->state().orders.next_id(), name); !fault.empty())
        throw Mistake{"'" + name + "': " + fault};
    execute(c);
}
void Session::amend(Line& line) {
    start();
    const OrderId id = order_of(line.take("an order"));
    const Order* order = engine_->state().orders.find(id);
    const MarketId market = market_of_order(id);
    const Size size = size_of(market, line.take("a size"));
    line.expect("@");
    const Price limit = price_of(market, line.take("a limit"));
    const auto by = line.take_if("by") ? std::optional(account_of(line.take("an account"))) : std::nullopt;
    execute(command::AmendOrder{by.value_or(order == nullptr ? AccountId{} : order->account), id, size, limit});
}
void Session::cancel(Line& line) {
    start();
    const OrderId id = order_of(line.take("an order"));
    const Order* order = engine_->state().orders.find(id);
    const auto by = line.take_if("by") ? std::optional(account_of(line.take("an account"))) : std::nullopt;
    execute(command::CancelOrder{by.value_or(order == nullptr ? AccountId{} : order->account), id});
}

namespace {

/// "fees 1 0.5": of the buyer and of the seller.
struct Fees {
    std::string buy = "0";
    std::string sell = "0";
};
Fees take_fees_of(Line& line) {
    Fees fees;
    if (!line.take_if("fees")) return fees;
    fees.buy = line.take("the buyer's fee");
    fees.sell = line.take("the seller's fee");
    return fees;
}

}  // namespace

void Session::fill(Line& line) {
    start();
    const OrderId buy = order_of(line.take("the buying order"));
    const OrderId sell = order_of(line.take("the selling order"));
    const MarketId market = market_of_order(buy);
    const Size size = size_of(market, line.take("a size"));
    line.expect("@");
    const Price price = price_of(market, line.take("a price"));
    const Fees fees = take_fees_of(line);
    const AssetId settle = params_of(market).settle;
    execute(command::Fill{buy, sell, size, price, amount_of(settle, fees.buy), amount_of(settle, fees.sell)});
}

/// `trade alice sells 2 BTC to bob @ 9000`: both orders, which are not printed, and their fill.
void Session::trade(Line& line) {
    start();
    const AccountId first = account_of(line.take("an account"));
    const std::string verb = line.take("buys or sells");
    if (verb != "buys" && verb != "sells") unknown(verb, "side of a trade", {"buys", "sells"});
    const std::string size_text = line.take("a size");
    const MarketId market = market_of(line.take("a market"));
    const Leg first_leg = leg_of(line);
    line.expect(verb == "buys" ? "from" : "to");
    const AccountId second = account_of(line.take("an account"));
    const Leg second_leg = leg_of(line);
    line.expect("@");
    const Price price = price_of(market, line.take("a price"));
    const Fees fees = take_fees_of(line);
    const Size size = size_of(market, size_text);
    const Side side = verb == "buys" ? Side::buy : Side::sell;

    const std::vector<std::string> printed = output_;
    const auto place = [&](AccountId account, Side s, Leg leg) -> std::optional<OrderId> {
        const Reply reply = execute(command::PlaceOrder{account, market, s, leg, size, price, false});
        if (!reply.accepted()) return std::nullopt;
        output_ = printed;
        return OrderId{reply.made};
    };
    const auto one = place(first, side, first_leg);
    if (!one) return;
    const auto other = place(second, opposite(side), second_leg);
    if (!other) {
        const std::vector<std::string> refused = output_;
        must(command::CancelOrder{first, *one}, "");
        output_ = refused;
        return;
    }
    const AssetId settle = params_of(market).settle;
    execute(command::Fill{side == Side::buy ? *one : *other, side == Side::buy ? *other : *one, size, price, amount_of(settle, fees.buy),
                          amount_of(settle, fees.sell)});
}

/// `take alice#2 by carol @ 8500`: carol places what fills alice's order, which is printed as the fill alone. With a size, only so much.
void Session::take(Line& line) {
    start();
    const OrderId id = order_of(line.take("an order"));
    const Order* found = engine_->state().orders.find(id);
    if (found == nullptr) throw Mistake{"that order does not rest any more"};
    const Order order = *found;
    line.expect("by");
    const AccountId taker = account_of(line.take("an account"));
    line.expect("@");
    const Price price = price_of(order.market, line.take("a price"));
    const Fees fees = take_fees_of(line);
    const Size size = line.empty() ? order.size : size_of(order.market, line.take("a size"));
    const std::vector<std::string> printed = output_;
    const Reply reply = execute(command::PlaceOrder{taker, order.market, opposite(order.side), Leg::net, size, price, false});
    if (!reply.accepted()) return;
    output_ = printed;
    const OrderId made{reply.made};
    const AssetId settle = params_of(order.market).settle;
    const bool buys = order.side == Side::buy;
    execute(command::Fill{buys ? id : made, buys ? made : id, size, price, amount_of(settle, fees.buy), amount_of(settle, fees.sell)});
}

void Session::close_all(Line& line) {
    start();
    execute(command::CloseAll{account_of(line.take("an account"))});
}

// ---- prices ----------------------------------------------------------------------------------------------------------

/// `mark BTC 9000 ETH 500`; a name may also be that of an asset.
void Session::mark(Line& line) {
    start();
    command::MarkPrices c;
    do {
        const std::string name = line.take("a market or an asset");
        const std::string price = line.take("a price");
        const auto asset = params().asset_id(name);
        if (asset && !params().market_id(name))
            c.assets.push_back({*asset, Price::from_raw(decimal(price, params().asset(*asset).price_digits, "price"))});
        else c.markets.push_back({market_of(name), price_of(market_of(name), price)});
    } while (!line.empty());
    execute(std::move(c));
}
/// `index BTC 9000 9010 8990~30s`: the sources in turn; the third said so 30 seconds ago.
void Session::index(Line& line) {
    start();
    command::IndexPrices c;
    c.market = market_of(line.take("a market"));
    for (std::uint32_t source = 1; !line.empty(); ++source) {
        const auto parts = split(line.take("a price"), '~');
        c.sources.push_back({source, price_of(c.market, parts[0]), now_ms_ - (parts.size() > 1 ? duration(parts[1], "age") : 0)});
    }
    execute(std::move(c));
}
void Session::risk(Line& line) {
    start();
    command::MarketRisk c;
    c.market = market_of(line.take("a market"));
    const AssetId settle = params_of(c.market).settle;
    if (const auto value = line.take_key("depth")) c.depth = amount_of(settle, *value);
    if (const auto value = line.take_key("volume")) c.daily_volume = amount_of(settle, *value);
    if (const auto value = line.take_key("volatility")) c.volatility = rate(*value, "volatility");
    if (const auto value = line.take_key("capitalisation")) c.market_cap = amount_of(settle, *value);
    execute(c);
}
void Session::funding(Line& line) {
    start();
    const MarketId market = market_of(line.take("a market"));
    execute(command::Funding{market, rate(line.take("a rate"), "funding")});
}
void Session::halt(Line& line) {
    start();
    execute(command::Halt{market_of(line.take("a market")), true});
}
void Session::resume(Line& line) {
    start();
    execute(command::Halt{market_of(line.take("a market")), false});
}
void Session::tick(Line&) {
    start();
    execute(command::Tick{});
}

// ---- the venue -------------------------------------------------------------------------------------------------------

void Session::fund(Line& line) {
    start();
    const std::string amount = line.take("an amount");
    const AssetId asset = asset_or_numeraire(line);
    execute(command::MoveFund{asset, amount_of(asset, amount)});
}
void Session::fees(Line& line) {
    start();
    const std::string amount = line.take("an amount");
    const AssetId asset = asset_or_numeraire(line);
    execute(command::TakeFees{asset, amount_of(asset, amount)});
}
void Session::backstop(Line& line) {
    start();
    const AccountId account = account_of(line.take("an account"));
    execute(command::SetBackstop{account, amount_of(params().numeraire, line.take("a budget"))});
}
void Session::deleverage(Line& line) {
    start();
    const auto liquidation = names_->liquidation(line.take("a liquidation"));
    if (!liquidation) throw Mistake{"there is no such liquidation; the first of alice is alice#1"};
    execute(command::Deleverage{*liquidation});
}
void Session::delist(Line& line) {
    start();
    execute(command::Delist{market_of(line.take("a market"))});
}
void Session::settle(Line& line) {
    start();
    const MarketId market = market_of(line.take("a market"));
    execute(command::Settle{market, price_of(market, line.take("a price"))});
}

}  // namespace plimsoll::scenario
