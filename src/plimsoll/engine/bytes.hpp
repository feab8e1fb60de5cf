// Records as bytes, for hashing: every field in order, whole numbers little-endian at their full width, lists with their length in
// front. One meaning has one sequence of bytes.
#pragma once

#include "plimsoll/base/hash.hpp"
#include "plimsoll/engine/event.hpp"

#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace plimsoll {

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
        if (bytes_.size() - size_ < sizeof(Whole)) bytes_.resize(2 * bytes_.size() + 1024);
        std::memcpy(bytes_.data() + size_, &value, sizeof(Whole));
        size_ += sizeof(Whole);
    }
    /// As they are, without a length.
    void put_bytes(std::span<const std::uint8_t> bytes) {
        while (bytes_.size() - size_ < bytes.size()) bytes_.resize(2 * bytes_.size() + 1024);
        if (!bytes.empty()) std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
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
        each_field(record, [&](const auto&, const auto& value) { put(value); });
    }
    /// A variant: which alternative, then its fields.
    template <class... Records>
    void put(const std::variant<Records...>& any) {
        put(static_cast<std::uint8_t>(any.index()));
        std::visit([&](const auto& record) { put(record); }, any);
    }

private:
    std::vector<std::uint8_t> bytes_;  // of which the first size_ are written
    std::size_t size_ = 0;
};

}  // namespace plimsoll
