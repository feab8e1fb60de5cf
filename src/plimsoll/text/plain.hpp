// JSON as machines mostly send it: objects of one level, with ASCII strings without escapes, numbers and booleans. They are read where they stand,
// without a tree. What is not so plain is absent here and left to parse_json(), which reads everything and says what is wrong.
#pragma once

#include "plimsoll/money/text.hpp"
#include "plimsoll/text/reader.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace plimsoll::text {

/// A key with its first and last bytes in two words: keys of at most 16 bytes are equal when length and words are.
class Key {
public:
    Key() = default;
    explicit Key(std::string_view text) : text_(text) {
        const char* const begin = text.data();
        const std::size_t size = text.size();
        if (size >= 8) {
            first_ = word<std::uint64_t>(begin);
            last_ = word<std::uint64_t>(begin + size - 8);
        } else if (size >= 4) {
            first_ = word<std::uint32_t>(begin);
            last_ = word<std::uint32_t>(begin + size - 4);
        } else if (size != 0) {
            first_ = static_cast<unsigned char>(begin[0]);
            last_ =
                static_cast<std::uint64_t>(static_cast<unsigned char>(begin[size / 2])) << 8 | static_cast<unsigned char>(begin[size - 1]);
        }
    }
    std::string_view text() const { return text_; }
    /// Keys with different tags are different.
    std::uint64_t tag() const { return (first_ + last_) * 0x9E3779B97F4A7C15; }
    bool operator==(const Key& other) const {
        return first_ == other.first_ && last_ == other.last_ && text_.size() == other.text_.size() &&
               (text_.size() <= 16 || text_ == other.text_);
    }

private:
    template <class Word>
    static Word word(const char* at) {
        Word word;
        std::memcpy(&word, at, sizeof word);
        return word;
    }

    std::uint64_t first_ = 0;
    std::uint64_t last_ = 0;
    std::string_view text_;
};

/// One of 64 bits. Of keys with different bits neither is the other.
constexpr std::uint64_t bit_of(std::uint64_t tag) { return std::uint64_t{1} << (tag >> 58); }

/// Where a member stands in its source. Lists of them go from one thread to another, so they are small.
struct PlainMember {
    std::uint32_t key = 0;  // offsets
    std::uint32_t text = 0;  // as in a Value
    std::uint32_t text_size = 0;
    std::uint16_t key_size = 0;
    Kind kind = Kind::null;  // string, number or boolean
};

inline constexpr std::size_t plain_members_max = 16;  // of an object

/// One object; looks at its list.
class PlainObject {
public:
    PlainObject(const char* source, std::span<const PlainMember> members) : source_(source), members_(members) {}

    std::size_t size() const { return members_.size(); }
    Kind kind(std::size_t i) const { return members_[i].kind; }
    std::string_view key(std::size_t i) const { return {source_ + members_[i].key, members_[i].key_size}; }
    std::string_view text(std::size_t i) const { return {source_ + members_[i].text, members_[i].text_size}; }

private:
    const char* source_;
    std::span<const PlainMember> members_;
};

/// Objects one after the other, of one source.
struct PlainList {
    const char* source = nullptr;
    std::vector<PlainMember> members;  // of all of them
    std::vector<std::uint32_t> ends;  // of each object, in `members`

    std::size_t size() const { return ends.size(); }
    PlainObject object(std::size_t i) const {
        const std::size_t begin = i == 0 ? 0 : ends[i - 1];
        return {source, std::span(members).subspan(begin, ends[i] - begin)};
    }
};

/// A document that is one plain object. Absent: it is not.
std::optional<PlainList> read_plain_object(std::string_view source);
/// A document that is an object with this key alone, which holds a list of plain objects. Absent: it is not.
std::optional<PlainList> read_plain_list(std::string_view source, std::string_view key);

/// Asked like an ObjectReader, and answers as one where it answers at all. Where that one would make a finding, this one is no longer good(): then
/// the tree has to be read, for the finding's words and place.
class PlainReader {
public:
    explicit PlainReader(const PlainObject& object) : object_(object) {
        for (std::size_t i = 0; i < object.size(); ++i) {
            tags_[i] = Key(object.key(i)).tag();
            bits_ |= bit_of(tags_[i]);
        }
    }

    /// Nothing was wrong so far. After finish() also: every member was asked for.
    bool good() const { return good_; }
    bool has(std::string_view key) { return find(key) != absent; }
    /// The content of a string; empty for everything else.
    std::string_view text_of(std::string_view key) {
        const std::size_t i = find(key);
        return i != absent && object_.kind(i) == Kind::string ? object_.text(i) : std::string_view();
    }
    std::optional<std::string_view> string(std::string_view key, Need need = Need::required) {
        const std::size_t i = wanted(key, need);
        if (i == absent) return std::nullopt;
        return object_.kind(i) == Kind::string ? std::optional(object_.text(i)) : refuse();
    }
    std::optional<bool> boolean(std::string_view key, Need need = Need::required) {
        const std::size_t i = wanted(key, need);
        if (i == absent) return std::nullopt;
        return object_.kind(i) == Kind::boolean ? std::optional(object_.text(i) == "true") : refuse();
    }
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max, Need need = Need::required);
    std::optional<std::size_t> one_of(std::string_view key, std::initializer_list<std::string_view> names, Need need = Need::required);
    template <class CountType>
    std::optional<CountType> count(std::string_view key, int digits) {
        const std::size_t i = wanted(key, Need::required);
        if (i == absent || object_.kind(i) == Kind::boolean) return refuse();
        const auto raw = parse_decimal(object_.text(i), digits);
        if (!raw) return refuse();
        return CountType::from_raw(*raw);
    }
    /// No plain object holds a list.
    std::span<const Value> array(std::string_view key, Need need = Need::required) {
        if (has(key) || need == Need::required) refuse();
        return {};
    }
    static std::string path_of(std::string_view key) { return std::string(key); }
    void issue(std::string_view, std::string_view, std::string_view) { refuse(); }
    void finish();

private:
    static constexpr std::size_t absent = plain_members_max;

    std::size_t find(std::string_view text) {
        const Key key(text);
        return (bits_ & bit_of(key.tag())) != 0 ? find(key) : absent;
    }
    std::size_t find(const Key& key);
    std::size_t wanted(std::string_view key, Need need) {
        const std::size_t i = find(key);
        if (i == absent && need == Need::required) refuse();
        return i;
    }
    std::nullopt_t refuse() {
        good_ = false;
        return std::nullopt;
    }

    PlainObject object_;
    std::array<std::uint64_t, plain_members_max> tags_;  // of the keys
    std::uint64_t bits_ = 0;  // of all of them
    std::size_t next_ = 0;  // where the next key is looked for first: they mostly come in the order in which they are asked for
    std::size_t found_ = absent;  // the latest that was found: what is asked of a member is often asked twice
    std::uint32_t asked_ = 0;  // a bit for each member
    bool good_ = true;
};

}  // namespace plimsoll::text
