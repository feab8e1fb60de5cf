// A document as a tree, the same for JSON and TOML. Numbers are kept as they were written: no double ever sees them.
#pragma once

#include "plimsoll/text/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::text {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

/// "a string", "an object": how a message speaks of a kind.
std::string_view describe(Kind kind);

struct Member;

/// One node. An object keeps the order of its source and has no key twice.
struct Value {
    Kind kind = Kind::null;
    Place place;                 // where it starts; nowhere for values made by a program
    std::string text;            // string: its content; number: as written; boolean: "true" or "false"
    std::vector<Value> items;    // array
    std::vector<Member> members; // object

    static Value of_bool(bool value);
    /// `text` must be a JSON number; asserted.
    static Value of_number(std::string text);
    static Value of_number(std::int64_t value);
    static Value of_string(std::string text);
    static Value of_array();
    static Value of_object();

    bool is(Kind wanted) const { return kind == wanted; }
    bool truth() const { return text == "true"; }

    /// The member of that name, or nullptr; also nullptr when this is no object.
    const Value* find(std::string_view key) const;
    /// Appends to an object; the key must be new. Returns the object, so calls can be chained.
    Value& set(std::string key, Value value);
    /// Appends to an array.
    Value& push(Value value);
};

struct Member {
    std::string key;
    Place place;  // of the key
    Value value;
};

/// Same content, places ignored.
bool same(const Value& a, const Value& b);

}  // namespace plimsoll::text
