#include "reference_engine/compare.hpp"

#include "reference_engine/show.hpp"

#include <algorithm>

namespace plimsoll::reference {

namespace {

class Comparison {
public:
    Comparison(const State& product, const Engine& reference) : p_(product), r_(reference), k_(reference.known()) {}

    std::string run() {
        venue();
        for (std::uint32_t m = 0; m < k_.markets.size() && m < p_.markets.size(); ++m) market({m});
        for (std::uint32_t a = 0; a < k_.assets.size() && a < p_.assets.size(); ++a) asset({a});
        for (std::uint32_t i = 0; i < k_.owners.size() && i < p_.accounts.size(); ++i) account({i});
        orders();
        deposits();
        breaches();
        return first_;
    }

private:
    void same(const std::string& what, const Integer& product, const Integer& reference) {
        if (first_.empty() && product != reference) first_ = what + ": engine " + product.str() + ", reference " + reference.str();
    }
    static Integer number(Wide value) { return exact(value); }
    template <class Tag>
    static Integer number(Count<Tag> value) {
        return value.raw();
    }
    static Integer number(std::uint64_t value) { return exact(value); }

    void venue() {
        same("time", number(p_.time_ms), number(k_.time_ms));
        same("marks", number(p_.marks), number(k_.marks));
        same("sets ready", p_.ready.size(), k_.ready.size());
        for (const ReadySet& ready : p_.ready) same("a set ready", 1, k_.ready.contains(ready.hash));
        same("active", p_.active != nullptr, k_.active.has_value());
        if (p_.active && k_.active) same("active hash", p_.active->hash == *k_.active, 1);
        same("accounts", p_.accounts.size(), k_.owners.size());
        same("markets", p_.markets.size(), k_.markets.size());
        same("assets", p_.assets.size(), k_.assets.size());
        const auto index = [](const std::optional<AccountId>& id) { return id ? Integer(id->index) : Integer(-1); };
        same("backstop", index(p_.backstop), index(k_.backstop));
        same("backstop budget", number(p_.backstop_budget), k_.backstop_budget);
        same("interval", number(p_.interval_ms), number(k_.interval_ms));
        same("interval used", p_.interval_used, k_.interval_used);
        same("reserve time", number(p_.reserve_ms), number(k_.reserve_ms));
        same("reserve ratio", number(p_.reserve_ratio), number(k_.reserve_ratio));
    }

    void market(MarketId id) {
        const std::string name = "market " + std::to_string(id.index) + " ";
        const MarketRecord& p = p_.markets[id.index];
        const Market& k = k_.markets[id.index];
        if (first_.empty() && p.guard != k.guard)
            first_ = name + "guard: engine " + Show().value(p.guard).text() + ", reference " + Show().value(k.guard).text();
        same(name + "open interest long", number(p.open_interest_long), r_.open_interest(id, false));
        same(name + "open interest short", number(p.open_interest_short), r_.open_interest(id, true));
        same(name + "cap", number(p.market_cap), number(k.market_cap));
        same(name + "cost", number(p.cost), r_.cost_of(id));
        same(name + "rounding", number(p.rounding), k.rounding);
        same(name + "paced", number(p.paced), k.paced);
        same(name + "delisted", p.delisted, k.delisted);
        same(name + "settled", p.settled, k.settled);
    }

    void asset(AssetId id) {
        const std::string name = "asset " + std::to_string(id.index) + " ";
        const AssetRecord& p = p_.assets[id.index];
        const Money& k = k_.assets[id.index];
        if (r_.has_set() && id != r_.params().numeraire) {
            same(name + "price", number(p.price), number(k.price));
            same(name + "smoothed", number(p.smoothed), number(k.smoothed));
            same(name + "marked", p.marked, k.marked);
            same(name + "marked time", number(p.marked_ms), number(k.marked_ms));
        }
        same(name + "deposits", number(p.deposits), k.deposits);
        same(name + "withdrawals", number(p.withdrawals), k.withdrawals);
        same(name + "held", number(p.held), r_.held(id));
        same(name + "fund", number(p.fund), k.fund);
        same(name + "fees", number(p.fees), k.fees);
        same(name + "rounding", number(p.rounding), k.rounding);
        same(name + "bad debt", number(p.bad_debt), k.bad_debt);
    }

