#include "plimsoll/stress/teller.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

namespace plimsoll::stress {

/// One path through a venue that was set up: its own copy of the engine, of the sources and of who holds what.
class CrashRun {
public:
    CrashRun(const Crash& crash, std::vector<Moment>* moments)
        : crash_(crash),
          scene_(crash.scene()),
          moments_(moments),
          desk_(restored(crash), crash.now_ms_),
          sources_(crash.sources()),
          teller_(crash),
          made_(crash.made_),
          hurt_(crash.holders_.size()),
          liquidated_(crash.holders_.size()) {
        desk_.watch([this](std::span<const Event> events) { see(events); });
        for (const Crash::Holder& holder : crash_.holders_)
            if (holder.stop_at > 0) (holder.size.raw() > 0 ? long_stops_ : short_stops_).push_back(&holder);
        for (const Crash::Holder& holder : crash_.holders_)
            if (holder.loss_at > 0) loss_stops_.push_back(&holder);
        const auto by_price = [](const auto* a, const auto* b) { return a->stop_at < b->stop_at; };
        std::stable_sort(long_stops_.begin(), long_stops_.end(), by_price);  // the highest, which is the first, at the back
        std::stable_sort(short_stops_.begin(), short_stops_.end(), [&](const auto* a, const auto* b) { return by_price(b, a); });
    }

    Outcome run(const Path& path) {
        for (const PathPoint& point : path) {
            go_on_until(point.ms);
            pass_to(point.ms);
            now_ = point;
            for (Sources& sources : sources_) sources.leave(point.left);
            live();
            note_moment();
        }
        const std::int64_t end = now_.ms + scene_.after_ms;
        go_on_until(end);
        return finish(path);
    }

private:
    /// An order that wants to be filled.
    struct Waiting {
        OrderId order;
        std::int64_t since_ms = 0;
        bool liquidation = false;
    };

    static std::unique_ptr<Engine> restored(const Crash& crash) {
        auto engine = read_image(crash.limits_, crash.image_, crash.sets_);
        PLIM_ASSERT(engine.has_value());
        return std::move(*engine);
    }

