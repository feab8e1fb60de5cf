// Whether a JSON value fits a schema, as far as our own schemas go: type, enum, properties, required, additionalProperties, items, oneOf, $ref.
#pragma once

#include "plimsoll/text/value.hpp"

#include <algorithm>
#include <string>

namespace plimsoll::testing {

class JsonSchemas {
public:
    /// `all`: the members of "#/components/schemas".
    explicit JsonSchemas(const text::Value& all) : all_(all) {}

    const text::Value& at(std::string_view name) const { return *all_.find(name); }

    /// Empty: it fits; else what does not.
    std::string misfit(const text::Value& value, const text::Value& schema, const std::string& where = "value") const {
        if (const text::Value* reference = schema.find("$ref")) {
            const std::string prefix = "#/components/schemas/";
            if (!reference->text.starts_with(prefix)) return where + ": refers to " + reference->text;
            const text::Value* meant = all_.find(reference->text.substr(prefix.size()));
            return meant == nullptr ? where + ": there is no " + reference->text : misfit(value, *meant, where);
        }
        if (const text::Value* one = schema.find("oneOf")) {
            const auto fits =
                std::count_if(one->items.begin(), one->items.end(), [&](const text::Value& s) { return misfit(value, s).empty(); });
            return fits == 1 ? "" : where + ": fits " + std::to_string(fits) + " of them";
        }
        if (const text::Value* type = schema.find("type"); type != nullptr && !is_of(value, *type)) return where + ": of another type";
        if (const text::Value* words = schema.find("enum"))
            if (std::none_of(words->items.begin(), words->items.end(), [&](const text::Value& w) { return w.text == value.text; }))
                return where + ": '" + value.text + "' is no word of it";
        if (value.is(text::Kind::object)) return misfit_of_object(value, schema, where);
        if (const text::Value* items = schema.find("items"))
            for (const text::Value& item : value.items)
                if (std::string why = misfit(item, *items, where + "[]"); !why.empty()) return why;
        return "";
    }

private:
    static bool is_of(const text::Value& value, const text::Value& type) {
        if (type.is(text::Kind::array))
            return std::any_of(type.items.begin(), type.items.end(), [&](const text::Value& t) { return is_of(value, t); });
        switch (value.kind) {
            case text::Kind::object: return type.text == "object";
            case text::Kind::array: return type.text == "array";
            case text::Kind::string: return type.text == "string";
            case text::Kind::boolean: return type.text == "boolean";
            case text::Kind::null: return type.text == "null";
            default: return type.text == "integer" && value.text.find_first_of(".eE") == std::string::npos;
        }
    }
    std::string misfit_of_object(const text::Value& value, const text::Value& schema, const std::string& where) const {
        const text::Value* properties = schema.find("properties");
        if (const text::Value* required = schema.find("required"))
            for (const text::Value& name : required->items)
                if (value.find(name.text) == nullptr) return where + ": lacks " + name.text;
        for (const text::Member& member : value.members) {
            const text::Value* property = properties != nullptr ? properties->find(member.key) : nullptr;
            if (property == nullptr) {
                if (schema.find("additionalProperties") != nullptr) return where + ": has " + member.key;
                continue;
            }
            if (std::string why = misfit(member.value, *property, where + '.' + member.key); !why.empty()) return why;
        }
        return "";
    }

    const text::Value& all_;
};

}  // namespace plimsoll::testing
