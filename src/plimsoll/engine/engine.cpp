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

/// What stands in the table for an id: enough of its hash that the ring is looked at for the right one alone, and that says where its search begins.
std::uint64_t entry_of(CommandId id, std::uint32_t place) { return (spread(id) >> 32) << 32 | place; }
std::uint32_t place_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry); }
std::size_t home_of(std::uint64_t entry, std::size_t mask) { return entry >> 32 & mask; }

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
bool concerns_all(const Command& command) {
    return std::visit(
        [](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            return std::is_same_v<Body, command::MarkPrices> || std::is_same_v<Body, command::Tick> ||
                   std::is_same_v<Body, command::IndexPrices> || std::is_same_v<Body, command::Halt> ||
                   std::is_same_v<Body, command::Funding> || std::is_same_v<Body, command::ActivateSet>;
        },
        command.body);
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
      table_(table_size(limits.replies), empty) {
    events_.reserve(1024);
}

Reply Engine::execute(const Command& command) {
    const bool named = command.id != CommandId{};
    Hash128 body;
    if (named) {
        prefetch_line(&table_[home_of(entry_of(command.id, 0), table_.size() - 1)]);
        sink_.clear();
        sink_.put(command.body);
        body = sink_.hash();
        if (const Remembered* before = find(command.id)) {
            events_.clear();
            return recall(*before, body);
        }
    }
    Reply reply;
    reply.reject = decide(state_, command, room_, events_);
    reply.seq = ++seq_;
    if (reply.accepted()) {
        state_.time_ms = command.time_ms;
        if (std::holds_alternative<command::MarkPrices>(command.body)) ++state_.marks;
        Emit emit(state_, events_, examine_ != Examine::everyone ? &watch_ : nullptr);
        for (const Event& event : events_) emit.write(event);
        if (!events_.empty()) reply.made = std::visit(Made{}, events_.front());
        find_examined(command);
        settle_consequences(emit, command, examined_, next_step_, room_);
        if (examine_ != Examine::everyone) watch_.arm(state_, concerns_all(command) ? Watch::arm_most : Watch::arm_few, room_);
    }
    extend_chain(reply);
    reply.chain = chain_;
    if (named) remember(command.id, body, reply);
    return reply;
}

void Engine::prefetch(AccountId id) const {
    if (id.index >= state_.accounts.size()) return;
    const AccountRecord& account = state_.account(id);
    state_.positions.prefetch(account.positions);
    state_.balances.prefetch(account.balances);
}

void Engine::prefetch(const Command& command) const {
    prefetch_line(&table_[home_of(entry_of(command.id, 0), table_.size() - 1)]);
    if (const auto* place = std::get_if<command::PlaceOrder>(&command.body)) prefetch(place->account);
    else if (const auto* cancel = std::get_if<command::CancelOrder>(&command.body)) prefetch(cancel->account);
}

void Engine::find_examined(const Command& command) {
    examined_.clear();
    if (moves_orders_only(command)) return;
    if (concerns_all(command)) {
        if (!state_.active) return;
        if (examine_ != Examine::everyone) return watch_.find(state_, events_, examined_);
        for (std::uint32_t a = 0; a < state_.accounts.size(); ++a) examined_.push_back(AccountId{a});
        return;
    }
    for (const Event& event : events_) std::visit(Concerned{examined_}, event);
    std::sort(examined_.begin(), examined_.end());
    examined_.erase(std::unique(examined_.begin(), examined_.end()), examined_.end());
}

void Engine::extend_chain(const Reply& reply) {
    sink_.clear();
    sink_.put(chain_.high);
    sink_.put(chain_.low);
    sink_.put(seq_);
    sink_.put(state_.time_ms);
    if (!reply.accepted()) sink_.put(reply.reject);
    for (const Event& event : events_) sink_.put(event);
    chain_ = sink_.hash();
}

const Engine::Remembered* Engine::find(CommandId id) const {
    const std::size_t mask = table_.size() - 1;
    const std::uint64_t print = entry_of(id, 0);
    for (std::size_t at = home_of(print, mask);; at = (at + 1) & mask) {
        const std::uint64_t entry = table_[at];
        if (entry == empty) return nullptr;
        if (entry >> 32 == print >> 32 && ring_[place_of(entry)].id == id) return &ring_[place_of(entry)];
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
    if (remembered.refused) reply.reject = rejects_[static_cast<std::size_t>(&remembered - ring_.data())];
    return reply;
}

/// Takes the id at a place of the ring out of the table.
void Engine::forget(std::uint32_t place) {
    const std::size_t mask = table_.size() - 1;
    const std::uint64_t entry = entry_of(ring_[place].id, place);
    std::size_t hole = home_of(entry, mask);
    while (table_[hole] != entry) hole = (hole + 1) & mask;
    // Who stands behind the hole and could stand in it moves there, so that searches stay short.
    for (std::size_t at = (hole + 1) & mask; table_[at] != empty; at = (at + 1) & mask) {
        const std::size_t from_home = (at - home_of(table_[at], mask)) & mask;
        if (from_home < ((at - hole) & mask)) continue;
        table_[hole] = table_[at];
        hole = at;
    }
    table_[hole] = empty;
}

void Engine::remember(CommandId id, Hash128 body, const Reply& reply) {
    if (ring_.empty()) return;
    const auto place = static_cast<std::uint32_t>(remembered_ % ring_.size());
    if (remembered_ >= ring_.size()) forget(place);
    keep(place, id, body, reply);
    fetch_ahead(place);
}

/// At a place of the ring that holds nothing any more, the next in turn.
void Engine::keep(std::uint32_t place, CommandId id, Hash128 body, const Reply& reply) {
    const std::size_t mask = table_.size() - 1;
    ring_[place] = {id, body, reply.seq, reply.made, reply.chain, !reply.accepted()};
    if (!reply.accepted()) rejects_[place] = reply.reject;
    const std::uint64_t entry = entry_of(id, place);
    std::size_t at = home_of(entry, mask);
    while (table_[at] != empty) at = (at + 1) & mask;
    table_[at] = entry;
    ++remembered_;
}

/// What the next command will forget is asked from memory while this one's answer is being read.
void Engine::fetch_ahead(std::uint32_t place) const {
    const std::size_t size = ring_.size();
    prefetch_line(&ring_[(place + std::size_t{2}) % size]);
    prefetch_line(&table_[home_of(entry_of(ring_[(place + std::size_t{1}) % size].id, 0), table_.size() - 1)]);
}

}  // namespace plimsoll
