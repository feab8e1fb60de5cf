#include "plimsoll/params/diff_rules.hpp"

#include "plimsoll/params/words.hpp"

#include <utility>

namespace plimsoll {

namespace {

constexpr std::uint64_t second_ms = 1000;

std::string duration_text(std::uint64_t ms) {
    const bool whole = ms != 0 && ms % second_ms == 0;
    return grouped(static_cast<std::int64_t>(whole ? ms / second_ms : ms), 0) + (whole ? " s" : " ms");
}
std::string velocity_text(const Velocity& velocity) {
    return format_percent(velocity.rate) + " per " + duration_text(velocity.interval_ms);
}
std::string counted(std::uint32_t count) { return grouped(count, 0); }

/// One subject's figures; those that are equal are not told.
class Rules {
public:
    Rules(Notes& notes, const std::string& subject, const std::string& path, std::string prefix)
        : notes_(notes), subject_(subject), path_(path), prefix_(std::move(prefix)) {}

    void share(const char* key, const char* what, Rate before, Rate after, Sense sense) {
        notes_.rate(subject_, path_ + key, prefix_ + what, {before.raw(), 1}, {after.raw(), 1}, sense);
    }
    template <class T, class Text>
    void figure(const char* key, const char* what, const T& before, const T& after, Text text, Sense sense) {
        if (before != after) put(key, what, text(before), text(after), direction_of(sense, before < after));
    }
    /// A figure that may be absent; `present` and `absent` say which way it pulls when it comes and goes.
    template <class T, class Text>
    void maybe(const char* key, const char* what, const std::optional<T>& before, const std::optional<T>& after, Text text, Sense sense,
               Direction present, Direction absent, const char* none = "none") {
        if (before == after) return;
        if (before && after) return figure(key, what, *before, *after, text, sense);
        put(key, what, before ? text(*before) : none, after ? text(*after) : none, after ? present : absent);
    }
    void flag(const char* key, const char* what, bool before, bool after, Sense sense) {
        notes_.flag(subject_, path_ + key, prefix_ + what, before, after, sense);
    }
    void velocity(const char* key, const std::string& what, const std::optional<Velocity>& before, const std::optional<Velocity>& after) {
        const auto text = [](const std::optional<Velocity>& v) { return v ? velocity_text(*v) : std::string("any distance"); };
        if (before != after) put(key, what.c_str(), text(before), text(after), Direction::mixed);
    }
    /// `sense` of the measured figure itself: a deeper market asks less, a wilder one more.
    void slew(const std::string& key, const std::string& what, const Slew& before, const Slew& after, int digits_before, int digits_after,
              Sense sense) {
        const bool up_is_tighter = sense == Sense::up_is_tighter;
        const Decimal floor_before{before.floor, digits_before};
        const Decimal floor_after{after.floor, digits_after};
        notes_.decimal(subject_, path_ + key + ".floor", prefix_ + what + " counts at least", floor_before, floor_after, sense);
        const auto cap = [](const Slew& slew, int digits) { return slew.cap ? std::optional(Decimal{*slew.cap, digits}) : std::nullopt; };
        const auto cap_before = cap(before, digits_before);
        const auto cap_after = cap(after, digits_after);
        if (cap_before && cap_after)
            notes_.decimal(subject_, path_ + key + ".cap", prefix_ + what + " counts at most", *cap_before, *cap_after, sense);
        else if (cap_before || cap_after)
            put((key + ".cap").c_str(), (what + " counts at most").c_str(), cap_before ? grouped(*cap_before) : "none",
                cap_after ? grouped(*cap_after) : "none", cap_after.has_value() == up_is_tighter ? Direction::looser : Direction::tighter);
        velocity((key + ".velocity").c_str(), what + " moves at most", before.velocity, after.velocity);
    }
    void action(GuardState state, GuardedAction action, bool before, bool after) {
        if (before == after) return;
        // To liquidate protects the venue, all else lets an account do something.
        const Direction direction = (action == GuardedAction::liquidate) == after ? Direction::tighter : Direction::looser;
        const std::string names = std::string(words::of(state)) + (after ? " now allows " : " no longer allows ");
        notes_.add({subject_, path_ + "actions." + std::string(words::of(state)) + "." + std::string(words::of(action)),
                    prefix_ + names + std::string(words::of(action)), "", "", direction});
    }

private:
    void put(const char* key, const char* what, std::string before, std::string after, Direction direction) {
        notes_.add({subject_, path_ + key, prefix_ + what, std::move(before), std::move(after), direction});
    }

