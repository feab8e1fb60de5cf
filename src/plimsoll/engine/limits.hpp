// How much of everything an engine holds. Capacity is reserved when it starts; what does not fit is refused by name.
#pragma once

#include <cstdint>

namespace plimsoll {

struct Limits {
    std::uint32_t accounts = 100'000;
    std::uint32_t groups = 1'024;
    std::uint32_t position_slots = 0;          // of all accounts; 0: four an account
    std::uint32_t positions_per_account = 64;  // a power of two, at most positions_max
    std::uint32_t balance_slots = 0;           // 0: two an account
    std::uint32_t orders = 100'000;
    std::uint32_t orders_per_account = 200;
    std::uint32_t isolated = 10'000;           // isolated positions of all accounts
    std::uint32_t overrides = 1'000;           // accounts with overrides of their own
    std::uint32_t deposits = 10'000;           // that wait for confirmations
    std::uint32_t breaches = 10'000;           // accounts and isolated positions below maintenance at one time
    std::uint32_t replies = 65'536;            // commands whose reply is remembered: the window of idempotency
    std::uint32_t marks_per_command = 1'024;
    std::uint32_t sets = 16;                   // defined and held ready at one time

    friend bool operator==(const Limits&, const Limits&) = default;
};

}  // namespace plimsoll
