#include "plimsoll/params/diff_schedule.hpp"

#include "plimsoll/params/figures.hpp"
#include "plimsoll/params/words.hpp"

#include <algorithm>

namespace plimsoll {

Direction direction_of(Sense sense, bool rises) {
    switch (sense) {
        case Sense::neutral: return Direction::neutral;
        case Sense::up_is_tighter: return rises ? Direction::tighter : Direction::looser;
        case Sense::down_is_tighter: return rises ? Direction::looser : Direction::tighter;
        case Sense::unclear: break;
    }
    return Direction::mixed;
}

namespace {

std::string ramp_text(const Modulator& m) { return grouped(m.from) + "–" + grouped(m.to); }

std::string input_text(ModulatorInput input) {
    std::string text(words::of(input));
    std::replace(text.begin(), text.end(), '-', ' ');
    return text;
}

std::string curve_text(const Term& term) {
    const Curve& c = term.curve;
    std::string text = std::string(words::of(c.kind)) + " on " + words::of(term.axis);
    switch (c.kind) {
        case CurveKind::flat: return text + ", " + percent_text(c.base);
        case CurveKind::linear: return text + ", " + percent_text(c.base) + " + " + to_text(c.slope) + " per unit";
        case CurveKind::steps: return text + ", " + percent_text(c.base) + " + " + percent_text(c.step) + " per " + grouped(c.width);
        case CurveKind::root:
        case CurveKind::power_four_fifths: return text + ", factor " + to_text(c.factor);
        case CurveKind::brackets:
        case CurveKind::knots: break;
    }
    return text + ", " + std::to_string(c.rows.size()) + " rows";
}

std::string level_text(const LevelRule& rule) {
    if (rule.of_initial) return percent_text(*rule.of_initial) + " of initial";
    if (rule.terms.empty()) return "as maintenance";
    std::string text;
    for (const Term& term : rule.terms) text += (text.empty() ? "" : "; ") + curve_text(term);
    return text;
}

class ScheduleDiffer {
public:
    ScheduleDiffer(Notes& notes, const std::string& subject, const Schedule& before, const Schedule& after)
        : notes_(notes), subject_(subject), before_(before), after_(after), path_("schedule." + after.id + ".") {}

    void run() {
        notes_.text(subject_, path_ + "version", "schedule version", std::to_string(before_.version), std::to_string(after_.version));
        level(Level::initial, before_.initial, after_.initial);
        level(Level::maintenance, before_.maintenance, after_.maintenance);
        level(Level::closeout, before_.closeout, after_.closeout);
        clamp();
        caps();
    }

private:
    void level(Level which, const LevelRule& a, const LevelRule& b) {
        const std::string name(words::of(which));
        const std::string path = path_ + name;
        const bool other_form = a.of_initial.has_value() != b.of_initial.has_value() || a.terms.empty() != b.terms.empty();
        if (other_form) notes_.add({subject_, path, name + ":", level_text(a), level_text(b), Direction::mixed});
        else if (a.of_initial)
            notes_.rate(subject_, path + ".of_initial", name + " as a share of initial", *a.of_initial, *b.of_initial,
                        Sense::up_is_tighter);
        notes_.flag(subject_, path + ".modulated", name + " follows the market", a.modulated, b.modulated, Sense::up_is_tighter);
        notes_.text(subject_, path + ".combine", name + " terms are combined by", std::string(words::of(a.combine)),
                    std::string(words::of(b.combine)), b.combine == Combine::sum ? Direction::tighter : Direction::looser);
        if (other_form) return;
        for (std::size_t i = 0; i < std::max(a.terms.size(), b.terms.size()); ++i) {
            const std::string number = std::to_string(i + 1);
            const std::string term_path = path + ".term." + number;
            const std::string term_name = a.terms.size() > 1 || b.terms.size() > 1 ? name + " term " + number : name;
            if (i >= a.terms.size()) notes_.add({subject_, term_path, term_name, "", curve_text(b.terms[i]), Direction::tighter});
            else if (i >= b.terms.size()) notes_.add({subject_, term_path, term_name, curve_text(a.terms[i]), "", Direction::looser});
            else term(term_path, term_name, a.terms[i], b.terms[i]);
        }
    }

