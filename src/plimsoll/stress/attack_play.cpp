#include "plimsoll/stress/attack_play.hpp"

#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/units.hpp"
#include "plimsoll/stress/venue_desk.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

constexpr MarketId market{0};
constexpr AssetId money{0};

class AttackRun {
public:
    AttackRun(const ParameterSet& alone, const AttackPlan& plan, double price, double step_s, double fund)
        : fund_(fund),
          set_(with_side_market(alone)),
          plan_(plan),
          units_(alone),
          price_(price),
          step_ms_(static_cast<std::uint64_t>(step_s * 1000)),
          desk_(3 * plan.accounts + 2) {}

    Result<AttackPlayed> run() {
        const Reply defined = desk_.send(command::DefineSet{std::make_shared<const ParameterSet>(set_)});
        if (!defined.accepted()) return fail(Error{set_.name, "the engine does not take the set", "check it: plimsoll schedule check"});
        desk_.adopt(set_);
        if (fund_ > 0) desk_.must(command::MoveFund{money, units_.amount_of(fund_)});
        mark(1);
        desk_.mark(side_price(), side_market);
        const Size each = units_.size_of(plan_.open_interest / plan_.accounts / price_);
        if (each.raw() == 0)
            return fail(Error{set_.name, "a position of less than one lot an account", "ask about a larger open interest"});
        open(each);
        push();
        leave();
        mark(1);
        for (std::uint32_t i = 0; i < set_.liquidation.intervals_max + 3; ++i) desk_.tick(set_.liquidation.interval_ms);
        played_.shortfall = units_.quote_of(desk_.ledger().paid_in(money).total());
        return played_;
    }

private:
    void mark(double times) {
        const Price price = units_.price_of(price_ * times);
        const GuardParams& guard = set_.markets.front().guard;
        if (guard.mark_band || guard.index_required) {
            command::IndexPrices index{market, {}};
            for (std::uint32_t i = 0; i < std::max(1u, guard.sources_min); ++i) index.sources.push_back({i, price, desk_.now_ms()});
            desk_.must(std::move(index));
        }
        desk_.mark(price, market);
    }

    void note(RejectCode code) {
        if (played_.refused == RejectCode::none) played_.refused = code;
    }

    /// Each account with just the margin that its position is asked for; who takes the other side has means, unless it is the attacker's other leg.
    void open(Size each) {
        const Side side = plan_.is_short ? Side::sell : Side::buy;
        const Wide means = set_.assets.front().amount_max.raw() / 8;
        for (std::uint32_t i = 0; i < plan_.accounts; ++i) {
            const AccountId account = desk_.open_account(means);
            const AccountId other = desk_.open_account(means);
            const RejectCode code = side == Side::buy ? desk_.trade(account, other, market, each, units_.price_of(price_))
                                                      : desk_.trade(other, account, market, each, units_.price_of(price_));
            note(code);
            if (code != RejectCode::none) continue;
            played_.opened += units_.base_of(each) * price_;
            played_.paid_in += units_.quote_of(means - desk_.withdraw(account, money, means));
            if (plan_.leave == Leave::two_legs) played_.paid_in += units_.quote_of(means - desk_.withdraw(other, money, means));
            attackers_.push_back(account);
            others_.push_back(other);
        }
    }

    /// Waits until the interval of the credit price's velocity is about to end: the first push is its last mark, the second begins a new one.
    void await_interval() {
        const auto& credit = set_.markets.front().guard.credit;
        if (credit && credit->interval_ms > 2 * step_ms_) desk_.wait(credit->interval_ms - 2 * step_ms_);
    }

    void push() {
        await_interval();
        for (const double x : plan_.path) {
            desk_.wait(step_ms_);
            mark(std::exp(plan_.is_short ? -x : x));
        }
    }

    void leave() {
        const double times = plan_.is_short ? 1 / plan_.push : plan_.push;
        for (std::size_t i = 0; i < attackers_.size(); ++i) {
            if (plan_.leave == Leave::withdraw) borrow(attackers_[i]);
            else note(desk_.close_position(attackers_[i], others_[i], units_.price_of(price_ * times), market));
            take_out(attackers_[i]);
        }
        for (const AccountId partner : partners_) take_out(partner);
    }

    void take_out(AccountId account) {
        played_.withdrawn += units_.quote_of(desk_.withdraw(account, money, balance_of(desk_.state(), account, money).raw()));
    }

    /// A gain on paper lies in no balance. Whoever wants it lets a partner have it: it buys from the partner in a quiet market, far above the mark, as
    /// much as the engine lets it lose; the partner buys back at the mark.
    void borrow(AccountId account) {
        const Price mark = side_price();
        const Price limit = Price::from_raw(mark.raw() * side_times);
        const double wished = std::abs(plan_.open_interest / plan_.accounts * (plan_.believed + 1));
        Size size = units_.size_of(wished / (units_.worth_of(limit) - units_.worth_of(mark)));
        const Reply asked = desk_.send(command::PlaceOrder{account, side_market, Side::buy, Leg::net, size, limit, false});
        if (asked.accepted()) desk_.must(command::CancelOrder{account, OrderId{asked.made}});
        else if (!asked.reject.size_passes) return note(asked.reject.code);
        else size = asked.reject.largest_size;
        const Wide means = units_.amount_of(wished).raw();
        const AccountId partner = desk_.open_account(means);
        played_.paid_in += units_.quote_of(means);
        partners_.push_back(partner);
        if (const RejectCode code = desk_.trade(account, partner, side_market, size, limit); code != RejectCode::none) return note(code);
        note(desk_.close_position(partner, others_.front(), mark, side_market));
    }

    static constexpr std::int64_t side_times = 500;
    Price side_price() const {
        return Price::from_raw(std::max<std::int64_t>(1, set_.markets.front().instrument.price_max.raw() / (2 * side_times)));
    }

    /// A market beside the attacked one in which nothing moves.
    static ParameterSet with_side_market(ParameterSet set) {
        Schedule flat = flat_scheme({2, 1});
        flat.id = "side";
        set.schedules.push_back(flat);
        MarketParams side = set.markets.front();
        side.name = "SIDE";
        side.schedule = ScheduleId{1};
        side.guard = {};
        set.markets.push_back(side);
        return set;
    }

    double fund_;
    const ParameterSet set_;
    const AttackPlan& plan_;
    Units units_;
    double price_;
    std::uint64_t step_ms_;
    Desk desk_;
    AttackPlayed played_;
    std::vector<AccountId> attackers_;
    std::vector<AccountId> others_;
    std::vector<AccountId> partners_;
};

}  // namespace

Result<AttackPlayed> play_attack(const ParameterSet& alone, const AttackPlan& plan, double price, double step_s, double fund) {
    return AttackRun(alone, plan, price, step_s, fund).run();
}

}  // namespace plimsoll::stress
