#include "plimsoll/engine/image.hpp"

#include "plimsoll/engine/apply.hpp"
#include "plimsoll/engine/byte_source.hpp"
#include "plimsoll/engine/hash.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

/// Both archives have the same face, so that one walk over a record writes it and reads it.
class Putting {
public:
    explicit Putting(ByteSink& sink) : sink_(sink) {}

    static bool good() { return true; }
    static bool allows(bool, const char*) { return true; }
    template <class Value>
    void operator()(const Value& value) {
        sink_.put(value);
    }
    template <class Item, class Walk>
    void list(const std::vector<Item>& items, std::size_t, Walk&& walk) {
        sink_.put(static_cast<std::uint32_t>(items.size()));
        for (const Item& item : items) walk(item);
    }

private:
    ByteSink& sink_;
};

class Getting {
public:
    explicit Getting(ByteSource& source) : source_(source) {}

    bool good() const { return !source_.bad(); }
    bool allows(bool allowed, const char* otherwise) {
        if (!allowed) source_.complain(otherwise);
        return good();
    }
    template <class Value>
    void operator()(Value& value) {
        source_.get(value);
    }
    template <class Item, class Walk>
    void list(std::vector<Item>& items, std::size_t most, Walk&& walk) {
        const std::uint32_t count = source_.get_count();
        if (!allows(count <= most, "a list that is too long")) return;
        items.resize(count);
        for (Item& item : items) walk(item);
    }

private:
    ByteSource& source_;
};

// ---- records: `r` is const where it is written -----------------------------------------------------------------------

template <class Archive, class Record>
void walk_run(Archive& a, Record& r) {
    a(r.first);
    a(r.count);
    a(r.room_log);
}

struct WalkHeld {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.size);
        a(r.cost_low);
        a(r.cost_high);
        a(r.leverage_hundredths);
        a(r.orders);
        a(r.isolated);
        a(r.account);
        a(r.market);
        a(r.leg);
        a(r.mode);
    }
};
struct WalkBalance {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.asset);
        a(r.amount);
    }
};
struct WalkSums {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.buys);
        a(r.sells);
        a(r.buy_cost);
        a(r.sell_cost);
        a(r.fees);
        a(r.count);
    }
};
struct WalkPlain {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r);
    }
};
struct WalkTerm {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.multiplier);
        a(r.initial_floor);
    }
};
struct WalkTerms {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        WalkTerm{}(a, r.everywhere);
        a.list(r.markets, markets_max, [&](auto& terms) { WalkTerm{}(a, terms); });
    }
};
struct WalkOrder {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.account);
        a(r.market);
        a(r.side);
        a(r.leg);
        a(r.kind);
        a(r.reduce_only);
        a(r.size);
        a(r.limit);
        a(r.fee_reserved);
        a(r.before);
        a(r.after);
    }
};
struct WalkDeposit {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.account);
        a(r.asset);
        a(r.amount);
        a(r.confirmations);
    }
};
struct WalkBreach {
    template <class Archive, class Record>
    void operator()(Archive& a, Record& r) const {
        a(r.subject.account);
        a(r.subject.market);
        a(r.subject.leg);
        a(r.seen_ms);
        a(r.seen_marks);
        a(r.active);
        a(r.intervals);
        a(r.next_ms);
        a(r.receipt_high);
        a(r.receipt_low);
        a(r.next);
    }
};

template <class Archive, class Record>
void walk_account(Archive& a, Record& r) {
    walk_run(a, r.positions);
    walk_run(a, r.balances);
    a(r.group);
    a(r.terms);
    a(r.first_order);
    a(r.last_order);
    a(r.orders);
    a(r.breaches);
    a(r.first_breach);
    a(r.pending);
}

template <class Archive, class Record>
void walk_paced(Archive& a, Record& r) {
    a(r.value);
    a(r.anchor);
    a(r.anchor_ms);
    a(r.set);
}

