// JSON in both directions. Reading is strict RFC 8259: no comments, no trailing commas, no duplicate keys, no NaN.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/text/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::text {

/// Reads one document. `file` only names it in places such as "tiers.json:12:5".
///
/// Errors  the first one, with its place; a document is read whole or not at all.
Result<Value> parse_json(std::string_view source, std::string_view file);

inline constexpr std::size_t documents_max = 10'000;  // of one sequence

/// Reads one or more documents that follow each other, as pages of an answer do when they are saved into one file.
Result<std::vector<Value>> parse_json_sequence(std::string_view source, std::string_view file);

/// Whether the text is a number by JSON's grammar.
bool is_json_number(std::string_view text);

enum class Layout : std::uint8_t {
    compact,  // one line
    pretty,   // two spaces a level, one member a line, closed by a line feed
};

/// Writes JSON piece by piece into one string. The calls must nest properly; asserted.
///
/// Shape  keys come out in the order they are given; numbers as their text; non-ASCII characters as themselves.
class JsonWriter {
public:
    explicit JsonWriter(Layout layout = Layout::compact) : layout_(layout) {}

    JsonWriter& begin_object() { return begin('{'); }
    JsonWriter& end_object() { return end('}'); }
    JsonWriter& begin_array() { return begin('['); }
    JsonWriter& end_array() { return end(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view text);
    JsonWriter& number(std::string_view text);
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& value(const Value& value);

    /// What was written; complete once every object and array is closed. A pretty document ends in a line feed.
    std::string take();

private:
    JsonWriter& begin(char open);
    JsonWriter& end(char close);
    void separate();
    void new_line();

    Layout layout_;
    std::string out_;
    std::vector<bool> filled_;  // for each open object or array: whether it has an element
    bool after_key_ = false;
};

std::string dump_json(const Value& value, Layout layout);

}  // namespace plimsoll::text
