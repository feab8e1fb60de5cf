#include "plimsoll/stress/price_source.hpp"

#include "plimsoll/money/wide.hpp"

#include <algorithm>
#include <vector>

namespace plimsoll::stress {

namespace {

constexpr int nested_max = 16;

bool less(const Decimal& a, const Decimal& b) {
    const int digits = std::max(a.digits, b.digits);
    return Wide{a.raw} * pow10(digits - a.digits) < Wide{b.raw} * pow10(digits - b.digits);
}

/// A recursive-descent reader that evaluates as it goes.
class Rule {
public:
    Rule(std::string_view text, const PriceSources& sources) : text_(text), sources_(sources) {}

    Result<Decimal, std::string> run() {
        const Decimal value = product(0);
        skip();
        if (fault_.empty() && at_ != text_.size()) refuse("something follows the rule");
        if (!fault_.empty()) return fail(fault_);
        return value;
    }

private:
    void refuse(const std::string& why) {
        if (fault_.empty()) fault_ = "price rule '" + std::string(text_) + "': " + why + " (character " + std::to_string(at_ + 1) + ")";
    }
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string word() {
        skip();
        const std::size_t start = at_;
        const auto part = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        };
        while (at_ < text_.size() && part(text_[at_])) ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    Decimal product(int depth) {
        Decimal value = factor(depth);
        while (fault_.empty() && take('*')) {
            const Decimal other = factor(depth);
            const Wide raw = Wide{value.raw} * other.raw;
            if (!fits_int64(raw) || value.digits + other.digits > digits_max) {
                refuse("the product is out of range");
                return {};
            }
            value = {static_cast<std::int64_t>(raw), value.digits + other.digits};
        }
        return value;
    }

    Decimal factor(int depth) {
        if (depth > nested_max) {
            refuse("nested too deep");
            return {};
        }
        const std::string name = word();
        if (take('(')) return call(name, depth);
        if (const auto number = parse_decimal_free(name)) return *number;
        const auto source = sources_.find(name);
        if (source != sources_.end()) return source->second;
        refuse(name.empty() ? "a name or a number is expected" : "there is no source '" + name + "'");
        return {};
    }

    Decimal call(const std::string& name, int depth) {
        std::vector<Decimal> values;
        do values.push_back(product(depth + 1));
        while (fault_.empty() && take(','));
        if (fault_.empty() && !take(')')) refuse("')' is missing");
        if (!fault_.empty()) return {};
        if (name == "min") return *std::min_element(values.begin(), values.end(), less);
        if (name == "max") return *std::max_element(values.begin(), values.end(), less);
        if (name == "clamp" && values.size() == 3)
            return less(values[0], values[1]) ? values[1] : less(values[2], values[0]) ? values[2] : values[0];
        if (name == "median" && values.size() % 2 == 1) {
            std::sort(values.begin(), values.end(), less);
            return values[values.size() / 2];
        }
        refuse("'" + name + "' is no function of " + std::to_string(values.size()) + " values");
        return {};
    }

    std::string_view text_;
    const PriceSources& sources_;
    std::size_t at_ = 0;
    std::string fault_;
};

}  // namespace

Result<Decimal, std::string> choose_price(std::string_view rule, const PriceSources& sources) { return Rule(rule, sources).run(); }

}  // namespace plimsoll::stress