template <class Archive, class Record>
void walk_guard(Archive& a, Record& r) {
    a(r.reported);
    a(r.reported_ms);
    a(r.reported_set);
    a(r.time_ms);
    a(r.index);
    a(r.index_ms);
    walk_paced(a, r.credit);
    walk_paced(a, r.liquidation);
    walk_paced(a, r.depth);
    walk_paced(a, r.daily_volume);
    walk_paced(a, r.volatility);
    a(r.halted);
    a(r.state);
}

template <class Archive, class Record>
void walk_market(Archive& a, Record& r) {
    walk_guard(a, r.guard);
    a(r.open_interest_long);
    a(r.open_interest_short);
    a(r.market_cap);
    a(r.cost);
    a(r.rounding);
    a(r.paced);
    a(r.delisted);
    a(r.settled);
}

template <class Archive, class Record>
void walk_asset(Archive& a, Record& r) {
    a(r.price);
    a(r.smoothed);
    a(r.marked_ms);
    a(r.marked);
    a(r.deposits);
    a(r.withdrawals);
    a(r.held);
    a(r.fund);
    a(r.fees);
    a(r.rounding);
    a(r.bad_debt);
}

template <class Archive, class Record>
void walk_group(Archive& a, Record& r) {
    a.list(r.markets, markets_max, [&](auto& sizes) {
        a(sizes.long_size);
        a(sizes.short_size);
    });
}

/// Everything but the sets, which are not held by value.
template <class Archive, class Whole>
void walk_state(Archive& a, Whole& s) {
    a(s.time_ms);
    a(s.marks);
    a.list(s.accounts, s.limits.accounts, [&](auto& account) { walk_account(a, account); });
    s.positions.walk(a, s.positions, WalkHeld{});
    s.balances.walk(a, s.balances, WalkBalance{});
    s.order_sums.walk(a, s.order_sums, WalkSums{});
    s.isolated.walk(a, s.isolated, WalkPlain{});
    s.terms.walk(a, s.terms, WalkTerms{});
    s.orders.walk(a, s.orders, WalkOrder{});
    s.deposits.walk(a, s.deposits, WalkDeposit{});
    s.breaches.walk(a, s.breaches, WalkBreach{});
    a.list(s.groups, s.limits.groups, [&](auto& group) { walk_group(a, group); });
    a.list(s.markets, markets_max, [&](auto& market) { walk_market(a, market); });
    a.list(s.assets, assets_max, [&](auto& asset) { walk_asset(a, asset); });
    a(s.backstop_budget);
    a(s.interval_ms);
    a(s.interval_used);
    a(s.reserve_ms);
    a(s.reserve_ratio);
}

std::shared_ptr<const ParameterSet> set_of(const Sets& sets, const Digest& hash) {
    for (const auto& set : sets)
        if (digest_of(canonical_bytes(*set)) == hash) return set;
    return nullptr;
}

void write_sets(const State& state, ByteSink& sink) {
    sink.put(static_cast<std::uint32_t>(state.ready.size()));
    for (const ReadySet& ready : state.ready) sink.put(ready.hash);
    sink.put(state.active != nullptr);
    if (!state.active) return;
    sink.put(state.active->hash);
    sink.put(state.active->ageing);
}

/// The sets that are held ready, and the one in force, for which the figures have to be there already.
void read_sets(State& state, ByteSource& source, const Sets& sets) {
    const auto named = [&]() -> ReadySet {
        ReadySet ready;
        source.get(ready.hash);
        if (source.bad()) return ready;
        ready.set = set_of(sets, ready.hash);
        if (!ready.set) source.complain("a parameter set that is not there");
        return ready;
    };
    const std::uint32_t count = source.get_count();
    for (std::uint32_t i = 0; i < count && !source.bad(); ++i) state.ready.push_back(named());
    bool active = false;
    source.get(active);
    if (!active) return;
    const ReadySet in_force = named();
    std::vector<MarketId> ageing;
    source.get(ageing);
    if (source.bad()) return;
    const ParameterSet& set = *in_force.set;
    if (set.markets.size() != state.markets.size() || set.assets.size() != state.assets.size())
        return source.complain("a parameter set with other markets or assets than the state");
    compile_active(state, in_force);
    state.active->ageing = std::move(ageing);
}

}  // namespace

