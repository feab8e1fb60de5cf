// The other way round of bytes.hpp: values out of the bytes that a ByteSink put.
#pragma once

#include "plimsoll/base/hash.hpp"
#include "plimsoll/engine/event.hpp"

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace plimsoll {

/// The largest value of each word that stands in bytes.
constexpr Side last_of(Side) { return Side::sell; }
constexpr Leg last_of(Leg) { return Leg::short_leg; }
constexpr MarginMode last_of(MarginMode) { return MarginMode::isolated; }
constexpr command::PositionMode last_of(command::PositionMode) { return command::PositionMode::hedge; }
constexpr OrderKind last_of(OrderKind) { return OrderKind::liquidation; }
constexpr GuardState last_of(GuardState) { return static_cast<GuardState>(guard_states_count - 1); }
constexpr Binding last_of(Binding) { return Binding::minimum; }
constexpr Cure last_of(Cure) { return Cure::deposit; }
constexpr RejectCode last_of(RejectCode) { return RejectCode::margin_insufficient; }

/// Reads on until something is not as it should be; from then on every value is as it was, and error() says where it went wrong.
class ByteSource {
public:
    /// `name` is what the bytes are called in errors.
    ByteSource(std::span<const std::uint8_t> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

    bool bad() const { return !fault_.empty(); }
    std::size_t left() const { return bytes_.size() - at_; }
    Error error() const {
        return {name_ + ", byte " + std::to_string(at_), fault_, "the bytes are not those of a " + name_ + " of this version"};
    }
    /// Nothing may be left over.
    void finish() {
        if (!bad() && left() != 0) complain(std::to_string(left()) + " bytes are left over");
    }
    void complain(std::string what) {
        if (!bad()) fault_ = std::move(what);
    }

    template <class Whole>
        requires((std::is_integral_v<Whole> || std::is_same_v<Whole, Wide>) && !std::is_same_v<Whole, bool>)
    void get(Whole& value) {
        static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a big-endian machine has to turn the bytes round here");
        if (bad()) return;
        if (left() < sizeof value) return complain("the bytes end");
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
        at_ += sizeof value;
    }
    void get(bool& value) {
        std::uint8_t byte = 0;
        get(byte);
        if (byte > 1) complain("a flag of " + std::to_string(byte));
        value = byte == 1;
    }
    template <class Word>
        requires std::is_enum_v<Word>
    void get(Word& value) {
        using Number = std::underlying_type_t<Word>;
        Number number{};
        get(number);
        if (number > static_cast<Number>(last_of(Word{}))) return complain("a word of number " + std::to_string(number));
        value = static_cast<Word>(number);
    }
    template <class Tag>
    void get(Count<Tag>& value) {
        std::int64_t raw = 0;
        get(raw);
        value = Count<Tag>::from_raw(raw);
    }
    template <class Tag>
    void get(Id<Tag>& value) {
        get(value.index);
    }
    template <class Tag>
    void get(SlotId<Tag>& value) {
        get(value.value);
    }
    void get(Digest& digest) {
        for (std::uint8_t& byte : digest) get(byte);
    }
    void get(Hash128& hash) {
        get(hash.high);
        get(hash.low);
    }
    /// So many bytes as they are; empty when there are fewer.
    std::span<const std::uint8_t> take(std::size_t count) {
        if (bad()) return {};
        if (left() < count) {
            complain("the bytes end");
            return {};
        }
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }
    /// The length of a list, each item of which takes a byte at least.
    std::uint32_t get_count() {
        std::uint32_t count = 0;
        get(count);
        if (!bad() && count > left()) complain("a list of " + std::to_string(count) + " in fewer bytes");
        return bad() ? 0 : count;
    }

    template <class Item>
    void get(std::vector<Item>& items) {
        items.resize(get_count());
        for (Item& item : items) get(item);
    }
    template <Described Record>
    void get(Record& record) {
        each_field(record, [&](const auto&, auto& value) { get(value); });
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::string name_;
    std::size_t at_ = 0;
    std::string fault_;
};

}  // namespace plimsoll
