// One vector on its way through the product: what its inputs say, and what the product answered.
#pragma once

#include "plimsoll/conformance/vector.hpp"
#include "plimsoll/schedule/finding.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::conformance {

/// Why a vector was not compared.
enum class Stop : std::uint8_t {
    none,
    malformed,       // the inputs are not what the kind needs
    not_expressible, // the venue does what our data refuses to say
    outside_scope,   // the vector is about something that is no margin requirement
    needs_data,      // it refers to a table that is not at hand
};

/// One answered figure. `unit` is the venue's last place of this figure: the most by which rounding may differ.
struct Answered {
    std::string name;
    std::string got;
    std::optional<Exact> number;  // absent for words
    Exact unit;
};

/// A figure that is expected and was deliberately not answered.
struct LeftOut {
    std::string name;
    std::string reason;
};

class Translation;

/// Reads one object of a vector's inputs; the first fault stops the translation with its place. After a fault every answer
/// is a zero or an empty word, so translators read first and ask afterwards.
class Inputs {
public:
    Inputs(Translation& translation, const text::Value& value, std::string path)
        : translation_(&translation), value_(&value), path_(std::move(path)) {}

    const text::Value& value() const { return *value_; }
    /// Present and not null.
    bool has(std::string_view key) const;
    Exact number(std::string_view key) const;
    Exact number_or(std::string_view key, std::string_view fallback) const;
    std::string word(std::string_view key) const;
    std::string word_or(std::string_view key, std::string_view fallback) const;
    bool truth(std::string_view key, bool fallback = false) const;
    Inputs object(std::string_view key) const;
    std::vector<Inputs> list(std::string_view key) const;
    std::vector<std::pair<std::string, Inputs>> members() const;
    void fault(std::string_view key, std::string what) const;

private:
    const text::Value* find(std::string_view key) const;
    std::string path_of(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }

    Translation* translation_;
    const text::Value* value_;
    std::string path_;
};

class Translation {
public:
    Translation(const Vector& vector, std::string data_root) : vector_(vector), data_root_(std::move(data_root)) {}

    const Vector& vector() const { return vector_; }
    Inputs in() { return Inputs(*this, vector_.inputs, "inputs"); }
    bool expects(std::string_view field) const { return vector_.expected.find(field) != nullptr; }

    void answer(std::string name, const Exact& got, Exact unit = Exact());
    void answer_word(std::string name, std::string got);
    /// A figure of the venue's own working that is no answer of ours.
    void leave_out(std::string name, std::string reason);

    void stop(Stop why, std::string reason);
    void not_expressible(std::string reason) { stop(Stop::not_expressible, std::move(reason)); }
    void outside(std::string reason) { stop(Stop::outside_scope, std::move(reason)); }
    /// The data was refused when it was loaded: the first error says why.
    void refused(const Findings& findings);
    bool stopped() const { return stop_ != Stop::none; }
    Stop why() const { return stop_; }
    const std::string& reason() const { return reason_; }

    const std::vector<Answered>& answers() const { return answers_; }
    const std::vector<LeftOut>& left_out() const { return left_out_; }

    // Into the product's types; what does not fit stops the translation as not expressible.
    Decimal decimal(const Exact& value);
    Rate rate(const Exact& value);          // exact at 10^-9
    Rate rate_up(const Exact& value);       // finer digits rounded up
    Fraction fraction(const Exact& value) { return Fraction::from_rate(rate(value)); }
    /// 1 / leverage, exact; leverage with at most two decimals.
    Fraction one_over(const Exact& leverage);
    Wide raw(const Exact& value, int digits);
    std::int64_t raw64(const Exact& value, int digits);

    /// A count of decimal places from -18 to 18; what lies beyond stops the translation and is 0.
    int power_of_ten(const Exact& places);
    /// a / b toward zero, for showing an amount per unit as a rate; b of 0 stops the translation.
    Exact per_unit(const Exact& a, const Exact& b, int decimals = 30);

    /// The document of a table that a vector refers to, found beside the vector's file or one of the folders above it, or
    /// in the data root.
    std::optional<std::string> referred(std::string_view path);

private:
    const Vector& vector_;
    std::string data_root_;
    std::vector<Answered> answers_;
    std::vector<LeftOut> left_out_;
    Stop stop_ = Stop::none;
    std::string reason_;
};

}  // namespace plimsoll::conformance
