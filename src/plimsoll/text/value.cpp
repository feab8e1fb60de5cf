#include "plimsoll/text/value.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/text/json.hpp"

namespace plimsoll::text {

namespace {

Value scalar(Kind kind, std::string text) {
    Value value;
    value.kind = kind;
    value.text = std::move(text);
    return value;
}

}  // namespace

std::string_view describe(Kind kind) {
    switch (kind) {
        case Kind::null: return "null";
        case Kind::boolean: return "a boolean";
        case Kind::number: return "a number";
        case Kind::string: return "a string";
        case Kind::array: return "an array";
        case Kind::object: return "an object";
    }
    return "a value";
}

Value Value::of_bool(bool value) { return scalar(Kind::boolean, value ? "true" : "false"); }
Value Value::of_string(std::string text) { return scalar(Kind::string, std::move(text)); }
Value Value::of_number(std::int64_t value) { return scalar(Kind::number, std::to_string(value)); }
Value Value::of_array() { return scalar(Kind::array, {}); }
Value Value::of_object() { return scalar(Kind::object, {}); }

Value Value::of_number(std::string text) {
    PLIM_ASSERT(is_json_number(text));
    return scalar(Kind::number, std::move(text));
}

const Value* Value::find(std::string_view key) const {
    for (const Member& member : members)
        if (member.key == key) return &member.value;
    return nullptr;
}

Value& Value::set(std::string key, Value value) {
    PLIM_ASSERT(kind == Kind::object);
    PLIM_ASSERT_SLOW(find(key) == nullptr);
    members.push_back({std::move(key), {}, std::move(value)});
    return *this;
}

Value& Value::push(Value value) {
    PLIM_ASSERT(kind == Kind::array);
    items.push_back(std::move(value));
    return *this;
}

bool same(const Value& a, const Value& b) {
    if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() || a.members.size() != b.members.size()) return false;
    for (std::size_t i = 0; i < a.items.size(); ++i)
        if (!same(a.items[i], b.items[i])) return false;
    for (std::size_t i = 0; i < a.members.size(); ++i)
        if (a.members[i].key != b.members[i].key || !same(a.members[i].value, b.members[i].value)) return false;
    return true;
}

}  // namespace plimsoll::text
