// toml++ is kept in this file; it reports errors as exceptions, which end here.
#include "plimsoll/text/toml.hpp"

#include "plimsoll/base/assert.hpp"

// Some documents that are no TOML ("[\n[a]a]") break assertions inside toml++ 3.3, which abort, or with NDEBUG are
// undefined behaviour. Here such a broken assertion is an exception, in every kind of build.
namespace plimsoll::text {
struct ParserGaveUp {};
[[noreturn]] static void give_up() { throw ParserGaveUp{}; }
}  // namespace plimsoll::text
#undef NDEBUG
#define TOML_ASSERT(statement) (static_cast<bool>(statement) ? void() : ::plimsoll::text::give_up())
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <tuple>

namespace plimsoll::text {

static_assert(depth_max == TOML_MAX_NESTED_VALUES);

namespace {

/// toml++ limits how deep brackets nest but not how many parts a dotted key has, and frees what it built by recursion.
/// This scan refuses such keys before they are parsed. It needs to know only strings, comments, brackets and dots.
class DepthScan {
public:
    explicit DepthScan(std::string_view source) : source_(source) {}

    /// The offset where the nesting grows too deep, or nothing.
    std::optional<std::size_t> too_deep() {
        while (at_ < source_.size()) {
            const char c = source_[at_];
            if (c == '"' || c == '\'') skip_string(c);
            else if (c == '#') skip_to('\n');
            else step(c);
            if (depth_ > depth_max) return at_;
            ++at_;
        }
        return std::nullopt;
    }

private:
    void step(char c) {
        if (c == '.') {
            ++depth_;
            ++dots_.back();
        } else if (c == '[' || c == '{') {
            ++depth_;
            dots_.push_back(0);
        } else if ((c == ']' || c == '}') && dots_.size() > 1) {
            depth_ -= dots_.back() + 1;
            dots_.pop_back();
        } else if (c == ',' || (c == '\n' && dots_.size() == 1)) {
            depth_ -= std::exchange(dots_.back(), 0);
        }
    }

    void skip_to(char end) {
        while (at_ + 1 < source_.size() && source_[at_ + 1] != end) ++at_;
    }

    void skip_string(char quote) {
        const std::string three(3, quote);
        const bool long_form = source_.substr(at_, 3) == three;
        at_ += long_form ? 3 : 1;
        while (at_ < source_.size()) {
            if (source_[at_] == '\\' && quote == '"') ++at_;
            else if (long_form ? source_.substr(at_, 3) == three : source_[at_] == quote) break;
            else if (!long_form && source_[at_] == '\n') return;  // unfinished: the parser will say so
            ++at_;
        }
        if (long_form) at_ += 2;
    }

    std::string_view source_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::vector<int> dots_{0};  // dots of the current key at each open bracket
};

Place place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

/// toml++ opens its sentences with what it was busy with; the place says that already.
Error refusal(const toml::parse_error& error, std::string_view file) {
    std::string_view what = error.description();
    constexpr std::string_view busy = "Error while parsing ";
    const std::size_t colon = what.find(": ");
    if (what.starts_with(busy) && colon != std::string_view::npos) what.remove_prefix(colon + 2);
    const bool twice = what.find("redefine") != std::string_view::npos;
    return {to_string(file, place_of(error.source())), std::string(what), twice ? "keep one of them" : "write it as TOML 1.0 asks"};
}

class Converter {
public:
    explicit Converter(std::string_view file) : file_(file) {}

