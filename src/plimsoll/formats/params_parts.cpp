// Schedules from TOML tables, and the small readers that they share with the rest of a parameter file.
#include "plimsoll/formats/params_parts.hpp"

namespace plimsoll::formats {

using text::Issues;
using text::Kind;
using text::Need;
using text::ObjectReader;
using text::Value;

namespace {

constexpr std::int64_t leverage_decimals_max = 2;

std::string at_path(std::string_view path) { return path.empty() ? "" : std::string(path) + ": "; }

std::optional<Fraction> quotient(const Value& value, std::size_t stroke, std::string_view path, Issues& issues) {
    const std::string_view text = value.text;
    const auto top = parse_decimal(text.substr(0, stroke), rate_digits);
    const auto bottom = parse_decimal(text.substr(stroke + 1), 0);
    if (top && bottom && *bottom > 0) return Fraction{*top, *bottom};
    issues.add(value.place, at_path(path) + "'" + text::shown(text) + "' is no fraction",
               "write a decimal, a stroke and a whole number above 0, such as \"2/3\"");
    return std::nullopt;
}

class ScheduleReader {
public:
    explicit ScheduleReader(Issues& issues) : issues_(issues) {}

    Schedule read(const Value& value, std::size_t number) {
        Schedule schedule;
        ObjectReader table(value, table_path("schedule", value, "id", number), issues_);
        schedule.id = table.string("id").value_or("");
        if (table.has("id") && schedule.id.empty()) table.issue("id", "the id is empty", "give the schedule a name");
        schedule.version = static_cast<std::uint32_t>(table.integer("version", 1, 4'294'967'295, Need::optional).value_or(1));
        level(table, "initial", Need::required, schedule.initial);
        level(table, "maintenance", Need::required, schedule.maintenance);
        level(table, "closeout", Need::optional, schedule.closeout);
        clamp(table, schedule.clamp);
        caps(table, schedule.caps);
        table.finish();
        return schedule;
    }

private:
    void level(ObjectReader& parent, std::string_view name, Need need, LevelRule& rule) {
        auto table = parent.object(name, need);
        if (!table) return;
        const bool is_initial = name == words::of(Level::initial);
        if (!is_initial) rule.of_initial = read_fraction(*table, "of_initial", Need::optional, issues_);
        const bool derived = !is_initial && table->has("of_initial");
        if (derived) {
            rule.modulated = table->boolean("modulated", Need::optional).value_or(true);
        } else {
            rule.combine = read_word<Combine>(*table, "combine", words::combines, Need::optional, issues_).value_or(Combine::max);
        }
        const auto terms = read_tables(*table, "term", issues_);
        for (std::size_t i = 0; i < terms.size(); ++i)
            rule.terms.push_back(term(terms[i], table->path() + ".term " + std::to_string(i + 1)));
        if (derived && !terms.empty()) table->issue("term", "the level is a fraction of initial and has terms", "keep one of the two");
        if (!derived && !table->has("term"))
            table->issue("term", "the level has no term",
                         is_initial ? "add a [[schedule.initial.term]]"
                                    : "add a [[schedule." + std::string(name) + ".term]] or of_initial = \"0.5\"");
        table->finish();
    }

    Term term(const Value& value, const std::string& path) {
        Term term;
        ObjectReader table(value, path, issues_);
        axis(table, term.axis);
        curve(table, term);
        const auto modulators = read_tables(table, "modulator", issues_);
        for (std::size_t i = 0; i < modulators.size(); ++i)
            term.modulators.push_back(modulator(modulators[i], path + ".modulator " + std::to_string(i + 1)));
        table.finish();
        return term;
    }

    void axis(ObjectReader& table, Axis& axis) {
        const auto text = table.string("axis", Need::optional);
        if (!text) return;
        const auto found = words::axis_from(*text);
        if (found) axis = *found;
        else table.issue("axis", "'" + text::shown(*text) + "' is no axis", "known are " + words::axis_list());
    }

    void curve(ObjectReader& table, Term& term) {
        Curve& curve = term.curve;
        const auto kind = read_word<CurveKind>(table, "curve", words::curves, Need::required, issues_);
        // How a curve is applied decides as much as its rates, so it is never guessed where it makes a difference.
        const Need need = kind.value_or(CurveKind::flat) == CurveKind::flat ? Need::optional : Need::required;
        term.application = read_word<Application>(table, "apply", words::applications, need, issues_).value_or(Application::marginal);
        if (!kind) return skip_curve_keys(table);
        curve.kind = *kind;
        switch (curve.kind) {
            case CurveKind::flat: curve.base = read_rate(table, issues_).value_or(Fraction{}); break;
            case CurveKind::linear:
                base_and_origin(table, curve);
                curve.slope = table.decimal("slope").value_or(Decimal{});
                break;
            case CurveKind::steps:
                base_and_origin(table, curve);
                curve.step = read_fraction(table, "step", Need::required, issues_).value_or(Fraction{});
                curve.width = table.decimal("width").value_or(Decimal{});
                break;
            case CurveKind::root:
            case CurveKind::power_four_fifths: curve.factor = table.decimal("factor").value_or(Decimal{}); break;
            case CurveKind::brackets:
                curve.edge = read_word<EdgeRule>(table, "edge", words::edges, Need::optional, issues_).value_or(EdgeRule::lower_row);
                rows(table, curve);
                break;
            case CurveKind::knots: rows(table, curve); break;
        }
    }

    /// A curve of unknown kind: its keys may be right, so they are not called unknown.
    void skip_curve_keys(ObjectReader& table) {
        for (const char* key : {"rate", "leverage", "base", "origin", "slope", "step", "width", "factor", "edge", "rows"}) table.has(key);
    }

    void base_and_origin(ObjectReader& table, Curve& curve) {
        curve.base = read_fraction(table, "base", Need::required, issues_).value_or(Fraction{});
        curve.origin = table.decimal("origin", Need::optional).value_or(Decimal{});
    }

    void rows(ObjectReader& table, Curve& curve) {
        const auto rows = table.array("rows");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            ObjectReader row(rows[i], table.path() + ".row " + std::to_string(i + 1), issues_);
            const auto from = row.decimal("from");
            const auto rate = read_rate(row, issues_);
            row.finish();
            curve.rows.push_back({from.value_or(Decimal{}), rate.value_or(Fraction{})});
        }
    }

    Modulator modulator(const Value& value, const std::string& path) {
        Modulator modulator;
        ObjectReader table(value, path, issues_);
        modulator.input =
            read_word<ModulatorInput>(table, "input", words::inputs, Need::required, issues_).value_or(ModulatorInput::open_interest);
        modulator.effect =
            read_word<ModulatorEffect>(table, "effect", words::effects, Need::required, issues_).value_or(ModulatorEffect::lift);
        modulator.from = table.decimal("from").value_or(Decimal{});
        modulator.to = table.decimal("to").value_or(Decimal{});
        if (modulator.effect == ModulatorEffect::multiply)
            modulator.multiplier = read_plain_rate(table, "multiplier", Need::required).value_or(hundred_percent);
        else if (table.has("multiplier"))
            table.issue("multiplier", "a lift goes toward 100 % and has no multiplier", "remove it, or write effect = \"multiply\"");
        table.finish();
        return modulator;
    }

    void clamp(ObjectReader& parent, Clamp& clamp) {
        auto table = parent.object("clamp", Need::optional);
        if (!table) return;
        clamp.floor = read_fraction(*table, "floor", Need::optional, issues_).value_or(clamp.floor);
        clamp.cap = read_fraction(*table, "cap", Need::optional, issues_).value_or(clamp.cap);
        clamp.cap_short = read_fraction(*table, "cap_short", Need::optional, issues_);
        clamp.minimum = table->decimal("minimum", Need::optional).value_or(clamp.minimum);
        table->finish();
    }

    void caps(ObjectReader& parent, Caps& caps) {
        auto table = parent.object("caps", Need::optional);
        if (!table) return;
        caps.position = table->decimal("position", Need::optional);
        caps.group = table->decimal("group", Need::optional);
        caps.open_interest = table->decimal("open_interest", Need::optional);
        caps.open_interest_market_cap = read_fraction(*table, "open_interest_market_cap", Need::optional, issues_);
        caps.leverage_caps_size = table->boolean("leverage_caps_size", Need::optional).value_or(false);
        table->finish();
    }

    Issues& issues_;
};

}  // namespace

std::optional<Fraction> read_fraction(const Value& value, std::string_view path, Issues& issues) {
    if (value.is(Kind::string)) {
        if (const std::size_t stroke = value.text.find('/'); stroke != std::string::npos) return quotient(value, stroke, path, issues);
        if (value.text.find('%') != std::string::npos) {
            issues.add(value.place, at_path(path) + "'" + text::shown(value.text) + "' is a percentage",
                       "write a decimal: 5 % is \"0.05\"");
            return std::nullopt;
        }
    }
    const auto raw = text::read_count(value, path, rate_digits, issues);
    return raw ? std::optional(Fraction{*raw, 1}) : std::nullopt;
}

std::optional<Fraction> read_fraction(ObjectReader& table, std::string_view key, Need need, Issues& issues) {
    const Value* value = table.get(key, need);
    return value == nullptr ? std::nullopt : read_fraction(*value, table.path_of(key), issues);
}

std::optional<std::int64_t> read_leverage_hundredths(const Value& value, std::string_view path, Issues& issues) {
    const auto raw = text::read_count(value, path, leverage_decimals_max, issues);
    if (!raw) return std::nullopt;
    if (*raw > 0) return raw;
    issues.add(value.place, at_path(path) + "a leverage of " + text::shown(value.text) + " cannot be",
               "write a figure above 0, such as \"20\"");
    return std::nullopt;
}

std::optional<Fraction> read_rate(ObjectReader& table, Issues& issues) {
    const Value* rate = table.get("rate", Need::optional);
    const Value* leverage = table.get("leverage", Need::optional);
    if (rate != nullptr && leverage != nullptr)
        table.issue("leverage", "the rate is given twice, as rate and as leverage", "keep one of the two");
    if (rate != nullptr) return read_fraction(*rate, table.path_of("rate"), issues);
    if (leverage == nullptr) {
        if (table.is_object()) table.issue("rate", "the rate is missing", "add rate = \"0.05\" or leverage = \"20\"");
        return std::nullopt;
    }
    const auto hundredths = read_leverage_hundredths(*leverage, table.path_of("leverage"), issues);
    if (!hundredths) return std::nullopt;
    // As few digits as the leverage needs: 20 is 10^9 / 20, 3.5 is 10^10 / 35.
    Fraction fraction{rate_one * 100, *hundredths};
    for (int i = 0; i < leverage_decimals_max && fraction.denominator % 10 == 0; ++i) {
        fraction.numerator /= 10;
        fraction.denominator /= 10;
    }
    return fraction;
}

std::optional<std::uint64_t> read_natural(ObjectReader& table, std::string_view key, std::uint64_t most, Need need) {
    const auto number = table.integer(key, 0, static_cast<std::int64_t>(most), need);
    return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

std::optional<std::size_t> read_word_index(const Value& value, std::string_view path, words::Table words, Issues& issues) {
    const auto word = text::read_string(value, path, issues);
    if (!word) return std::nullopt;
    std::string all;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == *word) return i;
        all += (all.empty() ? "'" : ", '") + std::string(words[i]) + "'";
    }
    const std::string_view near = text::nearest(*word, {words.begin(), words.end()});
    issues.add(value.place, at_path(path) + "'" + text::shown(*word) + "' is not known here",
               near.empty() ? "write one of " + all : "did you mean '" + std::string(near) + "'? known are " + all);
    return std::nullopt;
}

std::optional<Rate> read_plain_rate(ObjectReader& table, std::string_view key, Need need) {
    return table.count<Rate>(key, rate_digits, need);
}

Schedule read_schedule(const Value& value, std::size_t number, Issues& issues) { return ScheduleReader(issues).read(value, number); }

std::string table_path(std::string_view kind, const Value& value, std::string_view name_key, std::size_t number) {
    const Value* name = value.find(name_key);
    const bool named = name != nullptr && name->is(Kind::string) && !name->text.empty();
    return std::string(kind) + " " + (named ? text::shown(name->text) : std::to_string(number));
}

std::span<const Value> read_tables(ObjectReader& parent, std::string_view key, Issues& issues) {
    const Value* value = parent.get(key, Need::optional);
    if (value == nullptr) return {};
    if (value->is(Kind::array)) return value->items;
    const std::string name = parent.path_of(key);
    issues.add(value->place, at_path(name) + "there may be several of these", "write [[...]] with two brackets instead of [...]");
    return {};
}

}  // namespace plimsoll::formats
