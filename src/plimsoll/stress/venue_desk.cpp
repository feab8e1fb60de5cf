#include "plimsoll/stress/venue_desk.hpp"

#include "plimsoll/stress/schemes.hpp"

#include <algorithm>

namespace plimsoll::stress {

Price replay_price(const Decimal& price) {
    const Wide raw = price.digits <= replay_price_digits ? Wide{price.raw} * pow10(replay_price_digits - price.digits)
                                                         : Wide{price.raw} / pow10(price.digits - replay_price_digits);
    return Price::narrow(raw);
}

Size size_for(Wide notional, Price price) {
    static_assert(replay_size_digits == figure_digits);
    return Size::narrow(notional * pow10(replay_price_digits) / price.raw());
}

Wide worth_of(Size size, Price price) { return divide(Wide{abs(size).raw()} * price.raw(), pow10(replay_price_digits), Round::ceil); }

ParameterSet bare_venue(const std::string& name, const Schedule& schedule, Price price_most, Size size_most) {
    ParameterSet set;
    set.name = name;
    set.source = "an incident's figures";
    set.numeraire = quote_asset;
    set.profit = {hundred_percent, hundred_percent, hundred_percent, {}};
    set.liquidation.intervals_max = 1;
    set.liquidation.withdrawals_wait = false;
    Asset quote;
    quote.name = "QUOTE";
    quote.digits = figure_digits;
    quote.price_max = Price::from_raw(1);
    quote.amount_max = amount_max;
    quote.weight_initial.weight = quote.weight_maintenance.weight = hundred_percent;
    set.assets = {quote};
    set.schedules = {schedule};
    MarketParams market;
    market.name = "MARKET";
    market.settle = quote_asset;
    market.instrument.price_digits = replay_price_digits;
    market.instrument.size_digits = replay_size_digits;
    market.instrument.settle_digits = figure_digits;
    market.instrument.price_max = price_most;
    market.instrument.size_max = size_most;
    set.markets = {market};
    return set;
}

void add_side_market(ParameterSet& set) {
    set.schedules.push_back(flat_scheme({2, 1}));
    set.schedules.back().id = "side";
    MarketParams market = set.markets[only_market.index];
    market.name = "SIDE";
    market.schedule = ScheduleId{static_cast<std::uint32_t>(set.schedules.size() - 1)};
    market.guard = {};
    market.instrument.price_max = Price::from_raw(1000 * pow10_64(replay_price_digits));
    market.instrument.size_max = Size::from_raw(10'000'000 * pow10_64(replay_size_digits));
    set.markets.push_back(market);
}

Limits Desk::limits_of(std::uint32_t accounts, std::uint32_t groups) {
    Limits limits;
    limits.accounts = accounts;
    limits.groups = groups;
    limits.orders = 4 * accounts + 16;
    limits.breaches = accounts + 16;
    limits.isolated = 16;
    limits.overrides = 16;
    limits.deposits = 16;
    limits.replies = 0;
    limits.sets = 8;
    return limits;
}

Desk::Desk(std::uint32_t accounts, std::uint32_t groups) : engine_(std::make_unique<Engine>(limits_of(accounts, groups))) {}

Desk::Desk(std::unique_ptr<Engine> engine, std::uint64_t now_ms) : engine_(std::move(engine)), keeps_(false), now_ms_(now_ms) {}

Reply Desk::send(CommandBody body) {
    const Command command{{}, now_ms_, std::move(body)};
    const Reply reply = engine_->execute(command);
    if (keeps_) commands_.push_back(command);
    count(ledger_, reply, engine_->events());
    if (see_) see_(engine_->events());
    for (const Event& event : engine_->events()) {
        const auto* shared = std::get_if<event::LossShared>(&event);
        if (shared == nullptr || shared->asset != quote_asset) continue;
        if (shared_.size() <= shared->account.index) shared_.resize(shared->account.index + 1);
        shared_[shared->account.index] += shared->amount.raw();
    }
    return reply;
}

Reply Desk::must(CommandBody body) {
    const Reply reply = send(std::move(body));
    PLIM_ASSERT(reply.accepted());
    return reply;
}

void Desk::tick(std::uint64_t ms) {
    wait(ms);
    must(command::Tick{});
}

void Desk::adopt(const ParameterSet& set) {
    const Digest hash = digest_of(canonical_bytes(set));
    if (state().active && state().active->hash == hash) return;
    const auto& ready = state().ready;
    const bool known = std::any_of(ready.begin(), ready.end(), [&](const ReadySet& r) { return r.hash == hash; });
    if (!known) must(command::DefineSet{std::make_shared<const ParameterSet>(set)});
    must(command::ActivateSet{hash});
    const command::AssetMark unit{set.numeraire, Price::from_raw(pow10_64(set.asset(set.numeraire).price_digits))};
    if (!state().assets[set.numeraire.index].marked) must(command::MarkPrices{{}, {unit}});
}

AccountId Desk::open_account(Wide deposit, GroupId group) {
    const AccountId id{static_cast<std::uint32_t>(must(command::OpenAccount{group}).made)};
    if (deposit > 0) must(command::Deposit{id, quote_asset, Amount::narrow(deposit)});
    return id;
}

void Desk::mark(Price price, MarketId market) { must(command::MarkPrices{{{market, price}}, {}}); }

RejectCode Desk::trade(AccountId buyer, AccountId seller, MarketId market, Size size, Price price) {
    const Reply buy = send(command::PlaceOrder{buyer, market, Side::buy, Leg::net, size, price, false});
    if (!buy.accepted()) return buy.reject.code;
    const Reply sell = send(command::PlaceOrder{seller, market, Side::sell, Leg::net, size, price, false});
    RejectCode code = sell.reject.code;
    if (sell.accepted()) {
        const Reply fill = send(command::Fill{OrderId{buy.made}, OrderId{sell.made}, size, price, {}, {}});
        code = fill.reject.code;
        if (!fill.accepted()) must(command::CancelOrder{seller, OrderId{sell.made}});
    }
    if (code != RejectCode::none) must(command::CancelOrder{buyer, OrderId{buy.made}});
    return code;
}

Desk::Opened Desk::open_position(AccountId account, AccountId taker, Side side, Size size, Price price) {
    Opened opened;
    Reply own = send(command::PlaceOrder{account, only_market, side, Leg::net, size, price, false});
    opened.asked = own.accepted() ? std::get<event::OrderPlaced>(engine_->events().front()).required : own.reject.required;
    opened.refused = own.reject.code;
    if (own.accepted()) must(command::CancelOrder{account, OrderId{own.made}});
    else if (!own.reject.size_passes) return opened;
    else size = own.reject.largest_size;
    const RejectCode code =
        side == Side::buy ? trade(account, taker, only_market, size, price) : trade(taker, account, only_market, size, price);
    if (code != RejectCode::none) {
        opened.refused = code;
        return opened;
    }
    opened.size = size;
    opened.worth = worth_of(size, price);
    return opened;
}

RejectCode Desk::close_position(AccountId account, AccountId taker, Price price, MarketId market) {
    const Size held = position(account, market);
    if (held.raw() == 0) return RejectCode::none;
    return held.raw() > 0 ? trade(taker, account, market, held, price) : trade(account, taker, market, -held, price);
}

Wide Desk::borrow(AccountId account, AccountId partner, AccountId honest, Wide wished) {
    const Price mark = state().active->credit.market(side_market).state.mark;
    const Price limit = state().market_params(side_market).instrument.price_max;
    const Price loss = limit - mark;
    Size size = size_for(wished, loss);
    if (size.raw() <= 0) return 0;
    const Reply asked = send(command::PlaceOrder{account, side_market, Side::buy, Leg::net, size, limit, false});
    if (asked.accepted()) must(command::CancelOrder{account, OrderId{asked.made}});
    else if (!asked.reject.size_passes) return 0;
    else size = asked.reject.largest_size;
    if (trade(account, partner, side_market, size, limit) != RejectCode::none) return 0;
    return close_position(partner, honest, mark, side_market) == RejectCode::none ? worth_of(size, loss) : 0;
}

Wide Desk::withdraw(AccountId account, AssetId asset, Wide wished) {
    Wide amount = std::min<Wide>(wished, balance_of(state(), account, asset).raw());
    if (amount <= 0) return 0;
    const Reply reply = send(command::Withdraw{account, asset, Amount::narrow(amount)});
    if (reply.accepted()) return amount;
    amount = reply.reject.size_passes ? Wide{reply.reject.largest_amount.raw()} : 0;
    if (amount <= 0) return 0;
    must(command::Withdraw{account, asset, Amount::narrow(amount)});
    return amount;
}

std::optional<event::OrderPlaced> Desk::liquidation_order() const {
    for (const Event& one : engine_->events())
        if (const auto* placed = std::get_if<event::OrderPlaced>(&one); placed != nullptr && placed->kind == OrderKind::liquidation)
            return *placed;
    return std::nullopt;
}

RejectCode Desk::take(const event::OrderPlaced& order, AccountId taker, Size size, Price price) {
    const bool sells = order.side == Side::sell;
    const Reply own = send(command::PlaceOrder{taker, order.market, sells ? Side::buy : Side::sell, Leg::net, size, price, false});
    if (!own.accepted()) return own.reject.code;
    const OrderId mine{own.made};
    const Reply fill = send(command::Fill{sells ? mine : order.order, sells ? order.order : mine, size, price, {}, {}});
    if (!fill.accepted()) must(command::CancelOrder{taker, mine});
    return fill.reject.code;
}

Size Desk::position(AccountId account, MarketId market) const {
    const auto place = find_position(state(), account, market, Leg::net);
    return place ? state().positions.of(state().account(account).positions)[*place].size : Size{};
}

Wide Desk::equity(AccountId account) const {
    std::vector<Position> positions;
    std::vector<Balance> balances;
    const AccountView view = view_of(state(), account, Reading::held, positions, balances);
    return plimsoll::equity(state().active->liquidation, view);
}

Wide Desk::vault(AssetId asset) const { return state().assets[asset.index].deposits - state().assets[asset.index].withdrawals; }

}  // namespace plimsoll::stress
