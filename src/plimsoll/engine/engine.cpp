#include "plimsoll/engine/engine.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr std::uint64_t empty = ~std::uint64_t{0};

std::uint32_t table_size(std::uint32_t replies) {
    std::uint32_t size = 16;
    while (size < 4 * std::uint64_t{replies}) size *= 2;
    return size;
}

std::uint64_t spread(CommandId id) {
    std::uint64_t z = id.low ^ (id.high * 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93u;
    return z ^ (z >> 32);
}

// An entry of the table is a place in the ring and, above it, enough of the id's hash that the ring is looked at for the right one alone, and that
// says where its search begins.
constexpr std::uint64_t print_bits = ~std::uint64_t{0} << 32;
std::uint32_t place_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry); }

/// The accounts an event of a command is about, for those commands that concern a few.
struct Concerned {
    std::vector<AccountId>& accounts;
    void operator()(const event::Credited& e) { accounts.push_back(e.account); }
    void operator()(const event::Withdrawn& e) { accounts.push_back(e.account); }
    void operator()(const event::Transferred& e) {
        accounts.push_back(e.from);
        accounts.push_back(e.to);
    }
    void operator()(const event::MarginMoved& e) { accounts.push_back(e.account); }
    void operator()(const event::OverrideSet& e) { accounts.push_back(e.account); }
    void operator()(const event::GroupSet& e) { accounts.push_back(e.account); }
    void operator()(const event::PositionChanged& e) { accounts.push_back(e.account); }
    template <class Other>
    void operator()(const Other&) {}
};

/// Commands after which every account may be below maintenance.
template <class Body>
inline constexpr bool concerns_all =
    std::is_same_v<Body, command::MarkPrices> || std::is_same_v<Body, command::Tick> || std::is_same_v<Body, command::IndexPrices> ||
    std::is_same_v<Body, command::Halt> || std::is_same_v<Body, command::Funding> || std::is_same_v<Body, command::ActivateSet>;

/// The one event that a command is once it is accepted, where it is always one and always of this kind.
template <class Body>
struct OnlyEvent {
    using type = void;
};
template <>
struct OnlyEvent<command::PlaceOrder> {
    using type = event::OrderPlaced;
};
template <>
struct OnlyEvent<command::AmendOrder> {
    using type = event::OrderAmended;
};
template <>
struct OnlyEvent<command::CancelOrder> {
    using type = event::OrderCancelled;
};

/// Whose order a command places or cancels; null: it does neither, or there is no such account.
const AccountRecord* account_of(const State& state, const Command& command) {
    AccountId id{no_place};
    if (const auto* place = std::get_if<command::PlaceOrder>(&command.body)) id = place->account;
    else if (const auto* cancel = std::get_if<command::CancelOrder>(&command.body)) id = cancel->account;
    return id.index < state.accounts.size() ? &state.account(id) : nullptr;
}

struct Made {
    std::uint64_t operator()(const event::AccountOpened& e) const { return e.account.index; }
    std::uint64_t operator()(const event::OrderPlaced& e) const { return e.order.value; }
    std::uint64_t operator()(const event::DepositPending& e) const { return e.deposit.value; }
    template <class Other>
    std::uint64_t operator()(const Other&) const {
        return 0;
    }
};

}  // namespace

Engine::Engine(const Limits& limits, Examine examine)
    : state_(limits),
      examine_(examine),
      watch_(examine == Examine::indexed),
      ring_(limits.replies),
      rejects_(limits.replies),
      table_(table_size(limits.replies), empty),
      table_mask_(table_.size() - 1) {
    events_.reserve(1024);
}

Engine::Sought::Sought(CommandId of) : id(of), print(spread(of) & print_bits) {}

// What a command is, is asked once; everything behind knows it.
void Engine::execute(const Command& command, Reply& reply) {
    std::visit([&](const auto& body) { run(command, body, reply); }, command.body);
}

