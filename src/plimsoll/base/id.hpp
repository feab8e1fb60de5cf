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

}  // namespace plimsoll
