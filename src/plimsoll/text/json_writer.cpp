// Writing JSON: stable order, exact numbers, the shortest escapes.
#include "plimsoll/base/assert.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::text {

namespace {

void append_escaped(std::string& out, std::string_view text) {
    const auto plain = [](char c) { return c >= ' ' && c != '"' && c != '\\' && c != '\x7F'; };
    if (std::all_of(text.begin(), text.end(), plain)) {  // nearly every key and figure
        out += '"';
        out += text;
        out += '"';
        return;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: {
                const auto code = static_cast<unsigned char>(c);
                if (code >= 0x20 && code != 0x7F) {
                    out += c;
                } else {
                    out += "\\u00";
                    out += hex[code >> 4U];
                    out += hex[code & 15U];
                }
            }
        }
    }
    out += '"';
}

}  // namespace

void JsonWriter::new_line() {
    if (layout_ == Layout::compact) return;
    out_ += '\n';
    out_.append(2 * filled_.size(), ' ');
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (filled_.empty()) return;
    if (filled_.back()) out_ += ',';
    filled_.back() = true;
    new_line();
}

JsonWriter& JsonWriter::begin(char open) {
    separate();
    out_ += open;
    filled_.push_back(false);
    return *this;
}

JsonWriter& JsonWriter::end(char close) {
    PLIM_ASSERT(!filled_.empty() && !after_key_);
    const bool filled = filled_.back();
    filled_.pop_back();
    if (filled) new_line();
    out_ += close;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    PLIM_ASSERT(!filled_.empty() && !after_key_);
    separate();
    append_escaped(out_, name);
    out_ += layout_ == Layout::pretty ? ": " : ":";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
    separate();
    append_escaped(out_, text);
    return *this;
}

JsonWriter& JsonWriter::number(std::string_view text) {
    PLIM_ASSERT(is_json_number(text));
    separate();
    out_ += text;
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) { return number(std::to_string(value)); }

JsonWriter& JsonWriter::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null() {
    separate();
    out_ += "null";
    return *this;
}

JsonWriter& JsonWriter::value(const Value& value) {
    switch (value.kind) {
        case Kind::null: return null();
        case Kind::boolean: return boolean(value.truth());
        case Kind::number: return number(value.text);
        case Kind::string: return string(value.text);
        case Kind::array:
            begin_array();
            for (const Value& item : value.items) this->value(item);
            return end_array();
        case Kind::object:
            begin_object();
            for (const Member& member : value.members) key(member.key).value(member.value);
            return end_object();
    }
    return *this;
}

std::string JsonWriter::take() {
    PLIM_ASSERT(filled_.empty() && !after_key_);
    if (layout_ == Layout::pretty) out_ += '\n';
    return std::exchange(out_, {});
}

std::string dump_json(const Value& value, Layout layout) { return JsonWriter(layout).value(value).take(); }

}  // namespace plimsoll::text