    Result<Value> convert(const toml::node& node, int depth) {
        Value value;
        value.place = place_of(node.source());
        if (depth > depth_max)
            return refuse(value.place, "values are nested deeper than " + std::to_string(depth_max), "flatten the document");
        if (++nodes_ > nodes_max)
            return refuse(value.place, "the document has more than " + std::to_string(nodes_max) + " values", "split it");
        switch (node.type()) {
            case toml::node_type::table: return table(*node.as_table(), std::move(value), depth);
            case toml::node_type::array: return array(*node.as_array(), std::move(value), depth);
            case toml::node_type::string: return scalar(std::move(value), Kind::string, node.as_string()->get());
            case toml::node_type::integer: return scalar(std::move(value), Kind::number, std::to_string(node.as_integer()->get()));
            case toml::node_type::boolean: return scalar(std::move(value), Kind::boolean, node.as_boolean()->get() ? "true" : "false");
            case toml::node_type::floating_point:
                return refuse(value.place, "a floating-point number cannot be read exactly", "write it as a string, such as \"0.05\"");
            default: return refuse(value.place, "dates and times are not used here", "write it as a string");
        }
    }

private:
    static Value scalar(Value value, Kind kind, std::string text) {
        value.kind = kind;
        value.text = std::move(text);
        return value;
    }

    tl::unexpected<Error> refuse(Place place, std::string what, std::string cure) const {
        return tl::unexpected<Error>(Error{to_string(file_, place), std::move(what), std::move(cure)});
    }

    Result<Value> array(const toml::array& array, Value value, int depth) {
        value.kind = Kind::array;
        for (const toml::node& node : array) {
            auto item = convert(node, depth + 1);
            if (!item) return item;
            value.items.push_back(std::move(*item));
        }
        return value;
    }

    Result<Value> table(const toml::table& table, Value value, int depth) {
        value.kind = Kind::object;
        for (const auto& [key, node] : table) {
            if (key.str().find('\0') != std::string_view::npos)
                return refuse(place_of(key.source()), "the key holds an escaped NUL", "remove \\u0000");
            auto member = convert(node, depth + 1);
            if (!member) return member;
            if (member->is(Kind::string) && member->text.find('\0') != std::string::npos)
                return refuse(member->place, "the string holds an escaped NUL", "remove \\u0000");
            value.members.push_back({std::string(key.str()), place_of(key.source()), std::move(*member)});
        }
        std::sort(value.members.begin(), value.members.end(), [](const Member& a, const Member& b) {
            return std::tie(a.place, a.key) < std::tie(b.place, b.key);
        });
        return value;
    }

    std::string_view file_;
    std::size_t nodes_ = 0;
};

/// Whether toml++ breaks one of its assertions on the source.
bool gives_up(std::string_view source) {
    try {
        static_cast<void>(toml::parse(source));
    } catch (const ParserGaveUp&) {
        return true;
    } catch (const toml::parse_error&) {
    }
    return false;
}

/// toml++ reads forward, so the line at which it gives up is the first whose end makes it do so: found by halving.
Error refusal_of_unknown_place(std::string_view source, std::string_view file) {
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < source.size(); ++at)
        if (source[at] == '\n' || at + 1 == source.size()) ends.push_back(at + 1);
    const auto line = std::partition_point(ends.begin(), ends.end(), [&](std::size_t end) { return !gives_up(source.substr(0, end)); });
    const auto number = static_cast<std::uint32_t>(line - ends.begin()) + 1;
    return {to_string(file, {number, 1}), "the line is no TOML", "write it as TOML 1.0 asks"};
}

}  // namespace

Result<Value> parse_toml(std::string_view source, std::string_view file) {
    if (auto checked = check_source(source, file); !checked) return fail(std::move(checked.error()));
    if (const auto at = DepthScan(source).too_deep()) {
        return fail(Error{to_string(file, Locator(source).at(*at)),
                          "values are nested deeper than " + std::to_string(depth_max), "flatten the document"});
    }
    try {
        const toml::table document = toml::parse(source, file);
        return Converter(file).convert(document, 0);
    } catch (const toml::parse_error& error) {
        return fail(refusal(error, file));
    } catch (const ParserGaveUp&) {
        return fail(refusal_of_unknown_place(source, file));
    } catch (const std::exception& error) {
        return fail(Error{std::string(file), std::string("the document cannot be held: ") + error.what(), "split it"});
    }
}

}  // namespace plimsoll::text
