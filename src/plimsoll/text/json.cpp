// Boost.JSON checks the grammar and decodes the strings; places and number text are ours: a second cursor walks the
// source in step with the events and only ever sees text that the grammar has already accepted.
#include "plimsoll/text/json.hpp"

#include "plimsoll/base/assert.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <tuple>

namespace plimsoll::text {

namespace {

using boost::json::error_code;

class Builder {
public:
    static constexpr std::size_t max_object_size = nodes_max;
    static constexpr std::size_t max_array_size = nodes_max;
    static constexpr std::size_t max_key_size = source_bytes_max;
    static constexpr std::size_t max_string_size = source_bytes_max;

    /// Reads the document that starts at `start`; places count from the start of the source, by the locator that the
    /// documents of one sequence share, since it only moves forward.
    Builder(std::string_view source, std::string_view file, Locator& locator, std::size_t start)
        : source_(source), file_(file), locator_(locator), cursor_(start) {}

    Value take() { return std::move(root_); }
    std::optional<Error>& error() { return error_; }

    // The names below are the ones that boost::json::basic_parser calls.
    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& ec) { return open(Kind::object, ec); }
    bool on_array_begin(error_code& ec) { return open(Kind::array, ec); }
    bool on_object_end(std::size_t, error_code& ec) { return close(ec); }
    bool on_array_end(std::size_t, error_code& ec) { return close(ec); }
    bool on_key_part(std::string_view part, std::size_t, error_code&) { return part_(part); }
    bool on_string_part(std::string_view part, std::size_t, error_code&) { return part_(part); }
    bool on_number_part(std::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, std::string_view, error_code& ec) { return number(ec); }
    bool on_uint64(std::uint64_t, std::string_view, error_code& ec) { return number(ec); }
    bool on_double(double, std::string_view, error_code& ec) { return number(ec); }
    bool on_bool(bool truth, error_code& ec) { return add(Kind::boolean, truth ? "true" : "false", ec); }
    bool on_null(error_code& ec) { return add(Kind::null, {}, ec); }
    bool on_comment_part(std::string_view, error_code&) { return true; }
    bool on_comment(std::string_view, error_code&) { return true; }

    bool on_key(std::string_view part, std::size_t, error_code& ec) {
        pending_.append(part);
        key_place_ = next_token();
        if (!clean(ec)) return false;
        key_ = std::move(pending_);
        pending_.clear();
        return true;
    }

    bool on_string(std::string_view part, std::size_t, error_code& ec) {
        pending_.append(part);
        const bool added = add(Kind::string, {}, ec);
        if (!added || !clean(ec)) return false;
        last_->text = std::move(pending_);
        pending_.clear();
        return true;
    }

private:
    bool part_(std::string_view part) {
        pending_.append(part);
        return true;
    }

    bool number(error_code& ec) {
        if (!add(Kind::number, {}, ec)) return false;
        last_->text = source_.substr(token_, cursor_ - token_);
        return true;
    }

    bool refuse(Place place, std::string what, std::string cure, error_code& ec) {
        error_ = Error{to_string(file_, place), std::move(what), std::move(cure)};
        ec = boost::json::error::exception;
        return false;
    }

    /// An escaped NUL would end the text early in whatever reads it as a C string.
    bool clean(error_code& ec) {
        if (pending_.find('\0') == std::string::npos) return true;
        return refuse(locator_.at(token_), "the string holds an escaped NUL", "remove \\u0000", ec);
    }

    static bool is_between(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':'; }

    /// Moves over one token and returns where it starts.
    Place next_token() {
        while (cursor_ < source_.size() && is_between(source_[cursor_])) ++cursor_;
        token_ = cursor_;
        if (cursor_ == source_.size()) return locator_.at(token_);
        const char first = source_[cursor_++];
        if (first == '"') {
            while (cursor_ < source_.size() && source_[cursor_] != '"') cursor_ += source_[cursor_] == '\\' ? 2 : 1;
            cursor_ = std::min(cursor_ + 1, source_.size());
        } else if (first != '{' && first != '}' && first != '[' && first != ']') {
            const auto ends = [](char c) { return is_between(c) || c == ']' || c == '}'; };
            while (cursor_ < source_.size() && !ends(source_[cursor_])) ++cursor_;
        }
        return locator_.at(token_);
    }

    bool add(Kind kind, std::string text, error_code& ec) {
        const Place place = next_token();
        if (++nodes_ > nodes_max)
            return refuse(place, "the document has more than " + std::to_string(nodes_max) + " values", "split it", ec);
        Value value;
        value.kind = kind;
        value.place = place;
        value.text = std::move(text);
        if (open_.empty()) {
            root_ = std::move(value);
            last_ = &root_;
        } else if (open_.back()->kind == Kind::array) {
            last_ = &open_.back()->items.emplace_back(std::move(value));
        } else {
            last_ = &open_.back()->members.emplace_back(Member{std::move(key_), key_place_, std::move(value)}).value;
        }
        return true;
    }

