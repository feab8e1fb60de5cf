#include "scenario/line.hpp"

#include "plimsoll/text/source.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace plimsoll::scenario {

void unknown(std::string_view word, std::string_view kind, const std::vector<std::string_view>& known) {
    std::string what = "'" + std::string(word) + "' is no " + std::string(kind);
    if (const std::string_view near = text::nearest(word, known); !near.empty())
        throw Mistake{what + "; did you mean '" + std::string(near) + "'?"};
    what += "; there are:";
    for (const std::string_view k : known) what += ' ' + std::string(k);
    throw Mistake{what};
}

Line::Line(std::string_view text) {
    std::istringstream in{std::string(text)};
    for (std::string word; in >> word;) {
        if (word[0] == '#') break;
        words_.push_back(std::move(word));
    }
}

std::string Line::take(std::string_view what) {
    if (empty()) throw Mistake{"the line ends where " + std::string(what) + " was expected"};
    return words_[next_++];
}
bool Line::take_if(std::string_view word) {
    if (peek() != word) return false;
    ++next_;
    return true;
}
void Line::expect(std::string_view word) {
    const std::string found = take("'" + std::string(word) + "'");
    if (found != word) throw Mistake{"'" + found + "' stands where '" + std::string(word) + "' was expected"};
}
void Line::end() const {
    if (!empty()) throw Mistake{"'" + words_[next_] + "' is too much on this line"};
}

std::optional<std::uint64_t> Line::take_delay() {
    if (empty() || words_.back().size() < 3 || words_.back()[0] != '+') return std::nullopt;
    const std::uint64_t delay = duration(std::string_view(words_.back()).substr(1), "a delay");
    words_.pop_back();
    return delay;
}

std::optional<std::string> Line::take_key(std::string_view key) {
    for (std::size_t i = next_; i < words_.size(); ++i) {
        if (words_[i].size() <= key.size() || words_[i][key.size()] != '=' || !words_[i].starts_with(key)) continue;
        std::string value = words_[i].substr(key.size() + 1);
        words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i));
        return value;
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Line::take_keys() {
    std::vector<std::pair<std::string, std::string>> keys;
    std::vector<std::string> left(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(next_));
    for (std::size_t i = next_; i < words_.size(); ++i) {
        const std::size_t sign = words_[i].find('=');
        if (sign == std::string::npos) left.push_back(words_[i]);
        else keys.emplace_back(words_[i].substr(0, sign), words_[i].substr(sign + 1));
    }
    words_ = std::move(left);
    return keys;
}

std::int64_t decimal(std::string_view text, int digits, std::string_view what) {
    const auto raw = parse_decimal(text, digits);
    if (!raw) throw Mistake{std::string(what) + ": " + describe(raw.error(), text, digits).what};
    return *raw;
}
Decimal free_decimal(std::string_view text, std::string_view what) {
    const auto value = parse_decimal_free(text);
    if (!value) throw Mistake{std::string(what) + ": " + describe(value.error(), text, digits_max).what};
    return *value;
}
Rate rate(std::string_view text, std::string_view what) { return Rate::from_raw(decimal(text, rate_digits, what)); }

std::uint32_t whole(std::string_view text, std::string_view what) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        throw Mistake{std::string(what) + ": '" + std::string(text) + "' is no whole number"};
    return value;
}

std::uint64_t duration(std::string_view text, std::string_view what) {
    constexpr std::pair<std::string_view, std::uint64_t> units[] = {
        {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    for (const auto& [unit, ms] : units)
        if (text.size() > unit.size() && text.ends_with(unit) && text[text.size() - unit.size() - 1] <= '9')
            return ms * whole(text.substr(0, text.size() - unit.size()), what);
    throw Mistake{std::string(what) + ": '" + std::string(text) + "' is no duration; write 250ms, 5s, 2m, 1h or 1d"};
}

bool yes_or_no(std::string_view text, std::string_view what) {
    if (text == "yes") return true;
    if (text == "no") return false;
    throw Mistake{std::string(what) + ": say yes or no, not '" + std::string(text) + "'"};
}

std::vector<std::string> split(std::string_view text, char by) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == by) parts.emplace_back();
        else parts.back() += c;
    }
    return parts;
}

std::vector<Row> rows(std::string_view text, std::string_view what) {
    std::vector<Row> made;
    for (const std::string& item : split(text, ',')) {
        const auto parts = split(item, ':');
        if (parts.size() != 2) throw Mistake{std::string(what) + ": write FROM:RATE,FROM:RATE, not '" + item + "'"};
        made.push_back({free_decimal(parts[0], what), Fraction::from_rate(rate(parts[1], what))});
    }
    return made;
}

}  // namespace plimsoll::scenario
