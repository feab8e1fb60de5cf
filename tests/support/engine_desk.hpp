// A small venue and short words for its commands, for tests of the engine.
#pragma once

#include "plimsoll/engine/engine.hpp"
#include "plimsoll/engine/hash.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace plimsoll::testing {

inline Fraction rate_of(std::string_view text) { return Fraction::from_rate(Rate::from_raw(*parse_decimal(text, rate_digits))); }

/// One flat rate at each level, or brackets over own notional (marginal).
inline Schedule flat_schedule(std::string id, std::string_view initial, std::string_view maintenance) {
    Schedule s;
    s.id = std::move(id);
    Term term;
    term.application = Application::whole;
    term.curve.base = rate_of(initial);
    s.initial.terms = {term};
    term.curve.base = rate_of(maintenance);
    s.maintenance.terms = {term};
    return s;
}

/// USDT (6 digits) and BTC as collateral at 90 %; BTC-PERP and ETH-PERP, linear, prices with 2 digits, sizes with 3; 10 % initial,
/// 5 % maintenance.
inline ParameterSet small_venue() {
    ParameterSet set;
    set.name = "desk";
    Asset usdt;
    usdt.name = "USDT";
    usdt.digits = 6;
    usdt.price_digits = 2;
    usdt.price_max = Price::from_raw(1000);
    usdt.amount_max = Amount::from_raw(1'000'000'000'000'000);
    usdt.weight_initial.weight = usdt.weight_maintenance.weight = hundred_percent;
    Asset btc = usdt;
    btc.name = "BTC";
    btc.digits = 8;
    btc.price_max = Price::from_raw(100'000'000);
    btc.weight_initial.weight = btc.weight_maintenance.weight = Rate::from_raw(900'000'000);
    set.assets = {usdt, btc};
    set.schedules = {flat_schedule("main", "0.1", "0.05")};
    for (const char* name : {"BTC-PERP", "ETH-PERP"}) {
        MarketParams m;
        m.name = name;
        m.instrument = {
            ContractKind::linear, 2, 3, 6, {1, 0}, Price::from_raw(100'000'000), Size::from_raw(100'000'000), Price::from_raw(1),
            Size::from_raw(1)};
        set.markets.push_back(m);
    }
    return set;
}

/// Commands are sent one second apart; the laws are checked after each, and that a refused one changed nothing.
class Desk {
public:
    explicit Desk(const ParameterSet& set = small_venue(), const Limits& limits = small_limits()) : engine(limits) { activate(set); }
    static Limits small_limits() {
        Limits limits;
        limits.accounts = 64;
        limits.orders = 256;
        limits.isolated = 16;
        limits.overrides = 8;
        limits.deposits = 8;
        limits.breaches = 32;
        limits.replies = 8;
        limits.groups = 4;
        return limits;
    }

    Reply send(CommandBody body, std::uint64_t after_ms = 1000, CommandId id = {}) {
        now_ms += after_ms;
        return send_at(std::move(body), now_ms, id);
    }
    Reply send_at(CommandBody body, std::uint64_t time_ms, CommandId id = {}) {
        const Hash128 before = state_hash(engine.state());
        const Reply reply = engine.execute({id, time_ms, std::move(body)});
        EXPECT_EQ(check_invariants(engine.state()), "");
        if (!reply.accepted() || reply.repeated) {
            EXPECT_EQ(state_hash(engine.state()), before) << "a refused command changed the state";
        }
        return reply;
    }
    void activate(const ParameterSet& set) {
        ASSERT_TRUE(send(command::DefineSet{std::make_shared<const ParameterSet>(set)}).accepted());
        ASSERT_TRUE(send(command::ActivateSet{digest_of(canonical_bytes(set))}).accepted());
    }
    AccountId open(std::int64_t usdt = 0) {
        const AccountId id{static_cast<std::uint32_t>(send(command::OpenAccount{}).made)};
        if (usdt != 0) {
            EXPECT_TRUE(send(command::Deposit{id, {0}, Amount::from_raw(usdt * 1'000'000)}).accepted());
        }
        return id;
    }
    Reply mark(std::int64_t price, MarketId market = {0}) {
        return send(command::MarkPrices{{{market, Price::from_raw(price * 100)}}, {}});
    }
    Reply order(AccountId account, Side side, std::int64_t milli, std::int64_t price, MarketId market = {0}, Leg leg = Leg::net,
                bool reduce_only = false) {
        return send(command::PlaceOrder{account, market, side, leg, Size::from_raw(milli), Price::from_raw(price * 100), reduce_only});
    }
    /// Two orders of one size at one price, and their match.
    Reply trade(AccountId buyer, AccountId seller, std::int64_t milli, std::int64_t price, MarketId market = {0}) {
        const Reply buy = order(buyer, Side::buy, milli, price, market);
        EXPECT_TRUE(buy.accepted()) << to_string(buy.reject.code);
        const Reply sell = order(seller, Side::sell, milli, price, market);
        EXPECT_TRUE(sell.accepted()) << to_string(sell.reject.code);
        return fill(buy.made, sell.made, milli, price);
    }
    Reply fill(std::uint64_t buy, std::uint64_t sell, std::int64_t milli, std::int64_t price) {
        return send(command::Fill{{buy}, {sell}, Size::from_raw(milli), Price::from_raw(price * 100), {}, {}});
    }
    Amount balance(AccountId account, AssetId asset = {0}) const { return balance_of(engine.state(), account, asset); }
    template <class Kind>
    const Kind* find_event() const {
        for (const Event& e : engine.events())
            if (const auto* found = std::get_if<Kind>(&e)) return found;
        return nullptr;
    }
    template <class Kind>
    std::size_t count_events() const {
        std::size_t n = 0;
        for (const Event& e : engine.events()) n += std::holds_alternative<Kind>(e) ? 1 : 0;
        return n;
    }

    Engine engine;
    std::uint64_t now_ms = 0;
};

}  // namespace plimsoll::testing
