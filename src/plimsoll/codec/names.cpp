#include "plimsoll/codec/names.hpp"

#include <charconv>

namespace plimsoll::codec {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// By name, else the number that the text is.
template <class Id>
std::optional<Id> find_slot(const NameBook<Id>& book, std::string_view name) {
    if (const auto found = book.find(name)) return found;
    const auto number = number_of(name);
    return number ? std::optional(Id{*number}) : std::nullopt;
}

template <class Id>
std::string call(const NameBook<Id>& book, Id id) {
    const std::string* name = book.name(id);
    return name != nullptr ? *name : std::to_string(id.value);
}

std::size_t four_times(std::uint32_t count) { return std::size_t{4} * count; }

}  // namespace

std::string name_fault(std::string_view name) {
    if (name.empty()) return "a name may not be empty";
    if (name.size() > name_bytes_max) return "a name has at most 64 characters";
    if (!is_letter(name[0])) return "a name begins with a letter";
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || std::string_view("-_./#").find(c) != std::string_view::npos; };
    if (!std::all_of(name.begin(), name.end(), fits)) return "a name holds letters, digits and -_./# only";
    return {};
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit) || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Names::Names(const Limits& limits)
    : accounts_(limits.accounts, NameBook<AccountId>::WhenFull::refuse),
      orders_(four_times(limits.orders), NameBook<OrderId>::WhenFull::forget_oldest),
      order_aliases_(four_times(limits.orders), NameBook<OrderId>::WhenFull::forget_oldest),
      deposits_(four_times(limits.deposits), NameBook<DepositId>::WhenFull::forget_oldest),
      liquidations_(four_times(limits.breaches), NameBook<LiquidationId>::WhenFull::forget_oldest) {}

std::optional<AccountId> Names::account(std::string_view name) const {
    if (const auto found = accounts_.find(name)) return found;
    const auto number = number_of(name);
    if (!number || *number > 0xFFFFFFFFu) return std::nullopt;
    return AccountId{static_cast<std::uint32_t>(*number)};
}
std::optional<OrderId> Names::order(std::string_view name) const {
    if (const auto found = order_aliases_.find(name)) return found;
    return find_slot(orders_, name);
}
std::optional<DepositId> Names::deposit(std::string_view name) const { return find_slot(deposits_, name); }
std::optional<LiquidationId> Names::liquidation(std::string_view name) const { return find_slot(liquidations_, name); }

std::string Names::of(AccountId id) const {
    const std::string* name = accounts_.name(id);
    return name != nullptr ? *name : std::to_string(id.index);
}
std::string Names::of(OrderId id) const {
    const std::string* alias = order_aliases_.name(id);
    return alias != nullptr ? *alias : call(orders_, id);
}
std::string Names::of(DepositId id) const { return call(deposits_, id); }
std::string Names::of(LiquidationId id) const { return call(liquidations_, id); }

template <class Id>
void Names::number_anew(NameBook<Id>& book, Id id, AccountId account, std::uint32_t Counters::* counter) {
    // An account without a name gives its things none: what begins with a digit is a number.
    if (const std::string* name = accounts_.name(account)) book.add(id, *name + '#' + std::to_string(++(counters_[account].*counter)));
}

void Names::follow(const Event& event) {
    if (const auto* placed = std::get_if<event::OrderPlaced>(&event))
        number_anew(orders_, placed->order, placed->account, &Counters::orders);
    if (const auto* pending = std::get_if<event::DepositPending>(&event))
        number_anew(deposits_, pending->deposit, pending->account, &Counters::deposits);
    if (const auto* started = std::get_if<event::LiquidationStarted>(&event))
        number_anew(liquidations_, started->liquidation, started->subject.account, &Counters::liquidations);
}

}  // namespace plimsoll::codec