    void account(AccountId id) {
        const std::string name = "account " + std::to_string(id.index) + " ";
        const AccountRecord& p = p_.account(id);
        const Owner& k = k_.owners[id.index];
        same(name + "group", p.group.index, k.group.index);
        for (std::uint32_t a = 0; a < k_.assets.size(); ++a)
            same(name + "balance " + std::to_string(a), number(balance_of(p_, id, {a})), r_.balance(id, {a}));
        const auto positions = p_.positions.of(p.positions);
        same(name + "positions", positions.size(), k.holdings.size());
        for (std::size_t i = 0; i < positions.size() && i < k.holdings.size(); ++i)
            position(id, name + "position " + std::to_string(i) + " ", positions[i], k.holdings[i]);
        std::vector<std::uint64_t> resting;
        for (OrderId order = p.first_order; order.value != 0; order = p_.orders.at(order).after) resting.push_back(order.value);
        same(name + "orders", resting.size(), k.orders.size());
        same(name + "count of orders", p.orders, k.orders.size());
        for (std::size_t i = 0; i < resting.size() && i < k.orders.size(); ++i)
            same(name + "order", number(resting[i]), number(k.orders[i]));
        terms(name, p, k);
    }

    void terms(const std::string& name, const AccountRecord& p, const Owner& k) {
        same(name + "has terms", p.terms != no_place, k.has_terms);
        if (p.terms == no_place || !k.has_terms) return;
        const AccountTermsRecord& record = p_.terms.in_place(p.terms);
        same(name + "multiplier", number(record.everywhere.multiplier), number(k.everywhere.multiplier));
        same(name + "floor", number(record.everywhere.initial_floor), number(k.everywhere.initial_floor));
        for (std::uint32_t m = 0; m < k_.markets.size(); ++m) {
            const PositionTerms here = m < record.markets.size() ? record.markets[m] : PositionTerms{};
            const auto found = k.terms.find(m);
            const PositionTerms there = found == k.terms.end() ? PositionTerms{} : found->second;
            same(name + "terms " + std::to_string(m), here == there, 1);
        }
    }

    void position(AccountId id, const std::string& name, const HeldPosition& p, const Holding& k) {
        same(name + "market", p.market, k.market.index);
        same(name + "leg", static_cast<int>(p.leg), static_cast<int>(k.leg));
        same(name + "mode", static_cast<int>(p.mode), static_cast<int>(k.mode));
        same(name + "leverage", p.leverage_hundredths, k.leverage_hundredths);
        same(name + "size", number(p.size), k.size);
        same(name + "cost", number(p.cost()), k.cost);
        if (p.isolated != no_place) same(name + "collateral", number(p_.isolated.in_place(p.isolated)), k.collateral);
        same(name + "is isolated", p.isolated != no_place, k.mode == MarginMode::isolated);
        const OrderSums mine = p.orders == no_place ? OrderSums{} : p_.order_sums.in_place(p.orders);
        const OrderSums theirs = r_.sums(id, k.market, k.leg);
        same(name + "count of orders", mine.count, theirs.count);
        same(name + "buys", number(mine.buys), number(theirs.buys));
        same(name + "sells", number(mine.sells), number(theirs.sells));
        same(name + "cost of buys", number(mine.buy_cost), number(theirs.buy_cost));
        same(name + "cost of sells", number(mine.sell_cost), number(theirs.sell_cost));
        same(name + "fees", number(mine.fees), number(theirs.fees));
    }

