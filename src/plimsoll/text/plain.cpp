#include "plimsoll/text/plain.hpp"

#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::text {

namespace {

/// What a string may hold as it stands: printable ASCII but quotes and backslashes.
constexpr std::array<bool, 256> plain_characters = [] {
    std::array<bool, 256> plain{};
    for (int c = ' '; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
    return plain;
}();

/// Most keys differ in their length or first letter.
bool same_key(std::string_view a, std::string_view b) { return a.size() == b.size() && (a.empty() || (a.front() == b.front() && a == b)); }

class Scanner {
public:
    explicit Scanner(std::string_view source) : source_(source) {}

    std::optional<PlainList> one() {
        if (object() && ends()) return std::move(list_);
        return std::nullopt;
    }
    std::optional<PlainList> all(std::string_view wanted) {
        std::string_view key;
        list_.members.reserve(source_.size() / 16);
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
        while (at_ < source_.size() && (source_[at_] == ' ' || source_[at_] == '\n' || source_[at_] == '\r' || source_[at_] == '\t')) ++at_;
    }
    /// The character that comes next, blanks passed over; it is taken when it is the wanted one.
    bool take(char wanted) {
        skip_blanks();
        if (at_ == source_.size() || source_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool ends() {
        skip_blanks();
        return at_ == source_.size();
    }
    bool string(std::string_view& text) {
        if (!take('"')) return false;
        const std::size_t begin = at_;
        while (at_ < source_.size() && plain_characters[static_cast<unsigned char>(source_[at_])]) ++at_;
        if (at_ == source_.size() || source_[at_] != '"') return false;
        text = source_.substr(begin, at_++ - begin);
        return true;
    }
    bool scalar(PlainMember& member) {
        skip_blanks();
        if (at_ < source_.size() && source_[at_] == '"') {
            member.kind = Kind::string;
            return string(member.text);
        }
        const std::size_t begin = at_;
        while (at_ < source_.size() && plain_characters[static_cast<unsigned char>(source_[at_])] && source_[at_] != ',' &&
               source_[at_] != '}' && source_[at_] != ' ')
            ++at_;
        member.text = source_.substr(begin, at_ - begin);
        const bool truth = member.text == "true" || member.text == "false";
        member.kind = truth ? Kind::boolean : Kind::number;
        // An exponent is no figure of ours, and one that is too large makes the whole document none.
        return truth || (is_json_number(member.text) && member.text.find_first_of("eE") == std::string_view::npos);
    }
    bool object() {
        const std::size_t begin = list_.members.size();
        if (list_.size() + begin >= nodes_max - 4 || !take('{')) return false;
        if (!take('}')) {
            do {
                PlainMember member;
                if (!string(member.key) || !take(':') || !scalar(member) || twice(begin, member.key)) return false;
                list_.members.push_back(member);
            } while (take(','));
            if (!take('}')) return false;
        }
        list_.ends.push_back(static_cast<std::uint32_t>(list_.members.size()));
        return true;
    }
    /// Whether the object that begins at `begin` has the key already, or too many of them.
    bool twice(std::size_t begin, std::string_view key) const {
        const auto members = std::span(list_.members).subspan(begin);
        return members.size() == plain_members_max ||
               std::any_of(members.begin(), members.end(), [&](const PlainMember& m) { return same_key(m.key, key); });
    }

    std::string_view source_;
    std::size_t at_ = 0;
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

const PlainMember* PlainReader::find(std::string_view key) {
    if (found_ < members_.size() && same_key(members_[found_].key, key)) return &members_[found_];
    for (std::size_t tried = 0; tried < members_.size(); ++tried) {
        const std::size_t i = next_ < members_.size() ? next_ : next_ = 0;
        ++next_;
        if (!same_key(members_[i].key, key)) continue;
        asked_ |= std::uint32_t{1} << i;
        found_ = i;
        return &members_[i];
    }
    return nullptr;
}

const PlainMember* PlainReader::wanted(std::string_view key, Need need) {
    const PlainMember* member = find(key);
    if (member == nullptr && need == Need::required) refuse();
    return member;
}

std::optional<std::string_view> PlainReader::string(std::string_view key, Need need) {
    const PlainMember* member = wanted(key, need);
    if (member == nullptr) return std::nullopt;
    return member->kind == Kind::string ? std::optional(member->text) : refuse();
}

std::optional<bool> PlainReader::boolean(std::string_view key, Need need) {
    const PlainMember* member = wanted(key, need);
    if (member == nullptr) return std::nullopt;
    return member->kind == Kind::boolean ? std::optional(member->text == "true") : refuse();
}

std::optional<std::int64_t> PlainReader::integer(std::string_view key, std::int64_t min, std::int64_t max, Need need) {
    const PlainMember* member = wanted(key, need);
    if (member == nullptr) return std::nullopt;
    if (member->kind != Kind::number) return refuse();
    const auto number = parse_decimal(member->text, 0);
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
    if (asked_ != (std::uint32_t{1} << members_.size()) - 1) refuse();
}

}  // namespace plimsoll::text
