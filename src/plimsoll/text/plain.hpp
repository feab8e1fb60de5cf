// JSON as machines mostly send it: objects of one level, with ASCII strings without escapes, numbers and booleans. They are read where they stand,
// without a tree. What is not so plain is absent here and left to parse_json(), which reads everything and says what is wrong.
#pragma once

#include "plimsoll/money/text.hpp"
#include "plimsoll/text/reader.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace plimsoll::text {

/// `text` as in a Value.
struct PlainMember {
    std::string_view key;
    std::string_view text;
    Kind kind = Kind::null;  // string, number or boolean
};

inline constexpr std::size_t plain_members_max = 16;  // of an object

/// Objects one after the other; everything in it looks at the source.
struct PlainList {
    std::vector<PlainMember> members;  // of all of them
    std::vector<std::uint32_t> ends;  // of each object, in `members`

    std::size_t size() const { return ends.size(); }
    std::span<const PlainMember> object(std::size_t i) const {
        const std::size_t begin = i == 0 ? 0 : ends[i - 1];
        return std::span(members).subspan(begin, ends[i] - begin);
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
    explicit PlainReader(std::span<const PlainMember> members) : members_(members) {}

    /// Nothing was wrong so far. After finish() also: every member was asked for.
    bool good() const { return good_; }
    bool has(std::string_view key) { return find(key) != nullptr; }
    /// The content of a string; empty for everything else.
    std::string_view text_of(std::string_view key) {
        const PlainMember* member = find(key);
        return member != nullptr && member->kind == Kind::string ? member->text : std::string_view();
    }
    std::optional<std::string_view> string(std::string_view key, Need need = Need::required);
    std::optional<bool> boolean(std::string_view key, Need need = Need::required);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max, Need need = Need::required);
    std::optional<std::size_t> one_of(std::string_view key, std::initializer_list<std::string_view> names, Need need = Need::required);
    template <class CountType>
    std::optional<CountType> count(std::string_view key, int digits) {
        const PlainMember* member = wanted(key, Need::required);
        if (member == nullptr || member->kind == Kind::boolean) return refuse();
        const auto raw = parse_decimal(member->text, digits);
        if (!raw) return refuse();
        return CountType::from_raw(*raw);
    }
    /// No plain object holds a list.
    std::span<const Value> array(std::string_view key, Need need = Need::required) {
        if (find(key) != nullptr || need == Need::required) refuse();
        return {};
    }
    static std::string path_of(std::string_view key) { return std::string(key); }
    void issue(std::string_view, std::string_view, std::string_view) { refuse(); }
    void finish();

private:
    const PlainMember* find(std::string_view key);
    const PlainMember* wanted(std::string_view key, Need need);
    std::nullopt_t refuse() {
        good_ = false;
        return std::nullopt;
    }

    std::span<const PlainMember> members_;
    std::size_t next_ = 0;  // where the next key is looked for first: they mostly come in the order in which they are asked for
    std::size_t found_ = plain_members_max;  // the latest that was found: what is asked of a member is often asked twice
    std::uint32_t asked_ = 0;  // a bit for each member
    bool good_ = true;
};

}  // namespace plimsoll::text
