// Every reject, one row each: what is done first, what is then refused, and with which code.
#include "support/engine_desk.hpp"

#include <map>

namespace plimsoll::testing {
namespace {

constexpr AssetId usdt{0};
constexpr MarketId btc_perp{0};

struct Row {
    RejectCode code;
    const char* because;
    std::function<Reply(Desk&)> run;
};

command::PlaceOrder order(AccountId account, Side side, std::int64_t milli, std::int64_t cents) {
    return {account, btc_perp, side, Leg::net, Size::from_raw(milli), Price::from_raw(cents), false};
}

Amount usd(std::int64_t whole) { return Amount::from_raw(whole * 1'000'000); }

/// Long one coin at 10,000 against bob.
struct Held {
    AccountId alice;
    AccountId bob;
};
Held held(Desk& d, std::int64_t alice_usdt = 2'000, std::int64_t milli = 1'000) {
    d.mark(10'000);
    const Held h{d.open(alice_usdt), d.open(1'000'000)};
    EXPECT_TRUE(d.trade(h.alice, h.bob, milli, 10'000).accepted());
    return h;
}

ParameterSet with(const std::function<void(ParameterSet&)>& change) {
    ParameterSet set = small_venue();
    change(set);
    return set;
}

Reply define(Desk& d, const ParameterSet& set) { return d.send(command::DefineSet{std::make_shared<const ParameterSet>(set)}); }
Reply activate(Desk& d, const ParameterSet& set) {
    EXPECT_TRUE(define(d, set).accepted());
    return d.send(command::ActivateSet{digest_of(canonical_bytes(set))});
}

/// A desk under another set, so that a row may need a venue of its own.
Reply under(const ParameterSet& set, const std::function<Reply(Desk&)>& run, Limits limits = Desk::small_limits()) {
    Desk d(set, limits);
    return run(d);
}

std::vector<Row> rows_of_names() {
    return {
        {RejectCode::id_reused, "the same id with another body",
         [](Desk& d) {
             d.send(command::OpenAccount{}, 1, {1, 1});
             return d.send(command::Tick{}, 1, {1, 1});
         }},
        {RejectCode::time_backwards, "an earlier time", [](Desk& d) { return d.send_at(command::Tick{}, d.now_ms - 1); }},
        {RejectCode::no_active_set, "no set yet",
         [](Desk& d) {
             Engine fresh{Desk::small_limits()};
             (void)d;
             return fresh.execute({{}, 1, command::MoveFund{usdt, usd(1)}});
         }},
        {RejectCode::set_unknown, "a hash nobody defined", [](Desk& d) { return d.send(command::ActivateSet{}); }},
        {RejectCode::account_unknown, "account 0 of none", [](Desk& d) { return d.send(command::Withdraw{{0}, usdt, usd(1)}); }},
        {RejectCode::group_unknown, "group 4 of 4", [](Desk& d) { return d.send(command::OpenAccount{{4}}); }},
        {RejectCode::asset_unknown, "asset 2 of 2", [](Desk& d) { return d.send(command::Deposit{d.open(), {2}, usd(1)}); }},
        {RejectCode::market_unknown, "market 2 of 2", [](Desk& d) { return d.send(command::Halt{{2}, true}); }},
        {RejectCode::order_unknown, "an order that was cancelled",
         [](Desk& d) {
             d.mark(10'000);
             const AccountId alice = d.open(1'000);
             const OrderId id{d.order(alice, Side::buy, 10, 10'000).made};
             EXPECT_TRUE(d.send(command::CancelOrder{alice, id}).accepted());
             return d.send(command::CancelOrder{alice, id});
         }},
        {RejectCode::order_unknown, "another's order",
         [](Desk& d) {
             d.mark(10'000);
             const OrderId id{d.order(d.open(1'000), Side::buy, 10, 10'000).made};
             return d.send(command::CancelOrder{d.open(), id});
         }},
        {RejectCode::deposit_unknown, "no deposit waits", [](Desk& d) { return d.send(command::DropDeposit{{5}}); }},
        {RejectCode::liquidation_unknown, "nothing is liquidated", [](Desk& d) { return d.send(command::Deleverage{{5}}); }},
        {RejectCode::position_unknown, "no isolated position",
         [](Desk& d) { return d.send(command::MoveMargin{d.open(10), btc_perp, Leg::net, usd(1)}); }},
    };
}

std::vector<Row> rows_of_figures() {
    return {
        {RejectCode::set_invalid, "a set without its numeraire",
         [](Desk& d) { return define(d, with([](ParameterSet& s) { s.numeraire = {9}; })); }},
        {RejectCode::set_incompatible, "a market renamed",
         [](Desk& d) { return activate(d, with([](ParameterSet& s) { s.markets[0].name = "X"; })); }},
        {RejectCode::set_incompatible, "an asset rescaled",
         [](Desk& d) { return activate(d, with([](ParameterSet& s) { s.assets[1].digits = 7; })); }},
        {RejectCode::set_incompatible, "a position beyond the new bound",
         [](Desk& d) {
             held(d);
             return activate(d, with([](ParameterSet& s) { s.markets[0].instrument.size_max = Size::from_raw(999); }));
         }},
        {RejectCode::size_out_of_range, "size 0", [](Desk& d) { return d.send(order(d.open(10), Side::buy, 0, 100)); }},
        {RejectCode::size_out_of_range, "beyond size_max", [](Desk& d) { return d.send(order(d.open(10), Side::buy, 100'000'001, 100)); }},
        {RejectCode::price_out_of_range, "limit 0", [](Desk& d) { return d.send(order(d.open(10), Side::buy, 1, 0)); }},
        {RejectCode::price_out_of_range, "a mark beyond price_max", [](Desk& d) { return d.mark(1'000'001); }},
        {RejectCode::price_out_of_range, "the numeraire is worth itself",
         [](Desk& d) { return d.send(command::MarkPrices{{}, {{usdt, Price::from_raw(99)}}}); }},
        {RejectCode::amount_out_of_range, "a deposit of nothing", [](Desk& d) { return d.send(command::Deposit{d.open(), usdt, {}}); }},
        {RejectCode::amount_out_of_range, "more than a balance holds",
         [](Desk& d) { return d.send(command::Deposit{d.open(), usdt, Amount::from_raw(1'000'000'000'000'001)}); }},
        {RejectCode::fee_out_of_range, "a fee where none is allowed",
         [](Desk& d) {
             d.mark(10'000);
             const Reply buy = d.order(d.open(2'000), Side::buy, 10, 10'000);
             const Reply sell = d.order(d.open(2'000), Side::sell, 10, 10'000);
             return d.send(command::Fill{{buy.made}, {sell.made}, Size::from_raw(10), Price::from_raw(1'000'000), usd(1), {}});
         }},
        {RejectCode::rate_out_of_range, "funding above 100 %",
         [](Desk& d) {
             d.mark(10'000);
             return d.send(command::Funding{btc_perp, Rate::from_raw(1'000'000'001)});
         }},
        {RejectCode::rate_out_of_range, "a multiplier below 1",
         [](Desk& d) { return d.send(command::SetOverride{d.open(), every_market, Rate::from_raw(1), {}}); }},
        {RejectCode::leverage_above_max, "a leverage below 1",
         [](Desk& d) { return d.send(command::SetLeverage{d.open(), btc_perp, 99}); }},
        {RejectCode::leverage_above_max, "above the market's",
         [](Desk& d) {
             (void)d;
             return under(with([](ParameterSet& s) { s.markets[0].leverage_max_hundredths = 1000; }),
                          [](Desk& own) { return own.send(command::SetLeverage{own.open(), btc_perp, 1001}); });
         }},
        {RejectCode::figure_out_of_range, "a depth below 0",
         [](Desk& d) { return d.send(command::MarketRisk{btc_perp, usd(-1), {}, {}, {}}); }},
        {RejectCode::figure_out_of_range, "one market marked twice",
         [](Desk& d) { return d.send(command::MarkPrices{{{btc_perp, Price::from_raw(1)}, {btc_perp, Price::from_raw(2)}}, {}}); }},
    };
}

std::vector<Row> rows_of_state() {
    return {
        {RejectCode::capacity_exhausted, "no account is left",
         [](Desk& d) {
             (void)d;
             Limits limits = Desk::small_limits();
             limits.accounts = 1;
             return under(
                 small_venue(),
                 [](Desk& own) {
                     own.open();
                     return own.send(command::OpenAccount{});
                 },
                 limits);
         }},
        {RejectCode::market_delisted, "nothing opens in a delisted market",
         [](Desk& d) {
             d.mark(10'000);
             EXPECT_TRUE(d.send(command::Delist{btc_perp}).accepted());
             return d.order(d.open(2'000), Side::buy, 10, 10'000);
         }},
        {RejectCode::market_not_delisted, "settled before it is delisted",
         [](Desk& d) { return d.send(command::Settle{btc_perp, Price::from_raw(1)}); }},
        {RejectCode::guard_forbids, "no mark yet", [](Desk& d) { return d.order(d.open(2'000), Side::buy, 10, 10'000); }},
        {RejectCode::guard_forbids, "withdrawing while halted",
         [](Desk& d) {
             const Held h = held(d);
             EXPECT_TRUE(d.send(command::Halt{btc_perp, true}).accepted());
             return d.send(command::Withdraw{h.alice, usdt, usd(1)});
         }},
        {RejectCode::in_liquidation, "withdrawing while liquidated",
         [](Desk& d) {
             const Held h = held(d, 1'000);
             EXPECT_TRUE(d.mark(9'400).accepted());
             EXPECT_NE(d.find_event<event::LiquidationStarted>(), nullptr);
             return d.send(command::Withdraw{h.alice, usdt, usd(1)});
         }},
        {RejectCode::mode_conflict, "a leg in one-way mode",
         [](Desk& d) {
             d.mark(10'000);
             return d.order(d.open(2'000), Side::buy, 10, 10'000, btc_perp, Leg::long_leg);
         }},
        {RejectCode::in_use, "a mode changed under a position",
         [](Desk& d) {
             const Held h = held(d);
             return d.send(command::SetMode{h.alice, btc_perp, MarginMode::isolated, command::PositionMode::one_way});
         }},
        {RejectCode::already_done, "halted twice",
         [](Desk& d) {
             d.send(command::Halt{btc_perp, true});
             return d.send(command::Halt{btc_perp, true});
         }},
        {RejectCode::too_many_positions, "as many orders as an account may have",
         [](Desk& d) {
             (void)d;
             Limits limits = Desk::small_limits();
             limits.orders_per_account = 1;
             return under(
                 small_venue(),
                 [](Desk& own) {
                     own.mark(10'000);
                     const AccountId alice = own.open(2'000);
                     EXPECT_TRUE(own.order(alice, Side::buy, 1, 10'000).accepted());
                     return own.order(alice, Side::buy, 1, 10'000);
                 },
                 limits);
         }},
        {RejectCode::reduce_only_would_increase, "reduce-only beyond the position",
         [](Desk& d) {
             const Held h = held(d);
             return d.order(h.alice, Side::sell, 1'001, 10'000, btc_perp, Leg::net, true);
         }},
        {RejectCode::beyond_leg, "closing more than the leg",
         [](Desk& d) {
             d.mark(10'000);
             const AccountId alice = d.open(2'000);
             EXPECT_TRUE(d.send(command::SetMode{alice, btc_perp, MarginMode::cross, command::PositionMode::hedge}).accepted());
             return d.order(alice, Side::sell, 1, 10'000, btc_perp, Leg::long_leg);
         }},
        {RejectCode::mark_missing, "nothing is opened at a mark of 0",
         [](Desk& d) {
             d.mark(0);
             return d.order(d.open(2'000), Side::buy, 1, 10'000);
         }},
        {RejectCode::debts_unsettled, "somebody owes 9,000 and waits to be liquidated",
         [](Desk& d) {
             (void)d;
             return under(with([](ParameterSet& s) { s.liquidation.threshold_ms = 3'600'000; }), [](Desk& own) {
                 own.mark(10'000);
                 const AccountId other = own.open(100'000);
                 EXPECT_TRUE(own.trade(own.open(1'000), other, 1'000, 10'000).accepted());
                 own.mark(1);
                 const Reply refused = own.send(command::Withdraw{other, usdt, usd(1)});
                 EXPECT_EQ(refused.reject.required, usd(8'999).raw());
                 EXPECT_EQ(refused.reject.shortfall, usd(8'999).raw());
                 return refused;
             });
         }},
        {RejectCode::debts_unsettled, "no room to see another breach",
         [](Desk& d) {
             (void)d;
             Limits limits = Desk::small_limits();
             limits.breaches = 1;
             return under(
                 with([](ParameterSet& s) { s.liquidation.threshold_ms = 3'600'000; }),
                 [](Desk& own) {
                     own.mark(10'000);
                     const AccountId other = own.open(100'000);
                     EXPECT_TRUE(own.trade(own.open(1'000), other, 1'000, 10'000).accepted());
                     own.mark(9'400);
                     return own.send(command::Withdraw{other, usdt, usd(1)});
                 },
                 limits);
         }},
    };
}

std::vector<Row> rows_of_matches() {
    const auto match = [](Desk& d, std::int64_t buy_limit, std::int64_t sell_limit, std::int64_t milli, std::int64_t price) {
        d.mark(10'000);
        const Reply buy = d.order(d.open(20'000), Side::buy, 10, buy_limit);
        const Reply sell = d.order(d.open(20'000), Side::sell, 10, sell_limit);
        return d.fill(buy.made, sell.made, milli, price);
    };
    return {
        {RejectCode::sides_differ, "two buys",
         [](Desk& d) {
             d.mark(10'000);
             const Reply one = d.order(d.open(2'000), Side::buy, 10, 10'000);
             const Reply two = d.order(d.open(2'000), Side::buy, 10, 10'000);
             return d.fill(one.made, two.made, 10, 10'000);
         }},
        {RejectCode::self_trade, "one account on both sides",
         [](Desk& d) {
             d.mark(10'000);
             const AccountId alice = d.open(20'000);
             const Reply buy = d.order(alice, Side::buy, 10, 10'000);
             const Reply sell = d.order(alice, Side::sell, 10, 10'000);
             return d.fill(buy.made, sell.made, 10, 10'000);
         }},
        {RejectCode::beyond_order, "more than is left", [=](Desk& d) { return match(d, 10'000, 10'000, 11, 10'000); }},
        {RejectCode::beyond_limit, "above what the buyer pays", [=](Desk& d) { return match(d, 10'000, 9'000, 10, 10'001); }},
        {RejectCode::beyond_limit, "below what the seller takes", [=](Desk& d) { return match(d, 10'000, 10'000, 10, 9'999); }},
    };
}

std::vector<Row> rows_of_limits() {
    const auto capped = [](const std::function<void(Caps&)>& change, const std::function<Reply(Desk&)>& run) {
        return [=](Desk& d) {
            (void)d;
            return under(with([&](ParameterSet& s) { change(s.schedules[0].caps); }), run);
        };
    };
    const auto buy_two = [](Desk& d) {
        d.mark(10'000);
        return d.order(d.open(100'000), Side::buy, 2'000, 10'000);
    };
    return {
        {RejectCode::position_cap, "15,000 at most", capped([](Caps& c) { c.position = Decimal{15'000, 0}; }, buy_two)},
        {RejectCode::group_cap, "15,000 at most of one owner", capped([](Caps& c) { c.group = Decimal{15'000, 0}; }, buy_two)},
        {RejectCode::open_interest_cap, "15,000 at most of a side", capped([](Caps& c) { c.open_interest = Decimal{15'000, 0}; }, buy_two)},
        {RejectCode::market_cap_share, "no more than a tenth of a capitalisation of 100,000",
         capped([](Caps& c) { c.open_interest_market_cap = rate_of("0.1"); },
                [=](Desk& d) {
                    EXPECT_TRUE(d.send(command::MarketRisk{btc_perp, {}, {}, {}, usd(100'000)}).accepted());
                    return buy_two(d);
                })},
        {RejectCode::leverage_caps_size, "20x ends at 10,000",
         [](Desk& d) {
             (void)d;
             return under(with([](ParameterSet& s) {
                              Term& t = s.schedules[0].initial.terms[0];
                              t.curve.kind = CurveKind::brackets;
                              t.curve.base = {};
                              t.curve.rows = {{{0, 0}, rate_of("0.05")}, {{10'000, 0}, rate_of("0.1")}};
                              s.schedules[0].maintenance.terms[0].curve.base = rate_of("0.02");
                              s.schedules[0].caps.leverage_caps_size = true;
                          }),
                          [](Desk& own) {
                              own.mark(10'000);
                              const AccountId alice = own.open(100'000);
                              EXPECT_TRUE(own.send(command::SetLeverage{alice, btc_perp, 2000}).accepted());
                              return own.order(alice, Side::buy, 2'000, 10'000);
                          });
         }},
        {RejectCode::balance_insufficient, "more than there is",
         [](Desk& d) { return d.send(command::Withdraw{d.open(10), usdt, usd(11)}); }},
        {RejectCode::margin_insufficient, "999 for a position that needs 1,000",
         [](Desk& d) {
             d.mark(10'000);
             return d.order(d.open(999), Side::buy, 1'000, 10'000);
         }},
        {RejectCode::margin_insufficient, "a withdrawal below the initial requirement",
         [](Desk& d) {
             const Held h = held(d, 1'500);
             return d.send(command::Withdraw{h.alice, usdt, usd(501)});
         }},
    };
}

std::vector<Row> all_rows() {
    std::vector<Row> rows;
    for (auto part : {rows_of_names(), rows_of_figures(), rows_of_state(), rows_of_matches(), rows_of_limits()})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

TEST(ENG_030, every_reject_is_produced_and_changes_nothing) {
    std::map<RejectCode, int> seen;
    for (const Row& row : all_rows()) {
        Desk d;
        const Reply reply = row.run(d);
        EXPECT_EQ(to_string(reply.reject.code), to_string(row.code)) << row.because;
        ++seen[reply.reject.code];
    }
    for (const RejectText& text : reject_texts().subspan(1)) EXPECT_GT(seen[text.code], 0) << text.name << " is never produced";
}

TEST(ENG_031, a_refused_order_says_what_would_pass) {
    Desk d;
    d.mark(10'000);
    const AccountId alice = d.open(1'500);
    const Reply resting = d.order(alice, Side::buy, 600, 10'000);
    ASSERT_TRUE(resting.accepted());
    const Reply refused = d.order(alice, Side::buy, 1'000, 10'000);
    ASSERT_EQ(refused.reject.code, RejectCode::margin_insufficient);
    EXPECT_EQ(refused.reject.required, 1'600'000'000);
    EXPECT_EQ(refused.reject.available, 1'500'000'000);
    EXPECT_EQ(refused.reject.shortfall, 100'000'000);
    EXPECT_EQ(refused.reject.largest_size.raw(), 900);
    EXPECT_EQ(refused.reject.cancel.value, resting.made);
    EXPECT_EQ(refused.reject.deposit.raw(), 100'000'000);
    EXPECT_EQ(refused.reject.cheapest, Cure::cancel_order);
    // Each cure works, and one unit less does not.
    EXPECT_FALSE(d.order(alice, Side::buy, 901, 10'000).accepted());
    EXPECT_TRUE(d.send(command::Deposit{alice, usdt, Amount::from_raw(99'999'999)}).accepted());
    EXPECT_FALSE(d.order(alice, Side::buy, 1'000, 10'000).accepted());
    EXPECT_TRUE(d.send(command::Deposit{alice, usdt, Amount::from_raw(1)}).accepted());
    EXPECT_TRUE(d.order(alice, Side::buy, 1'000, 10'000).accepted());
}

TEST(ENG_032, the_same_command_id_gives_the_same_reply_within_its_window) {
    Desk d;
    const CommandId id{7, 7};
    const Reply first = d.send(command::OpenAccount{}, 1000, id);
    const Reply again = d.send(command::OpenAccount{}, 1000, id);
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.seq, first.seq);
    EXPECT_EQ(again.made, first.made);
    EXPECT_EQ(again.chain, first.chain);
    EXPECT_EQ(d.engine.state().accounts.size(), 1u);
    EXPECT_EQ(d.send(command::Tick{}, 1000, id).reject.code, RejectCode::id_reused);
    // The window holds eight.
    for (std::uint64_t i = 0; i < 8; ++i) d.send(command::Tick{}, 1, {8, i});
    EXPECT_FALSE(d.send(command::OpenAccount{}, 1000, id).repeated);
    EXPECT_EQ(d.engine.state().accounts.size(), 2u);
}

TEST(ENG_032, many_ids_come_and_go_and_each_is_found_while_it_is_remembered) {
    Desk d;
    for (std::uint64_t i = 1; i < 2'000; ++i) {
        const std::uint64_t seq = d.engine.execute({{i * 3, i}, d.now_ms, command::Tick{}}).seq;
        for (std::uint64_t back = 0; back < 8 && back < i; ++back)
            EXPECT_EQ(d.engine.execute({{(i - back) * 3, i - back}, d.now_ms, command::Tick{}}).seq, seq - back);
    }
}

TEST(ENG_033, a_refusal_is_remembered_too) {
    Desk d;
    const AccountId alice = d.open();
    const CommandId id{9, 9};
    EXPECT_EQ(d.send(command::Withdraw{alice, usdt, usd(1)}, 1, id).reject.code, RejectCode::balance_insufficient);
    EXPECT_TRUE(d.send(command::Deposit{alice, usdt, usd(5)}).accepted());
    const Reply again = d.send(command::Withdraw{alice, usdt, usd(1)}, 1, id);
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.reject.code, RejectCode::balance_insufficient);
}

}  // namespace
}  // namespace plimsoll::testing
