// Streams of commands that are mostly sensible and sometimes not: made from what the venue holds at the moment, so that orders cross,
// accounts go under, feeds die and limits are reached.
#pragma once

#include "reference_engine/engine.hpp"
#include "reference_engine/gen_venue.hpp"

namespace plimsoll::reference {

class CommandGenerator {
public:
    CommandGenerator(Random& random, const Engine& engine, Kind kind = Kind::any)
        : random_(random), venues_(random, kind), engine_(engine) {}

    Limits limits() { return venues_.limits(); }

    Command next() {
        Command c;
        if (setup_ == 0 && one_in(8)) c.body = command::Deposit{{0}, {0}, Amount::from_raw(1)};  // before there is a set
        else if (setup_ < 60) c.body = set_up();
        else c.body = body();
        now_ms_ += static_cast<std::uint64_t>(one_in(20) ? random_.between(0, 5000) : random_.between(0, 200));
        c.time_ms = now_ms_;
        if (one_in(300)) c.time_ms -= std::min<std::uint64_t>(now_ms_, static_cast<std::uint64_t>(random_.between(1, 1000)));
        if (!one_in(4)) c.id = {7, ++ids_};
        if (one_in(100) && !sent_.empty()) {  // sent again, sometimes under another body
            const Command again = sent_[index(sent_.size())];
            if (one_in(3)) c.id = again.id;
            else c = again;
            return c;
        }
        sent_.push_back(c);
        if (sent_.size() > 20) sent_.erase(sent_.begin());
        return c;
    }

private:
    bool one_in(int n) { return random_.between(1, n) == 1; }
    std::size_t index(std::size_t count) { return static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(count) - 1)); }
    const Known& known() const { return engine_.known(); }

    // ---- the beginning: a set, accounts, money, prices ----

    CommandBody set_up() {
        const int step = setup_++;
        if (step == 0) {
            set_ = venues_.set();
            return command::DefineSet{std::make_shared<ParameterSet>(set_)};
        }
        if (step == 1) return command::ActivateSet{digest_of(canonical_bytes(set_))};
        if (step < 10) return command::OpenAccount{one_in(3) ? GroupId{static_cast<std::uint32_t>(random_.between(0, 1))} : no_group};
        if (step == 10) {
            for (std::size_t m = 0; m < 8; ++m) prices_.push_back(random_.between(50, 5000));
            command::MarkPrices marks = all_marks();
            return marks;
        }
        if (step < 20 && !one_in(10))
            return command::Deposit{{static_cast<std::uint32_t>(step - 11)}, {0}, money(0, step < 14 ? 1'000'000 : 30'000)};
        if (step < 30 && !one_in(10))
            return command::Deposit{{static_cast<std::uint32_t>(step - 21) % 9}, {1}, money(1, step < 24 ? 1'000 : 10)};
        if (step == 30) return command::MoveFund{{0}, money(0, 20'000)};
        if (step == 31) return command::MoveFund{{1}, money(1, 5)};
        if (step == 32) return command::SetBackstop{account(), Amount::from_raw(money(0, 20'000).raw())};
        if (step < 40 && engine_.known().deposits.ids().size() > 0) return confirm();
        if (step < 46 && !venues_.is_ordinary()) return mode();
        if (step < 50) return risk();
        return body();
    }

    Amount money(std::uint32_t asset, std::int64_t most) {
        const int digits = asset < set_.assets.size() ? set_.assets[asset].digits : 2;
        return Amount::from_raw(random_.between(1, most * pow10_64(digits)));
    }

    // ---- what the venue holds ----

    AccountId account() {
        return {static_cast<std::uint32_t>(
            one_in(200) ? 99 : random_.between(0, std::max<std::int64_t>(1, static_cast<std::int64_t>(known().owners.size())) - 1))};
    }
    MarketId market() {
        return {static_cast<std::uint32_t>(
            one_in(200) ? 99 : random_.between(0, std::max<std::int64_t>(1, static_cast<std::int64_t>(known().markets.size())) - 1))};
    }
    AssetId asset() {
        return {static_cast<std::uint32_t>(one_in(200) ? 99
                                           : one_in(3) ? random_.between(0, static_cast<std::int64_t>(set_.assets.size()) - 1)
                                                       : 0)};
    }
    std::uint64_t any_order() {
        const auto ids = known().orders.ids();
        if (ids.empty() || one_in(60)) return static_cast<std::uint64_t>(random_.between(0, 5)) | std::uint64_t{1} << 32;
        return ids[index(ids.size())];
    }
    /// The set in force; where its activation was refused, as one in the past is, or where it has no market, the one that was to be.
    const ParameterSet& params() const { return engine_.has_set() && !engine_.params().markets.empty() ? engine_.params() : set_; }
    bool exists(MarketId m) const { return engine_.has_set() && m.index < engine_.params().markets.size(); }
    const Instrument& instrument(MarketId m) const { return params().market(exists(m) ? m : MarketId{0}).instrument; }

    /// The price of a market in raw units, as it walks.
    std::int64_t raw_price(MarketId m) const {
        const Instrument& i = instrument(m);
        return std::clamp<std::int64_t>(prices_[m.index % prices_.size()] * pow10_64(i.price_digits), 0, i.price_max.raw());
    }
    Price near_price(MarketId m, int most_per_cent) {
        const std::int64_t tick = instrument(m).tick.raw();
        const std::int64_t price = std::max<std::int64_t>(raw_price(m), 1);
        const std::int64_t at = price + price * random_.between(-most_per_cent * 10, most_per_cent * 10) / 1000;
        return Price::from_raw(one_in(100) ? at : std::max<std::int64_t>(1, at / tick) * tick);
    }
    Size size(MarketId m) {
        const Instrument& i = instrument(m);
        const std::int64_t most = std::max<std::int64_t>(i.lot.raw(), i.size_max.raw() / random_.between(1, 60));
        const std::int64_t lots = std::max<std::int64_t>(1, random_.between(1, most) / i.lot.raw());
        return Size::from_raw(one_in(100) ? random_.between(-1, 2 * i.size_max.raw()) : lots * i.lot.raw());
    }
    Leg leg_of(AccountId a, MarketId m) {
        if (one_in(50) || a.index >= known().owners.size()) return static_cast<Leg>(random_.between(0, 2));
        for (const Holding& h : known().owners[a.index].holdings)
            if (h.market == m && (h.leg == Leg::net || one_in(2))) return h.leg;
        for (const Holding& h : known().owners[a.index].holdings)
            if (h.market == m) return h.leg;
        return Leg::net;
    }

    // ---- commands ----

    CommandBody body() {
        if (one_in(40) && !known().shorts.ids().empty())
            return command::Deleverage{{known().shorts.ids()[index(known().shorts.ids().size())]}};
        const auto draw = random_.between(0, 999);
        if (draw < 230) return order();
        if (draw < 480) return fill();
        if (draw < 620) return marks();
        if (draw < 670) return command::Tick{};
        if (draw < 700) return deposit();
        if (draw < 720) return confirm();
        if (draw < 725) return drop();
        if (draw < 755) return withdraw();
        if (draw < 775) return transfer();
        if (draw < 800) return margin();
        if (draw < 825) return amend();
        if (draw < 850) return command::CancelOrder{owner_of_order(), {last_order_}};
        if (draw < 858) return command::CloseAll{account()};
        if (draw < 880) return index_prices();
        if (draw < 895) return risk();
        if (draw < 915)
            return command::Funding{market(), Rate::from_raw(one_in(20) ? random_.between(-2 * rate_one, 2 * rate_one)
                                                                        : random_.between(-rate_one / 100, rate_one / 100))};
        if (draw < 930) return command::Halt{market(), one_in(4)};
        if (draw < 945) return venues_.is_ordinary() && !one_in(8) ? CommandBody{command::Tick{}} : mode();
        if (draw < 957) return leverage();
        if (draw < 965) return override_of();
        if (draw < 970)
            return command::SetGroup{account(), one_in(3) ? no_group : GroupId{static_cast<std::uint32_t>(random_.between(0, 2))}};
        if (draw < 974) return command::MoveFund{asset(), Amount::from_raw(random_.between(-200'000, 1'000'000))};
        if (draw < 979) return take_fees();
        if (draw < 983)
            return command::SetBackstop{account(), Amount::from_raw(one_in(5) ? random_.between(-1, 0) : random_.between(0, 5'000'000))};
        if (draw < 988) return define();
        if (draw < 995) return activate();
        if (draw < 997) return command::OpenAccount{one_in(2) ? no_group : GroupId{static_cast<std::uint32_t>(random_.between(0, 3))}};
        // A market that is gone stays gone: rarely, and nearly never the last one.
        if (draw < 998)
            return one_in(3) && (open_markets() > 1 || one_in(20)) ? CommandBody{command::Delist{market()}} : CommandBody{command::Tick{}};
        return command::Settle{market_delisted(), near_price({0}, 20)};
    }

    CommandBody order() {
        // Somebody answers the liquidation orders, for otherwise nothing of a liquidation is ever filled.
        command::PlaceOrder c;
        c.account = account();
        c.market = market();
        c.side = one_in(2) ? Side::buy : Side::sell;
        for (const std::uint64_t id : known().orders.ids()) {
            const RestingOrder& o = *known().orders.find(id);
            if (o.kind != OrderKind::liquidation || one_in(2)) continue;
            c.market = o.market;
            c.side = o.side == Side::buy ? Side::sell : Side::buy;
            c.account = {static_cast<std::uint32_t>(random_.between(0, 3))};
        }
        c.leg = leg_of(c.account, c.market);
        c.size = size(c.market);
        c.limit = one_in(60) ? Price::from_raw(random_.between(-1, 1000)) : near_price(c.market, one_in(8) ? 60 : 4);
        c.reduce_only = one_in(12);
        if (c.account.index < known().owners.size() && one_in(4))
            if (const Holding* h = engine_.find(c.account, c.market, c.leg); h != nullptr && h->size != 0) {  // closing
                c.side = h->size > 0 ? Side::sell : Side::buy;
                c.size = one_in(2) ? counted<Size>(magnitude_of(h->size)) : c.size;
            }
        return c;
    }

    CommandBody fill() {
        std::vector<std::uint64_t> buys, sells;
        for (const std::uint64_t id : known().orders.ids()) (known().orders.find(id)->side == Side::buy ? buys : sells).push_back(id);
        if (buys.empty() || sells.empty()) return order();
        for (int tries = 0; tries < 20; ++tries) {
            const std::uint64_t b = buys[index(buys.size())];
            const std::uint64_t a = sells[index(sells.size())];
            const RestingOrder& buy = *known().orders.find(b);
            const RestingOrder& sell = *known().orders.find(a);
            const bool any_buy = buy.kind == OrderKind::liquidation;
            const bool crossed = any_buy || buy.limit >= sell.limit;
            if ((buy.market != sell.market || buy.account == sell.account || !crossed) && !one_in(200)) continue;
            return match(b, buy, a, sell);
        }
        return order();
    }
    CommandBody match(std::uint64_t b, const RestingOrder& buy, std::uint64_t a, const RestingOrder& sell) {
        command::Fill c;
        c.buy = {b};
        c.sell = {a};
        const std::int64_t both = std::min(buy.size.raw(), sell.size.raw());
        c.size = Size::from_raw(one_in(2) ? both : one_in(30) ? random_.between(0, both + 2) : random_.between(1, both));
        const std::int64_t low =
            sell.kind == OrderKind::liquidation ? std::max<std::int64_t>(1, buy.limit.raw() * 9 / 10) : sell.limit.raw();
        const std::int64_t high = buy.kind == OrderKind::liquidation ? low + low / 20 : buy.limit.raw();
        c.price = Price::from_raw(one_in(60)    ? random_.between(0, 2 * high)
                                  : low <= high ? std::clamp(raw_price(buy.market), low, high)
                                                : high);
        const auto fee = [&](const RestingOrder& o) {
            if (o.kind == OrderKind::liquidation && !one_in(50)) return Amount{};
            const Integer most = rate_of_notional(instrument(o.market), c.size.raw(), c.price, engine_.params().market(o.market).fee_max);
            return Amount::from_raw(one_in(60) ? static_cast<std::int64_t>(most) + 1 : random_.between(0, static_cast<std::int64_t>(most)));
        };
        c.buy_fee = fee(buy);
        c.sell_fee = fee(sell);
        return c;
    }

    void walk() {
        for (std::int64_t& price : prices_) {
            const auto most = one_in(12) ? 300 : 25;  // in thousandths
            price = std::max<std::int64_t>(1, price + price * random_.between(-most, most) / 1000);
            if (one_in(60)) price = price / random_.between(2, 5);
            if (one_in(60)) price = price * random_.between(2, 4);
            if (price < 20 || price > 200'000) price = random_.between(20, 20'000);
        }
    }
    command::MarkPrices all_marks() {
        command::MarkPrices c;
        for (std::uint32_t m = 0; m < known().markets.size(); ++m) {
            if (one_in(15)) continue;  // a feed that is silent
            c.markets.push_back({{m}, Price::from_raw(one_in(300) ? 0 : raw_price({m}))});
        }
        for (std::uint32_t a = 1; a < known().assets.size(); ++a)
            if (!one_in(4))
                c.assets.push_back({{a},
                                    Price::from_raw(std::min<std::int64_t>(set_.assets[a].price_max.raw(),
                                                                           prices_[7 - a] * pow10_64(set_.assets[a].price_digits)))});
        return c;
    }
    CommandBody marks() {
        walk();
        command::MarkPrices c = all_marks();
        if (one_in(100)) c.markets.push_back({market(), Price::from_raw(random_.between(-1, 10))});
        if (one_in(100)) c.assets.push_back({asset(), Price::from_raw(random_.between(-1, 10))});
        if (one_in(200)) c.markets.push_back({market(), Price::from_raw(instrument({0}).price_max.raw() + 1)});
        return c;
    }
    CommandBody index_prices() {
        command::IndexPrices c;
        c.market = market();
        const auto count = one_in(60) ? 17 : random_.between(0, 4);
        for (std::int64_t i = 0; i < count; ++i)
            c.sources.push_back(
                {static_cast<std::uint32_t>(one_in(100) ? 0 : i),
                 Price::from_raw(one_in(30) ? random_.between(-1, 10) : near_price(c.market, 5).raw()),
                 now_ms_ - std::min<std::uint64_t>(now_ms_, static_cast<std::uint64_t>(random_.between(0, one_in(10) ? 30'000 : 500)))});
        return c;
    }
    CommandBody risk() {
        const MarketId m = market();
        const auto figure = [&] {
            return Amount::from_raw(one_in(80)   ? -1
                                    : one_in(10) ? 0
                                                 : money(exists(m) ? engine_.params().market(m).settle.index : 0, 1'000'000).raw());
        };
        return command::MarketRisk{m, figure(), figure(), Rate::from_raw(random_.between(one_in(80) ? -1 : 0, 3 * rate_one)), figure()};
    }

    CommandBody deposit() {
        return one_in(30)
                   ? command::Deposit{account(), asset(), Amount::from_raw(random_.between(-1, std::int64_t{1} << 62))}
                   : command::Deposit{account(), {static_cast<std::uint32_t>(one_in(3))}, one_in(3) ? money(0, 20'000) : money(1, 3)};
    }
    DepositId any_deposit() {
        const auto ids = known().deposits.ids();
        return {ids.empty() || one_in(20) ? 77 : ids[index(ids.size())]};
    }
    CommandBody confirm() { return command::ConfirmDeposit{any_deposit(), static_cast<std::uint32_t>(random_.between(0, 5))}; }
    CommandBody drop() { return command::DropDeposit{any_deposit()}; }
    Amount some_of(AccountId a, AssetId asset_id) {
        if (a.index >= known().owners.size() || one_in(30)) return Amount::from_raw(random_.between(-1, 1'000'000'000));
        const Integer there = engine_.balance(a, asset_id);
        if (there <= 0) return Amount::from_raw(1);
        const auto most = static_cast<std::int64_t>(there);
        return Amount::from_raw(one_in(8) ? most + random_.between(-1, 1)
                                          : random_.between(1, std::max<std::int64_t>(1, most / random_.between(1, 10))));
    }
    CommandBody withdraw() {
        const AccountId a = account();
        const AssetId what = asset();
        return command::Withdraw{a, what, some_of(a, what)};
    }
    CommandBody transfer() {
        const AccountId from = account();
        const AssetId what = asset();
        return command::Transfer{from, account(), what, some_of(from, what)};
    }
    CommandBody margin() {
        command::MoveMargin c{account(), market(), Leg::net, Amount::from_raw(1)};
        std::vector<std::pair<AccountId, const Holding*>> isolated;
        for (std::uint32_t a = 0; a < known().owners.size(); ++a)
            for (const Holding& h : known().owners[a].holdings)
                if (h.mode == MarginMode::isolated) isolated.push_back({{a}, &h});
        if (isolated.empty()) return c;
        const auto& [owner, h] = isolated[index(isolated.size())];
        c = {owner, h->market, h->leg, {}};
        const AssetId settle = engine_.params().market(h->market).settle;
        if (one_in(3) && h->collateral > 0) c.amount = Amount::from_raw(-random_.between(1, static_cast<std::int64_t>(h->collateral) + 1));
        else c.amount = Amount::from_raw(some_of(owner, settle).raw() / random_.between(1, 10));
        return c;
    }

    AccountId owner_of_order() {
        last_order_ = any_order();
        const RestingOrder* o = known().orders.find(last_order_);
        return o == nullptr || one_in(40) ? account() : o->account;
    }
    CommandBody amend() {
        command::AmendOrder c;
        c.account = owner_of_order();
        c.order = {last_order_};
        const RestingOrder* o = known().orders.find(last_order_);
        if (o == nullptr) return c;
        c.size = one_in(2) ? size(o->market) : Size::from_raw(random_.between(1, o->size.raw()));
        c.limit = one_in(2) ? o->limit : near_price(o->market, 5);
        return c;
    }

    CommandBody mode() {
        return command::SetMode{account(), market(), one_in(2) ? MarginMode::isolated : MarginMode::cross,
                                one_in(2) ? command::PositionMode::hedge : command::PositionMode::one_way};
    }
    CommandBody leverage() {
        return command::SetLeverage{account(), market(),
                                    static_cast<std::uint32_t>(one_in(4) ? random_.between(0, 120) : random_.between(100, 12'000))};
    }
    CommandBody override_of() {
        command::SetOverride c;
        c.account = account();
        c.market = one_in(2) ? every_market : market();
        c.multiplier = Rate::from_raw(one_in(3) ? 0 : random_.between(rate_one - (one_in(10) ? 1000 : 0), 3 * rate_one));
        c.initial_floor = Rate::from_raw(one_in(3) ? 0 : random_.between(one_in(20) ? -10 : 0, rate_one / 5));
        return c;
    }
    CommandBody take_fees() {
        const AssetId what = asset();
        if (what.index >= known().assets.size() || one_in(4)) return command::TakeFees{what, Amount::from_raw(random_.between(-1, 1000))};
        return command::TakeFees{what, Amount::from_raw(static_cast<std::int64_t>(known().assets[what.index].fees / 2))};
    }
    CommandBody define() {
        if (one_in(6)) {
            auto broken = std::make_shared<ParameterSet>(set_);
            broken->version = 0;
            if (one_in(2)) broken->numeraire = {99};  // so broken that it has no canonical bytes
            return command::DefineSet{one_in(3) ? nullptr : broken};
        }
        if (one_in(6)) return command::DefineSet{std::make_shared<ParameterSet>(set_)};
        return command::DefineSet{std::make_shared<ParameterSet>(venues_.changed(engine_.has_set() ? engine_.params() : set_))};
    }
    CommandBody activate() {
        if (known().ready.empty() || one_in(20)) return command::ActivateSet{};
        auto chosen = known().ready.begin();
        std::advance(chosen, index(known().ready.size()));
        return command::ActivateSet{chosen->first};
    }
    int open_markets() const {
        return static_cast<int>(std::count_if(known().markets.begin(), known().markets.end(), [](const Market& m) { return !m.delisted; }));
    }
    MarketId market_delisted() {
        for (std::uint32_t m = 0; m < known().markets.size(); ++m)
            if (known().markets[m].delisted && !one_in(5)) return {m};
        return market();
    }

    Random& random_;
    VenueGenerator venues_;
    const Engine& engine_;
    ParameterSet set_;
    int setup_ = 0;
    std::uint64_t now_ms_ = 1'000'000;
    std::uint64_t ids_ = 0;
    std::uint64_t last_order_ = 0;
    std::vector<std::int64_t> prices_;
    std::vector<Command> sent_;
};

}  // namespace plimsoll::reference
