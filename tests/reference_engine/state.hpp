// What the second engine knows: plain structs in plain containers, and nothing that could be computed from something else. Sums, open
// interest, groups and what is held of an asset are added up anew whenever somebody asks.
#pragma once

#include "plimsoll/engine/event.hpp"
#include "plimsoll/engine/limits.hpp"
#include "support/reference.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace plimsoll::reference {

using plimsoll::testing::ceil_of;
using plimsoll::testing::exact;
using plimsoll::testing::floor_of;
using plimsoll::testing::Integer;
using plimsoll::testing::power;
using plimsoll::testing::Rational;

/// Things with slot ids: the slot given back last is taken first, else the next new one. An id is generation * 2^32 + slot.
template <class T>
struct Slots {
    struct Slot {
        std::optional<T> value;
        std::uint32_t generation = 0;
    };
    std::vector<Slot> slots;
    std::vector<std::uint32_t> given_back;
    std::uint32_t capacity = 0;

    std::uint64_t room() const { return given_back.size() + capacity - slots.size(); }
    std::uint64_t add(const T& value) {
        if (given_back.empty()) {
            slots.push_back({});
            given_back.push_back(static_cast<std::uint32_t>(slots.size() - 1));
        }
        const std::uint32_t slot = given_back.back();
        given_back.pop_back();
        slots[slot].value = value;
        ++slots[slot].generation;
        return id_of(slot);
    }
    void remove(std::uint64_t id) {
        const auto slot = static_cast<std::uint32_t>(id);
        slots[slot].value.reset();
        given_back.push_back(slot);
    }
    std::uint64_t id_of(std::size_t slot) const { return std::uint64_t{slots[slot].generation} << 32 | slot; }
    T* find(std::uint64_t id) {
        const auto slot = static_cast<std::uint32_t>(id);
        return slot < slots.size() && slots[slot].value && id_of(slot) == id ? &*slots[slot].value : nullptr;
    }
    const T* find(std::uint64_t id) const { return const_cast<Slots*>(this)->find(id); }
    T& at(std::uint64_t id) { return *find(id); }
    /// Of everything that is there, in the order of slots.
    std::vector<std::uint64_t> ids() const {
        std::vector<std::uint64_t> all;
        for (std::size_t i = 0; i < slots.size(); ++i)
            if (slots[i].value) all.push_back(id_of(i));
        return all;
    }
};

struct Holding {
    MarketId market;
    Leg leg = Leg::net;
    MarginMode mode = MarginMode::cross;
    std::uint32_t leverage_hundredths = 0;
    Integer size;        // signed
    Integer cost;        // signed like the size, notional units
    Integer collateral;  // isolated only
};

struct RestingOrder {
    AccountId account;
    MarketId market;
    Side side = Side::buy;
    Leg leg = Leg::net;
    OrderKind kind = OrderKind::ordinary;
    bool reduce_only = false;
    Size size;
    Price limit;
};

struct Owner {
    GroupId group = no_group;
    std::map<std::uint32_t, Integer> balances;
    std::vector<Holding> holdings;
    std::vector<std::uint64_t> orders;  // oldest first
    bool has_terms = false;
    PositionTerms everywhere;
    std::map<std::uint32_t, PositionTerms> terms;
};

struct Waiting {
    AccountId account;
    AssetId asset;
    Integer amount;
    std::uint32_t confirmations = 0;
};

struct Short {  // of maintenance
    LiquidationSubject subject;
    std::uint64_t seen_ms = 0;
    std::uint64_t seen_marks = 0;
    bool active = false;
    std::uint32_t intervals = 0;
    std::uint64_t next_ms = 0;
};

struct Market {
    Guard guard;
    Amount market_cap;
    Integer rounding;  // notional units
    Integer paced;
    bool delisted = false;
    bool settled = false;
};

struct Money {  // of one asset
    Price price;
    Price smoothed;
    std::uint64_t marked_ms = 0;
    bool marked = false;
    Integer deposits, withdrawals, fund, fees, rounding, bad_debt;
};

struct Known {
    Limits limits;
    std::uint64_t time_ms = 0;
    std::uint64_t marks = 0;
    std::map<Digest, std::shared_ptr<const ParameterSet>> ready;
    std::optional<Digest> active;
    std::vector<Owner> owners;
    Slots<RestingOrder> orders;
    Slots<Waiting> deposits;
    Slots<Short> shorts;
    std::vector<Market> markets;
    std::vector<Money> assets;
    std::optional<AccountId> backstop;
    Integer backstop_budget;
    std::uint64_t interval_ms = 0;
    std::uint32_t interval_used = 0;
    std::uint64_t reserve_ms = 0;
    Rate reserve_ratio = hundred_percent;
};

}  // namespace plimsoll::reference
