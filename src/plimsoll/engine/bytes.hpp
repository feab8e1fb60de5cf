// Records as bytes, for hashing: every field in order, whole numbers little-endian at their full width, lists with their length in
// front. One meaning has one sequence of bytes.
#pragma once

#include "plimsoll/base/hash.hpp"
#include "plimsoll/engine/event.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace plimsoll {

namespace fixed {

/// How many bytes a value takes whose length does not depend on it; 0: it does.
template <class Value>
constexpr std::size_t size_of(const Value*) {
    return std::is_integral_v<Value> || std::is_enum_v<Value> || std::is_same_v<Value, Wide> || std::is_same_v<Value, UWide> ? sizeof(Value)
                                                                                                                             : 0;
}
template <class Tag>
constexpr std::size_t size_of(const Count<Tag>*) {
    return sizeof(std::int64_t);
}
template <class Tag>
constexpr std::size_t size_of(const Id<Tag>*) {
    return sizeof(Id<Tag>::index);
}
template <class Tag>
constexpr std::size_t size_of(const SlotId<Tag>*) {
    return sizeof(SlotId<Tag>::value);
}
template <class Value>
inline constexpr std::size_t size = size_of(static_cast<const Value*>(nullptr));

/// Of a record all of whose fields are such values.
template <class Record>
constexpr std::size_t record_size() {
    std::size_t sum = 0;
    bool all = true;
    std::apply(
        [&](const auto&... f) {
            [[maybe_unused]] const auto add = [&]<class Owner, class Member>(const Field<Owner, Member>&) {
                sum += size<Member>;
                all = all && size<Member> != 0;
            };
            (add(f), ...);
        },
        fields_of<Record>);
    return all ? sum : 0;
}

template <class Value>
auto plain(Value value) {
    if constexpr (std::is_enum_v<Value>) return static_cast<std::underlying_type_t<Value>>(value);
    else return value;
}
template <class Tag>
std::int64_t plain(Count<Tag> value) {
    return value.raw();
}
template <class Tag>
auto plain(Id<Tag> value) {
    return value.index;
}
template <class Tag>
auto plain(SlotId<Tag> value) {
    return value.value;
}

/// Which alternative of the variant a Record is.
template <class Record, class... Records>
constexpr std::uint8_t index_of(const std::variant<Records...>*) {
    static_assert((std::is_same_v<Record, Records> || ...));
    std::uint8_t index = 0;
    [[maybe_unused]] const bool found = ((std::is_same_v<Record, Records> || (++index, false)) || ...);
    return index;
}

/// Writes at `at` and gives what is behind it. A local pointer, which no byte that is written could change, stays in a register.
template <class Value>
[[gnu::always_inline]] inline std::uint8_t* write(std::uint8_t* at, Value value) {
    const auto bits = plain(value);
    static_assert(sizeof bits == size<Value>);
    std::memcpy(at, &bits, sizeof bits);
    return at + sizeof bits;
}

}  // namespace fixed

/// The hash of a record, as an alternative of a Variant, with values in front of it: what a ByteSink into which they were put would give.
///
/// Shape  the record has a fixed length.
template <class Variant, class Record, class... Values>
inline Hash128 hash_of_fixed(const Record& record, Values... before) {
    constexpr std::size_t bytes = (std::size_t{1} + ... + fixed::size<Values>)+fixed::record_size<Record>();
    std::array<std::uint8_t, bytes> room;
    std::uint8_t* at = room.data();
    ((at = fixed::write(at, before)), ...);
    at = fixed::write(at, fixed::index_of<Record>(static_cast<const Variant*>(nullptr)));
    each_field(record, [&](const auto&, const auto& value) __attribute__((always_inline)) { at = fixed::write(at, value); });
    return hash_bytes(room.data(), bytes);
}

/// Bytes that are kept between uses, so that writing allocates nothing once they have grown.
class ByteSink {
public:
    void clear() { size_ = 0; }
    std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }
    Hash128 hash() const { return hash_bytes(bytes_.data(), size_); }

    // Inlined by force: a record is a dozen of these, and the calls would cost more than the bytes.
    template <class Whole>
        requires(std::is_integral_v<Whole> || std::is_same_v<Whole, Wide> || std::is_same_v<Whole, UWide>)
    [[gnu::always_inline]] void put(Whole value) {
        static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a big-endian machine has to turn the bytes round here");
        std::memcpy(room_for(sizeof(Whole)), &value, sizeof(Whole));
        size_ += sizeof(Whole);
    }
    /// As they are, without a length.
    void put_bytes(std::span<const std::uint8_t> bytes) {
        if (!bytes.empty()) std::memcpy(room_for(bytes.size()), bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    template <class Word>
        requires std::is_enum_v<Word>
    void put(Word value) {
        put(static_cast<std::underlying_type_t<Word>>(value));
    }
    template <class Tag>
    void put(Count<Tag> value) {
        put(value.raw());
    }
    template <class Tag>
    void put(Id<Tag> value) {
        put(value.index);
    }
    template <class Tag>
    void put(SlotId<Tag> value) {
        put(value.value);
    }
    void put(const Digest& digest) {
        for (const std::uint8_t byte : digest) put(byte);
    }
    void put(const LiquidationSubject& subject) {
        put(subject.account);
        put(subject.market);
        put(subject.leg);
    }
    void put(const Paced& paced) {
        put(paced.value);
        put(paced.anchor);
        put(paced.anchor_ms);
        put(paced.set);
    }
    void put(const Guard& guard);
    void put(const std::shared_ptr<const ParameterSet>& set);
    template <class Item>
    void put(const std::vector<Item>& items) {
        put(static_cast<std::uint32_t>(items.size()));
        for (const Item& item : items) put(item);
    }
    template <Described Record>
    void put(const Record& record) {
        if constexpr (constexpr std::size_t bytes = fixed::record_size<Record>(); bytes != 0) {
            std::uint8_t* at = room_for(bytes);
            each_field(record, [&](const auto&, const auto& value) { at = fixed::write(at, value); });
            size_ += bytes;
        } else {
            each_field(record, [&](const auto&, const auto& value) { put(value); });
        }
    }
    /// A variant: which alternative, then its fields.
    template <class... Records>
    void put(const std::variant<Records...>& any) {
        put(static_cast<std::uint8_t>(any.index()));
        std::visit([&](const auto& record) { put(record); }, any);
    }
    /// The same bytes, where it is known which alternative a Variant holds.
    template <class Variant, class Record>
    void put_alternative(const Record& record) {
        put(fixed::index_of<Record>(static_cast<const Variant*>(nullptr)));
        put(record);
    }

private:
    /// Where the next `more` bytes go.
    [[gnu::always_inline]] std::uint8_t* room_for(std::size_t more) {
        while (bytes_.size() - size_ < more) bytes_.resize(2 * bytes_.size() + 1024);
        return bytes_.data() + size_;
    }

    std::vector<std::uint8_t> bytes_;  // of which the first size_ are written
    std::size_t size_ = 0;
};

}  // namespace plimsoll
