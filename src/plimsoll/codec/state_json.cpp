#include "plimsoll/codec/state_json.hpp"

#include "plimsoll/codec/event_text.hpp"
#include "plimsoll/codec/json.hpp"
#include "plimsoll/codec/speech.hpp"
#include "plimsoll/engine/view.hpp"
#include "plimsoll/risk/price_solve.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/json.hpp"

namespace plimsoll::codec {

namespace {

using text::JsonWriter;

std::string_view word(GuardState state) {
    static constexpr std::string_view words[] = {"normal", "clamped", "stale", "halted"};
    return words[static_cast<std::size_t>(state)];
}

std::string decimal(Wide amount, int digits) { return format_decimal_short(amount, digits); }
std::string number(std::uint64_t value) { return std::to_string(value); }

class Teller {
public:
    explicit Teller(const State& state) : state_(state) {}

    void market(MarketId id) {
        json.begin_object();
        market_figures(id);
        json.end_object();
    }

    void market_figures(MarketId id) {
        const MarketParams& params = state_.market_params(id);
        const Instrument& instrument = params.instrument;
        const MarketRecord& record = state_.markets[id.index];
        const MarketView& view = state_.active->liquidation.market(id);
        const auto price = [&](Price p) { return decimal(p.raw(), instrument.price_digits); };
        const auto settle = [&](Wide amount) { return decimal(amount, instrument.settle_digits); };
        json.key("market").string(params.name).key("settle").string(asset(params.settle).name);
        json.key("guard").string(word(record.guard.state)).key("reported").string(price(record.guard.reported));
        json.key("credit_price").string(price(Price::from_raw(record.guard.credit.value)));
        json.key("liquidation_price").string(price(view.state.mark));
        json.key("open_interest_long").string(decimal(record.open_interest_long.raw(), instrument.size_digits));
        json.key("open_interest_short").string(decimal(record.open_interest_short.raw(), instrument.size_digits));
        json.key("depth").string(settle(view.state.depth.raw())).key("delisted").boolean(record.delisted);
        json.key("settled").boolean(record.settled);
    }

    void contract(MarketId id) {
        const MarketParams& params = state_.market_params(id);
        const Instrument& instrument = params.instrument;
        const Schedule& schedule = state_.active->params().schedules[params.schedule.index];
        json.key("lot").string(decimal(instrument.lot.raw(), instrument.size_digits));
        json.key("tick").string(decimal(instrument.tick.raw(), instrument.price_digits));
        json.key("size_max").string(decimal(instrument.size_max.raw(), instrument.size_digits));
        json.key("schedule").string(schedule.id).key("schedule_version").number(number(schedule.version));
        json.key("set_version").number(number(state_.active->params().version));
    }

    void reasons(AccountId account) {
        std::vector<Position> held;
        std::vector<Balance> money;
        const AccountView view = view_of(state_, account, Reading::open, held, money);
        json.key("positions").begin_array();
        for (std::size_t i = 0; i < view.positions.size(); ++i) {
            const Position& p = view.positions[i];
            json.begin_object().key("market").string(state_.market_params(p.market).name).key("leg").string(codec::word(p.leg));
            json.key("initial").string(margin_text(state_, account, i, Purpose::open));
            json.key("maintenance").string(margin_text(state_, account, i, Purpose::maintenance));
            json.key("closeout").string(margin_text(state_, account, i, Purpose::closeout)).end_object();
        }
        json.end_array();
    }

    void asset_record(AssetId id) {
        const Asset& params = asset(id);
        const AssetRecord& record = state_.assets[id.index];
        const auto amount = [&](Wide value) { return decimal(value, params.digits); };
        json.begin_object().key("asset").string(params.name).key("price").string(decimal(record.price.raw(), params.price_digits));
        json.key("deposits").string(amount(record.deposits)).key("withdrawals").string(amount(record.withdrawals));
        json.key("fund").string(amount(record.fund.raw())).key("fees").string(amount(record.fees.raw()));
        json.key("bad_debt").string(amount(record.bad_debt.raw())).end_object();
    }

    void balances(AccountId account) {
        json.key("balances").begin_array();
        for (const Balance& b : state_.balances.of(state_.account(account).balances))
            json.begin_object()
                .key("asset")
                .string(asset(b.asset).name)
                .key("amount")
                .string(decimal(b.amount.raw(), asset(b.asset).digits))
                .end_object();
        json.end_array();
    }

    void positions(AccountId account) {
        std::vector<Position> held;
        std::vector<Balance> money;
        const AccountView view = view_of(state_, account, Reading::held, held, money);
        json.key("positions").begin_array();
        for (std::size_t i = 0; i < held.size(); ++i) position(view, i);
        json.end_array();
    }

    /// What is required against what counts, as a whole and of each isolated position.
    void levels(AccountId account) {
        struct Level {
            std::string_view name;
            Purpose purpose;
            Reading reading;
        };
        static constexpr Level all[] = {{"initial", Purpose::open, Reading::open},
                                        {"maintenance", Purpose::maintenance, Reading::held},
                                        {"closeout", Purpose::closeout, Reading::held}};
        std::vector<Position> held;
        std::vector<Balance> money;
        const int digits = asset(state_.active->params().numeraire).digits;
        json.key("levels").begin_object();
        for (const Level& level : all) {
            const AccountView view = view_of(state_, account, level.reading, held, money);
            const RiskContext& context = level.purpose == Purpose::open ? state_.active->credit : state_.active->liquidation;
            const Health h = health(context, view, level.purpose);
            json.key(level.name).begin_object().key("required").string(decimal(h.requirement + h.order_loss, digits));
            json.key("available").string(decimal(h.collateral, digits)).key("spare").string(decimal(h.value(), digits)).end_object();
        }
        json.end_object();
    }