    void term(const std::string& path, const std::string& name, const Term& a, const Term& b) {
        const bool other_curve = a.curve.kind != b.curve.kind || a.axis != b.axis;
        if (other_curve) notes_.add({subject_, path + ".curve", name + ":", curve_text(a), curve_text(b), Direction::mixed});
        notes_.text(subject_, path + ".apply", name + " applies", std::string(words::of(a.application)),
                    std::string(words::of(b.application)), b.application == Application::whole ? Direction::tighter : Direction::looser);
        if (!other_curve) curve(path, name, a.curve, b.curve);
        for (std::size_t i = 0; i < std::max(a.modulators.size(), b.modulators.size()); ++i) {
            const std::string modulator_path = path + ".modulator." + std::to_string(i + 1);
            const auto what = [&](const Modulator& m) { return (name == "initial" ? "" : name + " ") + input_text(m.input) + " ramp"; };
            if (i >= a.modulators.size())
                notes_.add({subject_, modulator_path, what(b.modulators[i]), "", ramp_text(b.modulators[i]), Direction::tighter});
            else if (i >= b.modulators.size())
                notes_.add({subject_, modulator_path, what(a.modulators[i]), ramp_text(a.modulators[i]), "", Direction::looser});
            else modulator(modulator_path, what(b.modulators[i]), a.modulators[i], b.modulators[i]);
        }
    }

    void curve(const std::string& path, const std::string& name, const Curve& a, const Curve& b) {
        notes_.rate(subject_, path + ".base", name + (a.kind == CurveKind::flat ? " rate" : " base rate"), a.base, b.base,
                    Sense::up_is_tighter);
        notes_.decimal(subject_, path + ".slope", name + " slope", a.slope, b.slope, Sense::up_is_tighter);
        notes_.decimal(subject_, path + ".origin", name + " rises from", a.origin, b.origin, Sense::down_is_tighter);
        notes_.rate(subject_, path + ".step", name + " step", a.step, b.step, Sense::up_is_tighter);
        notes_.decimal(subject_, path + ".width", name + " step width", a.width, b.width, Sense::down_is_tighter);
        notes_.decimal(subject_, path + ".factor", name + " factor", a.factor, b.factor, Sense::up_is_tighter);
        notes_.text(subject_, path + ".edge", name + " edge belongs to the row", std::string(words::of(a.edge)),
                    std::string(words::of(b.edge)), b.edge == EdgeRule::upper_row ? Direction::tighter : Direction::looser);
        const std::string row = a.kind == CurveKind::knots ? "knot " : "tier ";
        if (a.rows.size() == b.rows.size()) rows_by_number(path, name, row, a.rows, b.rows);
        else rows_by_edge(path, name, row, a.rows, b.rows);
    }

    void rows_by_number(const std::string& path, const std::string& name, const std::string& row, const std::vector<Row>& a,
                        const std::vector<Row>& b) {
        for (std::size_t i = 0; i < a.size(); ++i) {
            const std::string number = std::to_string(i + 1);
            notes_.rate(subject_, path + ".row." + number + ".rate", row + number + ": " + name, a[i].rate, b[i].rate,
                        Sense::up_is_tighter);
            notes_.decimal(subject_, path + ".row." + number + ".from", row + number + ": " + name + " starts at", a[i].from, b[i].from,
                           Sense::down_is_tighter);
        }
    }

