// The index against the sweep: the same commands to an engine that examines whom the index names and to one that examines everyone.
// Same events, same order, same hashes, after every command.
#include "support/cases.hpp"
#include "support/engine_desk.hpp"

namespace plimsoll::testing {
namespace {

Schedule brackets(std::string id, bool whole, bool with_open_interest) {
    Schedule s;
    s.id = std::move(id);
    const auto level = [&](std::initializer_list<std::pair<std::int64_t, const char*>> rows) {
        Term term;
        term.application = whole ? Application::whole : Application::marginal;
        term.curve.kind = CurveKind::brackets;
        for (const auto& [from, rate] : rows) term.curve.rows.push_back({{from, 0}, rate_of(rate)});
        if (with_open_interest)
            term.modulators.push_back(
                {ModulatorInput::open_interest, ModulatorEffect::lift, {500'000, 0}, {2'000'000, 0}, hundred_percent});
        return term;
    };
    s.initial.terms = {level({{0, "0.05"}, {20'000, "0.1"}, {100'000, "0.2"}})};
    s.maintenance.terms = {level({{0, "0.025"}, {20'000, "0.05"}, {100'000, "0.1"}})};
    return s;
}

/// Four markets: marginal, whole, one whose maintenance looks at open interest, one settled in BTC; a BTC collateral.
ParameterSet walk_venue(Random& random) {
    ParameterSet set = small_venue();
    set.schedules = {brackets("marginal", false, false), brackets("whole", true, false), brackets("crowded", false, true)};
    set.profit.maintenance = random.between(0, 1) == 0 ? hundred_percent : Rate::from_raw(700'000'000);
    const MarketParams base = set.markets[0];
    set.markets.clear();
    for (std::uint32_t i = 0; i < 4; ++i) {
        MarketParams m = base;
        m.name = "M" + std::to_string(i);
        m.schedule = {i % 3};
        m.liquidation_fee = Rate::from_raw(5'000'000);
        set.markets.push_back(m);
    }
    set.markets[3].settle = {1};
    set.markets[3].instrument.settle_digits = 8;
    set.markets[3].instrument.size_max = Size::from_raw(100'000);
    set.liquidation.fund_share = Rate::from_raw(500'000'000);
    set.liquidation.liquidator_share = Rate::from_raw(200'000'000);
    set.liquidation.threshold_marks = static_cast<std::uint32_t>(random.between(0, 2));
    set.liquidation.intervals_max = 3;
    return set;
}

class Pair {
public:
    Pair(const ParameterSet& set, const Limits& limits)
        : indexed(limits, Examine::indexed), screened(limits, Examine::screened), everyone(limits, Examine::everyone) {
        for (const Finding& f : validate(set))
            if (f.severity == Severity::error) throw std::runtime_error(to_string(f));
        send(command::DefineSet{std::make_shared<const ParameterSet>(set)});
        send(command::ActivateSet{digest_of(canonical_bytes(set))});
    }
    Reply send(const CommandBody& body) {
        now_ms += 100;
        const Reply a = indexed.execute({{}, now_ms, body});
        const Reply b = everyone.execute({{}, now_ms, body});
        EXPECT_EQ(a.chain, b.chain) << "at " << now_ms;
        EXPECT_EQ(screened.execute({{}, now_ms, body}).chain, b.chain) << "at " << now_ms;
        EXPECT_EQ(a.reject.code, b.reject.code);
        examined += indexed.examined();
        screened_examined += screened.examined();
        everyone_examined += everyone.examined();
        liquidations += count<event::LiquidationStarted>();
        return a;
    }
    template <class Kind>
    std::size_t count() const {
        std::size_t n = 0;
        for (const Event& e : indexed.events()) n += std::holds_alternative<Kind>(e) ? 1 : 0;
        return n;
    }
    Engine indexed;
    Engine screened;
    Engine everyone;
    std::uint64_t now_ms = 0;
    std::size_t examined = 0;
    std::size_t screened_examined = 0;
    std::size_t everyone_examined = 0;
    std::size_t liquidations = 0;
};

/// One random venue on its way: many accounts, trades now and then, marks that walk and sometimes jump.
class Walk {
public:
    /// `markets`: with 2 only those are traded whose maintenance margin an interval can be computed for.
    Walk(Random& random, std::uint32_t accounts, std::int64_t markets = 4)
        : random_(random), pair_(walk_venue(random), limits(accounts)), accounts_(accounts), markets_(markets) {
        mark();
        for (std::uint32_t a = 0; a < accounts; ++a) {
            pair_.send(command::OpenAccount{a % 7 == 0 ? GroupId{a % 3} : no_group});
            pair_.send(command::Deposit{{a}, {0}, Amount::from_raw(random_.between(500, 9'000) * 1'000'000)});
            if (a % 3 == 0) pair_.send(command::Deposit{{a}, {1}, Amount::from_raw(random_.between(1, 3) * 50'000'000)});
            if (a % 11 == 0) pair_.send(command::SetMode{{a}, market(), MarginMode::isolated, command::PositionMode::one_way});
        }
        pair_.send(command::MoveFund{{0}, Amount::from_raw(1'000'000'000)});
    }
    void run(int steps) {
        for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) step();
        EXPECT_EQ(check_invariants(pair_.indexed.state()), "");
        EXPECT_EQ(state_hash(pair_.indexed.state()), state_hash(pair_.everyone.state()));
        EXPECT_EQ(state_hash(pair_.screened.state()), state_hash(pair_.everyone.state()));
    }
    const Pair& pair() const { return pair_; }

private:
    static Limits limits(std::uint32_t accounts) {
        Limits l = Desk::small_limits();
        l.accounts = accounts;
        l.orders = 4 * accounts;
        l.isolated = accounts;
        l.breaches = accounts;
        return l;
    }
    MarketId market() { return {static_cast<std::uint32_t>(random_.between(0, markets_ - 1))}; }
    AccountId account() { return {static_cast<std::uint32_t>(random_.between(0, accounts_ - 1))}; }

    void mark() {
        command::MarkPrices c;
        for (std::uint32_t m = 0; m < 4; ++m) {
            const std::int64_t basis = random_.between(0, 40) == 0 ? random_.between(-2'000, 2'000) : random_.between(-45, 45);
            prices_[m] = std::max<std::int64_t>(1, prices_[m] + prices_[m] * basis / 10'000);
            c.markets.push_back({{m}, Price::from_raw(prices_[m])});
        }
        // Collateral that loses half its worth takes the room from under positions whose own price has hardly moved.
        const std::int64_t basis = random_.between(0, 15) == 0 ? random_.between(-5'000, 5'000) : random_.between(-20, 20);
        btc_ = std::clamp<std::int64_t>(btc_ + btc_ * basis / 10'000, 100'000, 4'000'000);
        if (random_.between(0, 2) == 0) c.assets.push_back({{1}, Price::from_raw(btc_)});
        pair_.send(c);
    }
    void trade() {
        const MarketId m = market();
        const Size size = Size::from_raw(random_.between(1, 3'000));
        const Price price = Price::from_raw(prices_[m.index]);
        const AccountId buyer = account();
        const AccountId seller = account();
        const Reply buy = pair_.send(command::PlaceOrder{buyer, m, Side::buy, Leg::net, size, price, false});
        const Reply sell = pair_.send(command::PlaceOrder{seller, m, Side::sell, Leg::net, size, price, false});
        const bool filled =
            buy.accepted() && sell.accepted() && pair_.send(command::Fill{{buy.made}, {sell.made}, size, price, {}, {}}).accepted();
        if (filled) return;
        if (buy.accepted()) pair_.send(command::CancelOrder{buyer, {buy.made}});
        if (sell.accepted()) pair_.send(command::CancelOrder{seller, {sell.made}});
    }
    /// An order that stays for a while, often where its account holds nothing: its position's place comes and goes with it, while prices move.
    void rest() {
        const AccountId owner = account();
        const MarketId m = market();
        const Price price = Price::from_raw(std::max<std::int64_t>(1, prices_[m.index] / 2));
        const Reply placed =
            pair_.send(command::PlaceOrder{owner, m, Side::buy, Leg::net, Size::from_raw(random_.between(1, 50)), price, false});
        if (placed.accepted()) resting_.emplace_back(owner, OrderId{placed.made});
        if (resting_.size() < 20) return;
        const std::size_t which = static_cast<std::size_t>(random_.between(0, 19));
        pair_.send(command::CancelOrder{resting_[which].first, resting_[which].second});
        resting_.erase(resting_.begin() + static_cast<std::ptrdiff_t>(which));
    }
    void liquidate() {
        std::vector<std::pair<OrderId, Order>> resting;
        pair_.indexed.state().orders.each([&](OrderId id, const Order& order) {
            if (order.kind == OrderKind::liquidation) resting.emplace_back(id, order);
        });
        for (const auto& [id, order] : resting) {
            const Price price = Price::from_raw(prices_[order.market.index]);
            const Side other = order.side == Side::buy ? Side::sell : Side::buy;
            const Reply taker = pair_.send(command::PlaceOrder{account(), order.market, other, Leg::net, order.size, price, false});
            if (!taker.accepted()) continue;
            const OrderId buy = order.side == Side::buy ? id : OrderId{taker.made};
            const OrderId sell = order.side == Side::buy ? OrderId{taker.made} : id;
            pair_.send(command::Fill{buy, sell, order.size, price, {}, {}});
        }
    }
    void step() {
        switch (random_.between(0, 14)) {
            case 0:
            case 1:
            case 2: return trade();
            case 3: return void(pair_.send(command::Funding{market(), Rate::from_raw(random_.between(-20'000'000, 20'000'000))}));
            case 4:
                return void(pair_.send(command::Deposit{
                    account(), {static_cast<std::uint32_t>(random_.between(0, 1))}, Amount::from_raw(random_.between(1, 900'000'000))}));
            case 5: return void(pair_.send(command::Withdraw{account(), {0}, Amount::from_raw(random_.between(1, 9'000'000'000))}));
            case 6:
                return void(pair_.send(
                    command::MoveMargin{account(), market(), Leg::net, Amount::from_raw(random_.between(-2'000'000'000, 5'000'000'000))}));
            case 7: return liquidate();
            case 8:
                if (random_.between(0, 9) == 0) return change_set();
                return void(pair_.send(
                    command::SetOverride{account(), market(), Rate::from_raw(random_.between(1'000'000'000, 1'500'000'000)), {}}));
            case 9:
            case 10:
            case 11: return rest();
            default: return mark();
        }
    }
    void change_set() {
        ParameterSet set = pair_.indexed.state().active->params();
        ++set.version;
        for (Schedule& s : set.schedules) {
            ++s.version;
            for (Row& row : s.maintenance.terms[0].curve.rows) row.rate.numerator = row.rate.numerator * random_.between(80, 115) / 100;
        }
        pair_.send(command::DefineSet{std::make_shared<const ParameterSet>(set)});
        pair_.send(command::ActivateSet{digest_of(canonical_bytes(set))});
    }

    Random& random_;
    Pair pair_;
    std::uint32_t accounts_;
    std::int64_t markets_;
    std::array<std::int64_t, 4> prices_{1'000'000, 200'000, 50'000, 700'000};
    std::int64_t btc_ = 900'000;
    std::vector<std::pair<AccountId, OrderId>> resting_;
};

TEST(ENG_040, the_index_and_the_sweep_see_the_same_breaches_in_the_same_order) {
    std::size_t liquidations = 0;
    for (std::uint64_t seed = 1; seed <= 16 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        Walk walk(random, seed % 2 == 0 ? 12 : 120, seed % 4 < 2 ? 4 : 2);
        walk.run(1'500);
        liquidations += walk.pair().liquidations;
    }
    EXPECT_GT(liquidations, 100u);  // or the walk shows nothing
}

/// A rich seller and a buyer of one coin at a time, at 10,000 a coin, on up to six markets.
class Holder {
public:
    explicit Holder(std::uint32_t markets) : markets_(markets), pair_(venue(), Desk::small_limits()) {
        mark(price);
        for (const std::int64_t money : {3'000'000'000, 900'000'000'000}) {
            EXPECT_TRUE(pair_.send(command::OpenAccount{}).accepted());
            EXPECT_TRUE(pair_.send(command::Deposit{{opened_++}, {0}, Amount::from_raw(money)}).accepted());
        }
    }
    void mark(std::int64_t first) {
        command::MarkPrices c;
        for (std::uint32_t m = 0; m < markets_; ++m) c.markets.push_back({{m}, Price::from_raw(m == 0 ? first : price)});
        pair_.send(c);
    }
    OrderId rest(std::uint32_t market) { return place(0, market, Side::buy, Size::from_raw(1)); }
    void cancel(OrderId order) { EXPECT_TRUE(pair_.send(command::CancelOrder{{0}, order}).accepted()); }
    void trade(std::uint32_t market, Side side, std::int64_t size) {
        const OrderId own = place(0, market, side, Size::from_raw(size));
        const OrderId other = place(1, market, side == Side::buy ? Side::sell : Side::buy, Size::from_raw(size));
        const bool buys = side == Side::buy;
        EXPECT_TRUE(pair_.send(command::Fill{buys ? own : other, buys ? other : own, Size::from_raw(size), Price::from_raw(price), {}, {}})
                        .accepted());
    }
    void pay_in(std::int64_t amount) { EXPECT_TRUE(pair_.send(command::Deposit{{0}, {0}, Amount::from_raw(amount)}).accepted()); }
    void demand(const char* rate) {
        ParameterSet set = pair_.indexed.state().active->params();
        ++set.version;
        ++set.schedules[0].version;
        for (LevelRule* level : {&set.schedules[0].initial, &set.schedules[0].maintenance}) level->terms[0].curve.base = rate_of(rate);
        EXPECT_TRUE(pair_.send(command::DefineSet{std::make_shared<const ParameterSet>(set)}).accepted());
        EXPECT_TRUE(pair_.send(command::ActivateSet{digest_of(canonical_bytes(set))}).accepted());
    }
    /// The first market falls in steps until it breaks, whoever looks: all three engines say the same at each.
    void falls_until_it_breaks() {
        const std::size_t before = breaches();
        for (std::int64_t first = price; first > price / 4 && breaches() == before; first -= price / 100) mark(first);
        EXPECT_EQ(breaches(), before + 1);
        EXPECT_EQ(state_hash(pair_.indexed.state()), state_hash(pair_.everyone.state()));
    }

private:
    static constexpr std::int64_t price = 1'000'000;

    ParameterSet venue() const {
        ParameterSet set = small_venue();
        set.liquidation.threshold_marks = 1'000;
        for (std::uint32_t m = 2; m < markets_; ++m) {
            set.markets.push_back(set.markets[0]);
            set.markets.back().name = "M" + std::to_string(m);
        }
        return set;
    }
    OrderId place(std::uint32_t account, std::uint32_t market, Side side, Size size) {
        const Reply reply = pair_.send(command::PlaceOrder{{account}, {market}, side, Leg::net, size, Price::from_raw(price), false});
        EXPECT_TRUE(reply.accepted());
        return {reply.made};
    }
    std::size_t breaches() const { return pair_.indexed.state().account({0}).breaches; }

    std::uint32_t markets_;
    Pair pair_;
    std::uint32_t opened_ = 0;
};

/// An order in a market where nothing is held has its position's place in front of one that came later: when it goes, that one moves, and
/// what it may bear has to move along.
TEST(ENG_040, a_place_that_goes_takes_nobodys_interval_along) {
    Holder holder(2);
    const OrderId order = holder.rest(1);
    holder.trade(0, Side::buy, 1'000);
    holder.cancel(order);
    holder.falls_until_it_breaks();
}

/// With the fifth place an account's positions move to where there is room for eight.
TEST(ENG_040, positions_that_move_to_make_room_are_found_where_they_are) {
    Holder holder(6);
    holder.trade(0, Side::buy, 1'000);
    for (std::uint32_t market = 1; market < 4; ++market) holder.trade(market, Side::buy, 10);
    const OrderId order = holder.rest(4);
    holder.falls_until_it_breaks();
    holder.cancel(order);
}

/// The ends of an account that was not armed again lie where they lay; a place that comes later is not to take them for its own.
TEST(ENG_040, a_place_that_comes_again_has_no_interval_of_what_was_there_before) {
    Holder holder(2);
    holder.trade(0, Side::buy, 1'000);
    holder.trade(1, Side::buy, 500);
    holder.demand("0.3");  // 4,500 of 3,000: nobody arms it
    holder.trade(1, Side::sell, 500);
    holder.pay_in(2'000'000'000);
    const OrderId order = holder.rest(1);
    holder.pay_in(1);
    holder.cancel(order);
    holder.falls_until_it_breaks();
}

TEST(ENG_041, quiet_marks_examine_few) {
    Random random(5);
    Walk walk(random, 400);
    walk.run(400);
    const std::size_t before = walk.pair().examined;
    const std::size_t everyone_before = walk.pair().everyone_examined;
    walk.run(400);
    EXPECT_LT(walk.pair().examined - before, (walk.pair().everyone_examined - everyone_before));
}

TEST(ENG_041, the_screen_lets_most_of_those_above_maintenance_pass) {
    Random random(6);
    Walk walk(random, 400);
    walk.run(400);
    EXPECT_LT(walk.pair().screened_examined, walk.pair().everyone_examined / 2);
}

}  // namespace
}  // namespace plimsoll::testing
