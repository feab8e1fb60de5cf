#include "plimsoll/engine/watch.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <algorithm>
#include <bit>

namespace plimsoll {

namespace {

// ---- how far a price may go ----------------------------------------------------------------------------------------

/// Prices within [low, high] keep a position's part of health from falling by more than its share.
struct Interval {
    std::int64_t low = 0;  // 0: no price is too low
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

/// Profit is rounded down, then weighted and rounded down again: between two prices that is at most so many units more than
/// the exact difference.
constexpr Wide rounding_reserve = 3;

/// What is asked of one position at maintenance, at any price. Holds for a steady market alone.
class Asked {
public:
    Asked(const MarketView& market, const Position& position, const AccountTerms& terms)
        : market_(market), size_(position.size), terms_(terms) {}

    Wide at(std::int64_t price) const {
        Exposure exposure;
        exposure.is_short = size_.raw() < 0;
        exposure.size = static_cast<Wide>(magnitude(size_.raw()));
        exposure.notional = notional(market_.params->instrument, size_, Price::from_raw(price));
        exposure.group_notional = exposure.notional;
        return requirement(*market_.schedule, Level::maintenance, exposure, market_.figures, terms_).raw();
    }

private:
    const MarketView& market_;
    Size size_;
    AccountTerms terms_;
};

/// The largest price step of which the loss of a linear or quanto position is at most `share`, rounded down.
std::int64_t step_of(const Instrument& instrument, Size size, Wide share) {
    if (share <= 0) return 0;
    const UWide per_step = magnitude(size.raw()) * static_cast<UWide>(Wide{instrument.multiplier.raw});
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    constexpr auto most = static_cast<UWide>(std::numeric_limits<std::int64_t>::max());
    const UWide steps = shift >= 0
                            ? mul_div(static_cast<UWide>(share), static_cast<UWide>(pow10(shift)), per_step, Toward::down, most)
                            : mul_div(static_cast<UWide>(share), 1, per_step * static_cast<UWide>(pow10(-shift)), Toward::down, most);
    return static_cast<std::int64_t>(steps);
}

/// A long loses as the price falls, while less is asked of it; as it rises it gains, while more is asked: below, the loss alone counts,
/// above, what is asked alone. A short loses and is asked more as the price rises, and neither as it falls.
Interval interval_of(const MarketView& market, const Position& p, const AccountTerms& terms, Wide share) {
    const std::int64_t now = market.state.mark.raw();
    const std::int64_t price_max = market.params->instrument.price_max.raw();
    const Asked asked(market, p, terms);
    const Wide asked_now = asked.at(now);
    const std::int64_t step = step_of(market.params->instrument, p.size, share - rounding_reserve);
    Interval interval;
    if (p.size.raw() > 0) {
        interval.low = std::max<std::int64_t>(0, now - std::min(now, step));
        std::int64_t up = std::min(std::max<std::int64_t>(now, 1), price_max - now);
        while (up > 0 && asked.at(now + up) - asked_now > share) up /= 2;
        interval.high = now + up;
    } else {
        // What is asked rises beside the loss: so much less is left for the loss.
        std::int64_t up = std::min(step - step / 8, price_max - now);
        while (up > 0) {
            const Wide loss = share - rounding_reserve - (asked.at(now + up) - asked_now);
            if (loss >= 0 && step_of(market.params->instrument, p.size, loss) >= up) break;
            up -= up / 4 + 1;
        }
        interval.high = now + std::max<std::int64_t>(0, up);
    }
    if (interval.high >= price_max) interval.high = std::numeric_limits<std::int64_t>::max();
    return interval;
}

/// Of 64 bits; two assets may share one, and then both are looked at when either price leaves its band.
std::uint64_t bit_of(AssetId asset) { return std::uint64_t{1} << (asset.index & 63u); }

/// A sixteenth to either side.
AssetPrice band_around(const AssetPrice& price) {
    const std::int64_t low = price.low().raw();
    const Wide high = Wide{price.high().raw()} + price.high().raw() / 16;
    return {Price::from_raw(low - low / 16), Price::from_raw(narrow64(std::min<Wide>(high, std::numeric_limits<std::int64_t>::max())))};
}

/// What a balance of an asset is worth less at the worse end of its band than now. Numeraire.
Wide loss_in_band(const AssetView& asset, const AssetPrice& band, Wide balance) {
    AssetView worst = asset;
    worst.quick_maintenance = {};  // holds for the present price
    worst.price = band;
    return balance_value(asset, balance, false) - balance_value(worst, balance, false);
}

/// Whether the maintenance margin of a market depends on nothing but the position's size and price.
bool is_steady(const MarketView& market) {
    const CompiledSchedule& schedule = *market.schedule;
    const CompiledLevel& level = schedule.level(Level::maintenance);
    if (market.params->instrument.kind == ContractKind::inverse || market.params->hedge == HedgeRule::larger_leg) return false;
    for (std::uint32_t i = 0; i < level.terms; ++i) {
        const CompiledTerm& term = schedule.terms[level.first_term + i];
        const bool own = term.axis.subject == Subject::own_size || term.axis.subject == Subject::own_notional;
        if (!own || term.axis.per != Per::nothing || (level.modulated && term.modulators != 0)) return false;
    }
    return true;
}

}  // namespace

// ---- lists -----------------------------------------------------------------------------------------------------------

std::uint32_t Watch::bucket_of(std::int64_t price) {
    const auto p = static_cast<std::uint64_t>(std::max<std::int64_t>(1, price));
    const int octave = static_cast<int>(std::bit_width(p)) - 1;
    const std::uint64_t mantissa = octave >= mantissa_bits ? p >> (octave - mantissa_bits) : p << (mantissa_bits - octave);
    return static_cast<std::uint32_t>(octave) * octave_size + static_cast<std::uint32_t>(mantissa & (octave_size - 1));
}

std::uint32_t& Watch::head(Side& side, std::uint32_t bucket) {
    std::unique_ptr<Octave>& octave = side.octaves[bucket / octave_size];
    if (!octave) {
        octave = std::make_unique<Octave>();
        octave->clear();
    }
    return octave->heads[bucket % octave_size];
}

void Watch::link(Side& side, Link Ends::* end, std::uint32_t slot, std::int64_t price) {
    const std::uint32_t bucket = bucket_of(price);
    std::uint32_t& first = head(side, bucket);
    ends_[slot].*end = {no_place, first, bucket};
    if (first != no_place) (ends_[first].*end).before = slot;
    first = slot;
    ++side.octaves[bucket / octave_size]->counts[bucket % octave_size];
}

void Watch::unlink(Side& side, Link Ends::* end, std::uint32_t slot) {
    Link& link = ends_[slot].*end;
    if (link.bucket == no_bucket) return;
    PLIM_ASSERT_SLOW(link.before != no_place || head(side, link.bucket) == slot);
    --side.octaves[link.bucket / octave_size]->counts[link.bucket % octave_size];
    (link.before != no_place ? (ends_[link.before].*end).after : head(side, link.bucket)) = link.after;
    if (link.after != no_place) (ends_[link.after].*end).before = link.before;
    link = {};
}

void Watch::disarm(const State& state, AccountId account) {
    grow(state);
    Standing& standing = standing_[account.index];
    if (standing == Standing::unarmed) return;
    if (standing == Standing::armed) {
        const Run& run = state.account(account).positions;
        for (std::uint32_t slot = run.first; slot != no_place && slot < run.first + run.count; ++slot) {
            Market& market = markets_[state.positions.slot(slot).market];
            unlink(market.low, &Ends::low, slot);
            unlink(market.high, &Ends::high, slot);
        }
    }
    standing = Standing::unarmed;
    unarmed_.push_back(account);
}

void Watch::disarm_all() {
    for (Market& market : markets_)
        for (Side* side : {&market.low, &market.high})
            for (std::unique_ptr<Octave>& octave : side->octaves)
                if (octave) octave->clear();
    std::fill(standing_.begin(), standing_.end(), Standing::unarmed);
    always_.clear();
    unarmed_.clear();
    for (std::uint32_t a = 0; a < standing_.size(); ++a) unarmed_.push_back(AccountId{a});
    steady_.clear();
    bands_.clear();
    screen_.forget();
}

/// Accounts, markets and assets that came since the last call.
void Watch::grow_to(const State& state) {
    if (ends_.empty()) ends_.resize(state.positions.capacity());
    while (standing_.size() < state.accounts.size()) {
        unarmed_.push_back(AccountId{static_cast<std::uint32_t>(standing_.size())});
        standing_.push_back(Standing::unarmed);
        named_.push_back(0);
        holds_.push_back(0);
    }
    // A market that was marked before this index began is followed from its price on, or the next mark would cross nothing.
    for (auto i = static_cast<std::uint32_t>(markets_.size()); i < state.markets.size(); ++i) {
        markets_.emplace_back();
        const Paced& mark = state.markets[i].guard.liquidation;
        if (mark.set) markets_.back().price = mark.value;
    }
    while (bands_.size() < state.assets.size())
        bands_.push_back(band_around(state.active->liquidation.asset(AssetId{static_cast<std::uint32_t>(bands_.size())}).price));
    for (std::uint32_t i = static_cast<std::uint32_t>(steady_.size()); i < state.markets.size(); ++i)
        steady_.push_back(is_steady(state.active->liquidation.market(MarketId{i})) ? 1 : 0);
}

// ---- finding ---------------------------------------------------------------------------------------------------------

bool Watch::too_many(const State& state) const { return out_->size() > most(state); }

void Watch::name(AccountId account) {
    if (named_[account.index] != 0) return;
    named_[account.index] = 1;
    out_->push_back(account);
}

void Watch::visit(const State& state, Side& side, std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t bucket = first; bucket <= last; ++bucket) {
        const std::unique_ptr<Octave>& octave = side.octaves[bucket / octave_size];
        if (!octave) {
            bucket |= octave_size - 1;
            continue;
        }
        while (octave->heads[bucket % octave_size] != no_place) {
            const std::uint32_t slot = octave->heads[bucket % octave_size];
            const AccountId account{state.positions.slot(slot).account};
            name(account);
            disarm(state, account);
            // An end that its account no longer knows of would be visited for ever.
            PLIM_ASSERT(octave->heads[bucket % octave_size] != slot);
        }
        if (too_many(state)) return;
    }
}

void Watch::cross(const State& state, MarketId id) {
    Market& market = markets_[id.index];
    const std::int64_t before = market.price;
    const std::int64_t now = state.active->liquidation.market(id).state.mark.raw();
    if (before == now) return;
    market.price = now;
    if (before < 0) return;  // nobody was armed without a price
    if (now < before) visit(state, market.low, bucket_of(now), bucket_of(before));
    else visit(state, market.high, bucket_of(before), bucket_of(now));
}

/// The slack of those who hold an asset was computed at the worse ends of its band. When a price leaves it they are examined, armed
/// no longer, and the band is laid around the new price.
void Watch::leave_bands(const State& state) {
    std::uint64_t left = 0;
    for (std::uint32_t i = 0; i < state.assets.size(); ++i) {
        const AssetPrice& now = state.active->liquidation.asset(AssetId{i}).price;
        if (now.low() >= bands_[i].low() && now.high() <= bands_[i].high()) continue;
        bands_[i] = band_around(now);
        left |= bit_of(AssetId{i});
    }
    for (std::uint32_t a = 0; left != 0 && a < holds_.size(); ++a) {
        if ((holds_[a] & left) == 0) continue;
        name(AccountId{a});
        disarm(state, AccountId{a});
    }
}

void Watch::keep_unarmed(const State&) {
    const auto keep = [&](std::vector<AccountId>& list, Standing standing) {
        std::size_t kept = 0;
        for (const AccountId account : list) {
            if (standing_[account.index] != standing || (named_[account.index] & 2) != 0) continue;
            named_[account.index] |= 2;  // listed once
            list[kept++] = account;
        }
        list.resize(kept);
        for (const AccountId account : list) {
            named_[account.index] &= 1;
            name(account);
        }
    };
    keep(unarmed_, Standing::unarmed);
    keep(always_, Standing::always);
}

std::uint64_t Watch::passed(const State& state, std::span<const Event> events) const {
    std::uint64_t ends = 0;
    for (const Event& event : events) {
        const auto* marked = std::get_if<event::Marked>(&event);
        if (marked == nullptr) continue;
        const Market& market = markets_[marked->market.index];
        const std::int64_t now = state.active->liquidation.market(marked->market).state.mark.raw();
        if (market.price < 0 || market.price == now) continue;
        const Side& side = now < market.price ? market.low : market.high;
        const std::uint32_t last = bucket_of(std::max(now, market.price));
        for (std::uint32_t bucket = bucket_of(std::min(now, market.price)); bucket <= last; ++bucket) {
            const std::unique_ptr<Octave>& octave = side.octaves[bucket / octave_size];
            if (octave) ends += octave->counts[bucket % octave_size];
            else bucket |= octave_size - 1;
        }
        if (ends > 2 * most(state)) break;
    }
    return ends;
}

void Watch::find(const State& state, std::span<const Event> events, std::vector<AccountId>& out) {
    grow(state);
    out_ = &out;
    out.clear();
    bool assets = false;
    // A visit costs so much more than a look through the screen that a large shock is swept from the start.
    shock_ = passed(state, events) > 2 * most(state);
    for (const Event& event : events) {
        assets |= std::holds_alternative<event::AssetMarked>(event);
        const auto* marked = std::get_if<event::Marked>(&event);
        if (marked == nullptr) continue;
        // Beyond the bound the rest is not walked: everyone is looked at, and nobody's interval is trusted.
        shock_ = shock_ || too_many(state);
        if (shock_) markets_[marked->market.index].price = marked->guard.liquidation.value;
        else cross(state, marked->market);
    }
    shock_ = shock_ || too_many(state);
    if (shock_) disarm_all();
    grow(state);
    if (assets) leave_bands(state);
    swept_ = shock_ || !keeps_intervals_ || unarmed_.size() > most(state);
    if (!swept_) {
        keep_unarmed(state);
        state.breaches.each([&](LiquidationId, const Breach& breach) { name(breach.subject.account); });
        swept_ = too_many(state);
    }
    for (const AccountId account : out) named_[account.index] = 0;
    sift(state, out);
}

/// Leaves those who do not pass the screen, of everyone after a sweep.
void Watch::sift(const State& state, std::vector<AccountId>& out) {
    if (!swept_ && out.empty()) return;
    screen_.refresh(state);
    if (swept_) {
        out.clear();
        screen_.sift(state, out);
    } else {
        std::erase_if(out, [&](AccountId account) { return screen_.passes(state, account); });
        std::sort(out.begin(), out.end());
    }
}

// ---- arming ----------------------------------------------------------------------------------------------------------

void Watch::arm_position(const State& state, AccountId account, std::size_t place, const AccountView& view, Wide share) {
    const Position& p = view.positions[place];
    const MarketView& market = state.active->liquidation.market(p.market);
    const Interval interval = interval_of(market, p, terms_of(market, view, place), share);
    const auto slot = static_cast<std::uint32_t>(state.account(account).positions.first + place);
    Market& ends = markets_[p.market.index];
    if (interval.low > 0) link(ends.low, &Ends::low, slot, interval.low);
    if (interval.high != std::numeric_limits<std::int64_t>::max()) link(ends.high, &Ends::high, slot, interval.high);
}

Watch::Standing Watch::arm_account(const State& state, AccountId id, Room& room) {
    const AccountRecord& account = state.account(id);
    if (account.breaches != 0) return Standing::unarmed;
    const RiskContext& context = state.active->liquidation;
    const AccountView view = view_of(state, id, Reading::held, room.positions, room.balances);
    std::uint64_t holds = 0;
    Wide reserve = 0;
    for (const Balance& b : view.balances) {
        const AssetView& asset = context.asset(b.asset);
        if (b.amount.raw() == 0 || asset.is_unit) continue;
        if (asset.params->weight_maintenance.venue_scale_start) return Standing::always;
        holds |= bit_of(b.asset);
        reserve += loss_in_band(asset, bands_[b.asset.index], b.amount.raw());
    }
    holds_[id.index] = holds;
    Wide weight = 0;
    for (const Position& p : view.positions) {
        if (p.size.raw() == 0) continue;
        const MarketView& market = context.market(p.market);
        if (steady_[p.market.index] == 0) return Standing::always;
        if (p.mode == MarginMode::isolated) continue;
        if (!context.asset(market.settle).is_unit) return Standing::always;
        weight += to_settle(market.params->instrument, notional(market.params->instrument, p.size, market.state.mark), Round::ceil);
    }
    const Wide healthy_by = health(context, view, Purpose::maintenance).value();
    if (healthy_by < 0) return Standing::unarmed;
    const Wide slack = healthy_by - reserve;
    if (slack < 0) return Standing::always;
    // What lay here before is not looked at again.
    for (std::uint32_t i = 0; i < account.positions.count; ++i) ends_[account.positions.first + i] = {};
    for (std::size_t i = 0; i < view.positions.size(); ++i) {
        const Position& p = view.positions[i];
        if (p.size.raw() == 0 || p.mode != MarginMode::isolated) continue;
        if (isolated_health(context, view, i, Purpose::maintenance).value() < 0) return Standing::unarmed;
    }
    for (std::size_t i = 0; i < view.positions.size(); ++i) {
        const Position& p = view.positions[i];
        if (p.size.raw() == 0) continue;
        if (p.mode == MarginMode::isolated) {
            arm_position(state, id, i, view, isolated_health(context, view, i, Purpose::maintenance).value());
            continue;
        }
        // The slack goes to the positions by their notionals; shares are rounded down, so together they are no more than it.
        const MarketView& market = context.market(p.market);
        const Wide own = to_settle(market.params->instrument, notional(market.params->instrument, p.size, market.state.mark), Round::ceil);
        const Wide share =
            weight == 0
                ? 0
                : static_cast<Wide>(mul_div(static_cast<UWide>(slack), static_cast<UWide>(own), static_cast<UWide>(weight), Toward::down));
        arm_position(state, id, i, view, share);
    }
    return Standing::armed;
}

void Watch::arm(const State& state, std::uint32_t most, Room& room) {
    // A shock seldom comes alone, and what it costs is not to be doubled.
    if (!state.active || !keeps_intervals_ || shock_) return;
    grow(state);
    std::size_t left = unarmed_.size();
    for (std::uint32_t tried = 0; tried < most && left > 0; ++tried) {
        const AccountId account = unarmed_[--left];
        if (standing_[account.index] != Standing::unarmed) {
            unarmed_.erase(unarmed_.begin() + static_cast<std::ptrdiff_t>(left));
            continue;
        }
        const Standing standing = arm_account(state, account, room);
        if (standing == Standing::unarmed) continue;
        standing_[account.index] = standing;
        if (standing == Standing::always) always_.push_back(account);
        unarmed_.erase(unarmed_.begin() + static_cast<std::ptrdiff_t>(left));
    }
}

}  // namespace plimsoll
