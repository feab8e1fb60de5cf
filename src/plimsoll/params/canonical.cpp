#include "plimsoll/params/canonical.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/params/figures.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace plimsoll {

namespace {

/// Little-endian integers, length-prefixed text, counted lists, a byte of presence before what may be absent.
class Encoder {
public:
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

    void put(const ParameterSet& set) {
        head("PLIMSET");
        text(set.name);
        u32(set.version);
        text(set.source);
        text(set.assets.empty() ? std::string_view() : std::string_view(set.assets.at(set.numeraire.index).name));
        put(set.profit);
        put(set.liquidation);
        list_by_name(set.assets, [](const Asset& a) { return std::string_view(a.name); }, [&](const Asset& a) { put(a); });
        list_by_name(set.schedules, [](const Schedule& s) { return std::string_view(s.id); }, [&](const Schedule& s) { put(s); });
        list_by_name(
            set.markets, [](const MarketParams& m) { return std::string_view(m.name); }, [&](const MarketParams& m) { market(set, m); });
        overrides(set);
    }

    void standalone(const Schedule& schedule) {
        head("PLIMSCH");
        put(schedule);
    }

private:
    void u8(std::uint8_t value) { bytes_.push_back(value); }
    void u32(std::uint32_t value) {
        for (int shift = 0; shift < 32; shift += 8) u8(static_cast<std::uint8_t>(value >> shift));
    }
    void u64(std::uint64_t value) {
        for (int shift = 0; shift < 64; shift += 8) u8(static_cast<std::uint8_t>(value >> shift));
    }
    void i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value)); }
    void text(std::string_view value) {
        u32(static_cast<std::uint32_t>(value.size()));
        bytes_.insert(bytes_.end(), value.begin(), value.end());
    }
    void head(std::string_view kind) {
        text(kind);
        u8(canonical_version);
    }

    void put(bool value) { u8(value ? 1 : 0); }
    void put(std::uint32_t value) { u32(value); }
    void put(std::uint64_t value) { u64(value); }
    void put(std::int64_t value) { i64(value); }
    void put(Rate rate) { i64(rate.raw()); }
    void put(const Decimal& decimal) {
        const Decimal bare = normalised(decimal);
        i64(bare.raw);
        u8(static_cast<std::uint8_t>(bare.digits));
    }
    void put(const Fraction& fraction) {
        const Fraction bare = normalised(fraction);
        i64(bare.numerator);
        i64(bare.denominator);
    }
    template <class Enum>
        requires std::is_enum_v<Enum>
    void put(Enum value) {
        u8(static_cast<std::uint8_t>(value));
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <class T>
    void put(const std::vector<T>& items) {
        u32(static_cast<std::uint32_t>(items.size()));
        for (const T& item : items) put(item);
    }

    void put(const Row& row) { all(row.from, row.rate); }
    void put(const Axis& axis) { all(axis.subject, axis.per); }
    void put(const Curve& c) { all(c.kind, c.base, c.slope, c.origin, c.step, c.width, c.factor, c.edge, c.rows); }
    void put(const Modulator& m) { all(m.input, m.effect, m.from, m.to, m.multiplier); }
    void put(const Term& t) { all(t.axis, t.curve, t.application, t.modulators); }
    void put(const LevelRule& r) { all(r.terms, r.combine, r.of_initial, r.modulated); }
    void put(const Clamp& c) { all(c.floor, c.cap, c.cap_short, c.minimum); }
    void put(const Caps& c) { all(c.position, c.group, c.open_interest, c.open_interest_market_cap, c.leverage_caps_size); }
    void put(const Schedule& s) {
        text(s.id);
        u32(s.version);
        all(s.initial, s.maintenance, s.closeout, s.clamp, s.caps);
    }

    void put(const ProfitWeights& p) { all(p.initial, p.withdrawal, p.maintenance, p.initial_cap); }
    void put(const WeightTier& t) { all(t.from, t.weight); }
    void put(const RootDiscount& r) { all(r.top, r.factor); }
    void put(const LinearDiscount& l) { all(l.slope, l.least, l.most); }
    void put(const WeightCurve& c) { all(c.weight, c.tiers, c.root, c.linear, c.venue_scale_start); }
    void put(const Asset& a) {
        text(a.name);
        u8(static_cast<std::uint8_t>(a.digits));
        u8(static_cast<std::uint8_t>(a.price_digits));
        i64(a.price_max.raw());
        i64(a.amount_max.raw());
        all(a.collateral, a.weight_initial, a.weight_maintenance, a.liability_weight_initial, a.liability_weight_maintenance);
        all(a.confirmations, a.pending_weight, a.smoothing_ms);
    }

    void put(const Velocity& v) { all(v.rate, v.interval_ms); }
    void put(const Slew& s) { all(s.floor, s.cap, s.velocity); }
    void put(const GuardParams& g) {
        all(g.sources_min, g.outlier_max, g.source_stale_ms, g.mark_band, g.index_required, g.mark_stale_ms);
        all(g.credit, g.liquidation, g.depth, g.daily_volume, g.volatility);
        for (const auto& state : g.actions.allowed)
            for (const bool allowed : state) put(allowed);
    }
    void put(const LiquidationRules& r) {
        all(r.threshold_marks, r.threshold_ms, r.critical_share, r.interval_ms, r.intervals_max, r.per_interval_max);
        all(r.fund_share, r.liquidator_share, r.stress, r.reserve_accounts, r.reserve_interval_ms, r.withdrawals_wait);
    }

    /// References are written as names, so that the order of the tables means nothing.
    void market(const ParameterSet& set, const MarketParams& m) {
        const Instrument& i = m.instrument;
        text(m.name);
        text(set.assets.at(m.settle.index).name);
        text(set.schedules.at(m.schedule.index).id);
        put(i.kind);
        for (const int digits : {i.price_digits, i.size_digits, i.settle_digits}) u8(static_cast<std::uint8_t>(digits));
        put(i.multiplier);
        for (const std::int64_t raw : {i.price_max.raw(), i.size_max.raw(), i.tick.raw(), i.lot.raw()}) i64(raw);
        all(m.multiplier, m.open_orders, m.hedge);
        u32(m.leverage_max_hundredths);
        all(m.guard, m.fee_max, m.liquidation_fee, m.depth_share);
    }

    void overrides(const ParameterSet& set) {
        const auto market_name = [&](const Override& o) {
            return o.market ? std::string_view(set.markets.at(o.market->index).name) : std::string_view();
        };
        std::vector<const Override*> sorted;
        for (const Override& each : set.overrides) sorted.push_back(&each);
        std::stable_sort(sorted.begin(), sorted.end(), [&](const Override* a, const Override* b) {
            return std::tuple(std::string_view(a->account), a->market.has_value(), market_name(*a)) <
                   std::tuple(std::string_view(b->account), b->market.has_value(), market_name(*b));
        });
        u32(static_cast<std::uint32_t>(sorted.size()));
        for (const Override* each : sorted) {
            text(each->account);
            put(each->market.has_value());
            text(market_name(*each));
            all(each->multiplier, each->initial_floor);
        }
    }

    template <class... Parts>
    void all(const Parts&... parts) {
        (put(parts), ...);
    }

    template <class Item, class Name, class Put>
    void list_by_name(const std::vector<Item>& items, Name name, Put put_one) {
        std::vector<const Item*> sorted;
        for (const Item& item : items) sorted.push_back(&item);
        std::stable_sort(sorted.begin(), sorted.end(), [&](const Item* a, const Item* b) { return name(*a) < name(*b); });
        u32(static_cast<std::uint32_t>(sorted.size()));
        for (const Item* item : sorted) put_one(*item);
    }

    std::vector<std::uint8_t> bytes_;
};