    Notes& notes_;
    const std::string& subject_;
    const std::string& path_;
    std::string prefix_;
};

}  // namespace

void compare_deposits(Notes& notes, const std::string& subject, const std::string& path, const Asset& a, const Asset& b) {
    Rules rules(notes, subject, path, "");
    rules.figure("confirmations", "confirmations of a deposit", a.confirmations, b.confirmations, counted, Sense::up_is_tighter);
    notes.plain(subject, path + "pending_weight", "weight of a waiting deposit", a.pending_weight, b.pending_weight,
                Sense::down_is_tighter);
    rules.maybe("smoothing_ms", "smoothed price follows within", a.smoothing_ms, b.smoothing_ms, duration_text, Sense::unclear,
                Direction::mixed, Direction::mixed, "no time");
}

void compare_fees(Notes& notes, const std::string& subject, const std::string& path, const MarketParams& a, const MarketParams& b) {
    Rules rules(notes, subject, path, "");
    rules.share("fee_max", "largest fee", a.fee_max, b.fee_max, Sense::up_is_tighter);
    rules.share("liquidation_fee", "liquidation fee", a.liquidation_fee, b.liquidation_fee, Sense::neutral);
    rules.maybe(
        "depth_share", "liquidations of one interval close at most", a.depth_share, b.depth_share,
        [](Rate share) { return format_percent(share) + " of depth"; }, Sense::neutral, Direction::neutral, Direction::neutral, "any size");
}

void compare_guards(Notes& notes, const std::string& subject, const std::string& market_path, const MarketParams& before,
                    const MarketParams& after) {
    const GuardParams& a = before.guard;
    const GuardParams& b = after.guard;
    const std::string path = market_path + "guard.";
    Rules rules(notes, subject, path, "guard: ");
    const Direction tighter = Direction::tighter;
    const Direction looser = Direction::looser;
    const Direction mixed = Direction::mixed;
    rules.figure("sources_min", "fewest sources of an index", a.sources_min, b.sources_min, counted, Sense::up_is_tighter);
    rules.maybe("outlier_max", "a source may differ by", a.outlier_max, b.outlier_max, format_percent, Sense::unclear, mixed, mixed,
                "anything");
    rules.maybe("source_stale_ms", "a source counts for", a.source_stale_ms, b.source_stale_ms, duration_text, Sense::down_is_tighter,
                tighter, looser, "ever");
    rules.maybe("mark_band", "a mark may leave the index by", a.mark_band, b.mark_band, format_percent, Sense::unclear, mixed, mixed,
                "anything");
    rules.flag("index_required", "an index is required", a.index_required, b.index_required, Sense::up_is_tighter);
    rules.maybe("mark_stale_ms", "a mark counts for", a.mark_stale_ms, b.mark_stale_ms, duration_text, Sense::down_is_tighter, tighter,
                looser, "ever");
    rules.velocity("credit", "the price that grants credit moves at most", a.credit, b.credit);
    rules.velocity("liquidation", "the price that liquidates moves at most", a.liquidation, b.liquidation);
    const int digits_a = before.instrument.settle_digits;
    const int digits_b = after.instrument.settle_digits;
    rules.slew("depth", "depth", a.depth, b.depth, digits_a, digits_b, Sense::down_is_tighter);
    rules.slew("daily_volume", "daily volume", a.daily_volume, b.daily_volume, digits_a, digits_b, Sense::down_is_tighter);
    rules.slew("volatility", "volatility", a.volatility, b.volatility, rate_digits, rate_digits, Sense::up_is_tighter);
    for (int i = 0; i < guard_states_count; ++i)
        for (int j = 0; j < guarded_actions_count; ++j) {
            const auto state = static_cast<GuardState>(i);
            const auto action = static_cast<GuardedAction>(j);
            rules.action(state, action, a.actions.allows(state, action), b.actions.allows(state, action));
        }
}

void compare_liquidation(Notes& notes, const LiquidationRules& a, const LiquidationRules& b) {
    const std::string subject = "liquidation";
    const std::string path = "liquidation.";
    Rules rules(notes, subject, path, "");
    const Direction neutral = Direction::neutral;
    rules.figure("threshold_marks", "waits for further marks:", a.threshold_marks, b.threshold_marks, counted, Sense::down_is_tighter);
    rules.figure("threshold_ms", "waits for", a.threshold_ms, b.threshold_ms, duration_text, Sense::down_is_tighter);
    rules.maybe("critical_share", "does not wait below this share of maintenance:", a.critical_share, b.critical_share, format_percent,
                Sense::up_is_tighter, Direction::tighter, Direction::looser);
    rules.figure("interval_ms", "takes a step every", a.interval_ms, b.interval_ms, duration_text, Sense::neutral);
    rules.figure("intervals_max", "takes steps, at most", a.intervals_max, b.intervals_max, counted, Sense::neutral);
    rules.maybe("per_interval_max", "accounts in one interval", a.per_interval_max, b.per_interval_max, counted, Sense::neutral, neutral,
                neutral, "any number");
    rules.share("fund_share", "fee's share to the fund", a.fund_share, b.fund_share, Sense::neutral);
    rules.share("liquidator_share", "fee's share to the liquidator", a.liquidator_share, b.liquidator_share, Sense::neutral);
    // A larger stressed loss lowers the reserve ratio, which modulators look at.
    rules.share("stress", "stress of the reserve", a.stress, b.stress, Sense::up_is_tighter);
    rules.figure("reserve_accounts", "largest accounts that the reserve is measured by:", a.reserve_accounts, b.reserve_accounts, counted,
                 Sense::up_is_tighter);
    rules.maybe("reserve_interval_ms", "reserve is measured every", a.reserve_interval_ms, b.reserve_interval_ms, duration_text,
                Sense::unclear, Direction::tighter, Direction::looser, "never");
    rules.flag("withdrawals_wait", "withdrawals wait for unsettled debts", a.withdrawals_wait, b.withdrawals_wait, Sense::up_is_tighter);
}

}  // namespace plimsoll