    void orders() {
        same("orders", p_.orders.size(), k_.orders.ids().size());
        for (const std::uint64_t id : k_.orders.ids()) {
            const Order* p = p_.orders.find({id});
            const RestingOrder& k = *k_.orders.find(id);
            const std::string name = "order " + std::to_string(id) + " ";
            same(name + "exists", p != nullptr, 1);
            if (p == nullptr) return;
            const bool alike = p->account == k.account && p->market == k.market && p->side == k.side && p->leg == k.leg &&
                               p->kind == k.kind && p->reduce_only == k.reduce_only && p->limit == k.limit;
            same(name + "is the same", alike, 1);
            same(name + "size", number(p->size), number(k.size));
            same(name + "fee", number(p->fee_reserved), number(r_.fee_reserved(k)));
        }
    }

    void deposits() {
        same("deposits", p_.deposits.size(), k_.deposits.ids().size());
        for (const std::uint64_t id : k_.deposits.ids()) {
            const PendingDeposit* p = p_.deposits.find({id});
            const Waiting& k = *k_.deposits.find(id);
            same("deposit exists", p != nullptr, 1);
            if (p == nullptr) return;
            same("deposit is the same", p->account == k.account && p->asset == k.asset && p->confirmations == k.confirmations, 1);
            same("deposit amount", number(p->amount), k.amount);
        }
    }

    void breaches() {
        same("breaches", p_.breaches.size(), k_.shorts.ids().size());
        for (const std::uint64_t id : k_.shorts.ids()) {
            const Breach* p = p_.breaches.find({id});
            const Short& k = *k_.shorts.find(id);
            same("breach exists", p != nullptr, 1);
            if (p == nullptr) return;
            same("breach subject", p->subject == k.subject, 1);
            same("breach seen", number(p->seen_ms), number(k.seen_ms));
            same("breach marks", number(p->seen_marks), number(k.seen_marks));
            same("breach active", p->active, k.active);
            same("breach intervals", p->intervals, k.intervals);
            if (k.active) same("breach next", number(p->next_ms), number(k.next_ms));
        }
    }

    const State& p_;
    const Engine& r_;
    const Known& k_;
    std::string first_;
};

/// The receipt is a hash over events; those are compared one by one.
Event without_receipt(Event event) {
    if (auto* ended = std::get_if<event::LiquidationEnded>(&event)) ended->receipt_high = ended->receipt_low = 0;
    return event;
}

}  // namespace

std::string difference(const State& product, const Engine& reference) { return Comparison(product, reference).run(); }

std::string difference(std::span<const Event> product, const Events& reference) {
    for (std::size_t i = 0; i < std::max(product.size(), reference.size()); ++i) {
        const bool both = i < product.size() && i < reference.size();
        if (both && without_receipt(product[i]) == without_receipt(reference[i])) continue;
        std::string text = "event " + std::to_string(i + 1) + ":\n  engine    " + (i < product.size() ? show(product[i]) : "none") +
                           "\n  reference " + (i < reference.size() ? show(reference[i]) : "none");
        text += "\n  before it:";
        for (std::size_t k = 0; k < i; ++k) text += "\n    " + show(product[k]);
        return text;
    }
    return {};
}

std::string difference(const Reply& product, const Answer& reference) {
    const Reject& p = product.reject;
    const Reject& r = reference.reject;
    bool same = p.code == r.code && product.made == reference.made && product.repeated == reference.repeated;
    const bool explained = r.code >= RejectCode::position_cap;
    if (explained)
        same = same && p.account == r.account && p.required == r.required && p.available == r.available && p.shortfall == r.shortfall;
    if (explained)
        same = same && p.size_passes == r.size_passes && p.largest_size == r.largest_size && p.largest_amount == r.largest_amount &&
               p.cancel == r.cancel;
    if (same) return {};
    return "reply:\n  engine    " + show(p) + " made " + std::to_string(product.made) + "\n  reference " + show(r) + " made " +
           std::to_string(reference.made);
}

}  // namespace plimsoll::reference
