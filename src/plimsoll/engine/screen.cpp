#include "plimsoll/engine/screen.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// Profit is rounded down, weighted and rounded down again: up to two units below the exact product.
constexpr std::int64_t credit_reserve = 2;
/// The margin is rounded up, and so may the bound's own product have been rounded down.
constexpr std::int64_t line_reserve = 2;
/// Of one position, settle asset: positions_max of either kind sum to less than 2^63.
constexpr Wide part_most = Wide{1} << 51;
static_assert(2 * positions_max * part_most + amount_max.raw() < Wide{1} << 63);

inline std::uint64_t folded(std::int64_t value) { return static_cast<std::uint64_t>(value ^ (value >> 63)); }
inline std::int64_t high_of(std::int64_t a, std::int64_t b) { return static_cast<std::int64_t>(Wide{a} * b >> 64); }
inline std::uint64_t high_of(std::uint64_t a, std::uint64_t b) { return static_cast<std::uint64_t>(UWide{a} * b >> 64); }

/// Of the settle asset's digits behind a widened notional's.
int widened_shift(const Instrument& instrument) { return std::max(1, notional_digits(instrument) - instrument.settle_digits); }
std::int64_t widen_of(const Instrument& instrument) {
    return pow10_64(widened_shift(instrument) - (notional_digits(instrument) - instrument.settle_digits));
}

/// 2^k - 1 with 2^k <= bound, or 0.
std::int64_t below(Wide bound) {
    return bound < 1 ? 0 : narrow64((Wide{1} << (std::min(bit_width(static_cast<UWide>(bound)), 63) - 1)) - 1);
}

}  // namespace

/// Between candidates the margin is a line (its minimum makes it no less convex), so a line that is above it at all of them is above it
/// everywhere: the ends of the octave, and the last and the first notional on both sides of each edge.
void Screen::fill_lines(const PlainTable& table, std::int64_t widen, Lines& lines) {
    std::vector<std::uint64_t> candidates;
    const auto finer = static_cast<std::uint64_t>(widen);
    for (unsigned octave = 0; octave < lines.size(); ++octave) {
        Line& line = lines[octave ^ 63u];
        line = {};
        // Of notionals as the table takes them: those that widen into this octave.
        const std::uint64_t low = octave == 0 ? 0 : ((std::uint64_t{1} << octave) + finer - 1) / finer;
        const std::uint64_t last = octave == 63 ? ~std::uint64_t{0} : (std::uint64_t{2} << octave) - 1;
        const std::uint64_t high = std::min(last / finer, table.limit() - 1);
        if (low > high) continue;
        candidates = {low, high};
        for (const std::uint64_t threshold : table.thresholds())
            if (threshold > low && threshold <= high) candidates.insert(candidates.end(), {threshold - 1, threshold});
        const Wide rise = Wide{table.margin(high).raw()} - table.margin(low).raw();
        if (table.margin(high).raw() >= part_most) continue;
        const UWide slope = high == low ? 0 : (static_cast<UWide>(rise) << 64) / (UWide{high - low} * finer);
        if (slope >> 64 != 0) continue;
        Wide base = 0;
        for (const std::uint64_t at : candidates)
            base = std::max(
                base, Wide{table.margin(at).raw()} - static_cast<std::int64_t>(high_of(at * finer, static_cast<std::uint64_t>(slope))));
        line = {static_cast<std::uint64_t>(slope), static_cast<std::uint64_t>(base + line_reserve + credit_reserve)};
    }
}