Sets sets_of(const Engine& engine) {
    const State& state = engine.state();
    Sets sets;
    if (state.active) sets.push_back(std::make_shared<const ParameterSet>(state.active->params()));
    for (const ReadySet& ready : state.ready)
        if (!state.active || ready.hash != state.active->hash) sets.push_back(ready.set);
    return sets;
}

/// What an engine holds beside its state, of which the replies it remembers are the larger part.
class EngineImage {
public:
    static void write(const Engine& engine, ByteSink& sink) {
        Putting archive(sink);
        walk_state(archive, engine.state_);
        sink.put(engine.state_.backstop.has_value());
        sink.put(engine.state_.backstop.value_or(AccountId{}));
        write_sets(engine.state_, sink);
        sink.put(engine.seq_);
        put(engine.chain_, sink);
        sink.put(engine.remembered_);
        for (std::uint64_t i = oldest(engine); i < engine.remembered_; ++i) {
            const std::size_t place = i % engine.ring_.size();
            write_reply(engine.ring_[place], engine.rejects_[place], sink);
        }
        put(state_hash(engine.state_), sink);
    }

    static void read(Engine& engine, ByteSource& source, const Sets& sets) {
        Getting archive(source);
        walk_state(archive, engine.state_);
        bool backed = false;
        AccountId backstop;
        source.get(backed);
        source.get(backstop);
        if (backed) engine.state_.backstop = backstop;
        read_sets(engine.state_, source, sets);
        source.get(engine.seq_);
        source.get(engine.chain_);
        std::uint64_t remembered = 0;
        source.get(remembered);
        if (engine.ring_.empty() && remembered != 0) source.complain("replies where none are remembered");
        // The ring is filled again from its oldest on, so that every reply lies where it lay.
        engine.remembered_ = remembered - std::min<std::uint64_t>(remembered, engine.ring_.size());
        while (engine.remembered_ < remembered && !source.bad()) read_reply(engine, source);
        Hash128 hash;
        source.get(hash);
        source.finish();
        if (!source.bad() && state_hash(engine.state_) != hash) source.complain("the state has another hash than when it was written");
    }

private:
    using Remembered = Engine::Remembered;

    static void put(Hash128 hash, ByteSink& sink) {
        sink.put(hash.high);
        sink.put(hash.low);
    }
    static std::uint64_t oldest(const Engine& engine) {
        return engine.remembered_ - std::min<std::uint64_t>(engine.remembered_, engine.ring_.size());
    }
    static void write_reply(const Remembered& reply, const Reject& reject, ByteSink& sink) {
        sink.put(reply.id.high);
        sink.put(reply.id.low);
        put(reply.body, sink);
        sink.put(reply.seq);
        sink.put(reply.made);
        put(reply.chain, sink);
        sink.put(reply.refused != 0);
        if (reply.refused != 0) sink.put(reject);
    }
    static void read_reply(Engine& engine, ByteSource& source) {
        CommandId id;
        Hash128 body;
        Reply reply;
        bool refused = false;
        source.get(id.high);
        source.get(id.low);
        source.get(body);
        source.get(reply.seq);
        source.get(reply.made);
        source.get(reply.chain);
        source.get(refused);
        if (refused) source.get(reply.reject);
        if (!source.bad())
            engine.keep(static_cast<std::uint32_t>(engine.remembered_ % engine.ring_.size()), Engine::Sought(id), body, reply);
    }
};

void write_image(const Engine& engine, ByteSink& sink) { EngineImage::write(engine, sink); }

Result<std::unique_ptr<Engine>> read_image(const Limits& limits, std::span<const std::uint8_t> bytes, const Sets& sets) {
    auto engine = std::make_unique<Engine>(limits);
    ByteSource source(bytes, "image");
    EngineImage::read(*engine, source, sets);
    if (source.bad()) return fail(source.error());
    return engine;
}

}  // namespace plimsoll