    bool open(Kind kind, error_code& ec) {
        if (!add(kind, {}, ec)) return false;
        // The rows of a list are mostly alike. So much room is never more than what the document has already asked for.
        if (kind == Kind::object && !open_.empty() && open_.back()->items.size() > 1) last_->members.reserve((last_ - 1)->members.size());
        open_.push_back(last_);  // stays valid: a parent grows again only after this one is closed
        return true;
    }

    bool close(error_code& ec) {
        next_token();
        const Value& done = *open_.back();
        open_.pop_back();
        return done.kind != Kind::object || keys_differ(done, ec);
    }

    /// Few keys are compared each with each, which takes no memory.
    static bool few_and_different(const std::vector<Member>& members) {
        if (members.size() > 16) return false;
        for (std::size_t i = 1; i < members.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (members[i].key == members[j].key) return false;
        return true;
    }

    bool keys_differ(const Value& object, error_code& ec) {
        if (few_and_different(object.members)) return true;
        std::vector<const Member*> sorted;
        sorted.reserve(object.members.size());
        for (const Member& member : object.members) sorted.push_back(&member);
        std::sort(sorted.begin(), sorted.end(),
                  [](const Member* a, const Member* b) { return std::tie(a->key, a->place) < std::tie(b->key, b->place); });
        const auto twice =
            std::adjacent_find(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->key == b->key; });
        if (twice == sorted.end()) return true;
        const Member& second = **(twice + 1);
        return refuse(second.place, "key '" + shown(second.key) + "' is given twice, first on line " + std::to_string((*twice)->place.line),
                      "keep one of them", ec);
    }

    std::string_view source_;
    std::string_view file_;
    Locator& locator_;
    std::size_t cursor_;
    std::size_t token_ = 0;
    std::size_t nodes_ = 0;
    std::string pending_;  // pieces of the string being read
    std::string key_;
    Place key_place_;
    Value root_;
    Value* last_ = nullptr;
    std::vector<Value*> open_;
    std::optional<Error> error_;
};

struct Complaint {
    std::string what;
    std::string cure;
};

Complaint complaint(const error_code& ec, std::string_view rest) {
    using boost::json::error;
    if (ec == error::incomplete || rest.empty()) return {"the document ends in the middle of a value", "is it cut off? close what is open"};
    if (ec == error::too_deep) return {"values are nested deeper than " + std::to_string(depth_max), "flatten the document"};
    if (ec == error::exponent_overflow) return {"the exponent is too large", "write the digits out"};
    if (ec == error::illegal_leading_surrogate || ec == error::illegal_trailing_surrogate || ec == error::expected_utf16_escape)
        return {"half of a UTF-16 pair stands alone", "write the character itself, as UTF-8"};
    if (ec == error::expected_hex_digit) return {"an escape \\u lacks one of its four hexadecimal digits", "write the character itself"};
    return {"unexpected '" + shown(rest.substr(0, 1)) + "'", "JSON has no comments, trailing commas, single quotes or NaN"};
}

/// Reads the value that starts at `at` and moves `at` behind it and the blanks after it.
Result<Value> parse_one(std::string_view source, std::string_view file, Locator& locator, std::size_t& at) {
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::json::basic_parser<Builder> parser(options, source, file, locator, at);
    error_code ec;
    at += parser.write_some(false, source.data() + at, source.size() - at, ec);
    if (auto& error = parser.handler().error()) return fail(std::move(*error));
    if (ec) {
        if (source.find_first_not_of(" \t\r\n") == std::string_view::npos)
            return fail(Error{std::string(file), "the document is empty", "write a JSON value"});
        auto [what, cure] = complaint(ec, source.substr(at));
        return fail(Error{to_string(file, locator.at(at)), std::move(what), std::move(cure)});
    }
    return parser.handler().take();
}

Result<std::vector<Value>> parse(std::string_view source, std::string_view file, std::size_t documents_max) {
    if (auto checked = check_source(source, file); !checked) return fail(std::move(checked.error()));
    try {
        std::vector<Value> documents;
        Locator locator(source);
        std::size_t at = 0;
        do {
            if (documents.size() == documents_max) {
                return fail(
                    Error{to_string(file, locator.at(at)), "text goes on after the document's end",
                          "keep at most " + std::to_string(documents_max) + " JSON value" + (documents_max == 1 ? "" : "s") + " here"});
            }
            auto document = parse_one(source, file, locator, at);
            if (!document) return fail(std::move(document.error()));
            documents.push_back(std::move(*document));
        } while (at < source.size());
        return documents;
    } catch (const std::exception& error) {  // memory; the parser itself throws nothing
        return fail(Error{std::string(file), std::string("the document cannot be held: ") + error.what(), "split it"});
    }
}

}  // namespace

Result<Value> parse_json(std::string_view source, std::string_view file) {
    return parse(source, file, 1).map([](std::vector<Value> documents) { return std::move(documents.front()); });
}

Result<std::vector<Value>> parse_json_sequence(std::string_view source, std::string_view file) {
    return parse(source, file, documents_max);
}

bool is_json_number(std::string_view text) {
    std::size_t at = text.substr(0, 1) == "-" ? 1 : 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - from;
    };
    const std::size_t whole = at;
    const std::size_t count = digits();
    if (count == 0 || (count > 1 && text[whole] == '0')) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

}  // namespace plimsoll::text