template <class Body>
void Engine::run(const Command& command, const Body& body, Reply& reply) {
    const bool named = command.id != CommandId{};
    const Sought sought(command.id);
    Hash128 hash;
    if (named) {
        prefetch_line(&table_[home_of(sought.print)]);
        hash = hash_of(body);
    }
    // Deciding changes nothing, so an order is decided while memory looks for its id.
    if constexpr (moves_orders_only<Body>) decide_body(state_, command.time_ms, body, room_, events_, reply.reject);
    if (named) {
        if (const Remembered* before = find(sought)) {
            events_.clear();
            reply = recall(*before, hash);
            return;
        }
    }
    reply.seq = ++seq_;
    if constexpr (!moves_orders_only<Body>) decide_body(state_, command.time_ms, body, room_, events_, reply.reject);
    if (reply.accepted()) carry_out<Body>(command, reply);
    extend_chain<Body>(reply);
    reply.chain = chain_;
    if (named) remember(sought, hash, reply);
}

template <class Body>
Hash128 Engine::hash_of(const Body& body) {
    if constexpr (fixed::record_size<Body>() != 0) return hash_of_fixed<CommandBody>(body);
    sink_.clear();
    sink_.put_alternative<CommandBody>(body);
    return sink_.hash();
}

/// Writes down what was decided and what follows from it.
template <class Body>
void Engine::carry_out(const Command& command, Reply& reply) {
    using Only = typename OnlyEvent<Body>::type;
    state_.time_ms = command.time_ms;
    if constexpr (std::is_same_v<Body, command::MarkPrices>) ++state_.marks;
    Watch* const watch = examine_ != Examine::everyone ? &watch_ : nullptr;
    Emit emit(state_, events_, watch);
    examined_.clear();
    if constexpr (std::is_void_v<Only>) {
        for (const Event& event : events_) emit.write(event);
        if (!events_.empty()) reply.made = std::visit(Made{}, events_.front());
    } else {
        PLIM_ASSERT(events_.size() == 1);
        const Only& only = std::get<Only>(events_.front());
        emit.write_known(only, events_.front());
        reply.made = Made{}(only);
    }
    if constexpr (!moves_orders_only<Body>) find_examined(concerns_all<Body>);
    if (!moves_orders_only<Body> || state_.time_ms >= next_step_.quiet_until_ms)
        settle_consequences(emit, command, examined_, next_step_, room_);
    if (watch != nullptr && (!moves_orders_only<Body> || watch_.has_unarmed()))
        watch_.arm(state_, concerns_all<Body> ? Watch::arm_most : Watch::arm_few, room_);
}

void Engine::fetch_account(const Command& command) const {
    const AccountRecord* account = account_of(state_, command);
    if (account != nullptr) prefetch_line(account);
}

void Engine::fetch(const Command& command) const {
    prefetch_line(&table_[home_of(Sought(command.id).print)]);
    if (const auto* cancel = std::get_if<command::CancelOrder>(&command.body)) state_.orders.prefetch(cancel->order);
    const AccountRecord* account = account_of(state_, command);
    if (account == nullptr) return;
    state_.positions.prefetch(account->positions);
    state_.balances.prefetch(account->balances);
}

/// The accounts whose maintenance the events of a command may have broken; `all`: anybody's.
void Engine::find_examined(bool all) {
    if (all) {
        if (!state_.active) return;
        if (examine_ != Examine::everyone) return watch_.find(state_, events_, examined_);
        for (std::uint32_t a = 0; a < state_.accounts.size(); ++a) examined_.push_back(AccountId{a});
        return;
    }
    for (const Event& event : events_) std::visit(Concerned{examined_}, event);
    std::sort(examined_.begin(), examined_.end());
    examined_.erase(std::unique(examined_.begin(), examined_.end()), examined_.end());
}

