#include "plimsoll/text/plain.hpp"

#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace plimsoll::text {

namespace {

/// What a string may hold as it stands: printable ASCII but quotes and backslashes.
constexpr std::array<bool, 256> plain_characters = [] {
    std::array<bool, 256> plain{};
    for (int c = ' '; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
    return plain;
}();
bool is_plain(char c) { return plain_characters[static_cast<unsigned char>(c)]; }

/// The first character that is not plain. Eight are looked at in one word: its high bits say which are not, exactly so up to the first of them.
const char* end_of_plain(const char* at, const char* end) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x80 * ones;
    const auto zeros = [](std::uint64_t word) { return (word - ones) & ~word; };
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t control = (word - ' ' * ones) & ~word;
            const std::uint64_t others =
                (word | zeros(word ^ '"' * ones) | zeros(word ^ '\\' * ones) | zeros(word ^ 0x7F * ones) | control) & highs;
            if (others != 0) return at + std::countr_zero(others) / 8;
        }
    }
    while (at != end && is_plain(*at)) ++at;
    return at;
}

class Scanner {
public:
    explicit Scanner(std::string_view source) : at_(source.data()), end_(at_ + source.size()) { list_.source = at_; }

    std::optional<PlainList> one() {
        if (object() && ends()) return std::move(list_);
        return std::nullopt;
    }
    std::optional<PlainList> all(std::string_view wanted) {
        std::string_view key;
        list_.members.reserve(static_cast<std::size_t>(end_ - at_) / 16);
        if (!(take('{') && string(key) && key == wanted && take(':') && take('['))) return std::nullopt;
        if (!take(']')) {
            do
                if (!object()) return std::nullopt;
            while (take(','));
            if (!take(']')) return std::nullopt;
        }
        if (take('}') && ends()) return std::move(list_);
        return std::nullopt;
    }

private:
    void skip_blanks() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }
    /// The character that comes next, blanks passed over; it is taken when it is the wanted one.
    bool take(char wanted) {
        if (at_ == end_ || *at_ != wanted) {
            skip_blanks();
            if (at_ == end_ || *at_ != wanted) return false;
        }
        ++at_;
        return true;
    }
    bool ends() {
        skip_blanks();
        return at_ == end_;
    }
    bool string(std::string_view& text) {
        if (!take('"')) return false;
        const char* const end = end_of_plain(at_, end_);
        if (end == end_ || *end != '"') return false;
        text = std::string_view(at_, end);
        at_ = end + 1;
        return true;
    }
    bool scalar(PlainMember& member) {
        if (at_ != end_ && *at_ != '"') skip_blanks();
        std::string_view text;
        if (at_ != end_ && *at_ == '"') {
            member.kind = Kind::string;
            if (!string(text)) return false;
        } else if (!bare(text, member.kind)) {
            return false;
        }
        member.text = offset_of(text);
        member.text_size = static_cast<std::uint32_t>(text.size());
        return true;
    }
    /// A number or a boolean.
    bool bare(std::string_view& text, Kind& kind) {
        const char* end = at_;
        while (end != end_ && is_plain(*end) && *end != ',' && *end != '}' && *end != ' ') ++end;
        text = std::string_view(at_, end);
        at_ = end;
        const bool truth = text == "true" || text == "false";
        kind = truth ? Kind::boolean : Kind::number;
        // An exponent is no figure of ours, and one that is too large makes the whole document none.
        return truth || (is_json_number(text) && text.find_first_of("eE") == std::string_view::npos);
    }
    bool object() {
        const std::size_t begin = list_.members.size();
        if (list_.size() + begin >= nodes_max - 4 || !take('{')) return false;
        std::uint64_t bits = 0;  // of the keys so far
        if (!take('}')) {
            do {
                std::string_view key;
                if (!string(key) || key.size() > 0xFFFF || !take(':')) return false;
                const std::uint64_t bit = bit_of(Key(key).tag());
                if (list_.members.size() - begin == plain_members_max || ((bits & bit) != 0 && has(begin, key))) return false;
                bits |= bit;
                PlainMember member{offset_of(key), 0, 0, static_cast<std::uint16_t>(key.size()), Kind::null};
                if (!scalar(member)) return false;
                list_.members.push_back(member);
            } while (take(','));
            if (!take('}')) return false;
        }
        list_.ends.push_back(static_cast<std::uint32_t>(list_.members.size()));
        return true;
    }
    /// Whether the object that begins at `begin` has the key already.
    bool has(std::size_t begin, std::string_view key) const {
        const PlainObject object(list_.source, std::span(list_.members).subspan(begin));
        for (std::size_t i = 0; i < object.size(); ++i)
            if (object.key(i) == key) return true;
        return false;
    }
    std::uint32_t offset_of(std::string_view text) const { return static_cast<std::uint32_t>(text.data() - list_.source); }

    const char* at_;
    const char* end_;
    PlainList list_;
};

}  // namespace

std::optional<PlainList> read_plain_object(std::string_view source) {
    if (source.size() > source_bytes_max) return std::nullopt;
    return Scanner(source).one();
}

std::optional<PlainList> read_plain_list(std::string_view source, std::string_view key) {
    if (source.size() > source_bytes_max) return std::nullopt;
    return Scanner(source).all(key);
}

std::size_t PlainReader::find(const Key& key) {
    const auto is_it = [&](std::size_t i) { return tags_[i] == key.tag() && Key(object_.key(i)) == key; };
    if (found_ != absent && is_it(found_)) return found_;
    for (std::size_t tried = 0; tried < object_.size(); ++tried) {
        const std::size_t i = next_ < object_.size() ? next_ : next_ = 0;
        ++next_;
        if (!is_it(i)) continue;
        asked_ |= std::uint32_t{1} << i;
        return found_ = i;
    }
    return absent;
}

std::optional<std::int64_t> PlainReader::integer(std::string_view key, std::int64_t min, std::int64_t max, Need need) {
    const std::size_t i = wanted(key, need);
    if (i == absent) return std::nullopt;
    if (object_.kind(i) != Kind::number) return refuse();
    const auto number = parse_decimal(object_.text(i), 0);
    if (!number || *number < min || *number > max) return refuse();
    return *number;
}

std::optional<std::size_t> PlainReader::one_of(std::string_view key, std::initializer_list<std::string_view> names, Need need) {
    const auto word = string(key, need);
    if (!word) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), *word);
    return found != names.end() ? std::optional(static_cast<std::size_t>(found - names.begin())) : refuse();
}

void PlainReader::finish() {
    if (asked_ != (std::uint32_t{1} << object_.size()) - 1) refuse();
}

}  // namespace plimsoll::text
