#include "simulation/world.hpp"

#include "plimsoll/params/canonical.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::simulation {

namespace {

constexpr int steps = 160;
constexpr std::uint32_t accounts = 14;

constexpr std::array<const char*, weathers_count> weather_names{"calm",       "crash_of_one", "crash_of_all", "squeeze",
                                                                "to_nothing", "silence",      "whipsaw"};

Limits limits_of(Random& random) {
    Limits l;
    l.accounts = accounts + 2;
    l.groups = 2;
    l.position_slots = 4096;
    l.balance_slots = 4096;
    l.positions_per_account = 8;
    l.orders = static_cast<std::uint32_t>(random.between(40, 400));
    l.orders_per_account = static_cast<std::uint32_t>(random.between(6, 30));
    l.isolated = static_cast<std::uint32_t>(random.between(2, 10));
    l.overrides = 4;
    l.deposits = static_cast<std::uint32_t>(random.between(2, 8));
    l.breaches = 64;
    l.replies = 32;
    l.marks_per_command = 16;
    l.sets = 6;
    return l;
}

std::uint64_t total(const Counts& counts, const std::string& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

}  // namespace

World::World(std::uint64_t seed)
    : random_(seed),
      venues_(random_),
      desk_(limits_of(random_)),
      weather_(static_cast<Weather>(random_.between(0, weathers_count - 1))),
      liquidators_sleep_(random_.between(1, 3) == 1) {}

void World::run() {
    found();
    for (int at = 0; at < steps; ++at) {
        desk_.pass(static_cast<std::uint64_t>(one_in(10) ? random_.between(0, 4000) : random_.between(0, 400)));
        prices_->step(at);
        feed(at);
        if (!one_in(3)) quote();
        if (!one_in(3)) take();
        if (one_in(3)) hoard();
        if (one_in(2)) treasury();
        if (!liquidators_sleep_) liquidators();
        if (one_in(3)) operate();
        if (one_in(10)) close_out(account());
    }
    come_to_rest();
    desk_.check_replay();
}

// ---- figures -------------------------------------------------------------------------------------------------------------------------

Price World::price(MarketId id, std::int64_t thousandths_off) const {
    const Instrument& i = instrument(id);
    const Wide units = Wide{prices_->market(id.index)} * (1000 + thousandths_off) * pow10_64(i.price_digits) / 1'000'000;
    const std::int64_t tick = i.tick.raw();
    return Price::from_raw(std::clamp<std::int64_t>(narrow64(units) / tick * tick, tick, i.price_max.raw() / tick * tick));
}
Size World::size(MarketId id) {
    const Instrument& i = instrument(id);
    const std::int64_t most = std::max<std::int64_t>(1, i.size_max.raw() / i.lot.raw() / random_.between(3, 80));
    return Size::from_raw(random_.between(1, most) * i.lot.raw());
}
Amount World::money(AssetId asset, std::int64_t units) const {
    const Asset& a = params().asset(asset);
    return Amount::from_raw(std::min<std::int64_t>(units * pow10_64(a.digits), a.amount_max.raw() / 4));
}
Size World::held(AccountId account, MarketId market) const {
    Size size;
    for (const HeldPosition& p : state().positions.of(state().account(account).positions))
        if (p.market == market.index) size += p.size;
    return size;
}

// ---- who acts ------------------------------------------------------------------------------------------------------------------------

void World::found() {
    set_ = venues_.set();
    desk_.send(command::DefineSet{std::make_shared<const ParameterSet>(set_)});
    if (!desk_.send(command::ActivateSet{digest_of(canonical_bytes(set_))}).accepted())
        throw Broken{"a set that is valid was not put in force"};
    prices_ = std::make_unique<Prices>(random_, weather_, set_.markets.size() + 4, set_.assets.size(), steps);
    for (std::uint32_t a = 0; a < accounts; ++a)
        desk_.send(command::OpenAccount{one_in(3) ? GroupId{static_cast<std::uint32_t>(index(2))} : no_group});
    feed(-1);
    for (std::uint32_t a = 0; a < accounts; ++a) {
        // Makers and hoarders are rich; the rest lives dangerously.
        const std::int64_t units = a < 4 ? 5'000'000 : random_.between(50, 20'000);
        const Reply paid = desk_.send(command::Deposit{{a}, {0}, money({0}, units)});
        if (paid.made != 0) desk_.send(command::ConfirmDeposit{{paid.made}, 9});
        if (one_in(2)) {
            const Reply coins = desk_.send(command::Deposit{{a}, {1}, money({1}, a < 4 ? 500 : random_.between(1, 30))});
            if (coins.made != 0) desk_.send(command::ConfirmDeposit{{coins.made}, 9});
        }
        if (one_in(6))
            desk_.send(command::SetMode{
                {a}, market(), MarginMode::isolated, one_in(2) ? command::PositionMode::hedge : command::PositionMode::one_way});
        else if (one_in(8)) desk_.send(command::SetMode{{a}, market(), MarginMode::cross, command::PositionMode::hedge});
    }
    if (!one_in(3)) desk_.send(command::MoveFund{{0}, money({0}, random_.between(10, 30'000))});
    if (one_in(2)) desk_.send(command::SetBackstop{{1}, money({0}, random_.between(10, 30'000))});
    hoarders_ = {{2}, {3}, {accounts - 1}, {accounts - 2}};
    hoarded_ = market();
    hoards_ = one_in(2) ? Side::buy : Side::sell;
}

void World::feed(int at) {
    command::MarkPrices c;
    for (std::uint32_t m = 0; m < state().markets.size(); ++m) {
        if (!prices_->speaks(at, m)) continue;
        const bool nothing = prices_->market(m) == 0 && instrument({m}).kind != ContractKind::inverse;
        c.markets.push_back({{m}, nothing ? Price{} : price({m})});
    }
    for (std::uint32_t a = 1; a < state().assets.size(); ++a) {
        if (one_in(3)) continue;
        const Asset& asset = params().asset({a});
        const Wide units = Wide{prices_->asset(a)} * pow10_64(asset.price_digits) / 1000;
        c.assets.push_back({{a}, Price::from_raw(narrow64(std::min<Wide>(units, asset.price_max.raw())))});
    }
    if (c.markets.empty() && c.assets.empty()) desk_.send(command::Tick{});
    else desk_.send(c);
    if (!one_in(3)) return;
    command::IndexPrices index_prices;
    index_prices.market = market();
    for (std::uint32_t source = 0; source < 3; ++source)
        index_prices.sources.push_back(
            {source, price(index_prices.market, one_in(8) ? random_.between(-100, 100) : random_.between(-4, 4)), desk_.now_ms()});
    desk_.send(index_prices);
}

void World::quote() {
    const AccountId maker{static_cast<std::uint32_t>(index(2))};
    const MarketId m = market();
    for (const Side side : {Side::buy, Side::sell}) {
        const std::int64_t off = random_.between(1, 15) * (side == Side::buy ? -1 : 1);
        desk_.send(command::PlaceOrder{maker, m, side, Leg::net, size(m), price(m, off), false});
    }
    if (!one_in(4)) return;
    const OrderId oldest = state().account(maker).first_order;
    if (oldest.value == 0) return;
    if (one_in(2)) desk_.send(command::CancelOrder{maker, oldest});
    else desk_.send(command::AmendOrder{maker, oldest, size(m), price(m, random_.between(-10, 10))});
}

void World::take() {
    command::PlaceOrder c;
    c.account = account();
    c.market = market();
    c.side = one_in(2) ? Side::buy : Side::sell;
    const Instrument& i = instrument(c.market);
    c.size = c.account.index >= 4 && one_in(2) ? Size::from_raw(i.size_max.raw() / i.lot.raw() * i.lot.raw()) : size(c.market);
    c.limit = price(c.market, c.side == Side::buy ? 30 : -30);
    for (const HeldPosition& p : state().positions.of(state().account(c.account).positions))
        if (p.market == c.market.index && p.leg != Leg::net && one_in(2)) c.leg = p.leg;
    Reply reply = desk_.send(c);
    if (!reply.accepted() && reply.reject.size_passes && c.account.index >= 4 && one_in(2)) {
        // As much as the margin carries: these are the first to go.
        const std::int64_t lot = instrument(c.market).lot.raw();
        c.size = Size::from_raw(std::max<std::int64_t>(1, reply.reject.largest_size.raw() / lot * random_.between(60, 100) / 100) * lot);
        reply = desk_.send(c);
    }
    if (!reply.accepted()) try_cure(c, reply.reject);
    match(c.market);
    if (reply.accepted() && one_in(2) && state().orders.find(OrderId{reply.made}) != nullptr)
        desk_.send(command::CancelOrder{c.account, {reply.made}});
}

void World::hoard() {
    const AccountId who = hoarders_[index(hoarders_.size())];
    const Instrument& i = instrument(hoarded_);
    const std::int64_t lots = std::max<std::int64_t>(1, i.size_max.raw() / i.lot.raw() / random_.between(2, 12));
    const command::PlaceOrder c{
        who, hoarded_, hoards_, Leg::net, Size::from_raw(lots * i.lot.raw()), price(hoarded_, hoards_ == Side::buy ? 40 : -40), false};
    const Reply reply = desk_.send(c);
    if (!reply.accepted()) try_cure(c, reply.reject);
    // A friend takes the other side far from the market, to be left with nothing.
    if (one_in(3))
        desk_.send(command::PlaceOrder{
            hoarders_[index(hoarders_.size())], hoarded_, hoards_ == Side::buy ? Side::sell : Side::buy, Leg::net, c.size,
            price(hoarded_, hoards_ == Side::buy ? random_.between(-400, 30) : random_.between(-30, 400)), false});
    match(hoarded_);
}

/// The best buy against the best sell, as often as they cross.
void World::match(MarketId id) {
    for (int rounds = 0; rounds < 6; ++rounds) {
        OrderId buy, sell;
        state().orders.each([&](OrderId order_id, const Order& o) {
            if (o.market != id || o.kind == OrderKind::liquidation) return;
            OrderId& best = o.side == Side::buy ? buy : sell;
            const Order* now = best.value == 0 ? nullptr : state().orders.find(best);
            if (now == nullptr || (o.side == Side::buy ? o.limit > now->limit : o.limit < now->limit)) best = order_id;
        });
        if (buy.value == 0 || sell.value == 0) return;
        const Order b = state().orders.at(buy), s = state().orders.at(sell);
        if (b.limit < s.limit) return;
        if (b.account == s.account) {
            desk_.send(command::CancelOrder{b.account, buy});
            continue;
        }
        const Size filled = one_in(4) ? Size::from_raw(random_.between(1, std::min(b.size, s.size).raw())) : std::min(b.size, s.size);
        const Amount fee = fee_bound(params().market(id), filled, s.limit);
        if (desk_.send(command::Fill{buy, sell, filled, s.limit, one_in(2) ? fee : Amount{}, one_in(2) ? fee : Amount{}}).accepted())
            continue;
        desk_.send(command::CancelOrder{b.account, buy});  // what the engine does not let through is taken off the book
    }
}

void World::treasury() {
    const AccountId who = account();
    const AssetId asset{static_cast<std::uint32_t>(index(state().assets.size()))};
    switch (random_.between(0, 7)) {
        case 0: desk_.send(command::Deposit{who, asset, money(asset, random_.between(1, asset.index == 0 ? 5'000 : 5))}); break;
        case 1: {
            std::vector<DepositId> waiting;
            state().deposits.each([&](DepositId id, const PendingDeposit&) { waiting.push_back(id); });
            if (waiting.empty()) break;
            const DepositId id = waiting[index(waiting.size())];
            if (one_in(5)) desk_.send(command::DropDeposit{id});
            else desk_.send(command::ConfirmDeposit{id, static_cast<std::uint32_t>(random_.between(1, 5))});
            break;
        }
        case 2:
        case 3: take_out(who, asset, Amount::from_raw(std::max<std::int64_t>(1, balance_of(state(), who, asset).raw()))); break;
        case 4: desk_.send(command::Transfer{who, account(), asset, money(asset, random_.between(1, 50))}); break;
        case 5:
            for (const HeldPosition& p : state().positions.of(state().account(who).positions)) {
                if (p.isolated == no_place) continue;
                const Amount there = state().isolated.in_place(p.isolated);
                const Amount amount =
                    one_in(2) ? Amount::from_raw(-there.raw()) : money(params().market({p.market}).settle, random_.between(1, 500));
                desk_.send(command::MoveMargin{who, {p.market}, p.leg, amount});
                break;
            }
            break;
        case 6:
            desk_.send(command::SetLeverage{who, market(), static_cast<std::uint32_t>(one_in(4) ? 0 : random_.between(100, 5'000))});
            break;
        default: desk_.send(command::SetOverride{who, market(), Rate::from_raw(random_.between(1, 2) * rate_one), {}}); break;
    }
}

void World::liquidators() {
    std::vector<std::pair<OrderId, Order>> offered;
    state().orders.each([&](OrderId id, const Order& o) {
        if (o.kind == OrderKind::liquidation) offered.emplace_back(id, o);
    });
    for (const auto& [id, o] : offered) {
        if (one_in(3)) continue;
        const AccountId bot{static_cast<std::uint32_t>(index(4))};
        const Side side = o.side == Side::buy ? Side::sell : Side::buy;
        const Price at = price(o.market, side == Side::buy ? -random_.between(0, 40) : random_.between(0, 40));
        const Reply order = desk_.send(command::PlaceOrder{bot, o.market, side, Leg::net, o.size, at, false});
        if (!order.accepted()) continue;
        const OrderId own{order.made};
        if (bot == o.account ||
            !desk_.send(command::Fill{side == Side::buy ? own : id, side == Side::buy ? id : own, o.size, at, {}, {}}).accepted())
            desk_.send(command::CancelOrder{bot, own});
    }
}

void World::operate() {
    const MarketId m = market();
    switch (random_.between(0, 13)) {
        case 0:
        case 1:
        case 2: {
            const AssetId settle = params().market(m).settle;
            desk_.send(command::MarketRisk{m, money(settle, random_.between(0, 100'000)), money(settle, random_.between(0, 900'000)),
                                           Rate::from_raw(random_.between(0, 2 * rate_one)), money(settle, random_.between(0, 900'000))});
            break;
        }
        case 3:
        case 4: desk_.send(command::Funding{m, Rate::from_raw(random_.between(-rate_one / 200, rate_one / 200))}); break;
        case 5: desk_.send(command::Halt{m, one_in(3)}); break;
        case 6: desk_.send(command::TakeFees{{0}, state().assets[0].fees}); break;
        case 7:
            desk_.send(command::MoveFund{
                {0}, one_in(3) ? Amount::from_raw(-state().assets[0].fund.raw()) : money({0}, random_.between(1, 3'000))});
            break;
        case 8: desk_.send(command::SetGroup{account(), one_in(3) ? no_group : GroupId{static_cast<std::uint32_t>(index(2))}}); break;
        case 9: {
            if (!one_in(3)) break;
            const ParameterSet next = venues_.changed(params());
            desk_.send(command::DefineSet{std::make_shared<const ParameterSet>(next)});
            if (next.markets.size() <= set_.markets.size() + 3) desk_.send(command::ActivateSet{digest_of(canonical_bytes(next))});
            break;
        }
        case 10:
            if (one_in(12)) desk_.send(command::Delist{m});
            else if (state().markets[m.index].delisted) desk_.send(command::Settle{m, price(m, random_.between(-100, 100))});
            break;
        case 11: {
            std::vector<LiquidationId> active;
            state().breaches.each([&](LiquidationId id, const Breach& b) {
                if (b.active) active.push_back(id);
            });
            if (!active.empty() && one_in(4)) desk_.send(command::Deleverage{active[index(active.size())]});
            break;
        }
        case 12:
            desk_.send(
                command::SetMode{account(), m, one_in(2) ? MarginMode::isolated : MarginMode::cross, command::PositionMode::one_way});
            break;
        default: desk_.send(command::Tick{}); break;
    }
}

// ---- laws that need an actor -----------------------------------------------------------------------------------------------------------

void World::try_cure(const command::PlaceOrder& order, const Reject& why) {
    if (why.cheapest == Cure::none) return;
    command::PlaceOrder smaller = order;
    smaller.size = why.largest_size;
    if (why.size_passes && one_in(2)) {
        const Reply reply = desk_.send(smaller);
        if (!reply.accepted()) throw Broken{"the largest size that would pass did not: " + std::string(to_string(reply.reject.code))};
        desk_.send(command::CancelOrder{order.account, {reply.made}});
        return;
    }
    if (why.cancel.value == 0) return;
    desk_.send(command::CancelOrder{order.account, why.cancel});
    const Reply reply = desk_.send(order);
    if (!reply.accepted())
        throw Broken{"the order whose cancellation would be enough was not: " + std::string(to_string(reply.reject.code))};
}

void World::take_out(AccountId who, AssetId asset, Amount amount) {
    const Reply first = desk_.send(command::Withdraw{who, asset, amount});
    if (first.accepted() || !first.reject.size_passes) return;
    const Amount most = first.reject.largest_amount;
    if (desk_.send(command::Withdraw{who, asset, most + Amount::from_raw(1)}).accepted())
        throw Broken{"more than the largest withdrawal was let out"};
    if (!desk_.send(command::Withdraw{who, asset, most}).accepted()) throw Broken{"the largest withdrawal was refused"};
}

/// Risk can always be reduced: after close-all each position that is not settled has its order, unless the engine holds no more orders.
void World::close_out(AccountId who) {
    if (!desk_.send(command::CloseAll{who}).accepted() || !state().orders.can_add()) return;
    for (const HeldPosition& p : state().positions.of(state().account(who).positions)) {
        if (p.size.raw() == 0 || state().markets[p.market].settled) continue;
        bool closes = false;
        for (OrderId id = state().account(who).first_order; id.value != 0; id = state().orders.at(id).after) {
            const Order& o = state().orders.at(id);
            closes =
                closes || (o.market.index == p.market && o.leg == p.leg && o.reduce_only && (o.side == Side::sell) == (p.size.raw() > 0));
        }
        if (!closes) throw Broken{"close-all left a position of account " + std::to_string(who.index) + " without an order that closes it"};
    }
    for (std::uint32_t m = 0; m < state().markets.size(); ++m) match({m});
}

/// Once feeds speak and nothing is halted, every liquidation comes to an end.
void World::come_to_rest() {
    prices_->come_back();
    for (std::uint32_t m = 0; m < state().markets.size(); ++m) desk_.send(command::Halt{{m}, false});
    const std::uint64_t interval_ms = std::max<std::uint64_t>(1, params().liquidation.interval_ms);
    for (int rounds = 0; rounds < 120; ++rounds) {
        bool active = false, forbidden = false;
        state().breaches.each([&](LiquidationId, const Breach& b) { active = active || b.active; });
        for (std::uint32_t m = 0; m < state().markets.size(); ++m)
            forbidden = forbidden || !guard_allows(state(), {m}, GuardedAction::liquidate) || state().markets[m].settled;
        if (!active && rounds > 3) return;
        if (forbidden && rounds > 40) return;  // a table that forbids it, a guard that cannot come back
        desk_.pass(interval_ms);
        command::MarkPrices c;
        for (std::uint32_t m = 0; m < state().markets.size(); ++m) c.markets.push_back({{m}, price({m})});
        desk_.send(c);
        for (std::uint32_t m = 0; m < state().markets.size(); ++m) {
            command::IndexPrices index_prices{{m}, {}};
            for (std::uint32_t source = 0; source < 3; ++source) index_prices.sources.push_back({source, price({m}), desk_.now_ms()});
            desk_.send(index_prices);
        }
    }
    throw Broken{"a liquidation went on for ever"};
}

// ---- runs --------------------------------------------------------------------------------------------------------------------------------

Result run(std::uint64_t seed) {
    Result result;
    result.seed = seed;
    World world(seed);
    result.weather = world.weather();
    try {
        world.run();
    } catch (const Broken& broken) {
        result.broken = broken.law;
    }
    const Recorder& desk = world.recorder();
    result.commands = desk.commands().size();
    result.chain = desk.engine().chain();
    result.state = state_hash(desk.state());
    result.counts = desk.counts();
    if (!result.broken.empty()) {
        const auto& all = desk.commands();
        result.last.assign(all.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(8, all.size())), all.end());
    }
    return result;
}

std::string to_string(const Result& result) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string hash;
    for (const std::uint64_t word : {result.chain.high, result.chain.low, result.state.high, result.state.low})
        for (int shift = 60; shift >= 0; shift -= 4) hash += hex[word >> shift & 15u];
    return std::to_string(result.seed) + ' ' + weather_names[static_cast<std::size_t>(result.weather)] + ' ' +
           std::to_string(result.commands) + " commands, " + std::to_string(total(result.counts, "event order-placed")) + " orders, " +
           std::to_string(total(result.counts, "event position-changed")) + " position changes, " +
           std::to_string(total(result.counts, "event liquidation-started")) + " liquidations (" +
           std::to_string(total(result.counts, "outcome 0")) + " solvent, " + std::to_string(total(result.counts, "outcome 1")) +
           " closed, " + std::to_string(total(result.counts, "outcome 2")) + " resolved), " + hash;
}

}  // namespace plimsoll::simulation
