// Reference checks that only a running engine can answer: each is a short drill on a small venue, and its answers are read from what
// the engine replied, booked and holds.
#include "plimsoll/engine/view.hpp"
#include "plimsoll/params/rules.hpp"
#include "plimsoll/risk/context.hpp"
#include "plimsoll/stress/check_question.hpp"
#include "plimsoll/stress/engine_recipe.hpp"

namespace plimsoll::stress {

namespace {

constexpr std::int64_t drill_money_limit = 1'000'000'000'000;  // of the quote: with it every drill stays inside the engine's amounts
constexpr std::int64_t unit_price = 10'000'000;                // 1 at the replay's digits
static_assert(unit_price == pow10_64(replay_price_digits));
constexpr std::uint64_t second_ms = 1000;

Price unit() { return Price::from_raw(unit_price); }

/// An amount that a drill can be played with.
Wide drill_money(Question& q, const char* key) {
    const Wide value = q.money_above_zero(key);
    if (value <= Wide{drill_money_limit} * pow10(figure_digits)) return value;
    if (q.fault.empty()) q.fault = std::string("'") + key + "' is above " + std::to_string(drill_money_limit);
    return 1;
}

ParameterSet drill_venue(const Decimal& rate, Wide notional) {
    const Wide most = 4 * notional + pow10(figure_digits);
    return bare_venue("a drill", flat_scheme(rate), Price::from_raw(1000 * unit_price), size_for(most, unit()));
}

bool loads(Question& q, const ParameterSet& set) {
    const bool fine = q.fault.empty() && !has_errors(validate(set)) && RiskContext::make(set).has_value();
    if (!fine && q.fault.empty()) q.fault = "the figures make no parameter set";
    return fine;
}

/// Longs of `pending` stand below maintenance over `bids` of measured depth, and the bids are there again in every interval.
Answers liquidation_rate(Question& q) {
    const Wide pending = drill_money(q, "pending");
    const Wide bids = drill_money(q, "bids");
    // At a quarter of margin a fall to 0.8 leaves half of the maintenance, and nobody bankrupt.
    ParameterSet set = drill_venue({25, 2}, pending);
    const Price fallen = Price::from_raw(unit_price * 8 / 10);
    set.markets[0].depth_share = Rate::narrow(rate_of(q.rate("max_fraction_of_visible_bids_per_step")).numerator);
    if (!loads(q, set)) return {};
    Desk desk(8);
    desk.adopt(set);
    desk.mark(unit());
    desk.must(command::MarketRisk{only_market, Amount::narrow(bids), {}, {}, {}});
    const AccountId longs = desk.open_account(pending);
    const AccountId taker = desk.open_account(4 * pending);
    desk.open_position(longs, taker, Side::buy, size_for(pending, unit()), unit());
    desk.withdraw(longs, quote_asset, pending);
    desk.mark(fallen);
    Wide first = 0;
    Wide most = 0;
    for (int step = 0; step < 1000; ++step) {
        const auto order = desk.liquidation_order();
        if (!order) break;
        const Wide worth = worth_of(order->size, fallen);
        if (first == 0) first = worth;
        most = std::max(most, worth);
        desk.take(*order, taker, order->size, fallen);
        desk.tick(set.liquidation.interval_ms);
    }
    return {{"first_step_notional", Answer::amount(first)}, {"never_exceeds_visible_depth", Answer::yes_no(most <= bids)}};
}

/// Two accounts of one owner, a profit on paper that counts in full, and a vault of which only a share may leave in an hour.
Answers outflow_limit(Question& q) {
    const Wide vault = drill_money(q, "vault");
    const Rate share = Rate::narrow(rate_of(q.between("max_fraction_per_hour", rate_digits, 0, 1)).numerator);
    Stage stage;
    stage.opening = drill_venue({2, 1}, vault);
    add_side_market(stage.opening);
    stage.opening.liquidation.threshold_ms = 3600 * second_ms;
    stage.price = unit();
    stage.path = {Price::from_raw(3 * unit_price)};
    stage.size = size_for(vault / 5, unit());
    stage.collateral = vault / 5;
    stage.vault = vault - stage.collateral - pump_partner_money;
    stage.outflow_most = share;
    if (q.fault.empty() && stage.vault <= 0) q.fault = "'vault' is too small for the drill";
    if (q.fault.empty()) q.fault = unplayable(stage);
    if (!q.fault.empty()) return {};
    return {{"max_outflow_first_hour", Answer::amount(play_pump(stage).withdrawn, Round::floor)}};
}

/// How much two accounts that pump a price carry off when profit on paper counts with the given weight.
Answers profit_weight(Question& q) {
    const Wide notional = drill_money(q, "N");
    const Price peak = replay_price(q.price("r", replay_price_digits));
    Stage stage;
    stage.opening = drill_venue({2, 1}, notional);
    add_side_market(stage.opening);
    stage.opening.liquidation.threshold_ms = 3600 * second_ms;
    const Rate weight = Rate::narrow(rate_of(q.between("w_upnl_for_withdrawal_and_borrow", rate_digits, 0, 1)).numerator);
    stage.opening.profit.initial = stage.opening.profit.withdrawal = weight;
    stage.price = unit();
    stage.path = {peak};
    stage.size = size_for(notional, unit());
    stage.collateral = notional;
    stage.vault = worth_of(stage.size, peak);
    if (q.fault.empty()) q.fault = unplayable(stage);
    if (!q.fault.empty()) return {};
    return {{"extractable", Answer::amount(play_pump(stage).extracted())}};
}

/// An answer that is too old, or that stands at the least its feed can say, arrives at a market in which somebody holds a position.
/// What stands at the feed's floor is no price and is dropped before the engine.
Answers feed_rule(Question& q) {
    const std::int64_t age_max = q.between("max_age_seconds", 0, 1, 1'000'000).raw;
    const std::int64_t age = q.between("age_seconds", 0, 0, 1'000'000).raw;
    const Decimal least = q.price("min_answer", replay_price_digits);
    const Price price = replay_price(q.price("price", replay_price_digits));
    const bool at_floor = q.words("reject_at_min_answer") == "true" && price <= replay_price(least);
    const Wide stake = Wide{1'000'000} * pow10(figure_digits);
    ParameterSet set = drill_venue({1, 1}, 1000 * stake);
    set.markets[0].guard.index_required = true;
    set.markets[0].guard.source_stale_ms = static_cast<std::uint64_t>(age_max) * second_ms;
    const Size size = size_for(stake / 2, price);
    const Instrument& instrument = set.markets[0].instrument;
    if (q.fault.empty() && (size > instrument.size_max || price > instrument.price_max)) q.fault = "'price' is beyond what the drill plays";
    if (!loads(q, set)) return {};
    Desk desk(8);
    desk.adopt(set);
    desk.wait(2'000'000 * second_ms);
    desk.must(command::IndexPrices{only_market, {{0, price, desk.now_ms()}}});
    desk.mark(price);
    const AccountId holder = desk.open_account(stake);
    const AccountId other = desk.open_account(stake);
    desk.open_position(holder, other, Side::buy, size, price);
    desk.wait(2'000'000 * second_ms);
    std::vector<command::IndexSource> sources;
    if (!at_floor) sources.push_back({0, price, desk.now_ms() - static_cast<std::uint64_t>(age) * second_ms});
    desk.must(command::IndexPrices{only_market, sources});
    desk.mark(price);
    const GuardState state = desk.state().markets[only_market.index].guard.state;
    const auto takes = [&](Side side) {
        return desk.send(command::PlaceOrder{holder, only_market, side, Leg::net, size, price, side == Side::sell}).accepted();
    };
    return {{"usable", Answer::yes_no(state == GuardState::normal)},
            {"new_risk_allowed", Answer::yes_no(takes(Side::buy))},
            {"reduce_only_allowed", Answer::yes_no(takes(Side::sell))}};
}

/// A price falls in one step so far that who is long owes. Who is short closes against somebody else at once and asks for all that it
/// has; once the loss is settled, everybody does.
Answers conservation(Question& q) {
    const Wide stake = Wide{1'000'000} * pow10(figure_digits);
    ParameterSet set = drill_venue({2, 1}, 8 * stake);
    set.liquidation.threshold_ms = 60 * second_ms;
    set.liquidation.withdrawals_wait = true;
    if (q.words("payout_pool") != "settled losses + insurance" && q.fault.empty()) q.fault = "'payout_pool' names no rule that is known";
    if (!loads(q, set)) return {};
    const Price fallen = Price::from_raw(unit_price / 20);
    const Size size = size_for(4 * stake, unit());
    Desk desk(8);
    desk.adopt(set);
    desk.mark(unit());
    const AccountId loser = desk.open_account(stake);
    const AccountId winner = desk.open_account(stake);
    const AccountId other = desk.open_account(4 * stake);
    desk.open_position(loser, winner, Side::buy, size, unit());
    desk.mark(fallen);
    desk.close_position(winner, other, fallen);
    const Wide early = desk.withdraw(winner, quote_asset, 8 * stake);
    desk.tick(61 * second_ms);
    desk.tick(set.liquidation.interval_ms);
    const Wide vault = desk.vault(quote_asset);
    Wide left = early;
    for (const AccountId account : {loser, winner, other}) left += desk.withdraw(account, quote_asset, 8 * stake);
    const bool conserved = left <= vault + early && check_invariants(desk.state()).empty();
    return {{"sum_withdrawable_le_vault", Answer::yes_no(conserved)},
            {"profit_paid_before_matching_loss_settled", Answer::yes_no(early > stake)}};
}

std::int64_t below_without_breach(const Desk& desk, std::int64_t accounts) {
    std::vector<Position> positions;
    std::vector<Balance> balances;
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < accounts; ++i) {
        const AccountId account{static_cast<std::uint32_t>(i)};
        const AccountView view = view_of(desk.state(), account, Reading::held, positions, balances);
        if (health(desk.state().active->liquidation, view, Purpose::maintenance).healthy()) continue;
        if (find_breach(desk.state(), {account}) == LiquidationId{}) ++count;
    }
    return count;
}

/// Nine accounts and one that is to be let off: it asks for lower requirements, and the price falls a long way in small steps. Counted
/// is who was asked less than the others for the same position, and after every mark who stands below maintenance unseen.
Answers invariant(Question& q) {
    constexpr std::int64_t accounts = 10;
    const Wide stake = Wide{1'000'000} * pow10(figure_digits);
    const ParameterSet set = drill_venue({1, 1}, 10 * stake);
    if (!loads(q, set)) return {};
    Desk desk(2 * accounts + 2);
    desk.adopt(set);
    desk.mark(unit());
    std::int64_t unsigned_overrides = 0;
    std::vector<Wide> asked;
    for (std::int64_t i = 0; i < accounts; ++i) {
        const AccountId account = desk.open_account(stake / 2 + stake * i / accounts);
        if (i == 0 && desk.send(command::SetOverride{account, every_market, Rate::from_raw(rate_one / 2), {}}).accepted()) {
            const auto& events = desk.engine().events();
            const bool told =
                std::any_of(events.begin(), events.end(), [](const Event& e) { return std::holds_alternative<event::OverrideSet>(e); });
            unsigned_overrides += told ? 0 : 1;
        }
    }
    const AccountId other = desk.open_account(100 * stake);
    for (std::uint32_t i = 0; i < accounts; ++i)
        asked.push_back(desk.open_position(AccountId{i}, other, Side::buy, size_for(4 * stake, unit()), unit()).asked);
    const Wide usual = *std::max_element(asked.begin(), asked.end());
    const std::int64_t exempt = std::count_if(asked.begin(), asked.end(), [&](Wide a) { return a < usual; });
    std::int64_t unseen = 0;
    for (std::int64_t price = unit_price; price > unit_price / 10; price = price * 97 / 100) {
        desk.wait(second_ms);
        desk.mark(Price::from_raw(price));
        unseen += below_without_breach(desk, accounts);
    }
    const auto count = [](std::int64_t n) { return Answer{n, 0, Round::ceil, {}}; };
    return {{"exempt_accounts", count(exempt)},
            {"accounts_below_mm_without_liquidation_event", count(unseen)},
            {"unsigned_limit_overrides", count(unsigned_overrides)}};
}

}  // namespace

const std::map<std::string, Rule>& engine_rules() {
    static const std::map<std::string, Rule> all = {
        {"LIQUIDATION_RATE", liquidation_rate}, {"OUTFLOW_LIMIT", outflow_limit}, {"UPNL_WEIGHT", profit_weight}, {"FEED_RULE", feed_rule},
        {"CONSERVATION", conservation},         {"INVARIANT", invariant},
    };
    return all;
}

}  // namespace plimsoll::stress