void Screen::fill_market(const RiskContext& context, MarketId id) {
    const MarketView& view = context.market(id);
    const QuickMarket& quick = view.quick;
    Market& market = markets_[id.index];
    market = {};
    market.lines = lines_[id.index].data();
    if (quick.tables[static_cast<std::size_t>(Level::maintenance)] == nullptr || !context.asset(view.settle).is_unit) return;
    const Instrument& instrument = view.params->instrument;
    const Wide part = pow10(widened_shift(instrument));
    market.widen = widen_of(instrument);
    // A profit, two worths apart, stays below 2^63 and below part_most once it is counted.
    const Wide worth_most = std::min(Wide{1} << 61, part_most / 2 * part) / market.widen;
    market.cost_beyond = ~static_cast<std::uint64_t>(below(worth_most));
    market.size_beyond = ~static_cast<std::uint64_t>(std::min(quick.size_most, below(worth_most / quick.unit)));
    market.unit = static_cast<std::int64_t>(static_cast<std::uint64_t>(quick.unit) * static_cast<std::uint64_t>(market.widen));
    const Wide whole = Wide{1} << 64;
    market.loss = narrow64(divide(whole, part, Round::ceil));
    market.gain = narrow64(divide(whole * context.set().profit.maintenance.raw(), part * rate_one, Round::floor));
}

void Screen::refresh(const State& state) {
    const RiskContext& context = state.active->liquidation;
    if (markets_.size() != context.market_count()) {
        markets_.resize(context.market_count());
        lines_.assign(context.market_count(), {});
        unit_asset_ = context.set().numeraire.index;
        for (std::uint32_t i = 0; i < context.market_count(); ++i) {
            const PlainTable& table = context.market({i}).schedule->plain_table(Level::maintenance);
            if (table.limit() != 0 && !table.is_lifted()) fill_lines(table, widen_of(context.market({i}).params->instrument), lines_[i]);
        }
    }
    for (std::uint32_t i = 0; i < context.market_count(); ++i) fill_market(context, MarketId{i});
}

[[gnu::always_inline]] inline bool Screen::look(const State& state, AccountId id) const {
    const AccountRecord& account = state.account(id);
    if (account.breaches != 0 || account.terms != no_place) return false;
    std::int64_t total = 0;
    for (const Balance& balance : state.balances.of(account.balances)) {
        if (balance.asset.index == unit_asset_) total += balance.amount.raw();
        else if (balance.amount.raw() < 0) return false;
    }
    // Where something is beyond, products wrap, and the sum is not looked at.
    std::uint64_t beyond = 0;
    std::uint64_t bases = 0;
    auto sum = static_cast<std::uint64_t>(total);
    for (const HeldPosition& p : state.positions.of(account.positions)) {
        const Market& market = markets_[p.market];
        const auto cost = static_cast<std::int64_t>(p.cost_low);
        beyond |= (folded(p.size.raw()) & market.size_beyond) | (folded(cost) & market.cost_beyond) | static_cast<std::uint64_t>(p.mode) |
                  static_cast<std::uint32_t>(p.cost_high ^ static_cast<std::int32_t>(cost >> 63));
        const std::uint64_t worth = static_cast<std::uint64_t>(market.unit) * static_cast<std::uint64_t>(p.size.raw());
        const auto profit = static_cast<std::int64_t>(worth - p.cost_low * static_cast<std::uint64_t>(market.widen));
        const std::uint64_t notional = static_cast<std::int64_t>(worth) < 0 ? 0 - worth : worth;
        const Line& line = market.lines[static_cast<unsigned>(__builtin_clzll(notional | 1))];
        bases |= line.base;
        sum +=
            static_cast<std::uint64_t>(high_of(profit, profit < 0 ? market.loss : market.gain)) - high_of(notional, line.slope) - line.base;
    }
    return beyond == 0 && (bases & unanswered) == 0 && static_cast<std::int64_t>(sum) >= 0;
}

bool Screen::passes(const State& state, AccountId account) const { return look(state, account); }

// Compiled for newer processors as well, chosen when the program starts: the same whole numbers with fewer instructions. g++'s ThreadSanitizer
// has not begun by then, and a program that chooses crashes.
#ifdef __SANITIZE_THREAD__
#define PLIM_NEWER_PROCESSORS
#else
#define PLIM_NEWER_PROCESSORS __attribute__((target_clones("default", "arch=x86-64-v3")))
#endif
PLIM_NEWER_PROCESSORS void Screen::sift(const State& state, std::vector<AccountId>& out) const {
    const auto count = static_cast<std::uint32_t>(state.accounts.size());
    for (std::uint32_t a = 0; a < count; ++a)
        if (!look(state, AccountId{a})) out.push_back(AccountId{a});
}

}  // namespace plimsoll