std::string hash_text(const std::vector<std::uint8_t>& bytes) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string text = "sha256:";
    for (const std::uint8_t byte : digest_of(bytes)) (text += hex[byte >> 4U]) += hex[byte & 0xFU];
    return text;
}

}  // namespace

bool references_hold(const ParameterSet& set) {
    if (!set.assets.empty() && set.numeraire.index >= set.assets.size()) return false;
    for (const MarketParams& market : set.markets)
        if (market.settle.index >= set.assets.size() || market.schedule.index >= set.schedules.size()) return false;
    return std::all_of(set.overrides.begin(), set.overrides.end(),
                       [&](const Override& each) { return !each.market || each.market->index < set.markets.size(); });
}

std::vector<std::uint8_t> canonical_bytes(const ParameterSet& set) {
    PLIM_ASSERT(references_hold(set));
    Encoder encoder;
    encoder.put(set);
    return encoder.take();
}

std::vector<std::uint8_t> canonical_bytes(const Schedule& schedule) {
    Encoder encoder;
    encoder.standalone(schedule);
    return encoder.take();
}

Digest digest_of(const std::vector<std::uint8_t>& bytes) {
    Digest digest{};
    unsigned int length = 0;
    const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    PLIM_ASSERT(done == 1 && length == digest.size());
    return digest;
}

std::string hash_of(const ParameterSet& set) { return hash_text(canonical_bytes(set)); }
std::string hash_of(const Schedule& schedule) { return hash_text(canonical_bytes(schedule)); }

}  // namespace plimsoll