    /// Tables of different length: rows that start at the same figure are the same row.
    void rows_by_edge(const std::string& path, const std::string& name, const std::string& row, const std::vector<Row>& a,
                      const std::vector<Row>& b) {
        const auto find = [](const std::vector<Row>& rows, const Decimal& from) {
            return std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return normalised(r.from) == normalised(from); });
        };
        for (const Row& old : a) {
            const auto now = find(b, old.from);
            const std::string what = row + "from " + grouped(old.from) + ": " + name;
            const std::string row_path = path + ".row.from." + to_text(old.from);
            if (now != b.end()) notes_.rate(subject_, row_path, what, old.rate, now->rate, Sense::up_is_tighter);
            else notes_.add({subject_, row_path, what, percent_text(old.rate), "", against(rate_at(b, old.from), old.rate)});
        }
        for (const Row& now : b)
            if (find(a, now.from) == a.end())
                notes_.add({subject_, path + ".row.from." + to_text(now.from), row + "from " + grouped(now.from) + ": " + name, "",
                            percent_text(now.rate), against(now.rate, rate_at(a, now.from))});
    }

    static Fraction rate_at(const std::vector<Row>& rows, const Decimal& from) {
        Fraction rate;
        for (const Row& row : rows)
            if (!less(from, row.from)) rate = row.rate;
        return rate;
    }
    static Direction against(Fraction now, Fraction old) {
        return less(old, now) ? Direction::tighter : less(now, old) ? Direction::looser : Direction::neutral;
    }

    void modulator(const std::string& path, const std::string& name, const Modulator& a, const Modulator& b) {
        notes_.text(subject_, path + ".input", name + " looks at", input_text(a.input), input_text(b.input), Direction::mixed);
        notes_.text(subject_, path + ".effect", name + " effect", std::string(words::of(a.effect)), std::string(words::of(b.effect)),
                    Direction::mixed);
        notes_.plain(subject_, path + ".multiplier", name + " multiplier", a.multiplier, b.multiplier, Sense::up_is_tighter);
        if (normalised(a.from) == normalised(b.from) && normalised(a.to) == normalised(b.to)) return;
        // A rising ramp that begins or ends earlier lifts more; a falling one lifts more when it begins or ends later.
        const bool falling = less(b.to, b.from);
        const auto earlier = [&](const Decimal& x, const Decimal& y) { return falling ? less(y, x) : less(x, y); };
        const bool tighter = earlier(b.from, a.from) || earlier(b.to, a.to);
        const bool looser = earlier(a.from, b.from) || earlier(a.to, b.to);
        notes_.add({subject_, path + ".ramp", name + ":", ramp_text(a), ramp_text(b),
                    tighter && looser ? Direction::mixed
                    : tighter         ? Direction::tighter
                                      : Direction::looser});
    }

    void clamp() {
        const Clamp& a = before_.clamp;
        const Clamp& b = after_.clamp;
        notes_.rate(subject_, path_ + "clamp.floor", "least rate", a.floor, b.floor, Sense::up_is_tighter);
        notes_.rate(subject_, path_ + "clamp.cap", "greatest rate", a.cap, b.cap, Sense::up_is_tighter);
        if (a.cap_short || b.cap_short) short_cap(a, b);
        notes_.decimal(subject_, path_ + "clamp.minimum", "least margin of a position", a.minimum, b.minimum, Sense::up_is_tighter);
    }

    void short_cap(const Clamp& a, const Clamp& b) {
        const std::string path = path_ + "clamp.cap_short";
        const std::string what = "greatest rate of a short";
        if (a.cap_short && b.cap_short) return notes_.rate(subject_, path, what, *a.cap_short, *b.cap_short, Sense::up_is_tighter);
        const auto text = [](const Clamp& c) { return c.cap_short ? percent_text(*c.cap_short) : "as of a long"; };
        notes_.add({subject_, path, what, text(a), text(b), against(b.cap_short.value_or(b.cap), a.cap_short.value_or(a.cap))});
    }

