// Dense ids: indexes into the vectors that hold the state. Names live at the edge.
#pragma once

#include <compare>
#include <cstdint>

namespace plimsoll {

template <class Tag>
struct Id {
    std::uint32_t index = 0;
    friend constexpr auto operator<=>(Id, Id) = default;
};

using AssetId = Id<struct AssetTag>;
using MarketId = Id<struct MarketTag>;
using ScheduleId = Id<struct ScheduleTag>;
using AccountId = Id<struct AccountTag>;
using GroupId = Id<struct GroupTag>;

/// Ids of things that come and go: a place that is used again, and how often it was (the upper half, from 1). 0 names nothing.
template <class Tag>
struct SlotId {
    std::uint64_t value = 0;

    static constexpr SlotId of(std::uint32_t slot, std::uint32_t generation) { return {std::uint64_t{generation} << 32 | slot}; }
    constexpr std::uint32_t slot() const { return static_cast<std::uint32_t>(value); }
    constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(value >> 32); }
    friend constexpr auto operator<=>(SlotId, SlotId) = default;
};

using OrderId = SlotId<struct OrderTag>;
using DepositId = SlotId<struct DepositTag>;
using LiquidationId = SlotId<struct LiquidationTag>;

}  // namespace plimsoll
