// Names at the edge: inside the engine accounts, orders, deposits and liquidations are numbers; people and files call them by name.
// Markets and assets have their names in the parameter set.
#pragma once

#include "plimsoll/engine/event.hpp"
#include "plimsoll/engine/limits.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::codec {

inline constexpr std::size_t name_bytes_max = 64;

/// Why a name is refused; empty when it is fine. Letters, digits and "-_./#", the first a letter, so that no name is a number.
std::string name_fault(std::string_view name);

/// The whole number that a text is, without sign or leading zeros.
std::optional<std::uint64_t> number_of(std::string_view text);

/// Names of one kind of id, each way. An id without a name is called by its number.
template <class Id>
class NameBook {
public:
    enum class WhenFull : std::uint8_t { refuse, forget_oldest };
    NameBook(std::size_t most, WhenFull when_full) : most_(most), when_full_(when_full) {}

    /// Why the name is refused: it is none, it is taken, the id has one, or the book is full. Empty: it was written down.
    std::string add(Id id, std::string_view name) {
        if (std::string fault = name_fault(name); !fault.empty()) return fault;
        if (ids_.contains(name)) return "the name is taken";
        if (names_.contains(id)) return "it has a name already";
        if (names_.size() >= most_) {
            if (when_full_ == WhenFull::refuse || order_.empty()) return "no more names are kept";
            forget(order_.front());
        }
        ids_.emplace(name, id);
        names_.emplace(id, name);
        if (when_full_ == WhenFull::forget_oldest) order_.push_back(id);
        return {};
    }
    std::optional<Id> find(std::string_view name) const {
        if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
        return std::nullopt;
    }
    const std::string* name(Id id) const {
        const auto found = names_.find(id);
        return found == names_.end() ? nullptr : &found->second;
    }
    const std::map<std::string, Id, std::less<>>& all() const { return ids_; }

private:
    void forget(Id id) {
        const auto found = names_.find(id);
        ids_.erase(found->second);
        names_.erase(found);
        order_.pop_front();
    }

    std::size_t most_;
    WhenFull when_full_;
    std::map<std::string, Id, std::less<>> ids_;
    std::map<Id, std::string> names_;
    std::deque<Id> order_;  // oldest first, where the oldest is forgotten
};

/// What the edge calls things. Orders, deposits and liquidations are named when they come: the third order of alice is `alice#3`.
///
/// Bounds  an account keeps its name for ever, so names beyond `limits.accounts` are refused; of orders, deposits and liquidations the
///         latest are known by name, four times as many as can exist at once, and older ones by number alone.
class Names {
public:
    explicit Names(const Limits& limits);

    /// As NameBook::add().
    std::string name_account(AccountId id, std::string_view name) { return accounts_.add(id, name); }
    /// A further name for an order, beside the one it was given when it came.
    std::string name_order(OrderId id, std::string_view name) { return order_aliases_.add(id, name); }

    /// By name or number; a number need not exist in the engine.
    std::optional<AccountId> account(std::string_view name) const;
    std::optional<OrderId> order(std::string_view name) const;
    std::optional<DepositId> deposit(std::string_view name) const;
    std::optional<LiquidationId> liquidation(std::string_view name) const;

    std::string of(AccountId id) const;
    std::string of(OrderId id) const;
    std::string of(DepositId id) const;
    std::string of(LiquidationId id) const;

    const std::map<std::string, AccountId, std::less<>>& accounts() const { return accounts_.all(); }

    /// Names what an event makes. An account that was not named before keeps its number.
    void follow(const Event& event);

private:
    struct Counters {
        std::uint32_t orders = 0;
        std::uint32_t deposits = 0;
        std::uint32_t liquidations = 0;
    };
    template <class Id>
    void number_anew(NameBook<Id>& book, Id id, AccountId account, std::uint32_t Counters::* counter);

    NameBook<AccountId> accounts_;
    NameBook<OrderId> orders_;
    NameBook<OrderId> order_aliases_;
    NameBook<DepositId> deposits_;
    NameBook<LiquidationId> liquidations_;
    std::map<AccountId, Counters> counters_;
};

}  // namespace plimsoll::codec