    void caps() {
        const Caps& a = before_.caps;
        const Caps& b = after_.caps;
        notes_.limit(subject_, path_ + "caps.position", "position limit", a.position, b.position);
        notes_.limit(subject_, path_ + "caps.group", "group limit", a.group, b.group);
        notes_.limit(subject_, path_ + "caps.open_interest", "open interest limit", a.open_interest, b.open_interest);
        const auto share = [](const std::optional<Fraction>& f) { return f ? percent_text(*f) : std::string("none"); };
        const auto bare = [](const std::optional<Fraction>& f) { return f ? std::optional(normalised(*f)) : std::nullopt; };
        if (bare(a.open_interest_market_cap) != bare(b.open_interest_market_cap)) {
            const bool tighter = !a.open_interest_market_cap ||
                                 (b.open_interest_market_cap && less(*b.open_interest_market_cap, *a.open_interest_market_cap));
            notes_.add({subject_, path_ + "caps.open_interest_market_cap", "open interest limit of market capitalisation",
                        share(a.open_interest_market_cap), share(b.open_interest_market_cap),
                        tighter ? Direction::tighter : Direction::looser});
        }
        notes_.flag(subject_, path_ + "caps.leverage_caps_size", "chosen leverage caps size", a.leverage_caps_size, b.leverage_caps_size,
                    Sense::up_is_tighter);
    }

    Notes& notes_;
    const std::string& subject_;
    const Schedule& before_;
    const Schedule& after_;
    std::string path_;
};

}  // namespace

std::string grouped(const Decimal& decimal) {
    std::string text = to_text(decimal);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::size_t first = text.front() == '-' ? 1 : 0;
    for (std::size_t at = point; at > first + 3;) text.insert(at -= 3, ",");
    return text;
}

std::string percent_text(Fraction rate) {
    if (const auto leverage = leverage_of(rate)) return *leverage + "x";
    const Fraction bare = normalised(rate);
    if (bare.denominator == 1) return format_percent(Rate::from_raw(bare.numerator));
    return to_text(bare);
}

void Notes::text(const std::string& subject, std::string path, std::string what, std::string before, std::string after,
                 Direction direction) {
    if (before == after) return;
    // An empty text is a value like another here, not an absence.
    if (before.empty()) before = "none";
    if (after.empty()) after = "none";
    add({subject, std::move(path), std::move(what), std::move(before), std::move(after), direction});
}

void Notes::flag(const std::string& subject, std::string path, std::string what, bool before, bool after, Sense sense) {
    if (before != after)
        add({subject, std::move(path), std::move(what), before ? "yes" : "no", after ? "yes" : "no", direction_of(sense, after)});
}

void Notes::plain(const std::string& subject, std::string path, std::string what, Rate before, Rate after, Sense sense) {
    if (before != after)
        add({subject, std::move(path), std::move(what), to_text(before), to_text(after), direction_of(sense, before < after)});
}

void Notes::rate(const std::string& subject, std::string path, std::string what, Fraction before, Fraction after, Sense sense) {
    if (normalised(before) != normalised(after))
        add({subject, std::move(path), std::move(what), percent_text(before), percent_text(after),
             direction_of(sense, less(before, after))});
}

void Notes::decimal(const std::string& subject, std::string path, std::string what, const Decimal& before, const Decimal& after,
                    Sense sense) {
    if (normalised(before) != normalised(after))
        add({subject, std::move(path), std::move(what), grouped(before), grouped(after), direction_of(sense, less(before, after))});
}

void Notes::limit(const std::string& subject, std::string path, std::string what, const std::optional<Decimal>& before,
                  const std::optional<Decimal>& after) {
    if (before && after) return decimal(subject, std::move(path), std::move(what), *before, *after, Sense::down_is_tighter);
    if (!before && !after) return;
    add({subject, std::move(path), std::move(what), before ? grouped(*before) : "none", after ? grouped(*after) : "none",
         after ? Direction::tighter : Direction::looser});
}

void Notes::given(const std::string& subject, std::string path, std::string what, const std::optional<Rate>& before,
                  const std::optional<Rate>& after) {
    if (before == after) return;
    if (before && after) return plain(subject, std::move(path), std::move(what), *before, *after, Sense::up_is_tighter);
    add({subject, std::move(path), std::move(what), before ? to_text(*before) : "", after ? to_text(*after) : "",
         after ? Direction::tighter : Direction::looser});
}

void compare_schedules(Notes& notes, const std::string& subject, const Schedule& before, const Schedule& after) {
    ScheduleDiffer(notes, subject, before, after).run();
}

}  // namespace plimsoll