    void orders(AccountId account, const Names& names) {
        json.key("orders").begin_array();
        for (OrderId id = state_.account(account).first_order; id.value != 0; id = state_.orders.at(id).after) {
            const Order& order = state_.orders.at(id);
            const Instrument& instrument = state_.market_params(order.market).instrument;
            json.begin_object().key("order").string(names.of(id));
            json.key("market").string(state_.market_params(order.market).name).key("side").string(codec::word(order.side));
            json.key("kind").string(codec::word(order.kind)).key("size").string(decimal(order.size.raw(), instrument.size_digits));
            json.key("limit").string(decimal(order.limit.raw(), instrument.price_digits)).key("reduce_only").boolean(order.reduce_only);
            json.end_object();
        }
        json.end_array();
    }

    JsonWriter json;
    const Asset& asset(AssetId id) const { return state_.active->params().asset(id); }

private:
    void position(const AccountView& view, std::size_t place) {
        const Position& p = view.positions[place];
        const MarketParams& params = state_.market_params(p.market);
        const Instrument& instrument = params.instrument;
        json.begin_object().key("market").string(params.name).key("leg").string(codec::word(p.leg));
        json.key("mode").string(codec::word(p.mode)).key("size").string(decimal(p.size.raw(), instrument.size_digits));
        if (p.mode == MarginMode::isolated) json.key("collateral").string(decimal(p.isolated_collateral.raw(), instrument.settle_digits));
        if (p.size.raw() != 0) {
            const Price mark = state_.active->liquidation.market(p.market).state.mark;
            const Wide profit = to_settle(instrument, pnl_exact(instrument, p.size, p.cost, mark), Round::floor);
            json.key("profit").string(decimal(profit, instrument.settle_digits));
            const auto answer = liquidation_price(state_.active->liquidation, view, place);
            json.key("liquidation_price");
            if (answer) json.string(decimal((answer->breached_now ? mark : answer->first_breach).raw(), instrument.price_digits));
            else json.null();
        }
        json.end_object();
    }

    const State& state_;
};

}  // namespace

std::string venue_json(const Engine& engine, std::string_view chain) {
    Teller tell(engine.state());
    const State& state = engine.state();
    tell.json.begin_object().key("seq").number(number(engine.seq())).key("chain").string(chain);
    tell.json.key("time_ms").number(number(state.time_ms));
    tell.json.key("accounts").number(number(state.accounts.size())).key("set");
    if (state.active) {
        const ParameterSet& set = state.active->params();
        tell.json.begin_object().key("name").string(set.name).key("version").number(number(set.version));
        tell.json.key("hash").string("sha256:" + text::hex(state.active->hash)).end_object();
    } else {
        tell.json.null();
    }
    tell.json.key("assets").begin_array();
    for (std::uint32_t i = 0; state.active && i < state.assets.size(); ++i) tell.asset_record(AssetId{i});
    tell.json.end_array().end_object();
    return tell.json.take();
}

std::string markets_json(const Engine& engine) {
    Teller tell(engine.state());
    tell.json.begin_object().key("seq").number(number(engine.seq())).key("markets").begin_array();
    for (std::uint32_t i = 0; engine.state().active && i < engine.state().markets.size(); ++i) tell.market(MarketId{i});
    tell.json.end_array().end_object();
    return tell.json.take();
}

std::string market_json(const Engine& engine, MarketId market) {
    Teller tell(engine.state());
    tell.json.begin_object().key("seq").number(number(engine.seq()));
    tell.market_figures(market);
    tell.contract(market);
    return tell.json.end_object().take();
}

std::string margin_json(const Engine& engine, const Names& names, AccountId account) {
    Teller tell(engine.state());
    tell.json.begin_object().key("seq").number(number(engine.seq())).key("account").string(names.of(account));
    if (engine.state().active) {
        tell.reasons(account);
        tell.levels(account);
    }
    return tell.json.end_object().take();
}

std::string told_json(const State& state, const Names& names, std::uint64_t seq, std::uint64_t time_ms, std::string_view chain,
                      const Events& events) {
    std::string text =
        "{\"seq\":" + number(seq) + ",\"time_ms\":" + number(time_ms) + ",\"chain\":\"" + std::string(chain) + "\",\"events\":[";
    for (std::size_t i = 0; i < events.size(); ++i) text += (i == 0 ? "" : ",") + event_json(state, names, events[i]);
    return text + "]}";
}

std::string account_json(const Engine& engine, const Names& names, AccountId account) {
    Teller tell(engine.state());
    tell.json.begin_object().key("seq").number(number(engine.seq())).key("account").string(names.of(account));
    if (engine.state().active) {
        tell.balances(account);
        tell.positions(account);
        tell.orders(account, names);
        tell.levels(account);
    }
    tell.json.end_object();
    return tell.json.take();
}

}  // namespace plimsoll::codec