template <class Body>
void Engine::extend_chain(const Reply& reply) {
    using Only = typename OnlyEvent<Body>::type;
    if constexpr (!std::is_void_v<Only>) {
        if (events_.size() == 1) {
            const Only& only = std::get<Only>(events_.front());
            chain_ = hash_of_fixed<Event>(only, chain_.high, chain_.low, seq_, state_.time_ms);
            return;
        }
    }
    sink_.clear();
    sink_.put(chain_.high);
    sink_.put(chain_.low);
    sink_.put(seq_);
    sink_.put(state_.time_ms);
    if (!reply.accepted()) sink_.put(reply.reject);
    for (const Event& event : events_) sink_.put(event);
    chain_ = sink_.hash();
}

const Engine::Remembered* Engine::find(const Sought& sought) const {
    for (std::size_t at = home_of(sought.print);; at = (at + 1) & table_mask_) {
        const std::uint64_t entry = table_[at];
        if (entry == empty) return nullptr;
        if ((entry & print_bits) == sought.print && ring_[place_of(entry)].id == sought.id) return &ring_[place_of(entry)];
    }
}

/// What is said to a command that was decided before, or to another one under its id.
Reply Engine::recall(const Remembered& remembered, Hash128 body) const {
    Reply reply;
    reply.repeated = true;
    if (remembered.body != body) {
        reply.repeated = false;
        reply.seq = seq_;
        reply.reject.code = RejectCode::id_reused;
        reply.chain = chain_;
        return reply;
    }
    reply.seq = remembered.seq;
    reply.made = remembered.made;
    reply.chain = remembered.chain;
    if (remembered.refused != 0) reply.reject = rejects_[static_cast<std::size_t>(&remembered - ring_.data())];
    return reply;
}

/// Takes the id at a place of the ring out of the table.
void Engine::forget(std::uint32_t place) {
    const std::size_t mask = table_mask_;
    const std::uint64_t entry = Sought(ring_[place].id).print | place;
    std::size_t hole = home_of(entry);
    while (table_[hole] != entry) hole = (hole + 1) & mask;
    // Who stands behind the hole and could stand in it moves there, so that searches stay short.
    for (std::size_t at = (hole + 1) & mask; table_[at] != empty; at = (at + 1) & mask) {
        const std::size_t from_home = (at - home_of(table_[at])) & mask;
        if (from_home < ((at - hole) & mask)) continue;
        table_[hole] = table_[at];
        hole = at;
    }
    table_[hole] = empty;
}

void Engine::remember(const Sought& sought, Hash128 body, const Reply& reply) {
    if (ring_.empty()) return;
    const std::uint32_t place = next_place_;
    if (remembered_ >= ring_.size()) forget(place);
    keep(place, sought, body, reply);
    fetch_ring(place);
}

/// At a place of the ring that holds nothing any more, the next in turn.
void Engine::keep(std::uint32_t place, const Sought& sought, Hash128 body, const Reply& reply) {
    constexpr std::uint64_t seq_most = ~std::uint64_t{0} >> 1;
    ring_[place] = Remembered{sought.id, body, reply.seq & seq_most, reply.accepted() ? 0U : 1U, reply.made, reply.chain};
    if (!reply.accepted()) rejects_[place] = reply.reject;
    std::size_t at = home_of(sought.print);
    while (table_[at] != empty) at = (at + 1) & table_mask_;
    table_[at] = sought.print | place;
    ++remembered_;
    next_place_ = behind(place, 1);
}

/// So many places further on in the ring.
std::uint32_t Engine::behind(std::uint32_t place, std::uint32_t further) const {
    const auto size = static_cast<std::uint32_t>(ring_.size());
    const std::uint32_t at = place + further;
    return at < size ? at : at % size;
}

/// What the commands to come will forget is asked from memory: first where it lies in the ring, then where its id lies in the table.
void Engine::fetch_ring(std::uint32_t place) const {
    prefetch_line(&ring_[behind(place, 8)]);
    prefetch_line(&table_[home_of(Sought(ring_[behind(place, 4)].id).print)]);
}

}  // namespace plimsoll