    bool busy() const { return !waiting_.empty() || desk_.state().breaches.size() > 0; }
    std::int64_t interval() const { return static_cast<std::int64_t>(std::min<std::uint64_t>(scene_.set.liquidation.interval_ms, 60'000)); }

    void pass_to(std::int64_t ms) {
        const std::int64_t passed = ms - clock_;
        PLIM_ASSERT(passed >= 0);
        desk_.wait(static_cast<std::uint64_t>(passed));
        for (Sources& sources : sources_) sources.pass(passed);
        clock_ = ms;
    }

    /// Between two points the reference stands still; liquidations do not.
    void go_on_until(std::int64_t ms) {
        while (busy() && clock_ + interval() < ms) {
            pass_to(clock_ + interval());
            now_.ms = clock_;
            live();
        }
    }

    void live() {
        filled_ = 0;
        uncarried_ = 0;
        teller_.tell(desk_, sources_, now_);
        let_stop();
        work();
        measure();
    }

    void see(std::span<const Event> events) {
        for (const Event& event : events) std::visit([this](const auto& e) { see(e); }, event);
    }
    template <class Other>
    void see(const Other&) {}
    void see(const event::OrderPlaced& e) {
        if (e.kind == OrderKind::liquidation || (e.reduce_only && crowd(e.account)))
            waiting_.push_back({e.order, clock_, e.kind == OrderKind::liquidation});
    }
    void see(const event::LiquidationStarted& e) {
        if (crowd(e.subject.account)) {
            ++outcome_.liquidations;
            liquidated_[e.subject.account.index] = true;
        }
        started_[e.subject.account.index] = clock_;
    }
    void see(const event::LiquidationEnded& e) {
        const auto found = started_.find(e.subject.account.index);
        if (found == started_.end()) return;
        outcome_.slowest_s = std::max(outcome_.slowest_s, static_cast<double>(clock_ - found->second) / 1000);
        started_.erase(found);
    }
    void see(const event::PositionChanged& e) {
        // Of the two sides that deleveraging closes, the subject is in liquidation and the other one is not.
        if (e.cause != Cause::deleverage || started_.contains(e.account.index)) return;
        outcome_.deleveraged += crash_.units(e.market).base_of(e.size) * crash_.units(e.market).worth_of(e.price);
        hurts(e.account);
    }
    void see(const event::CollateralTaken& e) { outcome_.pledge_bought += crash_.units().quote_of(e.paid.raw()); }
    void see(const event::LossShared& e) {
        hurts(e.account);
        owes(e.subject.account, e.amount);
    }
    void see(const event::FundPaid& e) { owes(e.subject.account, e.amount); }
    void see(const event::LossBooked& e) { owes(e.subject.account, e.amount); }
    void owes(AccountId account, Amount amount) {
        if (crowd(account)) owed_[crash_.holders_[account.index].owner] += crash_.units().quote_of(amount.raw());
    }

    bool crowd(AccountId account) const { return account.index < crash_.holders_.size(); }
    void hurts(AccountId account) {
        if (crowd(account)) hurt_[account.index] = true;
    }

    void let_stop() {
        const auto leave = [&](std::vector<const Crash::Holder*>& stops, auto passed) {
            while (!stops.empty() && passed(stops.back()->stop_at)) {
                const AccountId account = stops.back()->account;
                stops.pop_back();
                if (started_.contains(account.index) || desk_.position(account).raw() == 0) continue;
                if (desk_.send(command::CloseAll{account}).accepted()) ++outcome_.stopped;
            }
        };
        if (teller_.mark() <= 0) return;
        let_stop_by_loss();
        leave(long_stops_, [&](double at) { return teller_.mark() <= at; });
        leave(short_stops_, [&](double at) { return teller_.mark() >= at; });
    }

    /// Who holds several markets leaves all of them when it has lost so much in all, at the marks.
    void let_stop_by_loss() {
        std::vector<const Crash::Holder*> stay;
        for (const Crash::Holder* holder : loss_stops_) {
            double gain = 0;
            for (std::uint32_t i = 0; i < crash_.markets(); ++i) {
                const Size size = i == 0 ? holder->size : holder->beside[i - 1];
                gain +=
                    crash_.units(MarketId{i}).base_of(size) * (teller_.mark(MarketId{i}) - crash_.price_at(crash_.start(), MarketId{i}));
            }
            if (gain > -holder->loss_at) stay.push_back(holder);
            else if (!started_.contains(holder->account.index) && desk_.send(command::CloseAll{holder->account}).accepted())
                ++outcome_.stopped;
        }
        loss_stops_ = std::move(stay);
    }

    /// Fills what can be filled now, the oldest first. Orders that come about meanwhile are looked at next time.
    void work() {
        const std::vector<Waiting> looked_at = std::move(waiting_);
        waiting_.clear();
        std::vector<Waiting> still;
        for (const Waiting& one : looked_at)
            if (!try_fill(one)) still.push_back(one);
        waiting_.insert(waiting_.begin(), still.begin(), still.end());
    }

    /// True: it is done with.
    bool try_fill(const Waiting& one) {
        const Order* found = desk_.state().orders.find(one.order);
        if (found == nullptr) return true;
        if (one.liquidation && (clock_ - one.since_ms < scene_.confirm_ms || (scene_.fills_most > 0 && filled_ >= scene_.fills_most)))
            return false;
        // What no maker can carry whole is offered in halves: their means may be enough for a part.
        constexpr int halvings = 6;
        const Order order = *found;
        for (int i = 0; i <= (scene_.makers > 0 ? halvings : 0); ++i)
            if (fill_part(one, order, std::exp2(-i))) return desk_.state().orders.find(one.order) == nullptr;
        return false;
    }

    /// Fills so much of an order as the books take of this share of it; false: nothing was filled.
    bool fill_part(const Waiting& one, const Order& order, double share) {
        const double price = crash_.price_at(now_, order.market);
        const Units& units = crash_.units(order.market);
        Sources& sources = sources_[order.market.index];
        const double whole = units.base_of(order.size) * price;
        const double wanted = whole * share;
        const Taken taken = sources.take(order.side == Side::sell ? BookSide::bids : BookSide::asks, wanted, clock_ - one.since_ms,
                                         std::min(scene_.reach, bankrupt_at(order)));
        const Size size = taken.amount >= whole * (1 - 1e-9) ? order.size : units.size_of(taken.amount / price);
        const bool filled = size.raw() > 0 && fill(one.order, order, size, units.price_of(price * taken.worth / taken.amount));
        if (!filled) {
            sources.undo();
            return false;
        }
        if (one.liquidation) {
            ++filled_;
            outcome_.liquidated += units.base_of(size) * price * taken.worth / taken.amount;
        }
        return true;
    }

    /// How far from the reference an order may be filled before its account owes: the engine lets none go further.
    double bankrupt_at(const Order& order) const {
        const double price = crash_.price_at(now_, order.market), mark = teller_.mark(order.market);
        const double room = crash_.units().quote_of(desk_.equity(order.account)) / crash_.units(order.market).base_of(order.size);
        if (room <= 0) return 0;
        if (order.side == Side::buy) return std::log((mark + room) / price);
        return room >= mark ? scene_.reach : std::log(price / (mark - room));
    }

    /// The maker whose position it relieves most takes the other side; when the engine does not let it, the next.
    bool fill(OrderId id, const Order& order, Size size, Price price) {
        const bool sells = order.side == Side::sell;
        std::vector<double>& made = made_[order.market.index];
        std::vector<std::size_t> by_relief(made.size());
        for (std::size_t i = 0; i < by_relief.size(); ++i) by_relief[i] = i;
        const auto better = [&](std::size_t a, std::size_t b) { return sells ? made[a] < made[b] : made[a] > made[b]; };
        constexpr std::ptrdiff_t tries = 4;
        bool beyond_means = false;
        std::partial_sort(by_relief.begin(), by_relief.begin() + tries, by_relief.end(), better);
        for (std::ptrdiff_t i = 0; i < tries; ++i) {
            const std::size_t maker = by_relief[static_cast<std::size_t>(i)];
            const AccountId account = crash_.makers_[maker];
            if (account == order.account) continue;
            const event::OrderPlaced as_placed{
                id, order.account, order.market, order.side, order.leg, order.kind, order.reduce_only, order.size, order.limit, {}, 0, 0};
            const RejectCode code = desk_.take(as_placed, account, size, price);
            beyond_means = beyond_means || code == RejectCode::margin_insufficient;
            if (code != RejectCode::none) continue;
            made[maker] += (sells ? 1 : -1) * crash_.units(order.market).base_of(size);
            return true;
        }
        // Of an order that is then offered in halves the first and largest counts.
        if (beyond_means && size == order.size)
            uncarried_ += crash_.units(order.market).base_of(size) * crash_.price_at(now_, order.market);
        return false;
    }

    void measure() {
        outcome_.uncarried = std::max(outcome_.uncarried, uncarried_);
        waiting_notional_ = 0;
        for (const Waiting& one : waiting_)
            if (const Order* order = desk_.state().orders.find(one.order); order != nullptr && one.liquidation)
                waiting_notional_ += crash_.units(order->market).base_of(order->size) * crash_.price_at(now_, order->market);
        outcome_.unfilled = std::max(outcome_.unfilled, waiting_notional_);
        for (const Sources& sources : sources_) outcome_.worst_offset = std::max(outcome_.worst_offset, std::abs(sources.own_offset()));
    }

    void note_moment() {
        if (moments_ == nullptr) return;
        const LossPaid paid = desk_.ledger().paid_in(AssetId{0});
        const auto quote = [&](Wide amount) { return crash_.units().quote_of(amount); };
        moments_->push_back({now_.ms, now_.price, teller_.mark(), now_.price * std::exp(sources_.front().own_offset()), now_.left,
                             waiting_notional_, quote(paid.total()), quote(paid.fund), outcome_.deleveraged, outcome_.liquidated,
                             static_cast<double>(std::count(hurt_.begin(), hurt_.end(), true)), crash_.margin_of_crowd(desk_),
                             now_.pledged});
    }

    Outcome finish(const Path& path) {
        const LossPaid paid = desk_.ledger().paid_in(AssetId{0});
        outcome_.fall = fall_of(path);
        outcome_.shortfall = crash_.units().quote_of(paid.total());
        outcome_.fund_paid = crash_.units().quote_of(paid.fund);
        outcome_.shared = crash_.units().quote_of(paid.shared());
        outcome_.booked = crash_.units().quote_of(paid.booked);
        for (const auto& [owner, owed] : owed_) {
            outcome_.two_largest = std::max(outcome_.two_largest, outcome_.largest + owed);
            outcome_.largest = std::max(outcome_.largest, owed);
        }
        outcome_.accounts_liquidated = static_cast<std::uint32_t>(std::count(liquidated_.begin(), liquidated_.end(), true));
        outcome_.hurt = static_cast<std::uint32_t>(std::count(hurt_.begin(), hurt_.end(), true));
        outcome_.unfinished = desk_.state().breaches.size();
        outcome_.commands = desk_.ledger().commands;
        outcome_.chain = desk_.engine().chain();
        return outcome_;
    }

    const Crash& crash_;
    const Scene& scene_;
    std::vector<Moment>* moments_;
    Outcome outcome_;
    Desk desk_;
    std::vector<Sources> sources_;  // by market
    Teller teller_;
    std::vector<std::vector<double>> made_;
    std::vector<bool> hurt_;
    std::vector<bool> liquidated_;
    std::vector<const Crash::Holder*> long_stops_;
    std::vector<const Crash::Holder*> short_stops_;
    std::vector<const Crash::Holder*> loss_stops_;  // with further markets
    std::vector<Waiting> waiting_;
    std::map<std::uint32_t, std::int64_t> started_;  // liquidations that go on, by account
    std::map<std::uint32_t, double> owed_;           // what owners could not pay
    PathPoint now_;
    std::int64_t clock_ = 0;
    std::uint32_t filled_ = 0;
    double waiting_notional_ = 0;
    double uncarried_ = 0;  // at this moment
};

Outcome Crash::run(const Path& path, std::vector<Moment>* moments) const {
    PLIM_ASSERT(!path.empty() && std::abs(path.front().price / price_ - 1) < 1e-3);
    PLIM_ASSERT(path.front().beside.size() == scene_.beside.size());
    return CrashRun(*this, moments).run(path);
}

}  // namespace plimsoll::stress
